"""Who gets which verb, where, until when."""

import datetime

from hypothesis import given
from hypothesis import settings as run

from provisioner.access.grants import (
    OWN_ROLES,
    Grant,
    PrincipalKind,
    Verb,
    by_identity,
    grants_of,
    pull_grants,
    push_grants,
    reader_principals,
)
from provisioner.datasets.model import Catalogue, Dataset
from tests.support import (
    OTHERS,
    OURS,
    OUTSIDE_ROLE,
    OUTSIDE_USER,
    OWN_ROLE,
    OWN_USER,
    THEIRS,
    catalogue,
    catalogues,
    pull_dataset,
    push_dataset,
    stack_settings,
    user_arn,
)

STACK = stack_settings()
ONE, TWO = user_arn("alpha_user_one"), user_arn("alpha_user_two")
DELIVERY = f"arn:aws:iam::{OURS}:role/export_alpha"
LAST_DAY = datetime.date(2027, 3, 31)


def said(grants: list[Grant]) -> dict[str, list[str]]:
    """The grants as somebody would say them: by whom, each `verb bucket/prefix` and its last day."""
    words: dict[str, list[str]] = {}
    for grant in grants:
        until = f" until {grant.until}" if grant.until else ""
        words.setdefault(grant.principal.arn, []).append(f"{grant.verb} {grant.bucket}/{grant.prefix}{until}")
    return words


def test_push_users_write_and_list_their_prefix_and_the_delivery_role_carries_it_to_the_target() -> None:
    dataset = push_dataset("alpha", users=("alpha_user_one", "alpha_user_two"))
    users = ["write mojap-hub-exports/alpha/", "list mojap-hub-exports/alpha/"]
    assert said([*push_grants(dataset, STACK)]) == {
        ONE: users,
        TWO: users,
        DELIVERY: [
            "deliver mojap-hub-exports/alpha/",
            "list mojap-hub-exports/alpha/",
            "write target-one/alpha/",
        ],
    }


def test_with_keep_files_the_delivery_role_reads_and_does_not_take_away() -> None:
    grants = said([*push_grants(push_dataset("alpha", keep_files=True), STACK)])
    assert grants[DELIVERY] == [
        "read mojap-hub-exports/alpha/",
        "list mojap-hub-exports/alpha/",
        "write target-one/alpha/",
    ]


def test_a_retired_push_dataset_is_still_listed_and_delivered_but_no_longer_written() -> None:
    grants = said([*push_grants(push_dataset("alpha", retired=True), STACK)])
    assert grants[ONE] == ["list mojap-hub-exports/alpha/"]
    assert grants[DELIVERY][0] == "deliver mojap-hub-exports/alpha/"


def test_users_of_an_expiring_push_dataset_have_a_last_day_and_delivery_has_none() -> None:
    grants = said([*push_grants(push_dataset("alpha", expires=LAST_DAY), STACK)])
    assert grants[ONE] == [
        "write mojap-hub-exports/alpha/ until 2027-03-31",
        "list mojap-hub-exports/alpha/ until 2027-03-31",
    ]
    assert not any("until" in words for words in grants[DELIVERY])


def test_pull_users_read_write_and_list_the_bucket_and_readers_read_and_list_it() -> None:
    dataset = pull_dataset("new_project", OUTSIDE_ROLE, OUTSIDE_USER)
    assert said([*pull_grants(dataset, STACK)]) == {
        ONE: ["read mojap-new-project/", "write mojap-new-project/", "list mojap-new-project/"],
        OUTSIDE_ROLE: ["read mojap-new-project/", "list mojap-new-project/"],
        OUTSIDE_USER: ["read mojap-new-project/", "list mojap-new-project/"],
    }


def test_with_allow_push_readers_write_too() -> None:
    grants = said([*pull_grants(pull_dataset("alpha", allow_push=True), STACK)])
    assert grants[OUTSIDE_ROLE] == ["read mojap-alpha/", "write mojap-alpha/", "list mojap-alpha/"]


def test_everybody_in_an_expiring_pull_dataset_has_the_same_last_day() -> None:
    dataset = pull_dataset("alpha", OUTSIDE_ROLE, OWN_ROLE, expires=LAST_DAY)
    assert {grant.until for grant in pull_grants(dataset, STACK)} == {LAST_DAY}


def test_a_retired_pull_dataset_has_no_readers_and_its_users_read_and_list_what_is_left() -> None:
    dataset = pull_dataset("alpha", OUTSIDE_ROLE, OWN_ROLE, retired=True, allow_push=True)
    assert said([*pull_grants(dataset, STACK)]) == {ONE: ["read mojap-alpha/", "list mojap-alpha/"]}


def test_a_reader_knows_its_account_its_name_without_path_and_whether_it_is_a_role() -> None:
    dataset = pull_dataset("alpha", OUTSIDE_ROLE, OUTSIDE_USER)
    readers = {grant.principal for grant in pull_grants(dataset, STACK)}
    assert {
        (reader.account_id, reader.name, reader.is_role) for reader in readers if reader.kind is PrincipalKind.READER
    } == {(THEIRS, "reader", True), (OTHERS, "button_58240", False)}


def test_identity_policies_give_to_users_and_our_own_readers_and_to_nobody_outside() -> None:
    some = catalogue(push_dataset("alpha"), pull_dataset("beta", OUTSIDE_ROLE, OUTSIDE_USER, OWN_ROLE, OWN_USER))
    identities = by_identity(grants_of(some, STACK), STACK)
    assert {principal.arn for principal in identities} == {ONE, OWN_ROLE, OWN_USER}


def test_a_user_who_reads_another_dataset_is_one_principal_with_the_grants_of_both() -> None:
    some = catalogue(push_dataset("alpha"), pull_dataset("beta", ONE, users=("alpha_user_two",)))
    identities = {
        principal.arn: said(grants)[ONE]
        for principal, grants in by_identity(grants_of(some, STACK), STACK).items()
        if principal.arn == ONE
    }
    assert identities == {
        ONE: [
            "write mojap-hub-exports/alpha/",
            "list mojap-hub-exports/alpha/",
            "read mojap-beta/",
            "list mojap-beta/",
        ]
    }


def test_a_user_listed_as_a_reader_by_an_arn_with_a_path_is_the_same_principal() -> None:
    """IAM has one role of a name in an account, whatever its path: its policies are attached by name."""
    listed = f"arn:aws:iam::{OURS}:role/team/alpha_user_one"
    some = catalogue(push_dataset("alpha"), pull_dataset("beta", listed, users=("alpha_user_two",)))
    names = [principal.name for principal in by_identity(grants_of(some, STACK), STACK)]
    assert sorted(names) == ["alpha_user_one", "alpha_user_two"]


@given(catalogues())
@run(max_examples=50, deadline=None)
def test_every_grant_is_one_that_its_dataset_names(some: Catalogue) -> None:
    """Said again from the file's point of view: nobody gets anything whom the file does not list."""
    for grant in grants_of(some, STACK):
        push = [dataset for dataset in some.push if dataset.name == grant.dataset and grant.prefix]
        pull = [dataset for dataset in some.pull if dataset.name == grant.dataset and not grant.prefix]
        assert len(push) + len(pull) == 1
        dataset: Dataset = push[0] if push else pull[0]
        match grant.principal.kind:
            case PrincipalKind.USER:
                assert grant.principal.name in dataset.users
                assert grant.until == dataset.expires
                assert not (dataset.retired and grant.verb is Verb.WRITE)
            case PrincipalKind.READER:
                assert not dataset.retired
                assert grant.bucket == f"mojap-{grant.dataset.replace('_', '-')}"
                assert grant.principal.arn in {reader.arn for reader in pull[0].pull_arns}
                assert grant.verb is not Verb.WRITE or pull[0].allow_push
                assert grant.until == dataset.expires
            case PrincipalKind.DELIVERY:
                assert grant.principal.arn == f"arn:aws:iam::{OURS}:role/export_{push[0].name}"
                assert grant.bucket in (STACK.export_bucket, push[0].bucket)
                assert grant.verb is not Verb.DELIVER or not push[0].keep_files
            case PrincipalKind.EXPORTER:
                assert dataset.scheduled
                assert grant.principal.name == f"exporter-{grant.kind}-{dataset.name}"
                assert grant.verb in (Verb.WRITE, Verb.LIST)
                assert grant.until == dataset.expires


@given(catalogues())
@run(max_examples=50, deadline=None)
def test_identity_policies_lose_no_grant_of_our_own_principals(some: Catalogue) -> None:
    kept = [grant for grants in by_identity(grants_of(some, STACK), STACK).values() for grant in grants]
    ours = [
        grant
        for grant in grants_of(some, STACK)
        if grant.principal.kind not in OWN_ROLES and grant.principal.account_id == OURS
    ]
    assert sorted(map(repr, kept)) == sorted(map(repr, ours))


def test_a_principal_is_one_person_whatever_its_path_and_capitals() -> None:
    spelt = (f"arn:aws:iam::{OURS}:role/team/Dashboard", f"arn:aws:iam::{OURS}:role/dashboard")
    role, same = (principal.person for principal in reader_principals(pull_dataset("alpha", *spelt)))
    (user,) = reader_principals(pull_dataset("alpha", f"arn:aws:iam::{OURS}:user/dashboard"))
    assert role == same
    assert role != user.person
