"""The export systems of a checkout's `examples`, each a small checkout with a sample of its database.

The tour has them in one stack with the checkout's own datasets: in a copy, to which the examples' datasets come, and to
its settings what the examples' say and its own do not.
"""

import datetime
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from provisioner.access.check import check
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import Catalogue, PushDataset
from provisioner.exports.model import Export
from provisioner.revisions import WORKTREE, Revisions
from provisioner.settings import Settings, load_settings, settings_file

_FOLDER: Final = "examples"
_STACK: Final = "prod"
"""The stack of every example."""
_SAMPLE: Final = ("schema.sql", "data.sql", "today.sql")
"""Of an example's folder `sample`, in the order in which they are run; the last is not always there."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One export system."""

    dataset: PushDataset
    export: Export
    sample: tuple[str, ...]
    """The SQL that makes its database."""


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A checkout with its examples."""

    root: Path
    settings: Settings
    catalogue: Catalogue
    examples: tuple[Example, ...] = ()
    refused: str = ""
    """Why the examples are not in it, though there are some."""


def has_examples(root: Path) -> bool:
    """Whether a checkout has any."""
    return bool(_found(root))


def _found(root: Path) -> list[Path]:
    return sorted(sample.parent for sample in root.glob(f"{_FOLDER}/*/sample"))


def with_examples(plain: Composed, folder: Path, today: datetime.date) -> Composed:
    """A checkout with the datasets and settings of its examples, made in a new folder.

    What the examples say must be right by the checkout's own settings too, else it comes back as it is.
    """
    found = _found(plain.root)
    named = {file.stem: example for example in found for file in (example / Kind.PUSH.folder).glob("*.yaml")}
    if taken := sorted(dataset.name for dataset in plain.catalogue.push if dataset.name in named):
        return replace(plain, refused=f"there is a dataset {taken[0]} already")
    stack = plain.settings.stack
    folder.mkdir()
    for file in ("Pulumi.yaml", settings_file(stack)):
        shutil.copy(plain.root / file, folder)
    for kind in Kind:
        for checkout in (plain.root, *found):
            if (checkout / kind.folder).is_dir():
                shutil.copytree(checkout / kind.folder, folder / kind.folder, dirs_exist_ok=True)
    _add_settings(folder / settings_file(stack), [example / settings_file(_STACK) for example in found])
    settings, problems = load_settings(folder, stack)
    if settings is None:
        return replace(plain, refused=str(problems[0]))
    state = Revisions(folder).state(WORKTREE, stack)
    checked = check(state.files, state.found, settings, today)
    if checked.problems:
        return replace(plain, refused=str(checked.problems[0]))
    examples = tuple(
        Example(dataset=dataset, export=dataset.export, sample=_sample(named[dataset.name]))
        for dataset in checked.catalogue.push
        if dataset.export and dataset.name in named
    )
    return Composed(root=folder, settings=settings, catalogue=checked.catalogue, examples=examples)


def _add_settings(file: Path, others: list[Path]) -> None:
    """Add what other settings files say and the file does not: whole settings, and entries of those that have any."""
    own = _config(file)
    for other in others:
        for name, value in _config(other).items():
            own[name] = {**value, **own.get(name, {})} if isinstance(value, dict) else own.get(name, value)
    file.write_text(yaml.safe_dump({"config": own}), encoding="utf-8")


def _config(file: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    return config


def _sample(example: Path) -> tuple[str, ...]:
    files = (example / "sample" / name for name in _SAMPLE)
    return tuple(file.read_text(encoding="utf-8") for file in files if file.is_file())
