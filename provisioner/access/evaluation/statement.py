"""A statement, read so that requests can be held against it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from provisioner.access.evaluation.condition import Condition, UnknownElementError, read_condition
from provisioner.access.evaluation.request import Request
from provisioner.access.evaluation.wildcards import matches
from provisioner.access.policies import Statement

_ELEMENTS: Final = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
_REQUIRED: Final = frozenset({"Effect", "Action", "Resource"})
_ANYBODY: Final = "*"
_VARIABLE: Final = "${"
"""Begins a policy variable (IAM User Guide, "IAM policy elements: Variables and tags"); none is generated here."""


class Effect(StrEnum):
    """What a statement does where it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


class Naming(StrEnum):
    """How a statement of a resource's policy speaks of somebody."""

    ITSELF = "itself"
    """By its ARN, or everybody."""
    ACCOUNT = "account"
    """By its account, which within the account only lets its identity policies decide."""


class Match(NamedTuple):
    """By what a statement speaks of a request: the first of its patterns that fits."""

    action: str
    resource: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A statement whose every element is known here."""

    source: Statement
    """The statement as the document has it."""
    effect: Effect
    principals: tuple[str, ...] | None
    """The ARNs, or `*`; None in the policy of an identity, whose statements speak of nobody else."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def sid(self) -> str | None:
        """Its name in its document."""
        sid: str | None = self.source.get("Sid")
        return sid

    def naming(self, request: Request) -> Naming | None:
        """How it speaks of the principal of a request, if it does; itself comes before its account."""
        principals = self.principals or ()
        if _ANYBODY in principals or request.principal in principals:
            return Naming.ITSELF
        partition = request.principal.split(":")[1]
        root = f"arn:{partition}:iam::{request.account_id}:root"
        return Naming.ACCOUNT if root in principals else None

    def match(self, request: Request) -> Match | None:
        """By what it speaks of what is asked, if it does and its conditions hold. Of whom, `naming` says."""
        resource = next((pattern for pattern in self.resources if matches(pattern, request.resource)), None)
        if resource is None:
            return None
        asked = request.action.lower()  # IAM tells no capitals apart in the names of actions
        action = next((pattern for pattern in self.actions if matches(pattern.lower(), asked)), None)
        if action is None or not all(condition.holds(request.context) for condition in self.conditions):
            return None
        return Match(action, resource)


def read_statement(source: Statement, *, of_resource: bool) -> ReadStatement:
    """The statement, read.

    Args:
        source: the statement of a document.
        of_resource: whether it stands in the policy of a bucket, and so says of whom it speaks.

    Raises:
        UnknownElementError: it holds something that is not generated here, or lacks what it must have.
    """
    unknown = source.keys() - _ELEMENTS
    missing = _REQUIRED - source.keys()
    if unknown or missing or of_resource is not ("Principal" in source):
        wrong = sorted(unknown or missing) or ["Principal"]
        raise UnknownElementError(f"the statement {source.get('Sid')} has {', '.join(wrong)} otherwise than is known")
    try:
        effect = Effect(source["Effect"])
    except ValueError as error:
        raise UnknownElementError(f"{source['Effect']} is no effect that is known here") from error
    return ReadStatement(
        source=source,
        effect=effect,
        principals=_principals(source["Principal"]) if of_resource else None,
        actions=_texts(source["Action"]),
        resources=_texts(source["Resource"]),
        conditions=tuple(
            read_condition(operator, key, _texts(values))
            for operator, keys in source.get("Condition", {}).items()
            for key, values in keys.items()
        ),
    )


def _principals(element: Any) -> tuple[str, ...]:
    if element == _ANYBODY:
        return (_ANYBODY,)
    if not isinstance(element, dict) or element.keys() != {"AWS"}:
        raise UnknownElementError(f"the principal {element} is none that is known here")
    return _texts(element["AWS"])


def _texts(element: Any) -> tuple[str, ...]:
    found = (element,) if isinstance(element, str) else tuple(element)
    for text in found:
        if not isinstance(text, str) or _VARIABLE in text:
            raise UnknownElementError(f"{text} is not a text that is known here")
    return found
