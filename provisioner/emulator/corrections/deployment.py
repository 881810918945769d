"""What IAM asks of somebody who makes roles, policies and functions."""

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from provisioner.emulator.corrections.asked import FUNCTION, MODULE, REFERENCE, Asked, told_by
from provisioner.emulator.corrections.correction import Correction

_TAGGING: Final = {
    "iam:CreateRole": "iam:TagRole",
    "iam:CreatePolicy": "iam:TagPolicy",
    "iam:CreateOpenIDConnectProvider": "iam:TagOpenIDConnectProvider",
    "sqs:CreateQueue": "sqs:TagQueue",
    "lambda:CreateFunction": "lambda:TagResource",
    "lambda:CreateEventSourceMapping": "lambda:TagResource",
    "logs:CreateLogGroup": "logs:TagResource",
}
_PASSING: Final = ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration")
_MAPPING: Final = {
    "GET": "GetEventSourceMapping",
    "PUT": "UpdateEventSourceMapping",
    "DELETE": "DeleteEventSourceMapping",
}
_PASSED: Final = "passed role"
"""Carries the role of a request from where its body is read to where its caller is judged; no condition key."""


def _arn(asked: Asked) -> str | None:
    """What is to be made has its ARN, an identity provider its own, and roles and users theirs with the path."""
    if asked.service == "lambda" and asked.method == "POST" and asked.path.endswith("/functions"):
        return f"arn:aws:lambda:{asked.region}:{asked.account}:function:{json.loads(asked.body)['FunctionName']}"
    if asked.service != "iam":
        return None
    actions = importlib.import_module(MODULE)
    iam = importlib.import_module("ministack.services.iam")
    here, below = f"arn:aws:iam::{asked.account}", actions._query_param(asked.query, "Path") or "/"
    for kind, held in (("role", iam._roles), ("user", iam._users)):
        if name := actions._query_param(asked.query, f"{kind.capitalize()}Name"):
            known = held.get_scoped(asked.account, None, name)
            return str(known["Arn"]) if known else f"{here}:{kind}{below}{name}"
    if provider := actions._query_param(asked.query, "OpenIDConnectProviderArn"):
        return str(provider)
    match actions._query_param(asked.query, "Action"):
        case "CreateOpenIDConnectProvider":
            return f"{here}:oidc-provider/{actions._query_param(asked.query, 'Url').removeprefix('https://')}"
        case "CreatePolicy":
            return f"{here}:policy{below}{actions._query_param(asked.query, 'PolicyName')}"
    return None


def _correct_mapping_actions(original: Callable[[str, str], str | None]) -> Callable[[str, str], str | None]:
    """Tell what is done with one event source mapping from the listing of all."""

    def action(method: str, path: str) -> str | None:
        parts = [part for part in path.split("/") if part]
        if parts[1:2] == ["event-source-mappings"] and len(parts) > 2:
            return _MAPPING.get(method)
        return original(method, path)

    return action


def _correct_condition_keys(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Read from the request which policy is attached, which function is fed, and which role is passed."""
    actions = importlib.import_module("ministack.core.iam_actions")
    functions = importlib.import_module("ministack.services.lambda_svc")

    def context(service: str, iam_action: str, body: bytes, query: dict[str, Any]) -> dict[str, Any]:
        found = original(service, iam_action, body, query)
        if service == "iam" and (policy := actions._query_param(query, "PolicyArn")):
            found["iam:PolicyARN"] = policy
        if iam_action in _PASSING and (role := json.loads(body).get("Role")):
            found[_PASSED] = role
        if iam_action == "lambda:CreateEventSourceMapping":
            found["lambda:FunctionArn"] = functions._func_arn(json.loads(body)["FunctionName"].rpartition(":")[2])
        return found

    return context


def _correct_rights_needed(original: Callable[..., Any]) -> Callable[..., Any]:
    """Ask too for the right to tag what is made with tags, and for the right to pass a role to a function."""
    functions = importlib.import_module("ministack.services.lambda_svc")
    responses = importlib.import_module("ministack.core.responses")

    def enforce(
        access_key: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Mapping[str, Any] | None = None,
    ) -> Any:
        context = dict(service_context or {})
        role = context.pop(_PASSED, None)
        if iam_action.endswith("EventSourceMapping") and resource_arn != "*":
            mapping = functions._esms.get(resource_arn.rpartition(":")[2], {})
            context["lambda:FunctionArn"] = mapping.get("FunctionArn")
        needed = [(iam_action, resource_arn, context)]
        if context.get("aws:TagKeys") and iam_action in _TAGGING:
            unnamed = f"arn:aws:lambda:{region}:{responses.get_account_id()}:event-source-mapping:new"
            needed.append((_TAGGING[iam_action], unnamed if resource_arn == "*" else resource_arn, context))
        if role is not None:
            needed.append(("iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"}))
        for action, resource, keys in needed:
            denied = original(access_key, action, service, region, resource_arn=resource, service_context=keys)
            if denied is not None:
                return denied
        return None

    return enforce


CORRECTIONS = (
    Correction(
        module=MODULE,
        function=FUNCTION,
        difference="the resource of a call is the policy, role, user or function, with its path, there or to be made",
        documentation=f"{REFERENCE}/list_awsidentityandaccessmanagementiam.html and {REFERENCE}/list_awslambda.html",
        correct=told_by(_arn),
    ),
    Correction(
        module="ministack.core.iam_actions",
        function="_lambda_action",
        difference="reading, changing and deleting an event source mapping are actions of their own",
        documentation=f"{REFERENCE}/list_awslambda.html",
        correct=_correct_mapping_actions,
    ),
    Correction(
        module="ministack.core.iam_actions",
        function="request_tag_context",
        difference="iam:PolicyARN is the policy that is attached, lambda:FunctionArn the function of a mapping",
        documentation=f"{REFERENCE}/list_awsidentityandaccessmanagementiam.html and {REFERENCE}/list_awslambda.html",
        correct=_correct_condition_keys,
    ),
    Correction(
        module="ministack.core.iam_evaluator",
        function="enforce",
        difference="who makes a thing with tags must be allowed to tag it, who gives a function a role to pass it",
        documentation="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        correct=_correct_rights_needed,
    ),
)
