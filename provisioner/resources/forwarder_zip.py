"""The forwarder's Lambda zip: its code, its routes and its own boto3, the same bytes for the same input.

boto3 is vendored because the runtime's own is older than the conditional requests that the forwarder relies on.
"""

import importlib.util
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from provisioner.access.limits import MAX_ZIP_BYTES
from provisioner.access.routes import routes_of
from provisioner.forwarder.routes import ROUTES_FILE, Routes
from provisioner.settings import Settings

HANDLER = "forwarder.handler.handle"
"""What the Lambda is told to call."""

VENDORED = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
"""boto3 and everything it needs at run time, as installed here. Certificates are botocore's own."""

SERVICES = ("s3", "sqs", "sts")
"""The services whose descriptions are kept of botocore's several hundred."""

SHARED_DATA = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
"""What botocore reads for every service."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
_READ_ONLY_FILE = 0o100644 << 16
_UNIX = 3


class ForwarderZipError(Exception):
    """The forwarder's zip cannot be made; the text says what to do."""


def build(routes: Routes) -> bytes:
    """The zip for these routes. Raises ForwarderZipError if Lambda would not take it or a package is not installed.

    Files are stored, not compressed: two builds of zlib may compress the same input to different bytes.
    """
    files = dict(_package("provisioner.forwarder", "forwarder"))
    for name in VENDORED:
        files.update(_package(name, name))
    files.update(_botocore_data())
    files[ROUTES_FILE] = routes.to_json().encode()
    return _zip(files)


def code_bytes(settings: Settings) -> int:
    """The bytes of the zip without any route. Each route adds what it takes in `routes.json`: nothing is compressed."""
    nothing = routes_of((), settings)
    return len(build(nothing)) - len(nothing.to_json().encode())


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX  # whatever system builds it
            entry.external_attr = _READ_ONLY_FILE
            archive.writestr(entry, files[name])
    content = buffer.getvalue()
    if len(content) > MAX_ZIP_BYTES:
        raise ForwarderZipError(
            f"the forwarder's zip has {len(content)} bytes and Lambda takes {MAX_ZIP_BYTES}: look for what has grown "
            "among the vendored packages, and leave it out in provisioner/resources/forwarder_zip.py"
        )
    return content


def _package(module: str, name: str) -> Iterator[tuple[str, bytes]]:
    """The Python files of an installed package or module, by their names in the zip under `name`."""
    origin = _origin(module)
    if origin.name != "__init__.py":
        return _read([origin], origin.parent, "")
    return _read(origin.parent.rglob("*.py"), origin.parent, f"{name}/")


def _botocore_data() -> Iterator[tuple[str, bytes]]:
    """The certificates and service descriptions that botocore reads."""
    root = _origin("botocore").parent
    wanted = [root / "cacert.pem", *(root / "data" / name for name in SHARED_DATA)]
    for service in SERVICES:
        found = sorted(
            path for path in (root / "data" / service).rglob("*") if path.name.endswith((".json", ".json.gz"))
        )
        if not found:
            raise ForwarderZipError(f"the installed botocore does not describe {service}: install the locked packages")
        wanted += found
    return _read(wanted, root, "botocore/")


def _read(paths: Iterable[Path], root: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    return ((prefix + path.relative_to(root).as_posix(), path.read_bytes()) for path in paths)


def _origin(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ForwarderZipError(f"the Python package {module} is not installed: install the locked packages")
    return Path(spec.origin)
