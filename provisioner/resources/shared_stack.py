"""What dataset stacks know of the shared stack: its outputs, which must be what the settings say."""

from typing import Any, Final

import pulumi

from provisioner.resources.export_bucket import ExportBucket
from provisioner.resources.forwarder import Forwarder
from provisioner.settings import Settings
from provisioner.stacks.stack import Stack

EXPORT_BUCKET: Final = "export_bucket"
FORWARDER_ROLE: Final = "forwarder_role_arn"
DATASET_STACKS: Final = "dataset_stacks"


def export_shared(export: ExportBucket, forwarder: Forwarder, settings: Settings) -> None:
    """The outputs of the stack that has what there is once."""
    pulumi.export(EXPORT_BUCKET, export.bucket.bucket)
    pulumi.export(FORWARDER_ROLE, forwarder.role.arn)
    pulumi.export(DATASET_STACKS, str(settings.dataset_stacks))
    pulumi.export("queue_url", forwarder.queue.url)
    pulumi.export("dead_letter_queue_url", forwarder.dead_letters.url)


def region_once_shared(stack: Stack, settings: Settings) -> pulumi.Output[str]:
    """The region of a dataset stack, known once its shared stack is seen to be applied with the same settings.

    The provider waits for it, and every resource for the provider: nothing is registered before.

    Raises:
        pulumi.RunError: within the output, where the shared stack is not as the settings say.
    """
    # With Pulumi Cloud that is who owns the stacks; a bucket's stacks belong to `organization`.
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack.shared}"
    wanted = {
        EXPORT_BUCKET: settings.export_bucket,
        FORWARDER_ROLE: settings.role_arn(settings.forwarder),
        DATASET_STACKS: str(settings.dataset_stacks),  # Pulumi would give a number back with decimals
    }

    def region(outputs: dict[str, Any]) -> str:
        if wrong := [
            f"its {key} is {outputs.get(key, 'missing')} and should be {value}"
            for key, value in wanted.items()
            if outputs.get(key) != value
        ]:
            raise pulumi.RunError(
                f"the stack '{stack.shared}' is not applied with the settings of this checkout: {'; '.join(wrong)}. "
                f"Apply it first, `pulumi up --stack {stack.shared}`, then this one"
            )
        return settings.region

    return pulumi.StackReference(stack.shared, name).outputs.apply(region)
