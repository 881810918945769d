"""States of a checkout, read from a real git repository and from folders."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from provisioner.access.check import check
from provisioner.changes.plan import make_plan
from provisioner.changes.state import State
from provisioner.failure import UnavailableError, UsageError
from provisioner.reading.document import MAX_FILE_BYTES
from provisioner.reading.problem import Problem, Rule
from provisioner.revisions import WORKTREE, Revisions
from tests.changes.states import KNOWN, STACK, TODAY, settings_content
from tests.datasets.cases import PULL, PUSH, cases, check_case, settings_of
from tests.repository import Repository

SETTINGS: Final = settings_content(KNOWN)
SETTINGS_FILE: Final = f"Pulumi.{STACK}.yaml"
VISITS: Final = "push_datasets/visits.yaml"
EXTRACTS: Final = "pull_datasets/extracts.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Settings and a push dataset, committed; then a pull dataset, committed."""
    made = Repository.at(tmp_path / "repository")
    made.write(SETTINGS_FILE, SETTINGS)
    made.write(VISITS, PUSH.encode())
    made.commit()
    made.write(EXTRACTS, PULL.encode())
    made.commit()
    return made


def state(repository: Repository, name: str) -> State:
    return Revisions(repository.root).state(name, STACK)


def files(read: State) -> dict[str, bytes]:
    return {file.file: file.content for file in read.files}


def found(read: State) -> list[str]:
    return [f"{problem.file} {problem.rule}" for problem in read.found]


BEFORE: Final = {VISITS: PUSH.encode()}
AFTER: Final = {VISITS: PUSH.encode(), EXTRACTS: PULL.encode()}


def test_a_revision_is_a_branch_a_tag_a_hash_or_what_else_git_takes_for_one(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD^")
    repository.git("tag", "light", first)
    repository.git("tag", "--annotate", "--message", "words", "heavy", first)
    repository.git("branch", "feature/one", first)
    for name in (first, first[:8], "HEAD^", "HEAD~1", "light", "heavy", "feature/one", "refs/heads/feature/one"):
        assert files(state(repository, name)) == BEFORE
    for name in ("main", "HEAD", "@"):
        assert files(state(repository, name)) == AFTER
    assert state(repository, "main").settings == SETTINGS


def test_the_worktree_is_what_lies_there_committed_or_not(repository: Repository) -> None:
    repository.write(VISITS, b"changed")
    repository.write("push_datasets/new.yaml", b"untracked")
    (repository.root / EXTRACTS).unlink()
    assert files(state(repository, WORKTREE)) == {"push_datasets/new.yaml": b"untracked", VISITS: b"changed"}


def test_a_folder_is_read_as_the_worktree_is(repository: Repository, tmp_path: Path) -> None:
    shutil.copytree(repository.root, tmp_path / "copy", ignore=shutil.ignore_patterns(".git"))
    assert state(repository, str(tmp_path / "copy")) == state(repository, WORKTREE) == state(repository, "main")


def test_the_sql_of_an_export_is_read_with_its_file(repository: Repository) -> None:
    for name in ("one.sql", "tasks/agency/select.sql", ".gitkeep"):
        repository.write(f"push_datasets/visits/{name}", name.encode())
    (repository.root / "push_datasets" / "visits" / "link.sql").symlink_to("one.sql")
    repository.commit()
    read = state(repository, "main")
    assert read == state(repository, WORKTREE)
    assert dict(*(file.beside for file in read.files if file.file == VISITS)) == {
        "link.sql": None,
        "one.sql": b"one.sql",
        "tasks/agency/select.sql": b"tasks/agency/select.sql",
    }
    assert found(read) == ["push_datasets/visits/link.sql file-symlink"]
    assert not any(file.beside for file in state(repository, "HEAD^").files)


def test_a_revision_goes_before_a_folder_of_its_name(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main").mkdir()
    (tmp_path / "other").mkdir()
    assert files(state(repository, "main")) == AFTER
    assert files(state(repository, "other")) == {}


@pytest.fixture
def inside(tmp_path: Path) -> Repository:
    """A checkout that is a folder of a larger repository, and was not there at first."""
    made = Repository.at(tmp_path / "larger", "data/exports")
    made.write("unrelated", b"")
    made.git("add", "--all")
    (made.top / VISITS).parent.mkdir()
    (made.top / VISITS).write_bytes(b"another checkout's")
    (made.root / "unrelated").unlink()
    made.git("add", "--all", cwd=made.top)
    made.git("commit", "--quiet", "--message", "before")
    made.write(SETTINGS_FILE, SETTINGS)
    made.write(VISITS, PUSH.encode())
    made.commit()
    return made


def test_a_checkout_may_be_a_folder_of_a_larger_repository(inside: Repository) -> None:
    assert state(inside, "main") == state(inside, WORKTREE)
    assert files(state(inside, "main")) == BEFORE


def test_a_checkout_that_was_not_there_yet_held_nothing(inside: Repository) -> None:
    assert state(inside, "HEAD^") == State(files=(), found=(), settings=None, approvals=None)


def test_what_git_tells_a_hook_of_another_repository_misleads_nobody(
    repository: Repository, inside: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository.top / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repository.top))
    monkeypatch.setenv("GIT_PREFIX", "elsewhere/")
    assert files(state(inside, "main")) == BEFORE


@pytest.mark.parametrize(
    "name",
    ["nothing", "", " ", "^main", "main..HEAD^", "main^{tree}", "main:push_datasets", "--all", "-x", "--", "HEAD^@"],
)
def test_what_is_no_revision_and_no_folder_is_a_wrong_call(repository: Repository, name: str) -> None:
    with pytest.raises(UsageError) as refused:
        state(repository, name)
    assert str(refused.value) == (
        f"'{name}' is no folder, and no revision that is in this clone: see how it is spelt, or fetch it first with "
        "git fetch (a shallow clone has not even its own history: git fetch --unshallow)"
    )


def test_a_name_that_steers_a_terminal_is_shown_escaped(repository: Repository) -> None:
    with pytest.raises(UsageError, match=r"'\\x1b\[31mred'"):
        state(repository, "\x1b[31mred")


def test_a_name_is_never_taken_for_an_option(repository: Repository, tmp_path: Path) -> None:
    target = tmp_path / "written"
    for name in (f"--output={target}", f"--git-dir={tmp_path}", "--help", "-h", "--version", "--exec-path"):
        with pytest.raises(UsageError):
            state(repository, name)
    assert not target.exists()


def test_a_branch_whose_name_looks_like_an_option_is_a_revision(repository: Repository) -> None:
    repository.git("update-ref", "refs/heads/--all", "HEAD^")
    assert files(state(repository, "--all")) == BEFORE


def clone(repository: Repository, *options: str) -> Repository:
    repository.git("config", "uploadpack.allowFilter", "true")
    top = repository.top.parent / "clone"
    repository.git("clone", "--quiet", *options, repository.top.as_uri(), str(top))
    return Repository(top=top, root=top)


@pytest.mark.parametrize("name", ["HEAD^", "{first}"])
def test_a_shallow_clone_that_lacks_the_base_says_so(repository: Repository, name: str) -> None:
    name = name.format(first=repository.git("rev-parse", "HEAD^"))
    with pytest.raises(UsageError, match="git fetch --unshallow"):
        state(clone(repository, "--depth=1"), name)


def test_a_partial_clone_that_lacks_the_contents_says_so_and_fetches_nothing(repository: Repository) -> None:
    partial = clone(repository, "--filter=blob:none", "--no-checkout")
    with pytest.raises(
        UnavailableError, match=r"^git has not the content [0-9a-f]{40} \(.+\): fetch the history whole"
    ):
        state(partial, "main")
    missing = partial.git("rev-list", "--objects", "--all", "--missing=print")
    assert missing.count("\n?") == 3


def test_without_a_repository_a_revision_is_a_wrong_call_and_a_folder_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    revisions = Revisions(tmp_path)
    with pytest.raises(UsageError, match=r"^'main' is no folder, and git cannot look for .+: fatal: not a git reposit"):
        revisions.state("main", STACK)
    assert revisions.state(str(tmp_path), STACK).files == ()


def test_without_git_a_revision_is_a_wrong_call_and_a_folder_is_none(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=r"^git cannot be run \(.+\): install it, or compare two folders instead$"):
        state(repository, "main")
    assert files(state(repository, str(repository.root))) == AFTER
    assert files(state(repository, WORKTREE)) == AFTER


def test_a_repository_that_git_finds_dubious_says_so(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(UsageError, match="git cannot look for a revision of that name: fatal: detected dubious owner"):
        state(repository, "main")


def test_a_repository_that_is_broken_says_so(repository: Repository) -> None:
    tree = repository.git("rev-parse", "main:push_datasets")
    (repository.top / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(UnavailableError, match=f"^git cannot list what is in {tree}: "):
        state(repository, "main")


def both(repository: Repository) -> tuple[State, State]:
    """The state of the worktree as it lies there, and as it is committed."""
    repository.commit()
    return state(repository, WORKTREE), state(repository, "HEAD")


Make = Callable[[Repository], object]


def link(path: str, to: str) -> Make:
    def make(repository: Repository) -> None:
        file = repository.root / path
        file.parent.mkdir(exist_ok=True)
        if file.is_dir():
            shutil.rmtree(file)
        file.unlink(missing_ok=True)
        file.symlink_to(to)

    return make


def instead_of_the_folder(content: bytes) -> Make:
    def make(repository: Repository) -> None:
        shutil.rmtree(repository.root / "pull_datasets")
        repository.write("pull_datasets", content)

    return make


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda one: one.write(b"push_datasets/new\nline.yaml", b"x"), []),
        (lambda one: one.write(b"push_datasets/latin-\xe9.yaml", b"x"), []),
        (lambda one: one.write(b"push_datasets/-rf.yaml", b"x"), []),
        (lambda one: one.write(b'push_datasets/"quoted\\".yaml', b"x"), []),
        (lambda one: one.write("push_datasets/\u202eturned.yaml".encode(), b"x"), []),
        (lambda one: one.write(VISITS, b"\xef\xbb\xbfname: visits\r\nbucket: x\r"), []),
        (lambda one: one.write(VISITS, b""), []),
        (lambda one: one.write("push_datasets/.gitkeep", b""), []),
        (lambda one: one.write("push_datasets/visits.yml", b"x"), ["push_datasets/visits.yml file-extension"]),
        (lambda one: one.write("push_datasets/README.md", b"x"), ["push_datasets/README.md file-stray"]),
        (
            lambda one: ((one.root / "push_datasets/deep").mkdir(), one.write("push_datasets/deep/x.yaml", b"x")),
            ["push_datasets/deep file-stray"],
        ),
        (link("push_datasets/other.yaml", "visits.yaml"), ["push_datasets/other.yaml file-symlink"]),
        (link("push_datasets/lost.yaml", "nowhere"), ["push_datasets/lost.yaml file-symlink"]),
        (link("push_datasets/out.yaml", "/etc/passwd"), ["push_datasets/out.yaml file-symlink"]),
        (link("pull_datasets", "push_datasets"), ["pull_datasets file-symlink"]),
        (instead_of_the_folder(b"name: extracts\n"), ["pull_datasets file-unreadable"]),
        (lambda one: shutil.rmtree(one.root / "pull_datasets"), []),
        (lambda one: one.write("approvals.yaml", b"removals: []\r\n"), []),
        (link("approvals.yaml", VISITS), []),
        (link(SETTINGS_FILE, "/etc/passwd"), []),
        (lambda one: (one.root / SETTINGS_FILE).unlink(), []),
        (
            lambda one: ((one.root / SETTINGS_FILE).unlink(), one.write(f"{SETTINGS_FILE}/x", b"x")),
            [],
        ),
    ],
)
def test_git_gives_what_the_folder_gives(repository: Repository, make: Make, expected: list[str]) -> None:
    make(repository)
    in_folder, in_git = both(repository)
    assert in_git == in_folder
    assert found(in_git) == expected


def test_a_file_that_may_be_run_is_a_file(repository: Repository) -> None:
    (repository.root / VISITS).chmod(0o755)
    assert files(both(repository)[1]) == AFTER


def test_a_link_to_settings_or_approvals_is_a_problem_and_is_not_followed(repository: Repository) -> None:
    link(SETTINGS_FILE, VISITS)(repository)
    link("approvals.yaml", VISITS)(repository)
    for read in both(repository):
        assert [one.rule for one in (read.settings, read.approvals) if isinstance(one, Problem)] == [
            Rule.FILE_SYMLINK,
            Rule.FILE_SYMLINK,
        ]


def test_settings_that_are_a_pipe_are_not_waited_for(repository: Repository) -> None:
    (repository.root / SETTINGS_FILE).unlink()
    os.mkfifo(repository.root / SETTINGS_FILE)
    read = state(repository, WORKTREE).settings
    assert isinstance(read, Problem)
    assert read.wrong == "this is not a file"


def test_settings_that_cannot_be_opened_are_a_problem_with_the_cause(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    read = state(repository, WORKTREE).settings
    assert isinstance(read, Problem)
    assert read.wrong == "the file cannot be read: Permission denied"


def test_a_submodule_among_the_datasets_is_no_file(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},push_datasets/other.yaml")
    repository.git("commit", "--quiet", "--message", "a submodule")
    read = state(repository, "HEAD")
    assert files(read) == AFTER
    assert found(read) == ["push_datasets/other.yaml file-stray"]


def test_a_mode_of_old_repositories_is_a_file_too(repository: Repository) -> None:
    blob = repository.git("rev-parse", f"main:{VISITS}")
    tree = repository.git("rev-parse", "main:push_datasets")
    raw = b"100664 visits.yaml\0" + bytes.fromhex(blob)
    made = subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"],  # noqa: S607 - the git that is there
        cwd=repository.root,
        input=raw,
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert made.strip() != tree
    repository.git("rm", "--quiet", "-r", "--cached", "push_datasets")
    repository.git("read-tree", "--prefix=push_datasets/", made.strip())
    listed = subprocess.run(
        ["git", "mktree"],  # noqa: S607 - the git that is there
        cwd=repository.root,
        input=f"040000 tree {made.strip()}\tpush_datasets\n".encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    commit = repository.git("commit-tree", "-m", "as of old", listed.strip())
    assert files(state(repository, commit)) == BEFORE


@pytest.mark.parametrize("extra", [0, 1, 5_000_000])
def test_of_a_file_that_is_too_large_only_so_much_is_kept_as_says_so(repository: Repository, extra: int) -> None:
    repository.write("push_datasets/a.yaml", b"#" * (MAX_FILE_BYTES + extra))
    in_folder, in_git = both(repository)
    assert in_git == in_folder
    assert len(files(in_git)["push_datasets/a.yaml"]) == MAX_FILE_BYTES + min(extra, 1)
    assert files(in_git)[VISITS] == PUSH.encode()


def test_a_huge_file_takes_no_memory(repository: Repository) -> None:
    repository.write("push_datasets/huge.yaml", bytes(200 * 1024**2))
    repository.commit()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from provisioner.revisions import Revisions\n"
            "Revisions(Path(sys.argv[1])).state('HEAD', 'test')\n"
            # Not ru_maxrss: that begins with what the process had that started this one.
            "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])",
            str(repository.root),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) * 1024 < 100 * 1024**2


@pytest.mark.parametrize(
    "case", [*cases("valid"), *cases("invalid")], ids=lambda case: f"{case.parent.name}-{case.name}"
)
def test_the_problems_of_a_committed_case_are_those_that_validate_finds_in_its_folder(
    case: Path, tmp_path: Path
) -> None:
    repository = Repository.at(tmp_path / "repository")
    shutil.copytree(case, repository.root, symlinks=True, dirs_exist_ok=True)
    repository.commit()
    revisions = Revisions(repository.root)
    in_git, in_folder = revisions.state("HEAD", "prod"), revisions.state(WORKTREE, "prod")
    assert in_git == in_folder
    assert check(in_git.files, in_git.found, settings_of(case), TODAY).problems == check_case(case).problems
    empty = State(files=(), found=(), settings=in_git.settings, approvals=None)
    plans = [make_plan(empty, read, stack="prod", today=TODAY) for read in (in_git, in_folder)]
    assert plans[0] == plans[1]
