"""The AWS actions that `check-live` needs: all of them read, and none reads data or the names of files."""

from typing import Final

# Service Authorization Reference, IAM and S3. Two calls are made that are not here. GetCallerIdentity needs no
# permission; nor does HeadBucket, of which only that is used which S3 tells everybody.
READS: Final = (
    "iam:GetAccountSummary",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListAttachedUserPolicies",
    "iam:ListRoles",
    "iam:ListUsers",
    "s3:GetBucketPolicy",
    "s3:ListAllMyBuckets",
)
