"""Work at once is bounded, and one lane that is stuck does not hold up the others."""

import threading
from functools import partial

import pytest

from provisioner.forwarder.lanes import run_in_lanes, run_in_parallel

WITHIN = 10.0


def test_every_job_of_every_lane_is_done_once() -> None:
    done: list[tuple[str, int]] = []
    lanes = {name: [partial(done.append, (name, number)) for number in range(50)] for name in ("a", "b", "c")}
    run_in_lanes(lanes, 8)
    assert sorted(done) == [(name, number) for name in ("a", "b", "c") for number in range(50)]


def test_no_more_than_so_many_are_under_way_and_as_many_are() -> None:
    lock, under_way, most = threading.Lock(), 0, 0
    all_are_there = threading.Barrier(4)

    def job() -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        all_are_there.wait(WITHIN)  # breaks if they are fewer
        with lock:
            under_way -= 1

    run_in_parallel([job] * 12, 4)
    assert most == 4


def test_as_many_are_under_way_in_several_lanes_also_where_they_cannot_be_shared_evenly() -> None:
    all_are_there = threading.Barrier(3)

    def meet() -> None:
        all_are_there.wait(WITHIN)  # breaks if they are fewer

    run_in_lanes({"a": [meet] * 6, "b": [meet] * 6}, 3)


def test_a_lane_that_is_stuck_does_not_hold_up_another() -> None:
    others_are_done = threading.Event()
    left = 40

    def stuck() -> None:
        assert others_are_done.wait(WITHIN)

    def quick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            others_are_done.set()

    run_in_lanes({"stuck": [stuck] * 60, "quick": [quick] * 40}, 8)
    assert left == 0


def test_the_first_error_is_raised_and_no_further_job_is_begun() -> None:
    begun: list[int] = []

    def job(number: int) -> None:
        begun.append(number)
        raise ZeroDivisionError(str(number))

    with pytest.raises(ZeroDivisionError):
        run_in_parallel([partial(job, number) for number in range(100)], 2)
    assert len(begun) <= 2


def test_one_at_a_time_is_done_in_this_thread() -> None:
    threads: set[int] = set()
    run_in_parallel([lambda: threads.add(threading.get_ident())] * 5, 1)
    assert threads == {threading.get_ident()}
