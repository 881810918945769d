"""The S3 client of one role: checks what it is given, and takes each request through its moments."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import ReadTimeoutError
from botocore.validate import validate_parameters

from . import deletes, listing, multipart, objects
from .faults import ENDPOINT, LandsLaterError
from .model import Answer, Request, When

if TYPE_CHECKING:
    from .s3 import FakeS3

_S3_MODEL = botocore.session.get_session().get_service_model("s3")

AtOnce = Callable[["FakeS3", Request], Answer]
"""A request that S3 does in one moment."""

InTwo = Callable[["FakeS3", Request], Callable[[], Answer]]
"""A request that first reads and checks, and then lands: what it gives is the landing."""

_AT_ONCE: dict[str, tuple[str, AtOnce]] = {
    "head_object": ("HeadObject", objects.head),
    "get_object": ("GetObject", objects.get),
    "get_object_tagging": ("GetObjectTagging", objects.tagging),
    "put_object": ("PutObject", objects.put),
    "delete_object": ("DeleteObject", deletes.one),
    "delete_objects": ("DeleteObjects", deletes.many),
    "list_objects_v2": ("ListObjectsV2", listing.objects),
    "list_object_versions": ("ListObjectVersions", listing.versions),
    "create_multipart_upload": ("CreateMultipartUpload", multipart.create),
    "upload_part": ("UploadPart", multipart.put_part),
    "abort_multipart_upload": ("AbortMultipartUpload", multipart.abort),
    "list_parts": ("ListParts", multipart.parts),
    "list_multipart_uploads": ("ListMultipartUploads", multipart.uploads),
}

_IN_TWO: dict[str, tuple[str, InTwo]] = {
    "copy_object": ("CopyObject", objects.copy),
    "upload_part_copy": ("UploadPartCopy", multipart.copy_part),
    "complete_multipart_upload": ("CompleteMultipartUpload", multipart.complete),
}


class FakeS3Client:
    """The methods of a boto3 S3 client that our code uses; any other is an AttributeError.

    Parameters are checked against botocore's own model, so a request that AWS does not know fails.
    """

    def __init__(self, world: "FakeS3", role: str) -> None:
        self._world = world
        self._role = role

    def __getattr__(self, method: str) -> Callable[..., Answer]:
        if method in _AT_ONCE:
            operation, at_once = _AT_ONCE[method]
            return lambda **parameters: self._request(self._received(operation, parameters), _whole(at_once), None)
        if method in _IN_TWO:
            operation, in_two = _IN_TWO[method]
            return lambda **parameters: self._request(self._received(operation, parameters), in_two, When.DURING)
        raise AttributeError(f"the fake S3 client has no method {method}")

    def _received(self, operation: str, parameters: dict[str, Any]) -> Request:
        """The request, valid and written down."""
        shape = _S3_MODEL.operation_model(operation).input_shape
        assert shape is not None
        # boto3 itself turns a copy source given as a mapping into the string that the model asks for.
        source = {"CopySource": "bucket/key"} if "CopySource" in parameters else {}
        validate_parameters(parameters | source, shape)
        with self._world.lock:
            request = Request(
                number=len(self._world.requests) + 1,
                operation=operation,
                bucket=parameters["Bucket"],
                key=parameters.get("Key", parameters.get("Prefix", "")),
                role=self._role,
                parameters=parameters,
            )
            self._world.requests.append(request)
        return request

    def _request(self, request: Request, begin: InTwo, between: When | None) -> Answer:
        """Take a request through its moments; the test's hooks run outside the lock."""

        def prepare() -> Callable[[], Answer]:
            with self._world.lock:
                return begin(self._world, request)

        def land() -> Answer:
            with self._world.lock:
                return landing()

        later: Callable[[], object] = lambda: prepare()()  # noqa: E731 - one of two things that may land later
        try:
            self._world.reach(request, When.BEFORE)
            landing = prepare()
            later = land
            if between:
                self._world.reach(request, between)
        except LandsLaterError:
            self._world.landings.append(later)
            raise ReadTimeoutError(endpoint_url=ENDPOINT) from None
        answer = land()
        self._world.reach(request, When.AFTER)
        return answer


def _whole(do: AtOnce) -> InTwo:
    return lambda world, request: lambda: do(world, request)
