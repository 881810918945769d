"""Keeps one issue: opened when something is wrong, edited in place while it is, closed once it is not."""

import argparse
import os
import sys
from collections.abc import Sequence

from .api import GitHub, Item
from .command import run, run_url, text_file
from .mark import body_of, is_ours


def raise_issue(github: GitHub, about: str, title: str, body: str) -> str:
    """Open the issue about this, or edit the one that is open; what was done, in words.

    One that is closed stays closed: what people said there was about another time.

    Raises:
        GitHubError: GitHub did not do so.
    """
    ours = _open_issue(github, about)
    if ours is None:
        made = github.create("issues", {"title": title, "body": body})
        return f"Opened an issue: {made['html_url']}"
    github.edit(f"issues/{ours['number']}", {"title": title, "body": body})
    return f"Edited the issue: {ours['html_url']}"


def close_issue(github: GitHub, about: str, run_address: str) -> str:
    """Close the issue about this, where one is open; what was done, in words. What it said last stays in it.

    Raises:
        GitHubError: GitHub did not do so.
    """
    ours = _open_issue(github, about)
    if ours is None:
        return "All is well, and no issue says otherwise."
    last = str(ours["body"]).partition("\n")[2]
    body = body_of(about, f"**All is well again**, says [this run]({run_address}). What it was:\n\n{last}", run_address)
    github.edit(f"issues/{ours['number']}", {"state": "closed", "state_reason": "completed", "body": body})
    return f"Closed the issue: {ours['html_url']}"


def _open_issue(github: GitHub, about: str) -> Item | None:
    # GitHub lists pull requests among the issues.
    issues = (issue for issue in github.items("issues?state=open") if "pull_request" not in issue)
    return next((issue for issue in issues if is_ours(issue, about)), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open, edit or close the issue; what comes back is the exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m provisioner.github.issue",
        description="Keep one issue: open it, edit the one that is open, or close it.",
        epilog="example: python3 -m provisioner.github.issue raise --about drift --title 'AWS has drifted' drift.md",
    )
    acts = parser.add_subparsers(title="acts", metavar="ACT", dest="act", required=True)
    raising = acts.add_parser("raise", help="open it, or edit the one that is open")
    raising.add_argument("--title", required=True, help="its title")
    raising.add_argument("text", type=text_file, metavar="FILE", help="what it is to say, in markdown")
    closing = acts.add_parser("close", help="close the one that is open, if one is")
    for act in (raising, closing):
        act.add_argument("--about", required=True, metavar="WORD", help="which issue: at most one of each word is open")
    given = parser.parse_args(arguments)
    address = run_url(os.environ)
    if given.act == "close":
        return run(lambda github: close_issue(github, given.about, address))
    body = body_of(given.about, given.text, address)
    return run(lambda github: raise_issue(github, given.about, given.title, body))


if __name__ == "__main__":
    sys.exit(main())
