"""Builders of what the tests are about, with sensible defaults, and Hypothesis strategies for whole catalogues."""

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from provisioner.datasets.model import AzureReader, Catalogue, GoogleReader, PullDataset, PushDataset, Reader
from provisioner.datasets.rules.readers import parse_reader
from provisioner.exports.model import Export, Query, Task
from provisioner.exports.template import Template
from provisioner.reading.problem import START, Place
from provisioner.settings import Settings

OURS: Final = "111122223333"
"""Our account: that of the stack."""
THEIRS: Final = "444455556666"
"""The account of a receiving team."""
OTHERS: Final = "777788889999"
"""The account of another receiving team."""
TARGETS_ACCOUNT: Final = "999900001111"
"""Every target bucket's account; nobody else whom a test asks about is in it."""

OUTSIDE_ROLE: Final = f"arn:aws:iam::{THEIRS}:role/etl/reader"
OUTSIDE_USER: Final = f"arn:aws:iam::{OTHERS}:user/button_58240"
OWN_ROLE: Final = f"arn:aws:iam::{OURS}:role/team/dashboard"
OWN_USER: Final = f"arn:aws:iam::{OURS}:user/legacy"


def stack_settings(**changes: Any) -> Settings:
    """The settings of a stack, but for what a test changes."""
    given: dict[str, Any] = {"stack": "test", "account_id": OURS, "break_glass_role": "break-glass"}
    return Settings(**{**given, **changes})


EXPORTER: Final[dict[str, Any]] = {
    "sources": {"core": f"arn:aws:secretsmanager:eu-west-2:{OURS}:secret:exports/core-AbCdEf"},
    "exporter_image": f"{OURS}.dkr.ecr.eu-west-2.amazonaws.com/data-exporter:1",
    "exporter_subnets": ("subnet-0a1b2c3d4e5f60718",),
    "exporter_security_groups": ("sg-0a1b2c3d4e5f60718",),
}
"""The settings with which AWS runs scheduled exports."""


def export_of(
    query: str = "select id, name from visits", *, schedule: str | None = "0 5 * * *", delete: str | None = None
) -> Export:
    """An export of one task, a new file each time, at five in London if a test does not say otherwise."""

    def statement(text: str) -> Query:
        return Query(text=text, file=None, place=START, columns=None)

    task = Task(
        name="visits",
        query=statement(query),
        delete=statement(delete) if delete else None,
        key=Template("{task}-{time:%Y_%m_%d-%H_%M_%S}.csv.gz"),
        place=START,
    )
    zone = "Europe/London" if schedule else "UTC"
    return Export(source="core", schedule=schedule, timezone=zone, tasks=(task,), place=START)


def user_arn(user: str) -> str:
    """The ARN of a platform user's role."""
    return f"arn:aws:iam::{OURS}:role/{user}"


def reader(arn: str) -> Reader:
    """A reader, as a dataset file names it."""
    parsed = parse_reader(arn)
    assert parsed is not None, arn
    return parsed


def push_dataset(name: str, **changes: Any) -> PushDataset:
    """A push dataset of one user, but for what a test changes."""
    given: dict[str, Any] = {
        "name": name,
        "users": ("alpha_user_one",),
        "bucket": "target-one",
        "file": f"push_datasets/{name}.yaml",
        "places": {"name": Place(1, 1), "users": Place(3, 1), "sealed": Place(5, 1)},
    }
    return PushDataset(**{**given, **changes})


def pull_dataset(name: str, *arns: str, **changes: Any) -> PullDataset:
    """A pull dataset of one user and the given readers, or one outside role, but for what a test changes."""
    given: dict[str, Any] = {
        "name": name,
        "users": ("alpha_user_one",),
        "pull_arns": tuple(reader(arn) for arn in arns or (OUTSIDE_ROLE,)),
        "file": f"pull_datasets/{name}.yaml",
        "places": {"name": Place(1, 1), "pull_arns": Place(4, 1), "users": Place(9, 1)},
    }
    return PullDataset(**{**given, **changes})


def catalogue(*datasets: PushDataset | PullDataset) -> Catalogue:
    """A catalogue, its datasets in the order in which files are read: by name."""
    by_name = sorted(datasets, key=lambda dataset: dataset.name)
    return Catalogue(
        push=tuple(dataset for dataset in by_name if isinstance(dataset, PushDataset)),
        pull=tuple(dataset for dataset in by_name if isinstance(dataset, PullDataset)),
    )


# Names of which one begins another: a prefix without its slash, or a bucket name cut short, would let one in.
NAMES: Final = ("a", "a_b", "ab", "new_project", "new_project_2")
DATASET_NAMES: Final = st.sampled_from(NAMES)
USERS: Final = ("alpha_user_one", "alpha_user_two", "alpha_user_Rhian-Manley")
READERS: Final = (
    OUTSIDE_ROLE,
    f"arn:aws:iam::{THEIRS}:role/reader",
    OUTSIDE_USER,
    OWN_ROLE,
    OWN_USER,
    # Somebody who is a user of one dataset and reads another.
    user_arn("alpha_user_two"),
)
GOOGLE: Final = (
    GoogleReader("103456789012345678901", "https://data-exports.example.com"),
    # The same service account for another audience, and another for the same.
    GoogleReader("103456789012345678901", "https://other.example.com"),
    GoogleReader("203456789012345678902", "https://data-exports.example.com"),
)
_TENANT: Final = "1a2b3c4d-0000-1111-2222-333344445555"
AZURE: Final = (
    AzureReader(_TENANT, "api://5e6f7a8b-0000-1111-2222-333344445555", "9c0d1e2f-0000-1111-2222-333344445555"),
    AzureReader(_TENANT, "https://example.com/exports", "9c0d1e2f-0000-1111-2222-333344445555"),
    AzureReader("7a7b7c7d-0000-1111-2222-333344445555", "api://5e6f7a8b", "9c0d1e2f-0000-1111-2222-333344445555"),
)
DATES: Final = (datetime.date(2027, 3, 31), datetime.date(2028, 2, 28), datetime.date(2027, 12, 31))


def _some(values: Iterable[str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(tuple(values)), min_size=1, max_size=most, unique=True).map(tuple)


def _common() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "users": _some(USERS, 2),
        "expires": st.none() | st.sampled_from(DATES),
        "retired": st.booleans(),
        "sealed": st.booleans(),
        "export": st.sampled_from(
            (
                None,
                None,
                None,
                export_of(),
                export_of("select 1 as id", schedule="30 6 * * 1"),
                export_of(schedule=None),
            )
        ),
    }


_Dataset = TypeVar("_Dataset", PushDataset, PullDataset)


def _without_export_if_retired(dataset: _Dataset) -> _Dataset:
    """A file of a retired dataset that had an export would have a problem."""
    return dataclasses.replace(dataset, export=None) if dataset.retired else dataset


def push_datasets(names: st.SearchStrategy[str] = DATASET_NAMES) -> st.SearchStrategy[PushDataset]:
    """Push datasets of a few users and two targets, of every kind."""
    return st.builds(
        push_dataset,
        names,
        bucket=st.sampled_from(("target-one", "target-two")),
        bucket_account=st.none() | st.just(TARGETS_ACCOUNT),
        keep_files=st.booleans(),
        kms_key_arn=st.none() | st.just(f"arn:aws:kms:eu-west-1:{THEIRS}:key/1a2b"),
        **_common(),
    ).map(_without_export_if_retired)


def pull_datasets(names: st.SearchStrategy[str] = DATASET_NAMES) -> st.SearchStrategy[PullDataset]:
    """Pull datasets of a few users and readers, of every kind."""
    return st.builds(
        pull_dataset,
        names,
        pull_arns=_some(READERS, 3).map(lambda arns: tuple(reader(arn) for arn in arns)),
        pull_google=st.lists(st.sampled_from(GOOGLE), max_size=2, unique=True).map(tuple),
        pull_azure=st.lists(st.sampled_from(AZURE), max_size=2, unique=True).map(tuple),
        allow_push=st.booleans(),
        bucket_versioning=st.booleans(),
        **_common(),
    ).map(_without_export_if_retired)


def catalogues(most: int = 3) -> st.SearchStrategy[Catalogue]:
    """Catalogues of up to `most` push and `most` pull datasets; one of each kind may bear the same name."""
    push = st.lists(push_datasets(), max_size=most, unique_by=lambda dataset: dataset.name)
    pull = st.lists(pull_datasets(), max_size=most, unique_by=lambda dataset: dataset.name)
    return st.builds(lambda some, others: catalogue(*some, *others), push, pull)
