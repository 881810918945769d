"""Work done at once, bounded, and so shared that one lane that is stuck does not hold up the others."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

Job = Callable[[], None]


def run_in_parallel(jobs: Sequence[Job], concurrency: int) -> None:
    """Run all jobs, so many at once; the first error of any is raised once the others under way have ended."""
    run_in_lanes({None: jobs}, concurrency)


def run_in_lanes(lanes: Mapping[str, Sequence[Job]] | Mapping[None, Sequence[Job]], concurrency: int) -> None:
    """Run the jobs of all lanes, so many at once; each that ends makes room for the lane with the fewest under way.

    So of two lanes neither has more than half, or one more, while the other waits: one that is stuck takes its share
    and no more.

    After an error no further job is begun; it is raised once those under way have ended.
    """
    total = sum(map(len, lanes.values()))
    if min(total, concurrency) <= 1:
        for jobs in lanes.values():
            for job in jobs:
                job()
        return
    traffic = _Traffic(lanes)
    with ThreadPoolExecutor(min(total, concurrency)) as pool:
        for worker in [pool.submit(traffic.work) for _ in range(min(total, concurrency))]:
            worker.result()


class _Traffic:
    """Which job is next: of the lane with the fewest under way."""

    def __init__(self, lanes: Mapping[str, Sequence[Job]] | Mapping[None, Sequence[Job]]) -> None:
        self._waiting = {lane: deque(jobs) for lane, jobs in lanes.items() if jobs}
        self._running = dict.fromkeys(self._waiting, 0)
        self._lock = Lock()

    def work(self) -> None:
        while (taken := self._take()) is not None:
            lane, job = taken
            try:
                job()
            except BaseException:
                with self._lock:
                    self._waiting.clear()
                raise
            finally:
                with self._lock:
                    self._running[lane] -= 1

    def _take(self) -> tuple[str | None, Job] | None:
        with self._lock:
            if not self._waiting:
                return None
            lane = min(self._waiting, key=lambda one: self._running[one])
            job = self._waiting[lane].popleft()
            if not self._waiting[lane]:
                del self._waiting[lane]
            self._running[lane] += 1
            return lane, job
