"""The pull request that the tour plays: it adds a dataset for a team that nobody knows, and retires another."""

import dataclasses
import datetime

from provisioner.access.check import check
from provisioner.changes.plan import Plan, make_plan
from provisioner.changes.state import State
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import Catalogue
from provisioner.datasets.template import new_file
from provisioner.settings import Settings

_NAME = "tour_returns"
_UNKNOWN_ACCOUNT = "210987654321"


def plan_of_example(base: State, catalogue: Catalogue, settings: Settings, today: datetime.date) -> Plan:
    """The plan of a pull request to the checkout `base`, whose datasets are `catalogue`."""
    added = _added(catalogue, settings)
    files = [_retired(file, catalogue, settings, today) for file in base.files if file.file != added.file]
    head = dataclasses.replace(base, files=(*files, added))
    return make_plan(base, head, stack=settings.stack, today=today)


def _added(catalogue: Catalogue, settings: Settings) -> DatasetFile:
    """A pull dataset that a role of an account reads which the settings do not name."""
    reader = f"arn:{settings.partition}:iam::{_UNKNOWN_ACCOUNT}:role/reader"
    given = {
        "name": _NAME,
        "pull_arns": [reader],
        "users": [catalogue.users[0]],
        "paperwork": "https://example.com/agreements/tour",
    }
    return DatasetFile(Kind.PULL.file_of(_NAME), Kind.PULL, new_file(Kind.PULL, given).encode())


def _retired(file: DatasetFile, catalogue: Catalogue, settings: Settings, today: datetime.date) -> DatasetFile:
    """The first dataset's file with a line more that retires it; as it is if another's, or if it would be wrong."""
    first = next(iter(catalogue))
    if file.file != first.file or first.retired:
        return file
    retired = dataclasses.replace(file, content=file.content.rstrip() + b"\nstatus: retired\n")
    return file if check([retired], [], settings, today).problems else retired
