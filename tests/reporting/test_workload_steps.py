"""What a receiving team on another cloud is told to do."""

import configparser
import shlex
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from provisioner.reporting.workload_steps import TOKEN_FILE, OtherCloud, other_clouds
from tests.support import AZURE, GOOGLE, pull_dataset, stack_settings

STACK: Final = stack_settings()


def told(**changes: Any) -> OtherCloud:
    (cloud,) = other_clouds(pull_dataset("alpha", pull_arns=(), **changes), STACK)
    return cloud


def lines(cloud: OtherCloud) -> list[str]:
    return [line for step in cloud.steps for line in step.lines]


BOTH: Final = pytest.mark.parametrize(
    "cloud", [told(pull_google=GOOGLE[:1]), told(pull_azure=AZURE[:1])], ids=["google", "azure"]
)


@BOTH
def test_the_profile_is_one_that_the_aws_sdks_read(cloud: OtherCloud) -> None:
    (profile,) = (step.lines for step in cloud.steps if step.lines[0].startswith("[profile"))
    read = configparser.ConfigParser()
    read.read_string("\n".join(profile))
    assert dict(read["profile alpha"]) == {
        "role_arn": cloud.role_arn,
        "web_identity_token_file": TOKEN_FILE,
        "role_session_name": "alpha",
        "region": "eu-west-2",
    }


@BOTH
def test_the_last_step_tries_it(cloud: OtherCloud) -> None:
    assert lines(cloud)[-1] == "aws s3 ls s3://mojap-alpha/ --profile alpha"


@BOTH
def test_the_token_goes_where_the_profile_looks_for_it(cloud: OtherCloud) -> None:
    assert any(line.endswith(f"> {TOKEN_FILE}") for line in lines(cloud))


def test_google_is_asked_for_a_token_of_the_audience() -> None:
    asked = next(line for line in lines(told(pull_google=GOOGLE[:1])) if line.startswith("curl"))
    (address,) = (word for word in shlex.split(asked) if word.startswith("http"))
    assert parse_qs(urlsplit(address).query) == {"audience": [GOOGLE[0].audience], "format": ["full"]}


def test_azure_is_asked_for_a_token_of_the_application() -> None:
    asked = next(line for line in lines(told(pull_azure=AZURE[:1])) if "get-access-token" in line)
    words = shlex.split(asked)
    assert words[words.index("--resource") + 1] == AZURE[0].audience


def test_a_retired_dataset_asks_nobody() -> None:
    assert [*other_clouds(pull_dataset("alpha", pull_google=GOOGLE[:1], retired=True), STACK)] == []
