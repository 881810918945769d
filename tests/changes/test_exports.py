"""What a plan says of exports."""

import dataclasses
from typing import Final

from provisioner.changes.change import Change
from provisioner.changes.risks.risk import Risk
from provisioner.changes.state import State
from provisioner.exports.files import FileBeside
from provisioner.reporting.plan.exports import export_lines
from tests.changes.states import KNOWN, dataset_file, plan_of, state
from tests.support import export_of, push_dataset

WITHOUT: Final = state(dataset_file(push_dataset("visits", paperwork=("agreement",))))
EXPORTED: Final = push_dataset("visits", paperwork=("agreement",), export=export_of(delete="delete from visits"))


def test_a_new_export_says_what_runs_when_what_it_takes_and_deletes_and_where_it_goes() -> None:
    (change,) = plan_of(WITHOUT, state(dataset_file(EXPORTED))).exports
    assert change.change is Change.COMES
    assert [line.plain for line in export_lines(change, KNOWN)] == [
        "visits is exported from the source core, every day at 05:00 Europe/London",
        "visits runs select id, name from visits and writes "
        "s3://mojap-hub-exports/visits/{task}-{time:%Y_%m_%d-%H_%M_%S}.csv.gz, then deletes what it wrote by "
        "delete from visits",
    ]


def test_an_export_that_goes_says_so_and_no_more() -> None:
    (change,) = plan_of(state(dataset_file(EXPORTED)), WITHOUT).exports
    assert [line.plain for line in export_lines(change, KNOWN)] == [
        "visits is no longer exported from the source core, every day at 05:00 Europe/London"
    ]


def test_only_what_differs_is_a_key_that_changes() -> None:
    other = push_dataset("visits", paperwork=("agreement",), export=export_of("select * from visits"))
    (change,) = plan_of(state(dataset_file(EXPORTED)), state(dataset_file(other))).datasets
    assert [(key.key, key.before, key.after) for key in change.keys] == [
        ("export task visits query", "select id, name from visits", "select * from visits"),
        ("export task visits delete", "delete from visits", None),
    ]


def test_an_export_that_stands_on_other_lines_is_the_same() -> None:
    said = dataset_file(EXPORTED)
    moved = dataclasses.replace(said, content=b"# A word first.\n" + said.content)
    plan = plan_of(state(said), state(moved))
    assert (plan.exports, plan.datasets) == ((), ())


def test_a_query_in_a_file_beside_that_changes_is_a_change_though_the_dataset_file_stays() -> None:
    """What leaves is decided there: a plan that looked at the YAML alone would let it through unseen."""
    said = dataset_file(push_dataset("visits", paperwork=("agreement",), export=export_of("all.sql")))

    def with_query(text: str) -> State:
        beside = FileBeside("all.sql", text.encode())
        return state(dataclasses.replace(said, beside=(beside,)))

    plan = plan_of(with_query("select id from visits"), with_query("select * from visits"))
    assert [one.risk for one in plan.risks] == [Risk.EXPORT_QUERY_CHANGED]
    assert [change.dataset.name for change in plan.exports] == ["visits"]
