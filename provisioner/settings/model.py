"""The settings of a stack, as one frozen value, and the names in AWS that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

PROJECT: Final = "data-engineering-exports"
"""The Pulumi project's name, which every setting carries as its namespace."""

MANAGED_BY: Final = {"managed-by": PROJECT}
"""The tag that every resource carries, and by which the forwarder knows a delivery role for ours."""

_ACCESS_POLICIES: Final = "data-exports-"
JOURNAL_SUFFIX: Final = "-journal"
"""What the name of the journal's bucket has behind that of the export bucket."""
EXPORT_START_SUFFIX: Final = "-start"
"""What the longest name of a scheduled export's roles has behind the others' own."""
EXPORT_POLICY: Final = "export"
"""The name of the own policy of each role of a scheduled export."""
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
    alarm_topic_arn: str | None = None
    forwarder_concurrency: int = 32
    multipart_threshold_mib: int = 512
    sweep_minutes: int = 60
    retry_seconds: int = 30
    user_policies: int = 8
    sealed: bool = False
    break_glass_role: str | None = None
    max_removals: int = 5
    max_removals_percent: int = 25
    many_datasets: int = 20
    dataset_stacks: int = 0
    stack_size: int = 2_000
    repository: str | None = None
    state_bucket: str | None = None
    state_key_arn: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    exporter_image: str | None = None
    exporter_subnets: tuple[str, ...] = ()
    exporter_security_groups: tuple[str, ...] = ()
    exporter_cpu: int = 1024
    exporter_memory_mib: int = 2048
    """The databases that exports read: name to the ARN of the secret that holds the URL."""
    tags: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def partition(self) -> str:
        """The AWS partition of the region, the second part of every ARN."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @property
    def journal_bucket(self) -> str:
        """The bucket of what the forwarder remembers: names of files and what became of them, never their data."""
        return f"{self.export_bucket}{JOURNAL_SUFFIX}"

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
        """The managed policy of a number, from 1, that gives a `role` or `user` of our account its datasets."""
        return f"{_ACCESS_POLICIES}{kind}-{name}-{number}"

    def is_access_policy(self, policy: str) -> bool:
        """Whether a managed policy is one of ours."""
        return policy.startswith(_ACCESS_POLICIES)

    @property
    def forwarder(self) -> str:
        """The name of the forwarder's function, role, queue and dashboard. No delivery role has a hyphen."""
        return "export-forwarder"

    @property
    def dead_letters(self) -> str:
        """The name of the queue of messages that the forwarder could not work off."""
        return f"{self.forwarder}-dead-letters"

    @property
    def sweep_rule(self) -> str:
        """The name of the rule that sends the forwarder to look for what no event announced."""
        return f"{self.forwarder}-sweep"

    def alarm(self, kind: str) -> str:
        """The name of an alarm about the forwarder."""
        return f"{self.forwarder}-{kind}"

    @property
    def forwarder_log_group(self) -> str:
        """The log group of the forwarder."""
        return f"/aws/lambda/{self.forwarder}"

    @property
    def exporter(self) -> str:
        """The name of the cluster and the group of schedules of all exports. No role of theirs has it."""
        return "exporter"

    @property
    def exporter_failures(self) -> str:
        """The name of the queue of what went wrong with scheduled exports, and of the rule and alarm about it."""
        return f"{self.exporter}-failures"

    @property
    def exporter_log_group(self) -> str:
        """The log group of scheduled exports; each has streams of its own in it."""
        return f"/ecs/{self.exporter}"

    def scheduled_export(self, kind: str, name: str) -> str:
        """What AWS knows the scheduled export of a `push` or `pull` dataset by: its schedule, task definition and role.

        No dataset's name has a hyphen, and no delivery role begins so.
        """
        return f"{self.exporter}-{kind}-{name}"

    def export_start_role(self, kind: str, name: str) -> str:
        """The role by which ECS starts a scheduled export: it pulls the image, reads the secret and writes the log."""
        return f"{self.scheduled_export(kind, name)}{EXPORT_START_SUFFIX}"

    def export_clock_role(self, kind: str, name: str) -> str:
        """The role by which EventBridge Scheduler has ECS start a scheduled export."""
        return f"{self.scheduled_export(kind, name)}-clock"

    def account_name(self, account_id: str) -> str | None:
        """The name that people know an account by, if the settings give it."""
        return self.known_accounts.get(account_id)


def settings_file(stack: str) -> str:
    """The name of a stack's settings file."""
    return f"Pulumi.{stack}.yaml"
