"""Stand-ins for the actions that our workflows use. Each knows the inputs that we give it, and no others."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.workflows.machine import Machine
from tests.workflows.scratch import Event

Inputs = Mapping[str, str]


@dataclass(kw_only=True)
class Outside:
    """What the actions reach beyond their machine, and what they did there."""

    origin: Path
    event: Event
    artifacts: Path
    pulumi: str = "#!/bin/bash\nexit 0\n"
    """The Pulumi CLI, as a script; the action calls it with `up` as steps call it with `preview`."""
    aws: Mapping[str, str] = field(default_factory=dict)
    """What makes the AWS SDK use an embedded AWS, where a test has one."""
    roles: list[str] = field(default_factory=list)
    """The roles that were assumed, in order."""
    pulumi_versions: list[str] = field(default_factory=list)


class ActionFailedError(Exception):
    """An action failed; the text is what it says."""


def checkout(inputs: Inputs, machine: Machine, outside: Outside) -> None:
    """actions/checkout: the repository at a ref, or else at the event's commit, even where its branch went on."""
    _know(inputs, "ref", "path", "fetch-depth", "persist-credentials")
    folder = machine.workspace / inputs.get("path", ".")
    ref = inputs.get("ref") or outside.event.sha
    branch = subprocess.run(
        ["git", "-C", outside.origin, "rev-parse", "--verify", "--quiet", f"refs/heads/{ref}"],  # noqa: S607
        capture_output=True,
        check=False,
    )
    wanted = f"refs/heads/{ref}" if branch.returncode == 0 else ref
    depth = inputs.get("fetch-depth", "1")
    depths = [] if depth == "0" else [f"--depth={depth}"]
    for arguments in (
        ["init", "--quiet", str(folder)],
        # No remote stays behind, as no credentials do: nothing can be fetched later.
        ["-C", str(folder), "fetch", "--quiet", *depths, f"file://{outside.origin}", wanted],
        ["-C", str(folder), "-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD"],
    ):
        done = subprocess.run(["git", *arguments], env=machine.variables(), capture_output=True, text=True, check=False)  # noqa: S607
        if done.returncode:
            raise ActionFailedError(done.stderr)


def setup_python(inputs: Inputs, _machine: Machine, _outside: Outside) -> None:
    """actions/setup-python: nothing, since `make` lends what there is."""
    _know(inputs, "python-version")


def upload_artifact(inputs: Inputs, _machine: Machine, outside: Outside) -> None:
    """actions/upload-artifact: keeps a folder's files for later jobs."""
    _know(inputs, "name", "path", "if-no-files-found", "retention-days")
    folder = Path(inputs["path"])
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    if files:
        shutil.copytree(folder, outside.artifacts / inputs["name"])
    elif inputs.get("if-no-files-found") == "error":
        raise ActionFailedError(f"no files were found at {folder}")


def download_artifact(inputs: Inputs, machine: Machine, outside: Outside) -> None:
    """actions/download-artifact: a kept folder's files; it fails where there is none of the name."""
    _know(inputs, "name", "path")
    kept = outside.artifacts / inputs["name"]
    if not kept.is_dir():
        raise ActionFailedError(f"Artifact not found for name: {inputs['name']}")
    shutil.copytree(kept, machine.workspace / inputs["path"], dirs_exist_ok=True)


def configure_aws_credentials(inputs: Inputs, machine: Machine, outside: Outside) -> None:
    """aws-actions/configure-aws-credentials: credentials for the steps that follow, of an embedded AWS or of none."""
    _know(inputs, "role-to-assume", "aws-region", "role-session-name")
    outside.roles.append(inputs["role-to-assume"])
    machine.environment["AWS_REGION"] = inputs["aws-region"]
    machine.environment["AWS_ACCESS_KEY_ID"] = f"key-of-{inputs['role-to-assume']}"
    machine.environment.update(outside.aws)


def pulumi(inputs: Inputs, machine: Machine, outside: Outside) -> None:
    """pulumi/actions: installs the CLI; with a command, runs it."""
    _know(inputs, "command", "stack-name", "cloud-url", "pulumi-version", "comment-on-summary", "suppress-progress")
    outside.pulumi_versions.append(inputs["pulumi-version"])
    program = machine.folder / "pulumi" / "pulumi"
    machine.write_program(program, outside.pulumi)
    machine.path.insert(0, program.parent)
    if "command" not in inputs:
        return
    arguments = [inputs["command"], f"--stack={inputs['stack-name']}", f"--backend={inputs['cloud-url']}"]
    done = subprocess.run(
        [program, *arguments],
        cwd=machine.workspace,
        env=machine.variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ActionFailedError(done.stderr)


ACTIONS: Final[dict[str, Callable[[Inputs, Machine, Outside], None]]] = {
    "actions/checkout": checkout,
    "actions/setup-python": setup_python,
    "actions/upload-artifact": upload_artifact,
    "actions/download-artifact": download_artifact,
    "aws-actions/configure-aws-credentials": configure_aws_credentials,
    "pulumi/actions": pulumi,
}


def _know(inputs: Inputs, *names: str) -> None:
    unknown = inputs.keys() - set(names)
    assert not unknown, f"the stand-in knows nothing of the inputs {sorted(unknown)}"
