"""What somebody would do: a verb, or an action of S3 by its name."""

import difflib
from collections.abc import Mapping
from typing import Final, NamedTuple

from provisioner.access.asking.s3_actions import ON_BUCKETS, ON_OBJECTS, WITH_PREFIX
from provisioner.failure import UsageError
from provisioner.reading.printable import shown

_SERVICE: Final = "s3:"


class Action(NamedTuple):
    """An action of S3."""

    name: str
    """As IAM writes it, such as `s3:GetObject`."""
    on_object: bool
    """Whether it is asked of an object; otherwise of the bucket."""
    with_prefix: bool
    """Whether it says which of the bucket's keys it is about."""


def _action(name: str) -> Action:
    return Action(f"{_SERVICE}{name}", name in ON_OBJECTS, name in WITH_PREFIX)


VERBS: Final[Mapping[str, Action]] = {
    "read": _action("GetObject"),
    "write": _action("PutObject"),
    "list": _action("ListBucket"),
    "delete": _action("DeleteObject"),
}
"""The actions by which people mean a verb, in the order in which they are told."""
_BY_NAME: Final = {name.lower(): name for name in ON_OBJECTS | ON_BUCKETS}


def read_action(text: str) -> Action:
    """The action that a verb or a name means; of capitals, and of `s3:` before it, nothing depends, as in IAM.

    Raises:
        UsageError: there is none; says the nearest.
    """
    asked = text.lower()
    if asked in VERBS:
        return VERBS[asked]
    name = asked.removeprefix(_SERVICE)
    if name in _BY_NAME:
        return _action(_BY_NAME[name])
    near = difflib.get_close_matches(name, [*VERBS, *_BY_NAME], n=1)
    hint = f"; did you mean '{_BY_NAME.get(near[0], near[0])}'?" if near else ""
    raise UsageError(
        f"'{shown(text)}' is neither a verb ({', '.join(VERBS)}) nor an S3 action on an object or a bucket{hint}"
    )
