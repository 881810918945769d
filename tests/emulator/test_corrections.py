import tomllib
from pathlib import Path

import pytest

from provisioner.emulator.corrections import CORRECTED_VERSION, CORRECTIONS, MismatchError, apply
from provisioner.emulator.corrections.correction import Correction


def test_the_pinned_version_is_the_corrected_one() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert f"ministack=={CORRECTED_VERSION}" in project["project"]["optional-dependencies"]["try"]


def test_a_function_that_is_not_there_is_named() -> None:
    lost = Correction(
        module="json", function="not_there", difference="something", documentation="a page", correct=lambda given: given
    )
    with pytest.raises(MismatchError, match=r"has no json\.not_there, which must be corrected \(something\)"):
        apply((lost,), version=CORRECTED_VERSION)


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda correction: correction.difference)
def test_each_correction_names_the_page_that_decides_it_or_says_that_there_is_none(correction: Correction) -> None:
    assert correction.documentation.startswith(("https://docs.aws.amazon.com/", "no page: "))
