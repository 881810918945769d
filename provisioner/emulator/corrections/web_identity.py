"""Whom a token of another cloud lets in.

AWS checks the signature of a token first, by the issuer's public keys. Here nobody does: there is no network.
"""

import importlib
from collections.abc import Callable
from typing import Any

from provisioner.emulator.corrections.correction import Correction

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_GOOGLE = "accounts.google.com"
_CREATE = "CreateOpenIDConnectProvider"


def _claims(token: str) -> dict[str, Any]:
    cognito = importlib.import_module("ministack.services.cognito")
    try:
        claims = cognito._decode_id_token_unverified(token)
    except (ValueError, TypeError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _correct_principal(_original: Callable[..., Any]) -> Callable[..., Any]:
    """Tell an issuer by every character of it, Google's audience by two keys, and believe only those that are known."""

    def principal(token: str, _provider_id: str, role_arn: str) -> tuple[str, dict[str, Any]]:
        claims = _claims(token)
        issuer = str(claims.get("iss", "")).removeprefix("https://")
        if issuer == _GOOGLE:
            # The party that a token is made out to goes before its audience, which then has a key of its own.
            keys = {"aud": claims.get("azp") or claims.get("aud"), "oaud": claims.get("aud"), "sub": claims.get("sub")}
            return _GOOGLE, {f"{_GOOGLE}:{key}": value for key, value in keys.items() if value is not None}
        _, partition, _, _, account, _ = role_arn.split(":", 5)
        arn = f"arn:{partition}:iam::{account}:oidc-provider/{issuer}"
        iam = importlib.import_module("ministack.services.iam")
        provider = iam._oidc_providers.get_scoped(account, None, arn)
        if provider is None or claims.get("aud") not in provider["ClientIDList"]:
            return "", {}
        return arn, {f"{issuer}:{key}": claims[key] for key in ("aud", "sub") if key in claims}

    return principal


def _correct_provider_arn(handlers: dict[str, Callable[[Any], Any]]) -> dict[str, Callable[[Any], Any]]:
    """Keep the slash that ends a provider's address in its ARN."""
    original = handlers[_CREATE]

    def create(parameters: Any) -> Any:
        iam = importlib.import_module("ministack.services.iam")
        url = iam._p(parameters, "Url")
        status, headers, body = original(parameters)
        if status != 200 or not url.endswith("/"):
            return status, headers, body
        short = f"arn:aws:iam::{iam.get_account_id()}:oidc-provider/{url.removeprefix('https://').rstrip('/')}"
        arn = f"{short}/"
        iam._oidc_providers[arn] = {**iam._oidc_providers[short], "Arn": arn}
        del iam._oidc_providers[short]
        return status, headers, body.replace(short.encode(), arn.encode())

    return {**handlers, _CREATE: create}


CORRECTIONS = (
    Correction(
        module="ministack.services.sts",
        function="_web_identity_principal",
        difference="a token's issuer is a provider of the account, its audience one that the provider lists; with "
        "Google, aud is the party it is made out to and oaud its audience",
        documentation=f"{_GUIDE}/reference_policies_iam-condition-keys.html#condition-keys-wif",
        correct=_correct_principal,
    ),
    Correction(
        module="ministack.services.iam",
        function="_IAM_HANDLERS",
        difference="an identity provider's ARN ends as its address does",
        documentation="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html",
        correct=_correct_provider_arn,
    ),
)
