"""What a call is done to, read from the request: what IAM judges it by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

REFERENCE: Final = "https://docs.aws.amazon.com/service-authorization/latest/reference"
"""Says of each action of a service which resources it is done to."""
MODULE: Final = "ministack.core.iam_actions"
FUNCTION: Final = "extract_resource_arn"
"""MiniStack's function that says the resource of a call."""


@dataclass(frozen=True)
class Asked:
    """A request to a service, as MiniStack hands it on."""

    service: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: dict[str, Any]
    region: str
    account: str


def told_by(arn_of: Callable[[Asked], str | None]) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """A correction of FUNCTION: the resource is what `arn_of` says, and MiniStack's own answer where that is None."""

    def correct(original: Callable[..., str]) -> Callable[..., str]:
        def resource(*request: Any) -> str:
            return arn_of(Asked(*request)) or original(*request)

        return resource

    return correct
