"""Managed policies are filled one after the other, and never beyond what AWS takes."""

import datetime
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Final

from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from provisioner.access.grants import Grant, by_identity, grants_of
from provisioner.access.limits import MAX_MANAGED_POLICY
from provisioner.access.packing import MAX_DATASET_SHARE, pack
from provisioner.access.policies import Document, identity_statements
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.settings import Settings
from tests.support import (
    DATES,
    catalogue,
    pull_dataset,
    pull_datasets,
    push_dataset,
    push_datasets,
    reader,
    stack_settings,
    user_arn,
)

STACK = stack_settings()
WIDE: Final = stack_settings(
    region="us-gov-west-1", bucket_prefix="long-prefix-of-thirty-letters1", export_bucket="e" * 63, user_policies=25
)
"""Settings that make every ARN as long as it can be."""
ONE = "alpha_user_one"
OWN_IN_WIDE: Final = WIDE.role_arn(ONE)


def names(least: int = 1, most: int = 30) -> st.SearchStrategy[str]:
    """Dataset names of any length that both kinds take."""
    return st.text("abc_0", min_size=least - 1, max_size=most - 1).map(lambda rest: f"n{rest.rstrip('_')}")


def many_datasets() -> st.SearchStrategy[list[PushDataset | PullDataset]]:
    """Datasets that all have `alpha_user_one` as user, and some as reader too."""
    common = st.tuples(names(), st.none() | st.sampled_from(DATES), st.booleans())
    push = common.map(lambda given: push_dataset(given[0], expires=given[1], retired=given[2]))
    pull = common.map(lambda given: pull_dataset(given[0], expires=given[1], retired=given[2]))
    both = common.map(lambda given: pull_dataset(given[0], user_arn(ONE), expires=given[1], allow_push=given[2]))
    return st.lists(push | pull | both, min_size=12, max_size=150, unique_by=lambda made: (made.kind, made.name))


def grants_of_one(datasets: list[PushDataset | PullDataset], settings: Settings = STACK) -> list[Grant]:
    identities = by_identity(grants_of(catalogue(*datasets), settings), settings)
    (grants,) = (grants for principal, grants in identities.items() if principal.name == ONE)
    return grants


def lengths(packed: list[list[Grant]], settings: Settings = STACK) -> list[int]:
    return [len(Document(tuple(identity_statements(grants, settings))).text) for grants in packed]


def datasets_in(packed: list[list[Grant]]) -> list[list[tuple[str, bool]]]:
    """The datasets in each policy, in order: name, and whether it is a push dataset."""
    return [list(dict.fromkeys((grant.dataset, bool(grant.prefix)) for grant in grants)) for grants in packed]


@given(many_datasets(), st.integers(1_600, MAX_MANAGED_POLICY), st.sampled_from((STACK, WIDE)))
@run(max_examples=40, deadline=None)
def test_no_policy_is_ever_longer_than_its_capacity(
    datasets: list[PushDataset | PullDataset], capacity: int, settings: Settings
) -> None:
    packed = pack(grants_of_one(datasets, settings), capacity, settings)
    assert max(lengths(packed, settings)) <= capacity


@given(many_datasets())
@run(max_examples=30, deadline=None)
def test_every_grant_is_packed_once_and_a_datasets_grants_stay_together(
    datasets: list[PushDataset | PullDataset],
) -> None:
    grants = grants_of_one(datasets)
    packed = pack(grants, 2_000, STACK)
    assert sorted(map(repr, grants)) == sorted(repr(grant) for policy in packed for grant in policy)
    held = [dataset for policy in datasets_in(packed) for dataset in policy]
    assert len(held) == len(set(held))


def test_a_policy_is_filled_to_within_a_few_characters_before_the_next_is_begun() -> None:
    for datasets in (
        [push_dataset(f"dataset_{number:04}") for number in range(400)],
        [pull_dataset(f"dataset_{number:04}", expires=DATES[0]) for number in range(400)],
        [pull_dataset(f"dataset_{number:04}", user_arn(ONE)) for number in range(400)],
    ):
        packed = pack(grants_of_one([*datasets]), MAX_MANAGED_POLICY, STACK)
        assert len(packed) > 2
        for policy, following in pairwise(packed):
            one_more = [grant for grant in following if grant.dataset == following[0].dataset]
            (length,) = lengths([policy + one_more])
            # Room is kept for the digits of a statement's number, and a comma after it.
            assert length > MAX_MANAGED_POLICY - 3 * len(identity_statements(policy, STACK))


def test_a_user_can_have_at_least_forty_datasets_in_a_policy() -> None:
    push = [push_dataset(f"monthly_extract_{number:03}") for number in range(41)]
    pull = [pull_dataset(f"monthly_extract_{number:03}") for number in range(41)]
    assert len(pack(grants_of_one([*push]), MAX_MANAGED_POLICY, STACK)) == 1
    assert len(pack(grants_of_one([*pull]), MAX_MANAGED_POLICY, STACK)) == 1


@given(many_datasets())
@run(max_examples=30, deadline=None)
def test_a_dataset_added_at_the_end_changes_no_policy_but_the_last(
    datasets: list[PushDataset | PullDataset],
) -> None:
    before = pack(grants_of_one(datasets), 2_000, STACK)
    after = pack(grants_of_one([*datasets, pull_dataset("z_last")]), 2_000, STACK)
    assert after[: len(before) - 1] == before[:-1]
    assert len(after) - len(before) in (0, 1)


@given(many_datasets(), st.randoms())
@run(max_examples=30, deadline=None)
def test_the_order_in_which_grants_come_makes_no_difference(
    datasets: list[PushDataset | PullDataset], random: Random
) -> None:
    grants = grants_of_one(datasets)
    shuffled = [*grants]
    random.shuffle(shuffled)
    assert datasets_in(pack(grants, 2_000, STACK)) == datasets_in(pack(shuffled, 2_000, STACK))


@given(push_datasets(names(most=57)), pull_datasets(names(most=32)), st.sampled_from((None, *DATES)))
@run(max_examples=60, deadline=None)
def test_no_dataset_takes_more_than_its_share(
    push: PushDataset, pull: PullDataset, expires: datetime.date | None
) -> None:
    """The count of datasets beyond which policies are measured at all rests on this."""
    own = replace(push, users=(ONE,), expires=expires)
    read_too = replace(pull, users=(ONE,), pull_arns=(reader(OWN_IN_WIDE),), allow_push=True, expires=expires)
    for dataset in (own, read_too):
        grants = grants_of_one([dataset], WIDE)
        assert max(lengths([grants], WIDE)) <= MAX_DATASET_SHARE
