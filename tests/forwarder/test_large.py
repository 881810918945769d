"""Large objects go in parts: pinned to one version, over as many runs as it takes, and no upload is left open."""

import math
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.forwarder.forwarder import PART_MARGIN
from provisioner.forwarder.large import MAX_PART_BYTES, MAX_PARTS, MIB, part_size

from .setting import DATASET, EXPORTS, JOURNAL, KEY, ROLE, TARGET, Post, message, new_s3, route
from .world import FakeS3, Fault, ProcessDiedError, Request, When

SIZE = 20 * MIB
"""Three parts in these tests."""
TERABYTE = 10**12
STAGES = ("CreateMultipartUpload", "ListParts", "UploadPartCopy", "CompleteMultipartUpload")
BESIDE_PARTS = 12
"""Requests for a large object beside its parts: three looks here and three at the target, tags, opening, ListParts,
completion, and the delete, and one for the journal's sake in the one who looks twice."""


def large(s3: FakeS3, body: bytes = b"large", *, size: int = SIZE, **more: object) -> None:
    s3.write(EXPORTS, KEY, body, size=size, **more)  # type: ignore[arg-type]


def on_data(s3: FakeS3) -> Counter[str]:
    """The requests by operation, without those for the journal."""
    return Counter(request.operation for request in s3.requests if request.bucket != JOURNAL)


def notes(s3: FakeS3, kind: str) -> list[str]:
    return [name for name in s3.buckets[JOURNAL].keys if name.startswith(kind) and s3.current(JOURNAL, name)]


def is_delivered(s3: FakeS3, body: bytes = b"large") -> bool:
    nothing_open = not s3.buckets[TARGET].uploads and not notes(s3, "uploads")
    return s3.body(TARGET, KEY) == body and s3.current(EXPORTS, KEY) is None and nothing_open


@given(size=st.integers(1, MAX_PARTS * MAX_PART_BYTES), threshold=st.integers(5, 5 * 1024).map(lambda mib: mib * MIB))
def test_ten_thousand_parts_suffice_for_whatever_s3_stores(size: int, threshold: int) -> None:
    part = part_size(size, threshold)
    assert threshold <= part <= MAX_PART_BYTES
    assert math.ceil(size / part) <= MAX_PARTS
    assert part == threshold or part - MIB < size / MAX_PARTS  # no larger than it must be


@pytest.mark.parametrize("kind", ["FULL_OBJECT", "COMPOSITE", None])
def test_it_arrives_whole_with_all_that_travels_with_it(kind: str | None) -> None:
    s3 = new_s3()
    large(s3, checksum_type=kind, metadata={"by": "us"}, tags={"a b": "c&d"}, headers={"ContentType": "text/csv"})
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["size"]) == ("delivered", SIZE)
    assert line["verified_by"] == ("checksum" if kind == "FULL_OBJECT" else "size")
    copy = s3.current(TARGET, KEY)
    assert copy is not None
    assert is_delivered(s3)
    assert (copy.metadata, copy.tags, copy.attributes.headers["ContentType"]) == (
        {"by": "us"},
        {"a b": "c&d"},
        "text/csv",
    )


def test_each_part_is_pinned_to_one_version_and_its_etag() -> None:
    s3 = new_s3()
    large(s3)
    version = s3.current(EXPORTS, KEY)
    assert version is not None
    Post(s3=s3).deliver()
    parts = [request.parameters for request in s3.requests if request.operation == "UploadPartCopy"]
    assert [part["CopySourceRange"] for part in parts] == [
        "bytes=0-8388607",
        "bytes=8388608-16777215",
        "bytes=16777216-20971519",
    ]
    assert {part["CopySource"]["VersionId"] for part in parts} == {version.version_id}
    assert {part["CopySourceIfMatch"] for part in parts} == {version.etag}


def test_s3_is_told_the_checksum_and_the_size_of_the_whole() -> None:
    s3 = new_s3()
    large(s3)
    Post(s3=s3).deliver()
    (completion,) = (one.parameters for one in s3.requests if one.operation == "CompleteMultipartUpload")
    assert {"ChecksumCRC32", "ChecksumType", "MpuObjectSize", "IfNoneMatch"} <= completion.keys()
    assert completion["MpuObjectSize"] == SIZE


def test_the_target_s_key_encrypts_it() -> None:
    s3 = new_s3()
    s3.buckets[TARGET].required_kms_key = "arn:aws:kms:eu-west-2:444455556666:key/1"
    large(s3)
    post = Post(s3=s3, routes=(route(kms_key_arn="arn:aws:kms:eu-west-2:444455556666:key/1"),))
    assert post.deliver()["outcome"] == "delivered"


def test_what_is_small_comes_first() -> None:
    s3 = new_s3()
    large(s3)
    s3.write(EXPORTS, f"{DATASET}/small", b"one")
    Post(s3=s3).forward(message(KEY), message(f"{DATASET}/small"))
    operations = s3.operations()
    assert operations.index("DeleteObjects") < operations.index("CreateMultipartUpload")


def test_a_run_near_its_end_hands_on_and_the_next_copies_only_what_is_missing() -> None:
    s3 = new_s3()
    large(s3)
    post = Post(s3=s3)
    post.remaining = lambda: PART_MARGIN + (1.0 if on_data(s3)["UploadPartCopy"] < 2 else 0.0)
    post.queue.send(message(KEY))
    post.take()
    assert post.lines()[-1]["outcome"] == "handed_on"
    assert len(post.queue.messages) == 1
    assert s3.current(EXPORTS, KEY) is not None
    post.remaining = lambda: 900.0
    post.work_off()
    assert is_delivered(s3)
    assert on_data(s3)["UploadPartCopy"] == 3
    assert on_data(s3)["CreateMultipartUpload"] == 1


def test_fifty_terabytes_take_their_runs_and_no_request_too_many() -> None:
    """Each part takes 50 s of a clock that only they move; 32 go at once, so each takes a thirty-second of that."""
    s3 = new_s3()
    s3.page_size = 1_000
    threshold = 512 * MIB
    large(s3, size=50 * TERABYTE)
    post = Post(s3=s3, threshold=threshold)

    def pass_time(request: Request, when: When) -> None:
        if (request.operation, when) == ("UploadPartCopy", When.AFTER):
            s3.clock.advance(50 / 32)

    s3.on_request = pass_time
    runs = 0
    post.queue.send(message(KEY))
    while post.queue.messages:
        end = s3.clock() + 900.0
        post.remaining = partial(lambda end: end - s3.clock(), end)
        post.take()
        runs += 1
        assert runs < 50
    parts = math.ceil(50 * TERABYTE / part_size(50 * TERABYTE, threshold))
    counted = on_data(s3)
    assert is_delivered(s3)
    assert counted["UploadPartCopy"] == parts <= MAX_PARTS
    assert runs == math.ceil(parts * 50 / 32 / (900 - PART_MARGIN))
    # Each run looks twice here and once at the target, and lists the parts that there are, a thousand at a time.
    listed = counted.pop("ListParts")
    assert listed <= runs * (1 + MAX_PARTS // 1_000)
    assert counted.total() - parts <= BESIDE_PARTS + 4 * (runs - 1)


def moments() -> list[tuple[int, When]]:
    """Every moment of every request of one delivery: where S3 refuses, there is none after it."""
    s3 = new_s3()
    large(s3)
    seen: list[tuple[int, When]] = []
    s3.on_request = lambda request, when: seen.append((request.number, when))
    Post(s3=s3).deliver()
    return seen


@pytest.mark.parametrize("moment", moments(), ids=lambda moment: f"{moment[0]}-{moment[1].value}")
def test_a_crash_at_any_moment_loses_nothing_and_leaves_nothing_open(moment: tuple[int, When]) -> None:
    s3 = new_s3()
    large(s3)
    post = Post(s3=s3)

    def die(request: Request, when: When) -> None:
        if (request.number, when) == moment:
            raise ProcessDiedError

    s3.on_request = die
    post.queue.send(message(KEY))
    with pytest.raises(ProcessDiedError):
        post.take()
    post.work_off()
    sweep(s3, post)
    assert is_delivered(s3)
    assert notes(s3, "ended") == []


def sweep(s3: FakeS3, post: Post) -> None:
    """Two sweeps, some hours apart: the first writes down what it has ended, the second forgets it."""
    for _ in range(2):
        s3.clock.advance(2 * 3_600)
        post.queue.send('{"sweep": {}}')
        post.work_off()


def overwrite(s3: FakeS3) -> Callable[[], None]:
    return lambda: large(s3, b"newer")


@pytest.mark.parametrize(
    "operation", ["CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload", "ListParts"]
)
@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
def test_an_object_overwritten_on_its_way_is_given_up_for_the_newer_one(operation: str, when: When) -> None:
    s3 = new_s3()
    large(s3, checksum_type=None)
    s3.at(operation, when, overwrite(s3))
    Post(s3=s3).deliver()
    assert is_delivered(s3, b"newer")
    assert {version.body for version in s3.versions(TARGET, KEY)} <= {b"large", b"newer"}


def test_the_next_run_does_not_go_on_with_parts_of_an_older_version() -> None:
    s3 = new_s3()
    large(s3, checksum_type=None)
    post = Post(s3=s3)
    post.remaining = lambda: PART_MARGIN + (1.0 if on_data(s3)["UploadPartCopy"] < 2 else 0.0)
    post.forward(message(KEY))
    s3.write(EXPORTS, KEY, b"newer", size=SIZE, checksum_type=None)
    post.remaining = lambda: 900.0
    assert post.deliver()["outcome"] == "delivered"
    assert is_delivered(s3, b"newer")
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"newer"]


def test_an_upload_whose_version_the_lifecycle_took_is_given_up() -> None:
    s3 = new_s3()
    large(s3)
    s3.at("UploadPartCopy", When.BEFORE, lambda: s3.forget(EXPORTS, KEY), occurrence=2)
    post = Post(s3=s3)
    assert post.deliver()["outcome"] == "gone"
    sweep(s3, post)
    assert (s3.buckets[TARGET].uploads, notes(s3, "uploads")) == ({}, [])


@pytest.mark.parametrize(
    "operation", ["CreateMultipartUpload", "UploadPartCopy", "ListParts", "CompleteMultipartUpload"]
)
@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
def test_two_forwarders_on_one_object_deliver_it_and_leave_nothing_open(operation: str, when: When) -> None:
    s3 = new_s3()
    large(s3)

    def another() -> None:
        s3.on_request = lambda _request, _when: None
        Post(s3=s3).deliver()

    s3.at(operation, when, another)
    post = Post(s3=s3)
    post.queue.send(message(KEY))
    post.work_off()
    sweep(s3, post)
    assert is_delivered(s3)


def test_a_completion_whose_answer_was_lost_is_not_copied_again() -> None:
    s3 = new_s3()
    large(s3)
    s3.fail("CompleteMultipartUpload", Fault.internal_error(happened=True))
    post = Post(s3=s3)
    post.queue.send(message(KEY))
    post.work_off()
    sweep(s3, post)
    assert is_delivered(s3)
    assert on_data(s3)["UploadPartCopy"] == 3


def test_an_upload_whose_id_nobody_wrote_down_is_found_and_ended() -> None:
    s3 = new_s3()
    large(s3)
    post = Post(s3=s3)

    def die() -> None:
        raise ProcessDiedError

    s3.at("CreateMultipartUpload", When.AFTER, die)
    with pytest.raises(ProcessDiedError):
        post.forward(message(KEY))
    (lost,) = s3.buckets[TARGET].uploads
    s3.on_request = lambda _request, _when: None
    post.deliver()
    assert is_delivered(s3)
    assert [one.parameters["UploadId"] for one in s3.requests if one.operation == "AbortMultipartUpload"] == [lost]


def test_the_permission_to_find_it_is_named_where_it_is_missing() -> None:
    s3 = new_s3()
    large(s3)
    post = Post(s3=s3)
    s3.fail("CreateMultipartUpload", Fault.internal_error(happened=True))
    post.forward(message(KEY))
    s3.deny(ROLE, "s3:ListBucketMultipartUploads", TARGET)
    line = post.deliver()
    assert line["outcome"] == "refused"
    assert f"s3:ListBucketMultipartUploads on arn:aws:s3:::{TARGET} to {ROLE}" in line["advice"]


def test_a_kept_file_is_copied_in_parts_and_stays() -> None:
    s3 = new_s3()
    large(s3)
    post = Post(s3=s3, routes=(route(keep_files=True),))
    assert post.deliver()["outcome"] == "kept"
    assert s3.body(TARGET, KEY) == s3.body(EXPORTS, KEY) == b"large"
    post.deliver()
    assert on_data(s3)["UploadPartCopy"] == 3  # the second event finds it there


def test_another_writer_at_the_target_is_seen_before_it_lands() -> None:
    s3 = new_s3()
    large(s3)

    def write_there() -> None:
        s3.write(TARGET, KEY, b"theirs")

    s3.at("CompleteMultipartUpload", When.BEFORE, write_there)
    assert Post(s3=s3).deliver()["outcome"] == "delivered"
    assert is_delivered(s3)
    assert on_data(s3)["UploadPartCopy"] == 3  # the same upload, completed at the second try


@pytest.mark.parametrize("code", ["BadDigest", "InvalidPart"])
def test_parts_that_s3_does_not_complete_are_given_up_and_the_next_try_begins_anew(code: str) -> None:
    s3 = new_s3()
    large(s3)
    s3.fail("CompleteMultipartUpload", Fault.answer(code, 400))
    post = Post(s3=s3)
    post.queue.send(message(KEY))
    post.take()
    assert (post.lines()[-1]["error_code"], s3.current(EXPORTS, KEY) is not None) == (code, True)
    assert s3.buckets[TARGET].uploads == {}
    post.work_off()
    assert is_delivered(s3)
    assert on_data(s3)["UploadPartCopy"] == 6
