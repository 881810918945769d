"""The settings of a stack: what they are called, what they may be, and the one value that they make."""

from provisioner.settings.file import has_settings, load_settings, read_settings
from provisioner.settings.keys import SETTING_KEYS
from provisioner.settings.limits import (
    ACCOUNT_ID,
    KMS_KEY_PATTERN,
    LOG_RETENTION_DAYS,
    MAX_BUCKET_NAME,
    MAX_DATASET_STACKS,
    is_bucket_name,
)
from provisioner.settings.model import DELIVERY_POLICY, EXPORT_POLICY, MANAGED_BY, PROJECT, Settings, settings_file

__all__ = (
    "ACCOUNT_ID",
    "DELIVERY_POLICY",
    "EXPORT_POLICY",
    "KMS_KEY_PATTERN",
    "LOG_RETENTION_DAYS",
    "MANAGED_BY",
    "MAX_BUCKET_NAME",
    "MAX_DATASET_STACKS",
    "PROJECT",
    "SETTING_KEYS",
    "Settings",
    "has_settings",
    "is_bucket_name",
    "load_settings",
    "read_settings",
    "settings_file",
)
