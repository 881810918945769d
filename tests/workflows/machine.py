"""What GitHub's machine gives a job: a clean folder, a few files, a few programs, and nothing of ours.

One program is a stand-in. `make setup` lends this test's virtual environment to the folder that it sets up, so that
nothing is downloaded: the real make runs then, and finds everything ready. What runs by it is the code of that folder,
and none of this checkout's (`test_validate.py` shows it): of this checkout's is only what Python compiled, which it
takes where the source has the same hash. `make test` says only that it was called.
"""

import compileall
import os
import py_compile
import shlex
import shutil
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_MAKE: Final = """\
#!/bin/bash
set -eu
folder=.
if [ "$1" = -C ]; then folder=$2; fi
case "${{!#}}" in
setup)
    mkdir -p "$folder/.venv/bin"
    cp -R {bytecode}/. "$folder"
    cat > "$folder/.venv/bin/provisioner" <<LENT
#!/bin/bash
if [ "\\$1" = check-live ] && [ -x {check_live} ]; then exec {check_live} "\\$@"; fi
PYTHONPATH=$(realpath "$folder") exec {python} -P -m provisioner "\\$@"
LENT
    chmod +x "$folder/.venv/bin/provisioner"
    touch "$folder/.venv/.ready"
    exec {make} "$@"
    ;;
test)
    echo "make test was called"
    exit {test_code}
    ;;
esac
exit 2
"""


@dataclass(kw_only=True)
class Machine:
    """A machine that one job has to itself."""

    folder: Path
    bytecode: Path
    """A folder of `compiled`."""
    check_live: str | None = None
    """A script in place of `provisioner check-live`, which asks AWS."""
    test_code: int = 0
    """How `make test` ends."""
    path: list[Path] = field(default_factory=list)
    """Folders of programs that steps added, the newest first."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that steps set for those after them."""

    def __post_init__(self) -> None:
        """Make the folders and the programs."""
        for folder in (self.workspace, self.temp, self.home, self.programs):
            folder.mkdir(parents=True)
        check_live = self.programs / "check-live"
        if self.check_live is not None:
            self.write_program(check_live, self.check_live)
        make = _MAKE.format(
            bytecode=shlex.quote(str(self.bytecode)),
            check_live=shlex.quote(str(check_live)),
            python=shlex.quote(sys.executable),
            make=shlex.quote(_real("make")),
            test_code=self.test_code,
        )
        self.write_program(self.programs / "make", make)
        # The runner's own Python, which has nothing of ours.
        (self.programs / "python3").symlink_to(Path(sys.base_prefix, "bin", "python3").resolve())

    @property
    def workspace(self) -> Path:
        """Where the steps run."""
        return self.folder / "workspace"

    @property
    def temp(self) -> Path:
        """Where they may put what is not to stay."""
        return self.folder / "temp"

    @property
    def home(self) -> Path:
        """The home of the user that they run as."""
        return self.folder / "home"

    @property
    def programs(self) -> Path:
        """The stand-ins."""
        return self.folder / "programs"

    def variables(self) -> dict[str, str]:
        """The environment of every step; nothing of this test's own is in it."""
        path = [*map(str, self.path), str(self.programs), "/usr/local/bin", "/usr/bin", "/bin"]
        return {
            "CI": "true",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join(path),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **self.environment,
        }

    @staticmethod
    def write_program(path: Path, text: str) -> None:
        """Write a script that can be run."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


def compiled(root: Path, folder: Path) -> None:
    """Write into `folder` what Python compiles of `root`'s provisioner; each file says of which source it is."""
    copy = shutil.copytree(root / "provisioner", folder / "provisioner", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(copy, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    for source in copy.rglob("*.py"):
        source.unlink()


def _real(program: str) -> str:
    """The path of a program of this machine."""
    found = next((Path(folder, program) for folder in ("/usr/bin", "/bin") if Path(folder, program).exists()), None)
    assert found, f"{program} is not installed"
    return str(found)
