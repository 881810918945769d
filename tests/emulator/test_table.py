from pathlib import Path

import pytest

from provisioner.emulator.services.s3 import bucket_location
from provisioner.emulator.table import TABLE
from provisioner.resources import forwarder_zip
from provisioner.resources.stack import provision
from tests.resources.recorder import record
from tests.support import AZURE, EXPORTER, OWN_USER, catalogue, export_of, pull_dataset, push_dataset, stack_settings


def test_the_table_knows_the_types_that_the_program_uses_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarder_zip, "build", lambda _: b"")  # takes a moment, and changes no type
    sample = catalogue(
        push_dataset("push", export=export_of()),
        pull_dataset("pull", OWN_USER, bucket_versioning=True, pull_azure=AZURE),
    )
    recording = record(lambda: provision(sample, stack_settings(**EXPORTER), tmp_path), preview=False)
    assert {one.type for one in recording.resources if one.type.startswith("aws:")} == set(TABLE)


def test_a_bucket_of_a_region_is_made_with_the_region_as_its_location() -> None:
    assert bucket_location("eu-west-2") == {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-2"}}


def test_a_bucket_of_us_east_1_is_made_without_a_location_which_aws_refuses_there() -> None:
    assert bucket_location("us-east-1") == {}
