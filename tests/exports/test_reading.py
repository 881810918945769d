"""What an export in a dataset file says, typed."""

import datetime
from dataclasses import replace
from typing import Final

import pytest

from provisioner.datasets.catalogue import check_files
from provisioner.exports.model import (
    Export,
    Field,
    Format,
    Freshness,
    LineEnd,
    Manifest,
    Mode,
    Package,
    Publish,
    Query,
    Quote,
    Task,
    WhenEmpty,
)
from provisioner.exports.template import Template
from provisioner.reading.problem import Place
from tests.datasets.cases import EXAMPLES, PUSH, SETTINGS, check_case, problems_in, push_file

RUN_BY_AWS: Final = replace(
    SETTINGS, exporter_image="exporter:1", exporter_subnets=("subnet-1",), exporter_security_groups=("sg-1",)
)
"""Settings that say what scheduled exports are run with."""


def export_of(case: str) -> Export:
    (dataset,) = check_case(EXAMPLES / "valid" / case).catalogue
    assert dataset.export is not None
    return dataset.export


def test_every_key_of_an_export_is_read() -> None:
    export = export_of("every_key_of_an_export")
    assert replace(export, tasks=()) == Export(
        source="core",
        schedule="0 5 * * *",
        timezone="Europe/London",
        lag=datetime.timedelta(minutes=15),
        parallel=2,
        freshness=Freshness(warn_after=datetime.timedelta(hours=26), error_after=datetime.timedelta(days=2)),
        manifest=Manifest(
            key=Template("Manifest_{time:%Y_%m_%d}_{run:04}.csv"),
            columns={
                "zip-name": Template("{stem}"),
                "date-time zipped folder generated": Template("{time:%Y-%m-%d %H:%M:%S %z}"),
            },
        ),
        tasks=(),
        place=Place(5, 1),
    )


def test_every_key_of_a_task_is_read() -> None:
    core, archive, cohorts = export_of("every_key_of_an_export").tasks
    assert core == Task(
        name="core",
        query=Query(
            text="SELECT id, updated_at, values_updated_at, ethnic, declaration, startdate\nFROM visits\n"
            "WHERE year = :start_year",
            file="push_datasets/visits/visits.sql",
            place=Place(19, 14),
            columns=("id", "updated_at", "values_updated_at", "ethnic", "declaration", "startdate"),
            parameters=("start_year",),
        ),
        mode=Mode.WINDOW,
        cursor=("updated_at", "values_updated_at"),
        partitions=Query(
            text="SELECT start_year, start_year + 1 AS end_year FROM collections ORDER BY start_year",
            file="push_datasets/visits/collections.sql",
            place=Place(22, 19),
            columns=("start_year", "end_year"),
            ordered=True,
        ),
        order=("id",),
        fields={
            "values_updated_at": Field(hidden=True),
            "ethnic": Field(codes={"20": "5"}),
            "declaration": Field(since="2024"),
            "startdate": Field(name="STARTDATE"),
        },
        format=Format.XML,
        root="forms",
        record="form",
        records_per_part=10_000,
        package=Package(
            part=Template("{stem}_pt{part:03}.xml"),
            manifest="manifest.xml",
            count=("report", "records", "count-of-records"),
        ),
        key=Template("{task}_{start_year}_{end_year}_f{base:04}_inc{increment:04}.zip"),
        place=Place(18, 7),
    )
    assert (archive.format, archive.quote, archive.line_end) == (Format.CSV, Quote.ALL, LineEnd.CRLF)
    assert archive.query.text == "SELECT id, name -- of the visitor\n  FROM archive"
    assert archive.delete is not None
    assert archive.delete.file == "push_datasets/visits/sql/delete.sql"
    assert (cohorts.format, cohorts.compression, cohorts.publish) == (Format.PARQUET, "snappy", Publish.REPLACE)


def test_the_format_in_a_key_is_the_task_s_own() -> None:
    _, archive, cohorts = export_of("every_key_of_an_export").tasks
    assert archive.key == Template("{task}-{time:%Y_%m_%d-%H_%M_%S}.csv")
    assert cohorts.key == Template("data/{cohort}.parquet")


def test_a_whole_file_that_is_replaced_is_written_without_rows_too() -> None:
    core, archive, cohorts = export_of("every_key_of_an_export").tasks
    assert [task.when_empty for task in (core, archive, cohorts)] == [WhenEmpty.SKIP, WhenEmpty.SKIP, WhenEmpty.WRITE]


def test_each_folder_in_a_folder_of_tasks_is_a_task() -> None:
    agency, source_file = export_of("export_with_a_folder_of_tasks").tasks
    assert (agency.name, agency.query.text) == ("agency", "select id from agency")
    assert agency.delete is not None
    assert (source_file.name, source_file.delete) == ("source_file", None)
    assert agency.key == source_file.key == Template("{task}-{time:%Y_%m_%d-%I_%M_%S_%p}.csv.gz")


def test_what_a_task_says_goes_before_what_all_say() -> None:
    text = f"{PUSH}export:\n  source: core\n  format: csv\n  query: select 1 as a\n"
    text += (
        "  key: '{task}-{base}-{increment}'\n  tasks: [{name: one}, {name: two, format: xml, query: select 2 as b}]\n"
    )
    file = push_file(text)
    assert problems_in(file) == ()
    (dataset,) = check_files([file], SETTINGS, None).catalogue
    assert dataset.export is not None
    assert [(task.format, task.query.text) for task in dataset.export.tasks] == [
        (Format.CSV, "select 1 as a"),
        (Format.XML, "select 2 as b"),
    ]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("schedule: '*/5 * * * *'", None),
        ("schedule: '0 5 * * MON-FRI'", None),
        ("schedule: '0 5 1,15 * *'", None),
        ("schedule: '@daily'", "export-schedule"),
        ("schedule: '0 0 5 * * *'", "export-schedule"),
        ("timezone: UTC", None),
        ("timezone: utc+1", "export-timezone"),
        ("timezone: Europe", "export-timezone"),
        ("lag: 1 minute", None),
        ("lag: 0 minutes", "key-value"),
        ("lag: 15 min", "key-value"),
        ("parallel: 16", None),
        ("parallel: 17", "key-value"),
    ],
)
def test_a_value_is_one_that_means_something(line: str, rule: str | None) -> None:
    mode = "  mode: window\n  cursor: at\n" if line.startswith("lag") else ""
    text = f"{PUSH}export:\n  source: core\n{mode}  {line}\n  tasks:\n"
    text += '    - name: one\n      query: select at from b\n      key: "{base}-{increment}"\n'
    assert [str(problem.rule) for problem in problems_in(push_file(text), settings=RUN_BY_AWS)] == (
        [rule] if rule else []
    )
