"""GitHub's REST API as far as we use it: issues and comments, listed by pages, made and edited, on this machine.

It is as strict as GitHub where that matters to us: a wrong token, too long a body, a permission that a job lacks.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

REPOSITORY: Final = "example-org/data-engineering-exports"
TOKEN: Final = "the-token-of-the-job"
BOT: Final = "github-actions[bot]"
MAX_BODY: Final = 65_536

Item = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer instead of the right one, for one request; `done` is whether it was carried out all the same."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "Server Error"
    done: bool = False


class FakeGitHub:
    """What is on GitHub, and what was asked of it."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        """Method and path of each request, in order."""
        self.issues: list[Item] = []
        self.comments: dict[int, list[Item]] = {}
        self.page = 100
        """Items of a page, where fewer are asked for than a test wants to write."""
        self.may_write = True
        self.instead: list[Answer | None] = []
        """The answers of the next requests; None is the right one."""
        self._last = 0

    def issue(self, title: str, body: str, *, author: str = "somebody", **more: Any) -> Item:
        """Add an issue; `pull_request` makes it a pull request."""
        number = self._number()
        url = f"https://github.example/{REPOSITORY}/issues/{number}"
        made = {"number": number, "title": title, "body": body, "state": "open", "html_url": url}
        self.issues.append({**made, "user": {"login": author}, **more})
        return self.issues[-1]

    def comment(self, issue: int, body: str, *, author: str = "somebody") -> Item:
        """Add a comment to an issue or pull request."""
        number = self._number()
        url = f"https://github.example/{REPOSITORY}/pull/{issue}#issuecomment-{number}"
        made = {"id": number, "body": body, "html_url": url, "user": {"login": author}}
        self.comments.setdefault(issue, []).append(made)
        return made

    def writes(self) -> list[str]:
        """What was asked that writes."""
        return [asked for asked in self.asked if not asked.startswith("GET ")]

    def _number(self) -> int:
        self._last += 1
        return self._last

    def answer(self, method: str, address: str, token: str, fields: Item) -> tuple[int, Mapping[str, str], Any]:
        """Status, headers and body of an answer."""
        self.asked.append(f"{method} {address}")
        if token != f"Bearer {TOKEN}":
            return 401, {}, {"message": "Bad credentials"}
        instead = self.instead.pop(0) if self.instead else None
        if instead and not instead.done:
            return instead.status, instead.headers, {"message": instead.message}
        if method != "GET" and not self.may_write:
            return 403, {}, {"message": "Resource not accessible by integration"}
        if len(fields.get("body", "")) > MAX_BODY:
            return 422, {}, {"message": f"Body is too long (maximum is {MAX_BODY} characters)"}
        right = self._do(method, address, fields)
        return (instead.status, instead.headers, {"message": instead.message}) if instead else right

    def _do(self, method: str, address: str, fields: Item) -> tuple[int, Mapping[str, str], Any]:
        split = urlsplit(address)
        query = {name: values[-1] for name, values in parse_qs(split.query).items()}
        path = split.path.removeprefix(f"/repos/{REPOSITORY}/")
        if method == "GET" and path == "issues":
            return self._listed([issue for issue in self.issues if issue["state"] == query["state"]], address, query)
        if method == "POST" and path == "issues":
            return 201, {}, self.issue(fields["title"], fields["body"], author=BOT)
        if found := re.fullmatch(r"issues/(\d+)/comments", path):
            if method == "GET":
                return self._listed(self.comments.get(int(found[1]), []), address, query)
            return 201, {}, self.comment(int(found[1]), fields["body"], author=BOT)
        if method == "PATCH" and (found := re.fullmatch(r"issues/comments/(\d+)", path)):
            every = [comment for comments in self.comments.values() for comment in comments]
            return self._edited(every, "id", int(found[1]), fields)
        if method == "PATCH" and (found := re.fullmatch(r"issues/(\d+)", path)):
            return self._edited(self.issues, "number", int(found[1]), fields)
        return 404, {}, {"message": "Not Found"}

    def _listed(self, items: list[Item], address: str, query: Mapping[str, str]) -> tuple[int, Mapping[str, str], Any]:
        size = min(int(query.get("per_page", "30")), self.page)
        page = int(query.get("page", "1"))
        shown = items[(page - 1) * size : page * size]
        if page * size >= len(items):
            return 200, {}, shown
        joined = re.sub(r"&page=\d+", "", address)
        links = f'<{self.url}{joined}&page={page + 1}>; rel="next", <{self.url}{joined}&page=99>; rel="last"'
        return 200, {"Link": links}, shown

    @staticmethod
    def _edited(items: list[Item], key: str, number: int, fields: Item) -> tuple[int, Mapping[str, str], Any]:
        (item,) = [item for item in items if item[key] == number]
        item.update(fields)
        return 200, {}, item


@contextmanager
def serving() -> Iterator[FakeGitHub]:
    """A GitHub on this machine's loopback address; it is gone after the `with` block."""
    github = FakeGitHub()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            fields = json.loads(self.rfile.read(length)) if length else {}
            token = self.headers.get("Authorization", "")
            status, headers, body = github.answer(self.command, self.path, token, fields)
            sent = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - the names by which http.server finds them

        def log_message(self, *_: object) -> None:
            """Nothing: tests read `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    github.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
