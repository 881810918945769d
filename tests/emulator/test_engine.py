import functools
import gc
import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.engine import Applied, ApplyError, apply_program
from tests.emulator.courier import OURS, allow, statements


def refused(program: Callable[[], object], embedded_aws: EmbeddedAws) -> str:
    """The sentence a run of the program ends with."""
    with pytest.raises(ApplyError) as error:
        apply_program(program, embedded_aws)
    return str(error.value)


class TestErrors:
    """A run ends with one sentence that names the resource."""

    def test_an_unknown_property(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        message = refused(lambda: aws.s3.Bucket("odd", bucket=unique, request_payer="Requester"), embedded_aws)
        assert message.startswith("odd (aws:s3/bucket:Bucket) could not be made: ")
        assert "does not know the property requestPayer" in message

    def test_an_unknown_property_deep_inside(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        def program() -> None:
            later = aws.s3.BucketLifecycleConfigurationRuleTransitionArgs(days=1, storage_class="GLACIER")
            rule = aws.s3.BucketLifecycleConfigurationRuleArgs(id="x", status="Enabled", transitions=[later])
            aws.s3.BucketLifecycleConfiguration("odd", bucket=unique, rules=[rule])

        assert "does not know the property rules[0].transitions" in refused(program, embedded_aws)

    def test_an_unknown_property_is_found_before_aws_is_called(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        refused(lambda: aws.s3.Bucket("odd", bucket=unique, request_payer="Requester"), embedded_aws)
        buckets = embedded_aws.client("s3").list_buckets(Prefix=unique)["Buckets"]
        assert buckets == []

    def test_an_unknown_type(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        message = refused(lambda: aws.sns.Topic("odd", name=unique), embedded_aws)
        assert "odd (aws:sns/topic:Topic) could not be made: the embedded AWS does not know the type" in message

    def test_a_missing_name_is_not_invented(self, embedded_aws: EmbeddedAws) -> None:
        assert "the property bucket is missing" in refused(lambda: aws.s3.Bucket("odd"), embedded_aws)

    def test_code_that_is_no_file(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        def program() -> None:
            code = pulumi.AssetArchive({"m.py": pulumi.StringAsset("pass")})
            aws.lambda_.Function("odd", name=unique, role="role", handler="m.h", runtime="python3.13", code=code)

        assert "the property code is a AssetArchive, expected FileArchive" in refused(program, embedded_aws)

    def test_a_call_that_aws_refuses(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        def program() -> None:
            aws.s3.BucketPolicy("lost", bucket=f"{unique}-not-there", policy=statements(allow(["s3:*"], ["*"])))

        message = refused(program, embedded_aws)
        assert message.startswith(
            "lost (aws:s3/bucketPolicy:BucketPolicy) could not be made: PutBucketPolicy was refused"
        )
        assert message.endswith("[NoSuchBucket]")

    def test_a_policy_for_a_role_that_does_not_exist(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        def program() -> None:
            policy = aws.iam.Policy("policy", name=unique, policy=statements(allow(["s3:*"], ["*"])))
            aws.iam.RolePolicyAttachment("leaver", role=f"{unique}-gone", policy_arn=policy.arn)

        message = refused(program, embedded_aws)
        assert message.startswith("leaver (aws:iam/rolePolicyAttachment:RolePolicyAttachment) could not be made")
        assert message.endswith("[NoSuchEntity]")

    def test_nothing_that_needs_the_failed_resource_is_made(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        def program() -> None:
            first = aws.s3.BucketVersioning(
                "first", bucket=f"{unique}-not-there", versioning_configuration={"status": "Enabled"}
            )
            second = aws.s3.Bucket("second", bucket=first.id.apply(lambda _: unique))
            pulumi.export("never", second.arn)

        assert refused(program, embedded_aws).startswith("first (")
        assert embedded_aws.client("s3").list_buckets(Prefix=unique)["Buckets"] == []

    def test_what_waits_for_the_failed_resource_ends_without_a_complaint(
        self, embedded_aws: EmbeddedAws, unique: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        def program() -> None:
            first = aws.s3.BucketVersioning(
                "first", bucket=f"{unique}-not-there", versioning_configuration={"status": "Enabled"}
            )
            for number in range(5):
                pulumi.export(f"waiting-{number}", aws.s3.Bucket(f"waiting-{number}", bucket=first.id).arn)

        refused(program, embedded_aws)
        gc.collect()  # a future that nobody awaited complains when it is collected
        assert caplog.records == []

    def test_the_same_resource_twice(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        def program() -> None:
            for _ in range(2):
                aws.s3.Bucket("twin", bucket=unique)

        assert "twin (aws:s3/bucket:Bucket) could not be made: the program declares it twice" in refused(
            program, embedded_aws
        )

    def test_a_look_up(self, embedded_aws: EmbeddedAws) -> None:
        def program() -> None:
            pulumi.export("account", aws.get_caller_identity_output().account_id)

        assert "getCallerIdentity" in refused(program, embedded_aws)

    def test_an_account_that_the_provider_does_not_allow(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        def program() -> None:
            provider = aws.Provider("provider", region="eu-west-2", allowed_account_ids=["999999999999"])
            aws.s3.Bucket("bucket", bucket=unique, opts=pulumi.ResourceOptions(provider=provider))

        assert f"the account {OURS} is not among the allowed ones: 999999999999" in refused(program, embedded_aws)

    def test_another_region_than_the_emulators(self, embedded_aws: EmbeddedAws) -> None:
        def program() -> None:
            aws.Provider("provider", region="us-east-1")

        assert "the program deploys to us-east-1" in refused(program, embedded_aws)

    def test_an_exception_of_the_programs_own_passes_through(self, embedded_aws: EmbeddedAws) -> None:
        class OwnError(Exception):
            pass

        def program() -> None:
            raise OwnError

        with pytest.raises(OwnError):
            apply_program(program, embedded_aws)

    def test_a_good_run_follows_a_failed_one(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        refused(lambda: aws.s3.Bucket("odd"), embedded_aws)
        applied = apply_program(lambda: pulumi.export("fine", unique), embedded_aws)
        assert applied.outputs == {"fine": unique}


class TestWhatTheProgramSees:
    """The program is told what the Pulumi CLI would tell it."""

    def test_its_project_stack_and_folder(self, embedded_aws: EmbeddedAws) -> None:
        def program() -> None:
            pulumi.export("names", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_root_directory()])
            pulumi.export("preview", pulumi.runtime.is_dry_run())

        applied = apply_program(program, embedded_aws, stack="dev", root_directory="/somewhere")
        names = ["data-engineering-exports", "dev", "/somewhere"]
        assert applied.outputs == {"names": names, "preview": False}

    def test_no_run_leaves_anything_behind_for_the_caller(self, embedded_aws: EmbeddedAws) -> None:
        before = pulumi.get_stack()
        apply_program(lambda: None, embedded_aws, stack="left-behind")
        assert pulumi.get_stack() == before


class TestComponents:
    """Components are recorded, with their children under them."""

    @pytest.fixture
    def applied(self, embedded_aws: EmbeddedAws, unique: str) -> Applied:
        class Pair(pulumi.ComponentResource):
            def __init__(self, name: str) -> None:
                super().__init__("tests:Pair", name)
                self.bucket = aws.s3.Bucket("inner", bucket=unique, opts=pulumi.ResourceOptions(parent=self))
                self.register_outputs({"bucket": self.bucket.id})

        return apply_program(lambda: pulumi.export("bucket", Pair("pair").bucket.id), embedded_aws)

    def test_a_component_has_no_id(self, applied: Applied) -> None:
        assert [one.id for one in applied.resources if one.type == "tests:Pair"] == [""]

    def test_a_child_is_under_its_component(self, applied: Applied) -> None:
        (child,) = (one for one in applied.resources if one.name == "inner")
        assert "tests:Pair$aws:s3/bucket:Bucket" in child.urn

    def test_a_components_outputs_are_not_the_stacks(self, applied: Applied, unique: str) -> None:
        assert applied.outputs == {"bucket": unique}


class TestUpdates:
    """A second run changes what is there."""

    def test_a_policy_gets_a_new_version_only_if_it_changed(self, embedded_aws: EmbeddedAws, unique: str) -> None:
        for action in ("s3:GetObject", "s3:GetObject", *(f"s3:Get{number}" for number in range(6))):
            document = statements(allow([action], ["*"]))
            apply_program(
                functools.partial(aws.iam.Policy, "policy", name=unique, policy=document),
                embedded_aws,
            )
        iam = embedded_aws.client("iam")
        arn = f"arn:aws:iam::{OURS}:policy/{unique}"
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        (default,) = (one["VersionId"] for one in versions if one["IsDefaultVersion"])
        shown = iam.get_policy_version(PolicyArn=arn, VersionId=default)["PolicyVersion"]["Document"]
        assert (len(versions), default, json.loads(json.dumps(shown))["Statement"][0]["Action"]) == (
            5,
            "v7",
            ["s3:Get5"],
        )
