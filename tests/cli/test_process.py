"""The command line as a process: its exit codes, its streams, and that it never shows a traceback."""

import argparse
import contextlib
import os
import re

import pytest

from provisioner import cli
from provisioner.failure import CommandError
from tests.cli.checkout import Checkout
from tests.cli.terminal import at_terminal
from tests.documentation import commands, example
from tests.programs import run

COMMANDS = tuple(commands(cli.parser()))
COLOUR = "\x1b["


class TestCommandsOfTheRunner:
    """No text from elsewhere begins a line of its own, or carries a workflow command of GitHub's runner."""

    @pytest.mark.parametrize("text", ["a\n::error::b", "a##[error]b"])
    def test_not_in_what_is_wrong_with_a_call(self, empty: Checkout, text: str) -> None:
        outcome = empty.run("validate", f"--stack={text}")
        assert outcome.code == 2
        assert not_commands(outcome.err)

    @pytest.mark.parametrize("text", ["a\n::error::b", "a##[error]b"])
    def test_not_in_what_argparse_says(self, empty: Checkout, text: str) -> None:
        outcome = empty.run("validate", f"--{text}")
        assert outcome.code == 2
        assert not_commands(outcome.err)

    @pytest.mark.parametrize("name", ["Pulumi.a\n::error::b.yaml", "Pulumi.a##[error]b.yaml"])
    def test_not_in_the_names_of_other_stacks(self, empty: Checkout, name: str) -> None:
        empty.write(name, "")
        outcome = empty.run("validate", "--stack", "none")
        assert outcome.code == 2
        assert "; there is " in outcome.err
        assert not_commands(outcome.err)

    @pytest.mark.parametrize(
        "error",
        [ValueError("a\n::error::b##[error]c"), OSError("a\n::error::b##[error]c"), CommandError("a ##[error]b")],
    )
    def test_not_in_a_fault(self, checkout: Checkout, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr("provisioner.access.check.check", fail)
        assert not_commands(checkout.run("validate").err)


def not_commands(text: str) -> bool:
    return bool(text) and "##[" not in text and all(not line.startswith("::") for line in text.splitlines())


class TestFaults:
    """A fault of the program is one message, which says so, and exit code 70."""

    @pytest.fixture(autouse=True)
    def _a_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise ValueError("the text of the fault")

        monkeypatch.setattr("provisioner.access.check.check", fail)

    def test_it_says_what_happened_and_what_to_do(self, checkout: Checkout) -> None:
        outcome = checkout.run("validate")
        assert (outcome.code, outcome.out) == (70, "")
        assert outcome.err == (
            "provisioner: this is a fault of the program, not of yours: ValueError: the text of the fault\n"
            "Please report it, with what PROVISIONER_DEBUG=1 before the command shows.\n"
        )

    def test_who_asks_for_it_sees_the_traceback(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PROVISIONER_DEBUG", "1")
        outcome = checkout.run("validate")
        assert outcome.code == 70
        assert "Traceback" in outcome.err


def test_an_interrupt_is_one_line_and_exit_code_130(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("provisioner.access.check.check", interrupt)
    outcome = checkout.run("validate")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "provisioner: interrupted\n")


@pytest.mark.parametrize("arguments", [("validate", "--format", "json"), ("explain", "visits"), ("--help",)])
def test_who_stops_reading_is_told_nothing(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    env = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with contextlib.closing(os.fdopen(writer, "w")) as closed:
        done = run("provisioner", *arguments, cwd=checkout.root, env=env, stdout=closed)
    assert done.returncode == 1
    assert done.stderr in ("", "2 files, no problem\n")


class TestCalls:
    def test_the_module_is_the_command_line_too(self, checkout: Checkout) -> None:
        done = run("python", "-m", "provisioner", "validate", cwd=checkout.root)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "2 files, no problem\n")

    def test_the_exit_code_reaches_the_shell(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", "- a\n")
        assert run("provisioner", "validate", cwd=checkout.root).returncode == 1
        assert run("provisioner", "validate", "nowhere", cwd=checkout.root).returncode == 2

    def test_without_a_command_the_call_is_wrong(self, checkout: Checkout) -> None:
        outcome = checkout.run()
        assert (outcome.code, outcome.out) == (2, "")
        assert "COMMAND" in outcome.err
        assert "provisioner --help" in outcome.err

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.prog)
    def test_the_help_of_a_command_shows_its_example_unbroken(
        self, empty: Checkout, command: argparse.ArgumentParser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "40")
        outcome = empty.run(*command.prog.split()[1:], "--help")
        assert (outcome.code, outcome.err) == (0, "")
        assert f"\nexample: {example(command)}\n" in outcome.out


class TestColour:
    """Escape codes are for who watches and wants them."""

    @pytest.fixture(autouse=True)
    def _a_problem(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", "- a\n")

    def shown_at_a_terminal(self, checkout: Checkout, *arguments: str, **env: str) -> str:
        with at_terminal(*arguments, cwd=checkout.root, env=env) as terminal:
            terminal.end()
        assert terminal.shown
        return terminal.shown

    @pytest.mark.parametrize("arguments", [("validate",), ("explain", "extracts")])
    def test_a_terminal_gets_them(self, checkout: Checkout, arguments: tuple[str, ...]) -> None:
        assert COLOUR in self.shown_at_a_terminal(checkout, *arguments)

    @pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
    def test_a_terminal_that_wants_none_gets_none(self, checkout: Checkout, env: dict[str, str]) -> None:
        assert COLOUR not in self.shown_at_a_terminal(checkout, "validate", **env)

    @pytest.mark.parametrize("style", ["json", "github"])
    def test_what_programs_read_has_none(self, checkout: Checkout, style: str) -> None:
        assert COLOUR not in self.shown_at_a_terminal(checkout, "validate", "--format", style)

    def test_a_pipe_gets_none(self, checkout: Checkout) -> None:
        done = run("provisioner", "validate", cwd=checkout.root)
        assert "[yaml-mapping]" in done.stdout
        assert COLOUR not in done.stdout + done.stderr

    def test_they_are_all_that_differs(self, checkout: Checkout) -> None:
        shown = re.sub(r"\x1b\[\d+m", "", self.shown_at_a_terminal(checkout, "explain", "extracts"))
        assert shown == checkout.run("explain", "extracts").out


def test_a_terminal_that_lacks_a_letter_shows_it_escaped(checkout: Checkout) -> None:
    text = (checkout.root / "push_datasets/visits.yaml").read_text(encoding="utf-8")
    checkout.write("push_datasets/visits.yaml", f"{text}description: Visits to the café\n")
    done = run("provisioner", "explain", "visits", cwd=checkout.root, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert r"Visits to the caf\xe9" in done.stdout
