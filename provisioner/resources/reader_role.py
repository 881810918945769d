"""The role that a reader outside AWS works as."""

import pulumi
import pulumi_aws as aws

from provisioner.access.limits import MAX_TRUST_POLICY, within_limit
from provisioner.access.reader_roles import reader_role
from provisioner.access.web_identity import workload_trust
from provisioner.datasets.model import Workload
from provisioner.resources.component import Component
from provisioner.resources.identity_provider import IdentityProvider
from provisioner.settings import Settings


class ReaderRole(Component):
    """One role for one reader outside AWS; what it may do comes as a user's access does, for all its datasets."""

    role: aws.iam.Role

    def __init__(
        self,
        workload: Workload,
        provider: IdentityProvider | None,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """The reader role of `workload`, made after the `provider` that its trust names, where this stack makes it."""
        name = reader_role(workload)
        super().__init__(name, opts)
        trust = within_limit(workload_trust(workload, settings), MAX_TRUST_POLICY, "a trust policy", settings)
        self.role = aws.iam.Role(
            name,
            name=name,
            description="Reads pull datasets from outside AWS, by web identity",
            assume_role_policy=trust.text,
            opts=self.child(depends_on=[provider.provider] if provider else None),
        )
        self.register_outputs({"role_arn": self.role.arn})
