"""A folder of tasks is read as it is; what is broken is said in words and hides nothing."""

from pathlib import Path

import pytest

from exporter.serve.folder import FolderError, read_folder
from tests.exporter.serve.dsl import DELETE, SELECT, write_task


def test_a_task_shows_its_files_and_runs_the_bare_query(tmp_path: Path) -> None:
    write_task(tmp_path, "agency")
    task = read_folder(tmp_path).tasks["agency"]
    assert (task.select_text, task.delete_text) == (SELECT.format("agency"), DELETE.format("agency"))
    assert task.select.text == "SELECT id, name FROM agency WHERE is_deleted"
    assert task.delete.text == "DELETE FROM agency WHERE is_deleted"


@pytest.mark.parametrize(
    ("select", "delete", "words"),
    [
        ("", DELETE, "broken/select.sql:1:1: there is no statement in it; write a SELECT"),
        (
            "SELECT 1;\nSELECT 2",
            DELETE,
            "broken/select.sql:2:1: a second statement begins here; keep one statement, and remove the others",
        ),
        (DELETE, DELETE, "broken/select.sql:1:1: this begins with DELETE, and is no query; write a SELECT"),
        (SELECT, "SELECT 1", "broken/delete.sql:1:1: this begins with SELECT, and deletes nothing; write a DELETE"),
        (
            "SELECT :day",
            DELETE,
            "broken/select.sql: there is no value for ':day'; a task's query may ask for :run_at",
        ),
    ],
)
def test_a_broken_statement_is_found_where_it_stands_and_hides_no_other_task(
    tmp_path: Path, select: str, delete: str, words: str
) -> None:
    write_task(tmp_path, "agency")
    write_task(tmp_path, "broken", select, delete)
    folder = read_folder(tmp_path)
    assert (list(folder.tasks), folder.broken) == (["agency"], {"broken": words})


def test_a_file_that_is_no_text_is_said_to_be_none(tmp_path: Path) -> None:
    write_task(tmp_path, "broken")
    (tmp_path / "broken" / "select.sql").write_bytes(b"SELECT '\xff'")
    assert read_folder(tmp_path).broken == {"broken": "broken/select.sql: byte 9 is not UTF-8; save the file as UTF-8"}


def test_a_name_that_would_not_do_for_a_file_is_refused(tmp_path: Path) -> None:
    write_task(tmp_path, "agency (old)", SELECT.format("agency"), DELETE.format("agency"))
    folder = read_folder(tmp_path)
    assert folder.tasks == {}
    assert folder.broken["agency (old)"].startswith("agency (old): no name for a task")


def test_what_is_no_folder_or_hidden_is_no_task(tmp_path: Path) -> None:
    write_task(tmp_path, "..2026_11_25")  # as Kubernetes keeps a volume's files
    (tmp_path / "agency").symlink_to(tmp_path / "..2026_11_25")
    (tmp_path / "README.md").write_text("Our tasks.")
    folder = read_folder(tmp_path)
    assert (list(folder.tasks), folder.broken) == (["agency"], {})


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="look at DSL_PATH"):
        read_folder(tmp_path / "nowhere")
