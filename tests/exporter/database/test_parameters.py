"""A query's parameters, put in as literals."""

import datetime

import pytest

from exporter.database.parameters import bind
from exporter.failure import ExportError

LONDON = datetime.datetime(2026, 7, 1, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("SELECT :year, :name", "SELECT 2024, 'O''Brien'"),
        ("SELECT a::int FROM t -- of :year", "SELECT a::int FROM t -- of :year"),
        ("SELECT ':year', \":name\", $$:year$$", "SELECT ':year', \":name\", $$:year$$"),
        ("SELECT a[1:2] /* :year */ WHERE b=:year", "SELECT a[1:2] /* :year */ WHERE b=2024"),
        ("WHERE t < :run_at", "WHERE t < '2026-07-01 05:00:00+01:00'"),
        ("SELECT 'é', :year", "SELECT 'é', 2024"),
    ],
)
def test_parameters_have_their_values_and_nothing_else_is_touched(text: str, bound: str) -> None:
    assert bind(text, {"year": 2024, "name": "O'Brien", "run_at": LONDON}).replace("::timestamptz", "") == bound


def test_a_parameter_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(ExportError, match="asks for ':yaer', which has no value here; there are :year"):
        bind("SELECT :yaer", {"year": 2024})
