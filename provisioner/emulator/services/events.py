"""Rules of EventBridge and what they send to."""

from provisioner.emulator.services.request import Made, Request


def rule(request: Request) -> Made:
    """A rule with a schedule; the emulator looks every ten seconds whether one is due."""
    inputs, events, tags = request.inputs, request.account.events, request.default_tags
    name, schedule = inputs.text("name"), inputs.text("scheduleExpression")
    description = inputs.text("description")
    inputs.done()
    arn = events.put_rule(Name=name, ScheduleExpression=schedule, Description=description)["RuleArn"]
    if tags:
        events.tag_resource(ResourceARN=arn, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    return Made(id=name, outputs={"arn": arn, "tagsAll": tags})


def target(request: Request) -> Made:
    """What a rule sends, and where to."""
    inputs = request.inputs
    rule_name, target_id = inputs.text("rule"), inputs.text("targetId")
    arn, sent = inputs.text("arn"), inputs.text("input")
    inputs.done()
    answer = request.account.events.put_targets(Rule=rule_name, Targets=[{"Id": target_id, "Arn": arn, "Input": sent}])
    for entry in answer["FailedEntries"]:
        raise ValueError(f"EventBridge does not take the target: {entry.get('ErrorMessage')}")
    return Made(id=f"{rule_name}-{target_id}")
