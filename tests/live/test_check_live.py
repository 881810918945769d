"""`provisioner check-live` on the embedded AWS: every finding, the least permissions, and no answer."""

import json
from typing import Any

import pytest

from provisioner.access.policies import Document
from provisioner.emulator.embedded_aws import Credentials
from provisioner.live.permissions import READS
from tests.documentation import README
from tests.live.stage import Stage
from tests.support import OURS, THEIRS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")  # of its own aliases, as it is loaded

CHANGED = ("deployed-otherwise", "push_datasets/visits.yaml:1", "visits")
ANY_DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}'


def role_that_may(stage: Stage, name: str, actions: tuple[str, ...]) -> Credentials:
    """A session of a role of our account that may do these things everywhere, and nothing else."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OURS}:root"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam = stage.aws.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=Document((trust,)).text)
    iam.put_role_policy(RoleName=name, PolicyName="reads", PolicyDocument=Document((allow,)).text)
    return stage.aws.assume(f"arn:aws:iam::{OURS}:role/{name}", "looker")


def policy_of(stage: Stage, name: str) -> dict[str, Any]:
    """The document of a managed policy, as it is in force."""
    iam = stage.aws.client("iam")
    arn = f"arn:aws:iam::{OURS}:policy/{name}"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: Any = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return {**document}


class TestWhatIsFound:
    def test_what_is_deployed_as_the_files_say_has_no_finding(self, deployed: Stage) -> None:
        outcome = deployed.check_live()
        assert (outcome.code, outcome.findings) == (0, set())
        assert outcome.err == (
            "3 datasets, as the files say\n1 reader in 1 other account cannot be looked up from here\n"
        )

    def test_before_anything_is_deployed_every_dataset_is_said_not_to_be(self, bare: Stage) -> None:
        bare.people()
        outcome = bare.check_live()
        assert outcome.code == 1
        assert {
            ("not-deployed", "pull_datasets/extracts.yaml:1", "extracts"),
            ("not-deployed", "push_datasets/visits.yaml:1", "visits"),
            ("not-deployed", "push_datasets/returns.yaml:1", "returns"),
            ("not-deployed", "Pulumi.prod.yaml:1", "None"),
        } <= outcome.findings
        assert {rule for rule, _, _ in outcome.findings} == {"not-deployed"}

    def test_a_user_who_has_left_is_found_in_every_file_that_names_them(self, deployed: Stage) -> None:
        deployed.leave("alpha_user_one")
        outcome = deployed.check_live()
        assert outcome.code == 1
        assert outcome.findings == {
            ("user-missing", "pull_datasets/extracts.yaml:6", "extracts"),
            ("user-missing", "push_datasets/visits.yaml:3", "visits"),
        }

    def test_a_reader_of_our_own_account_who_is_not_there_or_lies_elsewhere_is_found(self, deployed: Stage) -> None:
        text = (deployed.root / "pull_datasets/extracts.yaml").read_text()
        deployed.write(
            "pull_datasets/extracts.yaml",
            text.replace("role/team/dashboard", "role/dashboard").replace("user/legacy", "user/gone"),
        )
        outcome = deployed.check_live()
        missing = {finding for finding in outcome.findings if finding[0] == "reader-missing"}
        assert missing == {("reader-missing", "pull_datasets/extracts.yaml:2", "extracts")}
        assert f"the reader arn:aws:iam::{OURS}:user/gone of extracts is not in our account" in outcome.whats
        assert (
            f"the reader arn:aws:iam::{OURS}:role/dashboard of extracts is "
            f"arn:aws:iam::{OURS}:role/team/dashboard in our account"
        ) in outcome.whats

    @pytest.mark.parametrize(
        ("bucket", "finding"),
        [
            ("mojap-extracts", ("bucket-taken", "pull_datasets/extracts.yaml:1", "extracts")),
            ("mojap-hub-exports", ("bucket-taken", "Pulumi.prod.yaml:1", "None")),
        ],
    )
    def test_a_bucket_of_somebody_else_with_our_name_is_found(
        self, bare: Stage, bucket: str, finding: tuple[str, str, str]
    ) -> None:
        theirs = bare.aws.client("s3", account_id=THEIRS)
        theirs.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        taken = {found for found in bare.check_live().findings if found[0] == "bucket-taken"}
        assert taken == {finding}

    @pytest.mark.parametrize(
        ("others", "rules"), [(7, set()), (8, {"policies-near"}), (9, {"policies-near"}), (10, {"policies-full"})]
    )
    def test_policies_that_are_not_ours_count_too(self, deployed: Stage, others: int, rules: set[str]) -> None:
        iam = deployed.aws.client("iam")
        for number in range(others):
            made = iam.create_policy(PolicyName=f"other-{number}", PolicyDocument=ANY_DOCUMENT)["Policy"]
            iam.attach_role_policy(RoleName="alpha_user_two", PolicyArn=made["Arn"])
        found = deployed.check_live().findings
        assert found == {(rule, "push_datasets/returns.yaml:3", "returns") for rule in rules}

    def test_a_policy_that_is_detached_is_found(self, deployed: Stage) -> None:
        iam = deployed.aws.client("iam")
        arn = f"arn:aws:iam::{OURS}:policy/data-exports-user-legacy-1"
        iam.detach_user_policy(UserName="legacy", PolicyArn=arn)
        outcome = deployed.check_live()
        assert outcome.findings == {("not-deployed", "pull_datasets/extracts.yaml:2", "extracts")}
        assert outcome.whats == [
            "legacy does not have the policy data-exports-user-legacy-1, which gives access to extracts"
        ]

    def test_policies_that_somebody_changed_are_found(self, deployed: Stage) -> None:
        s3 = deployed.aws.client("s3")
        document = json.loads(s3.get_bucket_policy(Bucket="mojap-extracts")["Policy"])
        document["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"] = f"arn:aws:iam::{THEIRS}:role/other"
        s3.put_bucket_policy(Bucket="mojap-extracts", Policy=json.dumps(document))
        s3.delete_bucket_policy(Bucket="mojap-hub-exports")
        deployed.aws.client("iam").put_role_policy(
            RoleName="export_visits", PolicyName="deliver", PolicyDocument=ANY_DOCUMENT
        )
        assert deployed.check_live().findings == {
            ("deployed-otherwise", "pull_datasets/extracts.yaml:1", "extracts"),
            ("deployed-otherwise", "push_datasets/visits.yaml:1", "visits"),
            ("deployed-otherwise", "Pulumi.prod.yaml:1", "None"),
        }

    def test_a_dataset_that_no_apply_has_reached_is_named_and_no_other(self, deployed: Stage) -> None:
        deployed.write("push_datasets/later.yaml", "name: later\nbucket: target-bucket\nusers:\n  - alpha_user_one\n")
        outcome = deployed.check_live()
        assert outcome.findings == {
            ("not-deployed", "push_datasets/later.yaml:1", "later"),
            ("deployed-otherwise", "push_datasets/later.yaml:3", "later"),
        }
        assert outcome.whats == [
            "the delivery role export_later of later is not there",
            "the policy data-exports-role-alpha_user_one-1 does not give alpha_user_one what push_datasets/later.yaml "
            "says",
        ]

    def test_a_user_whose_policy_gives_more_than_the_files_say_is_found(self, deployed: Stage) -> None:
        deployed.aws.client("iam").create_policy_version(
            PolicyArn=f"arn:aws:iam::{OURS}:policy/data-exports-role-alpha_user_two-1",
            PolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        *policy_of(deployed, "data-exports-role-alpha_user_two-1")["Statement"],
                        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                    ],
                }
            ),
            SetAsDefault=True,
        )
        assert deployed.check_live().findings == {("deployed-otherwise", "push_datasets/returns.yaml:3", "returns")}

    def test_the_same_policy_in_another_order_is_the_same(self, deployed: Stage) -> None:
        s3 = deployed.aws.client("s3")
        document = json.loads(s3.get_bucket_policy(Bucket="mojap-extracts")["Policy"])
        document["Statement"].reverse()
        for statement in document["Statement"]:
            statement["Resource"].reverse()
            condition = statement["Condition"].get("ArnEquals")
            if condition:  # IAM gives a list of one as the item
                (condition["aws:PrincipalArn"],) = condition["aws:PrincipalArn"]
        s3.put_bucket_policy(Bucket="mojap-extracts", Policy=json.dumps(document))
        assert deployed.check_live().findings == set()

    def test_only_the_datasets_that_are_named_are_looked_at(self, deployed: Stage) -> None:
        iam = deployed.aws.client("iam")
        for role in ("export_visits", "export_returns"):
            iam.delete_role_policy(RoleName=role, PolicyName="deliver")
        assert deployed.check_live("visits").findings == {CHANGED}


class TestWhatItMayDo:
    def test_the_permissions_that_are_listed_are_enough(self, changed: Stage) -> None:
        outcome = changed.check_live(who=role_that_may(changed, "looker", READS))
        assert (outcome.code, outcome.findings, json.loads(outcome.out)["not_asked"]) == (1, {CHANGED}, [])

    @pytest.mark.parametrize("action", READS)
    def test_each_of_them_is_needed_and_its_lack_is_said_and_hides_nothing_else(
        self, changed: Stage, action: str
    ) -> None:
        fewer = tuple(other for other in READS if other != action)
        name = f"without-{action.partition(':')[2]}"
        outcome = changed.check_live(who=role_that_may(changed, name, fewer))
        (said,) = json.loads(outcome.out)["not_asked"]
        assert outcome.code == 69
        assert f"lack the permission {action};" in said
        blind = action in ("iam:GetRolePolicy", "iam:ListRoles")
        assert (CHANGED in outcome.findings) is not blind

    def test_every_one_only_reads(self) -> None:
        assert [action for action in READS if not action.partition(":")[2].startswith(("Get", "List"))] == []
        assert not {"s3:GetObject", "s3:GetObjectVersion", "s3:GetObject*", "s3:Get*"} & {*READS}


class TestFormats:
    def test_text(self, changed: Stage) -> None:
        outcome = changed.check_live("--format", "text")
        assert outcome.code == 1
        assert outcome.out == (
            "push_datasets/visits.yaml:1:1: what the delivery role export_visits may do is not what "
            "push_datasets/visits.yaml says [deployed-otherwise]\n"
            "    Apply; if somebody changed it in AWS for a reason, change the file by a pull request first\n"
        )

    def test_github(self, changed: Stage) -> None:
        assert changed.check_live("--format", "github").out == (
            "::error file=push_datasets/visits.yaml,line=1,col=1,title=deployed-otherwise::what the delivery role "
            "'export_visits' may do is not what 'push_datasets/visits.yaml' says%0AApply; if somebody changed it in "
            "AWS for a reason, change the file by a pull request first.\n"
        )

    def test_markdown(self, changed: Stage) -> None:
        out = changed.check_live("--format", "markdown").out
        assert out.startswith("### AWS: 3 datasets, 1 finding\n")
        assert (
            "| `deployed-otherwise` | what the delivery role `export_visits` may do is not what "
            "`push_datasets/visits.yaml` says<br>`push_datasets/visits.yaml:1` | Apply; if somebody"
        ) in out
        assert "- 1 reader in 1 other account cannot be looked up from here\n" in out

    def test_the_screen_in_the_readme_is_what_is_said_after_somebody_has_left(self, repository: Stage) -> None:
        repository.leave("alpha_user_Rhian-Manley")
        outcome = repository.check_live("--format", "text")
        _, mark, screen = README.read_text(encoding="utf-8").partition("$ provisioner check-live\n")
        assert mark
        assert screen.partition("```")[0] == outcome.out + outcome.err


class TestNoAnswer:
    def test_without_credentials(self, bare: Stage) -> None:
        env = {key: text for key, text in bare.environment().items() if not key.startswith("AWS_ACCESS_KEY")}
        outcome = bare.check_live(env=env)
        assert (outcome.code, outcome.out) == (69, "")
        assert "there are no AWS credentials" in outcome.err

    def test_with_credentials_that_aws_does_not_know(self, bare: Stage) -> None:
        env = {**bare.environment(), "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}
        outcome = bare.check_live(env=env)
        assert (outcome.code, outcome.out) == (69, "")
        assert "credentials are not, or no longer, valid" in outcome.err

    def test_with_those_of_another_account(self, bare: Stage) -> None:
        outcome = bare.check_live(env={**bare.environment(), "AWS_ACCESS_KEY_ID": THEIRS})
        assert (outcome.code, outcome.out) == (69, "")
        assert f"the AWS credentials are of account {THEIRS}, and the datasets live in {OURS}" in outcome.err

    def test_offline(self, bare: Stage) -> None:
        outcome = bare.check_live(env={**bare.environment(), "AWS_ENDPOINT_URL": "https://127.0.0.1:1"})
        assert (outcome.code, outcome.out) == (69, "")
        assert "AWS cannot be reached" in outcome.err

    def test_with_a_profile_that_is_not_there(self, bare: Stage) -> None:
        outcome = bare.check_live(env={**bare.environment(), "AWS_PROFILE": "nobody"})
        assert (outcome.code, outcome.out) == (69, "")
        assert "nobody" in outcome.err

    def test_of_a_name_that_no_dataset_has(self, bare: Stage) -> None:
        outcome = bare.check_live("visit")
        assert (outcome.code, outcome.err) == (
            2,
            "provisioner: there is no push or pull dataset 'visit'; did you mean 'visits'?\n",
        )

    def test_of_files_with_problems(self, bare: Stage) -> None:
        bare.write("push_datasets/visits.yaml", "name: other\n")
        outcome = bare.check_live()
        assert (outcome.code, outcome.out) == (1, "")
        assert "[name-file]" in outcome.err
