"""The credentials at hand: a session of theirs, and whether they are of the account that the datasets live in."""

from typing import Final

import boto3
from botocore.config import Config

from provisioner.failure import UnavailableError
from provisioner.settings import Settings

THREADS: Final = 8
"""Calls at once. AWS slows an account down that asks too fast, and "adaptive" then asks as fast as it answers."""
PATIENT: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "adaptive", "total_max_attempts": 8},
    max_pool_connections=THREADS,
)
"""How a client asks that has much to ask."""
_FIRST_CALL: Final = Config(retries={"mode": "standard", "total_max_attempts": 2})
"""Whoever is offline should not have to wait for every attempt."""


class OwnSession:
    """A session in the stack's region."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked yet. Errors of the AWS configuration of this machine are the SDK's own: see `in_words`."""
        self._settings = settings
        self.boto = boto3.session.Session(region_name=settings.region)
        self._sts = self.boto.client("sts", config=PATIENT.merge(_FIRST_CALL))

    def check_account(self) -> None:
        """Ask AWS whose credentials these are; this is the first call.

        Raises:
            UnavailableError: they are of another account.
        """
        account = self._sts.get_caller_identity()["Account"]
        if account != self._settings.account_id:
            raise UnavailableError(
                f"the AWS credentials are of account {account}, and the datasets live in {self._settings.account_id}: "
                "take those of that account, or another stack"
            )
