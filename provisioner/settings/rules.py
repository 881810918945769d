"""What the values of settings must be."""

import re
import warnings
from collections.abc import Callable
from typing import Final

from provisioner.reading.document import Report
from provisioner.reading.keys import Text, Values
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule
from provisioner.settings.limits import (
    ACCOUNT_ID,
    FARGATE_SIZES,
    IMAGE,
    KMS_KEY_PATTERN,
    LOG_RETENTION_DAYS,
    MAX_ATTACHED_POLICIES,
    MAX_BUCKET_NAME,
    MAX_DATASET_STACKS,
    MAX_IMAGE,
    MAX_PART_MIB,
    MAX_TAG_KEY,
    MAX_TAG_VALUE,
    MAX_TAGS,
    MAX_TASK_SECURITY_GROUPS,
    MAX_TASK_SUBNETS,
    MIN_PART_MIB,
    NO_FARGATE_SIZE,
    NOT_IN_TAGS,
    REPOSITORY,
    SECURITY_GROUP,
    SNS_TOPIC,
    SUBNET,
    is_bucket_name,
)
from provisioner.settings.model import JOURNAL_SUFFIX, MANAGED_BY, Settings


def _check_names(values: Values, report: Report) -> None:
    if (region := values.text("region")) and not re.fullmatch(r"[a-z]{2,3}(-[a-z]{2,12}){1,2}-[0-9]", region.value):
        report(
            region.place,
            Rule.KEY_VALUE,
            f"'{shown(region.value)}' is not an AWS region",
            "write one such as 'eu-west-2'",
        )
    prefix = values.text("bucket_prefix")
    if prefix and not (
        re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?", prefix.value) and is_bucket_name(f"{prefix.value}-a")
    ):
        report(
            prefix.place,
            Rule.KEY_VALUE,
            f"'{shown(prefix.value)}' cannot begin a bucket's name",
            "write at most 30 lower case letters, digits and hyphens, and nothing that AWS keeps for itself",
        )
    for key in ("export_bucket", "state_bucket"):
        bucket = values.text(key)
        if bucket and not is_bucket_name(bucket.value):
            report(
                bucket.place,
                Rule.KEY_VALUE,
                f"'{shown(bucket.value)}' is not a bucket name",
                "write 3 to 63 lower case letters, digits and hyphens",
            )
    export = values.text("export_bucket")
    if export and len(export.value) > (most := MAX_BUCKET_NAME - len(JOURNAL_SUFFIX)) and is_bucket_name(export.value):
        report(
            export.place,
            Rule.KEY_VALUE,
            f"'{shown(export.value)}' leaves no room for the name of its journal, with '{JOURNAL_SUFFIX}' behind it",
            f"write a name of at most {most} characters",
        )
    if user_prefix := values.text("user_prefix"):
        try:
            with warnings.catch_warnings(action="error"):
                re.compile(user_prefix.value)
        except (re.error, FutureWarning, OverflowError, RecursionError) as error:
            report(
                user_prefix.place,
                Rule.KEY_VALUE,
                f"'{shown(user_prefix.value)}' is not a regular expression: {shown(str(error))}",
                "write the text that usernames begin with, such as 'alpha_user_'",
            )
    role = values.text("break_glass_role")
    if role and not re.fullmatch(r"([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", role.value, re.ASCII):
        report(
            role.place,
            Rule.KEY_VALUE,
            f"'{shown(role.value)}' is not a role name",
            "write the role's name, with its path if it has one, not its ARN",
        )


def _check_deployment(values: Values, report: Report) -> None:
    repository = values.text("repository")
    if repository and not REPOSITORY.fullmatch(repository.value):
        report(
            repository.place,
            Rule.KEY_VALUE,
            f"'{shown(repository.value)}' is not a repository on GitHub",
            "write its owner and name, such as 'example-org/data-engineering-exports'",
        )
    key = values.text("state_key_arn")
    if key and not re.fullmatch(KMS_KEY_PATTERN, key.value):
        report(
            key.place,
            Rule.KMS_ARN,
            f"'{shown(key.value)}' is not the full ARN of a KMS key",
            "write 'arn:aws:kms:REGION:ACCOUNT:key/ID', not an alias",
        )


def _check_alarms(values: Values, report: Report) -> None:
    topic, region = values.text("alarm_topic_arn"), values.text("region")
    if topic is None:
        return
    arn = SNS_TOPIC.fullmatch(topic.value)
    home = region.value if region else Settings.region
    if arn is None:
        report(
            topic.place,
            Rule.KEY_VALUE,
            f"'{shown(topic.value)}' is not the ARN of a standard SNS topic",
            f"write 'arn:aws:sns:{shown(home)}:ACCOUNT:NAME'",
        )
    elif arn[1] != home:
        report(
            topic.place,
            Rule.KEY_VALUE,
            f"the topic is in {arn[1]} and the stack in {shown(home)}: an alarm speaks to topics of its own region",
            f"write the ARN of a topic in {shown(home)}",
        )


def _check_accounts(values: Values, report: Report) -> None:
    account = values.text("account_id")
    known = values.text_map("known_accounts")
    ids = [Text(account.value, account.place)] if account else []
    ids += [account_id for account_id, _ in known.value.values()] if known else []
    for account_id, place in ids:
        if not ACCOUNT_ID.fullmatch(account_id):
            report(
                place,
                Rule.ARN_ACCOUNT,
                f"'{shown(account_id)}' is not an AWS account id",
                "write the 12 digits, in quotes",
            )


def _check_numbers(values: Values, report: Report) -> None:
    for key, least, most in (
        ("retention_days", 1, 3650),
        ("forwarder_concurrency", 1, 128),
        ("multipart_threshold_mib", MIN_PART_MIB, MAX_PART_MIB),
        ("sweep_minutes", 5, 1440),
        ("retry_seconds", 1, 900),
        ("user_policies", 1, MAX_ATTACHED_POLICIES),
        ("max_removals", 1, 10_000),
        ("max_removals_percent", 1, 100),
        ("many_datasets", 1, 10_000),
        ("dataset_stacks", 0, MAX_DATASET_STACKS),
        ("stack_size", 1, 10_000),
    ):
        number = values.number(key)
        if number and not least <= number.value <= most:
            report(
                number.place,
                Rule.KEY_VALUE,
                f"'{key}' is {number.value:,}",
                f"write a number from {least} to {most:,}",
            )
    days = values.number("log_retention_days")
    if days and days.value not in LOG_RETENTION_DAYS:
        offered = ", ".join(map(str, LOG_RETENTION_DAYS))
        report(
            days.place, Rule.KEY_VALUE, f"CloudWatch Logs cannot keep {days.value:,} days", f"write one of {offered}"
        )


def _check_exporter(values: Values, report: Report) -> None:
    image = values.text("exporter_image")
    if image and (not IMAGE.fullmatch(image.value) or len(image.value) > MAX_IMAGE):
        report(
            image.place,
            Rule.KEY_VALUE,
            f"'{shown(image.value)}' is not a container image with a tag or digest",
            "write REGISTRY/REPOSITORY:TAG or, as nobody can push another under it, REGISTRY/REPOSITORY@sha256:DIGEST",
        )
    for key, pattern, most, words in (
        ("exporter_subnets", SUBNET, MAX_TASK_SUBNETS, "subnet"),
        ("exporter_security_groups", SECURITY_GROUP, MAX_TASK_SECURITY_GROUPS, "security group"),
    ):
        listed = values.texts(key)
        for text, place in listed.value if listed else ():
            if not pattern.fullmatch(text):
                wrong = f"'{shown(text)}' is not the id of a {words}"
                report(place, Rule.KEY_VALUE, wrong, "write its id as the AWS console shows it")
        if listed and len(listed.value) > most:
            wrong = f"there are {len(listed.value)}, and ECS takes {most} {words}s"
            report(listed.place, Rule.KEY_VALUE, wrong, "remove some")
    cpu, memory = (values.number(key) for key in ("exporter_cpu", "exporter_memory_mib"))
    units, mib = cpu.value if cpu else Settings.exporter_cpu, memory.value if memory else Settings.exporter_memory_mib
    if cpu and units not in FARGATE_SIZES:
        offered = ", ".join(map(str, FARGATE_SIZES))
        report(cpu.place, Rule.KEY_VALUE, f"Fargate has no {units:,} CPU units", f"write one of {offered}")
    elif (found := memory or cpu) and (mib not in FARGATE_SIZES[units] or (units, mib) == NO_FARGATE_SIZE):
        sizes = FARGATE_SIZES[units]
        report(
            found.place,
            Rule.KEY_VALUE,
            f"Fargate has no {mib:,} MiB for {units:,} CPU units",
            f"write an 'exporter_memory_mib' from {sizes.start} to {sizes[-1]} in steps of {sizes.step}",
        )


def _check_tags(values: Values, report: Report) -> None:
    tags = values.text_map("tags")
    if tags is None:
        return
    if len(tags.value) >= MAX_TAGS:  # one more is ours
        report(
            values.places["tags"],
            Rule.KEY_VALUE,
            f"there are {len(tags.value)} tags, AWS allows {MAX_TAGS} and one is ours",
            f"write {MAX_TAGS - 1} at most",
        )
    for name, text in tags.value.values():
        too_long = len(name.text) > MAX_TAG_KEY or len(text.text) > MAX_TAG_VALUE
        unfit = NOT_IN_TAGS.search(f"{name.text}{text.text}")
        if too_long or unfit or name.text.lower().startswith("aws:") or name.text.lower() in MANAGED_BY:
            report(
                name.place,
                Rule.KEY_VALUE,
                f"'{shown(name.text)}' cannot be a tag",
                f"write a key of at most {MAX_TAG_KEY} and a value of at most {MAX_TAG_VALUE} letters, digits, spaces "
                "and _.:/=+-@; keys that begin with 'aws:' are AWS's, 'managed-by' is ours",
            )


RULES: Final[tuple[Callable[[Values, Report], None], ...]] = (
    _check_names,
    _check_deployment,
    _check_alarms,
    _check_accounts,
    _check_numbers,
    _check_exporter,
    _check_tags,
)
