"""Our own evaluator answers as the independent oracle does, on the documents that the program registers."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import Phase, given
from hypothesis import settings as run

from provisioner.access.asking.identity import read_identity
from provisioner.access.asking.in_force import identity_policies, resource_policies
from provisioner.access.asking.location import read_location
from provisioner.access.evaluation import condition, decision, statement
from provisioner.access.evaluation.decision import Deciding
from provisioner.access.evaluation.statement import Naming, ReadStatement
from provisioner.datasets.model import Catalogue
from tests.oracle.deployed import Deployed, deploy, statements_of
from tests.oracle.judged import Judged, disagreements, judge, sampled
from tests.oracle.matrix import Matrix
from tests.oracle.sample import STACK
from tests.oracle.simulator import Decision, Simulator
from tests.oracle.test_matrix import REPOSITORY, checkout
from tests.support import (
    OUTSIDE_ROLE,
    OWN_ROLE,
    OWN_USER,
    catalogue,
    catalogues,
    export_of,
    pull_dataset,
    push_dataset,
)

SAMPLE: Final = catalogue(
    push_dataset("alpha", sealed=True, bucket_account="444455556666", export=export_of()),
    push_dataset("alpha_kept", users=("alpha_user_two",), bucket="target-two", keep_files=True, sealed=True),
    pull_dataset("open", OUTSIDE_ROLE, OWN_ROLE, OWN_USER, allow_push=True),
)
"""What the repository's own datasets lack: a schedule, readers of our account, a role whose name another's begins."""
REQUESTS: Final = 5_000
"""So many are decided on at least."""


@pytest.fixture(scope="module")
def stacks(workspace: Path) -> list[Deployed]:
    return [deploy(*checkout(REPOSITORY), workspace), deploy(SAMPLE, STACK, workspace)]


@pytest.fixture(scope="module")
def judged(stacks: list[Deployed]) -> list[Judged]:
    repository, sample = map(Matrix, stacks)
    with Simulator() as simulator:
        return [
            *judge(repository, sampled(repository, 1_300), simulator),
            *judge(sample, sampled(sample, 700), simulator),
        ]


def test_it_agrees_on_thousands_of_requests(judged: list[Judged]) -> None:
    assert len(judged) >= REQUESTS
    assert disagreements(judged) == []


def test_the_requests_are_of_every_sort(judged: list[Judged]) -> None:
    outcomes = Counter(one.oracle for one in judged)
    assert outcomes[Decision.ALLOWED] >= len(judged) / 5
    assert min(outcomes.values()) >= len(judged) / 10
    deciding = [one for request in judged for one in request.decide().deciding]
    assert {one.operator for each in deciding for one in each.statement.conditions} == {
        *("ArnEquals", "ArnNotEquals", "StringEquals", "StringLike", "Bool", "NumericLessThan", "DateLessThan"),
    }
    assert {_sort(one) for one in deciding} == {
        *("Grant", "OutsideReaders", "DenyPlainHttp", "DenyOldTls", "Sealed"),
        *("DeliveryOf", "UploadsOf", "SeeNames", "ListJournal", "KeepJournal"),
        *("ReadBuckets", "ChangeBuckets"),  # of the roles of the workflows
        "",  # what an administrator has, or somebody of another account is supposed to have
    }


def _sort(one: Deciding) -> str:
    """What a Sid begins with, before a number or a dataset's name."""
    return re.sub(r"(?<=Of)[A-Z].*|\d+$", "", one.statement.sid or "")


def _always(*_: object) -> bool:
    return True


def _never(*_: object) -> bool:
    return False


def _anybody_of_the_account(self: ReadStatement, request: Any) -> Naming | None:
    return Naming.ITSELF if _naming(self, request) else None


_naming: Final = ReadStatement.naming


def _wrong() -> Iterator[Any]:
    """Evaluators with one thing wrong: where it is replaced, and by what."""
    for operator, right in condition._OPERATORS.items():
        if operator != "ArnLike":  # stands in no document of a bucket, a user or a delivery role
            for agree in (_always, _never):
                operators = {**condition._OPERATORS, operator: right._replace(agree=agree)}
                yield pytest.param(condition, "_OPERATORS", operators, id=f"{operator} {agree.__name__[1:]} agrees")
            operators = {**condition._OPERATORS, operator: right._replace(negated=not right.negated)}
            yield pytest.param(condition, "_OPERATORS", operators, id=f"{operator} the other way")
    yield pytest.param(statement, "matches", str.__eq__, id="no wildcards")
    yield pytest.param(statement, "matches", lambda pattern, text: text.startswith(pattern.rstrip("*")), id="prefixes")
    yield pytest.param(ReadStatement, "naming", _anybody_of_the_account, id="the account is everybody of it")
    yield pytest.param(ReadStatement, "naming", lambda *_: Naming.ITSELF, id="a policy names everybody")
    yield pytest.param(decision, "Effect", _NoDeny, id="no Deny")


class _NoDeny:
    ALLOW = DENY = None


@pytest.mark.parametrize(("place", "name", "wrong"), [*_wrong()])
def test_an_evaluator_that_is_wrong_is_seen_to_disagree(
    judged: list[Judged], monkeypatch: pytest.MonkeyPatch, place: Any, name: str, wrong: Any
) -> None:
    monkeypatch.setattr(place, name, wrong)
    assert not all(one.agrees for one in judged)


def documents_differ(deployed: Deployed) -> list[str]:
    """The identities and buckets for which a question is answered from other documents than the program registers."""
    some, settings = deployed.catalogue, deployed.settings
    differ = []
    for kind_and_name, registered in deployed.identity.items():
        identity = read_identity(settings.iam_arn(kind_and_name), some, settings)
        ours = [policy.document.text for policy in identity_policies(identity, some, settings)]
        if sorted(ours) != sorted(registered):
            differ.append(kind_and_name)
    for bucket, text in {**deployed.buckets, **deployed.targets}.items():
        policies = resource_policies(read_location(f"s3://{bucket}/", some, settings), settings)
        if [one for policy in policies for one in policy.document.statements] != statements_of(text):
            differ.append(bucket)
    return differ


def test_a_question_is_answered_from_the_very_documents_that_the_program_registers(stacks: list[Deployed]) -> None:
    assert [documents_differ(stack) for stack in stacks] == [[], []]


@given(some=catalogues(2))
@run(max_examples=3, phases=[Phase.generate])
def test_it_agrees_on_the_same_documents_of_any_catalogue(
    simulator: Simulator, workspace: Path, some: Catalogue
) -> None:
    deployed = deploy(some, STACK, workspace)
    assert documents_differ(deployed) == []
    matrix = Matrix(deployed)
    assert disagreements(judge(matrix, sampled(matrix, 200), simulator)) == []
