"""The exports that are killed: between them every format that has parts, every ledger, target and way to publish."""

from dataclasses import replace
from typing import Final

from provisioner.exports.model import Export, Format, LedgerPlace, Mode, Package, Publish, WhenEmpty
from provisioner.exports.template import Template
from tests.exporter.engine.exports import MANIFEST, export, query, task

NAME: Final = "visits"

CHANGED: Final = task(
    "SELECT id, version, updated_at, values_updated_at FROM visit WHERE year = :year",
    name="core",
    mode=Mode.WINDOW,
    cursor=("updated_at", "values_updated_at"),
    partitions=query("SELECT year FROM visit GROUP BY year ORDER BY year"),
    key="{task}_{year}_f{base:04}_inc{increment:04}_{part}.csv",
    records_per_part=12,
)
"""What has changed in the windows of partitions."""

OUTBOX: Final = task(
    "SELECT id, version FROM outbox",
    name="outbox",
    delete=query("DELETE FROM outbox"),
    key="{task}_{base}_{increment}_{part}.csv",
    records_per_part=40,
)
"""Rows that are deleted."""

PLAIN: Final = export(CHANGED, OUTBOX, manifest=MANIFEST)
"""As CSV, in more than one file each."""

PACKED: Final = export(
    replace(
        CHANGED,
        format=Format.XML,
        records_per_part=5,
        package=Package(
            part=Template("{stem}_pt{part:03}.xml"),
            manifest="manifest.xml",
            count=("report", "form-data-summary", "records", "count-of-records"),
        ),
        key=Template("{task}_{year}_f{base:04}_inc{increment:04}.zip"),
    ),
    replace(OUTBOX, format=Format.CSV_GZ, key=Template("{task}_{base}_{increment}_{part}.csv.gz")),
    manifest=MANIFEST,
)
"""As archives of XML that say how many records they hold, and as compressed CSV."""

PIECES: Final = export(
    task(
        "SELECT id, version, updated_at, values_updated_at FROM visit",
        name="core",
        mode=Mode.WINDOW,
        cursor=("updated_at", "values_updated_at"),
        order=("id",),
        key="{task}_f{base:04}_inc{increment:04}.csv",
    ),
    task(
        "SELECT id, version FROM visit",
        name="latest",
        key="{task}.csv",
        publish=Publish.REPLACE,
        when_empty=WhenEmpty.WRITE,
    ),
    manifest=MANIFEST,
    ledger=LedgerPlace.FILE,
    parallel=2,
)
"""All in pieces, and a file that is replaced, two at a time and with a ledger beside the source."""

DELETED: Final = export(OUTBOX)
"""The least, for where each step takes longer."""

EXPORTS: Final[dict[str, Export]] = {"plain": PLAIN, "packed": PACKED, "pieces": PIECES, "deleted": DELETED}
