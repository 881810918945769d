"""A Pulumi archive as the bytes of a zip, which is what Lambda takes."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pulumi.asset import Archive, Asset, AssetArchive, FileArchive, FileAsset, StringAsset


def zipped(archive: Archive) -> bytes:
    """The zip of an archive; a zip file is taken as it is, byte for byte.

    Raises:
        ValueError: the archive, or something in it, is fetched over the network.
    """
    match archive:
        case FileArchive(path=path) if Path(path).is_file():
            return Path(path).read_bytes()
        case _:
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
                for name, data in sorted(_files(archive)):
                    made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            return content.getvalue()


def _files(item: Archive | Asset, name: str = "") -> Iterator[tuple[str, bytes]]:
    """Name in the zip, and content, of each file."""
    match item:
        case StringAsset(text=text):
            yield name, text.encode()
        case FileAsset(path=path):
            yield name, Path(path).read_bytes()
        case FileArchive(path=path) if Path(path).is_dir():
            for file in Path(path).rglob("*"):
                if file.is_file():
                    yield str(Path(name, file.relative_to(path))), file.read_bytes()
        case FileArchive(path=path):
            with zipfile.ZipFile(path) as inner:
                for member in inner.namelist():
                    yield str(Path(name, member)), inner.read(member)
        case AssetArchive(assets=assets):
            for member, asset in assets.items():
                yield from _files(asset, str(Path(name, member)))
        case _:
            raise ValueError(f"the embedded AWS fetches nothing: {type(item).__name__} in an archive")
