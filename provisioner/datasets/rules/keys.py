"""Which keys a file has."""

from provisioner.datasets.keys import KEYS, READERS, REQUIRED, Kind
from provisioner.datasets.rules.draft import Context, Draft
from provisioner.reading.document import Report
from provisioner.reading.keys import advice, nearest_key, report_missing
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule


def check_keys(draft: Draft, _context: Context, report: Report) -> None:
    """Unknown keys, keys of the other kind, and required keys that are missing."""
    known = KEYS[draft.kind]
    meant = set()
    for name, place in draft.values.places.items():
        if name in known:
            continue
        if name in KEYS[draft.kind.other]:
            other = draft.kind.other
            report(
                place,
                Rule.KEY_KIND,
                f"'{name}' is a key of {other.value} datasets, this is a {draft.kind.value} dataset",
                f"remove it, or move the file to {other.folder}/",
            )
            continue
        nearest = nearest_key(name, known.values())
        if nearest is not None and nearest not in draft.values.places:
            meant.add(nearest)
        if nearest is None:
            instead = f"the keys are {', '.join(known)}"
        else:
            instead = f"write '{nearest}'" if nearest in meant else f"remove it; '{nearest}' is there already"
        report(place, Rule.KEY_UNKNOWN, f"'{shown(name)}' is not a key of a {draft.kind.value} dataset", instead)
    report_missing(draft.values, (key for key in REQUIRED[draft.kind] if key.name not in meant), report)
    if draft.kind is Kind.PULL and draft.values.places.keys().isdisjoint(READERS) and meant.isdisjoint(READERS):
        report(
            draft.values.place,
            Rule.KEY_MISSING,
            "'pull_arns' is missing, and so are 'pull_google' and 'pull_azure': nobody is to read it",
            f"add {advice(known['pull_arns'])}",
        )
