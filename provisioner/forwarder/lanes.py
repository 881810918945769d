"""Work done at once, bounded, and so shared that one lane that is stuck does not hold up the others."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition

Job = Callable[[], None]


def run_in_parallel(jobs: Sequence[Job], concurrency: int) -> None:
    """Run all jobs, so many at once; the first error of any is raised once the others under way have ended."""
    run_in_lanes({None: jobs}, concurrency)


def run_in_lanes(lanes: Mapping[str, Sequence[Job]] | Mapping[None, Sequence[Job]], concurrency: int) -> None:
    """Run the jobs of all lanes, so many at once; no lane has more than half of them while others wait.

    After an error no further job is begun; it is raised once those under way have ended.
    """
    total = sum(map(len, lanes.values()))
    if min(total, concurrency) <= 1:
        for jobs in lanes.values():
            for job in jobs:
                job()
        return
    traffic = _Traffic(lanes, concurrency)
    with ThreadPoolExecutor(min(total, concurrency)) as pool:
        for worker in [pool.submit(traffic.work) for _ in range(min(total, concurrency))]:
            worker.result()


class _Traffic:
    """Which job is next: of the lane with the fewest under way."""

    def __init__(self, lanes: Mapping[str, Sequence[Job]] | Mapping[None, Sequence[Job]], concurrency: int) -> None:
        self._waiting = {lane: deque(jobs) for lane, jobs in lanes.items() if jobs}
        self._running = dict.fromkeys(self._waiting, 0)
        self._concurrency = concurrency
        self._changed = Condition()

    def work(self) -> None:
        while (taken := self._take()) is not None:
            lane, job = taken
            try:
                job()
            except BaseException:
                with self._changed:
                    self._waiting.clear()
                raise
            finally:
                with self._changed:
                    self._running[lane] -= 1
                    self._changed.notify_all()

    def _take(self) -> tuple[str | None, Job] | None:
        with self._changed:
            while self._waiting:
                lane = min(self._waiting, key=lambda one: self._running[one])
                share = self._concurrency if len(self._waiting) == 1 else max(1, self._concurrency // 2)
                if self._running[lane] < share:
                    job = self._waiting[lane].popleft()
                    if not self._waiting[lane]:
                        del self._waiting[lane]
                        self._changed.notify_all()
                    self._running[lane] += 1
                    return lane, job
                self._changed.wait()
            return None
