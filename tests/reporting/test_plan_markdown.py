"""A plan as markdown: whoever names things, its structure is ours."""

import re

import pytest
from hypothesis import given

from provisioner.reporting.plan.markdown import as_markdown
from tests.reporting.hostile import TEXTS, disguised
from tests.reporting.page import linked, page
from tests.reporting.plans import PLANS
from tests.reporting.states import plan_of, pull_file, push_file, state

UNBOUNDED = 1_000_000_000


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
    assert (
        "`role/reader` in account `123456789012` (`Cloud Platform`) gains **read** of `mojap-new-project`"
        in sentences(as_markdown(plan_of(before, after)))
    )


def test_a_user_loses_write_under_a_prefix() -> None:
    before, after = state(push_file("foo", "alpha_user_x", "alpha_user_y")), state(push_file("foo", "alpha_user_y"))
    assert "`alpha_user_x` loses **write** under `mojap-hub-exports/foo/`" in sentences(
        as_markdown(plan_of(before, after))
    )
