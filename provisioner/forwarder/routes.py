"""Where each push dataset goes: all that the forwarder knows of the project."""

import functools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

ROUTES_FILE = "routes.json"
"""Name of the routes at the root of the Lambda's zip."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One push dataset: keys under `<dataset>/` go to `bucket` under the same key, as the role `role_arn`."""

    dataset: str
    bucket: str
    bucket_account: str | None
    """The 12-digit id of the account that owns the target bucket, where the dataset says so."""
    role_arn: str
    keep_files: bool
    kms_key_arn: str | None

    def __post_init__(self) -> None:
        """Refuse values of another type: routes.json is read where no type checker sees it."""
        texts = (self.dataset, self.bucket, self.bucket_account or "", self.role_arn, self.kms_key_arn or "")
        if not all(isinstance(text, str) for text in texts) or not isinstance(self.keep_files, bool):
            raise ValueError(
                f"the route of dataset {self.dataset!r} has a value of the wrong type: build the zip again"
            )
        if not self.dataset or "/" in self.dataset:
            raise ValueError(f"a route's dataset is one path segment of a key, and {self.dataset!r} is not")


@dataclass(frozen=True, kw_only=True)
class Routes:
    """The routes of one export bucket, and the 12-digit id of the account that owns it."""

    export_bucket: str
    account_id: str
    routes: tuple[Route, ...]

    def __post_init__(self) -> None:
        """Refuse two routes for one dataset: one of them would be ignored."""
        if len(self._by_dataset) != len(self.routes):
            raise ValueError("two routes have the same dataset: each dataset has one target")

    @functools.cached_property
    def _by_dataset(self) -> Mapping[str, Route]:
        return {route.dataset: route for route in self.routes}

    def find(self, key: str) -> Route | None:
        """The route of an object key, by its first path segment; None for an unknown dataset or a key with no `/`."""
        dataset, slash, _ = key.partition("/")
        return self._by_dataset.get(dataset) if slash else None

    def to_json(self) -> str:
        """The content of routes.json: the same routes give the same text, in whatever order they come."""
        routes = [asdict(route) for route in sorted(self.routes, key=lambda route: route.dataset)]
        content = {"account_id": self.account_id, "export_bucket": self.export_bucket, "routes": routes}
        return json.dumps(content, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Routes":
        """The routes that `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        content = json.loads(text)
        return cls(
            export_bucket=content["export_bucket"],
            account_id=content["account_id"],
            routes=tuple(Route(**route) for route in content["routes"]),
        )
