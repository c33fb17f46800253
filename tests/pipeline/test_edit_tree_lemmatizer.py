"""The trainable lemmatizer: which trees it learns, what it falls back on."""

import pytest

import spacy_lite
from spacy_lite.errors import FormatError
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

from .conftest import examples_of, fresh_docs, settings_of, trained


def test_rare_trees_are_no_labels_and_leave_no_strings():
    nlp = spacy_lite.blank("en")
    lemmatizer = nlp.add_pipe("trainable_lemmatizer", config=settings_of("trainable_lemmatizer", min_tree_freq=3))
    nlp.initialize(lambda: examples_of(nlp))
    trees = [lemmatizer.trees.tree_to_str(tree) for tree in lemmatizer.labels]
    assert trees == ["(m 0 0 () ())"]
    assert "aw" not in nlp.vocab.strings


def test_too_high_a_frequency_is_said_to_be_the_reason():
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("trainable_lemmatizer", config=settings_of("trainable_lemmatizer", min_tree_freq=100))
    with pytest.raises(ValueError, match="none occurs 100 times"):
        nlp.initialize(lambda: examples_of(nlp))


@pytest.mark.parametrize(("backoff", "expected"), [("orth", "Qqq"), ("lower", "qqq"), (None, "")])
def test_tokens_no_tree_fits_get_the_backoff(backoff, expected):
    nlp, _ = trained("trainable_lemmatizer", steps=1, backoff=backoff)
    lemmatizer = nlp.get_pipe("trainable_lemmatizer")
    doc = Doc(nlp.vocab, words=["Qqq"])
    lemmatizer.set_annotations([doc], [[-1]])
    assert doc[0].lemma_ == expected


def test_a_backoff_that_is_no_attribute_is_refused():
    nlp = spacy_lite.blank("en")
    with pytest.raises(ValueError, match="did you mean `LOWER`"):
        nlp.add_pipe("trainable_lemmatizer", config=settings_of("trainable_lemmatizer", backoff="lowr"))


def test_the_first_of_the_best_trees_that_fits_is_taken():
    nlp, _ = trained("trainable_lemmatizer", steps=60, top_k=1)
    lemmatizer = nlp.get_pipe("trainable_lemmatizer")
    docs = fresh_docs(nlp)
    scores = lemmatizer.model.predict(docs)
    for top_k in (1, 2, len(lemmatizer.labels)):
        lemmatizer.top_k = top_k
        for doc, rows, found in zip(docs, scores, lemmatizer.predict(docs), strict=True):
            for token, row, tree in zip(doc, rows, found, strict=True):
                order = sorted(range(len(row)), key=lambda label: -row[label])[:top_k]
                fitting = [lemmatizer.labels[label] for label in order]
                fitting = [candidate for candidate in fitting if lemmatizer.trees.apply(candidate, token.text) is not None]
                assert tree == (fitting[0] if fitting else -1)


def test_gold_lemmas_outside_the_labels_give_no_gradient():
    nlp, _ = trained("trainable_lemmatizer", steps=1)
    lemmatizer = nlp.get_pipe("trainable_lemmatizer")
    (doc, _) = fresh_docs(nlp)
    words = [token.text for token in doc]
    example = Example(doc, Doc(nlp.vocab, words=words, lemmas=["xyzzy", "saw", "three", "", "."]))
    scores, _ = lemmatizer.model.begin_update([doc])
    _, (gradient,) = lemmatizer.get_loss([example], scores)
    assert gradient.any(axis=1).tolist() == [False, True, True, False, True]


def test_labels_without_their_trees_are_refused():
    nlp, _ = trained("trainable_lemmatizer", steps=1)
    lemmatizer = nlp.get_pipe("trainable_lemmatizer")
    with pytest.raises(ValueError, match="`trees` is missing"):
        lemmatizer.initialize(lambda: examples_of(nlp), labels={"labels": [1]})
    with pytest.raises(FormatError, match="no tree"):
        lemmatizer.initialize(lambda: examples_of(nlp), labels={"labels": [5], "trees": []})


def test_lemmas_of_many_texts_take_no_permanent_memory():
    nlp, _ = trained("trainable_lemmatizer", steps=20)
    before = len(nlp.vocab.strings)
    for start in range(0, 2000, 100):
        for doc in nlp.pipe(f"Wordlets{i} bark{i}s" for i in range(start, start + 100)):
            assert doc[0].lemma_
    nlp.vocab.strings.roll() if hasattr(nlp.vocab.strings, "roll") else None
    assert len(nlp.vocab.strings) < before + 5000
