"""What the first run of each example makes of its sample: the files' names, by hand, as each receiver knows them."""

import datetime
from collections.abc import Callable, Mapping
from typing import Final
from zoneinfo import ZoneInfo


def _cds(began: datetime.datetime) -> tuple[str, ...]:
    """Seed 000: numbered archives, of the lettings for each collection year, and the day's first master manifest."""
    london = began.astimezone(ZoneInfo("Europe/London"))
    year = london.year - (london.month < 4)  # a collection year begins on the 1st of April
    return (
        f"core_{year - 1}_{year}_apr_mar_f0001_inc0001.zip",
        f"core_{year}_{year + 1}_apr_mar_f0001_inc0001.zip",
        "users_2024_2025_apr_mar_f0001_inc0001.zip",
        "organisations_2024_2025_apr_mar_f0001_inc0001.zip",
        f"Manifest_{london:%Y_%m_%d}_0001.csv",
    )


def _archive_and_clean(began: datetime.datetime) -> tuple[str, ...]:
    """Seed 001: a file for each task, with the time of the run on a clock of twelve hours."""
    tasks = ("agency", "source", "source_file", "source_run_page", "source_run_report")
    return tuple(f"{task}-{began.astimezone(datetime.UTC):%Y_%m_%d-%I_%M_%S_%p}.csv.gz" for task in tasks)


def _cohorts(_began: datetime.datetime) -> tuple[str, ...]:
    """Seed 004: a file for each cohort that is active, with items or without."""
    return ("data/Not begun.csv", "data/Vouchers 2020.csv", "data/Weekly_paper-1.csv")


EXPECTED: Final[Mapping[str, Callable[[datetime.datetime], tuple[str, ...]]]] = {
    "cds": _cds,
    "common_knowledge": _archive_and_clean,
    "cohort_items": _cohorts,
}
"""By the dataset's name: the names of all files of a run that began at a time."""
