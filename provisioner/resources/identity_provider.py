"""The identity provider of an Azure tenant."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from provisioner.access.web_identity import provider_url
from provisioner.resources.component import Component


class IdentityProvider(Component):
    """AWS believes the tokens of a tenant that are made for the audiences; whom they let in, each role's trust says."""

    provider: aws.iam.OpenIdConnectProvider

    def __init__(self, tenant: str, audiences: Sequence[str], opts: pulumi.ResourceOptions | None = None) -> None:
        """The one provider of `tenant`, a GUID, for all datasets of the stack."""
        name = f"azure-{tenant}"
        super().__init__(name, opts)
        # No thumbprint: IAM trusts the certificate authorities that it knows, and Microsoft's is one (IAM User Guide,
        # "Obtain the thumbprint for an OpenID Connect identity provider").
        self.provider = aws.iam.OpenIdConnectProvider(
            name, url=provider_url(tenant), client_id_lists=[*audiences], opts=self.child()
        )
        self.register_outputs({})
