"""Several stacks have together what one has, and each thing is in one of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from provisioner.resources.stack import provision
from provisioner.stacks.stack import Stack
from tests.resources.quick_zip import routes_alone_in_the_zip
from tests.resources.recorder import Monitor, Recording, record
from tests.support import AZURE, GOOGLE, OWN_ROLE, OWN_USER, catalogue, pull_dataset, push_dataset, stack_settings

OF_THE_RUN = ("pulumi:providers:aws", "pulumi:pulumi:StackReference")
SETTINGS = stack_settings(dataset_stacks=3)
SAMPLE = catalogue(
    *(push_dataset(f"push_{number}", users=(f"alpha_user_{number}",)) for number in range(9)),
    *(pull_dataset(f"pull_{number}", users=(f"alpha_user_{number}",)) for number in range(9)),
    pull_dataset("mixed", OWN_ROLE, OWN_USER, pull_google=GOOGLE, pull_azure=AZURE, bucket_versioning=True),
)
SHARED_OUTPUTS = {
    "export_bucket": "mojap-hub-exports",
    "forwarder_role_arn": "arn:aws:iam::111122223333:role/export-forwarder",
    "dataset_stacks": 3,
}


@pytest.fixture(scope="module", autouse=True)
def _quick_zip() -> Iterator[None]:
    with routes_alone_in_the_zip():
        yield


def recorded(stack: Stack | None, workspace: Path, *, preview: bool = False) -> Recording:
    monitor = Monitor(preview=preview, stacks={"organization/data-engineering-exports/test": SHARED_OUTPUTS})
    return record(lambda: provision(SAMPLE, SETTINGS, workspace, stack), preview=preview, monitor=monitor)


def owned(recording: Recording) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(one.type, one.name): one.inputs for one in recording.resources if one.type not in OF_THE_RUN}


def test_the_stacks_have_together_what_one_has_and_each_thing_is_in_one(workspace: Path) -> None:
    whole = owned(recorded(None, workspace))
    parts = [owned(recorded(stack, workspace)) for stack in Stack(shared="test", of=3).every()]
    assert sum(map(len, parts)) == len(whole)
    assert {key: inputs for part in parts for key, inputs in part.items()} == whole
    assert all(parts)
