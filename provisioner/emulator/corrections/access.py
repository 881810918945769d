"""Who a request is made by, as policies see it."""

import dataclasses
import importlib
from collections.abc import Callable
from typing import Any

from provisioner.emulator.corrections.correction import Correction

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


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


def _correct_batches(original: Callable[..., str | None]) -> Callable[..., str | None]:
    """Ask for the permission of the single action where a queue is asked for several at once."""

    def action(service: str, *request: Any) -> str | None:
        found = original(service, *request)
        return found.removesuffix("Batch") if found and service == "sqs" else found

    return action


CORRECTIONS = (
    Correction(
        module="ministack.core.iam_evaluator",
        function="_resolve_condition_key",
        difference="aws:PrincipalArn of a session is its role's ARN, aws:ResourceAccount the bucket owner's account",
        documentation=f"{_GUIDE}/reference_policies_condition-keys.html#condition-keys-principalarn",
        correct=_correct_condition_keys,
    ),
    Correction(
        module="ministack.core.iam_evaluator",
        function="evaluate_resource_policy",
        difference="the policy of another account's bucket is evaluated for the caller, not for its account's root",
        documentation=f"{_GUIDE}/reference_policies_evaluation-logic-cross-account.html",
        correct=_correct_foreign_principal,
    ),
    Correction(
        module="ministack.core.iam_actions",
        function="extract_iam_action",
        difference="several messages at once need the permission for one, and no other",
        documentation=(
            "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
            "sqs-api-permissions-reference.html"
        ),
        correct=_correct_batches,
    ),
)
