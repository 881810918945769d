"""A checkout, and what the deployment and the forwarder leave in AWS: made by hand, so that nothing works on it."""

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from provisioner.access.policies import Document
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from tests.live.stage import Stage
from tests.support import OURS

FILES: Final = {
    "Pulumi.yaml": "name: data-engineering-exports\n",
    "Pulumi.prod.yaml": f'config:\n  data-engineering-exports:account_id: "{OURS}"\n',
    "push_datasets/visits.yaml": "name: visits\nbucket: target-bucket\nusers:\n  - alpha_user_one\n",
    "push_datasets/returns.yaml": "name: returns\nbucket: other-bucket\nusers:\n  - alpha_user_two\nkeep_files: true\n",
    "push_datasets/old.yaml": "name: old\nbucket: target-bucket\nusers:\n  - alpha_user_one\nstatus: retired\n",
}
DENIED: Final = {
    "cause": "refused",
    "code": "AccessDenied",
    "operation": "CopyObject",
    "resource": "target-bucket",
    "advice": "let export_visits put objects into target-bucket",
}
"""Why files are not delivered, as the forwarder says it."""


def body_of(key: str) -> str:
    """A notification of S3 about a key that needs no encoding."""
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": key}}}
    return json.dumps({"Records": [record]})


class Operations(Stage):
    """The stack's buckets and queues, and nothing that works on them."""

    def __init__(self, aws: EmbeddedAws, root: Path) -> None:
        super().__init__(aws, root, FILES)
        self.s3, self.sqs, self.cloudwatch = aws.client("s3"), aws.client("sqs"), aws.client("cloudwatch")
        self.buckets = (self.settings.export_bucket, self.settings.journal_bucket)
        for bucket in self.buckets:
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        self.queue = self.sqs.create_queue(QueueName=self.settings.forwarder)["QueueUrl"]
        self.dead_letters = self.sqs.create_queue(QueueName=self.settings.dead_letters)["QueueUrl"]

    def take_down(self) -> None:
        """Remove it all."""
        for bucket in self.buckets:
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for found in page.get("Contents", []):
                    self.s3.delete_object(Bucket=bucket, Key=found["Key"])
            self.s3.delete_bucket(Bucket=bucket)
        for url in (self.queue, self.dead_letters):
            self.sqs.delete_queue(QueueUrl=url)

    def write_file(self, key: str, content: str = "data") -> str:
        """Write into the export bucket, as users do; the ETag."""
        return self.s3.put_object(Bucket=self.settings.export_bucket, Key=key, Body=content.encode())["ETag"]

    def note(self, name: str, **note: Any) -> None:
        """Write into the journal, as the forwarder does."""
        self.s3.put_object(Bucket=self.settings.journal_bucket, Key=name, Body=json.dumps(note).encode())

    def trouble(self, key: str, state: str = "dead", **changes: Any) -> None:
        """The forwarder could not deliver a key."""
        identity = hashlib.sha256(key.encode()).hexdigest()
        now = time.time()
        note = {"key": key, "state": state, **DENIED, "tries": 3, "since": now - 600, "next": None, **changes}
        self.note(f"troubles/{key.split('/')[0]}/{identity}", **note)

    def upload(self, key: str, **changes: Any) -> None:
        """A large object is on its way."""
        identity = hashlib.sha256(key.encode()).hexdigest()
        note = {
            "key": key,
            "upload_id": "u",
            "version_id": "v",
            "etag": '"e"',
            "size": 3 * 2**40,
            "part_size": 2**29,
            "parts": 6144,
            "done": 2000,
            "since": time.time() - 7200,
            **changes,
        }
        self.note(f"uploads/{key.split('/')[0]}/{identity}", **note)

    def receipt(self, key: str, etag: str) -> None:
        """A kept file was delivered."""
        identity = hashlib.sha256(f"{key}\n{etag}".encode()).hexdigest()
        self.note(f"receipts/{key.split('/')[0]}/{identity}", key=key, etag=etag, version_id="v", at=time.time())

    def bury(self, body: str, **cause: str) -> None:
        """Put a message into the dead-letter queue, as the forwarder does; without a cause as SQS does."""
        self.sqs.send_message(
            QueueUrl=self.dead_letters,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text} for name, text in cause.items() if text
            },
        )

    def bury_denied(self, key: str) -> None:
        """A key ends in the dead-letter queue because its target refuses it."""
        first = str(int(time.time()) - 600)
        self.bury(body_of(key), **DENIED, dataset=key.split("/")[0], key=key, tries="3", first=first)

    def delivered(self, dataset: str, seconds_ago: float, count: int = 1) -> None:
        """Count deliveries, as the forwarder's log does."""
        self.cloudwatch.put_metric_data(
            Namespace="DataExports",
            MetricData=[
                {
                    "MetricName": "Delivered",
                    "Dimensions": [{"Name": "Dataset", "Value": dataset}],
                    "Timestamp": datetime.now(UTC) - timedelta(seconds=seconds_ago),
                    "Value": count,
                }
            ],
        )

    def bodies(self, url: str) -> list[str]:
        """What lies in a queue, and can be received just now."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1).get(
            "Messages"
        ):
            found += [message["Body"] for message in messages]
        return sorted(found)


def role_with(stage: Operations, name: str, policy: Document) -> Credentials:
    """A session of a role of our account that may do what a policy says, and nothing else."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OURS}:root"}, "Action": "sts:AssumeRole"}
    iam = stage.aws.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=Document((trust,)).text)
    iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy.text)
    return stage.aws.assume(f"arn:aws:iam::{OURS}:role/{name}", "operator")
