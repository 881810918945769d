"""The forwarder's zip: the same bytes for the same routes, and enough to run alone."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from provisioner.access.limits import MAX_ZIP_BYTES
from provisioner.forwarder.routes import Route, Routes
from provisioner.resources import forwarder_zip
from provisioner.resources.forwarder_zip import ForwarderZipError, build


def routes(*datasets: str) -> Routes:
    return Routes(
        export_bucket="mojap-hub-exports",
        account_id="111122223333",
        routes=tuple(
            Route(
                dataset=dataset,
                bucket="target-bucket",
                bucket_account=None,
                role_arn=f"arn:aws:iam::111122223333:role/export_{dataset}",
                keep_files=False,
                kms_key_arn=None,
            )
            for dataset in datasets
        ),
    )


def contents(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def archive() -> bytes:
    return build(routes("alpha", "beta"))


@pytest.fixture(scope="module")
def unpacked(archive: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
    return folder


def run_alone(unpacked: Path, code: str, **environment: str) -> str:
    """Run code with nothing on its path but the standard library and the zip, and nothing else in its environment."""
    start = f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-W", "error", "-c", start + code],
        capture_output=True,
        text=True,
        check=False,
        env={
            "AWS_DEFAULT_REGION": "eu-west-2",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            **environment,
        },
        cwd=unpacked,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_routes_give_the_same_bytes_in_another_process_locale_and_umask(archive: bytes) -> None:
    code = (
        "import hashlib, os; os.umask(0o077)\n"
        "from tests.resources.test_forwarder_zip import build, routes\n"
        "print(hashlib.sha256(build(routes('beta', 'alpha'))).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "Asia/Tokyo"},
    )
    assert done.stdout.strip() == hashlib.sha256(archive).hexdigest()


def test_another_route_changes_the_routes_and_nothing_else(archive: bytes) -> None:
    before, after = contents(archive), contents(build(routes("alpha", "beta", "gamma")))
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == ["routes.json"]


def test_entries_are_sorted_stored_and_carry_no_time_of_building(archive: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        entries = opened.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.compress_type, entry.external_attr >> 16) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 0o100644)
    }


def test_the_zip_holds_no_compiled_code_and_only_the_services_it_uses(archive: bytes) -> None:
    names = contents(archive).keys()
    data = {name.split("/")[2] for name in names if name.startswith("botocore/data/")}
    assert not [name for name in names if not name.endswith((".py", ".json", ".json.gz", ".pem"))]
    assert data == {*forwarder_zip.SERVICES, *forwarder_zip.SHARED_DATA}


def test_the_zip_is_well_under_what_lambda_takes(archive: bytes) -> None:
    assert len(archive) < MAX_ZIP_BYTES / 3


def test_a_zip_over_lambdas_limit_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarder_zip, "MAX_ZIP_BYTES", 1000)
    with pytest.raises(ForwarderZipError, match=r"has \d+ bytes and Lambda takes 1000"):
        build(routes("alpha"))


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarder_zip, "VENDORED", ("no_such_package",))
    with pytest.raises(ForwarderZipError, match="no_such_package is not installed"):
        build(routes("alpha"))


def test_the_zip_alone_makes_the_clients_it_needs_from_its_own_boto3(unpacked: Path) -> None:
    code = (
        "import boto3, botocore, json, forwarder.handler\n"
        "from forwarder.clients import connect_from_environment\n"
        "clients = connect_from_environment(concurrency=2).deliveries\n"
        "s3 = clients.connect({'AccessKeyId': 'a', 'SecretAccessKey': 'b', 'SessionToken': 'c'})\n"
        "url = s3.generate_presigned_url('get_object', Params={'Bucket': 'b', 'Key': 'k'})\n"
        "print(json.dumps([boto3.__file__, botocore.__file__, clients.sts.meta.endpoint_url, url]))"
    )
    boto3_file, botocore_file, sts_url, s3_url = json.loads(run_alone(unpacked, code))
    assert Path(boto3_file).is_relative_to(unpacked)
    assert Path(botocore_file).is_relative_to(unpacked)
    assert sts_url == "https://sts.eu-west-2.amazonaws.com"
    assert "amazonaws.com/" in s3_url


def test_the_zip_alone_handles_a_batch_with_the_routes_at_its_root(unpacked: Path) -> None:
    event = {
        "Records": [
            {
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": "mojap-hub-exports"}, "object": {"key": "gamma/file.csv"}},
            }
        ]
    }
    attributes = {
        "ApproximateReceiveCount": "1",
        "SentTimestamp": "1790000000000",
        "ApproximateFirstReceiveTimestamp": "1790000000000",
    }
    message = {"messageId": "m1", "receiptHandle": "r1", "body": json.dumps(event), "attributes": attributes}
    module, _, function = forwarder_zip.HANDLER.rpartition(".")
    code = f"import json, {module}\nprint(json.dumps({module}.{function}({{'Records': [{message!r}]}}, None)))"
    environment = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # nothing listens: that a message cannot be put back fails nothing
        "QUEUE_URL": "http://127.0.0.1:9/111122223333/queue",
        "DEAD_LETTER_QUEUE_URL": "http://127.0.0.1:9/111122223333/dead-letters",
        "JOURNAL_BUCKET": "journal",
        "CONCURRENCY": "2",
        "MULTIPART_THRESHOLD_MIB": "512",
        "RETRY_SECONDS": "30",
    }
    log, metric, answer = run_alone(unpacked, code, **environment).splitlines()
    assert json.loads(log)["outcome"] == "no_route"
    assert json.loads(metric)["Failed"] == 1
    assert json.loads(answer) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
