"""What cannot be, whoever asks and however: proved, and not only not found."""

from tests.oracle.deployed import Deployed
from tests.oracle.prover import example
from tests.oracle.questions import questions


def test_nobody_does_what_nobody_may(sample: Deployed) -> None:
    possible = {words: found for words, one in questions(sample) if (found := example(one)) is not None}
    assert possible == {}
