"""What a process took is its own, whatever ran before."""

from pathlib import Path

import pytest

from tests.benchmarks.usage import usage_of


def test_a_command_takes_some_time_and_some_memory_of_its_own(tmp_path: Path) -> None:
    most = b"x" * (300 * 1024**2)  # of this process, and none of the measured one's
    usage = usage_of("--help", cwd=tmp_path)
    assert len(most) > usage.peak * 1024**2 > 5 * 1024**2
    assert 0 < usage.cpu < 10


def test_a_command_that_fails_has_no_figures(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not in a checkout"):
        usage_of("validate", cwd=tmp_path)
