"""Exports as the tests of the engine have them: written in Python, short."""

from typing import Any

from provisioner.exports.model import Export, Format, Manifest, Query, Task
from provisioner.exports.template import Template
from provisioner.reading.problem import START


def query(text: str, *, ordered: bool = False) -> Query:
    return Query(text=text, file=None, place=START, columns=None, ordered=ordered)


def task(text: str, *, name: str = "visits", key: str = "{task}_{base:04}_{increment:04}.csv", **rest: Any) -> Task:
    return Task(name=name, query=query(text), key=Template(key), place=START, **{"format": Format.CSV, **rest})


def export(*tasks: Task, **rest: Any) -> Export:
    return Export(source="core", tasks=tasks, place=START, **rest)


MANIFEST = Manifest(
    key=Template("manifest_{time:%Y_%m_%d}_{run:04}.csv"),
    columns={"name": Template("{key}"), "rows": Template("{records}")},
)
