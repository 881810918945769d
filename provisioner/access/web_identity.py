"""Who outside AWS may work as a reader role of ours, by the tokens of another cloud."""

from collections.abc import Iterable
from typing import Final

from provisioner.access.policies import Document
from provisioner.access.reader_roles import reader_role
from provisioner.datasets.model import AzureReader, Catalogue, GoogleReader, Workload
from provisioner.settings import Settings

# IAM User Guide, "Create a role for OpenID Connect federation": AWS knows Google by this name, without a provider of
# our own in the account.
GOOGLE: Final = "accounts.google.com"
# Microsoft identity platform, "Access tokens": the issuer of tokens of version 1, with the tenant and a slash behind.
_AZURE: Final = "sts.windows.net"


def issuer(tenant: str) -> str:
    """The issuer of an Azure tenant's tokens, as it begins the condition keys: with the slash that ends it."""
    return f"{_AZURE}/{tenant}/"


def provider_url(tenant: str) -> str:
    """The address of the identity provider of an Azure tenant."""
    return f"https://{issuer(tenant)}"


def provider_arn(tenant: str, settings: Settings) -> str:
    """The ARN of the identity provider of an Azure tenant in our account."""
    return settings.iam_arn(f"oidc-provider/{issuer(tenant)}")


def workload_trust(workload: Workload, settings: Settings) -> Document:
    """Who may assume a reader role: who has a token of this identity that was made for this audience."""
    if isinstance(workload, GoogleReader):
        # IAM User Guide, "Available keys for AWS OIDC federation": with Google `aud` is the party that the token was
        # made out to (`azp`), which is the service account's number again, and `oaud` is the token's own audience.
        federated, own = GOOGLE, workload.service_account_id
        condition = {
            f"{GOOGLE}:aud": own,
            f"{GOOGLE}:oaud": workload.audience,
            f"{GOOGLE}:sub": own,
        }
    else:
        federated, name = provider_arn(workload.tenant, settings), issuer(workload.tenant)
        condition = {f"{name}:aud": workload.audience, f"{name}:sub": workload.object_id}
    return Document(
        (
            {
                "Sid": "Workload",
                "Effect": "Allow",
                "Principal": {"Federated": federated},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": condition},
            },
        )
    )


def workloads_of(catalogue: Catalogue) -> dict[str, Workload]:
    """The readers outside AWS that any dataset lets in, by the name of their role, sorted by it."""
    found = {
        reader_role(workload): workload
        for dataset in catalogue.pull
        if not dataset.retired
        for workload in dataset.workloads
    }
    return dict(sorted(found.items()))


def tenant_of(workload: Workload) -> str | None:
    """The Azure tenant of a reader outside AWS; Google has none."""
    return workload.tenant if isinstance(workload, AzureReader) else None


def providers_of(workloads: Iterable[Workload]) -> dict[str, tuple[str, ...]]:
    """The Azure tenants of some readers, each with every audience that its tokens may have; all sorted."""
    audiences: dict[str, set[str]] = {}
    for workload in workloads:
        if isinstance(workload, AzureReader):
            audiences.setdefault(workload.tenant, set()).add(workload.audience)
    return {tenant: tuple(sorted(audiences[tenant])) for tenant in sorted(audiences)}
