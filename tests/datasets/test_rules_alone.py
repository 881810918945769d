"""Rules at their boundaries, met one at a time: what a folder of cases would show badly."""

import dataclasses
import datetime

import pytest

from provisioner.datasets.model import Reader
from provisioner.datasets.rules.readers import parse_reader
from provisioner.settings import Settings
from tests.datasets.cases import PULL, PUSH, SETTINGS, problems_in, pull_file, push_file

IN_CHINA = dataclasses.replace(SETTINGS, region="cn-north-1")
LONG_PREFIX = dataclasses.replace(SETTINGS, bucket_prefix="another-department")


def rules(text: str, name: str = "", settings: Settings = SETTINGS) -> list[str]:
    """The codes of the problems in a file, push or pull by its keys."""
    file = pull_file(text, name or "extracts") if "pull_arns" in text else push_file(text, name or "visits")
    return [str(problem.rule) for problem in problems_in(file, settings=settings)]


def named(name: str, text: str) -> str:
    return text.replace("visits", name).replace("extracts", name)


@pytest.mark.parametrize(
    ("settings", "most"), [(SETTINGS, 57), (LONG_PREFIX, 44), (dataclasses.replace(SETTINGS, bucket_prefix="m"), 61)]
)
def test_a_pull_name_may_be_as_long_as_its_bucket_name_allows(settings: Settings, most: int) -> None:
    assert rules(named("n" * most, PULL), "n" * most, settings) == []
    assert rules(named("n" * (most + 1), PULL), "n" * (most + 1), settings) == ["name-length"]


@pytest.mark.parametrize("settings", [SETTINGS, LONG_PREFIX])
def test_a_push_name_may_be_as_long_as_its_role_name_allows(settings: Settings) -> None:
    assert rules(named("n" * 57, PUSH), "n" * 57, settings) == []
    assert rules(named("n" * 58, PUSH), "n" * 58, settings) == ["name-length"]


def test_the_excess_is_counted() -> None:
    one, three = (problems_in(push_file(named("n" * length, PUSH), "n" * length))[0].instead for length in (58, 60))
    assert one == "shorten it by 1 character"
    assert three == "shorten it by 3 characters"


@pytest.mark.parametrize("end", ["_s3alias", "__ol_s3", "__x_s3", "__table_s3", "_an"])
def test_a_name_may_not_end_as_a_bucket_name_that_aws_keeps_but_only_where_it_makes_a_bucket(end: str) -> None:
    name = f"data{end}"
    assert rules(named(name, PULL), name) == ["name-reserved"]
    assert rules(named(name, PUSH), name) == []


@pytest.mark.parametrize("name", ["plan", "data_s3aliases", "data_ol_s3"])
def test_a_name_that_only_resembles_a_reserved_one_is_allowed(name: str) -> None:
    assert rules(named(name, PULL), name) == []


@pytest.mark.parametrize(
    ("name", "wrong", "instead"),
    [
        ("New_Project", "has capitals", "write 'new_project'"),
        ("new-project", "has a hyphen", "write 'new_project'"),
        ("New-Project", "has capitals", "write 'new_project'"),
        ("project_", "ends in an underscore", "write 'project'"),
        ("_project", "does not begin with a letter", "write 'project'"),
        ("1st", "does not begin with a letter", "begin with a lower case letter"),
        ("my project", "has characters other than lower case letters, digits and underscores", "write 'my_project'"),
        (
            "project.yaml",
            "has characters other than lower case letters, digits and underscores",
            "write 'project_yaml'",
        ),
        ("___", "ends in an underscore", "begin with a lower case letter"),
    ],
)
def test_what_is_wrong_with_a_name_is_said_with_a_better_one(name: str, wrong: str, instead: str) -> None:
    (problem,) = problems_in(push_file(named(name, PUSH), name))
    assert (problem.rule, problem.wrong) == ("name-format", f"the name '{name}' {wrong}")
    assert problem.instead == f"{instead}; rename the file too"


def test_no_name_ends_in_a_line_break_even_if_the_file_does() -> None:
    assert rules(named('"visits\\n"', PUSH), "visits\n") == ["key-value"]


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:role/r",
        f"arn:aws:iam::123456789012:role/{'r' * 64}",
        "arn:aws:iam::123456789012:role/a/b/c/r",
        f"arn:aws:iam::123456789012:role/{'p' * 510}/r",
        "arn:aws:iam::123456789012:user/Some.One+x=y,z@w_v-u",
        "arn:aws:iam::000000000000:role/r",
    ],
)
def test_a_reader_may_be(arn: str) -> None:
    assert rules(PULL.replace("arn:aws:iam::123456789012:role/role-name-1", arn)) == []


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (f"arn:aws:iam::123456789012:role/{'r' * 65}", ["arn-format"]),
        (f"arn:aws:iam::123456789012:role/{'p' * 511}/r", ["arn-format"]),
        ("arn:aws:iam::123456789012:role/", ["arn-format"]),
        ("arn:aws:iam::123456789012:role/path/", ["arn-format"]),
        ("arn:aws:iam::123456789012:role//r", ["arn-format"]),
        ("arn:aws:iam::123456789012:role/r:s", ["arn-format"]),
        ("arn:aws:iam::123456789012:role/rôle", ["arn-format"]),
        ("arn:aws:iam:eu-west-2:123456789012:role/r", ["arn-format"]),
        ("'arn:aws:iam::123456789012:role/r '", ["arn-format"]),
        ("ARN:aws:iam::123456789012:role/r", ["arn-format"]),
        ("'123456789012'", ["arn-format"]),
        ("'*'", ["arn-format"]),
        ("arn:aws:iam::123456789012:root", ["arn-root"]),
        ("arn:aws:iam::*:root", ["arn-root", "arn-wildcard"]),
        ("arn:aws:iam::123456789012:role/*", ["arn-wildcard"]),
        ("arn:aws:iam::123456789012:role/team-?", ["arn-wildcard"]),
        ("arn:aws:iam::*:role/r", ["arn-wildcard"]),
        ("arn:aws:iam::1234:role/*", ["arn-account", "arn-wildcard"]),
        ("arn:aws:iam::12345678901:role/r", ["arn-account"]),
        ("arn:aws:iam::1234567890123:role/r", ["arn-account"]),
        ("arn:aws:iam:::role/r", ["arn-account"]),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", ["arn-account", "arn-kind"]),
        ("arn:aws:iam::١٢٣٤٥٦٧٨٩٠١٢:role/r", ["arn-account"]),
        ("arn:aws:iam::123456789012:group/g", ["arn-kind"]),
        ("arn:aws:iam::123456789012:roles/r", ["arn-kind"]),
        ("arn:aws:iam::123456789012:instance-profile/p", ["arn-kind"]),
        ("arn:aws:sts::123456789012:assumed-role/r/session", ["arn-session"]),
        ("arn:aws:sts::123456789012:assumed-role/", ["arn-session"]),
        ("arn:aws:sts::123456789012:federated-user/u", ["arn-service"]),
        ("arn:aws:s3:::bucket", ["arn-service"]),
        ("arn:aws:s3:::bucket/*", ["arn-service", "arn-wildcard"]),
        ("arn:aws-cn:iam::123456789012:role/r", ["arn-partition"]),
        ("arn::iam::123456789012:role/r", ["arn-partition"]),
        ("arn:aws-cn:iam::1234:group/*", ["arn-account", "arn-kind", "arn-partition", "arn-wildcard"]),
    ],
)
def test_a_reader_may_not_be(arn: str, expected: list[str]) -> None:
    assert rules(PULL.replace("arn:aws:iam::123456789012:role/role-name-1", arn)) == expected


def test_a_reader_is_of_the_partition_of_the_stack() -> None:
    assert rules(PULL, settings=IN_CHINA) == ["arn-partition"]
    assert rules(PULL.replace("arn:aws:", "arn:aws-cn:"), settings=IN_CHINA) == []


def test_a_session_is_answered_with_the_role_of_the_partition_of_the_stack() -> None:
    session = "arn:aws-cn:sts::123456789012:assumed-role/team-role/somebody"
    text = PULL.replace("arn:aws:iam::123456789012:role/role-name-1", session)
    (problem,) = problems_in(pull_file(text), settings=IN_CHINA)
    assert "'arn:aws-cn:iam::123456789012:role/team-role'" in problem.instead


@pytest.mark.parametrize("arn", ["", "arn:aws:iam::1:role/r", "arn:aws:iam::123456789012:role/r\n"])
def test_what_is_no_reader_is_not_parsed(arn: str) -> None:
    assert parse_reader(arn) is None


def test_a_reader_is_parsed_into_account_kind_and_name() -> None:
    arn = "arn:aws-us-gov:iam::123456789012:user/a/b/name"
    assert parse_reader(arn) == Reader(arn, "123456789012", "user", "name")


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        (f"[alpha_user_{'x' * 53}]", []),
        (f"[alpha_user_{'x' * 54}]", ["user-length"]),
        ("[beta_user_one]", ["user-prefix"]),
        ("['alpha_user_one ']", ["user-characters"]),
        ("['alpha_user_one\\n']", ["user-characters"]),
        ('["alpha_user_one\\n"]', ["key-value"]),
        ("[alpha_user_a, alpha_user_b, alpha_user_A]", ["user-twice"]),
        ("[alpha_user_a, alpha_user_a, alpha_user_a]", ["user-twice", "user-twice"]),
    ],
)
def test_a_user_is_a_platform_username(users: str, expected: list[str]) -> None:
    assert rules(PUSH.replace("\n  - alpha_user_one", f" {users}")) == expected


def test_the_prefix_of_users_may_be_a_pattern_and_is_looked_for_at_the_beginning() -> None:
    either = dataclasses.replace(SETTINGS, user_prefix="(alpha|beta)_user_")
    assert rules(PUSH.replace("alpha_user_one", "beta_user_one"), settings=either) == []
    assert rules(PUSH.replace("alpha_user_one", "gamma_beta_user_one"), settings=either) == ["user-prefix"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("arn:aws:kms:eu-west-2:123456789012:key/1a2b", []),
        ("arn:aws:kms:us-gov-west-1:123456789012:key/mrk-1a2b", []),
        ("arn:aws:kms:eu-west-2:123456789012:alias/a", ["kms-arn"]),
        ("arn:aws:kms:eu-west-2:12345678901:key/1a2b", ["kms-arn"]),
        ("arn:aws:kms:eu-west-2:١٢٣٤٥٦٧٨٩٠١٢:key/1a2b", ["kms-arn"]),
        ("arn:aws-cn:kms:cn-north-1:123456789012:key/1a2b", ["kms-arn"]),
        ("arn:aws:kms:eu-west-2:123456789012:key/*", ["kms-arn"]),
        ("alias/aws/s3", ["kms-arn"]),
    ],
)
def test_a_kms_key_is_a_full_arn(key: str, expected: list[str]) -> None:
    assert rules(f"{PUSH}kms_key_arn: {key}\n") == expected


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ("mojapx", []),
        ("mojap", []),
        ("mojap-anything", ["bucket-own"]),
        ("mojap-hub-exports", ["bucket-own"]),
        ("s3://mojap-hub-exports", ["bucket-own", "bucket-url"]),
        ("s3a://target", ["bucket-url"]),
        ("arn:aws:s3:eu-west-2:123456789012:accesspoint/a", ["bucket-arn"]),
        ("target-an", []),
    ],
)
def test_a_target_is_a_bucket_of_somebody_else(bucket: str, expected: list[str]) -> None:
    assert rules(PUSH.replace("target-bucket", bucket)) == expected


def test_our_own_export_bucket_is_ours_whatever_it_is_called() -> None:
    other = dataclasses.replace(SETTINGS, export_bucket="the-outbox")
    assert rules(PUSH.replace("target-bucket", "the-outbox"), settings=other) == ["bucket-own"]
    assert rules(PUSH.replace("target-bucket", "the-outbox")) == []


@pytest.mark.parametrize(
    ("expires", "today", "expected"),
    [
        ("2026-11-22", datetime.date(2026, 11, 22), []),
        ("2026-11-21", datetime.date(2026, 11, 22), ["expires-past"]),
        ("2026-11-21", None, []),
        ("2026-02-30", None, ["expires-date"]),
        ("9999-12-30", None, []),
        ("9999-12-31", None, ["expires-date"]),
        ("2028-02-29", None, []),
    ],
)
def test_access_ends_on_a_day_that_is_not_past(expires: str, today: datetime.date | None, expected: list[str]) -> None:
    found = problems_in(push_file(f"{PUSH}expires: {expires}\n"), today=today)
    assert [str(problem.rule) for problem in found] == expected


def test_a_retired_dataset_may_have_expired() -> None:
    assert rules(f"{PUSH}expires: 2020-01-01\nstatus: retired\n") == []


def test_paperwork_that_is_there_but_wrong_is_not_also_missing() -> None:
    strict = dataclasses.replace(SETTINGS, paperwork_required=True)
    assert rules(PUSH, settings=strict) == ["paperwork-missing"]
    assert rules(f"{PUSH}paperwork: 17\n", settings=strict) == ["key-type"]


def test_a_misspelt_required_key_is_not_also_missing() -> None:
    assert rules(PUSH.replace("bucket:", "target_bucket:")) == ["key-unknown"]
    assert rules(PUSH.replace("bucket:", "colour:")) == ["key-missing", "key-unknown"]


def test_the_file_that_bears_the_name_has_the_better_claim_to_it() -> None:
    first_by_name = push_file(PUSH, "a_copy")
    (mismatch, taken) = problems_in(first_by_name, push_file(PUSH))
    assert {mismatch.file, taken.file} == {"push_datasets/a_copy.yaml"}
    assert (mismatch.rule, taken.rule) == ("name-file", "name-taken")


def test_a_push_and_a_pull_dataset_may_have_one_name() -> None:
    assert problems_in(push_file(named("both", PUSH), "both"), pull_file(named("both", PULL), "both")) == ()


def test_a_file_with_other_problems_still_takes_its_name() -> None:
    broken = push_file(f"{PUSH}colour: blue\n")
    assert [(problem.file, str(problem.rule)) for problem in problems_in(broken, push_file(PUSH, "z"))] == [
        ("push_datasets/visits.yaml", "key-unknown"),
        ("push_datasets/z.yaml", "name-file"),
        ("push_datasets/z.yaml", "name-taken"),
    ]
