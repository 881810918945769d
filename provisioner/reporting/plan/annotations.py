"""A plan as annotations: what GitHub shows beside the lines of a pull request."""

from provisioner.changes.plan import Plan
from provisioner.reporting.annotations import annotation, notice
from provisioner.reporting.plan.words import tally, verdict


def as_github(plan: Plan) -> str:
    """An error for each problem and refusal, a warning for each risk, and the tally as a notice."""
    lines = [
        annotation("error", problem.file, problem.place, problem.rule, f"{problem.wrong}; {problem.instead}")
        for problem in plan.problems
    ]
    for refusal in plan.refusals:
        steps = "".join(f"\n{number}. {step}" for number, step in enumerate(refusal.steps, 1))
        lines.append(annotation("error", refusal.file, refusal.place, refusal.refusal, f"{refusal.what}{steps}"))
    for risk in plan.risks:
        message = f"{risk.what}\n{risk.advice}"
        lines.append(annotation("warning", risk.file, risk.place, risk.risk, message))
    return "".join([*lines, notice("plan", f"{tally(plan)} ({verdict(plan)})")])
