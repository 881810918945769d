"""A child process that runs the forwarder as Lambda does: `python -I -S lambda_runtime.py FOLDER`.

FOLDER is the unpacked zip, and with `-I -S` nothing but it and the standard library can be imported: so this file
imports nothing of the project either. Each line in is a batch; each line out says what became of it.
"""

import importlib
import json
import os
import resource
import sys
import time
from typing import Any

HANDLER = "forwarder.handler"
FUNCTION_SECONDS = 900


class Context:
    """What Lambda tells a function of its run."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + FUNCTION_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends - time.monotonic()) * 1000)


def main(folder: str) -> None:
    """Import the handler, then handle a batch a line until there are no more."""
    # The handler's own lines go where the parent wants them; answers have this pipe to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**said: Any) -> None:
        answers.write(json.dumps({**said, **usage()}) + "\n")
        answers.flush()

    begun = time.perf_counter()
    sys.path.insert(0, folder)
    handler = importlib.import_module(HANDLER)
    answer(seconds=time.perf_counter() - begun)
    for line in sys.stdin:
        batch = json.loads(line)
        begun = time.perf_counter()
        answered = handler.handle(batch, Context())
        answer(seconds=time.perf_counter() - begun, kept=len(answered["batchItemFailures"]))


def usage() -> dict[str, float]:
    """CPU seconds and the most KiB of memory so far, of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": used.ru_utime + used.ru_stime, "peak_kib": used.ru_maxrss}


if __name__ == "__main__":
    main(sys.argv[1])
