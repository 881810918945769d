"""What every component of ours has in common."""

import pulumi

_NAMESPACE = "provisioner:resources"


class Component(pulumi.ComponentResource):
    """A group of AWS resources that make one thing; its children are made with `self.child`."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None) -> None:
        """A component of the type that its class is called."""
        super().__init__(f"{_NAMESPACE}:{type(self).__name__}", name, None, opts)

    def child(
        self, *, protect: bool = False, depends_on: list[pulumi.Resource] | None = None
    ) -> pulumi.ResourceOptions:
        """The options of a resource that belongs to this component."""
        return pulumi.ResourceOptions(parent=self, protect=protect, depends_on=depends_on)

    def part_of(
        self, bucket: pulumi.Resource, *, depends_on: list[pulumi.Resource] | None = None
    ) -> pulumi.ResourceOptions:
        """The options of a resource that is a part of a bucket: it goes with the bucket, and never before it.

        Otherwise its policy and its lifecycle would be gone by the time that AWS refuses to delete a bucket with data.
        """
        return pulumi.ResourceOptions(parent=self, depends_on=depends_on, deleted_with=bucket)
