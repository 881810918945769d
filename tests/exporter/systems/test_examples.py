"""What stands in `examples` and in docs/exports.md is right."""

import datetime
import itertools
import re
from typing import Final
from zoneinfo import ZoneInfo

import pytest
import yaml

from provisioner.datasets.lookup import find_dataset
from provisioner.exports.keys import EXPORT
from provisioner.exports.schedule import parse_schedule
from tests.exporter.systems.system import EXAMPLES, ROOT
from tests.programs import run
from tests.systems import SYSTEMS

DATASETS: Final = {"cds": "cds", "archive_and_clean": "common_knowledge", "cohorts": "cohort_items"}
GUIDE: Final = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")


def test_every_example_is_one_of_the_three_systems() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir()} == SYSTEMS.keys() == DATASETS.keys()


@pytest.mark.parametrize("name", DATASETS)
def test_an_example_is_a_checkout_without_a_problem(name: str) -> None:
    validated = run("provisioner", "validate", cwd=EXAMPLES / name)
    assert (validated.returncode, validated.stdout) == (0, "1 file, no problem\n"), validated.stderr


@pytest.mark.parametrize("name", DATASETS)
def test_its_page_says_how_to_run_it(name: str) -> None:
    """With the names that are its own."""
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    export = find_dataset(EXAMPLES / name, "prod", DATASETS[name]).export
    assert f"exporter run {DATASETS[name]} --to " in page
    assert f"export EXPORT_SOURCE_{export.source.upper()}=postgresql:///" in page


@pytest.mark.parametrize("name", DATASETS)
def test_its_pages_links_lead_somewhere(name: str) -> None:
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\((?!http)([^)]+)\)", page)]
    assert [link for link in links if not (EXAMPLES / name / link).exists()] == []


def test_cds_runs_at_five_in_london_on_each_day_also_when_the_clocks_change() -> None:
    export = find_dataset(EXAMPLES / "cds", "prod", "cds").export
    assert (export.schedule, export.timezone) == ("0 5 * * *", "Europe/London")
    for change in (datetime.date(2025, 3, 30), datetime.date(2025, 10, 26)):
        before = datetime.datetime.combine(change, datetime.time(12), datetime.UTC) - datetime.timedelta(days=2)
        runs = list(itertools.islice(parse_schedule(export.schedule or "").runs(export.timezone, before), 3))
        assert [run.replace(tzinfo=None) for run in runs] == [
            datetime.datetime.combine(change + datetime.timedelta(days=day), datetime.time(5)) for day in (-1, 0, 1)
        ]
        in_utc = [run.astimezone(ZoneInfo("UTC")).hour for run in runs]
        assert in_utc == ([5, 4, 4] if change.month == 3 else [4, 5, 5])


class TestGuide:
    """docs/exports.md."""

    def test_every_key_in_by_example_is_one_of_export(self) -> None:
        known = {key.name for key in EXPORT.fields} | {"part"}
        section = GUIDE.split("## By example")[1].split("### Numbers")[0]
        snippets = [code for row in re.findall(r"^\|.*\|.*\|$", section, re.MULTILINE) for code in _code(row)]
        said = [yaml.safe_load(code.replace("{…}", "{}").replace("…", "x")) for code in snippets if ": " in code]
        assert len(said) > 15
        assert {key for snippet in said for key in snippet} <= known | {"count", "manifest"}

    def test_the_first_example_is_right(self) -> None:
        snippet = re.search("```yaml\n(export:.*?)```", GUIDE, re.DOTALL)
        assert snippet
        assert {key.name for key in EXPORT.fields} >= yaml.safe_load(snippet[1])["export"].keys()


def _code(row: str) -> list[str]:
    return re.findall("`([^`]+)`", row.split(" | ", 1)[1])
