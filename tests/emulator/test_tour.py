"""The tour, on the repository's own examples and on the cases that they leave out."""

import datetime
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from provisioner.access import policies
from provisioner.access.check import check
from provisioner.emulator import arrivals, journeys, surroundings
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.engine import Applied, apply_program
from provisioner.emulator.pull_request import plan_of_example
from provisioner.emulator.surroundings import TARGET_ACCOUNT, Surroundings
from provisioner.emulator.tour import take_tour
from provisioner.failure import CommandError
from provisioner.program import run
from provisioner.reporting.terminal import Style
from provisioner.revisions import WORKTREE, Revisions
from provisioner.settings import Settings, load_settings

REPOSITORY = Path(__file__).parents[2]
README = REPOSITORY / "README.md"
TODAY = datetime.date(2026, 11, 22)
PLAIN = Style(coloured=False)
COHORTS = ("Not begun", "Vouchers 2020", "Weekly_paper-1")
TASKS = ("agency", "source", "source_file", "source_run_page", "source_run_report")

CASES = {
    "push_datasets/same_target.yaml": "name: same_target\nbucket: target-bucket-name\nusers: [alpha_user_one]\n",
    "push_datasets/retired_push.yaml": (
        "name: retired_push\nbucket: retired-target\nusers: [alpha_user_one]\nstatus: retired\n"
    ),
    "push_datasets/with_key.yaml": (
        "name: with_key\nbucket: encrypted-target\nusers: [alpha_user_two]\n"
        "kms_key_arn: arn:aws:kms:eu-west-2:999988887777:key/1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f\n"
    ),
    "pull_datasets/retired_pull.yaml": (
        "name: retired_pull\npull_arns: ['arn:aws:iam::123456789012:role/role-name-1']\n"
        "users: [alpha_user_one]\nstatus: retired\n"
    ),
    "pull_datasets/own_reader.yaml": (
        "name: own_reader\npull_arns: ['arn:aws:iam::111122223333:role/reports/own-role',"
        " 'arn:aws:iam::111122223333:user/own-user']\nusers: [alpha_user_one]\n"
    ),
}


def settings() -> Settings:
    found, problems = load_settings(REPOSITORY, "prod")
    assert found is not None, problems
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the repository's datasets and export systems, and the further cases."""
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    for name in ("push_datasets", "pull_datasets", "examples"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    for name, text in CASES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def small_checkout(tmp_path: Path) -> Path:
    """A checkout with one dataset of each kind."""
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    for name in ("push_datasets", "pull_datasets"):
        (tmp_path / name).mkdir()
        shutil.copy(REPOSITORY / name / "new_project.yaml", tmp_path / name)
    return tmp_path


def rows(output: str) -> list[list[str]]:
    """The cells of each line of the table."""
    lines = [line for line in output.splitlines() if line.startswith(("ok      ", "FAILED  "))]
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def test_every_dataset_works_as_its_file_says(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    code = take_tour(checkout, settings(), TODAY, keep=False, style=PLAIN)
    output = capsys.readouterr().out
    assert code == 0, output
    seen = {(what, who, where) for _, what, who, where, _ in rows(output)}
    awkward = "50% café + 1.csv"
    assert {
        ("deliver", "alpha_user_one", f"new_project/{awkward} -> target-bucket-name"),
        ("deliver", "alpha_user_one", "same_target/returns.csv -> target-bucket-name"),
        ("deliver", "alpha_user_two", f"with_key/{awkward} -> encrypted-target"),
        ("deliver", "alpha_user_Rhian-Manley", f"prison_visits/{awkward} -> research-landing"),
        ("deliver and keep", "alpha_user_two", "court_listings/returns.csv -> hub-court-listings"),
        ("refuse a write", "alpha_user_one", "mojap-hub-exports/prison_visits/returns.csv"),
        ("refuse a write, ended", "alpha_user_one", "mojap-hub-exports/retired_push/returns.csv"),
        ("read", "role-name-2 of Cloud Platform", "mojap-new-project/returns.csv"),
        ("read", "button_58240 of Prisons Research", "mojap-sentencing-extracts/returns.csv"),
        ("refuse a write", "role-name-1 of Cloud Platform", "mojap-new-project/from-outside.csv"),
        ("write", "returns-reader of Performance Hub", "mojap-shared-returns/from-outside.csv"),
        ("refuse a read", "a stranger of Cloud Platform", "mojap-new-project/returns.csv"),
        ("refuse a read", "an administrator of ours", "mojap-shared-returns/returns.csv"),
        ("refuse a read, ended", "role-name-1 of Cloud Platform", "mojap-retired-pull/returns.csv"),
        ("read", "own-role of 111122223333", "mojap-own-reader/returns.csv"),
        ("read", "own-user of 111122223333", "mojap-own-reader/returns.csv"),
        ("refuse a read", "a stranger of 111122223333", "mojap-own-reader/returns.csv"),
    } <= seen
    assert exported(seen) == {
        ("export", "exporter-push-cds", "mojap-hub-exports/cds/"),
        ("export", "exporter-push-cohort_items", "mojap-hub-exports/cohort_items/"),
        ("export", "exporter-push-common_knowledge", "mojap-hub-exports/common_knowledge/"),
        ("receive", "cds-landing", "cds/core_YEAR_YEAR_apr_mar_f0001_inc0001.zip"),
        ("receive", "cds-landing", "cds/users_YEAR_YEAR_apr_mar_f0001_inc0001.zip"),
        ("receive", "cds-landing", "cds/organisations_YEAR_YEAR_apr_mar_f0001_inc0001.zip"),
        ("receive", "cds-landing", "cds/Manifest_DAY_0001.csv"),
        ("receive", "cds-landing", "cds/Manifest_DAY_0002.csv"),
        *(("receive", "lake-clean-cohort-items", f"cohort_items/data/{cohort}.csv") for cohort in COHORTS),
        *(("receive", "common-knowledge-archive", f"common_knowledge/{task}-TIME.csv.gz") for task in TASKS),
        ("delete, exported", "exporter-push-common_knowledge", "8 rows of common_knowledge"),
        ("refuse a write", "exporter-push-cds", "mojap-hub-exports/cohort_items/cds.csv"),
        ("refuse a write", "exporter-push-cohort_items", "mojap-hub-exports/cds/cohort_items.csv"),
        ("refuse a write", "exporter-push-common_knowledge", "mojap-hub-exports/cds/common_knowledge.csv"),
        ("find nothing new", "exporter-push-cds", "mojap-hub-exports/cds/"),
    }
    assert re.search(r"^cds: empty .* ago, into s3://mojap-hub-exports/cds/ \(fresh\)$", output, re.MULTILINE)
    assert str(Path(tempfile.gettempdir())) not in output
    assert "FAILED" not in output
    assert "Everything it started is gone" in output
    assert re.search(r"tour_returns gives access to account 210987654321, .* \[account-unknown\]", output)
    assert "role/reader in account 210987654321 (not a known account) gains read of mojap-tour-returns" in output
    assert "alpha_user_two loses write under mojap-hub-exports/court_listings/" in output
    shown = rows(README.read_text(encoding="utf-8"))
    assert shown, "the README shows the tour"
    timeless = {(what, who, without_time(where)) for what, who, where in seen}
    for _, what, who, where, _ in shown:
        assert any(all(map(is_cut_from, (what, who, without_time(where)), row)) for row in timeless), (
            f"the README shows what the tour does not: {what} {who} {where}"
        )


def exported(seen: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """What was seen of exports, their names without the time."""
    theirs = {"export", "receive", "delete, exported", "find nothing new"}
    return {
        (what, who, without_time(where))
        for what, who, where in seen
        if what in theirs or (what == "refuse a write" and who.startswith("exporter-"))
    }


def without_time(name: str) -> str:
    """The name of a file, with words for what is another on another day."""
    for time, word in (
        (r"\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d_[AP]M", "TIME"),
        (r"\d{4}_\d\d_\d\d", "DAY"),
        (r"\d{4}_\d{4}", "YEAR_YEAR"),
    ):
        name = re.sub(time, word, name)
    return name


def is_cut_from(shown: str, whole: str) -> bool:
    """Whether a cell is the whole text, or the text without its middle."""
    head, cut, tail = shown.partition("…")
    return whole.startswith(head) and whole.endswith(tail) if cut else shown == whole


def test_a_delivery_that_the_target_refuses_is_shown_with_its_cause_and_the_file_is_not_deleted(
    small_checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []

    def target_without_policy(others: Surroundings, bucket: str, _datasets: object) -> None:
        s3 = others._aws.client("s3", account_id=TARGET_ACCOUNT)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})

    def count(tour: journeys.Journeys) -> str:
        left.append(tour._aws.client("s3").list_objects_v2(Bucket="mojap-hub-exports")["KeyCount"])
        return log(tour)

    log = journeys.Journeys._log
    monkeypatch.setattr(Surroundings, "_target", target_without_policy)
    monkeypatch.setattr(journeys.Journeys, "_log", count)
    monkeypatch.setattr(journeys, "DELIVERY_SECONDS", 8.0)
    code = take_tour(small_checkout, settings(), TODAY, keep=False, style=PLAIN)
    output = capsys.readouterr().out
    assert code == 1
    assert [row[1] for row in rows(output) if row[0] == "FAILED"] == ["deliver", "deliver"]
    assert "did not arrive after 8 s" in output
    assert "AccessDenied" in output
    assert left[-1] == len(journeys.FILES)


def test_a_bucket_of_the_target_s_name_in_another_account_than_the_file_names_gets_nothing(
    small_checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (small_checkout / "push_datasets/new_project.yaml").open("a") as file:
        file.write('bucket_account: "123456789012"\n')
    for module in (surroundings, arrivals):
        monkeypatch.setattr(module, "target_owner", lambda *_: surroundings.TARGET_ACCOUNT)
    monkeypatch.setattr(journeys, "DELIVERY_SECONDS", 8.0)
    code = take_tour(small_checkout, settings(), TODAY, keep=False, style=PLAIN)
    output = capsys.readouterr().out
    assert code == 1
    assert [row[1] for row in rows(output) if row[0] == "FAILED"] == ["deliver", "deliver"]
    assert "AccessDenied" in output


def test_access_that_nobody_granted_is_shown_as_failed(
    small_checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guarantee's test run against a broken program: the readers' statement names their whole account."""
    allow = policies._outside_readers

    def whole_account(*arguments: object) -> Iterator[policies.Statement]:
        for statement in allow(*arguments):  # type: ignore[arg-type]
            yield {name: value for name, value in statement.items() if name != "Condition"}

    monkeypatch.setattr(policies, "_outside_readers", whole_account)
    code = take_tour(small_checkout, settings(), TODAY, keep=False, style=PLAIN)
    output = capsys.readouterr().out
    assert code == 1
    failed = [row[1:4] for row in rows(output) if row[0] == "FAILED"]
    assert [what for what, _, _ in failed] == ["refuse a read"]
    assert "AWS allowed what nobody granted" in output


@pytest.mark.parametrize(
    "text",
    [
        "{name: new_project, bucket: target-bucket-name, users: [alpha_user_one]}\n",
        "name: new_project\nbucket: target-bucket-name\nusers: [alpha_user_one]\nstatus: retired\n",
        "name: new_project\nbucket: target-bucket-name\nusers: [alpha_user_one]\nstatus: active\n",
    ],
    ids=["flow style", "retired", "active in so many words"],
)
def test_the_pull_request_of_the_tour_leaves_alone_what_a_further_line_cannot_retire(
    small_checkout: Path, text: str
) -> None:
    (small_checkout / "push_datasets/new_project.yaml").write_text(text)
    state = Revisions(small_checkout).state(WORKTREE, "prod")
    catalogue = check(state.files, state.found, settings(), TODAY).catalogue
    plan = plan_of_example(state, catalogue, settings(), TODAY)
    assert [change.latest.file for change in plan.datasets] == ["pull_datasets/tour_returns.yaml"]
    assert not plan.refused


def test_files_with_problems_end_the_tour_before_anything_is_started(
    small_checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small_checkout / "push_datasets/new_project.yaml").write_text("name: other\n")
    with pytest.raises(CommandError, match=r"push_datasets/new_project\.yaml:1:7: .*\[name-file\]"):
        take_tour(small_checkout, settings(), TODAY, keep=False, style=PLAIN)
    assert "Start the embedded AWS" not in capsys.readouterr().out


def test_kept_it_shows_another_checkout_and_runs_until_ctrl_c(small_checkout: Path) -> None:
    aws_cli = Path(sys.executable).with_name("aws")
    with subprocess.Popen(
        [sys.executable, "-m", "provisioner", "try", str(small_checkout), "--keep"],
        cwd="/",
        stdout=subprocess.PIPE,
        text=True,
    ) as kept:
        assert kept.stdout is not None
        shown = ""
        while "Ctrl-C ends it" not in shown:
            line = kept.stdout.readline()
            assert line, shown
            shown += line
        environment = dict(re.findall(r"^  export (\w+)=(.*)$", shown, re.MULTILINE))
        asked = [str(aws_cli), "s3", "ls"]
        listed = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True).stdout
        kept.send_signal(signal.SIGINT)
        rest = kept.stdout.read()
    assert "1 push and 1 pull datasets" in shown
    assert "mojap-new-project" in listed
    assert "Everything it started is gone." in rest
    assert kept.returncode == 0
    assert not Path(environment["AWS_CA_BUNDLE"]).parent.exists()


def test_a_second_run_of_the_program_registers_the_same_resources(checkout: Path) -> None:
    catalogue_users = ("alpha_user_one", "alpha_user_two", "alpha_user_Rhian-Manley", "own-role")
    with EmbeddedAws(settings().account_id, settings().region) as aws:
        others = Surroundings(aws, settings())
        for user in catalogue_users:
            others._role(settings().role_arn(user))
        aws.client("iam").create_user(UserName="own-user")
        runs = [apply_once(checkout, aws) for _ in range(2)]
    first, second = ({one.urn: (one.id, one.inputs) for one in applied.resources} for applied in runs)
    assert len(first) == len(runs[0].resources)
    assert without_archive(first) == without_archive(second)
    assert runs[0].outputs == runs[1].outputs


def apply_once(checkout: Path, aws: EmbeddedAws) -> Applied:
    return apply_program(
        lambda: run(checkout, "prod", aws.folder / "build"), aws, stack="prod", root_directory=str(checkout)
    )


def without_archive(resources: Mapping[str, tuple[str, Mapping[str, object]]]) -> dict[str, tuple[str, object]]:
    """The resources with the archive's path in place of the archive, which has no equality of its own."""
    plain: dict[str, tuple[str, object]] = {}
    for urn, (resource_id, inputs) in resources.items():
        plain[urn] = (
            resource_id,
            {name: getattr(value, "path", value) for name, value in inputs.items()},
        )
    return plain
