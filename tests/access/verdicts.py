"""What the grants say should happen, compared with what the policies make AWS do."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Final

from provisioner.access.grants import Grant, PrincipalKind, Verb, grants_of
from provisioner.datasets.model import Catalogue
from provisioner.settings import Settings
from tests.access.world import DELETE, LIST, NEVER, READ, UPLOADS, WRITE, Ask, World, everybody, places

BEFORE: Final = datetime.date(2027, 1, 1)
"""A day before any dataset expires."""


def wanted(grant: Grant) -> set[str]:
    """The actions that people understand a grant to mean."""
    match grant.principal.kind, grant.verb:
        case _, Verb.LIST:
            return {LIST}
        case _, Verb.READ:
            return {READ}
        case _, Verb.DELIVER:
            return {READ, DELETE}
        case PrincipalKind.USER, Verb.WRITE:
            # Where the whole bucket is theirs they tidy it too.
            return {WRITE} if grant.prefix else {WRITE, DELETE}
        case PrincipalKind.READER | PrincipalKind.WORKLOAD, Verb.WRITE:
            return {WRITE}
        case PrincipalKind.DELIVERY, Verb.WRITE:
            # It reads back what it wrote, and finds its uploads that are not finished.
            return {WRITE, READ, UPLOADS}
        case PrincipalKind.EXPORTER, Verb.WRITE:
            # It reads back what it wrote; what there is under its prefix is the dataset's own.
            return {WRITE, READ}
    raise AssertionError(f"nobody has said what {grant} means")


def is_granted(ask: Ask, grants: Iterable[Grant]) -> bool:
    """Whether one of the grants, all of them the asker's own, covers what is asked."""
    return any(
        ask.bucket == grant.bucket
        # Unfinished uploads are listed of a bucket: AWS cannot be told of a prefix.
        and (ask.action == UPLOADS or ask.key.startswith(grant.prefix))
        and ask.action in wanted(grant)
        and (grant.until is None or ask.day <= grant.until)
        for grant in grants
    )


def is_the_forwarders(ask: Ask, settings: Settings) -> bool:
    """Whether it is the forwarder who asks for what no dataset grants: what it remembers, and the sweep's names."""
    if ask.principal != settings.role_arn(settings.forwarder):
        return False
    if ask.bucket == settings.journal_bucket:
        return ask.action in (READ, WRITE, DELETE, LIST)
    return ask.bucket == settings.export_bucket and ask.action == LIST


def disagreements(world: World, catalogue: Catalogue, settings: Settings) -> list[str]:
    """Each request that is allowed and not granted, or granted and refused."""
    grants: dict[str, list[Grant]] = {}
    for grant in grants_of(catalogue, settings):
        grants.setdefault(grant.principal.arn, []).append(grant)
    return [
        f"{'granted, but refused' if granted else 'allowed, but not granted'}: {ask}"
        for ask in questions(catalogue, settings)
        if (granted := is_granted(ask, grants.get(ask.principal, ())) or is_the_forwarders(ask, settings))
        != world.allows(ask)
    ]


def questions(catalogue: Catalogue, settings: Settings) -> Iterator[Ask]:
    """Everybody asks for everything everywhere, before any dataset expires; and at the ends of each that does."""
    asked = [*places(catalogue, settings)]
    for principal in everybody(catalogue, settings):
        for bucket, key in asked:
            for action in (READ, WRITE, DELETE, LIST):
                yield Ask(principal=principal, action=action, bucket=bucket, key=key, day=BEFORE)
        for bucket in {bucket for bucket, _ in asked}:
            for action in (UPLOADS, *NEVER):
                yield Ask(principal=principal, action=action, bucket=bucket, day=BEFORE)
    for grant in grants_of(catalogue, settings):
        if grant.until is None:
            continue
        for action in sorted(wanted(grant)):
            for day in (grant.until, grant.until + datetime.timedelta(days=1)):
                key = f"{grant.prefix}file.csv"
                yield Ask(principal=grant.principal.arn, action=action, bucket=grant.bucket, key=key, day=day)
