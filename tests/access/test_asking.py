"""Who can do what, and whether somebody can: the two agree, and each question finds whom and what it means."""

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import Phase, given
from hypothesis import settings as run

from provisioner.access.asking.action import VERBS, read_action
from provisioner.access.asking.answer import Answer, Note, Question, Reason, answer
from provisioner.access.asking.identity import Identity, read_identity
from provisioner.access.asking.listing import who
from provisioner.access.asking.location import Location, read_location
from provisioner.access.asking.reach import Reach
from provisioner.access.asking.s3_actions import ON_BUCKETS, ON_OBJECTS
from provisioner.access.deployment import WorkflowKind
from provisioner.access.reader_roles import reader_role
from provisioner.datasets.model import Catalogue
from provisioner.failure import UsageError
from tests.access.world import ADMIN, BREAK_GLASS, everybody, places
from tests.support import (
    AZURE,
    GOOGLE,
    OTHERS,
    OURS,
    OUTSIDE_ROLE,
    OUTSIDE_USER,
    OWN_ROLE,
    OWN_USER,
    TARGETS_ACCOUNT,
    THEIRS,
    catalogue,
    catalogues,
    pull_dataset,
    push_dataset,
    stack_settings,
    user_arn,
)

STACK: Final = stack_settings(repository="example-org/exports")
DAY: Final = datetime.date(2027, 1, 1)
LAST_DAY: Final = datetime.date(2027, 3, 31)
KEY: Final = f"arn:aws:kms:eu-west-1:{THEIRS}:key/1a2b"
SAMPLE: Final = catalogue(
    push_dataset("alpha", sealed=True, expires=LAST_DAY, bucket_account=TARGETS_ACCOUNT),
    push_dataset("alpha_kept", users=("alpha_user_two",), bucket="target-two", keep_files=True, kms_key_arn=KEY),
    pull_dataset("open", OUTSIDE_ROLE, OWN_ROLE, OWN_USER, pull_google=GOOGLE[:2], pull_azure=AZURE[:1]),
    pull_dataset("closed", OUTSIDE_USER, users=("alpha_user_two",), sealed=True, expires=LAST_DAY),
)


def ask(who: str, what: str, where: str, day: datetime.date = DAY, some: Catalogue = SAMPLE) -> Answer:
    question = Question(
        identity=read_identity(who, some, STACK),
        action=read_action(what),
        location=read_location(where, some, STACK),
        day=day,
    )
    return answer(question, some, STACK)


def asked_about(some: Catalogue) -> list[str]:
    """Everybody whom the catalogue knows, strangers, and the roles of the stack itself."""
    roles = [STACK.workflow_role(kind) for kind in WorkflowKind]
    return [*everybody(some, STACK), *map(STACK.role_arn, roles), ADMIN, BREAK_GLASS]


def covers(reach: Reach, verb: str, location: Location) -> bool:
    return verb in reach.verbs and (reach.bucket == location.bucket) and location.key.startswith(reach.prefix)


def differences(some: Catalogue, day: datetime.date) -> Iterator[str]:
    """Each question to which `can` says another thing than both listings of `who` do."""
    asked = [bucket_and_key for bucket_and_key in places(some, STACK) if bucket_and_key[0] != "some-other-bucket"]
    for bucket, key in asked:
        uri = f"s3://{bucket}/{key}"
        location = read_location(uri, some, STACK)
        there = who(uri, day, some, STACK).reaches
        for arn in asked_about(some):
            identity = read_identity(arn, some, STACK)
            theirs = [one for one in there if _is(one.identity, identity)]
            for verb, action in VERBS.items():
                question = Question(identity=identity, action=action, location=location, day=day)
                can = answer(question, some, STACK).allowed
                if can is not any(covers(reach, verb, location) for reach in theirs):
                    yield f"{arn} {verb} {uri} on {day}: can says {can}, and who {theirs}"


def _is(one: Identity, other: Identity) -> bool:
    return one.arn == other.arn if one.principal is None else other.is_same(one.principal, STACK)


@given(some=catalogues(2))
@run(max_examples=6, phases=[Phase.generate])
def test_who_lists_whom_can_says_yes_to_and_nobody_else(some: Catalogue) -> None:
    assert [*differences(some, DAY)] == []


@pytest.mark.parametrize("day", [LAST_DAY, LAST_DAY + datetime.timedelta(days=1)])
def test_they_agree_on_the_last_day_and_on_the_next(day: datetime.date) -> None:
    assert [*differences(SAMPLE, day)] == []


@given(some=catalogues(3))
@run(max_examples=25, phases=[Phase.generate])
def test_all_that_somebody_can_do_is_what_the_listings_of_all_places_say_of_it(some: Catalogue) -> None:
    buckets = {bucket for bucket, _ in places(some, STACK)} - {"some-other-bucket"}
    everywhere = {reach for bucket in buckets for reach in who(f"s3://{bucket}/", DAY, some, STACK).reaches}
    for arn in asked_about(some):
        identity = read_identity(arn, some, STACK)
        listed = who(arn, DAY, some, STACK).reaches
        assert {*listed} == {reach for reach in everywhere if _is(reach.identity, identity)}
        assert len({*listed}) == len(listed)


def test_an_account_is_everybody_of_it() -> None:
    listed = who(OTHERS, DAY, SAMPLE, STACK).reaches
    assert [(reach.identity.arn, reach.verbs, reach.bucket) for reach in listed] == [
        (OUTSIDE_USER, ("read", "list"), "mojap-closed")
    ]
    assert who("555566667777", DAY, SAMPLE, STACK).reaches == ()


class TestReasons:
    """Why an answer is as it is, and the statement that decides."""

    @pytest.mark.parametrize(
        ("who_asks", "what", "where", "reason", "deciding"),
        [
            ("alpha_user_one", "write", "s3://mojap-hub-exports/alpha/f", Reason.ALLOWED, ["Grant"]),
            (OUTSIDE_ROLE, "read", "s3://mojap-open/f", Reason.ALLOWED, ["OutsideReaders"]),
            ("export_alpha", "write", "s3://target-one/alpha/f", Reason.ALLOWED, ["Grant", "DeliveryOfAlpha"]),
            (ADMIN, "read", "s3://mojap-closed/f", Reason.REFUSED, ["Sealed"]),
            (ADMIN, "delete", "s3://mojap-hub-exports/alpha/f", Reason.REFUSED, ["Sealed"]),
            (BREAK_GLASS, "read", "s3://mojap-closed/f", Reason.NOT_ALLOWED, []),
            (ADMIN, "read", "s3://mojap-open/f", Reason.NOT_ALLOWED, []),
            (OUTSIDE_ROLE, "write", "s3://mojap-open/f", Reason.NOT_ALLOWED, []),
            (f"arn:aws:iam::{TARGETS_ACCOUNT}:role/own", "read", "s3://target-one/alpha/f", Reason.NOT_OURS, []),
            ("export-forwarder", "read", "s3://mojap-hub-exports-journal/f", Reason.ALLOWED, ["KeepJournal"]),
        ],
    )
    def test_the_statement_that_decides(
        self, who_asks: str, what: str, where: str, reason: Reason, deciding: list[str]
    ) -> None:
        found = ask(who_asks, what, where)
        assert (found.reason, found.allowed) == (reason, reason is Reason.ALLOWED)
        assert [(one.statement.sid or "").rstrip("0123456789") for one in found.deciding] == deciding

    def test_what_has_ended_is_told_with_the_statement_that_did_allow_it(self) -> None:
        assert ask(OUTSIDE_USER, "read", "s3://mojap-closed/f", LAST_DAY).reason is Reason.ALLOWED
        found = ask(OUTSIDE_USER, "read", "s3://mojap-closed/f", LAST_DAY + datetime.timedelta(days=1))
        assert (found.reason, found.allowed) == (Reason.ENDED, False)
        assert [one.statement.sid for one in found.deciding] == ["OutsideReaders"]


class TestNotes:
    """What an answer rests on, or leaves open."""

    @pytest.mark.parametrize(
        ("who_asks", "what", "where", "notes"),
        [
            ("alpha_user_one", "write", "s3://mojap-hub-exports/alpha/f", ()),
            (OUTSIDE_ROLE, "read", "s3://mojap-open/f", (Note.THEIR_POLICIES,)),
            (OUTSIDE_ROLE, "write", "s3://mojap-open/f", ()),
            ("export_alpha", "write", "s3://target-one/alpha/f", (Note.TARGET_POLICY,)),
            (
                "export_alpha_kept",
                "write",
                "s3://target-two/alpha_kept/f",
                (Note.TARGET_POLICY, Note.TARGET_KEY),
            ),
            (ADMIN, "read", "s3://mojap-open/f", (Note.OTHER_POLICIES,)),
            (ADMIN, "read", "s3://mojap-closed/f", ()),
            (BREAK_GLASS, "read", "s3://mojap-closed/f", (Note.OTHER_POLICIES,)),
        ],
    )
    def test_what_is_left_open(self, who_asks: str, what: str, where: str, notes: tuple[Note, ...]) -> None:
        assert ask(who_asks, what, where).notes == notes

    def test_a_target_of_our_own_account_needs_no_policy_and_lets_in_whom_ours_let_in(self) -> None:
        some = catalogue(push_dataset("alpha", bucket_account=OURS))
        assert ask("export_alpha", "write", "s3://target-one/alpha/f", some=some).notes == ()
        assert ask(ADMIN, "read", "s3://target-one/alpha/f", some=some).notes == (Note.OTHER_POLICIES,)


class TestWho:
    """By what names somebody is found."""

    @pytest.mark.parametrize(
        ("text", "arn"),
        [
            ("alpha_user_one", user_arn("alpha_user_one")),
            ("ALPHA_USER_ONE", user_arn("alpha_user_one")),
            ("export_alpha", STACK.delivery_role_arn("alpha")),
            ("export-forwarder", STACK.role_arn("export-forwarder")),
            ("break-glass", BREAK_GLASS),
            ("dashboard", OWN_ROLE),
            ("button_58240", OUTSIDE_USER),
            (OUTSIDE_ROLE, OUTSIDE_ROLE),
            (f"arn:aws:sts::{THEIRS}:assumed-role/reader/somebody@example.com", OUTSIDE_ROLE),
            (f"arn:aws:sts::{OURS}:assumed-role/dashboard/1", OWN_ROLE),
            (f"arn:aws:sts::{THEIRS}:assumed-role/stranger/1", f"arn:aws:iam::{THEIRS}:role/stranger"),
            (
                f"sts.windows.net/{AZURE[0].tenant}/:{AZURE[0].object_id}",
                STACK.role_arn(reader_role(AZURE[0])),
            ),
        ],
    )
    def test_a_role_or_a_user(self, text: str, arn: str) -> None:
        assert read_identity(text, SAMPLE, STACK).arn == arn

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (OURS, "'111122223333' is a whole account, and no principal: name a role or user of it by its ARN"),
            (f"arn:aws:iam::{THEIRS}:root", "is the ARN of neither a role, a session of one, nor a user"),
            (f"arn:aws:iam::{THEIRS}:group/all", "is the ARN of neither a role, a session of one, nor a user"),
            ("arn", "no dataset names 'arn'"),
            (f"arn:aws-cn:iam::{THEIRS}:role/a", "is in the AWS partition aws-cn, and we are in aws"),
            ("alpha_user_on", "no dataset names 'alpha_user_on'; did you mean 'alpha_user_one'?"),
            (f"accounts.google.com:{GOOGLE[0].service_account_id}", "is several: ask about one of arn:aws:iam::"),
        ],
    )
    def test_what_is_none_or_several(self, text: str, said: str) -> None:
        with pytest.raises(UsageError) as raised:
            read_identity(text, SAMPLE, STACK)
        assert said in str(raised.value)

    def test_a_session_of_a_role_that_files_list_with_several_paths_is_several(self) -> None:
        some = catalogue(pull_dataset("open", OUTSIDE_ROLE), pull_dataset("too", f"arn:aws:iam::{THEIRS}:role/reader"))
        with pytest.raises(UsageError, match="'reader' is several"):
            read_identity(f"arn:aws:sts::{THEIRS}:assumed-role/reader/1", some, STACK)

    def test_the_break_glass_role_may_have_a_path(self) -> None:
        settings = dataclasses.replace(STACK, break_glass_role="emergency/break-glass")
        assert read_identity("break-glass", SAMPLE, settings).arn == settings.role_arn("emergency/break-glass")

    def test_a_google_reader_by_its_number_where_it_has_one_audience(self) -> None:
        some = catalogue(pull_dataset("open", pull_google=GOOGLE[2:]))
        found = ask(f"accounts.google.com:{GOOGLE[2].service_account_id}", "read", "s3://mojap-open/f", some=some)
        assert found.allowed


class TestWhat:
    @pytest.mark.parametrize("text", ["s3:GetObject", "GetObject", "getobject", "S3:GETOBJECT", "read", "Read"])
    def test_an_action_in_any_capitals_or_a_verb(self, text: str) -> None:
        assert read_action(text).name == "s3:GetObject"

    def test_one_that_is_none_is_told_the_nearest(self) -> None:
        with pytest.raises(UsageError, match="did you mean 'GetObject'"):
            read_action("s3:GetObjects")

    def test_no_action_is_on_objects_and_on_buckets(self) -> None:
        assert not ON_OBJECTS & ON_BUCKETS


class TestWhere:
    @pytest.mark.parametrize(
        ("uri", "said"),
        [
            ("mojap-open", "'mojap-open' is no place in S3"),
            ("s3://", "'s3://' is no place in S3"),
            ("s3://mojap-opn/f", "no dataset has or names the bucket 'mojap-opn'; did you mean 'mojap-open'?"),
        ],
    )
    def test_what_is_no_place_or_of_no_dataset(self, uri: str, said: str) -> None:
        with pytest.raises(UsageError) as raised:
            read_location(uri, SAMPLE, STACK)
        assert said in str(raised.value)

    def test_a_bucket_stands_for_all_in_it_and_no_prefix_for_another(self) -> None:
        assert ask("alpha_user_one", "write", "s3://mojap-open").allowed
        assert not ask("alpha_user_one", "write", "s3://mojap-hub-exports/").allowed
        assert ask("alpha_user_one", "write", "s3://mojap-hub-exports/alpha/").allowed
        assert not ask("alpha_user_one", "write", "s3://mojap-hub-exports/alpha").allowed

    @pytest.mark.parametrize("bucket", ["mojap-hub-exports", "target-one", "mojap-open"])
    def test_a_listing_of_a_bucket_is_of_that_bucket_alone(self, bucket: str) -> None:
        assert {reach.bucket for reach in who(f"s3://{bucket}/", DAY, SAMPLE, STACK).reaches} == {bucket}

    def test_a_listing_of_a_bucket_is_everybody_in_any_prefix_and_of_a_key_only_those_of_its_own(self) -> None:
        def datasets(uri: str) -> set[str]:
            return {reach.dataset[1] for reach in who(uri, DAY, SAMPLE, STACK).reaches if reach.dataset}

        assert datasets("s3://mojap-hub-exports") == {"alpha", "alpha_kept"}
        assert datasets("s3://mojap-hub-exports/alpha/f") == {"alpha"}
        assert datasets("s3://target-two/") == {"alpha_kept"}


def test_a_dataset_that_is_called_as_somebody_is_asked_about_otherwise() -> None:
    some = catalogue(pull_dataset("alpha_user_one"))
    with pytest.raises(UsageError, match="'alpha_user_one' is a dataset and a name too"):
        who("alpha_user_one", DAY, some, STACK)


def test_the_seal_of_all_datasets_by_the_settings_is_known() -> None:
    sealed = dataclasses.replace(STACK, sealed=True)
    location = read_location("s3://mojap-open/f", SAMPLE, sealed)
    question = Question(identity=read_identity(ADMIN, SAMPLE, sealed), action=VERBS["read"], location=location, day=DAY)
    assert answer(question, SAMPLE, sealed).reason is Reason.REFUSED
