"""A plan as the comment of a pull request, or a job's summary."""

from collections.abc import Iterator
from typing import Final

from provisioner.changes.change import Change, DatasetChange
from provisioner.changes.exports import ExportChange
from provisioner.changes.plan import Plan
from provisioner.changes.refusals.refusal import RefusalFound
from provisioner.changes.risks.risk import RiskFound
from provisioner.reporting.bounded import Items, Section, Shown, fit
from provisioner.reporting.explanation import explained
from provisioner.reporting.json_text import json_text
from provisioner.reporting.markdown import MAX_COMMENT, code, code_block, folded, html_code, said
from provisioner.reporting.plan.exports import export_lines
from provisioner.reporting.plan.mermaid import flowchart
from provisioner.reporting.plan.other_side import OtherSide, other_sides
from provisioner.reporting.plan.words import (
    dataset_line,
    grant_lines,
    key_line,
    resource_line,
    seal_line,
    tally,
    verdict,
)
from provisioner.reporting.problems import problem_section
from provisioner.settings import Settings

DEFAULT_LIMIT: Final = MAX_COMMENT - 536
"""Bytes of a comment, but for what a workflow adds to know it again."""
LEAST_LIMIT: Final = 8_000
"""Bytes in which the tally, and how much of each part is left out, always fit."""
_ELSEWHERE: Final = (
    "The whole plan is in the summary of this check's run, and in a checkout of the branch `provisioner plan --base "
    "main` shows it."
)
_MARKS: Final = {Change.COMES: "🟢", Change.CHANGES: "🟡", Change.GOES: "🔴"}


def as_markdown(plan: Plan, limit: int = DEFAULT_LIMIT) -> str:
    """The tally, then problems, refusals and risks, then the rest as far as `limit` bytes go."""
    return fit(_head(plan), list(_sections(plan)), limit, _ELSEWHERE)


def _head(plan: Plan) -> str:
    if plan.refused:
        mark = "> [!CAUTION]\n> **This cannot be merged as it is.** Below is what to do."
    elif plan.risks:
        mark = "> [!WARNING]\n> **Look at the risks before you approve.**"
    elif plan.changes:
        mark = "> [!NOTE]\n> No risk is known. Look at who gains and loses what."
    else:
        mark = "> [!NOTE]\n> Nothing that anybody may do changes."
    return f"### Plan: {tally(plan)}\n\n{mark} ({verdict(plan)})\n"


def _sections(plan: Plan) -> Iterator[Section]:
    yield problem_section(plan.problems)
    yield Section(
        title="#### Refused",
        items=Shown(things=plan.refusals, show=_refusal),
        codes=[found.refusal for found in plan.refusals],
        first=True,
    )
    yield Section(
        title="#### Risks",
        items=Shown(things=plan.risks, show=_risk),
        codes=[found.risk for found in plan.risks],
        first=True,
    )
    settings = plan.settings
    if settings is None:
        return
    gains = [(line.change, line.sentence) for line in grant_lines(plan.grants, settings)]
    seals = [seal_line(one, settings) for one in plan.seals]
    yield Section(
        title="#### Who gains and loses what",
        items=Shown(things=[*gains, *seals], show=lambda line: f"- {_MARKS[line[0]]} {said(line[1])}"),
    )
    drawn = flowchart(plan.grants, settings)
    yield Section(title="#### The way of the data", items=[code_block(drawn, "mermaid")] if drawn else [])
    yield Section(title="#### Exports", items=Shown(things=plan.exports, show=lambda change: _export(change, settings)))
    yield _folded("Datasets", Shown(things=plan.datasets, show=lambda change: _dataset(change, settings)))
    yield _folded(
        "Settings", Shown(things=plan.settings_changes, show=lambda change: f"- {said(key_line(change, settings))}")
    )
    yield _folded(
        "AWS resources",
        Shown(things=plan.resources, show=lambda change: f"- {_MARKS[change.change]} {said(resource_line(change))}"),
    )
    yield Section(
        title="#### For the receiving teams",
        items=Shown(things=[*other_sides(plan)], show=lambda side: _side(side, settings)),
    )


def _folded(what: str, items: Items) -> Section:
    opening = f"<details><summary>{what} ({len(items):,})</summary>\n"
    return Section(opening=opening, items=items, closing="\n</details>")


def _risk(found: RiskFound) -> str:
    place = code(f"{found.file}:{found.place.line}")
    return f"- {code(found.risk)} {said(found.what)} ({place})\n  - {said(found.advice)}"


def _refusal(found: RefusalFound) -> str:
    place = code(f"{found.file}:{found.place.line}")
    steps = "\n".join(f"  {number}. {said(step)}" for number, step in enumerate(found.steps, 1))
    return f"- {code(found.refusal)} {said(found.what)} ({place})\n{steps}"


def _dataset(change: DatasetChange, settings: Settings) -> str:
    lines = [f"- {_MARKS[change.change]} {said(dataset_line(change))}"]
    if change.change is Change.CHANGES:
        lines += [f"  - {said(key_line(key, settings))}" for key in change.keys]
    return "\n".join(lines)


def _export(change: ExportChange, settings: Settings) -> str:
    whole, *tasks = export_lines(change, settings)
    return "\n".join([f"- {_MARKS[change.change]} {said(whole)}", *(f"  - {said(task)}" for task in tasks)])


def _side(side: OtherSide, settings: Settings) -> str:
    """What a team has to do, with an empty line after it: HTML goes on until there is one."""
    name = side.dataset.name
    if not side.adds:
        return f"- {code(name)}: what they added for it can be taken away\n"
    shown = json_text(explained(side.dataset, settings))
    return folded(f"{html_code(name)}: what they must add, as JSON to send them", code_block(shown, "json")) + "\n"
