"""`provisioner can`: yes or no by the exit code, the statement that decides in words, and the JSON."""

import json
from typing import Any

import pytest

from tests.cli.checkout import PULL, PUSH, Checkout

READER = "arn:aws:iam::444455556666:role/etl/reader"
ADMIN = "arn:aws:iam::111122223333:role/admin"
FILE = "s3://mojap-extracts/file.csv"


def asked(checkout: Checkout, *arguments: str, code: int = 0) -> str:
    outcome = checkout.run("can", *arguments)
    assert (outcome.code, outcome.err) == (code, "")
    return outcome.out


def as_json(checkout: Checkout, *arguments: str, code: int = 0) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(asked(checkout, *arguments, "--format", "json", code=code))
    return read


def test_a_yes_is_exit_code_0_with_the_statement_that_allows_it(checkout: Checkout) -> None:
    said = asked(checkout, "alpha_user_one", "write", "s3://mojap-hub-exports/visits/f.csv", "--at", "2027-01-01")
    assert said == (
        "yes: alpha_user_one may write (s3:PutObject) s3://mojap-hub-exports/visits/f.csv on 2027-01-01 (UTC)\n"
        "  Everything that must allow it does:\n"
        "    Grant4 in the managed policy data-exports-role-alpha_user_one-1\n"
        "      Allow s3:PutObject (of 4)\n"
        "      on arn:aws:s3:::mojap-hub-exports/visits/*\n"
    )


def test_a_no_is_exit_code_1_with_what_is_left_open_and_what_is_allowed_instead(checkout: Checkout) -> None:
    said = asked(checkout, "alpha_user_one", "s3:getobject", "s3://mojap-hub-exports/visits/f.csv", code=1)
    assert said.startswith("no: alpha_user_one may not read (s3:GetObject) s3://mojap-hub-exports/visits/f.csv on ")
    assert "  Nothing of this repository allows it.\n" in said
    assert "a policy from elsewhere, with `s3:*` on `*`, would allow it" in said
    assert said.endswith("  In this bucket it may\n    write and list s3://mojap-hub-exports/visits/\n")


def test_somebody_of_another_account_may_if_that_account_lets_him(checkout: Checkout) -> None:
    said = asked(checkout, READER, "read", FILE)
    assert "yes: role/etl/reader in account 444455556666 (Performance Hub) may read" in said
    assert "OutsideReaders in the policy of the bucket mojap-extracts" in said
    assert f"if aws:PrincipalArn ArnEquals {READER}" in said
    assert "The principal is of another account, which has to let it too." in said


def test_a_session_is_its_role(checkout: Checkout) -> None:
    session = "arn:aws:sts::444455556666:assumed-role/reader/somebody"
    assert asked(checkout, session, "read", FILE) == asked(checkout, READER, "read", FILE)


def test_a_seal_refuses_an_administrator(checkout: Checkout) -> None:
    assert "would allow it" in asked(checkout, ADMIN, "read", FILE, code=1)
    checkout.write("pull_datasets/extracts.yaml", f"{PULL}sealed: true\n")
    said = asked(checkout, ADMIN, "read", FILE, code=1)
    assert (
        "A statement denies it, whatever others allow:\n    Sealed in the policy of the bucket mojap-extracts" in said
    )
    assert "would allow it" not in said


def test_of_a_long_condition_the_text_shows_some_values_and_counts_the_others(checkout: Checkout) -> None:
    users = "".join(f"  - alpha_user_{name}\n" for name in "abcd")
    checkout.write("pull_datasets/extracts.yaml", f"{PULL}{users}sealed: true\n")
    said = asked(checkout, ADMIN, "read", FILE, code=1)
    role = "arn:aws:iam::111122223333:role/alpha_user_"
    shown = [f"{role}a", f"{role}b", f"{role}c", "and 4 more"]
    assert said.endswith("      if aws:PrincipalArn ArnNotEquals\n" + "".join(f"        {one}\n" for one in shown))


def test_the_day_decides(checkout: Checkout) -> None:
    checkout.write("pull_datasets/extracts.yaml", f"{PULL}expires: 2027-03-31\n")
    assert asked(checkout, READER, "read", FILE, "--at", "2027-03-31").startswith("yes")
    said = asked(checkout, READER, "read", FILE, "--at", "2027-04-01", code=1)
    assert "What allowed it has ended:" in said
    assert "if aws:CurrentTime DateLessThan 2027-04-01T00:00:00Z" in said


def test_a_delivery_role_may_write_to_its_target_if_its_owner_lets_it(checkout: Checkout) -> None:
    said = asked(checkout, "export_visits", "write", "s3://target-bucket/visits/f")
    assert (
        "DeliveryOfVisits in the policy of the bucket target-bucket, as `provisioner explain visits` prints it" in said
    )
    assert "The bucket's owner has to have added to its policy what `provisioner explain` prints." in said


def test_a_role_of_the_workflows_sees_names_and_reads_nothing(checkout: Checkout) -> None:
    checkout.settings({"account_id": '"111122223333"', "repository": "example-org/exports"})
    said = asked(checkout, "data-exports-preview", "list", "s3://mojap-extracts/")
    assert "yes: the workflow role data-exports-preview may list" in said
    assert "ReadBuckets in the policy preview of the role data-exports-preview" in said
    asked(checkout, "data-exports-apply", "read", FILE, code=1)


def test_the_json_says_the_same(checkout: Checkout) -> None:
    held = as_json(checkout, READER, "read", FILE, "--at", "2027-01-01")
    (deciding,) = held.pop("deciding")
    assert held == {
        "version": 1,
        "principal": {
            "arn": READER,
            "as": "reader",
            "account": "444455556666",
            "account_name": "Performance Hub",
        },
        "action": "s3:GetObject",
        "bucket": "mojap-extracts",
        "key": "file.csv",
        "bucket_account": "111122223333",
        "at": "2027-01-01",
        "allowed": True,
        "reason": "allowed",
        "notes": ["their-policies"],
        "instead": [],
    }
    assert (deciding["policy"], deciding["supposed"]) == ("the policy of the bucket mojap-extracts", False)
    assert deciding["statement"]["Sid"] == deciding["sid"] == "OutsideReaders"
    assert deciding["statement"]["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [READER]}}


def test_the_json_of_a_no_says_what_is_allowed_instead(checkout: Checkout) -> None:
    held = as_json(checkout, "alpha_user_one", "read", "s3://mojap-hub-exports/visits/f", code=1)
    assert (held["allowed"], held["reason"], held["notes"]) == (False, "not-allowed", ["other-policies"])
    assert [(one["prefix"], one["verbs"], one["dataset"]) for one in held["instead"]] == [
        ("visits/", ["write", "list"], "visits")
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("alpha_user_on", "read", FILE), "no dataset names 'alpha_user_on'; did you mean 'alpha_user_one'?"),
        (("444455556666", "read", FILE), "'444455556666' is a whole account, and no principal"),
        ((READER, "raed", FILE), "'raed' is neither a verb (read, write, list, delete) nor an S3 action"),
        ((READER, "read", "s3://mojap-extract/f"), "no dataset has or names the bucket 'mojap-extract'; did you mean"),
        ((READER, "read", "mojap-extracts"), "'mojap-extracts' is no place in S3"),
        ((READER, "read", FILE, "--at", "soon"), "'soon' is not a date: write one such as 2026-03-31"),
    ],
)
def test_what_is_not_known_is_a_wrong_call(checkout: Checkout, arguments: tuple[str, ...], said: str) -> None:
    outcome = checkout.run("can", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_with_problems_in_any_file_nothing_is_answered(checkout: Checkout) -> None:
    checkout.write("push_datasets/visits.yaml", f"{PUSH}expires: soon\n")
    outcome = checkout.run("can", READER, "read", FILE)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("push_datasets/visits.yaml:5:10: 'soon' is not a date")
    assert outcome.err.endswith("provisioner: the files have problems, and nothing was answered\n")
