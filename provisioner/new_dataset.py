"""A new dataset file, written only if it is right."""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from provisioner.access.check import check
from provisioner.datasets.folder import DatasetFile, read_folders
from provisioner.datasets.keys import KEYS, READERS, Kind
from provisioner.datasets.template import new_file, value_lines
from provisioner.failure import CommandError, UsageError
from provisioner.reading.keys import Key, Type
from provisioner.reading.printable import printable
from provisioner.reading.problem import Problem, Rule
from provisioner.settings import Settings

_OPTIONS: Final = {
    "bucket": "--bucket",
    "bucket_account": "--bucket-account",
    "pull_arns": "--arn",
    "pull_google": "--google",
    "pull_azure": "--azure",
    "users": "--user",
    "paperwork": "--paperwork",
}

Ask = Callable[[str], str]
"""Puts a question to somebody at a terminal, and gives the answer."""
Value = str | list[str] | list[dict[str, str]]
Given = dict[str, Value]


def make(
    root: Path,
    kind: Kind,
    given: Mapping[str, Value],
    settings: Settings,
    today: datetime.date,
    ask: Ask | None,
) -> str:
    """Write the file of a new dataset into the checkout `root`; what comes back says what to do next.

    Args:
        root: the checkout.
        kind: push or pull.
        given: values by key, `name` among them.
        settings: of the stack.
        today: the date in UTC.
        ask: None where nobody is there to be asked.

    Raises:
        UsageError: something is missing, or belongs to the other kind, and nobody can be asked.
        CommandError: the file is there already, or would have problems. Nothing is written then.
    """
    values = dict(given)
    strange = [name for name in values if name not in KEYS[kind]]
    if strange:
        raise UsageError(f"{_OPTIONS[strange[0]]} is for {kind.other.value} datasets")
    file = kind.file_of(str(values["name"]))
    others = [other for other in read_folders(root)[0] if other.file != file]

    def text_without_problems(*, but: Collection[Rule] = ()) -> str:
        text = new_file(kind, values)
        checked = check([*others, DatasetFile(file, kind, text.encode())], [], settings, today)
        shown = printable(file)
        problems = [problem for problem in checked.problems if problem.file == shown and problem.rule not in but]
        if problems:
            listed = "\n".join(f"  {problem.wrong}; {problem.instead} [{problem.rule}]" for problem in problems)
            raise CommandError(f"{shown} was not written:\n{listed}")
        return text

    # What was given is judged before anything is asked for, and before the name touches the disk.
    text_without_problems(but=(Rule.KEY_MISSING, Rule.PAPERWORK_MISSING))
    path = root / file
    if path.exists():
        raise CommandError(f"{file} is there already: edit it, or choose another name")
    _complete(values, kind, settings, today, ask)
    text = text_without_problems()
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as opened:
        opened.write(text)
    return _next_steps(file, kind, str(values["name"]))


def entries(kind: Kind, name: str, given: Sequence[Sequence[str]] | None) -> list[dict[str, str]]:
    """The entries of a key that lists them, each given as its fields in the order of the reference."""
    fields = [field.name for field in KEYS[kind][name].fields]
    return [dict(zip(fields, one, strict=True)) for one in given or ()]


def _complete(values: Given, kind: Kind, settings: Settings, today: datetime.date, ask: Ask | None) -> None:
    """Ask for each required value that is missing, until the answer is right."""
    wanted = [key for key in KEYS[kind].values() if key.required]
    if kind is Kind.PULL and values.keys().isdisjoint(READERS):
        wanted.insert(1, KEYS[kind]["pull_arns"])
    if settings.paperwork_required:
        wanted.append(KEYS[kind]["paperwork"])
    missing = [key for key in wanted if key.name not in values]
    if not missing:
        return
    if ask is None:
        raise UsageError(f"say {' and '.join(_OPTIONS[key.name] for key in missing)} too")
    for key in missing:
        values[key.name] = _answer(key, kind, settings, today, ask)


def _answer(key: Key, kind: Kind, settings: Settings, today: datetime.date, ask: Ask) -> str | list[str]:
    several = " Separate several by spaces." if key.type is Type.TEXTS else ""
    question = f"{key.description}{several}\n{key.name}: "
    complaint = ""
    while True:
        answer = ask(f"{complaint}{question}")
        value = answer.split() if key.type is Type.TEXTS else answer
        problems = _problems_of(key, value, kind, settings, today)
        if not problems:
            return value
        complaint = "".join(f"  {problem.wrong}; {problem.instead}\n" for problem in problems)


def _problems_of(
    key: Key, value: str | list[str], kind: Kind, settings: Settings, today: datetime.date
) -> list[Problem]:
    """What would be wrong with a value, whatever else the file says."""
    lines = ["name: x", *value_lines(key, value)]
    file = DatasetFile(kind.file_of("x"), kind, "\n".join(lines).encode())
    # What is missing is reported at the first line, what is wrong with the value at the value's.
    return [problem for problem in check([file], [], settings, today).problems if problem.place.line > 1]


def _next_steps(file: str, kind: Kind, name: str) -> str:
    branch = f"{kind.value}_dataset/{name}"
    return f"""Wrote {file}. Read it through; then:

  git switch -c {branch}
  git add {file}
  git commit -m "Add the {kind.value} dataset {name}"
  git push -u origin {branch}

and open a pull request, and ask the data engineering team for a review.
Once it is merged, `provisioner explain {name}` says what the receiving team must add on its side.
"""
