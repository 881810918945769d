"""A request, as AWS judges it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Request:
    """Somebody asks AWS for something."""

    principal: str
    """The ARN of the role or user; of the role, where it is asked in a session of one."""
    action: str
    """Such as `s3:GetObject`, in any capitals."""
    resource: str
    """The ARN of a bucket, or of an object."""
    owner: str | None
    """The account that the resource belongs to; None where nobody has said: it is none that the principal is of."""
    context: Mapping[str, str]
    """The condition keys that the request carries; what is not there, it lacks."""

    @property
    def account_id(self) -> str:
        """The account of the principal."""
        return self.principal.split(":")[4]
