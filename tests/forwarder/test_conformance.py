"""The fake S3 and the embedded AWS answer the same requests alike; where they do not, a page of AWS's decides.

Each script is a list of requests. `$name` in a parameter is an answer's field that an earlier request kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from provisioner.emulator.embedded_aws import EmbeddedAws

from .world import ACCOUNT, MIN_PART_BYTES, FakeS3

SOURCE, TARGET = "conformance-source", "conformance-target"
BIG = b"a" * (MIN_PART_BYTES + 1)
FULL = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
OWNED = {"ExpectedBucketOwner": ACCOUNT}

ROLE = "everything"
_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API"

ACTIONS = (
    *("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
    *("s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObject", "s3:DeleteObjectVersion"),
    *("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:GetObjectAnnotation"),
)


@dataclass(frozen=True)
class Step:
    """One request; `keep` gives names to fields of its answer."""

    method: str
    parameters: Mapping[str, Any]
    keep: Mapping[str, str] | None = None
    hide: tuple[str, ...] = ()
    """What is not compared here, because a script of its own compares it."""


def put(key: str, body: bytes = b"one", bucket: str = SOURCE, **more: Any) -> Step:
    parameters = {"Bucket": bucket, "Key": key, "Body": body, "ContentType": "text/csv", **more}
    return Step("put_object", parameters, {"etag": "ETag", "v": "VersionId"}, ("ChecksumCRC32", "ChecksumType"))


def copy(key: str, *, version: str | None = None, **more: Any) -> Step:
    source = {"Bucket": SOURCE, "Key": key} | ({"VersionId": version} if version else {})
    return Step("copy_object", {"Bucket": TARGET, "Key": key, "CopySource": source, **more})


def head(key: str, bucket: str = TARGET, **more: Any) -> Step:
    return Step("head_object", {"Bucket": bucket, "Key": key, "ChecksumMode": "ENABLED", **more})


def delete(key: str, **more: Any) -> Step:
    return Step("delete_object", {"Bucket": SOURCE, "Key": key, **more})


def delete_many(*objects: Mapping[str, str]) -> Step:
    return Step("delete_objects", {"Bucket": SOURCE, "Delete": {"Objects": [dict(found) for found in objects]}})


def create(key: str, **more: Any) -> Step:
    parameters = {"Bucket": TARGET, "Key": key, **FULL, **more}
    return Step("create_multipart_upload", parameters, {"upload": "UploadId"})


def listed(method: str, **more: Any) -> Step:
    """A list of parts or uploads; whether it says the type of their checksum is a script of its own."""
    return Step(method, {"Bucket": TARGET, **more}, hide=("ChecksumType",))


def part(key: str, number: int, keep: str = "part", span: str | None = None, **more: Any) -> Step:
    named = {"Bucket": TARGET, "Key": key, "UploadId": "$upload", "PartNumber": number}
    ranged = {"CopySourceRange": span} if span else {}
    source = {"CopySource": {"Bucket": SOURCE, "Key": key}}
    return Step("upload_part_copy", named | source | ranged | more, {keep: "CopyPartResult.ETag"})


def complete(key: str, *parts: tuple[int, str], **more: Any) -> Step:
    chosen = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
    named = {"Bucket": TARGET, "Key": key, "UploadId": "$upload", "MultipartUpload": {"Parts": chosen}}
    return Step("complete_multipart_upload", named | more)


FIRST, REST = f"bytes=0-{MIN_PART_BYTES - 1}", f"bytes={MIN_PART_BYTES}-{MIN_PART_BYTES}"

SCRIPTS: dict[str, list[Step]] = {
    "copy if the source matches": [put("a"), copy("a", CopySourceIfMatch="$etag"), head("a")],
    "copy if the source is another": [put("b"), copy("b", CopySourceIfMatch='"0"'), head("b")],
    "copy a version": [put("c"), put("c", b"two"), copy("c", version="$v"), head("c")],
    "copy a missing key": [copy("nothing")],
    "copy from a version with a condition": [put("d"), copy("d", version="$v", CopySourceIfMatch='"0"')],
    "copy onto nothing if there is nothing": [put("e"), copy("e", IfNoneMatch="*"), copy("e", IfNoneMatch="*")],
    "copy onto what matches": [put("f", bucket=TARGET), put("f"), copy("f", IfMatch="$etag"), head("f")],
    "copy onto what is another": [put("g"), put("g", b"two", TARGET), copy("g", IfMatch='"0"'), head("g")],
    "copy onto a missing key that must match": [put("h"), copy("h", IfMatch='"0"')],
    "copy with an owner": [put("i"), copy("i", ExpectedSourceBucketOwner=ACCOUNT, **OWNED)],
    "copy for another owner": [put("j"), copy("j", ExpectedBucketOwner="999988887777")],
    "copy from another owner": [put("k"), copy("k", ExpectedSourceBucketOwner="999988887777")],
    "copy with what belongs to it": [
        put("l", Metadata={"by": "a"}, Tagging="class=b"),
        copy("l"),
        head("l"),
        Step("get_object_tagging", {"Bucket": TARGET, "Key": "l"}),
    ],
    "what a put says of its checksum": [Step("put_object", {"Bucket": SOURCE, "Key": "sum", "Body": b"one"})],
    "the type of what names none": [
        Step("put_object", {"Bucket": TARGET, "Key": "type", "Body": b"one"}, hide=("ChecksumCRC32", "ChecksumType")),
        head("type"),
    ],
    "an upload that names no checksum": [Step("create_multipart_upload", {"Bucket": TARGET, "Key": "none"})],
    "what a list says of an upload's checksum": [
        create("type2"),
        Step("list_multipart_uploads", {"Bucket": TARGET, "Prefix": "type2"}),
    ],
    "put only once": [put("m", IfNoneMatch="*"), put("m", IfNoneMatch="*")],
    "put over what matches": [put("n"), put("n", b"two", IfMatch="$etag"), put("n", b"three", IfMatch='"0"')],
    "put over a missing key": [put("o", IfMatch='"0"')],
    "put over a delete marker": [put("p"), delete("p"), put("p", IfNoneMatch="*")],
    "delete if it matches": [put("q"), delete("q", IfMatch="$etag"), head("q", SOURCE)],
    "delete if it is another": [put("r"), delete("r", IfMatch='"0"'), head("r", SOURCE)],
    "delete under a marker": [put("s"), delete("s"), delete("s", IfMatch="$etag")],
    "delete what never was": [delete("never"), delete("never-either", IfMatch='"0"')],
    "delete many": [
        put("t1"),
        put("t2"),
        put("t3"),
        delete("t3"),
        delete_many(
            {"Key": "t1", "ETag": "$etag"},
            {"Key": "t2", "ETag": '"0"'},
            {"Key": "t3", "ETag": "$etag"},
            {"Key": "t4"},
        ),
        Step("list_object_versions", {"Bucket": SOURCE, "Prefix": "t"}),
    ],
    "list keys": [
        put("u/b"),
        put("u/\u00e9"),
        put("u/Z"),
        put("u/gone"),
        delete("u/gone"),
        Step("list_objects_v2", {"Bucket": SOURCE, "Prefix": "u/"}),
        Step("list_objects_v2", {"Bucket": SOURCE, "Prefix": "u/", "StartAfter": "u/Z"}),
        Step("list_objects_v2", {"Bucket": SOURCE, "Prefix": "u/", "MaxKeys": 1}, {"next": "NextContinuationToken"}),
        Step("list_objects_v2", {"Bucket": SOURCE, "Prefix": "u/", "ContinuationToken": "$next"}),
    ],
    "an upload in parts": [
        put("v", BIG),
        create("v", Tagging="class=b", Metadata={"by": "a"}, ContentType="text/csv"),
        part("v", 1, "one", FIRST, CopySourceIfMatch="$etag"),
        part("v", 2, "two", REST, CopySourceIfMatch="$etag"),
        listed("list_parts", Key="v", UploadId="$upload"),
        listed("list_parts", Key="v", UploadId="$upload", MaxParts=1),
        listed("list_multipart_uploads", Prefix="v"),
        complete("v", (1, "$one"), (2, "$two"), MpuObjectSize=len(BIG), IfNoneMatch="*"),
        head("v"),
        Step("get_object_tagging", {"Bucket": TARGET, "Key": "v"}),
        listed("list_parts", Key="v", UploadId="$upload"),
    ],
    "a part of another source": [put("w", BIG), create("w"), part("w", 1, CopySourceIfMatch='"0"')],
    "a part beyond the end": [put("x", BIG), create("x"), part("x", 1, span=f"bytes=0-{len(BIG)}")],
    "a part of a small source": [put("x2"), create("x2"), part("x2", 1, span="bytes=0-1")],
    "a part of a missing source": [create("missing"), part("missing", 1)],
    "completions that are refused": [
        put("y", BIG),
        put("y", b"there", TARGET),
        create("y"),
        part("y", 1, "one", FIRST),
        part("y", 2, "two", REST),
        complete("y", (2, "$two"), (1, "$one")),
        complete("y", (1, "$two")),
        complete("y", (3, "$two")),
        complete("y", (1, "$one"), (2, "$two"), MpuObjectSize=1),
        complete("y", (1, "$one"), (2, "$two"), ChecksumCRC32="AAAAAA=="),
        complete("y", (1, "$one"), (2, "$two"), IfNoneMatch="*"),
        complete("y", (1, "$one"), (2, "$two"), IfMatch='"0"'),
        listed("list_parts", Key="y", UploadId="$upload"),
    ],
    "a part too small": [
        put("y2"),
        create("y2"),
        part("y2", 1, "one"),
        part("y2", 2, "two"),
        complete("y2", (1, "$one"), (2, "$two")),
    ],
    "a completion onto a missing key": [
        put("z"),
        create("z"),
        part("z", 1),
        complete("z", (1, "$part"), IfMatch='"0"'),
    ],
    "an upload ended": [
        create("end"),
        Step("abort_multipart_upload", {"Bucket": TARGET, "Key": "end", "UploadId": "$upload"}),
        Step("abort_multipart_upload", {"Bucket": TARGET, "Key": "end", "UploadId": "$upload"}),
        listed("list_multipart_uploads", Prefix="end"),
    ],
    "a completion repeated": [
        put("again"),
        create("again"),
        part("again", 1),
        complete("again", (1, "$part")),
        complete("again", (1, "$part")),
    ],
    "a copy of what came in parts": [
        put("parts", BIG),
        Step(
            "create_multipart_upload",
            {"Bucket": SOURCE, "Key": "parts2", "ContentType": "text/csv", **FULL},
            {"upload": "UploadId"},
        ),
        Step(
            "upload_part_copy",
            {
                "Bucket": SOURCE,
                "Key": "parts2",
                "UploadId": "$upload",
                "PartNumber": 1,
                "CopySource": {"Bucket": SOURCE, "Key": "parts"},
            },
            {"one": "CopyPartResult.ETag"},
        ),
        Step(
            "complete_multipart_upload",
            {
                "Bucket": SOURCE,
                "Key": "parts2",
                "UploadId": "$upload",
                "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": "$one"}]},
            },
        ),
        copy("parts2"),
        head("parts2"),
    ],
}

DIFFERENCES: dict[str, str] = {
    "what a put says of its checksum": f"{_API}/API_PutObject.html#API_PutObject_ResponseSyntax",
    "the type of what names none": f"{_GUIDE}/UsingMetadata.html",
    "an upload that names no checksum": f"{_GUIDE}/checking-object-integrity.html",
    "what a list says of an upload's checksum": f"{_API}/API_MultipartUpload.html",
    "a part of a small source": f"{_API}/API_UploadPartCopy.html",
    # The fake forgets an upload at once; S3 may answer the repeated request for a while as it did the first.
    "a completion repeated": f"{_API}/API_CompleteMultipartUpload.html",
}
"""Scripts that the embedded AWS answers otherwise than the fake, and the page that the fake follows."""


class Run:
    """One script against one S3; the answers, without what is never the same twice."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._kept: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def answers(self, script: list[Step]) -> list[Any]:
        return [self._answer(step) for step in script]

    def _answer(self, step: Step) -> Any:
        try:
            answer = getattr(self._client, step.method)(**self._filled(step.parameters))
        except ClientError as refused:
            status = refused.response["ResponseMetadata"]["HTTPStatusCode"]
            return (step.method, status, refused.response["Error"]["Code"])
        for name, path in (step.keep or {}).items():
            found = answer
            for field in path.split("."):
                found = found[field]
            self._kept[name] = found
        return (step.method, self._normal(answer, hide=step.hide))

    def _filled(self, value: Any) -> Any:
        match value:
            case str() if value.startswith("$"):
                return self._kept[value[1:]]
            case Mapping():
                return {name: self._filled(part) for name, part in value.items()}
            case list():
                return [self._filled(part) for part in value]
            case _:
                return value

    def _normal(self, value: Any, name: str = "", hide: tuple[str, ...] = ()) -> Any:
        match value:
            case Mapping():
                kept = {key: part for key, part in value.items() if key in SHOWN and key not in hide}
                return {key: self._normal(part, key, hide) for key, part in kept.items()}
            case list():
                return [self._normal(part, hide=hide) for part in value]
            case str() if name in IDS:
                return self._names.setdefault(value, f"{name} {len(self._names)}")
            case _:
                return value


IDS = ("VersionId", "CopySourceVersionId", "UploadId", "DeleteMarkerVersionId")

SHOWN = {
    *IDS,
    *("CopyObjectResult", "CopyPartResult", "ETag", "ChecksumCRC32", "ChecksumCRC64NVME", "ChecksumType"),
    *("ContentLength", "ContentType", "Metadata", "by", "TagSet", "Key", "Value", "Size"),
    *("Deleted", "Errors", "DeleteMarker", "Code", "Versions", "DeleteMarkers", "IsLatest", "IsTruncated"),
    *("Contents", "KeyCount", "Parts", "PartNumber", "NextPartNumberMarker", "Uploads"),
}
"""What is compared of an answer: all that the forwarder or its tests read."""


@pytest.fixture(scope="module")
def embedded() -> Iterator[Any]:
    with EmbeddedAws(account_id=ACCOUNT) as aws:
        client = aws.client("s3")
        for bucket in (SOURCE, TARGET):
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        yield client


def fake() -> Any:
    s3 = FakeS3()
    for bucket in (SOURCE, TARGET):
        s3.create_bucket(bucket)
        s3.allow(ROLE, ACTIONS, bucket)
    return s3.client(ROLE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_fake_and_the_embedded_aws_answer_alike_but_where_a_page_is_named(embedded: Any, name: str) -> None:
    ours, theirs = Run(fake()).answers(SCRIPTS[name]), Run(embedded).answers(SCRIPTS[name])
    if name in DIFFERENCES:
        assert ours != theirs, "the difference is no more: take it from the table"
    else:
        assert ours == theirs
