"""Several stacks have together what one has; what moves from one to another is the same before and after."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pulumi
import pytest

from provisioner.resources.stack import provision
from provisioner.settings import Settings
from provisioner.stacks.inventory import inventory
from provisioner.stacks.moves import moves
from provisioner.stacks.stack import Stack
from tests.resources.quick_zip import routes_alone_in_the_zip
from tests.resources.recorder import PROJECT, Monitor, Recording, record
from tests.support import (
    AZURE,
    EXPORTER,
    GOOGLE,
    OWN_ROLE,
    OWN_USER,
    catalogue,
    export_of,
    pull_dataset,
    push_dataset,
    stack_settings,
)

OF_A_RUN: Final = ("pulumi:providers:aws", "pulumi:pulumi:Stack")
SHARED: Final = "test"
SETTINGS: Final = stack_settings(dataset_stacks=3, **EXPORTER)
SAMPLE: Final = catalogue(
    *(push_dataset(f"push_{number}", users=(f"alpha_user_{number}",)) for number in range(9)),
    *(pull_dataset(f"pull_{number}", users=(f"alpha_user_{number}",)) for number in range(9)),
    pull_dataset("mixed", OWN_ROLE, OWN_USER, pull_google=GOOGLE, pull_azure=AZURE, bucket_versioning=True),
    push_dataset("mixed", sealed=True, export=export_of()),
    pull_dataset("exported", export=export_of()),
    pull_dataset("gone", retired=True),
)
OUTPUTS: Final = {
    "export_bucket": "mojap-hub-exports",
    "forwarder_role_arn": "arn:aws:iam::111122223333:role/export-forwarder",
    "dataset_stacks": "3",
}


@pytest.fixture(scope="module", autouse=True)
def _quick_zip() -> Iterator[None]:
    with routes_alone_in_the_zip():
        yield


def recorded(
    stack: Stack, workspace: Path, *, outputs: Mapping[str, Any] = OUTPUTS, preview: bool = False
) -> Recording:
    """What a stack registers, where the shared one was applied with these outputs."""
    monitor = Monitor(preview=preview, stacks={f"organization/{PROJECT}/{SHARED}": outputs})
    return record(lambda: provision(SAMPLE, SETTINGS, workspace, stack), preview=preview, monitor=monitor)


def by_name(recording: Recording) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The inputs of what is registered, by type and name; not of the provider, which each stack has."""
    return {(one.type, one.name): one.inputs for one in recording.resources if one.type not in OF_A_RUN}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workspace for all, since its path is among the inputs."""
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def parts(folder: Path) -> tuple[Recording, ...]:
    """What each of four stacks registers, the shared one first."""
    return tuple(recorded(stack, folder) for stack in Stack(shared=SHARED, of=3).every())


@pytest.fixture(scope="module")
def whole(folder: Path) -> Recording:
    """What one stack with everything registers."""
    return recorded(Stack(shared=SHARED), folder)


def test_the_stacks_have_together_what_one_has_and_each_thing_is_in_one(
    whole: Recording, parts: tuple[Recording, ...]
) -> None:
    resources = [by_name(part) for part in parts]
    assert sum(map(len, resources)) == len(by_name(whole))
    assert {key: inputs for part in resources for key, inputs in part.items()} == by_name(whole)
    assert all(resources)


def test_the_shared_stack_has_what_there_is_once_and_no_dataset(parts: tuple[Recording, ...]) -> None:
    components = {one.type.rpartition(":")[2] for one in parts[0].resources if not one.custom}
    assert components == {
        *("ExportBucket", "Journal", "Forwarder", "Sweep", "Alarms", "ForwarderDashboard", "IdentityProvider"),
        "ExportRunner",
    }
    for part in parts[1:]:
        own = {one.type.rpartition(":")[2] for one in part.resources if not one.custom}
        assert own <= {"DeliveryRole", "PullBucket", "UserAccess", "ReaderRole", "ScheduledExport"}


def test_the_outputs_of_the_stacks_are_those_of_one(whole: Recording, parts: tuple[Recording, ...]) -> None:
    together: dict[str, Any] = dict(parts[0].outputs)
    for part in parts[1:]:
        for key, value in part.outputs.items():
            together[key] = {**together.get(key, {}), **value}
    assert together == {**whole.outputs, "dataset_stacks": "3"}


def test_a_preview_of_a_dataset_stack_registers_what_is_applied(parts: tuple[Recording, ...], workspace: Path) -> None:
    previewed = recorded(Stack(shared=SHARED, number=2, of=3), workspace, preview=True)
    assert previewed.by_urn.keys() == parts[2].by_urn.keys()


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({}, "its export_bucket is missing and should be mojap-hub-exports"),
        ({**OUTPUTS, "dataset_stacks": "2"}, "its dataset_stacks is 2 and should be 3"),
        (
            {**OUTPUTS, "forwarder_role_arn": "arn:aws:iam::444455556666:role/export-forwarder"},
            "its forwarder_role_arn is arn:aws:iam::444455556666:role/export-forwarder",
        ),
    ],
    ids=["never applied", "another number", "another account"],
)
def test_nothing_is_registered_before_the_shared_stack_is_as_the_settings_say(
    workspace: Path, outputs: Mapping[str, Any], said: str
) -> None:
    monitor = Monitor(preview=True, stacks={f"organization/{PROJECT}/{SHARED}": outputs})
    stack = Stack(shared=SHARED, number=1, of=3)
    with pytest.raises(pulumi.RunError) as stopped:
        record(lambda: provision(SAMPLE, SETTINGS, workspace, stack), preview=True, monitor=monitor)
    assert said in str(stopped.value)
    assert "Apply it first, `pulumi up --stack test`" in str(stopped.value)
    assert [one.urn for one in monitor.registered if one.custom] == []


def components(recording: Recording) -> frozenset[str]:
    """The type and name of every component, as its URN ends."""
    return frozenset(f"{one.type}::{one.name}" for one in recording.resources if not one.custom)


@pytest.mark.parametrize("before", [0, 2, 5])
def test_moved_by_the_script_every_stack_has_what_its_program_registers(
    before: int, parts: tuple[Recording, ...], whole: Recording, workspace: Path
) -> None:
    """State as it was with `before` dataset stacks, moved as `stacks --from` says, is the state that is wanted now."""
    earlier = dataclasses.replace(SETTINGS, dataset_stacks=before)
    state = {
        stack.name: set(recorded_as(earlier, stack, whole, workspace))
        for stack in Stack(shared=SHARED, of=before).every()
    }
    old, new = (inventory(SAMPLE, settings, lambda _: True) for settings in (earlier, SETTINGS))
    for move in moves(old, new):
        for urn in move.urns:
            prefix, _, component = urn.partition(f"::{PROJECT}::")
            assert prefix == f"urn:pulumi:{move.source}"
            state[move.source].remove(component)
            state.setdefault(move.target, set()).add(component)
    now = {stack.name: set(components(parts[stack.number])) for stack in Stack(shared=SHARED, of=3).every()}
    assert {name: held for name, held in state.items() if held} == now


def recorded_as(earlier: Settings, stack: Stack, whole: Recording, workspace: Path) -> frozenset[str]:
    """The components of a stack by earlier settings."""
    if stack.of == 0:
        return components(whole)
    outputs = {**OUTPUTS, "dataset_stacks": str(stack.of)}
    monitor = Monitor(preview=False, stacks={f"organization/{PROJECT}/{SHARED}": outputs})
    return components(record(lambda: provision(SAMPLE, earlier, workspace, stack), preview=False, monitor=monitor))
