"""What AWS answered, judged by what the datasets need. Pure: the same answers give the same findings."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from provisioner.access.delivery import delivery_policy
from provisioner.access.grants import PrincipalKind
from provisioner.access.policies import Document, export_bucket_policy, pull_bucket_policy
from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.live.finding import Check, Finding
from provisioner.live.needs import Needs
from provisioner.live.observed import Observed, Person
from provisioner.reading.document import START
from provisioner.settings import Settings, settings_file


def judge(needs: Needs, observed: Observed, catalogue: Catalogue, settings: Settings) -> tuple[Finding, ...]:
    """Every finding, by file and place."""
    found = [
        *_people(needs, observed, settings),
        *_policies(needs, observed, settings),
        *(finding for one in needs.chosen.pull for finding in _pull(one, observed, settings)),
        *(finding for one in needs.chosen.push for finding in _push(one, observed, settings)),
    ]
    if needs.chosen.push:
        found += _export_bucket(observed, catalogue, settings)
    return tuple(sorted(found, key=lambda finding: finding.order))


def notes(needs: Needs, settings: Settings) -> tuple[Sentence, ...]:
    """What cannot be known from our account."""
    outside = Counter(
        reader.account_id
        for dataset in needs.chosen.pull
        for reader in dataset.pull_arns
        if reader.account_id != settings.account_id
    )
    if not outside:
        return ()
    readers, accounts = outside.total(), len(outside)
    return (
        sentence(
            f"{readers:,} reader{'s' * (readers != 1)} in {accounts:,} other account{'s' * (accounts != 1)} "
            "cannot be looked up from here"
        ),
    )


def _at(check: Check, dataset: PushDataset | PullDataset, key: str, what: Sentence, advice: str) -> Finding:
    place = dataset.places.get(key, START)
    return Finding(
        check=check, file=dataset.file, place=place, dataset=dataset.name, what=what, advice=sentence(advice)
    )


def _people(needs: Needs, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """Users and readers who are not there, in every file that names them."""
    if observed.arns is None:
        return
    for dataset in needs.chosen:
        for user in dataset.users:
            if (True, user.lower()) not in observed.arns:
                yield _at(
                    Check.USER_MISSING,
                    dataset,
                    "users",
                    sentence("the user {} of {} has no role in our account", user, dataset.name),
                    "Remove the user from the file if its owner has left; otherwise look at the spelling",
                )
        for reader in dataset.pull_arns if isinstance(dataset, PullDataset) else ():
            there = observed.arns.get((reader.kind == "role", reader.name.lower()))
            if reader.account_id == settings.account_id and (there is None or there.lower() != reader.arn.lower()):
                what = sentence("the reader {} of {} is not in our account", reader.arn, dataset.name)
                if there is not None:
                    what = sentence("the reader {} of {} is {} in our account", reader.arn, dataset.name, there)
                yield _at(Check.READER_MISSING, dataset, "pull_arns", what, "Write its ARN as IAM has it, or remove it")


def _policies(needs: Needs, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """Managed policies that are not attached, and people who will have, or nearly have, too many."""
    for who, (principal, count) in needs.people.items():
        attached = observed.attached.get(who)
        if attached is None:
            continue
        kind = "role" if principal.is_role else "user"
        ours = [settings.access_policy(kind, principal.name, number) for number in range(1, count + 1)]
        dataset = _first_naming(needs.chosen, who, settings)
        key = "users" if principal.kind is PrincipalKind.USER else "pull_arns"
        missing = [name for name in ours if name not in attached]
        if missing:
            yield _at(
                Check.NOT_DEPLOYED,
                dataset,
                key,
                sentence(
                    "{} does not have the policy {}, which gives access to {}", principal.name, missing[0], dataset.name
                ),
                "Apply, or read what the last apply said of this policy",
            )
        others = sum(not settings.is_access_policy(name) for name in attached)
        quota = observed.role_quota if principal.is_role else observed.user_quota
        if quota is None or others + count < quota - 1:
            continue
        needed = (
            f"needs {count:,} managed polic{'ies' if count != 1 else 'y'} for its datasets and has {others:,} others"
        )
        yield _at(
            Check.POLICIES_FULL if others + count > quota else Check.POLICIES_NEAR,
            dataset,
            key,
            sentence("{} " + f"{needed}; AWS attaches {quota:,}", principal.name),
            "Have policies that are not needed detached, or ask AWS for a higher quota of managed policies per role",
        )


def _first_naming(chosen: Catalogue, who: Person, settings: Settings) -> PushDataset | PullDataset:
    is_role, name = who
    return next(
        dataset
        for dataset in chosen
        if (is_role and name in map(str.lower, dataset.users))
        or (
            isinstance(dataset, PullDataset)
            and any(
                (one.kind == "role", one.name.lower(), one.account_id) == (is_role, name, settings.account_id)
                for one in dataset.pull_arns
            )
        )
    )


def _pull(dataset: PullDataset, observed: Observed, settings: Settings) -> Iterator[Finding]:
    bucket = settings.pull_bucket(dataset.name)
    if bucket in observed.taken:
        yield _at(
            Check.BUCKET_TAKEN,
            dataset,
            "name",
            sentence("the bucket {} of {} belongs to somebody else", bucket, dataset.name),
            "Give the dataset another name: bucket names are unique in all of AWS",
        )
    elif observed.buckets is not None and bucket not in observed.buckets:
        yield _not_deployed(dataset, sentence("the bucket {} of {} is not there", bucket, dataset.name))
    elif bucket in observed.bucket_policies and _differs(
        observed.bucket_policies[bucket], pull_bucket_policy(dataset, settings)
    ):
        yield _otherwise(dataset, sentence("the policy of the bucket {} is not what {} says", bucket, dataset.file))


def _push(dataset: PushDataset, observed: Observed, settings: Settings) -> Iterator[Finding]:
    role = settings.delivery_role(dataset.name)
    if observed.arns is not None and (True, role.lower()) not in observed.arns:
        yield _not_deployed(dataset, sentence("the delivery role {} of {} is not there", role, dataset.name))
    elif role in observed.delivery_policies and _differs(
        observed.delivery_policies[role], delivery_policy(dataset, settings)
    ):
        yield _otherwise(dataset, sentence("what the delivery role {} may do is not what {} says", role, dataset.file))


def _not_deployed(dataset: PushDataset | PullDataset, what: Sentence) -> Finding:
    return _at(Check.NOT_DEPLOYED, dataset, "name", what, "Apply, or read what the last apply said of this dataset")


def _otherwise(dataset: PushDataset | PullDataset, what: Sentence) -> Finding:
    return _at(
        Check.DEPLOYED_OTHERWISE,
        dataset,
        "name",
        what,
        "Apply; if somebody changed it in AWS for a reason, change the file by a pull request first",
    )


def _export_bucket(observed: Observed, catalogue: Catalogue, settings: Settings) -> Iterator[Finding]:
    bucket = settings.export_bucket

    def found(check: Check, words: str, advice: str) -> Finding:
        file = settings_file(settings.stack)
        what = sentence(words, bucket)
        return Finding(check=check, file=file, place=START, dataset=None, what=what, advice=sentence(advice))

    if bucket in observed.taken:
        yield found(
            Check.BUCKET_TAKEN,
            "the export bucket {} belongs to somebody else",
            "Write another name as 'export_bucket' into the settings",
        )
    elif observed.buckets is not None and bucket not in observed.buckets:
        yield found(Check.NOT_DEPLOYED, "the export bucket {} is not there", "Apply")
    elif bucket in observed.bucket_policies and _differs(
        observed.bucket_policies[bucket], export_bucket_policy(catalogue.push, settings)
    ):
        yield found(Check.DEPLOYED_OTHERWISE, "the policy of the export bucket {} is not what the files say", "Apply")


def _differs(deployed: Any, meant: Document) -> bool:
    return deployed is None or _same(deployed) != _same(meant.body)


def _same(value: Any) -> Any:
    """A form that is equal for documents of one meaning: IAM gives lists of one as the item, and sorts them anew."""
    if isinstance(value, dict):
        return frozenset((key, _same(one)) for key, one in value.items())
    if isinstance(value, list):
        return frozenset(item for one in value for item in _same_items(one))
    return frozenset(_same_items(value))


def _same_items(value: Any) -> list[Any]:
    return (
        [_same(value)] if isinstance(value, dict) else [str(value).lower() if isinstance(value, bool) else str(value)]
    )
