"""What a stack has: all there is, or of several stacks what there is once, or some of the datasets and people."""

from collections.abc import Iterable
from pathlib import Path

import pulumi
import pulumi_aws as aws

from provisioner.access.grants import by_identity, grants_of
from provisioner.access.web_identity import providers_of, tenant_of, workloads_of
from provisioner.datasets.model import Catalogue, Workload
from provisioner.resources.alarms import Alarms
from provisioner.resources.dashboard import ForwarderDashboard
from provisioner.resources.delivery_role import DeliveryRole
from provisioner.resources.export_bucket import ExportBucket
from provisioner.resources.export_runner import ExportRunner
from provisioner.resources.forwarder import Forwarder
from provisioner.resources.identity_provider import IdentityProvider
from provisioner.resources.journal import Journal
from provisioner.resources.pull_bucket import PullBucket
from provisioner.resources.reader_role import ReaderRole
from provisioner.resources.scheduled_export import ScheduledExport
from provisioner.resources.shared_stack import export_shared, region_once_shared
from provisioner.resources.sweep import Sweep
from provisioner.resources.user_access import UserAccess
from provisioner.settings import MANAGED_BY, Settings
from provisioner.stacks.stack import Stack


def provision(catalogue: Catalogue, settings: Settings, workspace: Path, stack: Stack | None = None) -> None:
    """Register every resource of a stack, and its outputs.

    Args:
        catalogue: all datasets, checked, whichever stack has them.
        settings: of the stack.
        workspace: a folder for the forwarder's zip.
        stack: which of several stacks it is; None for one stack with everything.

    Raises:
        LimitExceededError: a policy would be larger than AWS takes it.
    """
    stack = stack or Stack(shared=settings.stack)
    provider = aws.Provider(
        "aws",
        region=settings.region if stack.is_shared else region_once_shared(stack, settings),
        # The wrong credentials at hand must not build a second stack in another account.
        allowed_account_ids=[settings.account_id],
        default_tags=aws.ProviderDefaultTagsArgs(tags={**settings.tags, **MANAGED_BY}),
    )
    opts = pulumi.ResourceOptions(provider=provider)
    workloads = workloads_of(catalogue)
    providers = _once(catalogue, workloads.values(), settings, workspace, opts) if stack.is_shared else {}
    if stack.has_datasets:
        _datasets(catalogue, settings, stack, opts)
        _people(catalogue, workloads, providers, settings, stack, opts)


def _once(
    catalogue: Catalogue,
    workloads: Iterable[Workload],
    settings: Settings,
    workspace: Path,
    opts: pulumi.ResourceOptions,
) -> dict[str, IdentityProvider]:
    """What there is once, however many datasets and stacks; the identity providers by their tenants."""
    export = ExportBucket(catalogue, settings, opts)
    Journal(settings, opts)
    forwarder = Forwarder(export, catalogue.push, settings, workspace, opts)
    Sweep(forwarder, settings, opts)
    Alarms(settings, opts)
    ForwarderDashboard(settings, opts)
    if settings.exporter_image is not None:
        ExportRunner(settings, opts)
    export_shared(export, forwarder, settings)
    return {tenant: IdentityProvider(tenant, audiences, opts) for tenant, audiences in providers_of(workloads).items()}


def _datasets(catalogue: Catalogue, settings: Settings, stack: Stack, opts: pulumi.ResourceOptions) -> None:
    """The delivery roles, the buckets and the scheduled exports of the stack's datasets."""
    push, pull = filter(stack.has_dataset, catalogue.push), filter(stack.has_dataset, catalogue.pull)
    delivery = {dataset.name: DeliveryRole(dataset, settings, opts) for dataset in push}
    buckets = {dataset.name: PullBucket(dataset, settings, opts) for dataset in pull}
    for dataset in filter(stack.has_dataset, catalogue):
        if dataset.scheduled is not None:
            ScheduledExport(dataset, dataset.scheduled, settings, opts)
    pulumi.export("pull_buckets", {name: component.bucket.bucket for name, component in buckets.items()})
    pulumi.export("delivery_role_arns", {name: component.role.arn for name, component in delivery.items()})


def _people(
    catalogue: Catalogue,
    workloads: dict[str, Workload],
    providers: dict[str, IdentityProvider],
    settings: Settings,
    stack: Stack,
    opts: pulumi.ResourceOptions,
) -> None:
    """The access of the stack's people to all their datasets, in whichever stack those are; and its reader roles."""
    readers = {
        name: ReaderRole(workload, providers.get(tenant_of(workload) or ""), settings, opts)
        for name, workload in workloads.items()
        if stack.has_person((True, name.lower()))
    }
    for principal, grants in by_identity(grants_of(catalogue, settings), settings).items():
        if stack.has_person(principal.person):
            reader = readers.get(principal.name)
            UserAccess(principal, grants, catalogue, settings, opts, role=reader.role if reader else None)
    pulumi.export("reader_role_arns", {name: component.role.arn for name, component in readers.items()})
