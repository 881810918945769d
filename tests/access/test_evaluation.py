"""What the evaluator refuses to guess, and the rules of wildcards, capitals and missing keys."""

from typing import Any, Final

import pytest

from provisioner.access.evaluation.condition import UnknownElementError
from provisioner.access.evaluation.decision import Outcome, Policy, decide
from provisioner.access.evaluation.request import Request
from provisioner.access.evaluation.statement import read_statement
from provisioner.access.policies import Document
from tests.support import OURS, OUTSIDE_ROLE, OWN_ROLE, THEIRS

BUCKET: Final = "arn:aws:s3:::a-bucket"
ALLOW: Final[dict[str, Any]] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}


def outcome(
    identity: dict[str, Any] | None = None,
    resource: dict[str, Any] | None = None,
    *,
    principal: str = OWN_ROLE,
    action: str = "s3:GetObject",
    key: str = "a/file.csv",
    **context: str,
) -> Outcome:
    policies = [
        [] if one is None else [Policy(name="one", document=Document((one,)), of_resource=of_resource)]
        for one, of_resource in ((identity, False), (resource, True))
    ]
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    request = Request(principal=principal, action=action, resource=f"{BUCKET}/{key}", owner=OURS, context=keys)
    return decide(request, *policies).outcome


@pytest.mark.parametrize(
    "changes",
    [
        {"NotAction": "s3:PutObject"},
        {"NotResource": BUCKET},
        {"Principal": "*"},
        {"Effect": "Permit"},
        {"Resource": f"{BUCKET}/${{aws:username}}/*"},
        {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}},
        {"Condition": {"StringEqualsIfExists": {"s3:prefix": "a/"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "perhaps"}}},
        {"Condition": {"NumericLessThan": {"s3:TlsVersion": "new"}}},
        {"Condition": {"DateLessThan": {"aws:CurrentTime": "tomorrow"}}},
    ],
    ids=str,
)
def test_what_is_not_generated_here_is_an_error_and_no_guess(changes: dict[str, Any]) -> None:
    with pytest.raises(UnknownElementError):
        read_statement({**ALLOW, **changes}, of_resource=False)


@pytest.mark.parametrize("principal", [None, {"Federated": "accounts.google.com"}, {"Service": "s3.amazonaws.com"}])
def test_the_policy_of_a_bucket_names_principals_of_aws_or_everybody(principal: Any) -> None:
    named = {} if principal is None else {"Principal": principal}
    with pytest.raises(UnknownElementError):
        read_statement({**ALLOW, **named}, of_resource=True)


@pytest.mark.parametrize("element", ["Effect", "Action", "Resource"])
def test_a_statement_without_what_it_must_have_is_an_error(element: str) -> None:
    with pytest.raises(UnknownElementError):
        read_statement({key: value for key, value in ALLOW.items() if key != element}, of_resource=False)


class TestMatching:
    def test_the_capitals_of_an_action_do_not_matter_and_those_of_a_key_do(self) -> None:
        assert outcome({**ALLOW, "Action": "S3:getobject"}) is Outcome.ALLOWED
        assert outcome({**ALLOW, "Resource": f"{BUCKET}/A/*"}) is Outcome.NOT_ALLOWED

    def test_a_star_reaches_over_slashes_and_line_breaks_and_a_question_mark_is_one_character(self) -> None:
        assert outcome(ALLOW, key="a/b/c\nd") is Outcome.ALLOWED
        assert outcome({**ALLOW, "Resource": f"{BUCKET}/?"}, key="a") is Outcome.ALLOWED
        assert outcome({**ALLOW, "Resource": f"{BUCKET}/?"}, key="ab") is Outcome.NOT_ALLOWED

    @pytest.mark.parametrize("key", ["a.file", "a[b]", "a+"])
    def test_nothing_else_is_a_wildcard(self, key: str) -> None:
        assert outcome({**ALLOW, "Resource": f"{BUCKET}/{key}"}, key=key) is Outcome.ALLOWED
        assert outcome({**ALLOW, "Resource": f"{BUCKET}/{key}"}, key="ab") is Outcome.NOT_ALLOWED

    def test_a_wildcard_in_an_arn_stays_between_its_colons(self) -> None:
        condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}
        assert outcome({**ALLOW, "Condition": condition}, aws__PrincipalArn="arn:aws:iam::1:role/x") is Outcome.ALLOWED
        assert outcome({**ALLOW, "Condition": condition}, aws__PrincipalArn="arn:aws:iam::1:2:role/x") is (
            Outcome.NOT_ALLOWED
        )

    def test_of_a_key_that_the_request_lacks_only_what_is_negated_holds(self) -> None:
        arn = {"aws:PrincipalArn": OWN_ROLE}
        assert outcome({**ALLOW, "Condition": {"ArnEquals": arn}}) is Outcome.NOT_ALLOWED
        assert outcome({**ALLOW, "Condition": {"ArnNotEquals": arn}}) is Outcome.ALLOWED


class TestSides:
    def test_within_an_account_a_policy_that_names_the_role_is_enough_and_one_that_names_the_account_is_not(
        self,
    ) -> None:
        assert outcome(resource={**ALLOW, "Principal": {"AWS": OWN_ROLE}}) is Outcome.ALLOWED
        assert outcome(resource={**ALLOW, "Principal": {"AWS": f"arn:aws:iam::{OURS}:root"}}) is Outcome.NOT_ALLOWED

    def test_across_accounts_both_sides_must_allow(self) -> None:
        theirs = {**ALLOW, "Principal": {"AWS": [f"arn:aws:iam::{THEIRS}:root"]}}
        assert outcome(resource=theirs, principal=OUTSIDE_ROLE) is Outcome.NOT_ALLOWED
        assert outcome(ALLOW, principal=OUTSIDE_ROLE) is Outcome.NOT_ALLOWED
        assert outcome(ALLOW, theirs, principal=OUTSIDE_ROLE) is Outcome.ALLOWED

    @pytest.mark.parametrize("side", ["identity", "resource"])
    def test_a_deny_on_either_side_ends_it(self, side: str) -> None:
        both = {"identity": ALLOW, "resource": {**ALLOW, "Principal": "*"}}
        assert outcome(both["identity"], both["resource"]) is Outcome.ALLOWED
        both[side] = {**both[side], "Effect": "Deny"}
        assert outcome(both["identity"], both["resource"]) is Outcome.REFUSED
