"""The picture of a plan: what changes and no more, and whatever anybody is called, every line is of our own form."""

import re
from typing import Final

import pytest
from hypothesis import given

from provisioner.changes.plan import Plan
from provisioner.reporting.plan.mermaid import MAX_DATASETS, MAX_PEOPLE, flowchart, label
from tests.reporting.hostile import TEXTS, disguised
from tests.reporting.plans import PLANS
from tests.reporting.states import plan_of, pull_file, push_file, state

_LABEL: Final = r'"(?:[\w ./:…-]|#\d+;)*"'
_NODE: Final = re.compile(rf"    n\d+(?:\(\[{_LABEL}\]\)|\[\({_LABEL}\)\]|\[{_LABEL}\])")
_EDGE: Final = re.compile(r"    n\d+ (?:==>|-\.->|-->)\|[a-z ,:]+\| n\d+")
_COLOUR: Final = re.compile(r"    linkStyle \d+(?:,\d+)* stroke:#[0-9a-f]{6}")
_LONGEST: Final = 48
"""Characters of a label, but for those that are written by their number."""

PICTURED: Final = sorted(name for name, plan in PLANS.items() if plan.grants)


def drawn(plan: Plan) -> str:
    assert plan.settings is not None
    return flowchart(plan.grants, plan.settings)


@pytest.mark.parametrize("name", PICTURED)
@given(text=TEXTS)
def test_every_line_is_of_our_own_form(name: str, text: str) -> None:
    first, *lines = drawn(disguised(PLANS[name], text)).split("\n")
    assert first == "flowchart LR"
    assert [line for line in lines if not any(form.fullmatch(line) for form in (_NODE, _EDGE, _COLOUR))] == []


@given(TEXTS)
def test_a_label_shows_the_text_and_is_not_too_long(text: str) -> None:
    read = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label(text)[1:-1])
    assert len(read) <= _LONGEST
    assert not re.search('["#;<>&`\n\\[\\](){}|]', re.sub(r"#\d+;", "", label(text)[1:-1]))


def test_where_nobody_gains_or_loses_anything_there_is_none() -> None:
    assert drawn(PLANS["nothing"]) == ""


def test_only_what_changes_is_drawn() -> None:
    before = state(push_file("visits", "alpha_user_one"), push_file("other", "alpha_user_other"))
    after = state(push_file("visits", "alpha_user_one", "alpha_user_two"), push_file("other", "alpha_user_other"))
    assert drawn(plan_of(before, after)).splitlines() == [
        "flowchart LR",
        '    n0(["alpha_user_two"])',
        '    n1[("mojap-hub-exports/visits/")]',
        "    n0 ==>|gains write| n1",
        "    linkStyle 0 stroke:#1a7f37",
    ]


@pytest.mark.parametrize(("count", "more"), [(MAX_DATASETS, []), (MAX_DATASETS + 2, ["… and 2 more datasets"])])
def test_of_many_datasets_ten_are_drawn_and_the_others_counted(count: int, more: list[str]) -> None:
    picture = drawn(plan_of(state(), state(*(push_file(f"set_{at}", bucket=f"to-{at}") for at in range(count)))))
    assert len(set(re.findall(r"mojap-hub-exports/set_\d+/", picture))) == MAX_DATASETS
    assert re.findall("… and .* datasets", picture) == more


@pytest.mark.parametrize("side", ["readers", "users"])
def test_of_many_people_five_are_drawn_on_each_side_and_the_others_counted(side: str) -> None:
    arns = [f"arn:aws:iam::444455556666:role/r{at}" for at in range(8 if side == "readers" else 1)]
    users = [f"alpha_user_{at}" for at in range(8 if side == "users" else 1)]
    picture = drawn(plan_of(state(), state(pull_file("extracts", *arns, users=users))))
    names = r"\br\d of Performance Hub" if side == "readers" else r"alpha_user_\d"
    assert len(re.findall(names, picture)) == MAX_PEOPLE
    assert picture.count("… and 3 more") == 1


def test_those_who_are_counted_at_one_dataset_are_not_those_at_another() -> None:
    users = [f"alpha_user_{at}" for at in range(8)]
    picture = drawn(plan_of(state(), state(push_file("one", *users), push_file("two", *users))))
    assert picture.count('"… and 3 more"') == 2
