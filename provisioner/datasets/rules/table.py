"""The rules that look at one file of a kind, in the order in which they look. A new rule goes here."""

from collections.abc import Callable
from typing import Final

from provisioner.datasets.keys import Kind
from provisioner.datasets.rules.agreement import check_expires, check_paperwork
from provisioner.datasets.rules.draft import Context, Draft
from provisioner.datasets.rules.keys import check_keys
from provisioner.datasets.rules.names import check_name
from provisioner.datasets.rules.readers import check_readers
from provisioner.datasets.rules.seal import check_seal
from provisioner.datasets.rules.targets import check_bucket_account, check_kms_key, check_target
from provisioner.datasets.rules.users import check_users
from provisioner.datasets.rules.workloads import check_azure, check_google
from provisioner.reading.document import Report

Rule = Callable[[Draft, Context, Report], None]

_OF_BOTH: Final = (check_keys, check_name, check_users)
_OF_ANY_AGREEMENT: Final = (check_seal, check_paperwork, check_expires)
RULES: Final[dict[Kind, tuple[Rule, ...]]] = {
    Kind.PUSH: (*_OF_BOTH, check_target, check_bucket_account, check_kms_key, *_OF_ANY_AGREEMENT),
    Kind.PULL: (*_OF_BOTH, check_readers, check_google, check_azure, *_OF_ANY_AGREEMENT),
}
