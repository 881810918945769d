"""Where data lies and how it leaves: buckets and delivery roles."""

from collections.abc import Iterator
from typing import Final

from provisioner.access.delivery import delivery_policy
from provisioner.access.exporting import roles_of_export
from provisioner.access.grants import workload_principals
from provisioner.access.policies import export_bucket_policy, pull_bucket_policy
from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.live.documents import says
from provisioner.live.finding import APPLY_OR_CHANGE, Check, Finding, finding_at
from provisioner.live.observed import Observed
from provisioner.reading.problem import START
from provisioner.settings import Settings, settings_file

_APPLY: Final = "Apply, or read what the last apply said of this dataset"


def pull_bucket_findings(dataset: PullDataset, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the bucket of a pull dataset."""
    bucket = settings.pull_bucket(dataset.name)
    if bucket in observed.taken:
        yield finding_at(
            Check.BUCKET_TAKEN,
            dataset,
            "name",
            sentence("the bucket {} of {} belongs to somebody else", bucket, dataset.name),
            "Give the dataset another name: bucket names are unique in all of AWS",
        )
    elif observed.buckets is not None and bucket not in observed.buckets:
        what = sentence("the bucket {} of {} is not there", bucket, dataset.name)
        yield finding_at(Check.NOT_DEPLOYED, dataset, "name", what, _APPLY)
    elif bucket in observed.bucket_policies and says(observed.bucket_policies[bucket]) != says(
        pull_bucket_policy(dataset, settings).body
    ):
        what = sentence("the policy of the bucket {} is not what {} says", bucket, dataset.file)
        yield finding_at(Check.DEPLOYED_OTHERWISE, dataset, "name", what, APPLY_OR_CHANGE)


def delivery_role_findings(dataset: PushDataset, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the delivery role of a push dataset."""
    role = settings.delivery_role(dataset.name)
    if observed.roles is not None and role.lower() not in observed.roles:
        what = sentence("the delivery role {} of {} is not there", role, dataset.name)
        yield finding_at(Check.NOT_DEPLOYED, dataset, "name", what, _APPLY)
    elif role in observed.delivery_policies and says(observed.delivery_policies[role]) != says(
        delivery_policy(dataset, settings).body
    ):
        what = sentence("what the delivery role {} may do is not what {} says", role, dataset.file)
        yield finding_at(Check.DEPLOYED_OTHERWISE, dataset, "name", what, APPLY_OR_CHANGE)


def export_findings(dataset: PushDataset | PullDataset, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the roles of a scheduled export."""
    for role, (_, policy) in roles_of_export(dataset, settings).items():
        if observed.roles is not None and role.lower() not in observed.roles:
            what = sentence("the role {} of the export of {} is not there", role, dataset.name)
            yield finding_at(Check.NOT_DEPLOYED, dataset, "export", what, _APPLY)
        elif role in observed.export_policies and says(observed.export_policies[role]) != says(policy.body):
            what = sentence("what the role {} may do is not what {} says", role, dataset.file)
            yield finding_at(Check.DEPLOYED_OTHERWISE, dataset, "export", what, APPLY_OR_CHANGE)


def reader_role_findings(dataset: PullDataset, observed: Observed, settings: Settings) -> Iterator[Finding]:
    """The roles that readers outside AWS work as, where they are not there."""
    if observed.roles is None or dataset.retired:
        return
    for principal in workload_principals(dataset, settings):
        if principal.name.lower() not in observed.roles:
            what = sentence("the reader role {} of {} is not there", principal.name, dataset.name)
            yield finding_at(Check.NOT_DEPLOYED, dataset, principal.key, what, _APPLY)


def export_bucket_findings(
    chosen: Catalogue, catalogue: Catalogue, observed: Observed, settings: Settings
) -> Iterator[Finding]:
    """What is wrong with the export bucket, for some push datasets of a catalogue."""
    bucket = settings.export_bucket
    if bucket in observed.taken:
        yield _of_all(
            Check.BUCKET_TAKEN,
            sentence("the export bucket {} belongs to somebody else", bucket),
            "Write another name as 'export_bucket' into the settings",
            settings,
        )
    elif observed.buckets is not None and bucket not in observed.buckets:
        yield _of_all(Check.NOT_DEPLOYED, sentence("the export bucket {} is not there", bucket), "Apply", settings)
    elif bucket in observed.bucket_policies:
        deployed = says(observed.bucket_policies[bucket])
        if deployed == says(export_bucket_policy(catalogue.push, settings).body):
            return
        unsealed = [
            dataset
            for dataset in chosen.push
            if dataset.is_sealed(settings) and not says(export_bucket_policy([dataset], settings).body) <= deployed
        ]
        for dataset in unsealed:
            what = sentence(
                "the policy of the export bucket {} does not seal {} as its file says", bucket, dataset.name
            )
            yield finding_at(Check.DEPLOYED_OTHERWISE, dataset, "sealed", what, APPLY_OR_CHANGE)
        if not unsealed:
            what = sentence("the policy of the export bucket {} is not what the files say", bucket)
            yield _of_all(Check.DEPLOYED_OTHERWISE, what, APPLY_OR_CHANGE, settings)


def _of_all(check: Check, what: Sentence, advice: str, settings: Settings) -> Finding:
    """A finding that concerns every push dataset."""
    file = settings_file(settings.stack)
    return Finding(check=check, file=file, place=START, dataset=None, what=what, advice=sentence(advice))
