"""What docs/limits.md counts: how much fits into AWS's limits, from the documents that are made."""

from collections.abc import Callable, Iterator
from typing import Final

from provisioner.access.grants import grants_of_dataset, user_principal
from provisioner.access.limits import MAX_BUCKET_POLICY, MAX_MANAGED_POLICY
from provisioner.access.packing import pack
from provisioner.access.policies import export_bucket_policy, pull_bucket_policy
from provisioner.datasets.model import PullDataset, PushDataset, Reader
from provisioner.settings import Settings

SETTINGS: Final = Settings(stack="prod", account_id="111122223333", break_glass_role="break-glass")
USER: Final = "alpha_user_one"
POLICIES: Final = (SETTINGS.user_policies, 10, 25)
"""What `user_policies` may be: its default, what AWS attaches at first, and at most."""


def largest(fits: Callable[[int], bool]) -> int:
    """The most for which something fits, if it fits for all that is less."""
    most = 1
    while fits(most * 2):
        most *= 2
    least, step = most, most
    while step:
        step //= 2
        if fits(least + step):
            least += step
    return least


def sealed_push(number: int) -> PushDataset:
    """A sealed push dataset with a name as they have them."""
    name = f"court_listings_{number:04}"
    return PushDataset(name=name, bucket="target", users=(USER,), sealed=True, file="", places={})


def pull(number: int, readers: int = 1, *, sealed: bool = False) -> PullDataset:
    """A pull dataset with a name as they have them, and readers of one account."""
    arns = (f"arn:aws:iam::444455556666:role/etl/reader-{at:04}" for at in range(readers))
    listed = tuple(Reader(arn, "444455556666", "role", arn.rpartition("/")[2]) for arn in arns)
    return PullDataset(
        name=f"court_listings_{number:04}", pull_arns=listed, users=(USER,), sealed=sealed, file="", places={}
    )


def datasets_of_a_user(policies: int) -> int:
    """How many pull datasets fit into so many managed policies of a user; a push dataset takes a little less."""
    who = user_principal(USER, SETTINGS)

    def fits(count: int) -> bool:
        grants = (one for at in range(count) for one in grants_of_dataset(pull(at), SETTINGS) if one.principal == who)
        return len(pack(grants, MAX_MANAGED_POLICY, SETTINGS)) <= policies

    return largest(fits)


def users_rows() -> Iterator[tuple[str, ...]]:
    """Of each number of policies: the datasets that a user may have."""
    for policies in POLICIES:
        yield f"{policies}", f"{datasets_of_a_user(policies):,}"


def bucket_rows() -> Iterator[tuple[str, ...]]:
    """What fits into the policy of a bucket."""

    def readers(*, sealed: bool) -> int:
        return largest(
            lambda count: len(pull_bucket_policy(pull(0, count, sealed=sealed), SETTINGS).text) <= MAX_BUCKET_POLICY
        )

    def of_export(count: int) -> bool:
        sealed = (sealed_push(at) for at in range(count))
        return len(export_bucket_policy(sealed, SETTINGS).text) <= MAX_BUCKET_POLICY

    yield "readers of a pull dataset", f"{readers(sealed=False):,}"
    yield "readers of a sealed pull dataset, which are listed twice", f"{readers(sealed=True):,}"
    yield (
        "sealed push datasets, of one user each, which share the policy of the export bucket",
        f"{largest(of_export):,}",
    )
