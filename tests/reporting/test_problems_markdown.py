"""The summary of `validate`: a table that fits into a job's summary, whatever is wrong with how many files."""

from provisioner.datasets.catalogue import Checked
from provisioner.datasets.model import Catalogue
from provisioner.reading.problem import Place, Problem, Rule
from provisioner.reporting.markdown import MAX_SUMMARY
from provisioner.reporting.problems import as_markdown
from provisioner.reporting.terminal import Style
from tests.reporting.page import page


def checked(count: int, wrong: str) -> Checked:
    problems = tuple(
        Problem(f"push_datasets/{at}.yaml", Place(2, 3), Rule.KEY_VALUE, wrong, "write 'this'") for at in range(count)
    )
    nothing = Catalogue(push=(), pull=())
    return Checked(files=count, catalogue=nothing, readable=nothing, problems=problems)


def test_each_problem_is_a_row() -> None:
    made = as_markdown(checked(2, "'soon' is not a date"), Style(coloured=False))
    assert made.startswith("### Dataset files: 2 problems in 2 files (2 files read)\n")
    assert [[cell.text for cell in row.every("td")] for row in page(made).every("tr")[1:]] == [
        [f"push_datasets/{at}.yaml:2:3", "soon is not a date", "write this", "key-value"] for at in range(2)
    ]


def test_right_files_have_no_table() -> None:
    assert as_markdown(checked(0, ""), Style(coloured=False)) == "### Dataset files: 0 files, no problem\n"


def test_what_does_not_fit_is_counted() -> None:
    made = as_markdown(checked(20_000, "\U0001f600" * 80), Style(coloured=False))
    assert MAX_SUMMARY - 1_000 < len(made.encode()) <= MAX_SUMMARY
    shown = len(page(made).every("tr")) - 1
    assert f"*{20_000 - shown:,} are left out here: {20_000 - shown:,} of `key-value`. " in made
