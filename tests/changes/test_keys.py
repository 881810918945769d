"""What a file and the settings say before and after, key by key."""

import dataclasses
from typing import Final

import pytest

from provisioner.changes.change import KeyChange
from provisioner.changes.keys import changed_settings
from provisioner.datasets.folder import DatasetFile
from provisioner.exports.files import FileBeside
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


EXPORT: Final = (
    "export: {source: core, timezone: Europe/London, tasks: [{name: one, query: %s, key: '{base}-{increment}',"
    " fields: {a: {codes: {'1': %s}}}}]}"
)
LONG: Final = " ".join(["select a from b where c is null", *["or c is null"] * 20])


def export_keys(before: str, after: str) -> list[Said]:
    settings = dataclasses.replace(KNOWN, sources={"core": "arn:aws:secretsmanager:eu-west-2:111122223333:secret:a"})
    base, head = (state(push("visits", line), settings=settings) for line in (before, after))
    return [one for change in plan_of(base, head).datasets for one in said(change.keys)]


def test_an_export_says_each_thing_that_it_says_now() -> None:
    assert export_keys("", EXPORT % ("select a from b", "'2'")) == [
        ("export one fields a codes 1", None, "2"),
        ("export one key", None, "{base}-{increment}"),
        ("export one query", None, "select a from b"),
        ("export source", None, "core"),
        ("export timezone", None, "Europe/London"),
    ]


def test_a_query_that_changes_far_from_its_beginning_says_so() -> None:
    (change,) = export_keys(EXPORT % (LONG, "'2'"), EXPORT % (f"{LONG} or true", "'2'"))
    key, before, after = change
    assert key == "export one query"
    assert before != after
    assert before is not None
    assert before.startswith("select a from b where c is null")


def test_a_changed_file_of_sql_is_a_change_of_its_dataset() -> None:
    settings = dataclasses.replace(KNOWN, sources={"core": "arn:aws:secretsmanager:eu-west-2:111122223333:secret:a"})
    file = push("visits", EXPORT % ("one.sql", "'2'"))
    base, head = (
        state(dataclasses.replace(file, beside=(FileBeside("one.sql", text),)), settings=settings)
        for text in (b"select a from b", b"select a from c")
    )
    (change,) = plan_of(base, head).datasets
    before, after = (f"push_datasets/visits/one.sql: {text}" for text in ("select a from b", "select a from c"))
    assert said(change.keys) == [("export one query", before, after)]
    assert plan_of(base, base).datasets == ()
