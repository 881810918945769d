"""`provisioner status` on the embedded AWS."""

import json
import time
from datetime import datetime
from typing import Any

import pytest

from tests.live.stage import Outcome
from tests.operations.stage import Operations, body_of
from tests.support import OURS, THEIRS


def dataset(outcome: Outcome, name: str) -> dict[str, Any]:
    held: dict[str, dict[str, Any]] = {one["dataset"]: one for one in json.loads(outcome.out)["datasets"]}
    return held[name]


def seconds_since(at: str, moment: str) -> float:
    return (datetime.fromisoformat(at) - datetime.fromisoformat(moment)).total_seconds()


class TestWhatItSays:
    def test_nothing_to_do_is_fine(self, stage: Operations) -> None:
        outcome = stage.run("status")
        assert (outcome.code, outcome.err) == (0, "3 push datasets; 0 files pending\n")
        assert {one["dataset"] for one in json.loads(outcome.out)["datasets"]} == {"visits", "returns", "old"}
        assert json.loads(outcome.out)["sweep"] is None

    def test_what_is_pending(self, stage: Operations) -> None:
        stage.write_file("visits/a.csv", "12345")
        stage.write_file("visits/b.csv", "123")
        stage.write_file("visits_2/c.csv")
        held = dataset(stage.run("status"), "visits")["pending"]
        assert (held["files"], held["bytes"], held["overdue"]) == (2, 8, False)

    def test_of_what_is_kept_only_what_has_no_receipt_is_pending(self, stage: Operations) -> None:
        stage.receipt("returns/a.csv", stage.write_file("returns/a.csv", "first"))
        stage.receipt("returns/b.csv", stage.write_file("returns/b.csv", "first"))
        stage.write_file("returns/b.csv", "second")
        assert dataset(stage.run("status"), "returns")["pending"]["files"] == 1

    def test_large_files_on_their_way(self, stage: Operations) -> None:
        stage.write_file("visits/big.bin")
        stage.upload("visits/big.bin", done=2000, parts=6144)
        (upload,) = dataset(stage.run("status"), "visits")["in_flight"]["uploads"]
        assert (upload["key"], upload["parts_done"], upload["parts"]) == ("visits/big.bin", 2000, 6144)

    def test_what_is_tried_again_and_when(self, stage: Operations) -> None:
        stage.write_file("visits/a.csv")
        stage.trouble("visits/a.csv", "retrying", next=time.time() + 240)
        outcome = stage.run("status")
        held = dataset(outcome, "visits")["in_flight"]
        assert outcome.code == 0
        assert held["retrying"] == 1
        assert 0 < seconds_since(held["next_try"], json.loads(outcome.out)["at"]) <= 240

    def test_what_is_dead_and_why_each_key_once(self, stage: Operations) -> None:
        for name in ("a", "b"):
            stage.write_file(f"visits/{name}")
            stage.trouble(f"visits/{name}")
        stage.bury_denied("visits/a")
        stage.bury(body_of("visits/crashed"))
        outcome = stage.run("status")
        dead = {one["cause"]: (one["count"], one["code"]) for one in dataset(outcome, "visits")["dead"]}
        assert outcome.code == 1
        assert dead == {"refused": (2, "AccessDenied"), "crashed": (1, None)}

    def test_dead_letters_stay_where_they_are_and_can_be_had_at_once(self, stage: Operations) -> None:
        bodies = sorted(body_of(f"visits/{number}") for number in range(25))
        for body in bodies:
            stage.bury(body)
        outcome = stage.run("status")
        assert json.loads(outcome.out)["queue"]["dead_letters_read"] == 25
        assert stage.bodies(stage.dead_letters) == bodies

    def test_what_belongs_to_no_dataset(self, stage: Operations) -> None:
        stage.bury("nonsense", cause="bad_message")
        stage.bury(body_of("gone/a"), cause="no_route", dataset="gone", key="gone/a")
        outcome = stage.run("status")
        assert outcome.code == 1
        assert [one["cause"] for one in json.loads(outcome.out)["no_dataset"]["dead"]] == ["bad_message", "no_route"]

    def test_when_a_file_was_last_delivered(self, stage: Operations) -> None:
        stage.delivered("visits", 600)
        stage.delivered("visits", 300)
        stage.delivered("visits", 30, count=0)
        stage.delivered("old", 4 * 86_400)
        outcome = stage.run("status")
        at = json.loads(outcome.out)["at"]
        assert 300 <= seconds_since(at, dataset(outcome, "visits")["last_delivered"]) < 420
        assert 4 * 86_400 <= seconds_since(at, dataset(outcome, "old")["last_delivered"]) < 4 * 86_400 + 3_660
        assert dataset(outcome, "returns")["last_delivered"] is None

    def test_the_queue_as_a_whole_and_the_last_sweep(self, stage: Operations) -> None:
        stage.sqs.send_message(QueueUrl=stage.queue, MessageBody=body_of("visits/a"))
        stage.sqs.send_message(QueueUrl=stage.queue, MessageBody=body_of("visits/b"), DelaySeconds=60)
        stage.bury_denied("visits/c")
        stage.note("sweep", before=1.0, started=1_790_000_000, finished=None, found=2, listed=1000)
        held = json.loads(stage.run("status").out)
        counted = {name: held["queue"][name] for name in ("waiting", "in_flight", "delayed", "dead_letters")}
        assert counted == {"waiting": 1, "in_flight": 0, "delayed": 1, "dead_letters": 1}
        assert (held["sweep"]["finished"], held["sweep"]["found"]) == (None, 2)

    def test_only_the_datasets_that_are_named(self, stage: Operations) -> None:
        stage.write_file("visits/a")
        stage.trouble("visits/a")
        outcome = stage.run("status", "old")
        assert [one["dataset"] for one in json.loads(outcome.out)["datasets"]] == ["old"]
        assert outcome.code == 0

    def test_text_fits_a_hundred_columns_and_says_what_to_do(self, stage: Operations) -> None:
        long = "a_dataset_with_quite_a_long_name_" + "x" * 20
        stage.write(f"push_datasets/{long}.yaml", f"name: {long}\nbucket: {'b' * 60}\nusers: [alpha_user_one]\n")
        stage.write_file("visits/a.csv")
        stage.bury_denied("visits/a.csv")
        outcome = stage.run("status", "--format", "text")
        assert (
            "visits: 1 dead, refused: AccessDenied at CopyObject on target-bucket [oldest 10 min]\n"
            "    let export_visits put objects into target-bucket\n"
        ) in outcome.out
        assert max(map(len, outcome.out.splitlines())) == 100
        assert (
            outcome.err == "4 push datasets; 1 file pending; 1 dead: mend what keeps them, then `provisioner redrive`\n"
        )


class TestNoAnswer:
    def test_before_anything_is_deployed(self, stage: Operations) -> None:
        settings = (stage.root / "Pulumi.prod.yaml").read_text(encoding="utf-8")
        stage.write("Pulumi.prod.yaml", f"{settings}  data-engineering-exports:export_bucket: not-there\n")
        outcome = stage.run("status")
        assert (outcome.code, outcome.out) == (69, "")
        assert "is not there: apply first" in outcome.err

    def test_without_the_queues(self, stage: Operations) -> None:
        stage.sqs.delete_queue(QueueUrl=stage.dead_letters)
        outcome = stage.run("status")
        stage.sqs.create_queue(QueueName=stage.settings.dead_letters)
        assert (outcome.code, outcome.out) == (69, "")
        assert "the queue export-forwarder-dead-letters is not there: apply first" in outcome.err

    @pytest.mark.parametrize("command", ["status", "redrive"])
    def test_with_credentials_of_another_account(self, stage: Operations, command: str) -> None:
        env = {**stage.environment(), "AWS_ACCESS_KEY_ID": THEIRS}
        outcome = stage.run(command, *["--yes"] * (command == "redrive"), env=env)
        assert (outcome.code, outcome.out) == (69, "")
        assert f"the AWS credentials are of account {THEIRS}, and the datasets live in {OURS}" in outcome.err

    @pytest.mark.parametrize("command", ["status", "redrive"])
    def test_without_credentials(self, stage: Operations, command: str) -> None:
        env = {key: text for key, text in stage.environment().items() if not key.startswith("AWS_ACCESS_KEY")}
        outcome = stage.run(command, *["--yes"] * (command == "redrive"), env=env)
        assert (outcome.code, outcome.out) == (69, "")
        assert "there are no AWS credentials" in outcome.err

    @pytest.mark.parametrize("command", ["status", "redrive"])
    def test_of_a_name_that_no_push_dataset_has(self, stage: Operations, command: str) -> None:
        outcome = stage.run(command, "visit", *["--yes"] * (command == "redrive"))
        assert (outcome.code, outcome.err) == (
            2,
            "provisioner: there is no push dataset 'visit'; did you mean 'visits'?\n",
        )
