"""A dataset in words, for the analyst who wrote it and the team that receives it."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from provisioner.access.delivery import target_bucket_policy, target_key_policy
from provisioner.access.grants import grants_of_dataset
from provisioner.access.policies import Document, reader_policy
from provisioner.access.web_identity import tenant_of
from provisioner.changes.account import account_words
from provisioner.datasets.model import GoogleReader, PullDataset, PushDataset, Reader
from provisioner.reading.printable import listed
from provisioner.reporting.json_text import json_text
from provisioner.reporting.principals import who_is
from provisioner.reporting.terminal import Style
from provisioner.reporting.workload_steps import other_clouds
from provisioner.settings import Settings

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def other_side(dataset: PushDataset | PullDataset, settings: Settings) -> list[tuple[str, Document]]:
    """What the receiving team must add, each document with the place where it goes."""
    if isinstance(dataset, PushDataset):
        documents = [(f"the policy of the bucket {dataset.bucket}", target_bucket_policy(dataset, settings))]
        key_policy = target_key_policy(dataset, settings)
        if key_policy is not None:
            documents.append((f"the policy of the key {dataset.kms_key_arn}", key_policy))
        return documents
    outside = [reader for reader in dataset.pull_arns if reader.account_id != settings.account_id]
    if dataset.retired or not outside:
        return []
    names = ", ".join(_in_its_account(reader, settings) for reader in outside)
    return [(f"the identity policy of {names}", reader_policy(dataset, settings))]


def _in_its_account(reader: Reader, settings: Settings) -> str:
    """Whose policy it is, and how it is changed: a role of IAM Identity Center is changed by its permission set."""
    account = settings.account_name(reader.account_id) or reader.account_id
    behind = "the permission set of " if ":role/aws-reserved/" in reader.arn else ""
    return f"{behind}{reader.kind}/{reader.name} of {account}"


def commands(dataset: PushDataset | PullDataset, settings: Settings) -> list[str]:
    """Commands of the AWS CLI that its users can run as they stand."""
    if isinstance(dataset, PushDataset):
        where = f"s3://{settings.export_bucket}/{dataset.prefix}"
        put = [f"echo hello | aws s3 cp - {where}hello.txt"]
        return [*([] if dataset.retired else put), f"aws s3 ls {where}"]
    where = f"s3://{settings.pull_bucket(dataset.name)}/"
    if dataset.retired:
        return [f"aws s3 ls {where}"]
    return [
        f"echo hello | aws s3 cp - {where}hello.txt",
        f"aws s3 ls {where}",
        f"aws s3 cp {where}hello.txt -",
        f"aws s3 rm {where}hello.txt",
    ]


def as_json(datasets: Iterable[PushDataset | PullDataset], settings: Settings, _style: Style) -> str:
    """An object with the datasets, each with its grants, its commands and the other side's documents."""
    every = [explained(dataset, settings) for dataset in datasets]
    return json_text({"version": JSON_VERSION, "datasets": every}) + "\n"


def explained(dataset: PushDataset | PullDataset, settings: Settings) -> dict[str, Any]:
    """One dataset, as JSON has it."""
    owner = dataset.bucket_account if isinstance(dataset, PushDataset) else None
    clouds = other_clouds(dataset, settings) if isinstance(dataset, PullDataset) else ()
    return {
        "name": dataset.name,
        "kind": dataset.kind.value,
        "file": dataset.file,
        "bucket_account": owner,
        "bucket_account_name": settings.account_name(owner) if owner else None,
        "other_side": [
            {"add_to": place, "document": document.body} for place, document in other_side(dataset, settings)
        ],
        "grants": [
            {
                "principal": grant.principal.arn,
                "as": grant.principal.kind.value,
                "verb": grant.verb.value,
                "bucket": grant.bucket,
                "prefix": grant.prefix,
                "until": grant.until.isoformat() if grant.until else None,
            }
            for grant in grants_of_dataset(dataset, settings)
        ],
        "commands": commands(dataset, settings),
        "other_clouds": [
            {
                "cloud": "google" if isinstance(cloud.workload, GoogleReader) else "azure",
                "tenant": tenant_of(cloud.workload),
                "identity": cloud.workload.identity,
                "audience": cloud.workload.audience,
                "role_arn": cloud.role_arn,
                "steps": [{"do": step.words, "lines": list(step.lines)} for step in cloud.steps],
            }
            for cloud in clouds
        ],
    }


def as_text(datasets: Iterable[PushDataset | PullDataset], settings: Settings, style: Style) -> str:
    """The datasets in words, one after the other."""
    return "\n".join("\n".join(_paragraphs(dataset, settings, style)) + "\n" for dataset in datasets)


def _paragraphs(dataset: PushDataset | PullDataset, settings: Settings, style: Style) -> Iterator[str]:
    yield style.bold(f"{dataset.name}, a {dataset.kind.value} dataset ({dataset.file})")
    for label, value in (
        ("What", dataset.description),
        ("Ask", dataset.contact),
        ("Agreed in", ", ".join(dataset.paperwork)),
    ):
        if value:
            yield f"  {label}: {value}"
    if dataset.retired:
        yield "  Retired: outside access and user writes have ended."
    yield ""
    yield style.bold("Where")
    yield from _where(dataset, settings)
    yield ""
    yield style.bold("Who may do what")
    yield from _who(dataset, settings)
    yield ""
    yield style.bold("For its users: try it with the AWS CLI")
    yield from (f"  {command}" for command in commands(dataset, settings))
    if isinstance(dataset, PushDataset) and not dataset.keep_files:
        yield "  (What is delivered is no longer listed here.)"
    yield ""
    yield style.bold("For the receiving team")
    yield from _receiving(dataset, settings)


def _where(dataset: PushDataset | PullDataset, settings: Settings) -> Iterator[str]:
    if isinstance(dataset, PullDataset):
        yield f"  s3://{settings.pull_bucket(dataset.name)}/, a bucket of its own in {settings.region}"
        if dataset.bucket_versioning:
            yield f"  Earlier versions of its files stay for {settings.retention_days} days."
        if dataset.is_sealed(settings):
            yield _sealed(settings)
        return
    yield f"  Users write under s3://{settings.export_bucket}/{dataset.prefix}"
    yield f"  Files are copied to  s3://{dataset.bucket}/{dataset.prefix}"
    if dataset.bucket_account is not None:
        yield f"  in {account_words(dataset.bucket_account, settings).plain}"
    if dataset.keep_files:
        yield "  and stay in the export bucket too."
    else:
        yield "  and deleted from the export bucket once the copy is verified."
    if dataset.is_sealed(settings):
        yield _sealed(settings)


def _sealed(settings: Settings) -> str:
    role = settings.break_glass_role
    exception = f"; in an emergency, {role} may" if role else ""
    return f"  Sealed: nobody else touches its files here, not even an administrator of our account{exception}."


def _who(dataset: PushDataset | PullDataset, settings: Settings) -> Iterator[str]:
    verbs: dict[tuple[str, str], list[str]] = {}
    for grant in grants_of_dataset(dataset, settings):
        until = f" until the end of {grant.until} (UTC)" if grant.until else ""
        place = f"s3://{grant.bucket}/{grant.prefix}{until}"
        verbs.setdefault((who_is(grant.principal, settings).plain, place), []).append(grant.verb.value)
    people: dict[str, list[str]] = {}
    for (who, place), words in verbs.items():
        people.setdefault(f"may {listed(words)} {place}", []).append(who)
    for what, names in people.items():
        yield from (f"  {name}" for name in names)
        yield f"    {what}"


def _receiving(dataset: PushDataset | PullDataset, settings: Settings) -> Iterator[str]:
    documents = other_side(dataset, settings)
    clouds = [*other_clouds(dataset, settings)] if isinstance(dataset, PullDataset) else []
    if not documents and not clouds:
        yield "  There is nothing to add."
        return
    if isinstance(dataset, PushDataset):
        yield f"  Files arrive under s3://{dataset.bucket}/{dataset.prefix}, written by the role"
        yield f"  {settings.delivery_role_arn(dataset.name)}."
        yield "  It reads back what it wrote, to verify it."
        yield from _owner(dataset, settings)
        yield "  The bucket's object ownership must be 'Bucket owner enforced', which is S3's default:"
        yield "  otherwise its owner cannot read what arrives."
    for place, document in documents:
        yield (
            f"  Add this statement to {place}:"
            if len(document.statements) == 1
            else f"  Add these statements to {place}:"
        )
        shown: Any = list(document.statements) if len(document.statements) > 1 else document.statements[0]
        yield from (f"    {line}" for line in json_text(shown).splitlines())
    if isinstance(dataset, PullDataset) and documents:
        yield f"  Then: aws s3 ls s3://{settings.pull_bucket(dataset.name)}/"
    for cloud in clouds:
        yield f"  For {cloud.who}, which works as {cloud.role_arn}:"
        for step in cloud.steps:
            yield f"    {step.words}"
            yield from (f"      {line}" for line in step.lines)


def _owner(dataset: PushDataset, settings: Settings) -> Iterator[str]:
    """What protects the files from a stranger's bucket of the same name."""
    if dataset.bucket_account is None:
        yield "  The dataset's file does not say which account owns the bucket. If the bucket is ever deleted, whoever"
        yield "  makes one of its name receives the files: tell us its account's id, for 'bucket_account'."
    else:
        owner = account_words(dataset.bucket_account, settings).plain
        yield f"  It writes only while the bucket is owned by {owner}:"
        yield "  before the bucket moves to another account, tell us, for 'bucket_account'."


FORMATS: Final = {"text": as_text, "json": as_json}
