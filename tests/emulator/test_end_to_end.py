import json
import time
from collections.abc import Callable

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.engine import Applied, apply_program
from tests.emulator.courier import OURS, THEIRS, Courier, allow, statements


def eventually(seen: Callable[[], bool], aws: EmbeddedAws) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline, f"It never came about. The emulator's log:\n{aws.log_tail(40)}"
        time.sleep(0.05)


def make_surroundings(courier: Courier, aws: EmbeddedAws) -> None:
    """What exists in reality before the program is applied: the user, the user's role, and the target bucket."""
    iam = aws.client("iam")
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OURS}:root"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=f"{courier.name}-user", AssumeRolePolicyDocument=statements(trusted))
    iam.create_user(UserName=f"{courier.name}-person")
    theirs = aws.client("s3", account_id=THEIRS)
    theirs.create_bucket(Bucket=courier.target, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    admitted = allow(
        ["s3:PutObject", "s3:PutObjectTagging"],
        [f"arn:aws:s3:::{courier.target}/*"],
        Principal={"AWS": courier.delivery_role},
    )
    theirs.put_bucket_policy(Bucket=courier.target, Policy=statements(admitted))


@pytest.fixture(scope="module")
def courier(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Courier:
    made = Courier(name="end-to-end", folder=tmp_path_factory.mktemp("courier"))
    make_surroundings(made, embedded_aws)
    return made


@pytest.fixture(scope="module")
def applied(courier: Courier, embedded_aws: EmbeddedAws) -> Applied:
    return apply_program(courier.program(), embedded_aws)


@pytest.mark.usefixtures("applied")
def test_an_object_put_here_arrives_in_the_bucket_of_the_other_account(
    courier: Courier, embedded_aws: EmbeddedAws
) -> None:
    user = embedded_aws.assume(f"arn:aws:iam::{OURS}:role/{courier.name}-user", "user")
    embedded_aws.client("s3", credentials=user).put_object(Bucket=courier.exports, Key="a/b c+é%.csv", Body=b"1,2")
    theirs = embedded_aws.client("s3", account_id=THEIRS)
    eventually(lambda: theirs.list_objects_v2(Bucket=courier.target)["KeyCount"] == 1, embedded_aws)
    assert theirs.get_object(Bucket=courier.target, Key="a/b c+é%.csv")["Body"].read() == b"1,2"


def test_a_failed_message_stays_in_the_queue_while_the_others_of_its_batch_go(
    courier: Courier, applied: Applied, embedded_aws: EmbeddedAws
) -> None:
    s3 = embedded_aws.client("s3")
    for key in ("poison", "wholesome"):
        s3.put_object(Bucket=courier.exports, Key=key, Body=b"")
    theirs = embedded_aws.client("s3", account_id=THEIRS)
    eventually(lambda: "Contents" in theirs.list_objects_v2(Bucket=courier.target, Prefix="wholesome"), embedded_aws)
    eventually(lambda: messages(applied, embedded_aws) == {"waiting": 0, "in flight": 1}, embedded_aws)


def messages(applied: Applied, aws: EmbeddedAws) -> dict[str, int]:
    attributes = aws.client("sqs").get_queue_attributes(
        QueueUrl=str(applied.outputs["queue_url"]), AttributeNames=["All"]
    )["Attributes"]
    return {
        "waiting": int(attributes["ApproximateNumberOfMessages"]),
        "in flight": int(attributes["ApproximateNumberOfMessagesNotVisible"]),
    }


def test_a_second_run_registers_the_same_resources(
    courier: Courier, applied: Applied, embedded_aws: EmbeddedAws
) -> None:
    again = apply_program(courier.program(), embedded_aws)
    assert {(one.urn, one.id) for one in again.resources} == {(one.urn, one.id) for one in applied.resources}
    assert again.outputs == applied.outputs


def test_the_outputs_are_what_aws_answered(courier: Courier, applied: Applied, embedded_aws: EmbeddedAws) -> None:
    sqs = embedded_aws.client("sqs")
    assert applied.outputs == {
        "bucket": courier.exports,
        "queue_url": sqs.get_queue_url(QueueName=f"{courier.name}-waiting")["QueueUrl"],
        "dead_letter_queue_arn": f"arn:aws:sqs:eu-west-2:{OURS}:{courier.name}-dead",
        "function": f"arn:aws:lambda:eu-west-2:{OURS}:function:{courier.name}",
    }


@pytest.mark.usefixtures("applied")
class TestWhatAwsHas:
    """Each setting of the program, read back from the emulator."""

    def test_the_providers_default_tags(self, courier: Courier, embedded_aws: EmbeddedAws) -> None:
        bucket = embedded_aws.client("s3").get_bucket_tagging(Bucket=courier.exports)["TagSet"]
        role = embedded_aws.client("iam").get_role(RoleName=f"{courier.name}-delivery")["Role"]["Tags"]
        url = embedded_aws.client("sqs").get_queue_url(QueueName=f"{courier.name}-dead")["QueueUrl"]
        queue = embedded_aws.client("sqs").list_queue_tags(QueueUrl=url)["Tags"]
        assert bucket == role == [{"Key": "managed-by", "Value": "courier"}]
        assert queue == {"managed-by": "courier"}

    def test_the_buckets_settings(self, courier: Courier, embedded_aws: EmbeddedAws) -> None:
        s3, bucket = embedded_aws.client("s3"), courier.exports
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        assert rule == {
            "ID": "old",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 35},
        }
        assert list(blocked.values()) == [True] * 4
        assert encryption[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]

    def test_the_queues_attributes(self, applied: Applied, embedded_aws: EmbeddedAws) -> None:
        sqs = embedded_aws.client("sqs")
        attributes = sqs.get_queue_attributes(QueueUrl=str(applied.outputs["queue_url"]), AttributeNames=["All"])[
            "Attributes"
        ]
        assert attributes["VisibilityTimeout"] == "60"
        assert attributes["MessageRetentionPeriod"] == "345600"
        assert attributes["SqsManagedSseEnabled"] == "true"
        assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 5

    def test_the_functions_settings(self, courier: Courier, embedded_aws: EmbeddedAws) -> None:
        function = embedded_aws.client("lambda").get_function_configuration(FunctionName=courier.name)
        (mapping,) = embedded_aws.client("lambda").list_event_source_mappings(FunctionName=courier.name)[
            "EventSourceMappings"
        ]
        (group,) = embedded_aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{courier.name}")[
            "logGroups"
        ]
        assert (function["Timeout"], function["MemorySize"], function["Description"]) == (10, 256, "Carries.")
        assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (10, ["ReportBatchItemFailures"])
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
        assert group["retentionInDays"] == 30

    def test_the_users_policy_is_attached_to_role_and_user(self, courier: Courier, embedded_aws: EmbeddedAws) -> None:
        iam = embedded_aws.client("iam")
        role = iam.list_attached_role_policies(RoleName=f"{courier.name}-user")["AttachedPolicies"]
        user = iam.list_attached_user_policies(UserName=f"{courier.name}-person")["AttachedPolicies"]
        arn = f"arn:aws:iam::{OURS}:policy/{courier.name}-user-access"
        assert [one["PolicyArn"] for one in (*role, *user)] == [arn, arn]
