"""What a receiving team on Google Cloud or Azure does, step by step: there is nothing to add to a policy there."""

from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple
from urllib.parse import quote as in_address

from provisioner.access.grants import workload_principals
from provisioner.changes.workload import workload_words
from provisioner.datasets.model import AzureReader, GoogleReader, PullDataset, Workload
from provisioner.settings import Settings

TOKEN_FILE = "/PATH/TO/token"  # noqa: S105 - where a token goes, and none
"""Stands for the file that the team keeps its token in."""


class Step(NamedTuple):
    """What to do, and the commands or the lines of a file to do it with."""

    words: str
    lines: tuple[str, ...]


class OtherCloud(NamedTuple):
    """A reader outside AWS, the role that it works as, and its steps."""

    workload: Workload
    role_arn: str
    steps: tuple[Step, ...]

    @property
    def who(self) -> str:
        """The reader in words."""
        return workload_words(self.workload).plain


def other_clouds(dataset: PullDataset, settings: Settings) -> Iterator[OtherCloud]:
    """Every reader outside AWS of a pull dataset; a retired one has none."""
    if dataset.retired:
        return
    for principal in workload_principals(dataset, settings):
        match principal.workload:
            case GoogleReader() as reader:
                steps = _google(reader)
            case AzureReader() as reader:
                steps = _azure(reader)
            case None:
                continue
        yield OtherCloud(reader, principal.arn, (*steps, *_use(dataset, principal.arn, settings)))


def _google(reader: GoogleReader) -> tuple[Step, ...]:
    # Google Cloud documentation, "Verify the identity of a VM": the metadata server gives a token of one hour.
    metadata = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity"
    asked = f"{metadata}?audience={in_address(reader.audience, safe='', errors='backslashreplace')}&format=full"
    return (
        Step(
            f"See that the service account's number is {reader.service_account_id}:",
            ("gcloud iam service-accounts describe SERVICE_ACCOUNT_EMAIL --format='value(uniqueId)'",),
        ),
        Step(
            "Where it runs, write its token to a file, and anew before the hour is over that it holds:",
            (f"curl -sfH 'Metadata-Flavor: Google' {quote(asked)} > {TOKEN_FILE}",),
        ),
        Step(
            "From elsewhere, with the right to impersonate it:",
            (
                "gcloud auth print-identity-token --impersonate-service-account=SERVICE_ACCOUNT_EMAIL "
                f"--audiences={quote(reader.audience)} > {TOKEN_FILE}",
            ),
        ),
    )


def _azure(reader: AzureReader) -> tuple[Step, ...]:
    # Microsoft Entra documentation, "Access tokens": the application that a token is for decides its version, and
    # that decides its issuer. AWS knows the issuer of version 1.
    return (
        Step(
            f"See that the tenant is {reader.tenant} and that it has the identity:",
            ("az account show --query tenantId", f"az ad sp show --id {reader.object_id} --query displayName"),
        ),
        Step(
            "See that the application's tokens are of version 1 (this prints nothing, or 1):",
            (f"az ad app show --id {quote(reader.audience)} --query api.requestedAccessTokenVersion",),
        ),
        Step(
            "Where the identity runs, write its token to a file, and anew before it ends:",
            (
                "az login --identity --allow-no-subscriptions",
                f"az account get-access-token --resource {quote(reader.audience)} --query accessToken --output tsv "
                f"> {TOKEN_FILE}",
            ),
        ),
    )


def _use(dataset: PullDataset, role_arn: str, settings: Settings) -> tuple[Step, ...]:
    """The same for both: the AWS SDKs and the AWS CLI exchange the token by themselves."""
    return (
        Step(
            "Give the AWS SDK or the AWS CLI a profile, in its configuration file (~/.aws/config):",
            (
                f"[profile {dataset.name}]",
                f"role_arn = {role_arn}",
                f"web_identity_token_file = {TOKEN_FILE}",
                f"role_session_name = {dataset.name}",
                f"region = {settings.region}",
            ),
        ),
        Step("Then:", (f"aws s3 ls s3://{settings.pull_bucket(dataset.name)}/ --profile {dataset.name}",)),
    )
