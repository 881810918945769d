"""The delivery of one key: copied whole, verified, then deleted; and nothing lost when something goes wrong."""

from typing import Any, Literal

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from provisioner.forwarder import delivery

from .setting import DATASET, EXPORTS, JOURNAL, KEY, ROLE, TARGET, Post, message, new_s3, route
from .world import ACCOUNT, Content, When


def client_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r1"}}
    return ClientError(answer, "CopyObject")


def raise_error(error: Exception) -> None:
    raise error


def test_an_object_is_copied_under_the_same_key_and_then_deleted_here() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    line = Post(s3=s3).deliver()
    assert line["outcome"] == "delivered"
    assert s3.body(TARGET, KEY) == b"one"
    assert s3.current(EXPORTS, KEY) is None


def test_a_delivery_takes_three_requests_and_the_third_is_shared() -> None:
    s3 = new_s3()
    keys = [f"{DATASET}/{number}" for number in range(3)]
    for key in keys:
        s3.write(EXPORTS, key, b"one")
    Post(s3=s3).forward(*map(message, keys))
    assert s3.operations() == ["HeadObject", "CopyObject"] * 3 + ["DeleteObjects"]


def test_a_copy_lands_only_where_nothing_is_and_on_nothing_that_was_not_seen_there() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    Post(s3=s3).deliver()
    seen = s3.current(TARGET, KEY)
    assert seen is not None
    s3.write(EXPORTS, KEY, b"two")
    Post(s3=s3).deliver()
    copies = [request.parameters for request in s3.requests if request.operation == "CopyObject"]
    conditions = [(copy.get("IfNoneMatch"), copy.get("IfMatch")) for copy in copies]
    assert conditions == [("*", None), ("*", None), (None, seen.etag)]
    assert s3.body(TARGET, KEY) == b"two"


def test_deleting_leaves_the_bytes_as_a_noncurrent_version_under_a_delete_marker() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    Post(s3=s3).deliver()
    assert [version.body for version in s3.versions(EXPORTS, KEY)] == [b"one", None]


def test_metadata_and_tags_travel_with_the_object() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", metadata={"made-by": "a"}, tags={"class": "b"})
    Post(s3=s3).deliver()
    copied = s3.current(TARGET, KEY)
    assert copied is not None
    assert (copied.metadata, copied.tags) == ({"made-by": "a"}, {"class": "b"})


def test_a_dataset_that_keeps_its_files_is_copied_and_not_deleted() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    line = Post(s3=s3, routes=(route(keep_files=True),)).deliver()
    assert line["outcome"] == "kept"
    assert s3.body(TARGET, KEY) == s3.body(EXPORTS, KEY) == b"one"
    assert not {"DeleteObject", "DeleteObjects"} & {*s3.operations()}


def test_the_targets_key_encrypts_the_copy_where_the_route_names_one() -> None:
    kms_key = "arn:aws:kms:eu-west-2:444455556666:key/1234"
    s3 = new_s3()
    s3.create_bucket(TARGET, owner="444455556666", required_kms_key=kms_key)
    s3.write(EXPORTS, KEY, b"one")
    line = Post(s3=s3, routes=(route(kms_key_arn=kms_key),)).deliver()
    assert (line["outcome"], line["verified_by"]) == ("delivered", "checksum")
    copied = s3.current(TARGET, KEY)
    assert copied is not None
    assert copied.kms_key == kms_key


def test_no_access_control_list_is_sent() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    Post(s3=s3).deliver()
    [copy] = [request for request in s3.requests if request.operation == "CopyObject"]
    assert not [name for name in copy.parameters if name == "ACL" or name.startswith("Grant")]


@pytest.mark.parametrize(
    "key",
    [
        f"{DATASET}/a b.csv",
        f"{DATASET}/a+b.csv",
        f"{DATASET}/100%.csv",
        f"{DATASET}/a%2Bb.csv",
        f"{DATASET}/a%20b+c d.csv",
        f"{DATASET}/ж-日本-é-🙂.csv",
        f"{DATASET}/a/b/c/../d//e.csv",
        f"{DATASET}/?&=#'\"*.csv",
        f"{DATASET}/" + "k" * (1024 - len(DATASET) - 1),
        f"{DATASET}/" + "ж" * ((1024 - len(DATASET) - 1) // 2),
        f"{DATASET}/folder/",
        f"{DATASET}/",
    ],
)
def test_a_key_of_any_spelling_is_delivered_under_that_spelling(key: str) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, key, b"one")
    assert Post(s3=s3).deliver(key)["outcome"] == "delivered"
    assert s3.body(TARGET, key) == b"one"


@pytest.mark.parametrize("key", [KEY, f"{DATASET}/folder/"])
def test_an_object_of_no_bytes_is_an_object_and_a_folder_marker_is_one_too(key: str) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, key, b"")
    line = Post(s3=s3).deliver(key)
    assert (line["outcome"], line["size"]) == ("delivered", 0)
    assert s3.body(TARGET, key) == b""
    assert s3.current(EXPORTS, key) is None


@pytest.mark.parametrize(
    ("size", "copied_by"), [(delivery.MAX_COPY_BYTES, "CopyObject"), (delivery.MAX_COPY_BYTES + 1, "UploadPartCopy")]
)
def test_five_gibibytes_go_in_one_request_and_one_byte_more_in_parts(size: int, copied_by: str) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", size=size)
    line = Post(s3=s3, threshold=delivery.MAX_COPY_BYTES).deliver()
    assert (line["outcome"], line["size"]) == ("delivered", size)
    assert {"CopyObject", "UploadPartCopy"} & {*s3.operations()} == {copied_by}
    copied = s3.current(TARGET, KEY)
    assert copied is not None
    assert (copied.body, copied.size) == (b"one", size)


# Verification.


def test_a_full_object_checksum_verifies_the_copy() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    assert Post(s3=s3).deliver()["verified_by"] == "checksum"


@pytest.mark.parametrize("checksum_type", ["COMPOSITE", None])
def test_without_comparable_checksums_the_size_verifies_the_copy(
    checksum_type: Literal["COMPOSITE"] | None,
) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type=checksum_type)
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["verified_by"]) == ("delivered", "size")


@pytest.mark.parametrize(
    ("checksum_type", "other"),
    [("FULL_OBJECT", b"longer"), ("FULL_OBJECT", b"two"), ("COMPOSITE", b"longer"), (None, b"longer")],
)
def test_a_copy_of_other_size_or_checksum_fails_and_nothing_is_deleted(
    checksum_type: Literal["FULL_OBJECT", "COMPOSITE"] | None, other: bytes
) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type=checksum_type)
    s3.carry = lambda _content: Content.of(other)
    post = Post(s3=s3)
    line = post.deliver()
    assert (line["outcome"], "verified_by" in line and line["verified_by"]) == ("not_verified", None)
    assert "look for another writer of that key in the target bucket" in line["advice"]
    assert s3.body(EXPORTS, KEY) == b"one"
    assert not {"DeleteObject", "DeleteObjects"} & {*s3.operations()}
    s3.carry = lambda content: content
    assert post.deliver()["outcome"] == "delivered"
    assert s3.body(TARGET, KEY) == b"one"


def test_a_copy_that_cannot_be_read_back_fails_and_nothing_is_deleted() -> None:
    """Without a checksum of the whole, one more request must see the copy."""
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type=None)
    s3.deny(ROLE, "s3:GetObject", TARGET)
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["operation"], line["resource"]) == ("refused", "HeadObject", TARGET)
    assert "must allow s3:GetObject on arn:aws:s3:::target-bucket/alpha/*" in line["advice"]
    assert s3.body(EXPORTS, KEY) == b"one"


def test_what_is_there_already_and_cannot_be_read_is_not_replaced_and_is_named() -> None:
    s3 = new_s3()
    s3.write(TARGET, KEY, b"old")
    s3.write(EXPORTS, KEY, b"one")
    s3.deny(ROLE, "s3:GetObject", TARGET)
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["operation"], line["resource"]) == ("refused", "HeadObject", TARGET)
    assert (s3.body(TARGET, KEY), s3.body(EXPORTS, KEY)) == (b"old", b"one")


# What AWS refuses.


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:PutObjectTagging"])
def test_a_target_that_refuses_the_copy_is_named_with_the_permission_it_must_give(action: str) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.deny(ROLE, action, TARGET)
    line = Post(s3=s3).deliver()
    assert (line["dataset"], line["key"], line["outcome"]) == (DATASET, KEY, "refused")
    assert (line["operation"], line["resource"], line["error_code"]) == ("CopyObject", TARGET, "AccessDenied")
    assert (
        f"must allow s3:PutObject and s3:PutObjectTagging on arn:aws:s3:::target-bucket/alpha/* to {ROLE}"
        in (line["advice"])
    )
    assert "`provisioner explain alpha` prints the statement" in line["advice"]
    assert s3.body(EXPORTS, KEY) == b"one"


def test_a_target_whose_key_is_not_used_fails_and_nothing_is_deleted() -> None:
    s3 = new_s3()
    s3.create_bucket(TARGET, owner="444455556666", required_kms_key="arn:aws:kms:eu-west-2:444455556666:key/1234")
    s3.write(EXPORTS, KEY, b"one")
    assert Post(s3=s3).deliver()["error_code"] == "AccessDenied"
    assert s3.body(EXPORTS, KEY) == b"one"


def test_a_target_bucket_that_does_not_exist_is_named() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    del s3.buckets[TARGET]
    line = Post(s3=s3).deliver()
    assert line["error_code"] == "NoSuchBucket"
    assert "create the bucket target-bucket" in line["advice"]
    assert s3.body(EXPORTS, KEY) == b"one"


def test_a_source_that_may_not_be_read_is_a_failure_and_not_mistaken_for_gone() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.deny(ROLE, "s3:GetObject", EXPORTS)
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["operation"], line["resource"]) == ("refused", "HeadObject", EXPORTS)


def test_a_source_whose_versions_may_not_be_listed_is_a_failure_and_not_mistaken_for_gone() -> None:
    s3 = new_s3()
    s3.deny(ROLE, "s3:ListBucketVersions", EXPORTS)
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["operation"]) == ("refused", "ListObjectVersions")


def test_an_export_bucket_of_another_account_is_refused() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.buckets[EXPORTS].owner = "999988887777"
    assert Post(s3=s3).deliver()["outcome"] == "refused"
    assert s3.current(TARGET, KEY) is None


@pytest.mark.parametrize("keep_files", [False, True])
def test_every_request_to_our_own_buckets_names_their_owner(keep_files: bool) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    post = Post(s3=s3, routes=(route(keep_files=keep_files),))
    post.deliver()
    s3.mark_deleted(EXPORTS, KEY)
    post.deliver()
    for request in s3.requests:
        if request.operation == "CopyObject":
            assert request.parameters["ExpectedSourceBucketOwner"] == ACCOUNT
        elif request.bucket in (EXPORTS, JOURNAL):
            assert request.parameters["ExpectedBucketOwner"] == ACCOUNT


def test_a_delete_that_is_refused_is_a_failure_after_the_copy() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.deny(ROLE, "s3:DeleteObject", EXPORTS)
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["operation"], line["resource"]) == ("refused", "DeleteObjects", EXPORTS)
    assert s3.body(TARGET, KEY) == b"one"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (client_error("SlowDown", 503), "SlowDown"),
        (client_error("InternalError", 500), "InternalError"),  # as botocore raises an error inside a 200
        (ReadTimeoutError(endpoint_url="https://s3"), "ReadTimeoutError"),
    ],
)
def test_a_copy_that_aws_does_not_finish_is_a_failure_that_names_it(error: Exception, code: str) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.at("CopyObject", When.BEFORE, lambda: raise_error(error))
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["operation"], line["error_code"]) == ("refused", "CopyObject", code)
    assert s3.body(EXPORTS, KEY) == b"one"


# Late and repeated events.


def test_an_event_for_a_key_with_no_version_left_ends_well() -> None:
    assert Post(s3=new_s3()).deliver()["outcome"] == "gone"


def test_a_longer_key_is_not_taken_for_the_key_of_the_event() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY + ".gz", b"other")
    assert Post(s3=s3).deliver(KEY)["outcome"] == "gone"


def test_a_second_event_for_a_delivered_object_copies_nothing_again() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    post = Post(s3=s3)
    assert [post.deliver()["outcome"], post.deliver()["outcome"]] == ["delivered", "already_delivered"]
    assert s3.operations().count("CopyObject") == 1


def test_a_second_event_brings_nothing_back_that_the_receiver_has_taken_away() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    post = Post(s3=s3)
    post.deliver()
    s3.forget(TARGET, KEY)
    assert post.deliver()["outcome"] == "already_delivered"
    assert s3.current(TARGET, KEY) is None


def test_a_key_with_more_versions_than_a_page_is_searched_to_its_newest() -> None:
    s3 = new_s3()
    s3.page_size = 2
    s3.write(EXPORTS, KEY, b"one")
    s3.write(TARGET, KEY, b"old")
    for _ in range(5):
        s3.mark_deleted(EXPORTS, KEY)
    Post(s3=s3).deliver()
    assert s3.body(TARGET, KEY) == b"one"


def test_a_stale_target_of_equal_size_and_no_checksum_is_not_taken_for_the_newest() -> None:
    s3 = new_s3()
    s3.write(TARGET, KEY, b"one", checksum_type=None)
    s3.write(EXPORTS, KEY, b"two", checksum_type=None)
    s3.mark_deleted(EXPORTS, KEY)
    Post(s3=s3).deliver()
    assert s3.body(TARGET, KEY) == b"two"
