"""The roles of the workflows, as a script that makes them or as JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from provisioner.access.deployment import AUDIENCE, IDENTITY_PROVIDER, WorkflowKind, WorkflowRole
from provisioner.access.policies import Document

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""

VARIABLES: Final = {WorkflowKind.APPLY: "APPLY_ROLE_ARN", WorkflowKind.PREVIEW: "PREVIEW_ROLE_ARN"}
"""The repository's variables by which the workflows know their roles."""
_FOR: Final = {
    WorkflowKind.APPLY: "for .github/workflows/apply.yaml: it may do what `pulumi up` does",
    WorkflowKind.PREVIEW: "for .github/workflows/drift.yaml: it may look, and change nothing",
}


def as_json(roles: Iterable[WorkflowRole]) -> str:
    """An object with the roles, each with its trust and its policies by their names."""
    shown = [
        {
            "role": role.kind.value,
            "name": role.name,
            "arn": role.arn,
            "variable": VARIABLES[role.kind],
            "trust": role.trust.body,
            "policies": {name: document.body for name, document in role.policies.items()},
        }
        for role in roles
    ]
    return json.dumps({"version": JSON_VERSION, "roles": shown}, indent=2) + "\n"


def as_text(roles: Iterable[WorkflowRole]) -> str:
    """A shell script of commands of the AWS CLI that makes the roles, or brings those that are there up to date."""
    return "\n".join(
        (
            "# Read it through; then run it with sh, as an administrator of the account.",
            "#",
            "# The roles trust GitHub's identity provider, which an account has once. Where it is not there yet:",
            "#   aws iam create-open-id-connect-provider \\",
            f"#     --url https://{IDENTITY_PROVIDER} --client-id-list {AUDIENCE}",
            "set -eu",
            *(line for role in roles for line in _commands(role)),
            "",
        )
    )


def _commands(role: WorkflowRole) -> Iterator[str]:
    yield ""
    yield f"# {role.name}, {_FOR[role.kind]}."
    yield f"# Its ARN is the repository's variable {VARIABLES[role.kind]}: {role.arn}"
    yield f"trust={_quoted(role.trust)}"
    yield f"if aws iam get-role --role-name {role.name} > /dev/null 2>&1; then"
    yield f'  aws iam update-assume-role-policy --role-name {role.name} --policy-document "$trust"'
    yield "else"
    yield f'  aws iam create-role --role-name {role.name} --assume-role-policy-document "$trust" > /dev/null'
    yield "fi"
    for name, document in role.policies.items():
        yield f"aws iam put-role-policy --role-name {role.name} --policy-name {name} \\"
        yield f"  --policy-document {_quoted(document)}"


def _quoted(document: Document) -> str:
    """A document for the shell: no name that it can hold has a quote in it."""
    return f"'{json.dumps(document.body, indent=2)}'"


FORMATS: Final = {"text": as_text, "json": as_json}
