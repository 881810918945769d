"""What must not be possible at all in a stack, whoever asks and however: a name in words, and the question."""

import datetime
import json
from collections.abc import Iterator

from provisioner.access.grants import OWN_ROLES, Grant, Verb, grants_of, grants_of_dataset
from provisioner.datasets.model import PullDataset
from tests.oracle.callers import EVERYTHING, NOBODYS_ACCOUNT, account_of
from tests.oracle.deployed import Deployed, statements_of
from tests.oracle.matrix import ELSEWHERE
from tests.oracle.prover import Question, everybody_but, everywhere_but

Asked = tuple[str, Question]
_NOTHING = json.dumps({"Version": "2012-10-17", "Statement": []})
_VERBS = {
    "s3:GetObject": {Verb.READ, Verb.DELIVER},
    "s3:PutObject": {Verb.WRITE},
    "s3:DeleteObject": {Verb.WRITE, Verb.DELIVER},
}


def questions(deployed: Deployed) -> Iterator[Asked]:
    """Every question about a stack. The answer to each should be that it cannot be."""
    for pull in deployed.catalogue.pull:
        yield from _pull_bucket(pull, deployed)
    yield from _connections(deployed)
    yield from _own_people(deployed)
    yield from _seals(deployed)
    yield from _trusts(deployed)


def _pull_bucket(pull: PullDataset, deployed: Deployed) -> Iterator[Asked]:
    """Strangers of accounts that are listed and of others, and those who are listed once it has expired."""
    settings = deployed.settings
    bucket = settings.pull_bucket(pull.name)
    listed = [reader.arn for reader in pull.pull_arns]
    accounts = {account_of(arn) for arn in listed} - {settings.account_id}
    for account in sorted({*accounts, NOBODYS_ACCOUNT}):
        stranger = Question(
            principal=f"arn:aws:iam::{account}:role/stranger",
            action="s3:*",
            resource=f"{settings.bucket_arn(bucket)}*",
            policy=deployed.buckets[bucket],
            owner=settings.account_id,
            anybody=True,
            apart_from=(everybody_but(listed),),
        )
        yield f"{bucket}: anybody of {account} but who is listed", stranger
    if pull.expires is not None:
        after = f"{pull.expires + datetime.timedelta(days=1)}T00:00:00Z"
        for arn in sorted(set(listed)):
            if account_of(arn) != settings.account_id:
                late = Question(
                    principal=arn,
                    action="s3:*",
                    resource=f"{settings.bucket_arn(bucket)}*",
                    policy=deployed.buckets[bucket],
                    owner=settings.account_id,
                    context={"aws:CurrentTime": after},
                )
                yield f"{bucket}: {arn} after its last day", late


def _connections(deployed: Deployed) -> Iterator[Asked]:
    """Whoever may do anything, in a bucket of ours over a connection that is not right."""
    ours = deployed.settings.account_id
    ways = {"plain HTTP": {"aws:SecureTransport": "false"}, "TLS 1.1": {"s3:TlsVersion": "1.1"}}
    for bucket in sorted(deployed.buckets):
        arn = deployed.settings.bucket_arn(bucket)
        policy = _without(deployed.buckets[bucket], "Sealed")
        for way, context in ways.items():
            for resource in (arn, f"{arn}/*"):
                yield (
                    f"{resource}: anything over {way}",
                    Question(
                        principal=deployed.settings.role_arn("admin"),
                        action="s3:*",
                        resource=resource,
                        policy=policy,
                        owner=ours,
                        context=context,
                        anybody=True,
                    ),
                )


def _own_people(deployed: Deployed) -> Iterator[Asked]:
    """Users, own readers and delivery roles, in every bucket outside what they are granted there."""
    settings = deployed.settings
    granted: dict[str, list[Grant]] = {}
    for grant in grants_of(deployed.catalogue, settings):
        if grant.principal.account_id == settings.account_id:
            granted.setdefault(grant.principal.arn, []).append(grant)
    for arn, grants in sorted(granted.items()):
        for action, verbs in _VERBS.items():
            allowed = [grant for grant in grants if grant.verb in verbs or _reads_back(grant, action)]
            for bucket in sorted({*deployed.buckets, *deployed.targets, ELSEWHERE}):
                places = {f"{settings.bucket_arn(bucket)}/{one.prefix}*" for one in allowed if one.bucket == bucket}
                everything = f"{settings.bucket_arn(bucket)}/*"
                if everything in places:
                    continue
                yield (
                    f"{arn}: {action} in {bucket} outside its places",
                    Question(
                        principal=arn,
                        action=action,
                        resource=everything,
                        policy=_without(deployed.buckets.get(bucket, _NOTHING), "Deny"),
                        owner=settings.account_id,
                        identity=deployed.identity_of(arn),
                        apart_from=(everywhere_but(sorted(places)),) if places else (),
                    ),
                )


def _without(document: str, denies: str) -> str:
    """The document without the statements that deny and whose Sid begins so; all of them for `Deny`.

    What denies only takes away: what cannot be without it cannot be with it, and the solver is through far sooner.
    """
    kept = [
        one
        for one in statements_of(document)
        if one["Effect"] == "Allow" or not (denies == "Deny" or one["Sid"].startswith(denies))
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": kept})


def _reads_back(grant: Grant, action: str) -> bool:
    """A delivery role and an exporter read what they wrote, to verify it."""
    return action == "s3:GetObject" and grant.principal.kind in OWN_ROLES and grant.verb is Verb.WRITE


def _seals(deployed: Deployed) -> Iterator[Asked]:
    """Anybody of our account, whatever it may do, with sealed data that is not its own."""
    settings = deployed.settings
    glass = [settings.role_arn(settings.break_glass_role)] if settings.break_glass_role else []
    for dataset in deployed.catalogue:
        if not dataset.is_sealed(settings):
            continue
        bucket = settings.pull_bucket(dataset.name) if isinstance(dataset, PullDataset) else settings.export_bucket
        prefix = "" if isinstance(dataset, PullDataset) else f"{dataset.name}/"
        insiders = {grant.principal.arn for grant in grants_of_dataset(dataset, settings)}
        for action in _VERBS:
            yield (
                f"{dataset.name}, sealed: {action} by anybody of our account but its own people",
                Question(
                    principal=settings.role_arn("admin"),
                    action=action,
                    resource=f"{settings.bucket_arn(bucket)}/{prefix}*",
                    policy=deployed.buckets[bucket],
                    owner=settings.account_id,
                    anybody=True,
                    apart_from=(everybody_but(sorted({*insiders, *glass})),),
                ),
            )


def _trusts(deployed: Deployed) -> Iterator[Asked]:
    """Anybody of our account or of another, as a role that the program makes."""
    settings = deployed.settings
    for role, trust in sorted(deployed.trusts.items()):
        for account in (settings.account_id, NOBODYS_ACCOUNT):
            yield (
                f"{role}: anybody of {account} but the forwarder works as it",
                Question(
                    principal=f"arn:aws:iam::{account}:role/admin",
                    action="sts:AssumeRole*",
                    resource=settings.role_arn(role),
                    policy=trust,
                    owner=settings.account_id,
                    identity=(EVERYTHING,),
                    anybody=True,
                    trust=True,
                    apart_from=(everybody_but([settings.role_arn(settings.forwarder)]),),
                ),
            )
