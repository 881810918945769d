"""The sentences that every way of showing a plan shares."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from provisioner.access.grants import Grant, PrincipalKind, Verb
from provisioner.changes.change import Change, DatasetChange, GrantChange, KeyChange, ResourceChange
from provisioner.changes.plan import Plan
from provisioner.changes.seals import SealChange
from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import PushDataset
from provisioner.reading.printable import listed
from provisioner.reporting.principals import who_is
from provisioner.settings import Settings

_DOES: Final = {Change.COMES: "is added", Change.CHANGES: "changes", Change.GOES: "is deleted"}
MARKS: Final = {Change.COMES: "+", Change.CHANGES: "~", Change.GOES: "-"}

_RESOURCES: Final = {
    "aws:cloudwatch/dashboard:Dashboard": "dashboard",
    "aws:cloudwatch/eventRule:EventRule": "rule of events",
    "aws:cloudwatch/eventTarget:EventTarget": "target of the rule",
    "aws:cloudwatch/logGroup:LogGroup": "log group",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
    "aws:ecs/cluster:Cluster": "cluster of exports",
    "aws:ecs/taskDefinition:TaskDefinition": "task definition",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "identity provider",
    "aws:iam/policy:Policy": "managed policy",
    "aws:iam/role:Role": "role",
    "aws:iam/rolePolicy:RolePolicy": "policy of the role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "attachment to a role of",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "attachment to a user of",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "feed of the function",
    "aws:lambda/function:Function": "function, with its routes,",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "lifecycle of the bucket",
    "aws:s3/bucketNotification:BucketNotification": "notification of the bucket",
    "aws:s3/bucketPolicy:BucketPolicy": "policy of the bucket",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "public access block of the bucket",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "encryption of the "
    "bucket",
    "aws:s3/bucketVersioning:BucketVersioning": "versioning of the bucket",
    "aws:scheduler/schedule:Schedule": "schedule of the export",
    "aws:scheduler/scheduleGroup:ScheduleGroup": "group of schedules",
    "aws:sqs/queue:Queue": "queue",
    "aws:sqs/queuePolicy:QueuePolicy": "policy of the queue",
}


def tally(plan: Plan) -> str:
    """The plan in one line of counts."""
    if plan.settings is None:
        return "the settings have problems: nothing could be compared"
    parts = (
        _counted(plan.datasets, "dataset", {Change.COMES: "added", Change.CHANGES: "changed", Change.GOES: "deleted"}),
        _counted(plan.grants, "grant", {Change.COMES: "gained", Change.GOES: "lost", Change.CHANGES: "with a new end"}),
        _counted(
            plan.resources, "AWS resource", {Change.COMES: "made", Change.CHANGES: "changed", Change.GOES: "deleted"}
        ),
        f"{_number(len(plan.settings_changes), 'setting')} changed" if plan.settings_changes else "",
    )
    return "; ".join(filter(None, parts)) or "nothing changes"


def verdict(plan: Plan) -> str:
    """Whether it can be merged as it is, and what there is to look at, in one line."""
    counts = ((plan.problems, "problem"), (plan.refusals, "refusal"), (plan.risks, "risk"))
    return ", ".join(_number(len(found), word) for found, word in counts if found) or "no risk"


def _counted(
    changes: Iterable[DatasetChange | GrantChange | ResourceChange], noun: str, words: dict[Change, str]
) -> str:
    """Such as `2 datasets added, 1 deleted`; empty if nothing is to be counted."""
    counts = Counter(change.change for change in changes)
    present = [change for change in words if counts[change]]
    return ", ".join(
        f"{_number(counts[change], noun) if at == 0 else f'{counts[change]:,}'} {words[change]}"
        for at, change in enumerate(present)
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


class _Line(NamedTuple):
    """What the grants of one line have in common."""

    change: Change
    kind: PrincipalKind
    arn: str
    bucket: str
    prefix: str
    before: str
    after: str


_PRINCIPAL_ORDER: Final = (
    *(PrincipalKind.READER, PrincipalKind.WORKLOAD, PrincipalKind.USER),
    *(PrincipalKind.EXPORTER, PrincipalKind.DELIVERY),
)
"""Who comes first: those outside, then those whom an analyst knows, then what the tool does for them."""
_VERB_ORDER: Final = (Verb.READ, Verb.WRITE, Verb.DELIVER, Verb.LIST)


class GrantLine(NamedTuple):
    """Grants of one principal in one place that become the same, and the sentence that says so."""

    change: Change
    widens: bool
    files: tuple[str, ...]
    sentence: Sentence


def grant_lines(grants: Iterable[GrantChange], settings: Settings) -> list[GrantLine]:
    """The changed grants in sentences, those of outsiders first."""
    lines: dict[_Line, list[GrantChange]] = {}
    for change in grants:
        grant = change.latest
        key = _Line(
            change.change,
            grant.principal.kind,
            grant.principal.arn,
            grant.bucket,
            grant.prefix,
            _until(change.before),
            _until(change.after),
        )
        lines.setdefault(key, []).append(change)
    ours = settings.account_id

    def order(line: tuple[_Line, list[GrantChange]]) -> tuple[object, ...]:
        key, (first, *_) = line
        return (_PRINCIPAL_ORDER.index(key.kind), first.latest.principal.account_id == ours, first.file, key)

    return [_grant_line(key, changes, settings) for key, changes in sorted(lines.items(), key=order)]


def _grant_line(key: _Line, changes: Sequence[GrantChange], settings: Settings) -> GrantLine:
    who = who_is(changes[0].latest.principal, settings)
    # Whoever reads or writes may list too: to say so each time would hide what matters.
    every = {change.latest.verb for change in changes}
    verbs = sorted(every - {Verb.LIST} or every, key=_VERB_ORDER.index)
    what = listed([f"**{verb}**" for verb in verbs])
    where = "under {}" if key.prefix else "of {}"
    does = {Change.COMES: "gains", Change.GOES: "loses", Change.CHANGES: "keeps"}[key.change]
    words = f"{who.words} {does} {what} {where}"
    place = f"{key.bucket}/{key.prefix}" if key.prefix else key.bucket
    if key.change is Change.CHANGES:
        words += f", {_end(key.after)} instead of {_end(key.before)}"
    elif key.change is Change.COMES and key.after:
        words += f", {_end(key.after)}"
    files = tuple(sorted({change.file for change in changes}))
    return GrantLine(key.change, any(change.widens for change in changes), files, Sentence(words, (*who.names, place)))


def seal_line(seal: SealChange, settings: Settings) -> tuple[Change, Sentence]:
    """What sealing takes from everybody who is not named, and what unsealing gives back to them."""
    dataset = seal.dataset
    if isinstance(dataset, PushDataset):
        place = f"{settings.export_bucket}/{dataset.prefix}"
    else:
        place = settings.pull_bucket(dataset.name)
    if not seal.sealed:
        return Change.COMES, sentence("whoever of our account has rights to all of S3 gains **the data** of {}", place)
    if settings.break_glass_role is None:
        return Change.GOES, sentence("everybody whom its file does not name loses **the data** of {}", place)
    words = "everybody whom its file does not name, but for {}, loses **the data** of {}"
    return Change.GOES, sentence(words, settings.break_glass_role, place)


def _until(grant: Grant | None) -> str:
    return str(grant.until) if grant and grant.until else ""


def _end(until: str) -> str:
    return f"until the end of {until} (UTC)" if until else "without end"


def dataset_line(change: DatasetChange) -> Sentence:
    """A dataset, and what becomes of it."""
    dataset = change.latest
    does = "is retired" if change.retires else _DOES[change.change]
    return sentence(f"the {dataset.kind.value} dataset {{}} {does} ({{}})", dataset.name, dataset.file)


def key_line(change: KeyChange, settings: Settings) -> Sentence:
    """A key or setting, and what it says before and after."""
    before, after = (_value(change.key, value, settings) for value in (change.before, change.after))
    if change.before is None:
        return Sentence(f"{{}}: + {after.words}", (change.key, *after.names))
    if change.after is None:
        return Sentence(f"{{}}: - {before.words}", (change.key, *before.names))
    return Sentence(f"{{}}: {after.words}, before {before.words}", (change.key, *after.names, *before.names))


def _value(key: str, value: str | None, settings: Settings) -> Sentence:
    """What a key says; of an account also the name that people know it by."""
    if key == "bucket_account" and value is not None and (known := settings.account_name(value)):
        return sentence("{} ({:plain})", value, known)
    return sentence("{}", value)


def resource_line(change: ResourceChange) -> Sentence:
    """An AWS resource, by what it is and its name."""
    return sentence(f"{_RESOURCES[change.type]} {{}}", change.name)
