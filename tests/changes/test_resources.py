"""What a plan says of AWS resources is what the Pulumi program registers before and after."""

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pulumi_aws as aws
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run

from provisioner.access import limits
from provisioner.changes.change import Change
from provisioner.changes.comparison import SHAPE
from provisioner.changes.resources import changed_resources
from provisioner.datasets.model import Catalogue
from provisioner.resources.stack import provision
from provisioner.settings import SETTING_KEYS, Settings
from tests.changes.states import KNOWN, OTHER_SETTINGS, comparison_of, edited, state_of
from tests.resources.quick_zip import routes_alone_in_the_zip
from tests.resources.recorder import Registered, record
from tests.support import AZURE, GOOGLE, OWN_ROLE, OWN_USER, catalogue, export_of, pull_dataset, push_dataset

NAMED_BY: Final = {
    **dict.fromkeys(("Role", "Policy", "Queue", "LogGroup", "Function", "EventRule", "MetricAlarm"), "name"),
    **dict.fromkeys(("RolePolicyAttachment", "UserPolicyAttachment"), "policyArn"),
    **dict.fromkeys(("Cluster", "Schedule", "ScheduleGroup"), "name"),
    "TaskDefinition": "family",
    "RolePolicy": "role",
    "QueuePolicy": "queueUrl",
    "EventSourceMapping": "functionName",
    "EventTarget": "rule",
    "Dashboard": "dashboardName",
    "OpenIdConnectProvider": "url",
}
"""The input in which the name in AWS stands; of everything else it is the bucket."""

Resource = tuple[str, str]
"""Type and logical name."""


class Declared(NamedTuple):
    """A resource as AWS would have it: what the program and the provider give it."""

    inputs: Mapping[str, Any]
    region: str
    account_ids: str
    tags: str


def declared(some: Catalogue, settings: Settings, workspace: Path) -> dict[Resource, Declared]:
    """Every AWS resource that the program registers for a catalogue."""
    recording = record(lambda: provision(some, settings, workspace), preview=False)
    (provider,) = (one for one in recording.resources if one.type == "pulumi:providers:aws")
    code = (workspace / "forwarder.zip").read_bytes()
    return {
        (one.type, one.name): Declared(
            inputs={**one.inputs, "code": code} if one.type.endswith(":Function") else one.inputs,
            region=provider.inputs["region"],
            account_ids=provider.inputs["allowedAccountIds"],
            tags=provider.inputs["defaultTags"] if is_tagged(one) else "",
        )
        for one in recording.resources
        if one.custom and one is not provider
    }


def is_tagged(resource: Registered) -> bool:
    """Whether the provider puts its default tags on a resource: on whatever takes tags."""
    module, _, name = resource.type.removeprefix("aws:").partition("/")
    package = getattr(aws, {"lambda": "lambda_"}.get(module, module))
    resource_class = getattr(package, name.rpartition(":")[2])
    return "tags" in inspect.signature(resource_class._internal_init).parameters


def difference(before: Mapping[Resource, Declared], after: Mapping[Resource, Declared]) -> dict[Resource, Change]:
    """What becomes of each resource that is another."""
    changes = {}
    for resource in before.keys() | after.keys():
        if resource not in before:
            changes[resource] = Change.COMES
        elif resource not in after:
            changes[resource] = Change.GOES
        elif before[resource] != after[resource]:
            changes[resource] = Change.CHANGES
    return changes


def planned(
    before: Catalogue, after: Catalogue, settings_before: Settings = KNOWN, settings_after: Settings = KNOWN
) -> dict[Resource, Change]:
    """What a plan says becomes of each resource."""
    comparison = comparison_of(state_of(before, settings_before), state_of(after, settings_after))
    changes = changed_resources(comparison)
    found = {(one.type, one.logical_name): one.change for one in changes}
    assert len(found) == len(changes)
    return found


@pytest.fixture(scope="module", autouse=True)
def _quick_zip() -> Iterator[None]:
    with routes_alone_in_the_zip():
        yield


quickly = run(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(edited())
@run(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_resources_of_a_plan_are_those_that_the_program_registers_otherwise(
    workspace: Path, both: tuple[Catalogue, Catalogue]
) -> None:
    before, after = (declared(some, KNOWN, workspace) for some in both)
    assert planned(*both) == difference(before, after)


OF_EXPORTS: Final = tuple(name for name in SHAPE if name.startswith("exporter_") or name == "sources")
"""These shape the same few resources, and are asked about together."""


@pytest.mark.parametrize("names", [OF_EXPORTS, *((name,) for name in SHAPE if name not in OF_EXPORTS)], ids="-".join)
@given(both=edited())
@run(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_they_are_where_a_setting_changes_too(
    workspace: Path, names: tuple[str, ...], both: tuple[Catalogue, Catalogue]
) -> None:
    other = dataclasses.replace(KNOWN, **{name: OTHER_SETTINGS[name] for name in names})
    before, after = declared(both[0], KNOWN, workspace), declared(both[1], other, workspace)
    assert planned(*both, settings_after=other) == difference(before, after)


EVERYTHING: Final = catalogue(
    push_dataset("alpha", sealed=True, kms_key_arn="arn:aws:kms:eu-west-1:444455556666:key/1a2b"),
    push_dataset("gamma", export=export_of()),
    pull_dataset("beta", OWN_ROLE, OWN_USER, sealed=True, bucket_versioning=True, paperwork=("agreement",)),
    pull_dataset("delta", pull_google=GOOGLE[:1], pull_azure=AZURE[:1]),
)


@pytest.fixture(scope="module")
def everything(workspace: Path) -> Mapping[Resource, Declared]:
    """What the program registers for `EVERYTHING`."""
    return declared(EVERYTHING, KNOWN, workspace)


@pytest.mark.parametrize("key", SETTING_KEYS, ids=lambda key: key.name)
def test_the_settings_that_shape_resources_are_those_that_are_told_from_the_others(
    workspace: Path, everything: Mapping[Resource, Declared], key: Any
) -> None:
    other = dataclasses.replace(KNOWN, **{key.name: OTHER_SETTINGS[key.name]})
    shapes = everything != declared(EVERYTHING, other, workspace)
    assert shapes is (key.name in SHAPE)


def test_the_resources_of_a_second_policy_are_told_too(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MANAGED_POLICY", 1_000)
    first = [pull_dataset(f"dataset_{number}") for number in range(5)]
    both = catalogue(*first), catalogue(*first, *(pull_dataset(f"later_{number}") for number in range(5)))
    before, after = (declared(some, KNOWN, workspace) for some in both)
    policies = {
        name: change for (type_, name), change in difference(before, after).items() if type_ == "aws:iam/policy:Policy"
    }
    # The first keeps its number, and loses what moves to the policies that come.
    assert policies.pop("role-alpha_user_one-1") is Change.CHANGES
    assert {*policies.values()} == {Change.COMES}
    assert planned(*both) == difference(before, after)


@given(edited())
@quickly
def test_the_name_of_a_resource_is_its_own_in_aws_or_that_of_what_it_belongs_to(
    workspace: Path, both: tuple[Catalogue, Catalogue]
) -> None:
    before, after = (declared(some, KNOWN, workspace) for some in both)
    for change in changed_resources(comparison_of(*map(state_of, both))):
        resource = (change.type, change.logical_name)
        inputs = (before if change.change is Change.GOES else after)[resource].inputs
        named = inputs[NAMED_BY.get(change.type.rpartition(":")[2], "bucket")]
        is_arn_or_queue = named.startswith("arn:") or change.type.startswith("aws:sqs/")
        assert change.name == (named.replace("/", ":").rpartition(":")[2] if is_arn_or_queue else named)


@given(edited())
@quickly
def test_a_resource_names_the_datasets_that_cause_it_and_each_of_them_changes(
    both: tuple[Catalogue, Catalogue],
) -> None:
    comparison = comparison_of(*map(state_of, both))
    changing = {pair.latest.file for pair in comparison.changed}
    for change in changed_resources(comparison):
        assert change.datasets
        assert set(change.datasets) <= changing
        assert list(change.datasets) == sorted(set(change.datasets))


def test_who_shares_a_user_with_what_changes_is_no_cause_of_it() -> None:
    before = catalogue(pull_dataset("alpha"))
    comparison = comparison_of(state_of(before), state_of(catalogue(*before, pull_dataset("beta"))))
    (policy,) = (one for one in changed_resources(comparison) if one.type == "aws:iam/policy:Policy")
    assert policy.datasets == ("pull_datasets/beta.yaml",)


def test_other_tags_change_whatever_takes_tags_and_nothing_else() -> None:
    tagged = dataclasses.replace(KNOWN, tags={"business-unit": "Platforms"})
    kinds = {kind.rpartition(":")[2] for kind, _ in planned(EVERYTHING, EVERYTHING, settings_after=tagged)}
    queue_and_function = {"Queue", "LogGroup", "Function", "EventSourceMapping"}
    assert kinds == {
        "Bucket",
        "Role",
        "OpenIdConnectProvider",
        "Policy",
        "EventRule",
        "MetricAlarm",
        *("Cluster", "TaskDefinition", "ScheduleGroup"),
        *queue_and_function,
    }
