"""Queues and what is set on them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from provisioner.emulator.services.request import Made, Request

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_NUMBERS: "Mapping[str, QueueAttributeNameType]" = MappingProxyType(
    {"messageRetentionSeconds": "MessageRetentionPeriod", "visibilityTimeoutSeconds": "VisibilityTimeout"}
)


def queue(request: Request) -> Made:
    """A standard queue; an existing one gets the attributes."""
    inputs, sqs, tags = request.inputs, request.account.sqs, request.default_tags
    name = inputs.text("name")
    attributes: dict[QueueAttributeNameType, str] = {}
    for pulumi_name, aws_name in _NUMBERS.items():
        if (number := inputs.maybe_number(pulumi_name)) is not None:
            attributes[aws_name] = str(number)
    if (redrive := inputs.maybe_text("redrivePolicy")) is not None:
        attributes["RedrivePolicy"] = redrive
    if (managed := inputs.maybe_flag("sqsManagedSseEnabled")) is not None:
        attributes["SqsManagedSseEnabled"] = str(managed).lower()
    inputs.done()
    try:
        url = request.account.root.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    else:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    if tags:
        sqs.tag_queue(QueueUrl=url, Tags=tags)
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Made(id=url, outputs={"arn": arn, "url": url, "tagsAll": tags})


def queue_policy(request: Request) -> Made:
    """Who may send to a queue."""
    url, document = request.inputs.text("queueUrl"), request.inputs.text("policy")
    request.inputs.done()
    request.account.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    return Made(id=url)
