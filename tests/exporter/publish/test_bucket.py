"""A bucket as a target, on a fake S3 that enforces every condition, checksum and permission."""

import dataclasses
import hashlib
import threading

import pytest

from exporter.failure import PublishError, TakenError
from exporter.publish.bucket import Bucket
from exporter.publish.target import Staged
from exporter.publish.upload import MAX_PART_BYTES, MAX_PARTS, PART_BYTES, SENDERS, part_bytes
from provisioner.exports.model import Publish
from tests.forwarder.world import ACCOUNT, FakeS3, Fault, Request, When

ONCE, REPLACE = Publish.ONCE, Publish.REPLACE
EXPORTS = "exports"
ALLOWED = (
    *("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    *("s3:GetObject", "s3:GetObjectVersion"),
)
LISTS = ("s3:ListBucket", "s3:ListBucketVersions")


@pytest.fixture
def s3() -> FakeS3:
    made = FakeS3()
    made.create_bucket(EXPORTS)
    made.allow("exporter", ALLOWED, EXPORTS, "lettings/")
    # Of its own prefix alone: a HEAD of a missing key then answers 403.
    made.allow("exporter", LISTS, EXPORTS, "lettings/")
    made.allow("forwarder", ("s3:DeleteObject", "s3:GetObject"), EXPORTS)
    return made


def target(s3: FakeS3, *, moved_on: bool = False, owner: str = ACCOUNT) -> Bucket:
    """The prefix of a dataset."""
    return Bucket(s3=s3.client("exporter"), bucket=EXPORTS, prefix="lettings/", owner=owner, moved_on=moved_on)


def staged(s3: FakeS3, key: str, data: bytes, publish: Publish = ONCE) -> Staged:
    """A file of these bytes, staged."""
    sink = target(s3).open(key, publish)
    sink.write(data)
    return sink.stage()


def test_a_file_is_seen_once_it_is_revealed_and_not_before(s3: FakeS3) -> None:
    file = staged(s3, "a.csv", b"id\n1\n")
    assert s3.buckets[EXPORTS].keys == {}
    target(s3).reveal(file, ONCE)
    assert s3.body(EXPORTS, "lettings/a.csv") == b"id\n1\n"
    assert (file.bytes, file.sha256) == (5, hashlib.sha256(b"id\n1\n").hexdigest())


def test_an_empty_file_is_a_file(s3: FakeS3) -> None:
    target(s3).reveal(staged(s3, "a.csv", b""), ONCE)
    assert s3.body(EXPORTS, "lettings/a.csv") == b""


def test_a_large_file_arrives_whole_from_writes_of_any_size(s3: FakeS3) -> None:
    data = bytes(range(256)) * (2 * PART_BYTES // 256 + 7)
    sink = target(s3).open("a", ONCE)
    at = 0
    for step in (1, 3, PART_BYTES, PART_BYTES - 4, len(data)):
        sink.write(memoryview(data)[at : at + step])
        at += step
    file = sink.stage()
    target(s3).reveal(file, ONCE)
    assert s3.body(EXPORTS, "lettings/a") == data
    assert target(s3).sha256("a") == file.sha256 == hashlib.sha256(data).hexdigest()
    assert s3.operations().count("UploadPart") == 3


def test_ten_thousand_parts_hold_five_tebibytes_and_the_first_many_stay_small() -> None:
    sizes = [part_bytes(number) for number in range(1, MAX_PARTS + 1)]
    assert sum(sizes) > 5 * 1024**4
    assert max(sizes) <= MAX_PART_BYTES
    assert sizes == sorted(sizes)
    assert sizes[2_999] == PART_BYTES


def test_the_whole_has_a_checksum_that_s3_keeps_and_a_type(s3: FakeS3) -> None:
    target(s3).reveal(staged(s3, "2024/a.csv", b"id\n"), ONCE)
    made = s3.current(EXPORTS, "lettings/2024/a.csv")
    assert made is not None
    assert made.checksum is not None
    assert made.checksum.type == "FULL_OBJECT"
    assert made.attributes.headers["ContentType"] == "text/csv; charset=utf-8"


def test_bytes_that_changed_on_the_way_are_not_taken(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.publish.upload.base64_of", lambda _crc32: "AAAAAA==")
    sink = target(s3).open("a", ONCE)
    sink.write(b"data")
    with pytest.raises(PublishError, match=r"refused UploadPart: BadDigest .* The next run tries again"):
        sink.stage()


def test_a_whole_that_is_not_its_parts_is_not_revealed(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    file = staged(s3, "a", b"data")
    monkeypatch.setattr("exporter.publish.bucket.joined", lambda _parts: 0)
    with pytest.raises(PublishError, match=r"refused CompleteMultipartUpload: BadDigest .* The next run tries again"):
        target(s3).reveal(file, ONCE)
    assert s3.buckets[EXPORTS].keys == {}


@pytest.mark.parametrize("change", [{"bytes": 5}, {"bytes": 3}])
def test_a_whole_of_another_size_is_not_revealed(s3: FakeS3, change: dict[str, int]) -> None:
    file = dataclasses.replace(staged(s3, "a", b"data"), **change)  # type: ignore[arg-type]  # the only kind of field
    with pytest.raises(PublishError, match="refused CompleteMultipartUpload: InvalidRequest"):
        target(s3).reveal(file, ONCE)
    assert s3.buckets[EXPORTS].keys == {}


def test_a_file_that_was_not_staged_is_abandoned_by_its_token(s3: FakeS3) -> None:
    sink = target(s3).open("a", ONCE)
    token = sink.token
    sink.write(bytes(PART_BYTES + 1))
    target(s3).abandon(token)
    assert s3.buckets[EXPORTS].uploads == {}


def test_the_token_does_not_change(s3: FakeS3) -> None:
    sink = target(s3).open("a", ONCE)
    token = sink.token
    assert sink.stage().token == token


def test_what_is_put_once_is_refused_before_it_is_written(s3: FakeS3) -> None:
    s3.write(EXPORTS, "lettings/a", b"first")
    with pytest.raises(TakenError, match="there is a file s3://exports/lettings/a already"):
        target(s3).open("a", ONCE)


def test_a_file_whose_name_only_begins_alike_is_another(s3: FakeS3) -> None:
    s3.write(EXPORTS, "lettings/a.csv.old", b"first")
    target(s3).reveal(staged(s3, "a.csv", b"ours"), ONCE)
    assert s3.body(EXPORTS, "lettings/a.csv") == b"ours"


@pytest.mark.parametrize("theirs", [b"theirs", b"ours"])
def test_what_is_put_once_never_overwrites_a_file_that_came_between(s3: FakeS3, theirs: bytes) -> None:
    file = staged(s3, "a", b"ours")
    s3.write(EXPORTS, "lettings/a", theirs)
    with pytest.raises(TakenError):
        target(s3).reveal(file, ONCE)
    assert len(s3.versions(EXPORTS, "lettings/a")) == 1


def test_a_replacing_file_takes_the_place(s3: FakeS3) -> None:
    s3.write(EXPORTS, "lettings/a", b"old")
    target(s3).reveal(staged(s3, "a", b"new", REPLACE), REPLACE)
    assert s3.body(EXPORTS, "lettings/a") == b"new"


@pytest.mark.parametrize("publish", Publish)
def test_to_reveal_again_does_nothing(s3: FakeS3, publish: Publish) -> None:
    file = staged(s3, "a", b"data", publish)
    target(s3).reveal(file, publish)
    target(s3).reveal(file, publish)
    assert len(s3.versions(EXPORTS, "lettings/a")) == 1


@pytest.mark.parametrize("publish", Publish)
def test_a_completion_whose_answer_was_lost_is_found_done(s3: FakeS3, publish: Publish) -> None:
    file = staged(s3, "a", b"data", publish)
    s3.fail("CompleteMultipartUpload", Fault.read_timeout(happened=True))
    with pytest.raises(PublishError, match=r"S3 cannot be reached: .*\. The next run tries again"):
        target(s3).reveal(file, publish)
    target(s3).reveal(file, publish)
    assert len(s3.versions(EXPORTS, "lettings/a")) == 1


def test_a_file_that_the_forwarder_has_taken_away_was_revealed(s3: FakeS3) -> None:
    file = staged(s3, "a", b"data")
    target(s3).reveal(file, ONCE)
    s3.client("forwarder").delete_object(Bucket=EXPORTS, Key="lettings/a")
    target(s3, moved_on=True).reveal(file, ONCE)
    assert target(s3, moved_on=True).sha256("a") == file.sha256
    assert target(s3).sha256("a") is None


@pytest.mark.parametrize("publish", Publish)
def test_a_staged_file_that_vanished_is_never_called_revealed(s3: FakeS3, publish: Publish) -> None:
    file = staged(s3, "a", b"data", publish)
    s3.buckets[EXPORTS].uploads.clear()
    with pytest.raises(PublishError, match="its upload is gone"):
        target(s3).reveal(file, publish)


def test_a_file_of_equal_bytes_is_not_taken_for_one_that_vanished(s3: FakeS3) -> None:
    file = staged(s3, "a", b"data", REPLACE)
    s3.buckets[EXPORTS].uploads.clear()
    s3.write(EXPORTS, "lettings/a", b"data")
    with pytest.raises(PublishError, match="its upload is gone"):
        target(s3).reveal(file, REPLACE)


def test_an_abandoned_file_leaves_nothing_and_may_be_abandoned_again(s3: FakeS3) -> None:
    file = staged(s3, "a", b"data")
    target(s3).abandon(file.token)
    target(s3).abandon(file.token)
    assert s3.buckets[EXPORTS].uploads == {}


def test_a_discarded_file_leaves_nothing(s3: FakeS3) -> None:
    sink = target(s3).open("a", ONCE)
    sink.write(bytes(PART_BYTES + 1))
    sink.discard()
    assert s3.buckets[EXPORTS].uploads == {}


def test_to_discard_a_staged_file_does_nothing(s3: FakeS3) -> None:
    sink = target(s3).open("a", ONCE)
    file = sink.stage()
    sink.discard()
    target(s3).reveal(file, ONCE)
    assert s3.body(EXPORTS, "lettings/a") == b""


def test_a_part_that_could_not_be_sent_ends_the_file(s3: FakeS3) -> None:
    s3.fail("UploadPart", Fault.slow_down())
    sink = target(s3).open("a", ONCE)
    sink.write(bytes(PART_BYTES))
    with pytest.raises(PublishError, match="S3 refused UploadPart: Please reduce your request rate"):
        sink.stage()
    sink.discard()
    assert s3.buckets[EXPORTS].uploads == {}


def test_a_file_waits_for_its_parts_and_no_more_are_held_than_are_sent(s3: FakeS3) -> None:
    sink = target(s3).open("a", ONCE)
    go_on = threading.Event()

    def wait(request: Request, _when: When) -> None:
        if request.operation == "UploadPart":
            go_on.wait()

    s3.on_request = wait
    writer = threading.Thread(target=sink.write, args=(bytes(6 * PART_BYTES),))
    writer.start()
    writer.join(0.3)
    held = len(sink._parts)
    go_on.set()
    writer.join()
    sink.discard()
    assert held == SENDERS


@pytest.mark.parametrize("permission", ["s3:PutObject", "s3:ListBucket"])
def test_a_missing_permission_is_named(s3: FakeS3, permission: str) -> None:
    s3.deny("exporter", permission, EXPORTS)
    with pytest.raises(PublishError, match=f"Its role needs {permission}"):
        target(s3).open("a", ONCE)


def test_a_bucket_that_is_not_there_is_said(s3: FakeS3) -> None:
    nowhere = Bucket(s3=s3.client("exporter"), bucket="nowhere", owner=ACCOUNT)
    with pytest.raises(PublishError, match=r"there is no such bucket\. Deploy the dataset first"):
        nowhere.open("a", ONCE)


def test_nothing_is_sent_to_a_bucket_of_another_account(s3: FakeS3) -> None:
    with pytest.raises(PublishError, match="s3://exports/lettings/a: the exporter may not do"):
        target(s3, owner="999999999999").open("a", REPLACE)


def test_expired_credentials_are_said(s3: FakeS3) -> None:
    s3.fail("CreateMultipartUpload", Fault.answer("ExpiredToken", 400, message="The provided token has expired."))
    with pytest.raises(PublishError, match=r"no longer, valid: The provided token has expired\. \[ExpiredToken\]"):
        target(s3).open("a", REPLACE)


def test_the_url_is_the_prefix(s3: FakeS3) -> None:
    assert target(s3).url == "s3://exports/lettings/"
