"""What the stack takes of its account as a whole, and what AWS never allows an account."""

from collections.abc import Iterator
from typing import Final

from provisioner.access.grants import times_named
from provisioner.access.limits import (
    MAX_ACCOUNT_BUCKETS,
    MAX_ACCOUNT_POLICIES,
    MAX_ACCOUNT_ROLES,
    MAX_IDENTITY_PROVIDERS,
)
from provisioner.access.web_identity import providers_of, workloads_of
from provisioner.datasets.model import Catalogue
from provisioner.reading.problem import START, Problem, Rule
from provisioner.settings import Settings, settings_file

ROLES_OF_AN_EXPORT: Final = 3
"""What runs, what starts it, and what keeps the time."""


def roles_in(catalogue: Catalogue) -> int:
    """The roles of a catalogue: of push datasets, of readers outside AWS, of scheduled exports, and the forwarder's."""
    exports = sum(ROLES_OF_AN_EXPORT for dataset in catalogue if dataset.scheduled)
    return len(catalogue.push) + len(workloads_of(catalogue)) + exports + 1


def buckets_in(catalogue: Catalogue) -> int:
    """The buckets of a catalogue: one for each pull dataset, the export bucket and the journal's."""
    return len(catalogue.pull) + 2


def check_account(catalogue: Catalogue, settings: Settings) -> Iterator[Problem]:
    """What no account may have, whatever AWS is asked; what AWS raises is no problem but a matter of `limits`."""
    providers = providers_of(workloads_of(catalogue).values())
    # Everybody has one policy at least; how many more they need, nobody has to know here.
    for count, most, what in (
        (roles_in(catalogue), MAX_ACCOUNT_ROLES, "roles"),
        (len(times_named(catalogue, settings)), MAX_ACCOUNT_POLICIES, "managed policies or more"),
        (buckets_in(catalogue), MAX_ACCOUNT_BUCKETS, "buckets"),
        (len(providers), MAX_IDENTITY_PROVIDERS, "identity providers"),
    ):
        if count > most:
            yield Problem(
                settings_file(settings.stack),
                START,
                Rule.LIMIT_ACCOUNT,
                f"the datasets need {count:,} {what}, AWS allows an account {most:,} at most",
                "deploy some of the datasets from a checkout of their own to another account",
            )
