"""The grants that a plan shows are exactly what becomes of who may do what."""

import dataclasses
import datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import settings as run

from provisioner.access.grants import Grant, PrincipalKind, Verb, grants_of
from provisioner.changes.change import Change, GrantChange
from provisioner.changes.comparison import SHAPE
from provisioner.changes.grants import changed_grants
from provisioner.changes.plan import Plan
from provisioner.datasets.model import Catalogue
from tests.changes.states import (
    KNOWN,
    OTHER_SETTINGS,
    READER,
    USER,
    comparison_of,
    edited,
    plan_of,
    pull,
    push,
    state,
    state_of,
)
from tests.support import DATES, catalogue, catalogues, pull_dataset, user_arn

Both = tuple[Catalogue, Catalogue]
FAR: Final = datetime.date(9999, 12, 30)
DAYS: Final = (*DATES, *(date + datetime.timedelta(days=1) for date in DATES), FAR)
"""The days on which what is allowed can be other than on the day before."""


def changes_of(both: Both) -> list[GrantChange]:
    return list(changed_grants(comparison_of(*map(state_of, both))))


def grants(some: Catalogue) -> set[Grant]:
    return set(grants_of(some, KNOWN))


@given(edited())
def test_they_are_the_difference_of_all_grants_before_and_after(both: Both) -> None:
    changes = changes_of(both)
    before, after = map(grants, both)
    lost, gained = [one.before for one in changes if one.before], [one.after for one in changes if one.after]
    assert (set(lost), set(gained)) == (before - after, after - before)
    assert (len(lost), len(gained)) == (len(set(lost)), len(set(gained)))


@pytest.mark.parametrize("name", SHAPE)
@given(both=edited())
@run(max_examples=20)
def test_so_they_are_where_a_setting_changes_too(name: str, both: Both) -> None:
    other = dataclasses.replace(KNOWN, **{name: OTHER_SETTINGS[name]})
    before, after = set(grants_of(both[0], KNOWN)), set(grants_of(both[1], other))
    changes = list(changed_grants(comparison_of(state_of(both[0]), state_of(both[1], other))))
    assert {one.before for one in changes} - {None} == before - after
    assert {one.after for one in changes} - {None} == after - before


def right(grant: Grant) -> tuple[object, ...]:
    return grant.principal, grant.verb, grant.bucket, grant.prefix


@given(edited())
def test_what_only_ends_on_another_day_is_one_change_and_no_loss(both: Both) -> None:
    changes = changes_of(both)
    for change in changes:
        if change.before and change.after:
            assert right(change.before) == right(change.after)
            assert change.before.until != change.after.until
    assert len({right(change.latest) for change in changes}) == len(changes)


def allowed(grant: Grant | None) -> set[datetime.date]:
    """The days on which a grant allows what it allows."""
    return {day for day in DAYS if grant and (grant.until is None or day <= grant.until)}


@given(edited())
def test_a_grant_widens_where_it_allows_something_on_a_day_on_which_it_was_not_allowed(both: Both) -> None:
    for change in changes_of(both):
        assert change.widens is bool(allowed(change.after) - allowed(change.before))


@given(edited())
def test_no_dataset_that_stays_as_it_is_appears(both: Both) -> None:
    before, after = both
    same = {dataset.file for dataset in before} & {dataset.file for dataset in after if dataset in list(before)}
    plan = plan_of(*map(state_of, both))
    assert same.isdisjoint(change.file for change in plan.grants)
    assert same.isdisjoint(change.latest.file for change in plan.datasets)


def as_sets(plan: Plan) -> tuple[set[object], ...]:
    return (
        {(one.before, one.after) for one in plan.grants},
        {(one.type, one.logical_name, one.name, one.change, one.datasets) for one in plan.resources},
        {(one.latest.file, one.change, frozenset(one.keys)) for one in plan.datasets},
    )


_BACK: Final = {Change.COMES: Change.GOES, Change.GOES: Change.COMES, Change.CHANGES: Change.CHANGES}


@given(edited())
def test_the_way_back_is_the_mirror_image(both: Both) -> None:
    there, back = plan_of(*map(state_of, both)), plan_of(*map(state_of, reversed(both)))
    grants_there, resources_there, _ = as_sets(there)
    grants_back, resources_back, _ = as_sets(back)
    assert grants_back == {(after, before) for before, after in ((one.before, one.after) for one in there.grants)}
    assert len(grants_there) == len(grants_back)
    assert {(one.type, one.logical_name, one.change) for one in back.resources} == {
        (one.type, one.logical_name, _BACK[one.change]) for one in there.resources
    }
    assert len(resources_there) == len(resources_back)
    assert {(one.latest.file, one.change) for one in back.datasets} == {
        (one.latest.file, _BACK[one.change]) for one in there.datasets
    }


@given(edited())
def test_the_same_states_give_the_same_plan_in_whatever_order_their_files_are_given(both: Both) -> None:
    base, head = map(state_of, both)
    shuffled = [state(*reversed(some.files)) for some in (base, head)]
    assert plan_of(base, head) == plan_of(*shuffled)


@given(catalogues())
def test_a_state_and_itself_have_no_change_and_no_risk(some: Catalogue) -> None:
    plan = plan_of(state_of(some), state_of(some))
    assert not plan.changes
    assert (plan.problems, plan.refusals, plan.risks) == ((), (), ())


@given(catalogues())
def test_a_comment_in_every_file_changes_nothing(some: Catalogue) -> None:
    base = state_of(some)
    commented = (type(file)(file.file, file.kind, b"# seen\n" + file.content) for file in base.files)
    plan = plan_of(base, state(*commented))
    assert not plan.changes
    assert plan.risks == ()


@pytest.mark.parametrize("key", ["users", "pull_arns", "paperwork"])
def test_the_order_of_a_list_is_no_change(key: str) -> None:
    lists = {"users": [USER, "alpha_user_two"], "pull_arns": [READER, f"{READER}-two"], "paperwork": ["one", "two"]}
    turned = {**lists, key: lists[key][::-1]}
    files = (
        pull("extracts", "paperwork:", *(f"  - {text}" for text in held["paperwork"]), arns=arns, users=users)
        for held in (lists, turned)
        for arns, users in [(held["pull_arns"], held["users"])]
    )
    base, head = map(state, files)
    assert base != head
    assert not plan_of(base, head).changes


def test_a_user_of_two_datasets_who_leaves_one_loses_that_one_alone() -> None:
    both = [pull("extracts", users=(USER, "alpha_user_two")), push(users=(USER, "alpha_user_two"))]
    plan = plan_of(state(*both), state(both[0], push()))
    assert {(one.latest.principal.name, one.latest.verb, one.latest.bucket, one.change) for one in plan.grants} == {
        ("alpha_user_two", verb, "mojap-hub-exports", Change.GOES) for verb in (Verb.WRITE, Verb.LIST)
    }


def test_who_is_a_user_and_becomes_a_reader_loses_and_gains() -> None:
    two = user_arn("alpha_user_two")
    both = (
        catalogue(pull_dataset("alpha", users=("alpha_user_one", "alpha_user_two"))),
        catalogue(pull_dataset("alpha", "arn:aws:iam::444455556666:role/etl/reader", two)),
    )
    changes = {(one.latest.principal.kind, one.latest.verb, one.change) for one in changes_of(both)}
    assert changes == {
        *((PrincipalKind.USER, verb, Change.GOES) for verb in (Verb.READ, Verb.WRITE, Verb.LIST)),
        *((PrincipalKind.READER, verb, Change.COMES) for verb in (Verb.READ, Verb.LIST)),
    }
