"""A bucket as a target, on the embedded AWS: real requests, through boto3 as it is configured by the environment."""

from collections.abc import Iterator

import pytest

from exporter.failure import PublishError, TakenError
from exporter.publish.bucket import Bucket
from exporter.publish.upload import PART_BYTES
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.exports.model import Publish

BUCKET = "exports-of-the-exporter"


@pytest.fixture
def target(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The prefix of a dataset in a bucket of our own."""
    for name, value in embedded_aws.environment().items():
        monkeypatch.setenv(name, value)
    made = Bucket.connected(
        region=embedded_aws.region, bucket=BUCKET, prefix="lettings/", owner=embedded_aws.account_id, moved_on=False
    )
    made.s3.create_bucket(
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": embedded_aws.region},  # type: ignore[typeddict-item]  # any region's name is one
    )
    yield made
    for found in made.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        made.s3.delete_object(Bucket=BUCKET, Key=found["Key"])
    made.s3.delete_bucket(Bucket=BUCKET)


def test_a_large_file_is_staged_revealed_once_and_read_back(target: Bucket) -> None:
    sink = target.open("2024/a.csv", Publish.ONCE)
    sink.write(bytes(PART_BYTES + 5))
    staged = sink.stage()
    assert target.sha256("2024/a.csv") is None
    target.reveal(staged, Publish.ONCE)
    target.reveal(staged, Publish.ONCE)
    assert target.sha256("2024/a.csv") == staged.sha256
    with pytest.raises(TakenError):
        target.open("2024/a.csv", Publish.ONCE)


def test_an_abandoned_file_is_never_revealed(target: Bucket) -> None:
    sink = target.open("a", Publish.REPLACE)
    sink.write(b"data")
    staged = sink.stage()
    target.abandon(staged.token)
    target.abandon(staged.token)
    with pytest.raises(PublishError, match="its upload is gone"):
        target.reveal(staged, Publish.REPLACE)
    assert target.s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


def test_a_server_that_does_not_answer_is_said(target: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:1")
    monkeypatch.setattr("exporter.publish.bucket.ATTEMPTS", 1)
    nowhere = Bucket.connected(region="eu-west-2", bucket=BUCKET, prefix="", owner=target.owner, moved_on=False)
    with pytest.raises(PublishError, match="S3 cannot be reached"):
        nowhere.open("a", Publish.ONCE)
