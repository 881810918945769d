"""Where the URL of a source database comes from: the environment, and nowhere else."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from provisioner.exports.source import variable_of
from provisioner.failure import UsageError

_SCHEMES: Final = ("postgresql", "postgres")


def source_url(source: str, environment: Mapping[str, str]) -> str:
    """The URL of a source. It has a password in it, so no message says any of it.

    Raises:
        UsageError: the environment has none, or what it has is no URL that every part of it can be told from.
    """
    variable = variable_of(source)
    url = environment.get(variable, "")
    if not url:
        raise UsageError(
            f"the database '{source}' has no URL: set {variable} to it, such as postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    if fault := _fault(url):
        raise UsageError(f"the URL in {variable}, which is not shown here as it holds a password, {fault}")
    return url


def _fault(url: str) -> str | None:
    """What is wrong with a URL. Where its parts blur, libpq would name a piece of the password as host or port."""
    scheme, found, rest = url.partition("://")
    if not found or scheme not in _SCHEMES:
        return "does not begin with postgresql://"
    whole = rest.partition("?")[0]
    if "@" in whole.partition("/")[2] or "#" in whole or whole.partition("/")[0].count("@") > 1:
        return "has a character in its user or password that must be percent-encoded: write %40 for @, %2F for /"
    if "@" in rest.partition("?")[2] and "@" not in whole:
        return "has a character in its user or password that must be percent-encoded: write %3F for ?"
    try:
        urlsplit(url).port  # noqa: B018 - read for what it raises
    except ValueError:
        return "has no number for its port, or a host in wrong brackets"
    return None
