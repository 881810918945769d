"""sling into a CSV that it compresses by gzip: `URL STATEMENT FILE`. Its program comes in a wheel."""

import os
import sys
from pathlib import Path

import sling_linux_amd64

url, statement, file = sys.argv[1:]
program = Path(sling_linux_amd64.__file__).parent / "bin" / "sling-linux-amd64"
os.environ["SOURCE"] = url
os.execv(  # noqa: S606 # a program of a wheel, and nothing of anybody else's
    program,
    [
        *("sling", "run", "--src-conn", "SOURCE", "--src-stream", statement),
        *("--tgt-object", Path(file).absolute().as_uri(), "--tgt-options", "{compression: gzip, format: csv}"),
    ],
)
