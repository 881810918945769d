"""An import only ever points down the list of layers, and what is pure touches nothing of the world."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).parents[1]
PACKAGE: Final = "provisioner"

LAYERS: Final = (
    "__main__",
    "cli",
    "new_dataset",
    "emulator",
    "program",
    "reporting",
    "operations",
    "live",
    "revisions",
    "resources",
    "stacks",
    "changes",
    "access",
    "datasets",
    "exports",
    "settings",
    "reading",
    "failure",
)
"""From the top; each may import what stands below it. What runs alone stands beside them all."""
ALONE: Final = ("forwarder", "github")
"""They run where nothing else of the project is: in AWS, and in a workflow's job that installs nothing."""
ROUTES: Final = f"{PACKAGE}.forwarder.routes"
"""All of the forwarder that the others know: it ships alone."""

PURE: Final = ("stacks", "changes", "access", "datasets", "exports", "settings", "reading")
WORLD: Final = frozenset(
    {
        *("pulumi", "pulumi_aws", "boto3", "botocore", "ministack", "trustme", "psycopg"),
        *("os", "io", "time", "socket", "subprocess", "shutil", "tempfile", "urllib", "random", "secrets", "uuid"),
    }
)
"""Modules of AWS, Pulumi, clocks, chance, the environment and the disk."""
CLOCKS_AND_ENVIRONMENT: Final = frozenset({"now", "utcnow", "today", "fromtimestamp", "environ", "getenv"})
FILES: Final = frozenset(
    {
        *("open", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob", "scandir"),
        *("exists", "is_file", "is_dir", "mkdir", "unlink", "cwd", "resolve"),
    }
)
"""What reads or writes files without importing any of these modules, as `pathlib` does."""
TOUCH_FILES: Final = (f"{PACKAGE}.datasets.folder", f"{PACKAGE}.settings.file")
"""The edge of what is pure: the two modules that read files."""

HEAVY: Final = ("pulumi", "pulumi_aws", "boto3", "botocore", "ministack", "trustme")
"""What no command loads that does not need it."""


def sources() -> dict[str, str]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in (REPOSITORY / PACKAGE).rglob("*.py"):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text()
    return found


# The tests that see what is wrong ask about all modules again, of which they change one.
@functools.cache
def _imports(source: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    return tuple(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom))


def imports_of(module: str, source: str, modules: Iterable[str]) -> Iterator[str]:
    """The full names of the modules that a module imports, wherever in it the import stands."""
    known = set(modules)
    is_package = any(name.startswith(f"{module}.") for name in known)
    for node in _imports(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parents = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from package import module` and `from module import thing` look the same.
                yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base


def layer(module: str) -> str:
    """The layer that a module of the package belongs to."""
    return module.split(".")[1] if "." in module else ""


def upward_imports(modules: Mapping[str, str]) -> list[str]:
    """Each import that points up the list, and each of or by what runs alone that it must not have."""
    wrong = []
    for module, source in modules.items():
        for imported in imports_of(module, source, modules):
            if imported.split(".")[0] != PACKAGE:
                continue
            above, below = layer(module), layer(imported)
            if above == below or (imported == ROUTES and above in LAYERS):
                continue
            if above in ALONE or below in ALONE or LAYERS.index(above) > LAYERS.index(below):
                wrong.append(f"{module} imports {imported}")
    return wrong


@functools.cache
def _calls(source: str) -> tuple[str, ...]:
    """The last part of the name of each thing called, and of each attribute of `os`."""
    names = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                names.append(name)
            case ast.Attribute(value=ast.Name(id="os"), attr=name):
                names.append(name)
    return tuple(names)


def world_touched(modules: Mapping[str, str]) -> list[str]:
    """Each place where a pure module touches the world."""
    wrong = []
    for module, source in modules.items():
        if layer(module) not in PURE:
            continue
        edge = module in TOUCH_FILES
        for imported in imports_of(module, source, modules):
            name = imported.split(".")[0]
            if name in WORLD and not (edge and name == "os"):
                wrong.append(f"{module} imports {imported}")
        wrong += [
            f"{module} uses {name}"
            for name in _calls(source)
            if name in CLOCKS_AND_ENVIRONMENT or (name in FILES and not edge)
        ]
    return wrong


def test_every_module_has_a_layer() -> None:
    layers = {layer(module) for module in sources() if "." in module}
    assert layers == {*LAYERS, *ALONE}


def test_an_import_only_points_down() -> None:
    assert upward_imports(sources()) == []


def test_what_runs_in_a_workflow_imports_the_standard_library_alone() -> None:
    modules = sources()
    imported = {
        name.split(".")[0]
        for module, source in modules.items()
        if layer(module) == "github"
        for name in imports_of(module, source, modules)
    }
    assert imported - {PACKAGE} <= sys.stdlib_module_names


def test_what_is_pure_touches_no_file_no_clock_no_environment_and_nothing_of_aws() -> None:
    assert world_touched(sources()) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("provisioner.access.grants", "from provisioner.resources.stack import provision"),
        ("provisioner.access.grants", "from provisioner.changes import plan"),
        ("provisioner.settings.model", "import provisioner.datasets.model"),
        ("provisioner.reading.keys", "from provisioner import settings"),
        ("provisioner.datasets.folder", "def f():\n    from ..access import grants"),
        ("provisioner.datasets.rules.names", "from ...access.grants import Grant"),
        ("provisioner.resources.bucket", "from provisioner import cli"),
        ("provisioner.resources.stack", "from provisioner.forwarder.handler import handle"),
        ("provisioner.forwarder.handler", "from provisioner.settings import Settings"),
        ("provisioner.forwarder.handler", "from .. import settings"),
        ("provisioner.forwarder", "from ..reading import keys"),
        ("provisioner.failure", "from provisioner.reading.problem import Problem"),
        ("provisioner.github.comment", "from provisioner.reporting.problems import tally"),
        ("provisioner.github.api", "from ..failure import UnavailableError"),
        ("provisioner.cli.validate", "from provisioner.github.api import GitHub"),
        ("provisioner.github", "from provisioner.forwarder.routes import Routes"),
    ],
)
def test_this_sees_an_import_that_points_up(module: str, line: str) -> None:
    modules = {**sources(), "provisioner.changes": "", "provisioner.changes.plan": ""}
    assert len(upward_imports({**modules, module: f"{modules[module]}\n{line}"})) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("provisioner.access.grants", "import pulumi"),
        ("provisioner.access.limits", "def f():\n    import boto3.session"),
        ("provisioner.datasets.rules.agreement", "today = datetime.date.today()"),
        ("provisioner.settings.model", "import datetime\nnow = datetime.datetime.now(datetime.UTC)"),
        ("provisioner.datasets.folder", "stack = os.environ['STACK']"),
        ("provisioner.reading.document", "import time"),
        ("provisioner.reading.document", "text = open('file').read()"),
        ("provisioner.datasets.model", "def f(path):\n    return path.read_text()"),
    ],
)
def test_this_sees_the_world_in_what_is_pure(module: str, line: str) -> None:
    modules = sources()
    assert len(world_touched({**modules, module: f"{modules[module]}\n{line}"})) == 1


def loaded_by(code: str) -> list[str]:
    """Which of the heavy packages a piece of code loads, in a process of its own."""
    report = f"import sys; print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"import atexit\natexit.register(lambda: exec({report!r}, {{}}))\n{code}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 0, done.stderr
    found: list[str] = ast.literal_eval(last)
    return found


def test_this_sees_what_a_process_loads() -> None:
    assert loaded_by("import boto3") == ["boto3", "botocore"]


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    assert loaded_by("import provisioner.cli") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["validate", "--help"],
        ["validate"],
        ["validate", "--format", "json"],
        ["explain", "new_project"],
        ["can", "alpha_user_one", "read", "s3://mojap-new-project/"],
        ["who", "new_project"],
        ["deploy-roles"],
        ["stacks"],
        ["plan", "--base", "tests/examples/valid/other_settings", "--exit-zero"],
    ],
    ids=" ".join,
)
def test_a_command_that_needs_no_aws_loads_nothing_of_it(arguments: list[str]) -> None:
    assert loaded_by(f"import sys, provisioner.cli\nsys.exit(provisioner.cli.main({arguments!r}))") == []
