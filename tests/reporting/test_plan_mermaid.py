"""The picture of a plan: what changes and nothing else, readable, and whoever names things, its lines are ours."""

import re
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given

from provisioner.changes.state import State
from provisioner.reading.printable import printable, shortened
from provisioner.reporting.plan.mermaid import MAX_DATASETS, MAX_PEOPLE, flowchart, label
from tests.reporting.hostile import TEXTS, disguised
from tests.reporting.plans import PLANS
from tests.reporting.states import plan_of, pull_file, push_file, state
from tests.support import OTHERS, OURS, THEIRS

# Mermaid Docs, "Configuration", `maxTextSize` and `maxEdges`: with more of either, it shows an error instead.
MAX_TEXT: Final = 50_000
MAX_EDGES: Final = 500

LABEL: Final = r'"(?P<label>(?:[\w ./…-]|#[0-9]+;|<br>)*)"'
NODE: Final = re.compile(
    rf"    (?P<id>n\d+)(?:\({LABEL}\)|\[\({LABEL.replace('label', 'place')}\)\]|\[{LABEL.replace('label', 'aside')}\])"
)
EDGE: Final = re.compile(r"    (?P<start>n\d+) (?P<arrow>==>|-\.->|-->)\|(?P<words>[a-z0-9, -]+)\| (?P<end>n\d+)")
STYLE: Final = re.compile(r"    linkStyle [0-9,]+ stroke:#[0-9a-f]{6},stroke-width:2px")


class Arrow(NamedTuple):
    """An arrow from what stands in one node to what stands in another, line by line."""

    start: tuple[str, ...]
    words: str
    end: tuple[str, ...]


class Picture(NamedTuple):
    """What Mermaid reads."""

    nodes: dict[str, tuple[str, ...]]
    arrows: list[Arrow]


def read(drawn: str) -> Picture:
    """The picture; every line of it must have one of the three forms that are ours."""
    head, *lines = drawn.split("\n")
    assert head == "flowchart LR"
    nodes: dict[str, tuple[str, ...]] = {}
    arrows = []
    for line in lines:
        if node := NODE.fullmatch(line):
            shown = next(text for text in node.group("label", "place", "aside") if text is not None)
            nodes[node["id"]] = tuple(map(unescaped, shown.split("<br>")))
        elif edge := EDGE.fullmatch(line):
            arrows.append(Arrow(nodes[edge["start"]], edge["words"], nodes[edge["end"]]))
        else:
            assert STYLE.fullmatch(line), line
    return Picture(nodes, arrows)


def unescaped(text: str) -> str:
    """A text as Mermaid shows it, without the spaces that have no width."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text).replace("\u200b", "")


def drawn(before: State, after: State) -> str:
    plan = plan_of(before, after)
    assert plan.settings is not None
    assert not plan.problems
    return flowchart(plan.grants, plan.settings)


def arrows(before: State, after: State) -> list[Arrow]:
    return read(drawn(before, after)).arrows


class TestLabels:
    @given(text=TEXTS)
    def test_a_text_is_shown_as_it_is_and_is_nothing_but_text(self, text: str) -> None:
        assert re.fullmatch(LABEL, label(text))
        assert unescaped(label(text)[1:-1]) == shortened(printable(text), 40).replace("\u200b", "")

    def test_each_line_is_one(self) -> None:
        assert label("a", "b<br>c") == '"a<br>b#60;br#62;c"'

    @pytest.mark.parametrize("way", ["LR", "RL", "TB", "BT", "TD"])
    def test_no_text_gives_the_picture_a_direction(self, way: str) -> None:
        assert not re.search(r"direction\s", label(f"of direction {way}"))

    @pytest.mark.parametrize(
        ("text", "formed"),
        [("$$x$$", r"\$\$"), ("fa:fa-user", "fa:fa"), (r"a\nb", r"\\n"), ("\ufb02°°60¶ß", "\ufb02°|¶ß")],
    )
    def test_what_mermaid_looks_for_among_the_characters_is_interrupted(self, text: str, formed: str) -> None:
        characters = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label(text))
        assert re.search(formed, text)
        assert not re.search(formed, characters)


@pytest.mark.parametrize("name", [name for name, plan in PLANS.items() if plan.grants])
@given(text=TEXTS)
def test_hostile_names_change_nothing_but_its_labels(name: str, text: str) -> None:
    pictures = []
    for disguise in (text, "x"):
        plan = disguised(PLANS[name], disguise)
        assert plan.settings is not None
        made = flowchart(plan.grants, plan.settings)
        read(made)
        pictures.append(re.sub('".*"', "", made))
    assert pictures[0] == pictures[1]


class TestWhatIsDrawn:
    def test_a_push_dataset_goes_from_its_users_by_its_prefix_to_its_target(self) -> None:
        place = ("mojap-hub-exports/", "visits/")
        assert arrows(state(), state(push_file("visits", "alpha_user_one", bucket="landing"))) == [
            Arrow(("alpha_user_one",), "gains write", place),
            Arrow(place, "now delivered", ("landing",)),
        ]

    def test_a_pull_dataset_goes_from_its_users_by_its_bucket_to_its_readers(self) -> None:
        assert arrows(state(), state(pull_file("extracts"))) == [
            Arrow(("alpha_user_one",), "gains read, write", ("mojap-extracts",)),
            Arrow(("mojap-extracts",), "gains read", ("reader", "of Performance Hub")),
        ]

    def test_what_stays_is_not_drawn(self) -> None:
        stays = pull_file("stays")
        before, after = (state(stays, push_file("visits", user)) for user in ("alpha_user_one", "alpha_user_two"))
        place = ("mojap-hub-exports/", "visits/")
        assert arrows(before, after) == [
            Arrow(("alpha_user_one",), "loses write", place),
            Arrow(("alpha_user_two",), "gains write", place),
        ]

    def test_another_target_is_one_arrow_less_and_one_more(self) -> None:
        before, after = (state(push_file("visits", bucket=bucket)) for bucket in ("old-landing", "new-landing"))
        place = ("mojap-hub-exports/", "visits/")
        assert sorted(arrows(before, after)) == [
            Arrow(place, "no longer delivered", ("old-landing",)),
            Arrow(place, "now delivered", ("new-landing",)),
        ]

    def test_with_another_bucket_of_ours_it_is_two_places(self) -> None:
        before, after = (state(pull_file("extracts"), bucket_prefix=prefix) for prefix in ("old", "new"))
        assert [(arrow.words, arrow.end) for arrow in arrows(before, after)[:2]] == [
            ("loses read, write", ("old-extracts",)),
            ("gains read, write", ("new-extracts",)),
        ]

    @pytest.mark.parametrize(
        ("before", "after", "words"),
        [
            (None, "2027-03-31", "until 2027-03-31"),
            ("2027-03-31", "2027-12-31", "until 2027-12-31"),
            ("2027-03-31", None, "without end"),
        ],
    )
    def test_a_new_end_is_said(self, before: str | None, after: str | None, words: str) -> None:
        states = (state(pull_file("extracts", **({"expires": day} if day else {}))) for day in (before, after))
        assert [arrow.words for arrow in arrows(*states)] == [f"read, write {words}", f"read {words}"]

    @pytest.mark.parametrize(
        "changes",
        [{"keep_files": True}, {"description": "x"}, {"sealed": True}],
        ids=lambda changes: next(iter(changes)),
    )
    def test_where_nobody_reads_or_writes_otherwise_there_is_no_picture(self, changes: dict[str, Any]) -> None:
        assert drawn(state(push_file("visits")), state(push_file("visits", **changes))) == ""

    def test_a_target_of_two_datasets_is_drawn_once(self) -> None:
        made = read(drawn(state(), state(push_file("a", bucket="landing"), push_file("b", bucket="landing"))))
        assert list(made.nodes.values()).count(("landing",)) == 1


class TestPeople:
    def test_those_for_whom_the_same_changes_stand_together(self) -> None:
        first, *_ = arrows(state(), state(push_file("visits", "alpha_user_one", "alpha_user_two")))
        assert (first.start, first.words) == (("alpha_user_one", "alpha_user_two"), "gain write")

    def test_those_for_whom_another_thing_changes_stand_apart(self) -> None:
        stays, goes, comes = (f"arn:aws:iam::{THEIRS}:role/{name}" for name in ("stays", "goes", "comes"))
        before, after = (
            state(pull_file("extracts", stays, goes)),
            state(pull_file("extracts", stays, comes, allow_push=True)),
        )
        assert sorted((arrow.words, arrow.end[0]) for arrow in arrows(before, after)) == [
            ("gains read, write", "comes"),
            ("gains write", "stays"),
            ("loses read", "goes"),
        ]

    def test_readers_of_two_accounts_stand_apart_by_what_their_accounts_are_called(self) -> None:
        accounts = (THEIRS, OTHERS, OURS)
        after = state(pull_file("extracts", *(f"arn:aws:iam::{account}:role/reader" for account in accounts)))
        assert [arrow.end for arrow in arrows(state(), after)[1:]] == [
            ("reader", "of Performance Hub"),
            ("reader", f"of account {OTHERS}"),
            ("reader", "of our own account"),
        ]

    @pytest.mark.parametrize("count", [MAX_PEOPLE, MAX_PEOPLE + 1, 50])
    def test_five_of_each_side_are_named_and_the_others_counted(self, count: int) -> None:
        users = [f"alpha_user_{at}" for at in range(count)]
        readers = [f"arn:aws:iam::{THEIRS}:role/reader-{at}" for at in range(count)]
        made = read(drawn(state(), state({**pull_file("extracts", *readers), "users": users}))).arrows
        more = [f"… and {count - MAX_PEOPLE} more"] if count > MAX_PEOPLE else []
        assert [*made[0].start, *(line for arrow in made[1:-1] for line in arrow.start if "more" in line)] == [
            *users[:MAX_PEOPLE],
            *more,
        ]
        assert [line for arrow in made for line in arrow.end if line != "mojap-extracts"] == [
            *(f"reader-{at}" for at in range(MAX_PEOPLE)),
            "of Performance Hub",
            *more,
        ]

    def test_of_those_who_are_counted_it_is_said_what_they_gain_and_lose(self) -> None:
        before, after = (
            state(push_file("visits", *(f"alpha_user_{letter}{at}" for at in range(MAX_PEOPLE + 1)))) for letter in "ab"
        )
        assert {(arrow.start[-1], arrow.words) for arrow in arrows(before, after)} >= {
            ("… and 1 more", "loses write"),
            ("… and 6 more", "gain write"),
        }


class TestBounds:
    @pytest.mark.parametrize(
        ("count", "said"),
        [(MAX_DATASETS, []), (MAX_DATASETS + 1, ["… and 1 more dataset"]), (1_200, ["… and 1,190 more datasets"])],
    )
    def test_ten_datasets_are_drawn_and_the_others_counted(self, count: int, said: list[str]) -> None:
        made = read(drawn(state(), state(*(push_file(f"visits_{at}", f"alpha_user_{at}") for at in range(count)))))
        assert len({arrow.start for arrow in made.arrows if arrow.words == "now delivered"}) == MAX_DATASETS
        assert [lines[0] for lines in made.nodes.values() if "more" in lines[0]] == said

    def test_mermaid_draws_the_largest_picture_too(self) -> None:
        accounts = {f"{at:012}": f"{at} " + "\U0001f600" * 200 for at in range(1, 41)}
        before, after = [], []
        for at in range(MAX_DATASETS):
            readers = [f"arn:aws:iam::{account}:role/{'r' * 60}-{number}" for number, account in enumerate(accounts)]
            users = [f"alpha_user_{'u' * 40}_{number}" for number in range(40)]
            before.append({**pull_file(f"data_{at}", *readers[:30], expires="2027-03-31"), "users": users[:30]})
            after.append({**pull_file(f"data_{at}", *readers[10:], allow_push=True), "users": users[10:]})
        made = drawn(state(*before, known_accounts=accounts), state(*after, known_accounts=accounts))
        assert len(made) <= MAX_TEXT
        assert len(read(made).arrows) <= MAX_EDGES
