"""A forwarder's zip that takes no time to build."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provisioner.forwarder.routes import Routes
from provisioner.resources import forwarder_zip


@contextmanager
def routes_alone_in_the_zip() -> Iterator[None]:
    """The forwarder's zip holds its routes and nothing else: the whole takes a moment to build."""

    def build(routes: Routes) -> bytes:
        return routes.to_json().encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forwarder_zip, "build", build)
        yield
