"""`provisioner deploy-roles`: what it prints, and that the script makes the roles."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from provisioner.access.deployment import BRANCH, ENVIRONMENT, WorkflowKind, workflow_role
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.reporting.deployment_roles import VARIABLES
from provisioner.settings import load_settings
from tests.cli.checkout import SETTINGS, Checkout
from tests.programs import program

WORKFLOWS: Final = Path(__file__).parents[2] / ".github" / "workflows"
DEPLOYED: Final = {
    **SETTINGS,
    "repository": "example-org/exports",
    "state_bucket": "pulumi-state",
    "state_key_arn": "arn:aws:kms:eu-west-2:111122223333:key/1a2b",
    "exporter_image": "ghcr.io/example-org/data-exporter:1",
}


@pytest.fixture
def deployed(empty: Checkout) -> Checkout:
    """A checkout whose settings say what the roles need."""
    empty.settings(DEPLOYED)
    return empty


def test_the_json_has_both_roles_with_all_that_makes_them(deployed: Checkout) -> None:
    outcome = deployed.run("deploy-roles", "--format", "json")
    settings, _ = load_settings(deployed.root, "prod")
    assert settings is not None
    roles = [workflow_role(kind, settings) for kind in WorkflowKind]
    assert outcome.code == 0
    assert json.loads(outcome.out) == {
        "version": 1,
        "roles": [
            {
                "role": role.kind,
                "name": role.name,
                "arn": role.arn,
                "variable": VARIABLES[role.kind],
                "trust": role.trust.body,
                "policies": {name: document.body for name, document in role.policies.items()},
                "managed_policies": {name: document.body for name, document in role.managed.items()},
            }
            for role in roles
        ],
    }


@pytest.mark.parametrize("kind", WorkflowKind)
def test_one_role_alone(deployed: Checkout, kind: WorkflowKind) -> None:
    outcome = deployed.run("deploy-roles", "--role", kind, "--format", "json")
    assert [role["role"] for role in json.loads(outcome.out)["roles"]] == [kind]


def test_without_the_repository_it_says_what_to_add(empty: Checkout) -> None:
    outcome = empty.run("deploy-roles")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "provisioner: Pulumi.prod.yaml: the setting 'repository' is missing, and a role for workflows trusts one "
        "repository; add 'data-engineering-exports:repository: OWNER/NAME'\n"
    )


def test_settings_that_no_policy_holds_are_refused_in_a_sentence(empty: Checkout) -> None:
    key = f"arn:aws:kms:eu-west-2:111122223333:key/{'1' * 7000}"
    empty.settings({**DEPLOYED, "state_key_arn": key})
    outcome = empty.run("deploy-roles")
    assert (outcome.code, outcome.out) == (1, "")
    assert "the settings make the policy preview of data-exports-apply of" in outcome.err
    assert "AWS allows 6,144; write shorter names" in outcome.err


class TestScript:
    """The text is a script for the shell, run here with the AWS CLI on the embedded AWS."""

    @pytest.fixture
    def script(self, empty: Checkout, embedded_aws: EmbeddedAws) -> str:
        empty.settings({**DEPLOYED, "account_id": f'"{embedded_aws.account_id}"'})
        return empty.run("deploy-roles").out

    def run(self, script: str, aws: EmbeddedAws) -> None:
        """Run the script as it stands."""
        env = {**aws.environment(), "PATH": f"{program('aws').parent}:/usr/bin:/bin"}
        done = subprocess.run(["/bin/sh"], input=script, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

    def made(self, aws: EmbeddedAws) -> dict[str, Any]:
        """The workflows' roles that are there: trust and policies of each."""
        iam = aws.client("iam")
        found: dict[str, Any] = {}
        for role in iam.list_roles()["Roles"]:
            if role["RoleName"].startswith("data-exports-"):
                names = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
                found[role["RoleName"]] = {
                    "trust": role["AssumeRolePolicyDocument"],
                    "policies": {
                        name: iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
                        for name in names
                    },
                }
        return found

    def test_it_makes_both_roles_and_brings_them_up_to_date(
        self, script: str, empty: Checkout, embedded_aws: EmbeddedAws
    ) -> None:
        self.run(script.replace("exports:environment:production", "exports:environment:old"), embedded_aws)
        old = self.made(embedded_aws)["data-exports-apply"]["trust"]
        assert ":environment:old" in str(old)
        self.run(script, embedded_aws)
        printed = json.loads(empty.run("deploy-roles", "--format", "json").out)["roles"]
        assert self.made(embedded_aws) == {
            role["name"]: {"trust": role["trust"], "policies": role["policies"]} for role in printed
        }


class TestWorkflows:
    """The workflows are those that the roles trust."""

    def workflow(self, name: str) -> dict[str, Any]:
        text: dict[str, Any] = yaml.load((WORKFLOWS / name).read_bytes(), yaml.CBaseLoader)  # noqa: S506 - makes nothing but texts
        return text

    def assuming(self, name: str) -> list[tuple[str | None, str]]:
        """The environment of each job that assumes a role, and the role."""
        return [
            (job.get("environment"), step["with"]["role-to-assume"])
            for job in self.workflow(name)["jobs"].values()
            for step in job["steps"]
            if "role-to-assume" in step.get("with", {})
        ]

    def test_the_one_that_applies_does_so_in_the_environment_that_is_trusted(self) -> None:
        wanted = (ENVIRONMENT, f"${{{{ vars.{VARIABLES[WorkflowKind.APPLY]} }}}}")
        assert self.assuming("apply.yaml") == [wanted]
        assert self.workflow("apply.yaml")["on"]["push"]["branches"] == [BRANCH.rpartition("/")[2]]

    def test_the_one_that_looks_has_no_environment(self) -> None:
        assert self.assuming("drift.yaml") == [(None, f"${{{{ vars.{VARIABLES[WorkflowKind.PREVIEW]} }}}}")]

    def test_no_other_assumes_a_role(self) -> None:
        others = [path.name for path in WORKFLOWS.iterdir() if path.name not in ("apply.yaml", "drift.yaml")]
        assert [self.assuming(name) for name in others] == [[]] * len(others)
