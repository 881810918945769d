"""The commands into a bucket of the embedded AWS, which boto3 finds by the environment alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from tests.exporter.cli.checkout import Checkout

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "exporter-cli-exports"


@pytest.fixture
def s3(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> "Iterator[S3Client]":
    """An S3 that has the export bucket."""
    for name, value in embedded_aws.environment().items():
        monkeypatch.setenv(name, value)
    made = embedded_aws.client("s3")
    made.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    yield made
    for found in made.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        made.delete_object(Bucket=BUCKET, Key=found["Key"])
    made.delete_bucket(Bucket=BUCKET)


def test_a_run_publishes_under_the_prefix_and_is_verified_and_fresh(checkout: Checkout, s3: "S3Client") -> None:
    checkout.visit("Leeds")
    outcome = checkout.run("run", "lettings")
    assert outcome.code == 0, outcome.err
    body = s3.get_object(Bucket=BUCKET, Key="lettings/visits_f0001_inc0001.csv")["Body"].read()
    assert b"Leeds" in body
    assert checkout.run("verify", "lettings").err == "2 files of the ledger: 2 same\n"
    assert checkout.run("status", "lettings").code == 0


def test_a_bucket_that_is_not_there_is_said_and_nothing_is_committed(
    checkout: Checkout, embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in embedded_aws.environment().items():
        monkeypatch.setenv(name, value)
    checkout.visit("Leeds")
    outcome = checkout.run("run", "lettings")
    assert outcome.code == 75
    assert "there is no such bucket. Deploy the dataset first" in outcome.out
    assert "made no file" in outcome.out
