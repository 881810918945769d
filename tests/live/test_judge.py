"""What AWS answered, judged without asking it."""

from typing import Any, Final

from provisioner.access.exporting import roles_of_export
from provisioner.access.reader_roles import reader_role
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.live.finding import Check
from provisioner.live.judge import judge
from provisioner.live.needs import needs_of
from provisioner.live.observed import Observed
from tests.support import (
    AZURE,
    EXPORTER,
    GOOGLE,
    catalogue,
    export_of,
    pull_dataset,
    push_dataset,
    stack_settings,
    user_arn,
)

STACK: Final = stack_settings(**EXPORTER)
USER: Final = {"alpha_user_one": user_arn("alpha_user_one")}
OUTSIDE: Final = pull_dataset("alpha", pull_google=GOOGLE[:1], pull_azure=AZURE[:1])


def found(*datasets: PushDataset | PullDataset, **observed: Any) -> list[tuple[Check, str, str]]:
    """The findings about some datasets, whose buckets nobody asked for."""
    every: Catalogue = catalogue(*datasets)
    seen = Observed(**{"roles": USER, "users": {}, "buckets": None, **observed})
    findings = judge(needs_of(every, every, STACK), seen, every, STACK)
    return [(one.check, one.file, str(one.what)) for one in findings]


def role(name: str) -> dict[str, str]:
    return {name.lower(): STACK.role_arn(name)}


def test_a_reader_role_that_is_not_there_is_one_that_no_apply_has_reached() -> None:
    google, azure = reader_role(GOOGLE[0]), reader_role(AZURE[0])
    assert found(OUTSIDE) == [
        (Check.NOT_DEPLOYED, "pull_datasets/alpha.yaml", f"the reader role '{name}' of 'alpha' is not there")
        for name in sorted((google, azure))
    ]
    assert found(OUTSIDE, roles={**USER, **role(google), **role(azure)}) == []


def test_what_was_not_answered_says_nothing() -> None:
    assert found(OUTSIDE, roles=None) == []


def test_a_retired_dataset_needs_no_reader_role() -> None:
    assert found(pull_dataset("alpha", pull_google=GOOGLE[:1], retired=True)) == []


def test_the_roles_of_a_scheduled_export_are_looked_for_and_what_they_may_do() -> None:
    exported = push_dataset("alpha", export=export_of())
    names = ("exporter-push-alpha", "exporter-push-alpha-clock", "exporter-push-alpha-start")
    delivery = role("export_alpha")
    assert found(exported, roles={**USER, **delivery}) == [
        (Check.NOT_DEPLOYED, "push_datasets/alpha.yaml", f"the role '{name}' of the export of 'alpha' is not there")
        for name in names
    ]
    there = {**USER, **delivery, **{key: arn for name in names for key, arn in role(name).items()}}
    meant = {name: policy.body for name, (_, policy) in roles_of_export(exported, STACK).items()}
    assert found(exported, roles=there, export_policies=meant) == []
    ((check, _, what),) = found(exported, roles=there, export_policies={**meant, names[1]: None})
    assert check is Check.DEPLOYED_OTHERWISE
    assert what == "what the role 'exporter-push-alpha-clock' may do is not what 'push_datasets/alpha.yaml' says"


def test_a_user_who_has_left_is_found() -> None:
    (finding,) = found(pull_dataset("alpha"), roles={})
    assert finding[:2] == (Check.USER_MISSING, "pull_datasets/alpha.yaml")
