"""For whom a service assumes a role.

MiniStack takes the root of an account for a service, and lets it in where a trust policy names any. What AWS's own
services then say of whom they work for, and no customer can, it does not hear.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from provisioner.emulator.corrections.correction import Correction

_GUIDE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_SAID: Final = {"x-amz-source-arn": "aws:sourcearn", "x-amz-source-account": "aws:sourceaccount"}
"""The headers in which a service says it, and the condition keys that they become."""


def _correct_caller(original: Callable[..., Any]) -> Callable[..., Any]:
    """Hear what a service says, and only a service."""
    refused = importlib.import_module("ministack.core.iam_evaluator").CredentialResolutionError

    def caller(headers: Mapping[str, str], query: Any = None) -> Any:
        found = original(headers, query)
        if isinstance(found, refused) or found["principalType"] != "Root":
            return found
        said = {key: headers[header] for header, key in _SAID.items() if header in headers}
        return {**found, "principalKeys": {**found["principalKeys"], **said}}

    return caller


CORRECTIONS = (
    Correction(
        module="ministack.services.sts",
        function="_caller_identity",
        difference="a service that assumes a role says for which resource and account, and trust policies hear it",
        documentation=f"{_GUIDE}/confused-deputy.html",
        correct=_correct_caller,
    ),
)
