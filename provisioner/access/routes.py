"""The routes of the forwarder: which prefix goes to which target, by which role."""

from collections.abc import Iterable

from provisioner.datasets.model import PushDataset
from provisioner.forwarder.routes import Route, Routes
from provisioner.settings import Settings


def routes_of(push: Iterable[PushDataset], settings: Settings) -> Routes:
    """The routes of the push datasets; retired ones too, so that what is left there is still delivered."""
    return Routes(
        export_bucket=settings.export_bucket,
        account_id=settings.account_id,
        routes=tuple(
            Route(
                dataset=dataset.name,
                bucket=dataset.bucket,
                bucket_account=dataset.bucket_account,
                role_arn=settings.delivery_role_arn(dataset.name),
                keep_files=dataset.keep_files,
                kms_key_arn=dataset.kms_key_arn,
            )
            for dataset in push
        ),
    )
