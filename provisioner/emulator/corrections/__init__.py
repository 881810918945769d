"""Where the pinned MiniStack differs from AWS, and what AWS's documentation says instead.

Imported only by the emulator's own process (``server.py``): it changes MiniStack's functions there. Each correction
names the page that decides it. It replaces private functions, so it fits one version: any other is refused, because
a tour that silently runs uncorrected would show access that AWS does not give, or refuse access that AWS gives.
"""

import importlib
import importlib.metadata
from collections.abc import Callable

from provisioner.emulator.corrections import (
    access,
    copies,
    deployment,
    exports,
    functions,
    metrics,
    monitoring,
    objects,
    services,
    web_identity,
)
from provisioner.emulator.corrections.correction import Correction

CORRECTED_VERSION = "1.5.33"
"""The MiniStack version these corrections were written against; ``pyproject.toml`` pins the same."""


class MismatchError(Exception):
    """The installed MiniStack is not the one that the corrections fit."""


def apply(corrections: tuple[Correction, ...] | None = None, *, version: str | None = None) -> None:
    """Correct MiniStack in this process.

    Raises:
        MismatchError: another version is installed, or a function to correct is not there.
    """
    installed = importlib.metadata.version("ministack") if version is None else version
    if installed != CORRECTED_VERSION:
        raise MismatchError(
            f"MiniStack {installed} is installed, but provisioner/emulator/corrections corrects version "
            f"{CORRECTED_VERSION}: install that version, or check each correction against the new one."
        )
    for correction in CORRECTIONS if corrections is None else corrections:
        module = importlib.import_module(correction.module)
        original = getattr(module, correction.function, None)
        if original is None:
            raise MismatchError(
                f"MiniStack {installed} has no {correction.module}.{correction.function}, which must be corrected "
                f"({correction.difference}): check provisioner/emulator/corrections against this version."
            )
        setattr(module, correction.function, correction.correct(original))


def _without_machine_scripts(_original: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Run no start-up scripts: MiniStack would execute whatever lies in this machine's /etc/localstack."""
    return lambda *_folders: []


CORRECTIONS = (
    *access.CORRECTIONS,
    *copies.CORRECTIONS,
    *objects.CORRECTIONS,
    *functions.CORRECTIONS,
    *deployment.CORRECTIONS,
    *exports.CORRECTIONS,
    *monitoring.CORRECTIONS,
    *metrics.CORRECTIONS,
    *services.CORRECTIONS,
    *web_identity.CORRECTIONS,
    Correction(
        module="ministack.app",
        function="_collect_scripts",
        difference="no scripts of this machine are run at start",
        documentation="no page: AWS has no such scripts",
        correct=_without_machine_scripts,
    ),
)
