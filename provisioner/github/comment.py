"""Keeps one comment of a pull request: made once, edited in place ever after."""

import argparse
import os
import sys
from collections.abc import Sequence

from .api import GitHub
from .command import run, run_url, text_file
from .mark import body_of, is_ours


def put(github: GitHub, number: int, about: str, body: str) -> str:
    """Make the comment about this, or edit the one that is there; what was done, in words.

    Raises:
        GitHubError: GitHub did not do so.
    """
    comments = github.items(f"issues/{number}/comments")
    ours = next((comment for comment in comments if is_ours(comment, about)), None)
    if ours is None:
        made = github.create(f"issues/{number}/comments", {"body": body})
        return f"Commented: {made['html_url']}"
    if ours["body"] == body:
        return f"The comment says so already: {ours['html_url']}"
    github.edit(f"issues/comments/{ours['id']}", {"body": body})
    return f"Edited the comment: {ours['html_url']}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Put a comment; what comes back is the exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m provisioner.github.comment",
        description="Keep one comment of a pull request: make it, or edit the one that is there.",
        epilog="example: python3 -m provisioner.github.comment --number 12 --about plan plan.md",
    )
    parser.add_argument("--number", type=int, required=True, help="the pull request's number")
    parser.add_argument("--about", required=True, metavar="WORD", help="which comment: there is one of each word")
    parser.add_argument("text", type=text_file, metavar="FILE", help="what it is to say, in markdown")
    given = parser.parse_args(arguments)
    body = body_of(given.about, given.text, run_url(os.environ))
    return run(lambda github: put(github, given.number, given.about, body))


if __name__ == "__main__":
    sys.exit(main())
