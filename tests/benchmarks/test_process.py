"""What the meter of whole processes says."""

import os
import sys
from pathlib import Path

import pytest

from tests.benchmarks.process import took
from tests.benchmarks.usage import peak_of_this_process


def test_a_process_is_measured_with_what_it_began(tmp_path: Path) -> None:
    work = "x = b'x' * 2**26; import time; begun = time.process_time()\nwhile time.process_time() < begun + 0.1: pass"
    shell = ("/bin/sh", "-c", '"$0" -S -c "$1"; true', sys.executable, work)
    measured = took(shell, cwd=tmp_path, environment=os.environ)
    assert measured.seconds >= 0.1
    assert measured.cpu >= 0.1
    assert measured.peak > 64


def test_its_memory_is_not_that_of_who_measures(tmp_path: Path) -> None:
    measured = took(("/bin/true",), cwd=tmp_path, environment=os.environ)
    assert measured.peak < 25 < peak_of_this_process()


def test_the_figures_of_what_failed_are_no_figures(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="/bin/false failed"):
        took(("/bin/false",), cwd=tmp_path, environment=os.environ)
