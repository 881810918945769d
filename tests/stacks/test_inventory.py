"""What each stack has does not depend on what the others have."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.stacks.inventory import inventory
from tests.support import catalogues, pull_datasets, push_datasets, stack_settings


def homes(some: Catalogue, stacks: int) -> Mapping[tuple[str, str], str]:
    """The stack of each dataset and of each person; one that is in two would be found here."""
    shares = inventory(some, stack_settings(dataset_stacks=stacks), lambda _: True)
    found = [((dataset.kind.value, dataset.name), share.stack.name) for share in shares for dataset in share.push]
    found += [((dataset.kind.value, dataset.name), share.stack.name) for share in shares for dataset in share.pull]
    found += [(("person", f"{one.person}"), share.stack.name) for share in shares for one in share.people]
    assert len(found) == len(dict(found))
    return dict(found)


@given(
    catalogues(),
    st.lists(push_datasets(st.sampled_from(("zz", "later"))) | pull_datasets(st.sampled_from(("zz", "later")))),
    st.integers(1, 64),
)
@run(max_examples=50, deadline=None)
def test_nobody_changes_stack_when_others_come_or_go(
    some: Catalogue, others: list[PushDataset | PullDataset], stacks: int
) -> None:
    added = {(dataset.kind, dataset.name): dataset for dataset in (*some, *others)}
    before, after = homes(some, stacks), homes(Catalogue.of(added.values()), stacks)
    assert {name: after[name] for name in before} == before
    assert "test" not in after.values()


@given(catalogues())
@run(max_examples=20, deadline=None)
def test_one_stack_has_everything(some: Catalogue) -> None:
    assert set(homes(some, 0).values()) <= {"test"}
    assert len(homes(some, 0)) == len(homes(some, 7))
