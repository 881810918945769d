"""The AWS permissions of whoever operates: what `status` asks, and what `redrive` does."""

from collections.abc import Collection
from typing import Final

from provisioner.access.policies import Document
from provisioner.settings import Settings

# Service Authorization Reference, S3, SQS and CloudWatch. GetCallerIdentity needs no permission.
STATUS: Final = (
    "cloudwatch:GetMetricData",
    "s3:GetObject",
    "s3:ListBucket",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
)
"""What `status` needs: it reads the names of files and none of their data."""
REDRIVE: Final = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
)
"""What `redrive` needs."""

_ON_BOTH_QUEUES: Final = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")
_ON_QUEUE: Final = ("sqs:SendMessage",)


def operator_policy(settings: Settings, actions: Collection[str] = (*STATUS, *REDRIVE)) -> Document:
    """The least that lets somebody do these things to this stack."""
    export, journal = settings.bucket_arn(settings.export_bucket), settings.bucket_arn(settings.journal_bucket)
    queue, dead = (settings.regional_arn("sqs", name) for name in (settings.forwarder, settings.dead_letters))
    on_dead = [
        action for action in actions if action.startswith("sqs:") and action not in (*_ON_BOTH_QUEUES, *_ON_QUEUE)
    ]
    wanted = (
        (("cloudwatch:GetMetricData",), ["*"]),
        (("s3:ListBucket",), [export, journal]),
        (("s3:GetObject",), [f"{journal}/*"]),
        (_ON_BOTH_QUEUES, [queue, dead]),
        (on_dead, [dead]),
        (_ON_QUEUE, [queue]),
    )
    return Document(
        tuple(
            {"Effect": "Allow", "Action": sorted({*some} & {*actions}), "Resource": where}
            for some, where in wanted
            if {*some} & {*actions}
        )
    )
