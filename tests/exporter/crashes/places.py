"""Where the files of a killed run go, and what is found there afterwards."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from exporter.publish.bucket import Bucket
from exporter.publish.folder import Folder
from exporter.publish.target import Target
from tests.exporter.crashes import warm

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Place(Protocol):
    """A folder or a bucket; every process has its own view of it."""

    @property
    def target(self) -> Target: ...

    def seen(self) -> set[str]:
        """The keys of the files that anybody sees."""

    def left_over(self) -> set[str]:
        """What nobody sees and somebody would have to clean up."""

    def read(self, key: str) -> bytes: ...


@dataclass(frozen=True)
class LocalPlace:
    folder: Path

    @property
    def target(self) -> Folder:
        return Folder(self.folder)

    def seen(self) -> set[str]:
        return {path.name for path in self.folder.iterdir() if not path.name.startswith(".")}

    def left_over(self) -> set[str]:
        return {path.name for path in self.folder.iterdir() if path.name.startswith(".")}

    def read(self, key: str) -> bytes:
        return (self.folder / key).read_bytes()


@dataclass(frozen=True)
class RemotePlace:
    endpoint_url: str
    ca_bundle: str
    owner: str
    bucket: str

    @property
    def s3(self) -> "S3Client":
        return warm.s3(self.endpoint_url, self.ca_bundle, self.owner)

    @property
    def target(self) -> Bucket:
        return Bucket(s3=self.s3, bucket=self.bucket, owner=self.owner)

    def seen(self) -> set[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {found["Key"] for page in pages for found in page.get("Contents", [])}

    def left_over(self) -> set[str]:
        """Uploads that hold something. One that was begun and not yet recorded the bucket's lifecycle rule removes."""
        uploads = self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])
        return {
            upload["Key"]
            for upload in uploads
            if self.s3.list_parts(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"]).get("Parts")
        }

    def read(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
