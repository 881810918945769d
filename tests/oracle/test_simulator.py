"""The first oracle itself: it says when it cannot decide, rather than leave out what it does not know."""

import json
from dataclasses import replace
from typing import Final

import pytest

from tests.oracle.simulator import Decision, Request, Simulator, SimulatorError
from tests.support import OURS, OUTSIDE_ROLE, OWN_ROLE

BUCKET: Final = "arn:aws:s3:::a-bucket"


def document(effect: str, **changes: object) -> str:
    statement = {"Effect": effect, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ASK: Final = Request(
    principal=OWN_ROLE,
    action="s3:GetObject",
    resource=f"{BUCKET}/file.csv",
    owner=OURS,
    context={"aws:PrincipalArn": OWN_ROLE},
    identity=(document("Allow"),),
)


def test_it_allows_what_is_allowed_and_tells_a_deny_from_nothing_at_all(simulator: Simulator) -> None:
    nothing = replace(ASK, identity=())
    denied = replace(ASK, resource_policy=document("Deny", Principal="*"))
    assert simulator.decide([ASK, nothing, denied]) == [Decision.ALLOWED, Decision.DENIED, Decision.FORBIDDEN]


def test_across_accounts_both_sides_must_allow(simulator: Simulator) -> None:
    foreign = replace(ASK, principal=OUTSIDE_ROLE, context={"aws:PrincipalArn": OUTSIDE_ROLE})
    both = replace(foreign, resource_policy=document("Allow", Principal={"AWS": OUTSIDE_ROLE}))
    theirs_alone = replace(both, identity=())
    assert [simulator.allows(one) for one in (foreign, theirs_alone, both)] == [False, False, True]


def test_many_requests_are_answered_in_their_order(simulator: Simulator) -> None:
    many = [ASK if number % 3 else replace(ASK, identity=()) for number in range(4_500)]
    assert [one is Decision.ALLOWED for one in simulator.decide(many)] == [number % 3 != 0 for number in range(4_500)]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (replace(ASK, context={**ASK.context, "s3:prefix": "a/"}), "s3:prefix"),
        (replace(ASK, action="s3:GetObjects"), "invalid.action"),
        (replace(ASK, action="s3:ListBucket"), "no.resource.types"),
        (replace(ASK, identity=(document("Permit"),)), "wrong"),
        (replace(ASK, identity=(document("Allow", Principal="*"),)), "wrong"),
    ],
    ids=["a condition key that the action lacks", "no such action", "no such resource", "no effect", "a principal"],
)
def test_a_request_that_it_cannot_decide_is_an_error(simulator: Simulator, wrong: Request, complaint: str) -> None:
    with pytest.raises(SimulatorError, match=complaint):
        simulator.decide([wrong])
    assert simulator.allows(ASK)
