from pathlib import Path

import pytest

from tests.cli.checkout import PULL, PUSH, Checkout


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Checkout:
    """A checkout without datasets, which is the working directory."""
    monkeypatch.delenv("PROVISIONER_STACK", raising=False)
    monkeypatch.delenv("PROVISIONER_DEBUG", raising=False)
    root = tmp_path / "checkout"
    root.mkdir()
    made = Checkout(root=root, capsys=capsys)
    made.write("Pulumi.yaml", "name: data-engineering-exports\n")
    made.settings()
    monkeypatch.chdir(root)
    return made


@pytest.fixture
def checkout(empty: Checkout) -> Checkout:
    """A checkout with a right dataset of each kind: visits is pushed, extracts is pulled."""
    empty.write("push_datasets/visits.yaml", PUSH)
    empty.write("pull_datasets/extracts.yaml", PULL)
    return empty
