"""A large checkout that could be real, the same at every run."""

import random
from pathlib import Path
from typing import Final

from tests.repository import Repository

_SEED: Final = 2026
_USERS: Final = 2_000
_ACCOUNTS: Final = 300
BUSY: Final = "alpha_user_in_many"
"""A user of every 25th dataset: 400 of 10,000."""
_BUSY_EVERY: Final = 25
_BUSY_POLICIES: Final = 20
"""What that user may have: more than AWS attaches if it is not asked to."""
_SUBJECTS: Final = (
    "court",
    "prison",
    "probation",
    "caseload",
    "visits",
    "sentencing",
    "legal_aid",
    "tribunals",
    "oasys",
)
_THINGS: Final = ("listings", "returns", "extracts", "summary", "events", "outcomes", "delays", "referrals")


def write_checkout(root: Path, files: int) -> None:
    """Write `Pulumi.yaml`, settings, and so many dataset files, half of either kind, of 6 to 12 lines each."""
    rng = random.Random(_SEED)  # noqa: S311 - for variety, not for secrets
    users = [f"alpha_user_{''.join(rng.choices('abcdefghijklmnopqrstuvwxyz', k=8))}{at}" for at in range(_USERS)]
    accounts = [f"{rng.randrange(10**11, 10**12)}" for _ in range(_ACCOUNTS)]
    for kind in ("push", "pull"):
        (root / f"{kind}_datasets").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text("name: data-engineering-exports\n")
    known = "".join(f'    "{account}": Team {at}\n' for at, account in enumerate(accounts))
    (root / "Pulumi.prod.yaml").write_text(
        'config:\n  data-engineering-exports:account_id: "111122223333"\n'
        f"  data-engineering-exports:user_policies: {_BUSY_POLICIES}\n"
        f"  data-engineering-exports:known_accounts:\n{known}"
    )
    for at in range(files):
        kind = "push" if at % 2 else "pull"
        name = f"{rng.choice(_SUBJECTS)}_{rng.choice(_THINGS)}_{at}"
        given = rng.sample(users, rng.randint(1, 3))
        if at % _BUSY_EVERY == 0:
            given[0] = BUSY
        text = "\n".join(_dataset(kind, name, given, accounts, rng)) + "\n"
        (root / f"{kind}_datasets" / f"{name}.yaml").write_text(text)


def commit_change(root: Path, changed: int) -> None:
    """Make a git repository of a large checkout: its branch `main`, and beyond it a commit that changes so many files.

    The files are spread over both folders, and each gets one more user.
    """
    repository = Repository.at(root)
    repository.commit()
    repository.git("switch", "--quiet", "--create", "change")
    files = sorted(root.glob("*_datasets/*.yaml"))
    for file in files[:: len(files) // changed][:changed]:
        file.write_text(file.read_text().replace("users:\n", "users:\n  - alpha_user_added\n"))
    repository.commit()


def _dataset(kind: str, name: str, users: list[str], accounts: list[str], rng: random.Random) -> list[str]:
    account = rng.choice(accounts)
    lines = [f"name: {name}"]
    if kind == "push":
        lines.append(f"bucket: receiving-team-{account}-landing")
    else:
        roles = rng.sample(("etl/reader", "analyst", "dashboard", "service-role/import"), rng.randint(1, 2))
        lines += ["pull_arns:", *(f"  - arn:aws:iam::{account}:role/{role}" for role in roles)]
    lines += ["users:", *(f"  - {user}" for user in users)]
    lines.append(f"description: {name.replace('_', ' ').capitalize()}, for the monthly reports")
    more = (
        [f"paperwork: https://example.com/agreements/2026-{rng.randint(1, 400)}"],
        [f"contact: {name.partition('_')[0]}-team@example.com"],
        [f"expires: 20{rng.randint(40, 60)}-03-31"],
        # Sealed push datasets share the export bucket's one policy, which holds few of them.
        ["keep_files: true"] if kind == "push" else ["sealed: true  # agreed with the receiving team"],
    )
    for extra in rng.sample(more, rng.randint(1, 3)):
        lines += extra
    return lines
