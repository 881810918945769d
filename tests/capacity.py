"""What docs/limits.md counts: AWS's limits, and how many datasets fit into them, from the documents themselves."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import Final

from provisioner.access.grants import by_identity, grants_of
from provisioner.access.limits import MAX_BUCKET_POLICY, MAX_MANAGED_POLICY
from provisioner.access.occupancy import limits_of
from provisioner.access.packing import pack
from provisioner.access.policies import export_bucket_policy, pull_bucket_policy
from tests.support import pull_dataset, push_dataset, stack_settings

SETTINGS: Final = stack_settings()
_STEP: Final = 10
"""To which the datasets of a user are rounded down."""
_FEWEST_IN_A_POLICY: Final = 30
_MOST_IN_A_POLICY: Final = 70
"""Between these lies how many datasets a policy holds on average."""


def limits() -> Iterator[tuple[str, ...]]:
    """Each limit: what it is of, as it is, as far as AWS raises it, and where AWS says so."""
    for limit in limits_of(SETTINGS):
        raised = f"{limit.raised:,}" if limit.raised else "no"
        yield limit.what, f"{limit.most:,} {limit.unit}", raised, "yes" if limit.grows else "no", limit.source


@cache
def datasets_of_a_user() -> tuple[tuple[str, ...], ...]:
    """For each number of policies: how many datasets one user can have. It takes seconds, and is asked again."""
    return tuple((f"{policies}", f"{_most_in(policies):,}") for policies in (5, SETTINGS.user_policies, 10, 20, 25))


def _most_in(policies: int) -> int:
    """So many datasets of one user fit, half of either kind: a further one never makes fewer policies."""
    counts = range(policies * _FEWEST_IN_A_POLICY, policies * _MOST_IN_A_POLICY, _STEP)
    return counts[bisect_right(counts, policies, key=_policies_of) - 1]


def _policies_of(datasets: int) -> int:
    """How many policies one user with so many datasets has."""
    made = ((push_dataset if number % 2 else pull_dataset)(f"court_listings_{number}") for number in range(datasets))
    (grants,) = by_identity(grants_of(made, SETTINGS), SETTINGS).values()
    return len(pack(grants, MAX_MANAGED_POLICY, SETTINGS))


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
