"""The settings of a stack: the one table behind the reader and the reference in docs/reference.md."""

from typing import Final

from provisioner.reading.keys import Key, Type

SETTING_KEYS: Final = (
    Key(
        name="account_id",
        type=Type.TEXT,
        required=True,
        description="The AWS account that the datasets live in, 12 digits in quotes. Nothing is deployed to another.",
        example="111122223333",
    ),
    Key(
        name="region",
        type=Type.TEXT,
        default="eu-west-2",
        description="The AWS region of every bucket, queue and function.",
        example="eu-west-2",
    ),
    Key(
        name="bucket_prefix",
        type=Type.TEXT,
        default="mojap",
        description="Begins the name of every bucket of ours: `mojap` makes `mojap-new-project`.",
        example="mojap",
    ),
    Key(
        name="export_bucket",
        type=Type.TEXT,
        default="mojap-hub-exports",
        description="The bucket under whose prefixes the users of push datasets write.",
        example="mojap-hub-exports",
    ),
    Key(
        name="user_prefix",
        type=Type.TEXT,
        default="alpha_user_",
        description="What every username begins with: a text, or a regular expression such as `(alpha|beta)_user_`.",
        example="alpha_user_",
    ),
    Key(
        name="known_accounts",
        type=Type.TEXT_MAP,
        description="The AWS accounts of the receiving teams: 12-digit id to the name that people know.",
        example={'"444455556666"': "Cloud Platform"},
    ),
    Key(
        name="paperwork_required",
        type=Type.FLAG,
        default=False,
        description="Whether every dataset must name its data-sharing agreement in `paperwork`.",
        example=True,
    ),
    Key(
        name="retention_days",
        type=Type.NUMBER,
        default=14,
        description="Days that overwritten, delivered and deleted versions stay in a versioned bucket: the safety net.",
        example=14,
    ),
    Key(
        name="log_retention_days",
        type=Type.NUMBER,
        default=365,
        description="Days that the forwarder's log stays; one of the periods that CloudWatch Logs offers.",
        example=365,
    ),
    Key(
        name="alarm_topic_arn",
        type=Type.TEXT,
        description="The full ARN of the SNS topic, in the region of the stack, that the forwarder's alarms speak to.",
        example="arn:aws:sns:eu-west-2:111122223333:data-exports-alarms",
    ),
    Key(
        name="forwarder_concurrency",
        type=Type.NUMBER,
        default=32,
        description="Requests to S3 that one run of the forwarder's function has open at once.",
        example=32,
    ),
    Key(
        name="multipart_threshold_mib",
        type=Type.NUMBER,
        default=512,
        description="MiB above which the forwarder copies an object in parts, several at once; the size of a part too.",
        example=512,
    ),
    Key(
        name="sweep_minutes",
        type=Type.NUMBER,
        default=60,
        description="Minutes between two looks for files in the export bucket that no event announced.",
        example=60,
    ),
    Key(
        name="retry_seconds",
        type=Type.NUMBER,
        default=30,
        description="Seconds before a delivery that failed is tried again; each further wait is twice as long.",
        example=30,
    ),
    Key(
        name="user_policies",
        type=Type.NUMBER,
        default=8,
        description="Managed policies of ours that a user may have; AWS attaches 10 to a role, 25 if asked.",
        example=8,
    ),
    Key(
        name="sealed",
        type=Type.FLAG,
        default=False,
        description="Whether every dataset is sealed, whatever its file says: nobody but its own users, readers and "
        "delivery role touches its data.",
        example=True,
    ),
    Key(
        name="break_glass_role",
        type=Type.TEXT,
        description="The role of our account (path/name) that may touch the data of sealed datasets in an emergency.",
        example="break-glass",
    ),
    Key(
        name="max_removals",
        type=Type.NUMBER,
        default=5,
        description="Datasets that one pull request may retire or delete without `approvals.yaml` listing them.",
        example=5,
    ),
    Key(
        name="max_removals_percent",
        type=Type.NUMBER,
        default=25,
        description="The same as a share of all datasets, in percent; one is always allowed.",
        example=25,
    ),
    Key(
        name="many_datasets",
        type=Type.NUMBER,
        default=20,
        description="Datasets above which a user or reader who gains access is called out as a risk.",
        example=20,
    ),
    Key(
        name="dataset_stacks",
        type=Type.NUMBER,
        default=0,
        description="Stacks that the datasets are shared out among, beside the one with what all share; 0 for one stack"
        " in all. See docs/stacks.md.",
        example=4,
    ),
    Key(
        name="stack_size",
        type=Type.NUMBER,
        default=2_000,
        description="Datasets of a stack, on average, above which `validate` and Pulumi say that it is time for more.",
        example=2_000,
    ),
    Key(
        name="repository",
        type=Type.TEXT,
        description="This repository on GitHub, whose workflows deploy: OWNER/NAME, or OWNER@ID/NAME@ID as in tokens.",
        example="example-org/data-engineering-exports",
    ),
    Key(
        name="state_bucket",
        type=Type.TEXT,
        description="The bucket in which Pulumi keeps the stack's state.",
        example="example-pulumi-state",
    ),
    Key(
        name="state_key_arn",
        type=Type.TEXT,
        description="The full ARN of the KMS key of the stack's secrets provider.",
        example="arn:aws:kms:eu-west-2:111122223333:key/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f",
    ),
    Key(
        name="sources",
        type=Type.TEXT_MAP,
        description="The databases that `export` may read: a name to the ARN of the secret in Secrets Manager that "
        "holds the URL. Where the exporter runs, the URL is in the environment: `EXPORT_SOURCE_CORE` for `core`.",
        example={"core": "arn:aws:secretsmanager:eu-west-2:111122223333:secret:exports/core-AbCdEf"},
    ),
    Key(
        name="exporter_image",
        type=Type.TEXT,
        description="The exporter's container image, with a tag or, better, a digest; scheduled exports need it. It is "
        "built by `Containerfile` and has the dataset files in it.",
        example="111122223333.dkr.ecr.eu-west-2.amazonaws.com/data-exporter:2026-11-25",
    ),
    Key(
        name="exporter_subnets",
        type=Type.TEXTS,
        description="The subnets in which scheduled exports run: they must reach the databases, and AWS without a "
        "public address.",
        example=["subnet-0a1b2c3d4e5f60718"],
    ),
    Key(
        name="exporter_security_groups",
        type=Type.TEXTS,
        description="The security groups of scheduled exports, which the databases let in.",
        example=["sg-0a1b2c3d4e5f60718"],
    ),
    Key(
        name="exporter_cpu",
        type=Type.NUMBER,
        default=1024,
        description="CPU units of a scheduled export, of which 1,024 are a processor; one of Fargate's sizes.",
        example=1024,
    ),
    Key(
        name="exporter_memory_mib",
        type=Type.NUMBER,
        default=2048,
        description="MiB of memory of a scheduled export; one that Fargate offers for its CPU units.",
        example=2048,
    ),
    Key(
        name="tags",
        type=Type.TEXT_MAP,
        description="Tags that every AWS resource carries.",
        example={"business-unit": "Platforms"},
    ),
)
