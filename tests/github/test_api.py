"""The client of GitHub's API: every page, no lost patience, nothing done twice, and errors that say what to do."""

import dataclasses
import time

import pytest

from provisioner.github.api import ATTEMPTS, LONGEST_WAIT, RATE_WAIT, GitHub, GitHubError
from tests.github.server import TOKEN, Answer, FakeGitHub


def comments(github: GitHub) -> list[str]:
    return github.patiently(lambda: [comment["body"] for comment in github.items("issues/1/comments")])


class TestPages:
    def test_every_item_of_every_page_is_given(self, github: GitHub, server: FakeGitHub) -> None:
        server.page = 2
        bodies = [server.comment(1, str(number))["body"] for number in range(5)]
        assert comments(github) == bodies
        assert len(server.asked) == 3

    def test_a_list_without_items_is_empty(self, github: GitHub) -> None:
        assert comments(github) == []

    def test_the_token_goes_to_no_other_host(self, github: GitHub, server: FakeGitHub) -> None:
        server.page = 1
        server.comment(1, "a")
        server.comment(1, "b")
        elsewhere = server.url
        server.url = "http://127.0.0.2:9"
        with pytest.raises(GitHubError, match=r"http://127\.0\.0\.2:9/.* is not of"):
            comments(github)
        server.url = elsewhere

    def test_a_redirect_is_not_followed(self, github: GitHub, server: FakeGitHub) -> None:
        server.instead = [Answer(status=302, headers={"Location": f"{server.url}/elsewhere"}, message="Moved")]
        with pytest.raises(GitHubError, match="GitHub answered 302: Moved"):
            comments(github)
        assert len(server.asked) == 1


class TestPatience:
    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_what_passes_is_waited_for_each_time_longer(
        self, github: GitHub, server: FakeGitHub, naps: list[float], status: int
    ) -> None:
        server.comment(1, "a")
        server.instead = [Answer(status=status)] * 3
        assert comments(github) == ["a"]
        assert naps == [2.0, 4.0, 8.0]

    def test_what_does_not_pass_is_an_error_in_the_end(
        self, github: GitHub, server: FakeGitHub, naps: list[float]
    ) -> None:
        server.instead = [Answer(status=500, message="Oh no")] * 99
        with pytest.raises(GitHubError, match="GitHub answered 500: Oh no"):
            comments(github)
        assert (len(server.asked), len(naps)) == (ATTEMPTS, ATTEMPTS - 1)

    @pytest.mark.parametrize(
        ("answer", "wait"),
        [
            (Answer(status=403, headers={"Retry-After": "7"}), 7.0),
            (Answer(status=429, headers={"Retry-After": "7"}), 7.0),
            (Answer(status=429), RATE_WAIT),
            (Answer(status=403, message="You have exceeded a secondary rate limit."), RATE_WAIT),
        ],
        ids=str,
    )
    def test_a_rate_limit_is_waited_for_as_long_as_github_says(
        self, github: GitHub, server: FakeGitHub, naps: list[float], answer: Answer, wait: float
    ) -> None:
        server.instead = [answer]
        assert comments(github) == []
        assert naps == [wait]

    def test_a_limit_that_is_used_up_is_waited_for_till_it_is_reset(
        self, github: GitHub, server: FakeGitHub, naps: list[float]
    ) -> None:
        reset = str(int(time.time()) + 100)
        server.instead = [Answer(status=403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})]
        comments(github)
        assert 90.0 < naps[0] <= 100.0

    def test_who_would_have_to_wait_too_long_is_told(
        self, github: GitHub, server: FakeGitHub, naps: list[float]
    ) -> None:
        server.instead = [Answer(status=429, headers={"Retry-After": str(int(LONGEST_WAIT) + 1)})]
        with pytest.raises(GitHubError, match="GitHub answered 429"):
            comments(github)
        assert naps == []

    def test_a_server_that_is_not_there_is_waited_for_too(self, github: GitHub, naps: list[float]) -> None:
        nobody = dataclasses.replace(github, api_url="http://127.0.0.1:9")
        with pytest.raises(GitHubError, match=r"GitHub did not answer: .*refused"):
            comments(nobody)
        assert len(naps) == ATTEMPTS - 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "advice"),
        [(401, "GITHUB_TOKEN"), (403, "'permissions:'"), (404, "'permissions:'"), (410, "switched off"), (422, "422")],
    )
    def test_one_that_will_not_pass_says_what_to_do_and_is_not_repeated(
        self, github: GitHub, server: FakeGitHub, naps: list[float], status: int, advice: str
    ) -> None:
        server.instead = [Answer(status=status, message="No")]
        with pytest.raises(GitHubError, match=f"GET .*: GitHub answered {status}: No") as refused:
            comments(github)
        assert advice in str(refused.value)
        assert (naps, len(server.asked)) == ([], 1)


class TestEnvironment:
    def test_it_is_the_runners(self) -> None:
        found = GitHub.from_environment(
            {"GITHUB_API_URL": "https://api.github.example/", "GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t"}
        )
        assert (found.api_url, found.repository, found.token) == ("https://api.github.example", "a/b", "t")

    def test_what_is_not_set_is_named(self) -> None:
        with pytest.raises(GitHubError, match="GITHUB_REPOSITORY and GITHUB_TOKEN must be set"):
            GitHub.from_environment({"GITHUB_API_URL": "https://api.github.example", "GITHUB_TOKEN": ""})

    def test_the_token_is_in_no_message(self, github: GitHub) -> None:
        assert TOKEN not in repr(github)
