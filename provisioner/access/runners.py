"""What AWS needs to run a scheduled export: settings that say with what and where, and a name that is not too long."""

from collections.abc import Iterator
from typing import Final

from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.datasets.rules.names import MAX_ROLE_NAME
from provisioner.reading.problem import START, Problem, Rule
from provisioner.settings import PROJECT, Settings, settings_file

_NEEDED: Final = ("exporter_image", "exporter_subnets", "exporter_security_groups")


def check_runners(catalogue: Catalogue, settings: Settings) -> Iterator[Problem]:
    """What is missing, or does not fit, for the exports that a schedule starts."""
    missing = [key for key in _NEEDED if not getattr(settings, key)]
    for dataset in catalogue:
        if dataset.scheduled is None:
            continue
        if missing:
            yield _at_export(
                dataset,
                f"'{dataset.name}' has a schedule, and the settings do not say with what AWS runs it: "
                f"{', '.join(repr(key) for key in missing)}",
                f"have '{PROJECT}:{missing[0]}' and the like added to {settings_file(settings.stack)}, or remove "
                "'schedule' and run it by hand",
            )
        excess = len(settings.export_start_role(dataset.kind, dataset.name)) - MAX_ROLE_NAME
        if excess > 0:
            yield _at_export(
                dataset,
                f"the name '{dataset.name}' makes a role of its export of {MAX_ROLE_NAME + excess} characters, "
                f"AWS allows {MAX_ROLE_NAME}",
                f"shorten it by {excess} character{'s' * (excess > 1)}, or remove 'schedule' and run it by hand",
            )


def _at_export(dataset: PushDataset | PullDataset, wrong: str, instead: str) -> Problem:
    return Problem(dataset.file, dataset.places.get("export", START), Rule.EXPORT_RUNNER, wrong, instead)
