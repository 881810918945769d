"""`provisioner plan`: what changes between two states, in four formats, and how it ends."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.checkout import PULL, PUSH, SETTINGS, Checkout, Outcome
from tests.cli.terminal import at_terminal
from tests.cli.test_validate import unescaped
from tests.programs import run
from tests.reporting.page import linked, page

FORMATS = ("text", "json", "markdown", "github")
ONE_MORE_USER = PUSH + "  - alpha_user_two\n"
TODAY = ("--today", "2026-11-24")


@pytest.fixture
def committed(checkout: Checkout) -> Checkout:
    """The checkout, in a git repository with one commit, tagged `before`."""
    git(checkout, "init", "--quiet", "--initial-branch=main")
    commit(checkout)
    git(checkout, "tag", "before")
    return checkout


def git(checkout: Checkout, *arguments: str) -> None:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=checkout.root, check=True, capture_output=True)  # noqa: S607 - the git that there is


def commit(checkout: Checkout) -> None:
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "a state")


def plan(checkout: Checkout, *arguments: str, base: str = "before") -> Outcome:
    return checkout.run("plan", "--base", base, *TODAY, *arguments)


class TestExitCodes:
    def test_0_where_nothing_changes(self, committed: Checkout) -> None:
        assert plan(committed) == Outcome(code=0, out="", err="nothing changes (no risk)\n")

    def test_0_where_only_the_words_of_a_file_change(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", "# a remark\n" + PUSH)
        assert plan(committed).code == 0

    def test_3_where_something_changes(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", ONE_MORE_USER)
        assert plan(committed).code == 3

    def test_1_where_there_is_a_problem(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", PUSH + "expires: soon\n")
        outcome = plan(committed)
        assert (outcome.code, "[expires-date]" in outcome.out) == (1, True)

    def test_1_where_something_is_refused(self, committed: Checkout) -> None:
        (committed.root / "push_datasets/visits.yaml").unlink()
        outcome = plan(committed)
        assert (outcome.code, "[delete-active]" in outcome.out) == (1, True)

    def test_1_where_the_settings_have_problems(self, committed: Checkout) -> None:
        committed.settings({**SETTINGS, "retention_days": "0"})
        outcome = plan(committed)
        assert outcome.code == 1
        assert outcome.err.startswith("the settings have problems: nothing could be compared")

    @pytest.mark.parametrize("more", ["", "expires: soon\n", "  - alpha_user_two\n"])
    def test_0_whatever_it_says_for_who_asks_for_that(self, committed: Checkout, more: str) -> None:
        committed.write("push_datasets/visits.yaml", PUSH + more)
        asked, plain = plan(committed, "--exit-zero"), plan(committed)
        assert asked.code == 0
        assert (asked.out, asked.err) == (plain.out, plain.err)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--base", "nowhere"),
            ("--base", "--upload-pack=x"),
            ("--base", "before\n::error::x"),
            ("--base", "before", "--head", "nowhere"),
            ("--base", "before", "--stack", "dev"),
            ("--base", "before", "--today", "tomorrow"),
            ("--base", "before", "--today", "2026-02-30"),
            ("--base", "before", "--limit", "7999"),
            ("--base", "before", "--limit", "many"),
            ("--base", "before", "--format", "xml"),
            (),
        ],
        ids=" ".join,
    )
    @pytest.mark.parametrize("exit_zero", [(), ("--exit-zero",)])
    def test_2_where_the_call_is_wrong_and_nothing_but_words_on_standard_error(
        self, committed: Checkout, arguments: tuple[str, ...], exit_zero: tuple[str, ...]
    ) -> None:
        outcome = committed.run("plan", *arguments, *exit_zero)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith("provisioner")
        assert "Traceback" not in outcome.err
        assert not re.search("^::", outcome.err, re.MULTILINE)


class TestStates:
    """The state before, and the state after: a revision, a folder, or what lies in the checkout."""

    def test_the_checkout_as_it_lies_there_is_the_state_after(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", ONE_MORE_USER)
        said = plan(committed)
        assert said == plan(committed, "--head", "worktree")
        assert "alpha_user_two gains write under mojap-hub-exports/visits/" in said.out

    def test_two_revisions_are_compared_whatever_lies_in_the_checkout(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", ONE_MORE_USER)
        commit(committed)
        committed.write("push_datasets/visits.yaml", "broken: [")
        assert plan(committed, "--head", "HEAD").code == 3
        assert plan(committed, "--head", "before").code == 0
        back = plan(committed, "--head", "before", base="main")
        assert "alpha_user_two loses write under mojap-hub-exports/visits/" in back.out

    def test_a_folder_needs_no_git(self, checkout: Checkout, tmp_path: Path) -> None:
        before = tmp_path / "before"
        (before / "push_datasets").mkdir(parents=True)
        (before / "push_datasets" / "visits.yaml").write_text(PUSH)
        outcome = plan(checkout, base=str(before))
        assert outcome.code == 3
        assert "extracts" in outcome.out
        assert "visits" not in outcome.out

    def test_the_branch_names_the_dataset_beyond_which_nothing_may_widen(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", ONE_MORE_USER)
        assert "[widens-beyond]" in plan(committed, "--branch", "pull_dataset/extracts").out
        assert "[widens-beyond]" not in plan(committed, "--branch", "push_dataset/visits").out

    def test_dates_are_judged_by_the_day_that_is_given(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", PUSH + "expires: 2027-03-31\n")
        assert committed.run("plan", "--base", "before", "--today", "2027-03-31").code == 3
        assert committed.run("plan", "--base", "before", "--today", "2027-04-01").code == 1


class TestFormats:
    @pytest.fixture(autouse=True)
    def _changes_of_every_sort(self, committed: Checkout) -> None:
        committed.write("push_datasets/visits.yaml", ONE_MORE_USER + "expires: 2027-03-31\n")
        committed.write("pull_datasets/extracts.yaml", PULL + "status: retired\n")
        for name in ("one", "two", "three"):
            committed.write(f"push_datasets/{name}.yaml", PUSH.replace("visits", name))

    def test_json_is_all_that_is_on_standard_output(self, committed: Checkout) -> None:
        outcome = plan(committed, "--format", "json")
        document = json.loads(outcome.out)
        assert (document["version"], document["changes"], document["refused"]) == (1, True, False)
        assert outcome.err.startswith(document["summary"])

    @pytest.mark.parametrize("style", FORMATS)
    def test_the_same_states_give_the_same_bytes_in_any_process(self, committed: Checkout, style: str) -> None:
        arguments = ("plan", "--base", "before", "--exit-zero", "--format", style, *TODAY)
        said = {
            run(
                "provisioner",
                *arguments,
                cwd=committed.root,
                env={**os.environ, "PYTHONHASHSEED": seed, "PROVISIONER_STACK": "prod"},
            ).stdout
            for seed in ("1", "2", "3")
        }
        assert len(said) == 1
        assert said != {""}

    @pytest.mark.parametrize("style", FORMATS)
    def test_no_format_carries_a_sequence_for_terminals_into_a_pipe(self, committed: Checkout, style: str) -> None:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", plan(committed, "--format", style).out)

    def test_text_is_coloured_at_a_terminal_and_only_there(self, committed: Checkout) -> None:
        for more, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            with at_terminal("plan", "--base", "before", *TODAY, cwd=committed.root, env=more) as terminal:
                assert terminal.end() == 3
            assert ("\x1b[" in terminal.shown) == coloured
            assert "alpha_user_two gains write" in re.sub("\x1b\\[[0-9;]*m", "", terminal.shown)

    def test_a_limit_holds_for_markdown(self, committed: Checkout) -> None:
        for number in range(300):
            committed.write(f"push_datasets/many_{number}.yaml", PUSH.replace("visits", f"many_{number}"))
        cut, whole = plan(committed, "--format", "markdown", "--limit", "8000"), plan(committed, "--format", "markdown")
        assert len(cut.out.encode()) <= 8_000 < len(whole.out.encode()) <= 65_000
        assert "left out here" in cut.out


def place(annotation: str) -> tuple[str, str]:
    """The file and the title of an annotation, by the runner's own rules of reading one."""
    properties = dict(part.split("=", 1) for part in annotation.split("::")[1].partition(" ")[2].split(","))
    return unescaped(properties["file"]), unescaped(properties["title"])


class TestHostileNames:
    """Names from files with problems, from the state before, from the settings and from the names of files."""

    NASTY = "a|b`c`</details><!-- @everyone https://example.com ##[error] %0A ::error::x {0} **b** #1"

    @pytest.fixture
    def hostile(self, committed: Checkout) -> Checkout:
        """A checkout in which everything that takes a free text has a hostile one, and the base has worse."""
        quoted = json.dumps(self.NASTY)
        committed.write("push_datasets/worse.yaml", f"name: {quoted}\nbucket: {quoted}\n")
        committed.write("push_datasets/##[error]a.yaml", "name: [")
        committed.write("push_datasets/x`|<b>,a::b%0A.yaml", f"{quoted}: 1")
        commit(committed)
        git(committed, "tag", "--force", "before")
        for name in ("worse", "##[error]a", "x`|<b>,a::b%0A"):
            (committed.root / "push_datasets" / f"{name}.yaml").unlink()
        known = json.dumps({"444455556666": self.NASTY})
        committed.settings({**SETTINGS, "known_accounts": known, "tags": '{"x": "a b"}'})
        reader = "  - arn:aws:iam::444455556666:role/etl/second\n"
        committed.write(
            "pull_datasets/extracts.yaml", PULL.replace("users:", f"{reader}users:") + f"paperwork: {quoted}\n"
        )
        committed.write("push_datasets/bad.yaml", f"{PUSH}{quoted}: {quoted}\nexpires: {quoted}\n")
        committed.write("push_datasets/<script>|`a`.yaml", PUSH)
        committed.write("approvals.yaml", f"{quoted}: 1\nremovals:\n  - {quoted}: {quoted}\n")
        return committed

    def test_markdown_stays_markdown(self, hostile: Checkout) -> None:
        outcome = plan(hostile, "--format", "markdown")
        made = page(outcome.out)
        assert outcome.code == 1
        assert linked(made) == []
        assert {len(row.every("td")) for table in made.every("table") for row in table.every("tr")} == {0, 4}
        titles = [part.text.partition(" (")[0] for part in made.every("summary")]
        assert titles[:3] == ["Datasets", "Settings", "AWS resources"]
        assert titles[3:] == ["extracts: what they must add, as JSON to send them"]
        assert made.text.count("delete-unread") == 3

    def test_each_annotation_is_one_and_says_what_it_ought_to(self, hostile: Checkout) -> None:
        lines = plan(hostile, "--format", "github").out.splitlines()
        levels = [re.match("::(error|warning|notice) ", line) for line in lines]
        assert all(levels)
        assert not any("##[" in line for line in lines)
        document = json.loads(plan(hostile, "--format", "json").out)
        found = [(one["file"], one["rule"]) for name in ("problems", "refusals", "risks") for one in document[name]]
        properties = [
            dict(part.split("=", 1) for part in line.split("::")[1].partition(" ")[2].split(",")) for line in lines
        ]
        assert [(unescaped(one["file"]), unescaped(one["title"])) for one in properties[:-1]] == found

    @pytest.mark.parametrize("style", FORMATS)
    def test_no_line_is_a_command_of_the_runner_but_where_it_ought_to_be(self, hostile: Checkout, style: str) -> None:
        outcome = plan(hostile, "--format", style)
        said = outcome.err if style == "github" else outcome.out + outcome.err
        assert "##[" not in outcome.out + outcome.err
        assert not any(line.lstrip().startswith("::") for line in said.splitlines())


def test_outside_of_a_checkout_the_call_is_wrong(checkout: Checkout) -> None:
    (checkout.root / "Pulumi.yaml").unlink()
    outcome = plan(checkout)
    assert (outcome.code, outcome.out) == (2, "")
