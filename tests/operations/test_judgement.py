"""How the deliveries of a dataset stand, by what was seen."""

from datetime import UTC, datetime, timedelta
from typing import Any

from provisioner.operations.backlog import Backlog
from provisioner.operations.cause import CRASH, Cause, Failed
from provisioner.operations.journal import Trouble, key_id
from provisioner.operations.letter import Letter
from provisioner.operations.status import OVERDUE, DatasetStatus, Seen, dataset_status, unknown_letters
from tests.support import push_dataset, stack_settings

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SETTINGS = stack_settings(sweep_minutes=60)
REFUSED = Cause(outcome="refused", code="AccessDenied")


def trouble(key: str, *, dead: bool, minutes: int | None = None) -> dict[str, Trouble]:
    following = None if minutes is None else NOW + timedelta(minutes=minutes)
    failed = Failed(key=key, cause=REFUSED, since=NOW, tries=1)
    return {key_id(key): Trouble(dead=dead, next=following, failed=failed)}


def letter(key: str, dataset: str | None = "visits") -> Letter:
    return Letter(id=key, dataset=dataset, failed=Failed(key=key, cause=CRASH, since=NOW, tries=1))


def pending(*keys: str, unexplained: timedelta | None = None) -> Backlog:
    return Backlog(
        files=len(keys),
        bytes=len(keys),
        oldest=NOW,
        oldest_unexplained=None if unexplained is None else NOW - unexplained,
        noted=frozenset(map(key_id, keys)),
    )


def judged(backlog: Backlog | None, *letters: Letter, **seen: Any) -> DatasetStatus:
    held = Seen(**{"backlog": backlog, "troubles": {}, "uploads": {}, **seen})
    return dataset_status(push_dataset("visits"), held, letters, None, NOW, SETTINGS)


def test_a_key_that_the_journal_and_a_letter_call_dead_counts_once() -> None:
    status = judged(pending("visits/a"), letter("visits/a"), troubles=trouble("visits/a", dead=True))
    assert status.dead_count == 1


def test_what_the_journal_calls_dead_is_dead_as_long_as_its_file_is_pending() -> None:
    dead = trouble("visits/a", dead=True)
    assert judged(pending("visits/a"), troubles=dead).dead_count == 1
    assert judged(pending(), troubles=dead).dead_count == 0


def test_what_is_tried_again_is_in_flight_and_needs_nobody() -> None:
    troubles = {**trouble("visits/a", dead=False, minutes=9), **trouble("visits/b", dead=False, minutes=4)}
    status = judged(pending("visits/a", "visits/b"), troubles=troubles)
    assert (status.in_flight, status.retrying.next) == (2, NOW + timedelta(minutes=4))
    assert not status.needs_somebody


def test_a_key_with_a_letter_is_not_tried_again_whatever_the_journal_says() -> None:
    status = judged(pending("visits/a"), letter("visits/a"), troubles=trouble("visits/a", dead=False, minutes=1))
    assert (status.in_flight, status.dead_count) == (0, 1)


def test_a_file_is_overdue_when_it_is_older_than_a_sweep_explains() -> None:
    explained = timedelta(minutes=60) + OVERDUE
    assert not judged(pending("visits/a", unexplained=explained)).overdue
    late = judged(pending("visits/a", unexplained=explained + timedelta(seconds=1)))
    assert late.overdue
    assert late.needs_somebody


def test_what_was_not_answered_is_not_quiet_and_nothing_pending_is() -> None:
    assert not judged(None).quiet
    assert judged(pending()).quiet
    assert not judged(pending(), unread=1).quiet


def test_a_letter_of_a_dataset_that_is_not_there_belongs_to_none() -> None:
    letters = [letter("visits/a"), letter("gone/a", "gone"), letter("x", None)]
    (held,) = unknown_letters(letters, {"visits"})
    assert held.count == 2
