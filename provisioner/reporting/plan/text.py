"""A plan for a terminal."""

from collections.abc import Iterable, Iterator

from provisioner.changes.change import Change
from provisioner.changes.plan import Plan
from provisioner.changes.sentence import Sentence
from provisioner.reporting.plan.exports import export_lines
from provisioner.reporting.plan.other_side import other_sides
from provisioner.reporting.plan.words import MARKS, dataset_line, grant_lines, key_line, resource_line, seal_line
from provisioner.reporting.problems import problem_lines
from provisioner.reporting.terminal import Style
from provisioner.settings import Settings


def as_text(plan: Plan, style: Style) -> str:
    """Problems, refusals and risks first; then who gains and loses what; then the rest."""
    return "\n".join("\n".join(part) + "\n" for part in _parts(plan, style) if len(part) > 1)


def _parts(plan: Plan, style: Style) -> Iterator[list[str]]:
    yield [style.bad("Problems: to be mended first"), *problem_lines(plan.problems, style).splitlines()]
    yield [style.bad("Refused"), *_refusals(plan, style)]
    yield [style.bold("Risks: look at these"), *_risks(plan, style)]
    if plan.settings is None:
        return
    grants = grant_lines(plan.grants, plan.settings)
    yield [
        style.bold("Who gains and loses what"),
        *(_marked(line.change, line.sentence, style) for line in grants),
        *(_marked(*seal_line(seal, plan.settings), style) for seal in plan.seals),
    ]
    yield [style.bold("Exports"), *_exports(plan, plan.settings, style)]
    yield [style.bold("Datasets"), *_datasets(plan, plan.settings, style)]
    changed = (key_line(change, plan.settings) for change in plan.settings_changes)
    yield [style.bold("Settings"), *(f"  ~ {_plain(line, style)}" for line in changed)]
    yield [
        style.bold("AWS resources"),
        *(_marked(change.change, resource_line(change), style) for change in plan.resources),
    ]
    yield [style.bold("For the receiving teams"), *_receiving(plan)]


def _refusals(plan: Plan, style: Style) -> Iterator[str]:
    for found in plan.refusals:
        place = style.bold(f"{found.file}:{found.place.line}:{found.place.column}:")
        yield f"  {place} {_plain(found.what, style)} {style.dim(f'[{found.refusal}]')}"
        yield from (f"    {number}. {_plain(step, style)}" for number, step in enumerate(found.steps, 1))


def _risks(plan: Plan, style: Style) -> Iterator[str]:
    for found in plan.risks:
        place = style.bold(f"{found.file}:{found.place.line}:{found.place.column}:")
        yield f"  {place} {_plain(found.what, style)} {style.dim(f'[{found.risk}]')}"
        yield f"    {_plain(found.advice, style)}"


def _exports(plan: Plan, settings: Settings, style: Style) -> Iterator[str]:
    for change in plan.exports:
        whole, *tasks = export_lines(change, settings)
        yield _marked(change.change, whole, style)
        yield from (f"      {_plain(task, style)}" for task in tasks)


def _datasets(plan: Plan, settings: Settings, style: Style) -> Iterator[str]:
    for change in plan.datasets:
        yield _marked(change.change, dataset_line(change), style)
        if change.change is Change.CHANGES:
            yield from (f"      {_plain(key_line(key, settings), style)}" for key in change.keys)


def _receiving(plan: Plan) -> Iterable[str]:
    for side in other_sides(plan):
        name = side.dataset.name
        if side.adds:
            yield f"  {name}: what they must add is said by: provisioner explain {name}"
        else:
            yield f"  {name}: what they added for it can be taken away"


def _marked(change: Change, sentence: Sentence, style: Style) -> str:
    dress = {Change.COMES: style.good, Change.GOES: style.bad, Change.CHANGES: style.bold}[change]
    return f"  {dress(MARKS[change])} {_plain(sentence, style)}"


def _plain(sentence: Sentence, style: Style) -> str:
    return sentence.dressed(str, style.bold)
