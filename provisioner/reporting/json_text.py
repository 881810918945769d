"""JSON as it is written for programs, and shown to people."""

import json
from typing import Any


def json_text(held: Any) -> str:
    """The lines of a value as JSON, without a last line break.

    All of it is ASCII, so that no character can steer a terminal, and no line is a command of GitHub's runner.
    """
    return json.dumps(held, indent=2).replace("##[", r"#\u0023[")
