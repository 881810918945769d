"""The users of a dataset."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from provisioner.datasets.rules.draft import Context, Draft
from provisioner.datasets.rules.names import MAX_ROLE_NAME
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule

_WRONG_CHARACTER: Final = re.compile("[^A-Za-z0-9_-]")


def check_users(draft: Draft, context: Context, report: Report) -> None:
    """Each user begins as the settings say, is a role name, and is listed once."""
    users = draft.values.texts("users")
    if users is None:
        return
    prefix = re.compile(context.settings.user_prefix)  # which re itself remembers
    listed: dict[str, Place] = {}
    for user, place in users.value:
        if not prefix.match(user):
            report(
                place,
                Rule.USER_PREFIX,
                f"the user '{shown(user)}' does not begin with '{context.settings.user_prefix}'",
                "write the platform username in full, as it is in the control panel",
            )
        if wrong := _WRONG_CHARACTER.search(user):
            report(
                place,
                Rule.USER_CHARACTERS,
                f"the user '{shown(user)}' has the character '{wrong.group()}'",
                "write letters, digits, hyphens and underscores only",
            )
        if len(user) > MAX_ROLE_NAME:
            report(
                place,
                Rule.USER_LENGTH,
                f"the user has {len(user)} characters, an IAM role name has at most {MAX_ROLE_NAME}",
                "check the username",
            )
        # IAM does not distinguish the case of role names.
        first = listed.setdefault(user.lower(), place)
        if first is not place:
            report(
                place, Rule.USER_TWICE, f"the user '{shown(user)}' already stands in line {first.line}", "remove one"
            )


def check_spelling(drafts: Iterable[Draft], report_in: Callable[[str], Report]) -> None:
    """A user is written alike in every file: two that differ in case alone would be one role to IAM."""
    first: dict[str, tuple[str, str]] = {}
    spellings: set[str] = set()
    for draft in drafts:
        users = draft.values.texts("users")
        for user, place in users.value if users else ():
            if user in spellings:
                continue
            spelling, file = first.setdefault(user.lower(), (user, draft.file))
            if spelling == user:
                spellings.add(user)
            elif file != draft.file:
                report_in(draft.file)(
                    place,
                    Rule.USER_SPELLING,
                    f"the user '{shown(user)}' is '{shown(spelling)}' in {file}",
                    "write both as the control panel has it",
                )
