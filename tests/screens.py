"""The screens in the README: what the commands really print."""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from provisioner import cli

ROOT: Final = Path(__file__).parents[1]

# The two mistakes of the guide that this tool's ancestor came with, and one that people make.
_WRONG: Final = {
    "pull_datasets/new_project.yaml": """\
name: new_project
pull_arns:
  - arn:aws:iam::1234567890:role/role-name-1
users:
  - alpha_user_one
allow_push: [true]
""",
    "push_datasets/new_project.yaml": """\
name: new_project
target_bucket: s3://target-bucket-name/in
users: alpha_user_one
""",
}


def validate_screen() -> str:
    """What `validate` says of files with mistakes."""
    return _screen(["validate"], _WRONG)


def new_screen() -> str:
    """What `new` says of a file that it has written."""
    return _screen(["new", "push", "weekly_returns", "--bucket", "target-bucket-name", "--user", "alpha_user_one"], {})


def explain_screen() -> str:
    """What `explain` says of the guide's push dataset."""
    name = "push_datasets/new_project.yaml"
    return _screen(["explain", "new_project"], {name: (ROOT / name).read_text(encoding="utf-8")})


_SHARED: Final = "pull_datasets/shared_returns.yaml"
"""The example of a sealed dataset whose readers may write."""


def who_screen() -> str:
    """Who can do what with a sealed dataset."""
    files = {_SHARED: (ROOT / _SHARED).read_text(encoding="utf-8")}
    return _screen(["who", "shared_returns", "--at", "2027-01-01"], files)


def can_screen() -> str:
    """What keeps an administrator out of it."""
    files = {_SHARED: (ROOT / _SHARED).read_text(encoding="utf-8")}
    administrator = "arn:aws:iam::111122223333:role/administrator"
    return _screen(["can", administrator, "read", "s3://mojap-shared-returns/returns.csv", "--at", "2027-01-01"], files)


_ADDED: Final = """\
name: weekly_returns
description: Returns by court and week
pull_arns:
  - arn:aws:iam::123456789012:role/role-name-1
  - arn:aws:iam::222233334444:role/etl/reader
users:
  - alpha_user_one
paperwork: https://example.com/agreements/2026-31
expires: 2027-03-31
"""


def plan_comment() -> str:
    """The comment of a pull request that adds a dataset, lets one more user write another, and retires a third."""
    folders = ("push_datasets", "pull_datasets")
    before = {str(file.relative_to(ROOT)): file.read_text() for name in folders for file in (ROOT / name).iterdir()}
    listings = before["push_datasets/court_listings.yaml"]
    after = {
        **before,
        "pull_datasets/weekly_returns.yaml": _ADDED,
        "push_datasets/court_listings.yaml": listings.replace("users:\n", "users:\n  - alpha_user_one\n"),
        "pull_datasets/shared_returns.yaml": before["pull_datasets/shared_returns.yaml"] + "status: retired\n",
    }
    with _checkout(after) as head, _checkout(before) as base:
        arguments = ["plan", "--base", str(base), "--format", "markdown", "--today", "2026-11-24", "--stack", "prod"]
        comment, _ = _said(arguments, head)
    return f"---\n\n{comment.strip()}\n\n---"


SCREENS: Final[dict[str, Callable[[], str]]] = {
    "screen validate": validate_screen,
    "screen new": new_screen,
    "screen explain": explain_screen,
    "screen who": who_screen,
    "screen can": can_screen,
    "comment": plan_comment,
}


def _screen(arguments: list[str], files: dict[str, str]) -> str:
    """A command and what it prints, on a checkout with the repository's settings and these files."""
    with _checkout(files) as root:
        out, err = _said([*arguments, "--stack", "prod"], root)
    return f"```console\n$ provisioner {' '.join(arguments)}\n{(out + err).rstrip()}\n```"


@contextlib.contextmanager
def _checkout(files: dict[str, str]) -> Iterator[Path]:
    """A checkout with the repository's settings and these files."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for settings in ("Pulumi.yaml", "Pulumi.prod.yaml"):
            shutil.copy(ROOT / settings, root)
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        yield root


def _said(arguments: list[str], root: Path) -> tuple[str, str]:
    """What a command says on standard output and on standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        cli.main(arguments)
    return out.getvalue(), err.getvalue()
