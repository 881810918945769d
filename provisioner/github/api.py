"""A thin client of GitHub's REST API, for what a workflow does with its token."""

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, ClassVar, Final, TypeVar

API_VERSION: Final = "2022-11-28"
"""GitHub Docs, "API Versions"."""
PAGE: Final = 100
"""Items of a page at most: GitHub Docs, "Using pagination in the REST API"."""
TIMEOUT: Final = 30.0
"""Seconds that one answer may take."""
ATTEMPTS: Final = 5
FIRST_WAIT: Final = 2.0
"""Seconds before the second attempt; doubled before each further one."""
RATE_WAIT: Final = 60.0
"""Seconds to wait where a rate limit was met and nothing says for how long.

GitHub Docs, "Rate limits for the REST API", wants a minute at least.
"""
LONGEST_WAIT: Final = 300.0
"""Seconds that are waited at most. Who would have to wait longer is told so."""
_NEXT: Final = re.compile(r'<([^>]*)>\s*;\s*rel="next"')

Item = dict[str, Any]
Result = TypeVar("Result")


class GitHubError(Exception):
    """GitHub could not be asked, or did not do as asked; the text says why, and what to do."""

    exit_code: ClassVar[int] = 69  # EX_UNAVAILABLE of sysexits.h

    def __init__(self, text: str, *, wait: float | None = None) -> None:
        """`wait` is how many seconds from now it may be different, None where it will not be."""
        super().__init__(text)
        self.wait = wait


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Goes where it was told and nowhere else: a redirected request would take the token along."""

    def redirect_request(self, *_: object) -> None:
        """No request follows a redirect."""


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """A repository on GitHub, and the token to speak of it."""

    api_url: str
    repository: str
    """Owner and name: `example-org/data-engineering-exports`."""
    token: str = field(repr=False)
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "GitHub":
        """GitHub as a workflow's environment names it.

        Raises:
            GitHubError: a variable is not set.
        """
        names = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
        missing = [name for name in names if not environ.get(name)]
        if missing:
            raise GitHubError(
                f"{' and '.join(missing)} must be set; GitHub sets all but GITHUB_TOKEN, which the step gives "
                "in its 'env:' as ${{ github.token }}"
            )
        url, repository, token = (environ[name] for name in names)
        return cls(api_url=url.rstrip("/"), repository=repository, token=token)

    def patiently(self, act: Callable[[], Result]) -> Result:
        """What `act` gives, done again after a while where GitHub is busy, limits the rate, or cannot be reached.

        No request is repeated by itself: an answer may be lost after the thing was done. An act that looks up what is
        there before it writes finds it then, and makes no second one.

        Raises:
            GitHubError: it is no passing fault, or did not pass.
        """
        for attempt in range(ATTEMPTS - 1):
            try:
                return act()
            except GitHubError as error:
                if error.wait is None or error.wait > LONGEST_WAIT:
                    raise
                self.sleep(max(error.wait, FIRST_WAIT * 2**attempt))
        return act()

    def items(self, path: str) -> Iterator[Item]:
        """Every item of a list of the repository, such as `issues?state=open`, from all of its pages.

        Raises:
            GitHubError: GitHub did not answer as it should.
        """
        joint = "&" if "?" in path else "?"
        url: str | None = f"{self._url(path)}{joint}per_page={PAGE}"
        while url:
            page, link = self._ask("GET", url)
            yield from page
            following = _NEXT.search(link)
            url = following[1] if following else None
            if url and not url.startswith(f"{self.api_url}/"):
                raise GitHubError(
                    f"GitHub's next page would be {url}, which is not of {self.api_url}; it was not asked"
                )

    def create(self, path: str, fields: Item) -> Item:
        """Add an item to a list of the repository.

        Raises:
            GitHubError: GitHub did not do so, or did not say so.
        """
        made: Item = self._ask("POST", self._url(path), fields)[0]
        return made

    def edit(self, path: str, fields: Item) -> Item:
        """Change an item of the repository.

        Raises:
            GitHubError: GitHub did not do so, or did not say so.
        """
        changed: Item = self._ask("PATCH", self._url(path), fields)[0]
        return changed

    def _url(self, path: str) -> str:
        return f"{self.api_url}/repos/{self.repository}/{path}"

    def _ask(self, method: str, url: str, fields: Item | None = None) -> tuple[Any, str]:
        """What GitHub answers, and its `Link` header."""
        request = urllib.request.Request(  # noqa: S310 - the address is the runner's own, http or https
            url,
            data=None if fields is None else json.dumps(fields).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "provisioner",
                "X-GitHub-Api-Version": API_VERSION,
            },
        )
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
                return json.loads(answer.read()), answer.headers.get("Link", "")
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(f"{method} {url}", error.code, error.headers, error.read()) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise GitHubError(f"{method} {url}: GitHub did not answer: {error}", wait=0.0) from error


def _refused(asked: str, status: int, headers: "Message[str, str]", body: bytes) -> GitHubError:
    """What an answer that is no success means."""
    said = _message(body)
    text = f"{asked}: GitHub answered {status}: {said}"
    if status >= 500:
        return GitHubError(text, wait=0.0)
    if status == 429 or (status == 403 and _is_rate_limit(headers, said)):
        return GitHubError(text, wait=_wait(headers))
    advice = {
        401: "; the token in GITHUB_TOKEN is not, or no longer, valid",
        403: "; the job's 'permissions:' must allow it ('pull-requests: write' for a comment, 'issues: write' for an "
        "issue), and a fork's token may never write",
        404: "; it is not there, or the job's 'permissions:' do not let it be seen",
        410: "; issues are switched off in the settings of this repository",
    }
    return GitHubError(text + advice.get(status, ""))


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, TypeError, KeyError):
        return "no more than that"


def _is_rate_limit(headers: "Message[str, str]", said: str) -> bool:
    """GitHub Docs, "Rate limits for the REST API": 403 may say that a limit was met, in one of three ways."""
    return "Retry-After" in headers or headers.get("X-RateLimit-Remaining") == "0" or "rate limit" in said.lower()


def _wait(headers: "Message[str, str]") -> float:
    """Seconds until a limit may be past."""
    if (after := headers.get("Retry-After", "")).isdecimal():
        return float(after)
    reset = headers.get("X-RateLimit-Reset", "")
    if headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
        return max(0.0, float(reset) - time.time())
    return RATE_WAIT
