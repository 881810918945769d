"""Settings by which every bucket would be another."""

import dataclasses

import pytest

from provisioner.changes.refusals.buckets import IN_BUCKET_NAMES
from provisioner.changes.refusals.refusal import Refusal
from provisioner.settings import SETTING_KEYS
from tests.changes.states import KNOWN, OTHER_SETTINGS, pull, push, refusals, refused, state


@pytest.mark.parametrize("name", IN_BUCKET_NAMES)
def test_such_a_setting_is_refused_with_the_steps_to_take(name: str) -> None:
    base = state(pull(), push(), settings=dataclasses.replace(KNOWN, **{name: OTHER_SETTINGS[name]}))
    (refusal,) = refused(base, state(pull(), push()))
    assert (refusal.refusal, refusal.file) == (Refusal.BUCKETS_RENAMED, "Pulumi.test.yaml")
    now = getattr(KNOWN, name)
    assert str(refusal.what) == f"the setting '{name}' becomes '{now}', and buckets cannot be renamed or moved"
    assert [str(step) for step in refusal.steps] == [
        f"leave it at '{OTHER_SETTINGS[name]}'",
        "for another account, region or prefix, make another stack, with a settings file of its own",
    ]


@pytest.mark.parametrize("name", sorted({key.name for key in SETTING_KEYS} - {*IN_BUCKET_NAMES, "user_prefix"}))
def test_no_other_setting_is_refused(name: str) -> None:
    other = dataclasses.replace(KNOWN, **{name: OTHER_SETTINGS[name]})
    assert refusals(state(pull(), push()), state(pull(), push(), settings=other)) == []


@pytest.mark.parametrize("name", IN_BUCKET_NAMES)
def test_while_there_is_no_dataset_there_is_no_bucket_to_lose(name: str) -> None:
    other = dataclasses.replace(KNOWN, **{name: OTHER_SETTINGS[name]})
    assert refusals(state(settings=other), state(pull())) == []


def test_a_stack_that_comes_renames_nothing() -> None:
    assert refusals(state(pull(), settings=None), state(pull())) == []
