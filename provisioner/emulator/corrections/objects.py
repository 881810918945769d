"""What S3 answers to requests for objects."""

import contextvars
import functools
import http
import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

from provisioner.emulator.corrections.correction import Correction

_API = "https://docs.aws.amazon.com/AmazonS3/latest/API"

_Response = tuple[int, dict[str, str], bytes]


def _copy_source(headers: Mapping[str, str]) -> tuple[str, str]:
    """Bucket and key a copy reads, both empty if the request is no copy."""
    bucket, _, key = unquote(headers.get("x-amz-copy-source", "").partition("?")[0]).lstrip("/").partition("/")
    return bucket, key


def _source_has_tags_to_copy(headers: Mapping[str, str]) -> bool:
    s3 = importlib.import_module("ministack.services.s3")
    bucket, key = _copy_source(headers)
    owner = s3._bucket_owner_account(bucket) if bucket else None
    if owner is None or headers.get("x-amz-tagging-directive", "COPY").upper() != "COPY":
        return False
    version = s3._buckets.get_scoped(owner, None, bucket)["objects"].get(key, {}).get("version_id")
    return bool(s3._object_tags.get_scoped(owner, None, (bucket, key, version)))


def _correct_expected_owner(original: Callable[..., Awaitable[_Response]]) -> Callable[..., Awaitable[_Response]]:
    """Refuse a request that expects another owner of its bucket, or of the bucket it copies from."""
    s3 = importlib.import_module("ministack.services.s3")

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any], **options: Any
    ) -> _Response:
        target, _ = s3._parse_bucket_key(path, headers)
        source, _ = _copy_source(headers)
        for bucket, header in (
            (target, "x-amz-expected-bucket-owner"),
            (source, "x-amz-source-expected-bucket-owner"),
        ):
            owner = s3._bucket_owner_account(bucket) if bucket else None
            if owner is not None and headers.get(header, owner) != owner:
                refused: _Response = s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")
                return refused
        return await original(method, path, headers, body, query, **options)

    return handle


def _correct_rights_needed(original: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
    """Ask for the tagging rights of a copy with tags, and the reading right of a conditional delete."""

    def needed(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> list[tuple[str, str]]:
        checks = original(method, path, headers, body, query)
        key_arn = f"arn:aws:s3:::{path.lstrip('/')}"
        if method == "DELETE" and "if-match" in headers:
            checks.append(("s3:GetObject", key_arn))
        if method == "PUT" and _source_has_tags_to_copy(headers):
            checks.append(("s3:GetObjectTagging", f"arn:aws:s3:::{'/'.join(_copy_source(headers))}"))
            checks.append(("s3:PutObjectTagging", key_arn))
        return checks

    return needed


def _correct_foreign_tagging(original: Callable[..., Awaitable[_Response]]) -> Callable[..., Awaitable[_Response]]:
    """Ask the target's own policy too before a copy puts tags into another account's bucket."""
    responses = importlib.import_module("ministack.core.responses")
    s3 = importlib.import_module("ministack.services.s3")

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any], **options: Any
    ) -> _Response:
        bucket, key = s3._parse_bucket_key(path, headers)
        caller, owner = responses.get_account_id(), s3._bucket_owner_account(bucket) if bucket else None
        tags_go_abroad = method == "PUT" and owner not in (None, caller) and _source_has_tags_to_copy(headers)
        if tags_go_abroad and not s3._foreign_bucket_allows(owner, bucket, key, "PUT", {"tagging": [""]}, caller, {}):
            refused: _Response = s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
            return refused
        return await original(method, path, headers, body, query, **options)

    return handle


def _correct_missing_key(original: Callable[..., Awaitable[_Response]]) -> Callable[..., Awaitable[_Response]]:
    """Answer 403 instead of 404 for a missing key to whoever may not list its bucket."""
    evaluator = importlib.import_module("ministack.core.iam_evaluator")
    responses = importlib.import_module("ministack.core.responses")
    router = importlib.import_module("ministack.core.router")
    s3 = importlib.import_module("ministack.services.s3")

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any], **options: Any
    ) -> _Response:
        caller = responses.get_account_id()
        response = await original(method, path, headers, body, query, **options)
        bucket, key = s3._parse_bucket_key(path, headers)
        source = _copy_source(headers)
        if any(source):
            bucket, key = source
        owner = s3._bucket_owner_account(bucket) if bucket else None
        missing = response[0] == http.HTTPStatus.NOT_FOUND and (method == "HEAD" or b"<Code>NoSuchKey<" in response[2])
        if not missing or not key or owner is None or not (any(source) or method in ("GET", "HEAD")):
            return response
        region = responses.get_region()
        with responses.request_scope(caller, region):
            access_key = router.extract_access_key_id(headers, query)
            refused = evaluator.enforce(
                access_key, "s3:ListBucket", "s3", region, resource_arn=f"arn:aws:s3:::{bucket}"
            )
            if refused is None and (
                owner == caller or s3._foreign_bucket_allows(owner, bucket, "", "GET", {}, caller, {})
            ):
                return response
        denied: _Response = s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
        return denied if method != "HEAD" else (denied[0], denied[1], b"")

    return handle


_lent: contextvars.ContextVar[tuple[str, str] | None] = contextvars.ContextVar("lent", default=None)
"""While a copy runs: its source bucket and the account that owns it."""


@functools.cache
def _lending_store() -> type:
    responses = importlib.import_module("ministack.core.responses")

    class LendingStore(responses.AccountScopedDict):  # type: ignore[misc, name-defined]
        """MiniStack's store by account, in which a copy's source bucket is found under its owner."""

        __slots__ = ()

        def _scoped(self, key: Any) -> Any:
            lent = _lent.get()
            bucket = key[0] if isinstance(key, tuple) else key
            return (lent[1], key) if lent and bucket == lent[0] else super()._scoped(key)

    return LendingStore


def _correct_copy_source(original: Callable[..., _Response]) -> Callable[..., _Response]:
    """Let a copy whose target belongs to another account than its source find its source.

    MiniStack keeps a bucket's contents under its owner's account, and looks the source up under the target's owner.
    """
    s3 = importlib.import_module("ministack.services.s3")
    for store in (s3._buckets, s3._object_versions, s3._object_tags, s3._object_annotations):
        # The class, not the object: other modules of MiniStack hold references to these.
        store.__class__ = _lending_store()

    def copy(*arguments: Any) -> _Response:
        headers = arguments[-1]
        bucket, _ = _copy_source(headers)
        owner = s3._bucket_owner_account(bucket)
        lending = _lent.set((bucket, owner) if owner else None)
        try:
            return original(*arguments)
        finally:
            _lent.reset(lending)

    return copy


CORRECTIONS = (
    Correction(
        module="ministack.services.s3",
        function="handle_request",
        difference="a missing key answers 403 to a caller without s3:ListBucket",
        documentation=f"{_API}/API_HeadObject.html",
        correct=_correct_missing_key,
    ),
    Correction(
        module="ministack.services.s3",
        function="handle_request",
        difference="a copy that carries tags into another account's bucket needs s3:PutObjectTagging in its policy",
        documentation=f"{_API}/API_CopyObject.html",
        correct=_correct_foreign_tagging,
    ),
    Correction(
        module="ministack.services.s3",
        function="handle_request",
        difference="a request that expects another bucket owner is refused",
        documentation="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html",
        correct=_correct_expected_owner,
    ),
    Correction(
        module="ministack.core.iam_actions",
        function="s3_additional_checks",
        difference="a copy with tags needs the tagging rights, a delete with If-Match s3:GetObject",
        documentation=f"{_API}/API_DeleteObject.html and {_API}/API_CopyObject.html",
        correct=_correct_rights_needed,
    ),
    *(
        Correction(
            module="ministack.services.s3",
            function=function,
            difference="a copy finds its source in another account than its target's",
            documentation="https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html",
            correct=_correct_copy_source,
        )
        for function in ("_copy_object", "_upload_part_copy")
    ),
)
