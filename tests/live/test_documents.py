"""When two policy documents say the same."""

import copy
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provisioner.access.delivery import delivery_policy
from provisioner.access.policies import pull_bucket_policy
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.live.documents import says
from tests.support import pull_datasets, push_datasets, stack_settings

STACK = stack_settings()


def document(dataset: PushDataset | PullDataset) -> dict[str, Any]:
    if isinstance(dataset, PushDataset):
        return delivery_policy(dataset, STACK).body
    return pull_bucket_policy(dataset, STACK).body


def as_aws_keeps_it(value: Any, chance: random.Random) -> Any:
    """The same document in another order, and with the item in place of a list of one."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: as_aws_keeps_it(value[key], chance) for key in keys}
    if isinstance(value, list):
        items = [as_aws_keeps_it(item, chance) for item in value]
        chance.shuffle(items)
        return items[0] if len(items) == 1 and not isinstance(items[0], dict) else items
    return value


@given(push_datasets() | pull_datasets(), st.randoms())
def test_order_and_lists_of_one_do_not_matter(dataset: PushDataset | PullDataset, chance: random.Random) -> None:
    meant = document(dataset)
    assert says(as_aws_keeps_it(meant, chance)) == says(meant) != frozenset()


@given(pull_datasets(), st.data())
def test_a_statement_more_or_less_or_otherwise_does(dataset: PullDataset, data: st.DataObject) -> None:
    meant = document(dataset)
    at = data.draw(st.integers(0, len(meant["Statement"]) - 1))
    less, other = copy.deepcopy(meant), copy.deepcopy(meant)
    del less["Statement"][at]
    other["Statement"][at]["Action"] = "s3:DeleteBucket"
    assert says(less) < says(meant)
    assert says(other) != says(meant)


def test_what_is_not_there_says_nothing() -> None:
    assert says(None) == frozenset()
