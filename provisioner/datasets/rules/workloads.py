"""The readers of a pull dataset that are outside AWS: service accounts of Google Cloud, identities of Azure."""

import re
from collections.abc import Callable, Hashable
from typing import Final

from provisioner.datasets.model import AzureReader, GoogleReader
from provisioner.datasets.rules.draft import Context, Draft
from provisioner.datasets.workload_patterns import AUDIENCE, GUID, SERVICE_ACCOUNT_ID
from provisioner.reading.document import Report
from provisioner.reading.keys import Values
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule

_WHERE_THE_ID_IS: Final = "write the digits that `gcloud iam service-accounts describe EMAIL` shows as 'uniqueId'"


def google_reader(record: Values) -> GoogleReader:
    """The service account that an entry of `pull_google` names."""
    return GoogleReader(record.required("service_account_id"), record.required("audience"))


def azure_reader(record: Values) -> AzureReader:
    """The identity that an entry of `pull_azure` names; its tokens have both GUIDs in lower case."""
    return AzureReader(
        record.required("tenant").lower(), record.required("audience"), record.required("object_id").lower()
    )


def check_google(draft: Draft, _context: Context, report: Report) -> None:
    """Each service account is given by its number, with the audience of its tokens, and is listed once."""
    for record in _records(draft, "pull_google", google_reader, report):
        if (found := record.text("service_account_id")) and not re.fullmatch(SERVICE_ACCOUNT_ID, found.value):
            if "@" in found.value:
                wrong = "this is the address of a service account, which may be that of another one day"
            else:
                wrong = f"'{shown(found.value)}' is not the number of a service account"
            report(found.place, Rule.WORKLOAD_ID, wrong, _WHERE_THE_ID_IS)
        _check_audience(record, "https://data-exports.example.com", report)


def check_azure(draft: Draft, _context: Context, report: Report) -> None:
    """Each identity is given by the GUIDs of its tenant and its own, with an audience, and is listed once."""
    for record in _records(draft, "pull_azure", azure_reader, report):
        for name, where in (("tenant", "az account show --query tenantId"), ("object_id", "az ad sp show --id APP")):
            found = record.text(name)
            if found is None or re.fullmatch(GUID, found.value):
                continue
            inside = re.search(GUID, found.value)
            instead = f"write '{inside[0]}'" if inside else f"write the GUID that `{where}` shows"
            wrong = f"'{shown(found.value)}' is not the GUID of {'a tenant' if name == 'tenant' else 'an identity'}"
            report(found.place, Rule.WORKLOAD_ID, wrong, instead)
        audience = record.text("audience")
        if audience and re.fullmatch(GUID, audience.value):
            report(
                audience.place,
                Rule.WORKLOAD_AUDIENCE,
                "the id of an application alone is the audience of tokens of version 2, which come from another issuer",
                f"write the id URI of the application, such as 'api://{audience.value}'",
            )
        else:
            _check_audience(record, "api://1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f", report)


def _records(draft: Draft, key: str, reader: Callable[[Values], Hashable], report: Report) -> tuple[Values, ...]:
    """The entries of a key; one that says again what another says is reported."""
    found = draft.values.records(key)
    if found is None:
        return ()
    listed: dict[Hashable, Place] = {}
    for record in found.value:
        first = listed.setdefault(reader(record), record.place)
        if first is not record.place:
            wrong = f"this reader already stands in line {first.line}"
            report(record.place, Rule.WORKLOAD_TWICE, wrong, "remove one")
    return found.value


def _check_audience(record: Values, example: str, report: Report) -> None:
    audience = record.text("audience")
    if audience and not re.fullmatch(AUDIENCE, audience.value):
        report(
            audience.place,
            Rule.WORKLOAD_AUDIENCE,
            f"'{shown(audience.value)}' cannot be an audience",
            f"write an address such as '{example}': letters, digits and ._~:/@%+=,- up to 255 characters",
        )
