"""What the roles of the workflows may do: all that Pulumi needs of AWS for the stack, and nothing more.

Which calls that are is the AWS provider's affair, not ours: for each type of resource that provisioner/resources
registers, the calls were read in the provider that pulumi-aws 7 is made from (its create, read, update and delete),
and the actions that these calls need in the Service Authorization Reference. Neither role reads or writes an object
of a dataset: what can be seen of the data is the names of files, as whoever may see that a bucket is there
(`s3:ListBucket`, for HeadBucket) may list it too.
"""

from collections.abc import Iterable
from typing import Final

from provisioner.access.policies import Document, Statement, allow
from provisioner.access.web_identity import provider_arn
from provisioner.datasets.workload_patterns import READER_ROLE_PREFIX
from provisioner.settings import Settings

_READ_BUCKET: Final = (
    "s3:ListBucket",  # HeadBucket, which is how it is seen whether a bucket is there
    "s3:GetBucketPolicy",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketWebsite",
    "s3:GetBucketVersioning",
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketLogging",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketNotification",
    "s3:GetBucketTagging",
    "s3:ListTagsForResource",
)
"""The provider reads everything that a bucket can have, whether the program sets it or not."""
_CHANGE_BUCKET: Final = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    # What is set on a bucket goes with the bucket (provisioner/resources/component.py, `part_of`), so that nothing
    # here takes the policy off one that stays.
    "s3:PutBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketNotification",
    "s3:PutBucketTagging",
    "s3:TagResource",
    "s3:UntagResource",
)


def preview_policy(settings: Settings) -> Document:
    """What looking needs: `pulumi preview --refresh`, which takes no lock and writes no state, and `check-live`.

    Without `state_bucket` or `state_key_arn` in the settings, the state is elsewhere and its part is left out.
    """
    return Document(
        (
            _allow("ReadBuckets", _READ_BUCKET, _buckets(settings)),
            _allow("ReadRoles", ("iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy"), _roles(settings)),
            # Of any role or user: a dataset's user is any role that begins as the settings say, a reader in our own
            # account any at all. The names of the policies that it has are read, and not what they say.
            _allow("ReadAttachedToRoles", ("iam:ListAttachedRolePolicies",), [settings.role_arn("*")]),
            _allow("ReadAttachedToUsers", ("iam:ListAttachedUserPolicies",), [settings.iam_arn("user/*")]),
            _allow("ReadProviders", ("iam:GetOpenIDConnectProvider",), [_providers(settings)]),
            _allow("ReadPolicies", ("iam:GetPolicy", "iam:GetPolicyVersion"), _access_policies(settings)),
            _allow("ReadQueues", ("sqs:GetQueueAttributes", "sqs:ListQueueTags"), _queues(settings)),
            _allow(
                "ReadFunction",
                ("lambda:GetFunction", "lambda:ListVersionsByFunction", "lambda:GetFunctionCodeSigningConfig"),
                [_function(settings)],
            ),
            _allow("ReadMapping", ("lambda:GetEventSourceMapping",), [_mappings(settings)]),
            _allow("ReadFunctionTags", ("lambda:ListTags",), _tagged_in_lambda(settings)),
            _allow("ReadLogTags", ("logs:ListTagsForResource",), _log(settings)),
            _allow(
                "ReadSweep",
                ("events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"),
                [_sweep(settings)],
            ),
            _allow("ReadAlarms", ("cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"), [_alarms(settings)]),
            _allow("ReadDashboard", ("cloudwatch:GetDashboard",), [_dashboard(settings)]),
            # AWS knows no resource for these: they list, or ask who one is.
            _allow(
                "ReadAccount",
                (
                    "sts:GetCallerIdentity",
                    "s3:ListAllMyBuckets",
                    "iam:ListRoles",
                    "iam:ListUsers",
                    "iam:GetAccountSummary",
                    "logs:DescribeLogGroups",
                ),
                ["*"],
            ),
            *_read_state(settings),
        )
    )


def apply_policy(settings: Settings) -> Document:
    """What `pulumi up` needs beside `preview_policy`.

    Who may write the policies of users could write one for himself: no IAM policy bounds what a policy says. What
    keeps this role honest is who may assume it, and when (`apply_trust`).
    """
    our_policies = {"ArnLike": {"iam:PolicyARN": _access_policies(settings)}}
    our_function = {"ArnEquals": {"lambda:FunctionArn": _function(settings)}}
    return Document(
        (
            _allow("ChangeBuckets", _CHANGE_BUCKET, _buckets(settings)),
            _allow(
                "ChangeRoles",
                (
                    "iam:CreateRole",
                    "iam:UpdateAssumeRolePolicy",
                    "iam:UpdateRoleDescription",
                    "iam:PutRolePolicy",
                    "iam:DeleteRolePolicy",
                    "iam:TagRole",
                    "iam:UntagRole",
                    "iam:ListInstanceProfilesForRole",  # read before a role is deleted
                    "iam:DeleteRole",
                ),
                _roles(settings),
            ),
            _allow(
                "ChangeProviders",
                (
                    "iam:CreateOpenIDConnectProvider",
                    "iam:AddClientIDToOpenIDConnectProvider",
                    "iam:RemoveClientIDFromOpenIDConnectProvider",
                    "iam:UpdateOpenIDConnectProviderThumbprint",
                    "iam:DeleteOpenIDConnectProvider",
                    "iam:TagOpenIDConnectProvider",
                    "iam:UntagOpenIDConnectProvider",
                ),
                [_providers(settings)],
            ),
            _allow(
                "PassForwarder",
                ("iam:PassRole",),
                [settings.role_arn(settings.forwarder)],
                {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
            ),
            _allow(
                "ChangePolicies",
                (
                    "iam:CreatePolicy",
                    "iam:TagPolicy",
                    "iam:UntagPolicy",
                    "iam:ListPolicyVersions",  # read before one is added, and before the policy is deleted
                    "iam:CreatePolicyVersion",
                    "iam:DeletePolicyVersion",
                    "iam:DeletePolicy",
                ),
                _access_policies(settings),
            ),
            # To any role or user, as they are read above; but nothing else than the stack's own policies.
            _allow(
                "AttachToRoles",
                ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
                [settings.role_arn("*")],
                our_policies,
            ),
            _allow(
                "AttachToUsers",
                ("iam:AttachUserPolicy", "iam:DetachUserPolicy"),
                [settings.iam_arn("user/*")],
                our_policies,
            ),
            _allow(
                "ChangeQueues",
                ("sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:DeleteQueue", "sqs:TagQueue", "sqs:UntagQueue"),
                _queues(settings),
            ),
            _allow(
                "ChangeFunction",
                (
                    "lambda:CreateFunction",
                    "lambda:UpdateFunctionCode",
                    "lambda:UpdateFunctionConfiguration",
                    "lambda:DeleteFunction",
                ),
                [_function(settings)],
            ),
            # What is to be made has no ARN yet: AWS knows no resource for it, and asks which function it is for.
            _allow("MakeMapping", ("lambda:CreateEventSourceMapping",), ["*"], our_function),
            _allow(
                "ChangeMapping",
                ("lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping"),
                [_mappings(settings)],
                our_function,
            ),
            _allow("TagFunction", ("lambda:TagResource", "lambda:UntagResource"), _tagged_in_lambda(settings)),
            _allow(
                "ChangeLog",
                (
                    "logs:CreateLogGroup",
                    "logs:PutRetentionPolicy",
                    "logs:DeleteLogGroup",
                    "logs:TagResource",
                    "logs:UntagResource",
                ),
                _log(settings),
            ),
            _allow(
                "ChangeSweep",
                (
                    "events:PutRule",
                    "events:DeleteRule",
                    "events:PutTargets",
                    "events:RemoveTargets",
                    "events:TagResource",
                    "events:UntagResource",
                ),
                [_sweep(settings)],
            ),
            _allow(
                "ChangeAlarms",
                (
                    "cloudwatch:PutMetricAlarm",
                    "cloudwatch:DeleteAlarms",
                    "cloudwatch:TagResource",
                    "cloudwatch:UntagResource",
                ),
                [_alarms(settings)],
            ),
            _allow(
                "ChangeDashboard", ("cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"), [_dashboard(settings)]
            ),
            *_write_state(settings),
            *_spare(settings),
        )
    )


def _read_state(settings: Settings) -> Iterable[Statement]:
    if settings.state_bucket is not None:
        # The whole bucket, and not only what begins with the state's prefix: a file that is not there is then answered
        # as missing and not as refused, which Pulumi relies on where it looks which of several names a stack has.
        yield _allow("ListState", ("s3:ListBucket",), [settings.bucket_arn(settings.state_bucket)])
        yield _allow("ReadState", ("s3:GetObject",), [_state(settings.state_bucket, settings)])
    if settings.state_key_arn is not None:
        # Only to decrypt the stack's data key: to encrypt one is for `pulumi stack init`, which people run.
        yield _allow("DecryptState", ("kms:Decrypt",), [settings.state_key_arn])


def _write_state(settings: Settings) -> Iterable[Statement]:
    if settings.state_bucket is not None:
        # Deleted are locks; a state of many resources is uploaded in parts.
        actions = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject")
        yield _allow("WriteState", actions, [_state(settings.state_bucket, settings)])


def _spare(settings: Settings) -> Iterable[Statement]:
    """What the wildcards above must not reach: the workflows' own roles, and the state's bucket, whatever its name."""
    own = [settings.role_arn(settings.workflow_role("*"))]
    yield _deny("SpareOwnRoles", ("iam:AttachRolePolicy", "iam:DetachRolePolicy"), own)
    if settings.state_bucket is not None:
        yield _deny("SpareState", _CHANGE_BUCKET, [settings.bucket_arn(settings.state_bucket)])


def _buckets(settings: Settings) -> list[str]:
    """Every bucket with our prefix, since a dataset brings its own; the export bucket, and the journal's."""
    names = (settings.pull_bucket("*"), settings.export_bucket, settings.journal_bucket)
    return [settings.bucket_arn(name) for name in names]


def _roles(settings: Settings) -> list[str]:
    """Every delivery and reader role, since datasets bring their own; and the forwarder's."""
    readers = settings.role_arn(f"{READER_ROLE_PREFIX}*")
    return [settings.delivery_role_arn("*"), readers, settings.role_arn(settings.forwarder)]


def _providers(settings: Settings) -> str:
    """The identity provider of any Azure tenant, and no other: not that of the workflows."""
    return provider_arn("*", settings)


def _access_policies(settings: Settings) -> list[str]:
    """The policies of any role or user, since datasets name new ones."""
    return [settings.iam_arn(f"policy/{settings.access_policy(kind, '*', '*')}") for kind in ("role", "user")]


def _queues(settings: Settings) -> list[str]:
    return [settings.regional_arn("sqs", name) for name in (settings.forwarder, settings.dead_letters)]


def _function(settings: Settings) -> str:
    return settings.regional_arn("lambda", f"function:{settings.forwarder}")


def _mappings(settings: Settings) -> str:
    """Any event source mapping: AWS makes their names, so that ours cannot be told before it is there."""
    return settings.regional_arn("lambda", "event-source-mapping:*")


def _tagged_in_lambda(settings: Settings) -> list[str]:
    return [_function(settings), _mappings(settings)]


def _sweep(settings: Settings) -> str:
    return settings.regional_arn("events", f"rule/{settings.sweep_rule}")


def _alarms(settings: Settings) -> str:
    """Every alarm about the forwarder, so that a new one needs no new right."""
    return settings.regional_arn("cloudwatch", f"alarm:{settings.alarm('*')}")


def _dashboard(settings: Settings) -> str:
    """The dashboard: an account's are seen from every region, and their ARN has none."""
    return f"arn:{settings.partition}:cloudwatch::{settings.account_id}:dashboard/{settings.forwarder}"


def _log(settings: Settings) -> list[str]:
    """The forwarder's log group in both ways of writing it.

    CloudWatch Logs API Reference, "LogGroup": for its tags AWS checks the ARN, for all else the ARN with `:*` behind.
    """
    group = settings.regional_arn("logs", f"log-group:{settings.forwarder_log_group}")
    return [group, f"{group}:*"]


def _state(bucket: str, settings: Settings) -> str:
    """Everything that Pulumi keeps in its bucket: states, their history and backups, and locks."""
    return f"{settings.bucket_arn(bucket)}/.pulumi/*"


def _allow(sid: str, actions: Iterable[str], resources: Iterable[str], condition: Statement | None = None) -> Statement:
    return {"Sid": sid, **allow(actions, resources, condition or {})}


def _deny(sid: str, actions: Iterable[str], resources: Iterable[str]) -> Statement:
    return {"Sid": sid, "Effect": "Deny", "Action": [*actions], "Resource": [*resources]}
