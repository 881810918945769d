"""What every way of showing an export has in common."""

from provisioner.access.grants import export_place
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.model import Export, Task
from provisioner.exports.schedule import parse_schedule
from provisioner.settings import Settings


def when_of(export: Export) -> str:
    """When it runs: `every day at 05:00 Europe/London`, or by hand."""
    return parse_schedule(export.schedule).words(export.timezone) if export.schedule else "when somebody runs it"


def files_of(task: Task, dataset: PushDataset | PullDataset, settings: Settings) -> str:
    """The address of a task's files, its placeholders as the dataset file has them."""
    bucket, prefix = export_place(dataset, settings)
    return f"s3://{bucket}/{prefix}{task.key.text}"
