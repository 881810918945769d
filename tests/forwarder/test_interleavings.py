"""Any interleaving of writes, duplicate deliveries and crashes on one key keeps the forwarder's guarantees.

Two forwarders run in threads of which only one ever moves: each stops before, during and after each request until the
schedule lets it go on. So an example is one exact order of events, and Hypothesis can replay and shrink it.
"""

import itertools
import threading
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from .setting import EXPORTS, KEY, TARGET, Post, message, new_s3, route
from .world import FakeS3, ProcessDiedError, Request, When

Kind = Literal["FULL_OBJECT", "COMPOSITE"]


class Worker:
    """A forwarder that handles one message, a moment at a time."""

    def __init__(self, s3: FakeS3, *, keep_files: bool) -> None:
        self.finished = False
        self.message_stays = True
        self._dies = False
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        post = Post(s3=s3, routes=(route(keep_files=keep_files),))
        self._thread = threading.Thread(target=self._run, args=(post,), daemon=True)
        self._thread.start()

    def step(self, *, dies: bool = False) -> None:
        """Go on to the next moment of a request, or die at this one."""
        self._dies = dies
        self._go.release()
        self._stopped.acquire()
        if self.finished:
            self._thread.join()

    def wait(self) -> None:
        """Called within this worker's thread, at each moment of each request."""
        self._stopped.release()
        self._go.acquire()
        if self._dies:
            raise ProcessDiedError

    def is_this_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def _run(self, post: Post) -> None:
        self._go.acquire()
        try:
            if self._dies:
                raise ProcessDiedError
            self.message_stays = bool(post.forward(message(KEY)))
        except ProcessDiedError:
            self.message_stays = True
        finally:
            self.finished = True
            self._stopped.release()


def check_nothing_is_lost(s3: FakeS3, writes: list[bytes]) -> None:
    """The newest write is here or in the target; and each delete marker lies on a write that was copied before."""
    versions = s3.versions(EXPORTS, KEY)
    assert [version.body for version in versions if not version.is_marker] == writes
    copied = [version.body for version in s3.versions(TARGET, KEY)]
    for below, version in itertools.pairwise(versions):
        assert not version.is_marker or below.body in copied


# A delivery stops four times until its copy is under way, and seven to nine times in all.
STEPS = (
    ("write", 1),
    ("write", 1),
    ("die", 1),
    *((name, count) for name in ("first", "second") for count in (1, 4, 12)),
)


@settings(max_examples=300, deadline=None)
@given(
    schedule=st.lists(st.sampled_from(STEPS), max_size=20),
    keep_files=st.booleans(),
    kind=st.sampled_from(["FULL_OBJECT", "COMPOSITE"]),
    answer=st.sampled_from([204, 403, 404, 412]),
)
def test_any_order_of_writes_deliveries_and_crashes_ends_with_the_newest_write_in_the_target(
    schedule: list[tuple[str, int]], keep_files: bool, kind: Kind, answer: Literal[204, 403, 404, 412]
) -> None:
    s3 = new_s3()
    s3.gone_delete_status = answer
    writes = [b"write-00"]
    s3.write(EXPORTS, KEY, writes[0], checksum_type=kind)
    workers: dict[str, Worker] = {}

    def wait(_request: Request, _when: When) -> None:
        for worker in list(workers.values()):  # others come and go while this one waits
            if worker.is_this_thread():
                worker.wait()

    s3.on_request = wait
    queue = 2  # messages: one event and its duplicate; each write adds its own

    def go_on(name: str, *, dies: bool) -> None:
        nonlocal queue
        workers[name].step(dies=dies)
        check_nothing_is_lost(s3, writes)
        if workers[name].finished:
            queue += workers.pop(name).message_stays

    for step, moments in schedule:
        if step == "write":
            writes.append(f"write-{len(writes):02}".encode())
            s3.write(EXPORTS, KEY, writes[-1], checksum_type=kind)
            queue += 1
            continue
        name = "second" if step == "second" else "first"
        if name not in workers:
            if queue == 0:
                continue
            queue -= 1
            workers[name] = Worker(s3, keep_files=keep_files)
        for _ in range(moments):
            if name in workers:
                go_on(name, dies=step == "die")
    for name in list(workers):
        while name in workers:
            go_on(name, dies=False)
    s3.on_request = lambda _request, _when: None
    for _ in range(queue):
        assert Post(s3=s3, routes=(route(keep_files=keep_files),)).forward(message(KEY)) == []
    check_nothing_is_lost(s3, writes)
    assert s3.body(TARGET, KEY) == writes[-1]
    assert (s3.current(EXPORTS, KEY) is None) is not keep_files
