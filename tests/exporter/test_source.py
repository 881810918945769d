"""The URL of a source is taken from the environment if every part of it can be told from the others."""

import pytest

from exporter.source import source_url
from provisioner.exports.source import variable_of
from provisioner.failure import UsageError


def test_the_variable_is_the_name_in_capitals() -> None:
    assert variable_of("price_migration") == "EXPORT_SOURCE_PRICE_MIGRATION"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://core:p%40ss%2Fword%25@db.example:5432/core?sslmode=require",
        "postgres://db.example/core",
        "postgresql://postgres@/core?host=/tmp/pg",
        "postgresql://core@[::1]:5432/core",
        "postgresql://core:word@db.example",
    ],
)
def test_a_right_url_is_taken_as_it_is(url: str) -> None:
    assert source_url("core", {"EXPORT_SOURCE_CORE": url}) == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("core:w0rd@db.example/core", "does not begin with postgresql://"),
        ("postgresql://core:w/0rd@db.example/core", "write %40 for @, %2F for /"),
        ("postgresql://core:w@0rd@db.example/core", "write %40 for @, %2F for /"),
        ("postgresql://core:w?0rd@db.example/core", "write %3F for ?"),
        ("postgresql://core:w%0rz@db.example/core", "write %25 for it"),
        ("postgresql://core:w0rd@db.example:port/core", "has no number for its port"),
    ],
)
def test_what_is_wrong_with_a_url_is_said_without_it(url: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        source_url("core", {"EXPORT_SOURCE_CORE": url})
    assert said in str(refused.value)
    assert "0r" not in str(refused.value)
