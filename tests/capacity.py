"""What docs/limits.md counts: AWS's limits, and how many datasets fit into them, from the documents themselves."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final

from provisioner.access.grants import by_identity, grants_of
from provisioner.access.limits import MAX_BUCKET_POLICY, MAX_MANAGED_POLICY
from provisioner.access.occupancy import limits_of
from provisioner.access.packing import pack
from provisioner.access.policies import export_bucket_policy, pull_bucket_policy
from provisioner.datasets.model import PullDataset, PushDataset
from tests.support import pull_dataset, push_dataset, stack_settings

SETTINGS: Final = stack_settings()
_STEP: Final = 10
"""To which the datasets of a user are rounded down."""
_MOST_IN_A_POLICY: Final = 70
_Dataset = PushDataset | PullDataset


def limits() -> Iterator[tuple[str, ...]]:
    """Each limit: what it is of, as it is, as far as AWS raises it, and where AWS says so."""
    for limit in limits_of(SETTINGS):
        raised = f"{limit.raised:,}" if limit.raised else "no"
        yield limit.what, f"{limit.most:,} {limit.unit}", raised, "yes" if limit.grows else "no", limit.source


def datasets_of_a_user() -> Iterator[tuple[str, ...]]:
    """For each number of policies: how many datasets one user can have, of one kind and of both."""
    for policies in (5, SETTINGS.user_policies, 10, 20, 25):
        yield f"{policies}", *(f"{_most_in(policies, make):,}" for make in (_push, _pull, _either))


def _push(number: int) -> _Dataset:
    return push_dataset(f"court_listings_{number}")


def _pull(number: int) -> _Dataset:
    return pull_dataset(f"court_listings_{number}")


def _either(number: int) -> _Dataset:
    return _push(number) if number % 2 else _pull(number)


def _most_in(policies: int, make: Callable[[int], _Dataset]) -> int:
    """So many datasets of one user fit: a further one never makes fewer policies."""

    def needed(datasets: int) -> int:
        (grants,) = by_identity(grants_of(map(make, range(datasets)), SETTINGS), SETTINGS).values()
        return len(pack(grants, MAX_MANAGED_POLICY, SETTINGS))

    counts = range(_STEP, policies * _MOST_IN_A_POLICY, _STEP)
    return counts[bisect_right(counts, policies, key=needed) - 1]


def bucket_policies() -> Iterator[tuple[str, ...]]:
    """How many readers a pull dataset can have, and how many push datasets can be sealed."""
    for what, size in (
        ("readers of a pull dataset", _bytes_of_readers),
        ("readers of a sealed pull dataset", _bytes_of_sealed_readers),
        ("sealed push datasets of one user each", _bytes_of_sealed_datasets),
    ):
        yield what, f"{bisect_right(range(1, 1_000), MAX_BUCKET_POLICY, key=size):,}"


def _bytes_of_readers(readers: int, *, sealed: bool = False) -> int:
    arns = [f"arn:aws:iam::444455556666:role/etl/reader-{number:04}" for number in range(readers)]
    return len(pull_bucket_policy(pull_dataset("court_listings", *arns, sealed=sealed), SETTINGS).text)


def _bytes_of_sealed_readers(readers: int) -> int:
    return _bytes_of_readers(readers, sealed=True)


def _bytes_of_sealed_datasets(datasets: int) -> int:
    sealed = [push_dataset(f"court_listings_{number}", sealed=True) for number in range(datasets)]
    return len(export_bucket_policy(sealed, SETTINGS).text)
