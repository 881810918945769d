"""From files to a catalogue: every file read, every rule asked, every problem kept."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import KEYS, READERS, REQUIRED, Kind
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset, Reader
from provisioner.datasets.rules.draft import Context, Draft
from provisioner.datasets.rules.names import check_collisions, is_name
from provisioner.datasets.rules.readers import parse_reader
from provisioner.datasets.rules.table import RULES
from provisioner.datasets.rules.targets import check_owners, is_key_arn
from provisioner.datasets.rules.users import check_spelling
from provisioner.datasets.rules.workloads import azure_reader, google_reader
from provisioner.exports.model import Export
from provisioner.reading.document import Report, read_document
from provisioner.reading.keys import Text, Values
from provisioner.reading.problem import Place, Problem, Rule
from provisioner.reading.values import read_values
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
        draft = _draft(file, settings, problems, report)
        if draft is None:
            continue
        for check in RULES[file.kind]:
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
    to_measure = Catalogue.of(map(_dataset, readable))
    catalogue = to_measure if len(sound) == count else Catalogue.of(map(_dataset, sound))
    return Checked(catalogue, to_measure, tuple(sorted(problems)), count)


def _is_readable(draft: Draft) -> bool:
    """Whether every required value could be read, and those that policies take apart have their form."""
    if not all(draft.values.any(key.name) for key in REQUIRED[draft.kind]):
        return False
    if draft.kind is Kind.PULL:
        # Every key that lists readers could be read, and there is one.
        listed = [name for name in READERS if name in draft.values.places]
        if not listed or not all(draft.values.any(name) for name in listed):
            return False
    key_arn = draft.values.text("kms_key_arn")
    return is_name(draft.values.required("name")) and (key_arn is None or is_key_arn(key_arn.value))


def _reporter(file: str, problems: list[Problem]) -> Report:
    def report(place: Place, rule: Rule, wrong: str, instead: str) -> None:
        problems.append(Problem(file, place, rule, wrong, instead))

    return report


def _draft(file: DatasetFile, settings: Settings, problems: list[Problem], report: Report) -> Draft | None:
    mapping = read_document(file.content, file.file, problems)
    if mapping is None:
        return None
    values = read_values(mapping, KEYS[file.kind], report)
    if "export" in values.places or file.beside:
        return Draft(file.file, file.stem, file.kind, values, _export(file, values, settings, problems))
    return Draft(file.file, file.stem, file.kind, values)


def _export(file: DatasetFile, values: Values, settings: Settings, problems: list[Problem]) -> Export | None:
    """The export that a file says, if it says one and says it rightly."""
    from provisioner.exports.files import Folder
    from provisioner.exports.reading import read_export

    folder = Folder(shown=file.folder, files=dict(file.beside), report_in=lambda beside: _reporter(beside, problems))
    status = values.text("status")
    return read_export(
        values,
        folder,
        retired=status is not None and status.value == "retired",
        settings=settings,
        report=_reporter(file.file, problems),
    )


def _dataset(draft: Draft) -> PushDataset | PullDataset:
    """What a file says, typed; where it says nothing of a key, the model says what that means."""
    said = draft.values.by_key()
    if draft.export is not None or "export" in said:
        said["export"] = draft.export
    for key, typed in _TYPED.items():
        if key in said:
            said[key] = typed(said[key])
    retired = said.pop("status", None) == "retired"
    model = PushDataset if draft.kind is Kind.PUSH else PullDataset
    return model(**said, retired=retired, file=draft.file, places=draft.values.places)


def _texts(listed: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple([text for text, _ in listed])


def _readers(arns: tuple[Text, ...]) -> tuple[Reader, ...]:
    readers = [parse_reader(arn) for arn, _ in arns]
    return tuple([reader for reader in readers if reader is not None])


_TYPED: Final[dict[str, Callable[[Any], object]]] = {
    "users": _texts,
    "paperwork": _texts,
    "pull_arns": _readers,
    "pull_google": lambda records: tuple(map(google_reader, records)),
    "pull_azure": lambda records: tuple(map(azure_reader, records)),
}
"""The keys whose values are not yet what the model holds."""
