"""What makes a pull request harder to review."""

import dataclasses
from typing import Final

import pytest

from provisioner.changes.risks.risk import RISK_MEANINGS, Risk
from provisioner.changes.risks.table import RULES
from provisioner.changes.state import Content
from provisioner.reading.problem import symbolic_link
from tests.changes.states import KNOWN, plan_of, pull, push, risks, state

OTHER: Final = dataclasses.replace(KNOWN, retention_days=15, max_removals=9, many_datasets=7, user_policies=9)
ONE: Final = b"removals: []\n"


def test_settings_that_change_with_the_first_three_named() -> None:
    assert risks(Risk.SETTINGS_CHANGED, state(pull()), state(pull(), settings=OTHER)) == [
        "Pulumi.test.yaml:1:1 these settings change: 'retention_days', 'user_policies', 'max_removals' and 1 more"
    ]


def test_a_settings_file_that_changes_in_no_setting_of_ours_is_one_too() -> None:
    before = state(pull())
    assert isinstance(before.settings, bytes)
    after = dataclasses.replace(before, settings=before.settings + b"  aws:skipRegionValidation: true\n")
    assert risks(Risk.SETTINGS_CHANGED, before, after) == [
        "Pulumi.test.yaml:1:1 'Pulumi.test.yaml' changes, though in no setting of ours: Pulumi reads other keys of it"
    ]


def test_another_number_of_stacks_wants_something_done_before_it_is_merged() -> None:
    head = state(pull(), settings=dataclasses.replace(KNOWN, dataset_stacks=4))
    (risk,) = plan_of(state(pull()), head).risks
    assert str(risk.what) == "these settings change: 'dataset_stacks'"
    assert "`provisioner stacks --from 0`" in str(risk.advice)


def test_settings_that_stay_are_none() -> None:
    assert risks(Risk.SETTINGS_CHANGED, state(pull()), state(push())) == []


@pytest.mark.parametrize(("before", "after"), [(None, ONE), (ONE, None), (ONE, b"# seen\n" + ONE)])
def test_approvals_that_come_or_go_or_change(before: Content, after: Content) -> None:
    assert risks(Risk.APPROVALS_CHANGED, state(approvals=before), state(approvals=after)) == [
        "approvals.yaml:1:1 approvals of removals change in this pull request"
    ]


@pytest.mark.parametrize("both", [None, ONE, symbolic_link("approvals.yaml")])
def test_approvals_that_stay_are_none(both: Content) -> None:
    assert risks(Risk.APPROVALS_CHANGED, state(approvals=both), state(pull(), approvals=both)) == []


def test_a_file_that_could_be_read_before_or_was_not_there_is_none() -> None:
    assert risks(Risk.UNREAD_BEFORE, state(pull()), state(pull("extracts", "sealed: true"), push())) == []


def test_the_gravest_come_first_then_by_place() -> None:
    head = state(
        pull("beta", "allow_push: true", arns=["arn:aws:iam::210987654321:role/reader"]),
        pull("alpha", "allow_push: true", "status: retired"),
        settings=OTHER,
    )
    plan = plan_of(state(pull("alpha")), head)
    assert [risk.risk for risk in plan.risks] == [
        Risk.OUTSIDE_WRITE,
        Risk.ACCOUNT_UNKNOWN,
        Risk.SETTINGS_CHANGED,
        Risk.DATASET_RETIRED,
    ]


def test_every_risk_has_a_meaning() -> None:
    assert set(RISK_MEANINGS) == set(Risk)


def test_every_rule_says_what_it_finds() -> None:
    assert all(rule.__doc__ for rule in RULES)
