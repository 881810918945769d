"""Whether somebody can do something somewhere on a day, and what decides it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioner.access.asking.action import Action
from provisioner.access.asking.identity import Identity
from provisioner.access.asking.in_force import InForce, in_force
from provisioner.access.asking.location import Location
from provisioner.access.evaluation.decision import Deciding, Decision, Outcome, decide
from provisioner.access.evaluation.request import Request
from provisioner.datasets.model import Catalogue
from provisioner.settings import Settings

_ONCE: Final = datetime.date.min
"""A day before any statement ends."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Somebody would do something somewhere on a day, over a connection as S3 wants it."""

    identity: Identity
    action: Action
    location: Location
    day: datetime.date
    """In UTC."""


class Reason(StrEnum):
    """Why the answer is as it is."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    ENDED = "ended"
    NOT_ALLOWED = "not-allowed"
    NOT_OURS = "not-ours"


REASON_MEANINGS: Final = {
    Reason.ALLOWED: "Everything that must allow it does",
    Reason.REFUSED: "A statement denies it, whatever others allow",
    Reason.ENDED: "What allowed it has ended",
    Reason.NOT_ALLOWED: "Nothing of this repository allows it",
    Reason.NOT_OURS: "Bucket and principal are of the same other account, which alone decides",
}
"""What each reason says."""


class Note(StrEnum):
    """What the answer rests on, or leaves open."""

    THEIR_POLICIES = "their-policies"
    TARGET_POLICY = "target-policy"
    TARGET_KEY = "target-key"
    OTHER_POLICIES = "other-policies"


NOTE_MEANINGS: Final = {
    Note.THEIR_POLICIES: "The principal is of another account, which has to let it too",
    Note.TARGET_POLICY: "The bucket's owner has to have added to its policy what `provisioner explain` prints",
    Note.TARGET_KEY: "The owner of the dataset's key has to have added to its policy what `provisioner explain` prints",
    Note.OTHER_POLICIES: (
        "Nothing here refuses it either: a policy from elsewhere, with `s3:*` on `*`, would allow it"
    ),
}
"""What each note says."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a question."""

    question: Question
    reason: Reason
    deciding: tuple[Deciding, ...]
    """The statements that allow it, each on its side; the one that denies it; or those that did allow it."""
    notes: tuple[Note, ...]

    @property
    def allowed(self) -> bool:
        """Whether it is a yes."""
        return self.reason is Reason.ALLOWED


def answer(question: Question, catalogue: Catalogue, settings: Settings) -> Answer:
    """Whether the documents that the stack makes let it be done.

    Raises:
        LimitExceededError: the principal has more datasets than its policies hold.
    """
    policies = in_force(question.identity, question.location, catalogue, settings)
    decision = _decide(question, policies, question.day, settings)
    reason, deciding = _judged(decision)
    if reason is Reason.NOT_ALLOWED:
        before, allowing = _judged(_decide(question, policies, _ONCE, settings))
        if before is Reason.ALLOWED:
            reason, deciding = Reason.ENDED, allowing
    notes = tuple(_notes(question, reason, deciding, settings))
    return Answer(question=question, reason=reason, deciding=deciding, notes=notes)


def _judged(decision: Decision) -> tuple[Reason, tuple[Deciding, ...]]:
    match decision.outcome:
        case Outcome.REFUSED:
            return Reason.REFUSED, decision.deciding
        case Outcome.NOT_ALLOWED:
            return Reason.NOT_ALLOWED, ()
    if all(one.policy.assumed for one in decision.deciding):
        return Reason.NOT_OURS, ()
    # That their own account lets them is supposed, and no statement.
    return Reason.ALLOWED, tuple(one for one in decision.deciding if one.policy.of_resource or not one.policy.assumed)


def _decide(question: Question, policies: InForce, day: datetime.date, settings: Settings) -> Decision:
    return decide(request_of(question, day, settings), policies.identity, policies.resource)


def request_of(question: Question, day: datetime.date, settings: Settings) -> Request:
    """The question as AWS is asked: at noon of the day, over TLS 1.3."""
    location, action = question.location, question.action
    bucket = settings.bucket_arn(location.bucket)
    context = {
        "aws:PrincipalArn": question.identity.arn,
        "aws:CurrentTime": f"{day.isoformat()}T12:00:00Z",
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
    }
    if location.owner is not None:
        context["aws:ResourceAccount"] = location.owner
    if action.with_prefix:
        context["s3:prefix"] = location.key
    return Request(
        principal=question.identity.arn,
        action=action.name,
        resource=f"{bucket}/{location.key}" if action.on_object else bucket,
        owner=location.owner,
        context=context,
    )


def _notes(question: Question, reason: Reason, deciding: tuple[Deciding, ...], settings: Settings) -> Iterator[Note]:
    identity, location = question.identity, question.location
    if reason is Reason.ALLOWED:
        if identity.account_id not in (settings.account_id, location.owner):
            yield Note.THEIR_POLICIES
        if any(one.policy.assumed for one in deciding):
            yield Note.TARGET_POLICY
        if question.action.on_object and any(
            one.kms_key_arn for one in location.push if not location.ours and location.key.startswith(one.prefix)
        ):
            yield Note.TARGET_KEY
    elif reason in (Reason.NOT_ALLOWED, Reason.ENDED) and identity.account_id == location.owner:
        yield Note.OTHER_POLICIES
