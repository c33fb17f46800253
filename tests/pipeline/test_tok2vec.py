"""The shared encoder in a pipeline: one backward pass an update, whatever the components' order; errors that say what to do."""

import pickle

import numpy
import pytest
from thinc.api import Adam, fix_random_seed

import spacy_lite
from spacy_lite.errors import ListenerError
from spacy_lite.pipeline.tok2vec import Tok2Vec, Tok2VecListener
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

WIDTH = 8
ENCODER = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "width": WIDTH,
    "depth": 2,
    "embed_size": 30,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
    "pretrained_vectors": None,
}
TEXTS = [
    (["She", "saw", "three", "ships"], ["PRP", "VBD", "CD", "NNS"]),
    (["Ships", "sail"], ["NNS", "VBP"]),
    ([], []),
    (["He", "saw", "a", "dog", "."], ["PRP", "VBD", "DT", "NN", "."]),
]


def listener(width=WIDTH, upstream="*"):
    return {"@architectures": "spacy.Tok2VecListener.v1", "width": width, "upstream": upstream}


def tagger(tok2vec):
    return {"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": tok2vec, "nO": None, "normalize": False}}


def make_examples(nlp):
    return [Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words, tags=tags)) for words, tags in TEXTS]


def make_pipeline(names=("first", "second"), seed=0):
    fix_random_seed(seed)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("tok2vec", config={"model": ENCODER})
    for name in names:
        nlp.add_pipe("tagger", name=name, config=tagger(listener()))
    nlp.initialize(lambda: make_examples(nlp))
    random = numpy.random.RandomState(1)
    for name in sorted(names):
        # A softmax layer starts at zero and would leave the encoder without a gradient.
        layer = nlp.get_pipe(name).model.get_ref("output_layer")
        layer.set_param("W", random.normal(size=layer.get_param("W").shape).astype("float32"))
    return nlp


def encoder_gradients(nlp):
    found = {}
    for position, node in enumerate(nlp.get_pipe("tok2vec").model.walk()):
        for name in node.grad_names:
            found[position, name] = node.get_grad(name).copy()
    return found


def assert_equal_gradients(left, right):
    assert left.keys() == right.keys()
    assert left
    for key, value in left.items():
        numpy.testing.assert_allclose(value, right[key], atol=1e-4, rtol=1e-4, err_msg=str(key))


def update_in_order(nlp, order, **settings):
    """One update of the components in the given order, gradients only."""
    examples, losses = make_examples(nlp), {}
    nlp.get_pipe("tok2vec").update(examples, losses=losses, **settings)
    for name in order:
        nlp.get_pipe(name).update(examples, losses=losses)
    nlp.get_pipe("tok2vec").end_update()
    return losses


def test_listeners_are_found_and_named():
    nlp = make_pipeline()
    tok2vec = nlp.get_pipe("tok2vec")
    assert tok2vec.listening_components == ["first", "second"]
    assert [type(node) for node in tok2vec.listeners] == [Tok2VecListener] * 2
    node = tok2vec.listener_map["first"][0]
    assert (node.upstream, node.component) == ("tok2vec", "first")
    assert tok2vec.remove_listener(node, "first")
    assert not tok2vec.remove_listener(node, "first")
    assert tok2vec.listening_components == ["second"]
    tok2vec.add_listener(node, "first")
    tok2vec.add_listener(node, "first")
    assert len(tok2vec.listeners) == 2


def test_shared_gradient_is_the_sum_of_the_components_alone():
    nlp = make_pipeline()
    update_in_order(nlp, ["first"])
    first = encoder_gradients(nlp)
    nlp = make_pipeline()
    update_in_order(nlp, ["second"])
    second = encoder_gradients(nlp)
    nlp = make_pipeline()
    update_in_order(nlp, ["first", "second"])
    assert_equal_gradients(encoder_gradients(nlp), {key: value + second[key] for key, value in first.items()})


def test_gradient_reaches_the_shared_layer_whatever_the_order_of_its_listeners():
    results = []
    for order in (["first", "second"], ["second", "first"]):
        nlp = make_pipeline()
        losses = update_in_order(nlp, order)
        results.append((encoder_gradients(nlp), losses))
    assert_equal_gradients(results[0][0], results[1][0])
    assert results[0][1]["tok2vec"] == pytest.approx(results[1][1]["tok2vec"])


@pytest.mark.parametrize("trained", ["first", "second"])
def test_frozen_listener_does_not_swallow_the_gradient(trained):
    nlp = make_pipeline()
    update_in_order(nlp, [trained])
    assert any(numpy.abs(value).sum() > 0 for value in encoder_gradients(nlp).values())


def test_shared_encoder_learns_as_an_encoder_of_its_own_does():
    """The gradient of a listener equals that of the same weights inside the component."""
    shared = make_pipeline(names=("first",))
    update_in_order(shared, ["first"])
    fix_random_seed(0)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("tagger", config=tagger(ENCODER))
    nlp.initialize(lambda: make_examples(nlp))
    model = nlp.get_pipe("tagger").model
    inner = model.get_ref("tok2vec")
    inner.from_bytes(shared.get_pipe("tok2vec").model.to_bytes())
    layer = shared.get_pipe("first").model.get_ref("output_layer")
    model.get_ref("output_layer").set_param("W", layer.get_param("W").copy())
    model.get_ref("output_layer").set_param("b", layer.get_param("b").copy())
    nlp.get_pipe("tagger").update(make_examples(nlp))
    own = {}
    for position, node in enumerate(inner.walk()):
        for name in node.grad_names:
            own[position, name] = node.get_grad(name)
    assert_equal_gradients(encoder_gradients(shared), own)


def test_loss_is_the_sum_of_the_listeners_squared_gradients():
    nlp = make_pipeline()
    one = update_in_order(nlp, ["first"])["tok2vec"]
    other = update_in_order(make_pipeline(), ["second"])["tok2vec"]
    both = update_in_order(make_pipeline(), ["first", "second"])["tok2vec"]
    assert one > 0
    assert both == pytest.approx(one + other, rel=1e-4)


def test_language_update_trains_the_shared_encoder_once_and_lowers_the_loss():
    nlp = make_pipeline()
    examples = make_examples(nlp)
    optimizer = Adam(0.01)
    losses = []
    for _ in range(40):
        step = {}
        nlp.update(examples, sgd=optimizer, losses=step)
        losses.append(step["first"] + step["second"])
    assert losses[-1] < 0.1 * losses[0]
    docs = list(nlp.pipe(Doc(nlp.vocab, words=words) for words, _ in TEXTS))
    assert [[token.tag_ for token in doc] for doc in docs] == [tags for _, tags in TEXTS]


def test_next_update_and_finish_update_close_an_open_batch():
    nlp = make_pipeline(names=("first",))
    tok2vec, examples = nlp.get_pipe("tok2vec"), make_examples(nlp)
    tok2vec.update(examples)
    nlp.get_pipe("first").update(examples)
    assert not encoder_gradients(nlp)
    tok2vec.update(examples)
    assert encoder_gradients(nlp)
    before = [node.get_param("W").copy() for node in tok2vec.model.walk() if node.has_param("W")]
    tok2vec.update(examples)
    nlp.get_pipe("first").update(examples)
    tok2vec.finish_update(Adam(0.01))
    after = [node.get_param("W") for node in tok2vec.model.walk() if node.has_param("W")]
    assert not all((left == right).all() for left, right in zip(before, after, strict=True))


def test_optimizer_given_to_update_is_applied_at_the_end():
    nlp = make_pipeline(names=("first",))
    tok2vec = nlp.get_pipe("tok2vec")
    before = tok2vec.model.to_bytes()
    update_in_order(nlp, ["first"], sgd=Adam(0.01))
    assert tok2vec.model.to_bytes() != before


def test_frozen_encoder_is_read_from_the_tensor_when_it_annotates():
    nlp = make_pipeline(names=("first",))
    before = nlp.get_pipe("tok2vec").model.to_bytes()
    losses = {}
    nlp.update(make_examples(nlp), sgd=Adam(0.01), losses=losses, exclude=["tok2vec"], annotates=["tok2vec"])
    assert losses["first"] > 0
    assert nlp.get_pipe("tok2vec").model.to_bytes() == before


def test_frozen_encoder_that_does_not_annotate_is_an_error_with_the_remedy():
    nlp = make_pipeline(names=("first",))
    with pytest.raises(ListenerError, match="annotating_components"):
        nlp.update(make_examples(nlp), exclude=["tok2vec"])


def test_listener_without_upstream_is_an_error_that_names_both():
    nlp = make_pipeline(names=("first",))
    with nlp.select_pipes(disable=["tok2vec"]), pytest.raises(ListenerError, match="`first` listens to `tok2vec`"):
        nlp("She saw ships")


def test_widths_that_differ_are_an_error_before_anything_runs():
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("tok2vec", config={"model": ENCODER})
    with pytest.raises(ListenerError, match=r"`first` listens to `tok2vec` and expects rows 9 wide.*gives rows 8 wide"):
        nlp.add_pipe("tagger", name="first", config=tagger(listener(width=9)))
        nlp.initialize(lambda: make_examples(nlp))


def test_predicted_rows_are_views_of_one_array_and_become_the_tensor():
    nlp = make_pipeline()
    tok2vec = nlp.get_pipe("tok2vec")
    docs = [example.predicted for example in make_examples(nlp)]
    rows = tok2vec.predict(docs)
    tok2vec.set_annotations(docs, rows)
    for doc in docs:
        assert doc.tensor.shape == (len(doc), WIDTH)
        assert not len(doc) or numpy.shares_memory(doc.tensor, rows.flat)
    empty = Doc(nlp.vocab)
    assert tok2vec.predict([empty])[0].shape == (0, WIDTH)
    with pytest.raises(ValueError, match="2 rows for a document of 4 tokens"):
        tok2vec.set_annotations(docs[:1], [rows[1]])


def test_empty_batches_do_no_harm():
    nlp = make_pipeline()
    empty = [Example(Doc(nlp.vocab), Doc(nlp.vocab))]
    losses = {}
    nlp.update(empty, sgd=Adam(0.01), losses=losses)
    assert losses["tok2vec"] == 0.0


def test_default_settings_are_the_published_ones():
    nlp = spacy_lite.blank("en")
    tok2vec = nlp.add_pipe("tok2vec")
    assert isinstance(tok2vec, Tok2Vec)
    assert tok2vec.model.get_dim("nO") == 96
    tables = [node for node in tok2vec.model.walk() if node.name == "hashembed"]
    assert [table.get_dim("nV") for table in tables] == [2000, 1000, 1000, 1000]


def test_saving_and_loading_keeps_the_weights(tmp_path):
    nlp = make_pipeline()
    tok2vec = nlp.get_pipe("tok2vec")
    tok2vec.to_disk(tmp_path / "tok2vec", exclude=["vocab"])
    assert sorted(file.name for file in (tmp_path / "tok2vec").iterdir()) == ["cfg", "model"]
    other = make_pipeline(seed=9).get_pipe("tok2vec")
    assert other.model.to_bytes() != tok2vec.model.to_bytes()
    other.from_disk(tmp_path / "tok2vec", exclude=["vocab"])
    assert other.model.to_bytes() == tok2vec.model.to_bytes()
    third = make_pipeline(seed=8).get_pipe("tok2vec").from_bytes(tok2vec.to_bytes(exclude=["vocab"]), exclude=["vocab"])
    assert third.model.to_bytes() == tok2vec.model.to_bytes()


def test_model_can_be_pickled():
    nlp = make_pipeline()
    model = nlp.get_pipe("tok2vec").model
    docs = [example.predicted for example in make_examples(nlp)]
    again = pickle.loads(pickle.dumps(model))
    for left, right in zip(again.predict(docs), model.predict(docs), strict=True):
        numpy.testing.assert_array_equal(left, right)


def test_pipeline_saved_and_loaded_annotates_alike(tmp_path):
    nlp = make_pipeline()
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy_lite.load(tmp_path / "pipeline")
    assert again.get_pipe("tok2vec").listening_components == ["first", "second"]
    text = "She saw three ships."
    numpy.testing.assert_allclose(again(text).tensor, nlp(text).tensor, atol=1e-6)
    assert [token.tag_ for token in again(text)] == [token.tag_ for token in nlp(text)]


def test_replaced_listener_gives_the_same_annotation_without_upstream():
    nlp = make_pipeline(names=("first",))
    tags = [token.tag_ for token in nlp("She saw three ships.")]
    nlp.replace_listeners("tok2vec", "first", ["model.tok2vec"])
    assert nlp.get_pipe("tok2vec").listening_components == []
    nlp.remove_pipe("tok2vec")
    assert [token.tag_ for token in nlp("She saw three ships.")] == tags


def test_student_learns_from_a_teacher_through_a_shared_encoder():
    teacher = make_pipeline(names=("first",))
    optimizer = Adam(0.01)
    for _ in range(40):
        teacher.update(make_examples(teacher), sgd=optimizer)
    student = make_pipeline(names=("first",), seed=5)
    optimizer = Adam(0.01)
    tok2vec = student.get_pipe("tok2vec")
    for _ in range(60):
        examples = [Example(Doc(student.vocab, words=words), Doc(student.vocab, words=words)) for words, _ in TEXTS]
        tok2vec.distill(teacher.get_pipe("tok2vec"), examples)
        student.get_pipe("first").distill(teacher.get_pipe("first"), examples)
        tok2vec.end_update()
        for name in ("tok2vec", "first"):
            student.get_pipe(name).finish_update(optimizer)
    words, tags = TEXTS[0]
    assert [token.tag_ for token in student(Doc(student.vocab, words=words))] == tags


def test_rehearsal_sends_its_gradient_to_the_shared_encoder():
    nlp = make_pipeline(names=("first",))
    nlp.resume_training()
    examples = make_examples(nlp)
    tok2vec = nlp.get_pipe("tok2vec")
    for node in nlp.get_pipe("first").model.walk():
        if node.name == "softmax":
            node.get_param("W")[:] *= 0.5
    losses = {}
    tok2vec.rehearse(examples, losses=losses)
    nlp.get_pipe("first").rehearse(examples, losses=losses)
    tok2vec.end_update()
    assert losses["first"] > 0
    assert any(numpy.abs(value).sum() > 0 for value in encoder_gradients(nlp).values())
