"""Ways to let in more than the grants say, each of which somebody could write by mistake; and who must notice."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Final

from tests.oracle.deployed import Deployed, statements_of
from tests.support import OURS, OUTSIDE_ROLE, OUTSIDE_USER

Statement = dict[str, Any]
Change = Callable[[Statement], Statement | None]
"""What becomes of a statement; None for nothing."""


class Oracle(Enum):
    """Who notices."""

    SIMULATOR = auto()
    PROVER = auto()


BOTH: Final = frozenset(Oracle)
SIMULATOR_ALONE: Final = frozenset({Oracle.SIMULATOR})
"""What the existential questions are not about."""


@dataclass(frozen=True, kw_only=True)
class Widening:
    """One statement that lets in more, or one that no longer denies."""

    words: str
    bucket: str
    """The bucket where more is possible; a question that names it is asked."""
    attached: str = ""
    """To whom the document is attached, as `role/NAME`; empty for the policy of the bucket."""
    is_it: Callable[[Statement], bool]
    """Whether it is this statement that is changed."""
    change: Change
    noticed_by: frozenset[Oracle] = BOTH

    def of(self, deployed: Deployed) -> Deployed:
        """The stack, so widened."""
        if self.attached:
            documents = tuple(self._widened(one) for one in deployed.identity[self.attached])
            widened = replace(deployed, identity={**deployed.identity, self.attached: documents})
        else:
            document = self._widened(deployed.buckets[self.bucket])
            widened = replace(deployed, buckets={**deployed.buckets, self.bucket: document})
        assert widened != deployed, f"{self.words}: nothing is changed"
        return widened

    def _widened(self, document: str) -> str:
        def statements() -> Iterator[Statement]:
            for one in statements_of(document):
                changed = self.change(one) if self.is_it(one) else one
                if changed is not None:
                    yield changed

        return json.dumps({"Version": "2012-10-17", "Statement": [*statements()]})


def _sid(name: str) -> Callable[[Statement], bool]:
    return lambda statement: bool(statement["Sid"] == name)


def _on(resource: str) -> Callable[[Statement], bool]:
    return lambda statement: resource in statement["Resource"]


def _with(**elements: object) -> Change:
    return lambda statement: {**statement, **elements}


def _without(element: str, key: str = "") -> Change:
    """The statement without an element, or without a key of it."""

    def change(statement: Statement) -> Statement:
        inside = {name: value for name, value in statement[element].items() if name != key} if key else {}
        kept = {name: value for name, value in statement.items() if name != element}
        return {**kept, element: inside} if inside else kept

    return change


def _condition(operator: str, keys: Mapping[str, object], instead_of: str) -> Change:
    """The statement with another condition instead of one."""

    def change(statement: Statement) -> Statement:
        kept = {name: value for name, value in statement["Condition"].items() if name != instead_of}
        return {**statement, "Condition": {**kept, operator: keys}}

    return change


def _also(*actions: str) -> Change:
    return lambda statement: {**statement, "Action": [*statement["Action"], *actions]}


_READERS: Final = _sid("OutsideReaders")
_EXPORT: Final = "mojap-hub-exports"
_USER: Final = "role/alpha_user_one"
_PREFIX: Final = f"arn:aws:s3:::{_EXPORT}/alpha/*"
_EVERY_ROLE: Final = f"arn:aws:iam::{OURS}:role/*"
_ACCOUNT: Final = OUTSIDE_ROLE.split(":")[4]

WIDENINGS: Final = (
    Widening(
        words="anybody is a reader",
        bucket="mojap-beta",
        is_it=_READERS,
        change=lambda statement: {**_without("Condition", "ArnEquals")(statement), "Principal": "*"},  # type: ignore[dict-item] # a dict and never None
    ),
    Widening(
        words="the condition of the readers is dropped",
        bucket="mojap-beta",
        is_it=_READERS,
        change=_without("Condition", "ArnEquals"),
    ),
    Widening(
        words="every role of a reader's account is matched",
        bucket="mojap-beta",
        is_it=_READERS,
        change=_condition("StringLike", {"aws:PrincipalArn": f"arn:aws:iam::{_ACCOUNT}:role/*"}, "ArnEquals"),
    ),
    Widening(
        words="the expiry of the readers is dropped",
        bucket="mojap-beta",
        is_it=_READERS,
        change=_without("Condition", "DateLessThan"),
    ),
    Widening(
        words="the readers may write",
        bucket="mojap-beta",
        is_it=_READERS,
        change=_also("s3:PutObject"),
        noticed_by=SIMULATOR_ALONE,
    ),
    Widening(
        words="plain HTTP is no longer denied",
        bucket="mojap-beta",
        is_it=_sid("DenyPlainHttp"),
        change=lambda _: None,
    ),
    Widening(
        words="old TLS is no longer denied",
        bucket=_EXPORT,
        is_it=_sid("DenyOldTls"),
        change=lambda _: None,
    ),
    Widening(
        words="plain HTTP is denied of the bucket, and not of what is in it",
        bucket=_EXPORT,
        is_it=_sid("DenyPlainHttp"),
        change=_with(Resource=f"arn:aws:s3:::{_EXPORT}"),
    ),
    Widening(words="a seal is dropped", bucket="mojap-closed", is_it=_sid("Sealed"), change=lambda _: None),
    Widening(words="the seal of a prefix is dropped", bucket=_EXPORT, is_it=_sid("Sealed1"), change=lambda _: None),
    Widening(
        words="a seal lets every role of ours through",
        bucket="mojap-closed",
        is_it=_sid("Sealed"),
        change=_condition(
            "ArnNotLike", {"aws:PrincipalArn": [f"arn:aws:iam::{OURS}:role/*", OUTSIDE_USER]}, "ArnNotEquals"
        ),
    ),
    Widening(
        words="a seal denies reading only",
        bucket="mojap-closed",
        is_it=_sid("Sealed"),
        change=_with(Action="s3:GetObject*"),
    ),
    Widening(
        words="a prefix without its slash",
        bucket=_EXPORT,
        attached=_USER,
        is_it=_on(_PREFIX),
        change=_with(Resource=_PREFIX.replace("/*", "*")),
    ),
    Widening(words="any resource", bucket=_EXPORT, attached=_USER, is_it=_on(_PREFIX), change=_with(Resource="*")),
    Widening(
        words="a user reads back what it pushed",
        bucket=_EXPORT,
        attached=_USER,
        is_it=_on(_PREFIX),
        change=_also("s3:GetObject"),
    ),
    Widening(
        words="a user's write never ends",
        bucket=_EXPORT,
        attached=_USER,
        is_it=_on(_PREFIX),
        change=_without("Condition"),
        noticed_by=SIMULATOR_ALONE,
    ),
    Widening(
        words="a user lists every prefix",
        bucket=_EXPORT,
        attached=_USER,
        is_it=_on(f"arn:aws:s3:::{_EXPORT}"),
        change=_without("Condition", "StringLike"),
        noticed_by=SIMULATOR_ALONE,
    ),
    Widening(
        words="a delivery role reads every prefix",
        bucket=_EXPORT,
        attached="role/export_alpha_kept",
        is_it=_on(f"arn:aws:s3:::{_EXPORT}/alpha_kept/*"),
        change=_with(Resource=f"arn:aws:s3:::{_EXPORT}/*"),
    ),
    Widening(
        words="the forwarder's own role reads what is pending",
        bucket=_EXPORT,
        attached="role/export-forwarder",
        is_it=_sid("SeeNames"),
        change=_with(Action=["s3:ListBucket", "s3:GetObject"], Resource="*"),
        noticed_by=SIMULATOR_ALONE,
    ),
)
