"""Who is asked about: a role or a user, by ARN or by name."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from provisioner.access.deployment import WorkflowKind
from provisioner.access.grants import (
    Principal,
    delivery_principal,
    exporter_principal,
    reader_principals,
    user_principal,
    workload_principals,
)
from provisioner.access.web_identity import GOOGLE, issuer
from provisioner.datasets.model import Catalogue, GoogleReader, Workload
from provisioner.datasets.rules.readers import parse_reader
from provisioner.failure import UsageError
from provisioner.reading.printable import shown
from provisioner.settings import ACCOUNT_ID, Settings

# IAM User Guide, "IAM identifiers": a session of a role goes by the role's name, without its path.
_SESSION: Final = re.compile(r"arn:([\w-]+):sts::(\d{12}):assumed-role/([\w+=,.@-]{1,64})/[\w+=,.@-]+", re.ASCII)
_HOW: Final = "write the ARN of a role or user, a platform username, or the name of a role of ours"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A role or a user, whether a dataset names it or not."""

    arn: str
    account_id: str
    name: str
    """Without its path."""
    is_role: bool
    principal: Principal | None = None
    """What it is to the datasets, where one of them names it; the first, where it is several things."""

    @classmethod
    def of(cls, principal: Principal) -> "Identity":
        """The identity that a dataset names."""
        return cls(
            arn=principal.arn,
            account_id=principal.account_id,
            name=principal.name,
            is_role=principal.is_role,
            principal=principal,
        )

    def is_same(self, principal: Principal, settings: Settings) -> bool:
        """Whether it is whom a dataset names.

        In our own account it is found by its name, as the policies are attached; elsewhere a bucket's policy asks for
        the very ARN.
        """
        if self.account_id != settings.account_id:
            return self.arn == principal.arn
        return principal.account_id == self.account_id and principal.person == (self.is_role, self.name.lower())


def principals_of(catalogue: Catalogue, settings: Settings) -> Iterator[Principal]:
    """Everybody whom a dataset names, each delivery role and exporter; once for each dataset, but users once."""
    for user in catalogue.users:
        yield user_principal(user, settings)
    for push in catalogue.push:
        yield delivery_principal(push, settings)
    for dataset in catalogue:
        if dataset.scheduled:
            yield exporter_principal(dataset, settings)
    for pull in catalogue.pull:
        yield from reader_principals(pull)
        yield from workload_principals(pull, settings)


def own_roles(settings: Settings) -> list[Identity]:
    """The roles of our account that no dataset names: the forwarder's, the workflows', and the break-glass role.

    Without `repository` in the settings the workflows have none.
    """
    names = [settings.forwarder]
    if settings.repository is not None:
        names += [settings.workflow_role(kind) for kind in WorkflowKind]
    if settings.break_glass_role is not None:
        names.append(settings.break_glass_role)
    return [_role(settings.role_arn(name), settings.account_id) for name in names]


def _role(arn: str, account_id: str) -> Identity:
    return Identity(arn=arn, account_id=account_id, name=arn.rpartition("/")[2], is_role=True)


def is_account(text: str) -> bool:
    """Whether a text is the number of an account."""
    return ACCOUNT_ID.fullmatch(text) is not None


def read_identity(text: str, catalogue: Catalogue, settings: Settings) -> Identity:
    """The role or user that a text names: an ARN, one of a session too, a name, or an identity of another cloud.

    An ARN may be of somebody whom no dataset names; a name may not.

    Raises:
        UsageError: it is no such thing, names nobody, or several; says the nearest, or which.
    """
    if is_account(text):
        raise UsageError(f"'{text}' is a whole account, and no principal: name a role or user of it by its ARN")
    if text.startswith("arn:"):
        return _by_arn(text, catalogue, settings)
    found = identities_named(text, catalogue, settings)
    if not found:
        near = difflib.get_close_matches(text, names_of(catalogue, settings), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UsageError(f"no dataset names '{shown(text)}'{hint}; {_HOW}")
    return the_one(text, found)


def the_one(text: str, found: Sequence[Identity]) -> Identity:
    """Who is named, of those that were found.

    Raises:
        UsageError: they are several.
    """
    if len(found) > 1:
        listed = ", ".join(sorted(one.arn for one in found))
        raise UsageError(f"'{shown(text)}' is several: ask about one of {listed}")
    return found[0]


def identities_named(name: str, catalogue: Catalogue, settings: Settings) -> list[Identity]:
    """Everybody of a name, in whatever capitals; or who works as a workload, such as `accounts.google.com:ID`."""
    wanted = name.lower()
    found: dict[str, Identity] = {}
    for principal in principals_of(catalogue, settings):
        if wanted in (principal.name.lower(), principal.workload and _subject(principal.workload)):
            # Somebody of our own account is one, however files spell the path.
            key = principal.arn if principal.account_id != settings.account_id else str(principal.person)
            found.setdefault(key, Identity.of(principal))
    for role in own_roles(settings):
        if role.name.lower() == wanted:
            found.setdefault(str((True, wanted)), role)
    return [*found.values()]


def _by_arn(arn: str, catalogue: Catalogue, settings: Settings) -> Identity:
    partition = arn.split(":")[1]
    if session := _SESSION.fullmatch(arn):
        named = _of_session(session[2], session[3], catalogue, settings)
    else:
        reader = parse_reader(arn)
        if reader is None:
            raise UsageError(f"'{shown(arn)}' is the ARN of neither a role, a session of one, nor a user; {_HOW}")
        named = Identity(arn=arn, account_id=reader.account_id, name=reader.name, is_role=reader.kind == "role")
    if partition != settings.partition:
        raise UsageError(
            f"'{shown(arn)}' is in the AWS partition {shown(partition)}, and we are in {settings.partition}"
        )
    return _known(named, principals_of(catalogue, settings), settings)


def _of_session(account_id: str, role: str, catalogue: Catalogue, settings: Settings) -> Identity:
    """The role of a session; a path that its ARN may have, a dataset says.

    Raises:
        UsageError: datasets list roles of its name with several paths, and only one of them can be there.
    """
    found = {
        principal.arn: Identity.of(principal)
        for principal in principals_of(catalogue, settings)
        if principal.account_id == account_id and principal.person == (True, role.lower())
    }
    unknown = _role(f"arn:{settings.partition}:iam::{account_id}:role/{role}", account_id)
    return the_one(role, [*found.values()] or [unknown])


def _known(identity: Identity, principals: Iterable[Principal], settings: Settings) -> Identity:
    """The identity, with what it is to the datasets."""
    same = next((principal for principal in principals if identity.is_same(principal, settings)), None)
    return replace(identity, principal=same)


def _subject(workload: Workload) -> str:
    """A reader outside AWS by the issuer of its tokens, and its name there."""
    if isinstance(workload, GoogleReader):
        return f"{GOOGLE}:{workload.service_account_id}"
    return f"{issuer(workload.tenant)}:{workload.object_id}"


def names_of(catalogue: Catalogue, settings: Settings) -> list[str]:
    """The names of everybody whom a dataset or the settings name, sorted."""
    named = {principal.name for principal in principals_of(catalogue, settings)}
    return sorted(named | {role.name for role in own_roles(settings)})
