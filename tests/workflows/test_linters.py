"""What others know of GitHub's workflows, asked offline: the schemas, actionlint with shellcheck, and zizmor.

Each is asked of a workflow that is wrong as well, so that a linter which looks at nothing is noticed.
"""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.programs import program, run
from tests.repository import Repository
from tests.workflows.scratch import ROOT

GITHUB: Final = ROOT / ".github"
SCHEMAS: Final = {
    "vendor.github-workflows": sorted((GITHUB / "workflows").iterdir()),
    "vendor.github-issue-forms": [GITHUB / "ISSUE_TEMPLATE" / "dataset.yaml"],
    "vendor.github-issue-config": [GITHUB / "ISSUE_TEMPLATE" / "config.yml"],
    "vendor.dependabot": [GITHUB / "dependabot.yml"],
}
WRONG: Final = """\
name: wrong
on: pull_request_target
jobs:
  wrong:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: echo ${{ github.event.pull_request.title }} ${{ github.nothing }} $UNQUOTED
"""


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A repository with a workflow that is wrong in every way."""
    path = tmp_path / ".github" / "workflows" / "wrong.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(WRONG)
    Repository.at(tmp_path)
    return path


def actionlint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in a repository; it calls the shellcheck that is beside it on every script."""
    beside = {**os.environ, "PATH": f"{program('shellcheck').parent}{os.pathsep}{os.environ['PATH']}"}
    return run("jactionlint", "--no-online", "--strict-exit", "--profile=pedantic", cwd=folder, env=beside)


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    """As strict as it can be: its auditor's eyes."""
    return run("zizmor", "--offline", "--persona=auditor", "--no-progress", "--color=never", folder)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_file_is_one_by_githubs_schema(schema: str) -> None:
    done = run("check-jsonschema", "--builtin-schema", schema, *SCHEMAS[schema])
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_schemas_see_what_is_wrong(schema: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"surprise: here\n{SCHEMAS[schema][0].read_text()}")
    assert run("check-jsonschema", "--builtin-schema", schema, path).returncode == 1


def test_actionlint_and_shellcheck_find_nothing() -> None:
    done = actionlint(ROOT)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_actionlint_and_shellcheck_see_what_is_wrong(wrong: Path) -> None:
    done = actionlint(wrong.parents[2])
    assert done.returncode == 1
    assert 'property "nothing" is not defined' in done.stdout
    assert "SC2086" in done.stdout


def test_zizmor_finds_nothing_and_is_told_to_overlook_nothing() -> None:
    done = zizmor(ROOT)
    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout
    assert not [*ROOT.glob("zizmor.y*ml"), *GITHUB.glob("zizmor.y*ml")]
    assert [path for path in GITHUB.rglob("*.y*ml") if "zizmor:" in path.read_text()] == []


def test_zizmor_sees_what_is_wrong(wrong: Path) -> None:
    done = zizmor(wrong.parents[2])
    assert done.returncode != 0
    for audit in ("template-injection", "dangerous-triggers", "excessive-permissions", "unpinned-uses"):
        assert f"[{audit}]" in done.stdout
