"""`provisioner who`: the table of a place, a dataset, somebody or an account, and the JSON."""

import json

import pytest

from tests.cli.checkout import PULL, Checkout

READER = "arn:aws:iam::444455556666:role/etl/reader"


def listed(checkout: Checkout, *arguments: str) -> str:
    outcome = checkout.run("who", *arguments)
    assert outcome.code == 0
    assert outcome.err.endswith(" (UTC)\n")
    return outcome.out


def rows(checkout: Checkout, *arguments: str) -> list[list[str]]:
    """The cells of the table."""
    lines = listed(checkout, *arguments).splitlines()
    table = lines[next(at for at, line in enumerate(lines) if line.startswith("who ")) + 1 :]
    shown = [line for line in table if line and not line.startswith(("Sealed", "Not sealed", "What the owner"))]
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in shown]


def test_a_place_with_everybody_until_when_and_by_which_dataset(checkout: Checkout) -> None:
    checkout.write("pull_datasets/extracts.yaml", f"{PULL}expires: 2027-03-31\n")
    assert rows(checkout, "s3://mojap-extracts/", "--at", "2027-01-01") == [
        ["alpha_user_one", "read, write, list, delete", "s3://mojap-extracts/", "2027-03-31", "pull extracts"],
        [
            "role/etl/reader in account 444455556666 (Performance Hub)",
            "read, list",
            "s3://mojap-extracts/",
            "2027-03-31",
            "pull extracts",
        ],
    ]
    assert "s3://mojap-extracts/: the bucket of the pull dataset extracts" in listed(checkout, "s3://mojap-extracts/")
    outcome = checkout.run("who", "extracts", "--at", "2027-04-01")
    assert (outcome.code, outcome.err) == (0, "0 principals, 0 places, on 2027-04-01 (UTC)\n")


def test_a_dataset_is_all_its_places(checkout: Checkout) -> None:
    assert [(who, may, where) for who, may, where, *_ in rows(checkout, "visits")] == [
        ("alpha_user_one", "write, list", "s3://mojap-hub-exports/visits/"),
        ("the delivery role export_visits", "read, list, delete", "s3://mojap-hub-exports/visits/"),
        ("the forwarder's role export-forwarder", "list", "s3://mojap-hub-exports/"),
        ("the delivery role export_visits", "read, write", "s3://target-bucket/visits/"),
    ]
    assert "What the owner of target-bucket lets others do there is not known here." in listed(checkout, "visits")


@pytest.mark.parametrize("somebody", ["alpha_user_one", "arn:aws:iam::111122223333:role/alpha_user_one"])
def test_somebody_is_everything_that_it_can_reach(checkout: Checkout, somebody: str) -> None:
    said = listed(checkout, somebody)
    assert said.startswith("alpha_user_one: arn:aws:iam::111122223333:role/alpha_user_one\n")
    assert [row[2] for row in rows(checkout, somebody)] == ["s3://mojap-hub-exports/visits/", "s3://mojap-extracts/"]


def test_an_account_is_everybody_of_it(checkout: Checkout) -> None:
    assert listed(checkout, "444455556666").startswith("account 444455556666 (Performance Hub)\n")
    assert [row[1] for row in rows(checkout, "444455556666")] == ["read, list"]


def test_whether_it_is_sealed_is_said(checkout: Checkout) -> None:
    assert "Not sealed: a role of our own account" in listed(checkout, "extracts")
    checkout.write("pull_datasets/extracts.yaml", f"{PULL}sealed: true\n")
    said = listed(checkout, "extracts")
    assert "Sealed: nobody else touches the files in s3://mojap-extracts/, but break-glass if its own policies" in said
    assert "Not sealed" not in said


def test_the_json_says_the_same(checkout: Checkout) -> None:
    held = json.loads(listed(checkout, READER, "--format", "json", "--at", "2027-01-01"))
    assert held == {
        "version": 1,
        "at": "2027-01-01",
        "places": [],
        "reaches": [
            {
                "principal": {
                    "arn": READER,
                    "as": "reader",
                    "account": "444455556666",
                    "account_name": "Performance Hub",
                },
                "verbs": ["read", "list"],
                "bucket": "mojap-extracts",
                "prefix": "",
                "until": None,
                "kind": "pull",
                "dataset": "extracts",
            }
        ],
    }


def test_the_json_says_of_each_place_what_it_is_and_whether_it_is_sealed(checkout: Checkout) -> None:
    checkout.write("pull_datasets/visits.yaml", PULL.replace("extracts", "visits") + "sealed: true\n")
    held = json.loads(listed(checkout, "visits", "--format", "json"))
    assert [(one["bucket"], one["as"], one["bucket_account"], one["sealed"]) for one in held["places"]] == [
        ("mojap-hub-exports", "export", "111122223333", False),
        ("target-bucket", "target", None, None),
        ("mojap-visits", "pull", "111122223333", True),
    ]


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("alpha_user_on", "'alpha_user_on' is no dataset, and nobody whom one names; did you mean 'alpha_user_one'?"),
        ("extract", "'extract' is no dataset, and nobody whom one names; did you mean 'extracts'?"),
        ("s3://mojap-extract/", "no dataset has or names the bucket 'mojap-extract'; did you mean 'mojap-extracts'?"),
    ],
)
def test_what_is_not_known_is_a_wrong_call_that_names_the_nearest(checkout: Checkout, subject: str, said: str) -> None:
    outcome = checkout.run("who", subject)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", f"provisioner: {said}\n")
