"""`provisioner redrive` on the embedded AWS: what goes back, what stays, and that nothing is ever lost."""

import json
import time

import pytest

from provisioner.operations.permissions import REDRIVE, operator_policy
from provisioner.operations.queues import Queues
from provisioner.operations.redrive import Choice, Redrive, Redriven
from tests.cli.terminal import at_terminal
from tests.operations.stage import Operations, body_of, role_with


@pytest.fixture
def full(stage: Operations) -> Operations:
    """Two messages of one dataset, one of another, and one of none."""
    for key in ("visits/a", "visits/b", "old/c"):
        stage.bury_denied(key)
    stage.bury("nonsense", cause="bad_message", advice="see who sent it")
    return stage


def contents(stage: Operations) -> tuple[list[str], list[str]]:
    """What lies in the queue, and in the dead-letter queue."""
    return stage.bodies(stage.queue), stage.bodies(stage.dead_letters)


class TestWhatGoesBack:
    def test_the_messages_of_the_datasets_that_are_named_as_they_were(self, full: Operations) -> None:
        outcome = full.run("redrive", "visits", "--yes", "--format", "text")
        assert (outcome.code, outcome.out) == (0, "2 returned, 2 of others left\n")
        assert contents(full) == ([body_of("visits/a"), body_of("visits/b")], ["nonsense", body_of("old/c")])

    def test_those_of_every_dataset_without_a_name(self, full: Operations) -> None:
        assert full.run("redrive", "--yes").code == 0
        assert contents(full) == (sorted(map(body_of, ("old/c", "visits/a", "visits/b"))), ["nonsense"])

    def test_those_of_no_dataset_alone(self, full: Operations) -> None:
        full.bury(body_of("gone/a"))
        held = json.loads(full.run("redrive", "--unknown", "--yes").out)
        assert (held["returned"], held["others"]) == (2, 3)
        assert full.bodies(full.queue) == sorted(["nonsense", body_of("gone/a")])

    def test_those_of_no_dataset_beside_a_name(self, full: Operations) -> None:
        assert json.loads(full.run("redrive", "old", "--unknown", "--yes").out)["returned"] == 2

    def test_more_than_one_request_holds(self, stage: Operations) -> None:
        for number in range(35):
            stage.bury_denied(f"{'visits' if number % 2 else 'old'}/{number}")
        held = json.loads(stage.run("redrive", "visits", "--yes").out)
        assert (held["returned"], held["others"], held["not_returned"]) == (17, 18, 0)
        assert list(map(len, contents(stage))) == [17, 18]

    def test_nothing_to_return_is_fine_and_nobody_is_asked(self, stage: Operations) -> None:
        outcome = stage.run("redrive", "visits", "--yes", "--format", "text")
        assert (outcome.code, outcome.out, outcome.err) == (0, "0 returned\n", "")


class TestItAsks:
    def test_it_shows_what_it_found_and_a_no_leaves_it_there(self, full: Operations) -> None:
        with at_terminal("redrive", "visits", "--unknown", cwd=full.root, env=full.environment()) as terminal:
            terminal.wait_for("Return 3 messages of 1 dataset and no dataset to the queue? [y/N] ")
            terminal.type("\n")
            terminal.wait_for("provisioner: nothing was returned")
            assert terminal.end() == 1
        assert "refused: AccessDenied at CopyObject" in terminal.shown
        assert "let export_visits put objects into target-bucket" in terminal.shown
        assert list(map(len, contents(full))) == [0, 4]

    def test_a_yes_returns_it(self, full: Operations) -> None:
        with at_terminal("redrive", "visits", cwd=full.root, env=full.environment()) as terminal:
            terminal.wait_for("Return 2 messages of 1 dataset to the queue? [y/N] ")
            terminal.type("y\n")
            terminal.wait_for("2 returned, 2 of others left")
            assert terminal.end() == 0
        assert list(map(len, contents(full))) == [2, 2]

    def test_what_came_after_the_question_stays(self, full: Operations) -> None:
        with at_terminal("redrive", "visits", cwd=full.root, env=full.environment()) as terminal:
            terminal.wait_for("[y/N] ")
            full.bury_denied("visits/late")
            terminal.type("y\n")
            assert terminal.end() == 0
        assert body_of("visits/late") in full.bodies(full.dead_letters)

    def test_without_a_terminal_it_wants_to_be_told(self, full: Operations) -> None:
        outcome = full.run("redrive")
        assert (outcome.code, outcome.out) == (2, "")
        assert "add --yes" in outcome.err


class TestNothingIsLost:
    @pytest.fixture
    def work(self, full: Operations, monkeypatch: pytest.MonkeyPatch) -> Redrive:
        for name, text in full.environment().items():
            monkeypatch.setenv(name, text)
        return Redrive(full.settings)

    @pytest.fixture
    def ids(self, work: Redrive) -> frozenset[str]:
        choice = Choice(datasets=frozenset({"visits"}), unknown=False)
        return work.look(choice, {"visits", "old"}).ids

    @pytest.mark.parametrize("request_that_is_the_last", ["send", "remove"])
    def test_whichever_request_is_the_last_every_message_is_somewhere(
        self,
        full: Operations,
        work: Redrive,
        ids: frozenset[str],
        monkeypatch: pytest.MonkeyPatch,
        request_that_is_the_last: str,
    ) -> None:
        def killed(*_: object) -> None:
            raise SystemExit

        monkeypatch.setattr(Queues, request_that_is_the_last, killed)
        monkeypatch.setattr("provisioner.operations.queues.HOLD_SECONDS", 1)
        with pytest.raises(SystemExit):
            work.give_back(ids)
        time.sleep(1.1)
        queue, dead = contents(full)
        assert {body_of("visits/a"), body_of("visits/b")} <= {*queue, *dead}
        assert {body_of("old/c"), "nonsense"} <= {*dead}

    def test_what_the_queue_does_not_take_stays_and_is_said(self, full: Operations) -> None:
        may = operator_policy(full.settings, [action for action in REDRIVE if action != "sqs:SendMessage"])
        outcome = full.run("redrive", "visits", "--yes", who=role_with(full, "no-sender", may))
        held = json.loads(outcome.out)
        assert outcome.code == 69
        assert (held["returned"], held["not_returned"]) == (0, 2)
        assert "Nothing is lost" in outcome.err
        assert list(map(len, contents(full))) == [0, 4]

    def test_what_cannot_be_removed_is_in_both_and_is_said(self, full: Operations) -> None:
        may = operator_policy(full.settings, [action for action in REDRIVE if action != "sqs:DeleteMessage"])
        outcome = full.run("redrive", "visits", "--yes", who=role_with(full, "no-remover", may))
        held = json.loads(outcome.out)
        assert outcome.code == 69
        assert (held["returned"], held["returned_and_not_removed"]) == (2, 2)
        assert list(map(len, contents(full))) == [2, 4]

    def test_what_somebody_else_has_in_hand_is_left_to_them(
        self, full: Operations, work: Redrive, ids: frozenset[str]
    ) -> None:
        full.sqs.receive_message(QueueUrl=full.dead_letters, MaxNumberOfMessages=10, VisibilityTimeout=60)
        assert work.give_back(ids) == Redriven(returned=0, twice=0, left=2, failure=None)
