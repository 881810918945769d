"""Who is there, and what AWS gives them: users, and readers of our own account."""

from collections.abc import Iterator, Mapping, Sequence

from provisioner.access.grants import Grant, reader_principals
from provisioner.access.policies import Document, identity_statements
from provisioner.changes.sentence import sentence
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.live.documents import says
from provisioner.live.finding import APPLY_OR_CHANGE, Check, Finding, finding_at
from provisioner.live.needs import Need, Needs, by_dataset
from provisioner.live.observed import Observed
from provisioner.settings import Settings

_Datasets = Mapping[tuple[Kind, str], PushDataset | PullDataset]


def missing_people(needs: Needs, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """Users and readers who are not there, in every file that names them."""
    for dataset in needs.chosen:
        if observed.roles is not None:
            for user in dataset.users:
                if user.lower() not in observed.roles:
                    yield finding_at(
                        Check.USER_MISSING,
                        dataset,
                        "users",
                        sentence("the user {} of {} has no role in our account", user, dataset.name),
                        "Remove the user from the file if its owner has left; otherwise look at the spelling",
                    )
        if isinstance(dataset, PullDataset) and not dataset.retired:
            yield from _missing_readers(dataset, observed, settings)


def _missing_readers(dataset: PullDataset, observed: Observed, settings: Settings) -> Iterator[Finding]:
    for reader in reader_principals(dataset):
        known = observed.arns(is_role=reader.is_role)
        if reader.account_id != settings.account_id or known is None:
            continue
        there = known.get(reader.name.lower())
        if there is None:
            what = sentence("the reader {} of {} is not in our account", reader.arn, dataset.name)
        elif there.lower() != reader.arn.lower():
            what = sentence("the reader {} of {} is {} in our account", reader.arn, dataset.name, there)
        else:
            continue
        yield finding_at(Check.READER_MISSING, dataset, reader.key, what, "Write its ARN as IAM has it, or remove it")


def access_of_people(needs: Needs, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the managed policies of whoever is there."""
    chosen = {(dataset.kind, dataset.name): dataset for dataset in needs.chosen}
    for who, need in needs.people.items():
        attached = observed.attached.get(who)
        if attached is None:
            continue
        for policy, grants in need.policies.items():
            if policy not in attached:
                yield from _not_attached(need, policy, grants, chosen)
            elif policy in observed.access_policies:
                yield from _otherwise(need, policy, observed, chosen, settings)
        quota = observed.role_quota if who[0] else observed.user_quota
        if quota is not None:
            others = sum(not settings.is_access_policy(name) for name in attached)
            yield from _room(need, others, quota, chosen)


def _not_attached(need: Need, policy: str, grants: Sequence[Grant], chosen: _Datasets) -> Iterator[Finding]:
    for dataset, given in by_dataset(grants, chosen):
        yield finding_at(
            Check.NOT_DEPLOYED,
            dataset,
            given[0].principal.key,
            sentence(
                "{} does not have the policy {}, which gives access to {}", need.principal.name, policy, dataset.name
            ),
            "Apply, or read what the last apply said of this policy",
        )


def _otherwise(need: Need, policy: str, observed: Observed, chosen: _Datasets, settings: Settings) -> Iterator[Finding]:
    """Each dataset that a policy does not give in full; one of them where it gives more than all files together."""
    deployed = says(observed.access_policies[policy])
    if deployed == _meant(need.policies[policy], settings):
        return
    datasets = list(by_dataset(need.policies[policy], chosen))
    lacking = [(dataset, given) for dataset, given in datasets if not _meant(given, settings) <= deployed]
    for dataset, given in lacking or datasets[:1]:
        words = "the policy {} does not give {} what {} says" if lacking else "the policy {} gives {} more than {} says"
        yield finding_at(
            Check.DEPLOYED_OTHERWISE,
            dataset,
            given[0].principal.key,
            sentence(words, policy, need.principal.name, dataset.file),
            APPLY_OR_CHANGE,
        )


def _meant(grants: Sequence[Grant], settings: Settings) -> frozenset[str]:
    return says(Document(tuple(identity_statements(grants, settings))).body)


def _room(need: Need, others: int, quota: int, chosen: _Datasets) -> Iterator[Finding]:
    """Whether AWS attaches as many policies as somebody needs, with those that are not ours."""
    count = len(need.policies)
    if others + count < quota - 1:
        return
    dataset, given = next(one for grants in need.policies.values() for one in by_dataset(grants, chosen))
    needed = f"needs {count:,} managed polic{'ies' if count != 1 else 'y'} for its datasets and has {others:,} others"
    yield finding_at(
        Check.POLICIES_FULL if others + count > quota else Check.POLICIES_NEAR,
        dataset,
        given[0].principal.key,
        sentence("{} " + f"{needed}; AWS attaches {quota:,}", need.principal.name),
        "Have policies that are not needed detached, or ask AWS for a higher quota of managed policies per role",
    )
