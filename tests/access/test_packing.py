"""A dataset that comes or goes changes one managed policy, and none is ever longer than AWS takes."""

import datetime
from dataclasses import replace
from itertools import pairwise
from random import Random
from statistics import mean
from typing import Final

from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from provisioner.access.grants import Grant, by_identity, grants_of
from provisioner.access.limits import MAX_DATASET_SHARE, MAX_MANAGED_POLICY
from provisioner.access.packing import Packed, pack
from provisioner.access.policies import Document, identity_statements
from provisioner.datasets.keys import Kind
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


def lengths(packed: list[Packed]) -> list[int]:
    return [len(policy.document.text) for policy in packed]


def datasets_in(packed: list[Packed]) -> dict[int, list[tuple[Kind, str]]]:
    """The datasets in each policy by its number."""
    return {
        policy.number: list(dict.fromkeys((grant.kind, grant.dataset) for grant in policy.grants)) for policy in packed
    }


def texts(packed: list[Packed]) -> dict[int, str]:
    return {policy.number: policy.document.text for policy in packed}


@given(many_datasets(), st.integers(1_600, MAX_MANAGED_POLICY), st.sampled_from((STACK, WIDE)))
@run(max_examples=40, deadline=None)
def test_no_policy_is_ever_longer_than_its_capacity(
    datasets: list[PushDataset | PullDataset], capacity: int, settings: Settings
) -> None:
    packed = pack(grants_of_one(datasets, settings), capacity, settings)
    assert max(lengths(packed)) <= capacity


@given(many_datasets())
@run(max_examples=30, deadline=None)
def test_every_grant_is_packed_once_and_a_datasets_grants_stay_together(
    datasets: list[PushDataset | PullDataset],
) -> None:
    grants = grants_of_one(datasets)
    packed = pack(grants, 2_000, STACK)
    assert sorted(map(repr, grants)) == sorted(repr(grant) for policy in packed for grant in policy.grants)
    held = [dataset for policy in datasets_in(packed).values() for dataset in policy]
    assert len(held) == len(set(held))


@given(many_datasets())
@run(max_examples=30, deadline=None)
def test_no_two_policies_have_the_same_number(datasets: list[PushDataset | PullDataset]) -> None:
    packed = pack(grants_of_one(datasets), 1_600, STACK)
    assert len({policy.number for policy in packed}) == len(packed) > 1
    assert min(policy.number for policy in packed) >= 1


@given(many_datasets(), st.data())
@run(max_examples=60, deadline=None)
def test_a_dataset_that_comes_or_goes_changes_one_policy_and_splits_or_joins_at_most_that(
    datasets: list[PushDataset | PullDataset], data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(datasets))
    without = pack(grants_of_one([dataset for dataset in datasets if dataset is not one]), 2_000, STACK)
    whole = pack(grants_of_one(datasets), 2_000, STACK)
    before, after = texts(without), texts(whole)
    assert len({number for number in before if after.get(number) != before[number]}) <= 1
    # What came with it was in that one policy before: all others have just the datasets that they had.
    new = {dataset for number in after.keys() - before.keys() for dataset in datasets_in(whole)[number]}
    (left,) = [number for number in before if after.get(number) != before[number]] or [0]
    assert new <= {(one.kind, one.name), *datasets_in(without).get(left, ())}


def test_datasets_that_come_one_after_the_other_make_a_policy_at_a_time() -> None:
    """Nearly always none or one: several, where all but a few of a full policy agree in their next bit too."""
    counts = [0]
    datasets: list[PushDataset | PullDataset] = []
    for number in range(150):
        datasets.append(pull_dataset(f"extract_{number:03}"))
        counts.append(len(pack(grants_of_one(datasets), 2_000, STACK)))
    more = [after - before for before, after in pairwise(counts)]
    assert set(more) <= {0, 1, 2}
    assert more.count(2) <= 2


def test_a_policy_is_split_only_when_it_is_full() -> None:
    datasets = [pull_dataset(f"extract_{number:03}") for number in range(200)]
    most = next(
        count
        for count in range(1, 200)
        if len(Document(tuple(identity_statements(grants_of_one([*datasets[: count + 1]]), STACK))).text)
        > MAX_MANAGED_POLICY
    )
    assert [policy.number for policy in pack(grants_of_one([*datasets[:most]]), MAX_MANAGED_POLICY, STACK)] == [1]
    split = pack(grants_of_one([*datasets[: most + 1]]), MAX_MANAGED_POLICY, STACK)
    assert len(split) == 2
    assert split[0].number == 1


def test_datasets_that_end_on_the_same_day_are_together_so_that_they_share_statements() -> None:
    days = [datetime.date(2030 + number, 3, 31) for number in range(20)]
    datasets = [pull_dataset(f"extract_{number:03}", expires=days[number % 20]) for number in range(400)]
    packed = pack(grants_of_one([*datasets]), MAX_MANAGED_POLICY, STACK)
    assert len(packed) <= 16
    assert mean(len({grant.until for grant in policy.grants}) for policy in packed) < 3


def test_policies_are_two_thirds_full_at_least_where_there_are_many() -> None:
    """An extendible hash table is ln 2 full on average."""
    lengths_of_all = [
        length
        for count in range(150, 400, 25)
        for length in lengths(
            pack(grants_of_one([push_dataset(f"set_{number}") for number in range(count)]), MAX_MANAGED_POLICY, STACK)
        )
    ]
    assert 0.6 < mean(lengths_of_all) / MAX_MANAGED_POLICY < 0.8


def test_a_user_can_have_at_least_forty_datasets_in_a_policy() -> None:
    push = [push_dataset(f"monthly_extract_{number:03}") for number in range(41)]
    pull = [pull_dataset(f"monthly_extract_{number:03}") for number in range(41)]
    assert len(pack(grants_of_one([*push]), MAX_MANAGED_POLICY, STACK)) == 1
    assert len(pack(grants_of_one([*pull]), MAX_MANAGED_POLICY, STACK)) == 1


@given(many_datasets(), st.randoms())
@run(max_examples=30, deadline=None)
def test_the_order_in_which_grants_come_makes_no_difference(
    datasets: list[PushDataset | PullDataset], random: Random
) -> None:
    grants = grants_of_one(datasets)
    shuffled = [*grants]
    random.shuffle(shuffled)
    assert texts(pack(grants, 2_000, STACK)) == texts(pack(shuffled, 2_000, STACK))


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
        assert len(Document(tuple(identity_statements(grants, WIDE))).text) <= MAX_DATASET_SHARE
