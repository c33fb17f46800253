"""Vectors of tokens and of stretches of them: looked up by the attribute the vectors were made for."""

import numpy
import pytest

from spacy_lite import attrs
from spacy_lite.tokens import Doc, _vectors
from spacy_lite.vectors import BaseVectors, Vectors
from spacy_lite.vocab import Vocab


def doc_of(attr, **settings):
    vocab = Vocab(lex_attr_getters={attrs.LOWER: str.lower, attrs.NORM: str})
    keys = ["dog", "cat", "going"]
    vocab.vectors = Vectors(strings=vocab.strings, data=numpy.eye(3, dtype="f"), keys=keys, attr=attr)
    doc = Doc(vocab, words=["Dog", "goin", "cat", "zzz"])
    doc[1].norm_, doc[3].norm_ = "going", "dog"
    return doc


@pytest.mark.parametrize(
    ("attr", "rows"),
    [("ORTH", [None, None, 1, None]), ("LOWER", [0, None, 1, None]), ("NORM", [None, 2, 1, 0])],
)
def test_each_token_is_looked_up_by_the_attribute_of_the_vectors(attr, rows, monkeypatch):
    monkeypatch.setattr(_vectors, "TOKENS_AT_A_TIME", 3)
    doc = doc_of(attr)
    expected = [numpy.eye(3)[row] if row is not None else numpy.zeros(3) for row in rows]
    assert [token.vector.tolist() for token in doc] == [row.tolist() for row in expected]
    assert [token.has_vector for token in doc] == [row is not None for row in rows]
    assert [token.vector_norm for token in doc] == [row is not None for row in rows]
    for start in range(5):
        for end in range(start + 1, 5):
            span = doc[start:end]
            if len(span):
                assert numpy.allclose(span.vector, numpy.mean(expected[start:end], axis=0))
                assert span.has_vector == any(row is not None for row in rows[start:end])
    assert numpy.allclose(doc.vector, numpy.mean(expected, axis=0)) and doc.has_vector


def test_hooks_of_tokens_are_asked_for_stretches_too():
    doc = doc_of("ORTH")
    doc.user_token_hooks["vector"] = lambda token: numpy.full(3, token.i, dtype="f")
    doc.user_token_hooks["has_vector"] = lambda token: token.i == 3
    assert doc[1:4].vector.tolist() == [2, 2, 2] and doc[2:4].has_vector and not doc[0:3].has_vector


class LengthVectors(BaseVectors):
    """A table of one's own: a word's vector is its length; there is none for words of one letter."""

    shape = (1, 1)
    vectors_length = 1

    def __len__(self):
        return 1

    def __contains__(self, key):
        return len(self.strings.as_string(key)) > 1

    def __getitem__(self, key):
        return numpy.asarray([len(self.strings.as_string(key))], dtype="f")


def test_tables_of_ones_own():
    vocab = Vocab()
    vocab.vectors = LengthVectors(strings=vocab.strings)
    doc = Doc(vocab, words=["a", "word", "is"])
    assert doc.vector.tolist() == [2] and doc[1:3].vector.tolist() == [3]
    assert doc.has_vector and not doc[0:1].has_vector
