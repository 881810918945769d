"""The rules that look at one export, in the order in which they look. A new rule goes here."""

from collections.abc import Callable
from typing import Final

from provisioner.exports.draft import ExportDraft
from provisioner.exports.rules.collisions import check_collisions
from provisioner.exports.rules.columns import check_columns
from provisioner.exports.rules.deletion import check_deletion
from provisioner.exports.rules.file_keys import check_file_keys
from provisioner.exports.rules.formats import check_formats
from provisioner.exports.rules.freshness import check_freshness
from provisioner.exports.rules.manifest import check_manifest
from provisioner.exports.rules.numbers import check_numbers
from provisioner.exports.rules.parameters import check_parameters
from provisioner.exports.rules.retirement import check_retirement
from provisioner.exports.rules.schedule import check_schedule, check_timezone
from provisioner.exports.rules.source import check_source
from provisioner.exports.rules.tasks import check_tasks
from provisioner.exports.rules.window import check_window
from provisioner.reading.document import Report

Rule = Callable[[ExportDraft, Report], None]

RULES: Final[tuple[Rule, ...]] = (
    check_retirement,
    check_source,
    check_schedule,
    check_timezone,
    check_freshness,
    check_numbers,
    check_tasks,
    check_parameters,
    check_columns,
    check_window,
    check_deletion,
    check_formats,
    check_file_keys,
    check_manifest,
    check_collisions,
)
