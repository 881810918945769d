"""A plan of every kind, for the tests of how plans are shown."""

from typing import Final

from provisioner.changes.plan import Plan
from tests.reporting.states import plan_of, pull_file, push_file, state
from tests.support import AZURE, GOOGLE, OTHERS

_BEFORE: Final = state(
    push_file("court_listings"),
    pull_file("returns", expires="2027-03-31"),
    push_file("deleted", status="retired"),
    push_file("removed"),
)


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
        "problems": plan_of(state(), state(push_file("visits", target_bucket="x", expires="soon"))),
        "problems in the settings": plan_of(state(), state(push_file("visits"), retention_days=0)),
    }


PLANS: Final = _plans()
"""Plans by what is in them."""
