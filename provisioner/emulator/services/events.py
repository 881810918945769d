"""Rules of EventBridge and what they send to."""

from typing import TYPE_CHECKING

from provisioner.emulator.services.request import Made, Request, given

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import TargetTypeDef


def rule(request: Request) -> Made:
    """A rule with a schedule, for which the emulator looks every ten seconds, or with a pattern of events."""
    inputs, events, tags = request.inputs, request.account.events, request.default_tags
    name = inputs.text("name")
    when = given(
        ScheduleExpression=inputs.maybe_text("scheduleExpression"), EventPattern=inputs.maybe_text("eventPattern")
    )
    description = inputs.text("description")
    inputs.done()
    arn = events.put_rule(Name=name, Description=description, **when)["RuleArn"]
    if tags:
        events.tag_resource(ResourceARN=arn, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    return Made(id=name, outputs={"arn": arn, "tagsAll": tags})


def target(request: Request) -> Made:
    """What a rule sends, and where to."""
    inputs = request.inputs
    rule_name, target_id = inputs.text("rule"), inputs.text("targetId")
    arn, sent = inputs.text("arn"), inputs.maybe_text("input")
    inputs.done()
    sends: TargetTypeDef = {"Id": target_id, "Arn": arn}
    if sent is not None:
        sends["Input"] = sent
    answer = request.account.events.put_targets(Rule=rule_name, Targets=[sends])
    for entry in answer["FailedEntries"]:
        raise ValueError(f"EventBridge does not take the target: {entry.get('ErrorMessage')}")
    return Made(id=f"{rule_name}-{target_id}")
