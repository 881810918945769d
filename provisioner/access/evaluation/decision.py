"""The decision on a request, and the statements that make it (IAM User Guide, "Policy evaluation logic")."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from provisioner.access.evaluation.request import Request
from provisioner.access.evaluation.statement import Effect, Match, Naming, ReadStatement, read_statement
from provisioner.access.policies import Document


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A document where it is attached."""

    name: str
    """Whose and which it is, in words."""
    document: Document
    of_resource: bool
    """Whether it is the policy of a bucket; otherwise of an identity."""
    assumed: bool = False
    """Whether it is only supposed to be there: what another account lets its own people do is not known here."""

    @cached_property
    def statements(self) -> tuple[ReadStatement, ...]:
        """Its statements, read.

        Raises:
            UnknownElementError: one of them holds something that is not generated here.
        """
        return tuple(read_statement(one, of_resource=self.of_resource) for one in self.document.statements)


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """A statement that makes a decision."""

    policy: Policy
    statement: ReadStatement
    match: Match
    """By what it speaks of the request."""


class Outcome(StrEnum):
    """What AWS answers."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    """A statement denies it."""
    NOT_ALLOWED = "not-allowed"
    """Nothing denies it, and not everything that must allow it does."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What AWS answers, and by which statements: those that allow, the one that denies, or those of one side alone."""

    outcome: Outcome
    deciding: tuple[Deciding, ...]


def decide(request: Request, identity: Iterable[Policy], resource: Iterable[Policy]) -> Decision:
    """What AWS answers to a request.

    Within an account, either side's Allow is enough; but a bucket's policy that names the account only lets the
    identity policies decide. Across accounts both sides must allow. A Deny on either side ends it.

    Args:
        request: who asks for what.
        identity: the policies of the principal.
        resource: those of the bucket; where there is none, nothing is said on its side.

    Raises:
        UnknownElementError: a policy holds a statement that is not generated here.
    """
    given = [*_applying(request, identity)]
    named = [(one, naming) for one in _applying(request, resource) if (naming := one.statement.naming(request))]
    theirs = [one for one, _ in named]
    for one in (*given, *theirs):
        if one.statement.effect is Effect.DENY:
            return Decision(outcome=Outcome.REFUSED, deciding=(one,))
    if request.account_id == request.owner:
        either = [*given, *(one for one, naming in named if naming is Naming.ITSELF)]
        allowed = bool(either)
        deciding = either[:1]
    else:
        allowed = bool(given and theirs)
        deciding = [*given[:1], *theirs[:1]]
    return Decision(outcome=Outcome.ALLOWED if allowed else Outcome.NOT_ALLOWED, deciding=tuple(deciding))


def _applying(request: Request, policies: Iterable[Policy]) -> Iterator[Deciding]:
    for policy in policies:
        for statement in policy.statements:
            match = statement.match(request)
            if match is not None:
                yield Deciding(policy=policy, statement=statement, match=match)
