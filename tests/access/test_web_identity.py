"""Readers on Google Cloud and Azure: their roles, whom these trust, and the tenants' providers."""

import dataclasses
import datetime
from typing import Any, Final

import pytest

from provisioner.access.grants import PrincipalKind, by_identity, grants_of, pull_grants
from provisioner.access.policies import pull_bucket_policy
from provisioner.access.reader_roles import reader_role
from provisioner.access.web_identity import provider_url, providers_of, workload_trust, workloads_of
from provisioner.datasets.model import AzureReader, GoogleReader, PullDataset, Workload
from tests.access.evaluator import Request, is_allowed
from tests.support import AZURE, GOOGLE, OURS, catalogue, pull_dataset, stack_settings

STACK: Final = stack_settings()
GOOGLE_ONE: Final = GOOGLE[0]
AZURE_ONE: Final = AZURE[0]
TENANT: Final = f"sts.windows.net/{AZURE_ONE.tenant}/"
PROVIDER: Final = f"arn:aws:iam::{OURS}:oidc-provider/{TENANT}"
LAST_DAY: Final = datetime.date(2027, 3, 31)


def outside(*workloads: Workload, name: str = "alpha", **changes: Any) -> PullDataset:
    google = tuple(one for one in workloads if isinstance(one, GoogleReader))
    azure = tuple(one for one in workloads if isinstance(one, AzureReader))
    return pull_dataset(name, pull_arns=(), pull_google=google, pull_azure=azure, **changes)


class TestRoles:
    def test_they_are_named_by_who_works_as_them(self) -> None:
        assert reader_role(GOOGLE_ONE).startswith("reader_google_103456789012345678901_")
        assert reader_role(AZURE_ONE).startswith("reader_azure_9c0d1e2f-0000-1111-2222-333344445555_")

    def test_iam_has_room_for_the_longest(self) -> None:
        longest = (GoogleReader("9" * 30, "https://" + "a" * 247), AzureReader("f" * 36, "api://x", "f" * 36))
        assert max(len(reader_role(one)) for one in longest) <= 64

    def test_everybody_has_a_role_of_their_own_for_each_audience_and_tenant(self) -> None:
        assert len({reader_role(one) for one in (*GOOGLE, *AZURE)}) == len(GOOGLE) + len(AZURE)

    def test_a_reader_of_many_datasets_has_one(self) -> None:
        some = catalogue(outside(GOOGLE_ONE, name="a"), outside(GOOGLE_ONE, name="b"))
        assert workloads_of(some) == {reader_role(GOOGLE_ONE): GOOGLE_ONE}
        ((principal, grants),) = (
            (who, given)
            for who, given in by_identity(grants_of(some, STACK), STACK).items()
            if who.kind is PrincipalKind.WORKLOAD
        )
        assert principal.arn == STACK.role_arn(reader_role(GOOGLE_ONE))
        assert {grant.dataset for grant in grants} == {"a", "b"}

    def test_who_reads_only_what_is_retired_has_none(self) -> None:
        assert workloads_of(catalogue(outside(GOOGLE_ONE, AZURE_ONE, retired=True))) == {}


class TestGrants:
    def test_they_read_and_list_until_the_last_day(self) -> None:
        dataset = outside(GOOGLE_ONE, AZURE_ONE, expires=LAST_DAY)
        theirs = [one for one in pull_grants(dataset, STACK) if one.principal.kind is PrincipalKind.WORKLOAD]
        assert {(one.principal.workload, one.verb.value) for one in theirs} == {
            (who, verb) for who in (GOOGLE_ONE, AZURE_ONE) for verb in ("read", "list")
        }
        assert {one.until for one in theirs} == {LAST_DAY}

    def test_with_allow_push_they_write_too(self) -> None:
        theirs = pull_grants(outside(GOOGLE_ONE, allow_push=True), STACK)
        assert "write" in {one.verb.value for one in theirs if one.principal.kind is PrincipalKind.WORKLOAD}

    def test_a_seal_lets_their_role_in(self) -> None:
        for dataset, settings in (
            (outside(GOOGLE_ONE, sealed=True), STACK),
            (outside(GOOGLE_ONE), dataclasses.replace(STACK, sealed=True)),
        ):
            (seal,) = (one for one in pull_bucket_policy(dataset, settings).statements if one["Sid"] == "Sealed")
            assert STACK.role_arn(reader_role(GOOGLE_ONE)) in seal["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]


def admits(workload: Workload, provider: str, **claims: str) -> bool:
    """Whether a reader role lets in a token of an issuer's with these claims, by the keys that AWS makes of them."""
    issuer = provider.partition("oidc-provider/")[2] or provider
    keys = {f"{issuer}:{claim}": text for claim, text in claims.items()}
    if issuer == "accounts.google.com":  # IAM User Guide: aud is the token's azp, oaud its aud
        keys = {f"{issuer}:aud": claims["azp"], f"{issuer}:oaud": claims["aud"], f"{issuer}:sub": claims["sub"]}
    return is_allowed(
        Request(
            principal=_as_arn(provider), action="sts:AssumeRoleWithWebIdentity", resource="this role", context=keys
        ),
        (),
        [
            {**statement, "Principal": {"AWS": _as_arn(statement["Principal"]["Federated"])}, "Resource": "*"}
            for statement in workload_trust(workload, STACK).statements
        ],
        OURS,
    )


def _as_arn(provider: str) -> str:
    """A provider as the evaluator knows principals; Google has no ARN in the account."""
    return provider if provider.startswith("arn:") else f"arn:aws:iam::{OURS}:oidc-provider/{provider}"


class TestTrust:
    GOOD_GOOGLE: Final = {"azp": GOOGLE_ONE.identity, "sub": GOOGLE_ONE.identity, "aud": GOOGLE_ONE.audience}
    GOOD_AZURE: Final = {"sub": AZURE_ONE.identity, "aud": AZURE_ONE.audience}

    def test_a_google_role_trusts_google_and_no_provider_of_the_account(self) -> None:
        (statement,) = workload_trust(GOOGLE_ONE, STACK).statements
        assert statement["Principal"] == {"Federated": "accounts.google.com"}
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"

    def test_an_azure_role_trusts_the_provider_of_its_tenant_slash_and_all(self) -> None:
        (statement,) = workload_trust(AZURE_ONE, STACK).statements
        assert statement["Principal"] == {"Federated": PROVIDER}
        assert provider_url(AZURE_ONE.tenant) == f"https://{TENANT}"

    def test_the_right_token_is_let_in(self) -> None:
        assert admits(GOOGLE_ONE, "accounts.google.com", **self.GOOD_GOOGLE)
        assert admits(AZURE_ONE, PROVIDER, **self.GOOD_AZURE)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"aud": "https://another.example.com"},
            {"aud": f"{GOOGLE_ONE.audience}/"},
            {"sub": GOOGLE[2].identity},
            {"azp": GOOGLE[2].identity},
            {"azp": "32555940559.apps.googleusercontent.com"},
        ],
        ids=str,
    )
    def test_another_google_token_is_not(self, wrong: dict[str, str]) -> None:
        assert not admits(GOOGLE_ONE, "accounts.google.com", **{**self.GOOD_GOOGLE, **wrong})

    @pytest.mark.parametrize("wrong", [{"aud": "api://another"}, {"sub": AZURE_ONE.identity.upper()}], ids=str)
    def test_another_azure_token_is_not(self, wrong: dict[str, str]) -> None:
        assert not admits(AZURE_ONE, PROVIDER, **{**self.GOOD_AZURE, **wrong})

    def test_the_same_claims_of_another_issuer_are_not(self) -> None:
        assert not admits(AZURE_ONE, PROVIDER.replace(AZURE_ONE.tenant, AZURE[2].tenant), **self.GOOD_AZURE)
        assert not admits(GOOGLE_ONE, PROVIDER, **self.GOOD_GOOGLE)


def test_a_tenant_has_one_provider_with_every_audience() -> None:
    assert providers_of([*GOOGLE, *AZURE]) == {
        AZURE[0].tenant: (AZURE[0].audience, AZURE[1].audience),
        AZURE[2].tenant: (AZURE[2].audience,),
    }
