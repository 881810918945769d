"""From files to a catalogue: every file read, every rule asked, every problem kept."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import KEYS, READERS, REQUIRED, Kind
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.datasets.rules.draft import Context, Draft
from provisioner.datasets.rules.names import check_collisions, is_name
from provisioner.datasets.rules.readers import parse_reader
from provisioner.datasets.rules.table import RULES
from provisioner.datasets.rules.targets import check_owners, is_key_arn
from provisioner.datasets.rules.users import check_spelling
from provisioner.datasets.rules.workloads import azure_reader, google_reader
from provisioner.reading.document import Report, read_document
from provisioner.reading.keys import read_values
from provisioner.reading.problem import Place, Problem, Rule
from provisioner.settings import Settings


@dataclass(frozen=True)
class Checked:
    """What came of reading some files."""

    catalogue: Catalogue
    """The datasets of the files that have no problem of their own."""
    readable: Catalogue
    """Those too whose files have problems but say enough to be measured: one mistake hides no other."""
    problems: tuple[Problem, ...]
    """Every problem of every file, sorted by place."""
    files: int
    """How many files were read."""


def check_files(
    files: Iterable[DatasetFile],
    settings: Settings,
    today: datetime.date | None,
    found: Iterable[Problem] = (),
) -> Checked:
    """Read the files as datasets, and ask every rule of each and of all together.

    Args:
        files: the files' contents.
        settings: of the stack that they are for.
        today: the date in UTC that `expires` must not lie before; None to let a past date pass.
        found: problems that are known already, to be sorted in with the rest.
    """
    context = Context(settings, today)
    problems = list(found)
    drafts: list[Draft] = []
    sound: list[Draft] = []
    readable: list[Draft] = []
    count = 0
    for file in files:
        count += 1
        before = len(problems)
        report = _reporter(file.file, problems)
        draft = _draft(file, problems, report)
        if draft is None:
            continue
        for check in RULES:
            check(draft, context, report)
        drafts.append(draft)
        is_sound = len(problems) == before
        if is_sound:
            sound.append(draft)
        if is_sound or _is_readable(draft):
            readable.append(draft)
    check_collisions(drafts, settings, lambda file: _reporter(file, problems))
    check_spelling(drafts, lambda file: _reporter(file, problems))
    check_owners(drafts, lambda file: _reporter(file, problems))
    to_measure = _catalogue(readable)
    catalogue = to_measure if len(sound) == count else _catalogue(sound)
    return Checked(catalogue, to_measure, tuple(sorted(problems)), count)


def _catalogue(drafts: Iterable[Draft]) -> Catalogue:
    kinds: dict[Kind, list[Draft]] = {kind: [] for kind in Kind}
    for draft in drafts:
        kinds[draft.kind].append(draft)
    return Catalogue(push=tuple(map(_push, kinds[Kind.PUSH])), pull=tuple(map(_pull, kinds[Kind.PULL])))


def _is_readable(draft: Draft) -> bool:
    """Whether every required value could be read, and those that policies take apart have their form."""
    if not all(draft.values.any(key.name) for key in REQUIRED[draft.kind]):
        return False
    if draft.kind is Kind.PULL:
        # Every key that lists readers could be read, and there is one.
        listed = [name for name in READERS if name in draft.values.present]
        if not listed or not all(draft.values.any(name) for name in listed):
            return False
    key_arn = draft.values.text("kms_key_arn")
    return is_name(draft.values.required("name")) and (key_arn is None or is_key_arn(key_arn.value))


def _reporter(file: str, problems: list[Problem]) -> Report:
    def report(place: Place, rule: Rule, wrong: str, instead: str) -> None:
        problems.append(Problem(file, place, rule, wrong, instead))

    return report


def _draft(file: DatasetFile, problems: list[Problem], report: Report) -> Draft | None:
    mapping = read_document(file.content, file.file, problems)
    if mapping is None:
        return None
    values = read_values(mapping, KEYS[file.kind], report)
    return Draft(file.file, file.stem, file.kind, mapping, values)


def _common(draft: Draft) -> dict[str, Any]:
    """The arguments that both kinds of dataset take."""
    values = draft.values
    paperwork = values.texts("paperwork")
    return {
        "name": values.required("name"),
        "users": tuple(user.text for user in values.required("users")),
        "description": values.optional("description"),
        "contact": values.optional("contact"),
        "paperwork": tuple(text.text for text in paperwork.value) if paperwork else (),
        "expires": values.optional("expires"),
        "retired": values.optional("status") == "retired",
        "sealed": values.optional("sealed", False),
        "file": draft.file,
        "places": {key: place for key, (place, _) in draft.mapping.entries.items()},
    }


def _push(draft: Draft) -> PushDataset:
    return PushDataset(
        **_common(draft),
        bucket=draft.values.required("bucket"),
        bucket_account=draft.values.optional("bucket_account"),
        keep_files=draft.values.optional("keep_files", False),
        kms_key_arn=draft.values.optional("kms_key_arn"),
    )


def _pull(draft: Draft) -> PullDataset:
    arns = draft.values.texts("pull_arns")
    google, azure = draft.values.records("pull_google"), draft.values.records("pull_azure")
    readers = (parse_reader(arn.text) for arn in arns.value) if arns else ()
    return PullDataset(
        **_common(draft),
        pull_arns=tuple(reader for reader in readers if reader is not None),
        pull_google=tuple(map(google_reader, google.value)) if google else (),
        pull_azure=tuple(map(azure_reader, azure.value)) if azure else (),
        allow_push=draft.values.optional("allow_push", False),
        bucket_versioning=draft.values.optional("bucket_versioning", False),
    )
