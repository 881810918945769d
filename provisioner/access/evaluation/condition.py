"""A condition of a statement: an operator, a key of the request, and the values that it is held against."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from provisioner.access.evaluation.wildcards import arn_matches, matches


class UnknownElementError(ValueError):
    """A statement holds something that is not generated here: what AWS makes of it would be a guess."""


class _Operator(NamedTuple):
    """How a value of the policy, read once, and the request's own text are compared."""

    read: Callable[[str], Any]
    agree: Callable[[Any, str], bool]
    negated: bool = False


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


# IAM User Guide, "IAM JSON policy elements: Condition operators". ArnEquals and ArnLike are the same there.
_ARN: Final = _Operator(str, arn_matches)
_OPERATORS: Final[Mapping[str, _Operator]] = {
    "ArnEquals": _ARN,
    "ArnLike": _ARN,
    "ArnNotEquals": _ARN._replace(negated=True),
    "StringEquals": _Operator(str, str.__eq__),
    "StringLike": _Operator(str, matches),
    "Bool": _Operator(_truth, lambda wanted, text: wanted is _truth(text)),
    "NumericLessThan": _Operator(float, lambda most, text: float(text) < most),
    "DateLessThan": _Operator(
        datetime.datetime.fromisoformat, lambda end, text: datetime.datetime.fromisoformat(text) < end
    ),
}
KEYS: Final = frozenset(
    {
        *("aws:PrincipalArn", "aws:ResourceAccount", "aws:CurrentTime", "aws:SecureTransport"),
        *("s3:TlsVersion", "s3:prefix"),
    }
)
"""The keys that a request to S3 is asked about (IAM User Guide, "AWS global condition context keys"; Service
Authorization Reference, "Condition keys for Amazon S3")."""
_ELSEWHERE: Final = ("kms:", "iam:", "lambda:", "aws:ResourceTag/")
"""How keys begin that no request to S3 carries, and that stand in statements on other services."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of the request must be, or must not be, as one of the values says."""

    operator: str
    key: str
    values: tuple[Any, ...]

    def holds(self, context: Mapping[str, str]) -> bool:
        """Whether it holds; of a key that the request lacks, only what is negated does."""
        _, agree, negated = _OPERATORS[self.operator]
        found = context.get(self.key)
        return negated if found is None else any(agree(value, found) for value in self.values) is not negated


def read_condition(operator: str, key: str, values: tuple[str, ...]) -> Condition:
    """The condition, its values read.

    Raises:
        UnknownElementError: the operator, the key, or what a value should be is not known here.
    """
    if operator not in _OPERATORS:
        raise UnknownElementError(f"the condition operator {operator} is not known here")
    if key not in KEYS and not key.startswith(_ELSEWHERE):
        raise UnknownElementError(f"the condition key {key} is not known here")
    try:
        return Condition(operator, key, tuple(map(_OPERATORS[operator].read, values)))
    except (ValueError, KeyError) as error:
        raise UnknownElementError(f"{operator} cannot be held against {', '.join(values)}") from error
