"""A whole small AWS for one process: MiniStack, bound to loopback, gone when the ``with`` block ends."""

import contextlib
import functools
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

import boto3
import botocore.session
import trustme
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConstantProvider

from provisioner.emulator.server import ENDED

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

READY_WITHIN_SECONDS = 20.0
"""How long the emulator may take to answer; on a quiet machine it takes one to three seconds."""

_SERVICES = "s3,sqs,iam,sts,lambda,logs,monitoring,events,ecs,scheduler"


class EmulatorError(Exception):
    """The emulator did not come up, or is not there any more."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What signs a request: of an account's root, or of a role's session."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


def root_of(account_id: str) -> Credentials:
    """The root credentials of any account: the emulator knows each account by its id."""
    return Credentials(access_key_id=account_id, secret_access_key="test")  # noqa: S106 - a fixed word, not a secret


class EmbeddedAws:
    """The emulator as a context manager; every account with a 12-digit id is there from the start.

    Nothing of the user's own AWS set-up takes part: neither ``AWS_*`` variables nor ``~/.aws`` nor a proxy are read,
    here or in the emulator, and nothing leaves this machine.
    """

    def __init__(self, account_id: str = "111111111111", region: str = "eu-west-2") -> None:
        self.account_id = account_id
        self.region = region
        self._folder: Path | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._session_lock = threading.Lock()

    def __enter__(self) -> Self:
        """Start the emulator and wait until it answers.

        Raises:
            EmulatorError: it did not answer in time; the message ends with its last log lines.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="embedded-aws-"))
        try:
            self._write_certificates(self._folder)
            with _bound_loopback_socket() as listener:
                self._port = listener.getsockname()[1]
                self._keeper = self._start_keeper(self._folder, listener.fileno())
            self._wait_until_ready(self._keeper)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the emulator and every Lambda worker, and remove the folder of this run."""
        self._end()

    @property
    def folder(self) -> Path:
        """The folder of this run: certificates, log, Lambda code. It is gone after the ``with`` block."""
        if self._folder is None:
            raise EmulatorError("The embedded AWS is not running: use it inside its `with` block.")
        return self._folder

    @property
    def endpoint_url(self) -> str:
        """The one HTTPS address of all services."""
        return f"https://127.0.0.1:{self._port}"

    @property
    def ca_bundle(self) -> Path:
        """The certificate authority of this run, in PEM, which alone vouches for the endpoint."""
        return self.folder / "ca.pem"

    def log_tail(self, lines: int) -> str:
        """The last ``lines`` lines of the emulator's log, which carries the Lambda functions' output too."""
        try:
            return "\n".join((self.folder / "log").read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def environment(self, credentials: Credentials | None = None) -> dict[str, str]:
        """The variables that make the AWS CLI or another program use this AWS.

        Without ``credentials`` it acts as the root of our account. Set these in place of *all* ``AWS_*`` variables of
        a shell: a left-over ``AWS_PROFILE`` would win.
        """
        signer = credentials or root_of(self.account_id)
        session = {"AWS_SESSION_TOKEN": signer.session_token} if signer.session_token else {}
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": signer.access_key_id,
            "AWS_SECRET_ACCESS_KEY": signer.secret_access_key,
            **session,
            **self._no_user_files(),
        }

    def assume(self, role_arn: str, session_name: str) -> Credentials:
        """A session of a role, assumed by the root of the role's own account, which its trust policy must admit."""
        account_id = role_arn.split(":")[4]
        sts = self.client("sts", account_id=account_id)
        return _session_of(sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name)["Credentials"])

    def assume_as_service(self, role_arn: str, session_name: str, source_arn: str) -> Credentials:
        """A session of a role as a service of AWS assumes it that works for `source_arn`, a resource of our account."""
        sts = self.client("sts")

        def say(params: dict[str, Any], **_: object) -> None:
            params["headers"] |= {"x-amz-source-arn": source_arn, "x-amz-source-account": self.account_id}

        sts.meta.events.register("before-call.sts.AssumeRole", say)
        return _session_of(sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name)["Credentials"])

    def assume_by_token(self, role_arn: str, session_name: str, token: str) -> Credentials:
        """A session of a role, assumed by a token of another cloud, which the role's trust policy must admit."""
        given = self.client("sts").assume_role_with_web_identity(
            RoleArn=role_arn, RoleSessionName=session_name, WebIdentityToken=token
        )
        return _session_of(given["Credentials"])

    @overload
    def client(
        self, service: Literal["cloudwatch"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "CloudWatchClient": ...
    @overload
    def client(
        self, service: Literal["ecs"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "ECSClient": ...

    @overload
    def client(
        self, service: Literal["scheduler"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "EventBridgeSchedulerClient": ...

    @overload
    def client(
        self, service: Literal["events"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "EventBridgeClient": ...
    @overload
    def client(
        self, service: Literal["iam"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "IAMClient": ...
    @overload
    def client(
        self, service: Literal["lambda"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "LambdaClient": ...
    @overload
    def client(
        self, service: Literal["logs"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "CloudWatchLogsClient": ...
    @overload
    def client(
        self, service: Literal["s3"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "S3Client": ...
    @overload
    def client(
        self, service: Literal["sqs"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "SQSClient": ...
    @overload
    def client(
        self, service: Literal["sts"], *, account_id: str | None = None, credentials: Credentials | None = None
    ) -> "STSClient": ...
    def client(self, service: str, *, account_id: str | None = None, credentials: Credentials | None = None) -> Any:
        """A boto3 client of this AWS.

        Without ``credentials`` it acts as the root of ``account_id``, or of our own account. Safe to call from any
        thread.
        """
        signer = credentials or root_of(account_id or self.account_id)
        with self._session_lock:  # a boto3 session makes clients from one thread at a time
            return self._session.client(
                service,
                region_name=self.region,
                endpoint_url=self.endpoint_url,
                verify=str(self.ca_bundle),
                aws_access_key_id=signer.access_key_id,
                aws_secret_access_key=signer.secret_access_key,
                aws_session_token=signer.session_token,
                # proxies={}: otherwise HTTPS_PROXY of the user's shell would see every request.
                config=Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 2}),
            )

    @functools.cached_property
    def _session(self) -> Any:
        """A session in which each setting has botocore's default, whatever the environment and ``~/.aws`` say."""
        session = botocore.session.Session()
        settings = session.get_component("config_store")
        for name, (_, _, default, _) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items():
            settings.set_config_provider(name, ConstantProvider(default))
        for name, path in (("config_file", "AWS_CONFIG_FILE"), ("credentials_file", "AWS_SHARED_CREDENTIALS_FILE")):
            settings.set_config_provider(name, ConstantProvider(self._no_user_files()[path]))
        return boto3.session.Session(botocore_session=session)

    def _no_user_files(self) -> dict[str, str]:
        """Point the places where AWS tools look for a user's set-up at files that do not exist."""
        return {
            "AWS_CONFIG_FILE": str(self.folder / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _write_certificates(self, folder: Path) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
        certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))

    def _start_keeper(self, folder: Path, listener: int) -> subprocess.Popen[bytes]:
        with (folder / "log").open("w") as log:
            # This interpreter and our own module; a session of its own, so that Ctrl-C reaches it through us alone.
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "provisioner.emulator.server", "keep", str(folder), str(listener)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(listener,),
                cwd=folder,
                env=self._emulator_environment(folder),
                start_new_session=True,
            )

    def _emulator_environment(self, folder: Path) -> dict[str, str]:
        """The whole environment of the emulator: nothing of the user's but where programs are and the language."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "GATEWAY_PORT": str(self._port),
            "BIND_HOST": "127.0.0.1",
            "SERVICES": _SERVICES,
            "LOG_LEVEL": "INFO",
            "AUTH": "true",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(folder / "cert.pem"),
            "MINISTACK_SSL_KEY": str(folder / "key.pem"),
            "MINISTACK_ACCOUNT_ID": self.account_id,
            "MINISTACK_REGION": self.region,
            "S3_DATA_DIR": str(folder / "s3"),
            # Off: both would listen on every interface.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # MiniStack removes containers of earlier runs from the user's Docker; there is none for it here.
            "DOCKER_HOST": f"unix://{folder}/no-docker",
            **self.environment(),
        }

    def _wait_until_ready(self, keeper: subprocess.Popen[bytes]) -> None:
        trust = ssl.create_default_context(cafile=str(self.ca_bundle))
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline:
            if keeper.poll() is not None or (self.folder / ENDED).exists():
                raise EmulatorError(f"The embedded AWS stopped while starting. Its last words:\n{self.log_tail(15)}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                # Not urllib: it would go through a proxy that the user's environment names.
                connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=trust, timeout=2)
                with contextlib.closing(connection):
                    connection.request("GET", "/_ministack/health")
                    if connection.getresponse().status == http.client.OK:
                        return
            time.sleep(0.05)
        raise EmulatorError(
            f"The embedded AWS did not answer within {READY_WITHIN_SECONDS:.0f} seconds. "
            f"Its last words:\n{self.log_tail(15)}"
        )

    def _end(self) -> None:
        if self._keeper is not None:
            # The keeper does the rest when its standard input ends, as it would if this process were killed.
            self._keeper.communicate()
            self._keeper = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _session_of(given: "CredentialsTypeDef") -> Credentials:
    return Credentials(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )


@contextlib.contextmanager
def _bound_loopback_socket() -> Iterator[socket.socket]:
    """A socket on a free loopback port. It is handed to the emulator bound, so nobody can take the port between."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound
