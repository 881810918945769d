"""What is asked of AWS: calls that read, those that are listed, and no more of them than there are things to ask of."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import boto3
import pytest

from provisioner.access.check import check
from provisioner.datasets.folder import read_folders
from provisioner.datasets.model import Catalogue
from provisioner.live.account import Account
from provisioner.live.needs import Needs, needs_of
from provisioner.live.permissions import READS
from provisioner.settings import Settings
from tests.live.stage import Stage
from tests.support import OURS, OUTSIDE_ROLE, OWN_USER, catalogue, pull_dataset, push_dataset, stack_settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")  # of its own aliases, as it is loaded

Answer = Callable[[str, dict[str, Any]], tuple[Any, dict[str, Any]] | None]

# Service Authorization Reference: the action where it is not called as the operation is.
_ACTIONS: Final = {"s3:ListBuckets": "s3:ListAllMyBuckets"}
_NEED_NONE: Final = frozenset({"sts:GetCallerIdentity", "s3:HeadBucket"})


class Calls:
    """Every call of an account's AWS SDK: counted, and answered in AWS's place where a test says so."""

    def __init__(self, patch: pytest.MonkeyPatch, answer: Answer = lambda _name, _asked: None) -> None:
        self.counted: Counter[str] = Counter()
        self._answer = answer
        self._lock = threading.Lock()
        real = boto3.session.Session

        def listened(**arguments: Any) -> boto3.session.Session:
            made = real(**arguments)
            made.events.register("before-call", self._before)  # type: ignore[arg-type] # what it gives is the answer
            return made

        patch.setattr(boto3.session, "Session", listened)

    def _before(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        name = f"{model.service_model.service_name}:{model.name}"
        with self._lock:
            self.counted[_ACTIONS.get(name, name)] += 1
        return self._answer(model.name, params)


def needs_on(stage: Stage) -> Needs:
    datasets = check(*read_folders(stage.root), stage.settings, None).catalogue
    return needs_of(datasets, datasets, stage.settings)


def test_every_call_reads_and_they_are_those_that_are_listed(deployed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in deployed.environment().items():
        monkeypatch.setenv(name, text)
    deployed.write(
        "pull_datasets/absent.yaml",
        "name: absent\npull_arns: [arn:aws:iam::444455556666:role/a]\nusers: [alpha_user_one]\n",
    )
    calls = Calls(monkeypatch)
    observed, refused = Account(deployed.settings).observe(needs_on(deployed))
    assert refused == ()
    assert observed.buckets is not None
    assert calls.counted.keys() - _NEED_NONE == {*READS}
    assert calls.counted.keys() >= _NEED_NONE
    assert [name for name in calls.counted if not name.partition(":")[2].startswith(("Get", "List", "Head"))] == []


class _Ok:
    """All that the SDK looks at of an HTTP response that was parsed already."""

    status_code = 200


def answered(settings: Settings, datasets: Catalogue) -> Answer:
    """AWS with everything in place, in one page each."""
    names = [*datasets.users, *(settings.delivery_role(one.name) for one in datasets.push)]
    buckets = [settings.pull_bucket(one.name) for one in datasets.pull] + [settings.export_bucket]
    document = '{"Version": "2012-10-17", "Statement": []}'

    def answer(name: str, _asked: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        held: dict[str, Any] = {
            "GetCallerIdentity": {"Account": OURS},
            "GetAccountSummary": {"SummaryMap": {"AttachedPoliciesPerRoleQuota": 10}},
            "ListRoles": {"Roles": [{"RoleName": role, "Arn": settings.role_arn(role)} for role in names]},
            "ListUsers": {"Users": [{"UserName": "legacy", "Arn": OWN_USER}]},
            "ListBuckets": {"Buckets": [{"Name": bucket} for bucket in buckets]},
            "ListAttachedRolePolicies": {"AttachedPolicies": []},
            "ListAttachedUserPolicies": {"AttachedPolicies": []},
            "GetBucketPolicy": {"Policy": document},
            "GetRolePolicy": {"PolicyDocument": document},
        }
        return _Ok(), {"ResponseMetadata": {"HTTPStatusCode": 200}, **held[name]}

    return answer


def test_there_is_one_call_for_each_person_and_dataset_and_none_for_each_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    settings = stack_settings()
    users = [f"alpha_user_{number}" for number in range(100)]
    datasets = catalogue(
        *(push_dataset(f"push_{at}", users=tuple(users[at % 90 : at % 90 + 10])) for at in range(60)),
        *(pull_dataset(f"pull_{at}", OUTSIDE_ROLE, OWN_USER, users=tuple(users[at:])) for at in range(40)),
    )
    calls = Calls(monkeypatch, answered(settings, datasets))
    Account(settings).observe(needs_of(datasets, datasets, settings))
    assert calls.counted == {
        **dict.fromkeys(("sts:GetCallerIdentity", "iam:GetAccountSummary"), 1),
        **dict.fromkeys(("iam:ListRoles", "iam:ListUsers", "s3:ListAllMyBuckets"), 1),
        "iam:ListAttachedRolePolicies": 100,
        "iam:ListAttachedUserPolicies": 1,
        "s3:GetBucketPolicy": 41,
        "iam:GetRolePolicy": 60,
    }
