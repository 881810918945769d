"""A call for each action that the roles of the workflows are given, on what the program made."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError

from provisioner.access.web_identity import provider_arn, provider_url
from provisioner.emulator.embedded_aws import Credentials
from tests.emulator.courier import allow, statements, zip_of
from tests.emulator.deployment import Deployment

NOT_ON_THE_EMULATOR: Final = {
    "kms:Decrypt": "it has no KMS",
    "s3:TagResource": "it has no S3 Control, by whose calls the provider tags buckets first",
    "s3:UntagResource": "the same",
    "s3:ListTagsForResource": "the same",
    "sts:GetCallerIdentity": "AWS answers it to everybody",
    **dict.fromkeys(
        (
            *("iam:AddClientIDToOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider"),
            *("iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"),
            "iam:UpdateOpenIDConnectProviderThumbprint",
        ),
        "it makes, shows and deletes identity providers, and has no such call",
    ),
    "iam:PassRole": "there is no such call: it is asked for when a function is given a role",
}
"""Actions that no call here shows; tests/access/test_deployment.py asks an evaluator of policies about them."""


class Call(NamedTuple):
    """One call, made by whoever the clients act as."""

    action: str
    make: Callable[[], object]


def refusal(make: Callable[[], object]) -> str | None:
    """The code with which AWS refuses a call; None if it does what it is asked."""
    try:
        make()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        # A HEAD has no body to say it in.
        return "AccessDenied" if code in ("403", "AccessDeniedException", "AccessDenied") else code
    return None


def reads(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    """A call for each action that reads."""
    s3, iam, sqs, functions, logs = _clients(made, credentials)
    settings, forwarder = made.settings, made.settings.forwarder
    bucket = {"Bucket": settings.export_bucket}
    # Where something is not set on a bucket, S3 says so with an error of its own: that is an answer too.
    for action, call in (
        ("ListBucket", s3.head_bucket),
        ("GetBucketPolicy", s3.get_bucket_policy),
        ("GetBucketAcl", s3.get_bucket_acl),
        ("GetBucketCORS", s3.get_bucket_cors),
        ("GetBucketWebsite", s3.get_bucket_website),
        ("GetBucketVersioning", s3.get_bucket_versioning),
        ("GetAccelerateConfiguration", s3.get_bucket_accelerate_configuration),
        ("GetBucketRequestPayment", s3.get_bucket_request_payment),
        ("GetBucketLogging", s3.get_bucket_logging),
        ("GetLifecycleConfiguration", s3.get_bucket_lifecycle_configuration),
        ("GetReplicationConfiguration", s3.get_bucket_replication),
        ("GetEncryptionConfiguration", s3.get_bucket_encryption),
        ("GetBucketObjectLockConfiguration", s3.get_object_lock_configuration),
        ("GetBucketPublicAccessBlock", s3.get_public_access_block),
        ("GetBucketNotification", s3.get_bucket_notification_configuration),
        ("GetBucketTagging", s3.get_bucket_tagging),
    ):
        yield Call(f"s3:{action}", lambda call=call: call(**bucket))  # type: ignore[misc] # bound now, not when called
    yield Call("s3:ListAllMyBuckets", s3.list_buckets)
    yield Call("s3:GetObject", lambda: s3.get_object(Bucket=settings.state_bucket, Key=STATE))
    yield Call("iam:GetRole", lambda: iam.get_role(RoleName=forwarder))
    yield Call("iam:ListRolePolicies", lambda: iam.list_role_policies(RoleName="export_new_project"))
    yield Call("iam:GetRolePolicy", lambda: iam.get_role_policy(RoleName=forwarder, PolicyName="forward"))
    yield Call("iam:ListAttachedRolePolicies", lambda: iam.list_attached_role_policies(RoleName="dashboard"))
    yield Call("iam:ListAttachedUserPolicies", lambda: iam.list_attached_user_policies(UserName="legacy"))
    policy = _policy(made, "alpha_user_one")
    yield Call("iam:GetPolicy", lambda: iam.get_policy(PolicyArn=policy))
    yield Call("iam:GetPolicyVersion", lambda: iam.get_policy_version(PolicyArn=policy, VersionId="v1"))
    provider = {"OpenIDConnectProviderArn": provider_arn(TENANT, settings)}
    yield Call("iam:GetOpenIDConnectProvider", lambda: iam.get_open_id_connect_provider(**provider))
    yield Call("iam:ListRoles", iam.list_roles)
    yield Call("iam:ListUsers", iam.list_users)
    yield Call("iam:GetAccountSummary", iam.get_account_summary)
    queue = _queue(made)
    yield Call("sqs:GetQueueAttributes", lambda: sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"]))
    yield Call("sqs:ListQueueTags", lambda: sqs.list_queue_tags(QueueUrl=queue))
    function = {"FunctionName": forwarder}
    yield Call("lambda:GetFunction", lambda: functions.get_function(**function))
    yield Call("lambda:ListVersionsByFunction", lambda: functions.list_versions_by_function(**function))
    yield Call("lambda:GetFunctionCodeSigningConfig", lambda: functions.get_function_code_signing_config(**function))
    yield Call("lambda:GetEventSourceMapping", lambda: functions.get_event_source_mapping(UUID=_mapping(made)))
    yield Call("lambda:ListTags", lambda: functions.list_tags(Resource=_function(made)))
    yield from _watching_reads(made, credentials)
    yield Call("logs:DescribeLogGroups", logs.describe_log_groups)
    yield Call("logs:ListTagsForResource", lambda: logs.list_tags_for_resource(resourceArn=_log(made)))


def _watching_reads(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    """Of the sweep's rule, of an alarm and of the dashboard."""
    events, cloudwatch = (made.client(service, credentials) for service in ("events", "cloudwatch"))
    rule, alarm = made.settings.sweep_rule, made.settings.alarm("errors")
    arn = made.settings.regional_arn("events", f"rule/{rule}")
    yield Call("events:DescribeRule", lambda: events.describe_rule(Name=rule))
    yield Call("events:ListTargetsByRule", lambda: events.list_targets_by_rule(Rule=rule))
    yield Call("events:ListTagsForResource", lambda: events.list_tags_for_resource(ResourceARN=arn))
    yield Call("cloudwatch:DescribeAlarms", lambda: cloudwatch.describe_alarms(AlarmNames=[alarm]))
    alarm_arn = _alarm(made)
    yield Call("cloudwatch:ListTagsForResource", lambda: cloudwatch.list_tags_for_resource(ResourceARN=alarm_arn))
    name = made.settings.forwarder
    yield Call("cloudwatch:GetDashboard", lambda: cloudwatch.get_dashboard(DashboardName=name))


TENANT: Final = "1a2b3c4d-0000-1111-2222-333344445555"
"""That of the repository's example with a reader on Azure."""
STATE: Final = ".pulumi/stacks/data-engineering-exports/test.json"


def changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    """A call for each action that changes, in an order in which all can be made; it leaves little standing."""
    yield from _bucket_changes(made, credentials)
    yield from _role_changes(made, credentials)
    yield from _provider_changes(made, credentials)
    yield from _policy_changes(made, credentials)
    yield from _forwarder_changes(made, credentials)
    yield from _watching_changes(made, credentials)
    yield from _state_changes(made, credentials)


def _bucket_changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    s3, *_ = _clients(made, credentials)
    name = made.settings.pull_bucket("step")
    bucket = {"Bucket": name}
    location = {"LocationConstraint": "eu-west-2"}
    policy = statements(
        allow(["s3:GetObject"], [f"arn:aws:s3:::{name}/*"], Principal={"AWS": made.settings.account_id})
    )
    rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    block = {"BlockPublicAcls": True}
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    yield Call("s3:CreateBucket", lambda: s3.create_bucket(**bucket, CreateBucketConfiguration=location))
    yield Call("s3:PutBucketPolicy", lambda: s3.put_bucket_policy(**bucket, Policy=policy))
    yield Call(
        "s3:PutBucketVersioning",
        lambda: s3.put_bucket_versioning(**bucket, VersioningConfiguration={"Status": "Suspended"}),
    )
    yield Call(
        "s3:PutLifecycleConfiguration",
        lambda: s3.put_bucket_lifecycle_configuration(**bucket, LifecycleConfiguration={"Rules": [rule]}),
    )
    yield Call(
        "s3:PutEncryptionConfiguration",
        lambda: s3.put_bucket_encryption(**bucket, ServerSideEncryptionConfiguration=encryption),
    )
    yield Call(
        "s3:PutBucketPublicAccessBlock",
        lambda: s3.put_public_access_block(**bucket, PublicAccessBlockConfiguration=block),
    )
    yield Call(
        "s3:PutBucketNotification",
        lambda: s3.put_bucket_notification_configuration(**bucket, NotificationConfiguration={}),
    )
    yield Call("s3:PutBucketTagging", lambda: s3.put_bucket_tagging(**bucket, Tagging=tags))
    yield Call("s3:DeleteBucket", lambda: s3.delete_bucket(**bucket))


def _role_changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    _, iam, *_ = _clients(made, credentials)
    role = {"RoleName": "export_step"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    rights = statements(allow(["s3:GetObject"], ["*"]))
    tags = [{"Key": "a", "Value": "b"}]
    yield Call("iam:CreateRole", lambda: iam.create_role(**role, AssumeRolePolicyDocument=trust))
    yield Call("iam:UpdateAssumeRolePolicy", lambda: iam.update_assume_role_policy(**role, PolicyDocument=trust))
    yield Call("iam:UpdateRoleDescription", lambda: iam.update_role_description(**role, Description="x"))
    yield Call("iam:PutRolePolicy", lambda: iam.put_role_policy(**role, PolicyName="p", PolicyDocument=rights))
    yield Call("iam:DeleteRolePolicy", lambda: iam.delete_role_policy(**role, PolicyName="p"))
    yield Call("iam:TagRole", lambda: iam.tag_role(**role, Tags=tags))
    yield Call("iam:UntagRole", lambda: iam.untag_role(**role, TagKeys=["a"]))
    yield Call("iam:ListInstanceProfilesForRole", lambda: iam.list_instance_profiles_for_role(**role))
    yield Call("iam:DeleteRole", lambda: iam.delete_role(**role))


def _provider_changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    _, iam, *_ = _clients(made, credentials)
    url, arn = provider_url("another"), provider_arn("another", made.settings)
    yield Call(
        "iam:CreateOpenIDConnectProvider",
        lambda: iam.create_open_id_connect_provider(Url=url, ClientIDList=["api://exports"]),
    )
    yield Call(
        "iam:DeleteOpenIDConnectProvider",
        lambda: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn),
    )


def _policy_changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    _, iam, *_ = _clients(made, credentials)
    arn = _policy(made, "step")
    policy = {"PolicyArn": arn}
    rights = statements(allow(["s3:GetObject"], ["*"]))
    name = arn.rpartition("/")[2]
    tags = [{"Key": "a", "Value": "b"}]
    yield Call("iam:CreatePolicy", lambda: iam.create_policy(PolicyName=name, PolicyDocument=rights))
    yield Call("iam:TagPolicy", lambda: iam.tag_policy(**policy, Tags=tags))
    yield Call("iam:UntagPolicy", lambda: iam.untag_policy(**policy, TagKeys=["a"]))
    yield Call("iam:ListPolicyVersions", lambda: iam.list_policy_versions(**policy))
    yield Call("iam:CreatePolicyVersion", lambda: iam.create_policy_version(**policy, PolicyDocument=rights))
    yield Call("iam:DeletePolicyVersion", lambda: iam.delete_policy_version(**policy, VersionId="v2"))
    yield Call("iam:AttachRolePolicy", lambda: iam.attach_role_policy(**policy, RoleName="dashboard"))
    yield Call("iam:DetachRolePolicy", lambda: iam.detach_role_policy(**policy, RoleName="dashboard"))
    yield Call("iam:AttachUserPolicy", lambda: iam.attach_user_policy(**policy, UserName="legacy"))
    yield Call("iam:DetachUserPolicy", lambda: iam.detach_user_policy(**policy, UserName="legacy"))
    yield Call("iam:DeletePolicy", lambda: iam.delete_policy(**policy))


def _forwarder_changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    _, _, sqs, functions, logs = _clients(made, credentials)
    forwarder = made.settings.forwarder
    queue, function, mapping = _queue(made), {"FunctionName": forwarder}, _mapping(made)
    source = {"EventSourceArn": made.settings.regional_arn("sqs", forwarder), **function, "BatchSize": 1}
    role = {"Role": made.settings.role_arn(forwarder)}
    code = zip_of({"m.py": "def h(event, context): pass"})
    new = {**function, **role, "Handler": "m.h", "Runtime": "python3.13", "Code": {"ZipFile": code}}
    group = {"logGroupName": made.settings.forwarder_log_group}
    yield Call("sqs:SetQueueAttributes", lambda: sqs.set_queue_attributes(QueueUrl=queue, Attributes={}))
    yield Call("sqs:TagQueue", lambda: sqs.tag_queue(QueueUrl=queue, Tags={"a": "b"}))
    yield Call("sqs:UntagQueue", lambda: sqs.untag_queue(QueueUrl=queue, TagKeys=["a"]))
    yield Call("lambda:UpdateFunctionCode", lambda: functions.update_function_code(**function, ZipFile=code))
    yield Call(
        "lambda:UpdateFunctionConfiguration",
        lambda: functions.update_function_configuration(**function, **role),
    )
    yield Call("lambda:TagResource", lambda: functions.tag_resource(Resource=_function(made), Tags={"a": "b"}))
    yield Call("lambda:UntagResource", lambda: functions.untag_resource(Resource=_function(made), TagKeys=["a"]))
    yield Call(
        "lambda:UpdateEventSourceMapping",
        lambda: functions.update_event_source_mapping(UUID=mapping, **function),
    )
    yield Call("lambda:DeleteEventSourceMapping", lambda: functions.delete_event_source_mapping(UUID=mapping))
    yield Call("lambda:CreateEventSourceMapping", lambda: functions.create_event_source_mapping(**source))
    yield Call("lambda:DeleteFunction", lambda: functions.delete_function(**function))
    yield Call("lambda:CreateFunction", lambda: functions.create_function(**new))
    yield Call("sqs:DeleteQueue", lambda: sqs.delete_queue(QueueUrl=queue))
    yield Call("sqs:CreateQueue", lambda: sqs.create_queue(QueueName=forwarder))
    yield Call("logs:PutRetentionPolicy", lambda: logs.put_retention_policy(**group, retentionInDays=1))
    yield Call("logs:TagResource", lambda: logs.tag_resource(resourceArn=_log(made), tags={"a": "b"}))
    yield Call("logs:UntagResource", lambda: logs.untag_resource(resourceArn=_log(made), tagKeys=["a"]))
    yield Call("logs:DeleteLogGroup", lambda: logs.delete_log_group(**group))
    yield Call("logs:CreateLogGroup", lambda: logs.create_log_group(**group))


def _watching_changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    events, cloudwatch = (made.client(service, credentials) for service in ("events", "cloudwatch"))
    settings, tags = made.settings, [{"Key": "a", "Value": "b"}]
    rule, arn = settings.sweep_rule, settings.regional_arn("events", f"rule/{settings.sweep_rule}")
    target = {"Id": "forwarder", "Arn": settings.regional_arn("sqs", settings.forwarder)}
    alarm = {"AlarmName": settings.alarm("errors")}
    check = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0}
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum", "Period": 300}
    board = settings.forwarder
    yield Call("events:PutRule", lambda: events.put_rule(Name=rule, ScheduleExpression="rate(5 minutes)"))
    yield Call("events:PutTargets", lambda: events.put_targets(Rule=rule, Targets=[target]))
    yield Call("events:TagResource", lambda: events.tag_resource(ResourceARN=arn, Tags=tags))
    yield Call("events:UntagResource", lambda: events.untag_resource(ResourceARN=arn, TagKeys=["a"]))
    yield Call("events:RemoveTargets", lambda: events.remove_targets(Rule=rule, Ids=["forwarder"]))
    yield Call("events:DeleteRule", lambda: events.delete_rule(Name=rule))
    yield Call("cloudwatch:PutMetricAlarm", lambda: cloudwatch.put_metric_alarm(**alarm, **check, **metric))
    alarm_arn = _alarm(made)
    yield Call("cloudwatch:TagResource", lambda: cloudwatch.tag_resource(ResourceARN=alarm_arn, Tags=tags))
    yield Call("cloudwatch:UntagResource", lambda: cloudwatch.untag_resource(ResourceARN=alarm_arn, TagKeys=["a"]))
    yield Call("cloudwatch:DeleteAlarms", lambda: cloudwatch.delete_alarms(AlarmNames=[settings.alarm("errors")]))
    body = json.dumps({"widgets": []})
    yield Call("cloudwatch:PutDashboard", lambda: cloudwatch.put_dashboard(DashboardName=board, DashboardBody=body))
    yield Call("cloudwatch:DeleteDashboards", lambda: cloudwatch.delete_dashboards(DashboardNames=[board]))


def _state_changes(made: Deployment, credentials: Credentials | None) -> Iterator[Call]:
    s3, *_ = _clients(made, credentials)
    lock = {"Bucket": made.settings.state_bucket, "Key": ".pulumi/locks/organization/x/test/1.json"}
    upload = {**lock, "UploadId": made.client("s3").create_multipart_upload(**lock)["UploadId"]}
    yield Call("s3:PutObject", lambda: s3.put_object(**lock, Body=b"{}"))
    yield Call("s3:AbortMultipartUpload", lambda: s3.abort_multipart_upload(**upload))
    yield Call("s3:DeleteObject", lambda: s3.delete_object(**lock))


def _clients(made: Deployment, credentials: Credentials | None) -> list[Any]:
    return [made.client(service, credentials) for service in ("s3", "iam", "sqs", "lambda", "logs")]


def _policy(made: Deployment, role: str) -> str:
    return made.settings.iam_arn(f"policy/{made.settings.access_policy('role', role, 1)}")


def _function(made: Deployment) -> str:
    return made.settings.regional_arn("lambda", f"function:{made.settings.forwarder}")


def _log(made: Deployment) -> str:
    return made.settings.regional_arn("logs", f"log-group:{made.settings.forwarder_log_group}")


def _alarm(made: Deployment) -> str:
    return made.settings.regional_arn("cloudwatch", f"alarm:{made.settings.alarm('errors')}")


def _queue(made: Deployment) -> str:
    url: str = made.client("sqs").get_queue_url(QueueName=made.settings.forwarder)["QueueUrl"]
    return url


def _mapping(made: Deployment) -> str:
    found = made.client("lambda").list_event_source_mappings(FunctionName=made.settings.forwarder)
    uuid: str = found["EventSourceMappings"][0]["UUID"]
    return uuid
