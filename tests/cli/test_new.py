"""`provisioner new`: a file that is right at once, or none."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from provisioner.datasets.catalogue import check_files
from provisioner.datasets.folder import read_folders
from provisioner.datasets.keys import KEYS, Kind
from provisioner.datasets.template import new_file, value_lines
from provisioner.reading.document import read_document
from provisioner.reading.keys import Key, Type
from provisioner.reading.nodes import Scalar
from provisioner.reading.problem import Problem
from tests.cli.checkout import SETTINGS, Checkout
from tests.cli.terminal import at_terminal
from tests.documentation import SCHEMAS
from tests.programs import run
from tests.support import stack_settings

NEW = {
    Kind.PUSH: ("new", "push", "visits", "--bucket", "target-bucket", "--user", "alpha_user_one"),
    Kind.PULL: ("new", "pull", "extracts", "--arn", "arn:aws:iam::444455556666:role/r", "--user", "alpha_user_one"),
}
FILE = {Kind.PUSH: "push_datasets/visits.yaml", Kind.PULL: "pull_datasets/extracts.yaml"}

by_kind = pytest.mark.parametrize("kind", Kind)


def files(checkout: Checkout) -> list[str]:
    return sorted(path.relative_to(checkout.root).as_posix() for path in checkout.root.rglob("*_datasets/**/*"))


@by_kind
class TestTheFile:
    def test_it_is_right(self, empty: Checkout, kind: Kind) -> None:
        assert empty.run(*NEW[kind]).code == 0
        assert files(empty) == [FILE[kind]]
        assert empty.run("validate").code == 0

    def test_it_says_what_was_given(self, empty: Checkout, kind: Kind) -> None:
        empty.run(
            *NEW[kind],
            *("--user", "alpha_user_two", "--description", "What it is", "--contact", "a team"),
            *("--paperwork", "DSA-1", "--paperwork", "DSA-2", "--expires", "2040-03-31"),
        )
        text = (empty.root / FILE[kind]).read_text()
        said = [line for line in text.splitlines() if line and not line.startswith("#")]
        other_side = {
            Kind.PUSH: ["bucket: target-bucket"],
            Kind.PULL: ["pull_arns:", "  - arn:aws:iam::444455556666:role/r"],
        }
        assert said == [
            f"name: {NEW[kind][2]}",
            "description: What it is",
            "contact: a team",
            *other_side[kind],
            *("users:", "  - alpha_user_one", "  - alpha_user_two"),
            *("paperwork:", "  - DSA-1", "  - DSA-2"),
            "expires: 2040-03-31",
        ]

    def test_its_first_line_tells_editors_the_schema(self, empty: Checkout, kind: Kind) -> None:
        empty.run(*NEW[kind])
        first = (empty.root / FILE[kind]).read_text().splitlines()[0]
        match = re.fullmatch(r"# yaml-language-server: \$schema=\.\./(\S+)", first)
        assert match
        assert (Path(__file__).parents[2] / match[1]).is_file()

    def test_every_key_is_explained_above_its_line(self, empty: Checkout, kind: Kind) -> None:
        empty.run(*NEW[kind])
        lines = (empty.root / FILE[kind]).read_text().splitlines()
        for key in KEYS[kind].values():
            (at,) = [at for at, line in enumerate(lines) if re.match(rf"(# )?{key.name}:", line)]
            assert lines[at - 1] == f"# {key.description}"

    def test_what_comes_next_is_said_in_commands_that_name_the_file_and_a_branch(
        self, empty: Checkout, kind: Kind
    ) -> None:
        out = empty.run(*NEW[kind]).out
        commands = [shlex.split(line) for line in out.splitlines() if line.startswith("  git ")]
        branch = f"{kind.value}_dataset/{NEW[kind][2]}"
        assert commands == [
            ["git", "switch", "-c", branch],
            ["git", "add", FILE[kind]],
            ["git", "commit", "-m", f"Add the {kind.value} dataset {NEW[kind][2]}"],
            ["git", "push", "-u", "origin", branch],
        ]

    def test_it_is_written_in_the_checkout_also_from_a_folder_below(
        self, empty: Checkout, kind: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (empty.root / "below").mkdir()
        monkeypatch.chdir(empty.root / "below")
        empty.run(*NEW[kind])
        assert files(empty) == [FILE[kind]]


OTHERS = [(kind, key) for kind in Kind for key in KEYS[kind].values() if not key.required and key.name != "pull_arns"]


@pytest.mark.parametrize(("kind", "key"), OTHERS, ids=[f"{kind.value}-{key.name}" for kind, key in OTHERS])
def test_a_line_that_is_a_comment_is_right_when_it_is_one_no_more(empty: Checkout, kind: Kind, key: Key) -> None:
    empty.run(*NEW[kind])
    file = empty.root / FILE[kind]
    text = file.read_text()
    said, count = re.subn(rf"\n# {key.name}:.*(\n#   .*)*", lambda lines: lines[0].replace("\n# ", "\n"), text)
    assert count == 1
    file.write_text(said)
    assert empty.run("validate").out == ""


def test_readers_on_other_clouds_are_given_with_their_ids_and_nobody_is_asked_for_roles(empty: Checkout) -> None:
    google = ("103456789012345678901", "https://data-exports.example.com")
    azure = ("1a2b3c4d-0000-1111-2222-333344445555", "api://exports", "9c0d1e2f-0000-1111-2222-333344445555")
    outcome = empty.run(
        *("new", "pull", "extracts", "--user", "alpha_user_one", "--google", *google, "--azure", *azure)
    )
    assert (outcome.code, outcome.err) == (0, "")
    (dataset,) = check_files(read_folders(empty.root)[0], stack_settings(), None).catalogue.pull
    assert (dataset.pull_arns, dataset.pull_google, dataset.pull_azure) == ((), (google,), (azure,))


def test_a_reader_on_another_cloud_is_no_thing_of_a_push_dataset(empty: Checkout) -> None:
    outcome = empty.run("new", "push", "visits", "--google", "103456789012345678901", "https://exports.example.com")
    assert (outcome.code, files(empty)) == (2, [])
    assert "--google is for pull datasets" in outcome.err


def test_the_account_of_the_target_is_written_in_quotes(empty: Checkout) -> None:
    assert empty.run(*NEW[Kind.PUSH], "--bucket-account", "012345678901").code == 0
    assert "\nbucket_account: '012345678901'\n" in (empty.root / FILE[Kind.PUSH]).read_text()


class TestRefusals:
    """Whatever is wrong, nothing is written."""

    def test_a_file_that_is_there_is_left_alone(self, checkout: Checkout) -> None:
        before = (checkout.root / "push_datasets/visits.yaml").read_bytes()
        outcome = checkout.run(*NEW[Kind.PUSH], "--description", "another")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == (
            "provisioner: push_datasets/visits.yaml is there already: edit it, or choose another name\n"
        )
        assert (checkout.root / "push_datasets/visits.yaml").read_bytes() == before

    @pytest.mark.parametrize(
        ("arguments", "rule"),
        [
            (("push", "Visits", "--bucket", "target-bucket", "--user", "alpha_user_one"), "name-format"),
            (("push", "", "--bucket", "target-bucket", "--user", "alpha_user_one"), "key-empty"),
            (("push", "../visits", "--bucket", "target-bucket", "--user", "alpha_user_one"), "name-format"),
            (("push", "a\nb", "--bucket", "target-bucket", "--user", "alpha_user_one"), "key-value"),
            (("push", "v" * 300, "--bucket", "target-bucket", "--user", "alpha_user_one"), "name-length"),
            (("push", "visits", "--bucket", "s3://target-bucket", "--user", "alpha_user_one"), "bucket-url"),
            (("push", "visits", "--bucket", "mojap-hub-exports", "--user", "alpha_user_one"), "bucket-own"),
            (("push", "visits", "--bucket", "target-bucket", "--user", "one"), "user-prefix"),
            ((*NEW[Kind.PUSH][1:], "--user", ""), "key-empty"),
            ((*NEW[Kind.PUSH][1:], "--user", "alpha_user_one"), "user-twice"),
            ((*NEW[Kind.PUSH][1:], "--expires", "soon"), "expires-date"),
            ((*NEW[Kind.PUSH][1:], "--expires", "2020-01-31"), "expires-past"),
            ((*NEW[Kind.PUSH][1:], "--contact", "a" * 201), "key-length"),
            (("pull", "extracts", "--arn", "arn:aws:iam::4444:role/r", "--user", "alpha_user_one"), "arn-account"),
            (("pull", "hub_exports", *NEW[Kind.PULL][3:]), "name-taken"),
        ],
        ids=lambda part: part if isinstance(part, str) else "",
    )
    def test_a_wrong_value_is_refused_by_its_rule(self, empty: Checkout, arguments: Sequence[str], rule: str) -> None:
        outcome = empty.run("new", *arguments)
        assert (outcome.code, outcome.out) == (1, "")
        assert f"[{rule}]" in outcome.err
        assert files(empty) == []

    def test_every_wrong_value_is_named_at_once(self, empty: Checkout) -> None:
        outcome = empty.run("new", "push", "Visits", "--user", "one")
        assert re.findall(r"\[([a-z-]+)\]", outcome.err) == ["name-format", "user-prefix"]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("push", "visits"), "say --bucket and --user too"),
            (("push", "visits", "--user", "alpha_user_one"), "say --bucket too"),
            (("push", "visits", "--bucket", "", "--user", "alpha_user_one"), "say --bucket too"),
            (("pull", "extracts"), "say --arn and --user too"),
            (("pull", "extracts", "--bucket", "target-bucket"), "--bucket is for push datasets"),
            (("pull", "extracts", "--bucket-account", "444455556666"), "--bucket-account is for push datasets"),
            (("push", "visits", "--arn", "arn:aws:iam::444455556666:role/r"), "--arn is for pull datasets"),
        ],
    )
    def test_what_is_missing_is_asked_for_in_words_where_nobody_can_answer(
        self, empty: Checkout, arguments: Sequence[str], said: str
    ) -> None:
        outcome = empty.run("new", *arguments)
        assert (outcome.code, outcome.out, outcome.err) == (2, "", f"provisioner: {said}\n")
        assert files(empty) == []

    def test_paperwork_is_asked_for_where_the_settings_demand_it(self, empty: Checkout) -> None:
        empty.settings({**SETTINGS, "paperwork_required": "true"})
        assert empty.run(*NEW[Kind.PUSH]).err == "provisioner: say --paperwork too\n"
        assert empty.run(*NEW[Kind.PUSH], "--paperwork", "DSA-1").code == 0

    def test_a_folder_that_cannot_be_written_to_is_named(self, empty: Checkout) -> None:
        (empty.root / "push_datasets").symlink_to(empty.root / "nowhere")
        outcome = empty.run(*NEW[Kind.PUSH])
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == f"provisioner: {empty.root}/push_datasets: File exists\n"


class TestQuoting:
    """A text is written so that a reader gets it back, whatever it looks like."""

    @pytest.mark.parametrize(
        "text",
        [
            *("a: b", "a #b", "# a", "yes", "No", "on", "~", "null", "123", "1.5", "0x1F", "1_000", "12:30:45"),
            *("2027-03-31", "it's", '"quoted"', "'", "- a", "[a]", "{a: b}", "*a", "&a", "!a", "%a", "@a", "`a`"),
            *("a\\b", "?", "|", ">", "<<", "=", ".", "...", "---", " a", "a ", "a:", "é 中文", "😀", "true", "False"),
            *("a" * 300, "word " * 50 + "end"),
        ],
    )
    def test_a_description_comes_back_as_it_was_given(self, empty: Checkout, text: str) -> None:
        assert empty.run(*NEW[Kind.PUSH], f"--description={text}").code == 0
        found: list[Problem] = []
        read = read_document((empty.root / FILE[Kind.PUSH]).read_bytes(), "file", found)
        assert read is not None
        _, node = read.entries["description"]
        assert found == []
        assert isinstance(node, Scalar)
        assert node.text == text
        assert empty.run("validate").code == 0

    @pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "\udcff", "a\u2028b"])
    def test_a_text_that_no_file_may_hold_is_refused(self, empty: Checkout, text: str) -> None:
        outcome = empty.run(*NEW[Kind.PUSH], "--description", text)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith("provisioner: push_datasets/visits.yaml was not written:\n")
        assert files(empty) == []

    @pytest.mark.parametrize("text", ["1e3", "12E4", "0o17", "+.5e-3", "007", "yes", "~", "2027-03-31"])
    def test_an_editor_reads_a_text_as_one_too(self, empty: Checkout, text: str) -> None:
        """Editors read YAML 1.2, in which other texts are numbers than in YAML 1.1."""
        assert empty.run(*NEW[Kind.PUSH], "--contact", text, "--paperwork", text).code == 0
        schema = next(path for path, kind in SCHEMAS.items() if kind is Kind.PUSH)
        done = run("check-jsonschema", "--schemafile", schema, empty.root / FILE[Kind.PUSH])
        assert done.returncode == 0, done.stdout

    def test_a_date_stands_without_quotes_only_where_a_date_is_wanted(self) -> None:
        text = Key(name="contact", type=Type.TEXT, description="", example="")
        date = Key(name="expires", type=Type.DATE, description="", example="")
        assert value_lines(text, "2027-03-31") == ["contact: '2027-03-31'"]
        assert value_lines(date, "2027-03-31") == ["expires: 2027-03-31"]
        assert value_lines(date, "a: b") == ["expires: 'a: b'"]

    def test_a_long_text_stays_on_one_line(self) -> None:
        key = Key(name="description", type=Type.TEXT, description="", example="")
        assert value_lines(key, "a word " * 40 + "end") == ["description: " + "a word " * 40 + "end"]

    @by_kind
    def test_no_line_is_left_without_its_comment_mark(self, kind: Kind) -> None:
        given: dict[str, Any] = {key.name: key.example for key in KEYS[kind].values() if key.required}
        wanted = {line for key, value in given.items() for line in value_lines(KEYS[kind][key], value)}
        lines = {line for line in new_file(kind, given).splitlines() if line and not line.startswith("# ")}
        assert lines == wanted


class TestAtATerminal:
    """What is missing is asked for, until the answer is right."""

    def test_a_wrong_answer_is_asked_for_again(self, empty: Checkout) -> None:
        with at_terminal("new", "push", "visits", cwd=empty.root) as terminal:
            terminal.wait_for("bucket: ")
            terminal.type("s3://target-bucket\n")
            terminal.wait_for("the target bucket is written as an address; write the bucket's name: 'target-bucket'")
            terminal.wait_for("bucket: ")
            terminal.type("target-bucket\n")
            terminal.wait_for("users: ")
            terminal.type("\n")
            terminal.wait_for("'users' has no value")
            terminal.wait_for("users: ")
            terminal.type("alpha_user_one alpha_user_two\n")
            assert terminal.end() == 0
        assert "Wrote push_datasets/visits.yaml" in terminal.shown
        text = (empty.root / "push_datasets/visits.yaml").read_text()
        assert "\nbucket: target-bucket\n" in text
        assert "\nusers:\n  - alpha_user_one\n  - alpha_user_two\n" in text

    def test_only_what_is_missing_is_asked_for(self, empty: Checkout) -> None:
        with at_terminal(*NEW[Kind.PULL][:5], cwd=empty.root) as terminal:
            terminal.wait_for("users: ")
            assert "pull_arns: " not in terminal.shown
            terminal.type("alpha_user_one\n")
            assert terminal.end() == 0
        assert files(empty) == ["pull_datasets/extracts.yaml"]

    def test_a_wrong_name_is_refused_before_anything_is_asked(self, empty: Checkout) -> None:
        with at_terminal("new", "push", "Visits", cwd=empty.root) as terminal:
            assert terminal.end() == 1
        assert "[name-format]" in terminal.shown
        assert "bucket: " not in terminal.shown

    def test_the_end_of_the_input_ends_it_with_nothing_written(self, empty: Checkout) -> None:
        with at_terminal("new", "push", "visits", cwd=empty.root) as terminal:
            terminal.wait_for("bucket: ")
            terminal.type("\x04")
            assert terminal.end() == 130
        assert terminal.shown.endswith("provisioner: interrupted\n")
        assert files(empty) == []

    def test_an_interrupt_ends_it_with_nothing_written(self, empty: Checkout) -> None:
        with at_terminal("new", "push", "visits", cwd=empty.root) as terminal:
            terminal.wait_for("bucket: ")
            terminal.interrupt()
            assert terminal.end() == 130
        assert terminal.shown.endswith("provisioner: interrupted\n")
        assert files(empty) == []
