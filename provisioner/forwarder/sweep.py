"""The sweep: announces again what lies in the export bucket and no event announced.

Its turn is a message that waits in the same queue as everything else. When it is taken, what was announced before it
has been taken too; so what is older than the message, and neither in trouble nor on its way nor swept a while ago, has
been forgotten. It goes through the bucket once, as the forwarder's own role, which sees names and reads no data.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .announcement import Reason, announce, announce_sweep
from .failure import RequestError, aws_request
from .journal import ENDED, TROUBLES, UPLOADS, Note, key_id
from .notification import SweepTurn
from .pending import Pending

if TYPE_CHECKING:
    from .forwarder import Forwarder

EVENT_LATENESS = 900
"""Seconds within which an event comes, or never: S3 mostly takes seconds, and sometimes a minute or longer (Amazon S3
User Guide, "Amazon S3 Event Notifications")."""

MOST_ANNOUNCED = 10_000
"""Keys that one sweep announces; the next one goes on."""

ANNOUNCED_PER_SECOND = 20.0
"""At most: what was forgotten must not hold up what was written a moment ago."""

ANNOUNCED_AGAIN_AFTER = 6 * 3600
"""Seconds that a message may take through the queue and all its tries."""

TROUBLE_LASTS = 13 * 24 * 3600
"""Seconds that a note keeps a key from being swept: a day less than a dead letter stays in its queue."""

UPLOAD_LASTS = 2 * 24 * 3600
"""Seconds without a word of a large object, after which nobody is at work on it."""

LONGEST_REQUEST = 3600
"""Seconds after which nothing more comes of what a run has asked for: neither it nor S3 takes so long."""

UNFINISHED_SWEEP_LASTS = 3600
"""Seconds without a word of a sweep that has not finished, after which it will not: a run takes 15 minutes at most."""


@dataclass(kw_only=True)
class _Found:
    """What one run of a sweep has seen."""

    after: str
    """The key that it began behind."""
    last_key: str
    complete: bool = False
    listed: int = 0
    unrouted: int = 0
    bodies: list[str] = field(default_factory=list)
    announced: dict[str, float] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    """The ids of the keys that are pending, of those that the journal speaks of."""

    def covers(self, dataset: str) -> bool:
        """Whether every key of a dataset has gone by in this run: `0` is what follows `/` in their order."""
        return self.after < f"{dataset}/" and (self.complete or f"{dataset}0" <= self.last_key)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One run of a sweep; `remaining` gives the seconds it has."""

    forwarder: "Forwarder"
    remaining: Callable[[], float]

    def run(self, turn: SweepTurn, sent_at: float) -> None:
        """Sweep; `sent_at` is when the turn was put into the queue, in epoch seconds. Raises RequestError."""
        forwarder = self.forwarder
        journal, now = forwarder.journal, forwarder.now()
        last = journal.last_sweep()
        if turn.after is None and last.get("finished", now) is None and now - last["at"] < UNFINISHED_SWEEP_LASTS:
            forwarder.log({"level": "INFO", "outcome": "sweep_goes_on", "started": last["started"]})
            return
        state = _begin(turn, sent_at, now, last)
        journal.note_sweep(state)
        troubles, uploads, ended = (list(journal.notes(kind)) for kind in (TROUBLES, UPLOADS, ENDED))
        found = self._look(turn.after or "", state, troubles, uploads)
        forwarder.queue.send_slowly(found.bodies, ANNOUNCED_PER_SECOND)
        for note in _settled(troubles, found, state["before"]):
            journal.remove(note)
        for note in _settled(uploads, found, state["before"]):
            self._end_upload(note)
        under_way = {note.id for note in uploads}
        for note in ended:
            if note.id not in under_way and now - note.written.timestamp() > LONGEST_REQUEST:
                self._end_upload(note)
        if not found.complete:
            forwarder.queue.send(announce_sweep(state["before"], found.last_key))
        state |= {
            "finished": forwarder.now() if found.complete else None,
            "found": state["found"] + len(found.bodies),
            "listed": state["listed"] + found.listed,
            "announced": {**state["announced"], **found.announced},
        }
        journal.note_sweep(state)
        told = {name: state[name] for name in ("before", "started", "finished", "found", "listed")}
        forwarder.log({"level": "INFO", "outcome": "swept", **told, "unrouted": found.unrouted})

    def _look(self, after: str, state: Mapping[str, Any], troubles: list[Note], uploads: list[Note]) -> _Found:
        """Go through the bucket once, from a key on, to its end or as far as the time reaches."""
        forwarder, now = self.forwarder, self.forwarder.now()
        found = _Found(after=after, last_key=after)
        noted = {note.id for note in (*troubles, *uploads)}
        in_hand = _in_hand((*troubles, *uploads), now)
        pending = Pending(forwarder.journal, forwarder.log, now, begun=after.partition("/")[0] or None)
        for page, is_last in self._pages(after):
            for listed in page:
                found.listed += 1
                found.last_key = key = listed["Key"]
                route, written = forwarder.routes.find(key), listed["LastModified"].timestamp()
                if route is None:
                    found.unrouted += 1
                    continue
                if not pending.see(route, key, listed["ETag"], written):
                    continue
                identity = key_id(key)
                if identity in noted:
                    found.pending.add(identity)
                forgotten = written < state["before"] and in_hand.get(identity, 0.0) <= written
                if forgotten and identity[:16] not in state["announced"] and len(found.bodies) < MOST_ANNOUNCED:
                    found.bodies.append(announce(forwarder.routes.export_bucket, key, Reason.SWEPT))
                    found.announced[identity[:16]] = now
            found.complete = is_last
            if self.remaining() <= 0:
                break
        pending.close(complete=found.complete)
        return found

    def _pages(self, after: str) -> Iterator[tuple[list[Any], bool]]:
        """The current objects of the export bucket behind a key, in the order of their keys, a thousand at a time.

        And whether these are the last.
        """
        routes = self.forwarder.routes
        request: dict[str, Any] = {"Bucket": routes.export_bucket, "ExpectedBucketOwner": routes.account_id}
        if after:
            request["StartAfter"] = after
        while True:
            with aws_request("ListObjectsV2", routes.export_bucket):
                page = self.forwarder.s3.list_objects_v2(**request)
            yield page.get("Contents", []), not page["IsTruncated"]
            if not page["IsTruncated"]:
                return
            request["ContinuationToken"] = page["NextContinuationToken"]

    def _end_upload(self, note: Note) -> None:
        """Abort what is open of a key that is no longer on its way; that one cannot be ended holds up no other."""
        forwarder = self.forwarder
        upload, route = forwarder.journal.read_upload(note), forwarder.routes.find(f"{note.dataset}/")
        if upload is None or route is None:
            return
        large = forwarder.large(self.remaining)
        try:
            if note.kind == UPLOADS:
                large.end(forwarder.transfer(route), upload)
            else:
                large.abort(forwarder.transfer(route), replace(upload, upload_id=None))
                forwarder.journal.remove(note)
        except RequestError as failure:
            about = {"key": upload.key, "dataset": note.dataset, "outcome": failure.outcome}
            forwarder.log({"level": "WARNING", **about, "advice": failure.advice})


def _begin(turn: SweepTurn, sent_at: float, now: float, last: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal says of a sweep at the beginning of one of its runs."""
    announced = {identity: at for identity, at in last.get("announced", {}).items() if now - at < ANNOUNCED_AGAIN_AFTER}
    begun = {"started": now, "found": 0, "listed": 0}
    if turn.after is not None:
        begun |= {name: last[name] for name in begun.keys() & last.keys()}
    before = sent_at - EVENT_LATENESS if turn.before is None else turn.before
    return {**begun, "at": now, "before": before, "finished": None, "announced": announced}


def _in_hand(notes: Iterable[Note], now: float) -> dict[str, float]:
    """When the journal last spoke of each key that somebody is seeing to, in epoch seconds.

    That covers what had been written by then. What was written later has an event of its own, or was forgotten: the
    note may be left of an older write, which has been delivered or overtaken. S3 tells whole seconds, and a note of the
    same second as a write is taken for the older: to announce a key once too often does no harm. But S3 dates a write
    in parts from when it was begun (Amazon S3 User Guide, "Working with object metadata"), so an older note of while
    its parts came counts for as long as it lasts.
    """
    lasts = {TROUBLES: TROUBLE_LASTS, UPLOADS: UPLOAD_LASTS}
    fresh = [note for note in notes if now - note.written.timestamp() < lasts[note.kind]]
    return {note.id: note.written.timestamp() for note in sorted(fresh, key=lambda note: note.written)}


def _settled(notes: Iterable[Note], found: _Found, before: float) -> Iterator[Note]:
    """The notes about keys that are no longer pending."""
    return (
        note
        for note in notes
        if note.id not in found.pending and note.written.timestamp() < before and found.covers(note.dataset)
    )
