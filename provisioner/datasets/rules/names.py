"""The dataset's name, and what it makes in AWS."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from provisioner.datasets.keys import NAME_PATTERN, Kind
from provisioner.datasets.rules.draft import Context, Draft
from provisioner.reading.document import Report
from provisioner.reading.keys import Found
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule
from provisioner.settings import MAX_BUCKET_NAME, Settings, is_bucket_name

_NAME: Final = re.compile(NAME_PATTERN)
# IAM User Guide, "IAM and AWS STS quotas": characters of a role name.
MAX_ROLE_NAME: Final = 64


def is_name(text: str) -> bool:
    """Whether a text has the form of a dataset's name."""
    return _NAME.fullmatch(text) is not None


def check_name(draft: Draft, context: Context, report: Report) -> None:
    """The name's characters, its length, and that it is the file's."""
    name = draft.values.text("name")
    if name is None:
        return
    value = name.value
    if not is_name(value):
        wrong, instead = _what_is_wrong(value)
        if value != draft.stem and is_name(draft.stem):
            instead = f"write '{draft.stem}'"
        too = "; rename the file too" if value == draft.stem else ""
        report(name.place, Rule.NAME_FORMAT, f"the name '{shown(value)}' {wrong}", f"{instead}{too}")
    if value != draft.stem:
        report(
            name.place,
            Rule.NAME_FILE,
            f"the name '{shown(value)}' is not the file's name '{shown(draft.stem)}'",
            f"write 'name: {shown(draft.stem)}', or rename the file"
            if is_name(draft.stem)
            else "rename the file to the name with '.yaml'",
        )
    _check_derived(value, draft.kind, name, context.settings, report)


def _check_derived(value: str, kind: Kind, name: Found[str], settings: Settings, report: Report) -> None:
    derived = settings.pull_bucket(value) if kind is Kind.PULL else settings.delivery_role(value)
    most = MAX_BUCKET_NAME if kind is Kind.PULL else MAX_ROLE_NAME
    if len(derived) > most:
        thing = "bucket" if kind is Kind.PULL else "role"
        excess = len(derived) - most
        report(
            name.place,
            Rule.NAME_LENGTH,
            f"the name makes a {thing} name of {len(derived)} characters, AWS allows {most}",
            f"shorten it by {excess} character{'s' * (excess > 1)}",
        )
    elif kind is Kind.PULL and is_name(value) and (not is_bucket_name(derived) or derived.endswith("-an")):
        report(
            name.place,
            Rule.NAME_RESERVED,
            f"the name makes the bucket name '{derived}', which AWS keeps for itself",
            "end the name with another word",
        )


def _what_is_wrong(name: str) -> tuple[str, str]:
    better = re.sub("[^a-z0-9_]", "_", name.lower()).strip("_")
    instead = f"write '{better}'" if is_name(better) and len(better) <= 60 else "begin with a lower case letter"
    if not name.isascii() or re.search("[^A-Za-z0-9_-]", name):
        return "has characters other than lower case letters, digits and underscores", instead
    if name != name.lower():
        return "has capitals", instead
    if "-" in name:
        return "has a hyphen", instead
    if name.endswith("_"):
        return "ends in an underscore", instead
    return "does not begin with a letter", instead


def check_collisions(drafts: Iterable[Draft], settings: Settings, report_in: Callable[[str], Report]) -> None:
    """No two files may make the same bucket or role, nor one that the settings name."""
    ours = "the setting 'export_bucket'"
    taken = {("bucket", settings.export_bucket): ours, ("bucket", settings.journal_bucket): ours}
    makers: dict[tuple[str, str], list[tuple[Draft, Found[str]]]] = {}
    for draft in drafts:
        name = draft.values.text("name")
        if name is None:
            continue
        if draft.kind is Kind.PULL:
            made = ("bucket", settings.pull_bucket(name.value))
        else:
            made = ("role", settings.delivery_role(name.value))
        makers.setdefault(made, []).append((draft, name))
    for made, rivals in makers.items():
        if len(rivals) == 1 and made not in taken:
            continue
        # A file whose name is right has the better claim to it: it may be deployed already.
        rivals.sort(key=lambda pair: (not is_name(pair[1].value) or pair[1].value != pair[0].stem, pair[0].file))
        for draft, name in rivals:
            if made in taken:
                thing, value = made
                report_in(draft.file)(
                    name.place,
                    Rule.NAME_TAKEN,
                    f"{taken[made]} already makes the {thing} '{shown(value)}'",
                    "give this dataset another name",
                )
            else:
                taken[made] = draft.file
