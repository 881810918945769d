"""What a file and the settings say before and after, key by key."""

import dataclasses

import pytest

from provisioner.changes.change import KeyChange
from provisioner.changes.keys import changed_settings
from provisioner.datasets.folder import DatasetFile
from tests.changes.states import KNOWN, OTHER_SETTINGS, READER, USER, plan_of, pull, push, state
from tests.support import THEIRS

Said = tuple[str, str | None, str | None]


def said(changes: tuple[KeyChange, ...]) -> list[Said]:
    return [(change.key, change.before, change.after) for change in changes]


def keys(base: DatasetFile, head: DatasetFile) -> list[Said]:
    (change,) = plan_of(state(base), state(head)).datasets
    return said(change.keys)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "sealed: true", ("sealed", "false", "true")),
        ("keep_files: true", "", ("keep_files", "true", "false")),
        ("", "description: words", ("description", None, "words")),
        ("description: words", "", ("description", "words", None)),
        ("description: words", "description: others", ("description", "words", "others")),
        ("", f'bucket_account: "{THEIRS}"', ("bucket_account", None, THEIRS)),
        (f'bucket_account: "{THEIRS}"', "", ("bucket_account", THEIRS, None)),
        ("", "status: retired", ("status", "active", "retired")),
        ("expires: 2027-01-31", "expires: 2027-02-01", ("expires", "2027-01-31", "2027-02-01")),
        ("paperwork: one", "paperwork: [one, two]", ("paperwork", None, "two")),
        ("paperwork: [one, two]", "paperwork: [two]", ("paperwork", "one", None)),
    ],
)
def test_a_key_says_another_value(before: str, after: str, expected: Said) -> None:
    assert keys(push("visits", before), push("visits", after)) == [expected]


def test_a_list_says_what_is_taken_from_it_and_then_what_is_added() -> None:
    base = pull(arns=[READER, f"{READER}-one"], users=[USER, "alpha_user_two"])
    head = pull(arns=[f"{READER}-two", READER], users=[USER, "alpha_user_three"])
    assert keys(base, head) == [
        ("pull_arns", f"{READER}-one", None),
        ("pull_arns", None, f"{READER}-two"),
        ("users", "alpha_user_two", None),
        ("users", None, "alpha_user_three"),
    ]


def test_a_new_dataset_says_what_it_says_and_a_deleted_one_what_it_said() -> None:
    (comes,) = plan_of(state(), state(push())).datasets
    (goes,) = plan_of(state(push()), state()).datasets
    expected = [("name", "visits"), ("bucket", "target-one"), ("users", USER), ("paperwork", "agreement-1")]
    assert said(comes.keys) == [(key, None, value) for key, value in expected]
    assert said(goes.keys) == [(key, value, None) for key, value in expected]


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_every_setting_says_what_it_was_and_is(name: str) -> None:
    other = dataclasses.replace(KNOWN, **{name: OTHER_SETTINGS[name]})
    assert changed_settings(KNOWN, KNOWN) == ()
    (change,) = changed_settings(KNOWN, other)
    (back,) = changed_settings(other, KNOWN)
    assert change.key.split(" ")[0] == name
    assert (change.before, change.after) == (back.after, back.before)
    assert change.before != change.after


def test_a_setting_of_several_lines_says_each_of_them() -> None:
    others = dataclasses.replace(KNOWN, known_accounts={THEIRS: "Another name", "111111111111": "New"})
    assert said(changed_settings(KNOWN, others)) == [
        ("known_accounts 111111111111", None, "New"),
        (f"known_accounts {THEIRS}", "Performance Hub", "Another name"),
    ]
