"""`provisioner explain`: where, who, until when, the commands, and the JSON that the other side adds."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.checkout import PULL, PUSH, Checkout

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = sorted(ROOT.glob("*_datasets/*.yaml"))
KMS_KEY: Final = "arn:aws:kms:eu-west-2:444455556666:key/1a2b"

by_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")


@pytest.fixture
def examples(empty: Checkout) -> Checkout:
    """The repository's own datasets and settings."""
    for folder in ("push_datasets", "pull_datasets"):
        shutil.copytree(ROOT / folder, empty.root / folder)
    shutil.copy(ROOT / "Pulumi.prod.yaml", empty.root)
    return empty


def documents(text: str) -> Iterator[tuple[str, Any]]:
    """Each JSON in an explanation, with the place it is said to belong to."""
    lines = iter(text.splitlines())
    for line in lines:
        place = line.removeprefix("  Add this statement to ").removeprefix("  Add these statements to ")
        if place == line:
            continue
        shown = ""
        for part in lines:
            shown += part
            if part in ("    }", "    ]"):
                break
        yield place.removesuffix(":"), json.loads(shown)


def explained(checkout: Checkout, *arguments: str) -> list[dict[str, Any]]:
    outcome = checkout.run("explain", *arguments, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    read = json.loads(outcome.out)
    assert read["version"] == 1
    datasets: list[dict[str, Any]] = read["datasets"]
    return datasets


def text(checkout: Checkout, *arguments: str) -> str:
    outcome = checkout.run("explain", *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome.out


@by_example
class TestEveryExample:
    @pytest.fixture
    def arguments(self, example: Path) -> tuple[str, ...]:
        return (example.stem, "--kind", example.parent.name.removesuffix("_datasets"))

    def test_the_json_in_the_text_is_that_of_the_json_format(
        self, examples: Checkout, arguments: tuple[str, ...]
    ) -> None:
        (dataset,) = explained(examples, *arguments)
        wanted = []
        for one in dataset["other_side"]:
            statements = one["document"]["Statement"]
            wanted.append((one["add_to"], statements if len(statements) > 1 else statements[0]))
        assert wanted or dataset["other_clouds"]
        assert list(documents(text(examples, *arguments))) == wanted

    def test_it_says_where_the_files_are_and_who_gets_them(
        self, examples: Checkout, arguments: tuple[str, ...], example: Path
    ) -> None:
        (dataset,) = explained(examples, *arguments)
        said = text(examples, *arguments)
        if dataset["kind"] == "push":
            assert f"s3://mojap-hub-exports/{example.stem}/" in said
        else:
            assert f"s3://mojap-{example.stem.replace('_', '-')}/" in said
        for grant in dataset["grants"]:
            assert grant["principal"].rpartition("/")[2] in said
            assert f"s3://{grant['bucket']}/{grant['prefix']}" in said

    def test_every_command_stands_on_a_line_of_its_own(self, examples: Checkout, arguments: tuple[str, ...]) -> None:
        (dataset,) = explained(examples, *arguments)
        lines = text(examples, *arguments).splitlines()
        assert [f"  {command}" for command in dataset["commands"] if f"  {command}" not in lines] == []

    def test_it_says_until_when(self, examples: Checkout, arguments: tuple[str, ...], example: Path) -> None:
        ends = "expires: 2040-03-31" in example.read_text()
        assert ("until the end of 2040-03-31 (UTC)" in text(examples, *arguments)) == ends


class TestPush:
    def test_the_delivery_role_is_let_into_the_target_prefix_alone(self, checkout: Checkout) -> None:
        ((place, statements),) = documents(text(checkout, "visits"))
        assert place == "the policy of the bucket target-bucket"
        delivery_role = "arn:aws:iam::111122223333:role/export_visits"
        for statement in statements:
            assert statement["Effect"] == "Allow"
            assert statement["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
            assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": delivery_role}
        # Of the bucket itself it may only know which uploads are not finished.
        bucket, objects = statements
        assert bucket["Resource"] == "arn:aws:s3:::target-bucket"
        assert bucket["Action"] == ["s3:ListBucketMultipartUploads"]
        assert objects["Resource"] == "arn:aws:s3:::target-bucket/visits/*"
        assert "s3:PutObject" in objects["Action"]

    def test_it_says_which_account_owns_the_target_by_the_name_that_people_know(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", f'{PUSH}bucket_account: "444455556666"\n')
        said = text(checkout, "visits")
        assert "in account 444455556666 (Performance Hub)" in said
        assert "It writes only while the bucket is owned by account 444455556666 (Performance Hub)" in said
        assert "does not say which account" not in said
        (dataset,) = explained(checkout, "visits")
        assert (dataset["bucket_account"], dataset["bucket_account_name"]) == ("444455556666", "Performance Hub")

    def test_it_says_that_nobody_said_which_account_owns_the_target(self, checkout: Checkout) -> None:
        assert "The dataset's file does not say which account owns the bucket." in text(checkout, "visits")
        (dataset,) = explained(checkout, "visits")
        assert (dataset["bucket_account"], dataset["bucket_account_name"]) == (None, None)

    def test_with_a_kms_key_the_keys_policy_is_shown_too(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", f"{PUSH}kms_key_arn: {KMS_KEY}\n")
        (bucket, _), (key, statement) = documents(text(checkout, "visits"))
        assert (bucket, key) == ("the policy of the bucket target-bucket", f"the policy of the key {KMS_KEY}")
        assert statement["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
        delivery_role = "arn:aws:iam::111122223333:role/export_visits"
        assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": delivery_role}
        assert {"kms:GenerateDataKey", "kms:Decrypt"} <= set(statement["Action"])

    def test_it_says_what_becomes_of_the_files(self, checkout: Checkout) -> None:
        assert "deleted from the export bucket once the copy is verified" in text(checkout, "visits")
        checkout.write("push_datasets/visits.yaml", f"{PUSH}keep_files: true\n")
        assert "deleted from the export bucket" not in text(checkout, "visits")

    def test_a_retired_one_shows_no_way_to_write(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", f"{PUSH}status: retired\n")
        said = text(checkout, "visits")
        assert "Retired: " in said
        assert "aws s3 cp" not in said
        verbs = {(grant["as"], grant["verb"]) for grant in explained(checkout, "visits")[0]["grants"]}
        assert ("user", "write") not in verbs


class TestPull:
    def test_the_readers_own_policy_is_shown(self, checkout: Checkout) -> None:
        ((place, statements),) = documents(text(checkout, "extracts"))
        assert place == "the identity policy of role/reader of Performance Hub"
        assert [statement["Effect"] for statement in statements] == ["Allow", "Allow"]
        assert [statement["Resource"] for statement in statements] == [
            ["arn:aws:s3:::mojap-extracts"],
            ["arn:aws:s3:::mojap-extracts/*"],
        ]

    def test_an_outsider_is_shown_with_the_name_of_the_account(self, checkout: Checkout) -> None:
        assert "role/etl/reader in account 444455556666 (Performance Hub)" in text(checkout, "extracts")

    def test_an_account_that_nobody_knows_is_called_that(self, checkout: Checkout) -> None:
        checkout.write("pull_datasets/extracts.yaml", PULL.replace("444455556666", "999988887777"))
        assert "role/etl/reader in account 999988887777 (not a known account)" in text(checkout, "extracts")

    def test_a_reader_of_our_own_account_has_nothing_to_add(self, checkout: Checkout) -> None:
        checkout.write("pull_datasets/extracts.yaml", PULL.replace("444455556666", "111122223333"))
        said = text(checkout, "extracts")
        assert "role/etl/reader in our own account" in said
        assert said.endswith("There is nothing to add.\n")

    def test_readers_that_may_write_are_said_to(self, checkout: Checkout) -> None:
        assert "may read and list s3://mojap-extracts/" in text(checkout, "extracts")
        checkout.write("pull_datasets/extracts.yaml", f"{PULL}allow_push: true\n")
        assert "may read and list" not in text(checkout, "extracts")

    def test_a_retired_one_gives_nobody_outside_anything(self, checkout: Checkout) -> None:
        checkout.write("pull_datasets/extracts.yaml", f"{PULL}status: retired\n")
        said = text(checkout, "extracts")
        assert said.endswith("There is nothing to add.\n")
        assert "444455556666" not in said
        assert "aws s3 cp" not in said


class TestNames:
    def test_both_kinds_of_a_name_are_explained(self, examples: Checkout) -> None:
        said = text(examples, "new_project")
        assert said.index("new_project, a push dataset") < said.index("new_project, a pull dataset")
        assert [dataset["kind"] for dataset in explained(examples, "new_project")] == ["push", "pull"]

    def test_one_kind_of_it_may_be_chosen(self, examples: Checkout) -> None:
        assert "a push dataset" not in text(examples, "new_project", "--kind", "pull")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("vists",), "there is no push or pull dataset 'vists'; did you mean 'visits'?"),
            (("vists", "--kind", "push"), "there is no push dataset 'vists'; did you mean 'visits'?"),
            (("visits", "--kind", "pull"), "there is no pull dataset 'visits'"),
            (("qqq",), "there is no push or pull dataset 'qqq'"),
        ],
    )
    def test_a_name_that_is_none_is_a_wrong_call_that_names_the_nearest(
        self, checkout: Checkout, arguments: tuple[str, ...], said: str
    ) -> None:
        outcome = checkout.run("explain", *arguments)
        assert (outcome.code, outcome.out, outcome.err) == (2, "", f"provisioner: {said}\n")


class TestBroken:
    @pytest.mark.parametrize("style", ["text", "json"])
    def test_the_problems_of_its_own_file_are_shown_instead(self, checkout: Checkout, style: str) -> None:
        checkout.write("push_datasets/visits.yaml", f"{PUSH}expires: soon\n")
        outcome = checkout.run("explain", "visits", "--format", style)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith("push_datasets/visits.yaml:5:10: 'soon' is not a date")

    @pytest.mark.parametrize("broken", ["name: \x00", "- a\n", "name: other\nexpires: soon\n"])
    def test_a_neighbour_that_is_broken_changes_nothing(self, checkout: Checkout, broken: str) -> None:
        alone = text(checkout, "visits")
        checkout.write("push_datasets/other.yaml", broken)
        checkout.write("pull_datasets/notes.txt", "")
        assert text(checkout, "visits") == alone

    def test_one_whose_last_day_has_passed_can_still_be_explained(self, checkout: Checkout) -> None:
        checkout.write("push_datasets/visits.yaml", f"{PUSH}expires: 2020-01-31\n")
        assert "until the end of 2020-01-31 (UTC)" in text(checkout, "visits")
