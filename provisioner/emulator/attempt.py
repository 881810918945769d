"""One thing that the tour tries: it goes as it should, or the sighting says why not."""

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from provisioner.reporting.sightings import Sighting


class WrongError(Exception):
    """Something was not as it should be."""


def tried(
    what: str, who: str, where: str, attempt: Callable[..., object], *arguments: object, since: float | None = None
) -> Sighting:
    """What came of an attempt, which is called with the arguments.

    Args:
        what: it is.
        who: tries it.
        where: it is tried.
        attempt: raises what is wrong.
        arguments: of the attempt.
        since: when it began by the steady clock, if that was before it is called.
    """
    begun = time.monotonic() if since is None else since
    failure = None
    try:
        attempt(*arguments)
    except (WrongError, ClientError, BotoCoreError) as error:
        failure = str(error)
    return Sighting(what=what, who=who, where=where, seconds=time.monotonic() - begun, failure=failure)


def must_be_refused(attempt: Callable[[], object]) -> None:
    """Do what nobody granted.

    Raises:
        WrongError: it was not refused.
        ClientError: it was, but for another reason than that nobody granted it.
    """
    try:
        attempt()
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return
    raise WrongError("AWS allowed what nobody granted")
