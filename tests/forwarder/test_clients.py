"""Clients of the delivery roles: one role each, renewed in time, and refused with advice."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from provisioner.forwarder import clients
from provisioner.forwarder.clients import DeliveryClients
from provisioner.forwarder.failure import RequestError
from provisioner.resources.forwarder import TIMEOUT_SECONDS

from .setting import ROLE, route
from .world import FakeS3
from .world.sts import FakeSts, sts_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

CREDENTIALS: "CredentialsTypeDef" = {
    "AccessKeyId": "a",
    "SecretAccessKey": "s",
    "SessionToken": "t",
    "Expiration": datetime(2026, 1, 1, tzinfo=UTC),
}


def delivery_clients(sts: FakeSts) -> DeliveryClients:
    def connect(credentials: "CredentialsTypeDef") -> "S3Client":
        return FakeS3().client(credentials["AccessKeyId"])

    return DeliveryClients(sts=sts_client(sts), connect=connect, now=lambda: sts.now)


def test_a_role_is_assumed_once_while_its_credentials_last() -> None:
    sts = FakeSts()
    made = delivery_clients(sts)
    first = made.for_route(route())
    sts.now += timedelta(minutes=39)
    assert made.for_route(route()) is first
    assert sts.asked == [{"RoleArn": ROLE, "RoleSessionName": "forwarder"}]


def test_credentials_are_renewed_before_any_run_that_begins_could_see_them_expire() -> None:
    assert timedelta(seconds=TIMEOUT_SECONDS) < clients.RENEW_BEFORE
    sts = FakeSts()
    made = delivery_clients(sts)
    first = made.for_route(route())
    sts.now += timedelta(minutes=40)
    assert made.for_route(route()) is not first


def test_each_role_has_its_own_client() -> None:
    sts = FakeSts()
    made = delivery_clients(sts)
    assert made.for_route(route()) is not made.for_route(route(dataset="beta"))


def test_the_clients_kept_are_bounded_and_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "MAX_CLIENTS", 2)
    sts = FakeSts()
    made = delivery_clients(sts)
    for dataset in ("a", "b", "c", "b", "a"):
        made.for_route(route(dataset=dataset))
        sts.now += timedelta(seconds=1)
    assert [asked["RoleArn"].removeprefix(ROLE.removesuffix("alpha")) for asked in sts.asked] == ["a", "b", "c", "a"]


def test_a_role_that_may_not_be_assumed_is_a_failure_that_names_it() -> None:
    sts = FakeSts()
    sts.refuses = True
    with pytest.raises(RequestError, match=r"the trust policy of .*export_alpha must allow") as caught:
        delivery_clients(sts).for_route(route())
    assert (caught.value.error.operation, caught.value.error.resource) == ("AssumeRole", ROLE)


def test_a_role_that_could_not_be_assumed_for_haste_is_no_matter_of_its_trust_policy() -> None:
    sts = FakeSts()
    sts.refuses, sts.code = True, "ThrottlingException"
    with pytest.raises(RequestError, match="AWS asks for fewer requests"):
        delivery_clients(sts).for_route(route())


def test_endpoint_and_certificates_come_from_the_standard_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4599")
    made = clients.connect_from_environment(8)
    found = (made.deliveries.sts, made.deliveries.connect(CREDENTIALS), made.s3, made.sqs)
    assert {client.meta.endpoint_url for client in found} == {"http://127.0.0.1:4599"}


def test_as_many_connections_are_kept_as_requests_may_be_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    made = clients.connect_from_environment(48)
    for client in (made.deliveries.connect(CREDENTIALS), made.s3):
        assert client.meta.config.max_pool_connections == 48  # type: ignore[attr-defined]  # botocore sets it


def test_every_attempt_of_a_request_ends_before_the_function_does() -> None:
    assert clients.ATTEMPTS * (clients.CONNECT_SECONDS + clients.SILENCE_SECONDS) < TIMEOUT_SECONDS
