"""The roles of the workflows at work on the embedded AWS, which enforces their policies."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from provisioner.access.deployment import WorkflowKind
from provisioner.access.deployment_policies import apply_policy, preview_policy
from provisioner.access.policies import Document
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.engine import ApplyError
from provisioner.emulator.services.s3 import bucket_location
from tests.emulator.courier import allow, statements, zip_of
from tests.emulator.deployment import Deployment, deployment
from tests.emulator.workflow_calls import NOT_ON_THE_EMULATOR, STATE, changes, reads, refusal
from tests.support import stack_settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")  # of its own aliases, as it is loaded

ANY: Final = stack_settings(repository="example-org/exports", state_bucket="state", state_key_arn="arn:aws:kms:::key/1")
LATER: Final = {
    *("s3:DeleteBucket", "s3:UntagResource"),
    *("iam:DeleteRolePolicy", "iam:ListInstanceProfilesForRole", "iam:DeleteRole", "iam:UntagRole"),
    "iam:DeleteOpenIDConnectProvider",
    *("iam:DetachRolePolicy", "iam:DetachUserPolicy", "iam:DeletePolicyVersion", "iam:DeletePolicy", "iam:UntagPolicy"),
    *("sqs:DeleteQueue", "sqs:UntagQueue"),
    *("lambda:DeleteEventSourceMapping", "lambda:DeleteFunction", "lambda:UntagResource"),
    *("logs:DeleteLogGroup", "logs:UntagResource"),
    *("events:DeleteRule", "events:RemoveTargets", "events:UntagResource"),
    *("cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:UntagResource"),
}
"""What only a removal does: of a dataset, of a tag of the settings, of the stack."""
OF_PULUMI: Final = {"s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"}
"""What Pulumi does with its state, which the emulator's engine does not have."""


NOTHING_SET: Final = {
    *("NoSuchCORSConfiguration", "NoSuchWebsiteConfiguration", "ReplicationConfigurationNotFoundError"),
    "ObjectLockConfigurationNotFoundError",
}
"""How S3 answers who may ask for what a bucket does not have."""


def actions_of(document: Document) -> set[str]:
    """The actions that a document allows."""
    return {action for one in document.statements if one["Effect"] == "Allow" for action in one["Action"]}


@pytest.fixture
def made(embedded_aws: EmbeddedAws, tmp_path: Path, request: pytest.FixtureRequest) -> Deployment:
    """A deployment of which nothing is applied yet."""
    return deployment(embedded_aws, tmp_path, 6 * 10**11 + abs(hash(request.node.nodeid)) % 10**11)


def applied(made: Deployment) -> Deployment:
    """The same, applied by the account's root, and with a state."""
    bucket = made.settings.state_bucket
    assert bucket is not None
    made.client("s3").create_bucket(Bucket=bucket, **bucket_location("eu-west-2"))
    made.client("s3").put_object(Bucket=bucket, Key=STATE, Body=b"{}")
    made.apply(made.root_credentials)
    return made


def change_a_user(made: Deployment) -> None:
    """So that the next application has a policy to change."""
    path = made.root / "push_datasets" / "new_project.yaml"
    path.write_text(path.read_text() + "  - alpha_user_Rhian-Manley\n")


def forbidden(made: Deployment, credentials: Credentials | None) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the role that applies must not do, in words, and the call that does it."""
    s3, iam, functions = (made.client(service, credentials) for service in ("s3", "iam", "lambda"))
    settings = made.settings
    trust = statements({"Effect": "Allow", "Principal": {"AWS": settings.account_id}, "Action": "sts:AssumeRole"})
    everything = statements(allow(["*"], ["*"]))
    administrator = {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    access = {"PolicyArn": settings.iam_arn(f"policy/{settings.access_policy('role', 'alpha_user_one', 1)}")}
    own = {"RoleName": settings.workflow_role("apply")}
    user = {"RoleName": "alpha_user_one"}
    for bucket in (settings.export_bucket, settings.pull_bucket("own"), settings.pull_bucket("old_pull")):
        data = {"Bucket": bucket, "Key": "data.csv"}
        made.client("s3").put_object(**data)
        yield f"read an object of {bucket}", partial(s3.get_object, **data)
        yield f"read the tags of an object of {bucket}", partial(s3.get_object_tagging, **data)
        yield f"write an object of {bucket}", partial(s3.put_object, **data, Body=b"")
        yield f"delete an object of {bucket}", partial(s3.delete_object, **data)
    state, other = {"Bucket": settings.state_bucket}, {"Bucket": f"other-{settings.account_id}"}
    yield "make another bucket", partial(s3.create_bucket, **other, **bucket_location("eu-west-2"))
    yield "delete another bucket", partial(s3.delete_bucket, **other)
    yield "let others into the state", partial(s3.put_bucket_policy, **state, Policy=statements())
    yield "write beside the state", partial(s3.put_object, **state, Key="elsewhere")
    role = {"RoleName": "admin", "AssumeRolePolicyDocument": trust}
    yield "make a role of another name", partial(iam.create_role, **role)
    yield "make a policy of another name", partial(iam.create_policy, PolicyName="admin", PolicyDocument=everything)
    yield "make a user", partial(iam.create_user, UserName="admin")
    yield "make a key for a user", partial(iam.create_access_key, UserName="legacy")
    yield "make an administrator of a user's role", partial(iam.attach_role_policy, **user, **administrator)
    yield "make an administrator of a user", partial(iam.attach_user_policy, UserName="legacy", **administrator)
    yield "take a policy that is not ours from a role", partial(iam.detach_role_policy, **user, **administrator)
    yield (
        "give a user's role a policy of its own",
        partial(iam.put_role_policy, **user, PolicyName="p", PolicyDocument=everything),
    )
    yield "let others become a user", partial(iam.update_assume_role_policy, **user, PolicyDocument=trust)
    yield "widen itself", partial(iam.put_role_policy, **own, PolicyName="apply", PolicyDocument=everything)
    yield "let others assume it", partial(iam.update_assume_role_policy, **own, PolicyDocument=trust)
    yield "attach to itself even a policy of ours", partial(iam.attach_role_policy, **own, **access)
    function = {"FunctionName": settings.forwarder}
    delivery = settings.delivery_role_arn("new_project")
    yield "give the function another role", partial(functions.update_function_configuration, **function, Role=delivery)
    new = {"Handler": "m.h", "Runtime": "python3.13", "Code": {"ZipFile": zip_of({"m.py": ""})}}
    another = {"FunctionName": "another", "Role": settings.role_arn(settings.forwarder)}
    yield "make another function", partial(functions.create_function, **another, **new)
    queue = settings.regional_arn("sqs", settings.forwarder)
    yield (
        "feed another function",
        partial(functions.create_event_source_mapping, EventSourceArn=queue, FunctionName="another"),
    )


class TestApplying:
    """The role that applies."""

    def test_it_applies_the_program_and_again_and_again_when_a_file_has_changed(self, made: Deployment) -> None:
        apply = made.assume(WorkflowKind.APPLY)
        first, second = made.apply(apply), made.apply(apply)
        change_a_user(made)
        third = made.apply(apply)
        assert [len(run.resources) for run in (second, third)] == [len(first.resources)] * 2

    def test_an_application_needs_every_right_to_change_but_those_to_remove(self, made: Deployment) -> None:
        apply = made.assume(WorkflowKind.APPLY)
        with made.recorded() as seen:
            made.apply(apply)
            change_a_user(made)
            made.apply(apply)
        granted = actions_of(apply_policy(made.settings))
        assert granted - seen == LATER | OF_PULUMI | ({*NOT_ON_THE_EMULATOR} & granted)

    @pytest.mark.parametrize(
        "statement",
        [
            one["Sid"]
            for one in apply_policy(ANY).statements
            if one["Effect"] == "Allow" and one["Sid"] not in ("ChangeMapping", "WriteState")
        ],
    )
    def test_without_one_of_the_statements_the_application_fails(self, made: Deployment, statement: str) -> None:
        with pytest.raises(ApplyError, match="AccessDenied"):
            made.apply(made.assume(WorkflowKind.APPLY, left_out=[statement]))

    def test_each_right_is_the_one_that_its_call_needs(self, made: Deployment) -> None:
        applied(made)
        wrong: list[str] = []
        apply = made.assume(WorkflowKind.APPLY)
        called: set[str] = set()
        for call in (*reads(made, apply), *changes(made, apply)):
            called.add(call.action)
            made.assume(WorkflowKind.APPLY, left_out=[call.action])
            if refusal(call.make) != "AccessDenied":
                wrong.append(f"{call.action} is not needed")
            made.assume(WorkflowKind.APPLY)
            if (code := refusal(call.make)) is not None and code not in NOTHING_SET:
                wrong.append(f"{call.action} is not enough: {code}")
        assert wrong == []
        granted = actions_of(preview_policy(made.settings)) | actions_of(apply_policy(made.settings))
        assert granted - called == {*NOT_ON_THE_EMULATOR}

    def test_it_reaches_nothing_but_what_the_stack_is_made_of(self, made: Deployment) -> None:
        apply = applied(made).assume(WorkflowKind.APPLY)
        let = [what for what, make in forbidden(made, apply) if refusal(make) != "AccessDenied"]
        assert let == []

    def test_an_administrator_could_do_all_that(self, made: Deployment) -> None:
        """So that each refusal above is one of rights, and not of a call that nobody could make."""
        applied(made).assume(WorkflowKind.APPLY)
        refused = [(what, code) for what, make in forbidden(made, None) if (code := refusal(make)) is not None]
        assert refused == []


class TestPreviewing:
    """The role that previews."""

    def test_it_reads_everything(self, made: Deployment) -> None:
        preview = applied(made).assume(WorkflowKind.PREVIEW)
        refused = [call.action for call in reads(made, preview) if refusal(call.make) not in (None, *NOTHING_SET)]
        assert refused == []

    def test_it_changes_nothing(self, made: Deployment) -> None:
        preview = applied(made).assume(WorkflowKind.PREVIEW)
        let = [call.action for call in changes(made, preview) if refusal(call.make) != "AccessDenied"]
        assert let == []

    def test_it_cannot_apply(self, made: Deployment) -> None:
        with pytest.raises(ApplyError, match="AccessDenied"):
            made.apply(made.assume(WorkflowKind.PREVIEW))


@pytest.mark.parametrize("kind", WorkflowKind)
def test_with_either_role_check_live_is_answered_all_that_it_asks(made: Deployment, kind: WorkflowKind) -> None:
    done = applied(made).check_live(made.assume(kind))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "lack the permission" not in done.stderr
