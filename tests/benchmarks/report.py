"""How a benchmark speaks: lines on standard output, and what they were measured on."""

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median


def say(text: str = "") -> None:
    """Print at once: a benchmark takes long, and whoever waits wants to see it move."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def spread(values: Sequence[float], *, digits: int = 2, unit: str = "") -> str:
    """The median, and from the least to the most."""
    middle, least, most = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return f"{middle:>9}{unit}  ({least} to {most})"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """How many times as long as ours theirs take, pair by pair."""
    return spread([their / our for our, their in zip(ours, theirs, strict=True)])


def machine() -> str:
    """What the numbers are taken on."""
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    processor = found[1] if found else platform.machine()
    packages = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("boto3", "ministack", "check-jsonschema", "pyyaml")
    )
    return (
        f"{processor}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {packages}; medians (least to most)"
    )
