"""The screens in the README: what the commands really print."""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Callable
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


SCREENS: Final[dict[str, Callable[[], str]]] = {
    "screen validate": validate_screen,
    "screen new": new_screen,
    "screen explain": explain_screen,
}


def _screen(arguments: list[str], files: dict[str, str]) -> str:
    """A command and what it prints, on a checkout with the repository's settings and these files."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder)
        for settings in ("Pulumi.yaml", "Pulumi.prod.yaml"):
            shutil.copy(ROOT / settings, checkout)
        for name, text in files.items():
            (checkout / name).parent.mkdir()
            (checkout / name).write_text(text, encoding="utf-8")
        with (
            contextlib.chdir(checkout),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            cli.main([*arguments, "--stack", "prod"])
    return f"```console\n$ provisioner {' '.join(arguments)}\n{printed.getvalue().rstrip()}\n```"
