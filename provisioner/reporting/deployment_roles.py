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
            "managed_policies": {name: document.body for name, document in role.managed.items()},
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
    for name, document in role.managed.items():
        arn = f"{role.arn.rpartition(':role/')[0]}:policy/{name}"
        yield f"document={_quoted(document)}"
        yield f"if aws iam get-policy --policy-arn {arn} > /dev/null 2>&1; then"
        # IAM keeps five versions of a policy, and refuses a sixth (IAM User Guide, "IAM and AWS STS quotas").
        yield f"  for version in $(aws iam list-policy-versions --policy-arn {arn} \\"
        yield "      --query 'Versions[?!IsDefaultVersion].VersionId' --output text); do"
        yield f'    aws iam delete-policy-version --policy-arn {arn} --version-id "$version"'
        yield "  done"
        yield f"  aws iam create-policy-version --policy-arn {arn} --set-as-default \\"
        yield '    --policy-document "$document" > /dev/null'
        yield "else"
        yield f'  aws iam create-policy --policy-name {name} --policy-document "$document" > /dev/null'
        yield "fi"
        yield f"aws iam attach-role-policy --role-name {role.name} --policy-arn {arn}"


def _quoted(document: Document) -> str:
    """A document for the shell: no name that it can hold has a quote in it."""
    return f"'{json.dumps(document.body, indent=2)}'"


FORMATS: Final = {"text": as_text, "json": as_json}
