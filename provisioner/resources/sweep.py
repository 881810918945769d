"""The schedule on which the forwarder looks for what no event announced."""

import json
from typing import Final

import pulumi
import pulumi_aws as aws

from provisioner.resources.component import Component
from provisioner.resources.forwarder import Forwarder
from provisioner.settings import Settings

TURN: Final = json.dumps({"sweep": {}})
"""The message that starts a sweep. It waits in the forwarder's queue behind what is there already."""


class Sweep(Component):
    """A rule of EventBridge, and the forwarder's queue as its target."""

    def __init__(self, forwarder: Forwarder, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """The one sweep of a stack.

        EventBridge User Guide, "Setting a schedule pattern": a rate is in minutes, hours or days, and says `minutes`
        for all but 1, which the settings do not allow.
        """
        name = "sweep"
        super().__init__(name, opts)
        rule = aws.cloudwatch.EventRule(
            name,
            name=settings.sweep_rule,
            description="Sends the forwarder to look for files that no event announced",
            schedule_expression=f"rate({settings.sweep_minutes} minutes)",
            opts=self.child(),
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            target_id="forwarder",
            arn=forwarder.queue.arn,
            input=TURN,
            # A turn that is sent before the queue lets the rule in is lost.
            opts=self.child(depends_on=[forwarder.queue_policy]),
        )
        self.register_outputs({})
