"""Adding or removing a dataset touches what is its own, and nothing of anybody else's."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st

from provisioner.access import limits
from provisioner.access.reader_roles import reader_role
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.resources.stack import provision
from tests.resources.quick_zip import routes_alone_in_the_zip
from tests.resources.recorder import Registered, record
from tests.support import (
    EXPORTER,
    OURS,
    catalogue,
    catalogues,
    pull_dataset,
    pull_datasets,
    push_dataset,
    push_datasets,
)
from tests.support import stack_settings as settings_of

STACK = settings_of(**EXPORTER)
ADDED = st.just("added_later")


@pytest.fixture(scope="module", autouse=True)
def _quick_zip() -> Iterator[None]:
    """As `routes_alone`, but once for every example of a property."""
    with routes_alone_in_the_zip():
        yield


def registered(some: Catalogue, workspace: Path) -> tuple[Mapping[str, Registered], bytes]:
    """Everything that a catalogue registers, by URN, and the content of its zip."""
    recording = record(lambda: provision(some, STACK, workspace), preview=False)
    return recording.by_urn, (workspace / "forwarder.zip").read_bytes()


def touched(before: Mapping[str, Registered], after: Mapping[str, Registered]) -> set[str]:
    """Type and name of everything that is new, gone or different."""
    urns = {urn for urn in before.keys() | after.keys() if before.get(urn) != after.get(urn)}
    return {f"{urn.split('::')[2].rpartition(':')[2]} {urn.split('::')[3]}" for urn in urns}


def may_touch(dataset: PushDataset | PullDataset, names: set[str]) -> set[str]:
    """Which of the things touched a dataset has a right to touch."""
    if isinstance(dataset, PushDataset):
        own = {f"{kind} push-{dataset.name}" for kind in ("DeliveryRole", "Role", "RolePolicy")}
        if dataset.sealed:
            own.add("BucketPolicy export-bucket")
        people = {f"role-{user}" for user in dataset.users}
    else:
        own = {name for name in names if name.split(" ")[1] == f"pull-{dataset.name}"}
        people = {f"role-{user}" for user in dataset.users}
        people |= {f"{reader.kind}-{reader.name}" for reader in dataset.pull_arns if reader.account_id == OURS}
        roles = {reader_role(workload) for workload in dataset.workloads}
        people |= {f"role-{role}" for role in roles}
        providers = {f"azure-{reader.tenant}" for reader in dataset.pull_azure}
        own |= {name for name in names if name.split(" ")[1] in roles | providers}
    if dataset.scheduled:
        own |= {name for name in names if name.split(" ")[1].startswith(f"exporter-{dataset.kind}-{dataset.name}")}
    theirs = {
        name
        for name in names
        if name.split(" ")[0] in ("UserAccess", "Policy", "RolePolicyAttachment", "UserPolicyAttachment")
        and any(name.split(" ")[1] in (one, f"{one}-1") for one in people)
    }
    return own | theirs


@given(catalogues(2), push_datasets(ADDED) | pull_datasets(ADDED))
@run(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_adding_or_removing_a_dataset_touches_only_its_own_and_its_users_policies(
    workspace: Path, some: Catalogue, added: PushDataset | PullDataset
) -> None:
    before, zip_before = registered(some, workspace)
    after, zip_after = registered(catalogue(*some, added), workspace)
    names = touched(before, after)
    assert names <= may_touch(added, names)
    assert (zip_before != zip_after) is isinstance(added, PushDataset)


def test_a_second_run_over_the_same_files_registers_the_same(workspace: Path) -> None:
    some = catalogue(push_dataset("alpha", sealed=True), pull_dataset("beta", bucket_versioning=True))
    assert registered(some, workspace) == registered(some, workspace)


def test_what_fills_a_second_policy_leaves_the_first_alone(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MANAGED_POLICY", 1_000)
    first = [pull_dataset(f"dataset_{number}") for number in range(5)]
    before, _ = registered(catalogue(*first), workspace)
    after, _ = registered(catalogue(*first, *(pull_dataset(f"later_{number}") for number in range(5))), workspace)
    names = {name for name in touched(before, after) if "role-" in name} - {"Policy role-alpha_user_one-1"}
    (second,) = {name.partition(" ")[2] for name in names}
    assert names == {f"{kind} {second}" for kind in ("Policy", "RolePolicyAttachment")}
    more = catalogue(*first, *(pull_dataset(f"later_{number}") for number in range(6)))
    again, _ = registered(more, workspace)
    changed = {name for name in touched(after, again) if "role-" in name}
    assert len(changed) == 1
    assert changed <= {"Policy role-alpha_user_one-1", f"Policy {second}"}


def test_retiring_a_pull_dataset_keeps_its_bucket_and_takes_its_protection_and_readers_away(workspace: Path) -> None:
    before, _ = registered(catalogue(pull_dataset("alpha"), pull_dataset("beta")), workspace)
    after, _ = registered(catalogue(pull_dataset("alpha", retired=True), pull_dataset("beta")), workspace)
    assert before.keys() == after.keys()
    assert touched(before, after) == {"Bucket pull-alpha", "BucketPolicy pull-alpha", "Policy role-alpha_user_one-1"}
    (bucket,) = (one for one in after.values() if one.type.endswith(":Bucket") and one.name == "pull-alpha")
    assert not bucket.protect
