"""The exporter's imports only ever point down a list of layers, and its help loads nothing heavy."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.test_import_order import REPOSITORY, imports_of

LAYERS: Final = (
    ("__main__",),
    ("cli",),
    ("serve",),
    ("reporting",),
    ("freshness", "schedule", "source", "verification"),
    ("engine",),
    ("database", "encode", "ledger"),
    ("publish",),
    ("selection",),
    ("failure",),
)
"""From the top; each may import what stands below it, and none its neighbours."""
BELOW: Final = frozenset({"exports", "datasets", "settings", "reading", "failure", "reporting", "cli"})
"""The layers of provisioner that the exporter may import: what people write, and how commands look."""
HEAVY: Final = ("psycopg", "boto3", "botocore", "pyarrow", "fastapi", "uvicorn", "isal", "sqlite3", "pulumi")
"""What `exporter --help` does not load."""


def sources(package: str) -> dict[str, str]:
    """Every module of a package by its dotted name."""
    found = {}
    for path in (REPOSITORY / package).rglob("*.py"):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text()
    return found


def rank(module: str) -> int:
    """How far down a module of the exporter stands; the package itself stands below all."""
    parts = module.split(".")
    return next(i for i, layer in enumerate(LAYERS) if parts[1] in layer) if len(parts) > 1 else len(LAYERS)


def wrong_imports(modules: Mapping[str, str]) -> list[str]:
    """Each import that points up or sideways, or into what of provisioner is not the exporter's business."""
    wrong = []
    for module, source in modules.items():
        for imported in imports_of(module, source, modules):
            package, *rest = imported.split(".")
            up = package == "exporter" and rank(imported) <= rank(module)
            itself = imported.split(".")[:2] == module.split(".")[:2]
            abroad = package == "provisioner" and rest[:1] and rest[0] not in BELOW
            if (up and not itself) or abroad:
                wrong.append(f"{module} imports {imported}")
    return wrong


def test_every_module_has_a_layer() -> None:
    package = REPOSITORY / "exporter"
    there = {path.stem for path in [*package.glob("*.py"), *(path.parent for path in package.glob("*/__init__.py"))]}
    assert there - {"__init__"} == {name for layer in LAYERS for name in layer}


def test_an_import_only_points_down() -> None:
    assert wrong_imports(sources("exporter")) == []


def test_provisioner_knows_nothing_of_the_exporter() -> None:
    modules = sources("provisioner")
    imported = [name for module, source in modules.items() for name in imports_of(module, source, modules)]
    assert not [name for name in imported if name.split(".")[0] == "exporter"]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("exporter.ledger.model", "from exporter.engine.run import run_export"),
        ("exporter.ledger.sql", "from exporter.database.connection import connect"),
        ("exporter.publish.folder", "from ..ledger import model"),
        ("exporter.failure", "import exporter.selection"),
        ("exporter.engine.run", "from provisioner.resources import stack"),
    ],
)
def test_this_sees_an_import_that_points_elsewhere(module: str, line: str) -> None:
    modules = sources("exporter")
    assert len(wrong_imports({**modules, module: f"{modules[module]}\n{line}"})) == 1


def test_the_help_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom exporter.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "[]"
