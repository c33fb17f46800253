"""One encoder, several listeners: gradients add up, whatever their order, number and completeness."""

import copy
import pickle

import numpy
import pytest
from thinc.api import Linear, Model, NumpyOps, chain

import spacy_lite
from spacy_lite.errors import ListenerError
from spacy_lite.ml.layers.flat import with_rows
from spacy_lite.ml.listener import Tok2VecListener
from spacy_lite.ml.models.tok2vec import build_hash_embed_cnn_tok2vec, get_tok2vec_width, tok2vec_listener_v1
from spacy_lite.ml.sharing import SharedBatch
from spacy_lite.tokens import Doc

OPS = NumpyOps()


@pytest.fixture
def docs():
    vocab = spacy_lite.blank("xx").vocab
    return [Doc(vocab, words=words) for words in (["a", "b", "c"], [], ["d"], ["a", "b"])]


def make_batch(docs, losses=None, width=4):
    seen = []
    rows = [numpy.full((len(doc), width), i, dtype="float32") for i, doc in enumerate(docs)]
    return SharedBatch(OPS, "tok2vec", docs, rows, seen.append, losses), seen


def make_listener(batch=None):
    listener = tok2vec_listener_v1(4, "tok2vec")
    listener.component = "tagger"
    listener.receive(batch)
    return listener


def gradients(docs, value):
    return [numpy.full((len(doc), 4), value, dtype="float32") for doc in docs]


def test_gradients_of_all_listeners_reach_the_encoder_once(docs):
    losses = {}
    batch, seen = make_batch(docs, losses)
    for value in (1.0, 2.0):
        rows, backprop = make_listener(batch).begin_update(docs)
        assert [row.shape for row in rows] == [(3, 4), (0, 4), (1, 4), (2, 4)]
        backprop(gradients(docs, value))
    assert not seen
    assert batch.backpropagate()
    assert len(seen) == 1
    assert (numpy.concatenate(seen[0]) == 3.0).all()
    assert losses == {"tok2vec": pytest.approx(6 * 4 * (1.0 + 4.0))}
    assert not batch.backpropagate()


def test_a_listener_may_use_some_documents_in_another_order(docs):
    batch, seen = make_batch(docs)
    some = [docs[3], docs[0]]
    rows, backprop = make_listener(batch).begin_update(some)
    assert [row[0, 0] for row in rows] == [3.0, 0.0]
    backprop([numpy.full((2, 4), 3.0, "f"), numpy.full((3, 4), 1.0, "f")])
    batch.backpropagate()
    assert [row[:, 0].tolist() for row in seen[0]] == [[1, 1, 1], [], [0], [3, 3]]


def test_listeners_gradients_are_not_changed_by_adding_them(docs):
    batch, _ = make_batch(docs)
    _, backprop = make_listener(batch).begin_update(docs)
    first = gradients(docs, 1.0)
    backprop(first)
    backprop(gradients(docs, 5.0))
    assert (numpy.concatenate(first) == 1.0).all()


def test_no_gradient_no_backward_pass(docs):
    batch, seen = make_batch(docs)
    make_listener(batch).begin_update(docs)
    assert not batch.backpropagate()
    assert not seen


def test_a_document_of_another_batch_is_refused_with_both_names(docs):
    batch, _ = make_batch(docs[:2])
    with pytest.raises(ListenerError, match="`tagger` was given a document that `tok2vec` has not seen"):
        make_listener(batch).begin_update(docs)


def test_equal_words_do_not_make_the_same_document(docs):
    batch, _ = make_batch(docs)
    twin = [Doc(doc.vocab, words=[token.text for token in doc]) for doc in docs]
    with pytest.raises(ListenerError):
        make_listener(batch).begin_update(twin)


def test_prediction_reads_the_tensor_without_copying(docs):
    flat = numpy.arange(24, dtype="float32").reshape(6, 4)
    for doc, rows in zip(docs, numpy.split(flat, [3, 3, 4]), strict=True):
        doc.tensor = rows
    rows = make_listener().predict(docs)
    assert numpy.shares_memory(rows.flat, flat)
    assert (rows.flat == flat).all()


def test_training_with_a_frozen_upstream_reads_the_tensor_and_stops_the_gradient(docs):
    for doc in docs:
        doc.tensor = numpy.ones((len(doc), 4), dtype="float32")
    rows, backprop = make_listener().begin_update(docs)
    assert backprop(rows) == []


@pytest.mark.parametrize("is_train", [False, True])
def test_missing_upstream_names_both_components_and_a_remedy(docs, is_train):
    with pytest.raises(ListenerError) as error:
        make_listener()(docs, is_train)
    for part in ("`tagger`", "`tok2vec`", "document 0 of 4", "replace_listeners", "annotating_components"):
        assert part in str(error.value)


def test_wrong_width_is_an_error_that_names_both_widths(docs):
    for doc in docs:
        doc.tensor = numpy.ones((len(doc), 5), dtype="float32")
    with pytest.raises(ListenerError, match="4 wide, but they are 5 wide"):
        make_listener().predict(docs)
    batch, _ = make_batch(docs, width=5)
    with pytest.raises(ListenerError, match="4 wide, but they are 5 wide"):
        make_listener(batch).begin_update(docs)


def test_a_tensor_of_other_tokens_is_an_error(docs):
    docs[0].tensor = numpy.ones((2, 4), dtype="float32")
    with pytest.raises(ListenerError, match="does not fit the document"):
        make_listener().predict(docs[:1])


@pytest.mark.parametrize("width", [None, 0, -1, "96", {}])
def test_a_width_that_was_not_filled_in_is_an_error(width):
    with pytest.raises(ListenerError, match="needs the width"):
        tok2vec_listener_v1(width, "tok2vec")


def test_initializing_needs_no_upstream_and_predicting_afterwards_does(docs):
    listener = make_listener()
    model = chain(listener, with_rows(Linear(2, 4)))
    model.initialize(X=docs)
    with pytest.raises(ListenerError):
        model.predict(docs[:1])


def test_empty_documents_need_no_upstream(docs):
    assert [row.shape for row in make_listener().predict([docs[1]])] == [(0, 4)]


@pytest.mark.parametrize("duplicate", [Model.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_is_a_listener_still(docs, duplicate):
    model = chain(make_listener(), with_rows(Linear(2, 4)))
    copied = duplicate(model).layers[0]
    assert isinstance(copied, Tok2VecListener)
    assert (copied.upstream_name, copied.upstream, copied.component) == ("tok2vec", "tok2vec", "tagger")
    assert copied.get_dim("nO") == 4


def test_width_is_found_through_refs():
    tok2vec = build_hash_embed_cnn_tok2vec(
        width=8, depth=1, embed_size=10, window_size=1, maxout_pieces=2, subword_features=False, pretrained_vectors=None
    )
    outer = chain(tok2vec, with_rows(Linear(2, 8)))
    outer.set_ref("tok2vec", tok2vec)
    assert get_tok2vec_width(outer) == get_tok2vec_width(tok2vec) == 8
    assert get_tok2vec_width(make_listener()) == 4
    with pytest.raises(ValueError, match="not known"):
        get_tok2vec_width(chain(Linear(), Linear()))
