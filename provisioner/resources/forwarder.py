"""The forwarder: from the export bucket through a queue to a function that delivers."""

import json
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from provisioner.access.delivery import forwarder_policy, forwarder_trust, queue_policy
from provisioner.access.limits import MAX_QUEUE_POLICY, MAX_ROLE_POLICIES, MAX_TRUST_POLICY, within_limit
from provisioner.access.routes import routes_of
from provisioner.datasets.model import PushDataset
from provisioner.forwarder.routes import Routes
from provisioner.resources import forwarder_zip
from provisioner.resources.component import Component
from provisioner.resources.export_bucket import ExportBucket
from provisioner.settings import Settings

RUNTIME: Final = "python3.13"
TIMEOUT_SECONDS: Final = 900
"""The most that AWS Lambda allows ("Lambda quotas"). What takes longer is handed on to another run."""
MEMORY_MIB: Final = 1024
"""None of a file passes through the function. Memory is for connections, and Lambda gives CPU in proportion to it."""
VISIBILITY_SECONDS: Final = 6 * TIMEOUT_SECONDS
"""AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": six times the function's timeout at least."""
RETENTION_SECONDS: Final = 14 * 24 * 60 * 60
"""Amazon SQS Developer Guide, "Message quotas": 14 days at most."""
BATCH_SIZE: Final = 100
"""Messages of one call, which are worked off side by side; a standard queue allows 10,000 (Lambda Developer Guide,
"Using Lambda with Amazon SQS")."""
BATCH_WINDOW_SECONDS: Final = 1
"""How long a batch waits for more; the same page wants one second at least where a batch is of more than 10."""
MAX_CONCURRENCY: Final = 50
"""Functions at once, of the 1,000 that an account has by default (AWS Lambda quotas)."""
RECEIVES: Final = 12
"""How often SQS hands a message out before it moves it to the dead-letter queue itself.

More than the forwarder ever tries: it puts there, with the cause, what it gives up. This is for messages at which the
function ends before it can.
"""


class Forwarder(Component):
    """Queue, dead-letter queue, function, role, log group, and the notification that feeds them."""

    queue: aws.sqs.Queue
    dead_letters: aws.sqs.Queue
    queue_policy: aws.sqs.QueuePolicy
    role: aws.iam.Role
    function: aws.lambda_.Function

    def __init__(
        self,
        export: ExportBucket,
        push: tuple[PushDataset, ...],
        settings: Settings,
        workspace: Path,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """The one forwarder of a stack. Its zip is written into the folder `workspace`."""
        super().__init__("forwarder", opts)
        self.dead_letters = aws.sqs.Queue(
            "dead-letters",
            name=settings.dead_letters,
            message_retention_seconds=RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            opts=self.child(),
        )
        self.queue = aws.sqs.Queue(
            "queue",
            name=settings.forwarder,
            message_retention_seconds=RETENTION_SECONDS,
            visibility_timeout_seconds=VISIBILITY_SECONDS,
            redrive_policy=self.dead_letters.arn.apply(
                lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": RECEIVES})
            ),
            sqs_managed_sse_enabled=True,
            opts=self.child(),
        )
        self.function = self._function(push, settings, workspace)
        self._feed(export, settings)
        self.register_outputs({"queue_url": self.queue.url, "dead_letter_queue_url": self.dead_letters.url})

    def _function(self, push: tuple[PushDataset, ...], settings: Settings, workspace: Path) -> aws.lambda_.Function:
        log_group = aws.cloudwatch.LogGroup(
            "log",
            name=settings.forwarder_log_group,
            retention_in_days=settings.log_retention_days,
            opts=self.child(),
        )
        self.role = aws.iam.Role(
            "forwarder",
            name=settings.forwarder,
            description="Assumes the delivery role of the dataset whose file it carries",
            assume_role_policy=within_limit(forwarder_trust(), MAX_TRUST_POLICY, "a trust policy", settings).text,
            opts=self.child(),
        )
        permissions = aws.iam.RolePolicy(
            "forwarder",
            name="forward",
            role=self.role.name,
            policy=within_limit(forwarder_policy(settings), MAX_ROLE_POLICIES, "a forwarder's policy", settings).text,
            opts=self.child(),
        )
        return aws.lambda_.Function(
            "forwarder",
            name=settings.forwarder,
            description="Copies files from the export bucket to their targets",
            runtime=RUNTIME,
            handler=forwarder_zip.HANDLER,
            role=self.role.arn,
            code=pulumi.FileArchive(str(_write_zip(routes_of(push, settings), workspace))),
            timeout=TIMEOUT_SECONDS,
            memory_size=MEMORY_MIB,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=self._environment(settings)),
            opts=self.child(depends_on=[log_group, permissions]),
        )

    def _environment(self, settings: Settings) -> dict[str, pulumi.Input[str]]:
        """What provisioner/forwarder/configuration.py reads."""
        return {
            "QUEUE_URL": self.queue.url,
            "DEAD_LETTER_QUEUE_URL": self.dead_letters.url,
            "JOURNAL_BUCKET": settings.journal_bucket,
            "CONCURRENCY": str(settings.forwarder_concurrency),
            "MULTIPART_THRESHOLD_MIB": str(settings.multipart_threshold_mib),
            "RETRY_SECONDS": str(settings.retry_seconds),
        }

    def _feed(self, export: ExportBucket, settings: Settings) -> None:
        policy = within_limit(queue_policy(settings), MAX_QUEUE_POLICY, "a queue policy", settings)
        self.queue_policy = aws.sqs.QueuePolicy(
            "queue", queue_url=self.queue.url, policy=policy.text, opts=self.child()
        )
        aws.lambda_.EventSourceMapping(
            "queue",
            event_source_arn=self.queue.arn,
            function_name=self.function.arn,
            batch_size=BATCH_SIZE,
            maximum_batching_window_in_seconds=BATCH_WINDOW_SECONDS,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=aws.lambda_.EventSourceMappingScalingConfigArgs(maximum_concurrency=MAX_CONCURRENCY),
            opts=self.child(),
        )
        # S3 tries the queue out when it is told of it: the queue's policy must be there.
        aws.s3.BucketNotification(
            "queue",
            bucket=export.bucket.id,
            queues=[
                aws.s3.BucketNotificationQueueArgs(
                    id="forwarder", queue_arn=self.queue.arn, events=["s3:ObjectCreated:*"]
                )
            ],
            opts=self.child(depends_on=[self.queue_policy, export.versioning]),
        )


def _write_zip(routes: Routes, workspace: Path) -> Path:
    """The forwarder's zip as a file, whole or not at all."""
    workspace.mkdir(parents=True, exist_ok=True)
    path = workspace / "forwarder.zip"
    partial = path.with_suffix(".partial")
    partial.write_bytes(forwarder_zip.build(routes))
    return partial.replace(path)
