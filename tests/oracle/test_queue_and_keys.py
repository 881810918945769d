"""Who can send to the forwarder's queue, and who can use the key of a target."""

from pathlib import Path
from typing import Final

import pytest

from tests.oracle.callers import EVERYTHING, callers
from tests.oracle.deployed import Deployed, deploy
from tests.oracle.simulator import Request, Simulator
from tests.support import OTHERS, OUTSIDE_ROLE, THEIRS, catalogue, pull_dataset, push_dataset, stack_settings

STACK: Final = stack_settings(repository="example-org/exports")
KEY: Final = f"arn:aws:kms:eu-west-1:{THEIRS}:key/1a2b"
SAMPLE: Final = catalogue(
    push_dataset("alpha", kms_key_arn=KEY, bucket_account=THEIRS),
    push_dataset("alpha_open", users=("alpha_user_two",)),
    pull_dataset("beta", OUTSIDE_ROLE),
)


@pytest.fixture(scope="module")
def deployed(workspace: Path) -> Deployed:
    return deploy(SAMPLE, STACK, workspace)


SWEEP: Final = STACK.regional_arn("events", f"rule/{STACK.sweep_rule}")
EXPORT: Final = STACK.bucket_arn(STACK.export_bucket)
SENDERS: Final = {
    "S3 for our export bucket": (("s3.amazonaws.com", EXPORT, STACK.account_id), True),
    "the rule of the sweep": (("events.amazonaws.com", SWEEP, STACK.account_id), True),
    "S3 for another bucket of ours": (("s3.amazonaws.com", f"{EXPORT}-journal", STACK.account_id), False),
    "S3 for a bucket of our bucket's name in another account": (("s3.amazonaws.com", EXPORT, OTHERS), False),
    "another rule": (("events.amazonaws.com", f"{SWEEP}-2", STACK.account_id), False),
    "a rule of another account": (("events.amazonaws.com", SWEEP.replace(STACK.account_id, OTHERS), OTHERS), False),
    "S3 in the name of the rule": (("s3.amazonaws.com", SWEEP, STACK.account_id), False),
    "another service for our bucket": (("sns.amazonaws.com", EXPORT, STACK.account_id), False),
}


@pytest.mark.parametrize("sender", SENDERS)
def test_the_queue_takes_messages_of_our_bucket_and_of_the_sweep(
    simulator: Simulator, deployed: Deployed, sender: str
) -> None:
    (service, source, account), expected = SENDERS[sender]
    ask = Request(
        principal=service,
        action="sqs:SendMessage",
        resource=STACK.regional_arn("sqs", STACK.forwarder),
        owner=STACK.account_id,
        context={"aws:SourceArn": source, "aws:SourceAccount": account},
        resource_policy=deployed.queues[STACK.forwarder],
    )
    assert simulator.allows(ask) is expected


def test_nobody_else_sends_receives_or_purges_but_who_may_by_a_policy_of_our_account(
    simulator: Simulator, deployed: Deployed
) -> None:
    asked = [
        (caller, action)
        for caller in callers(deployed)
        for action in ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue", "sqs:SetQueueAttributes")
    ]
    decided = simulator.decide(
        [
            Request(
                principal=caller.principal,
                action=action,
                resource=STACK.regional_arn("sqs", STACK.forwarder),
                owner=STACK.account_id,
                context={"aws:PrincipalArn": caller.arn} if caller.principal else {},
                identity=caller.identity,
                resource_policy=deployed.queues[STACK.forwarder],
            )
            for caller, action in asked
        ]
    )
    allowed = {(caller.words, action) for (caller, action), one in zip(asked, decided, strict=True) if one == "Allowed"}
    assert {who for who, _ in allowed} <= {
        "the forwarder",
        "the role that deploys",
        "an administrator",
        "the break-glass role",
    }
    assert {action for who, action in allowed if who == "the forwarder"} == {"sqs:SendMessage", "sqs:ReceiveMessage"}
    assert {action for who, action in allowed if who == "the role that deploys"} == {"sqs:SetQueueAttributes"}


def test_the_key_of_a_target_is_used_by_its_delivery_role_through_s3_and_by_nobody_else(
    simulator: Simulator, deployed: Deployed
) -> None:
    services = ("s3.eu-west-1.amazonaws.com", "s3.eu-west-2.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com", "")
    asked = [
        (caller, identity, via, action)
        for caller in callers(deployed)
        # In our account as it is, and as somebody who may do anything: the key decides.
        for identity in ((caller.identity, (EVERYTHING,)) if caller.principal else ((),))
        for via in services
        for action in ("kms:GenerateDataKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:PutKeyPolicy")
    ]
    decided = simulator.decide(
        [
            Request(
                principal=caller.principal,
                action=action,
                resource=KEY,
                owner=THEIRS,
                context={
                    **({"aws:PrincipalArn": caller.arn} if caller.principal else {}),
                    **({"kms:ViaService": via} if via else {}),
                },
                identity=identity,
                resource_policy=deployed.keys[KEY],
            )
            for caller, identity, via, action in asked
        ]
    )
    allowed = {
        (caller.arn, via, action)
        for (caller, _, via, action), one in zip(asked, decided, strict=True)
        if one == "Allowed"
    }
    assert allowed == {
        (STACK.delivery_role_arn("alpha"), "s3.eu-west-1.amazonaws.com", action)
        for action in ("kms:GenerateDataKey", "kms:Decrypt")
    }
