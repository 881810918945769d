"""`provisioner validate`: every problem, in three formats, wherever it is called from."""

import json
import re
from typing import Any

import pytest

from tests.cli.checkout import PUSH, SETTINGS, Checkout, Outcome

BROKEN = "name: visits\ntarget_bucket: target-bucket\nusers: alpha_user_one\n"


def annotations(text: str) -> list[tuple[str, int, int, str, str]]:
    """The problems that GitHub reads from workflow commands, by the runner's own rules of reading them."""
    read = []
    for line in text.splitlines():
        match = re.fullmatch(r"::error ([^:]*)::(.*)", line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[1].split(","))
        read.append(
            (
                unescaped(properties["file"]),
                int(properties["line"]),
                int(properties["col"]),
                unescaped(properties["title"]),
                unescaped(match[2]),
            )
        )
    return read


def unescaped(text: str) -> str:
    for escaped, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, character)
    return text


def problems(outcome: Outcome) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(outcome.out)["problems"]
    return read


class TestText:
    def test_right_files_end_with_0_and_nothing_but_a_tally_on_standard_error(self, checkout: Checkout) -> None:
        assert checkout.run("validate") == Outcome(code=0, out="", err="2 files, no problem\n")

    def test_a_problem_ends_with_1_and_a_line_with_its_place_its_cure_and_its_rule(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", PUSH + "expires: soon\n")
        assert checkout.run("validate") == Outcome(
            code=1,
            out=(
                "push_datasets/visits.yaml:5:10: 'soon' is not a date; "
                "write a line such as 'expires: 2040-03-31' [expires-date]\n"
            ),
            err="1 problem in 1 file (2 files read)\n",
        )

    def test_every_problem_of_every_file_is_shown_in_the_order_of_places(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", BROKEN)
        checkout.write("push_datasets/unclosed.yaml", 'name: "unclosed\n')
        checkout.write("push_datasets/notes.txt", "")
        checkout.write("pull_datasets/extracts.yaml", "name: extracts\nusers:\n  - someone\n")
        outcome = checkout.run("validate")
        found = re.findall(r"^([a-z_/.]+):(\d+):\d+: .*; .* \[([a-z-]+)\]$", outcome.out, re.MULTILINE)
        assert outcome.err == "6 problems in 4 files (3 files read)\n"
        assert found == [
            ("pull_datasets/extracts.yaml", "1", "key-missing"),
            ("pull_datasets/extracts.yaml", "3", "user-prefix"),
            ("push_datasets/notes.txt", "1", "file-stray"),
            ("push_datasets/unclosed.yaml", "1", "yaml-syntax"),
            ("push_datasets/visits.yaml", "2", "key-unknown"),
            ("push_datasets/visits.yaml", "3", "key-type"),
        ]

    def test_a_day_that_has_passed_is_a_problem(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", PUSH + "expires: 2020-01-31\n")
        outcome = checkout.run("validate")
        assert outcome.code == 1
        assert "access ended on 2020-01-31" in outcome.out

    def test_what_a_file_holds_cannot_begin_a_line_nor_steer_a_terminal(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", PUSH + '"x\\n::error::y\\e[2J": 1\n')
        (checkout.root / "push_datasets" / "\x1b[2J\n::error::.txt").touch()
        outcome = checkout.run("validate")
        assert outcome.code == 1
        assert [line.partition("/")[0] for line in outcome.out.splitlines()] == ["push_datasets"] * 2
        assert "\x1b" not in outcome.out + outcome.err

    def test_a_file_name_that_is_no_text_hides_no_other_problem(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", BROKEN)
        (checkout.root / "push_datasets" / "\udcff.yaml").write_text(PUSH)
        outcome = checkout.run("validate")
        assert (outcome.code, "push_datasets/visits.yaml:2:1:" in outcome.out) == (1, True)

    @pytest.mark.parametrize("style", ["text", "github"])
    def test_no_line_carries_a_command_of_githubs_runner(self, checkout: Checkout, style: str) -> None:
        checkout.write("push_datasets/visits.yaml", PUSH + '"a ##[error]b": 1\n')
        (checkout.root / "push_datasets" / "##[error]c").touch()
        outcome = checkout.run("validate", "--format", style)
        assert outcome.code == 1
        assert "##[" not in outcome.out + outcome.err


class TestJson:
    def test_it_is_all_that_is_on_standard_output(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", PUSH + "expires: soon\n")
        outcome = checkout.run("validate", "--format", "json")
        assert outcome.code == 1
        assert outcome.err == "1 problem in 1 file (2 files read)\n"
        assert json.loads(outcome.out) == {
            "version": 1,
            "files": 2,
            "problems": [
                {
                    "file": "push_datasets/visits.yaml",
                    "line": 5,
                    "column": 10,
                    "rule": "expires-date",
                    "wrong": "'soon' is not a date",
                    "instead": "write a line such as 'expires: 2040-03-31'",
                }
            ],
        }

    def test_it_is_there_where_there_is_no_problem(self, checkout: Checkout) -> None:
        outcome = checkout.run("validate", "--format", "json")
        assert outcome.code == 0
        assert json.loads(outcome.out) == {"version": 1, "files": 2, "problems": []}


class TestGitHub:
    def test_a_problem_is_an_annotation_at_its_line(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", PUSH + "expires: soon\n")
        assert checkout.run("validate", "--format", "github") == Outcome(
            code=1,
            out="::error file=push_datasets/visits.yaml,line=5,col=10,title=expires-date::"
            "'soon' is not a date; write a line such as 'expires: 2040-03-31'\n",
            err="1 problem in 1 file (2 files read)\n",
        )

    def test_right_files_have_none(self, checkout: Checkout) -> None:
        assert checkout.run("validate", "--format", "github").out == ""

    @pytest.mark.parametrize("name", ["a,line=9.txt", "a::b.txt", "100%.txt", "%0A.txt", "a:b,c%3A.txt", "a\nb.txt"])
    def test_no_file_name_can_end_or_change_an_annotation(self, checkout: Checkout, name: str) -> None:
        (checkout.root / "push_datasets" / name).touch()
        read = annotations(checkout.run("validate", "--format", "github").out)
        shown = f"push_datasets/{name}".replace("\n", "\\n")
        assert [(file, line, title) for file, line, _, title, _ in read] == [(shown, 1, "file-stray")]

    @pytest.mark.parametrize("key", ["100%", "%0A", "%250A", "a::b", "x,y", "a\\nb", "a\\r\\n::error::b"])
    def test_an_annotation_says_what_the_json_says(self, checkout: Checkout, key: str) -> None:
        checkout.write("push_datasets/visits.yaml", f'{PUSH}"{key}": 1\n')
        read = annotations(checkout.run("validate", "--format", "github").out)
        wanted = problems(checkout.run("validate", "--format", "json"))
        assert wanted
        assert read == [
            (one["file"], one["line"], one["column"], one["rule"], f"{one['wrong']}; {one['instead']}")
            for one in wanted
        ]


class TestPaths:
    """No path means both dataset folders of the checkout."""

    @pytest.fixture(autouse=True)
    def _a_problem_in_each_folder(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", PUSH + "expires: soon\n")
        checkout.write("pull_datasets/broken.yaml", "- a\n")

    def files(self, checkout: Checkout, *paths: str) -> list[str]:
        outcome = checkout.run("validate", "--format", "json", *paths)
        assert outcome.code == 1
        return [problem["file"] for problem in problems(outcome)]

    def test_no_path_is_both_folders(self, checkout: Checkout) -> None:
        assert self.files(checkout) == ["pull_datasets/broken.yaml", "push_datasets/visits.yaml"]

    def test_no_path_in_a_folder_below_is_both_folders_too(
        self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(checkout.root / "push_datasets")
        assert self.files(checkout) == ["pull_datasets/broken.yaml", "push_datasets/visits.yaml"]

    def test_a_file(self, checkout: Checkout) -> None:
        assert self.files(checkout, "push_datasets/visits.yaml") == ["push_datasets/visits.yaml"]

    def test_a_file_from_within_its_folder(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(checkout.root / "push_datasets")
        assert self.files(checkout, "visits.yaml") == ["visits.yaml"]

    def test_a_file_by_its_full_path(self, checkout: Checkout) -> None:
        path = str(checkout.root / "push_datasets" / "visits.yaml")
        assert self.files(checkout, path) == [path]

    def test_a_right_file_beside_a_broken_one_is_right(self, checkout: Checkout) -> None:
        assert checkout.run("validate", "pull_datasets/extracts.yaml").code == 0

    def test_a_folder(self, checkout: Checkout) -> None:
        assert self.files(checkout, "push_datasets/") == ["push_datasets/visits.yaml"]

    def test_a_checkout(self, checkout: Checkout) -> None:
        assert self.files(checkout, ".") == ["pull_datasets/broken.yaml", "push_datasets/visits.yaml"]

    def test_several(self, checkout: Checkout) -> None:
        assert self.files(checkout, "push_datasets/visits.yaml", "pull_datasets") == [
            "pull_datasets/broken.yaml",
            "push_datasets/visits.yaml",
        ]

    def test_a_file_that_is_named_twice_is_no_other_file_of_the_same_name(self, checkout: Checkout) -> None:
        assert self.files(checkout, "push_datasets", "push_datasets/visits.yaml") == ["push_datasets/visits.yaml"]

    def test_a_file_outside_the_dataset_folders_is_told_where_to_go(self, checkout: Checkout) -> None:
        checkout.write("elsewhere/visits.yaml", PUSH)
        outcome = checkout.run("validate", "elsewhere/visits.yaml")
        assert outcome.code == 1
        assert outcome.out.startswith("elsewhere/visits.yaml:1:1: ")
        assert "push_datasets/" in outcome.out

    @pytest.mark.parametrize("path", ["nowhere", "push_datasets/nothing.yaml", "elsewhere"])
    def test_where_there_is_nothing_the_call_is_wrong(self, checkout: Checkout, path: str) -> None:
        (checkout.root / "elsewhere").mkdir()
        assert checkout.run("validate", path) == Outcome(
            code=2, out="", err=f"provisioner: there is no dataset file or folder at {path}\n"
        )


class TestCheckout:
    def test_one_without_datasets_is_right(self, empty: Checkout) -> None:
        assert empty.run("validate") == Outcome(code=0, out="", err="0 files, no problem\n")

    def test_outside_of_any_the_call_is_wrong(self, checkout: Checkout) -> None:
        (checkout.root / "Pulumi.yaml").unlink()
        outcome = checkout.run("validate")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith(f"provisioner: {checkout.root} is not in a checkout: no Pulumi.yaml")

    def test_a_dataset_folder_that_is_a_file_is_named(self, empty: Checkout) -> None:
        empty.write("push_datasets", "")
        outcome = empty.run("validate")
        assert outcome.code == 1
        assert outcome.out.startswith("push_datasets:1:1: the folder cannot be read: Not a directory; ")


class TestSettings:
    def test_a_stack_without_settings_is_a_wrong_call_that_names_the_others(self, checkout: Checkout) -> None:
        outcome = checkout.run("validate", "--stack", "dev")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.endswith("Pulumi.dev.yaml, the settings of the stack 'dev'; there is Pulumi.prod.yaml\n")

    def test_the_settings_are_those_of_the_stack_that_is_named(self, checkout: Checkout) -> None:
        checkout.settings({**SETTINGS, "paperwork_required": "true"}, stack="dev")
        assert checkout.run("validate").code == 0
        outcome = checkout.run("validate", "--stack", "dev")
        assert (outcome.code, outcome.out.count("[paperwork-missing]")) == (1, 2)

    def test_the_environment_may_name_the_stack(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        checkout.settings({**SETTINGS, "paperwork_required": "true"}, stack="dev")
        monkeypatch.setenv("PROVISIONER_STACK", "dev")
        assert checkout.run("validate").code == 1
        assert checkout.run("validate", "--stack", "prod").code == 0

    def test_problems_in_them_are_shown_as_those_of_datasets_are(self, checkout: Checkout) -> None:
        checkout.settings({**SETTINGS, "regoin": "eu-west-2", "retention_days": "0"})
        outcome = checkout.run("validate")
        assert outcome.code == 1
        assert outcome.err == "the settings have problems: no dataset file was checked\n"
        assert re.findall(r"^(\S+): .* \[([a-z-]+)\]$", outcome.out, re.MULTILINE) == [
            ("Pulumi.prod.yaml:6:3", "key-unknown"),
            ("Pulumi.prod.yaml:7:44", "key-value"),
        ]

    def test_problems_in_them_are_annotations_too(self, checkout: Checkout) -> None:
        checkout.settings({**SETTINGS, "retention_days": "0"})
        ((file, line, _, title, _),) = annotations(checkout.run("validate", "--format", "github").out)
        assert (file, line, title) == ("Pulumi.prod.yaml", 6, "key-value")

    def test_problems_in_them_end_every_other_command(self, checkout: Checkout) -> None:
        checkout.settings({**SETTINGS, "retention_days": "0"})
        new = ("new", "push", "x", "--bucket", "bucket", "--user", "alpha_user_one")
        for command in (("explain", "visits"), new, ("try",)):
            outcome = checkout.run(*command)
            assert (outcome.code, outcome.out) == (1, "")
            assert outcome.err.startswith("Pulumi.prod.yaml:6:44: ")
            assert outcome.err.endswith("provisioner: the settings have problems\n")


@pytest.mark.parametrize("arguments", [("--format", "xml"), ("--bogus",), ("--stack",)])
def test_an_option_that_is_not_there_is_a_wrong_call(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    outcome = checkout.run("validate", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("provisioner")
    assert "--help" in outcome.err
