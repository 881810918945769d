"""One thing wrong in a file, and the code of every rule that can find one."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from provisioner.reading.printable import printable


class Rule(StrEnum):
    """Every rule code that a problem can carry; `RULE_MEANINGS` says what each one wants."""

    FILE_PLACE = "file-place"
    FILE_STRAY = "file-stray"
    FILE_EXTENSION = "file-extension"
    FILE_SYMLINK = "file-symlink"
    FILE_UNREADABLE = "file-unreadable"
    FILE_SIZE = "file-size"
    FILE_ENCODING = "file-encoding"
    YAML_SYNTAX = "yaml-syntax"
    YAML_EMPTY = "yaml-empty"
    YAML_DOCUMENTS = "yaml-documents"
    YAML_MAPPING = "yaml-mapping"
    YAML_DEPTH = "yaml-depth"
    YAML_DUPLICATE_KEY = "yaml-duplicate-key"
    YAML_KEY = "yaml-key"
    YAML_ALIAS = "yaml-alias"
    YAML_MERGE = "yaml-merge"
    YAML_TAG = "yaml-tag"
    KEY_UNKNOWN = "key-unknown"
    KEY_KIND = "key-kind"
    KEY_MISSING = "key-missing"
    KEY_TYPE = "key-type"
    KEY_EMPTY = "key-empty"
    KEY_VALUE = "key-value"
    KEY_LENGTH = "key-length"
    NAME_FORMAT = "name-format"
    NAME_LENGTH = "name-length"
    NAME_RESERVED = "name-reserved"
    NAME_FILE = "name-file"
    NAME_TAKEN = "name-taken"
    USER_PREFIX = "user-prefix"
    USER_CHARACTERS = "user-characters"
    USER_LENGTH = "user-length"
    USER_TWICE = "user-twice"
    USER_SPELLING = "user-spelling"
    ARN_FORMAT = "arn-format"
    ARN_SERVICE = "arn-service"
    ARN_PARTITION = "arn-partition"
    ARN_ACCOUNT = "arn-account"
    ARN_WILDCARD = "arn-wildcard"
    ARN_ROOT = "arn-root"
    ARN_SESSION = "arn-session"
    ARN_KIND = "arn-kind"
    ARN_MANAGED = "arn-managed"
    ARN_TWICE = "arn-twice"
    WORKLOAD_ID = "workload-id"
    WORKLOAD_AUDIENCE = "workload-audience"
    WORKLOAD_TWICE = "workload-twice"
    BUCKET_ARN = "bucket-arn"
    BUCKET_URL = "bucket-url"
    BUCKET_PATH = "bucket-path"
    BUCKET_NAME = "bucket-name"
    BUCKET_OWN = "bucket-own"
    BUCKET_ACCOUNT = "bucket-account"
    KMS_ARN = "kms-arn"
    SEALED_BY_SETTINGS = "sealed-by-settings"
    EXPIRES_DATE = "expires-date"
    EXPIRES_PAST = "expires-past"
    PAPERWORK_MISSING = "paperwork-missing"
    EXPORT_SQL = "export-sql"
    EXPORT_FILE = "export-file"
    EXPORT_RETIRED = "export-retired"
    EXPORT_SOURCE = "export-source"
    EXPORT_SCHEDULE = "export-schedule"
    EXPORT_TIMEZONE = "export-timezone"
    EXPORT_FRESHNESS = "export-freshness"
    EXPORT_TASK = "export-task"
    EXPORT_PARAMETER = "export-parameter"
    EXPORT_COLUMN = "export-column"
    EXPORT_WINDOW = "export-window"
    EXPORT_DELETE = "export-delete"
    EXPORT_FORMAT = "export-format"
    EXPORT_PLACEHOLDER = "export-placeholder"
    EXPORT_KEY = "export-key"
    EXPORT_KEY_TWICE = "export-key-twice"
    EXPORT_RUNNER = "export-runner"
    LIMIT_BUCKET_POLICY = "limit-bucket-policy"
    LIMIT_AUDIENCES = "limit-audiences"
    LIMIT_ROLE_POLICY = "limit-role-policy"
    LIMIT_USER_POLICIES = "limit-user-policies"
    LIMIT_ACCOUNT = "limit-account"


RULE_MEANINGS = {
    Rule.FILE_PLACE: "a dataset file lies directly in `push_datasets/` or `pull_datasets/`",
    Rule.FILE_STRAY: "the dataset folders hold dataset files and nothing else",
    Rule.FILE_EXTENSION: "a dataset file ends in `.yaml`",
    Rule.FILE_SYMLINK: "a dataset file or a settings file is a file, not a symbolic link",
    Rule.FILE_UNREADABLE: "a dataset file can be read",
    Rule.FILE_SIZE: "a dataset file has at most 64 KiB",
    Rule.FILE_ENCODING: "a dataset file is UTF-8",
    Rule.YAML_SYNTAX: "the file is YAML",
    Rule.YAML_EMPTY: "the file is not empty",
    Rule.YAML_DOCUMENTS: "the file holds one document",
    Rule.YAML_MAPPING: "the file is a list of `key: value` lines",
    Rule.YAML_DEPTH: "nothing is nested deeper than 20 levels",
    Rule.YAML_DUPLICATE_KEY: "a key stands once",
    Rule.YAML_KEY: "a key is a plain word",
    Rule.YAML_ALIAS: "no anchors (`&`) and aliases (`*`)",
    Rule.YAML_MERGE: "no merge keys (`<<`)",
    Rule.YAML_TAG: "no tags (`!`)",
    Rule.KEY_UNKNOWN: "every key is known",
    Rule.KEY_KIND: "push keys stand in push files and pull keys in pull files",
    Rule.KEY_MISSING: "every required key is there",
    Rule.KEY_TYPE: "every value has the type of its key",
    Rule.KEY_EMPTY: "no value is empty",
    Rule.KEY_VALUE: "a value is one of those that its key allows",
    Rule.KEY_LENGTH: "a text is not longer than its key allows",
    Rule.NAME_FORMAT: "a name has lower case letters, digits and underscores, starts with a letter and ends in none",
    Rule.NAME_LENGTH: "a name fits into its bucket's or role's name",
    Rule.NAME_RESERVED: "a name does not give a bucket name that AWS keeps for itself",
    Rule.NAME_FILE: "a dataset's name is its file's name",
    Rule.NAME_TAKEN: "no two datasets make the same bucket or role",
    Rule.USER_PREFIX: "a user begins as the settings say",
    Rule.USER_CHARACTERS: "a user has letters, digits, hyphens and underscores",
    Rule.USER_LENGTH: "a user is an IAM role name: at most 64 characters",
    Rule.USER_TWICE: "a user is listed once",
    Rule.USER_SPELLING: "a user is written alike in every file, capitals and all",
    Rule.ARN_FORMAT: "a reader is an ARN",
    Rule.ARN_SERVICE: "a reader's ARN is one of IAM",
    Rule.ARN_PARTITION: "a reader is in our AWS partition",
    Rule.ARN_ACCOUNT: "an AWS account id has 12 digits",
    Rule.ARN_WILDCARD: "a reader is one role or user, without wildcards",
    Rule.ARN_ROOT: "a reader is a role or user, not a whole account",
    Rule.ARN_SESSION: "a reader is a role, not a session of one",
    Rule.ARN_KIND: "a reader is a role or a user",
    Rule.ARN_MANAGED: "a reader of our own account is no role that AWS or this tool makes for somebody else",
    Rule.ARN_TWICE: "a reader is listed once",
    Rule.WORKLOAD_ID: "a Google service account is given by its number, an Azure tenant and identity by their GUIDs",
    Rule.WORKLOAD_AUDIENCE: "an audience is an address, as it stands in the tokens",
    Rule.WORKLOAD_TWICE: "a reader outside AWS is listed once",
    Rule.BUCKET_ARN: "a target bucket is given by name, not by ARN",
    Rule.BUCKET_URL: "a target bucket is given by name, not by `s3://` address",
    Rule.BUCKET_PATH: "a target bucket is given without a path",
    Rule.BUCKET_NAME: "a target bucket's name is one that S3 allows",
    Rule.BUCKET_OWN: "a target bucket is not one of ours",
    Rule.BUCKET_ACCOUNT: "a target bucket is in the same account in every file",
    Rule.KMS_ARN: "a key is given by the full ARN of a KMS key",
    Rule.SEALED_BY_SETTINGS: "no dataset says that it is unsealed where the settings seal them all",
    Rule.EXPIRES_DATE: "`expires` is a date",
    Rule.EXPIRES_PAST: "`expires` is not past",
    Rule.PAPERWORK_MISSING: "the data-sharing agreement is named where the settings demand it",
    Rule.EXPORT_SQL: "a query is one SELECT, and what deletes is one DELETE",
    Rule.EXPORT_FILE: "the SQL of an export lies in the folder beside its file, and nothing else does",
    Rule.EXPORT_RETIRED: "a retired dataset has no export",
    Rule.EXPORT_SOURCE: "the source of an export is in the settings",
    Rule.EXPORT_SCHEDULE: "a schedule is five fields of cron that mean some time and that AWS can say",
    Rule.EXPORT_TIMEZONE: "a time zone is one of IANA's",
    Rule.EXPORT_FRESHNESS: "an export is worth a warning before it is an error",
    Rule.EXPORT_TASK: "a task has a name of its own",
    Rule.EXPORT_PARAMETER: "a query asks for the columns of its partitions and the run's start, and for nothing else",
    Rule.EXPORT_COLUMN: "the columns that an export speaks of are selected, and each field has a name of its own",
    Rule.EXPORT_WINDOW: "a window has a cursor, and what takes all rows has none",
    Rule.EXPORT_DELETE: "what is deleted is in a file that stays, and is recorded with it",
    Rule.EXPORT_FORMAT: "an option is one of the format, and what is to be an XML element can be one",
    Rule.EXPORT_PLACEHOLDER: "a placeholder of a template is known, and so is its format",
    Rule.EXPORT_KEY: "a file's name is a path of characters that are safe in S3",
    Rule.EXPORT_KEY_TWICE: "no two tasks, partitions, parts or runs give their files the same key",
    Rule.EXPORT_RUNNER: "what AWS runs a scheduled export with is in the settings, and its roles' names fit",
    Rule.LIMIT_BUCKET_POLICY: "a bucket policy fits into AWS's limit",
    Rule.LIMIT_AUDIENCES: "the readers of an Azure tenant have no more audiences than its identity provider takes",
    Rule.LIMIT_ROLE_POLICY: "a role's own policy fits into AWS's limit",
    Rule.LIMIT_USER_POLICIES: "a user's policies fit into AWS's limit",
    Rule.LIMIT_ACCOUNT: "all datasets together fit into one AWS account",
}


class Place(NamedTuple):
    """A line and a column, both counted from 1, columns in characters."""

    line: int
    column: int


START: Final = Place(1, 1)

place_at: Final = lru_cache(maxsize=4_096)(Place)
"""The place at a line and a column: values stand at the same few places in most files, and each is made once."""


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing wrong: where, what is wrong, and what to write instead. They sort by place.

    Its texts quote files that anybody may have written, so what could steer a terminal is escaped here, once for all.
    """

    file: str
    place: Place
    rule: Rule
    wrong: str
    instead: str

    def __post_init__(self) -> None:
        """Make every text printable."""
        for name in ("file", "wrong", "instead"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    def __str__(self) -> str:
        """The problem as one line of text, as a compiler writes it."""
        line, column = self.place
        return f"{self.file}:{line}:{column}: {self.wrong}; {self.instead} [{self.rule}]"


def symbolic_link(file: str) -> Problem:
    """What is wrong with a file that is a symbolic link: whoever wrote it may point it at any file of the reader's."""
    return Problem(file, Place(1, 1), Rule.FILE_SYMLINK, "this is a symbolic link", "put what it leads to in its place")
