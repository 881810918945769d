"""What every document looks like: nothing wider than it must be, within AWS's limits, the same text each time."""

import fnmatch
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as run

from provisioner.access.delivery import (
    delivery_policy,
    delivery_trust,
    forwarder_policy,
    forwarder_trust,
    queue_policy,
    target_bucket_policy,
    target_key_policy,
)
from provisioner.access.grants import by_identity, grants_of
from provisioner.access.limits import MAX_BUCKET_POLICY, MAX_MANAGED_POLICY, MAX_QUEUE_POLICY, user_policies
from provisioner.access.policies import (
    Document,
    export_bucket_policy,
    journal_bucket_policy,
    pull_bucket_policy,
    reader_policy,
)
from provisioner.access.web_identity import workload_trust, workloads_of
from provisioner.datasets.model import Catalogue, PushDataset
from provisioner.settings import MANAGED_BY, Settings
from tests.access.evaluator import Request, is_allowed
from tests.access.reference import not_sound
from tests.support import (
    OTHERS,
    OURS,
    OUTSIDE_ROLE,
    OWN_ROLE,
    TARGETS_ACCOUNT,
    THEIRS,
    catalogue,
    catalogues,
    pull_dataset,
    push_dataset,
    stack_settings,
)

STACK = stack_settings()
KEY = f"arn:aws:kms:eu-west-1:{THEIRS}:key/1a2b"
FORWARDER = STACK.role_arn(STACK.forwarder)
# IAM User Guide, "IAM and AWS STS quotas": the inline policies of a role together, and a trust policy.
MAX_INLINE = 10_240
MAX_TRUST = 2_048


def documents(some: Catalogue, settings: Settings) -> Iterator[tuple[Document, int]]:
    """Every document that a catalogue makes, and the characters that AWS allows it."""
    yield export_bucket_policy(some.push, settings), MAX_BUCKET_POLICY
    yield from ((pull_bucket_policy(pull, settings), MAX_BUCKET_POLICY) for pull in some.pull)
    yield from ((reader_policy(pull, settings), MAX_MANAGED_POLICY) for pull in some.pull if not pull.retired)
    for push in some.push:
        yield delivery_policy(push, settings), MAX_INLINE
        yield target_bucket_policy(push, settings), MAX_BUCKET_POLICY
        if (key_policy := target_key_policy(push, settings)) is not None:
            yield key_policy, 32 * 1024  # KMS Developer Guide, "Quotas"
    for principal, grants in by_identity(grants_of(some, settings), settings).items():
        yield from ((one.document, MAX_MANAGED_POLICY) for one in user_policies(principal, grants, some, settings))
    yield forwarder_policy(settings), MAX_INLINE
    yield delivery_trust(settings), MAX_TRUST
    yield forwarder_trust(), MAX_TRUST
    yield queue_policy(settings), MAX_QUEUE_POLICY
    yield journal_bucket_policy(settings), MAX_BUCKET_POLICY


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def faults(document: Document, limit: int) -> Iterator[str]:
    """What is wrong with a document, whatever it is for."""
    sids = [statement.get("Sid") for statement in document.statements]
    given_sids = [sid for sid in sids if sid is not None]
    if len(set(given_sids)) != len(given_sids) or not all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in given_sids):
        yield f"sids {sids}"
    if len(document.text) > limit:
        yield f"{len(document.text)} characters"
    if re.search(r"[^\x21-\x7e]", document.text):
        yield "white space or other than ASCII"
    for statement in document.statements:
        if not listed(statement["Action"]):
            yield "a statement without an action"
        if statement["Effect"] == "Allow":
            yield from _too_wide(statement)


def _too_wide(statement: dict[str, Any]) -> Iterator[str]:
    principal = statement.get("Principal", {})
    if principal == "*" or "*" in str(principal):
        yield f"principal {principal}"
    if str(principal).count(":root") and "aws:PrincipalArn" not in str(statement.get("Condition")):
        yield f"a whole account {principal}"
    for action in listed(statement["Action"]):
        if "*" in action:
            yield f"action {action}"
    for arn in listed(statement.get("Resource", ())):
        # Behind a prefix, as all objects of a bucket, as all streams of a log group; or all delivery roles.
        narrow = re.fullmatch(r"arn:aws:(s3:::[^*/]+/([^*]+/)?|logs:[^*]+:|iam::\d+:role/export_)\*", arn)
        this_key = arn == "*" and "kms:Decrypt" in statement["Action"]  # what a key's own policy calls itself
        if "*" in arn and not narrow and not this_key:
            yield f"resource {arn}"
    for values in statement.get("Condition", {}).values():
        for key, value in values.items():
            if key != "s3:prefix" and "*" in str(value):
                yield f"condition {key} {value}"


@given(catalogues())
@run(max_examples=60, deadline=None)
def test_no_document_is_wider_or_longer_than_it_may_be(some: Catalogue) -> None:
    for document, limit in documents(some, STACK):
        assert [*faults(document, limit)] == []


@given(catalogues())
@run(max_examples=20, deadline=None)
def test_aws_knows_every_action_resource_and_condition_and_they_go_together(some: Catalogue) -> None:
    trusts = [workload_trust(workload, STACK) for workload in workloads_of(some).values()]
    for document in (*(document for document, _ in documents(some, STACK)), *trusts):
        assert [fault for statement in document.statements for fault in not_sound(statement)] == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Action": "s3:GetObjects"}, "is no action"),
        ({"Action": "s3:getObject"}, "is no action"),
        ({"Action": "s3:Fetch*"}, "is no action"),
        ({"Action": ["s3:GetObject", "s3:ListBucket"]}, "s3:ListBucket is not done to"),
        ({"Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b"]}, "is done to arn:aws:s3:::b"),
        ({"Resource": "arn:aws:sqs:eu-west-2:111122223333:q"}, "is not done to"),
        ({"Resource": "*"}, "is not done to"),
        ({"Condition": {"StringLike": {"s3:prefix": "a/*"}}}, "come without s3:prefix"),
        ({"Condition": {"ArnEquals": {"aws:PrincipleArn": OWN_ROLE}}}, "come without aws:PrincipleArn"),
        # Done to a kind of resource that has no condition keys of its own.
        (
            {
                "Action": "s3:GetAccessPointPolicyForObjectLambda",
                "Resource": "arn:aws:s3-object-lambda:eu-west-2:111122223333:accesspoint/a",
                "Condition": {"StringLike": {"s3:prefix": "a/*"}},
            },
            "come without s3:prefix",
        ),
    ],
)
def test_these_tests_see_a_statement_that_can_never_apply(changes: dict[str, Any], fault: str) -> None:
    sound = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    assert [*not_sound(sound)] == []
    assert any(fault in found for found in not_sound({**sound, **changes}))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ({"Principal": "*"}, "principal *"),
        ({"Principal": {"AWS": "*"}}, "principal {'AWS': '*'}"),
        ({"Principal": {"AWS": f"arn:aws:iam::{THEIRS}:root"}}, "a whole account"),
        ({"Action": "*"}, "action *"),
        ({"Action": []}, "without an action"),
        ({"Action": ["s3:GetObject", "s3:Put*"]}, "action s3:Put*"),
        ({"Resource": "*"}, "resource *"),
        ({"Resource": "arn:aws:s3:::mojap-*"}, "resource arn"),
        ({"Resource": "arn:aws:s3:::mojap-hub-exports/alpha*"}, "resource arn"),
        ({"Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}}, "condition aws:PrincipalArn"),
        ({"Sid": "Not-alphanumeric"}, "sids"),
        ({"Sid": "White space"}, "sids"),
        ({"Resource": "r" * MAX_INLINE}, "characters"),
    ],
)
def test_these_tests_see_a_document_that_is_too_wide(statement: dict[str, Any], fault: str) -> None:
    sound = {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    assert [*faults(Document((sound,)), MAX_INLINE)] == []
    assert any(fault in found for found in faults(Document(({**sound, **statement},)), MAX_INLINE))


@given(catalogues())
@run(max_examples=30, deadline=None)
def test_the_same_catalogue_makes_the_same_texts_in_whatever_order_people_are_listed(some: Catalogue) -> None:
    """Text that came out differently would show as a change in every preview."""
    once = [document.text for document, _ in documents(some, STACK)]
    assert once == [document.text for document, _ in documents(some, STACK)]
    assert [json.loads(text)["Version"] for text in once] == ["2012-10-17"] * len(once)


def test_the_order_of_users_and_readers_in_a_file_changes_no_bucket_policy() -> None:
    users, arns = ("alpha_user_one", "alpha_user_two"), (OUTSIDE_ROLE, f"arn:aws:iam::{THEIRS}:role/a")
    one = pull_dataset("x", *arns, users=users, sealed=True)
    other = pull_dataset("x", *reversed(arns), users=users[::-1], sealed=True)
    assert pull_bucket_policy(one, STACK).text == pull_bucket_policy(other, STACK).text


@given(catalogues())
@run(max_examples=30, deadline=None)
def test_the_target_lets_the_delivery_role_do_there_all_that_the_role_itself_may(some: Catalogue) -> None:
    """Across accounts both sides must allow: a statement that forgets one action stops the delivery."""
    for push in some.push:
        target = f"arn:aws:s3:::{push.bucket}/{push.prefix}"
        (mine,) = (one for one in delivery_policy(push, STACK).statements if f"{target}*" in one["Resource"])
        policy = target_bucket_policy(push, STACK).statements
        for action in mine["Action"]:
            ask = Request(principal=STACK.delivery_role_arn(push.name), action=action, resource=f"{target}file.csv")
            assert is_allowed(ask, delivery_policy(push, STACK).statements, policy, TARGETS_ACCOUNT)
        stranger = Request(principal=FORWARDER, action="s3:PutObject", resource=f"{target}file.csv")
        everything = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
        assert not is_allowed(stranger, everything, policy, TARGETS_ACCOUNT)


def test_a_bucket_of_the_target_s_name_in_another_account_gets_nothing() -> None:
    """Whoever makes it anew lets everybody in: what is theirs to say must not be all that there is."""
    policy = [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]

    def delivers(dataset: PushDataset, owner: str) -> set[bool]:
        statements = delivery_policy(dataset, STACK).statements
        target = f"arn:aws:s3:::{dataset.bucket}"
        actions = {action for one in statements for action in one["Action"] if f"{target}/alpha/*" in one["Resource"]}
        assert {"s3:PutObject", "s3:GetObject"} <= actions
        role = STACK.delivery_role_arn("alpha")
        asked = (Request(principal=role, action=action, resource=f"{target}/alpha/file.csv") for action in actions)
        return {is_allowed(ask, statements, policy, owner) for ask in asked}

    bound = push_dataset("alpha", bucket_account=THEIRS, kms_key_arn=KEY)
    assert delivers(bound, THEIRS) == {True}
    assert delivers(bound, OTHERS) == {False}
    assert delivers(push_dataset("alpha"), OTHERS) == {True}


def test_every_statement_on_the_target_and_no_other_is_bound_to_its_account() -> None:
    dataset = push_dataset("alpha", bucket_account=THEIRS, kms_key_arn=KEY)
    bound = {"aws:ResourceAccount": THEIRS}
    for statement in delivery_policy(dataset, STACK).statements:
        on_target = any(arn.startswith("arn:aws:s3:::target-one") for arn in statement["Resource"])
        assert (statement.get("Condition", {}).get("StringEquals") == bound) == on_target


@given(catalogues())
@run(max_examples=30, deadline=None)
def test_with_the_policy_that_a_reader_is_told_to_add_it_can_do_what_it_is_granted(some: Catalogue) -> None:
    """And nothing less: its own administrators give it no more than that text."""
    for pull in some.pull:
        bucket = STACK.bucket_arn(STACK.pull_bucket(pull.name))
        asked = [("s3:ListBucket", bucket), ("s3:GetObject", f"{bucket}/f"), ("s3:PutObject", f"{bucket}/f")]
        wanted = [True, True, pull.allow_push]
        for reader in pull.pull_arns:
            if pull.retired or reader.account_id == OURS:
                continue
            requests = [
                Request(
                    principal=reader.arn,
                    action=action,
                    resource=resource,
                    context={
                        "aws:CurrentTime": "2027-01-01T00:00:00Z",
                        "aws:SecureTransport": "true",
                        "s3:TlsVersion": "1.2",
                    },
                )
                for action, resource in asked
            ]
            mine, theirs = reader_policy(pull, STACK).statements, pull_bucket_policy(pull, STACK).statements
            assert [is_allowed(one, mine, theirs, OURS) for one in requests] == wanted


def assume(who: str, tags: dict[str, str]) -> bool:
    """Whether `who` may assume the delivery role of `alpha`; anybody but the forwarder may assume whatever lets it."""
    anything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    return is_allowed(
        Request(
            principal=who,
            action="sts:AssumeRole",
            resource=STACK.delivery_role_arn("alpha"),
            context={f"aws:ResourceTag/{key}": value for key, value in tags.items()},
        ),
        forwarder_policy(STACK).statements if who == FORWARDER else anything,
        [{**statement, "Resource": "*"} for statement in delivery_trust(STACK).statements],
        owner="",  # for roles both sides must allow even within an account, as across accounts for buckets
    )


def test_the_forwarder_assumes_delivery_roles_that_carry_our_tag_and_no_others() -> None:
    assert assume(FORWARDER, {**MANAGED_BY})
    assert not assume(FORWARDER, {})
    assert not assume(FORWARDER, {"managed-by": "somebody"})


def test_nobody_but_the_forwarder_can_assume_a_delivery_role() -> None:
    assert not assume(STACK.role_arn("admin"), {**MANAGED_BY})
    assert not assume(f"arn:aws:iam::{THEIRS}:role/{STACK.forwarder}", {**MANAGED_BY})


def test_the_forwarders_own_role_touches_no_data_and_no_role_but_delivery_roles() -> None:
    statements = forwarder_policy(STACK).statements
    services = {action.split(":")[0] for statement in statements for action in listed(statement["Action"])}
    assert services == {"sqs", "logs", "s3", "sts"}
    s3 = {
        one["Resource"]: listed(one["Action"])
        for one in statements
        if any(action.startswith("s3:") for action in listed(one["Action"]))
    }
    assert s3 == {
        f"arn:aws:s3:::{STACK.export_bucket}": ["s3:ListBucket"],  # names, for the sweep
        f"arn:aws:s3:::{STACK.journal_bucket}": ["s3:ListBucket"],
        f"arn:aws:s3:::{STACK.journal_bucket}/*": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    }
    (assumes,) = (statement for statement in statements if statement["Action"] == "sts:AssumeRole")
    for name in ("alpha_user_one", "admin", STACK.forwarder, "exporter"):
        assert not fnmatch.fnmatchcase(STACK.role_arn(name), assumes["Resource"])


def test_a_key_is_used_by_the_delivery_role_through_s3_of_its_own_region_only() -> None:
    dataset = push_dataset("alpha_beta", kms_key_arn=KEY)
    condition: dict[str, object] = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    (ours,) = (one for one in delivery_policy(dataset, STACK).statements if "kms" in str(one["Action"]))
    assert (ours["Resource"], ours["Condition"]) == ([KEY], condition)
    theirs = target_key_policy(dataset, STACK)
    assert theirs is not None
    (statement,) = theirs.statements
    assert statement == {
        "Sid": "DeliveryOfAlphaBeta",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OURS}:root"},
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": "*",
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OURS}:role/export_alpha_beta"},
            **condition,
        },
    }


def test_without_a_key_nobody_is_told_to_change_one() -> None:
    dataset = push_dataset("alpha")
    assert target_key_policy(dataset, STACK) is None
    assert "kms" not in delivery_policy(dataset, STACK).text


def test_the_policy_of_a_pull_bucket_names_no_reader_of_our_own_account_as_an_outsider() -> None:
    policy = pull_bucket_policy(pull_dataset("x", OWN_ROLE), STACK)
    assert [statement["Sid"] for statement in policy.statements] == ["DenyPlainHttp", "DenyOldTls"]


def test_a_deleted_reader_can_make_no_bucket_policy_invalid() -> None:
    """AWS refuses a policy whose principal is a role that is gone; an account in it stays."""
    some = catalogue(pull_dataset("x", OUTSIDE_ROLE, sealed=True), push_dataset("y", sealed=True))
    for document in (pull_bucket_policy(some.pull[0], STACK), export_bucket_policy(some.push, STACK)):
        principals = [statement["Principal"] for statement in document.statements]
        assert all(one == "*" or all(arn.endswith(":root") for arn in one["AWS"]) for one in principals)
