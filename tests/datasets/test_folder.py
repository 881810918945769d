"""What lies in the dataset folders of a real disk, and what paths on a command line name."""

import os
from pathlib import Path

import pytest

from provisioner.datasets.catalogue import check_files
from provisioner.datasets.folder import MOST_BESIDE, read_folders, read_paths
from provisioner.datasets.keys import Kind
from tests.datasets.cases import PULL, PUSH, SETTINGS, TODAY


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a right dataset of each kind."""
    (tmp_path / "push_datasets").mkdir()
    (tmp_path / "pull_datasets").mkdir()
    (tmp_path / "push_datasets" / "visits.yaml").write_text(PUSH)
    (tmp_path / "pull_datasets" / "extracts.yaml").write_text(PULL)
    return tmp_path


def found_in(root: Path) -> list[str]:
    return [str(problem) for problem in read_folders(root)[1]]


def test_files_are_read_push_first_and_by_name(checkout: Path) -> None:
    (checkout / "push_datasets" / "a.yaml").write_bytes(b"\xff")
    files, problems = read_folders(checkout)
    assert problems == []
    assert [(file.file, file.kind, file.stem) for file in files] == [
        ("push_datasets/a.yaml", Kind.PUSH, "a"),
        ("push_datasets/visits.yaml", Kind.PUSH, "visits"),
        ("pull_datasets/extracts.yaml", Kind.PULL, "extracts"),
    ]
    assert [file.content for file in files] == [b"\xff", PUSH.encode(), PULL.encode()]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert read_folders(tmp_path) == ([], [])


def test_a_pipe_is_reported_and_not_waited_for(checkout: Path) -> None:
    os.mkfifo(checkout / "push_datasets" / "pipe.yaml")
    assert found_in(checkout) == [
        "push_datasets/pipe.yaml:1:1: this is not a file; the dataset folders hold dataset files only; move it "
        "[file-stray]"
    ]


def test_a_folder_with_the_name_of_a_dataset_file_is_reported(checkout: Path) -> None:
    (checkout / "pull_datasets" / "more.yaml").mkdir()
    assert found_in(checkout) == [
        "pull_datasets/more.yaml:1:1: this is not a file; the dataset folders hold dataset files only; move it "
        "[file-stray]"
    ]


def test_a_file_in_the_place_of_a_dataset_folder_hides_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "push_datasets").write_text(PUSH)
    (tmp_path / "pull_datasets").mkdir()
    (tmp_path / "pull_datasets" / "extracts.yaml").write_text(PULL)
    files, problems = read_folders(tmp_path)
    assert [file.file for file in files] == ["pull_datasets/extracts.yaml"]
    assert [str(problem) for problem in problems] == [
        "push_datasets:1:1: the folder cannot be read: Not a directory; see what lies there [file-unreadable]"
    ]


def test_a_dataset_folder_that_is_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "visits.yaml").write_text(PUSH)
    (tmp_path / "push_datasets").symlink_to("elsewhere")
    files, problems = read_folders(tmp_path)
    assert files == []
    assert [(problem.file, problem.rule) for problem in problems] == [("push_datasets", "file-symlink")]


def test_a_file_that_cannot_be_opened_is_reported_with_the_cause(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.open", refuse)
    assert found_in(checkout) == [
        "push_datasets/visits.yaml:1:1: the file cannot be read: Permission denied; check its permissions "
        "[file-unreadable]",
        "pull_datasets/extracts.yaml:1:1: the file cannot be read: Permission denied; check its permissions "
        "[file-unreadable]",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"new\nline.yaml", r"new\nline"),
        (b"\x1b[31mred.yaml", r"\x1b[31mred"),
        (b"latin-\xe9.yaml", r"latin-\udce9"),
        ("left-\u202eright.yaml".encode(), r"left-\u202eright"),
    ],
)
def test_a_file_name_with_odd_characters_is_shown_escaped(checkout: Path, name: bytes, shown: str) -> None:
    (checkout / "push_datasets" / os.fsdecode(name)).write_text(PUSH)
    files, found = read_folders(checkout)
    problems = check_files(files, SETTINGS, TODAY, found).problems
    odd = [problem for problem in problems if problem.rule == "name-file"]
    assert [str(problem) for problem in odd] == [
        f"push_datasets/{shown}.yaml:1:7: the name 'visits' is not the file's name '{shown}'; "
        "rename the file to the name with '.yaml' [name-file]"
    ]


def test_a_file_of_exactly_64_kib_is_read_and_one_byte_more_is_not(checkout: Path) -> None:
    path = checkout / "push_datasets" / "visits.yaml"
    full = PUSH + "#" * (64 * 1024 - len(PUSH))
    path.write_text(full)
    assert check_files(read_folders(checkout)[0], SETTINGS, TODAY).problems == ()
    path.write_text(full + "#")
    (problem,) = check_files(read_folders(checkout)[0], SETTINGS, TODAY).problems
    assert problem.rule == "file-size"


def beside(checkout: Path) -> dict[str, bytes | None]:
    """What is read beside the dataset file of visits."""
    (file,) = (file for file in read_folders(checkout)[0] if file.stem == "visits")
    return dict(file.beside)


def test_the_folder_that_is_named_as_a_dataset_file_is_read_with_it(checkout: Path) -> None:
    folder = checkout / "push_datasets" / "visits"
    (folder / "tasks" / "agency").mkdir(parents=True)
    (folder / "one.sql").write_text("select 1")
    (folder / "tasks" / "agency" / "select.sql").write_text("select 2")
    (folder / ".gitkeep").touch()
    assert beside(checkout) == {"one.sql": b"select 1", "tasks/agency/select.sql": b"select 2"}
    assert found_in(checkout) == []


def test_a_file_that_is_named_on_the_command_line_comes_with_its_folder(checkout: Path) -> None:
    folder = checkout / "push_datasets" / "visits"
    folder.mkdir()
    (folder / "one.sql").write_text("select 1")
    (file,), problems = read_paths([str(checkout / "push_datasets" / "visits.yaml")])
    assert file.beside == (("one.sql", b"select 1"),)
    assert problems == []


def test_neither_a_link_nor_a_pipe_nor_a_deep_folder_is_read_beside_a_dataset_file(checkout: Path) -> None:
    folder = checkout / "push_datasets" / "visits"
    (folder / "a" / "b" / "c" / "d").mkdir(parents=True)
    (folder / "a" / "b" / "c" / "d" / "deep.sql").touch()
    (folder / "link.sql").symlink_to("/etc/passwd")
    (folder / "linked").symlink_to("/etc")
    os.mkfifo(folder / "pipe.sql")
    assert set(beside(checkout).values()) == {None}
    assert [line.partition(";")[0] for line in found_in(checkout)] == [
        "push_datasets/visits/a/b/c:1:1: this is not a file",
        "push_datasets/visits/link.sql:1:1: this is a symbolic link",
        "push_datasets/visits/linked:1:1: this is a symbolic link",
        "push_datasets/visits/pipe.sql:1:1: this is not a file",
    ]


def test_a_folder_that_is_a_link_is_not_read_beside_a_dataset_file(checkout: Path) -> None:
    (checkout / "elsewhere").mkdir()
    (checkout / "elsewhere" / "one.sql").write_text("select 1")
    (checkout / "push_datasets" / "visits").symlink_to("../elsewhere")
    assert beside(checkout) == {}
    assert [line.partition(";")[0] for line in found_in(checkout)] == [
        "push_datasets/visits:1:1: this is a symbolic link"
    ]


def test_a_folder_of_very_many_files_is_refused_and_not_read(checkout: Path) -> None:
    folder = checkout / "push_datasets" / "visits"
    folder.mkdir()
    for number in range(MOST_BESIDE + 1):
        (folder / f"{number}.sql").touch()
    assert beside(checkout) == {}
    assert found_in(checkout) == [
        "push_datasets/visits:1:1: the folder holds more than 200 files; split the dataset into several [file-stray]"
    ]


def shown_by(*paths: str | Path) -> list[str]:
    files, problems = read_paths(str(path) for path in paths)
    return [*(file.file for file in files), *(str(problem) for problem in problems)]


@pytest.fixture
def inside(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(checkout)
    return checkout


@pytest.mark.usefixtures("inside")
def test_a_path_is_a_file_a_dataset_folder_or_a_checkout() -> None:
    both = ["push_datasets/visits.yaml", "pull_datasets/extracts.yaml"]
    assert shown_by("push_datasets/visits.yaml") == both[:1]
    assert shown_by("pull_datasets/") == both[1:]
    assert shown_by(".") == both


def test_a_path_is_shown_as_it_was_given(checkout: Path) -> None:
    path = checkout / "push_datasets" / "visits.yaml"
    assert shown_by(path) == [str(path)]


def test_the_working_folder_may_be_a_dataset_folder(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout / "push_datasets")
    assert shown_by("visits.yaml") == ["visits.yaml"]
    assert shown_by(".") == ["./visits.yaml"]


@pytest.mark.usefixtures("inside")
def test_a_file_that_two_paths_name_is_read_once() -> None:
    assert len(shown_by("push_datasets/visits.yaml", "push_datasets", ".", "./push_datasets/visits.yaml")) == 2


def test_a_checkout_may_be_reached_through_a_symbolic_link(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(checkout)
    assert shown_by(link) == [f"{link}/push_datasets/visits.yaml", f"{link}/pull_datasets/extracts.yaml"]


def test_a_file_outside_the_dataset_folders_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "visits.yaml"
    path.write_text(PUSH)
    assert shown_by(path) == [
        f"{path}:1:1: the file lies in neither dataset folder; move it to push_datasets/ or pull_datasets/ [file-place]"
    ]


@pytest.mark.usefixtures("inside")
def test_a_symbolic_link_is_reported_wherever_it_leads() -> None:
    Path("push_datasets/copy.yaml").symlink_to("visits.yaml")
    Path("push_datasets/lost.yaml").symlink_to("nowhere.yaml")
    for path in ("push_datasets/copy.yaml", "push_datasets/lost.yaml"):
        assert shown_by(path) == [
            f"{path}:1:1: this is a symbolic link; put what it leads to in its place [file-symlink]"
        ]


@pytest.mark.parametrize("path", ["nowhere", "nowhere/visits.yaml", "empty"])
@pytest.mark.usefixtures("inside")
def test_a_path_with_no_dataset_file_raises(path: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(FileNotFoundError, match=path):
        shown_by(path)
