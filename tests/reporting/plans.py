"""A plan of every kind, for the tests of how plans are shown."""

from typing import Any, Final

from provisioner.changes.plan import Plan
from tests.reporting.states import plan_of, pull_file, push_file, state
from tests.support import AZURE, EXPORTER, GOOGLE, OTHERS

_BEFORE: Final = state(
    push_file("court_listings"),
    pull_file("returns", expires="2027-03-31"),
    push_file("deleted", status="retired"),
    push_file("removed"),
)


_EXPORTER: Final[dict[str, Any]] = {
    name: list(value) if isinstance(value, tuple) else value for name, value in EXPORTER.items()
}


def _export(schedule: str | None = None, query: str = "select id from visits", delete: str | None = None) -> Any:
    """What a file says of an export of one task."""
    task = {"name": "all", "query": query, "key": "{task}_{run}_{time:%Y%m%d}.csv.gz"}
    when = {"schedule": schedule} if schedule else {}
    return {"source": "core", **when, "tasks": [{**task, **({"delete": delete} if delete else {})}]}


def _plans() -> dict[str, Plan]:
    unknown = f"arn:aws:iam::{OTHERS}:role/stranger"
    return {
        "nothing": plan_of(_BEFORE, _BEFORE),
        "first datasets": plan_of(state(), state(push_file("visits"), pull_file("extracts"))),
        "a dataset comes, with risks": plan_of(state(), state(pull_file("extracts", unknown, allow_push=True))),
        "all sorts of changes": plan_of(
            _BEFORE,
            state(
                push_file("court_listings", "alpha_user_two", bucket="target-two"),
                pull_file("returns", expires="2028-03-31", status="retired"),
                push_file("visits", expires="2027-03-31"),
                push_file("removed"),
                tags={"business-unit": "Platforms"},
            ),
        ),
        "readers outside AWS, and seals": plan_of(
            state(push_file("visits"), pull_file("extracts", sealed=True)),
            state(
                push_file("visits", sealed=True),
                pull_file(
                    "extracts",
                    pull_google=[one._asdict() for one in GOOGLE[:2]],
                    pull_azure=[one._asdict() for one in AZURE[:1]],
                ),
            ),
        ),
        "a refusal": plan_of(_BEFORE, state(push_file("court_listings"), pull_file("returns", expires="2027-03-31"))),
        "a last day moves": plan_of(
            state(pull_file("returns", expires="2027-03-31")), state(pull_file("returns", expires="2027-12-31"))
        ),
        "exports come, change and go": plan_of(
            state(
                push_file("court_listings", export=_export(schedule="0 5 * * *")),
                pull_file("returns", export=_export()),
                **_EXPORTER,
            ),
            state(
                push_file("court_listings", export=_export(query="select * from later", delete="delete from later")),
                pull_file("returns"),
                push_file("visits", export=_export(schedule="0 6 * * 1")),
                **_EXPORTER,
            ),
        ),
        "problems": plan_of(state(), state(push_file("visits", target_bucket="x", expires="soon"))),
        "problems in the settings": plan_of(state(), state(push_file("visits"), retention_days=0)),
    }


PLANS: Final = _plans()
"""Plans by what is in them."""
