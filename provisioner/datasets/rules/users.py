"""The users of a dataset."""

import re
from functools import lru_cache

from provisioner.datasets.rules.draft import Context, Draft
from provisioner.datasets.rules.names import MAX_ROLE_NAME
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule


@lru_cache
def _prefix(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def check_users(draft: Draft, context: Context, report: Report) -> None:
    """Each user begins as the settings say, is a role name, and is listed once."""
    users = draft.values.texts("users")
    if users is None:
        return
    prefix = _prefix(context.settings.user_prefix)
    listed: dict[str, Place] = {}
    for user, place in users.value:
        if not prefix.match(user):
            report(
                place,
                Rule.USER_PREFIX,
                f"the user '{shown(user)}' does not begin with '{context.settings.user_prefix}'",
                "write the platform username in full, as it is in the control panel",
            )
        if wrong := re.search("[^A-Za-z0-9_-]", user):
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
