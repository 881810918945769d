"""No data, not run and failed are three states, and the freshness rule says which of them needs somebody."""

import datetime

import pytest

from exporter.freshness import Standing, State, Verdict, standing
from exporter.ledger.model import Kind, Run, RunState
from provisioner.exports.model import Freshness

NOW = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
DAILY = Freshness(warn_after=datetime.timedelta(hours=26), error_after=datetime.timedelta(hours=50))
NO_RULE = Freshness()


def run(state: RunState, hours_ago: float, kind: Kind = Kind.PARTIAL) -> Run:
    """A run that began so long ago."""
    began = NOW - datetime.timedelta(hours=hours_ago)
    return Run(
        id=1,
        export="lettings",
        target="s3://exports/lettings/",
        kind=kind,
        number=1,
        started_at=began,
        finished_at=None if state is RunState.RUNNING else began,
        state=state,
        error="it broke" if state is RunState.FAILED else None,
        holder="machine 7",
    )


def judged(*runs: Run, rule: Freshness = DAILY, waiting: int = 0) -> Standing:
    return standing(runs, waiting, rule, NOW)


@pytest.mark.parametrize(
    ("runs", "state"),
    [
        ([], State.NOT_RUN),
        ([run(RunState.EMPTY, 1)], State.EMPTY),
        ([run(RunState.FAILED, 1)], State.FAILED),
        ([run(RunState.PUBLISHED, 1)], State.PUBLISHED),
        ([run(RunState.RUNNING, 1)], State.RUNNING),
    ],
)
def test_each_state_is_its_own(runs: list[Run], state: State) -> None:
    assert judged(*runs).state is state


@pytest.mark.parametrize("state", [RunState.PUBLISHED, RunState.EMPTY])
@pytest.mark.parametrize(
    ("hours", "verdict"),
    [(26, Verdict.FRESH), (26.1, Verdict.WARN), (50, Verdict.WARN), (50.1, Verdict.ERROR)],
)
def test_a_run_that_found_nothing_is_as_fresh_as_one_that_found_rows(
    state: RunState, hours: float, verdict: Verdict
) -> None:
    assert judged(run(state, hours)).verdict is verdict


def test_an_export_that_never_ran_is_not_fresh() -> None:
    assert judged().verdict is Verdict.ERROR
    assert judged(rule=NO_RULE).verdict is Verdict.WARN
    assert judged(rule=Freshness(warn_after=datetime.timedelta(hours=1))).verdict is Verdict.WARN


def test_a_run_that_failed_is_a_warning_while_the_last_good_one_is_fresh() -> None:
    assert judged(run(RunState.FAILED, 1), run(RunState.PUBLISHED, 25)).verdict is Verdict.WARN


def test_a_run_that_failed_is_an_error_once_the_last_good_one_is_too_old() -> None:
    assert judged(run(RunState.FAILED, 1), run(RunState.PUBLISHED, 51)).verdict is Verdict.ERROR


def test_a_run_that_failed_is_an_error_where_no_rule_says_how_long_that_may_go_on() -> None:
    assert judged(run(RunState.FAILED, 1), run(RunState.PUBLISHED, 2), rule=NO_RULE).verdict is Verdict.ERROR


def test_without_a_rule_no_age_is_too_old() -> None:
    assert judged(run(RunState.PUBLISHED, 24 * 365), rule=NO_RULE).verdict is Verdict.FRESH


def test_a_backfill_makes_nothing_fresh() -> None:
    seen = judged(run(RunState.PUBLISHED, 1, Kind.BACKFILL), run(RunState.PUBLISHED, 51))
    assert seen.verdict is Verdict.ERROR
    assert seen.state is State.PUBLISHED


def test_a_run_under_way_does_not_hide_that_the_last_good_one_is_too_old() -> None:
    assert judged(run(RunState.RUNNING, 1), run(RunState.PUBLISHED, 51)).verdict is Verdict.ERROR


def test_files_that_wait_to_be_seen_are_said_unless_a_run_is_at_them() -> None:
    assert judged(run(RunState.PUBLISHED, 1), waiting=2).verdict is Verdict.WARN
    assert judged(run(RunState.RUNNING, 0), run(RunState.PUBLISHED, 1), waiting=2).verdict is Verdict.FRESH
