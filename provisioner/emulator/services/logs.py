"""Log groups."""

import contextlib

from provisioner.emulator.services.request import Made, Request


def log_group(request: Request) -> Made:
    """A log group with its retention."""
    inputs, logs, tags = request.inputs, request.account.logs, request.default_tags
    name, days = inputs.text("name"), inputs.number("retentionInDays")
    inputs.done()
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    arn = f"arn:aws:logs:{request.account.region}:{request.account.id}:log-group:{name}"
    if tags:
        logs.tag_resource(resourceArn=arn, tags=tags)
    return Made(id=name, outputs={"arn": arn, "tagsAll": tags})
