"""What the stack registers, applied and in a preview where nothing that AWS would give is known."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from provisioner.access.delivery import delivery_policy, delivery_trust, forwarder_policy, forwarder_trust, queue_policy
from provisioner.access.policies import export_bucket_policy, journal_bucket_policy, pull_bucket_policy
from provisioner.forwarder.configuration import Configuration
from provisioner.resources.component import Component
from provisioner.resources.stack import provision
from tests.resources.recorder import ProgramError, Recording, Registered, record, unknown_in
from tests.support import OWN_ROLE, OWN_USER, catalogue, pull_dataset, push_dataset, stack_settings

STACK = stack_settings(
    tags={"team": "exports"}, retention_days=21, log_retention_days=90, forwarder_concurrency=8, retry_seconds=5
)
PUSH = (
    push_dataset("alpha", sealed=True),
    push_dataset("beta", bucket="target-two", keep_files=True, users=("alpha_user_two",)),
    push_dataset("gone", retired=True),
)
PULL = (
    pull_dataset("plain"),
    pull_dataset("versioned", OWN_ROLE, OWN_USER, bucket_versioning=True),
    pull_dataset("gone", retired=True),
)
SAMPLE = catalogue(*PUSH, *PULL)
DAY = 24 * 60 * 60

pytestmark = pytest.mark.usefixtures("routes_alone", "no_text_of_outputs")


@pytest.fixture
def applied(workspace: Path) -> Recording:
    return record(lambda: provision(SAMPLE, STACK, workspace), preview=False)


@pytest.fixture
def previewed(workspace: Path) -> Recording:
    return record(lambda: provision(SAMPLE, STACK, workspace), preview=True)


def aws_only(recording: Recording) -> list[Registered]:
    return [resource for resource in recording.resources if resource.type.startswith("aws:")]


def of_component(recording: Recording, component: str, name: str) -> list[Registered]:
    """The AWS resources whose parent is a component, told by the type in their URN and by their name."""
    return [
        resource
        for resource in aws_only(recording)
        if f"provisioner:resources:{component}$" in resource.urn and resource.name == name
    ]


def policy_of(resource: Registered) -> str:
    text = resource.inputs["policy"]
    assert isinstance(text, str)
    return text


def test_a_preview_registers_what_is_applied(applied: Recording, previewed: Recording) -> None:
    """Whatever the engine does not know yet, the program declares the same."""
    assert applied.by_urn.keys() == previewed.by_urn.keys()
    for urn, resource in previewed.by_urn.items():
        for key, value in resource.inputs.items():
            assert unknown_in(value) or value == applied.by_urn[urn].inputs[key]


def test_every_policy_is_known_in_a_preview_so_that_a_reviewer_sees_it(previewed: Recording) -> None:
    policies = [
        resource.inputs[key]
        for resource in previewed.resources
        for key in ("policy", "assumeRolePolicy")
        if key in resource.inputs
    ]
    assert len(policies) >= 3 + 2 * 3 + 3 + 1
    assert not any(unknown_in(policy) for policy in policies)
    assert all(json.loads(policy)["Version"] == "2012-10-17" for policy in policies)


def test_only_what_aws_gives_is_unknown_in_a_preview(previewed: Recording) -> None:
    unknown = {
        (resource.type.rpartition(":")[2], key)
        for resource in previewed.resources
        for key, value in resource.inputs.items()
        if unknown_in(value)
    }
    assert unknown == {
        *((kind, "bucket") for kind in ("BucketPublicAccessBlock", "BucketPolicy", "BucketLifecycleConfiguration")),
        *((kind, "bucket") for kind in ("BucketVersioning", "BucketServerSideEncryptionConfiguration")),
        *(("BucketNotification", key) for key in ("bucket", "queues")),
        *(("RolePolicyAttachment", "policyArn"), ("UserPolicyAttachment", "policyArn")),
        *(("Queue", "redrivePolicy"), ("QueuePolicy", "queueUrl"), ("Function", "role")),
        ("Function", "environment"),
        *(("EventSourceMapping", key) for key in ("eventSourceArn", "functionName")),
        ("EventTarget", "arn"),
    }


def test_a_pull_dataset_costs_four_resources_and_five_with_versioning(applied: Recording) -> None:
    counts = {dataset.name: len(of_component(applied, "PullBucket", f"pull-{dataset.name}")) for dataset in PULL}
    assert counts == {"plain": 4, "versioned": 5, "gone": 4}


def test_a_push_dataset_costs_two_resources(applied: Recording) -> None:
    counts = {dataset.name: len(of_component(applied, "DeliveryRole", f"push-{dataset.name}")) for dataset in PUSH}
    assert counts == {"alpha": 2, "beta": 2, "gone": 2}


def test_a_further_dataset_of_each_kind_costs_six_resources_and_no_more(workspace: Path) -> None:
    """Whatever is there once, or once for each user, does not grow with the datasets."""

    def count(datasets: int) -> int:
        some = catalogue(
            *(push_dataset(f"a{number}") for number in range(datasets)),
            *(pull_dataset(f"b{number}") for number in range(datasets)),
        )
        return len(aws_only(record(lambda: provision(some, STACK, workspace), preview=True)))

    assert count(11) - count(1) == 10 * (4 + 2)


def test_every_bucket_with_data_is_protected_and_none_is_ever_emptied_by_force(applied: Recording) -> None:
    buckets = {bucket.inputs["bucket"]: bucket for bucket in applied.of_type("Bucket")}
    assert {name: bucket.protect for name, bucket in buckets.items()} == {
        "mojap-hub-exports": True,
        "mojap-hub-exports-journal": True,
        "mojap-plain": True,
        "mojap-versioned": True,
        "mojap-gone": False,  # retired: it stays, but the next step may delete it
    }
    assert all(bucket.inputs["forceDestroy"] is False for bucket in buckets.values())


def test_public_access_is_blocked_in_every_way_on_every_bucket(applied: Recording) -> None:
    blocks = applied.of_type("BucketPublicAccessBlock")
    assert {block.inputs["bucket"] for block in blocks} == {
        bucket.inputs["bucket"] for bucket in applied.of_type("Bucket")
    }
    for block in blocks:
        assert {key: value for key, value in block.inputs.items() if key != "bucket"} == {
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        }


def test_every_bucket_has_its_own_policy(applied: Recording) -> None:
    policies = {policy.inputs["bucket"]: policy_of(policy) for policy in applied.of_type("BucketPolicy")}
    assert policies == {
        "mojap-hub-exports": export_bucket_policy(PUSH, STACK).text,
        "mojap-hub-exports-journal": journal_bucket_policy(STACK).text,
        **{STACK.pull_bucket(pull.name): pull_bucket_policy(pull, STACK).text for pull in PULL},
    }


def rules(applied: Recording, name: str) -> dict[str, dict[str, Any]]:
    found = applied.one("BucketLifecycleConfiguration", name).inputs["rules"]
    assert {rule["status"] for rule in found} == {"Enabled"}
    assert {rule["filter"]["prefix"] for rule in found if rule["id"] != "forget-troubles"} == {""}
    return {rule["id"]: rule for rule in found}


def test_the_export_bucket_keeps_versions_for_the_retention_days_and_is_encrypted(applied: Recording) -> None:
    assert applied.one("BucketVersioning", "export-bucket").inputs["versioningConfiguration"] == {"status": "Enabled"}
    lifecycle = rules(applied, "export-bucket")
    assert lifecycle["end-noncurrent-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": 21}
    assert lifecycle["end-noncurrent-versions"]["expiration"] == {"expiredObjectDeleteMarker": True}


@pytest.mark.parametrize(("name", "bucket"), [("export-bucket", "hub-exports"), ("journal", "hub-exports-journal")])
def test_what_the_forwarder_reads_and_remembers_is_encrypted(applied: Recording, name: str, bucket: str) -> None:
    encryption = applied.one("BucketServerSideEncryptionConfiguration", name).inputs
    assert encryption["bucket"] == f"mojap-{bucket}"
    assert encryption["rules"][0]["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


def test_the_journal_forgets_troubles_after_their_messages_are_gone_and_nothing_else(applied: Recording) -> None:
    """A receipt must stay for as long as its file: without it, the file would be delivered again."""
    expiring = [rule for rule in rules(applied, "journal").values() if "expiration" in rule]
    assert [(rule["filter"]["prefix"], rule["expiration"]) for rule in expiring] == [("troubles/", {"days": 30})]
    assert applied.one("Queue", "dead-letters").inputs["messageRetentionSeconds"] < 30 * DAY


def test_no_lifecycle_rule_ends_an_object_that_is_current(applied: Recording) -> None:
    """That would delete data that was never delivered, or that readers still need."""
    for configuration in applied.of_type("BucketLifecycleConfiguration"):
        if configuration.name == "journal":  # names alone
            continue
        for rule in configuration.inputs["rules"]:
            assert rule.get("expiration", {}).keys() <= {"expiredObjectDeleteMarker"}


def test_unfinished_uploads_end_in_every_bucket(applied: Recording) -> None:
    for bucket in applied.of_type("Bucket"):
        rule = rules(applied, bucket.name)["end-unfinished-uploads"]
        assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 35}


def test_a_bucket_that_aws_refuses_to_delete_has_lost_nothing_that_guards_it(applied: Recording) -> None:
    """Its parts go with it: Pulumi deletes none of them before."""
    guards = ("BucketPolicy", "BucketPublicAccessBlock", "BucketLifecycleConfiguration", "BucketVersioning")
    parts = [part for kind in guards for part in applied.of_type(kind)]
    assert parts
    for part in parts:
        assert part.deleted_with == applied.one("Bucket", part.name).urn, part.urn


def test_a_pull_bucket_is_versioned_only_if_its_file_says_so(applied: Recording) -> None:
    assert {versioning.name for versioning in applied.of_type("BucketVersioning")} == {
        "export-bucket",
        "pull-versioned",
    }


def test_earlier_versions_end_also_where_versioning_was_switched_off_again(applied: Recording) -> None:
    for name in ("pull-versioned", "pull-plain"):
        assert "end-noncurrent-versions" in rules(applied, name)


def test_rules_for_versions_wait_for_versioning(applied: Recording) -> None:
    for name in ("export-bucket", "pull-versioned"):
        versioning = applied.one("BucketVersioning", name)
        assert versioning.urn in applied.one("BucketLifecycleConfiguration", name).depends_on


def test_one_queue_is_fed_by_the_export_bucket_and_the_sweeps_schedule_alone(applied: Recording) -> None:
    queue = applied.one("Queue", "queue")
    policy = applied.one("QueuePolicy")
    assert policy_of(policy) == queue_policy(STACK).text
    statements = json.loads(policy_of(policy))["Statement"]
    sweep = f"arn:aws:events:eu-west-2:111122223333:rule/{applied.one('EventRule').inputs['name']}"
    assert [(one["Principal"], one["Condition"]["ArnEquals"]) for one in statements] == [
        ({"Service": "s3.amazonaws.com"}, {"aws:SourceArn": "arn:aws:s3:::mojap-hub-exports"}),
        ({"Service": "events.amazonaws.com"}, {"aws:SourceArn": sweep}),
    ]
    for statement in statements:
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
        assert statement["Resource"] == f"arn:aws:sqs:eu-west-2:111122223333:{queue.inputs['name']}"
    notification = applied.one("BucketNotification")
    assert notification.inputs["bucket"] == "mojap-hub-exports"
    assert [one["events"] for one in notification.inputs["queues"]] == [["s3:ObjectCreated:*"]]
    assert {policy.urn, applied.one("BucketVersioning", "export-bucket").urn} <= notification.depends_on


def test_what_fails_again_and_again_goes_to_the_dead_letter_queue_and_stays_there_longest(applied: Recording) -> None:
    assert len(applied.of_type("Queue")) == 2
    dead = applied.one("Queue", "dead-letters")
    redrive = json.loads(applied.one("Queue", "queue").inputs["redrivePolicy"])
    assert redrive == {"deadLetterTargetArn": f"arn:aws:queue:::{dead.inputs['name']}", "maxReceiveCount": 12}
    assert dead.inputs["messageRetentionSeconds"] == 14 * DAY
    assert all(queue.inputs["sqsManagedSseEnabled"] is True for queue in applied.of_type("Queue"))


def test_a_message_stays_invisible_for_six_times_as_long_as_the_function_may_run(applied: Recording) -> None:
    timeout = applied.one("Function").inputs["timeout"]
    assert timeout <= 900
    assert applied.one("Queue", "queue").inputs["visibilityTimeoutSeconds"] >= 6 * timeout


def test_the_function_is_fed_with_partial_batch_responses(applied: Recording) -> None:
    mapping = applied.one("EventSourceMapping").inputs
    assert (mapping["batchSize"], mapping["maximumBatchingWindowInSeconds"]) == (100, 1)
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["eventSourceArn"] == "arn:aws:queue:::export-forwarder"
    assert mapping["functionName"] == "arn:aws:function:::export-forwarder"
    assert 2 <= mapping["scalingConfig"]["maximumConcurrency"] <= 1_000


def test_the_functions_environment_is_what_its_configuration_reads(applied: Recording) -> None:
    queues = "https://sqs.eu-west-2.amazonaws.com/111122223333"
    assert Configuration.from_environment(applied.one("Function").inputs["environment"]["variables"]) == Configuration(
        queue_url=f"{queues}/export-forwarder",
        dead_letter_queue_url=f"{queues}/export-forwarder-dead-letters",
        journal_bucket="mojap-hub-exports-journal",
        concurrency=STACK.forwarder_concurrency,
        multipart_threshold=STACK.multipart_threshold_mib * 1024**2,
        retry_seconds=STACK.retry_seconds,
    )


def test_the_function_has_a_log_group_with_retention_before_it_runs(applied: Recording) -> None:
    log, function = applied.one("LogGroup"), applied.one("Function")
    assert log.inputs["name"] == f"/aws/lambda/{function.inputs['name']}"
    assert log.inputs["retentionInDays"] == 90
    assert {log.urn, applied.one("RolePolicy", "forwarder").urn} <= function.depends_on


def test_the_function_carries_a_route_for_every_push_dataset_retired_ones_too(
    applied: Recording, workspace: Path
) -> None:
    code = applied.one("Function").inputs["code"]
    assert Path(code["path"]).parent == workspace
    routes = json.loads(Path(code["path"]).read_text())["routes"]
    assert {route["dataset"]: (route["bucket"], route["keep_files"]) for route in routes} == {
        "alpha": ("target-one", False),
        "beta": ("target-two", True),
        "gone": ("target-one", False),
    }
    assert {route["role_arn"] for route in routes} == {
        f"arn:aws:iam::111122223333:role/{role.inputs['name']}"
        for role in applied.of_type("Role")
        if role.name.startswith("push-")
    }


def test_each_role_has_its_own_trust_and_policy(applied: Recording) -> None:
    forwarder = applied.one("Role", "forwarder")
    assert forwarder.inputs["assumeRolePolicy"] == forwarder_trust().text
    assert policy_of(applied.one("RolePolicy", "forwarder")) == forwarder_policy(STACK).text
    for push in PUSH:
        role = applied.one("Role", f"push-{push.name}")
        policy = applied.one("RolePolicy", f"push-{push.name}")
        assert role.inputs["name"] == f"export_{push.name}"
        assert role.inputs["assumeRolePolicy"] == delivery_trust(STACK).text
        assert policy.inputs["role"] == role.inputs["name"]
        assert policy_of(policy) == delivery_policy(push, STACK).text


def test_users_and_our_own_readers_have_their_policies_attached_and_nobody_else(applied: Recording) -> None:
    roles = {one.inputs["role"]: one.inputs["policyArn"] for one in applied.of_type("RolePolicyAttachment")}
    users = {one.inputs["user"]: one.inputs["policyArn"] for one in applied.of_type("UserPolicyAttachment")}
    assert roles == {
        name: f"arn:aws:policy:::data-exports-role-{name}-1"
        for name in ("alpha_user_one", "alpha_user_two", "dashboard")
    }
    assert users == {"legacy": "arn:aws:policy:::data-exports-user-legacy-1"}
    assert len(applied.of_type("Policy")) == 4


def test_everything_goes_through_one_provider_with_default_tags_that_can_reach_no_other_account(
    applied: Recording,
) -> None:
    (provider,) = (resource for resource in applied.resources if resource.type == "pulumi:providers:aws")
    assert json.loads(provider.inputs["allowedAccountIds"]) == ["111122223333"]
    assert provider.inputs["region"] == "eu-west-2"
    assert json.loads(provider.inputs["defaultTags"]) == {
        "tags": {"team": "exports", "managed-by": "data-engineering-exports"}
    }
    assert Counter(resource.provider.split("::")[-2] for resource in aws_only(applied)) == {
        "aws": len(aws_only(applied))
    }


def test_the_settings_cannot_take_the_tag_away_by_which_delivery_roles_are_known(workspace: Path) -> None:
    settings = stack_settings(tags={"managed-by": "somebody-else"})
    recording = record(lambda: provision(catalogue(), settings, workspace), preview=True)
    (provider,) = (resource for resource in recording.resources if resource.type == "pulumi:providers:aws")
    assert "somebody-else" not in provider.inputs["defaultTags"]


def test_the_stack_gives_bucket_names_role_arns_and_queue_urls(applied: Recording) -> None:
    queue = "https://sqs.eu-west-2.amazonaws.com/111122223333/export-forwarder"
    assert applied.outputs == {
        "export_bucket": "mojap-hub-exports",
        "pull_buckets": {"plain": "mojap-plain", "versioned": "mojap-versioned", "gone": "mojap-gone"},
        "delivery_role_arns": {name: f"arn:aws:role:::export_{name}" for name in ("alpha", "beta", "gone")},
        "reader_role_arns": {},
        "forwarder_role_arn": "arn:aws:role:::export-forwarder",
        "dataset_stacks": "0",
        "queue_url": queue,
        "dead_letter_queue_url": f"{queue}-dead-letters",
    }


def test_a_stack_without_datasets_is_a_stack(workspace: Path) -> None:
    recording = record(lambda: provision(catalogue(), STACK, workspace), preview=True)
    assert [bucket.inputs["bucket"] for bucket in recording.of_type("Bucket")] == [
        "mojap-hub-exports",
        "mojap-hub-exports-journal",
    ]
    assert recording.of_type("Policy") == []


class _Careless(Component):
    """A component as it must not be: it makes a text of what is not known yet."""

    def __init__(self, use: Callable[[pulumi.Output[str]], object]) -> None:
        super().__init__("careless", None)
        use(self.urn)


def test_these_tests_see_an_output_made_a_text() -> None:
    with pytest.raises(Exception, match=r"Calling __str__ on an Output"):
        record(lambda: _Careless(lambda output: f"{output}"), preview=True)


def test_these_tests_see_a_resource_declared_twice() -> None:
    def twice() -> None:
        for _ in range(2):
            pulumi.ComponentResource("test:index:Thing", "thing")

    with pytest.raises(ProgramError, match=r"declares twice: .*::thing$"):
        record(twice, preview=True)
