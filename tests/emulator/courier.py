"""A small program with every resource type of the table: a bucket whose objects a function carries elsewhere."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

OURS = "111111111111"
THEIRS = "222222222222"

HANDLER = """
import json, urllib.parse
import boto3
from settings import DELIVERY_ROLE, TARGET

def handler(event, context):
    failures = []
    for message in event["Records"]:
        for record in json.loads(message["body"]).get("Records", []):
            key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
            if key.startswith("poison"):
                failures.append({"itemIdentifier": message["messageId"]})
                continue
            session = boto3.client("sts").assume_role(RoleArn=DELIVERY_ROLE, RoleSessionName="courier")
            given = session["Credentials"]
            s3 = boto3.client(
                "s3",
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
            )
            source = {"Bucket": record["s3"]["bucket"]["name"], "Key": key}
            s3.copy_object(Bucket=TARGET, Key=key, CopySource=source)
    return {"batchItemFailures": failures}
"""


def statements(*given: Mapping[str, object]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(given)})


def allow(actions: list[str], resources: list[str], **more: object) -> dict[str, object]:
    """An allowing statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def zip_of(files: Mapping[str, str]) -> bytes:
    """A zip of the files, by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


@dataclass(frozen=True, kw_only=True)
class Courier:
    """The names of one such program; `name` must be used by no other test."""

    name: str
    folder: Path
    """Where the program writes the zip of its function."""

    @property
    def exports(self) -> str:
        """The bucket things are put into."""
        return f"{self.name}-exports"

    @property
    def target(self) -> str:
        """The bucket of the other account they are carried to."""
        return f"{self.name}-target"

    @property
    def delivery_role(self) -> str:
        """The only role the target's policy admits."""
        return f"arn:aws:iam::{OURS}:role/{self.name}-delivery"

    def program(self) -> Callable[[], None]:
        """The program; its user role, user and target bucket must exist."""
        return self._declare

    def _declare(self) -> None:
        name = self.name
        provider = aws.Provider(
            "provider",
            region="eu-west-2",
            allowed_account_ids=[OURS],
            default_tags=aws.ProviderDefaultTagsArgs(tags={"managed-by": "courier"}),
        )
        options = pulumi.ResourceOptions(provider=provider)
        bucket = aws.s3.Bucket("exports", bucket=self.exports, force_destroy=False, opts=options)
        self._settings_of(bucket, options)
        waiting, dead = self._queues(options)
        function = self._function(waiting, options)
        aws.s3.BucketNotification(
            "notification",
            bucket=bucket.id,
            queues=[{"id": "courier", "queue_arn": waiting.arn, "events": ["s3:ObjectCreated:*"]}],
            opts=pulumi.ResourceOptions(provider=provider, depends_on=[self._queue_policy(bucket, waiting, options)]),
        )
        access = aws.iam.Policy(
            "user-access",
            name=f"{name}-user-access",
            description="May put.",
            policy=bucket.arn.apply(lambda arn: statements(allow(["s3:PutObject"], [f"{arn}/*"]))),
            opts=options,
        )
        aws.iam.RolePolicyAttachment("user-role", role=f"{name}-user", policy_arn=access.arn, opts=options)
        aws.iam.UserPolicyAttachment("user", user=f"{name}-person", policy_arn=access.arn, opts=options)
        pulumi.export("bucket", bucket.id)
        pulumi.export("queue_url", waiting.url)
        pulumi.export("dead_letter_queue_arn", dead.arn)
        pulumi.export("function", function.arn)

    def _settings_of(self, bucket: aws.s3.Bucket, options: pulumi.ResourceOptions) -> None:
        aws.s3.BucketVersioning(
            "versioning", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=options
        )
        aws.s3.BucketPublicAccessBlock(
            "private",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=options,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            "encryption",
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=options,
        )
        aws.s3.BucketLifecycleConfiguration(
            "lifecycle",
            bucket=bucket.id,
            rules=[
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 35},
                    "expiration": {"expired_object_delete_marker": True},
                }
            ],
            opts=options,
        )
        document = bucket.arn.apply(
            lambda arn: statements(
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [arn, f"{arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            )
        )
        aws.s3.BucketPolicy("policy", bucket=bucket.id, policy=document, opts=options)

    def _queues(self, options: pulumi.ResourceOptions) -> tuple[aws.sqs.Queue, aws.sqs.Queue]:
        dead = aws.sqs.Queue("dead", name=f"{self.name}-dead", message_retention_seconds=1_209_600, opts=options)
        waiting = aws.sqs.Queue(
            "waiting",
            name=f"{self.name}-waiting",
            visibility_timeout_seconds=60,
            message_retention_seconds=345_600,
            sqs_managed_sse_enabled=True,
            redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})),
            opts=options,
        )
        return waiting, dead

    def _queue_policy(
        self, bucket: aws.s3.Bucket, waiting: aws.sqs.Queue, options: pulumi.ResourceOptions
    ) -> aws.sqs.QueuePolicy:
        document = pulumi.Output.all(bucket.arn, waiting.arn).apply(
            lambda arns: statements(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "s3.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arns[1],
                    "Condition": {
                        "ArnEquals": {"aws:SourceArn": arns[0]},
                        "StringEquals": {"aws:SourceAccount": OURS},
                    },
                }
            )
        )
        return aws.sqs.QueuePolicy("queue-policy", queue_url=waiting.url, policy=document, opts=options)

    def _function(self, waiting: aws.sqs.Queue, options: pulumi.ResourceOptions) -> aws.lambda_.Function:
        trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = aws.iam.Role(
            "function-role", name=f"{self.name}-function", assume_role_policy=statements(trusted), opts=options
        )
        receive = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        may_assume = {"StringEquals": {"aws:ResourceTag/managed-by": "courier"}}
        rights = aws.iam.RolePolicy(
            "function-rights",
            name="rights",
            role=role.name,
            policy=waiting.arn.apply(
                lambda arn: statements(
                    allow(receive, [arn]),
                    allow(["sts:AssumeRole"], [self.delivery_role], Condition=may_assume),
                )
            ),
            opts=options,
        )
        self._delivery(role, options)
        aws.cloudwatch.LogGroup("logs", name=f"/aws/lambda/{self.name}", retention_in_days=30, opts=options)
        function = aws.lambda_.Function(
            "function",
            name=self.name,
            runtime="python3.13",
            handler="courier.handler",
            role=role.arn,
            description="Carries.",
            code=pulumi.FileArchive(str(self._code())),
            timeout=10,
            memory_size=256,
            opts=options,
        )
        aws.lambda_.EventSourceMapping(
            "mapping",
            event_source_arn=waiting.arn,
            function_name=function.name,
            batch_size=10,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": 2},
            opts=pulumi.ResourceOptions(provider=options.provider, depends_on=[rights]),
        )
        return function

    def _code(self) -> Path:
        settings = f"DELIVERY_ROLE, TARGET = {self.delivery_role!r}, {self.target!r}\n"
        path = self.folder / "courier.zip"
        path.write_bytes(zip_of({"courier.py": HANDLER, "settings.py": settings}))
        return path

    def _delivery(self, function_role: aws.iam.Role, options: pulumi.ResourceOptions) -> None:
        role = aws.iam.Role(
            "delivery",
            name=f"{self.name}-delivery",
            description="Reads here, writes there.",
            assume_role_policy=function_role.arn.apply(
                lambda arn: statements(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": OURS},
                        "Action": "sts:AssumeRole",
                        "Condition": {"ArnEquals": {"aws:PrincipalArn": arn}},
                    }
                )
            ),
            opts=options,
        )
        reads = allow(["s3:GetObject", "s3:GetObjectTagging"], [f"arn:aws:s3:::{self.exports}/*"])
        writes = allow(["s3:PutObject", "s3:PutObjectTagging"], [f"arn:aws:s3:::{self.target}/*"])
        aws.iam.RolePolicy(
            "delivery-rights", name="rights", role=role.name, policy=statements(reads, writes), opts=options
        )
