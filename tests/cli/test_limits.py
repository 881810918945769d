"""`provisioner limits` in a checkout."""

import json

from provisioner.access.occupancy import LimitKind
from tests.cli.checkout import Checkout


def test_it_shows_every_limit_what_is_fullest_and_where_the_shape_ends(checkout: Checkout) -> None:
    outcome = checkout.run("limits")
    assert outcome.code == 0
    assert "roles of the account" in outcome.out
    assert "alpha_user_one" in outcome.out
    assert "In the present shape the first limit to end is " in outcome.out
    assert outcome.err == f"{len(LimitKind)} limits, none exceeded\n"


def test_as_json_it_says_the_same(checkout: Checkout) -> None:
    outcome = checkout.run("limits", "--format", "json")
    held = json.loads(outcome.out)
    assert [one["limit"] for one in held["limits"]] == list(LimitKind)
    roles = next(one for one in held["limits"] if one["limit"] == "account-roles")
    assert (roles["most"], roles["raised"], roles["over"]) == (1_000, 10_000, False)
    assert held["summary"][0].startswith("In the present shape ")


def test_what_is_over_ends_it_with_1_and_says_what_to_do(empty: Checkout) -> None:
    for number in range(1_001):
        text = f"name: d{number}\nbucket: target-bucket\nusers: [alpha_user_one]\n"
        empty.write(f"push_datasets/d{number}.yaml", text)
    outcome = empty.run("limits")
    assert outcome.code == 1
    assert "roles of the account: 1,002 roles, 1,000 allowed; ask AWS for more, it raises this to 10,000" in outcome.out
    assert outcome.err.endswith(f" of {len(LimitKind)} limits exceeded\n")


def test_a_file_that_cannot_be_read_is_said_not_to_count(checkout: Checkout) -> None:
    checkout.write("push_datasets/wrong.yaml", "name: [\n")
    outcome = checkout.run("limits")
    assert outcome.code == 0
    assert "1 problem in the files: what cannot be read is not counted; see `validate`" in outcome.err
