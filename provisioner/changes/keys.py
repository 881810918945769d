"""What a file says before and after, key by key."""

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.changes.change import DatasetPair, KeyChange
from provisioner.changes.workload import workload_words
from provisioner.datasets.keys import KEYS
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.words import words_of
from provisioner.reading.keys import Key
from provisioner.settings import SETTING_KEYS, Settings


def changed_keys(pair: DatasetPair) -> tuple[KeyChange, ...]:
    """The keys of a dataset that say something else after than before, in the order of the reference."""
    changes: list[KeyChange] = []
    for key in KEYS[pair.latest.kind].values():
        before, after = (None if one is None else _said(one, key) for one in (pair.before, pair.after))
        changes += _changes(key, before, after)
    return tuple(changes)


def changed_settings(before: Settings, after: Settings) -> tuple[KeyChange, ...]:
    """The settings that say something else after than before, in the order of the reference."""
    changes: list[KeyChange] = []
    for key in SETTING_KEYS:
        changes += _changes(key, getattr(before, key.name), getattr(after, key.name))
    return tuple(changes)


def _said(dataset: PushDataset | PullDataset, key: Key) -> Any:
    """The value that a dataset has for a key, as its file would say it."""
    if key.name == "status":
        return "retired" if dataset.retired else "active"
    value = getattr(dataset, key.name)
    if key.name == "export":
        return None if value is None else words_of(value)
    if key.name == "pull_arns":
        return tuple(reader.arn for reader in value)
    return tuple(workload_words(one).plain for one in value) if key.name in ("pull_google", "pull_azure") else value


def _changes(key: Key, before: Any, after: Any) -> Iterator[KeyChange]:
    default = () if key.default is None else key.default
    before, after = (default if value is None else value for value in (before, after))
    if before == after:
        return
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = dict(before), dict(after)
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield KeyChange(key=f"{key.name} {name}", before=old.get(name), after=new.get(name))
    elif isinstance(before, tuple) and isinstance(after, tuple):
        yield from (KeyChange(key=key.name, before=item, after=None) for item in before if item not in after)
        yield from (KeyChange(key=key.name, before=None, after=item) for item in after if item not in before)
    else:
        yield KeyChange(key=key.name, before=_text(before), after=_text(after))


def _text(value: Any) -> str | None:
    """A single value as a file says it."""
    if value == ():
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
