"""The exporter's image, as far as it can be judged without building it."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from provisioner.resources.scheduled_export import SCRATCH

ROOT: Final = Path(__file__).parents[1]
TEXT: Final = (ROOT / "Containerfile").read_text()
LOCK: Final = "exporter/requirements.lock"
STEPS: Final = [
    tuple(step.split(maxsplit=1))
    for step in re.sub(r"\s*\\\n\s*", " ", re.sub("(?m)^#.*\n", "", TEXT)).splitlines()
    if step
]
"""Each instruction and what it is given, without comments, on one line."""
IN_THE_IMAGE: Final = {"psycopg": "psycopg", "yaml": "pyyaml", "stream_zip": "stream-zip"}
"""Modules whose package is called otherwise."""


def given_to(instruction: str) -> list[str]:
    return [step[1] for step in STEPS if step[0] == instruction]


def locked(path: str) -> dict[str, str]:
    """The packages of a lock with their versions."""
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)==(\S+)", (ROOT / path).read_text()))


def test_it_begins_with_a_slim_python_of_a_version_that_the_project_takes() -> None:
    (base,) = given_to("FROM")
    version = re.fullmatch(r"python:3\.(\d+)-slim-[a-z]+", base)
    assert version is not None
    assert int(version[1]) >= 11


def test_it_does_not_run_as_root_and_its_user_owns_the_scratch_of_the_task() -> None:
    assert given_to("USER") == ["10001:10001"]
    assert given_to("VOLUME") == [f'["{SCRATCH}"]']
    (made,) = (step for step in given_to("RUN") if "useradd" in step)
    assert "--uid 10001" in made
    assert f"mkdir {SCRATCH}" in made
    assert f"chown exporter:exporter {SCRATCH}" in made
    after = STEPS[[step[0] for step in STEPS].index("USER") :]
    assert not [step for step in after if step[0] in ("RUN", "COPY")]


def test_only_what_is_hashed_is_installed_and_nothing_of_it_runs_meanwhile() -> None:
    installs = [step for step in given_to("RUN") if re.search(r"\b(pip|apt|apt-get|curl|wget)\b", step)]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "--only-binary :all:" in installs[0]
    assert f"{LOCK} /tmp/requirements.lock" in given_to("COPY")


def test_everything_that_is_copied_is_there_and_nothing_is_copied_whole() -> None:
    for copied in given_to("COPY"):
        *sources, target = copied.split()
        assert target not in (".", "/")
        for source in sources:
            assert source != "."
            assert [*ROOT.glob(source)], source


def test_the_ignored_are_all_but_what_is_copied() -> None:
    first, *kept = (line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#"))
    assert first == "*"
    sources = {source.split("/")[0] for copied in given_to("COPY") for source in copied.split()[:-1]}
    assert {line.removeprefix("!") for line in kept if line.startswith("!")} == sources


def test_the_image_has_the_versions_that_are_tested() -> None:
    tested, installed = locked("requirements.lock"), locked(LOCK)
    assert installed
    assert {name: tested.get(name) for name in installed} == installed


def imports(path: Path) -> Iterator[str]:
    """The packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


def test_the_image_has_every_package_that_a_run_imports() -> None:
    """`exporter serve` is no scheduled run, and its web server is not in the image."""
    files = [
        *(path for path in (ROOT / "exporter").rglob("*.py") if "serve" not in path.parts and path.stem != "serve"),
        *(
            path
            for part in ("exports", "datasets", "settings", "reading")
            for path in (ROOT / "provisioner" / part).rglob("*.py")
        ),
    ]
    wanted = {name for path in files for name in imports(path)} - sys.stdlib_module_names - {"exporter", "provisioner"}
    packages = {IN_THE_IMAGE.get(name, name).replace("_", "-") for name in wanted if not name.startswith("mypy")}
    assert packages - set(locked(LOCK)) == set()


@pytest.mark.parametrize("word", ["--privileged", "sudo", "ADD ", ":latest", "://"])
def test_it_does_nothing_that_an_image_should_not(word: str) -> None:
    assert word not in TEXT
