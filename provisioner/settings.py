"""The settings of a stack: one frozen value, read from `Pulumi.<stack>.yaml`."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from provisioner.reading import document
from provisioner.reading.document import MAX_FILE_BYTES, START, Report, read_document
from provisioner.reading.keys import Key, Text, Type, Values, nearest_key, read_values
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Problem, Rule, symbolic_link

PROJECT: Final = "data-engineering-exports"
"""The Pulumi project's name, which every setting carries as its namespace."""

SETTING_KEYS: Final = (
    Key(
        name="account_id",
        type=Type.TEXT,
        required=True,
        description="The AWS account that the datasets live in, 12 digits in quotes. Nothing is deployed to another.",
        example="111122223333",
    ),
    Key(
        name="region",
        type=Type.TEXT,
        default="eu-west-2",
        description="The AWS region of every bucket, queue and function.",
        example="eu-west-2",
    ),
    Key(
        name="bucket_prefix",
        type=Type.TEXT,
        default="mojap",
        description="Begins the name of every bucket of ours: `mojap` makes `mojap-new-project`.",
        example="mojap",
    ),
    Key(
        name="export_bucket",
        type=Type.TEXT,
        default="mojap-hub-exports",
        description="The bucket under whose prefixes the users of push datasets write.",
        example="mojap-hub-exports",
    ),
    Key(
        name="user_prefix",
        type=Type.TEXT,
        default="alpha_user_",
        description="What every username begins with: a text, or a regular expression such as `(alpha|beta)_user_`.",
        example="alpha_user_",
    ),
    Key(
        name="known_accounts",
        type=Type.TEXT_MAP,
        description="The AWS accounts of the receiving teams: 12-digit id to the name that people know.",
        example={'"444455556666"': "Cloud Platform"},
    ),
    Key(
        name="paperwork_required",
        type=Type.FLAG,
        default=False,
        description="Whether every dataset must name its data-sharing agreement in `paperwork`.",
        example=True,
    ),
    Key(
        name="retention_days",
        type=Type.NUMBER,
        default=14,
        description="Days that overwritten, delivered and deleted versions stay in a versioned bucket: the safety net.",
        example=14,
    ),
    Key(
        name="log_retention_days",
        type=Type.NUMBER,
        default=365,
        description="Days that the forwarder's log stays; one of the periods that CloudWatch Logs offers.",
        example=365,
    ),
    Key(
        name="user_policies",
        type=Type.NUMBER,
        default=5,
        description="Managed policies that may be attached to one user; AWS allows 10 for each role by default.",
        example=5,
    ),
    Key(
        name="break_glass_role",
        type=Type.TEXT,
        description="The role of our account (path/name) that may touch the data of sealed datasets in an emergency.",
        example="break-glass",
    ),
    Key(
        name="max_removals",
        type=Type.NUMBER,
        default=5,
        description="Datasets that one pull request may retire or delete without `approvals.yaml` listing them.",
        example=5,
    ),
    Key(
        name="max_removals_percent",
        type=Type.NUMBER,
        default=25,
        description="The same as a share of all datasets, in percent; one is always allowed.",
        example=25,
    ),
    Key(
        name="many_datasets",
        type=Type.NUMBER,
        default=20,
        description="Datasets above which a user or reader who gains access is called out as a risk.",
        example=20,
    ),
    Key(
        name="repository",
        type=Type.TEXT,
        description="This repository on GitHub, whose workflows deploy: OWNER/NAME, or OWNER@ID/NAME@ID as in tokens.",
        example="example-org/data-engineering-exports",
    ),
    Key(
        name="state_bucket",
        type=Type.TEXT,
        description="The bucket in which Pulumi keeps the stack's state.",
        example="example-pulumi-state",
    ),
    Key(
        name="state_key_arn",
        type=Type.TEXT,
        description="The full ARN of the KMS key of the stack's secrets provider.",
        example="arn:aws:kms:eu-west-2:111122223333:key/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f",
    ),
    Key(
        name="tags",
        type=Type.TEXT_MAP,
        description="Tags that every AWS resource carries.",
        example={"business-unit": "Platforms"},
    ),
)

_KEYS: Final = {key.name: key for key in SETTING_KEYS}

ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
KMS_KEY_PATTERN: Final = f"^arn:[a-z-]+:kms:[a-z0-9-]+:{ACCOUNT_ID.pattern}:key/[A-Za-z0-9-]+$"
# GitHub Docs, "Creating a new repository": an owner has 39 characters at most, a repository 100; the ids are those of
# "OpenID Connect", "Immutable subject claims".
_REPOSITORY: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9_.-]{1,100}|@[0-9]{1,20}/[A-Za-z0-9_.-]{1,100}@[0-9]{1,20})"
)
# S3 User Guide, "General purpose bucket naming rules"; a bucket of ours may not end in -an either, an existing one may.
BUCKET_NAME: Final = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
RESERVED_BUCKET_PREFIXES: Final = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_BUCKET_SUFFIXES: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
# AWS General Reference, "Tag naming limits and requirements": characters of a key and of a value, tags of a resource.
MAX_TAG_KEY: Final = 128
MAX_TAG_VALUE: Final = 256
MAX_TAGS: Final = 50
# IAM API Reference, "Tag": what IAM takes; other services take more.
_NOT_IN_TAGS: Final = re.compile(r"[^\w\s.:/=+@-]")
MANAGED_BY: Final = {"managed-by": PROJECT}
"""The tag that every resource carries, and by which the forwarder knows a delivery role for ours."""
# IAM User Guide, "IAM and AWS STS quotas": managed policies of a role, once the quota is raised as far as it goes.
MAX_ATTACHED_POLICIES: Final = 25
# CloudWatch Logs API Reference, PutRetentionPolicy.
LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


_ACCESS_POLICIES: Final = "data-exports-"
DELIVERY_POLICY: Final = "deliver"
"""The name of a delivery role's own policy."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that is set for a stack; see `SETTING_KEYS` for what each means."""

    stack: str
    account_id: str
    region: str = "eu-west-2"
    bucket_prefix: str = "mojap"
    export_bucket: str = "mojap-hub-exports"
    user_prefix: str = "alpha_user_"
    known_accounts: Mapping[str, str] = field(default_factory=dict)
    paperwork_required: bool = False
    retention_days: int = 14
    log_retention_days: int = 365
    user_policies: int = 5
    break_glass_role: str | None = None
    max_removals: int = 5
    max_removals_percent: int = 25
    many_datasets: int = 20
    repository: str | None = None
    state_bucket: str | None = None
    state_key_arn: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def partition(self) -> str:
        """The AWS partition of the region, the second part of every ARN."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def pull_bucket(self, name: str) -> str:
        """The bucket of the pull dataset `name`."""
        return f"{self.bucket_prefix}-{name.replace('_', '-')}"

    def delivery_role(self, name: str) -> str:
        """The role that delivers the push dataset `name`."""
        return f"export_{name}"

    def delivery_role_arn(self, name: str) -> str:
        """The ARN of the role that delivers the push dataset `name`."""
        return self.role_arn(self.delivery_role(name))

    def role_arn(self, role: str) -> str:
        """The ARN of a role of our account that has no path."""
        return self.iam_arn(f"role/{role}")

    def iam_arn(self, resource: str) -> str:
        """The ARN of a thing that IAM keeps for our account, such as `role/NAME` or `policy/NAME`."""
        return f"arn:{self.partition}:iam::{self.account_id}:{resource}"

    def workflow_role(self, kind: str) -> str:
        """The role that a workflow of the repository assumes. Nothing of the stack's own may have such a name."""
        return f"data-exports-{kind}"

    def account_root_arn(self, account_id: str) -> str:
        """The ARN that stands for a whole account in a policy."""
        return f"arn:{self.partition}:iam::{account_id}:root"

    def bucket_arn(self, bucket: str) -> str:
        """The ARN of a bucket."""
        return f"arn:{self.partition}:s3:::{bucket}"

    def regional_arn(self, service: str, resource: str) -> str:
        """The ARN of a thing in our account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def access_policy(self, kind: str, name: str, number: int | Literal["*"]) -> str:
        """The managed policy, counted from 1, that gives a `role` or `user` of our account its datasets."""
        return f"{_ACCESS_POLICIES}{kind}-{name}-{number}"

    def is_access_policy(self, policy: str) -> bool:
        """Whether a managed policy is one of ours."""
        return policy.startswith(_ACCESS_POLICIES)

    @property
    def forwarder(self) -> str:
        """The name of the forwarder's function, role and queue. No delivery role has a hyphen."""
        return "export-forwarder"

    @property
    def dead_letters(self) -> str:
        """The name of the queue of messages that the forwarder could not work off."""
        return f"{self.forwarder}-dead-letters"

    @property
    def forwarder_log_group(self) -> str:
        """The log group of the forwarder."""
        return f"/aws/lambda/{self.forwarder}"

    def account_name(self, account_id: str) -> str | None:
        """The name that people know an account by, if the settings give it."""
        return self.known_accounts.get(account_id)


def settings_file(stack: str) -> str:
    """The name of a stack's settings file."""
    return f"Pulumi.{stack}.yaml"


def load_settings(root: Path, stack: str) -> tuple[Settings | None, list[Problem]]:
    """The settings of a stack, read from its file in the folder `root`, or the problems in it.

    A symbolic link is not followed, and of a file that is too large only so much is read as says so.

    Raises:
        OSError: the stack has no settings file, or it cannot be read.
    """
    path = root / settings_file(stack)
    if path.is_symlink():
        return None, [symbolic_link(path.name)]
    with path.open("rb", buffering=0) as opened:
        return read_settings(opened.read(MAX_FILE_BYTES + 1), stack)


def read_settings(content: bytes, stack: str) -> tuple[Settings | None, list[Problem]]:
    """The settings that the bytes of a stack's file hold, or the problems in them."""
    file = settings_file(stack)
    problems: list[Problem] = []

    def report(place: Place, rule: Rule, wrong: str, instead: str) -> None:
        problems.append(Problem(file, place, rule, wrong, instead))

    config = _config(read_document(content, file, problems), report)
    if config is None:
        return None, sorted(problems)
    values = read_values(config, _KEYS, report)
    for key in SETTING_KEYS:
        if key.required and key.name not in values.present:
            instead = f"add '{PROJECT}:{key.name}: \"{key.example}\"'"
            report(values.place, Rule.KEY_MISSING, f"the setting '{key.name}' is missing", instead)
    for check in (_check_names, _check_deployment, _check_accounts, _check_numbers, _check_tags):
        check(values, report)
    if problems:
        return None, sorted(problems)
    return _settings(values, stack), []


def _config(root: document.Mapping | None, report: Report) -> document.Mapping | None:
    """The part of the file that is ours, its keys without the namespace; Pulumi's own keys are left alone."""
    if root is None:
        return None
    place, config = root.entries.get("config", (START, None))
    if not isinstance(config, document.Mapping):
        report(
            place,
            Rule.KEY_MISSING,
            "there is no 'config' with the settings",
            f"write 'config:' and under it, indented, '{PROJECT}:account_id: \"111122223333\"'",
        )
        return None
    ours = document.Mapping(config.place)
    for name, (key_place, node) in config.entries.items():
        namespace, _, key = name.rpartition(":")
        if not namespace and key in _KEYS:
            report(key_place, Rule.KEY_UNKNOWN, f"'{key}' lacks its namespace", f"write '{PROJECT}:{key}'")
            continue
        if namespace != PROJECT:
            continue
        if key not in _KEYS:
            nearest = nearest_key(key, SETTING_KEYS)
            instead = f"write '{PROJECT}:{nearest}'" if nearest else f"the settings are {', '.join(_KEYS)}"
            report(key_place, Rule.KEY_UNKNOWN, f"'{shown(key)}' is not a setting", instead)
        ours.entries[key] = (key_place, node)
    return ours


def _check_names(values: Values, report: Report) -> None:
    if (region := values.text("region")) and not re.fullmatch(r"[a-z]{2,3}(-[a-z]{2,12}){1,2}-[0-9]", region.value):
        report(
            region.place,
            Rule.KEY_VALUE,
            f"'{shown(region.value)}' is not an AWS region",
            "write one such as 'eu-west-2'",
        )
    prefix = values.text("bucket_prefix")
    if prefix and not (
        re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?", prefix.value) and is_bucket_name(f"{prefix.value}-a")
    ):
        report(
            prefix.place,
            Rule.KEY_VALUE,
            f"'{shown(prefix.value)}' cannot begin a bucket's name",
            "write at most 30 lower case letters, digits and hyphens, and nothing that AWS keeps for itself",
        )
    for key in ("export_bucket", "state_bucket"):
        bucket = values.text(key)
        if bucket and not is_bucket_name(bucket.value):
            report(
                bucket.place,
                Rule.KEY_VALUE,
                f"'{shown(bucket.value)}' is not a bucket name",
                "write 3 to 63 lower case letters, digits and hyphens",
            )
    if user_prefix := values.text("user_prefix"):
        try:
            with warnings.catch_warnings(action="error"):
                re.compile(user_prefix.value)
        except (re.error, FutureWarning, OverflowError, RecursionError) as error:
            report(
                user_prefix.place,
                Rule.KEY_VALUE,
                f"'{shown(user_prefix.value)}' is not a regular expression: {shown(str(error))}",
                "write the text that usernames begin with, such as 'alpha_user_'",
            )
    role = values.text("break_glass_role")
    if role and not re.fullmatch(r"([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", role.value, re.ASCII):
        report(
            role.place,
            Rule.KEY_VALUE,
            f"'{shown(role.value)}' is not a role name",
            "write the role's name, with its path if it has one, not its ARN",
        )


def _check_deployment(values: Values, report: Report) -> None:
    repository = values.text("repository")
    if repository and not _REPOSITORY.fullmatch(repository.value):
        report(
            repository.place,
            Rule.KEY_VALUE,
            f"'{shown(repository.value)}' is not a repository on GitHub",
            "write its owner and name, such as 'example-org/data-engineering-exports'",
        )
    key = values.text("state_key_arn")
    if key and not re.fullmatch(KMS_KEY_PATTERN, key.value):
        report(
            key.place,
            Rule.KMS_ARN,
            f"'{shown(key.value)}' is not the full ARN of a KMS key",
            "write 'arn:aws:kms:REGION:ACCOUNT:key/ID', not an alias",
        )


def _check_accounts(values: Values, report: Report) -> None:
    account = values.text("account_id")
    known = values.text_map("known_accounts")
    ids = [Text(account.value, account.place)] if account else []
    ids += [account_id for account_id, _ in known.value.values()] if known else []
    for account_id, place in ids:
        if not ACCOUNT_ID.fullmatch(account_id):
            report(
                place,
                Rule.ARN_ACCOUNT,
                f"'{shown(account_id)}' is not an AWS account id",
                "write the 12 digits, in quotes",
            )


def _check_numbers(values: Values, report: Report) -> None:
    for key, least, most in (
        ("retention_days", 1, 3650),
        ("user_policies", 1, MAX_ATTACHED_POLICIES),
        ("max_removals", 1, 10_000),
        ("max_removals_percent", 1, 100),
        ("many_datasets", 1, 10_000),
    ):
        number = values.number(key)
        if number and not least <= number.value <= most:
            report(
                number.place,
                Rule.KEY_VALUE,
                f"'{key}' is {number.value:,}",
                f"write a number from {least} to {most:,}",
            )
    days = values.number("log_retention_days")
    if days and days.value not in LOG_RETENTION_DAYS:
        offered = ", ".join(map(str, LOG_RETENTION_DAYS))
        report(
            days.place, Rule.KEY_VALUE, f"CloudWatch Logs cannot keep {days.value:,} days", f"write one of {offered}"
        )


def _check_tags(values: Values, report: Report) -> None:
    tags = values.text_map("tags")
    if tags is None:
        return
    if len(tags.value) >= MAX_TAGS:  # one more is ours
        report(
            tags.key_place,
            Rule.KEY_VALUE,
            f"there are {len(tags.value)} tags, AWS allows {MAX_TAGS} and one is ours",
            f"write {MAX_TAGS - 1} at most",
        )
    for name, text in tags.value.values():
        too_long = len(name.text) > MAX_TAG_KEY or len(text.text) > MAX_TAG_VALUE
        unfit = _NOT_IN_TAGS.search(f"{name.text}{text.text}")
        if too_long or unfit or name.text.lower().startswith("aws:") or name.text.lower() in MANAGED_BY:
            report(
                name.place,
                Rule.KEY_VALUE,
                f"'{shown(name.text)}' cannot be a tag",
                f"write a key of at most {MAX_TAG_KEY} and a value of at most {MAX_TAG_VALUE} letters, digits, spaces "
                "and _.:/=+-@; keys that begin with 'aws:' are AWS's, 'managed-by' is ours",
            )


def _settings(values: Values, stack: str) -> Settings:
    given: dict[str, Any] = {}
    for key in SETTING_KEYS:
        if key.type is Type.TEXT_MAP:
            if texts := values.text_map(key.name):
                given[key.name] = MappingProxyType({name.text: text.text for name, text in texts.value.values()})
        elif value := values.any(key.name):
            given[key.name] = value.value
    return Settings(stack=stack, **given)


def is_bucket_name(name: str) -> bool:
    """Whether S3 allows a general purpose bucket of this name."""
    return (
        BUCKET_NAME.fullmatch(name) is not None
        and not name.startswith(RESERVED_BUCKET_PREFIXES)
        and not name.endswith(RESERVED_BUCKET_SUFFIXES)
    )
