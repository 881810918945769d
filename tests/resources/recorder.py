"""Runs a Pulumi program under the SDK's mocks, as the engine would apply or preview it, and keeps what it registers."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.rpc import UNKNOWN
from pulumi.runtime.stack import run_in_stack

PROJECT: Final = "data-engineering-exports"
STACK: Final = "prod"
_STACK_TYPE: Final = "pulumi:pulumi:Stack"
_REFERENCE_TYPE: Final = "pulumi:pulumi:StackReference"
_ACCOUNT: Final = "111122223333"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the program declares it."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    protect: bool
    retain_on_delete: bool
    custom: bool
    provider: str
    depends_on: frozenset[str]
    deleted_with: str
    """The urn of the resource that takes this one with it; empty for none."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What a run of a program came to."""

    resources: tuple[Registered, ...]
    outputs: Mapping[str, Any]

    def of_type(self, kind: str) -> list[Registered]:
        """The resources of a type, given by its last part, such as `Bucket`."""
        return [resource for resource in self.resources if resource.type.rpartition(":")[2] == kind]

    def one(self, kind: str, name: str | None = None) -> Registered:
        """The only resource of a type, or the only one of that logical name."""
        (found,) = (resource for resource in self.of_type(kind) if name in (None, resource.name))
        return found

    @property
    def by_urn(self) -> dict[str, Registered]:
        """The resources by their URN."""
        return {resource.urn: resource for resource in self.resources}


class ProgramError(Exception):
    """The program did what the engine would refuse."""


def record(
    program: Callable[[], object], *, preview: bool, root: str | None = None, monitor: "Monitor | None" = None
) -> Recording:
    """Run `program`; in a preview no id and no output that AWS would give is known.

    Raises:
        pulumi.RunError: the program stopped itself.
        ProgramError: the program did what the engine would refuse.
    """
    listener = monitor or Monitor(preview=preview)

    def run() -> None:
        settings.configure(
            settings.Settings(
                monitor=listener,
                engine=mocks.MockEngine(None),
                project=PROJECT,
                stack=STACK,
                root_directory=root,
                organization="organization",
                dry_run=preview,
            )
        )
        asyncio.run(_in_stack(program))

    # The SDK keeps a run's state in context variables, of which a new thread has none. It also walks down the whole
    # stack for each resource: that of a new thread is short, that of a test holds all that drives tests.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()
    # Said here and not where it is seen: the SDK takes an error of its monitor badly.
    twice = [urn for urn, count in Counter(resource.urn for resource in listener.registered).items() if count > 1]
    if twice:
        raise ProgramError(f"the program declares twice: {', '.join(twice)}")
    return Recording(resources=tuple(listener.registered), outputs=listener.outputs)


async def _in_stack(program: Callable[[], object]) -> None:
    def run() -> None:
        program()

    await run_in_stack(run)


class _NoMocks(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise ProgramError(f"the program looks something up: {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise ProgramError(f"the monitor answers for {args.name} itself")


class Monitor(mocks.MockMonitor):
    """The SDK's monitor for tests, but that it answers a preview as the engine does: with inputs and nothing else."""

    def __init__(self, *, preview: bool, stacks: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """With the outputs of other stacks that are applied, by their full names."""
        super().__init__(_NoMocks())
        self._stacks = stacks or {}
        self.registered: list[Registered] = []
        self.outputs: Mapping[str, Any] = {}
        self._preview = preview

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: N802 - the SDK's name
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = _plain(request.object)
        self.registered.append(
            Registered(
                urn=urn,
                type=request.type,
                name=request.name,
                inputs=inputs,
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                custom=request.custom,
                provider=request.provider,
                depends_on=frozenset(request.dependencies),
                deleted_with=request.deletedWith,
            )
        )
        if self._preview or not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        id_ = str(inputs.get("bucket") or inputs.get("name") or request.name)
        kind = request.type.rpartition(":")[2].lower()
        request.object.update(
            {"arn": f"arn:aws:{kind}:::{id_}", "url": f"https://sqs.eu-west-2.amazonaws.com/{_ACCOUNT}/{id_}"}
        )
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=request.object)

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:  # noqa: N802 - the SDK's name
        if request.type != _REFERENCE_TYPE:
            raise ProgramError(f"the program reads {request.type} {request.name}")
        if request.id not in self._stacks:
            raise ProgramError(f"there is no stack {request.id}")
        request.properties.update({"outputs": self._stacks[request.id], "secretOutputNames": []})
        urn = self.make_urn(request.parent, request.type, request.name)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=request.properties)

    def RegisterResourceOutputs(self, request: Any) -> None:  # noqa: N802 - the SDK's name
        if request.urn == self.make_urn("", _STACK_TYPE, f"{PROJECT}-{STACK}"):
            self.outputs = _plain(request.outputs)


def _plain(value: Any) -> Any:
    """What a message of the SDK holds, in plain types."""
    if value is None or isinstance(value, str | float | bool):
        return value
    if hasattr(value, "keys"):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value]


def unknown_in(value: object) -> bool:
    """Whether something in a value is not known yet."""
    match value:
        case dict():
            return any(unknown_in(one) for one in value.values())
        case list():
            return any(unknown_in(one) for one in value)
    return value == UNKNOWN


def stopped(program: Callable[[], object], *, preview: bool = True) -> tuple[str, list[Registered]]:
    """What a program says when it stops itself, and what it has registered by then."""
    monitor = Monitor(preview=preview)
    try:
        record(program, preview=preview, monitor=monitor)
    except pulumi.RunError as error:
        return str(error), monitor.registered
    raise AssertionError("the program did not stop")
