"""A plan as JSON, for programs; plan.schema.json beside this module says what each field means."""

from typing import Any, Final

from provisioner.access.grants import Grant
from provisioner.changes.change import DatasetChange, GrantChange, KeyChange
from provisioner.changes.plan import Plan
from provisioner.reporting.explanation import explained
from provisioner.reporting.json_text import json_text
from provisioner.reporting.plan.exports import export_lines
from provisioner.reporting.plan.other_side import other_sides
from provisioner.reporting.plan.words import tally
from provisioner.reporting.problems import problem_object
from provisioner.settings import Settings

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def as_json(plan: Plan) -> str:
    """An object with everything that the plan holds."""
    settings = plan.settings
    held: dict[str, Any] = {
        "version": JSON_VERSION,
        "summary": tally(plan),
        "changes": plan.changes,
        "refused": plan.refused,
        "problems": [problem_object(problem) for problem in plan.problems],
        "refusals": [
            {
                "rule": found.refusal.value,
                **_where(found.file, found.place.line, found.place.column, found.dataset),
                "what": found.what.plain,
                "steps": [step.plain for step in found.steps],
            }
            for found in plan.refusals
        ],
        "risks": [
            {
                "rule": found.risk.value,
                **_where(found.file, found.place.line, found.place.column, found.dataset),
                "what": found.what.plain,
                "advice": found.advice.plain,
            }
            for found in plan.risks
        ],
        "settings": [_key(change) for change in plan.settings_changes],
        "datasets": [_dataset(change) for change in plan.datasets],
        "grants": [_grant(change, settings) for change in plan.grants] if settings else [],
        "seals": [{"file": seal.dataset.file, "sealed": seal.sealed} for seal in plan.seals],
        "exports": [
            {
                "change": change.change.value,
                "file": change.dataset.file,
                "source": change.latest.source,
                "schedule": change.latest.schedule,
                "timezone": change.latest.timezone,
                "words": [line.plain for line in export_lines(change, settings)] if settings else [],
            }
            for change in plan.exports
        ],
        "resources": [
            {
                "change": change.change.value,
                "type": change.type,
                "logical_name": change.logical_name,
                "name": change.name,
                "datasets": list(change.datasets),
            }
            for change in plan.resources
        ],
        "receiving_teams": [
            {
                "file": side.dataset.file,
                "action": "add" if side.adds else "remove",
                "explain": explained(side.dataset, settings) if side.adds else None,
            }
            for side in other_sides(plan)
        ]
        if settings
        else [],
    }
    return json_text(held) + "\n"


def _where(file: str, line: int, column: int, dataset: str | None) -> dict[str, Any]:
    return {"file": file, "line": line, "column": column, "dataset": dataset}


def _key(change: KeyChange) -> dict[str, Any]:
    return {"key": change.key, "before": change.before, "after": change.after}


def _dataset(change: DatasetChange) -> dict[str, Any]:
    return {
        "change": change.change.value,
        "kind": change.latest.kind.value,
        "name": change.latest.name,
        "file": change.latest.file,
        "keys": [_key(key) for key in change.keys],
    }


def _grant(change: GrantChange, settings: Settings) -> dict[str, Any]:
    grant = change.latest
    return {
        "change": change.change.value,
        "widens": change.widens,
        "principal": grant.principal.arn,
        "as": grant.principal.kind.value,
        "account": grant.principal.account_id,
        "account_name": settings.account_name(grant.principal.account_id),
        "verb": grant.verb.value,
        "bucket": grant.bucket,
        "prefix": grant.prefix,
        "until_before": _until(change.before),
        "until": _until(change.after),
        "file": change.file,
    }


def _until(grant: Grant | None) -> str | None:
    return grant.until.isoformat() if grant and grant.until else None
