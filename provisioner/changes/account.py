"""An account in words."""

from provisioner.changes.sentence import Sentence, sentence
from provisioner.settings import Settings


def account_words(account_id: str, settings: Settings) -> Sentence:
    """The account, and the name that people know it by."""
    known = settings.account_name(account_id)
    if known is None:
        return sentence("account {:plain} (not a known account)", account_id)
    return sentence("account {:plain} ({:plain})", account_id, known)
