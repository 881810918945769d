"""The settings of a stack: each one's default, what it may hold, and where a wrong one is reported."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.reading.problem import Place, Problem, Rule
from provisioner.settings import (
    LOG_RETENTION_DAYS,
    PROJECT,
    SETTING_KEYS,
    Settings,
    is_bucket_name,
    load_settings,
    read_settings,
)

REPOSITORY = Path(__file__).parents[1]
KEY_ARN = "arn:aws:kms:eu-west-2:111122223333:key/1a2b"
TOPIC_ARN = "arn:aws:sns:eu-west-2:111122223333:data-exports-alarms"
ACCOUNT = f'config:\n  {PROJECT}:account_id: "111122223333"\n'


def with_setting(line: str) -> str:
    """A file with one more setting, which then stands in line 3; its value begins after its name."""
    return f"{ACCOUNT}  {PROJECT}:{line}\n"


def read(text: str) -> Settings:
    found, problems = read_settings(text.encode(), "prod")
    assert problems == []
    assert found is not None
    return found


def refused(text: str | bytes) -> list[Problem]:
    found, problems = read_settings(text if isinstance(text, bytes) else text.encode(), "prod")
    assert found is None
    assert problems
    return problems


def test_the_account_alone_is_enough() -> None:
    assert read(ACCOUNT) == Settings(
        stack="prod",
        account_id="111122223333",
        region="eu-west-2",
        bucket_prefix="mojap",
        export_bucket="mojap-hub-exports",
        user_prefix="alpha_user_",
        known_accounts={},
        paperwork_required=False,
        retention_days=14,
        log_retention_days=365,
        alarm_topic_arn=None,
        forwarder_concurrency=32,
        multipart_threshold_mib=512,
        sweep_minutes=60,
        retry_seconds=30,
        user_policies=8,
        break_glass_role=None,
        max_removals=5,
        max_removals_percent=25,
        many_datasets=20,
        dataset_stacks=0,
        stack_size=2_000,
        repository=None,
        state_bucket=None,
        state_key_arn=None,
        tags={},
    )


@pytest.mark.parametrize("key", [key for key in SETTING_KEYS if key.default is not None], ids=lambda key: key.name)
def test_the_default_that_is_documented_is_the_one_in_force(key: Any) -> None:
    assert getattr(read(ACCOUNT), key.name) == key.default


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    assert {key.name for key in SETTING_KEYS} == {field.name for field in dataclasses.fields(Settings)} - {"stack"}


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("region: us-gov-west-1", "region", "us-gov-west-1"),
        ("bucket_prefix: hmcts-data", "bucket_prefix", "hmcts-data"),
        ("export_bucket: hmcts.exports", "export_bucket", "hmcts.exports"),
        ("user_prefix: (alpha|beta)_user_", "user_prefix", "(alpha|beta)_user_"),
        ("known_accounts: {'012345678901': Hub}", "known_accounts", {"012345678901": "Hub"}),
        ("paperwork_required: True", "paperwork_required", True),
        ("retention_days: 1", "retention_days", 1),
        ("retention_days: 3650", "retention_days", 3650),
        ("log_retention_days: 7", "log_retention_days", 7),
        (f"alarm_topic_arn: {TOPIC_ARN}", "alarm_topic_arn", TOPIC_ARN),
        ("exporter_image: ghcr.io/a/b:1", "exporter_image", "ghcr.io/a/b:1"),
        (f"exporter_image: ghcr.io/a/b@sha256:{'0' * 64}", "exporter_image", f"ghcr.io/a/b@sha256:{'0' * 64}"),
        ("exporter_subnets: [subnet-0a1b2c3d]", "exporter_subnets", ("subnet-0a1b2c3d",)),
        ("exporter_security_groups: [sg-0a1b2c3d]", "exporter_security_groups", ("sg-0a1b2c3d",)),
        ("exporter_memory_mib: 8192", "exporter_memory_mib", 8192),
        ("forwarder_concurrency: 1", "forwarder_concurrency", 1),
        ("forwarder_concurrency: 128", "forwarder_concurrency", 128),
        ("multipart_threshold_mib: 5", "multipart_threshold_mib", 5),
        ("multipart_threshold_mib: 5120", "multipart_threshold_mib", 5120),
        ("sweep_minutes: 5", "sweep_minutes", 5),
        ("sweep_minutes: 1440", "sweep_minutes", 1440),
        ("retry_seconds: 1", "retry_seconds", 1),
        ("retry_seconds: 900", "retry_seconds", 900),
        ("user_policies: 25", "user_policies", 25),
        ("max_removals: 1", "max_removals", 1),
        ("max_removals_percent: 100", "max_removals_percent", 100),
        ("many_datasets: 300", "many_datasets", 300),
        ("dataset_stacks: 0", "dataset_stacks", 0),
        ("dataset_stacks: 64", "dataset_stacks", 64),
        ("stack_size: 10000", "stack_size", 10_000),
        ("repository: moj-data/exports.v2", "repository", "moj-data/exports.v2"),
        ("repository: moj-data@12/exports@345", "repository", "moj-data@12/exports@345"),
        ("state_bucket: our-state", "state_bucket", "our-state"),
        (f"state_key_arn: {KEY_ARN}", "state_key_arn", KEY_ARN),
        ("break_glass_role: break+glass=1,2.3@4-5_6", "break_glass_role", "break+glass=1,2.3@4-5_6"),
        ("tags: {business-unit: Platforms, 'a:b/c': 'd e'}", "tags", {"business-unit": "Platforms", "a:b/c": "d e"}),
        (f"tags: {{{'k' * 128}: {'v' * 256}}}", "tags", {"k" * 128: "v" * 256}),
    ],
)
def test_a_setting_may_hold(line: str, name: str, value: object) -> None:
    assert getattr(read(with_setting(line)), name) == value


@pytest.mark.parametrize(
    ("line", "rule", "wrong"),
    [
        ("region: London", "key-value", "'London' is not an AWS region"),
        ("region: eu-west-٢", "key-value", "'eu-west-٢' is not an AWS region"),
        ("bucket_prefix: Mojap", "key-value", "'Mojap' cannot begin a bucket's name"),
        ("bucket_prefix: mojap-", "key-value", "'mojap-' cannot begin a bucket's name"),
        ("bucket_prefix: moj.ap", "key-value", "'moj.ap' cannot begin a bucket's name"),
        ("bucket_prefix: sthree", "key-value", "'sthree' cannot begin a bucket's name"),
        (f"bucket_prefix: {'x' * 31}", "key-value", f"'{'x' * 31}' cannot begin a bucket's name"),
        ("export_bucket: arn:aws:s3:::exports", "key-value", "'arn:aws:s3:::exports' is not a bucket name"),
        ("export_bucket: exports--x-s3", "key-value", "'exports--x-s3' is not a bucket name"),
        (
            f"export_bucket: {'x' * 56}",
            "key-value",
            f"'{'x' * 56}' leaves no room for the name of its journal, with '-journal' behind it",
        ),
        (
            "user_prefix: (alpha_user_",
            "key-value",
            "'(alpha_user_' is not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            "user_prefix: a{99999999999}",
            "key-value",
            "'a{99999999999}' is not a regular expression: the repetition number is too large",
        ),
        ("paperwork_required: yes", "key-type", "'paperwork_required' wants true or false, this is 'yes'"),
        ("retention_days: 0", "key-value", "'retention_days' is 0"),
        ("retention_days: 3651", "key-value", "'retention_days' is 3,651"),
        ("retention_days: 014", "key-type", "'retention_days' wants a whole number, this is '014', a number"),
        ("retention_days: '14'", "key-type", "'retention_days' wants a whole number, this is '14' in quotes"),
        ("retention_days: -1", "key-type", "'retention_days' wants a whole number, this is '-1', a number"),
        ("retention_days: ١٤", "key-type", "'retention_days' wants a whole number, this is '١٤'"),
        ("retention_days: [14]", "key-type", "'retention_days' wants a whole number, this is a list"),
        ("log_retention_days: 8", "key-value", "CloudWatch Logs cannot keep 8 days"),
        ("alarm_topic_arn: alarms", "key-value", "'alarms' is not the ARN of a standard SNS topic"),
        (
            f"alarm_topic_arn: {TOPIC_ARN}.fifo",
            "key-value",
            f"'{TOPIC_ARN}.fifo' is not the ARN of a standard SNS topic",
        ),
        (
            "alarm_topic_arn: arn:aws:sns:eu-west-1:111122223333:alarms",
            "key-value",
            "the topic is in eu-west-1 and the stack in eu-west-2: an alarm speaks to topics of its own region",
        ),
        ("forwarder_concurrency: 0", "key-value", "'forwarder_concurrency' is 0"),
        ("forwarder_concurrency: 129", "key-value", "'forwarder_concurrency' is 129"),
        ("multipart_threshold_mib: 4", "key-value", "'multipart_threshold_mib' is 4"),
        ("multipart_threshold_mib: 5121", "key-value", "'multipart_threshold_mib' is 5,121"),
        ("sweep_minutes: 4", "key-value", "'sweep_minutes' is 4"),
        ("sweep_minutes: 1441", "key-value", "'sweep_minutes' is 1,441"),
        ("retry_seconds: 0", "key-value", "'retry_seconds' is 0"),
        ("retry_seconds: 901", "key-value", "'retry_seconds' is 901"),
        ("user_policies: 0", "key-value", "'user_policies' is 0"),
        ("user_policies: 26", "key-value", "'user_policies' is 26"),
        ("max_removals: 0", "key-value", "'max_removals' is 0"),
        ("max_removals_percent: 101", "key-value", "'max_removals_percent' is 101"),
        ("many_datasets: 0", "key-value", "'many_datasets' is 0"),
        ("dataset_stacks: 65", "key-value", "'dataset_stacks' is 65"),
        ("stack_size: 0", "key-value", "'stack_size' is 0"),
        ("repository: exports", "key-value", "'exports' is not a repository on GitHub"),
        ("repository: a@1/b", "key-value", "'a@1/b' is not a repository on GitHub"),
        ("repository: a/b@1", "key-value", "'a/b@1' is not a repository on GitHub"),
        ("repository: a@*/b@*", "key-value", "'a@*/b@*' is not a repository on GitHub"),
        ("repository: a/b/c", "key-value", "'a/b/c' is not a repository on GitHub"),
        ("state_bucket: s3://our-state", "key-value", "'s3://our-state' is not a bucket name"),
        ("state_key_arn: alias/state", "kms-arn", "'alias/state' is not the full ARN of a KMS key"),
        (
            "break_glass_role: arn:aws:iam::111122223333:role/break-glass",
            "key-value",
            "'arn:aws:iam::111122223333:role/break-glass' is not a role name",
        ),
        ("known_accounts: Hub", "key-type", "'known_accounts' wants lines of the form 'key: value', this is 'Hub'"),
        ("region:", "key-empty", "'region' has no value"),
    ],
)
def test_a_setting_may_not_hold(line: str, rule: str, wrong: str) -> None:
    (problem,) = refused(with_setting(line))
    column = len(f"  {PROJECT}:") + line.index(":") + 1
    value_column = column + 1 if line.endswith(":") else column + 2
    assert (problem.file, problem.place) == ("Pulumi.prod.yaml", Place(3, value_column))
    assert (problem.rule, problem.wrong) == (rule, wrong)


def test_the_journal_has_room_behind_the_longest_export_bucket() -> None:
    longest = read(with_setting(f"export_bucket: {'x' * 55}"))
    assert longest.journal_bucket == f"{'x' * 55}-journal"
    assert is_bucket_name(longest.journal_bucket)


def test_a_topic_is_of_the_region_that_the_settings_name() -> None:
    topic = TOPIC_ARN.replace("eu-west-2", "eu-west-1")
    assert read(with_setting(f"region: eu-west-1\n  {PROJECT}:alarm_topic_arn: {topic}")).alarm_topic_arn == topic


@pytest.mark.parametrize("days", LOG_RETENTION_DAYS)
def test_every_period_of_cloudwatch_logs_is_allowed(days: int) -> None:
    assert read(with_setting(f"log_retention_days: {days}")).log_retention_days == days


def test_a_number_of_many_thousand_digits_is_refused_like_any_other() -> None:
    (problem,) = refused(with_setting(f"retention_days: {'9' * 5000}"))
    assert problem.rule == "key-type"


def test_a_regular_expression_too_deep_to_compile_is_refused_like_any_other() -> None:
    (problem,) = refused(with_setting(f"user_prefix: {'(' * 5000}{')' * 5000}"))
    assert problem.rule == "key-value"


@pytest.mark.parametrize(
    ("account_id", "rule"),
    [
        ("111122223333", "key-type"),
        ('"11112222333"', "arn-account"),
        ('"1111-2222-3333"', "arn-account"),
        ('"111122223333\\n"', "key-value"),
        ('"١١١١٢٢٢٢٣٣٣٣"', "arn-account"),
    ],
)
def test_the_account_is_12_digits_in_quotes(account_id: str, rule: str) -> None:
    (problem,) = refused(f"config:\n  {PROJECT}:account_id: {account_id}\n")
    assert (problem.rule, problem.place) == (rule, Place(2, 40))


def test_a_known_account_is_12_digits_too_and_reported_at_its_own_line() -> None:
    text = with_setting("known_accounts:\n    '123456789012': Hub\n    '1234': Other\n    '444455556666': 7")
    assert [(problem.place, problem.rule) for problem in refused(text)] == [
        (Place(5, 5), "arn-account"),
        (Place(6, 21), "key-type"),
    ]


@pytest.mark.parametrize(
    "tag", [f"{'k' * 129}: v", f"k: {'v' * 257}", "aws:created: v", "AWS:x: v"], ids=["key", "value", "aws", "AWS"]
)
def test_a_tag_is_one_that_aws_takes(tag: str) -> None:
    (problem,) = refused(with_setting(f"tags:\n    good: value\n    {tag}"))
    assert (problem.rule, problem.place) == ("key-value", Place(5, 5))


def test_our_own_tag_has_room_beside_those_of_the_settings() -> None:
    many = [f"    key-{number}: v" for number in range(50)]
    assert len(read(with_setting("\n".join(["tags:", *many[:49]]))).tags) == 49
    (problem,) = refused(with_setting("\n".join(["tags:", *many])))
    assert (problem.rule, problem.wrong) == (Rule.KEY_VALUE, "there are 50 tags, AWS allows 50 and one is ours")


def test_a_tag_with_a_control_character_is_refused() -> None:
    problems = refused(with_setting('tags:\n    "\\e[31m": v\n    k: "\\e[31m"'))
    assert [(problem.place, problem.wrong) for problem in problems] == [
        (Place(4, 5), r"'\x1b[31m' in 'tags' has the character U+001B in it"),
        (Place(5, 8), "'k' in 'tags' has the character U+001B in it"),
    ]


def test_an_unknown_setting_is_an_error_that_names_the_nearest() -> None:
    (problem,) = refused(with_setting("bucket_prefx: mojap"))
    assert str(problem) == (
        f"Pulumi.prod.yaml:3:3: 'bucket_prefx' is not a setting; write '{PROJECT}:bucket_prefix' [key-unknown]"
    )


def test_a_setting_like_no_other_is_answered_with_all_of_them() -> None:
    (problem,) = refused(with_setting("zzz: 1"))
    assert problem.instead == f"the settings are {', '.join(key.name for key in SETTING_KEYS)}"


def test_a_setting_without_its_namespace_is_not_passed_over() -> None:
    (problem,) = refused(f"{ACCOUNT}  region: eu-west-1\n")
    assert (problem.place, problem.rule, problem.instead) == (Place(3, 3), "key-unknown", f"write '{PROJECT}:region'")


def test_the_keys_of_pulumi_and_of_other_namespaces_are_left_alone() -> None:
    text = (
        "encryptionsalt: v1:abc\nsecretsprovider: awskms://alias/pulumi\n"
        f"{ACCOUNT}  aws:region: eu-west-1\n  other-project:region: yes\n  pulumi:tags: {{a: [1]}}\n"
    )
    assert read(text).region == "eu-west-2"


@pytest.mark.parametrize("text", ["encryptionsalt: v1:abc\n", "# nothing yet\nconfig:\n", "config: []\n"])
def test_a_file_without_settings_says_what_to_write(text: str) -> None:
    (problem,) = refused(text)
    assert problem.rule == "key-missing"
    assert problem.instead == f"write 'config:' and under it, indented, '{PROJECT}:account_id: \"111122223333\"'"


def test_a_missing_account_is_reported_with_the_line_to_add() -> None:
    (problem,) = refused(f"config:\n  {PROJECT}:region: eu-west-2\n")
    assert str(problem) == (
        "Pulumi.prod.yaml:2:3: the setting 'account_id' is missing; "
        f"add '{PROJECT}:account_id: \"111122223333\"' [key-missing]"
    )


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("config: [\n", "yaml-syntax"),
        ("", "yaml-empty"),
        ("- config\n", "yaml-mapping"),
        (f"{ACCOUNT}config:\n", "yaml-duplicate-key"),
        (f'{ACCOUNT}  "{PROJECT}:account_id": "444455556666"\n', "yaml-duplicate-key"),
        (b"config: \xff\n", "file-encoding"),
    ],
)
def test_a_broken_file_is_reported_like_any_other(content: str | bytes, rule: str) -> None:
    assert rule in [problem.rule for problem in refused(content)]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["exporter_image: ghcr.io/a/b"], "'ghcr.io/a/b' is not a container image with a tag or digest"),
        (["exporter_subnets: [subnet]"], "'subnet' is not the id of a subnet"),
        (["exporter_security_groups: [subnet-0a1b2c3d]"], "'subnet-0a1b2c3d' is not the id of a security group"),
        (
            [f"exporter_security_groups: [{', '.join(f'sg-0000000{number}' for number in range(6))}]"],
            "there are 6, and ECS takes 5 security groups",
        ),
        (["exporter_cpu: 1000"], "Fargate has no 1,000 CPU units"),
        (["exporter_cpu: 4096"], "Fargate has no 2,048 MiB for 4,096 CPU units"),
        (["exporter_memory_mib: 2500"], "Fargate has no 2,500 MiB for 1,024 CPU units"),
        (["exporter_cpu: 256", "exporter_memory_mib: 1536"], "Fargate has no 1,536 MiB for 256 CPU units"),
    ],
)
def test_what_ecs_could_not_run_exports_with_is_refused(lines: list[str], wrong: str) -> None:
    (problem,) = refused(ACCOUNT + "".join(f"  {PROJECT}:{line}\n" for line in lines))
    assert (problem.rule, problem.wrong) == ("key-value", wrong)


def test_every_problem_is_reported_sorted_by_place() -> None:
    problems = refused(f"config:\n  {PROJECT}:tags: 1\n  {PROJECT}:region: x\n  {PROJECT}:nothing: 1\n  region: y\n")
    assert [(problem.place.line, problem.rule) for problem in problems] == [
        (2, "key-missing"),
        (2, "key-type"),
        (3, "key-value"),
        (4, "key-unknown"),
        (5, "key-unknown"),
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([key.name for key in SETTING_KEYS]),
            st.sampled_from([": ", ":\n    ", ": '"]),
            st.text(max_size=12) | st.sampled_from(["[a]", "{1: 2}", "(?P<a", "a**", "[[a]", "9" * 30, "*", "'1'"]),
        ),
        max_size=4,
    )
)
def test_any_text_makes_problems_or_settings_and_never_an_exception(lines: list[tuple[str, str, str]]) -> None:
    text = ACCOUNT + "".join(f"  {PROJECT}:{name}{colon}{value}\n" for name, colon, value in lines)
    found, problems = read_settings(text.encode(), "prod")
    assert (found is None) == bool(problems)
    assert problems == sorted(problems)


def test_the_file_of_a_stack_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(ACCOUNT)
    found, problems = load_settings(tmp_path, "dev")
    assert (found, problems) == (Settings(stack="dev", account_id="111122223333"), [])
    with pytest.raises(FileNotFoundError):
        load_settings(tmp_path, "prod")


def test_a_symbolic_link_is_not_followed_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(ACCOUNT)
    (tmp_path / "Pulumi.dev.yaml").symlink_to("elsewhere")
    (tmp_path / "Pulumi.prod.yaml").symlink_to("nowhere")
    for stack in ("dev", "prod"):
        found, problems = load_settings(tmp_path, stack)
        assert found is None
        assert [str(problem) for problem in problems] == [
            f"Pulumi.{stack}.yaml:1:1: this is a symbolic link; put what it leads to in its place [file-symlink]"
        ]


def test_a_file_without_end_is_read_as_far_as_says_that_it_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "Pulumi.dev.yaml").open("wb") as opened:
        opened.truncate(2**40)
    found, problems = load_settings(tmp_path, "dev")
    assert (found, [problem.rule for problem in problems]) == (None, [Rule.FILE_SIZE])


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-2", "aws"), ("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_partition_follows_from_the_region(region: str, partition: str) -> None:
    found = Settings(stack="prod", account_id="111122223333", region=region)
    assert found.partition == partition
    assert found.bucket_arn("b") == f"arn:{partition}:s3:::b"
    assert found.delivery_role_arn("new_project") == f"arn:{partition}:iam::111122223333:role/export_new_project"
    assert found.regional_arn("sqs", "q") == f"arn:{partition}:sqs:{region}:111122223333:q"


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("abc", True),
        ("ab", False),
        ("x" * 63, True),
        ("x" * 64, False),
        ("1.2.3", True),
        ("1.2.3.4", False),
        ("a..b", False),
        ("a.b-c", True),
        (".abc", False),
        ("abc-", False),
        ("Abc", False),
        ("a_b", False),
        ("abc\n", False),
        ("١٢٣", False),
        ("xn--abc", False),
        ("sthree-abc", False),
        ("amzn-s3-demo-abc", False),
        ("abc-s3alias", False),
        ("abc--ol-s3", False),
        ("abc.mrap", False),
        ("abc--x-s3", False),
        ("abc--table-s3", False),
    ],
)
def test_a_bucket_name_is_one_that_s3_allows(name: str, allowed: bool) -> None:
    assert is_bucket_name(name) is allowed


def test_the_repository_names_only_settings_that_exist() -> None:
    found, problems = load_settings(REPOSITORY, "prod")
    assert problems == []
    assert found is not None
    assert found.account_name("444455556666") == "Performance Hub"
    assert found.account_name("000000000000") is None
