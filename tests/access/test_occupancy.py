"""How full AWS's limits are, and where the present shape of a catalogue ends."""

import pytest

from provisioner.access.limits import ACCOUNT_ROLES, MAX_ACCOUNT_ROLES, MAX_BUCKET_POLICY, MAX_MANAGED_POLICY
from provisioner.access.occupancy import FULLEST, LimitKind, Occupancy, first_to_end, limits_of, occupancy_of
from provisioner.access.policies import export_bucket_policy, pull_bucket_policy
from provisioner.datasets.model import AzureReader, PullDataset, PushDataset
from provisioner.settings import Settings
from tests.support import catalogue, pull_dataset, push_dataset, stack_settings

STACK = stack_settings()
CODE = 5_000_000
TENANT = "1a2b3c4d-0000-1111-2222-333344445555"


def found(*datasets: PushDataset | PullDataset, settings: Settings = STACK) -> dict[LimitKind, Occupancy]:
    return {one.limit.kind: one for one in occupancy_of(catalogue(*datasets), settings, CODE)}


def azure(number: int) -> AzureReader:
    return AzureReader(TENANT, f"api://audience-{number}", "9c0d1e2f-0000-1111-2222-333344445555")


def test_every_kind_has_one_limit_with_its_source() -> None:
    limits = limits_of(STACK)
    assert sorted(limit.kind for limit in limits) == sorted(LimitKind)
    assert all(limit.source and (limit.raised is None or limit.raised > limit.most) for limit in limits)


def test_each_thing_is_measured_and_the_fullest_are_named_first() -> None:
    pull = [pull_dataset(f"extracts_{number}", users=(f"alpha_user_{number}",)) for number in range(8)]
    many = [f"arn:aws:iam::444455556666:role/reader-{number}" for number in range(30)]
    occupancy = found(*pull, pull_dataset("wide", *many))[LimitKind.BUCKET_POLICY]
    assert occupancy.measured == 10  # with the journal's
    assert len(occupancy.fullest) == FULLEST
    assert occupancy.fullest[0].whose == "mojap-wide"
    assert occupancy.used == len(pull_bucket_policy(pull_dataset("wide", *many), STACK).text)
    assert list(occupancy.fullest) == sorted(occupancy.fullest, key=lambda use: -use.used)


def test_a_limit_that_more_datasets_do_not_fill_has_no_end() -> None:
    occupancy = found(push_dataset("one"), pull_dataset("two"))
    for kind in (LimitKind.BUCKET_POLICY, LimitKind.MANAGED_POLICY, LimitKind.ROLE_POLICY, LimitKind.QUEUE_POLICY):
        assert (occupancy[kind].ends_at, occupancy[kind].ends_raised) == (None, None)


@pytest.mark.parametrize("count", [1, 7, 40])
def test_roles_end_where_one_more_push_dataset_would_be_one_role_too_many(count: int) -> None:
    """One role is the forwarder's, whatever there is."""
    roles = found(*(push_dataset(f"returns_{number}") for number in range(count)))[LimitKind.ROLES]
    assert (roles.used, roles.ends_at, roles.ends_raised) == (count + 1, ACCOUNT_ROLES - 1, MAX_ACCOUNT_ROLES - 1)


def test_the_export_bucket_ends_where_its_policy_is_really_full() -> None:
    sealed = [push_dataset(f"sealed_{number:03}", sealed=True) for number in range(200)]
    end = found(*sealed[:50])[LimitKind.EXPORT_POLICY].ends_at
    assert end is not None
    assert len(export_bucket_policy(sealed[: end - 1], STACK).text) <= MAX_BUCKET_POLICY
    assert len(export_bucket_policy(sealed[: end + 2], STACK).text) > MAX_BUCKET_POLICY


def test_a_users_policies_are_foretold_from_their_characters_and_not_from_their_number() -> None:
    """One policy would foretell eight times the datasets, however little is in it."""
    few = found(*(push_dataset(f"returns_{number:03}") for number in range(20)))[LimitKind.USER_POLICIES]
    many = found(*(push_dataset(f"returns_{number:03}") for number in range(300)))[LimitKind.USER_POLICIES]
    assert (few.used, few.measured) == (1, 1)
    assert few.ends_at is not None
    assert many.ends_at is not None
    assert few.ends_at > 20 * STACK.user_policies
    assert few.ends_at == pytest.approx(many.ends_at, rel=0.6)


def test_audiences_of_one_tenant_are_counted_together_and_tenants_each() -> None:
    datasets = [pull_dataset(f"shared_{number}", pull_azure=(azure(number),)) for number in range(3)]
    occupancy = found(*datasets)
    assert (occupancy[LimitKind.PROVIDERS].used, occupancy[LimitKind.CLIENT_IDS].used) == (1, 3)
    assert occupancy[LimitKind.CLIENT_IDS].fullest[0].whose == TENANT
    assert occupancy[LimitKind.ROLES].used == 1 + 3


def test_what_aws_refuses_as_it_is_is_over() -> None:
    settings = stack_settings(user_policies=1)
    occupancy = found(*(pull_dataset(f"extracts_{number:03}") for number in range(100)), settings=settings)
    assert occupancy[LimitKind.USER_POLICIES].over
    assert not occupancy[LimitKind.MANAGED_POLICY].over
    assert occupancy[LimitKind.MANAGED_POLICY].used <= MAX_MANAGED_POLICY


def test_the_first_to_end_is_what_the_fewest_datasets_fill() -> None:
    occupancy = list(found(*(push_dataset(f"returns_{number}") for number in range(10))).values())
    first = first_to_end(occupancy, lambda one: one.ends_at)
    assert first is not None
    assert first.ends_at == min(one.ends_at for one in occupancy if one.ends_at is not None)
    assert first_to_end(found().values(), lambda one: one.ends_at) is None
