import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioner.emulator.corrections import CORRECTED_VERSION
from provisioner.emulator.embedded_aws import EmbeddedAws, EmulatorError
from tests.emulator.lives_until_told import environment_of_a_function
from tests.emulator.processes import listening_addresses, running_for

KEEPER_EMULATOR_AND_WORKER = 3


def test_everything_is_gone_after_the_block() -> None:
    with EmbeddedAws() as aws:
        environment_of_a_function(aws)
        folder = aws.folder
        assert len(running_for(str(folder))) == KEEPER_EMULATOR_AND_WORKER
    assert (running_for(str(folder)), folder.exists()) == ([], False)


def test_everything_is_gone_after_an_exception() -> None:
    class UnexpectedError(Exception):
        pass

    seen: list[Path] = []

    def fail() -> None:
        with EmbeddedAws() as aws:
            seen.append(aws.folder)
            raise UnexpectedError

    with pytest.raises(UnexpectedError):
        fail()
    (folder,) = seen
    assert (running_for(str(folder)), folder.exists()) == ([], False)


@contextmanager
def a_program_with_an_emulator() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    command = [sys.executable, "-m", "tests.emulator.lives_until_told"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        yield program, Path(program.stdout.readline().strip())
        program.kill()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_everything_is_gone_after_the_program_was_ended_from_outside(signal_number: signal.Signals) -> None:
    with a_program_with_an_emulator() as (program, folder):
        assert len(running_for(str(folder))) == KEEPER_EMULATOR_AND_WORKER
        program.send_signal(signal_number)
        program.wait()
        deadline = time.monotonic() + 10
        while (running_for(str(folder)) or folder.exists()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert (running_for(str(folder)), folder.exists()) == ([], False)


def test_ctrl_c_at_a_terminal_leaves_the_emulator_to_the_program_that_runs_it() -> None:
    with a_program_with_an_emulator() as (program, _):
        # A terminal sends the signal to every process of the program's group.
        os.killpg(program.pid, signal.SIGINT)
        answer, _ = program.communicate()
    assert answer == "111111111111"


def test_nothing_listens_on_another_interface_than_loopback(embedded_aws: EmbeddedAws) -> None:
    assert listening_addresses(running_for(str(embedded_aws.folder))) == {"127.0.0.1"}


def test_the_users_own_set_up_has_no_influence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "config"
    settings.write_text("[default]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\n")
    nobody = "http://127.0.0.1:9"
    theirs = {
        "AWS_PROFILE": "not-there",
        "AWS_CONFIG_FILE": str(settings),
        "AWS_ACCESS_KEY_ID": "AKIAUSER",
        "AWS_SECRET_ACCESS_KEY": "users-own-secret",
        "AWS_SESSION_TOKEN": "users-own-token",
        "AWS_ENDPOINT_URL_STS": nobody,
        "AWS_CA_BUNDLE": str(settings),
        "HTTPS_PROXY": nobody,
        "https_proxy": nobody,
        "MINISTACK_ACCOUNT_ID": "999999999999",
    }
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)
    with EmbeddedAws("444444444444") as aws:
        assert aws.client("sts").get_caller_identity()["Account"] == "444444444444"
        inside = environment_of_a_function(aws)
    assert set(theirs.values()) & set(inside.values()) == set()


def test_the_printed_environment_is_all_that_another_program_needs(embedded_aws: EmbeddedAws) -> None:
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    environment = {"PATH": os.environ["PATH"], "HOME": str(embedded_aws.folder), **embedded_aws.environment()}
    seen = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == f"arn:aws:iam::{embedded_aws.account_id}:root"


def test_another_version_of_ministack_is_refused_with_a_sentence(tmp_path: Path) -> None:
    class WithAnotherVersion(EmbeddedAws):
        def _emulator_environment(self, folder: Path) -> dict[str, str]:
            given = super()._emulator_environment(folder)
            return {**given, "PYTHONPATH": f"{tmp_path}:{given['PYTHONPATH']}"}

    metadata = tmp_path / "ministack-9.9.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: ministack\nVersion: 9.9.9\n")
    with pytest.raises(EmulatorError, match=rf"9\.9\.9 is installed, but .* corrects version {CORRECTED_VERSION}"):
        WithAnotherVersion().__enter__()


def test_it_is_not_there_outside_its_block() -> None:
    with pytest.raises(EmulatorError, match="not running"):
        EmbeddedAws().client("s3")
