"""A real object of some hundred MiB, in real parts, by the real function: it arrives whole and leaves nothing open."""

import hashlib
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.access.check import check
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.engine import apply_program
from provisioner.emulator.surroundings import Surroundings, target_owner
from provisioner.program import run
from provisioner.revisions import WORKTREE, Revisions
from provisioner.settings import load_settings

REPOSITORY = Path(__file__).parents[2]
MIB = 1024**2
SIZE = 150 * MIB + 1
THRESHOLD_MIB = 8
KEY = "new_project/large 50%.bin"
WITHIN = 90.0


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One push dataset, and a threshold of a few MiB."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copy(REPOSITORY / "Pulumi.yaml", root)
    lines = (REPOSITORY / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    (root / "Pulumi.prod.yaml").write_text(
        f"{lines}  data-engineering-exports:multipart_threshold_mib: {THRESHOLD_MIB}\n", encoding="utf-8"
    )
    (root / "push_datasets").mkdir()
    shutil.copy(REPOSITORY / "push_datasets" / "new_project.yaml", root / "push_datasets")
    return root


@pytest.fixture
def body(tmp_path: Path) -> Iterator[Path]:
    """Bytes in which no part is like another."""
    path = tmp_path / "large.bin"
    numbers = random.Random(4)  # noqa: S311 - the same bytes at every run
    with path.open("wb") as file:
        for _ in range(SIZE // MIB):
            file.write(numbers.randbytes(MIB))
        file.write(b"!")
    yield path
    path.unlink()


def test_a_large_object_is_delivered_in_parts_with_all_that_travels_with_it(checkout: Path, body: Path) -> None:
    settings, _ = load_settings(checkout, "prod")
    assert settings is not None
    state = Revisions(checkout).state(WORKTREE, "prod")
    catalogue = check(state.files, state.found, settings, None).catalogue
    (dataset,) = catalogue.push
    with EmbeddedAws(settings.account_id, settings.region) as aws:
        surroundings = Surroundings(aws, settings)
        surroundings.make(catalogue)
        apply_program(
            lambda: run(checkout, "prod", aws.folder / "build"), aws, stack="prod", root_directory=str(checkout)
        )
        ours = aws.client("s3", credentials=surroundings.as_user(dataset.users[0]))
        with body.open("rb") as content:
            ours.put_object(
                Bucket=settings.export_bucket,
                Key=KEY,
                Body=content,
                ContentType="application/x-large",
                Metadata={"made-by": "a test"},
                Tagging="purpose=test&a%20b=c%26d",
                ChecksumAlgorithm="CRC32",
            )
        theirs = aws.client("s3", account_id=target_owner(dataset.bucket, catalogue.push))
        end = time.monotonic() + WITHIN
        here = aws.client("s3")
        while here.list_objects_v2(Bucket=settings.export_bucket)["KeyCount"]:
            assert time.monotonic() < end, aws.log_tail(20)
            time.sleep(0.2)
        arrived: Any = theirs.get_object(Bucket=dataset.bucket, Key=KEY, ChecksumMode="ENABLED")
        with body.open("rb") as content:
            sent = hashlib.file_digest(content, "sha256").hexdigest()
        received = hashlib.sha256()
        for chunk in arrived["Body"].iter_chunks(MIB):
            received.update(chunk)
        assert (received.hexdigest(), arrived["ContentLength"]) == (sent, SIZE)
        assert (arrived["ContentType"], arrived["Metadata"]) == ("application/x-large", {"made-by": "a test"})
        assert arrived["ChecksumType"] == "FULL_OBJECT"
        assert arrived["ETag"].endswith('-19"')  # 150 MiB and a byte, in parts of 8 MiB
        tags = theirs.get_object_tagging(Bucket=dataset.bucket, Key=KEY)["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == {"purpose": "test", "a b": "c&d"}
        assert "Uploads" not in theirs.list_multipart_uploads(Bucket=dataset.bucket)
