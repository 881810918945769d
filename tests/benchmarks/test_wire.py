"""What the relay counts is what was asked."""

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from tests.benchmarks.wire import counting_relay, operation_of


@pytest.mark.parametrize(
    ("operation", "method", "target", "headers"),
    [
        ("GetObject", "GET", "/bucket/key", {}),
        ("HeadObject", "HEAD", "/bucket/key?versionId=1", {}),
        ("PutObject", "PUT", "/bucket/key?x-id=PutObject", {}),
        ("CopyObject", "PUT", "/bucket/key", {"x-amz-copy-source": "other/key"}),
        ("CopyObject", "PUT", "/bucket/key", {"X-Amz-Copy-Source": "other/key"}),
        ("UploadPart", "PUT", "/bucket/key?partNumber=1&uploadId=2", {}),
        ("UploadPartCopy", "PUT", "/bucket/key?partNumber=1&uploadId=2", {"x-amz-copy-source": "other/key"}),
        ("CreateMultipartUpload", "POST", "/bucket/key?uploads", {}),
        ("CompleteMultipartUpload", "POST", "/bucket/key?uploadId=2", {}),
        ("AbortMultipartUpload", "DELETE", "/bucket/key?uploadId=2", {}),
        ("ListParts", "GET", "/bucket/a/key?uploadId=2", {}),
        ("DeleteObject", "DELETE", "/bucket/key", {}),
        ("DeleteObjects", "POST", "/bucket?delete", {}),
        ("ListObjectsV2", "GET", "/bucket?list-type=2&prefix=a%2Fb", {}),
        ("ListObjectVersions", "GET", "/bucket/?versions&prefix=a", {}),
        ("ListMultipartUploads", "GET", "/bucket?uploads", {}),
        ("SQS SendMessage", "POST", "/", {"X-Amz-Target": "AmazonSQS.SendMessage"}),
    ],
)
def test_an_operation_is_known_by_its_method_path_query_and_headers(
    operation: str, method: str, target: str, headers: dict[str, str]
) -> None:
    assert operation_of(method, target, headers, b"") == operation


def test_a_request_of_sts_says_its_action_in_its_body() -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert operation_of("POST", "/", headers, b"Action=AssumeRole&Version=2011-06-15") == "STS AssumeRole"


def test_every_request_is_handed_on_and_counted_also_one_that_is_refused(embedded_aws: EmbeddedAws) -> None:
    root = embedded_aws.client("s3")
    root.create_bucket(Bucket="on-the-wire", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    with counting_relay(embedded_aws) as relay:
        s3 = embedded_aws._session.client(
            "s3",
            region_name=embedded_aws.region,
            endpoint_url=relay.endpoint_url,
            aws_access_key_id=embedded_aws.account_id,
            aws_secret_access_key="test",
        )
        for key in ("a b+c", "é"):
            s3.put_object(Bucket="on-the-wire", Key=key, Body=b"123")
        s3.copy({"Bucket": "on-the-wire", "Key": "é"}, "on-the-wire", "copy")
        with pytest.raises(s3.exceptions.ClientError):
            s3.head_object(Bucket="on-the-wire", Key="missing")
        s3.close()
    assert relay.counts == {"PutObject": 2, "HeadObject": 2, "CopyObject": 1}
    assert relay.refused == {"HeadObject 404": 1}
    written = root.list_objects_v2(Bucket="on-the-wire")["Contents"]
    assert {one["Key"]: one["Size"] for one in written} == {"a b+c": 3, "é": 3, "copy": 3}
