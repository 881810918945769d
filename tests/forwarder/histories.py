"""Histories of the forwarder: writers, events, forwarders, crashes, lost answers, time and lifecycle, in any order.

After each step nothing may be lost, and once all is quiet everything must have arrived: see `History`.
"""

import itertools
import os
from contextlib import suppress
from typing import Any, Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from provisioner.forwarder.journal import ENDED, TROUBLES, UPLOADS

from .setting import EXPORTS, JOURNAL, KEY, ROLE, TARGET, Post, new_queue, new_s3, route
from .worker import Worker, die
from .world import FakeS3, Fault, Request, When
from .world.errors import client_error
from .world.faults import LandsLaterError

HISTORIES: Final = int(os.environ.get("HISTORIES", "2000"))
"""How many are tried."""
KEYS: Final = (KEY, f"{KEY}.more")
"""One is the beginning of the other: a listing of the one shows both."""
LARGE: Final = 20 * 1024**2
"""Bytes of a large object: three parts."""
HOUR: Final = 3_600.0
DAY: Final = 24 * HOUR
RETENTION_DAYS: Final = 14
SWEEPS: Final = 3
"""Until the journal is empty, where events were lost: the first announces those keys, the second ends what is left of
uploads that were overtaken, and the third has seen that nothing is open."""
BETWEEN_SWEEPS: Final = 7 * HOUR
"""Seconds, more than a sweep waits before it announces a key again; far less than a note in the journal lasts."""
TURN: Final = '{"sweep": {}}'

WORKERS: Final = st.sampled_from(["first", "second", "third"])
FAULTS: Final = ("SlowDown", "InternalError", "ConditionalRequestConflict", "AccessDenied")
STATUS: Final = {"SlowDown": 503, "InternalError": 500, "ConditionalRequestConflict": 409, "AccessDenied": 403}


def quiet(examples: int, **more: Any) -> settings:
    """The settings of so many histories."""
    return settings(
        max_examples=examples,
        stateful_step_count=24,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


class History(RuleBasedStateMachine):
    """One history.

    What is checked after each step:
    - the bytes of the newest write of each key are in the export bucket, or are what the target holds;
    - every delete marker lies on a write that had reached the target before;
    - the target only ever holds whole writes, and never an older one after a newer one;
    - only the lifecycle rule destroys a version.
    At the end all faults are mended, every message is worked off, and a sweep finds what no event told.
    """

    def __init__(self) -> None:
        """A world with one dataset, two keys, and nothing in them."""
        super().__init__()
        self.s3: FakeS3 = new_s3()
        self.queue = new_queue(self.s3)
        self.writes: dict[str, list[bytes]] = {key: [] for key in KEYS}
        self.workers: dict[str, Worker] = {}
        self.untold: list[str] = []
        self.keep_files = False
        self.taken: set[bytes] = set()
        self.lost = False
        self.may_take = False
        self.markers: set[str] = set()
        self.versions: set[str] = set()
        self.s3.on_request = self._stop
        self.queue.on_request = lambda _operation, _parameters: self._stop(None, None)
        self.dead_letters.on_request = self.queue.on_request

    @property
    def dead_letters(self) -> Any:
        """The other queue."""
        assert self.queue.dead_letters is not None
        return self.queue.dead_letters

    @initialize(
        keep_files=st.booleans(), answer=st.sampled_from([204, 403, 404, 412]), pages=st.sampled_from([1, 2, 1000])
    )
    def begin(self, keep_files: bool, answer: Any, pages: int) -> None:
        """What holds for the whole of a history."""
        self.keep_files = keep_files
        self.s3.gone_delete_status = answer
        self.s3.page_size = pages

    # Writers, and what S3 tells.

    @rule(
        key=st.sampled_from(KEYS),
        kind=st.sampled_from(["FULL_OBJECT", "COMPOSITE", None]),
        large=st.booleans(),
        told=st.booleans(),
    )
    def write(self, key: str, kind: Any, large: bool, told: bool) -> None:
        """A user writes; S3 may tell at once."""
        body = f"{len(self.writes[key]):03}:{key}".encode()
        self.writes[key].append(body)
        tags = {"number": str(len(self.writes[key]))}
        self.s3.write(EXPORTS, key, body, checksum_type=kind, tags=tags, size=LARGE if large else None)
        event = self.s3.events[-1].message
        if told:
            self.queue.send(event)
        else:
            self.untold.append(event)

    @precondition(lambda self: self.untold)
    @rule(data=st.data(), again=st.booleans())
    def tell(self, data: st.DataObject, again: bool) -> None:
        """S3 tells of a write: late, out of order, and perhaps once more later."""
        event = data.draw(st.sampled_from(self.untold))
        if not again:
            self.untold.remove(event)
        self.queue.send(event)

    # Forwarders.

    @precondition(lambda self: self.queue.visible())
    @rule(
        name=WORKERS,
        choose=st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
        moments=st.sampled_from([1, 3, 4, 4, 5, 6, 9, 60]),
        until_deadline=st.sampled_from([900.0, 900.0, 200.0]),
    )
    def take(self, name: str, choose: list[int], moments: int, until_deadline: float) -> None:
        """A forwarder takes some messages, in any order, and goes some way."""
        if name in self.workers:
            return self.go_on(name, moments)
        batch = self.queue.receive(choose=choose)
        if batch["Records"]:
            self.workers[name] = Worker(self._post(until_deadline), batch)
            self.go_on(name, moments)
        return None

    @precondition(lambda self: self.queue.visible())
    @rule(again=st.booleans())
    def take_all(self, again: bool) -> None:
        """Another forwarder takes all that can be seen, and ends; SQS may give it all once more."""
        batch = self.queue.receive()
        worker = self.workers["another"] = Worker(self._post(900.0), batch)
        while not worker.finished:
            self._step("another", deletes=not again)
        if again:
            for record in batch["Records"]:
                self.queue.send(record["body"])
            self.queue.finish(batch, {"batchItemFailures": []})

    @precondition(lambda self: self.workers)
    @rule(name=WORKERS, moments=st.sampled_from([1, 2, 3, 5, 8, 60]))
    def go_on(self, name: str, moments: int) -> None:
        """A forwarder goes on some way."""
        for _ in range(moments):
            self._step(name)

    @precondition(lambda self: self.workers)
    @rule(name=WORKERS, how=st.sampled_from(["crash", "give up", "give up", *FAULTS]))
    def disturb(self, name: str, how: str) -> None:
        """A forwarder dies where it stands, or no longer waits, or AWS answers with an error though it may have acted.

        What is no longer waited for happens later, or at the end. It is not tried once the receiver has taken
        something away: see `take_away`.
        """
        worker = self.workers.get(name)
        if worker is None:
            return
        if how == "crash":
            self._step(name, die)
        elif worker.request is None or worker.when is None:
            return
        elif how in STATUS:
            head = worker.request.operation == "HeadObject"
            self._step(name, lambda request: client_error(_there(request), how, STATUS[how], head=head))
        elif worker.when is When.AFTER:
            self._step(name, lambda request: Fault.read_timeout().error(_there(request)))
        elif not self.may_take:
            self._step(name, lambda _request: LandsLaterError())

    @precondition(lambda self: self.s3.landings)
    @rule(first=st.booleans())
    def land(self, first: bool) -> None:
        """Something lands that nobody waits for any more."""
        _try(self.s3.landings.pop(0 if first else -1))

    # Time, people, lifecycle, and the schedule.

    @rule(data=st.data(), what=st.sampled_from(["time", "time", "turn", "expiry", "permission", "receiver", "loss"]))
    def outside(self, data: st.DataObject, what: str) -> None:
        """Something happens that is nobody's request."""
        if what == "time":
            self._pass_time(data.draw(st.sampled_from([60.0, 900.0, 2 * HOUR, 7 * HOUR])))
        elif what == "turn":
            self.queue.send(TURN)
        elif what == "expiry" and not self.workers:
            self.expire()
        elif what == "permission":
            self.s3.deny(ROLE, "s3:PutObject", TARGET)
        elif what == "receiver":
            self.take_away(data.draw(st.sampled_from(KEYS)))
        elif what == "loss":
            self.lose_events()

    @rule()
    def mend(self) -> None:
        """The target's owner gives the permission back."""
        self._mend()

    def lose_events(self) -> None:
        """S3 never tells of what it has not told yet."""
        self.untold.clear()
        self.lost = True

    def expire(self) -> None:
        """The lifecycle rule takes what has been noncurrent for long."""
        self._pass_time((RETENTION_DAYS + 1) * DAY)
        self.s3.expire(EXPORTS, noncurrent_days=RETENTION_DAYS)
        self.versions = {version.version_id for key in KEYS for version in self.s3.versions(EXPORTS, key)}

    def take_away(self, key: str) -> None:
        """The receiver takes a file out of the target.

        Not while a request is under way that nobody waits for: that one may then bring an older write back, and
        docs/forwarder.md says so.
        """
        body = self.s3.body(TARGET, key)
        if body is not None and not self.s3.landings:
            self.may_take = True
            self.taken.add(body)
            self.s3.mark_deleted(TARGET, key)

    # What must hold.

    @invariant()
    def nothing_is_lost(self) -> None:
        """See the class."""
        for key, writes in self.writes.items():
            here = [version.body for version in self.s3.versions(EXPORTS, key) if not version.is_marker]
            if writes:
                newest = writes[-1]
                assert newest in here or newest in self.taken or self.s3.body(TARGET, key) == newest, "a write is lost"
            self._check_markers(key)
            self._check_target(key)
        there = {version.version_id for key in KEYS for version in self.s3.versions(EXPORTS, key)}
        assert self.versions <= there, "a version was destroyed"
        self.versions = there

    def _check_markers(self, key: str) -> None:
        reached = [version.body for version in self.s3.versions(TARGET, key)]
        for below, version in itertools.pairwise(self.s3.versions(EXPORTS, key)):
            if version.is_marker and version.version_id not in self.markers:
                assert below.body in reached, "deleted before it was copied"
                self.markers.add(version.version_id)

    def _check_target(self, key: str) -> None:
        reached = [version.body for version in self.s3.versions(TARGET, key) if not version.is_marker]
        assert set(reached) <= set(self.writes[key]), "the target holds what nobody wrote"
        if not self.may_take:
            order = [self.writes[key].index(body or b"") for body in reached]
            assert order == sorted(order), "an older write landed on a newer one"

    def teardown(self) -> None:
        """All faults are mended, everything is worked off: then everything has arrived."""
        for name in list(self.workers):
            while name in self.workers:
                self._step(name)
                self.nothing_is_lost()
        self.s3.on_request = lambda _request, _when: None
        self.queue.on_request = self.dead_letters.on_request = lambda _operation, _parameters: None
        self._land_all()
        self._mend()
        for event in self.untold:
            self.queue.send(event)
        self._work_off()
        if not self.lost:  # then no sweep is needed
            self.everything_has_arrived()
        for _ in range(SWEEPS):
            self.s3.clock.advance(BETWEEN_SWEEPS)
            self.queue.send(TURN)
            self._work_off()
            self.everything_has_arrived()
        self.nothing_is_lost()
        assert self.s3.buckets[TARGET].uploads == {}, "an upload was left open"
        names = [name for name in self.s3.buckets[JOURNAL].keys if self.s3.current(JOURNAL, name)]
        assert not [name for name in names if name.startswith((TROUBLES, UPLOADS, ENDED))], "the journal was left"
        super().teardown()

    def everything_has_arrived(self) -> None:
        """The target holds the newest write of each key, or the receiver has taken it; the export bucket shows none."""
        for key, writes in self.writes.items():
            if not writes:
                continue
            there = self.s3.body(TARGET, key)
            taken = there is None and writes[-1] in self.taken
            assert there == writes[-1] or taken, "a write did not arrive, or an older one came back"
            assert (self.s3.current(EXPORTS, key) is None) is not self.keep_files, "still here, or not kept"
            self._check_tags(key)

    def _check_tags(self, key: str) -> None:
        current = self.s3.current(TARGET, key)
        if current is not None and current.body == self.writes[key][-1]:
            assert current.tags == {"number": str(len(self.writes[key]))}, "tags were lost"

    # How it is done.

    def _post(self, remaining: float) -> Post:
        post = Post(s3=self.s3, routes=(route(keep_files=self.keep_files),), remaining=lambda: remaining)
        post.queue = self.queue
        return post

    def _pass_time(self, seconds: float) -> None:
        """Time passes; what nobody waits for any more happens within it, if it is long."""
        if seconds > HOUR:
            self._land_all()
        self.s3.clock.advance(seconds)

    def _land_all(self) -> None:
        while self.s3.landings:
            _try(self.s3.landings.pop(0))
            self.nothing_is_lost()

    def _work_off(self) -> None:
        """Until both queues are empty; what is dead is redriven."""
        for _ in range(4):
            self._post(900.0).work_off()
            self.s3.clock.advance(HOUR)
            for message in self.dead_letters.messages:
                self.queue.send(message.body)
            self.dead_letters.messages.clear()
        assert not self.queue.messages, "the queue never gets empty"

    def _mend(self) -> None:
        self.s3.allow(ROLE, ("s3:PutObject",), TARGET, KEY.partition("/")[0] + "/")

    def _step(self, name: str, interruption: Any = None, *, deletes: bool = True) -> None:
        worker = self.workers.get(name)
        if worker is None:
            return
        worker.step(interruption)
        if worker.finished:
            del self.workers[name]
            if worker.error is not None:
                raise worker.error
            if deletes:
                self.queue.finish(worker.batch, worker.answer)

    def _stop(self, request: Request | None, when: When | None) -> None:
        worker = next((worker for worker in [*self.workers.values()] if worker.is_this_thread), None)
        if worker is not None:
            worker.wait(request, when)


def _there(request: Request | None) -> Request:
    assert request is not None
    return request


def _try(landing: Any) -> None:
    """Let a request land whose answer nobody hears."""
    with suppress(Exception):  # S3 may refuse it; nobody hears that either
        landing()


FAST: Final = (Phase.generate,)
"""To find out whether there is a bad history, the smallest one is not needed."""
