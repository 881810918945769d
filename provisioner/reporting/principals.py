"""Who somebody is, in words."""

from provisioner.access.grants import Principal, PrincipalKind
from provisioner.changes.sentence import Sentence, sentence
from provisioner.settings import Settings


def who_is(principal: Principal, settings: Settings) -> Sentence:
    """A user by name, a delivery role as such, an outsider with the account and the name that people know it by."""
    if principal.kind is PrincipalKind.USER:
        return sentence("{}", principal.name)
    if principal.kind is PrincipalKind.DELIVERY:
        return sentence("the delivery role {}", principal.name)
    resource = principal.arn.split(":", 5)[5]
    if principal.account_id == settings.account_id:
        return sentence("{} in our own account", resource)
    known = settings.account_name(principal.account_id)
    if known is None:
        return sentence("{} in account {:plain} (not a known account)", resource, principal.account_id)
    return sentence("{} in account {:plain} ({:plain})", resource, principal.account_id, known)
