"""What Pulumi's Python language host does with `main`, but for the engine: run as a script, from its own folder.

It is given the project's folder and the program's path in it, as Pulumi.yaml names it. Pulumi changes into the
program's folder and runs the file there as `__main__`; the first entry of `sys.path` is the folder of Pulumi's script.
"""

import json
import os
import runpy
import sys
from pathlib import Path


def main() -> None:
    root, program, tests = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    sys.path.append(tests)  # after everything that Pulumi gives: only to find the recorder
    from tests.resources.recorder import record

    sys.path.remove(tests)
    os.chdir(program.parent)
    sys.argv = [program.name]
    recording = record(lambda: runpy.run_path(program.name, run_name="__main__"), preview=True, root=str(root))
    print(json.dumps({"resources": [one.urn for one in recording.resources], "outputs": recording.outputs}))  # noqa: T201


if __name__ == "__main__":
    main()
