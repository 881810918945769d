"""What AWS and GitHub allow in the values of settings and dataset files."""

import re
from collections.abc import Mapping
from typing import Final

ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
KMS_KEY_PATTERN: Final = f"^arn:[a-z-]+:kms:[a-z0-9-]+:{ACCOUNT_ID.pattern}:key/[A-Za-z0-9-]+$"
# Amazon SNS API Reference, CreateTopic: a name has 256 characters at most. A FIFO topic has a dot in it, and an alarm
# cannot speak to it (CloudWatch User Guide, "Amazon CloudWatch alarm actions"). The group is the region.
SNS_TOPIC: Final = re.compile(rf"arn:[a-z-]+:sns:([a-z0-9-]+):{ACCOUNT_ID.pattern}:[A-Za-z0-9_-]{{1,256}}")
# Amazon S3 User Guide, "Amazon S3 multipart upload limits": MiB of a part, but of the last one.
MIN_PART_MIB: Final = 5
MAX_PART_MIB: Final = 5 * 1024
# GitHub Docs, "Creating a new repository": an owner has 39 characters at most, a repository 100; the ids are those of
# "OpenID Connect", "Immutable subject claims".
REPOSITORY: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9_.-]{1,100}|@[0-9]{1,20}/[A-Za-z0-9_.-]{1,100}@[0-9]{1,20})"
)
# S3 User Guide, "General purpose bucket naming rules"; a bucket of ours may not end in -an either, an existing one may.
BUCKET_NAME: Final = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$|.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
MAX_BUCKET_NAME: Final = 63
RESERVED_BUCKET_PREFIXES: Final = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_BUCKET_SUFFIXES: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
# AWS General Reference, "Tag naming limits and requirements": characters of a key and of a value, tags of a resource.
MAX_TAG_KEY: Final = 128
MAX_TAG_VALUE: Final = 256
MAX_TAGS: Final = 50
# IAM API Reference, "Tag": what IAM takes; other services take more.
NOT_IN_TAGS: Final = re.compile(r"[^\w\s.:/=+@-]")
# IAM User Guide, "IAM and AWS STS quotas": managed policies of a role, once the quota is raised as far as it goes.
MAX_ATTACHED_POLICIES: Final = 25
# Ours: each is a file beside Pulumi.yaml and a run of Pulumi, and an account has no more than 10,000 roles and buckets.
MAX_DATASET_STACKS: Final = 64
# CloudWatch Logs API Reference, PutRetentionPolicy.
LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
# Amazon ECS Developer Guide, "Amazon ECS task definition parameters for Fargate", "Task size": of each number of CPU
# units the MiB from the least to the most, and between two sizes.
FARGATE_SIZES: Final[Mapping[int, range]] = {
    256: range(512, 2 * 1024 + 1, 512),
    512: range(1024, 4 * 1024 + 1, 1024),
    1024: range(2 * 1024, 8 * 1024 + 1, 1024),
    2048: range(4 * 1024, 16 * 1024 + 1, 1024),
    4096: range(8 * 1024, 30 * 1024 + 1, 1024),
    8192: range(16 * 1024, 60 * 1024 + 1, 4 * 1024),
    16384: range(32 * 1024, 120 * 1024 + 1, 8 * 1024),
}
# Of 256 units there is no size between 1 GiB and 2 GiB (the same page).
NO_FARGATE_SIZE: Final = (256, 1536)
# Amazon ECS API Reference, AwsVpcConfiguration: subnets and security groups of a task.
MAX_TASK_SUBNETS: Final = 16
MAX_TASK_SECURITY_GROUPS: Final = 5
SUBNET: Final = re.compile("subnet-[0-9a-f]{8,17}")
SECURITY_GROUP: Final = re.compile("sg-[0-9a-f]{8,17}")
# Open Container Initiative, Distribution Specification, "Pulling manifests": a registry and a repository, and a tag of
# at most 128 characters or a digest. Without either it would be whatever is pushed as `latest`.
IMAGE: Final = re.compile(
    r"(?P<registry>[A-Za-z0-9.-]+(?::[0-9]{1,5})?)/(?P<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
    r"(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64}|:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}@sha256:[0-9a-f]{64})"
)
# Ours: so long a name that no policy which has its repository in it grows beyond AWS's limit.
MAX_IMAGE: Final = 400


def is_bucket_name(name: str) -> bool:
    """Whether S3 allows a general purpose bucket of this name."""
    return (
        BUCKET_NAME.fullmatch(name) is not None
        and not name.startswith(RESERVED_BUCKET_PREFIXES)
        and not name.endswith(RESERVED_BUCKET_SUFFIXES)
    )
