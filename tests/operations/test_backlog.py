"""What is pending, counted as a listing goes by."""

import hashlib
from datetime import UTC, datetime, timedelta

from provisioner.operations.backlog import Written, backlog
from provisioner.operations.journal import Receipts, key_id

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def written(key: str, minutes: int, size: int = 10) -> Written:
    return Written(key, '"etag"', size, NOW - timedelta(minutes=minutes))


def nothing_delivered(_one: Written) -> bool:
    return False


def test_files_bytes_and_the_oldest() -> None:
    found = backlog(
        [written("a/1", 5), written("a/2", 90, 7), written("a/3", 1)], nothing_delivered, frozenset(), key_id
    )
    assert (found.files, found.bytes, found.oldest) == (3, 27, NOW - timedelta(minutes=90))


def test_nothing_has_no_age() -> None:
    found = backlog([], nothing_delivered, frozenset(), key_id)
    assert (found.files, found.oldest, found.oldest_unexplained) == (0, None, None)


def test_what_the_forwarder_has_said_something_of_explains_its_age() -> None:
    ids = frozenset({key_id("a/2"), key_id("a/gone")})
    found = backlog([written("a/1", 5), written("a/2", 90)], nothing_delivered, ids, key_id)
    assert found.oldest == NOW - timedelta(minutes=90)
    assert found.oldest_unexplained == NOW - timedelta(minutes=5)
    assert found.noted == {key_id("a/2")}


def test_a_kept_file_is_pending_until_this_write_of_it_has_a_receipt() -> None:
    names = sorted(
        hashlib.sha256(f"{key}\n{etag}".encode()).hexdigest() for key, etag in (("a/1", '"e1"'), ("a/2", '"x"'))
    )
    receipts = Receipts(iter(names))
    assert receipts.has("a/1", '"e1"')
    assert not receipts.has("a/1", '"e2"')
    assert not receipts.has("a/2", '"e1"')
