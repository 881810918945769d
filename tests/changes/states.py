"""States of a checkout, as files of a few lines or made from whole catalogues, and what a plan finds between two."""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from provisioner.changes.comparison import Comparison, compare
from provisioner.changes.plan import Plan, make_plan
from provisioner.changes.refusals.refusal import Refusal, RefusalFound
from provisioner.changes.risks.risk import Risk
from provisioner.changes.state import Content, State
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import KEYS, Kind
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.reading.keys import Type
from provisioner.reading.problem import Problem
from provisioner.settings import PROJECT, SETTING_KEYS, Settings
from tests.support import THEIRS, catalogue, catalogues, stack_settings

STACK: Final = "test"
TODAY: Final = datetime.date(2026, 11, 22)
KNOWN: Final = stack_settings(known_accounts={THEIRS: "Performance Hub"})
"""Settings that know one account of a receiving team."""
OTHER_SETTINGS: Final[Mapping[str, Any]] = {
    "account_id": "999988887777",
    "region": "eu-west-1",
    "bucket_prefix": "other",
    "export_bucket": "other-exports",
    "user_prefix": "alpha_",
    "known_accounts": {},
    "paperwork_required": True,
    "retention_days": 15,
    "log_retention_days": 30,
    "alarm_topic_arn": "arn:aws:sns:eu-west-2:111122223333:other",
    "forwarder_concurrency": 8,
    "multipart_threshold_mib": 64,
    "sweep_minutes": 30,
    "retry_seconds": 10,
    "user_policies": 10,
    "sealed": True,
    "break_glass_role": "team/break-glass",
    "max_removals": 1,
    "max_removals_percent": 1,
    "many_datasets": 1,
    "dataset_stacks": 4,
    "stack_size": 500,
    "repository": "example-org/other",
    "state_bucket": "other-state",
    "state_key_arn": "arn:aws:kms:eu-west-2:111122223333:key/1a2b",
    "sources": {"core": "arn:aws:secretsmanager:eu-west-2:111122223333:secret:core-AbCdEf"},
    "exporter_image": "registry.example.com/exporter:2",
    "exporter_subnets": ("subnet-0a1b2c3d",),
    "exporter_security_groups": ("sg-0a1b2c3d",),
    "exporter_cpu": 2048,
    "exporter_memory_mib": 4096,
    "tags": {"business-unit": "Platforms"},
}
"""Of each setting another value than that of `KNOWN`."""
READER: Final = f"arn:aws:iam::{THEIRS}:role/reader"
USER: Final = "alpha_user_one"


def push(name: str = "visits", *more: str, bucket: str = "target-one", users: Iterable[str] = (USER,)) -> DatasetFile:
    """A push file: name, bucket, paperwork and `more` in a line each, from the first on; then the users."""
    return _file(Kind.PUSH, [f"name: {name}", f"bucket: {bucket}", *_agreement(more), *more, *_list("users", users)])


def pull(
    name: str = "extracts", *more: str, arns: Iterable[str] = (READER,), users: Iterable[str] = (USER,)
) -> DatasetFile:
    """A pull file: name, paperwork and `more` in a line each, from the first on; then the readers, then the users."""
    return _file(
        Kind.PULL, [f"name: {name}", *_agreement(more), *more, *_list("pull_arns", arns), *_list("users", users)]
    )


def at(path: str, file: DatasetFile) -> DatasetFile:
    """The file elsewhere."""
    return DatasetFile(path, file.kind, file.content)


def _agreement(more: Iterable[str]) -> Iterator[str]:
    if not any(line.startswith("paperwork") for line in more):
        yield "paperwork: agreement-1"


def _list(key: str, items: Iterable[str]) -> Iterator[str]:
    yield f"{key}:"
    yield from (f"  - {item}" for item in items)


def _file(kind: Kind, lines: list[str]) -> DatasetFile:
    name = lines[0].removeprefix("name: ")
    return DatasetFile(kind.file_of(name), kind, "".join(f"{line}\n" for line in lines if line).encode())


def state(
    *files: DatasetFile,
    settings: Settings | bytes | Problem | None = KNOWN,
    found: Iterable[Problem] = (),
    approvals: Content = None,
) -> State:
    """A checkout of some files."""
    content = settings_content(settings) if isinstance(settings, Settings) else settings
    return State(files=files, found=tuple(found), settings=content, approvals=approvals)


def settings_content(settings: Settings) -> bytes:
    """The file that says the settings."""
    values = {key.name: getattr(settings, key.name) for key in SETTING_KEYS}
    said = {name: value for name, value in values.items() if value not in (None, {}, ())}
    lines = [f"  {PROJECT}:{name}: {_written(value)}\n" for name, value in said.items()]
    return ("config:\n" + "".join(lines)).encode()


def state_of(some: Catalogue, settings: Settings = KNOWN) -> State:
    """A checkout whose files say what a catalogue holds."""
    return state(*map(dataset_file, some), settings=settings)


def dataset_file(dataset: PushDataset | PullDataset) -> DatasetFile:
    """The file that says a dataset."""
    lines = []
    for key in KEYS[dataset.kind].values():
        if key.name == "status":
            value: Any = "retired" if dataset.retired else None
        else:
            value = getattr(dataset, key.name)
        if key.name == "pull_arns":
            value = [reader.arn for reader in value]
        elif key.type is Type.RECORDS:
            value = tuple(entry._asdict() for entry in value)
        if value not in (None, (), False):  # which is what a key means that is not there
            lines.append(f"{key.name}: {_written(value)}\n")
    return DatasetFile(dataset.file, dataset.kind, "".join(lines).encode())


def _written(value: Any) -> str:
    """A value as YAML: JSON is YAML, and a date is one without quotes too."""
    if isinstance(value, Mapping):
        value = dict(value)
    return str(value) if isinstance(value, datetime.date) else json.dumps(value)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Catalogue, Catalogue]:
    """A catalogue before and after: some datasets stay as they are, some are others, some come and some go."""
    before, others = draw(catalogues()), draw(catalogues())
    stay = draw(st.sets(st.sampled_from([dataset.file for dataset in before]))) if len(before) else set()
    after = {dataset.file: dataset for dataset in others} | {one.file: one for one in before if one.file in stay}
    return before, catalogue(*after.values())


def comparison_of(base: State, head: State) -> Comparison:
    """Two states set side by side, in which nothing is wrong."""
    compared = compare(base, head, STACK, TODAY)
    assert isinstance(compared, Comparison), compared
    assert compared.checked.problems == ()
    return compared


def plan_of(base: State, head: State, *, branch: str | None = None) -> Plan:
    """The plan from one state to another."""
    return make_plan(base, head, stack=STACK, today=TODAY, branch=branch)


def risks(risk: Risk, base: State, head: State, *, branch: str | None = None) -> list[str]:
    """Where a plan finds a risk, and what it says of it."""
    plan = plan_of(base, head, branch=branch)
    return [f"{one.file}:{one.place.line}:{one.place.column} {one.what}" for one in plan.risks if one.risk is risk]


def refusals(base: State, head: State) -> list[tuple[Refusal, str]]:
    """What a plan refuses, and where."""
    return [(one.refusal, f"{one.file}:{one.place.line}:{one.place.column}") for one in refused(base, head)]


def refused(base: State, head: State) -> tuple[RefusalFound, ...]:
    """What a plan refuses."""
    return plan_of(base, head).refusals
