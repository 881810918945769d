"""What AWS did not answer: for lack of a permission, which is noted, or at all, which ends the command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import ConnectionError as UnreachableError

from provisioner.changes.sentence import Sentence, sentence
from provisioner.failure import UnavailableError

# IAM API Reference and Amazon S3 API Reference, "Common Errors" and "Error Responses".
_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_INVALID: Final = frozenset(
    {
        *("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidAccessKeyId"),
        *("InvalidToken", "SignatureDoesNotMatch", "UnrecognizedClientException"),
    }
)
_T = TypeVar("_T")


class Refusals:
    """The permissions that turned out to be missing."""

    def __init__(self, page: str) -> None:
        """None so far; `page` of the documentation has the policy that holds them all."""
        self._page = page
        self._actions: set[str] = set()

    def asked(self, action: str, ask: Callable[[], _T]) -> _T | None:
        """What AWS answers; None, and a note of it, where the credentials lack the permission for `action`."""
        try:
            return ask()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSED:
                raise
            self._actions.add(action)
            return None

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What to say of them."""
        return tuple(
            sentence(
                "the credentials lack the permission {}; {:plain} has the policy that is needed", action, self._page
            )
            for action in sorted(self._actions)
        )


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what keeps AWS from answering into a sentence for whoever called.

    Raises:
        UnavailableError: in place of the AWS SDK's own exceptions.
    """
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise UnavailableError(
            "there are no AWS credentials: set AWS_PROFILE, or log in as you do for the AWS CLI"
        ) from error
    except ProfileNotFound as error:
        raise UnavailableError(f"{error}; see `aws configure list-profiles`") from error
    except (UnreachableError, HTTPClientError) as error:
        raise UnavailableError(f"AWS cannot be reached: {error}") from error
    except ClientError as error:
        answer = error.response["Error"]
        said = f"{answer.get('Message', 'without a reason')} [{answer['Code']}]"
        if answer["Code"] in _INVALID:
            raise UnavailableError(f"the AWS credentials are not, or no longer, valid: {said}") from error
        raise UnavailableError(f"AWS refused {error.operation_name}: {said}") from error
    except BotoCoreError as error:
        raise UnavailableError(f"AWS cannot be asked: {error}") from error
