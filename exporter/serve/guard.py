"""Who may ask: whoever holds the token. Without one, nobody whom a page of another site has sent."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from provisioner.failure import UsageError

TOKEN: Final = "EXPORTER_TOKEN"  # noqa: S105 - a variable's name
LEAST: Final = 16
"""Characters of a token: fewer can be guessed."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Lets in who holds the token; None asks for none."""

    token: str | None = field(repr=False)
    local: bool
    """Whether only this machine can reach the service."""

    def admits(self, token: str | None) -> bool:
        """Whether this is the token, found out in the same time whatever it is."""
        if self.token is None:
            return True
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def suspects(self, host: str, origin: str | None) -> bool:
        """Whether a browser may be asking on behalf of another site's page: no token keeps that page out.

        Args:
            host: the request's `Host`. Of a service that only this machine reaches, any other name is one that
                somebody has made point here.
            origin: the request's `Origin`, which browsers send with what a page of another site asks.
        """
        if self.token is not None:
            return False
        return origin is not None or (self.local and urlsplit(f"//{host}").hostname not in LOOPBACK)


def token_of(file: Path | None, environ: Mapping[str, str]) -> str | None:
    """The token of a file, else of the environment, else None.

    Raises:
        UsageError: it cannot be read, or is too short.
    """
    if file is not None:
        try:
            token, where = file.read_text(encoding="utf-8").strip(), str(file)
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: the token cannot be read: {error}") from error
    elif TOKEN in environ:
        token, where = environ[TOKEN].strip(), TOKEN
    else:
        return None
    if len(token) < LEAST or not (token.isascii() and token.isprintable()) or " " in token:
        raise UsageError(
            f"{where}: a token is {LEAST} letters and digits at least; make one with: "
            'python3 -c "import secrets; print(secrets.token_urlsafe())"'
        )
    return token
