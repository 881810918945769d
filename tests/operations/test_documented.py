"""The page says what every field of the JSON means."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.documentation import ROOT
from tests.operations.stage import Operations


def fields(held: Any) -> Iterator[str]:
    """The names of all fields, at whatever depth."""
    if isinstance(held, dict):
        for name, inner in held.items():
            yield name
            yield from fields(inner)
    elif isinstance(held, list):
        for inner in held:
            yield from fields(inner)


@pytest.mark.parametrize("command", [["status"], ["redrive", "--yes"]], ids=" ".join)
def test_every_field_of_the_json_is_on_the_page(stage: Operations, command: list[str]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    stage.upload("visits/big")
    stage.trouble("visits/a", "retrying")
    stage.bury_denied("visits/b")
    stage.note("sweep", before=1.0, started=1.0, finished=2.0, found=0, listed=0)
    found = {*fields(json.loads(stage.run(*command).out))}
    assert len(found) > 10
    assert found <= {*re.findall(r"`([a-z_]+)`", page)}
