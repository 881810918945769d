"""What AWS allows and refuses, seen on the emulator: without this, a tour of it would prove nothing."""

import functools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from botocore.exceptions import ClientError

from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from tests.emulator.courier import OURS, THEIRS, allow, statements, zip_of

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import TagTypeDef

STRANGERS = "333333333333"


def refusal(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


@dataclass(frozen=True, kw_only=True)
class World:
    """Helpers over the shared emulator; every name starts with `name`."""

    aws: EmbeddedAws
    name: str

    def bucket(self, suffix: str = "", *, account: str = OURS) -> str:
        name = self.name + suffix
        self.aws.client("s3", account_id=account).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
        )
        return name

    def put(self, bucket: str, key: str, *, account: str = OURS) -> None:
        self.aws.client("s3", account_id=account).put_object(Bucket=bucket, Key=key, Body=b"data")

    def policy(self, bucket: str, *given: dict[str, object], account: str = OURS) -> None:
        self.aws.client("s3", account_id=account).put_bucket_policy(Bucket=bucket, Policy=statements(*given))

    def role(
        self,
        suffix: str,
        *rights: dict[str, object],
        account: str = OURS,
        tags: dict[str, str] | None = None,
        trust: Mapping[str, object] | None = None,
    ) -> str:
        """A role with a path, trusted by its own account unless told otherwise; gives its ARN."""
        iam = self.aws.client("iam", account_id=account)
        trusted = trust or {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
        made = iam.create_role(
            RoleName=f"{self.name}-{suffix}",
            Path="/some/path/",
            AssumeRolePolicyDocument=statements(trusted),
            Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        )
        if rights:
            iam.put_role_policy(RoleName=f"{self.name}-{suffix}", PolicyName="p", PolicyDocument=statements(*rights))
        return made["Role"]["Arn"]

    def session(self, role_arn: str) -> Credentials:
        return self.aws.assume(role_arn, "test")


@pytest.fixture
def world(embedded_aws: EmbeddedAws, unique: str) -> World:
    return World(aws=embedded_aws, name=unique)


READ = allow(["s3:GetObject", "s3:ListBucket"], ["*"])


def listed(bucket: str, *role_arns: str) -> dict[str, object]:
    """The account is the principal, narrowed to the roles: the shape of our own bucket policies."""
    return allow(
        ["s3:GetObject", "s3:ListBucket"],
        [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        Principal={"AWS": sorted({arn.split(":")[4] for arn in role_arns})},
        Condition={"ArnEquals": {"aws:PrincipalArn": list(role_arns)}},
    )


class TestReaders:
    """Who reads a bucket whose policy lists one role of another account."""

    @pytest.fixture
    def bucket(self, world: World) -> str:
        made = world.bucket()
        world.put(made, "file")
        return made

    def test_the_listed_role_of_the_other_account_reads(self, world: World, bucket: str) -> None:
        reader = world.role("reader", READ, account=THEIRS)
        world.policy(bucket, listed(bucket, reader))
        s3 = world.aws.client("s3", credentials=world.session(reader))
        assert s3.get_object(Bucket=bucket, Key="file")["Body"].read() == b"data"
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1

    def test_another_role_of_the_listed_account_is_refused(self, world: World, bucket: str) -> None:
        reader, colleague = (world.role(name, READ, account=THEIRS) for name in ("reader", "colleague"))
        world.policy(bucket, listed(bucket, reader))
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=world.session(colleague)).get_object(Bucket=bucket, Key="file")
        assert refusal(error) == "AccessDenied"

    def test_a_role_of_an_account_that_is_not_listed_is_refused(self, world: World, bucket: str) -> None:
        reader, stranger = world.role("reader", READ, account=THEIRS), world.role("reader", READ, account=STRANGERS)
        world.policy(bucket, listed(bucket, reader))
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=world.session(stranger)).get_object(Bucket=bucket, Key="file")
        assert refusal(error) == "AccessDenied"

    def test_the_listed_role_is_refused_without_a_right_of_its_own(self, world: World, bucket: str) -> None:
        reader = world.role("reader", account=THEIRS)
        world.policy(bucket, listed(bucket, reader))
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=world.session(reader)).get_object(Bucket=bucket, Key="file")
        assert refusal(error) == "AccessDenied"

    def test_the_listed_role_is_refused_what_the_policy_does_not_say(self, world: World, bucket: str) -> None:
        reader = world.role("reader", allow(["s3:*"], ["*"]), account=THEIRS)
        world.policy(bucket, listed(bucket, reader))
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=world.session(reader)).put_object(Bucket=bucket, Key="mine", Body=b"")
        assert refusal(error) == "AccessDenied"

    def test_a_role_named_as_the_principal_reads(self, world: World, bucket: str) -> None:
        reader = world.role("reader", READ, account=THEIRS)
        world.policy(bucket, allow(["s3:GetObject"], [f"arn:aws:s3:::{bucket}/*"], Principal={"AWS": reader}))
        s3 = world.aws.client("s3", credentials=world.session(reader))
        assert s3.get_object(Bucket=bucket, Key="file")["Body"].read() == b"data"

    def test_a_deny_for_all_but_the_listed_role_holds_for_an_over_broad_role_of_our_own(
        self, world: World, bucket: str
    ) -> None:
        mine, broad = (world.role(name, allow(["s3:*"], ["*"])) for name in ("mine", "broad"))
        world.policy(
            bucket,
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
                "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [mine]}},
            },
        )
        allowed = world.aws.client("s3", credentials=world.session(mine)).get_object(Bucket=bucket, Key="file")
        assert allowed["Body"].read() == b"data"
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=world.session(broad)).get_object(Bucket=bucket, Key="file")
        assert refusal(error) == "AccessDenied"

    def test_access_ends_at_the_instant_the_policy_says(self, world: World, bucket: str) -> None:
        reader = world.role("reader", READ, account=THEIRS)
        statement = listed(bucket, reader)
        past = {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
        statement["Condition"] = {"ArnEquals": {"aws:PrincipalArn": [reader]}, **past}
        world.policy(bucket, statement)
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=world.session(reader)).get_object(Bucket=bucket, Key="file")
        assert refusal(error) == "AccessDenied"


class TestPrefixes:
    """A user of one prefix of a shared bucket."""

    def test_a_user_lists_its_own_prefix_and_no_other(self, world: World) -> None:
        bucket = world.bucket()
        own = allow(["s3:ListBucket"], [f"arn:aws:s3:::{bucket}"], Condition={"StringLike": {"s3:prefix": ["mine/*"]}})
        s3 = world.aws.client("s3", credentials=world.session(world.role("user", own)))
        assert s3.list_objects_v2(Bucket=bucket, Prefix="mine/")["KeyCount"] == 0
        with pytest.raises(ClientError) as error:
            s3.list_objects_v2(Bucket=bucket, Prefix="yours/")
        assert refusal(error) == "AccessDenied"

    def test_a_user_puts_under_its_own_prefix_and_no_other(self, world: World) -> None:
        bucket = world.bucket()
        user = world.role("user", allow(["s3:PutObject"], [f"arn:aws:s3:::{bucket}/mine/*"]))
        s3 = world.aws.client("s3", credentials=world.session(user))
        s3.put_object(Bucket=bucket, Key="mine/a", Body=b"")
        with pytest.raises(ClientError) as error:
            s3.put_object(Bucket=bucket, Key="yours/a", Body=b"")
        assert refusal(error) == "AccessDenied"


class TestMissingKeys:
    """What a missing key answers depends on whether the caller may list (API reference of HeadObject)."""

    @pytest.mark.parametrize(("rights", "status"), [(["s3:GetObject"], 403), (["s3:GetObject", "s3:ListBucket"], 404)])
    def test_a_missing_key_is_hidden_from_who_may_not_list(self, world: World, rights: list[str], status: int) -> None:
        bucket = world.bucket()
        s3 = world.aws.client("s3", credentials=world.session(world.role("reader", allow(rights, ["*"]))))
        with pytest.raises(ClientError) as head:
            s3.head_object(Bucket=bucket, Key="missing")
        with pytest.raises(ClientError) as get:
            s3.get_object(Bucket=bucket, Key="missing")
        assert [error.value.response["ResponseMetadata"]["HTTPStatusCode"] for error in (head, get)] == [status, status]

    def test_a_missing_source_of_a_copy_is_hidden_from_who_may_not_list(self, world: World) -> None:
        bucket = world.bucket()
        rights = allow(["s3:GetObject", "s3:PutObject"], ["*"])
        s3 = world.aws.client("s3", credentials=world.session(world.role("reader", rights)))
        with pytest.raises(ClientError) as error:
            s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "missing"})
        assert refusal(error) == "AccessDenied"

    def test_a_missing_key_of_anothers_bucket_is_hidden_unless_its_policy_lets_list(self, world: World) -> None:
        bucket = world.bucket()
        reader = world.role("reader", READ, account=THEIRS)
        s3 = world.aws.client("s3", credentials=world.session(reader))
        world.policy(bucket, allow(["s3:GetObject"], [f"arn:aws:s3:::{bucket}/*"], Principal={"AWS": reader}))
        with pytest.raises(ClientError) as hidden:
            s3.get_object(Bucket=bucket, Key="missing")
        world.policy(bucket, listed(bucket, reader))
        with pytest.raises(ClientError) as seen:
            s3.get_object(Bucket=bucket, Key="missing")
        assert (refusal(hidden), refusal(seen)) == ("AccessDenied", "NoSuchKey")


class TestCopies:
    """A copy into another account's bucket reads the source and writes the target, and both are checked."""

    def copier(
        self, world: World, *rights: dict[str, object], admitted: tuple[str, ...] = ("s3:PutObject",)
    ) -> tuple[str, str, Credentials]:
        """The buckets of a copy, and the session of a role that the target's policy admits."""
        source, target = world.bucket("-source"), world.bucket("-target", account=THEIRS)
        world.put(source, "file")
        role = world.role("copier", *rights)
        put = allow(list(admitted), [f"arn:aws:s3:::{target}/*"], Principal={"AWS": role})
        world.policy(target, put, account=THEIRS)
        return source, target, world.session(role)

    def test_it_arrives_with_its_tags(self, world: World) -> None:
        both = ("s3:PutObject", "s3:PutObjectTagging")
        source, target, session = self.copier(world, allow(["s3:*"], ["*"]), admitted=both)
        tag: TagTypeDef = {"Key": "colour", "Value": "red"}
        world.aws.client("s3").put_object_tagging(Bucket=source, Key="file", Tagging={"TagSet": [tag]})
        s3 = world.aws.client("s3", credentials=session)
        s3.copy_object(Bucket=target, Key="copied", CopySource={"Bucket": source, "Key": "file"})
        theirs = world.aws.client("s3", account_id=THEIRS)
        assert theirs.get_object(Bucket=target, Key="copied")["Body"].read() == b"data"
        assert theirs.get_object_tagging(Bucket=target, Key="copied")["TagSet"] == [tag]

    TAGGED_COPY = ("s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "s3:PutObjectTagging")

    @pytest.mark.parametrize("missing", ["s3:GetObjectTagging", "s3:PutObjectTagging"])
    def test_it_is_refused_with_tags_and_only_one_of_the_tagging_rights(self, world: World, missing: str) -> None:
        held = [right for right in self.TAGGED_COPY if right != missing]
        source, target, session = self.copier(world, allow(held, ["*"]), admitted=self.TAGGED_COPY)
        world.aws.client("s3").put_object(Bucket=source, Key="file", Body=b"data", Tagging="colour=red")
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=session).copy_object(
                Bucket=target, Key="copied", CopySource={"Bucket": source, "Key": "file"}
            )
        assert refusal(error) == "AccessDenied"

    def test_it_is_refused_with_tags_if_the_targets_policy_lets_none_be_put(self, world: World) -> None:
        source, target, session = self.copier(world, allow(["s3:*"], ["*"]))
        world.aws.client("s3").put_object(Bucket=source, Key="file", Body=b"data", Tagging="colour=red")
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=session).copy_object(
                Bucket=target, Key="copied", CopySource={"Bucket": source, "Key": "file"}
            )
        assert refusal(error) == "AccessDenied"

    def test_it_does_not_replace_what_is_there_if_it_must_not(self, world: World) -> None:
        source, target, session = self.copier(world, allow(["s3:*"], ["*"]))
        s3 = world.aws.client("s3", credentials=session)
        s3.copy_object(Bucket=target, Key="copied", CopySource={"Bucket": source, "Key": "file"}, IfNoneMatch="*")
        with pytest.raises(ClientError) as error:
            s3.copy_object(Bucket=target, Key="copied", CopySource={"Bucket": source, "Key": "file"}, IfNoneMatch="*")
        assert refusal(error) == "PreconditionFailed"

    @pytest.mark.parametrize(
        ("ours", "theirs", "allowed"), [(OURS, THEIRS, True), (OURS, STRANGERS, False), (STRANGERS, THEIRS, False)]
    )
    def test_it_is_refused_if_it_expects_another_owner(
        self, world: World, ours: str, theirs: str, allowed: bool
    ) -> None:
        source, target, session = self.copier(world, allow(["s3:*"], ["*"]))
        s3 = world.aws.client("s3", credentials=session)
        copy = functools.partial(
            s3.copy_object,
            Bucket=target,
            Key="copied",
            CopySource={"Bucket": source, "Key": "file"},
            ExpectedSourceBucketOwner=ours,
            ExpectedBucketOwner=theirs,
        )
        if allowed:
            copy()
        else:
            with pytest.raises(ClientError) as error:
                copy()
            assert refusal(error) == "AccessDenied"

    @pytest.mark.parametrize("held", ["s3:GetObject", "s3:PutObject"])
    def test_it_is_refused_with_only_one_of_the_two_rights(self, world: World, held: str) -> None:
        source, target, session = self.copier(world, allow([held], ["*"]))
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=session).copy_object(
                Bucket=target, Key="copied", CopySource={"Bucket": source, "Key": "file"}
            )
        assert refusal(error) == "AccessDenied"

    def test_it_is_refused_if_the_targets_policy_names_somebody_else(self, world: World) -> None:
        source, target, session = self.copier(world, allow(["s3:*"], ["*"]))
        somebody = world.role("somebody")
        put = allow(["s3:PutObject"], [f"arn:aws:s3:::{target}/*"], Principal={"AWS": somebody})
        world.policy(target, put, account=THEIRS)
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=session).copy_object(
                Bucket=target, Key="copied", CopySource={"Bucket": source, "Key": "file"}
            )
        assert refusal(error) == "AccessDenied"

    def test_it_is_refused_if_the_object_changed_since(self, world: World) -> None:
        source, target, session = self.copier(world, allow(["s3:*"], ["*"]))
        with pytest.raises(ClientError) as error:
            world.aws.client("s3", credentials=session).copy_object(
                Bucket=target,
                Key="copied",
                CopySource={"Bucket": source, "Key": "file"},
                CopySourceIfMatch='"0123456789abcdef0123456789abcdef"',
            )
        assert refusal(error) == "PreconditionFailed"

    def test_parts_are_copied_too(self, world: World) -> None:
        source, target, session = self.copier(world, allow(["s3:*"], ["*"]))
        s3 = world.aws.client("s3", credentials=session)
        upload = s3.create_multipart_upload(Bucket=target, Key="parts")["UploadId"]
        part = s3.upload_part_copy(
            Bucket=target, Key="parts", PartNumber=1, UploadId=upload, CopySource={"Bucket": source, "Key": "file"}
        )["CopyPartResult"]
        s3.complete_multipart_upload(
            Bucket=target,
            Key="parts",
            UploadId=upload,
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
        )
        theirs = world.aws.client("s3", account_id=THEIRS)
        assert theirs.get_object(Bucket=target, Key="parts")["Body"].read() == b"data"

    @pytest.mark.parametrize(("owner", "allowed"), [(THEIRS, True), (STRANGERS, False)])
    def test_the_resource_account_is_the_bucket_owners(self, world: World, owner: str, allowed: bool) -> None:
        condition = {"StringEquals": {"aws:ResourceAccount": owner}}
        _, target, session = self.copier(world, allow(["s3:PutObject"], ["*"], Condition=condition))
        s3 = world.aws.client("s3", credentials=session)
        if allowed:
            s3.put_object(Bucket=target, Key="put", Body=b"")
        else:
            with pytest.raises(ClientError) as error:
                s3.put_object(Bucket=target, Key="put", Body=b"")
            assert refusal(error) == "AccessDenied"


class TestConditionalDeletes:
    """A delete with If-Match also reads (API reference of DeleteObject)."""

    def delete(self, world: World, *rights: str) -> None:
        bucket = world.bucket()
        etag = world.aws.client("s3").put_object(Bucket=bucket, Key="file", Body=b"data")["ETag"]
        session = world.session(world.role("cleaner", allow(list(rights), ["*"])))
        world.aws.client("s3", credentials=session).delete_object(Bucket=bucket, Key="file", IfMatch=etag)

    def test_it_is_done_with_both_rights(self, world: World) -> None:
        self.delete(world, "s3:DeleteObject", "s3:GetObject")
        assert "Contents" not in world.aws.client("s3").list_objects_v2(Bucket=world.name)

    def test_it_is_refused_without_the_right_to_read(self, world: World) -> None:
        with pytest.raises(ClientError) as error:
            self.delete(world, "s3:DeleteObject")
        assert refusal(error) == "AccessDenied"


class TestFeedingFunctions:
    """Lambda reads the queue with the function's role, and wants messages hidden while the function runs."""

    READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

    def feed(self, world: World, *rights: str, hidden_seconds: int = 30) -> str:
        """Let a queue feed a function that may run for 30 s; gives the mapping's function."""
        sqs, functions = world.aws.client("sqs"), world.aws.client("lambda")
        sqs.create_queue(QueueName=world.name, Attributes={"VisibilityTimeout": str(hidden_seconds)})
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        code = zip_of({"m.py": "def h(event, context): pass"})
        functions.create_function(
            FunctionName=world.name,
            Runtime="python3.13",
            Role=world.role("fed", allow(list(rights), ["*"]), trust=trust),
            Handler="m.h",
            Timeout=30,
            Code={"ZipFile": code},
        )
        arn = f"arn:aws:sqs:eu-west-2:{OURS}:{world.name}"
        return functions.create_event_source_mapping(EventSourceArn=arn, FunctionName=world.name)["FunctionArn"]

    def test_a_role_that_may_read_the_queue_is_fed(self, world: World) -> None:
        assert self.feed(world, *self.READ_QUEUE).endswith(f":function:{world.name}")

    @pytest.mark.parametrize("missing", READ_QUEUE)
    def test_a_role_that_lacks_a_right_is_not(self, world: World, missing: str) -> None:
        held = [right for right in self.READ_QUEUE if right != missing]
        with pytest.raises(ClientError, match=f"does not have permissions to call {missing.partition(':')[2]} on SQS"):
            self.feed(world, *held)

    def test_a_queue_that_hides_messages_too_shortly_does_not_feed(self, world: World) -> None:
        with pytest.raises(ClientError, match="visibility timeout: 29 seconds is less than Function timeout: 30"):
            self.feed(world, *self.READ_QUEUE, hidden_seconds=29)


class TestAssumingRoles:
    """A role that trusts our account, narrowed to one role by `aws:PrincipalArn`."""

    def roles(self, world: World, *, tag: str = "tool") -> tuple[Credentials, Credentials, str]:
        """Sessions of the trusted role and of another, and the role that one of them may assume."""
        assume = allow(["sts:AssumeRole"], ["*"], Condition={"StringEquals": {"aws:ResourceTag/managed-by": "tool"}})
        trusted, other = world.role("trusted", assume), world.role("other", assume)
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": OURS},
            "Action": "sts:AssumeRole",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": trusted}},
        }
        wanted = world.role("wanted", trust=trust, tags={"managed-by": tag})
        return world.session(trusted), world.session(other), wanted

    def test_the_trusted_role_assumes_it(self, world: World) -> None:
        trusted, _, wanted = self.roles(world)
        sts = world.aws.client("sts", credentials=trusted)
        answer = sts.assume_role(RoleArn=wanted, RoleSessionName="test")
        assert answer["AssumedRoleUser"]["Arn"].endswith(f":assumed-role/{world.name}-wanted/test")

    def test_another_role_does_not(self, world: World) -> None:
        _, other, wanted = self.roles(world)
        with pytest.raises(ClientError) as error:
            world.aws.client("sts", credentials=other).assume_role(RoleArn=wanted, RoleSessionName="test")
        assert refusal(error) == "AccessDenied"

    def test_a_role_without_the_tag_is_not_assumed(self, world: World) -> None:
        trusted, _, wanted = self.roles(world, tag="hand")
        with pytest.raises(ClientError) as error:
            world.aws.client("sts", credentials=trusted).assume_role(RoleArn=wanted, RoleSessionName="test")
        assert refusal(error) == "AccessDenied"


class TestNotifications:
    """S3 speaks to a queue only if the queue's policy lets this bucket, of this account, send."""

    def queue(self, world: World, bucket: str, source_account: str = OURS) -> tuple[str, str]:
        """URL and ARN of a queue that admits `bucket` if it belongs to `source_account`."""
        sqs = world.aws.client("sqs")
        url = sqs.create_queue(QueueName=world.name)["QueueUrl"]
        arn = f"arn:aws:sqs:eu-west-2:{OURS}:{world.name}"
        policy = allow(
            ["sqs:SendMessage"],
            [arn],
            Principal={"Service": "s3.amazonaws.com"},
            Condition={
                "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"},
                "StringEquals": {"aws:SourceAccount": source_account},
            },
        )
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": statements(policy)})
        return url, arn

    def notify(self, world: World, bucket: str, queue_arn: str) -> None:
        world.aws.client("s3").put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={
                "QueueConfigurations": [{"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}]
            },
        )

    def test_the_key_in_an_event_is_url_encoded_with_a_plus_for_a_space(self, world: World) -> None:
        bucket = world.bucket()
        url, arn = self.queue(world, bucket)
        self.notify(world, bucket, arn)
        world.put(bucket, "a b+c/é%.csv")
        keys: list[str] = []
        deadline = time.monotonic() + 10
        while not keys and time.monotonic() < deadline:
            messages = world.aws.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            for message in messages.get("Messages", []):
                keys += [one["s3"]["object"]["key"] for one in json.loads(message["Body"]).get("Records", [])]
        assert keys == ["a+b%2Bc/%C3%A9%25.csv"]

    @pytest.mark.parametrize(("admitted", "account"), [("another-bucket", OURS), (None, STRANGERS)])
    def test_a_queue_that_does_not_admit_the_bucket_is_refused(
        self, world: World, admitted: str | None, account: str
    ) -> None:
        bucket = world.bucket()
        _, arn = self.queue(world, admitted or bucket, account)
        with pytest.raises(ClientError) as error:
            self.notify(world, bucket, arn)
        assert refusal(error) == "InvalidArgument"


class TestServices:
    """A role that trusts a service, for what the service does for our account alone."""

    TRUST: Final = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-2:{OURS}:*"},
            "StringEquals": {"aws:SourceAccount": OURS},
        },
    }
    TASK: Final = f"arn:aws:ecs:eu-west-2:{OURS}:task/exporter/1"

    def test_a_service_assumes_it_for_a_resource_that_the_trust_policy_names(self, world: World) -> None:
        role = world.role("task", trust=self.TRUST)
        session = world.aws.assume_as_service(role, "test", self.TASK)
        assert world.aws.client("sts", credentials=session).get_caller_identity()["Account"] == OURS

    def test_for_another_resource_it_is_refused(self, world: World) -> None:
        role = world.role("task", trust=self.TRUST)
        with pytest.raises(ClientError) as refused:
            world.aws.assume_as_service(role, "test", self.TASK.replace(OURS, STRANGERS))
        assert refusal(refused) == "AccessDenied"

    def test_who_is_no_service_is_refused(self, world: World) -> None:
        role = world.role("task", trust=self.TRUST)
        with pytest.raises(ClientError) as refused:
            world.aws.assume(role, "test")
        assert refusal(refused) == "AccessDenied"

    def test_what_a_session_says_of_a_source_is_not_heard(self, world: World) -> None:
        """No customer can say it: the condition of a role that trusts everybody of ours is not met by it."""
        of_ours = {**self.TRUST, "Principal": {"AWS": OURS}}
        role = world.role("task", trust=of_ours)
        caller = world.session(world.role("caller", {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}))
        sts = world.aws.client("sts", credentials=caller)
        said = {"x-amz-source-arn": self.TASK, "x-amz-source-account": OURS}
        sts.meta.events.register("before-call.sts.AssumeRole", lambda params, **_: params["headers"].update(said))
        with pytest.raises(ClientError) as refused:
            sts.assume_role(RoleArn=role, RoleSessionName="test")
        assert refusal(refused) == "AccessDenied"
