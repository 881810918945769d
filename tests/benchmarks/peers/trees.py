"""Records as XML by building a tree: `PACKAGE ROWS COLUMNS` prints seconds, CPU seconds and the checksum of all.

PACKAGE is lxml or ElementTree. ROWS is a file as COPY's text format has it, without anything that is escaped there;
COLUMNS is the JSON of their names and types. A tree has 10,000 records, as the parts of a package. Only the building
and writing is timed: the texts of the elements are there before.
"""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

if sys.argv[1] == "lxml":
    from lxml import etree
else:
    import xml.etree.ElementTree as etree  # noqa: N813 # the same names as lxml's; nothing is parsed

RECORDS = 10_000


def shown(text: str, kind: str) -> str | None:
    """The text of an element, as the exporter writes it."""
    if text in {r"\N", ""}:
        return None
    if kind == "boolean":
        return "true" if text == "t" else "false"
    if kind == "double precision":
        return text if "." in text else f"{text}.0"
    return f"{text[:10]}T{text[11:19]}{text[-3:]}:00" if kind.startswith("timestamp") else text


def document(records: list[list[str | None]]) -> bytes:
    """The bytes of one part."""
    forms: Any = etree.Element("forms")
    for record in records:
        form = etree.SubElement(forms, "form")
        for name, text in zip(names, record, strict=True):
            etree.SubElement(form, name).text = text
    if sys.argv[1] == "lxml":
        written: bytes = etree.tostring(forms, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    else:
        etree.indent(forms)
        written = etree.tostring(forms, encoding="UTF-8", xml_declaration=True) + b"\n"
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written.partition(b"?>\n")[2]


columns = json.loads(Path(sys.argv[3]).read_text())
names = [name for name, _ in columns]
rows = Path(sys.argv[2]).read_text().splitlines()
texts = [[shown(text, kind) for text, (_, kind) in zip(row.split("\t"), columns, strict=True)] for row in rows]
begun, cpu = time.perf_counter(), time.process_time()
documents = [document(texts[at : at + RECORDS]) for at in range(0, len(texts), RECORDS)]
seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
sys.stdout.write(json.dumps([seconds, cpu, hashlib.sha256(b"".join(documents)).hexdigest()]))
