"""How the deliveries stand, for programs; docs/operations.md says what each field means."""

from typing import Any, Final

from provisioner.operations.status import DatasetStatus, Status
from provisioner.reporting.json_text import json_text
from provisioner.reporting.status.held import held_objects, moment
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def as_json(status: Status, _style: Style) -> str:
    """An object with the queue, the sweep and every dataset; null is what was not answered, or is not there."""
    counts, sweep = status.queue.counts, status.sweep
    held = {
        "version": JSON_VERSION,
        "at": moment(status.at),
        "queue": {
            "waiting": counts.waiting if counts else None,
            "in_flight": counts.in_flight if counts else None,
            "delayed": counts.delayed if counts else None,
            "dead_letters": status.queue.dead_letters,
            "dead_letters_read": status.queue.looked_at,
        },
        "sweep": sweep
        and {
            "started": moment(sweep.started),
            "finished": moment(sweep.finished),
            "listed": sweep.listed,
            "found": sweep.found,
        },
        "datasets": [_dataset(one) for one in status.datasets],
        "no_dataset": {"dead": held_objects(status.unknown)},
        "not_asked": [one.plain for one in status.refused],
    }
    return json_text(held) + "\n"


def _dataset(one: DatasetStatus) -> dict[str, Any]:
    backlog = one.backlog
    return {
        "dataset": one.dataset.name,
        "target": one.dataset.bucket,
        "retired": one.dataset.retired,
        "pending": backlog
        and {
            "files": backlog.files,
            "bytes": backlog.bytes,
            "oldest": moment(backlog.oldest),
            "overdue": one.overdue,
        },
        "in_flight": {
            "uploads": [
                {
                    "key": upload.key,
                    "bytes": upload.size,
                    "parts_done": upload.done,
                    "parts": upload.parts,
                    "since": moment(upload.since),
                }
                for upload in one.uploads
            ],
            "retrying": one.retrying.files,
            "next_try": moment(one.retrying.next),
            "causes": held_objects(one.retrying.causes),
            "not_read": one.unread,
        },
        "dead": held_objects(one.dead),
        "last_delivered": moment(one.last_delivered),
    }
