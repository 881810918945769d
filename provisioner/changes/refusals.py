"""What a pull request must not do: why not, and the steps that lead there all the same."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioner.changes.approvals import Approval
from provisioner.changes.change import Change, DatasetPair, KeyChange
from provisioner.changes.comparison import Comparison
from provisioner.changes.sentence import Sentence, sentence
from provisioner.changes.state import APPROVALS_FILE
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.reading.document import START
from provisioner.reading.problem import Place
from provisioner.settings import settings_file


class Refusal(StrEnum):
    """Every kind of refusal; `REFUSAL_MEANINGS` says of what."""

    DELETE_ACTIVE = "delete-active"
    DELETE_UNREAD = "delete-unread"
    NAME_CHANGED = "name-changed"
    BUCKETS_RENAMED = "buckets-renamed"
    MANY_REMOVALS = "many-removals"


REFUSAL_MEANINGS: Final = {
    Refusal.DELETE_ACTIVE: "the file of a dataset is deleted that was not retired before the pull request",
    Refusal.DELETE_UNREAD: "a file is deleted of which today's rules cannot tell whether its dataset was retired",
    Refusal.NAME_CHANGED: "the name of a dataset changes: no bucket, prefix or role can be renamed",
    Refusal.BUCKETS_RENAMED: "a setting changes by which the buckets of all datasets would be other buckets",
    Refusal.MANY_REMOVALS: "more datasets are retired or deleted at once than the settings allow, and "
    "`approvals.yaml` does not list them",
}


@dataclass(frozen=True, kw_only=True)
class RefusalFound:
    """One refusal: what is refused, and what to do instead, step by step."""

    refusal: Refusal
    file: str
    place: Place
    dataset: str | None
    """The dataset's name; None for a refusal of the whole pull request."""
    what: Sentence
    steps: tuple[Sentence, ...]

    @property
    def order(self) -> tuple[int, str, Place]:
        """By kind, then by place."""
        return list(Refusal).index(self.refusal), self.file, self.place


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the rules look at."""

    comparison: Comparison
    settings: tuple[KeyChange, ...]
    approvals: tuple[Approval, ...]
    today: datetime.date


def find_refusals(context: Context) -> tuple[RefusalFound, ...]:
    """Every refusal, sorted by kind and place."""
    found = [refusal for rule in _RULES for refusal in rule(context)]
    return tuple(sorted(found, key=lambda refusal: refusal.order))


def _names(context: Context) -> Iterator[RefusalFound]:
    """A name that changes, in its file or together with it; and the deletion of what was not retired."""
    comparison = context.comparison
    before = {pair.before.file: pair.before for pair in comparison.pairs if pair.before is not None}
    for now in comparison.checked.readable:
        was = comparison.names_before.get(now.file)
        if was is not None and was != now.name:
            yield _renamed(was, now)
    coming = [pair.after for pair in comparison.changed if pair.before is None and pair.after is not None]
    for pair in comparison.changed:
        if pair.change is Change.GOES and not pair.latest.retired:
            heir = next((one for one in coming if _is_same_but_for_name(one, before[pair.latest.file])), None)
            yield _deleted(pair.latest) if heir is None else _renamed(pair.latest.name, heir)


def _is_same_but_for_name(one: PushDataset | PullDataset, other: PushDataset | PullDataset) -> bool:
    """Whether two datasets of a kind have the same users, and the same target or readers."""
    if isinstance(one, PushDataset) and isinstance(other, PushDataset):
        return (one.users, one.bucket) == (other.users, other.bucket)
    if isinstance(one, PullDataset) and isinstance(other, PullDataset):
        return (one.users, one.pull_arns) == (other.users, other.pull_arns)
    return False


def _renamed(old: str, now: PushDataset | PullDataset) -> RefusalFound:
    thing = "bucket" if isinstance(now, PullDataset) else "prefix and its role"
    return RefusalFound(
        refusal=Refusal.NAME_CHANGED,
        file=now.file,
        place=now.places.get("name", START),
        dataset=now.name,
        what=sentence("{} becomes {}, and its " + thing + " cannot be renamed", old, now.name),
        steps=(
            sentence("leave the file of {} as it was, and add {} beside it, as a dataset of its own", old, now.name),
            sentence(
                "once everybody uses {}, retire {} with 'status: retired' in another pull request, and delete its "
                "file in a third",
                now.name,
                old,
            ),
        ),
    )


def _deleted(dataset: PushDataset | PullDataset) -> RefusalFound:
    held = "its bucket" if isinstance(dataset, PullDataset) else "its prefix"
    return RefusalFound(
        refusal=Refusal.DELETE_ACTIVE,
        file=dataset.file,
        place=START,
        dataset=dataset.name,
        what=sentence("the file of {} is deleted, and it was not retired before this pull request", dataset.name),
        steps=(
            sentence(
                "put {} back with 'status: retired', and have that merged: access ends, the data stays (to retire it "
                "in an earlier commit of the same pull request is not enough)",
                dataset.file,
            ),
            sentence("see that " + held + " is empty; then delete the file in a pull request of its own"),
        ),
    )


def _unread(context: Context) -> Iterator[RefusalFound]:
    there = {pair.latest.file for pair in context.comparison.pairs}
    for file in sorted(context.comparison.unread_before - there - context.comparison.files_after):
        yield RefusalFound(
            refusal=Refusal.DELETE_UNREAD,
            file=file,
            place=START,
            dataset=None,
            what=sentence("{} is deleted, and what it said before cannot be read", file),
            steps=(
                sentence("put it back, mended, with 'status: retired', and have that merged"),
                sentence("see that nothing of it is left; then delete the file in a pull request of its own"),
            ),
        )


_IN_BUCKET_NAMES: Final = ("account_id", "region", "bucket_prefix", "export_bucket")
"""The settings that decide which buckets are ours: with another value they would be others, and empty."""


def _buckets(context: Context) -> Iterator[RefusalFound]:
    if not context.comparison.catalogue_before:
        return
    for change in context.settings:
        if change.key in _IN_BUCKET_NAMES:
            yield RefusalFound(
                refusal=Refusal.BUCKETS_RENAMED,
                file=settings_file(context.comparison.after.stack),
                place=START,
                dataset=None,
                what=sentence(
                    "the setting {} becomes {}, and buckets cannot be renamed or moved", change.key, change.after or ""
                ),
                steps=(
                    sentence("leave it at {}", change.before or ""),
                    sentence(
                        "for another account, region or prefix, make another stack, with a settings file of its own"
                    ),
                ),
            )


def _many(context: Context) -> Iterator[RefusalFound]:
    """More removals than are allowed by the settings as they were: no pull request raises its own limit."""
    comparison, settings = context.comparison, context.comparison.before
    removed = [pair for pair in comparison.changed if _is_removed(pair)]
    approved = {one.dataset for one in context.approvals if one.until >= context.today}
    over = {one.dataset: one.until for one in context.approvals if one.until < context.today}
    open_ones = [pair.latest for pair in removed if pair.latest.file not in approved]
    allowed = min(
        settings.max_removals, max(1, len(comparison.catalogue_before) * settings.max_removals_percent // 100)
    )
    if len(open_ones) <= allowed:
        return
    first = open_ones[0]
    yield RefusalFound(
        refusal=Refusal.MANY_REMOVALS,
        file=first.file,
        place=START,
        dataset=None,
        what=sentence(
            f"{len(removed):,} of {len(comparison.catalogue_before):,} datasets are retired or deleted at once, "
            f"{len(open_ones):,} of them without approval; the settings allow {allowed:,}"
        ),
        steps=(
            sentence("if they are not all meant, put the others back; or remove them in several pull requests"),
            sentence(
                f"if they are, list each in {APPROVALS_FILE} under 'removals:', with '- dataset: '{{}}, "
                "'approved_by: ' and who answers for it, 'until: ' and the last day on which that counts, and "
                "'reason:'",
                first.file,
            ),
            *_out_of_date(open_ones, over),
        ),
    )


def _out_of_date(removed: Sequence[PushDataset | PullDataset], over: dict[str, datetime.date]) -> Iterator[Sentence]:
    late = [dataset.file for dataset in removed if dataset.file in over]
    if late:
        more = f" and {len(late) - 1:,} more" if len(late) > 1 else ""
        yield sentence("renew the approval of {}, which counted until {}" + more, late[0], over[late[0]])


def _is_removed(pair: DatasetPair) -> bool:
    return pair.retires or (pair.change is Change.GOES and pair.latest.retired)


_RULES: Final[tuple[Callable[[Context], Iterator[RefusalFound]], ...]] = (_names, _unread, _buckets, _many)
