"""The Lambda's entry point: a batch of SQS messages in, the ones that failed out.

What AWS calls is `forwarder.handler.handle`.
"""

import functools
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .clients import connect_from_environment
from .delivery import Delivery
from .failure import DeliveryError, RequestError
from .log import Fields, write_line
from .notification import NotANotificationError, ObjectEvent, read_notification
from .routes import ROUTES_FILE, Route, Routes
from .transfer import Transfer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True)
class Forwarder:
    """Delivers what SQS messages announce; `clock` counts seconds."""

    routes: Routes
    client_for: Callable[[Route], "S3Client"]
    clock: Callable[[], float]
    log: Callable[[Fields], None]

    def handle(self, batch: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
        """The partial batch response: SQS keeps exactly the messages named in it.

        `batch` is the event of an SQS event source mapping (Lambda Developer Guide, "Using Lambda with Amazon SQS").
        """
        failed = [
            message["messageId"]
            for message in batch["Records"]
            if not self._handle_message(message["messageId"], message["body"])
        ]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _handle_message(self, message_id: str, body: str) -> bool:
        """Try every event of a message; whether all went well."""
        try:
            events = read_notification(body)
        except NotANotificationError as error:
            self._log_failure({"message_id": message_id, "outcome": "bad_message"}, str(error))
            return False
        # All are tried, also those after a failed one.
        results = [self._handle_event(message_id, event) for event in events]
        return all(results)

    def _handle_event(self, message_id: str, event: ObjectEvent) -> bool:
        about: Fields = {"message_id": message_id, "key": event.key}
        if not event.is_write:
            self.log({"level": "INFO", **about, "outcome": "ignored", "event": event.name})
            return True
        if event.bucket != self.routes.export_bucket:
            advice = (
                f"the event is of bucket {event.bucket}, and only those of {self.routes.export_bucket} are delivered: "
                "nothing was copied or deleted. Only that bucket should be allowed to send to this queue"
            )
            self._log_failure({**about, "outcome": "wrong_bucket"}, advice)
            return False
        route = self.routes.find(event.key)
        if route is None:
            advice = (
                "no push dataset has this key's first path segment as its name: nothing was copied or deleted, and the "
                "message goes to the dead-letter queue. Add the dataset and redrive, or delete the object"
            )
            self._log_failure({**about, "outcome": "no_route"}, advice)
            return False
        return self._deliver(about, route, event.key)

    def _deliver(self, about: Fields, route: Route, key: str) -> bool:
        started = self.clock()
        delivery: Delivery | None = None
        result: Fields
        try:
            transfer = Transfer(
                client=self.client_for(route),
                route=route,
                export_bucket=self.routes.export_bucket,
                account_id=self.routes.account_id,
            )
            delivery = Delivery(transfer, key)
            result = {"level": "INFO", "outcome": delivery.run()}
        except Exception as error:
            # Whatever it is, the other objects of the batch must not suffer.
            result = _describe(error)
        self.log(
            {
                **about,
                "dataset": route.dataset,
                "target": route.bucket,
                "size": delivery.size if delivery else None,
                "attempts": delivery.attempts if delivery else None,
                "verified_by": delivery.verified_by if delivery else None,
                "seconds": round(self.clock() - started, 3),
                **result,
            }
        )
        return result["level"] == "INFO"

    def _log_failure(self, fields: Fields, advice: str) -> None:
        self.log({"level": "ERROR", **fields, "advice": advice})


def _describe(error: Exception) -> Fields:
    """What the log says of a delivery that failed."""
    if isinstance(error, RequestError):
        return {
            "level": "ERROR",
            "outcome": error.outcome,
            "operation": error.error.operation,
            "resource": error.error.resource,
            "error_code": error.error.code,
            "error_message": error.error.message,
            "request_id": error.error.request_id,
            "advice": error.advice,
        }
    if isinstance(error, DeliveryError):
        return {"level": "ERROR", "outcome": error.outcome, "advice": error.advice}
    # The text of an unexpected error may quote anything, so the log says only what it is and where it comes from.
    place = traceback.extract_tb(error.__traceback__)[-1]
    return {
        "level": "ERROR",
        "outcome": "error",
        "error_code": type(error).__name__,
        "advice": f"unexpected, at {Path(place.filename).name}:{place.lineno}; the queue tries again. If the message "
        "ends in the dead-letter queue, mend the forwarder and redrive it",
    }


@functools.cache
def _forwarder() -> Forwarder:
    """The forwarder of this container, made at its first batch from the routes in the zip."""
    routes = Path(__file__).resolve().parent.parent / ROUTES_FILE
    return Forwarder(
        routes=Routes.from_json(routes.read_text(encoding="utf-8")),
        client_for=connect_from_environment().for_route,
        clock=time.monotonic,
        log=write_line,
    )


def handle(event: Mapping[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Deliver a batch of SQS messages; see `Forwarder.handle`."""
    return _forwarder().handle(event)
