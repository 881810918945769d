"""The AWS resources that come, change and go: what the Pulumi program would register before and after.

A test holds this against the program itself.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from provisioner.access.delivery import (
    delivery_policy,
    delivery_trust,
    forwarder_policy,
    forwarder_trust,
    queue_policy,
)
from provisioner.access.exporting import (
    clock_policy,
    clock_trust,
    exporter_policy,
    failures_policy,
    start_policy,
    task_trust,
)
from provisioner.access.grants import Person, by_identity, datasets_naming, grants_of, grants_of_dataset
from provisioner.access.limits import LimitExceededError, user_policies
from provisioner.access.policies import export_bucket_policy, journal_bucket_policy, pull_bucket_policy
from provisioner.access.reader_roles import reader_role
from provisioner.access.routes import routes_of
from provisioner.access.web_identity import provider_url, providers_of, tenant_of, workload_trust, workloads_of
from provisioner.changes.change import Pair, ResourceChange
from provisioner.changes.comparison import Comparison
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.exports.model import Export
from provisioner.settings import Settings

_BUCKET: Final = "aws:s3/bucket:Bucket"
_PUBLIC_ACCESS_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
_ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_NOTIFICATION: Final = "aws:s3/bucketNotification:BucketNotification"
_ROLE: Final = "aws:iam/role:Role"
_PROVIDER: Final = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
_POLICY: Final = "aws:iam/policy:Policy"
_ROLE_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_USER_ATTACHMENT: Final = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
_QUEUE: Final = "aws:sqs/queue:Queue"
_QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
_LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
_RULE_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
_ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
_DASHBOARD: Final = "aws:cloudwatch/dashboard:Dashboard"
_FUNCTION: Final = "aws:lambda/function:Function"
_FUNCTION_FEED: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"

_CLUSTER: Final = "aws:ecs/cluster:Cluster"
_TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
_SCHEDULES: Final = "aws:scheduler/scheduleGroup:ScheduleGroup"
_SCHEDULE: Final = "aws:scheduler/schedule:Schedule"

_TAGGED: Final = frozenset(
    {
        *(_BUCKET, _ROLE, _PROVIDER, _POLICY, _QUEUE, _LOG_GROUP, _RULE, _ALARM, _FUNCTION, _FUNCTION_FEED),
        *(_CLUSTER, _TASK, _SCHEDULES),
    }
)
"""The types that carry the tags of the settings."""

_ALARMS: Final = ("dead-letters", "oldest-message", "errors", "throttles", "failed-deliveries")


class _Resource(NamedTuple):
    """A resource, and in `content` all that it is made of."""

    type: str
    logical_name: str
    name: str
    content: tuple[object, ...]
    datasets: tuple[str, ...] = ()


def changed_resources(comparison: Comparison) -> tuple[ResourceChange, ...]:
    """Every resource that the program registers only before, only after, or otherwise."""
    pairs = comparison.affected
    befores = [pair.before for pair in pairs if pair.before is not None]
    afters = [pair.after for pair in pairs if pair.after is not None]
    people = _people([(befores, comparison.before), (afters, comparison.after)])
    sides = (
        _inventory(befores, comparison.catalogue_before, people, comparison.before),
        _inventory(afters, comparison.catalogue_after, people, comparison.after),
    )
    before, after = ({(one.type, one.logical_name): one for one in side} for side in sides)
    changes = []
    for identity in before.keys() | after.keys():
        pair = Pair(before=before.get(identity), after=after.get(identity))
        if pair.before is not None and pair.after is not None and pair.before.content == pair.after.content:
            continue
        latest = pair.latest
        causes = {*(pair.before.datasets if pair.before else ()), *(pair.after.datasets if pair.after else ())}
        changes.append(
            ResourceChange(
                type=latest.type,
                logical_name=latest.logical_name,
                name=latest.name,
                change=pair.change,
                datasets=tuple(sorted(causes)),
            )
        )
    return tuple(sorted(changes))


def _people(sides: Iterable[tuple[list[PushDataset | PullDataset], Settings]]) -> set[Person]:
    """Everybody who has policies of our account by any of the datasets."""
    found: set[Person] = set()
    for datasets, settings in sides:
        grants = (grant for dataset in datasets for grant in grants_of_dataset(dataset, settings))
        found.update(principal.person for principal in by_identity(grants, settings))
    return found


def _inventory(
    datasets: list[PushDataset | PullDataset], catalogue: Catalogue, people: set[Person], settings: Settings
) -> Iterator[_Resource]:
    """The resources of the stack, of these datasets, and of these people with all their datasets."""
    own = [resource for dataset in datasets for resource in _of_dataset(dataset, settings)]
    causes = {dataset.file for dataset in datasets}
    for resource in (
        *own,
        *_of_people(catalogue, people, causes, settings),
        *_of_workloads(catalogue, causes, settings),
        *_of_stack(catalogue, datasets, settings),
    ):
        tags = tuple(sorted(settings.tags.items())) if resource.type in _TAGGED else ()
        yield resource._replace(content=(*resource.content, tags, settings.region, settings.account_id))


def _of_dataset(dataset: PushDataset | PullDataset, settings: Settings) -> Iterator[_Resource]:
    cause = (dataset.file,)
    if dataset.scheduled is not None:
        yield from _of_export(dataset, dataset.scheduled, settings)
    if isinstance(dataset, PushDataset):
        logical, role = f"push-{dataset.name}", settings.delivery_role(dataset.name)
        yield _Resource(_ROLE, logical, role, (role, dataset.bucket, delivery_trust(settings).text), cause)
        yield _Resource(_ROLE_POLICY, logical, role, (role, delivery_policy(dataset, settings).text), cause)
        return
    logical, bucket = f"pull-{dataset.name}", settings.pull_bucket(dataset.name)
    yield _Resource(_BUCKET, logical, bucket, (bucket,), cause)
    yield _Resource(_PUBLIC_ACCESS_BLOCK, logical, bucket, (bucket,), cause)
    yield _Resource(_BUCKET_POLICY, logical, bucket, (bucket, pull_bucket_policy(dataset, settings).text), cause)
    yield _Resource(_LIFECYCLE, logical, bucket, (bucket, settings.retention_days), cause)
    if dataset.bucket_versioning:
        yield _Resource(_VERSIONING, logical, bucket, (bucket,), cause)


def _of_export(dataset: PushDataset | PullDataset, export: Export, settings: Settings) -> Iterator[_Resource]:
    """The schedule of an export, its task definition, and its three roles."""
    name, cause = settings.scheduled_export(dataset.kind, dataset.name), (dataset.file,)
    start, clock = (
        role(dataset.kind, dataset.name) for role in (settings.export_start_role, settings.export_clock_role)
    )
    for role, trust, policy in (
        (name, task_trust(settings), exporter_policy(dataset, settings)),
        (start, task_trust(settings), start_policy(dataset, export, settings)),
        (clock, clock_trust(settings), clock_policy(dataset, settings)),
    ):
        yield _Resource(_ROLE, role, role, (trust.text,), cause)
        yield _Resource(_ROLE_POLICY, role, role, (policy.text,), cause)
    task = (
        *(settings.exporter_image, settings.exporter_cpu, settings.exporter_memory_mib, settings.stack),
        *(export.source, settings.sources.get(export.source)),
    )
    yield _Resource(_TASK, name, name, task, cause)
    places = (settings.exporter_subnets, settings.exporter_security_groups)
    when = (export.schedule, export.timezone)
    yield _Resource(_SCHEDULE, name, name, (*when, *places), cause)


def _of_people(catalogue: Catalogue, people: set[Person], causes: set[str], settings: Settings) -> Iterator[_Resource]:
    """The managed policies of people, and that they are attached."""
    theirs = datasets_naming(people, catalogue, settings)
    file_of = {(dataset.kind, dataset.name): dataset.file for dataset in theirs}
    for principal, grants in by_identity(grants_of(theirs, settings), settings).items():
        if principal.person not in people:
            continue
        kind = "role" if principal.is_role else "user"
        files = {file_of[grant.kind, grant.dataset] for grant in grants}
        try:
            policies = user_policies(principal, grants, theirs, settings)
        except LimitExceededError:
            continue  # a problem of the files, which says so itself
        for number, _, document in policies:
            name, logical = settings.access_policy(kind, principal.name, number), f"{kind}-{principal.name}-{number}"
            because = tuple(sorted(files & causes))
            yield _Resource(_POLICY, logical, name, (document.text,), because)
            attachment = _ROLE_ATTACHMENT if principal.is_role else _USER_ATTACHMENT
            yield _Resource(attachment, logical, name, (), because)


def _of_workloads(catalogue: Catalogue, causes: set[str], settings: Settings) -> Iterator[_Resource]:
    """The roles of readers outside AWS, and the identity providers of their tenants."""
    files: dict[str, set[str]] = {}
    for dataset in catalogue.pull:
        for workload in dataset.workloads:
            files.setdefault(reader_role(workload), set()).add(dataset.file)
            if tenant := tenant_of(workload):
                files.setdefault(tenant, set()).add(dataset.file)
    workloads = workloads_of(catalogue)
    for name, workload in workloads.items():
        because = tuple(sorted(files[name] & causes))
        yield _Resource(_ROLE, name, name, (name, workload_trust(workload, settings).text), because)
    for tenant, audiences in providers_of(workloads.values()).items():
        because = tuple(sorted(files[tenant] & causes))
        yield _Resource(_PROVIDER, f"azure-{tenant}", provider_url(tenant), audiences, because)


def _of_stack(
    catalogue: Catalogue, datasets: Iterable[PushDataset | PullDataset], settings: Settings
) -> Iterator[_Resource]:
    """What there is once in a stack."""
    push = tuple(dataset for dataset in datasets if isinstance(dataset, PushDataset))
    routed = tuple(dataset.file for dataset in push)
    sealed = tuple(dataset.file for dataset in push if dataset.is_sealed(settings))
    bucket, forwarder, export = settings.export_bucket, settings.forwarder, "export-bucket"
    yield _Resource(_BUCKET, export, bucket, (bucket,))
    yield _Resource(_PUBLIC_ACCESS_BLOCK, export, bucket, (bucket,))
    yield _Resource(_VERSIONING, export, bucket, (bucket,))
    yield _Resource(_ENCRYPTION, export, bucket, (bucket,))
    yield _Resource(_LIFECYCLE, export, bucket, (bucket, settings.retention_days))
    yield _Resource(
        _BUCKET_POLICY, export, bucket, (bucket, export_bucket_policy(catalogue.push, settings).text), sealed
    )
    yield _Resource(_NOTIFICATION, "queue", bucket, (bucket,))
    journal = settings.journal_bucket
    yield _Resource(_BUCKET, "journal", journal, (journal,))
    yield _Resource(_PUBLIC_ACCESS_BLOCK, "journal", journal, (journal,))
    yield _Resource(_BUCKET_POLICY, "journal", journal, (journal_bucket_policy(settings).text,))
    yield _Resource(_ENCRYPTION, "journal", journal, (journal,))
    yield _Resource(_LIFECYCLE, "journal", journal, (journal,))
    yield _Resource(_QUEUE, "dead-letters", f"{forwarder}-dead-letters", ())
    yield _Resource(_QUEUE, "queue", forwarder, ())
    yield _Resource(_QUEUE_POLICY, "queue", forwarder, (queue_policy(settings).text,))
    yield _Resource(_LOG_GROUP, "log", settings.forwarder_log_group, (settings.log_retention_days,))
    yield _Resource(_ROLE, "forwarder", forwarder, (forwarder_trust().text,))
    yield _Resource(_ROLE_POLICY, "forwarder", forwarder, (forwarder_policy(settings).text,))
    yield _Resource(
        _FUNCTION,
        "forwarder",
        forwarder,
        (
            routes_of(catalogue.push, settings).to_json(),
            journal,
            settings.forwarder_concurrency,
            settings.multipart_threshold_mib,
            settings.retry_seconds,
        ),
        routed,
    )
    yield _Resource(_FUNCTION_FEED, "queue", forwarder, ())
    yield _Resource(_RULE, "sweep", settings.sweep_rule, (settings.sweep_minutes,))
    yield _Resource(_RULE_TARGET, "sweep", settings.sweep_rule, ())
    for alarm in _ALARMS:
        yield _Resource(_ALARM, alarm, settings.alarm(alarm), (settings.alarm_topic_arn,))
    yield _Resource(_DASHBOARD, "dashboard", forwarder, ())
    if settings.exporter_image is not None:
        yield from _of_runner(settings)


def _of_runner(settings: Settings) -> Iterator[_Resource]:
    """What scheduled exports share."""
    exporter, failures = settings.exporter, settings.exporter_failures
    yield _Resource(_CLUSTER, exporter, exporter, ())
    yield _Resource(_LOG_GROUP, exporter, settings.exporter_log_group, (settings.log_retention_days,))
    yield _Resource(_SCHEDULES, exporter, exporter, ())
    yield _Resource(_QUEUE, failures, failures, ())
    yield _Resource(_QUEUE_POLICY, failures, failures, (failures_policy(settings).text,))
    yield _Resource(_RULE, failures, failures, ())
    yield _Resource(_RULE_TARGET, failures, failures, ())
    yield _Resource(_ALARM, failures, failures, (settings.alarm_topic_arn,))
