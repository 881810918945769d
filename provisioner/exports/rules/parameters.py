"""The parameters of queries: what is asked for as `:name`."""

from collections.abc import Collection
from typing import Final

from provisioner.exports.draft import ExportDraft, TaskDraft
from provisioner.exports.model import Query
from provisioner.exports.placeholders import OF_PART
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule

RUN_AT: Final = "run_at"
"""The parameter that is the start of the run."""


def check_parameters(draft: ExportDraft, report: Report) -> None:
    """A query asks for nothing but the partition's columns and the run's start, and one of partitions asks for them."""
    for task in draft.tasks:
        if task.partitions is not None:
            _check(task.partitions, (RUN_AT,), report)
            _check_partitions(task, task.partitions, report)
        columns = () if task.partitions is None else task.partitions.columns
        for query in (task.query, task.delete):
            if query is not None and columns is not None:
                _check(query, (*columns, RUN_AT), report)


def _check(query: Query, known: Collection[str], report: Report) -> None:
    for name in query.parameters:
        if name not in known:
            wrong = f"{_where(query)}asks for ':{shown(name)}', which nothing gives it"
            there = ", ".join(f"':{shown(one)}'" for one in known)
            report(query.place, Rule.EXPORT_PARAMETER, wrong, f"write {there}, or the value itself")


def _check_partitions(task: TaskDraft, partitions: Query, report: Report) -> None:
    columns = partitions.columns
    if columns is None:
        return
    if taken := [name for name in columns if name in OF_PART or name == RUN_AT]:
        wrong = f"a column of the partitions is called '{taken[0]}', which means something else in a key or a query"
        report(partitions.place, Rule.EXPORT_PARAMETER, wrong, f"give it another name: {taken[0]} as {taken[0]}_of_it")
    for query in (task.query, task.delete):
        if query is not None and set(columns).isdisjoint(query.parameters):
            wrong = f"{_where(query)}asks for no column of the partitions: each would have the same rows"
            report(query.place, Rule.EXPORT_PARAMETER, wrong, f"write a condition such as … = :{shown(columns[0])}")


def _where(query: Query) -> str:
    return "the query " if query.file is None else f"{query.file} "
