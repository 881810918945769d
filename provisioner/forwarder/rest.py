"""Routes that rest: trying them on would hold up the others."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .failure import DeliveryError
from .routes import Route

REST_SECONDS = 20.0
"""How long nothing more of a route is tried in one container after AWS was overloaded by it, or did not answer."""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Which routes rest, and why; `clock` counts seconds."""

    clock: Callable[[], float]
    _resting: dict[str, tuple[float, DeliveryError]] = field(default_factory=dict)

    def check(self, route: Route) -> None:
        """Raise the failure for which the route rests, if it does."""
        until, failure = self._resting.get(route.dataset, (0.0, None))
        if failure is None:
            return
        if self.clock() < until:
            raise failure
        self._resting.pop(route.dataset, None)

    def note(self, route: Route, failure: DeliveryError) -> None:
        """Let the route rest, if its failure slows others."""
        if failure.slows_others:
            self._resting[route.dataset] = (self.clock() + REST_SECONDS, failure)
