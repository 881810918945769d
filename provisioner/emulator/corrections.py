"""Where the pinned MiniStack differs from AWS, and what AWS's documentation says instead.

Imported only by the emulator's own process (``server.py``): it changes MiniStack's functions there. Each correction
names the page that decides it. It replaces private functions, so it fits one version: any other is refused, because
a tour that silently runs uncorrected would show access that AWS does not give, or refuse access that AWS gives.
"""

import contextvars
import dataclasses
import functools
import http
import importlib
import importlib.metadata
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

CORRECTED_VERSION = "1.5.33"
"""The MiniStack version these corrections were written against; ``pyproject.toml`` pins the same."""

_IAM_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_S3_API = "https://docs.aws.amazon.com/AmazonS3/latest/API"


class MismatchError(Exception):
    """The installed MiniStack is not the one that the corrections fit."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Correction:
    """One function of MiniStack replaced by what AWS does."""

    module: str
    function: str
    difference: str
    documentation: str
    correct: Callable[[Any], Any]
    """Takes the original function, returns the one to use in its place."""


def apply(corrections: tuple["Correction", ...] | None = None, *, version: str | None = None) -> None:
    """Correct MiniStack in this process.

    Raises:
        MismatchError: another version is installed, or a function to correct is not there.
    """
    installed = importlib.metadata.version("ministack") if version is None else version
    if installed != CORRECTED_VERSION:
        raise MismatchError(
            f"MiniStack {installed} is installed, but provisioner/emulator/corrections.py corrects version "
            f"{CORRECTED_VERSION}: install that version, or check each correction against the new one."
        )
    for correction in CORRECTIONS if corrections is None else corrections:
        module = importlib.import_module(correction.module)
        original = getattr(module, correction.function, None)
        if original is None:
            raise MismatchError(
                f"MiniStack {installed} has no {correction.module}.{correction.function}, which must be corrected "
                f"({correction.difference}): check provisioner/emulator/corrections.py against this version."
            )
        setattr(module, correction.function, correction.correct(original))


def _role_of(session_arn: str) -> str:
    """The ARN of the role, with its path, that a session ARN belongs to."""
    evaluator = importlib.import_module("ministack.core.iam_evaluator")
    iam = importlib.import_module("ministack.services.iam")
    role = iam._roles.get_scoped(session_arn.split(":")[4], None, evaluator._role_name_from_assumed_arn(session_arn))
    return role["Arn"] if role else session_arn


def _correct_condition_keys(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Give ``aws:PrincipalArn`` the role's ARN, and the account of a bucket's owner to ``aws:ResourceAccount``."""
    s3 = importlib.import_module("ministack.services.s3")

    def resolve(key: str, context: Any) -> Any:
        match key.lower():
            case "aws:principalarn" if ":assumed-role/" in context.principal_arn:
                return _role_of(context.principal_arn)
            case "aws:resourceaccount" | "s3:resourceaccount" if context.resource_arn.startswith("arn:aws:s3:::"):
                bucket = context.resource_arn.removeprefix("arn:aws:s3:::").partition("/")[0]
                return s3._bucket_owner_account(bucket) or original(key, context)
            case _:
                return original(key, context)

    return resolve


def _correct_foreign_principal(original: Callable[..., Any]) -> Callable[..., Any]:
    """Evaluate another account's bucket policy for the caller itself, not for the root of the caller's account."""
    evaluator = importlib.import_module("ministack.core.iam_evaluator")

    def evaluate(document: Any, context: Any, service: str | None = None, **options: Any) -> Any:
        if service is None and context.action.startswith("s3:") and context.principal_type == "Root":
            caller = evaluator.caller_arn()
            if caller.split(":")[4] == context.principal_account and not caller.endswith(":root"):
                kind = "AssumedRole" if ":assumed-role/" in caller else "User"
                context = dataclasses.replace(context, principal_arn=caller, principal_type=kind)
        return original(document, context, service, **options)

    return evaluate


_Response = tuple[int, dict[str, str], bytes]


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
        if source := headers.get("x-amz-copy-source", ""):
            bucket, _, key = unquote(source.partition("?")[0]).lstrip("/").partition("/")
        owner = s3._bucket_owner_account(bucket) if bucket else None
        missing = response[0] == http.HTTPStatus.NOT_FOUND and (method == "HEAD" or b"<Code>NoSuchKey<" in response[2])
        if not missing or not key or owner is None or not (source or method in ("GET", "HEAD")):
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
        bucket = unquote(headers.get("x-amz-copy-source", "").partition("?")[0]).lstrip("/").partition("/")[0]
        owner = s3._bucket_owner_account(bucket)
        lending = _lent.set((bucket, owner) if owner else None)
        try:
            return original(*arguments)
        finally:
            _lent.reset(lending)

    return copy


def _without_machine_scripts(_original: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Run no start-up scripts: MiniStack would execute whatever lies in this machine's /etc/localstack."""
    return lambda *_folders: []


CORRECTIONS = (
    Correction(
        module="ministack.core.iam_evaluator",
        function="_resolve_condition_key",
        difference="aws:PrincipalArn of a session is its role's ARN, aws:ResourceAccount the bucket owner's account",
        documentation=f"{_IAM_GUIDE}/reference_policies_condition-keys.html#condition-keys-principalarn",
        correct=_correct_condition_keys,
    ),
    Correction(
        module="ministack.core.iam_evaluator",
        function="evaluate_resource_policy",
        difference="the policy of another account's bucket is evaluated for the caller, not for its account's root",
        documentation=f"{_IAM_GUIDE}/reference_policies_evaluation-logic-cross-account.html",
        correct=_correct_foreign_principal,
    ),
    Correction(
        module="ministack.services.s3",
        function="handle_request",
        difference="a missing key answers 403 to a caller without s3:ListBucket",
        documentation=f"{_S3_API}/API_HeadObject.html",
        correct=_correct_missing_key,
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
    Correction(
        module="ministack.app",
        function="_collect_scripts",
        difference="no scripts of this machine are run at start",
        documentation="no page: AWS has no such scripts",
        correct=_without_machine_scripts,
    ),
)
