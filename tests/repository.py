"""A scratch git repository with a checkout in it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

IDENTITY: Final = {
    "GIT_AUTHOR_NAME": "Jane Doe",
    "GIT_AUTHOR_EMAIL": "jane@example.com",
    "GIT_COMMITTER_NAME": "Jane Doe",
    "GIT_COMMITTER_EMAIL": "jane@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A git repository; the checkout is the folder `root` of it."""

    top: Path
    root: Path

    @classmethod
    def at(cls, top: Path, folder: str = ".") -> "Repository":
        """A new, empty one, with its checkout in a folder of it."""
        made = cls(top=top, root=top / folder)
        made.root.mkdir(parents=True, exist_ok=True)
        made.git("init", "--quiet", "--initial-branch=main", cwd=top)
        return made

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """What git says; an error if it fails."""
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the git that is there
            cwd=cwd or self.root,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, path: str | bytes, content: bytes) -> None:
        """Write a file of the checkout, with its folder."""
        file = self.root / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def commit(self) -> str:
        """Commit everything; what comes back is the full hash."""
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")
