"""What AWS must answer, in people's words: which actions go with a grant, a seal, and the deploying role's work."""

from typing import Final

from provisioner.access.grants import Grant, PrincipalKind, Verb
from tests.access.verdicts import wanted

WHOLE_BUCKET: Final = frozenset(
    {
        *("s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
        *("s3:CreateBucket", "s3:DeleteBucket", "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning"),
        *("s3:PutBucketPublicAccessBlock", "s3:PutReplicationConfiguration", "s3:PutBucketNotification"),
        *("s3:PutEncryptionConfiguration", "s3:PutBucketAcl", "s3:ListBucketMultipartUploads"),
    }
)
"""Actions that are asked of a bucket as a whole."""
LISTS: Final = frozenset({"s3:ListBucket", "s3:ListBucketVersions"})
"""Actions that are asked of a bucket with a prefix, or without one."""
DATA: Final = frozenset(
    {
        *("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion", "s3:DeleteObjectVersion"),
        *("s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging", "s3:GetObjectVersionTagging"),
        *("s3:GetObjectAttributes", "s3:GetObjectAcl", "s3:PutObjectAcl", "s3:PutObjectRetention", "s3:RestoreObject"),
        *("s3:ReplicateObject", "s3:ReplicateDelete"),
    }
)
"""Actions on objects that a seal is there to stop: they show data, or change or end it, or say who may."""
UPLOADING: Final = frozenset({"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"})
"""Actions on the parts of an upload, which show nothing of what is in them."""
SEALED: Final = DATA | {"s3:AbortMultipartUpload"}
"""What a seal stops: to end somebody's upload too."""
MANAGING: Final = frozenset(
    {
        *("s3:ListBucket", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:CreateBucket", "s3:DeleteBucket"),
        *("s3:PutLifecycleConfiguration", "s3:PutBucketVersioning", "s3:PutBucketPublicAccessBlock"),
        *("s3:PutBucketNotification", "s3:PutEncryptionConfiguration"),
    }
)
"""What the deploying role does with every bucket of ours, sealed or not: it makes, sets and removes it when empty."""


def meant(grant: Grant) -> frozenset[str]:
    """Every action that a grant means: those that people name, and those without which these do not work well."""
    return frozenset(wanted(grant)) | _besides(grant)


def _besides(grant: Grant) -> frozenset[str]:
    """What goes with it: earlier versions, tags, and the parts of an upload."""
    match grant.principal.kind, grant.verb:
        case PrincipalKind.USER, Verb.READ:
            return frozenset({"s3:GetObjectTagging", "s3:GetObjectVersion"})
        case PrincipalKind.USER, Verb.WRITE:
            return UPLOADING | {"s3:PutObjectTagging"}
        case PrincipalKind.USER, Verb.LIST if not grant.prefix:
            return frozenset({"s3:ListBucketVersions", "s3:GetBucketLocation"})
        case PrincipalKind.READER | PrincipalKind.WORKLOAD, Verb.WRITE:
            return UPLOADING
        case PrincipalKind.READER | PrincipalKind.WORKLOAD, Verb.LIST:
            return frozenset({"s3:GetBucketLocation"})
        case PrincipalKind.EXPORTER, Verb.WRITE:
            return UPLOADING
        case PrincipalKind.DELIVERY, Verb.READ | Verb.DELIVER:
            return frozenset({"s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"})
        case PrincipalKind.DELIVERY, Verb.WRITE:
            return UPLOADING | {"s3:PutObjectTagging", "s3:GetObjectTagging"}
        case PrincipalKind.DELIVERY, Verb.LIST:
            return frozenset({"s3:ListBucketVersions"})
    return frozenset()
