"""`provisioner stacks`, and what the other commands say of a stack that shares another's settings."""

import json

import pytest

from tests.cli.checkout import PULL, PUSH, SETTINGS, Checkout

SPLIT = {**SETTINGS, "dataset_stacks": "2"}


@pytest.fixture
def split(empty: Checkout) -> Checkout:
    """A checkout of two datasets, one user and two dataset stacks."""
    empty.settings(SPLIT)
    empty.write("push_datasets/visits.yaml", PUSH)
    empty.write("pull_datasets/extracts.yaml", PULL)
    return empty


def test_the_json_has_each_thing_in_one_stack_and_the_shared_one_first(split: Checkout) -> None:
    outcome = split.run("stacks", "--format", "json")
    stacks = json.loads(outcome.out)["stacks"]
    assert outcome.code == 0
    assert [(one["name"], one["shared"], one["file"]) for one in stacks] == [
        ("prod", True, "Pulumi.prod.yaml"),
        ("prod-1", False, "Pulumi.prod-1.yaml"),
        ("prod-2", False, "Pulumi.prod-2.yaml"),
    ]
    assert stacks[0]["push"] + stacks[0]["pull"] + stacks[0]["people"] == []
    assert sorted(name for one in stacks for key in ("push", "pull", "people") for name in one[key]) == [
        "alpha_user_one",
        "extracts",
        "visits",
    ]


def test_the_text_counts_them(split: Checkout) -> None:
    lines = split.run("stacks").out.splitlines()
    assert lines[0].split() == ["stack", "push", "pull", "people", "file"]
    counts = [[int(count) for count in line.split()[1:4]] for line in lines[1:]]
    assert [sum(column) for column in zip(*counts, strict=True)] == [1, 1, 1]


def test_the_names_are_for_a_loop(split: Checkout) -> None:
    assert split.run("stacks", "--format", "names").out == "prod\nprod-1\nprod-2\n"


def test_where_the_state_is_in_a_bucket_a_stack_without_its_file_is_called_out(split: Checkout) -> None:
    split.settings({**SPLIT, "state_bucket": "example-state"})
    split.write("Pulumi.prod-1.yaml", "secretsprovider: awskms:///key\n")
    outcome = split.run("stacks")
    assert outcome.code == 1
    assert outcome.err.startswith("Pulumi.prod-2.yaml is missing: make it with `pulumi stack init prod-2`")
    assert len(outcome.err.splitlines()) == 1
    split.write("Pulumi.prod-2.yaml", "secretsprovider: awskms:///key\n")
    assert split.run("stacks").code == 0


def test_the_script_moves_what_changes_stack_and_nothing_where_nothing_does(split: Checkout) -> None:
    script = split.run("stacks", "--from", "0").out
    assert script.count("--source prod --dest prod-") == script.count("pulumi state move --yes")
    assert script.count("urn:pulumi:prod::data-engineering-exports::provisioner:resources:") == 3
    assert "pulumi state move" not in split.run("stacks", "--from", "2").out


@pytest.mark.parametrize("number", ["-1", "65"])
def test_a_number_that_cannot_be_is_wrong_usage(split: Checkout, number: str) -> None:
    outcome = split.run("stacks", f"--from={number}")
    assert (outcome.code, outcome.out) == (2, "")
    assert "from 0 to 64" in outcome.err


@pytest.mark.parametrize(
    "command",
    [["validate"], ["plan", "--base", "."], ["explain", "visits"], ["status"], ["stacks"], ["check-live"]],
    ids=lambda command: str(command[0]),
)
def test_a_dataset_stack_is_refused_with_the_stack_to_write_instead(split: Checkout, command: list[str]) -> None:
    split.write("Pulumi.prod-2.yaml", "secretsprovider: awskms:///key\n")
    outcome = split.run(*command, "--stack", "prod-2")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith("write --stack prod\n")


def test_a_stack_that_only_looks_like_one_is_taken_for_what_it_is(split: Checkout) -> None:
    split.settings(SETTINGS, stack="prod-3")
    assert split.run("validate", "--stack", "prod-3").code == 0


def test_validate_says_when_it_is_time_for_more_stacks_and_refuses_nothing(split: Checkout) -> None:
    split.settings({**SETTINGS, "stack_size": "1"})
    outcome = split.run("validate")
    assert outcome.code == 0
    assert outcome.err.splitlines()[-1] == (
        "2 datasets in one stack are more than 1 in each, above which Pulumi becomes slow: "
        "set 'dataset_stacks' to 3 as docs/stacks.md says"
    )
    split.settings({**SETTINGS, "stack_size": "1", "dataset_stacks": "2"})
    assert "slow" not in split.run("validate").err
