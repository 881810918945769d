"""Alarms and dashboards."""

from typing import TYPE_CHECKING, cast

from provisioner.emulator.services.request import Made, Request

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.literals import ComparisonOperatorType, StatisticType


def metric_alarm(request: Request) -> Made:
    """An alarm on one metric; an existing one of the name becomes this one."""
    inputs, cloudwatch, tags = request.inputs, request.account.cloudwatch, request.default_tags
    name, description = inputs.text("name"), inputs.text("alarmDescription")
    namespace, metric = inputs.text("namespace"), inputs.text("metricName")
    dimensions = inputs.text_map("dimensions")
    statistic = cast("StatisticType", inputs.text("statistic"))
    comparison = cast("ComparisonOperatorType", inputs.text("comparisonOperator"))
    threshold, period, periods = (inputs.number(key) for key in ("threshold", "period", "evaluationPeriods"))
    missing = inputs.text("treatMissingData")
    raised, over = inputs.texts("alarmActions"), inputs.texts("okActions")
    inputs.done()
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmDescription=description,
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        Statistic=statistic,
        ComparisonOperator=comparison,
        Threshold=threshold,
        Period=period,
        EvaluationPeriods=periods,
        TreatMissingData=missing,
        AlarmActions=raised,
        OKActions=over,
    )
    arn = f"arn:aws:cloudwatch:{request.account.region}:{request.account.id}:alarm:{name}"
    if tags:
        cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    return Made(id=name, outputs={"arn": arn, "tagsAll": tags})


def dashboard(request: Request) -> Made:
    """A dashboard; an existing one of the name becomes this one."""
    name, body = request.inputs.text("dashboardName"), request.inputs.text("dashboardBody")
    request.inputs.done()
    request.account.cloudwatch.put_dashboard(DashboardName=name, DashboardBody=body)
    return Made(id=name, outputs={"dashboardArn": f"arn:aws:cloudwatch::{request.account.id}:dashboard/{name}"})
