"""Which stack has a thing: the same for ever, whoever else comes or goes, and as many move as must."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.settings import MAX_DATASET_STACKS
from provisioner.stacks.placement import placed
from provisioner.stacks.stack import Stack, numbered
from tests.support import catalogue, pull_dataset, push_dataset

STACKS = st.integers(1, MAX_DATASET_STACKS)
THOUSANDS = [f"pull/dataset_{number}" for number in range(10_000)]


@given(st.text(), STACKS)
def test_with_one_stack_more_a_thing_stays_or_goes_to_the_new_one(name: str, stacks: int) -> None:
    before, after = placed(name, stacks), placed(name, stacks + 1)
    assert 1 <= before <= stacks
    assert after in (before, stacks + 1)


@pytest.mark.parametrize("stacks", [2, 5, 64])
def test_each_stack_has_about_as_much_as_another(stacks: int) -> None:
    counts = Counter(placed(name, stacks) for name in THOUSANDS)
    even = len(THOUSANDS) / stacks
    # Five standard deviations of what chance alone does.
    assert all(abs(counts[number] - even) < 5 * even**0.5 for number in range(1, stacks + 1))


def test_with_one_stack_more_no_more_move_than_it_gets() -> None:
    moved = sum(placed(name, 4) != placed(name, 5) for name in THOUSANDS)
    assert moved == sum(placed(name, 5) == 5 for name in THOUSANDS)
    assert 1_800 < moved < 2_200


def test_where_things_are_is_settled_for_ever() -> None:
    """Another answer from a later version would delete in one stack what it makes in another."""
    names = ("push/a", "push/new_project", "pull/new_project", "role/alpha_user_one", "user/legacy")
    assert [placed(name, 4) for name in names] == [4, 3, 2, 2, 1]
    assert [placed(name, 64) for name in names] == [31, 31, 18, 34, 46]


def test_a_push_and_a_pull_dataset_of_one_name_are_two() -> None:
    every = Stack(shared="prod", of=64).every()
    homes = [
        [stack.number for stack in every if stack.has_dataset(dataset)]
        for dataset in catalogue(push_dataset("new_project"), pull_dataset("new_project"))
    ]
    assert len(homes[0]) == len(homes[1]) == 1
    assert homes[0] != homes[1]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("prod-1", ("prod", 1)),
        ("eu-west-12", ("eu-west", 12)),
        ("prod", None),
        ("prod-", None),
        ("-1", None),
        ("prod-0", None),
        ("prod-01", None),
        ("prod-1a", None),
    ],
)
def test_the_name_of_a_dataset_stack_is_that_of_the_shared_one_and_a_number(
    name: str, parts: tuple[str, int] | None
) -> None:
    assert numbered(name) == parts
    assert parts is None or Stack(shared=parts[0], number=parts[1], of=64).name == name
