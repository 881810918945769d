"""The documents of the workflows' roles: whom they trust, and that they say what AWS understands and no more."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest

from provisioner.access.deployment import (
    AUDIENCE,
    IDENTITY_PROVIDER,
    MissingSettingError,
    WorkflowKind,
    apply_trust,
    preview_trust,
    workflow_role,
)
from provisioner.access.deployment_policies import apply_policy, preview_policy
from provisioner.access.limits import MAX_ROLE_POLICIES
from provisioner.access.policies import Document, Statement
from provisioner.live.permissions import READS
from provisioner.settings import Settings
from tests.access.evaluator import Request, is_allowed
from tests.access.reference import CATALOGUE, forms_of, is_of
from tests.support import OURS, OWN_ROLE, stack_settings, user_arn

REPOSITORY: Final = "example-org/data-engineering-exports"
STATE_KEY: Final = f"arn:aws:kms:eu-west-2:{OURS}:key/1a2b"
STACK: Final = stack_settings(repository=REPOSITORY, state_bucket="pulumi-state", state_key_arn=STATE_KEY)
APPLY: Final = (*preview_policy(STACK).statements, *apply_policy(STACK).statements)
PREVIEW: Final = preview_policy(STACK).statements
EVERY: Final = {statement["Sid"]: statement for statement in APPLY}


def settings(**changes: Any) -> Settings:
    """Those of the stack, but for what a test changes."""
    given = {"repository": REPOSITORY, "state_bucket": "pulumi-state", "state_key_arn": STATE_KEY}
    return stack_settings(**{**given, **changes})


class TestTrust:
    """Whose token assumes which role."""

    MAIN: Final = {"sub": f"repo:{REPOSITORY}:ref:refs/heads/main", "ref": "refs/heads/main"}
    PRODUCTION: Final = {"sub": f"repo:{REPOSITORY}:environment:production", "ref": "refs/heads/main"}

    def trusts(self, trust: Document, **claims: str) -> bool:
        """Whether a token with these claims assumes the role."""
        return is_allowed(
            Request(
                principal=f"arn:aws:iam::{OURS}:oidc-provider/{IDENTITY_PROVIDER}",
                action="sts:AssumeRoleWithWebIdentity",
                resource="this role",
                context={f"{IDENTITY_PROVIDER}:{claim}": text for claim, text in {"aud": AUDIENCE, **claims}.items()},
            ),
            (),
            [{**statement, "Resource": "*"} for statement in trust.statements],
            OURS,
        )

    def test_a_job_in_the_environment_production_on_main_may_apply(self) -> None:
        assert self.trusts(apply_trust(STACK), **self.PRODUCTION)

    def test_a_job_without_environment_on_main_may_preview(self) -> None:
        assert self.trusts(preview_trust(STACK), **self.MAIN)

    @pytest.mark.parametrize("trust", [apply_trust(STACK), preview_trust(STACK)], ids=["apply", "preview"])
    @pytest.mark.parametrize(
        "claims",
        [
            {"sub": f"repo:{REPOSITORY}:pull_request", "ref": "refs/pull/7/merge"},
            {"sub": f"repo:{REPOSITORY}:ref:refs/heads/other", "ref": "refs/heads/other"},
            {"sub": f"repo:{REPOSITORY}:ref:refs/tags/main", "ref": "refs/tags/main"},
            {"sub": f"repo:{REPOSITORY}:environment:staging", "ref": "refs/heads/main"},
            {"sub": f"repo:{REPOSITORY}-fork:environment:production", "ref": "refs/heads/main"},
            {"sub": f"repo:somebody/{REPOSITORY.partition('/')[2]}:ref:refs/heads/main", "ref": "refs/heads/main"},
            {"sub": f"repo:{REPOSITORY.upper()}:environment:production", "ref": "refs/heads/main"},
            {"sub": "", "ref": "refs/heads/main"},
        ],
        ids=lambda claims: claims["sub"],
    )
    def test_nobody_else_may_do_either(self, trust: Document, claims: dict[str, str]) -> None:
        assert not self.trusts(trust, **claims)

    def test_who_may_preview_may_not_apply_and_the_other_way_round(self) -> None:
        assert not self.trusts(apply_trust(STACK), **self.MAIN)
        assert not self.trusts(preview_trust(STACK), **self.PRODUCTION)

    def test_an_environment_that_lets_another_branch_in_is_not_enough_to_apply(self) -> None:
        assert not self.trusts(apply_trust(STACK), **{**self.PRODUCTION, "ref": "refs/heads/other"})

    def test_a_token_for_somebody_else_is_refused(self) -> None:
        claims = {"aud": "https://github.com/example-org"}
        assert not self.trusts(apply_trust(STACK), **self.PRODUCTION, **claims)
        assert not self.trusts(preview_trust(STACK), **self.MAIN, **claims)

    def test_a_repository_whose_tokens_carry_the_ids_is_trusted_with_them_alone(self) -> None:
        trust = preview_trust(settings(repository="example-org@12/exports@34"))
        assert self.trusts(trust, sub="repo:example-org@12/exports@34:ref:refs/heads/main")
        assert not self.trusts(trust, sub="repo:example-org@12/exports@35:ref:refs/heads/main")
        assert not self.trusts(trust, sub="repo:example-org/exports:ref:refs/heads/main")

    def test_no_other_identity_provider_is_trusted_and_no_role_or_account(self) -> None:
        for trust in (apply_trust(STACK), preview_trust(STACK)):
            assert [one["Principal"] for one in trust.statements] == [
                {"Federated": f"arn:aws:iam::{OURS}:oidc-provider/{IDENTITY_PROVIDER}"}
            ]

    @pytest.mark.parametrize("kind", WorkflowKind)
    def test_without_a_repository_nobody_is_trusted_and_the_setting_is_named(self, kind: WorkflowKind) -> None:
        with pytest.raises(
            MissingSettingError, match=r"Pulumi\.test\.yaml: the setting 'repository' is missing.*; add"
        ):
            workflow_role(kind, settings(repository=None))


def may(principal: str, action: str, resource: str, rights: Iterable[Statement], **context: str) -> bool:
    """Whether these rights let a role do something."""
    keys = {key.replace("_", ":", 1): value for key, value in context.items()}
    return is_allowed(Request(principal=principal, action=action, resource=resource, context=keys), rights, (), OURS)


class TestRights:
    """What the emulator does not show, asked of an evaluator that was written from AWS's documentation."""

    ME: Final = STACK.role_arn(STACK.workflow_role("apply"))
    ACCESS: Final = STACK.iam_arn(f"policy/{STACK.access_policy('role', 'alpha_user_one', 1)}")

    @pytest.mark.parametrize("role", [user_arn("alpha_user_one"), OWN_ROLE])
    def test_only_policies_of_the_stack_are_attached_and_detached(self, role: str) -> None:
        for action in ("iam:AttachRolePolicy", "iam:DetachRolePolicy"):
            assert may(self.ME, action, role, APPLY, iam_PolicyARN=self.ACCESS)
            for other in ("arn:aws:iam::aws:policy/AdministratorAccess", STACK.iam_arn("policy/data-exports-apply")):
                assert not may(self.ME, action, role, APPLY, iam_PolicyARN=other)
            assert not may(self.ME, action, role, APPLY)

    @pytest.mark.parametrize("kind", WorkflowKind)
    def test_nothing_is_attached_to_the_roles_of_the_workflows(self, kind: WorkflowKind) -> None:
        role = workflow_role(kind, STACK).arn
        assert not may(self.ME, "iam:AttachRolePolicy", role, APPLY, iam_PolicyARN=self.ACCESS)

    def test_the_forwarders_role_is_passed_to_lambda_and_nothing_else_is_passed(self) -> None:
        forwarder, to_lambda = STACK.role_arn(STACK.forwarder), {"iam_PassedToService": "lambda.amazonaws.com"}
        assert may(self.ME, "iam:PassRole", forwarder, APPLY, **to_lambda)
        assert not may(self.ME, "iam:PassRole", forwarder, APPLY, iam_PassedToService="ec2.amazonaws.com")
        assert not may(self.ME, "iam:PassRole", STACK.delivery_role_arn("a"), APPLY, **to_lambda)

    @pytest.mark.parametrize("rights", [APPLY, PREVIEW], ids=["apply", "preview"])
    def test_the_states_key_is_only_used_to_decrypt(self, rights: tuple[Statement, ...]) -> None:
        assert may(self.ME, "kms:Decrypt", STATE_KEY, rights)
        assert not may(self.ME, "kms:Decrypt", f"{STATE_KEY}c", rights)
        for action in ("kms:Encrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"):
            assert not may(self.ME, action, STATE_KEY, rights)

    def test_a_state_bucket_that_is_named_like_one_of_ours_is_still_spared(self) -> None:
        ours = settings(state_bucket="mojap-state")
        rights = (*preview_policy(ours).statements, *apply_policy(ours).statements)
        for action in EVERY["ChangeBuckets"]["Action"]:
            assert not may(self.ME, action, ours.bucket_arn("mojap-state"), rights)
            assert may(self.ME, action, ours.bucket_arn("mojap-other"), rights)

    def test_tags_are_read_and_set_by_either_api_of_s3(self) -> None:
        bucket = STACK.bucket_arn(STACK.pull_bucket("a"))
        assert may(self.ME, "s3:ListTagsForResource", bucket, PREVIEW)
        for action in ("s3:TagResource", "s3:UntagResource"):
            assert may(self.ME, action, bucket, APPLY)
            assert not may(self.ME, action, bucket, PREVIEW)

    @pytest.mark.parametrize(
        "action",
        [
            *("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectAttributes"),
            *("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:RestoreObject"),
        ],
    )
    def test_no_object_of_a_dataset_is_touched(self, action: str) -> None:
        for bucket in (STACK.export_bucket, STACK.pull_bucket("a")):
            assert not may(self.ME, action, f"{STACK.bucket_arn(bucket)}/.pulumi/file.csv", APPLY)

    def test_check_live_may_ask_all_that_it_asks(self) -> None:
        assert {action for one in PREVIEW for action in one["Action"]} >= {*READS}

    def test_where_the_state_is_elsewhere_its_part_is_left_out(self) -> None:
        elsewhere = settings(state_bucket=None, state_key_arn=None)
        left_out = {*EVERY} - {
            one["Sid"] for make in (preview_policy, apply_policy) for one in make(elsewhere).statements
        }
        assert left_out == {"ListState", "ReadState", "DecryptState", "WriteState", "SpareState"}


def test_each_wildcard_is_one_of_these_and_nothing_else_is_wide() -> None:
    """Whoever adds one has to defend it here, and where it stands."""
    wide = {arn for one in APPLY if one["Effect"] == "Allow" for arn in one["Resource"] if "*" in arn}
    assert wide == {
        "*",
        "arn:aws:s3:::mojap-*",
        "arn:aws:s3:::pulumi-state/.pulumi/*",
        f"arn:aws:iam::{OURS}:role/export_*",
        f"arn:aws:iam::{OURS}:role/reader_*",
        f"arn:aws:iam::{OURS}:oidc-provider/sts.windows.net/*/",
        f"arn:aws:iam::{OURS}:role/*",
        f"arn:aws:iam::{OURS}:user/*",
        f"arn:aws:iam::{OURS}:policy/data-exports-role-*-*",
        f"arn:aws:iam::{OURS}:policy/data-exports-user-*-*",
        f"arn:aws:lambda:eu-west-2:{OURS}:event-source-mapping:*",
        f"arn:aws:cloudwatch:eu-west-2:{OURS}:alarm:export-forwarder-*",
        f"arn:aws:logs:eu-west-2:{OURS}:log-group:/aws/lambda/export-forwarder:*",
    }
    assert {sid for sid, one in EVERY.items() if "*" in one["Resource"]} == {"ReadAccount", "MakeMapping"}
    assert [action for one in APPLY for action in one["Action"] if "*" in action] == []


def test_the_statements_of_both_policies_have_names_of_their_own() -> None:
    assert len(EVERY) == len(APPLY)


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_every_arn_is_of_the_partition_of_the_region(region: str, partition: str) -> None:
    there = settings(region=region, state_key_arn=f"arn:{partition}:kms:{region}:{OURS}:key/1a2b")
    for kind in WorkflowKind:
        role = workflow_role(kind, there)
        text = "".join(document.text for document in (role.trust, *role.policies.values()))
        assert {role.arn.split(":")[1], *re.findall(r'"arn:([a-z-]+):', text)} == {partition}


def test_outside_the_partition_aws_no_claim_is_asked_for_that_aws_does_not_read_there() -> None:
    trust = apply_trust(settings(region="cn-north-1"))
    (condition,) = (one["Condition"]["StringEquals"] for one in trust.statements)
    assert sorted(condition) == [f"{IDENTITY_PROVIDER}:aud", f"{IDENTITY_PROVIDER}:sub"]


def test_the_longest_settings_fit_into_the_limits_of_a_roles_own_policies_and_of_managed_ones() -> None:
    longest = settings(
        region="us-gov-west-1",
        bucket_prefix="p" * 30,
        export_bucket="e" * 63,
        state_bucket="s" * 63,
        state_key_arn=f"arn:aws-us-gov:kms:us-gov-west-1:{OURS}:key/{'1' * 36}",
        repository=f"{'o' * 39}@{'1' * 20}/{'r' * 100}@{'2' * 20}",
    )
    role = workflow_role(WorkflowKind.APPLY, longest)  # measures each
    assert sum(len(document.text) for document in role.policies.values()) <= MAX_ROLE_POLICIES


def not_understood(statement: Statement) -> Iterator[str]:
    """What AWS's own reference does not say of a statement: actions, what they are done to, on which conditions."""
    for action in statement["Action"]:
        service, name = action.split(":")
        if not CATALOGUE.actions.action_exists(service, name):
            yield f"{action} is no action"
            continue
        details = CATALOGUE.actions.get_action_details(service, name)
        if details["name"] != name:
            yield f"{action} is written {details['name']}"
        formats = forms_of(action)
        for arn in statement["Resource"]:
            if (arn == "*") != (not formats) or (formats and not any(is_of(arn, one) for one in formats)):
                yield f"{action} is not done to {arn}"
        for keys in statement.get("Condition", {}).values():
            known = {key.lower() for key in details["conditionKeys"]}
            yield from (f"{action} does not come with {key}" for key in keys if key.lower() not in known)


@pytest.mark.parametrize("statement", EVERY.values(), ids=EVERY.keys())
def test_aws_knows_every_action_and_does_it_to_what_is_named_on_these_conditions(statement: Statement) -> None:
    assert [*not_understood(statement)] == []


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"Action": ["iam:GetRoles"]}, "iam:GetRoles is no action"),
        ({"Action": ["iam:getRole"]}, "iam:getRole is written GetRole"),
        ({"Action": ["iam:ListRoles"]}, "iam:ListRoles is not done to arn"),
        ({"Resource": ["*"]}, "iam:GetRole is not done to *"),
        ({"Resource": ["arn:aws:s3:::bucket"]}, "iam:GetRole is not done to arn:aws:s3:::bucket"),
        ({"Condition": {"ArnLike": {"iam:PolicyARN": "x"}}}, "iam:GetRole does not come with iam:PolicyARN"),
    ],
)
def test_this_sees_what_aws_would_not_understand(changed: dict[str, Any], wrong: str) -> None:
    sound: Statement = {"Action": ["iam:GetRole"], "Resource": [STACK.role_arn("a")]}
    assert [*not_understood(sound)] == []
    assert any(found.startswith(wrong) for found in not_understood({**sound, **changed}))
