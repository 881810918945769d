"""How an export stands: what became of its last run, and whether what it last published is fresh enough.

"No data", "not run" and "failed" are three different things, and none of them is silent.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from exporter.ledger.model import Kind, Run, RunState
from provisioner.exports.model import Freshness


class State(StrEnum):
    """What became of the last run."""

    NOT_RUN = "not run"
    """There never was one."""
    RUNNING = "running"
    PUBLISHED = "published"
    EMPTY = "empty"
    """It went well, and found no row."""
    FAILED = "failed"


class Verdict(StrEnum):
    """What it means to whoever waits for the files."""

    FRESH = "fresh"
    WARN = "warn"
    """Somebody should look; the exit code stays 0."""
    ERROR = "error"
    """Somebody must do something."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one export stands at one target."""

    state: State
    verdict: Verdict
    reason: str
    """Why the verdict is not better; empty where it is fresh."""
    last: Run | None
    """The last run, of whatever kind."""
    good: Run | None
    """The last one that went well; a backfill, which is of the past, is none."""
    age: datetime.timedelta | None
    """How long ago that one began: what it published is as of then."""
    waiting: int
    """Files that are committed and not yet to be seen, because a run was cut short."""


def standing(runs: Sequence[Run], waiting: int, rule: Freshness, now: datetime.datetime) -> Standing:
    """How an export stands.

    Args:
        runs: its latest runs at a target, the last first.
        waiting: how many files are committed and not revealed.
        rule: how old the last good run may be.
        now: what time it is.
    """
    last = runs[0] if runs else None
    good = next((run for run in runs if _is_good(run)), None)
    age = now - good.started_at if good else None
    verdict, reason = _verdict(last, age, waiting, rule)
    return Standing(
        state=State(last.state.value) if last else State.NOT_RUN,
        verdict=verdict,
        reason=reason,
        last=last,
        good=good,
        age=age,
        waiting=waiting,
    )


def _is_good(run: Run) -> bool:
    return run.state in (RunState.PUBLISHED, RunState.EMPTY) and run.kind is not Kind.BACKFILL


def _verdict(last: Run | None, age: datetime.timedelta | None, waiting: int, rule: Freshness) -> tuple[Verdict, str]:
    """The first of these that is true; as in dbt, a rule that was not given asks nothing."""
    never = "no run has gone well yet"
    if rule.error_after is not None and (age is None or age > rule.error_after):
        return Verdict.ERROR, never if age is None else "the last good run is older than error_after"
    failed = last is not None and last.state is RunState.FAILED
    if failed and rule.error_after is None and rule.warn_after is None:
        return Verdict.ERROR, "the last run failed, and no freshness rule says how long that may go on"
    if rule.warn_after is not None and (age is None or age > rule.warn_after):
        return Verdict.WARN, never if age is None else "the last good run is older than warn_after"
    if failed:
        return Verdict.WARN, "the last run failed"
    if waiting and (last is None or last.state is not RunState.RUNNING):
        return Verdict.WARN, "files are committed and not yet to be seen; the next run reveals them"
    if last is None:
        return Verdict.WARN, never
    return Verdict.FRESH, ""
