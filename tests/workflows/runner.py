"""Runs a workflow as GitHub would: its jobs in order, each step's `run:` by bash, each `uses:` by a stand-in.

What this does not know fails loudly: a key of a job or step, a context, an action's input.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.github.server import REPOSITORY, TOKEN, FakeGitHub
from tests.workflows.actions import ACTIONS, ActionFailedError, Outside
from tests.workflows.commands import Command, commands_in
from tests.workflows.expressions import Expressions, as_text, is_true
from tests.workflows.machine import Machine
from tests.workflows.scratch import ROOT, Event, Scratch

WORKFLOWS: Final = ROOT / ".github" / "workflows"
RUN_ID: Final = "77"
SERVER_URL: Final = "https://github.example"
MAX_SUMMARY: Final = 1024 * 1024
"""Bytes of a step's summary; GitHub drops one that is larger."""

_JOB_KEYS: Final = frozenset(
    {
        *("name", "needs", "if", "runs-on", "timeout-minutes", "outputs", "steps", "permissions", "environment"),
        "strategy",
    }
)
_STEP_KEYS: Final = frozenset(
    {"id", "name", "if", "uses", "with", "run", "env", "working-directory", "continue-on-error"}
)


@dataclass(kw_only=True)
class StepRun:
    """How a step went."""

    name: str
    outcome: str
    """success, failure or skipped; of a failure that is let pass, failure."""
    output: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def commands(self) -> list[Command]:
        """What the runner read from its output."""
        return commands_in(self.output)


@dataclass(kw_only=True)
class JobRun:
    """How a job went."""

    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[StepRun] = field(default_factory=list)
    machine: Machine | None = None

    def step(self, name: str) -> StepRun:
        """The step of this name or id."""
        (found,) = [step for step in self.steps if step.name == name]
        return found

    @property
    def summary(self) -> str:
        """What its page shows."""
        return "".join(step.summary for step in self.steps)

    def annotations(self, level: str) -> list[Command]:
        """What is shown beside lines, of one level."""
        return [command for step in self.steps for command in step.commands if command.name == level]

    @property
    def log(self) -> str:
        """Everything that its steps said."""
        return "\n".join(f"== {step.name}: {step.outcome}\n{step.output}" for step in self.steps)


@dataclass(kw_only=True)
class Runner:
    """GitHub's side of running workflows."""

    folder: Path
    origin: Scratch
    github: FakeGitHub
    bytecode: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    """The repository's variables."""
    aws: Mapping[str, str] = field(default_factory=dict)
    check_live: str | None = None
    pulumi: str = "#!/bin/bash\nexit 0\n"
    test_code: int = 0
    runs: int = 0
    outside: Outside | None = None
    """What the last run did outside of its machines."""

    def run(self, name: str, event: Event) -> dict[str, JobRun]:
        """Run a workflow; each of its jobs comes back."""
        self.runs += 1
        folder = self.folder / f"run{self.runs}"
        artifacts = folder / "artifacts"
        artifacts.mkdir(parents=True)
        self.outside = Outside(
            origin=self.origin.root, event=event, artifacts=artifacts, pulumi=self.pulumi, aws=self.aws
        )
        workflow = yaml.safe_load((WORKFLOWS / name).read_text())
        assert event.name in workflow[True], f"{name} does not run on {event.name}"  # YAML 1.1 reads `on` as true
        assert workflow["defaults"] == {"run": {"shell": "bash"}}
        done: dict[str, JobRun] = {}
        for job_id, job in workflow["jobs"].items():
            assert job.keys() <= _JOB_KEYS, f"{job_id}: {job.keys() - _JOB_KEYS}"
            contexts = self._contexts(name, event)
            contexts["needs"] = {
                need: {"result": done[need].result, "outputs": done[need].outputs} for need in _needs(job)
            }
            results = [done[need].result for need in _needs(job)]
            status = {
                "success": all(result == "success" for result in results),
                "failure": "failure" in results,
                "cancelled": False,
                "always": True,
            }
            if not Expressions(contexts, status).condition(job.get("if")):
                done[job_id] = JobRun(result="skipped")
                continue
            for number, matrix in enumerate(_matrices(job)):
                machine = Machine(
                    folder=folder / f"{job_id}{number}",
                    bytecode=self.bytecode,
                    check_live=self.check_live,
                    test_code=self.test_code,
                )
                permissions = job.get("permissions", workflow["permissions"])
                self.github.may_write = "write" in _writing(permissions) and not event.by_fork
                one = _Job(job, machine, self.outside, {**contexts, "matrix": matrix}, self._environment(event))
                run = one.run()
                before = done.get(job_id)
                if before is None or before.result == "success":
                    done[job_id] = run
        return done

    def _contexts(self, name: str, event: Event) -> dict[str, Any]:
        return {
            "github": {
                "api_url": self.github.url,
                "base_ref": event.base_ref,
                "event": event.payload,
                "event_name": event.name,
                "head_ref": event.head_ref,
                "ref": event.ref,
                "repository": REPOSITORY,
                "run_id": RUN_ID,
                "server_url": SERVER_URL,
                "sha": event.sha,
                "token": TOKEN,
                "workflow": name,
            },
            "vars": self.variables,
        }

    def _environment(self, event: Event) -> dict[str, str]:
        payload = self.folder / f"run{self.runs}" / "event.json"
        payload.write_text(json.dumps(event.payload))
        return {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_REF": event.ref,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": RUN_ID,
            "GITHUB_SERVER_URL": SERVER_URL,
            "GITHUB_SHA": event.sha,
        }


class _Job:
    """One job on its machine."""

    def __init__(
        self,
        job: Mapping[str, Any],
        machine: Machine,
        outside: Outside,
        contexts: Mapping[str, Any],
        environment: Mapping[str, str],
    ) -> None:
        self._job = job
        self._machine = machine
        self._outside = outside
        self._environment = environment
        self._steps: dict[str, Any] = {}
        self._contexts = {**contexts, "steps": self._steps, "runner": {"temp": str(machine.temp)}}

    def run(self) -> JobRun:
        """Run its steps."""
        job = JobRun(result="success", machine=self._machine)
        for number, step in enumerate(self._job["steps"]):
            assert step.keys() <= _STEP_KEYS, step.keys() - _STEP_KEYS
            succeeded = job.result == "success"
            status = {"success": succeeded, "failure": not succeeded, "cancelled": False, "always": True}
            expressions = Expressions(self._contexts, status)
            name = str(step.get("id") or step.get("name") or step.get("uses") or step["run"])
            if expressions.condition(step.get("if")):
                done = self._step(number, name, step, expressions)
            else:
                done = StepRun(name=name, outcome="skipped")
            job.steps.append(done)
            let_pass = is_true(step.get("continue-on-error", False))
            conclusion = "success" if let_pass and done.outcome == "failure" else done.outcome
            if "id" in step:
                self._steps[step["id"]] = {
                    "outcome": done.outcome,
                    "conclusion": conclusion,
                    "outputs": done.outputs,
                }
            if conclusion == "failure":
                job.result = "failure"
        outputs = Expressions(self._contexts, {})
        job.outputs = {key: outputs.text(value) for key, value in self._job.get("outputs", {}).items()}
        return job

    def _step(self, number: int, name: str, step: Mapping[str, Any], expressions: Expressions) -> StepRun:
        if "uses" in step:
            action = ACTIONS[step["uses"].partition("@")[0]]
            inputs = {key: expressions.text(value) for key, value in step.get("with", {}).items()}
            try:
                action(inputs, self._machine, self._outside)
            except ActionFailedError as error:
                return StepRun(name=name, outcome="failure", output=str(error))
            return StepRun(name=name, outcome="success")
        assert "${{" not in step["run"], f"an expression is pasted into a script: {step['run']}"
        files = {key: self._machine.folder / f"{key}{number}" for key in ("summary", "output", "env", "path")}
        for file in files.values():
            file.touch()
        variables = {
            **self._machine.variables(),
            **self._environment,
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_ENV": str(files["env"]),
            "GITHUB_PATH": str(files["path"]),
            **{key: expressions.text(value) for key, value in step.get("env", {}).items()},
        }
        script = self._machine.folder / f"script{number}.sh"
        script.write_text(step["run"], encoding="utf-8")
        ended = subprocess.run(
            # As GitHub runs `shell: bash`.
            ["/bin/bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self._machine.workspace / step.get("working-directory", "."),
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert files["env"].read_text() == files["path"].read_text() == "", "no step of ours sets these"
        summary = files["summary"].read_text(encoding="utf-8")
        assert len(summary.encode()) <= MAX_SUMMARY
        return StepRun(
            name=name,
            outcome="failure" if ended.returncode else "success",
            output=ended.stdout,
            summary=summary,
            outputs=dict(_outputs(files["output"].read_text(encoding="utf-8"))),
        )


def _outputs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, mark, value = line.partition("=")
        assert mark, f"no output is set by: {line}"
        yield name, value


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def _matrices(job: Mapping[str, Any]) -> list[dict[str, str]]:
    matrix = job.get("strategy", {}).get("matrix", {})
    assert len(matrix) <= 1
    return [{key: as_text(value)} for key, values in matrix.items() for value in values] or [{}]


def _writing(permissions: Mapping[str, str]) -> set[str]:
    """The ways in which what the tests look at may be used: comments and issues."""
    return {permissions.get(name, "none") for name in ("issues", "pull-requests")}
