"""Many grants in few managed policies."""

from collections.abc import Iterable
from typing import Final

from provisioner.access.grants import Grant
from provisioner.access.policies import Document, identity_statements
from provisioner.settings import Settings

MAX_DATASET_SHARE: Final = 1_500
"""No dataset takes more characters of a policy: two statements with their actions, and a bucket's name in each."""

_Listed = tuple[int, str]
"""A resource or prefix, and the number of the statement that lists it."""


def pack(grants: Iterable[Grant], capacity: int, settings: Settings) -> list[list[Grant]]:
    """The grants of one principal, shared out over policies of at most `capacity` characters each.

    A dataset's grants stay together. Datasets come in the order of their names, and each policy is filled before
    the next is begun.
    """
    empty = len(Document(()).text)
    policies: list[list[Grant]] = []
    size = capacity + 1
    held: dict[str, set[_Listed]] = {}
    for added in _by_dataset(grants):
        first = _size(added, settings) - empty
        group, listed = _group(added), _listed(added, settings)
        # In a policy that already has statements for these verbs until this day, only what they do not list is added.
        cost = sum(len(text) + 3 for _, text in listed - held[group]) if group in held else first
        if size + cost > capacity:
            policies.append([])
            size, held, cost = empty, {}, first
        policies[-1] += added
        held.setdefault(group, set()).update(listed)
        size += cost
    return policies


def _by_dataset(grants: Iterable[Grant]) -> list[list[Grant]]:
    datasets: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants:
        datasets.setdefault((grant.dataset, grant.kind.value), []).append(grant)
    return [datasets[dataset] for dataset in sorted(datasets)]


def _group(grants: Iterable[Grant]) -> str:
    """The same for datasets whose grants share statements."""
    return repr(sorted((grant.principal.kind, grant.verb, str(grant.until), bool(grant.prefix)) for grant in grants))


def _size(grants: Iterable[Grant], settings: Settings) -> int:
    # A Sid ends in the statement's number: room for two more digits, and for the comma between two statements.
    statements = identity_statements(grants, settings)
    return len(Document(tuple(statements)).text) + 3 * len(statements)


def _listed(grants: list[Grant], settings: Settings) -> set[_Listed]:
    """Every resource and prefix that a dataset's statements list; each costs its quotes and a comma too."""
    listed: set[_Listed] = set()
    for number, statement in enumerate(identity_statements(grants, settings)):
        prefixes = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", ())
        listed.update((number, text) for text in (*statement["Resource"], *prefixes))
    return listed
