"""A reader outside AWS in words."""

from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import GoogleReader, Workload


def workload_words(workload: Workload) -> Sentence:
    """Who it is in its own cloud, and for whom its tokens must be made."""
    if isinstance(workload, GoogleReader):
        return sentence("the Google service account {} (audience {})", *workload)
    return sentence(
        "the identity {} of the Azure tenant {} (audience {})", workload.object_id, workload.tenant, workload.audience
    )
