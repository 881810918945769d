"""The two roles that the workflows of this repository assume: one may look, the other may also change."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioner.access.deployment_exports import apply_exports_policy, preview_exports_policy
from provisioner.access.deployment_policies import apply_policy, preview_policy
from provisioner.access.limits import MAX_MANAGED_POLICY, MAX_TRUST_POLICY, within_limit
from provisioner.access.policies import Document
from provisioner.failure import CommandError
from provisioner.settings import PROJECT, Settings, settings_file

IDENTITY_PROVIDER: Final = "token.actions.githubusercontent.com"
"""Who signs the tokens of GitHub's workflows (GitHub Docs, "Configuring OpenID Connect in Amazon Web Services")."""
AUDIENCE: Final = "sts.amazonaws.com"
"""Whom a token is made out to: what aws-actions/configure-aws-credentials asks for, in every partition (same page)."""
ENVIRONMENT: Final = "production"
"""The environment of the job that applies, as .github/workflows/apply.yaml says."""
BRANCH: Final = "refs/heads/main"
"""The branch whose workflows may deploy."""


class WorkflowKind(StrEnum):
    """What a workflow does with AWS."""

    APPLY = "apply"
    """Make AWS what the files on the main branch say."""
    PREVIEW = "preview"
    """Look whether it is."""


class MissingSettingError(CommandError):
    """A setting that can be left out is needed for what was asked."""


@dataclass(frozen=True, kw_only=True)
class WorkflowRole:
    """A role of our account that a workflow assumes with a token of GitHub's."""

    kind: WorkflowKind
    name: str
    arn: str
    trust: Document
    policies: Mapping[str, Document]
    """By the name of each: the role's own; they fit the limits of such."""
    managed: Mapping[str, Document]
    """By the name of each: managed policies, for what the role's own have no room for; none without exports."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """All that it may do."""
        return (*self.policies.values(), *self.managed.values())


def workflow_role(kind: WorkflowKind, settings: Settings) -> WorkflowRole:
    """The role for one kind of workflow.

    What previews needs, applying needs too: so the second has the policy of the first and one more.

    Raises:
        MissingSettingError: the settings do not name the repository that the role would trust.
        LimitExceededError: the settings have names that are longer than any real ones.
    """
    name = settings.workflow_role(kind)
    trust = apply_trust(settings) if kind is WorkflowKind.APPLY else preview_trust(settings)
    policies = {WorkflowKind.PREVIEW.value: preview_policy(settings)}
    if kind is WorkflowKind.APPLY:
        policies[WorkflowKind.APPLY.value] = apply_policy(settings)
    managed = _managed(kind, settings)
    return WorkflowRole(
        kind=kind,
        name=name,
        arn=settings.role_arn(name),
        trust=within_limit(trust, MAX_TRUST_POLICY, f"the trust policy of {name}", settings),
        policies={
            policy: within_limit(document, MAX_MANAGED_POLICY, f"the policy {policy} of {name}", settings)
            for policy, document in policies.items()
        },
        managed={
            policy: within_limit(document, MAX_MANAGED_POLICY, f"the policy {policy}", settings)
            for policy, document in managed.items()
        },
    )


def _managed(kind: WorkflowKind, settings: Settings) -> dict[str, Document]:
    """What the role may do with exports, where the settings say what runs them."""
    if settings.exporter_image is None:
        return {}
    managed = {settings.workflow_policy(WorkflowKind.PREVIEW): preview_exports_policy(settings)}
    if kind is WorkflowKind.APPLY:
        managed[settings.workflow_policy(kind)] = apply_exports_policy(settings)
    return managed


def apply_trust(settings: Settings) -> Document:
    """Who may assume the role that applies: a job in the environment `production`, run for the main branch.

    GitHub gives a job the environment's subject only once its reviewers agreed. That the branch is `main` is a rule
    of the environment, and asked for again here: AWS reads the claim `ref` since 2026, outside China and GovCloud
    (IAM User Guide, "Available keys for AWS OIDC federation").

    Raises:
        MissingSettingError: the settings name no repository.
    """
    branch = {"ref": BRANCH} if settings.partition == "aws" else {}
    return _trust(f"environment:{ENVIRONMENT}", branch, settings)


def preview_trust(settings: Settings) -> Document:
    """Who may assume the role that previews: any job without an environment that is run for the main branch.

    Raises:
        MissingSettingError: the settings name no repository.
    """
    return _trust(f"ref:{BRANCH}", {}, settings)


def _trust(context: str, claims: Mapping[str, str], settings: Settings) -> Document:
    """A trust in one subject, whole and without wildcard: a pull request's token, or a fork's, has another."""
    if settings.repository is None:
        raise MissingSettingError(
            f"{settings_file(settings.stack)}: the setting 'repository' is missing, and a role for workflows trusts "
            f"one repository; add '{PROJECT}:repository: OWNER/NAME'"
        )
    wanted = {"aud": AUDIENCE, "sub": f"repo:{settings.repository}:{context}", **claims}
    return Document(
        (
            {
                "Sid": "Workflow",
                "Effect": "Allow",
                "Principal": {"Federated": settings.iam_arn(f"oidc-provider/{IDENTITY_PROVIDER}")},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{IDENTITY_PROVIDER}:{claim}": text for claim, text in wanted.items()}},
            },
        )
    )
