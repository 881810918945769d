"""The answer to whether somebody can do something somewhere."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from provisioner.access.asking.action import VERBS, Action
from provisioner.access.asking.answer import NOTE_MEANINGS, REASON_MEANINGS, Answer
from provisioner.access.asking.reach import Reach
from provisioner.access.evaluation.decision import Deciding
from provisioner.reading.printable import listed, printable
from provisioner.reporting.access.reach import reach_object
from provisioner.reporting.access.words import identity_object, identity_words, where
from provisioner.reporting.json_text import json_text
from provisioner.reporting.terminal import Style
from provisioner.settings import Settings

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""
MAX_VALUES: Final = 3
"""Values of a condition that are shown; the JSON has all."""
MAX_INSTEAD: Final = 5
"""Places of the same bucket that are shown where the answer is no; `provisioner who` shows all."""


def as_text(answer: Answer, instead: Sequence[Reach], settings: Settings, style: Style) -> str:
    """Yes or no, the statements that decide, and what it rests on."""
    return "\n".join(_lines(answer, instead, settings, style)) + "\n"


def _lines(answer: Answer, instead: Sequence[Reach], settings: Settings, style: Style) -> Iterator[str]:
    question = answer.question
    verdict = style.good("yes") if answer.allowed else style.bad("no")
    who = identity_words(question.identity, settings)
    place = where(question.location.bucket, question.location.key)
    may = "may" if answer.allowed else "may not"
    yield f"{verdict}: {who} {may} {_doing(question.action)} {place} on {question.day} (UTC)"
    yield f"  {REASON_MEANINGS[answer.reason]}{':' if answer.deciding else '.'}"
    for one in answer.deciding:
        yield from (f"    {line}" for line in _deciding(one))
    for note in answer.notes:
        yield f"  {NOTE_MEANINGS[note]}."
    if instead:
        yield "  In this bucket it may"
        for reach in instead[:MAX_INSTEAD]:
            yield f"    {listed(reach.verbs)} {where(reach.bucket, reach.prefix)}"
        if len(instead) > MAX_INSTEAD:
            yield f"    and {len(instead) - MAX_INSTEAD:,} more: see `provisioner who {question.identity.arn}`"


def _doing(action: Action) -> str:
    """A verb, and the action by which it is meant; or an action that no verb means."""
    verb = next((verb for verb, meant in VERBS.items() if meant == action), None)
    return f"{verb} ({action.name})" if verb else f"do {action.name} on"


def _deciding(one: Deciding) -> Iterator[str]:
    statement = one.statement
    yield f"{statement.sid or 'a statement'} in {printable(one.policy.name)}"
    yield f"  {statement.effect} {one.match.action}{_of(statement.actions)}"
    yield f"  on {printable(one.match.resource)}{_of(statement.resources)}"
    for operator, keys in statement.source.get("Condition", {}).items():
        for key, values in keys.items():
            yield from _condition(f"  if {key} {operator}", [values] if isinstance(values, str) else values)


def _of(patterns: Sequence[str]) -> str:
    return f" (of {len(patterns):,})" if len(patterns) > 1 else ""


def _condition(words: str, values: Sequence[str]) -> Iterator[str]:
    """A condition: its one value behind it, or some of its values below each other."""
    if len(values) == 1:
        yield f"{words} {printable(values[0])}"
        return
    yield words
    yield from (f"    {printable(value)}" for value in values[:MAX_VALUES])
    if len(values) > MAX_VALUES:
        yield f"    and {len(values) - MAX_VALUES:,} more"


def as_json(answer: Answer, instead: Sequence[Reach], settings: Settings, _style: Style) -> str:
    """An object with the question, the answer, and the statements that decide; docs/reference.md says what is in it."""
    question = answer.question
    held: dict[str, Any] = {
        "version": JSON_VERSION,
        "principal": identity_object(question.identity, settings),
        "action": question.action.name,
        "bucket": question.location.bucket,
        "key": question.location.key,
        "bucket_account": question.location.owner,
        "at": question.day.isoformat(),
        "allowed": answer.allowed,
        "reason": answer.reason.value,
        "deciding": [
            {
                "policy": one.policy.name,
                "supposed": one.policy.assumed,
                "sid": one.statement.sid,
                "statement": one.statement.source,
            }
            for one in answer.deciding
        ],
        "notes": [note.value for note in answer.notes],
        "instead": [reach_object(reach, settings) for reach in instead],
    }
    return json_text(held) + "\n"


FORMATS: Final[dict[str, Callable[[Answer, Sequence[Reach], Settings, Style], str]]] = {
    "text": as_text,
    "json": as_json,
}
