"""A fake STS, which gives the delivery roles their credentials, or refuses."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class FakeSts:
    """Gives an hour to every role that it is asked for, or refuses with a code; the access key id is the role."""

    now: datetime = START
    refuses: bool = False
    code: str = "AccessDenied"
    asked: list[dict[str, Any]] = field(default_factory=list)

    def assume_role(self, **parameters: Any) -> dict[str, Any]:
        self.asked.append(parameters)
        if self.refuses:
            answer: Any = {
                "Error": {"Code": self.code, "Message": "not now"},
                "ResponseMetadata": {"HTTPStatusCode": 403, "RequestId": "r1"},
            }
            raise ClientError(answer, "AssumeRole")
        credentials = {"AccessKeyId": parameters["RoleArn"], "SecretAccessKey": "s", "SessionToken": "t"}
        return {"Credentials": {**credentials, "Expiration": self.now + timedelta(hours=1)}}


def sts_client(sts: FakeSts) -> "STSClient":
    """What the forwarder talks to."""
    return cast("STSClient", sts)
