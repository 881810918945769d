"""AWS's decision on a request, written from the IAM User Guide ("Policy evaluation logic") and not from our code.

It knows the operators and condition keys that our documents use, and refuses any other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

Statement = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """Somebody asks for something."""

    principal: str
    """The ARN of the role or user; of the identity provider, where somebody comes with its token."""
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)
    """Condition keys other than `aws:PrincipalArn` and `aws:ResourceAccount`; what is not there the request lacks."""


def is_allowed(request: Request, identity: Iterable[Statement], resource: Iterable[Statement], owner: str) -> bool:
    """Whether AWS lets the request pass.

    Args:
        request: who asks for what.
        identity: the statements of the policies attached to the principal.
        resource: the statements of the resource's own policy.
        owner: the account that the resource belongs to.
    """
    request = replace(request, context={**request.context, "aws:ResourceAccount": owner})
    identity_says = {statement["Effect"] for statement in identity if _applies(statement, request)}
    by_account = _effects(resource, request, f"arn:aws:iam::{_account(request.principal)}:root")
    by_name = _effects(resource, request, request.principal)
    if "Deny" in identity_says | by_account | by_name:
        return False
    if _account(request.principal) == owner:
        # Within an account, either side is enough; but naming the account only lets its identity policies decide.
        return "Allow" in identity_says | by_name
    return "Allow" in identity_says and "Allow" in by_account | by_name


def _account(arn: str) -> str:
    return arn.split(":")[4]


def _effects(statements: Iterable[Statement], request: Request, principal: str) -> set[str]:
    return {
        statement["Effect"]
        for statement in statements
        if _names(statement["Principal"], principal) and _applies(statement, request)
    }


def _names(element: str | Mapping[str, Any], principal: str) -> bool:
    if element == "*":
        return True
    assert isinstance(element, Mapping)
    return principal in (*_listed(element.get("AWS", ())), *_listed(element.get("Federated", ())))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _applies(statement: Statement, request: Request) -> bool:
    assert not {"NotAction", "NotResource", "NotPrincipal"} & statement.keys()
    return (
        any(_matches(action.lower(), request.action.lower()) for action in _listed(statement["Action"]))
        and any(_matches(resource, request.resource) for resource in _listed(statement["Resource"]))
        and all(
            _holds(operator, request, key, _listed(values))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _matches(pattern: str, text: str) -> bool:
    assert "[" not in pattern  # to fnmatch, a range of characters; to IAM, nothing
    return fnmatchcase(text, pattern)


def _holds(operator: str, request: Request, key: str, values: list[str]) -> bool:
    found = request.principal if key == "aws:PrincipalArn" else request.context.get(key)
    if operator == "ArnNotEquals":
        return found is None or not any(_matches(value, found) for value in values)
    if found is None:
        return False
    match operator:
        case "ArnEquals" | "ArnLike" | "StringLike":
            return any(_matches(value, found) for value in values)
        case "StringEquals" | "Bool":
            return found in values
        case "DateLessThan":
            return any(found < value for value in values)  # both as 2027-03-31T00:00:00Z
        case "NumericLessThan":
            return any(float(found) < float(value) for value in values)
    raise AssertionError(f"the evaluator does not know the operator {operator}")
