"""The documents of the forwarder and of the delivery roles that it assumes."""

from provisioner.access.grants import delivery_grants
from provisioner.access.policies import KMS_ACTIONS, Document, Statement, identity_statements
from provisioner.datasets.model import PushDataset
from provisioner.settings import MANAGED_BY, Settings


def delivery_policy(dataset: PushDataset, settings: Settings) -> Document:
    """What the delivery role of a push dataset may do: take from its prefix, put under its target."""
    statements = identity_statements(delivery_grants(dataset, settings), settings)
    if dataset.kms_key_arn is not None:
        statements.append(_use_key("TargetKey", dataset.kms_key_arn, settings))
    if dataset.bucket_account is not None:
        target = settings.bucket_arn(dataset.bucket)
        statements = [_in_account(dataset.bucket_account, target, statement) for statement in statements]
    return Document(tuple(statements))


def _in_account(account_id: str, target: str, statement: Statement) -> Statement:
    """The statement, and where it is on the target bucket or what is in it, only while that account owns the bucket.

    IAM User Guide, "AWS global condition context keys": aws:ResourceAccount is the account that owns the resource.
    """
    if not all(arn == target or arn.startswith(f"{target}/") for arn in statement["Resource"]):
        return statement
    condition = {**statement.get("Condition", {}), "StringEquals": {"aws:ResourceAccount": account_id}}
    return {**statement, "Condition": condition}


def _use_key(sid: str, key_arn: str, settings: Settings) -> Statement:
    region = key_arn.split(":")[3]
    suffix = "amazonaws.com.cn" if settings.partition == "aws-cn" else "amazonaws.com"
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [*KMS_ACTIONS],
        "Resource": [key_arn],
        "Condition": {"StringEquals": {"kms:ViaService": f"s3.{region}.{suffix}"}},
    }


def delivery_trust(settings: Settings) -> Document:
    """Who may assume a delivery role: the forwarder's role, whether it was made before or since."""
    return Document(
        (
            {
                "Sid": "Forwarder",
                "Effect": "Allow",
                "Principal": {"AWS": settings.account_root_arn(settings.account_id)},
                "Action": "sts:AssumeRole",
                "Condition": {"ArnEquals": {"aws:PrincipalArn": settings.role_arn(settings.forwarder)}},
            },
        )
    )


def forwarder_trust() -> Document:
    """Who may assume the forwarder's role: AWS Lambda."""
    return Document(
        (
            {
                "Sid": "Lambda",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        )
    )


def forwarder_policy(settings: Settings) -> Document:
    """What the forwarder's own role may do: work off its queue, write log and journal, assume delivery roles.

    It sees the names of files, and reads none.
    """
    journal = settings.bucket_arn(settings.journal_bucket)
    return Document(
        (
            {
                "Sid": "WorkOffMessages",
                "Effect": "Allow",
                "Action": [
                    "sqs:ReceiveMessage",
                    "sqs:DeleteMessage",
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes",
                    # A large file that the next run goes on with, and what the sweep found, wait in the queue too.
                    "sqs:SendMessage",
                ],
                "Resource": settings.regional_arn("sqs", settings.forwarder),
            },
            {
                "Sid": "GiveUpMessages",
                "Effect": "Allow",
                "Action": "sqs:SendMessage",
                "Resource": settings.regional_arn("sqs", settings.dead_letters),
            },
            # The sweep sees the names of what is pending; it reads nothing of it.
            {
                "Sid": "SeeNames",
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": settings.bucket_arn(settings.export_bucket),
            },
            # Without leave to list, S3 answers that an entry is refused where there is none.
            {"Sid": "ListJournal", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": journal},
            {
                "Sid": "KeepJournal",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                "Resource": f"{journal}/*",
            },
            {
                "Sid": "WriteLog",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                # Every stream of its own log group: a new stream is made for each container.
                "Resource": f"{settings.regional_arn('logs', f'log-group:{settings.forwarder_log_group}')}:*",
            },
            {
                "Sid": "AssumeDeliveryRoles",
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                # One ARN a dataset would outgrow the policy at some 150 datasets. The wildcard reaches only roles
                # that carry our tag, and each of these lets in the forwarder and nobody else.
                "Resource": settings.role_arn(settings.delivery_role("*")),
                "Condition": {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in MANAGED_BY.items()}},
            },
        )
    )


def queue_policy(settings: Settings) -> Document:
    """Who may send to the queue: S3, on behalf of our export bucket, and the rule that starts a sweep."""
    senders = (
        ("ExportBucket", "s3.amazonaws.com", settings.bucket_arn(settings.export_bucket)),
        ("Sweep", "events.amazonaws.com", settings.regional_arn("events", f"rule/{settings.sweep_rule}")),
    )
    return Document(
        tuple(
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sqs:SendMessage",
                "Resource": settings.regional_arn("sqs", settings.forwarder),
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": source},
                    "StringEquals": {"aws:SourceAccount": settings.account_id},
                },
            }
            for sid, service, source in senders
        )
    )


def target_bucket_policy(dataset: PushDataset, settings: Settings) -> Document:
    """What the receiving team adds to the policy of the target bucket."""
    statements = identity_statements(delivery_grants(dataset, settings), settings)
    bucket = settings.bucket_arn(dataset.bucket)
    theirs = _to_delivery_role(dataset, settings)
    # To find uploads that are not finished is asked of the bucket, all else of what is under the prefix.
    wanted = (("UploadsOf", bucket), ("DeliveryOf", f"{bucket}/{dataset.prefix}*"))
    return Document(
        tuple(
            {**theirs, "Sid": theirs["Sid"].replace("DeliveryOf", sid), "Action": ours["Action"], "Resource": resource}
            for sid, resource in wanted
            for ours in statements
            if resource in ours["Resource"]
        )
    )


def target_key_policy(dataset: PushDataset, settings: Settings) -> Document | None:
    """What the receiving team adds to the policy of the target's KMS key, where there is one."""
    if dataset.kms_key_arn is None:
        return None
    ours = _use_key("TargetKey", dataset.kms_key_arn, settings)
    theirs = _to_delivery_role(dataset, settings)
    # In a key's own policy "*" is that key and no other (KMS Developer Guide, "Key policies in AWS KMS").
    condition = {**theirs["Condition"], **ours["Condition"]}
    return Document(({**theirs, "Action": ours["Action"], "Resource": "*", "Condition": condition},))


def _to_delivery_role(dataset: PushDataset, settings: Settings) -> Statement:
    """A statement of the receiving team's for the delivery role of a dataset.

    As for readers, the principal is the account and the condition names the role: the statement can be added before
    the role is there, and holds for a role that is made anew.
    """
    return {
        "Sid": "DeliveryOf" + "".join(part.capitalize() for part in dataset.name.split("_")),
        "Effect": "Allow",
        "Principal": {"AWS": settings.account_root_arn(settings.account_id)},
        "Action": [],
        "Resource": [],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": settings.delivery_role_arn(dataset.name)}},
    }
