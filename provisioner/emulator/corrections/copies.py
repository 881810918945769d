"""What a copy is checked against where it lands, and what the copy is then: its ETag, its checksum, its tags."""

import contextvars
import importlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from provisioner.emulator.corrections.correction import Correction

_API: Final = "https://docs.aws.amazon.com/AmazonS3/latest/API"
_GUIDE: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"

_MIN_PART_BYTES: Final = 5 * 1024**2
"""Every part but the last (User Guide, "Amazon S3 multipart upload limits")."""

_Response = tuple[int, dict[str, str], bytes]

_making: contextvars.ContextVar[Callable[[dict[str, Any], bytes], None] | None] = contextvars.ContextVar(
    "making", default=None
)
"""While a copy or a completion runs: what puts its new object right before it is recorded as a version."""


def _correct_recording(original: Callable[..., str | None]) -> Callable[..., str | None]:
    """Let a copy or a completion put its object right before it is recorded."""

    def record(bucket: str, key: str, prior: Any, made: dict[str, Any], data: bytes) -> str | None:
        if put_right := _making.get():
            put_right(made, data)
        return original(bucket, key, prior, made, data)

    return record


def _correct_version_entry(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Keep with a version of what type its checksum is."""

    def entry(made: Mapping[str, Any], version_id: str, data: bytes) -> dict[str, Any]:
        return original(made, version_id, data) | {"checksum_type": made.get("checksum_type")}

    return entry


def _correct_copy(original: Callable[..., _Response]) -> Callable[..., _Response]:
    """Check the destination's conditions; give the copy the ETag of one part and a checksum over all its bytes."""
    s3 = importlib.import_module("ministack.services.s3")

    def copy(bucket: str, key: str, headers: Mapping[str, str]) -> _Response:
        there = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
        refused: _Response | None = s3._check_put_preconditions(headers, there)
        if refused is not None:
            return refused
        made: dict[str, Any] = {}

        def put_right(copied: dict[str, Any], data: bytes) -> None:
            asked = headers.get("x-amz-checksum-algorithm", "").upper()
            algorithm = asked or next(iter(copied["checksums"]), "CRC64NVME")
            full = copied["checksums"].get(algorithm, "-")
            # A checksum over parts ends in their number: such a one is not the copy's.
            value = s3._compute_s3_checksum(algorithm, data) if "-" in full else full
            if "-" in copied["etag"]:
                copied["etag"] = f'"{s3.md5_hash(data)}"'
            copied |= {"checksums": {algorithm: value}, "checksum_type": "FULL_OBJECT"}
            made.update(copied)

        status, answered, body = _with(put_right, original, bucket, key, headers)
        if status == 200:
            body = _filled(body, {"ETag": made["etag"], **_named(made["checksums"]), "ChecksumType": "FULL_OBJECT"})
        return status, answered, body

    return copy


def _correct_creation(original: Callable[..., _Response]) -> Callable[..., _Response]:
    """Remember an upload's tags, and the type of checksum that its object is to have."""
    s3 = importlib.import_module("ministack.services.s3")

    def create(bucket: str, key: str, headers: Mapping[str, str]) -> _Response:
        status, answered, body = original(bucket, key, headers)
        if status == 200 and (found := re.search(rb"<UploadId>([^<]+)<", body)):
            upload = s3._multipart_uploads[found.group(1).decode()]
            upload["tags"] = dict(parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True))
            default = "FULL_OBJECT" if upload["checksum_algorithm"] == "CRC64NVME" else "COMPOSITE"
            upload["checksum_type"] = headers.get("x-amz-checksum-type", default)
            if upload["checksum_algorithm"]:
                answered = answered | {"x-amz-checksum-type": upload["checksum_type"]}
        return status, answered, body

    return create


def _correct_part_copy(original: Callable[..., _Response]) -> Callable[..., _Response]:
    """Give a copied part the checksum of its upload's algorithm."""
    s3 = importlib.import_module("ministack.services.s3")

    def copy(bucket: str, key: str, query: Mapping[str, Any], headers: Mapping[str, str]) -> _Response:
        status, answered, body = original(bucket, key, query, headers)
        if status == 200:
            upload = s3._multipart_uploads[s3._qp(query, "uploadId")]
            if algorithm := upload["checksum_algorithm"]:
                part = upload["parts"][int(s3._qp(query, "partNumber"))]
                part["checksums"] = {algorithm: s3._compute_s3_checksum(algorithm, part["body"])}
                body = _filled(body, _named(part["checksums"]))
        return status, answered, body

    return copy


_whole: contextvars.ContextVar[bytes | None] = contextvars.ContextVar("whole", default=None)
"""While an upload with a full-object checksum is completed: the bytes of its object."""


def _correct_checksum_of_parts(original: Callable[..., str | None]) -> Callable[..., str | None]:
    """Make the checksum over all bytes where the upload asked for one over the full object."""
    s3 = importlib.import_module("ministack.services.s3")

    def checksum(algorithm: str, parts: list[str]) -> str | None:
        whole = _whole.get()
        if whole is None or not algorithm:
            return original(algorithm, parts)
        full: str = s3._compute_s3_checksum(algorithm, whole)
        return full

    return checksum


def _correct_completion(original: Callable[..., _Response]) -> Callable[..., _Response]:
    """Refuse parts out of order and parts too small; give the object its tags, and its checksum's type."""
    s3 = importlib.import_module("ministack.services.s3")

    def complete(
        bucket: str, key: str, body: bytes, query: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> _Response:
        upload_id = s3._qp(query, "uploadId")
        upload = s3._multipart_uploads.get(upload_id)
        if upload is None:
            return original(bucket, key, body, query, headers)
        numbers = [int(number) for number in re.findall(rb"<PartNumber>\s*(\d+)\s*<", body)]
        there = [upload["parts"][number] for number in numbers if number in upload["parts"]]
        refused: _Response | None = None
        if numbers != sorted(set(numbers)):
            refused = s3._error("InvalidPartOrder", "The list of parts was not in ascending order.", 400)
        elif any(part["size"] < _MIN_PART_BYTES for part in there[:-1]):
            refused = s3._error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400)
        if refused is not None:
            return refused
        kind, made = upload["checksum_type"], {}

        def put_right(completed: dict[str, Any], _data: bytes) -> None:
            if completed["checksums"]:
                completed["checksum_type"] = kind
            made["object"] = completed

        of_all = kind == "FULL_OBJECT" and upload["checksum_algorithm"] is not None
        token = _whole.set(b"".join(part["body"] for part in there) if of_all else None)
        try:
            status, answered, text = _with(put_right, original, bucket, key, body, query, headers)
        finally:
            _whole.reset(token)
        if "object" in made:
            if upload["tags"]:
                s3._object_tags[(bucket, key, made["object"].get("version_id"))] = upload["tags"]
            text = text.replace(b"<ChecksumType>COMPOSITE<", f"<ChecksumType>{kind}<".encode())
            s3._completed_multipart_uploads[upload_id]["response"] = (status, answered, text)
        return status, answered, text

    return complete


def _with(
    put_right: Callable[[dict[str, Any], bytes], None], do: Callable[..., _Response], *arguments: Any
) -> _Response:
    token = _making.set(put_right)
    try:
        return do(*arguments)
    finally:
        _making.reset(token)


def _named(checksums: Mapping[str, str]) -> dict[str, str]:
    return {f"Checksum{algorithm}": value for algorithm, value in checksums.items()}


def _filled(body: bytes, fields: Mapping[str, str]) -> bytes:
    """An XML answer with these elements set under its root."""
    root = ElementTree.fromstring(body)  # noqa: S314 - what the emulator itself has just written
    space = root.tag.rpartition("}")[0] + "}" if root.tag.startswith("{") else ""
    for name, value in fields.items():
        element = root.find(f"{space}{name}")
        if element is None:
            element = ElementTree.SubElement(root, f"{space}{name}")
        element.text = value
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _correction(function: str, difference: str, documentation: str, correct: Callable[[Any], Any]) -> Correction:
    return Correction(
        module="ministack.services.s3",
        function=function,
        difference=difference,
        documentation=documentation,
        correct=correct,
    )


CORRECTIONS = (
    _correction(
        "_record_object_version",
        "a copy and a completion record what AWS would have made",
        f"{_API}/API_CopyObject.html",
        _correct_recording,
    ),
    _correction(
        "_version_entry_from_record",
        "a version keeps the type of its checksum",
        f"{_API}/API_HeadObject.html",
        _correct_version_entry,
    ),
    _correction(
        "_copy_object",
        "a copy obeys If-Match and If-None-Match, and has its own ETag and a full-object checksum",
        f"{_API}/API_CopyObject.html and {_API}/API_CopyObjectResult.html",
        _correct_copy,
    ),
    _correction(
        "_create_multipart_upload",
        "an upload keeps its tags and its type of checksum",
        f"{_API}/API_CreateMultipartUpload.html",
        _correct_creation,
    ),
    _correction(
        "_upload_part_copy",
        "a copied part has a checksum",
        f"{_API}/API_CopyPartResult.html",
        _correct_part_copy,
    ),
    _correction(
        "_composite_checksum",
        "an upload may ask for a checksum over its full object",
        f"{_GUIDE}/checking-object-integrity.html",
        _correct_checksum_of_parts,
    ),
    _correction(
        "_complete_multipart_upload",
        "a completion refuses parts out of order or too small, and its object has the upload's tags",
        f"{_API}/API_CompleteMultipartUpload.html",
        _correct_completion,
    ),
)
