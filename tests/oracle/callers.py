"""Who asks: everybody whom a catalogue names, and everybody else of whom one would want to know."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from provisioner.access.deployment import WorkflowKind, workflow_role
from provisioner.access.grants import grants_of
from provisioner.access.policies import reader_policy
from tests.oracle.deployed import Deployed
from tests.support import OTHERS, THEIRS

EVERYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
"""What an administrator has."""
NOBODYS_ACCOUNT: Final = "555566667777"
"""An account that no dataset names."""


class Rank(Enum):
    """By what somebody may do what it may: what tests expect differs."""

    GRANTED = auto()
    """By grants and nothing else; strangers have none."""
    FORWARDER = auto()
    DEPLOY = auto()
    """The role of the workflow that applies."""
    ADMINISTRATOR = auto()
    """By a policy of our account that allows everything."""
    BREAK_GLASS = auto()
    """The same, and named in the settings."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody with credentials, or nobody with none."""

    words: str
    principal: str | None
    """As the request comes: the session of a role, a user, a root user; None for nobody."""
    arn: str
    """Whose request it is, as `aws:PrincipalArn` says: of a session, the ARN of its role with the path."""
    identity: tuple[str, ...]
    """The documents attached to it."""
    rank: Rank = Rank.GRANTED
    unique_id: str = "AROA1EXAMPLE"
    """What IAM calls it inside: another one for a role that was deleted and made anew."""

    @property
    def user_id(self) -> str:
        """`aws:userid`, as IAM User Guide, "AWS global condition context keys" has it."""
        return f"{self.unique_id}:session" if self.principal and ":assumed-role/" in self.principal else self.unique_id


def session(arn: str) -> str:
    """The ARN of a session of a role; IAM users and roots work as themselves."""
    *_, account, resource = arn.split(":")
    kind, _, path = resource.partition("/")
    return f"arn:aws:sts::{account}:assumed-role/{path.rpartition('/')[2]}/session" if kind == "role" else arn


def account_of(arn: str) -> str:
    """The account in an ARN."""
    return arn.split(":")[4]


def callers(deployed: Deployed) -> Iterator[Caller]:
    """Everybody who asks."""
    yield from _named(deployed)
    yield from _readers_as_told(deployed)
    yield from _strangers(deployed)
    yield from _staff(deployed)


def _named(deployed: Deployed) -> Iterator[Caller]:
    """Everybody whom a grant names. In other accounts they may do whatever we let them."""
    ours = deployed.settings.account_id
    for arn in sorted({grant.principal.arn for grant in grants_of(deployed.catalogue, deployed.settings)}):
        identity = deployed.identity_of(arn) if account_of(arn) == ours else (EVERYTHING,)
        yield Caller(words=f"{arn} that is named", principal=session(arn), arn=arn, identity=identity)
        if account_of(arn) != ours:
            yield Caller(
                words=f"{arn}, deleted and made anew",
                principal=session(arn),
                arn=arn,
                identity=identity,
                unique_id="AROA2EXAMPLE",
            )


def _readers_as_told(deployed: Deployed) -> Iterator[Caller]:
    """The outside readers with exactly what `provisioner explain` tells their owners to attach."""
    told: dict[str, tuple[str, ...]] = {}
    for pull in deployed.catalogue.pull:
        for reader in pull.pull_arns:
            if reader.account_id != deployed.settings.account_id and not pull.retired:
                told[reader.arn] = (*told.get(reader.arn, ()), reader_policy(pull, deployed.settings).text)
    for arn, identity in sorted(told.items()):
        yield Caller(words=f"{arn} with what it is told", principal=session(arn), arn=arn, identity=identity)


def _strangers(deployed: Deployed) -> Iterator[Caller]:
    """Those whom no dataset names, of accounts that are named and others; each may do anything that we let it."""
    ours = deployed.settings.account_id
    named = {reader.arn for pull in deployed.catalogue.pull for reader in pull.pull_arns}
    strangers: dict[str, str] = {}
    for account in {THEIRS, OTHERS, NOBODYS_ACCOUNT, *map(account_of, named)} - {ours}:
        strangers[f"arn:aws:iam::{account}:root"] = "the root user"
        strangers[f"arn:aws:iam::{account}:role/unlisted"] = "a stranger"
    for arn in named:
        # Their sessions have the same ARN: what tells them apart is the path of the role.
        root, kind, name = arn.partition("role/")
        if "/" in name and account_of(arn) != ours:
            strangers[f"{root}{kind}{name.rpartition('/')[2]}"] = "a role of a reader's name without its path"
    for arn in sorted(strangers.keys() - named):
        yield Caller(words=f"{strangers[arn]}, {arn}", principal=session(arn), arn=arn, identity=(EVERYTHING,))
    arn = f"arn:aws:iam::{ours}:role/unlisted"
    yield Caller(words="a role of ours with no policy", principal=session(arn), arn=arn, identity=())
    yield Caller(words="anybody, without credentials", principal=None, arn="", identity=())


def _staff(deployed: Deployed) -> Iterator[Caller]:
    """Roles of our account that no dataset names, and that may do something nevertheless."""
    settings = deployed.settings
    forwarder = settings.role_arn(settings.forwarder)
    deploy = workflow_role(WorkflowKind.APPLY, settings)
    policies = tuple(document.text for document in deploy.documents)
    yield _of_ours("the forwarder", forwarder, deployed.identity_of(forwarder), Rank.FORWARDER)
    yield _of_ours("the role that deploys", deploy.arn, policies, Rank.DEPLOY)
    yield _of_ours("an administrator", settings.role_arn("admin"), (EVERYTHING,), Rank.ADMINISTRATOR)
    if settings.break_glass_role is not None:
        arn = settings.role_arn(settings.break_glass_role)
        yield _of_ours("the break-glass role", arn, (EVERYTHING,), Rank.BREAK_GLASS)


def _of_ours(words: str, arn: str, identity: tuple[str, ...], rank: Rank) -> Caller:
    return Caller(words=words, principal=session(arn), arn=arn, identity=identity, rank=rank)
