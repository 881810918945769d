"""The HTTP API of seed 001: its JSON to the byte, and what it says of what is wrong."""

import io
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from exporter.serve.configuration import Configuration
from tests.exporter.serve.asking import Client, lines_of
from tests.exporter.serve.conftest import serving
from tests.exporter.serve.dsl import DELETE, SELECT, make_table, rows_left, write_task

AGENCY = (
    '{"name":"agency",'
    '"select_query":"COPY (SELECT id, name FROM agency WHERE is_deleted) TO STDOUT WITH CSV HEADER\\n",'
    '"delete_query":"DELETE FROM agency WHERE is_deleted;\\n"}'
)


def test_the_tasks_are_listed_in_the_seeds_json(reader: Client) -> None:
    listed = reader.get("/exports")
    assert (listed.status, listed.text) == (200, f"[{AGENCY},{AGENCY.replace('agency', 'source')}]")


def test_one_task_is_shown_in_the_seeds_json(reader: Client) -> None:
    shown = reader.get("/exports/agency")
    assert (shown.status, shown.text) == (200, AGENCY)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_task_is_not_found(reader: Client, method: str) -> None:
    answer = reader.ask(method, "/exports/nobody")
    assert (answer.status, answer.text) == (404, '{"detail":"Task not found"}')


def test_an_export_of_one_task_is_answered_ok_and_published(
    client: Client, configuration: Configuration, database: psycopg.Connection
) -> None:
    answer = client.post("/exports/agency")
    assert (answer.status, answer.text) == (200, '{"status":"Ok"}')

    run = client.ended(answer.headers["location"])
    assert (run["task"], run["state"], run["error"]) == ("agency", "published", None)
    (file,) = run["files"]
    assert lines_of(configuration.files, file["key"]) == ["id,name", "2,n2", "4,n4", "6,n6"]
    assert rows_left(database, "agency") == [1, 3, 5]
    assert rows_left(database, "source") == [1, 2, 3, 4, 5, 6]


def test_an_export_of_all_is_answered_ok_and_published(client: Client, configuration: Configuration) -> None:
    answer = client.post("/exports")
    assert (answer.status, answer.text) == (200, '{"status":"Ok"}')

    run = client.ended(answer.headers["location"])
    assert (run["task"], run["state"]) == (None, "published")
    assert [file["task"] for file in run["files"]] == ["agency", "source"]
    assert sorted(path.name for path in configuration.files.iterdir()) == [file["key"] for file in run["files"]]


def test_a_second_export_in_the_same_second_never_writes_over_the_first(
    client: Client, configuration: Configuration, database: psycopg.Connection
) -> None:
    client.ended(client.post("/exports/agency").headers["location"])
    database.execute("INSERT INTO agency VALUES (8, 'n8', true)")
    client.ended(client.post("/exports/agency").headers["location"])
    first, second = sorted(path.name for path in configuration.files.iterdir())
    assert lines_of(configuration.files, first) == ["id,name", "2,n2", "4,n4", "6,n6"]
    assert lines_of(configuration.files, second) == ["id,name", "8,n8"]


def test_a_run_that_finds_nothing_is_empty_and_makes_no_file(
    client: Client, configuration: Configuration, database: psycopg.Connection
) -> None:
    database.execute("DELETE FROM agency WHERE is_deleted")
    run = client.ended(client.post("/exports/agency").headers["location"])
    assert (run["state"], run["files"], run["error"]) == ("empty", [], None)
    assert list(configuration.files.iterdir()) == []


def test_a_run_that_fails_says_why(client: Client, database: psycopg.Connection) -> None:
    database.execute("DROP TABLE agency")
    run = client.ended(client.post("/exports").headers["location"])
    assert run["state"] == "failed"
    assert 'relation "agency" does not exist' in run["error"]
    assert [file["task"] for file in run["files"]] == ["source"]


def test_the_runs_are_listed_the_newest_first(client: Client) -> None:
    for task in ("agency", "source"):
        client.ended(client.post(f"/exports/{task}").headers["location"])
    assert [run["task"] for run in client.get("/runs").json] == ["source", "agency"]
    assert [run["task"] for run in client.get("/runs?limit=1").json] == ["source"]


def test_a_run_that_was_never_asked_for_is_not_found(reader: Client) -> None:
    answer = reader.get("/runs/77")
    assert (answer.status, answer.text) == (404, '{"detail":"Run not found"}')


@pytest.fixture
def broken(client: Client, configuration: Configuration) -> Client:
    """Beside the two tasks there is one that lacks its delete.sql."""
    write_task(configuration.tasks, "page")
    (configuration.tasks / "page" / "delete.sql").unlink()
    return client


WORDS = "page/delete.sql: there is no such file; a task has select.sql and delete.sql"


def test_a_broken_task_is_not_listed_with_the_others(broken: Client) -> None:
    assert [task["name"] for task in broken.get("/exports").json] == ["agency", "source"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_asks_for_a_broken_task_is_told_what_is_wrong(broken: Client, method: str) -> None:
    answer = broken.ask(method, "/exports/page")
    assert (answer.status, answer.json) == (500, {"detail": WORDS})
    assert broken.get("/runs").json == []


def test_a_broken_task_takes_no_other_down_and_is_the_runs_error(broken: Client) -> None:
    run = broken.ended(broken.post("/exports").headers["location"])
    assert [file["task"] for file in run["files"]] == ["agency", "source"]
    assert (run["state"], run["error"]) == ("failed", WORDS)


def test_readiness_says_what_is_broken_to_whoever_has_the_token(broken: Client) -> None:
    ready = {"status": "Degraded", "database": "Ok", "files": "Ok", "tasks": "Ok"}
    answer = broken.get("/ready")
    assert (answer.status, answer.json) == (200, {**ready, "broken": {"page": WORDS}})
    assert replace(broken, token=None).get("/ready").json == {**ready, "broken": {"page": "broken"}}


def test_nothing_is_accepted_of_a_folder_without_tasks(configuration: Configuration) -> None:
    with serving(configuration) as client:
        answer = client.post("/exports")
        assert (answer.status, client.get("/runs").json) == (500, [])
        assert (
            answer.json["detail"] == f"{configuration.tasks}: there is no task that can be exported; look at DSL_PATH"
        )
        assert client.get("/ready").status == 503


def test_nothing_is_accepted_for_a_folder_that_is_not_mounted(configuration: Configuration, tmp_path: Path) -> None:
    write_task(configuration.tasks, "agency")
    words = f"{tmp_path}/nowhere: there is no such folder; mount or make it, or look at EXPORT_PATH"
    with serving(replace(configuration, files=tmp_path / "nowhere")) as client:
        ready, refused = client.get("/ready"), client.post("/exports")
        assert (ready.status, ready.json["files"]) == (503, words)
        assert (refused.status, refused.json, client.get("/runs").json) == (500, {"detail": words}, [])


def test_without_its_database_it_accepts_nothing_lists_tasks_and_never_shows_the_password(
    configuration: Configuration,
) -> None:
    write_task(configuration.tasks, "agency")
    log = io.StringIO()
    away = replace(configuration, database_url="postgresql://someone:pa55word@127.0.0.1:1/away")
    with serving(away, log=log) as client:
        assert client.get("/exports").text == f"[{AGENCY}]"
        answers = [client.post("/exports"), client.get("/ready"), client.get("/runs")]
    assert [answer.status for answer in answers] == [503, 503, 503]
    said = log.getvalue() + "".join(answer.text for answer in answers)
    assert "cannot be reached" in said
    assert "pa55word" not in said
    assert "Traceback" not in said


def test_a_fault_of_ours_is_answered_without_a_traceback(
    client: Client, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    del configuration

    def fault(*_: object) -> None:
        raise RuntimeError("postgresql://someone:pa55word@host/name")

    monkeypatch.setattr("exporter.serve.service.read_folder", fault)
    answer = client.get("/exports")
    assert answer.status == 500
    assert answer.json == {"detail": "this is a fault of the program, not of yours: RuntimeError"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/exports"), ("GET", "/exports/agency"), ("POST", "/exports"), ("POST", "/exports/agency")],
)
@pytest.mark.parametrize("token", [None, "another-token-of-tests"])
def test_nothing_is_told_or_done_without_the_token(reader: Client, method: str, path: str, token: str | None) -> None:
    answer = replace(reader, token=token).ask(method, path)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert reader.get("/runs").json == []


def test_a_supervisor_needs_no_token(reader: Client) -> None:
    supervisor = replace(reader, token=None)
    assert supervisor.get("/health").text == '{"status":"Ok"}'
    assert supervisor.get("/ready").status == 200


def test_where_no_token_is_asked_for_a_page_of_another_site_is_kept_out(configuration: Configuration) -> None:
    write_task(configuration.tasks, "agency")
    with serving(configuration, token=None) as client:
        assert client.get("/exports").status == 200
        assert client.post("/exports", Origin="https://another.example").status == 403
        assert client.post("/exports", Host="rebound.example").status == 403


def test_openapi_describes_every_route(reader: Client) -> None:
    described = reader.get("/openapi.json").json["paths"]
    assert {path: sorted(methods) for path, methods in described.items()} == {
        "/health": ["get"],
        "/ready": ["get"],
        "/exports": ["get", "post"],
        "/exports/{task_name}": ["get", "post"],
        "/runs": ["get"],
        "/runs/{run_id}": ["get"],
    }


def test_a_changed_task_is_seen_at_once(
    client: Client, configuration: Configuration, database: psycopg.Connection
) -> None:
    make_table(database, "page")
    write_task(configuration.tasks, "page", SELECT, DELETE)
    assert client.get("/exports/page").status == 200
    assert client.ended(client.post("/exports/page").headers["location"])["state"] == "published"
