"""What AWS answered, judged by what the datasets need. Pure: the same answers give the same findings."""

from collections import Counter

from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import Catalogue
from provisioner.live.finding import Finding
from provisioner.live.needs import Needs
from provisioner.live.observed import Observed
from provisioner.live.people import access_of_people, missing_people
from provisioner.live.places import (
    delivery_role_findings,
    export_bucket_findings,
    export_findings,
    pull_bucket_findings,
    reader_role_findings,
)
from provisioner.settings import Settings


def judge(needs: Needs, observed: Observed, catalogue: Catalogue, settings: Settings) -> tuple[Finding, ...]:
    """Every finding about what is needed of a catalogue, by file and place."""
    found = [
        *missing_people(needs, observed, settings),
        *access_of_people(needs, observed, settings),
        *(finding for one in needs.chosen.pull for finding in pull_bucket_findings(one, observed, settings)),
        *(finding for one in needs.chosen.pull for finding in reader_role_findings(one, observed, settings)),
        *(finding for one in needs.chosen for finding in export_findings(one, observed, settings)),
        *(finding for one in needs.chosen.push for finding in delivery_role_findings(one, observed, settings)),
    ]
    if needs.chosen.push:
        found += export_bucket_findings(needs.chosen, catalogue, observed, settings)
    return tuple(sorted(found, key=lambda finding: finding.order))


def notes(needs: Needs, settings: Settings) -> tuple[Sentence, ...]:
    """What cannot be known from our account."""
    outside = Counter(
        reader.account_id
        for dataset in needs.chosen.pull
        for reader in dataset.pull_arns
        if reader.account_id != settings.account_id and not dataset.retired
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
