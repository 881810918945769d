"""A folder as a target: nothing is seen before it is whole, and nothing is ever overwritten that is put once."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from exporter.failure import PublishError, TakenError
from exporter.publish.folder import Folder
from exporter.publish.target import Staged, Target
from provisioner.exports.model import Publish

ONCE, REPLACE = Publish.ONCE, Publish.REPLACE


def staged(target: Target, key: str, data: bytes, publish: Publish = ONCE) -> Staged:
    """A file of these bytes, staged."""
    sink = target.open(key, publish)
    sink.write(data)
    return sink.stage()


def seen(folder: Path) -> dict[str, bytes]:
    """The files that a reader of the folder finds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}


def all_names(folder: Path) -> list[str]:
    """What stands in the folder, the hidden names too."""
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_seen_once_it_is_revealed_and_not_before(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    file = staged(target, "2024/core.csv", b"id\n1\n")
    assert seen(tmp_path) == {}
    target.reveal(file, ONCE)
    assert seen(tmp_path) == {"2024/core.csv": b"id\n1\n"}
    assert all_names(tmp_path / "2024") == ["core.csv"]


def test_a_staged_file_says_its_size_and_checksum(tmp_path: Path) -> None:
    file = staged(Folder(tmp_path), "a", b"abc")
    assert (file.bytes, file.sha256) == (3, hashlib.sha256(b"abc").hexdigest())


def test_the_caller_may_use_its_memory_again(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    sink = target.open("a", ONCE)
    buffer = bytearray(b"one")
    sink.write(memoryview(buffer))
    buffer[:] = b"two"
    sink.write(buffer)
    file = sink.stage()
    target.reveal(file, ONCE)
    assert seen(tmp_path) == {"a": b"onetwo"}
    assert target.sha256("a") == file.sha256


def test_what_is_put_once_is_refused_before_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"first")
    with pytest.raises(TakenError, match="there is a file 'a' already"):
        Folder(tmp_path).open("a", ONCE)


def test_what_is_put_once_never_overwrites_a_file_that_came_between(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    file = staged(target, "a", b"ours")
    (tmp_path / "a").write_bytes(b"theirs")
    with pytest.raises(TakenError):
        target.reveal(file, ONCE)
    assert seen(tmp_path) == {"a": b"theirs"}


def test_of_many_that_reveal_one_key_at_once_exactly_one_has_it(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    files = [staged(target, "a", b"%d" % number) for number in range(8)]
    won: list[bytes] = []

    def reveal(number: int) -> None:
        try:
            target.reveal(files[number], ONCE)
        except TakenError:
            return
        won.append(b"%d" % number)

    threads = [threading.Thread(target=reveal, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seen(tmp_path)["a"]] == won


def test_a_replacing_file_takes_the_place_whole(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    (tmp_path / "a").write_bytes(b"old")
    target.reveal(staged(target, "a", b"new", REPLACE), REPLACE)
    assert seen(tmp_path) == {"a": b"new"}


@pytest.mark.parametrize("publish", Publish)
def test_to_reveal_again_does_nothing(tmp_path: Path, publish: Publish) -> None:
    file = staged(Folder(tmp_path), "a", b"data", publish)
    Folder(tmp_path).reveal(file, publish)
    Folder(tmp_path).reveal(file, publish)
    assert seen(tmp_path) == {"a": b"data"}


def test_a_reveal_that_ended_between_link_and_unlink_is_finished(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    file = staged(target, "a", b"data")
    hidden = next(tmp_path.glob(".staged-*"))
    os.link(hidden, tmp_path / "a")
    target.reveal(file, ONCE)
    assert all_names(tmp_path) == ["a"]


@pytest.mark.parametrize("publish", Publish)
def test_a_staged_file_that_vanished_is_never_called_revealed(tmp_path: Path, publish: Publish) -> None:
    target = Folder(tmp_path)
    file = staged(target, "a", b"data", publish)
    next(tmp_path.glob(".staged-*")).unlink()
    with pytest.raises(PublishError, match="is gone from"):
        target.reveal(file, publish)


def test_an_abandoned_file_leaves_nothing_and_may_be_abandoned_again(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    file = staged(target, "a", b"data")
    target.abandon(file.token)
    target.abandon(file.token)
    assert all_names(tmp_path) == []


def test_a_file_that_was_not_staged_is_abandoned_by_its_token(tmp_path: Path) -> None:
    sink = Folder(tmp_path).open("a", ONCE)
    token = sink.token
    sink.write(b"data")
    Folder(tmp_path).abandon(token)
    assert all_names(tmp_path) == []
    sink.discard()  # as the end of its process does


def test_the_token_does_not_change(tmp_path: Path) -> None:
    sink = Folder(tmp_path).open("a", ONCE)
    token = sink.token
    assert sink.stage().token == token


def test_a_discarded_file_leaves_nothing(tmp_path: Path) -> None:
    sink = Folder(tmp_path).open("a", ONCE)
    sink.write(b"data")
    sink.discard()
    assert all_names(tmp_path) == []


def test_to_discard_a_staged_file_does_nothing(tmp_path: Path) -> None:
    target = Folder(tmp_path)
    sink = target.open("a", ONCE)
    file = sink.stage()
    sink.discard()
    target.reveal(file, ONCE)
    assert seen(tmp_path) == {"a": b""}


@pytest.mark.parametrize(
    "key",
    ["../a", "/a", "a/../../b", "a//b", "", "a/", ".", "a\0b", "a\nb", "a\\b", ".staged-a", "n" * 256, "é/" * 400],
)
def test_no_key_leads_out_of_the_folder_or_to_a_name_that_differs_elsewhere(tmp_path: Path, key: str) -> None:
    with pytest.raises(PublishError, match="cannot be the key of a file"):
        Folder(tmp_path / "target").open(key, ONCE)
    assert all_names(tmp_path) == []


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="is a link"):
        Folder(tmp_path / "target").open("link/a", ONCE)
    assert all_names(tmp_path / "elsewhere") == []


def test_nothing_is_made_before_the_first_byte(tmp_path: Path) -> None:
    """Whoever dies between the opening and the recording of the token leaves nothing that nobody knows of."""
    Folder(tmp_path).open("a", ONCE)
    assert all_names(tmp_path) == []


def test_a_folder_that_is_a_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(PublishError, match=r"'a/b' cannot be written: .*\. The next run tries again"):
        Folder(tmp_path).open("a/b", ONCE)


def test_a_full_disk_is_said_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    sink = Folder(tmp_path).open("a", ONCE)
    sink.write(b"data")
    assert sink._file
    os.close(sink._file.fileno())
    full = os.open("/dev/full", os.O_WRONLY)
    assert full == sink._file.fileno()
    with pytest.raises(PublishError, match="No space left on device"):
        sink.stage()
    sink.discard()
    assert all_names(tmp_path) == []


def test_the_url_ends_in_a_slash_and_follows_links(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert Folder(tmp_path / "link").url == f"{tmp_path.resolve().as_uri()}/"


def test_there_is_no_checksum_where_there_is_no_file(tmp_path: Path) -> None:
    assert Folder(tmp_path).sha256("a") is None
