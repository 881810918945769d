"""The outside readers of a pull dataset: ARNs of IAM roles and users."""

import re
from functools import lru_cache
from typing import Final

from provisioner.datasets.model import Reader
from provisioner.datasets.rules.draft import Context, Draft
from provisioner.datasets.workload_patterns import READER_ROLE_PREFIX
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule
from provisioner.settings import ACCOUNT_ID

# IAM User Guide, "IAM identifiers" and "IAM and AWS STS quotas": 64 characters of a name, 512 of a path.
_READER: Final = re.compile(
    r"arn:(aws|aws-cn|aws-us-gov):iam::(\d{12}):(role|user)/"
    # The path, its first slash among the 512, then the name.
    r"(?!.{511,}/)((?:[\w+=,.@-]+/)*)([\w+=,.@-]{1,64})",
    re.ASCII,
)
# IAM Identity Center's permission sets, and service-linked roles: IAM attaches no policy of ours to either.
_MANAGED_PATHS: Final = ("aws-reserved/", "aws-service-role/")
_INSTEAD: Final = "write 'arn:aws:iam::123456789012:role/role-name', as the receiving team's AWS console shows it"


@lru_cache(maxsize=4_096)
def parse_reader(arn: str) -> Reader | None:
    """The reader that a right ARN names."""
    match = _READER.fullmatch(arn)
    if match is None:
        return None
    _, account_id, kind, _, name = match.groups()
    return Reader(arn, account_id, kind, name)


def check_readers(draft: Draft, context: Context, report: Report) -> None:
    """Each ARN names one role or user of our partition, and is listed once."""
    arns = draft.values.texts("pull_arns")
    if arns is None:
        return
    listed: dict[str, Place] = {}
    for arn, place in arns.value:
        match = _READER.fullmatch(arn)
        if match is None or match.group(1) != context.settings.partition:
            _say_what_is_wrong(arn, place, context.settings.partition, report)
        elif match.group(2) == context.settings.account_id and match.group(4).startswith(_MANAGED_PATHS):
            report(
                place,
                Rule.ARN_MANAGED,
                "this is a role of our own account that only AWS itself may change",
                "list a role of ours that a policy can be attached to",
            )
        elif match.group(2) == context.settings.account_id and match.group(5).lower().startswith(READER_ROLE_PREFIX):
            # By its ARN, nobody who reads the file or the plan would see that somebody outside AWS is let in.
            report(
                place,
                Rule.ARN_MANAGED,
                "this is a role that a reader outside AWS works as",
                "list the reader itself, under 'pull_google' or 'pull_azure'",
            )
        first = listed.setdefault(arn, place)
        if first is not place:
            report(place, Rule.ARN_TWICE, f"this ARN already stands in line {first.line}", "remove one")


def _say_what_is_wrong(arn: str, place: Place, partition: str, report: Report) -> None:
    """Every one of an ARN's faults, each by its own rule."""
    parts = arn.strip().split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        held = "an account id" if ACCOUNT_ID.fullmatch(arn.strip()) else f"'{shown(arn)}'"
        report(place, Rule.ARN_FORMAT, f"an ARN is wanted, this is {held}", _INSTEAD)
        return
    reported = False

    def say(rule: Rule, wrong: str, instead: str) -> None:
        nonlocal reported
        reported = True
        report(place, rule, wrong, instead)

    _, its_partition, service, region, account_id, resource = parts
    if its_partition != partition:
        say(
            Rule.ARN_PARTITION,
            f"'{shown(its_partition)}' is another AWS partition than ours",
            f"write 'arn:{partition}:…'",
        )
    session = resource.startswith("assumed-role/")
    if session:
        role = resource.split("/")[1]
        say(
            Rule.ARN_SESSION,
            "this is the ARN of a session of a role",
            f"write the role's own ARN: 'arn:{partition}:iam::{shown(account_id)}:role/{shown(role)}', "
            "with the role's path where it has one",
        )
    elsewhere = service != "iam" and not session
    if elsewhere:
        say(Rule.ARN_SERVICE, f"'{shown(service)}' is another service than 'iam'", _INSTEAD)
    if "*" in arn or "?" in arn:
        say(Rule.ARN_WILDCARD, "the ARN has a wildcard", "list each role by its full ARN")
    if not elsewhere and not ACCOUNT_ID.fullmatch(account_id) and not set(account_id) & set("*?"):
        number = account_id.isascii() and account_id.isdigit()
        digits = f"has {len(account_id):,} digits" if number else "is not a number"
        say(
            Rule.ARN_ACCOUNT,
            f"account id '{shown(account_id)}' {digits}, AWS account ids have 12"
            if account_id
            else "the ARN has no account id",
            "ask the receiving team for the full ARN",
        )
    if resource == "root":
        say(Rule.ARN_ROOT, "':root' is the whole account", "list the roles that need access, each by its own ARN")
    elif service == "iam" and not session and not resource.startswith(("role/", "user/")):
        kind = resource.partition("/")[0]
        say(Rule.ARN_KIND, f"'{shown(kind)}' is neither a role nor a user", _INSTEAD)
    if not reported or (region and not elsewhere):
        report(place, Rule.ARN_FORMAT, f"'{shown(arn)}' is not an ARN of a role or user", _INSTEAD)
