"""Fixtures of the tests of documents."""

import pytest

from spacy_lite.tokens.underscore import Underscore
from spacy_lite.vocab import create_vocab


@pytest.fixture
def vocab():
    """A vocabulary of no language in particular, with the usual lexical attributes."""
    return create_vocab("xx", None)


@pytest.fixture(autouse=True)
def extensions():
    """Every test starts without extension attributes and leaves none behind."""
    state = Underscore.get_state()
    Underscore.load_state(({}, {}, {}))
    yield
    Underscore.load_state(state)
