"""Log groups."""

import contextlib

from provisioner.emulator.services.request import Made, Request


def log_group(request: Request) -> Made:
    """A log group with its retention; left out, it keeps everything for ever, as on AWS."""
    inputs, logs, tags = request.inputs, request.account.logs, request.tags()
    name, days = inputs.text("name"), inputs.maybe_number("retentionInDays")
    inputs.done()
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=name)
    if days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    else:
        logs.delete_retention_policy(logGroupName=name)
    arn = f"arn:aws:logs:{request.account.region}:{request.account.id}:log-group:{name}"
    if tags:
        logs.tag_resource(resourceArn=arn, tags=tags)
    return Made(id=name, outputs={"arn": arn, "tagsAll": tags})
