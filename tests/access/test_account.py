"""What no account may have, whatever AWS is asked, is a problem of the files; what AWS raises is none."""

import pytest

from provisioner.access import account
from provisioner.access.account import check_account
from provisioner.access.check import check
from provisioner.access.limits import ACCOUNT_ROLES
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import AzureReader, PullDataset
from provisioner.reading.problem import Rule
from tests.support import catalogue, pull_dataset, push_dataset, stack_settings

STACK = stack_settings()


def shared(number: int) -> PullDataset:
    """A dataset of a user and a tenant of its own."""
    tenant = f"1a2b3c4d-0000-1111-2222-{number:012}"
    identity = AzureReader(tenant, f"api://audience-{number}", "9c0d1e2f-0000-1111-2222-333344445555")
    return pull_dataset(f"shared_{number}", pull_azure=(identity,), users=(f"alpha_user_{number}",))


def test_more_roles_than_an_account_has_at_first_are_no_problem() -> None:
    many = catalogue(*(push_dataset(f"returns_{number}") for number in range(ACCOUNT_ROLES + 1)))
    assert list(check_account(many, STACK)) == []


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        ("MAX_ACCOUNT_ROLES", "roles"),
        ("MAX_ACCOUNT_POLICIES", "managed policies or more"),
        ("MAX_ACCOUNT_BUCKETS", "buckets"),
        ("MAX_IDENTITY_PROVIDERS", "identity providers"),
    ],
)
def test_one_more_than_aws_ever_allows_is_a_problem_of_the_settings(
    limit: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = catalogue(*(shared(number) for number in range(9)))
    # Nine users and nine reader roles have policies; the forwarder has a role too; two buckets are of no dataset.
    needed = {"roles": 10, "managed policies or more": 18, "buckets": 11, "identity providers": 9}[what]
    monkeypatch.setattr(account, limit, needed)
    assert list(check_account(some, STACK)) == []
    monkeypatch.setattr(account, limit, needed - 1)
    (problem,) = check_account(some, STACK)
    assert (problem.file, problem.rule) == ("Pulumi.test.yaml", Rule.LIMIT_ACCOUNT)
    assert problem.wrong == f"the datasets need {needed} {what}, AWS allows an account {needed - 1} at most"


def test_checking_files_asks_this_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "MAX_ACCOUNT_ROLES", 1)
    file = DatasetFile("push_datasets/one.yaml", Kind.PUSH, b"name: one\nbucket: target\nusers: [alpha_user_one]\n")
    assert [problem.rule for problem in check([file], [], STACK, None).problems] == [Rule.LIMIT_ACCOUNT]
