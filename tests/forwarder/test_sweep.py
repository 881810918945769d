"""The sweep announces what no event announced, once, slowly, and nothing else; and it tidies the journal."""

import json
from collections import Counter
from collections.abc import Callable

import pytest

from provisioner.forwarder import sweep as sweep_module
from provisioner.forwarder.announcement import announce_sweep
from provisioner.forwarder.forwarder import PART_MARGIN
from provisioner.forwarder.journal import key_id, receipt_id
from provisioner.forwarder.large import MIB

from .setting import DATASET, EXPORTS, JOURNAL, KEY, ROLE, TARGET, Post, grant, message, new_s3, route
from .world import FakeS3

TURN = '{"sweep": {}}'
HOUR = 3_600.0


def sweep(post: Post) -> list[str]:
    """Let a sweep have its turn, and nothing else; the keys that it announces."""
    post.queue.send(TURN)
    post.take(most=1)
    return announced(post)


def announced(post: Post) -> list[str]:
    bodies = [json.loads(one.body) for one in post.queue.messages]
    records = [record for body in bodies for record in body.get("Records", [])]
    return [record["s3"]["object"]["key"] for record in records if record["eventName"].endswith("Swept")]


def written_long_ago(s3: FakeS3, *keys: str) -> None:
    for key in keys:
        s3.write(EXPORTS, key, key.encode())
    s3.clock.advance(2 * HOUR)


def notes(s3: FakeS3, kind: str) -> list[str]:
    return [name for name in s3.buckets[JOURNAL].keys if name.startswith(f"{kind}/") and s3.current(JOURNAL, name)]


def test_what_no_event_announced_is_announced_and_delivered() -> None:
    s3 = new_s3()
    written_long_ago(s3, KEY, f"{DATASET}/50% café + 1.csv")
    post = Post(s3=s3)
    assert len(sweep(post)) == 2
    post.work_off()
    for key in (KEY, f"{DATASET}/50% café + 1.csv"):
        assert (s3.body(TARGET, key), s3.current(EXPORTS, key)) == (key.encode(), None)


def test_what_was_written_a_moment_ago_may_still_be_announced_and_is_left() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.clock.advance(14 * 60)
    assert sweep(Post(s3=s3)) == []


def test_its_turn_waits_behind_the_ordinary_backlog_which_is_not_announced_again() -> None:
    s3 = new_s3()
    post = Post(s3=s3)
    for number in range(5):
        s3.write(EXPORTS, f"{DATASET}/{number}", b"one")
        post.queue.send(message(f"{DATASET}/{number}"))
    s3.clock.advance(HOUR)
    post.queue.send(TURN)
    post.work_off()
    assert Counter(line["outcome"] for line in post.lines()) == {"delivered": 5, "swept": 1}


def test_the_wait_in_the_queue_does_not_make_a_young_file_old() -> None:
    s3 = new_s3()
    post = Post(s3=s3)
    post.queue.send(TURN)
    s3.clock.advance(HOUR)
    s3.write(EXPORTS, KEY, b"one")
    s3.clock.advance(HOUR)
    post.take(most=1)
    assert announced(post) == []


@pytest.mark.parametrize("tries", [1, 3])
def test_what_is_in_trouble_is_not_announced_whether_it_is_tried_again_or_dead(tries: int) -> None:
    s3 = new_s3()
    s3.deny(ROLE, "s3:PutObject", TARGET)
    s3.write(EXPORTS, KEY, b"one")
    post = Post(s3=s3)
    post.queue.send(message(KEY))
    s3.clock.advance(1)
    for _ in range(tries):
        post.take()
        s3.clock.advance(HOUR)
    post.queue.messages.clear()
    assert len(notes(s3, "troubles")) == 1
    assert sweep(post) == []


def test_a_trouble_older_than_any_dead_letter_no_longer_keeps_its_key_from_being_announced() -> None:
    s3 = new_s3()
    s3.deny(ROLE, "s3:PutObject", TARGET)
    s3.write(EXPORTS, KEY, b"one")
    post = Post(s3=s3)
    post.forward(message(KEY))
    s3.clock.advance(13 * 24 * HOUR + 1)
    assert sweep(post) == [KEY]


def test_what_is_on_its_way_in_parts_is_not_announced() -> None:
    s3 = new_s3()
    post = Post(s3=s3)
    s3.write(EXPORTS, KEY, b"large", size=20 * MIB)
    s3.clock.advance(1)
    hand_on(post)
    s3.clock.advance(2 * HOUR)
    assert sweep(post) == []
    s3.clock.advance(48 * HOUR)
    assert sweep(post) == [KEY]


def hand_on(post: Post) -> None:
    """A run has no time for the parts of what is there, and nobody goes on with them."""
    post.remaining = lambda: PART_MARGIN
    post.forward(message(KEY))
    post.remaining = lambda: 900.0
    post.queue.messages.clear()


def refuse(post: Post) -> None:
    """The target refuses what is there."""
    post.s3.deny(ROLE, "s3:PutObject", TARGET)
    post.forward(message(KEY))
    grant(post.s3)


@pytest.fixture(
    params=[
        pytest.param((3, refuse, ["troubles"]), id="refused"),
        pytest.param((20 * MIB, refuse, ["troubles", "uploads"]), id="refused, in parts"),
        pytest.param((20 * MIB, hand_on, ["uploads"]), id="on its way in parts"),
    ]
)
def overtaken(request: pytest.FixtureRequest) -> Post:
    """A write that did not arrive, a small one after it that did, and one more, of which no event told."""
    size, interrupt, left = request.param
    post = Post(s3=new_s3())
    post.s3.write(EXPORTS, KEY, b"one", size=size)
    interrupt(post)
    post.s3.clock.advance(1)
    post.s3.write(EXPORTS, KEY, b"two")
    post.forward(message(KEY))
    assert post.s3.body(TARGET, KEY) == b"two"
    assert [kind for kind in ("troubles", "uploads", "ended") if notes(post.s3, kind)] == left
    written_long_ago(post.s3, KEY)
    return post


def test_what_the_journal_says_of_an_older_write_keeps_no_newer_one_from_being_announced(overtaken: Post) -> None:
    assert sweep(overtaken) == [KEY]


@pytest.mark.parametrize(
    ("before", "size", "after"), [(hand_on, 3, refuse), (refuse, 20 * MIB, hand_on)], ids=["upload", "trouble"]
)
def test_of_two_notes_about_a_key_the_newer_counts(
    before: Callable[[Post], None], size: int, after: Callable[[Post], None]
) -> None:
    post = Post(s3=new_s3())
    post.s3.write(EXPORTS, KEY, b"one", size=20 * MIB)
    before(post)
    post.s3.clock.advance(1)
    post.s3.write(EXPORTS, KEY, b"two", size=size)
    post.s3.clock.advance(1)
    after(post)
    assert len(notes(post.s3, "troubles") + notes(post.s3, "uploads")) == 2
    post.s3.clock.advance(2 * HOUR)
    assert sweep(post) == []


def test_what_the_journal_says_of_a_write_that_was_overtaken_is_gone_after_three_sweeps(overtaken: Post) -> None:
    """The first announces what is there, the second ends the upload, the third has seen that nothing is open."""
    s3 = overtaken.s3
    for _ in range(3):
        overtaken.queue.send(TURN)
        overtaken.work_off()
        s3.clock.advance(2 * HOUR)
    assert (s3.body(TARGET, KEY), s3.current(EXPORTS, KEY), s3.buckets[TARGET].uploads) == (KEY.encode(), None, {})
    assert [*notes(s3, "troubles"), *notes(s3, "uploads"), *notes(s3, "ended")] == []


def test_what_a_sweep_has_announced_is_not_announced_again_within_six_hours() -> None:
    s3 = new_s3()
    written_long_ago(s3, KEY)
    post = Post(s3=s3)
    assert sweep(post) == [KEY]
    post.queue.messages.clear()
    s3.clock.advance(5 * HOUR)
    assert sweep(post) == []
    s3.clock.advance(2 * HOUR)
    assert sweep(post) == [KEY]


def test_no_more_than_so_many_are_announced_and_no_faster_than_so_many_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep_module, "MOST_ANNOUNCED", 45)
    s3 = new_s3()
    written_long_ago(s3, *(f"{DATASET}/{number:03}" for number in range(60)))
    post = Post(s3=s3)
    assert len(sweep(post)) == 45
    delays = sorted(one.visible_from - one.sent for one in post.queue.messages)
    for second in range(5):
        assert sum(second <= delay < second + 1 for delay in delays) <= sweep_module.ANNOUNCED_PER_SECOND
    post.queue.messages.clear()
    assert len(sweep(post)) == 15  # the next one goes on with those that are left


def test_the_bucket_is_listed_once_and_its_names_only() -> None:
    s3 = new_s3()
    s3.page_size = 10
    written_long_ago(s3, *(f"{DATASET}/{number:03}" for number in range(35)))
    sweep(Post(s3=s3))
    assert [one.operation for one in s3.requests if one.bucket == EXPORTS] == ["ListObjectsV2"] * 4


def test_a_sweep_that_comes_while_another_goes_on_does_nothing() -> None:
    s3 = new_s3()
    s3.page_size = 10
    written_long_ago(s3, *(f"{DATASET}/{number:03}" for number in range(35)))
    post = Post(s3=s3, remaining=lambda: 0.0)
    sweep(post)
    assert post.lines()[-1]["finished"] is None
    post.queue.messages.clear()
    assert sweep(post) == []
    assert post.lines()[-1]["outcome"] == "sweep_goes_on"


@pytest.mark.parametrize("pages", [1, 2])
def test_a_sweep_near_its_end_hands_on_and_the_next_run_goes_on_behind_the_last_key(pages: int) -> None:
    s3 = new_s3()
    s3.page_size = 10
    keys = [f"{DATASET}/{number:03}" for number in range(35)]
    written_long_ago(s3, *keys)
    post = Post(s3=s3)
    listed = 0

    def remaining() -> float:
        nonlocal listed
        listed += 1
        return 0.0 if listed % pages == 0 else 900.0

    post.remaining = remaining
    found = sweep(post)
    runs = 1
    while turn := next((one for one in post.queue.messages if "sweep" in one.body), None):
        post.queue.messages.remove(turn)
        post.queue.messages.insert(0, turn)
        post.take(most=1)
        runs += 1
    found = announced(post)
    assert sorted(found) == keys
    assert runs > 1
    last = json.loads(s3.body(JOURNAL, "sweep") or b"{}")
    assert (last["listed"], last["found"]) == (35, 35)
    assert last["finished"] is not None


def test_of_kept_files_only_what_has_no_receipt_is_announced() -> None:
    s3 = new_s3()
    post = Post(s3=s3, routes=(route(keep_files=True),))
    for name in ("one", "two"):
        s3.write(EXPORTS, f"{DATASET}/{name}", b"1")
    post.forward(message(f"{DATASET}/one"))
    s3.clock.advance(2 * HOUR)
    assert sweep(post) == [f"{DATASET}/two"]
    post.work_off()
    s3.clock.advance(7 * HOUR)
    assert sweep(post) == []


def test_a_kept_file_that_was_overwritten_is_announced_and_its_old_receipt_goes() -> None:
    s3 = new_s3()
    post = Post(s3=s3, routes=(route(keep_files=True),))
    s3.write(EXPORTS, KEY, b"old")
    post.forward(message(KEY))
    (receipt,) = notes(s3, "receipts")
    written_long_ago(s3, KEY)
    assert sweep(post) == [KEY]
    assert notes(s3, "receipts") == []
    post.work_off()
    current = s3.current(EXPORTS, KEY)
    assert current is not None
    assert notes(s3, "receipts") == [f"receipts/{DATASET}/{receipt_id(KEY, current.etag)}"] != [receipt]


def test_the_note_of_a_trouble_goes_once_its_key_is_delivered() -> None:
    s3 = new_s3()
    s3.deny(ROLE, "s3:PutObject", TARGET)
    s3.write(EXPORTS, KEY, b"one")
    post = Post(s3=s3)
    post.forward(message(KEY))
    grant(s3)
    post.forward(message(KEY))  # as by a redrive: it is received for the first time
    assert notes(s3, "troubles") == [f"troubles/{DATASET}/{key_id(KEY)}"]
    s3.clock.advance(HOUR)
    sweep(post)
    assert notes(s3, "troubles") == []


def test_the_upload_of_a_key_that_is_gone_is_ended() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"large", size=20 * MIB)
    post = Post(s3=s3, remaining=lambda: PART_MARGIN)
    post.forward(message(KEY))
    post.remaining = lambda: 900.0
    s3.forget(EXPORTS, KEY)
    assert len(s3.buckets[TARGET].uploads) == 1
    s3.clock.advance(2 * HOUR)
    post.queue.messages.clear()
    sweep(post)
    assert (s3.buckets[TARGET].uploads, notes(s3, "uploads")) == ({}, [])


def test_one_upload_that_cannot_be_ended_holds_up_nothing() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"large", size=20 * MIB)
    post = Post(s3=s3, remaining=lambda: PART_MARGIN)
    post.forward(message(KEY))
    post.remaining = lambda: 900.0
    post.queue.messages.clear()
    s3.forget(EXPORTS, KEY)
    written_long_ago(s3, f"{DATASET}/other")
    s3.deny(ROLE, "s3:AbortMultipartUpload", TARGET)
    assert sweep(post) == [f"{DATASET}/other"]
    assert len(notes(s3, "uploads")) == 1
    assert "s3:AbortMultipartUpload" in next(line["advice"] for line in post.log if line.get("level") == "WARNING")


def test_keys_of_no_dataset_are_counted_and_left() -> None:
    s3 = new_s3()
    written_long_ago(s3, "nobody/file", "file")
    post = Post(s3=s3)
    assert sweep(post) == []
    assert post.lines()[-1]["unrouted"] == 2


def test_what_is_pending_and_its_oldest_age_are_said_of_each_dataset() -> None:
    s3 = new_s3()
    grant(s3, "alpha_two")
    post = Post(s3=s3, routes=(route(), route(dataset="alpha_two")))
    written_long_ago(s3, f"{DATASET}/1", f"{DATASET}/2", "alpha_two/1")
    s3.write(EXPORTS, "alpha_two/0", b"young")
    sweep(post)
    assert post.metrics(DATASET) == {"Pending": 2, "OldestAge": 2 * HOUR}
    assert post.metrics("alpha_two") == {"Pending": 2, "OldestAge": 2 * HOUR}


def test_datasets_whose_names_begin_alike_are_kept_apart_when_a_run_covers_only_one() -> None:
    """In the order of keys `alpha/` comes before `alpha_two/`; only what a run has gone through is tidied."""
    s3 = new_s3()
    s3.page_size = 1
    grant(s3, "alpha_two")
    routes = (route(), route(dataset="alpha_two"))
    s3.deny(ROLE, "s3:PutObject", TARGET)
    post = Post(s3=s3, routes=routes)
    written_long_ago(s3, f"{DATASET}/1", "alpha_two/1")
    for key in (f"{DATASET}/1", "alpha_two/1"):
        post.forward(message(key, event="ObjectCreated:Put"))
    s3.clock.advance(2 * HOUR)
    post.queue.send(announce_sweep(s3.clock(), "alpha/zzz"))
    post.take(most=1)
    assert notes(s3, "troubles") == [f"troubles/{DATASET}/{key_id(f'{DATASET}/1')}"]
