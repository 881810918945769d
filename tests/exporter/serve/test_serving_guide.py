"""docs/serving.md, followed as it stands there, with the five tasks of the knowledge base."""

import subprocess
from dataclasses import replace
from typing import Final

import psycopg

from exporter.serve.configuration import Configuration
from tests.exporter.guide import BLOCK, like, typed
from tests.exporter.serve.asking import TOKEN
from tests.exporter.serve.conftest import serving
from tests.exporter.systems.system import EXAMPLES, ROOT

GUIDE: Final = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
SYSTEM: Final = EXAMPLES / "archive_and_clean"
URL: Final = "http://127.0.0.1:8002"


def test_the_guide_does_what_it_says(configuration: Configuration, database: psycopg.Connection) -> None:
    for file in ("schema.sql", "data.sql"):
        database.execute((SYSTEM / "sample" / file).read_bytes())
    tasks = SYSTEM / "push_datasets" / "common_knowledge" / "tasks"
    commands = [each for kind, _, screen in BLOCK.findall(GUIDE) if kind == "console" for each in typed(screen)]
    assert len(commands) == 4
    with serving(replace(configuration, tasks=tasks)) as client:
        for command, shown in commands:
            if "/runs/" in command:
                client.ended("/runs/1")
            said = subprocess.run(
                ["/bin/bash", "-c", command.replace(URL, client.url)],
                env={"PATH": "/usr/bin:/bin", "EXPORTER_TOKEN": TOKEN},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.replace("\r\n", "\n")
            assert like(shown, f"{said}\n"), f"$ {command}\n{said}"
        listed = [task["name"] for task in client.get("/exports").json]
        (run,) = client.get("/runs").json
    assert listed == ["agency", "source", "source_file", "source_run_page", "source_run_report"]
    assert run["state"] == "published"
    made = {path.name.partition("-")[0] for path in configuration.files.iterdir()}
    assert made >= {"agency", "source_file", "source_run_page"}
