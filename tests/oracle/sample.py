"""A small stack with one of everything, deployed once for the tests that ask much about it."""

import datetime
from typing import Final

from tests.support import (
    AZURE,
    EXPORTER,
    GOOGLE,
    OUTSIDE_ROLE,
    OUTSIDE_USER,
    OWN_ROLE,
    catalogue,
    export_of,
    pull_dataset,
    push_dataset,
    stack_settings,
)

STACK: Final = stack_settings(repository="example-org/exports", **EXPORTER)
LAST_DAY: Final = datetime.date(2027, 3, 31)
SAMPLE: Final = catalogue(
    push_dataset("alpha", users=("alpha_user_one",), sealed=True, expires=LAST_DAY, export=export_of()),
    push_dataset("alpha_kept", users=("alpha_user_two",), bucket="target-two", keep_files=True),
    pull_dataset(
        "beta",
        OUTSIDE_ROLE,
        OWN_ROLE,
        pull_google=GOOGLE[:1],
        pull_azure=AZURE[:1],
        users=("alpha_user_one",),
        expires=LAST_DAY,
    ),
    pull_dataset("closed", OUTSIDE_USER, users=("alpha_user_two",), sealed=True, allow_push=True, export=export_of()),
)
