"""Fixtures every room's tests may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# The same cases in every run, and no limit to the time of one: the machine may be busy.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the real corpora and trained pipelines; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("SPACY_LITE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("needs the development data: set SPACY_LITE_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def corpus_dir() -> Path:
    """Folder of the bundled corpus."""
    return ROOT / "extra" / "corpus"
