"""Risks of exports: what leaves, from where, when, and what is deleted for it."""

from typing import Any

from provisioner.changes.risks.risk import Risk
from provisioner.changes.state import State
from provisioner.datasets.folder import DatasetFile
from tests.changes.states import dataset_file, plan_of, risks, state
from tests.support import export_of, push_dataset


def file(**changes: Any) -> DatasetFile:
    """The file of an exported dataset, whose agreement is named."""
    return dataset_file(push_dataset("visits", paperwork=("agreement",), export=export_of(**changes)))


def codes(base: State, head: State) -> list[str]:
    return [one.risk for one in plan_of(base, head).risks]


WITHOUT = state(dataset_file(push_dataset("visits", paperwork=("agreement",))))


def test_an_export_that_comes_is_called_out_with_its_source() -> None:
    assert risks(Risk.EXPORT_NEW, WITHOUT, state(file())) == [
        "push_datasets/visits.yaml:5:1 'visits' gets its files from the source 'core'"
    ]


def test_an_export_that_goes_is_called_out() -> None:
    assert codes(state(file()), WITHOUT) == [Risk.EXPORT_REMOVED]


def test_another_query_is_called_out_and_the_same_one_is_not() -> None:
    assert codes(state(file()), state(file(query="select * from visits"))) == [Risk.EXPORT_QUERY_CHANGED]
    assert codes(state(file()), state(file())) == []


def test_a_deletion_that_comes_or_changes_is_called_out_and_one_that_goes_is_not() -> None:
    deleting, otherwise = state(file(delete="delete from visits")), state(file(delete="delete from visits where true"))
    for before, after in ((WITHOUT, deleting), (state(file()), deleting), (deleting, otherwise)):
        assert Risk.EXPORT_DELETES in codes(before, after)
    assert codes(deleting, state(file())) == []
    (said,) = risks(Risk.EXPORT_DELETES, state(file()), deleting)
    assert said.endswith("'visits' deletes rows of the source once they are exported as 'visits'")


def test_other_times_are_called_out() -> None:
    assert codes(state(file()), state(file(schedule="0 6 * * *"))) == [Risk.EXPORT_SCHEDULE_CHANGED]
