"""Where a file is that was written for a push dataset: still in the export bucket, at its target, or both."""

from typing import TYPE_CHECKING

from provisioner.datasets.model import Catalogue, PushDataset
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.surroundings import target_owner
from provisioner.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Arrivals:
    """Looks as the owner of each bucket."""

    def __init__(self, aws: EmbeddedAws, catalogue: Catalogue, settings: Settings) -> None:
        """Of the datasets of a catalogue."""
        self._aws = aws
        self._catalogue = catalogue
        self._settings = settings
        self._here = aws.client("s3")
        self._targets: dict[str, S3Client] = {}

    def target(self, dataset: PushDataset) -> "S3Client":
        """S3 for the owner of the dataset's target bucket."""
        owner = target_owner(dataset.bucket, self._catalogue.push)
        if owner not in self._targets:
            self._targets[owner] = self._aws.client("s3", account_id=owner)
        return self._targets[owner]

    def is_there(self, dataset: PushDataset, key: str) -> bool:
        """Whether the file is at the dataset's target."""
        return bool(self.target(dataset).list_objects_v2(Bucket=dataset.bucket, Prefix=key)["KeyCount"])

    def is_here(self, key: str) -> bool:
        """Whether the file is shown in the export bucket."""
        return bool(self._here.list_objects_v2(Bucket=self._settings.export_bucket, Prefix=key)["KeyCount"])

    def has_arrived(self, dataset: PushDataset, key: str) -> bool:
        """Whether the file is at the dataset's target, and gone here unless it may stay."""
        return self.is_there(dataset, key) and self.is_here(key) == dataset.keep_files
