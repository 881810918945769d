"""What the three roles of a scheduled export may do, and that each may do no more."""

from typing import Final

import pytest

from provisioner.access.deployment_exports import apply_exports_policy, preview_exports_policy
from provisioner.access.exporting import (
    clock_policy,
    clock_trust,
    exporter_cluster_arn,
    exporter_policy,
    failures_policy,
    start_policy,
    task_trust,
)
from provisioner.access.grants import grants_of_dataset
from provisioner.access.policies import Document, export_bucket_policy, pull_bucket_policy
from provisioner.access.runners import check_runners
from provisioner.datasets.model import PushDataset
from tests.access.evaluator import Request, Statement, is_allowed
from tests.access.test_deployment import not_understood
from tests.support import EXPORTER, OURS, catalogue, export_of, pull_dataset, push_dataset, stack_settings

STACK: Final = stack_settings(**EXPORTER)
ALPHA: Final = push_dataset("alpha", export=export_of())
BETA: Final = pull_dataset("beta", export=export_of())
CLUSTER: Final = f"arn:aws:ecs:eu-west-2:{OURS}:cluster/exporter"
TASK: Final = f"arn:aws:ecs:eu-west-2:{OURS}:task-definition/exporter-push-alpha:7"
CLOCK: Final = clock_policy(ALPHA, STACK)
START: Final = start_policy(ALPHA, export_of(), STACK)
DOCUMENTS: Final = {
    "exporter": exporter_policy(ALPHA, STACK),
    "start": START,
    "clock": CLOCK,
    "preview": preview_exports_policy(STACK),
    "apply": apply_exports_policy(STACK),
}


def may(document: Document, action: str, resource: str, **context: str) -> bool:
    keys = {key.replace("_", ":", 1): value for key, value in context.items()}
    me = f"arn:aws:iam::{OURS}:role/me"
    return is_allowed(
        Request(principal=me, action=action, resource=resource, context=keys), document.statements, (), OURS
    )


@pytest.mark.parametrize(
    "statement",
    [one for document in DOCUMENTS.values() for one in document.statements],
    ids=[f"{name} {one['Sid']}" for name, document in DOCUMENTS.items() for one in document.statements],
)
def test_aws_knows_every_action_and_does_it_to_what_is_named_on_these_conditions(statement: Statement) -> None:
    assert [*not_understood(dict(statement))] == []


def test_the_exporter_writes_reads_back_and_lists_under_its_prefix_and_nowhere_else() -> None:
    policy = exporter_policy(ALPHA, STACK)
    for action in ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:GetObject"):
        assert may(policy, action, "arn:aws:s3:::mojap-hub-exports/alpha/a.csv")
        assert not may(policy, action, "arn:aws:s3:::mojap-hub-exports/alpha_kept/a.csv")
        assert not may(policy, action, "arn:aws:s3:::mojap-beta/a.csv")
    assert may(policy, "s3:ListBucket", "arn:aws:s3:::mojap-hub-exports", s3_prefix="alpha/a")
    assert not may(policy, "s3:ListBucket", "arn:aws:s3:::mojap-hub-exports", s3_prefix="")
    assert not may(policy, "s3:DeleteObject", "arn:aws:s3:::mojap-hub-exports/alpha/a.csv")


def test_the_exporter_of_a_pull_dataset_has_its_bucket_and_no_other() -> None:
    policy = exporter_policy(BETA, STACK)
    assert may(policy, "s3:PutObject", "arn:aws:s3:::mojap-beta/a.csv")
    assert not may(policy, "s3:DeleteObject", "arn:aws:s3:::mojap-beta/a.csv")
    assert not may(policy, "s3:PutObject", "arn:aws:s3:::mojap-hub-exports/beta/a.csv")


def test_the_clock_starts_its_own_task_in_our_cluster_and_no_other() -> None:
    assert may(CLOCK, "ecs:RunTask", TASK, ecs_cluster=CLUSTER)
    assert not may(CLOCK, "ecs:RunTask", TASK, ecs_cluster=f"{CLUSTER}s")
    assert not may(CLOCK, "ecs:RunTask", TASK)
    assert not may(CLOCK, "ecs:RunTask", TASK.replace("alpha", "alpha_2"), ecs_cluster=CLUSTER)
    assert exporter_cluster_arn(STACK) == CLUSTER


def test_the_clock_passes_the_roles_of_its_task_to_ecs_and_nothing_else() -> None:
    to_ecs = {"iam_PassedToService": "ecs-tasks.amazonaws.com"}
    assert may(CLOCK, "iam:PassRole", STACK.role_arn("exporter-push-alpha"), **to_ecs)
    assert may(CLOCK, "iam:PassRole", STACK.role_arn("exporter-push-alpha-start"), **to_ecs)
    assert not may(CLOCK, "iam:PassRole", STACK.role_arn("exporter-push-alpha-clock"), **to_ecs)
    assert not may(CLOCK, "iam:PassRole", STACK.role_arn("exporter-pull-alpha"), **to_ecs)
    elsewhere = {"iam_PassedToService": "lambda.amazonaws.com"}
    assert not may(CLOCK, "iam:PassRole", STACK.role_arn("exporter-push-alpha"), **elsewhere)


def test_what_starts_a_run_reads_its_one_secret_and_writes_its_own_streams() -> None:
    assert may(START, "secretsmanager:GetSecretValue", STACK.sources["core"])
    assert not may(START, "secretsmanager:GetSecretValue", STACK.sources["core"].replace("core", "other"))
    group = f"arn:aws:logs:eu-west-2:{OURS}:log-group:/ecs/exporter:log-stream"
    assert may(START, "logs:PutLogEvents", f"{group}:exporter-push-alpha/exporter/1a2b")
    assert not may(START, "logs:PutLogEvents", f"{group}:exporter-push-alpha_2/exporter/1a2b")
    assert not may(START, "s3:PutObject", "arn:aws:s3:::mojap-hub-exports/alpha/a.csv")


def test_it_pulls_the_image_of_the_settings_and_asks_nothing_of_ecr_for_one_of_another_registry() -> None:
    repository = f"arn:aws:ecr:eu-west-2:{OURS}:repository/data-exporter"
    assert may(START, "ecr:BatchGetImage", repository)
    assert not may(START, "ecr:BatchGetImage", f"{repository}-2")
    elsewhere = start_policy(ALPHA, export_of(), stack_settings(**{**EXPORTER, "exporter_image": "ghcr.io/a/b:1"}))
    assert "ecr:" not in elsewhere.text


@pytest.mark.parametrize(
    ("trust", "service", "source"),
    [
        (task_trust(STACK), "ecs-tasks.amazonaws.com", f"arn:aws:ecs:eu-west-2:{OURS}:*"),
        (clock_trust(STACK), "scheduler.amazonaws.com", f"arn:aws:scheduler:eu-west-2:{OURS}:schedule-group/exporter"),
    ],
)
def test_a_role_is_assumed_by_its_service_on_behalf_of_our_account_alone(
    trust: Document, service: str, source: str
) -> None:
    (statement,) = trust.statements
    assert statement["Principal"] == {"Service": service}
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": source},
        "StringEquals": {"aws:SourceAccount": OURS},
    }


def test_only_the_rule_about_our_own_runs_sends_to_the_queue_of_failures() -> None:
    (statement,) = failures_policy(STACK).statements
    rule = f"arn:aws:events:eu-west-2:{OURS}:rule/exporter-failures"
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": rule}


def test_a_seal_lets_the_exporter_of_the_dataset_write_and_no_other() -> None:
    push, pull = push_dataset("alpha", sealed=True, export=export_of()), pull_dataset("beta", sealed=True)
    (seal,) = (one for one in export_bucket_policy([push], STACK).statements if one["Sid"].startswith("Sealed"))
    assert STACK.role_arn("exporter-push-alpha") in seal["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert "exporter" not in pull_bucket_policy(pull, STACK).text


@pytest.mark.parametrize(
    "dataset",
    [push_dataset("alpha"), push_dataset("alpha", export=export_of(schedule=None))],
    ids=["without an export", "run by hand"],
)
def test_what_aws_does_not_run_gives_no_role_anything(dataset: PushDataset) -> None:
    assert not any(grant.principal.kind == "exporter" for grant in grants_of_dataset(dataset, STACK))


def test_settings_that_cannot_run_an_export_are_a_problem_of_its_file_alone() -> None:
    both = catalogue(ALPHA, push_dataset("gamma", export=export_of(schedule=None)))
    (problem,) = check_runners(both, stack_settings(sources=EXPORTER["sources"]))
    assert problem.file == "push_datasets/alpha.yaml"
    assert "'exporter_image', 'exporter_subnets', 'exporter_security_groups'" in problem.wrong
    assert [*check_runners(both, STACK)] == []
