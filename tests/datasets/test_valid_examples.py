"""Right files that a stricter or sloppier reader would refuse or misread, and what they say."""

import datetime
from pathlib import Path

import pytest

from provisioner.datasets.model import AzureReader, GoogleReader, PullDataset, PushDataset, Reader
from provisioner.reading.problem import Place
from tests.datasets.cases import EXAMPLES, cases, check_case


@pytest.mark.parametrize("case", cases("valid"), ids=lambda case: case.name)
def test_a_right_file_has_no_problem(case: Path) -> None:
    checked = check_case(case)
    assert checked.problems == ()
    assert len(checked.catalogue) == checked.files


def push(case: str) -> PushDataset:
    (dataset,) = check_case(EXAMPLES / "valid" / case).catalogue.push
    return dataset


def pull(case: str) -> PullDataset:
    (dataset,) = check_case(EXAMPLES / "valid" / case).catalogue.pull
    return dataset


def test_every_key_of_a_push_dataset_is_read() -> None:
    assert push("every_key_of_a_push_dataset") == PushDataset(
        name="visits",
        description="Booked and attended visits",
        contact="#visits-data",
        bucket="target-bucket",
        bucket_account="123456789012",
        users=("alpha_user_one",),
        keep_files=True,
        kms_key_arn="arn:aws:kms:eu-west-1:123456789012:key/mrk-1a2b3c4d",
        paperwork=("DSA-2026-031",),
        expires=datetime.date(2027, 3, 31),
        retired=False,
        sealed=True,
        file="push_datasets/visits.yaml",
        places={
            "name": Place(1, 1),
            "description": Place(2, 1),
            "contact": Place(3, 1),
            "bucket": Place(4, 1),
            "bucket_account": Place(5, 1),
            "users": Place(6, 1),
            "keep_files": Place(8, 1),
            "kms_key_arn": Place(9, 1),
            "paperwork": Place(10, 1),
            "expires": Place(12, 1),
            "status": Place(13, 1),
            "sealed": Place(14, 1),
        },
    )


def test_every_key_of_a_pull_dataset_is_read() -> None:
    role = "arn:aws:iam::123456789012:role/role-name-1"
    assert pull("every_key_of_a_pull_dataset") == PullDataset(
        name="extracts",
        description="Monthly extracts",
        contact="extracts@example.com",
        pull_arns=(Reader(role, "123456789012", "role", "role-name-1"),),
        pull_google=(GoogleReader("103456789012345678901", "https://data-exports.example.com"),),
        pull_azure=(
            AzureReader(
                "1a2b3c4d-0000-1111-2222-333344445555",
                "api://5e6f7a8b-0000-1111-2222-333344445555",
                "9c0d1e2f-0000-1111-2222-333344445555",
            ),
        ),
        users=("alpha_user_one",),
        allow_push=True,
        bucket_versioning=True,
        paperwork=("DSA-2026-044",),
        expires=datetime.date(2027, 3, 31),
        retired=True,
        sealed=True,
        file="pull_datasets/extracts.yaml",
        places={
            "name": Place(1, 1),
            "description": Place(2, 1),
            "contact": Place(3, 1),
            "pull_arns": Place(4, 1),
            "users": Place(6, 1),
            "allow_push": Place(8, 1),
            "bucket_versioning": Place(9, 1),
            "paperwork": Place(10, 1),
            "expires": Place(11, 1),
            "status": Place(12, 1),
            "sealed": Place(13, 1),
            "pull_google": Place(14, 1),
            "pull_azure": Place(17, 1),
        },
    )


def test_guids_are_read_in_lower_case_as_tokens_have_them() -> None:
    dataset = pull("readers_outside_aws")
    assert dataset.pull_arns == ()
    assert {reader.tenant for reader in dataset.pull_azure} == {"1a2b3c4d-0000-1111-2222-333344445555"}
    assert {reader.object_id for reader in dataset.pull_azure} == {"9c0d1e2f-0000-1111-2222-333344445555"}


def test_what_is_not_written_has_its_default() -> None:
    catalogue = check_case(EXAMPLES / "valid" / "seed_document").catalogue
    (to_push,) = catalogue.push
    (to_pull,) = catalogue.pull
    for dataset in (to_push, to_pull):
        assert dataset.description is None
        assert dataset.contact is None
        assert dataset.paperwork == ()
        assert dataset.expires is None
        assert not dataset.retired
        assert not dataset.sealed
    assert not to_push.keep_files
    assert to_push.bucket_account is None
    assert to_push.kms_key_arn is None
    assert not to_pull.allow_push
    assert not to_pull.bucket_versioning


def test_the_examples_of_the_seed_document_say_what_they_said() -> None:
    catalogue = check_case(EXAMPLES / "valid" / "seed_document").catalogue
    (to_push,) = catalogue.push
    (to_pull,) = catalogue.pull
    assert (to_push.name, to_push.bucket) == ("new_project", "target-bucket-name")
    assert to_push.users == to_pull.users == ("alpha_user_one", "alpha_user_two")
    assert [reader.name for reader in to_pull.pull_arns] == ["role-name-1", "role-name-2"]


def test_quotes_and_block_strings_are_taken_off() -> None:
    dataset = push("quotes_and_block_strings")
    assert dataset.bucket == "target-bucket"
    assert dataset.description == "Booked and attended visits, pseudonymised"
    assert dataset.contact == "visits-team@example.com"
    assert dataset.users == ("alpha_user_one", "alpha_user_two", "alpha_user_three")
    assert dataset.paperwork == ("It's DSA-2026: part 17 # of 20",)


def test_comments_are_not_part_of_values() -> None:
    dataset = push("comments_and_blank_lines")
    assert (dataset.name, dataset.bucket) == ("visits", "target-bucket")
    assert dataset.users == ("alpha_user_one", "alpha_user_two")
    assert dataset.places == {"name": Place(4, 1), "bucket": Place(6, 1), "users": Place(7, 1)}


def test_a_carriage_return_is_not_part_of_a_value() -> None:
    dataset = push("crlf_line_ends")
    assert (dataset.name, dataset.bucket, dataset.users) == ("visits", "target-bucket", ("alpha_user_one",))
    assert dataset.description == "Booked visits"
    assert dataset.keep_files


@pytest.mark.parametrize(("case", "line"), [("byte_order_mark", 1), ("byte_order_mark_and_crlf", 2)])
def test_a_byte_order_mark_is_neither_part_of_the_first_key_nor_counted(case: str, line: int) -> None:
    assert pull(case).places["name"] == Place(line, 1)


def test_keys_in_one_line_have_their_columns() -> None:
    dataset = push("flow_style")
    assert dataset.places == {
        "name": Place(1, 2),
        "bucket": Place(1, 20),
        "users": Place(1, 47),
        "keep_files": Place(1, 94),
    }


@pytest.mark.parametrize("case", ["expires_plain", "expires_quoted"])
def test_a_date_is_a_date_with_or_without_quotes(case: str) -> None:
    assert push(case).expires == datetime.date(2027, 3, 31)


def test_true_and_false_may_be_capitalised() -> None:
    catalogue = check_case(EXAMPLES / "valid" / "true_and_false_in_any_case").catalogue
    assert [(dataset.keep_files, dataset.sealed) for dataset in catalogue.push] == [(True, False)]
    assert [(dataset.allow_push, dataset.bucket_versioning) for dataset in catalogue.pull] == [(True, False)]


def test_a_reader_has_account_kind_and_name_without_its_path() -> None:
    (reader,) = pull("reader_of_a_permission_set").pull_arns
    assert reader == Reader(
        "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-2/AWSReservedSSO_x_1a2b",
        "123456789012",
        "role",
        "AWSReservedSSO_x_1a2b",
    )
    assert [(reader.kind, reader.name) for reader in pull("reader_that_is_a_user").pull_arns] == [
        ("user", "button_58240"),
        ("user", "Some.Body+x=y,z@example.com"),
    ]


def test_paperwork_is_a_text_or_a_list() -> None:
    assert push("paperwork_as_a_text").paperwork == ("https://example.com/agreements/2026-17",)
    assert push("paperwork_as_a_list").paperwork == ("DSA-2026-031", "https://example.com/agreements/2026-31")


def test_texts_in_quotes_stay_texts() -> None:
    dataset = push("texts_that_look_like_something_else")
    assert (dataset.description, dataset.contact) == ("yes", "17")
    assert dataset.paperwork == ("2026-11-22", "~", "true")
