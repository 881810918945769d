"""Each Pulumi resource type that our program uses, and the calls that make it."""

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.emulator.services import (
    cloudwatch,
    containers,
    events,
    functions,
    iam,
    logs,
    s3,
    schedules,
    sqs,
)
from provisioner.emulator.services.request import Make

TABLE: Mapping[str, Make] = MappingProxyType(
    {
        "aws:cloudwatch/dashboard:Dashboard": cloudwatch.dashboard,
        "aws:cloudwatch/eventRule:EventRule": events.rule,
        "aws:cloudwatch/eventTarget:EventTarget": events.target,
        "aws:cloudwatch/logGroup:LogGroup": logs.log_group,
        "aws:cloudwatch/metricAlarm:MetricAlarm": cloudwatch.metric_alarm,
        "aws:ecs/cluster:Cluster": containers.cluster,
        "aws:ecs/taskDefinition:TaskDefinition": containers.task_definition,
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider": iam.identity_provider,
        "aws:iam/policy:Policy": iam.policy,
        "aws:iam/role:Role": iam.role,
        "aws:iam/rolePolicy:RolePolicy": iam.role_policy,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": iam.role_policy_attachment,
        "aws:iam/userPolicyAttachment:UserPolicyAttachment": iam.user_policy_attachment,
        "aws:lambda/eventSourceMapping:EventSourceMapping": functions.event_source_mapping,
        "aws:lambda/function:Function": functions.function,
        "aws:s3/bucket:Bucket": s3.bucket,
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": s3.lifecycle,
        "aws:s3/bucketNotification:BucketNotification": s3.notification,
        "aws:s3/bucketPolicy:BucketPolicy": s3.policy,
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": s3.public_access_block,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": s3.encryption,
        "aws:s3/bucketVersioning:BucketVersioning": s3.versioning,
        "aws:scheduler/schedule:Schedule": schedules.schedule,
        "aws:scheduler/scheduleGroup:ScheduleGroup": schedules.group,
        "aws:sqs/queue:Queue": sqs.queue,
        "aws:sqs/queuePolicy:QueuePolicy": sqs.queue_policy,
    }
)
"""The real provider's defaults for what is left out are those of the AWS API, so the calls leave it out too."""
