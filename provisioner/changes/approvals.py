"""`approvals.yaml`: removals that were agreed, each by name, by somebody, and until a day."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provisioner.changes.state import APPROVALS_FILE, Content
from provisioner.datasets.keys import KIND_OF_FOLDER, NAME_PATTERN
from provisioner.reading import nodes
from provisioner.reading.document import Report, read_document
from provisioner.reading.keys import Key, Type, nearest_key, report_missing
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Problem, Rule
from provisioner.reading.values import read_values

APPROVAL_KEYS: Final = (
    Key(
        name="dataset",
        type=Type.TEXT,
        required=True,
        description="The dataset's file, with its folder.",
        example="push_datasets/old_returns.yaml",
    ),
    Key(
        name="approved_by",
        type=Type.TEXT,
        required=True,
        description="Who answers for the removal.",
        example="Jane Doe, data engineering",
        max_length=200,
    ),
    Key(
        name="until",
        type=Type.DATE,
        required=True,
        description="The last day on which the approval counts, in UTC.",
        example="2040-03-31",
    ),
    Key(
        name="reason",
        type=Type.TEXT,
        required=True,
        description="Why it is removed.",
        example="The agreement has ended",
        max_length=300,
    ),
)
_KEYS: Final = {key.name: key for key in APPROVAL_KEYS}
_LIST: Final = "removals"
_DATASET_FILE: Final = re.compile(f"({'|'.join(KIND_OF_FOLDER)})/{NAME_PATTERN[1:-1]}\\.yaml")


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Somebody agrees that one dataset is retired or deleted."""

    dataset: str
    """The dataset's file, with its folder."""
    approved_by: str
    until: datetime.date
    reason: str


def read_approvals(content: Content) -> tuple[tuple[Approval, ...], tuple[Problem, ...]]:
    """The approvals of a checkout, and what is wrong with their file; both are empty where there is none."""
    if content is None:
        return (), ()
    if isinstance(content, Problem):
        return (), (content,)
    problems: list[Problem] = []

    def report(place: Place, rule: Rule, wrong: str, instead: str) -> None:
        problems.append(Problem(APPROVALS_FILE, place, rule, wrong, instead))

    root = read_document(content, APPROVALS_FILE, problems)
    approvals = () if root is None else tuple(_approvals(root, report))
    return approvals, tuple(sorted(problems))


def _approvals(root: nodes.Mapping, report: Report) -> Iterator[Approval]:
    for name, (place, _) in root.entries.items():
        if name != _LIST:
            report(place, Rule.KEY_UNKNOWN, f"'{shown(name)}' is not a key of {APPROVALS_FILE}", f"write '{_LIST}:'")
    place, listed = root.entries.get(_LIST, (root.place, None))
    if isinstance(listed, nodes.Unreadable):
        return
    if not isinstance(listed, nodes.Sequence):
        report(
            place if listed is None else listed.place,
            Rule.KEY_MISSING if listed is None else Rule.KEY_TYPE,
            f"'{_LIST}' wants a list of approvals",
            f"write '{_LIST}:' and under it, for each dataset, '- dataset: {APPROVAL_KEYS[0].example}'",
        )
        return
    for item in listed.items:
        approval = _approval(item, report)
        if approval is not None:
            yield approval


def _approval(item: nodes.Node, report: Report) -> Approval | None:
    """An approval, if everything in it is right: half of one approves nothing."""
    if isinstance(item, nodes.Unreadable):
        return None
    if not isinstance(item, nodes.Mapping):
        report(
            item.place,
            Rule.KEY_TYPE,
            "an approval has four lines, this is something else",
            "write " + ", ".join(f"'{name}:'" for name in _KEYS),
        )
        return None
    strange = [name for name in item.entries if name not in _KEYS]
    for name in strange:
        nearest = nearest_key(name, APPROVAL_KEYS)
        instead = f"write '{nearest}'" if nearest else f"the keys are {', '.join(_KEYS)}"
        report(item.entries[name][0], Rule.KEY_UNKNOWN, f"'{shown(name)}' is not a key of an approval", instead)
    values = read_values(item, _KEYS, report)
    report_missing(values, APPROVAL_KEYS, report)
    dataset = values.text("dataset")
    fits = dataset is not None and _DATASET_FILE.fullmatch(dataset.value)
    if dataset is not None and not fits:
        report(
            dataset.place,
            Rule.KEY_VALUE,
            f"'{shown(dataset.value)}' is not the file of a dataset",
            f"write it with its folder, such as '{APPROVAL_KEYS[0].example}'",
        )
    if strange or not fits or any(values.any(name) is None for name in _KEYS):
        return None
    return Approval(**{name: values.required(name) for name in _KEYS})
