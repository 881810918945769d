"""What AWS answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.access.grants import Person


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What AWS holds of what the datasets need. What is None or left out was not answered, and says nothing.

    A document is as JSON has it, or None where there is none.
    """

    roles: Mapping[str, str] | None
    """The roles of our account, by their names in lower case: the ARN of each."""
    users: Mapping[str, str] | None
    """The IAM users, likewise."""
    attached: Mapping[Person, Mapping[str, str]] = field(default_factory=dict)
    """The managed policies that each has: name to ARN."""
    access_policies: Mapping[str, Any] = field(default_factory=dict)
    """By the name of a managed policy of ours, its document."""
    role_quota: int | None = None
    """Managed policies that AWS attaches to one role of this account."""
    user_quota: int | None = None
    """The same for an IAM user."""
    buckets: frozenset[str] | None
    """The buckets of our account."""
    taken: frozenset[str] = frozenset()
    """Names of buckets that are not ours, and are there."""
    bucket_policies: Mapping[str, Any] = field(default_factory=dict)
    """By bucket, its policy's document."""
    delivery_policies: Mapping[str, Any] = field(default_factory=dict)
    """By delivery role, the document of its own policy."""
    export_policies: Mapping[str, Any] = field(default_factory=dict)
    """By role of a scheduled export, the document of its own policy."""

    def arns(self, *, is_role: bool) -> Mapping[str, str] | None:
        """The roles of our account, or its IAM users."""
        return self.roles if is_role else self.users
