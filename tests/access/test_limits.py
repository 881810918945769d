"""Every document is measured before AWS sees it, and the message says whose is too large."""

import datetime
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from provisioner.access.check import check
from provisioner.access.delivery import forwarder_policy
from provisioner.access.grants import by_identity, grants_of
from provisioner.access.limits import (
    MAX_BUCKET_POLICY,
    MAX_MANAGED_POLICY,
    LimitExceededError,
    check_limits,
    delivery_policy_within_limit,
    export_policy_within_limit,
    pull_policy_within_limit,
    user_policies,
    within_limit,
)
from provisioner.access.policies import pull_bucket_policy
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import AzureReader, Catalogue, GoogleReader, PullDataset, PushDataset
from provisioner.reading.problem import Place, Problem, Rule
from provisioner.settings import Settings
from tests.support import (
    AZURE,
    OTHERS,
    OURS,
    OWN_USER,
    THEIRS,
    catalogue,
    pull_dataset,
    push_dataset,
    stack_settings,
    user_arn,
)

STACK = stack_settings()
ONE_POLICY = stack_settings(user_policies=1)


def refused(make: Callable[[], object]) -> Problem | None:
    """What a call refuses, if it does."""
    try:
        make()
    except LimitExceededError as exceeded:
        return exceeded.problem
    return None


def readers(count: int) -> tuple[str, ...]:
    """As many roles of two accounts."""
    accounts = (THEIRS, OTHERS)
    return tuple(f"arn:aws:iam::{accounts[number % 2]}:role/data/reader-{number:03}" for number in range(count))


def everything_refused(some: Catalogue, settings: Settings) -> list[Problem]:
    """What the functions that make the documents refuse, asked for every document there is."""
    calls: list[Callable[[], object]] = [partial(export_policy_within_limit, some.push, settings)]
    calls += [partial(pull_policy_within_limit, pull, settings) for pull in some.pull]
    calls += [
        partial(user_policies, principal, grants, some, settings)
        for principal, grants in by_identity(grants_of(some, settings), settings).items()
    ]
    return [problem for call in calls if (problem := refused(call))]


def too_large(dataset: PullDataset) -> Problem | None:
    return refused(partial(pull_policy_within_limit, dataset, STACK))


@pytest.mark.parametrize("sealed", [False, True])
def test_a_pull_dataset_can_have_as_many_readers_as_the_bucket_policy_holds_and_not_one_more(sealed: bool) -> None:
    most = max(
        count
        for count in range(100, 450)
        if len(pull_bucket_policy(pull_dataset("x", *readers(count), sealed=sealed), STACK).text) <= MAX_BUCKET_POLICY
    )
    assert most >= (150 if sealed else 230)
    assert too_large(pull_dataset("x", *readers(most), sealed=sealed)) is None
    problem = too_large(pull_dataset("x", *readers(most + 1), sealed=sealed))
    assert problem is not None
    assert problem.file == "pull_datasets/x.yaml"
    assert problem.place == Place(4, 1)  # of pull_arns
    assert problem.rule is Rule.LIMIT_BUCKET_POLICY
    assert f"the {most + 1} readers of 'x'" in problem.wrong


def test_listing_each_reader_once_leaves_room_for_more_than_the_ancestor_had() -> None:
    """It listed each reader twice and ended at 101 to 184 readers of one account."""
    ours = pull_dataset("x", *(f"arn:aws:iam::{THEIRS}:role/data-reader-{number:04}" for number in range(350)))
    assert too_large(ours) is None


def test_the_sealed_push_dataset_that_is_one_too_many_is_named() -> None:
    sealed = [push_dataset(f"sealed_{number:03}", sealed=True) for number in range(100)]
    fits = max(
        count for count in range(100) if refused(partial(export_policy_within_limit, sealed[:count], STACK)) is None
    )
    assert fits >= 50
    with_more = [push_dataset("open"), *sealed[: fits + 1], push_dataset("also_open")]
    problem = refused(partial(export_policy_within_limit, with_more, STACK))
    assert problem is not None
    assert problem.file == f"push_datasets/sealed_{fits:03}.yaml"
    assert problem.place == Place(5, 1)  # of sealed
    assert problem.rule is Rule.LIMIT_BUCKET_POLICY


def test_push_datasets_that_are_not_sealed_take_no_room_in_the_export_buckets_policy() -> None:
    texts = {
        export_policy_within_limit([push_dataset(f"d{number}") for number in range(count)], STACK).text
        for count in (0, 1, 1_000)
    }
    assert len(texts) == 1


def one_too_many(*datasets: PushDataset | PullDataset, settings: Settings) -> Problem:
    (problem,) = check_limits(catalogue(*datasets), settings)
    assert problem.rule is Rule.LIMIT_USER_POLICIES
    return problem


def test_a_user_with_too_many_datasets_is_named_with_how_many_there_are_and_what_to_do() -> None:
    datasets = [pull_dataset(f"dataset_{number:03}") for number in range(200)]
    problem = one_too_many(*datasets, settings=ONE_POLICY)
    assert (problem.file, problem.place) == ("pull_datasets/dataset_199.yaml", Place(9, 1))  # of users
    assert problem.wrong.startswith("the 200 datasets of 'alpha_user_one', 'dataset_199' one of them, fill ")
    assert problem.wrong.endswith(" managed policies of 6,144 characters, the settings allow 1")
    assert "raise 'user_policies' in the settings: AWS attaches 10 policies to a role, 25 " in problem.instead


def test_the_policies_that_are_counted_are_those_that_are_made() -> None:
    datasets = [pull_dataset(f"dataset_{number:03}") for number in range(200)]
    needed = int(one_too_many(*datasets, settings=ONE_POLICY).wrong.partition(" fill ")[2].partition(" ")[0])
    assert check_limits(catalogue(*datasets), stack_settings(user_policies=needed)) == []
    assert len(check_limits(catalogue(*datasets), stack_settings(user_policies=needed - 1))) == 1


def test_of_a_push_and_a_pull_dataset_of_one_name_the_right_one_is_named() -> None:
    pull = [pull_dataset(f"dataset_{number:03}") for number in range(200)]
    push = [push_dataset(f"dataset_{number:03}", users=(f"alpha_user_{number}",)) for number in range(200)]
    problem = one_too_many(*push, *pull, settings=ONE_POLICY)
    assert problem.file.startswith("pull_datasets/")
    assert "the 200 datasets of 'alpha_user_one'" in problem.wrong


def test_for_a_reader_of_our_own_account_the_place_is_where_it_is_listed() -> None:
    pull = [pull_dataset(f"dataset_{number:03}", OWN_USER, users=(f"alpha_user_{number}",)) for number in range(200)]
    problem = one_too_many(*pull, settings=ONE_POLICY)
    assert problem.place == Place(4, 1)  # of pull_arns
    assert "the 200 datasets of 'legacy'" in problem.wrong


def test_datasets_of_a_role_count_together_by_whatever_path_it_is_listed() -> None:
    listed = f"arn:aws:iam::{OURS}:role/team/alpha_user_one"
    used = [pull_dataset(f"used_{number:03}") for number in range(50)]
    read = [pull_dataset(f"read_{number:03}", listed, users=(f"alpha_user_{number}",)) for number in range(50)]
    assert check_limits(catalogue(*used), ONE_POLICY) == []
    assert check_limits(catalogue(*read), ONE_POLICY) == []
    assert "the 100 datasets of 'alpha_user_one'" in one_too_many(*used, *read, settings=ONE_POLICY).wrong


# The shortest and the longest that the rules let through: what a filter by count or length gets wrong.
SHORTEST = st.integers(0, 999).map(lambda number: f"arn:aws:iam::{200_000_000_000 + number}:role/r")
LONGEST = st.integers(0, 9).map(lambda number: f"arn:aws:iam::{THEIRS}:role/{'p' * 300}/{'n' * 60}{number}")


@given(
    st.lists(SHORTEST, min_size=120, max_size=260, unique=True) | st.lists(LONGEST, min_size=1, unique=True),
    st.integers(0, 60),
    st.booleans(),
)
@run(max_examples=60, deadline=None)
def test_every_bucket_policy_that_is_too_large_is_found(arns: list[str], users: int, sealed: bool) -> None:
    names = tuple(f"alpha_user_{number:02}{'u' * 51}" for number in range(users + 1))
    some = catalogue(pull_dataset("n" * 50, *arns, users=names, sealed=sealed, allow_push=True))
    assert check_limits(some, STACK) == everything_refused(some, STACK)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(3, 57), st.integers(1, 24), st.integers(1, 2))
@run(max_examples=60, deadline=None)
def test_every_user_with_too_many_datasets_is_found(
    push: int, pull: int, length: int, days: int, policies: int
) -> None:
    """Datasets that end on different days share no statements: with them a policy is full soonest."""
    settings = stack_settings(user_policies=policies, export_bucket="e" * 63)
    ends = [datetime.date(2027, 1, 1) + datetime.timedelta(days=number % days) for number in range(push + pull)]
    some = catalogue(
        *(push_dataset(f"a{number:02}".ljust(length, "x"), expires=ends[number]) for number in range(push)),
        *(
            pull_dataset(f"b{number:02}".ljust(length, "x"), user_arn("alpha_user_one"), expires=ends[push + number])
            for number in range(pull)
        ),
    )
    assert check_limits(some, settings) == everything_refused(some, settings)


def test_a_catalogue_within_the_limits_has_no_problem() -> None:
    datasets = [push_dataset(f"a{number}") for number in range(20)]
    assert check_limits(catalogue(*datasets, pull_dataset("b", OWN_USER)), STACK) == []
    assert (
        max(
            len(policy.document.text)
            for principal, grants in by_identity(grants_of(catalogue(*datasets), STACK), STACK).items()
            for policy in user_policies(principal, grants, catalogue(*datasets), STACK)
        )
        <= MAX_MANAGED_POLICY
    )


def test_a_delivery_role_with_an_impossible_key_is_refused_and_its_dataset_named() -> None:
    key = f"arn:aws:kms:eu-west-2:{THEIRS}:key/{'a' * 20_000}"
    some = catalogue(push_dataset("returns", kms_key_arn=key), push_dataset("other"))
    (problem,) = check_limits(some, STACK)
    assert problem == refused(partial(delivery_policy_within_limit, some.push[1], STACK))
    assert (problem.file, problem.rule) == ("push_datasets/returns.yaml", Rule.LIMIT_ROLE_POLICY)
    assert "'returns'" in problem.wrong


def test_a_document_that_the_settings_make_too_long_names_itself_and_the_settings() -> None:
    document = forwarder_policy(STACK)
    assert within_limit(document, len(document.text), "a policy", STACK) == document
    problem = refused(partial(within_limit, document, len(document.text) - 1, "a policy", STACK))
    assert problem is not None
    assert (problem.file, problem.wrong) == (
        f"Pulumi.{STACK.stack}.yaml",
        f"the settings make a policy of {len(document.text):,} characters, AWS allows {len(document.text) - 1:,}",
    )


def file(number: int, more: str = "") -> DatasetFile:
    """One of many push datasets of one user."""
    text = f"name: data_{number:03}\nbucket: target-bucket\nusers: [alpha_user_one]\n{more}"
    return DatasetFile(f"push_datasets/data_{number:03}.yaml", Kind.PUSH, text.encode())


def test_a_mistake_in_a_file_does_not_hide_that_it_takes_its_user_over_the_limit() -> None:
    files = [file(number) for number in range(120)]
    (exceeded,) = check(files, [], ONE_POLICY, None).problems
    assert exceeded.rule == Rule.LIMIT_USER_POLICIES
    assert check([file(0, "colour: red\n"), *files[1:]], [], ONE_POLICY, None).problems[1:] == (exceeded,)


@pytest.mark.parametrize(
    ("more", "rule"),
    [("expires: 9999-12-31\n", Rule.EXPIRES_DATE), (f"kms_key_arn: {'x' * 3_000}\n", Rule.KMS_ARN)],
    ids=["a date without a day after it", "a key that is no ARN"],
)
def test_a_value_that_no_policy_can_be_made_of_is_a_problem_and_measured_no_further(more: str, rule: Rule) -> None:
    files = [file(0, more), *(file(number) for number in range(1, 30))]
    assert [problem.rule for problem in check(files, [], ONE_POLICY, None).problems] == [rule]


def azure_readers(*audiences: int) -> tuple[AzureReader, ...]:
    return tuple(AzureReader(AZURE[0].tenant, f"api://{number}", AZURE[0].object_id) for number in audiences)


def test_the_dataset_with_one_audience_too_many_of_a_tenant_is_named() -> None:
    full = pull_dataset("alpha", pull_azure=azure_readers(*range(60)))
    more = pull_dataset("beta", pull_azure=azure_readers(*range(50, 100)))
    assert check_limits(catalogue(full, more), STACK) == []
    (problem,) = check_limits(catalogue(full, more, pull_dataset("gamma", pull_azure=azure_readers(7, 100))), STACK)
    assert (problem.file, problem.rule) == ("pull_datasets/gamma.yaml", Rule.LIMIT_AUDIENCES)
    assert "more than the 100 audiences" in problem.wrong
    retired = pull_dataset("gamma", pull_azure=azure_readers(7, 100), retired=True)
    assert check_limits(catalogue(full, more, retired), STACK) == []


def test_the_readers_outside_aws_of_a_sealed_dataset_fill_its_buckets_policy_too() -> None:
    many = tuple(GoogleReader(f"{10**20 + number}", "https://exports.example.com") for number in range(300))
    (problem,) = check_limits(catalogue(pull_dataset("alpha", pull_google=many, sealed=True)), STACK)
    assert problem.rule is Rule.LIMIT_BUCKET_POLICY
    assert problem.wrong.startswith("the 301 readers of 'alpha'")
    assert check_limits(catalogue(pull_dataset("alpha", pull_google=many)), STACK) == []
