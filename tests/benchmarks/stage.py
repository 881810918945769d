"""An embedded AWS with the real program applied to one push dataset: what the forwarder's benchmarks run on."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.config import Config

from provisioner.datasets.catalogue import check_files
from provisioner.datasets.folder import read_folders
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.engine import apply_program
from provisioner.emulator.surroundings import TARGET_ACCOUNT, Surroundings
from provisioner.program import run
from provisioner.settings import Settings, load_settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DATASET: Final = "measured"
TARGET: Final = "receiving-team-landing"
_USER: Final = "alpha_user_measuring"
_FILES: Final = {
    "Pulumi.yaml": "name: data-engineering-exports\n",
    "Pulumi.bench.yaml": 'config:\n  data-engineering-exports:account_id: "111111111111"\n',
    f"push_datasets/{DATASET}.yaml": (
        f'name: {DATASET}\nbucket: {TARGET}\nbucket_account: "{TARGET_ACCOUNT}"\nusers:\n  - {_USER}\n'
    ),
}
_WRITERS: Final = 16
"""Objects that are put at once."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stack, its dataset and its target."""

    aws: EmbeddedAws
    settings: Settings
    user: Credentials
    zip: Path
    """The function's code, as the program built it."""

    def put(self, keys: list[str], size: int) -> None:
        """Write objects of so many bytes as the dataset's user."""
        s3 = self.client(self.user)
        body = b"0" * size

        def put(key: str) -> None:
            s3.put_object(Bucket=self.settings.export_bucket, Key=key, Body=body)

        with ThreadPoolExecutor(_WRITERS) as writers:
            list(writers.map(put, keys))

    def arrived(self, prefix: str) -> int:
        """How many objects the target holds under a prefix."""
        return self._count(self.aws.client("s3", account_id=TARGET_ACCOUNT), TARGET, prefix)

    def left(self, prefix: str) -> int:
        """How many objects the export bucket still shows under a prefix."""
        return self._count(self.aws.client("s3"), self.settings.export_bucket, prefix)

    def function_environment(self, endpoint_url: str | None = None) -> Mapping[str, str]:
        """The environment that Lambda gives the function, with a session of its role; the endpoint may be another."""
        function = self.aws.client("lambda").get_function_configuration(FunctionName=self.settings.forwarder)
        return {
            **function["Environment"]["Variables"],
            **self.environment(self._session(self.settings.role_arn(self.settings.forwarder)), endpoint_url),
        }

    def environment(self, credentials: Credentials, endpoint_url: str | None = None) -> dict[str, str]:
        """The variables with which a program is somebody here."""
        return {
            **self.aws.environment(),
            "AWS_ENDPOINT_URL": endpoint_url or self.aws.endpoint_url,
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_SESSION_TOKEN": credentials.session_token or "",
        }

    def delivery_role(self) -> Credentials:
        """A session of the dataset's delivery role: the peers run as it, as the forwarder does."""
        return self._session(self.settings.delivery_role_arn(DATASET))

    def client(
        self, credentials: Credentials, *, connections: int = _WRITERS, endpoint_url: str | None = None
    ) -> "S3Client":
        """An S3 client with so many connections."""
        made: S3Client = self.aws._session.client(
            "s3",
            region_name=self.aws.region,
            endpoint_url=endpoint_url or self.aws.endpoint_url,
            verify=str(self.aws.ca_bundle),
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=Config(proxies={}, max_pool_connections=connections),
        )
        return made

    def limit_functions(self, at_once: int) -> None:
        """Let so many containers of the function run at once: here they share one machine with all else."""
        functions = self.aws.client("lambda")
        (mapping,) = functions.list_event_source_mappings(FunctionName=self.settings.forwarder)["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": at_once})

    def stop_the_function(self) -> None:
        """Nothing is told of objects any more: what moves them from now on is what is measured."""
        self.aws.client("s3").put_bucket_notification_configuration(
            Bucket=self.settings.export_bucket, NotificationConfiguration={}
        )

    def _session(self, role_arn: str) -> Credentials:
        """A session of a role that trusts others: the root of our account is let in too."""
        iam, name = self.aws.client("iam"), role_arn.rpartition("/")[2]
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": self.settings.account_root_arn(self.settings.account_id)},
            "Action": "sts:AssumeRole",
        }
        iam.update_assume_role_policy(
            RoleName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        return self.aws.assume(role_arn, "benchmark")

    def _count(self, s3: "S3Client", bucket: str, prefix: str) -> int:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return sum(page["KeyCount"] for page in pages)


@contextmanager
def stage() -> Iterator[Stage]:
    """A stage that is gone when the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in _FILES.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        (root / "pull_datasets").mkdir()
        settings, problems = load_settings(root, "bench")
        assert settings is not None, problems
        files, found = read_folders(root)
        catalogue = check_files(files, settings, None, found).catalogue
        with EmbeddedAws(settings.account_id, settings.region) as aws:
            surroundings = Surroundings(aws, settings)
            surroundings.make(catalogue)
            apply_program(
                lambda: run(root, settings.stack, root / "build"),
                aws,
                stack=settings.stack,
                root_directory=str(root),
            )
            yield Stage(
                aws=aws, settings=settings, user=surroundings.as_user(_USER), zip=root / "build" / "forwarder.zip"
            )
