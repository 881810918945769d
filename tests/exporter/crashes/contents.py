"""The rows of a published file, whatever it is written in, and what it says of their number."""

import csv
import gzip
import io
import re
import zipfile

Row = tuple[int, int]
"""A row's id, and its version."""


def rows_of(key: str, data: bytes) -> list[Row]:
    if key.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [row for name in archive.namelist() if name != "manifest.xml" for row in _xml(archive.read(name))]
    return [
        (int(row["id"]), int(row["version"])) for row in table(gzip.decompress(data) if key.endswith("z") else data)
    ]


def counted(data: bytes) -> int:
    """What the manifest within an archive says."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist()[-1] == "manifest.xml"
        (count,) = re.findall(rb"<count-of-records>(\d+)</count-of-records>", archive.read("manifest.xml"))
    return int(count)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def _xml(document: bytes) -> list[Row]:
    return [(int(id_), int(version)) for id_, version in re.findall(rb"<id>(\d+)</id>\s*<version>(\d+)<", document)]
