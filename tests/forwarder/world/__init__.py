"""The world of the forwarder's tests: an S3 and an SQS that are as strict as AWS, on a clock that tests move.

`FakeS3` (s3.py) and `FakeQueue` (queue.py) are what a test sets up and looks at; `client` of each gives what the
forwarder talks to. What S3 does at a request is in objects.py, listing.py, deletes.py and multipart.py.
"""

from .client import FakeS3Client
from .clock import Clock
from .content import Content
from .errors import ProcessDiedError
from .events import Event
from .faults import Fault
from .model import ACCOUNT, Permission, Request, Version, When
from .multipart import MAX_PARTS, MAX_PIECE_BYTES, MIN_PART_BYTES
from .queue import FakeQueue, Message
from .s3 import FakeS3

__all__ = [
    "ACCOUNT",
    "MAX_PARTS",
    "MAX_PIECE_BYTES",
    "MIN_PART_BYTES",
    "Clock",
    "Content",
    "Event",
    "FakeQueue",
    "FakeS3",
    "FakeS3Client",
    "Fault",
    "Message",
    "Permission",
    "ProcessDiedError",
    "Request",
    "Version",
    "When",
]
