"""The AWS actions that `check-live` calls: all of them read, and none reads data."""

from typing import Final

# Service Authorization Reference: GetCallerIdentity needs no permission; HeadBucket needs s3:ListBucket.
READS: Final = (
    "iam:GetAccountSummary",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListAttachedUserPolicies",
    "iam:ListRoles",
    "iam:ListUsers",
    "s3:GetBucketPolicy",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
)
