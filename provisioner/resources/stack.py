"""The whole stack: every component, in the order in which they need each other."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from provisioner.access.grants import by_identity, grants_of
from provisioner.access.web_identity import providers_of, tenant_of, workloads_of
from provisioner.datasets.model import Catalogue
from provisioner.resources.alarms import Alarms
from provisioner.resources.dashboard import ForwarderDashboard
from provisioner.resources.delivery_role import DeliveryRole
from provisioner.resources.export_bucket import ExportBucket
from provisioner.resources.forwarder import Forwarder
from provisioner.resources.identity_provider import IdentityProvider
from provisioner.resources.journal import Journal
from provisioner.resources.pull_bucket import PullBucket
from provisioner.resources.reader_role import ReaderRole
from provisioner.resources.sweep import Sweep
from provisioner.resources.user_access import UserAccess
from provisioner.settings import MANAGED_BY, Settings


def provision(catalogue: Catalogue, settings: Settings, workspace: Path) -> None:
    """Register every resource of the stack, and its outputs.

    Args:
        catalogue: the datasets, checked.
        settings: of the stack.
        workspace: a folder for the forwarder's zip.

    Raises:
        LimitExceededError: a policy would be larger than AWS takes it.
    """
    provider = aws.Provider(
        "aws",
        region=settings.region,
        # The wrong credentials at hand must not build a second stack in another account.
        allowed_account_ids=[settings.account_id],
        default_tags=aws.ProviderDefaultTagsArgs(tags={**settings.tags, **MANAGED_BY}),
    )
    opts = pulumi.ResourceOptions(provider=provider)
    export = ExportBucket(catalogue, settings, opts)
    delivery = {dataset.name: DeliveryRole(dataset, settings, opts) for dataset in catalogue.push}
    pull = {dataset.name: PullBucket(dataset, settings, opts) for dataset in catalogue.pull}
    workloads = workloads_of(catalogue)
    providers = {
        tenant: IdentityProvider(tenant, audiences, opts)
        for tenant, audiences in providers_of(workloads.values()).items()
    }
    readers = {
        name: ReaderRole(workload, providers.get(tenant_of(workload) or ""), settings, opts)
        for name, workload in workloads.items()
    }
    for principal, grants in by_identity(grants_of(catalogue, settings), settings).items():
        reader = readers.get(principal.name)
        UserAccess(principal, grants, catalogue, settings, opts, role=reader.role if reader else None)
    Journal(settings, opts)
    forwarder = Forwarder(export, catalogue.push, settings, workspace, opts)
    Sweep(forwarder, settings, opts)
    Alarms(settings, opts)
    ForwarderDashboard(settings, opts)
    pulumi.export("export_bucket", export.bucket.bucket)
    pulumi.export("pull_buckets", {name: component.bucket.bucket for name, component in pull.items()})
    pulumi.export("delivery_role_arns", {name: component.role.arn for name, component in delivery.items()})
    pulumi.export("reader_role_arns", {name: component.role.arn for name, component in readers.items()})
    pulumi.export("queue_url", forwarder.queue.url)
    pulumi.export("dead_letter_queue_url", forwarder.dead_letters.url)
