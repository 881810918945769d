"""A scratch repository with this project in it, and the events that GitHub would start workflows for."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.github.server import REPOSITORY
from tests.repository import Repository

ROOT: Final = Path(__file__).parents[2]
PARTS: Final = (
    *("Makefile", "pyproject.toml", "requirements.lock", "Pulumi.yaml", "Pulumi.prod.yaml"),
    *("provisioner", "push_datasets", "pull_datasets"),
)
"""What the workflows need of the project."""
NUMBER: Final = 12
"""The pull request's number."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What starts a workflow: the name, what GitHub sends with it, and what is checked out unless a step says else."""

    name: str
    payload: Mapping[str, Any]
    ref: str
    sha: str
    head_ref: str = ""
    base_ref: str = ""
    by_fork: bool = False
    """Whether the token may write nothing, as that of a fork's pull request."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A symbolic link, as the content of a file."""

    to: str


Content = str | Link | None
"""What a change makes of a file; None deletes it."""


@dataclass(frozen=True, kw_only=True)
class Scratch(Repository):
    """A repository as it lies on GitHub, with a branch `main`."""

    @classmethod
    def make(cls, folder: Path) -> "Scratch":
        """This project, committed once."""
        folder.mkdir()
        for part in PARTS:
            path = ROOT / part
            if path.is_dir():
                shutil.copytree(path, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, folder)
        made = cls(top=folder, root=folder)
        made.git("init", "--quiet", "--initial-branch=main")
        # GitHub hands out any commit that is asked for by its name.
        made.git("config", "uploadpack.allowAnySHA1InWant", "true")
        made.commit()
        # One file of them all: each test copies the repository, and each job fetches it.
        made.git("gc", "--quiet")
        return made

    def copy(self, folder: Path) -> "Scratch":
        """The same repository once more, to be changed."""
        shutil.copytree(self.root, folder, symlinks=True)
        return Scratch(top=folder, root=folder)

    def change(self, changes: Mapping[str, Content]) -> str:
        """Commit changes on what is checked out; the commit's name comes back."""
        for name, content in changes.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            elif isinstance(content, Link):
                path.unlink(missing_ok=True)
                path.symlink_to(content.to)
            else:
                path.write_text(content, encoding="utf-8")
        return self.commit()

    def merged(self, changes: Mapping[str, Content], *, onto: str = "main") -> tuple[str, str]:
        """A commit with the changes on a branch of its own, and the merge of it; `main` stays as it is."""
        self.git("checkout", "--quiet", "--detach", onto)
        head = self.change(changes)
        tree = self.git("rev-parse", f"{head}^{{tree}}")
        merge = self.git("commit-tree", tree, "-p", onto, "-p", head, "-m", "Merge")
        self.git("checkout", "--quiet", "main")
        return head, merge

    def pull_request(self, changes: Mapping[str, Content], *, branch: str = "a-branch", fork: bool = False) -> Event:
        """A pull request with these changes."""
        base = self.git("rev-parse", "main")
        head, merge = self.merged(changes)
        self.git("update-ref", f"refs/pull/{NUMBER}/merge", merge)
        owner = "somebody/exports" if fork else REPOSITORY
        request = {
            "number": NUMBER,
            "title": "A title",
            "base": {"sha": base, "ref": "main"},
            "head": {"sha": head, "ref": branch, "repo": {"full_name": owner}},
        }
        return Event(
            name="pull_request",
            payload={"action": "opened", "number": NUMBER, "pull_request": request},
            ref=f"refs/pull/{NUMBER}/merge",
            sha=merge,
            head_ref=branch,
            base_ref="main",
            by_fork=fork,
        )

    def merge_group(self, requests: Sequence[Mapping[str, Content]]) -> Event:
        """A merge group of several pull requests, one merged after the other."""
        base = onto = self.git("rev-parse", "main")
        for changes in requests:
            _, onto = self.merged(changes, onto=onto)
        ref = f"refs/heads/gh-readonly-queue/main/pr-{NUMBER}-{base}"
        self.git("update-ref", ref, onto)
        group = {"head_sha": onto, "head_ref": ref, "base_sha": base, "base_ref": "refs/heads/main"}
        return Event(
            name="merge_group", payload={"action": "checks_requested", "merge_group": group}, ref=ref, sha=onto
        )

    def push(self) -> Event:
        """A push to `main`."""
        return self._of_main("push", {"ref": "refs/heads/main"})

    def schedule(self) -> Event:
        """The hour of a workflow that runs on a schedule."""
        return self._of_main("schedule", {"schedule": "17 4 * * *"})

    def _of_main(self, name: str, payload: Mapping[str, Any]) -> Event:
        return Event(name=name, payload=payload, ref="refs/heads/main", sha=self.git("rev-parse", "main"))
