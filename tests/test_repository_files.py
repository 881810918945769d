"""What GitHub, editors and git read beside the code: it names what is there and keeps up with the keys of a dataset."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from provisioner.changes.state import APPROVALS_FILE
from provisioner.datasets.keys import KEYS, Kind
from provisioner.datasets.schema import schema_file
from provisioner.reading.keys import Key, Type
from tests.programs import program, run
from tests.repository import IDENTITY
from tests.workflows.scratch import Scratch

ROOT: Final = Path(__file__).parents[1]
FORM: Final = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/dataset.yaml").read_text())
FIELDS: Final[dict[str, Any]] = {field["id"]: field for field in FORM["body"] if field["type"] != "markdown"}
EVERY_KEY: Final[dict[str, Key]] = {name: key for kind in Kind for name, key in KEYS[kind].items()}


class TestForm:
    """The issue form for those who cannot write YAML."""

    def test_it_asks_for_every_key_and_for_the_kind_and_for_nothing_else(self) -> None:
        assert FIELDS.keys() == {"kind", *EVERY_KEY}

    def test_it_asks_which_kind_it_is(self) -> None:
        options = FIELDS["kind"]["attributes"]["options"]
        assert [re.search(r"\((\w+)\)$", option)[1] for option in options] == [kind.value for kind in Kind]  # type: ignore[index] # fails where there is none

    @pytest.mark.parametrize("key", EVERY_KEY.values(), ids=lambda key: key.name)
    def test_a_field_must_be_filled_in_where_both_kinds_require_its_key(self, key: Key) -> None:
        required = all(key.name in KEYS[kind] and key.required for kind in Kind)
        assert FIELDS[key.name]["validations"]["required"] is required

    @pytest.mark.parametrize("key", EVERY_KEY.values(), ids=lambda key: key.name)
    def test_a_field_takes_what_its_key_holds(self, key: Key) -> None:
        field = FIELDS[key.name]
        attributes = field["attributes"]
        match key.type:
            case Type.FLAG:
                assert (field["type"], attributes["options"], attributes["default"]) == ("dropdown", ["No", "Yes"], 0)
            case Type.TEXTS | Type.TEXT_OR_TEXTS | Type.RECORDS | Type.RECORD:
                assert field["type"] == "textarea"
            case _ if key.choices:
                assert field["type"] == "dropdown"
                assert [option.rpartition("(")[2] for option in attributes["options"]] == [f"{c})" for c in key.choices]
            case _:
                assert field["type"] == "input"

    @pytest.mark.parametrize("key", EVERY_KEY.values(), ids=lambda key: key.name)
    def test_its_example_is_the_one_of_the_key(self, key: Key) -> None:
        if FIELDS[key.name]["type"] != "dropdown":
            placeholder = FIELDS[key.name]["attributes"]["placeholder"]
            if key.type is Type.RECORD:
                assert yaml.safe_load(placeholder) == key.example
                return
            items = key.example if isinstance(key.example, list) else [key.example]
            lines = [
                ", ".join(f"{name}: {text}" for name, text in dict(item).items()) if key.fields else item
                for item in items
            ]
            assert placeholder == "\n".join(lines)

    @pytest.mark.parametrize("kind", Kind)
    def test_a_key_of_one_kind_says_so(self, kind: Kind) -> None:
        words = {Kind.PUSH: "If we send it: ", Kind.PULL: "If they fetch it: "}
        alone = KEYS[kind].keys() - KEYS[kind.other].keys()
        labels = {name: field["attributes"]["label"] for name, field in FIELDS.items()}
        assert {name for name, label in labels.items() if label.startswith(words[kind])} == alone

    def test_github_takes_its_texts(self) -> None:
        # GitHub Docs, "Common validation errors when creating issue forms".
        labels = [field["attributes"]["label"] for field in FIELDS.values()]
        assert len(set(labels)) == len(labels)
        assert 3 <= len(FORM["description"]) <= 200


class TestOwners:
    def test_what_they_own_is_there(self) -> None:
        lines = [line.split() for line in (ROOT / ".github/CODEOWNERS").read_text().splitlines()]
        owned = [line[0] for line in lines if line and not line[0].startswith("#")]
        missing = [pattern for pattern in owned if pattern.startswith("/") and not list(ROOT.glob(pattern.strip("/")))]
        assert missing == [f"/{APPROVALS_FILE}"]  # is written when it is needed
        assert owned[0] == "*"
        assert {f"/{kind.folder}/" for kind in Kind} | {"/Pulumi.*.yaml", "/.github/"} <= set(owned)

    def test_every_line_names_somebody(self) -> None:
        lines = (ROOT / ".github/CODEOWNERS").read_text().splitlines()
        assert [line for line in lines if line and line[0] != "#" and not re.search(r" @[\w-]+/[\w-]+$", line)] == []


def test_the_template_of_a_pull_request_asks_what_a_reviewer_needs() -> None:
    text = (ROOT / ".github/PULL_REQUEST_TEMPLATE.md").read_text()
    asked = re.findall(r"^\*\*(.*\?)\*\*", text, re.MULTILINE)
    assert asked == [
        "What data is it?",
        "Who provides it, and who receives it?",
        "What agreement covers it?",
        "Until when?",
        "Whom can we ask?",
    ]


def test_editors_know_the_schema_of_each_folder() -> None:
    schemas = json.loads((ROOT / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert schemas == {
        f"./provisioner/datasets/{schema_file(kind)}": f"/{kind.folder}/*.yaml" for kind in (Kind.PUSH, Kind.PULL)
    }
    assert all((ROOT / path).is_file() for path in schemas)


def test_the_locks_say_what_is_installed_and_not_from_where() -> None:
    """By hashes alone: a machine takes the packages from wherever it takes all others."""
    npm = json.loads((ROOT / "tests/oracle/package-lock.json").read_text())["packages"]
    installed = [package for path, package in npm.items() if path]
    assert installed
    assert [package for package in installed if "resolved" in package or "integrity" not in package] == []
    for lock in ("requirements.lock", "tests/oracle/package-lock.json"):
        assert "://" not in (ROOT / lock).read_text(), lock


def test_mypy_reads_each_part_of_the_provider_that_is_used() -> None:
    """What it does not read it takes for anything at all, and says nothing."""
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    (modules,) = (override["module"] for override in overrides if override.get("follow_imports") == "normal")
    services = {found[1] for module in modules if (found := re.fullmatch(r"pulumi_aws\.(\w+)\.\*", module))}
    code = (path.read_text() for folder in ("provisioner", "tests") for path in (ROOT / folder).rglob("*.py"))
    used = {
        service
        for text in code
        if "import pulumi_aws as aws\n" in text
        for service in re.findall(r"\baws\.([a-z]\w*)\.[A-Z]", text)
    }
    assert used
    assert used == services


def test_the_oracle_of_the_tests_is_pinned_exactly() -> None:
    wanted = json.loads((ROOT / "tests/oracle/package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "tests/oracle/package-lock.json").read_text())["packages"]
    assert wanted == {name: locked[f"node_modules/{name}"]["version"] for name in wanted}


class TestHooks:
    """`validate` before a commit, by pre-commit itself."""

    @pytest.fixture
    def repository(self, tmp_path: Path) -> Scratch:
        """A clone in which `make setup` and `pre-commit install` were run."""
        scratch = Scratch.make(tmp_path / "clone")
        (scratch.root / ".gitignore").write_text(".venv/\n")
        (scratch.root / ".pre-commit-config.yaml").write_text((ROOT / ".pre-commit-config.yaml").read_text())
        (scratch.root / ".venv").symlink_to(program("python").parents[1])
        installed = run("pre-commit", "install", cwd=scratch.root)
        assert installed.returncode == 0, installed.stderr
        return scratch

    def commit(self, repository: Scratch, path: str, text: str) -> subprocess.CompletedProcess[str]:
        (repository.root / path).write_text(text)
        repository.git("add", path, ".pre-commit-config.yaml")
        return subprocess.run(
            ["git", "commit", "--message", "A change"],  # noqa: S607 - git itself
            cwd=repository.root,
            env={**os.environ, **IDENTITY, "PRE_COMMIT_HOME": str(repository.root.parent / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_right_dataset_file_is_committed(self, repository: Scratch) -> None:
        text = "name: weekly\nbucket: target-bucket-name\nusers:\n  - alpha_user_one\n"
        done = self.commit(repository, "push_datasets/weekly.yaml", text)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_a_wrong_one_is_not_and_it_is_said_why(self, repository: Scratch) -> None:
        done = self.commit(repository, "push_datasets/weekly.yaml", "name: weekly\n")
        assert done.returncode == 1
        assert "push_datasets/weekly.yaml:1:1: " in done.stdout + done.stderr

    def test_what_is_no_dataset_is_not_checked(self, repository: Scratch) -> None:
        done = self.commit(repository, "notes.md", "name: weekly\n")
        assert done.returncode == 0
        assert "no files to check" in done.stdout + done.stderr

    @pytest.mark.parametrize(
        ("command", "file"),
        [("validate-config", ".pre-commit-config.yaml"), ("validate-manifest", ".pre-commit-hooks.yaml")],
    )
    def test_pre_commit_takes_the_file(self, command: str, file: str) -> None:
        assert run("pre-commit", command, ROOT / file).returncode == 0

    def test_both_files_describe_the_same_hook(self) -> None:
        (ours,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
        (others,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
        for key in ("id", "name", "pass_filenames", "files"):
            assert ours[key] == others[key]
        assert shlex.split(ours["entry"])[1:] == shlex.split(others["entry"])[1:] == ["validate"]
        assert others["entry"].split()[0] in {path.name for path in Path(sys.executable).parent.iterdir()}
