"""What a delivery asks of S3: on the fast path three requests at most, of a large object the least and a constant."""

import pytest

from tests.benchmarks.large import RUN_OVERHEAD, SIZES, deliver
from tests.benchmarks.metered import metered_post, write


def test_an_object_takes_one_copy_and_three_requests_at_most() -> None:
    s3, post = metered_post()
    assert post.forward(*write(post, 100, 10_000)) == []
    asked = s3.tally.counts
    assert asked["CopyObject"] == 100
    assert asked.total() <= 3 * 100


@pytest.mark.parametrize("size", [SIZES["1 GiB"], SIZES["100 GiB"], SIZES["50 TB"]], ids=["1 GiB", "100 GiB", "50 TB"])
def test_a_large_object_takes_the_least_and_a_constant(size: int) -> None:
    done = deliver(size)
    assert done.requests["UploadPartCopy"] == done.parts
    assert done.over_the_least <= RUN_OVERHEAD


def test_handing_a_large_object_on_takes_the_same_constant_for_each_run_and_no_part_twice() -> None:
    done = deliver(SIZES["50 TB"], parts_a_run=3_000)
    assert done.runs == 4
    assert done.requests["UploadPartCopy"] == done.parts
    assert done.over_the_least <= RUN_OVERHEAD * done.runs
