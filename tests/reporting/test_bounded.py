"""Markdown within a limit: what does not fit is left out whole, and counted."""

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.reporting.bounded import Section, fit
from tests.reporting.page import page

ELSEWHERE: Final = "It is elsewhere."
ROOM: Final = 700
"""Bytes in which the heads and counts of the sections below always fit."""

CODES: Final = ("one-rule", "another-rule", "third-rule")
_TEXTS: Final = st.builds(
    lambda character, width: character * width, st.sampled_from("aé\u20ac\U0001f600"), st.integers(1, 90)
)
ITEMS: Final = st.lists(_TEXTS, max_size=20)
LIMITS: Final = st.integers(ROOM, 4_000)


@st.composite
def sections(draw: st.DrawFn) -> list[Section]:
    """A list, a table and a folded list."""
    made = []
    for at, (opening, form, closing) in enumerate(
        (
            ("", "- {}", ""),
            ("| Head | Other |\n| --- | --- |", "| {} | b |", ""),
            ("<details>\n", "- {}", "\n</details>"),
        )
    ):
        items = draw(ITEMS)
        codes = draw(st.lists(st.sampled_from(CODES), min_size=len(items), max_size=len(items)) | st.just([]))
        made.append(
            Section(
                title=f"#### Part {at}",
                opening=opening,
                items=[form.format(item) for item in items],
                codes=codes,
                closing=closing,
                first=draw(st.booleans()),
            )
        )
    return made


def listed(count: int, **more: object) -> Section:
    return Section(**{"title": "#### Some", "items": [f"- item {at}" for at in range(count)], **more})  # type: ignore[arg-type] # what a test changes


def shown_of(section: Section, text: str) -> int:
    """How many of a section's items are there, in full and from the first."""
    lines = text.split(section.title, 1)[1].split("####")[0].splitlines()
    shown = [line for line in lines if line in set(section.items)]
    assert shown == list(section.items)[: len(shown)]
    return len(shown)


@given(sections(), LIMITS)
def test_it_never_has_more_bytes_than_the_limit(parts: list[Section], limit: int) -> None:
    assert len(fit("# Head\n", parts, limit, ELSEWHERE).encode()) <= limit


@given(sections(), LIMITS)
def test_every_item_is_shown_whole_or_is_counted(parts: list[Section], limit: int) -> None:
    text = fit("# Head\n", parts, limit, ELSEWHERE)
    assert text.startswith("# Head\n")
    for section in parts:
        if not section.items:
            assert section.title not in text
            continue
        left = len(section.items) - shown_of(section, text)
        part = text.split(section.title, 1)[1].split("####")[0]
        assert [int(count) for count in re.findall(r"^\*(\d+) .*left out", part, re.MULTILINE)] == [left] * (left > 0)
        assert part.count(ELSEWHERE) == (left > 0)
        if section.codes:
            assert sum(int(count) for count in re.findall(r"(\d+) of `", part)) == left


@given(sections(), LIMITS)
def test_nothing_is_left_open(parts: list[Section], limit: int) -> None:
    made = page(fit("# Head\n", parts, limit, ELSEWHERE))
    assert len(made.every("details")) == bool(parts[2].items)
    assert len(made.every("table")) == bool(parts[1].items)


@given(sections())
def test_with_room_for_all_nothing_is_left_out(parts: list[Section]) -> None:
    assert "left out" not in fit("# Head\n", parts, 1_000_000, ELSEWHERE)


def test_what_comes_first_is_given_its_room_first_and_keeps_its_place() -> None:
    before, urgent = listed(1_000, title="#### Many"), listed(50, title="#### Urgent", first=True)
    text = fit("", [before, urgent], 2_000, ELSEWHERE)
    assert shown_of(urgent, text) == 50
    assert 0 < shown_of(before, text) < 1_000
    assert text.index("#### Many") < text.index("#### Urgent")


def test_what_is_left_out_is_counted_by_code() -> None:
    text = fit("", [listed(1_200, codes=["a-rule"] * 200 + ["b-rule"] * 1_000)], 1_200, ELSEWHERE)
    shown = shown_of(listed(1_200), text)
    assert f"*{1_200 - shown:,} are left out here: {200 - shown:,} of `a-rule`, 1,000 of `b-rule`. " in text


@pytest.mark.parametrize("limit", range(200, 300, 7))
def test_the_line_breaks_between_items_count_too(limit: int) -> None:
    assert len(fit("", [Section(items=["a"] * 500)], limit, ELSEWHERE).encode()) <= limit


def test_where_nothing_fits_it_says_so_with_the_title() -> None:
    section = Section(title="#### Long", items=["x" * 5_000])
    assert fit("# Head\n", [section], 500, ELSEWHERE) == (
        "# Head\n\n#### Long\n\n\n*1 is left out here. It is elsewhere.*\n"
    )
