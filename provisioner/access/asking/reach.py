"""Who can do what: the grants, told in the verbs that can be asked about."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provisioner.access.asking.action import VERBS
from provisioner.access.asking.answer import Question, request_of
from provisioner.access.asking.identity import Identity, own_roles
from provisioner.access.asking.in_force import identity_policies, resource_policies
from provisioner.access.asking.location import Location, overlap, own_locations
from provisioner.access.evaluation.decision import Outcome, decide
from provisioner.access.grants import Grant, PrincipalKind, Verb, datasets_naming, grants_of, grants_of_dataset
from provisioner.access.policies import identity_statements
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What somebody can do in one place, by one dataset."""

    identity: Identity
    verbs: tuple[str, ...]
    """Of `VERBS`, in their order."""
    bucket: str
    prefix: str
    until: datetime.date | None
    """The last day, UTC; None for no end."""
    dataset: tuple[Kind, str] | None
    """The kind and the name of the dataset that gives it; None where the stack itself does."""


def who_reaches(location: Location, day: datetime.date, catalogue: Catalogue, settings: Settings) -> Iterator[Reach]:
    """Everybody who can do anything at a place on a day, or somewhere under it."""
    grants = (
        grant
        for dataset in location.datasets
        for grant in grants_of_dataset(dataset, settings)
        if grant.bucket == location.bucket and overlap(location.key, grant.prefix)
    )
    yield from _reaches(grants, day, settings)
    if location.ours:
        for role in own_roles(settings):
            yield from _of_own_role(role, [location], day, catalogue, settings)


def reached_by(identity: Identity, day: datetime.date, catalogue: Catalogue, settings: Settings) -> Iterator[Reach]:
    """Everything that somebody can do on a day."""
    concerning = grants_of(_concerning(identity, catalogue, settings), settings)
    yield from _reaches((grant for grant in concerning if identity.is_same(grant.principal, settings)), day, settings)
    if identity in own_roles(settings):
        yield from _of_own_role(identity, own_locations(catalogue, settings), day, catalogue, settings)


def reached_from(account_id: str, day: datetime.date, catalogue: Catalogue, settings: Settings) -> Iterator[Reach]:
    """Everything that anybody of an account can do on a day."""
    grants = (grant for grant in grants_of(catalogue, settings) if grant.principal.account_id == account_id)
    yield from _reaches(grants, day, settings)
    if account_id == settings.account_id:
        for role in own_roles(settings):
            yield from _of_own_role(role, own_locations(catalogue, settings), day, catalogue, settings)


def _concerning(identity: Identity, catalogue: Catalogue, settings: Settings) -> Catalogue:
    """The datasets that may give anything to somebody: few of many."""
    if identity.account_id != settings.account_id:
        listing = (pull for pull in catalogue.pull if any(one.arn == identity.arn for one in pull.pull_arns))
        return Catalogue(push=(), pull=tuple(listing))
    name = identity.name.lower()
    named = datasets_naming({(identity.is_role, name)}, catalogue, settings)
    used = {(dataset.kind, dataset.name) for dataset in named}
    own = name if identity.is_role else None

    def is_own(dataset: PushDataset | PullDataset) -> bool:
        """Whether it is the dataset's delivery role or exporter."""
        return (dataset.scheduled is not None and settings.scheduled_export(dataset.kind, dataset.name) == own) or (
            dataset.kind is Kind.PUSH and settings.delivery_role(dataset.name) == own
        )

    return Catalogue.of(one for one in catalogue if (one.kind, one.name) in used or is_own(one))


def _reaches(grants: Iterable[Grant], day: datetime.date, settings: Settings) -> Iterator[Reach]:
    """The grants of a dataset to one principal in one place as one, in the order in which each is first met."""
    meant = _Verbs(settings)
    verbs: dict[Grant, set[str]] = {}
    for grant in grants:
        if grant.until is None or day <= grant.until:
            verbs.setdefault(grant._replace(verb=Verb.LIST), set()).update(meant.of(grant))
    for grant, given in verbs.items():
        yield Reach(
            identity=Identity.of(grant.principal),
            verbs=tuple(verb for verb in VERBS if verb in given),
            bucket=grant.bucket,
            prefix=grant.prefix,
            until=grant.until,
            dataset=(grant.kind, grant.dataset),
        )


class _Verbs:
    """The verbs whose actions a grant gives, as the policies are made of it: the same for all grants of a kind."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[tuple[PrincipalKind, Verb, bool], frozenset[str]] = {}

    def of(self, grant: Grant) -> frozenset[str]:
        kind = (grant.principal.kind, grant.verb, bool(grant.prefix))
        if kind not in self._known:
            statements = identity_statements([grant], self._settings)
            actions = {action for statement in statements for action in statement["Action"]}
            self._known[kind] = frozenset(verb for verb, action in VERBS.items() if action.name in actions)
        return self._known[kind]


def _of_own_role(
    role: Identity, locations: Iterable[Location], day: datetime.date, catalogue: Catalogue, settings: Settings
) -> Iterator[Reach]:
    """What a role that no dataset names can do with each of some buckets of ours, without any dataset's leave."""
    identity = identity_policies(role, catalogue, settings)
    for location in locations:
        whole = replace(location, key="")
        resource = resource_policies(whole, settings)
        questions = {
            verb: Question(identity=role, action=action, location=whole, day=day) for verb, action in VERBS.items()
        }
        verbs = tuple(
            verb
            for verb, asked in questions.items()
            if decide(request_of(asked, day, settings), identity, resource).outcome is Outcome.ALLOWED
        )
        if verbs:
            yield Reach(identity=role, verbs=verbs, bucket=whole.bucket, prefix="", until=None, dataset=None)
