"""What the components that label tokens have in common: they learn, predict purely, save, distill, and refuse bad input."""

import json

import numpy
import pytest

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

from .conftest import ATTRIBUTES, COMPONENTS, SENTENCES, annotation, examples_of, fresh_docs, settings_of, trained


def new_component(factory, **changes):
    nlp = spacy_lite.blank("en")
    return nlp, nlp.add_pipe(factory, config=settings_of(factory, **changes))


def test_learns_its_examples(learned):
    factory, nlp, history = learned
    assert history[-1] < 0.05 * history[0]
    for doc, (_, gold) in zip(nlp.pipe(fresh_docs(nlp)), SENTENCES, strict=True):
        for values, (_, key) in zip(annotation(factory, doc), ATTRIBUTES[factory], strict=True):
            expected = [value == 1 for value in gold[key]] if key == "sent_starts" else gold[key]
            assert values == [str(value) for value in expected]


def test_losses_can_be_written_as_json(learned):
    _, nlp, _ = learned
    losses = nlp.update(examples_of(nlp))
    assert json.loads(json.dumps(losses)) == losses


def test_predict_writes_nothing_on_the_documents(learned):
    factory, nlp, _ = learned
    docs = fresh_docs(nlp)
    before = [doc.to_bytes() for doc in docs]
    nlp.get_pipe(factory).predict(docs)
    assert [doc.to_bytes() for doc in docs] == before


def test_one_document_and_a_batch_get_the_same_annotation(learned):
    factory, nlp, _ = learned
    pipe = nlp.get_pipe(factory)
    alone = [annotation(factory, pipe(doc)) for doc in fresh_docs(nlp)]
    assert [annotation(factory, doc) for doc in pipe.pipe(fresh_docs(nlp), batch_size=2)] == alone


def test_empty_documents_are_annotated_and_learned_from_without_error(learned):
    factory, nlp, _ = learned
    pipe = nlp.get_pipe(factory)
    empty = Doc(nlp.vocab, words=[])
    assert len(pipe(empty)) == 0
    docs = [Doc(nlp.vocab, words=[]), fresh_docs(nlp)[0], Doc(nlp.vocab, words=[])]
    assert [len(doc) for doc in pipe.pipe(docs)] == [0, 5, 0]
    assert nlp.update([Example.from_dict(Doc(nlp.vocab, words=[]), {})]) == {factory: 0.0}


@pytest.mark.parametrize("how", ["disk", "bytes"])
def test_saved_component_annotates_the_same(learned, tmp_path, how):
    factory, nlp, _ = learned
    other = spacy_lite.blank("en")
    copy = other.add_pipe(factory, config=settings_of(factory))
    if how == "disk":
        nlp.get_pipe(factory).to_disk(tmp_path / factory)
        copy.from_disk(tmp_path / factory)
    else:
        copy.from_bytes(nlp.get_pipe(factory).to_bytes())
    for ours, theirs in zip(fresh_docs(nlp), fresh_docs(other), strict=True):
        assert annotation(factory, nlp.get_pipe(factory)(ours)) == annotation(factory, copy(theirs))


def test_label_data_sets_up_the_same_labels(learned):
    factory, nlp, _ = learned
    data = nlp.get_pipe(factory).label_data
    other, copy = new_component(factory)
    copy.initialize(lambda: examples_of(other), nlp=other, **({} if data is None else {"labels": data}))
    assert copy.labels == nlp.get_pipe(factory).labels
    assert copy.label_data == data


@pytest.mark.parametrize("factory", COMPONENTS)
def test_existing_annotation_is_kept_unless_overwrite(factory):
    attr, key = ATTRIBUTES[factory][0]
    for overwrite in (False, True):
        nlp, _ = trained(factory, steps=60, overwrite=overwrite)
        doc = fresh_docs(nlp)[1]
        setattr(doc[4], attr, True if factory == "senter" else "VERB" if factory == "morphologizer" else "KEPT")
        if factory == "morphologizer":
            doc[4].pos_ = "ADV"
        before = annotation(factory, doc)[0][4]
        nlp.get_pipe(factory)(doc)
        assert (annotation(factory, doc)[0][4] == before) is not overwrite
        assert doc[1].has_morph() if factory == "morphologizer" else annotation(factory, doc)[0][1]


@pytest.mark.parametrize("factory", COMPONENTS)
def test_tokens_without_gold_give_no_gradient(factory):
    nlp, _ = trained(factory, steps=1)
    pipe = nlp.get_pipe(factory)
    unknown = Example(fresh_docs(nlp)[0], fresh_docs(nlp)[0])
    known = examples_of(nlp)[1]
    scores, _ = pipe.model.begin_update([unknown.predicted, known.predicted])
    loss, d_scores = pipe.get_loss([unknown, known], scores)
    assert loss > 0
    assert not d_scores[0].any()
    assert d_scores[1].any(axis=1).all()


@pytest.mark.parametrize("factory", ["tagger", "morphologizer", "trainable_lemmatizer"])
def test_gold_of_other_tokens_is_aligned(factory):
    nlp, _ = trained(factory, steps=1)
    pipe = nlp.get_pipe(factory)
    predicted = Doc(nlp.vocab, words=["She", "saw", "thr", "ee", "ships."], spaces=[True, True, False, True, False])
    words, gold = SENTENCES[0]
    reference = Example.from_dict(Doc(nlp.vocab, words=words, spaces=[True, True, True, False, False]), dict(gold)).reference
    example = Example(predicted, reference)
    scores, _ = pipe.model.begin_update([predicted])
    _, d_scores = pipe.get_loss([example], scores)
    has_gradient = d_scores[0].any(axis=1).tolist()
    assert has_gradient[:2] == [True, True]
    assert has_gradient[4] is False  # two reference tokens that differ
    assert has_gradient[2:4] == ([False, False] if factory == "trainable_lemmatizer" else [True, True])


@pytest.mark.parametrize("factory", COMPONENTS)
@pytest.mark.parametrize("bad", [None, "examples", [1, 2], lambda: [1, 2], list])
def test_initialize_refuses_what_is_no_function_giving_examples(factory, bad):
    nlp, pipe = new_component(factory)
    with pytest.raises((TypeError, ValueError)):
        pipe.initialize(bad, nlp=nlp)


@pytest.mark.parametrize("factory", ["tagger", "morphologizer", "trainable_lemmatizer"])
def test_initialize_without_any_label_says_what_is_missing(factory):
    nlp, pipe = new_component(factory)
    with pytest.raises(ValueError, match=f"`{factory}` has no"):
        pipe.initialize(lambda: [Example(doc, doc) for doc in fresh_docs(nlp)], nlp=nlp)


@pytest.mark.parametrize("factory", COMPONENTS)
def test_update_refuses_documents_instead_of_examples(factory):
    nlp, _ = trained(factory, steps=1)
    with pytest.raises(TypeError):
        nlp.get_pipe(factory).update(fresh_docs(nlp))


@pytest.mark.parametrize("factory", COMPONENTS)
def test_a_component_without_weights_says_how_to_get_them(factory):
    nlp, _ = new_component(factory)
    for call in (lambda: nlp("Some text."), lambda: nlp.update(examples_of(nlp))):
        with pytest.raises(ValueError, match=r"no weights yet. Call nlp.initialize\(\)"):
            call()


@pytest.mark.parametrize("factory", COMPONENTS)
def test_activations_are_kept_when_asked(factory):
    nlp, _ = trained(factory, steps=2, save_activations=True)
    doc = nlp.get_pipe(factory)(fresh_docs(nlp)[0])
    kept = doc.activations[factory]
    assert kept["probabilities"].shape == (5, len(nlp.get_pipe(factory).labels))
    numpy.testing.assert_allclose(kept["probabilities"].sum(axis=1), 1.0, rtol=1e-4)
    ids = kept["tree_ids" if factory == "trainable_lemmatizer" else "label_ids"]
    assert len(ids) == 5
    nlp.get_pipe(factory).save_activations = False
    assert factory not in nlp.get_pipe(factory)(fresh_docs(nlp)[0]).activations


@pytest.mark.parametrize("factory", COMPONENTS)
def test_a_student_learns_what_its_teacher_says(factory):
    teacher_nlp, _ = trained(factory)
    teacher = teacher_nlp.get_pipe(factory)
    spacy_lite.util.fix_random_seed(1)
    nlp, student = new_component(factory)
    labels = {} if factory == "senter" else {"labels": reordered(factory, teacher.label_data)}
    student.initialize(lambda: examples_of(nlp), nlp=nlp, **labels)
    assert student.is_distillable
    optimizer = student.create_optimizer()
    optimizer.learn_rate = 0.01
    for _ in range(80):
        examples = [Example(doc, doc) for doc in fresh_docs(nlp)]
        losses = student.distill(teacher, examples, sgd=optimizer)
    assert losses[factory] < 0.1
    for ours, theirs in zip(fresh_docs(nlp), fresh_docs(teacher_nlp), strict=True):
        assert annotation(factory, student(ours)) == annotation(factory, teacher(theirs))


def reordered(factory, data):
    """The same labels in another order."""
    if factory == "tagger":
        return list(reversed(data))
    if factory == "trainable_lemmatizer":
        return {"trees": data["trees"], "labels": list(reversed(data["labels"]))}
    return {key: dict(reversed(list(values.items()))) for key, values in data.items()}


def test_distilling_needs_a_teacher_and_the_same_tokens(learned):
    factory, nlp, _ = learned
    pipe = nlp.get_pipe(factory)
    with pytest.raises(ValueError, match="teacher"):
        pipe.distill(None, examples_of(nlp))
    words = Doc(nlp.vocab, words=["She", "saw"])
    other = Doc(nlp.vocab, words=["Shesaw"])
    with pytest.raises(ValueError, match="same tokens"):
        pipe.distill(pipe, [Example(words, other)])


def test_a_failing_document_goes_to_the_error_handler(learned):
    factory, nlp, _ = learned
    pipe = nlp.get_pipe(factory)
    seen = []
    pipe.set_error_handler(lambda name, proc, docs, error: seen.append((name, len(docs), type(error))))
    try:
        assert list(pipe.pipe([None, None])) == []
    finally:
        pipe.set_error_handler(None)
    assert seen[0][:2] == (factory, 2)


def test_two_threads_annotate_as_one_does(learned):
    factory, nlp, _ = learned
    texts = ["She saw three ships.", "Dogs bark. Cats sleep.", "", "Three cats saw dogs bark."] * 60
    alone = [annotation(factory, doc) for doc in nlp.pipe(texts)]
    assert [annotation(factory, doc) for doc in nlp.pipe(texts, n_threads=2)] == alone
