"""Requests on which the oracle has decided, for our own evaluator to decide on too."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from provisioner.access.evaluation.decision import Decision as Ours
from provisioner.access.evaluation.decision import Outcome, Policy, decide
from provisioner.access.evaluation.request import Request as OurRequest
from provisioner.access.policies import Document
from tests.oracle.callers import NOBODYS_ACCOUNT
from tests.oracle.matrix import Cell, Matrix
from tests.oracle.simulator import Decision, Request, Simulator

MEANING: Final = {
    Outcome.ALLOWED: Decision.ALLOWED,
    Outcome.REFUSED: Decision.FORBIDDEN,
    Outcome.NOT_ALLOWED: Decision.DENIED,
}
"""What the oracle calls our outcomes."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A request as both are asked it, and what the oracle has said."""

    words: str
    request: OurRequest
    identity: tuple[Policy, ...]
    resource: tuple[Policy, ...]
    oracle: Decision

    def decide(self) -> Ours:
        """What our evaluator says."""
        return decide(self.request, self.identity, self.resource)

    @property
    def agrees(self) -> bool:
        """Whether it is the same."""
        return MEANING[self.decide().outcome] is self.oracle


def sampled(matrix: Matrix, most: int) -> list[Cell]:
    """Questions about a stack, always the same: at the ends of grants, over every kind of connection, and others.

    Up to `most` of each sort; of the others, so many that should be allowed and so many that should not. Nobody without
    credentials is asked about: there is no such identity to us.
    """
    chance = random.Random(0)  # noqa: S311 - a choice of questions, and no secret
    whole = [*matrix.whole()]
    allowed = [matrix.expected(cell) for cell in whole]
    sorts = (
        [*matrix.ends()],
        [*matrix.connections()],
        [cell for cell, right in zip(whole, allowed, strict=True) if right],
        [cell for cell, right in zip(whole, allowed, strict=True) if not right],
    )
    cells = [cell for sort in sorts for cell in chance.sample(sort, min(most, len(sort)))]
    return [cell for cell in cells if cell.caller.principal is not None]


def judge(matrix: Matrix, cells: Iterable[Cell], simulator: Simulator) -> list[Judged]:
    """The cells, and writes to targets that have changed hands, with what the oracle says of each."""
    asked = [(cell, matrix.request(cell)) for cell in cells]
    asked += [
        (cell, replace(request, owner=account, context={**request.context, "aws:ResourceAccount": account}))
        for cell, request in asked
        if cell.bucket in matrix.deployed.targets and cell.action == "s3:PutObject"
        for account in (matrix.deployed.settings.account_id, NOBODYS_ACCOUNT)
    ]
    policies: dict[tuple[str, bool], Policy] = {}
    decisions = simulator.decide([request for _, request in asked])
    return [
        Judged(
            words=f"{cell.caller.words}: {cell.action} on {cell.bucket}/{cell.key} of {request.owner} "
            f"at {cell.at} over {dict(cell.over)}",
            request=_ours(request, cell.caller.arn),
            identity=tuple(_policy(text, policies, of_resource=False) for text in request.identity),
            resource=tuple(_policy(text, policies, of_resource=True) for text in _listed(request.resource_policy)),
            oracle=decision,
        )
        for (cell, request), decision in zip(asked, decisions, strict=True)
    ]


def disagreements(judged: Iterable[Judged]) -> list[str]:
    """Each request on which the two do not agree."""
    return [
        f"{one.words}: the oracle says {one.oracle}, we say {one.decide().outcome}" for one in judged if not one.agrees
    ]


def _ours(request: Request, arn: str) -> OurRequest:
    return OurRequest(
        principal=arn,
        action=request.action,
        resource=request.resource,
        owner=request.owner,
        context=request.context,
    )


def _listed(text: str | None) -> list[str]:
    return [] if text is None else [text]


def _policy(text: str, known: dict[tuple[str, bool], Policy], *, of_resource: bool) -> Policy:
    """A document, read once."""
    statements = tuple(json.loads(text)["Statement"])
    made = Policy(name="", document=Document(statements), of_resource=of_resource)
    return known.setdefault((text, of_resource), made)
