"""Runs a Pulumi program against the embedded AWS, without the Pulumi CLI.

The Pulumi SDK sends each resource to a *monitor*. Here the monitor is in this process: it looks each resource up in
the table of AWS calls, makes it, and answers with its id and outputs. What the real engine does besides (state,
previews, deletions) has no place here: every run creates or updates everything the program declares.
"""

import asyncio
import contextvars
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack

from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.inputs import InputError, Inputs
from provisioner.emulator.services.request import Account, Made, Request
from provisioner.emulator.table import TABLE

_PROJECT = "data-engineering-exports"
"""As in Pulumi.yaml."""
_PROVIDER = "pulumi:providers:aws"
_STACK = "pulumi:pulumi:Stack"


class ApplyError(Exception):
    """The program could not be applied; the message names the resource, and the AWS call that failed."""


@dataclass(frozen=True, kw_only=True)
class RegisteredResource:
    """One resource as the program declared it and AWS made it."""

    urn: str
    type: str
    name: str
    id: str
    """Empty for a component."""
    inputs: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What a run of the program came to."""

    resources: tuple[RegisteredResource, ...]
    """In the order in which they were made."""
    outputs: Mapping[str, object]
    """What the program exported."""


def apply_program(
    program: Callable[[], object],
    aws: EmbeddedAws,
    *,
    stack: str = "embedded",
    root_directory: str | None = None,
    credentials: Credentials | None = None,
) -> Applied:
    """Run ``program`` and make everything it declares in ``aws``.

    Args:
        program: what the Pulumi program does when it is run; called once, in this thread.
        aws: a running embedded AWS.
        stack: the name the program sees as the stack.
        root_directory: where the program is told that ``Pulumi.yaml`` lies.
        credentials: who applies it, in which account; the root of our own account if not given.

    Raises:
        ApplyError: a resource could not be made. It names the first; calls under way meanwhile may have finished.
    """
    monitor = _Monitor(Account(aws, credentials))

    def run() -> None:
        settings.configure(
            settings.Settings(
                monitor=monitor,
                engine=mocks.MockEngine(None),
                project=_PROJECT,
                stack=stack,
                root_directory=root_directory,
                organization="organization",
                dry_run=False,
            )
        )
        asyncio.run(_run_quietly(program, monitor))

    try:
        # The SDK keeps a run's state in context variables: a context of its own leaves nothing behind for the next.
        contextvars.Context().run(run)
    except Exception as error:
        if monitor.failure is None:
            raise
        raise monitor.failure from error
    if monitor.failure is not None:
        raise monitor.failure
    return Applied(resources=tuple(monitor.registered), outputs=monitor.stack_outputs)


async def _run_quietly(program: Callable[[], object], monitor: "_Monitor") -> None:
    """Run the program; after a failure, let the outputs that wait for it end without a complaint each."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(
        lambda running, context: None if monitor.failure else running.default_exception_handler(context)
    )

    def run() -> None:
        program()

    await run_in_stack(run)


@dataclass(kw_only=True)
class _Provider:
    default_tags: Mapping[str, str] = field(default_factory=dict)


class _NoMocks(mocks.Mocks):
    """What the SDK's base class asks for; the monitor below answers everything itself."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise NotImplementedError


class _Monitor(mocks.MockMonitor):
    """The SDK calls this from several threads at once."""

    def __init__(self, account: Account) -> None:
        super().__init__(_NoMocks())
        self.registered: list[RegisteredResource] = []
        self.stack_outputs: Mapping[str, object] = {}
        self.failure: ApplyError | None = None
        self._account = account
        self._providers: dict[str, _Provider] = {}
        self._urns: set[str] = set()
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: N802 - the SDK's name
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        with self._ending_the_run_on_failure(request), _loop_of_this_thread() as loop:
            with self._lock:
                if urn in self._urns:
                    raise ValueError("the program declares it twice: give one of the two another logical name")
                self._urns.add(urn)
            inputs: dict[str, object] = dict(rpc.deserialize_properties(request.object))
            made = self._make(request, urn, inputs) if request.custom else Made(id="")
            outputs = {**inputs, **made.outputs} if request.custom else {}
            answer = loop.run_until_complete(rpc.serialize_properties(outputs, {}))
            with self._lock:
                self.registered.append(
                    RegisteredResource(
                        urn=urn,
                        type=request.type,
                        name=request.name,
                        id=made.id,
                        inputs=inputs,
                    )
                )
        return resource_pb2.RegisterResourceResponse(urn=urn, id=made.id, object=answer)

    def RegisterResourceOutputs(self, request: Any) -> None:  # noqa: N802 - the SDK's name
        if request.urn == self.make_urn("", _STACK, f"{settings.get_project()}-{settings.get_stack()}"):
            with _loop_of_this_thread():
                self.stack_outputs = dict(rpc.deserialize_properties(request.outputs))

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802 - the SDK's name
        self._fail(ApplyError(f"The program calls {request.tok}, and the embedded AWS knows no such look-up."))

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:  # noqa: N802 - the SDK's name
        self._fail(ApplyError(f"{request.name} ({request.type}) is read, not made: the embedded AWS starts empty."))

    def _make(self, request: Any, urn: str, values: Mapping[str, object]) -> Made:
        inputs = Inputs(values)
        if request.type == _PROVIDER:
            provider = self._provider(inputs)
            made = Made(id="embedded")
            with self._lock:
                self._providers[f"{urn}::{made.id}"] = provider
            return made
        make = TABLE.get(request.type)
        if make is None:
            raise InputError(
                f"the embedded AWS does not know the type {request.type}: add it to provisioner/emulator/table.py"
            )
        with self._lock:
            provider = self._providers.get(request.provider, _Provider())
        return make(Request(account=self._account, inputs=inputs, default_tags=provider.default_tags))

    def _provider(self, inputs: Inputs) -> _Provider:
        """Check what the AWS provider checks before it makes anything. Its inputs arrive as JSON in strings."""
        region = inputs.maybe_text("region")
        accounts = json.loads(inputs.maybe_text("allowedAccountIds") or "[]")
        default_tags = Inputs(json.loads(inputs.maybe_text("defaultTags") or "{}"), "defaultTags.")
        tags = default_tags.text_map("tags")
        # The SDK fills these in by itself; they only matter to real AWS.
        inputs.maybe_text("skipCredentialsValidation")
        inputs.maybe_text("skipRegionValidation")
        inputs.done()
        default_tags.done()
        if accounts and self._account.id not in accounts:
            raise ValueError(f"the account {self._account.id} is not among the allowed ones: {', '.join(accounts)}")
        if region not in (None, self._account.region):
            raise ValueError(f"the program deploys to {region}, the embedded AWS is in {self._account.region}")
        return _Provider(default_tags=tags)

    @contextmanager
    def _ending_the_run_on_failure(self, request: Any) -> Iterator[None]:
        """Turn the first failure into the sentence the run ends with."""
        try:
            yield
        except ClientError as error:
            answer = error.response["Error"]
            reason = f"{error.operation_name} was refused: {answer['Message']} [{answer['Code']}]"
        except (BotoCoreError, InputError, ValueError, OSError) as error:
            reason = str(error)
        else:
            return
        self._fail(ApplyError(f"{request.name} ({request.type}) could not be made: {reason}"))

    def _fail(self, failure: ApplyError) -> NoReturn:
        with self._lock:
            self.failure = self.failure or failure
            raise self.failure


@contextmanager
def _loop_of_this_thread() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop for the SDK's (de)serializer, closed again: its own helper leaves one open in each thread."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()
