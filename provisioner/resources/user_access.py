"""What one user, or one reader of our own account, may do: managed policies, attached."""

from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from provisioner.access.grants import Grant, Principal
from provisioner.access.limits import user_policies
from provisioner.datasets.model import Catalogue
from provisioner.resources.component import Component
from provisioner.settings import Settings


class UserAccess(Component):
    """The policies that give a role or user of our account all its datasets."""

    def __init__(
        self,
        principal: Principal,
        grants: Iterable[Grant],
        catalogue: Catalogue,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
        *,
        role: aws.iam.Role | None = None,
    ) -> None:
        """The policies for `principal`, who is there already: only what it may do is ours.

        A reader role is ours too: it is given as `role`.
        """
        # A user and a role may have the same name.
        kind = "role" if principal.is_role else "user"
        super().__init__(f"{kind}-{principal.name}", opts)
        for number, _, document in user_policies(principal, grants, catalogue, settings):
            name = f"{kind}-{principal.name}-{number}"
            policy = aws.iam.Policy(
                name,
                name=settings.access_policy(kind, principal.name, number),
                description=f"Data exports: what {principal.name} may do",
                policy=document.text,
                opts=self.child(),
            )
            if principal.is_role:
                aws.iam.RolePolicyAttachment(
                    name, role=role.name if role else principal.name, policy_arn=policy.arn, opts=self.child()
                )
            else:
                aws.iam.UserPolicyAttachment(name, user=principal.name, policy_arn=policy.arn, opts=self.child())
        self.register_outputs({})
