"""The role that carries one push dataset to its target."""

import pulumi
import pulumi_aws as aws

from provisioner.access.delivery import delivery_trust
from provisioner.access.limits import MAX_TRUST_POLICY, delivery_policy_within_limit, within_limit
from provisioner.datasets.model import PushDataset
from provisioner.resources.component import Component
from provisioner.settings import DELIVERY_POLICY, Settings


class DeliveryRole(Component):
    """A push dataset's role and what it may do. No other role reaches its prefix and its target together."""

    role: aws.iam.Role

    def __init__(self, dataset: PushDataset, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """The delivery role of `dataset`."""
        name = f"push-{dataset.name}"
        super().__init__(name, opts)
        trust = within_limit(delivery_trust(settings), MAX_TRUST_POLICY, "a trust policy", settings)
        self.role = aws.iam.Role(
            name,
            name=settings.delivery_role(dataset.name),
            description=f"Delivers the push dataset {dataset.name} to {dataset.bucket}",
            assume_role_policy=trust.text,
            opts=self.child(),
        )
        aws.iam.RolePolicy(
            name,
            name=DELIVERY_POLICY,
            role=self.role.name,
            policy=delivery_policy_within_limit(dataset, settings).text,
            opts=self.child(),
        )
        self.register_outputs({"role_arn": self.role.arn})
