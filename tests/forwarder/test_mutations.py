"""The histories see every way of breaking the forwarder that we could think of: each is applied, and must be found."""

import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from provisioner.forwarder import large, transfer
from provisioner.forwarder.batch import Batch
from provisioner.forwarder.delivery import Delivery, Outcome
from provisioner.forwarder.failure import RequestError
from provisioner.forwarder.journal import Journal
from provisioner.forwarder.message import Message
from provisioner.forwarder.notification import ObjectEvent
from provisioner.forwarder.snapshot import Copied, Evidence, Snapshot
from provisioner.forwarder.sweep import Sweep
from provisioner.forwarder.transfer import Deletion, Transfer

from .histories import FAST, KEYS, WORKERS, History, quiet

TRIED: Final = 4_000
"""Histories within which each must be found; most take some dozens. What only rare ones show has tests of its own, in
test_races.py and test_large.py."""


def delete_unconditionally(patch: pytest.MonkeyPatch) -> None:
    def delete_many(self: Transfer, sources: Mapping[str, Snapshot]) -> dict[str, Deletion]:
        for key in sources:
            self.client.delete_object(Bucket=self.export_bucket, Key=key)
        return dict.fromkeys(sources, True)

    patch.setattr(Transfer, "_delete_many", delete_many)


def delete_by_version(patch: pytest.MonkeyPatch) -> None:
    def delete_many(self: Transfer, sources: Mapping[str, Snapshot]) -> dict[str, Deletion]:
        for key, source in sources.items():
            s3: Any = self.client
            s3._world.allow(self.route.role_arn, ("s3:DeleteObjectVersion",), self.export_bucket)
            self.client.delete_object(Bucket=self.export_bucket, Key=key, VersionId=source.version_id)
        return dict.fromkeys(sources, True)

    patch.setattr(Transfer, "_delete_many", delete_many)


def land_unconditionally(patch: pytest.MonkeyPatch) -> None:
    for module in (transfer, large):
        patch.setattr(module, "landing_on", lambda _replaces: {})


def delete_before_the_copy(patch: pytest.MonkeyPatch) -> None:
    look_and_copy = Delivery._look_and_copy

    def first_delete(self: Delivery) -> Outcome | Snapshot | None:
        if not self.transfer.route.keep_files:
            with suppress(RequestError):
                self.transfer.delete_sources({self.key: self.transfer.head_source(self.key)})
        return look_and_copy(self)

    patch.setattr(Delivery, "_look_and_copy", first_delete)


def ignore_that_the_copy_was_refused(patch: pytest.MonkeyPatch) -> None:
    copy = Delivery._copy

    def believe(self: Delivery, source: Snapshot, *, pinned: bool) -> bool:
        copy(self, source, pinned=pinned)
        return True

    patch.setattr(Delivery, "_copy", believe)


def compare_etags(patch: pytest.MonkeyPatch) -> None:
    def verify(self: Delivery, source: Snapshot, copied: Copied) -> bool:
        self.verified_by = Evidence.CHECKSUM
        return source.etag == copied.etag

    patch.setattr(Delivery, "_verify", verify)


def trust_the_order_of_events(patch: pytest.MonkeyPatch) -> None:
    """A write is carried only if no event of a later one has been seen; each event stands for the key's last state."""
    take, latest = Batch._take, itertools.count()
    seen: dict[str, int] = {}

    def once(self: Batch, message: Message, event: ObjectEvent) -> None:
        number = next(latest)
        if message.receives > 1 and seen.get(event.key, -1) >= 0:
            return
        seen[event.key] = number
        take(self, message, event)

    patch.setattr(Batch, "_take", once)


def carry_what_the_event_names(patch: pytest.MonkeyPatch) -> None:
    """The oldest version that nobody has carried is taken for what the event is about."""

    def head_source(self: Transfer, key: str) -> Snapshot:
        answer = self.client.list_object_versions(Bucket=self.export_bucket, Prefix=key)
        versions = [one for one in answer.get("Versions", []) if one["Key"] == key]
        return self.head_version(key, versions[-1]["VersionId"]) if versions else HEAD_SOURCE(self, key)

    copy = Transfer.copy

    def pinned_copy(self: Transfer, key: str, source: Snapshot, *, pinned: bool, replaces: str | None) -> Copied:
        return copy(self, key, source, pinned=pinned or True, replaces=replaces)

    patch.setattr(Transfer, "head_source", head_source)
    patch.setattr(Transfer, "copy", pinned_copy)


HEAD_SOURCE: Final = Transfer.head_source


def copy_parts_of_whatever_is_there(patch: pytest.MonkeyPatch) -> None:
    """Parts are pinned to no version and no ETag."""

    def copy_part(transfer: Transfer, upload: Any, number: int) -> Any:
        first = (number - 1) * upload.part_size
        last = min(first + upload.part_size, upload.size) - 1
        answer = transfer.client.upload_part_copy(
            **transfer.target(upload.key),
            UploadId=upload.upload_id,
            PartNumber=number,
            CopySource={"Bucket": transfer.export_bucket, "Key": upload.key},
            CopySourceRange=f"bytes={first}-{last}",
        )
        return {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}

    patch.setattr(large, "_copy_part", copy_part)


def forget_uploads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "upload", lambda _self, _dataset, _key: (None, None))
    patch.setattr(Journal, "note_upload", lambda _self, _dataset, _upload, replaces: replaces or "etag")
    patch.setattr(Journal, "end_upload", lambda _self, _dataset, _upload: None)


def never_sweep(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sweep, "run", lambda _self, _turn, _sent_at: None)


def believe_receipts_of_other_writes(patch: pytest.MonkeyPatch) -> None:
    for module in ("journal", "pending"):
        patch.setattr(f"provisioner.forwarder.{module}.receipt_id", lambda key, _etag: key.encode().hex())


def drop_what_failed(patch: pytest.MonkeyPatch) -> None:
    """A message is done though its key was not delivered, and nobody sweeps."""
    patch.setattr("provisioner.forwarder.settlement.wait_before_retry", lambda *_arguments: None)
    patch.setattr("provisioner.forwarder.queue.Queue.bury", lambda *_arguments: None)
    patch.setattr(Sweep, "run", lambda _self, _turn, _sent_at: None)


MUTATIONS: Final[tuple[Callable[[pytest.MonkeyPatch], None], ...]] = (
    delete_unconditionally,
    delete_by_version,
    land_unconditionally,
    delete_before_the_copy,
    ignore_that_the_copy_was_refused,
    compare_etags,
    trust_the_order_of_events,
    carry_what_the_event_names,
    copy_parts_of_whatever_is_there,
    forget_uploads,
    never_sweep,
    believe_receipts_of_other_writes,
    drop_what_failed,
)


class Untold(History):
    """Histories at whose end each key is written once more, and S3 loses that event: the sweep alone brings it."""

    def teardown(self) -> None:
        if self.queue.visible():
            self.take_all(again=False)
        for key in KEYS:
            self.write(key, "FULL_OBJECT", large=False, told=False)
        self.lose_events()
        super().teardown()


class Overtaken(History):
    """Histories in which a user writes while a forwarder is on its way, and often another carries that first."""

    @precondition(lambda self: self.workers)
    @rule(name=WORKERS, key=st.sampled_from(KEYS), moments=st.integers(1, 9), carried=st.booleans())
    def overtake(self, name: str, key: str, moments: int, carried: bool) -> None:
        self.go_on(name, moments)
        self.write(key, "FULL_OBJECT", large=False, told=True)
        if carried:
            self.take_all(again=False)
        self.go_on(name, 60)


DIRECTED: Final[Mapping[Callable[[pytest.MonkeyPatch], None], type[History]]] = {
    delete_unconditionally: Overtaken,
    land_unconditionally: Overtaken,
    believe_receipts_of_other_writes: Untold,
}
"""Where to look for what one history in a thousand shows; all that these do, other histories do too, but seldom."""


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_broken_forwarder_is_found(mutation: Callable[[pytest.MonkeyPatch], None]) -> None:
    machine = DIRECTED.get(mutation, History)
    with pytest.MonkeyPatch.context() as patch:
        mutation(patch)
        with pytest.raises(AssertionError):
            run_state_machine_as_test(machine, settings=quiet(TRIED, phases=FAST, database=None, derandomize=True))


@pytest.mark.parametrize("machine", sorted({*DIRECTED.values()}, key=str), ids=lambda machine: machine.__name__)
def test_where_we_look_for_the_rare_ones_nothing_is_found_in_the_forwarder_itself(machine: type[History]) -> None:
    run_state_machine_as_test(machine, settings=quiet(50, phases=FAST, database=None))
