"""The manifest of a run: a CSV file, made of what the ledger says is revealed and not yet listed."""

import csv
import io
from collections.abc import Sequence
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from exporter.encode.encode import Encoded, EncodedFile
from exporter.engine.events import ManifestWritten
from exporter.engine.files import Files, reveal
from exporter.engine.keys import stem
from exporter.engine.work import Work
from exporter.failure import ExportError, SupersededError, TakenError
from exporter.ledger.model import File
from exporter.ledger.sql import MANIFEST
from provisioner.exports.model import Manifest, Publish
from provisioner.exports.template import Value


def write_manifest(work: Work, manifest: Manifest) -> str:
    """Write the manifest, also one that lists no file, and record which files it lists.

    Returns:
        Its key.

    Raises:
        ExportError: it could not be written; the files stay unlisted, and the next run's manifest lists them.
    """
    listed = work.ledger.unlisted(work.run.export, work.run.target)
    key = manifest.key.render(work.placeholders)
    files = Files(work=work, task=MANIFEST, partition=None, publish=Publish.ONCE)
    try:
        sink = files.open(key)
        sink.write(render(manifest, listed, ZoneInfo(work.export.timezone)))
        (file,) = files.stage(Encoded(files=(EncodedFile(sink=sink, records=len(listed)),)))
    except ExportError:
        files.discard()
        raise
    try:
        work.ledger.list_files(file, listed)
    except (SupersededError, TakenError):
        # No other error: where it is the answer that was lost, the commit may be made. The next run finds out.
        files.discard()
        raise
    reveal(work, file)
    work.tell(ManifestWritten(key=key, files=len(listed)))
    return key


def render(manifest: Manifest, files: Sequence[File], timezone: ZoneInfo) -> bytes:
    """The bytes of a manifest: a header, and a row for each file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(manifest.columns)
    for file in files:
        values: dict[str, Value] = {
            "stem": stem(file.key),
            "file": PurePosixPath(file.key).name,
            "key": file.key,
            "records": file.records,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "task": file.task,
            "time": file.staged_at.astimezone(timezone),
        }
        writer.writerow(template.render(values) for template in manifest.columns.values())
    return text.getvalue().encode()
