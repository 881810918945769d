"""The policies let everybody do exactly what the grants say, and nobody anything else."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as run

from provisioner.datasets.model import Catalogue
from tests.access.evaluator import Statement
from tests.access.verdicts import disagreements
from tests.access.world import (
    ADMIN,
    BREAK_GLASS,
    DELETE,
    LIST,
    READ,
    WRITE,
    Ask,
    World,
    deploy,
    everybody,
    places,
)
from tests.support import (
    OTHERS,
    OURS,
    OUTSIDE_ROLE,
    OUTSIDE_USER,
    OWN_ROLE,
    OWN_USER,
    THEIRS,
    catalogue,
    catalogues,
    pull_dataset,
    push_dataset,
    stack_settings,
    user_arn,
)

STACK = stack_settings()
EXPORT = STACK.export_bucket
ONE, TWO = user_arn("alpha_user_one"), user_arn("alpha_user_two")
LAST_DAY = datetime.date(2027, 3, 31)
DAY_AFTER = datetime.date(2027, 4, 1)

SAMPLE = catalogue(
    push_dataset("alpha", users=("alpha_user_one",), sealed=True, expires=LAST_DAY),
    push_dataset("alpha_kept", users=("alpha_user_two",), bucket="target-two", keep_files=True),
    pull_dataset("open", OUTSIDE_ROLE, OWN_ROLE, OWN_USER, users=("alpha_user_one",), expires=LAST_DAY),
    pull_dataset("closed", OUTSIDE_USER, users=("alpha_user_two",), sealed=True, allow_push=True),
)


@given(catalogues())
@run(max_examples=60, deadline=None)
def test_the_policies_allow_what_the_grants_say_and_nothing_else(some: Catalogue) -> None:
    assert disagreements(deploy(some, STACK), some, STACK) == []


@given(catalogues(2))
@run(max_examples=20, deadline=None)
def test_nobody_gets_anything_over_plain_http_or_tls_below_1_2(some: Catalogue) -> None:
    world = deploy(some, STACK)
    ours = world.buckets.keys() - world.targets
    for over in ({"aws:SecureTransport": "false"}, {"aws:SecureTransport": "true", "s3:TlsVersion": "1.1"}):
        allowed = [
            ask
            for principal in [*everybody(some, STACK), ADMIN, BREAK_GLASS]
            for bucket, key in places(some, STACK)
            for action in (READ, WRITE, LIST)
            if bucket in ours
            and world.allows(ask := Ask(principal=principal, action=action, bucket=bucket, key=key, over=over))
        ]
        assert allowed == []


@given(catalogues())
@run(max_examples=20, deadline=None)
def test_a_role_that_may_do_anything_with_s3_touches_no_sealed_data_but_the_break_glass_role_does(
    some: Catalogue,
) -> None:
    world = deploy(some, STACK)
    data = [(EXPORT, f"{push.name}/file.csv", push.sealed) for push in some.push]
    data += [(STACK.pull_bucket(pull.name), "file.csv", pull.sealed) for pull in some.pull]
    for bucket, key, sealed in data:
        for action in (READ, WRITE, DELETE, "s3:GetObjectVersion", "s3:DeleteObjectVersion", "s3:PutObjectTagging"):
            assert world.allows(Ask(principal=ADMIN, action=action, bucket=bucket, key=key)) is not sealed
            assert world.allows(Ask(principal=BREAK_GLASS, action=action, bucket=bucket, key=key))


def test_without_a_break_glass_role_in_the_settings_nobody_breaks_a_seal() -> None:
    world = deploy(SAMPLE, stack_settings(break_glass_role=None))
    assert not world.allows(Ask(principal=BREAK_GLASS, action=READ, bucket="mojap-closed", key="file.csv"))


# What a reader of the design would ask first, one by one, in words.
NOT_ALLOWED = {
    "a user writes to another dataset's prefix": Ask(principal=TWO, action=WRITE, bucket=EXPORT, key="alpha/f"),
    "a user writes to a prefix that begins like its own": Ask(
        principal=ONE, action=WRITE, bucket=EXPORT, key="alpha_kept/f"
    ),
    "a user lists another's prefix": Ask(principal=TWO, action=LIST, bucket=EXPORT, key="alpha/"),
    "a user lists the whole export bucket": Ask(principal=ONE, action=LIST, bucket=EXPORT),
    "a user reads back what it pushed": Ask(principal=ONE, action=READ, bucket=EXPORT, key="alpha/f"),
    "a user deletes what it pushed": Ask(principal=ONE, action=DELETE, bucket=EXPORT, key="alpha/f"),
    "a user reads another dataset's bucket": Ask(principal=ONE, action=READ, bucket="mojap-closed", key="f"),
    "an unlisted role of a listed account reads": Ask(
        principal=f"arn:aws:iam::{THEIRS}:role/unlisted", action=READ, bucket="mojap-open", key="f"
    ),
    "a role of the same name without the path reads": Ask(
        principal=f"arn:aws:iam::{THEIRS}:role/reader", action=READ, bucket="mojap-open", key="f"
    ),
    "a role of the same name in another account reads": Ask(
        principal=f"arn:aws:iam::{OTHERS}:role/etl/reader", action=READ, bucket="mojap-open", key="f"
    ),
    "a reader without allow_push writes": Ask(principal=OUTSIDE_ROLE, action=WRITE, bucket="mojap-open", key="f"),
    "a reader with allow_push deletes": Ask(principal=OUTSIDE_USER, action=DELETE, bucket="mojap-closed", key="f"),
    "a reader of our own account writes": Ask(principal=OWN_ROLE, action=WRITE, bucket="mojap-open", key="f"),
    "a reader reads on the day after the last": Ask(
        principal=OUTSIDE_ROLE, action=READ, bucket="mojap-open", key="f", day=DAY_AFTER
    ),
    "a reader of our own account reads on the day after the last": Ask(
        principal=OWN_ROLE, action=READ, bucket="mojap-open", key="f", day=DAY_AFTER
    ),
    "a user writes on the day after the last": Ask(
        principal=ONE, action=WRITE, bucket=EXPORT, key="alpha/f", day=DAY_AFTER
    ),
    "an administrator reads a sealed prefix": Ask(principal=ADMIN, action=READ, bucket=EXPORT, key="alpha/f"),
    "an administrator deletes in a sealed bucket": Ask(principal=ADMIN, action=DELETE, bucket="mojap-closed", key="f"),
    "a delivery role reads another dataset": Ask(
        principal=STACK.delivery_role_arn("alpha_kept"), action=READ, bucket=EXPORT, key="alpha/f"
    ),
    "a delivery role writes to another dataset's target": Ask(
        principal=STACK.delivery_role_arn("alpha"), action=WRITE, bucket="target-two", key="alpha_kept/f"
    ),
    "a delivery role writes outside its prefix of its target": Ask(
        principal=STACK.delivery_role_arn("alpha"), action=WRITE, bucket="target-one", key="f"
    ),
    "a delivery role deletes what it should keep": Ask(
        principal=STACK.delivery_role_arn("alpha_kept"), action=DELETE, bucket=EXPORT, key="alpha_kept/f"
    ),
    "a delivery role writes to the export bucket": Ask(
        principal=STACK.delivery_role_arn("alpha"), action=WRITE, bucket=EXPORT, key="alpha/f"
    ),
    "a delivery role deletes for good": Ask(
        principal=STACK.delivery_role_arn("alpha"), action="s3:DeleteObjectVersion", bucket=EXPORT, key="alpha/f"
    ),
    "the forwarder's own role reads": Ask(
        principal=STACK.role_arn(STACK.forwarder), action=READ, bucket=EXPORT, key="alpha/f"
    ),
}

ALLOWED = {
    "a user writes under its prefix": Ask(principal=ONE, action=WRITE, bucket=EXPORT, key="alpha/a/f"),
    "a user lists its prefix": Ask(principal=ONE, action=LIST, bucket=EXPORT, key="alpha/"),
    "a user writes on the last day": Ask(principal=ONE, action=WRITE, bucket=EXPORT, key="alpha/f", day=LAST_DAY),
    "a user tidies its dataset's bucket": Ask(principal=ONE, action=DELETE, bucket="mojap-open", key="f"),
    "a listed role reads": Ask(principal=OUTSIDE_ROLE, action=READ, bucket="mojap-open", key="f"),
    "a listed role lists": Ask(principal=OUTSIDE_ROLE, action=LIST, bucket="mojap-open"),
    "a listed role reads on the last day": Ask(
        principal=OUTSIDE_ROLE, action=READ, bucket="mojap-open", key="f", day=LAST_DAY
    ),
    "a listed role of our own account reads": Ask(principal=OWN_ROLE, action=READ, bucket="mojap-open", key="f"),
    "a listed user of our own account reads": Ask(principal=OWN_USER, action=READ, bucket="mojap-open", key="f"),
    "an outside user reads what is sealed for it": Ask(
        principal=OUTSIDE_USER, action=READ, bucket="mojap-closed", key="f"
    ),
    "an outside user writes where it may": Ask(principal=OUTSIDE_USER, action=WRITE, bucket="mojap-closed", key="f"),
    "what was pushed on the last day is still delivered": Ask(
        principal=STACK.delivery_role_arn("alpha"), action=DELETE, bucket=EXPORT, key="alpha/f", day=DAY_AFTER
    ),
    "a delivery role reads back what it delivered": Ask(
        principal=STACK.delivery_role_arn("alpha"), action=READ, bucket="target-one", key="alpha/f"
    ),
    "an administrator reads what is not sealed": Ask(principal=ADMIN, action=READ, bucket="mojap-open", key="f"),
}


@pytest.mark.parametrize("what", NOT_ALLOWED)
def test_it_is_refused_that(what: str) -> None:
    assert not deploy(SAMPLE, STACK).allows(NOT_ALLOWED[what])


@pytest.mark.parametrize("what", ALLOWED)
def test_it_is_allowed_that(what: str) -> None:
    assert deploy(SAMPLE, STACK).allows(ALLOWED[what])


# The checks above would be worth nothing if they missed a hole. Each of these makes one; the first part says where.
Widen = Callable[[dict[str, Any]], object]


def _prefixes(statement: dict[str, Any]) -> None:
    statement["Condition"]["StringLike"]["s3:prefix"] = ["*"]


WIDENED: dict[str, tuple[str, Widen]] = {
    "a user's prefix loses its slash": (
        ONE,
        lambda statement: statement.update(Resource=[arn.replace("alpha/", "alpha") for arn in statement["Resource"]]),
    ),
    "a user writes anywhere": (ONE, lambda statement: statement.update(Resource=f"arn:aws:s3:::{EXPORT}/*")),
    "a user lists everything": (ONE, lambda statement: _prefixes(statement) if "prefix" in str(statement) else None),
    "a user may do anything in its places": (ONE, lambda statement: statement.update(Action="s3:*")),
    "a user's access has no end": (
        ONE,
        lambda statement: statement.get("Condition", {}).pop("DateLessThan", None),
    ),
    "our own reader's access has no end": (OWN_ROLE, lambda statement: statement.pop("Condition")),
    "the whole account of a reader is let in": (
        "mojap-open",
        lambda statement: statement["Condition"].pop("ArnEquals", None),
    ),
    "a reader is found by its account and a wildcard": (
        "mojap-open",
        lambda statement: (
            statement["Condition"].update(ArnEquals={"aws:PrincipalArn": f"arn:aws:iam::{THEIRS}:role/*"})
            if "ArnEquals" in statement["Condition"]
            else None
        ),
    ),
    "a reader's access has no end": (
        "mojap-open",
        lambda statement: statement["Condition"].pop("DateLessThan", None),
    ),
    "a reader may write": (
        "mojap-open",
        lambda statement: statement["Action"].append(WRITE) if statement["Effect"] == "Allow" else None,
    ),
    "everybody is let in": (
        "mojap-closed",
        lambda statement: (
            statement.update(
                Principal={"AWS": [f"arn:aws:iam::{account}:root" for account in (OURS, THEIRS, OTHERS)]}, Condition={}
            )
            if statement["Effect"] == "Allow"
            else None
        ),
    ),
    "a delivery role takes from the whole export bucket": (
        STACK.delivery_role_arn("alpha"),
        lambda statement: statement.update(Resource=[f"arn:aws:s3:::{EXPORT}", f"arn:aws:s3:::{EXPORT}/*"]),
    ),
    "a delivery role deletes what it should keep": (
        STACK.delivery_role_arn("alpha_kept"),
        lambda statement: statement["Action"].append(DELETE),
    ),
    "the forwarder reads data": (
        STACK.role_arn(STACK.forwarder),
        lambda statement: statement.update(Action=READ, Resource="*", Condition={}),
    ),
    "a grant is lost": (TWO, lambda statement: statement.update(Effect="Deny")),
}


def changed(world: World, where: str, change: Widen) -> World:
    """The world with every statement at one place, a principal's or a bucket's, changed."""

    def apply(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        made = []
        for statement in statements:
            copy: dict[str, Any] = {
                key: dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value
                for key, value in statement.items()
            }
            change(copy)
            made.append(copy)
        return tuple(made)

    if where in world.buckets:
        return dataclasses.replace(world, buckets={**world.buckets, where: apply(world.buckets[where])})
    return dataclasses.replace(world, identity={**world.identity, where: apply(world.identity[where])})


@pytest.mark.parametrize("hole", WIDENED)
def test_these_tests_see_it_when(hole: str) -> None:
    where, change = WIDENED[hole]
    world = deploy(SAMPLE, STACK)
    assert disagreements(world, SAMPLE, STACK) == []
    assert disagreements(changed(world, where, change), SAMPLE, STACK) != []


@pytest.mark.parametrize(
    ("sid", "ask"),
    [
        ("DenyPlainHttp", Ask(principal=OUTSIDE_ROLE, action=READ, bucket="mojap-open", key="f", over={})),
        ("DenyPlainHttp", Ask(principal=ONE, action=WRITE, bucket=EXPORT, key="alpha/f", over={})),
        ("DenyOldTls", Ask(principal=OUTSIDE_ROLE, action=LIST, bucket="mojap-open", over={})),
        ("Sealed", Ask(principal=ADMIN, action=READ, bucket="mojap-closed", key="f", over={})),
        ("Sealed1", Ask(principal=ADMIN, action=DELETE, bucket=EXPORT, key="alpha/f", over={})),
    ],
)
def test_each_deny_is_what_refuses(sid: str, ask: Ask) -> None:
    transport = {"DenyPlainHttp": {"aws:SecureTransport": "false"}, "DenyOldTls": {"s3:TlsVersion": "1.1"}}
    ask = dataclasses.replace(ask, over=transport.get(sid, {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}))
    world = deploy(SAMPLE, STACK)
    kept = tuple(statement for statement in world.buckets[ask.bucket] if statement["Sid"] != sid)
    assert len(kept) == len(world.buckets[ask.bucket]) - 1
    without = dataclasses.replace(world, buckets={**world.buckets, ask.bucket: kept})
    assert (world.allows(ask), without.allows(ask)) == (False, True)
