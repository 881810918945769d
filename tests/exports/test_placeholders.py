"""What templates can give: whether another run, or another task, could give the same."""

import datetime
import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.exports.placeholders import OF_FILE, could_be_equal, is_new_each_run, pattern_of, pieces_of
from provisioner.exports.template import Template

KNOWN: Final = {"task": "core"}


def could_meet(one: str, other: str) -> bool:
    first, second = (pattern_of(pieces_of(text), KNOWN, OF_FILE) for text in (one, other))
    assert could_be_equal(first, second) == could_be_equal(second, first)
    return could_be_equal(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("core_{base}.csv", "{task}_{increment}.csv"),
        ("a_{year}_1", "a_{region}"),
        ("{base}1{run}", "11{part}"),
        ("a_{time:%Y_%m_%d}", "a_{base}_{increment}_{run}"),
        ("{year}", "x"),
        ("same", "same"),
    ],
)
def test_templates_that_could_give_the_same_text(one: str, other: str) -> None:
    assert could_meet(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("core_{base}.csv", "users_{base}.csv"),
        ("a_{base}", "a_{task}"),
        ("{base}_{run}", "{base}_{run}_{part}"),
        ("a/{year}", "a/b/{year}"),  # what fills a placeholder has no slash in it
        ("a_{year}", "a_"),  # and is not empty
        ("{time:%Y}.csv", "{base}.csv.gz"),
    ],
)
def test_templates_that_never_do(one: str, other: str) -> None:
    assert not could_meet(one, other)


TEMPLATES: Final = st.lists(
    st.sampled_from(["a", "1", "_", "/", "{task}", "{base}", "{run:03}", "{part}", "{year}", "{time:%Y_%m_%d}"]),
    min_size=1,
    max_size=6,
).map("".join)
VALUES: Final = st.fixed_dictionaries(
    {
        "task": st.just("core"),
        "year": st.sampled_from(["a", "1", "11", "a1", "_"]),
        "time": st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 1, 1)).map(
            lambda day: datetime.datetime.combine(day, datetime.time(), datetime.UTC)
        ),
        **{name: st.integers(1, 12) for name in ("base", "run", "part")},
    }
)


@given(TEMPLATES, VALUES, VALUES)
def test_a_template_that_gives_a_text_could_give_it(text: str, values: dict[str, str], others: dict[str, str]) -> None:
    rendered = Template(text).render(values)
    assert could_meet(text, rendered)
    if rendered != Template(text).render(others):
        assert could_meet(text, text)


@given(TEMPLATES, VALUES, st.data())
def test_a_template_could_give_what_it_gives_with_some_of_it_still_unknown(
    text: str, values: dict[str, str], data: st.DataObject
) -> None:
    # A template of which some placeholders are filled already can give whatever it gives when all are.
    names = [piece.name for piece in pieces_of(text) if piece.name]
    filled = data.draw(st.sets(st.sampled_from(names))) if names else set()
    other = text
    for name in filled:
        other = re.sub(f"{{{name}[^}}]*}}", lambda found: Template(found[0]).render(values), other)
    assert could_meet(text, other)


@pytest.mark.parametrize(
    "text",
    [
        "{base}_{increment}",
        "{time:%Y%m%d%H%M%S}",
        "{time:%Y_%m_%d-%I_%M_%S_%p}",
        "{time:%Y}/{time:%j}/{run:02}",
        "{time:%d %b %Y}_{run}",
    ],
)
def test_what_is_another_text_each_run(text: str) -> None:
    assert is_new_each_run(pieces_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "{task}",
        "{base}",  # the next partial export has the same
        "{increment}",  # and starts again with each full one
        "{run}",  # and so does this, each day
        "{time:%H%M%S}_{run}",
        "{time:%Y%m%d}",
        "{time:%Y%m%d%I%M%S}",  # twice a day
        "{time:%Y%m%d%H%M}",
        "{time:%d%m}_{run}",
        "%Y%m%d_{run}",
    ],
)
def test_what_is_the_same_in_some_other_run(text: str) -> None:
    assert not is_new_each_run(pieces_of(text))
