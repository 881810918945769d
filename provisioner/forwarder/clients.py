"""AWS clients: those that act as a route's delivery role, and the forwarder's own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from .advice import advice_for
from .failure import aws_request
from .routes import Route

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

RENEW_BEFORE = timedelta(minutes=20)
"""Credentials are renewed this long before they expire, so that none expires during a run, which lasts 15 at most."""

MAX_CLIENTS = 64
"""Clients kept in one container; the one that expires first makes room. Bounds memory, not the number of routes."""

SESSION_NAME = "forwarder"
"""What CloudTrail and the target's owner see beside the delivery role."""

CONNECT_SECONDS = 5
SILENCE_SECONDS = 180
"""How long a request may hear nothing: S3 may not answer before a copy of 5 GiB is made."""

QUICK_SECONDS = 20
"""The same for requests that copy nothing: roles, queues and the journal answer at once, or not."""

ATTEMPTS = 3
"""Of each request: all end before the function does; what then still fails goes back to the queue."""


@dataclass(frozen=True, kw_only=True)
class _Lease:
    client: "S3Client"
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class DeliveryClients:
    """An S3 client for each delivery role, kept until shortly before its credentials expire. Threads may share it."""

    sts: "STSClient"
    connect: Callable[["CredentialsTypeDef"], "S3Client"]
    now: Callable[[], datetime]
    _leases: dict[str, _Lease] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def for_route(self, route: Route) -> "S3Client":
        """The S3 client of a route's delivery role. Raises RequestError if the role cannot be assumed."""
        lease = self._leases.get(route.role_arn)
        if lease and self.now() < lease.expires - RENEW_BEFORE:
            return lease.client
        with self._lock:  # a boto3 session makes clients for one thread at a time
            lease = self._leases.get(route.role_arn)
            if lease and self.now() < lease.expires - RENEW_BEFORE:
                return lease.client
            return self._lease(route)

    def _lease(self, route: Route) -> "S3Client":
        with aws_request("AssumeRole", route.role_arn, lambda error: advice_for(error, route)):
            credentials = self.sts.assume_role(RoleArn=route.role_arn, RoleSessionName=SESSION_NAME)["Credentials"]
        self._leases.pop(route.role_arn, None)
        if len(self._leases) >= MAX_CLIENTS:
            del self._leases[min(self._leases, key=lambda role: self._leases[role].expires)]
        lease = _Lease(client=self.connect(credentials), expires=credentials["Expiration"])
        self._leases[route.role_arn] = lease
        return lease.client


@dataclass(frozen=True, kw_only=True)
class Clients:
    """All clients of one container."""

    deliveries: DeliveryClients
    s3: "S3Client"
    """As the forwarder's own role, which reads no data."""
    sqs: "SQSClient"


def connect_from_environment(concurrency: int) -> Clients:
    """Clients for the region, endpoint and certificates of the standard AWS environment variables.

    `concurrency` is how many requests each may have under way: as many connections are kept.
    """
    session = boto3.Session()
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=SILENCE_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=concurrency,
    )

    quick = config.merge(Config(read_timeout=QUICK_SECONDS))

    def connect(credentials: "CredentialsTypeDef") -> "S3Client":
        return session.client(
            "s3",
            config=config,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    return Clients(
        deliveries=DeliveryClients(
            sts=session.client("sts", config=quick), connect=connect, now=lambda: datetime.now(UTC)
        ),
        s3=session.client("s3", config=quick),
        sqs=session.client("sqs", config=quick),
    )
