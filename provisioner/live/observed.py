"""What AWS answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Person = tuple[bool, str]
"""Whether it is a role (otherwise an IAM user), and its name in lower case: IAM does not distinguish capitals."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What AWS holds of what the datasets need. Whatever is None was not answered, and says nothing."""

    arns: Mapping[Person, str] | None
    """The ARN of each role and IAM user of our account that there is."""
    attached: Mapping[Person, tuple[str, ...] | None] = field(default_factory=dict)
    """The names of the managed policies that each has."""
    role_quota: int | None = None
    """Managed policies that AWS attaches to one role of this account."""
    user_quota: int | None = None
    """The same for an IAM user."""
    buckets: frozenset[str] | None
    """The buckets of our account."""
    taken: frozenset[str] = frozenset()
    """Names of buckets that are not ours, and are there."""
    bucket_policies: Mapping[str, Any] = field(default_factory=dict)
    """By bucket, its policy as JSON has it, or None where it has none; buckets that were not answered are left out."""
    delivery_policies: Mapping[str, Any] = field(default_factory=dict)
    """By delivery role, its own policy, likewise."""
