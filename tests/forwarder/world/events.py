"""What S3 tells of its writes: at least once, sometimes late, out of order, twice, or, in our tests, never."""

import json
from dataclasses import dataclass
from urllib.parse import quote_plus


@dataclass(frozen=True, kw_only=True)
class Event:
    """One notification (Amazon S3 User Guide, "Event message structure"); `name` such as `ObjectCreated:Put`."""

    name: str
    bucket: str
    key: str
    size: int
    etag: str
    sequencer: str

    @property
    def message(self) -> str:
        """The body of the SQS message. The key is URL-encoded, the ETag has no quotation marks."""
        found = {
            "key": quote_plus(self.key, safe="/"),
            "size": self.size,
            "eTag": self.etag.strip('"'),
            "sequencer": self.sequencer,
        }
        record = {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": self.name,
            "s3": {"bucket": {"name": self.bucket}, "object": found},
        }
        return json.dumps({"Records": [record]})
