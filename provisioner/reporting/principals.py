"""Who somebody is, in words."""

from provisioner.access.grants import Principal, PrincipalKind
from provisioner.changes.account import account_words
from provisioner.changes.sentence import Sentence, sentence
from provisioner.changes.workload import workload_words
from provisioner.settings import Settings


def who_is(principal: Principal, settings: Settings) -> Sentence:
    """A user by name, a role of ours as such, an outsider with the account and the name that people know it by."""
    if principal.kind is PrincipalKind.USER:
        return sentence("{}", principal.name)
    if principal.kind is PrincipalKind.DELIVERY:
        return sentence("the delivery role {}", principal.name)
    if principal.kind is PrincipalKind.EXPORTER:
        return sentence("the exporter {}", principal.name)
    if principal.workload is not None:
        return workload_words(principal.workload)
    resource = principal.arn.split(":", 5)[5]
    if principal.account_id == settings.account_id:
        return sentence("{} in our own account", resource)
    account = account_words(principal.account_id, settings)
    return Sentence(f"{{}} in {account.words}", (resource, *account.names))
