"""Both oracles are seen to notice: of each way to let in more than the grants say, it is known who sees it."""

import pytest

from tests.oracle.deployed import Deployed
from tests.oracle.matrix import Matrix
from tests.oracle.prover import example
from tests.oracle.questions import questions
from tests.oracle.simulator import Simulator
from tests.oracle.widenings import WIDENINGS, Oracle, Widening

ASKED = ("s3:GetObject", "s3:PutObject", "s3:ListBucket")
"""Enough to see each of them."""


@pytest.mark.parametrize("widening", WIDENINGS, ids=lambda widening: widening.words)
def test_the_simulator_sees_that_more_is_allowed(simulator: Simulator, sample: Deployed, widening: Widening) -> None:
    matrix = Matrix(widening.of(sample))
    cells = [
        cell
        for cell in (*matrix.whole(), *matrix.ends(), *matrix.connections())
        if cell.bucket == widening.bucket and cell.action in ASKED
    ]
    seen = matrix.disagreements(simulator, cells)
    assert Oracle.SIMULATOR in widening.noticed_by
    assert seen != []
    assert [one for one in seen if not one.startswith("should be denied")] == []


@pytest.mark.parametrize("widening", WIDENINGS, ids=lambda widening: widening.words)
def test_the_prover_finds_an_example_where_one_of_its_questions_is_about_it(
    sample: Deployed, widening: Widening
) -> None:
    before = dict(questions(sample))
    changed = {words: one for words, one in questions(widening.of(sample)) if one != before[words]}
    about = [one for words, one in changed.items() if widening.bucket in words or "sealed" in words]
    noticed = any(example(one) is not None for one in about)
    assert noticed is (Oracle.PROVER in widening.noticed_by)
