"""What the programs of this package have in common: how they read their call, and how they end."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from .api import GitHub, GitHubError


def run(act: Callable[[GitHub], str]) -> int:
    """Do something on GitHub and say what was done; the exit code is 0, or 69 where GitHub could not be asked."""
    try:
        github = GitHub.from_environment(os.environ)
        say(github.patiently(lambda: act(github)))
    except GitHubError as error:
        say(f"::error title=GitHub could not be asked::{escaped(str(error))}")
        return error.exit_code
    return 0


def say(text: str) -> None:
    """One line for whoever reads the log. The runner still takes `##[` anywhere in it for a command."""
    sys.stdout.write(" ".join(text.split()).replace("##[", "# #[") + "\n")


def escaped(text: str) -> str:
    """GitHub Docs, "Workflow commands for GitHub Actions": what would end or change a command is escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def run_url(environ: Mapping[str, str]) -> str:
    """The page of the workflow run that this belongs to."""
    server, repository, run_id = (
        environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    )
    return f"{server}/{repository}/actions/runs/{run_id}"


def text_file(given: str) -> str:
    """The text of a file, as an argument names it; what is not UTF-8 in it is shown as such.

    Raises:
        ArgumentTypeError: it cannot be read.
    """
    try:
        return Path(given).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot read {given}: {error.strerror}") from error
