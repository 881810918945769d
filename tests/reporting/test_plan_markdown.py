"""A plan as markdown: whoever names things, its structure is ours."""

import dataclasses
import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.changes.plan import Plan
from provisioner.changes.refusals.refusal import Refusal
from provisioner.changes.risks.risk import Risk
from provisioner.reading.problem import Rule
from provisioner.reporting.markdown import MAX_COMMENT
from provisioner.reporting.plan.markdown import DEFAULT_LIMIT, LEAST_LIMIT, as_markdown
from provisioner.reporting.plan.words import tally
from tests.reporting.hostile import TEXTS, disguised
from tests.reporting.page import linked, page
from tests.reporting.plans import PLANS
from tests.reporting.states import plan_of, pull_file, push_file, state

UNBOUNDED: Final = 1_000_000_000


def whole(name: str, text: str) -> str:
    return as_markdown(disguised(PLANS[name], text), UNBOUNDED)


@pytest.mark.parametrize("name", PLANS)
@given(text=TEXTS)
def test_hostile_names_change_nothing_of_its_structure(name: str, text: str) -> None:
    made, harmless = page(whole(name, text)), page(whole(name, "x"))
    assert linked(made) == []
    if PLANS[name].problems:  # how much of a message stands in quotes is the message's affair
        assert made.outline.replace("(code)", "") == harmless.outline.replace("(code)", "")
    else:
        assert made.outline == harmless.outline


@pytest.mark.parametrize("name", PLANS)
@given(text=TEXTS)
def test_no_line_of_it_is_a_command_of_githubs_runner(name: str, text: str) -> None:
    made = whole(name, text)
    assert "##[" not in made
    assert not any(line.lstrip().startswith("::") for line in made.splitlines())


def sentences(markdown: str) -> list[str]:
    """The items of its lists, without what marks them."""
    return re.findall(r"^- \S+ (.*)$", markdown, re.MULTILINE)


def test_an_outside_reader_gains_read_of_a_bucket() -> None:
    reader = "arn:aws:iam::123456789012:role/reader"
    before = state(known_accounts={"123456789012": "Cloud Platform"})
    after = state(pull_file("new_project", reader), known_accounts={"123456789012": "Cloud Platform"})
    assert "`role/reader` in account 123456789012 (Cloud Platform) gains **read** of `mojap-new-project`" in sentences(
        as_markdown(plan_of(before, after))
    )


def test_a_user_loses_write_under_a_prefix() -> None:
    before, after = state(push_file("foo", "alpha_user_x", "alpha_user_y")), state(push_file("foo", "alpha_user_y"))
    assert "`alpha_user_x` loses **write** under `mojap-hub-exports/foo/`" in sentences(
        as_markdown(plan_of(before, after))
    )


LISTS: Final = ("problems", "refusals", "risks", "settings_changes", "datasets", "grants", "resources")


def many(plan: Plan, text: str, **times: int) -> Plan:
    """A plan in which everything is named by a text, with each of its lists repeated."""
    held = disguised(plan, text)
    return dataclasses.replace(held, **{name: getattr(held, name) * count for name, count in times.items()})


@given(
    name=st.sampled_from(sorted(PLANS)),
    text=TEXTS | st.just("\U0001f600" * 100),
    times=st.fixed_dictionaries({name: st.sampled_from((1, 3, 50, 800)) for name in LISTS}),
    limit=st.integers(LEAST_LIMIT, 200_000),
)
def test_it_never_has_more_bytes_than_the_limit_and_leaves_nothing_open(
    name: str, text: str, times: dict[str, int], limit: int
) -> None:
    plan = many(PLANS[name], text, **times)
    made = as_markdown(plan, limit)
    assert len(made.encode()) <= limit
    assert made.startswith(f"### Plan: {tally(plan)}\n")
    assert linked(page(made)) == []
    assert len(re.findall("^<details>", made, re.MULTILINE)) == len(re.findall("^</details>", made, re.MULTILINE))


def test_the_head_and_every_count_fit_into_the_least_limit() -> None:
    problems = PLANS["problems"].problems
    whole_plan = dataclasses.replace(
        PLANS["all sorts of changes"],
        problems=tuple(dataclasses.replace(problems[0], rule=rule) for rule in Rule for _ in range(1_000)),
        refusals=tuple(
            dataclasses.replace(PLANS["a refusal"].refusals[0], refusal=refusal)
            for refusal in Refusal
            for _ in range(1_000)
        ),
        risks=tuple(
            dataclasses.replace(PLANS["all sorts of changes"].risks[0], risk=risk)
            for risk in Risk
            for _ in range(1_000)
        ),
    )
    assert len(as_markdown(whole_plan, LEAST_LIMIT).encode()) <= LEAST_LIMIT


def test_refusals_and_risks_have_their_room_before_all_else() -> None:
    plan = dataclasses.replace(
        many(PLANS["all sorts of changes"], "a", risks=10, grants=500),
        problems=PLANS["problems"].problems * 3_000,
        refusals=PLANS["a refusal"].refusals * 5,
    )
    made = as_markdown(plan)
    codes = [*(found.refusal for found in plan.refusals), *(found.risk for found in plan.risks)]
    assert sum(made.count(f"- `{code}` ") for code in {*codes}) == len(codes)
    assert 0 < made.count("key-unknown") < 3_000


def test_what_does_not_fit_is_counted_by_its_code_and_it_is_said_where_it_is() -> None:
    risk = PLANS["all sorts of changes"].risks[0]
    plan = dataclasses.replace(PLANS["all sorts of changes"], risks=(risk,) * 10_000)
    made = as_markdown(plan)
    shown = made.count(f"- `{risk.risk}` ")
    assert 0 < shown < 10_000
    assert f"{10_000 - shown:,} are left out here: {10_000 - shown:,} of `{risk.risk}`. The whole plan is in" in made


def test_a_dataset_of_500_readers_fits_into_a_comment() -> None:
    arns = [f"arn:aws:iam::444455556666:role/etl/reader-{number}" for number in range(500)]
    made = as_markdown(plan_of(state(), state(pull_file("extracts", *arns))))
    assert len(made.encode()) <= DEFAULT_LIMIT
    page(made)


def test_ten_thousand_datasets_fit_into_a_comment() -> None:
    plan = plan_of(state(), state(*(push_file(f"dataset_{number}") for number in range(10_000))))
    made = as_markdown(plan)
    assert "10,000 datasets added" in made
    assert len(made.encode()) <= DEFAULT_LIMIT


def test_a_comment_has_room_for_the_marker_by_which_it_is_found_again() -> None:
    assert DEFAULT_LIMIT + 536 <= MAX_COMMENT
