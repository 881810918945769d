"""The keys of a dataset file: the one table behind the reader, the schemas and the reference in the README."""

from enum import StrEnum
from typing import Final

from provisioner.datasets.workload_patterns import AUDIENCE, GUID, SERVICE_ACCOUNT_ID
from provisioner.exports.keys import EXPORT
from provisioner.reading.keys import Key, Type
from provisioner.settings import ACCOUNT_ID, KMS_KEY_PATTERN


class Kind(StrEnum):
    """The two kinds of dataset, by the word that people use."""

    PUSH = "push"
    PULL = "pull"

    @property
    def folder(self) -> str:
        """The folder that holds the files of this kind."""
        return f"{self.value}_datasets"

    def file_of(self, name: str) -> str:
        """The file of the dataset `name` of this kind, with its folder."""
        return f"{self.folder}/{name}.yaml"

    @property
    def other(self) -> "Kind":
        """The other kind."""
        return Kind.PULL if self is Kind.PUSH else Kind.PUSH


KIND_OF_FOLDER: Final = {kind.folder: kind for kind in Kind}

NAME_PATTERN: Final = "^[a-z](?:[a-z0-9_]*[a-z0-9])?$"

_NAME = Key(
    name="name",
    type=Type.TEXT,
    required=True,
    description="The dataset's name, the same as the file's: lower case letters, digits and underscores.",
    example="new_project",
    # The longest is for a bucket prefix of one letter; the settings may allow less.
    schema={"pattern": NAME_PATTERN, "maxLength": 61},
)
_DESCRIPTION = Key(
    name="description",
    type=Type.TEXT,
    description="One line that says what the data is, shown wherever the dataset is shown.",
    example="Weekly caseload by court, for the performance reports",
    max_length=300,
)
_CONTACT = Key(
    name="contact",
    type=Type.TEXT,
    description="Whom to ask about the dataset: a team, a channel or an address.",
    example="court-data-team@example.com",
    max_length=200,
    also_called=("owner", "email", "team"),
)
_BUCKET = Key(
    name="bucket",
    type=Type.TEXT,
    required=True,
    description="The name of the target bucket, in the receiving team's account: a name, not an ARN or an address.",
    example="target-bucket-name",
    schema={"pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"},
    also_called=("target_bucket", "target", "bucket_name", "destination", "destination_bucket"),
)
_BUCKET_ACCOUNT = Key(
    name="bucket_account",
    type=Type.TEXT,
    description="The id of the AWS account that owns the target bucket, 12 digits in quotes: files then go to no other "
    "account, even if the bucket is deleted and somebody else makes one of that name.",
    example="123456789012",
    schema={"pattern": f"^{ACCOUNT_ID.pattern}$"},
    also_called=("target_account", "bucket_owner", "account", "account_id", "target_account_id"),
)
_PULL_ARNS = Key(
    name="pull_arns",
    type=Type.TEXTS,
    description="The IAM roles or users in other accounts that may read the bucket, by their full ARNs. "
    "A pull dataset has a reader at least: of these, of `pull_google` or of `pull_azure`.",
    example=["arn:aws:iam::123456789012:role/role-name-1"],
    schema={"pattern": f"^arn:[a-z-]+:iam::{ACCOUNT_ID.pattern}:(role|user)/[A-Za-z0-9_+=,.@/-]+$"},
    also_called=("arns", "arn", "pull_arn", "readers", "roles"),
)
_PULL_GOOGLE = Key(
    name="pull_google",
    type=Type.RECORDS,
    description="The service accounts of Google Cloud that may read the bucket, by their numbers.",
    example=[{"service_account_id": "103456789012345678901", "audience": "https://data-exports.example.com"}],
    fields=(
        Key(
            name="service_account_id",
            type=Type.TEXT,
            required=True,
            description="The service account's numeric unique id, in quotes; not its address.",
            example="103456789012345678901",
            schema={"pattern": f"^{SERVICE_ACCOUNT_ID}$"},
            also_called=("id", "unique_id", "service_account", "email", "client_id", "sub"),
        ),
        Key(
            name="audience",
            type=Type.TEXT,
            required=True,
            description="The audience that its tokens are made for, agreed with the receiving team.",
            example="https://data-exports.example.com",
            schema={"pattern": f"^{AUDIENCE}$"},
            also_called=("aud",),
        ),
    ),
    also_called=("google", "gcp", "pull_gcp", "google_readers"),
)
_PULL_AZURE = Key(
    name="pull_azure",
    type=Type.RECORDS,
    description="The identities of Azure (managed identities, service principals) that may read the bucket.",
    example=[
        {
            "tenant": "1a2b3c4d-0000-1111-2222-333344445555",
            "audience": "api://5e6f7a8b-0000-1111-2222-333344445555",
            "object_id": "9c0d1e2f-0000-1111-2222-333344445555",
        }
    ],
    fields=(
        Key(
            name="tenant",
            type=Type.TEXT,
            required=True,
            description="The GUID of the Microsoft Entra tenant.",
            example="1a2b3c4d-0000-1111-2222-333344445555",
            schema={"pattern": f"^{GUID}$"},
            also_called=("tenant_id", "directory", "directory_id"),
        ),
        Key(
            name="audience",
            type=Type.TEXT,
            required=True,
            description="The id URI of the application that its tokens are made for.",
            example="api://5e6f7a8b-0000-1111-2222-333344445555",
            schema={"pattern": f"^{AUDIENCE}$"},
            also_called=("aud", "app_id_uri", "application", "resource"),
        ),
        Key(
            name="object_id",
            type=Type.TEXT,
            required=True,
            description="The GUID of the identity: its object (principal) id, not its client id.",
            example="9c0d1e2f-0000-1111-2222-333344445555",
            schema={"pattern": f"^{GUID}$"},
            also_called=("principal_id", "identity", "sub", "oid"),
        ),
    ),
    also_called=("azure", "entra", "pull_entra", "azure_readers"),
)
_USERS = Key(
    name="users",
    type=Type.TEXTS,
    required=True,
    description="The platform usernames of those who provide the data.",
    example=["alpha_user_one"],
    schema={"pattern": "^[A-Za-z0-9_-]+$", "maxLength": 64},
    also_called=("user", "usernames", "username"),
)
_KEEP_FILES = Key(
    name="keep_files",
    type=Type.FLAG,
    default=False,
    description="Whether delivered files stay in the export bucket too, instead of being deleted there.",
    example=True,
)
_KMS_KEY_ARN = Key(
    name="kms_key_arn",
    type=Type.TEXT,
    description="The full ARN of the target's KMS key, where the target bucket demands encryption with one.",
    example="arn:aws:kms:eu-west-2:123456789012:key/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f",
    schema={"pattern": KMS_KEY_PATTERN},
    also_called=("kms_key", "kms_arn", "kms", "key_arn"),
)
_ALLOW_PUSH = Key(
    name="allow_push",
    type=Type.FLAG,
    default=False,
    description="Whether the outside readers may write to the bucket too.",
    example=True,
    also_called=("allow_write",),
)
_BUCKET_VERSIONING = Key(
    name="bucket_versioning",
    type=Type.FLAG,
    default=False,
    description="Whether the bucket keeps the earlier versions of a file that is overwritten or deleted.",
    example=True,
    also_called=("versioning",),
)
_PAPERWORK = Key(
    name="paperwork",
    type=Type.TEXT_OR_TEXTS,
    description="The data-sharing agreement: where it is filed, as one text or a list.",
    example="https://example.com/agreements/2026-17",
    max_length=500,
    also_called=("agreement", "agreements", "dpia"),
)
_EXPIRES = Key(
    name="expires",
    type=Type.DATE,
    description="The last day of access, in UTC. AWS itself refuses from the day after on, with no deploy.",
    example="2040-03-31",
    schema={"format": "date"},
    also_called=("expiry", "expiration", "expire", "until", "end_date"),
)
_STATUS = Key(
    name="status",
    type=Type.TEXT,
    default="active",
    choices=("active", "retired"),
    description="`retired` ends outside access and user writes at once and keeps the data: the first step of removal.",
    example="retired",
)
_SEALED = Key(
    name="sealed",
    type=Type.FLAG,
    default=False,
    description="Whether nobody but the dataset's own users, readers and delivery role may touch its data, "
    "not even an over-broad role of our own account.",
    example=True,
)

READERS: Final = ("pull_arns", "pull_google", "pull_azure")
"""The keys that list the readers of a pull dataset; it has one of them at least."""

KEYS: Final[dict[Kind, dict[str, Key]]] = {
    kind: {key.name: key for key in keys}
    for kind, keys in (
        (
            Kind.PUSH,
            (
                *(_NAME, _DESCRIPTION, _CONTACT, _BUCKET, _BUCKET_ACCOUNT, _USERS, _KEEP_FILES, _KMS_KEY_ARN),
                *(_PAPERWORK, _EXPIRES, _STATUS, _SEALED, EXPORT),
            ),
        ),
        (
            Kind.PULL,
            (
                *(
                    _NAME,
                    _DESCRIPTION,
                    _CONTACT,
                    _PULL_ARNS,
                    _PULL_GOOGLE,
                    _PULL_AZURE,
                    _USERS,
                    _ALLOW_PUSH,
                    _BUCKET_VERSIONING,
                ),
                *(_PAPERWORK, _EXPIRES, _STATUS, _SEALED, EXPORT),
            ),
        ),
    )
}

REQUIRED: Final = {kind: tuple(key for key in keys.values() if key.required) for kind, keys in KEYS.items()}
"""The keys that every file of a kind has."""
