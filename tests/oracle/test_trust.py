"""Who can work as a role: by its trust, which the oracle reads as the program registers it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from provisioner.access.deployment import WorkflowKind, workflow_role
from provisioner.access.reader_roles import reader_role
from provisioner.access.web_identity import provider_arn
from provisioner.datasets.model import AzureReader, GoogleReader, Workload
from provisioner.settings import MANAGED_BY
from tests.oracle.callers import EVERYTHING, Caller, Rank, callers
from tests.oracle.deployed import Deployed, deploy, statements_of
from tests.oracle.prover import example
from tests.oracle.questions import questions
from tests.oracle.simulator import Request, Simulator
from tests.support import (
    AZURE,
    GOOGLE,
    OTHERS,
    OUTSIDE_ROLE,
    OUTSIDE_USER,
    OWN_ROLE,
    OWN_USER,
    catalogue,
    pull_dataset,
    push_dataset,
    stack_settings,
)

STACK: Final = stack_settings(repository="example-org/exports")
SAMPLE: Final = catalogue(
    push_dataset("alpha", users=("alpha_user_one",)),
    push_dataset("alpha_kept", users=("alpha_user_two",), bucket="target-two"),
    pull_dataset("beta", OUTSIDE_ROLE, OUTSIDE_USER, OWN_ROLE, OWN_USER, pull_google=GOOGLE, pull_azure=AZURE),
)
GOOGLE_ISSUER: Final = "accounts.google.com"
NO_TENANT: Final = "00000000-0000-1111-2222-333344445555"
GITHUB: Final = "token.actions.githubusercontent.com"


@pytest.fixture(scope="module")
def deployed(workspace: Path) -> Deployed:
    return deploy(SAMPLE, STACK, workspace)


def assume(caller: Caller, role: str, deployed: Deployed) -> Request:
    """Somebody asks to work as a role of ours that the program makes."""
    context = {"aws:PrincipalArn": caller.arn} if caller.principal else {}
    return Request(
        principal=caller.principal,
        action="sts:AssumeRole",
        resource=STACK.role_arn(role),
        owner=STACK.account_id,
        context={**context, **{f"aws:ResourceTag/{key}": value for key, value in MANAGED_BY.items()}},
        identity=caller.identity,
        resource_policy=deployed.trusts[role],
    )


def test_of_all_that_could_ask_the_forwarder_alone_works_as_a_delivery_role_and_nobody_as_any_other(
    simulator: Simulator, deployed: Deployed
) -> None:
    asked = [(caller, role) for caller in callers(deployed) for role in sorted(deployed.trusts)]
    # Whoever may do anything at all is refused too: it is the trust that decides.
    asked += [
        (replace(caller, identity=(EVERYTHING,)), role)
        for caller, role in asked
        if caller.principal is not None and caller.rank is not Rank.FORWARDER
    ]
    decided = simulator.decide([assume(caller, role, deployed) for caller, role in asked])
    assert {(caller.rank, role) for (caller, role), one in zip(asked, decided, strict=True) if one == "Allowed"} == {
        (Rank.FORWARDER, "export_alpha"),
        (Rank.FORWARDER, "export_alpha_kept"),
    }


def test_the_forwarder_works_as_no_role_that_does_not_carry_our_tag(simulator: Simulator, deployed: Deployed) -> None:
    (forwarder,) = (caller for caller in callers(deployed) if caller.rank is Rank.FORWARDER)
    tagged = assume(forwarder, "export_alpha", deployed)
    bare = replace(tagged, context={"aws:PrincipalArn": forwarder.arn})
    assert [simulator.allows(one) for one in (tagged, bare)] == [True, False]


def test_lambda_alone_of_all_services_works_as_the_forwarders_role(simulator: Simulator, deployed: Deployed) -> None:
    def allowed(service: str, role: str) -> bool:
        return simulator.allows(
            Request(
                principal=service,
                action="sts:AssumeRole",
                resource=STACK.role_arn(role),
                owner=STACK.account_id,
                resource_policy=deployed.trusts[role],
            )
        )

    services = ("lambda.amazonaws.com", "ec2.amazonaws.com", "s3.amazonaws.com")
    assert {(one, role) for one in services for role in deployed.trusts if allowed(one, role)} == {
        ("lambda.amazonaws.com", STACK.forwarder)
    }


def web_identity(role: str, trust: str, provider: str, claims: Mapping[str, str], issuer: str) -> Request:
    """Somebody comes with a token that a provider vouches for."""
    return Request(
        principal=provider,
        action="sts:AssumeRoleWithWebIdentity",
        resource=STACK.role_arn(role),
        owner=STACK.account_id,
        context={f"{issuer}:{claim}": value for claim, value in claims.items()},
        # AWS asks who bears a token for no policy; the simulator takes Google for somebody of another account.
        identity=(EVERYTHING,) if provider == GOOGLE_ISSUER else (),
        resource_policy=trust,
    )


def token(workload: Workload) -> tuple[str, str, dict[str, str]]:
    """The provider, the issuer and the claims of a token of a reader outside AWS, as AWS names them."""
    if isinstance(workload, GoogleReader):
        number = workload.service_account_id
        return GOOGLE_ISSUER, GOOGLE_ISSUER, {"aud": number, "oaud": workload.audience, "sub": number}
    issuer = f"sts.windows.net/{workload.tenant}/"
    claims = {"aud": workload.audience, "sub": workload.object_id}
    return STACK.iam_arn(f"oidc-provider/{issuer}"), issuer, claims


WORKLOADS: Final[tuple[Workload, ...]] = (*GOOGLE, *AZURE)


@pytest.mark.parametrize("workload", WORKLOADS, ids=reader_role)
def test_a_reader_outside_aws_works_as_its_own_role_and_as_no_other(
    simulator: Simulator, deployed: Deployed, workload: Workload
) -> None:
    provider, issuer, claims = token(workload)
    roles = [role for role in deployed.trusts if role.startswith("reader_")]
    asked = [web_identity(role, deployed.trusts[role], provider, claims, issuer) for role in roles]
    assert len(roles) == len(WORKLOADS)
    assert [role for role, one in zip(roles, simulator.decide(asked), strict=True) if one == "Allowed"] == [
        reader_role(workload)
    ]


def wrong_tokens(workload: Workload, trust: str) -> Iterator[tuple[str, Request]]:
    """Tokens that are not quite this reader's; each with what is wrong with it."""
    provider, issuer, claims = token(workload)
    role = reader_role(workload)

    def ask(claims: Mapping[str, str], provider: str = provider, issuer: str = issuer) -> Request:
        return web_identity(role, trust, provider, claims, issuer)

    for claim, value in claims.items():
        yield f"another {claim}", ask({**claims, claim: "another"})
        yield f"no {claim}", ask({key: text for key, text in claims.items() if key != claim})
        yield f"{claim} with more behind", ask({**claims, claim: f"{value}/more"})
    if isinstance(workload, AzureReader):
        yield "another tenant", ask(claims, provider_arn(NO_TENANT, STACK), f"sts.windows.net/{NO_TENANT}/")
        yield "a provider of another account", ask(claims, provider.replace(STACK.account_id, OTHERS))
    else:
        other = "accounts.example.com"
        yield "another issuer", ask(claims, STACK.iam_arn(f"oidc-provider/{other}"), other)
        yield "a provider that calls itself Google", ask(claims, STACK.iam_arn(f"oidc-provider/{GOOGLE_ISSUER}"))


@pytest.mark.parametrize("workload", WORKLOADS, ids=reader_role)
def test_a_token_that_is_not_quite_the_readers_lets_nobody_in(
    simulator: Simulator, deployed: Deployed, workload: Workload
) -> None:
    tokens = dict(wrong_tokens(workload, deployed.trusts[reader_role(workload)]))
    decided = simulator.decide([*tokens.values()])
    assert [wrong for wrong, one in zip(tokens, decided, strict=True) if one == "Allowed"] == []


def claims_of_a_job(**changes: str) -> dict[str, str]:
    """The claims of a token of a job that applies, but for what a test changes."""
    given = {
        "aud": "sts.amazonaws.com",
        "sub": "repo:example-org/exports:environment:production",
        "ref": "refs/heads/main",
    }
    return {**given, **changes}


JOBS: Final[Mapping[str, tuple[dict[str, str], set[WorkflowKind]]]] = {
    "the job that applies": (claims_of_a_job(), {WorkflowKind.APPLY}),
    "a job without an environment on main": (
        claims_of_a_job(sub="repo:example-org/exports:ref:refs/heads/main"),
        {WorkflowKind.PREVIEW},
    ),
    "a pull request": (
        claims_of_a_job(sub="repo:example-org/exports:pull_request", ref="refs/pull/1/merge"),
        set(),
    ),
    "another branch in the environment": (claims_of_a_job(ref="refs/heads/other"), set()),
    "another branch without an environment": (
        claims_of_a_job(sub="repo:example-org/exports:ref:refs/heads/other", ref="refs/heads/other"),
        set(),
    ),
    "another environment": (claims_of_a_job(sub="repo:example-org/exports:environment:staging"), set()),
    "a fork": (claims_of_a_job(sub="repo:somebody/exports:environment:production"), set()),
    "a repository whose name goes on": (claims_of_a_job(sub="repo:example-org/exports2:environment:production"), set()),
    "a token that is made out to somebody else": (claims_of_a_job(aud="https://github.com/example-org"), set()),
}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_works_as_the_role_that_is_its_own(simulator: Simulator, job: str) -> None:
    claims, expected = JOBS[job]
    provider = STACK.iam_arn(f"oidc-provider/{GITHUB}")
    roles = {kind: workflow_role(kind, STACK) for kind in WorkflowKind}
    asked = {kind: web_identity(role.name, role.trust.text, provider, claims, GITHUB) for kind, role in roles.items()}
    assert {kind for kind, one in asked.items() if simulator.allows(one)} == expected


# What these tests would see.


def test_a_trust_that_has_lost_a_claim_lets_the_wrong_token_in(simulator: Simulator, deployed: Deployed) -> None:
    for workload in WORKLOADS:
        role = reader_role(workload)
        provider, issuer, claims = token(workload)
        for claim in claims:
            body: dict[str, Any] = json.loads(deployed.trusts[role])
            del body["Statement"][0]["Condition"]["StringEquals"][f"{issuer}:{claim}"]
            wrong = {**claims, claim: "another"}
            assert simulator.allows(web_identity(role, json.dumps(body), provider, wrong, issuer))


@pytest.mark.parametrize(
    "condition",
    [{}, {"StringLike": {"aws:PrincipalArn": STACK.role_arn("*")}}],
    ids=["the condition dropped", "every role of ours matched"],
)
def test_a_delivery_role_that_trusts_more_than_the_forwarder_is_seen_by_both_oracles(
    simulator: Simulator, deployed: Deployed, condition: dict[str, Any]
) -> None:
    (statement,) = statements_of(deployed.trusts["export_alpha"])
    wider = {**{key: value for key, value in statement.items() if key != "Condition"}, "Condition": condition}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [wider]})
    widened = replace(deployed, trusts={**deployed.trusts, "export_alpha": trust})
    (administrator,) = (caller for caller in callers(widened) if caller.rank is Rank.ADMINISTRATOR)
    assert simulator.allows(assume(administrator, "export_alpha", widened))
    asked = {words: one for words, one in questions(widened) if words.startswith("export_alpha:")}
    assert [example(one) is not None for one in asked.values()] == [True, False]
