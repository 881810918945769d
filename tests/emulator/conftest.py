import importlib
import warnings

import pytest

# The AWS SDK warns of its own deprecated aliases as its parts are loaded, which happens at their first use.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    for part in ("cloudwatch", "iam", "lambda_", "s3", "sns", "sqs"):
        hasattr(importlib.import_module(f"pulumi_aws.{part}"), "anything")


@pytest.fixture
def unique(request: pytest.FixtureRequest) -> str:
    """A name that no other test uses, legal for a bucket, a queue and a role."""
    return f"t{abs(hash(request.node.nodeid)) % 10**10:010d}"
