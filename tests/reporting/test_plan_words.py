"""The sentences that a plan is made of."""

from typing import Final

import pytest

from provisioner.reporting.plan.words import key_line
from tests.changes.states import KNOWN, plan_of, push, state
from tests.support import OTHERS, THEIRS

KNOWN_OWNER: Final = f'bucket_account: "{THEIRS}"'
UNKNOWN_OWNER: Final = f'bucket_account: "{OTHERS}"'


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("", KNOWN_OWNER, f"bucket_account: + {THEIRS} (Performance Hub)"),
        (KNOWN_OWNER, "", f"bucket_account: - {THEIRS} (Performance Hub)"),
        (KNOWN_OWNER, UNKNOWN_OWNER, f"bucket_account: {OTHERS}, before {THEIRS} (Performance Hub)"),
        ("description: 444455556666 files", "", "description: - 444455556666 files"),
    ],
)
def test_an_account_is_shown_with_the_name_that_people_know(before: str, after: str, line: str) -> None:
    ((change,),) = (one.keys for one in plan_of(state(push("visits", before)), state(push("visits", after))).datasets)
    assert key_line(change, KNOWN).plain == line
