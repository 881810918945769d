"""Queues and what is set on them."""

from typing import TYPE_CHECKING, cast

from provisioner.emulator.services.request import Made, Request

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_NUMBERS = {
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
}
_TEXTS = {
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
}


def queue(request: Request) -> Made:
    """A standard queue; an existing one gets the attributes."""
    inputs, sqs, tags = request.inputs, request.account.sqs, request.tags()
    name = inputs.text("name")
    attributes: dict[QueueAttributeNameType, str] = {}
    for pulumi_name, aws_name in _NUMBERS.items():
        if (number := inputs.maybe_number(pulumi_name)) is not None:
            attributes[cast("QueueAttributeNameType", aws_name)] = str(number)
    for pulumi_name, aws_name in _TEXTS.items():
        if (text := inputs.maybe_text(pulumi_name)) is not None:
            attributes[cast("QueueAttributeNameType", aws_name)] = text
    if (managed := inputs.maybe_flag("sqsManagedSseEnabled")) is not None:
        attributes["SqsManagedSseEnabled"] = str(managed).lower()
    inputs.done()
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
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


def redrive_allow_policy(request: Request) -> Made:
    """Which queues may use this one as their dead-letter queue."""
    url, document = request.inputs.text("queueUrl"), request.inputs.text("redriveAllowPolicy")
    request.inputs.done()
    request.account.sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": document})
    return Made(id=url)
