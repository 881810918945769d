"""What every run imports and reads from the disk, done once in the process that the others are forked from."""

from functools import cache
from typing import TYPE_CHECKING

import boto3

import exporter.encode.csv
import exporter.encode.gzip
import exporter.encode.xml
import exporter.encode.zip
import exporter.engine.run  # noqa: F401

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SESSION = boto3.Session(aws_access_key_id="nobody", aws_secret_access_key="nothing", region_name="eu-west-2")
_SESSION.client("s3")  # reads the service's description; nothing is sent


@cache
def s3(endpoint_url: str, ca_bundle: str, account: str) -> "S3Client":
    """A client of an embedded AWS."""
    return _SESSION.client(
        "s3", endpoint_url=endpoint_url, verify=ca_bundle, aws_access_key_id=account, aws_secret_access_key="test"
    )
