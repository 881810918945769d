"""States of a checkout in memory, and the plans of what changes between them."""

import datetime
import json
from collections.abc import Mapping
from typing import Any, Final

from provisioner.changes.plan import Plan, make_plan
from provisioner.changes.state import State
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import Kind
from tests.support import OURS, THEIRS

TODAY: Final = datetime.date(2026, 11, 24)
KNOWN: Final = {THEIRS: "Performance Hub"}


def push_file(name: str, *users: str, **keys: Any) -> dict[str, Any]:
    """What a push dataset's file says, but for what a test changes."""
    return {"name": name, "bucket": "target-one", "users": list(users or ("alpha_user_one",)), **keys}


def pull_file(name: str, *arns: str, **keys: Any) -> dict[str, Any]:
    """What a pull dataset's file says, but for what a test changes."""
    readers = arns or (f"arn:aws:iam::{THEIRS}:role/etl/reader",)
    return {"name": name, "pull_arns": list(readers), "users": ["alpha_user_one"], **keys}


def state(
    *files: Mapping[str, Any],
    named: Mapping[str, Mapping[str, Any]] | None = None,
    approvals: bytes | None = None,
    **settings: Any,
) -> State:
    """A checkout with dataset files, each as what it says.

    Args:
        files: pull datasets are those with `pull_arns`; the file's name is the dataset's.
        named: files with a path of their own, which may be no path of a dataset.
        approvals: what is in the file of approvals.
        settings: what the settings say, but for our account and whom we know.
    """
    paths = {
        f"{Kind.PULL.folder if 'pull_arns' in held else Kind.PUSH.folder}/{held['name']}.yaml": held for held in files
    }
    config = {"account_id": OURS, "known_accounts": KNOWN, **settings}
    return State(
        files=tuple(
            DatasetFile(path, _kind(path), _yaml(held)) for path, held in sorted({**paths, **(named or {})}.items())
        ),
        found=(),
        settings=_yaml({"config": {f"data-engineering-exports:{key}": value for key, value in config.items()}}),
        approvals=approvals,
    )


def plan_of(base: State, head: State) -> Plan:
    """The plan from one state to another."""
    return make_plan(base, head, stack="test", today=TODAY)


def _kind(path: str) -> Kind:
    return Kind.PULL if path.startswith(Kind.PULL.folder) else Kind.PUSH


def _yaml(held: Mapping[str, Any]) -> bytes:
    """JSON is YAML, and quicker to write."""
    return json.dumps(held, ensure_ascii=False).encode("utf-8", "replace")
