"""The PostgreSQL of the tour and the tests ends with the program that started it, however that ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.emulator.processes import told_of

ROOT: Final = Path(__file__).parents[2]
KEEPER_AND_SERVER: Final = 2
PROGRAM: Final = """
import time
from provisioner.emulator.postgres import Server
with Server() as server:
    print(server.url.partition("host=")[2], flush=True)
    time.sleep(60)
"""


def test_it_is_gone_after_its_program_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        folder = Path(program.stdout.readline().strip())
        assert len(told_of(str(folder))) == KEEPER_AND_SERVER
        program.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (told_of(str(folder)) or folder.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (told_of(str(folder)), folder.exists()) == ([], False)
