"""The emulator's own processes: ``python -m provisioner.emulator.server keep|serve …``.

``keep`` is a small keeper. It starts ``serve`` in a process group of its own and waits for its standard input to end,
which happens when the program that started it closes the pipe *or dies in any way*, SIGKILL included. Then it kills
that group (the emulator and every Lambda worker) and removes the folder of this run. SIGKILL at once: the emulator
holds nothing worth saving, and its polite shutdown waits up to 30 s for open TLS connections.

``serve`` corrects MiniStack and serves it. It imports neither Pulumi nor anything else of the project.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ENDED = "ended"
"""A file of this name in the folder says that the emulator stopped by itself."""


def keep(folder: Path, listener: int) -> int:
    """Run the emulator on the bound socket ``listener`` until standard input ends, then remove ``folder``."""
    # The emulator's end of this pipe closes when it dies: no polling, no signal handler.
    alive_read, alive_write = os.pipe()
    # This interpreter and this module: nothing here comes from outside. It writes to the log that we write to.
    emulator = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", __spec__.name, "serve", str(folder), str(listener)],
        stdin=subprocess.DEVNULL,
        pass_fds=(alive_write, listener),
        process_group=0,
    )
    os.close(alive_write)
    os.close(listener)
    try:
        ready, _, _ = select.select([sys.stdin, alive_read], [], [])
        if sys.stdin not in ready:
            # It stopped by itself: leave the log to whoever waits for it, until they close the pipe.
            (folder / ENDED).touch()
            sys.stdin.read()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(emulator.pid, signal.SIGKILL)
        emulator.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def serve(folder: Path, listener: int) -> int:
    """Correct MiniStack and serve it on the bound socket ``listener`` until killed."""
    # Lambda workers inherit this environment; the project must not become importable inside a function by this.
    os.environ.pop("PYTHONPATH", None)

    from provisioner.emulator import corrections

    try:
        corrections.apply()
    except corrections.MismatchError as mismatch:
        print(f"The emulator cannot start: {mismatch}", file=sys.stderr)  # noqa: T201 - the log is this process's voice
        return 1

    from hypercorn.__main__ import main as hypercorn

    # MiniStack's own main() would also take port 443 and write a file for its process id outside our folder.
    # Zero workers: served in this process, so that the corrections hold.
    certificate = ["--certfile", str(folder / "cert.pem"), "--keyfile", str(folder / "key.pem")]
    return hypercorn(["--workers", "0", "--bind", f"fd://{listener}", *certificate, "ministack.app:app"])


if __name__ == "__main__":
    _command, _folder, _listener = sys.argv[1:]
    sys.exit({"keep": keep, "serve": serve}[_command](Path(_folder), int(_listener)))
