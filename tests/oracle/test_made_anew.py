"""A reader's role that is deleted and made anew has the old one's ARN and another unique id, and goes on reading."""

import json
from dataclasses import replace

from tests.oracle.deployed import Deployed
from tests.oracle.matrix import Cell, Matrix
from tests.oracle.simulator import Request, Simulator
from tests.support import OUTSIDE_ROLE


def naming(principal: str) -> str:
    """A bucket policy that names somebody itself, which ours does not."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::mojap-beta/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_it_reads_by_our_policy_and_would_not_by_one_that_names_the_role(
    simulator: Simulator, sample: Deployed
) -> None:
    matrix = Matrix(sample)
    (anew,) = (one for one in matrix.callers if one.arn == OUTSIDE_ROLE and one.words.endswith("made anew"))
    ours = matrix.request(Cell(caller=anew, action="s3:GetObject", bucket="mojap-beta", key="file.csv"))
    while_it_lived = replace(ours, resource_policy=naming(OUTSIDE_ROLE))
    # IAM User Guide, "AWS JSON policy elements: Principal": once the role is gone, AWS shows its unique id there.
    since = replace(ours, resource_policy=naming("AROA1EXAMPLE"))
    asked: list[Request] = [ours, while_it_lived, since]
    assert [simulator.allows(one) for one in asked] == [True, True, False]
