"""The forwarder's log: one JSON line an event, which CloudWatch Logs reads as fields."""

import json
import sys
from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, Any]


def write_line(fields: Fields) -> None:
    """Write one event on standard output, without the fields that are None.

    Callers pass names and numbers only: never an object's contents, metadata or tags, never credentials.
    """
    sys.stdout.write(json.dumps({name: value for name, value in fields.items() if value is not None}) + "\n")
    sys.stdout.flush()
