"""What is asked of AWS, seen on the wire: a relay that counts, and hands each request on to the embedded AWS.

The same eyes for every contender, whatever it is written in, and retries count too. It is slow, so that nothing is
timed that goes through it.
"""

import http.client
import ssl
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from provisioner.emulator.embedded_aws import EmbeddedAws

_DROPPED: Final = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})
"""Headers that are of one connection, not of the answer."""
_WITHOUT_BODY: Final = (http.client.NO_CONTENT, http.client.NOT_MODIFIED)


@dataclass(frozen=True, kw_only=True)
class Relay:
    """Counts requests by operation, those of other services with the service's name before it."""

    endpoint_url: str
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Those that were answered with an error, by operation and status."""


@contextmanager
def counting_relay(aws: EmbeddedAws) -> Iterator[Relay]:
    """A relay on loopback, over plain HTTP, until the block ends."""
    lock = threading.Lock()
    trust = ssl.create_default_context(cafile=str(aws.ca_bundle))
    port = urlsplit(aws.endpoint_url).port

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self._onward = http.client.HTTPSConnection("127.0.0.1", port, context=trust)

        def finish(self) -> None:
            self._onward.close()
            super().finish()

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self._body()
            answer, content = self._hand_on(body)
            operation = operation_of(self.command, self.path, dict(self.headers.items()), body)
            with lock:
                relay.counts[operation] += 1
                if answer.status >= http.client.BAD_REQUEST:
                    relay.refused[f"{operation} {answer.status}"] += 1
            self._answer(answer, content)

        def log_message(self, *_about: object) -> None:
            """Nothing is logged: it counts."""

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return b"".join(self._chunks())
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass

        def _hand_on(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
            onward = self._onward
            onward.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _DROPPED and name.lower() != "expect":
                    onward.putheader(name, value)
            onward.putheader("Content-Length", str(len(body)))
            onward.endheaders(body)
            answer = onward.getresponse()
            return answer, answer.read()

        def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
            self.send_response_only(answer.status, answer.reason)
            head = self.command == "HEAD"
            for name, value in answer.getheaders():
                if name.lower() not in _DROPPED or (head and name.lower() == "content-length"):
                    self.send_header(name, value)
            if not head and answer.status not in _WITHOUT_BODY:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        relay = Relay(endpoint_url=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()


def operation_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """The operation of a request, as the Amazon S3 API Reference names it; `SQS SendMessage` for another service's."""
    headers = {name.lower(): value for name, value in headers.items()}
    if "x-amz-target" in headers:  # Amazon SQS API Reference, "Making requests using the AWS JSON protocol"
        return f"SQS {headers['x-amz-target'].rpartition('.')[2]}"
    parts = urlsplit(target)
    query = parse_qs(parts.query, keep_blank_values=True)
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return f"STS {parse_qs(body.decode())['Action'][0]}"
    is_object = "/" in parts.path.strip("/")
    telling = [word for word in _TELLING if word in query][:1]
    copies = ["from"] if "x-amz-copy-source" in headers else []
    shape = " ".join([method, *telling, *copies])
    return (_OBJECT if is_object else _BUCKET).get(shape, shape)


_TELLING: Final = ("delete", "uploads", "partNumber", "uploadId", "tagging", "versions", "list-type", "location")
"""The query parameters that tell operations of one method apart; `partNumber` before the `uploadId` beside it."""
_BUCKET: Final = {
    "GET": "ListObjects",
    "GET list-type": "ListObjectsV2",
    "GET versions": "ListObjectVersions",
    "GET uploads": "ListMultipartUploads",
    "GET location": "GetBucketLocation",
    "HEAD": "HeadBucket",
    "PUT": "CreateBucket",
    "POST delete": "DeleteObjects",
}
_OBJECT: Final = {
    "GET": "GetObject",
    "GET tagging": "GetObjectTagging",
    "GET uploadId": "ListParts",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "PUT from": "CopyObject",
    "PUT partNumber": "UploadPart",
    "PUT partNumber from": "UploadPartCopy",
    "PUT tagging": "PutObjectTagging",
    "POST uploads": "CreateMultipartUpload",
    "POST uploadId": "CompleteMultipartUpload",
    "DELETE": "DeleteObject",
    "DELETE uploadId": "AbortMultipartUpload",
}
