"""The routes that the forwarder is given: all that it knows of the datasets."""

from provisioner.access.routes import routes_of
from provisioner.forwarder.routes import Route
from tests.support import OURS, THEIRS, push_dataset, stack_settings

KEY = f"arn:aws:kms:eu-west-1:{THEIRS}:key/1a2b"


def test_a_route_says_where_files_go_whose_that_is_and_by_which_role() -> None:
    dataset = push_dataset("alpha", bucket_account=THEIRS, kms_key_arn=KEY, keep_files=True)
    assert routes_of([dataset], stack_settings()).find("alpha/file.csv") == Route(
        dataset="alpha",
        bucket="target-one",
        bucket_account=THEIRS,
        role_arn=f"arn:aws:iam::{OURS}:role/export_alpha",
        keep_files=True,
        kms_key_arn=KEY,
    )
