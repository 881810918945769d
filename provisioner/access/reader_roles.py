"""The names of the reader roles: one for each reader outside AWS, for all its datasets."""

from typing import Final

from provisioner.datasets.model import GoogleReader, Workload
from provisioner.datasets.workload_patterns import READER_ROLE_PREFIX

_DIGITS: Final = 8


def reader_role(workload: Workload) -> str:
    """The name of the role of our account that a reader outside AWS works as.

    It has 58 characters at most, of the 64 that IAM allows. The digits stand for the audience, and for the tenant.
    """
    if isinstance(workload, GoogleReader):
        return f"{READER_ROLE_PREFIX}google_{workload.service_account_id}_{_digest(workload.audience)}"
    return f"{READER_ROLE_PREFIX}azure_{workload.object_id}_{_digest(f'{workload.tenant} {workload.audience}')}"


def _digest(text: str) -> str:
    import hashlib  # brings OpenSSL, which a checkout without such readers need not wait for

    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:_DIGITS]
