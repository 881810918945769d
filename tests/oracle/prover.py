"""The second oracle: whether any request at all is allowed, by PyPI's `reach-security`, which asks the Z3 solver.

It decides on all requests of a kind together: what it says cannot be is proved, and not only not found. Where somebody
is let in it gives an example.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reach.engine import Principal, Query, ResourcePolicy, Verdict, decide  # type: ignore[import-untyped] # no types
from reach.policy import Policy, parse_policy  # type: ignore[import-untyped] # the package has none

from tests.oracle.callers import EVERYTHING

_WHOSE: Final = "aws:PrincipalArn"
_ANYONES: Final = "aws:SourceArn"
"""A key with an ARN, that our documents do not use beside the other, and that the solver may choose."""


class ProverError(Exception):
    """The oracle could neither prove that there is no such request, nor name one."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Can somebody do something somewhere?"""

    principal: str
    """The ARN of a role or user, as a statement's `Principal` sees it."""
    action: str
    """With `*` for any."""
    resource: str
    """An ARN, with `*` for any."""
    policy: str
    """The document of the resource, as JSON: a question without one would leave out what it forbids."""
    owner: str
    """The account that the resource is in."""
    identity: tuple[str, ...] = (EVERYTHING,)
    """The documents attached to the principal."""
    context: Mapping[str, str] = field(default_factory=dict)
    """Condition keys that are settled; the solver chooses the others."""
    anybody: bool = False
    """Whether the solver may choose who of the principal's account it is, for what conditions say about it."""
    trust: bool = False
    """Whether the document must let the principal in even within its own account, as the trust of a role must."""
    apart_from: tuple[Mapping[str, Any], ...] = ()
    """What the question is not about: what is known to be allowed, as statements that deny it."""


def example(question: Question) -> str | None:
    """A request that is allowed, in words; None where it is proved that there is none.

    Raises:
        ProverError: neither was found.
    """

    def parsed(document: str, name: str) -> Policy:
        return parse_policy(document.replace(_WHOSE, _ANYONES) if question.anybody else document, name)

    identity = [parsed(document, f"identity {number}") for number, document in enumerate(question.identity)]
    if question.apart_from:
        besides = json.dumps({"Version": "2012-10-17", "Statement": [*question.apart_from]})
        identity.append(parsed(besides, "apart from"))
    query = Query(
        action=question.action,
        resource=question.resource,
        context=dict(question.context),
        resource_policy=ResourcePolicy(
            policy=parsed(question.policy, "of the resource"), account=question.owner, required=question.trust
        ),
    )
    principal = Principal(arn=question.principal, identity_policies=identity)
    # Of a pattern the solver chooses among all words, which is one problem and not one for each action that AWS has.
    result = decide(principal, query, catalog=None) if "*" in question.action else decide(principal, query)
    if result.verdict is Verdict.DENIED:
        return None
    if result.verdict is Verdict.ALLOWED and result.witness is not None:
        return f"{result.witness.action} on {result.witness.resource} with {result.witness.context}"
    raise ProverError(f"{question}: {result.reasons} {result.assumptions}")


def everybody_but(arns: list[str]) -> Mapping[str, Any]:
    """Not about those."""
    condition = {"ArnEquals": {_WHOSE: arns}}
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}


def everywhere_but(resources: list[str]) -> Mapping[str, Any]:
    """Not about these places."""
    return {"Effect": "Deny", "Action": "*", "Resource": resources}
