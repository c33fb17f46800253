"""How parser and ner learn: losses a step at a time, beams, teachers, objectives beside, copies."""

import copy
import pickle

import numpy
import pytest
from numpy.testing import assert_allclose
from thinc.api import Linear, chain, list2array

import spacy_lite
from spacy_lite.ml import TransitionModel, build_multi_task_model
from spacy_lite.ml.layers.precomputable_affine import PrecomputableAffine
from spacy_lite.pipeline.dep_parser import DependencyParser
from spacy_lite.pipeline.multitask import TARGETS, MultitaskObjective
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

from .test_parser_and_ner import NAMED, PARSED, TOK2VEC, annotations, assert_learned, examples_for, make, predicted, train


def traced(pipe, examples, cut):
    """Scores and gradients of native training, split into the steps of the search."""
    states = pipe._gold_states(examples)
    states.cut(cut)
    batch, _ = pipe.model.begin_update([example.predicted for example in examples])
    trace = states.train(batch.weights, batch.vectors, cut)
    steps, seen = [], set()
    for row, state in enumerate(trace.state.tolist()):
        if not steps or state in seen:
            steps.append([])
            seen = set()
        steps[-1].append(row)
        seen.add(state)
    scores = batch.weights.score(batch.vectors, trace.slots)
    return [scores[rows] for rows in steps], [trace.gradient[rows] for rows in steps], trace.loss


@pytest.mark.parametrize("cut", [0, 2, 4])
@pytest.mark.parametrize("name", ["parser", "ner"])
def test_the_loss_of_a_batch_a_step_at_a_time_is_that_of_native_training(name, cut):
    nlp, pipe = make(name)
    train(nlp, pipe, steps=5)
    examples = examples_for(nlp, pipe)
    scores, gradients, native = traced(pipe, examples, cut)
    loss, found = pipe.get_loss((None, scores), examples, cut)
    assert loss == pytest.approx(native, rel=1e-4)
    for ours, theirs in zip(found, gradients, strict=True):
        assert_allclose(ours, theirs, atol=1e-5)
    if not cut:
        assert pipe.get_loss(examples, scores)[0] == loss
        assert pipe.get_loss(examples=examples, scores=scores)[0] == loss


def test_states_are_stepped_from_outside_as_the_search_steps_them():
    nlp, pipe = make("parser")
    train(nlp, pipe, steps=10)
    docs = [Doc(nlp.vocab, words=words) for words, _ in PARSED]
    [expected] = pipe.predict(docs)
    states, batch = pipe.moves.states(docs), pipe.model.predict(docs)
    offsets = numpy.cumsum([0, *(len(doc) for doc in docs)])
    while active := states.active():
        slots = numpy.stack([states.features(i, 8) for i in active])
        slots = numpy.where(slots >= 0, slots + offsets[active][:, numpy.newaxis], -1).astype("int32")
        pipe.transition_states(states, batch.weights.score(batch.vectors, slots))
    assert_allclose(states.heads()[0], expected.heads()[0])


@pytest.mark.parametrize("name", ["parser", "ner"])
def test_update_beam_learns_whatever_the_settings_say(name):
    nlp, pipe = make(name)
    examples = examples_for(nlp, pipe)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(80):
        losses = pipe.update_beam(examples, beam_width=4, sgd=optimizer, losses={})
    assert losses[name] < 1.0
    assert_learned(nlp, pipe)


def test_teacher_and_student_differ_by_the_probabilities_of_moves():
    _, pipe = make("ner")
    rng = numpy.random.default_rng(0)
    teacher, student = rng.normal(size=(2, 5, 3)).astype("f")

    def softmax(scores):
        weights = numpy.exp(scores)
        return weights / weights.sum(axis=1, keepdims=True)

    loss, gradient = pipe.get_teacher_student_loss(teacher, student)
    assert_allclose(gradient, softmax(student) - softmax(teacher), rtol=1e-4, atol=1e-6)
    assert loss == pytest.approx((gradient**2).mean())
    _, parts = pipe.get_teacher_student_loss([teacher[:2], teacher[2:]], [student[:2], student[2:]], normalize=True)
    assert [len(part) for part in parts] == [2, 3]
    assert_allclose(numpy.concatenate(parts) * 5, gradient, rtol=1e-5)


@pytest.mark.parametrize("cut", [1, 3])
@pytest.mark.parametrize("name", ["parser", "ner"])
def test_a_student_learns_in_pieces_cut_along_the_teachers_moves(name, cut):
    teacher_nlp, teacher = make(name)
    train(teacher_nlp, teacher)
    nlp, student = make(name, update_with_oracle_cut_size=cut)
    examples = examples_for(nlp, student)
    labels = {kind: {label: rank for rank, label in enumerate(found)} for kind, found in teacher.label_data.items()}
    student.initialize(lambda: examples, nlp=nlp, labels=labels)
    optimizer = nlp.create_optimizer()
    data = NAMED if name == "ner" else PARSED
    plain = [Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words)) for words, _ in data]
    for _ in range(150):
        student.distill(teacher, plain, sgd=optimizer, losses={})
    assert_learned(nlp, student)


def test_rehearsal_pulls_a_model_back_to_what_it_was():
    nlp, pipe = make("ner")
    train(nlp, pipe)
    optimizer = nlp.resume_training()
    pipe.model.get_ref("upper").get_param("b")[:] += numpy.random.default_rng(0).normal(size=pipe.moves.n_moves)
    examples = examples_for(nlp, pipe)
    losses = [pipe.rehearse(examples, sgd=optimizer, losses={})["ner"] for _ in range(60)]
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_an_objective_beside_trains_the_encoder_it_shares(target):
    nlp, pipe = make("parser")
    data = [(words, {**found, "tags": [word[:1] for word in words], "entities": ["O"] * len(words)}) for words, found in PARSED]
    examples = [Example.from_dict(Doc(nlp.vocab, words=words), found) for words, found in data]
    pipe.add_multitask_objective(target)
    [objective] = pipe._multitasks
    nlp.initialize(lambda: examples)
    encoder = pipe.model.layers[0].layers[0]
    assert objective.model.get_ref("tok2vec") is encoder
    assert objective.labels
    nodes = [(node, name) for node in encoder.walk() for name in node.param_names]
    output = objective.model.get_ref("output_layer").get_param("W")
    output[:] = numpy.random.default_rng(0).normal(size=output.shape)
    losses = objective.update(examples, losses={})
    if len(objective.labels) > 1:
        assert losses[objective.name] > 0
        assert any(node.has_grad(name) and node.get_grad(name).any() for node, name in nodes)
    pipe.update(examples)
    optimizer = nlp.create_optimizer()
    pipe.finish_update(optimizer)
    assert set(optimizer.nr_update.values()) == {1}, "a shared encoder takes one step"
    for _ in range(80):
        losses = nlp.update(examples, sgd=optimizer, losses={})
    assert losses[objective.name] < 0.5
    assert_learned(nlp, pipe)
    best = [objective.labels[label] for label in objective.predict([examples[0].predicted])[0]]
    assert best == list(TARGETS[target](examples[0]))


def test_objectives_share_an_encoder_that_many_listen_to():
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("tok2vec", config={"model": TOK2VEC})
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 24, "upstream": "tok2vec"}
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "parser",
        "extra_state_tokens": False,
        "hidden_width": 16,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": listener,
    }
    pipe = nlp.add_pipe("parser", config={"model": model, "min_action_freq": 1})
    pipe.add_multitask_objective("dep_tag_offset")
    data = [(words, {**found, "tags": [word[:1] for word in words]}) for words, found in PARSED]
    examples = [Example.from_dict(Doc(nlp.vocab, words=words), found) for words, found in data]
    losses = train(nlp, pipe, steps=80, examples=examples)
    assert losses["parser_dep_tag_offset"] < 0.5
    assert_learned(nlp, pipe)


def test_an_objective_that_is_none_is_named():
    _, pipe = make("ner")
    with pytest.raises(ValueError, match="did you mean `ent_tag`"):
        pipe.add_multitask_objective("ent_tags")
    with pytest.raises(TypeError, match="a component with `update`"):
        pipe.add_multitask_objective(5)


def test_an_objective_added_to_a_trained_component_has_to_be_set_up():
    nlp, pipe = make("ner")
    train(nlp, pipe, steps=2)
    examples = examples_for(nlp, pipe)
    pipe.add_multitask_objective("ent")
    with pytest.raises(ValueError, match="init_multitask_objectives first"):
        pipe.update(examples)
    pipe.init_multitask_objectives(lambda: examples, nlp=nlp, maxout_pieces=2)
    assert pipe.update(examples, losses={})["ner_ent"] > 0


def test_an_objective_is_a_component_of_its_own_that_writes_nothing():
    nlp = spacy_lite.blank("en")
    model = {"@architectures": "spacy.MultiTask.v1", "maxout_pieces": 2, "token_vector_width": 24, "tok2vec": TOK2VEC}
    pipe = nlp.add_pipe("nn_labeller", config={"target": "tag", "model": model})
    words = PARSED[0][0]
    example = Example.from_dict(Doc(nlp.vocab, words=words), {"tags": [word[0] for word in words]})
    optimizer = nlp.initialize(lambda: [example])
    for _ in range(40):
        nlp.update([example], sgd=optimizer)
    doc = Doc(nlp.vocab, words=words)
    assert [pipe.labels[best] for best in pipe.predict([doc])[0]] == [word[0] for word in words]
    assert [token.tag_ for token in nlp(doc)] == [""] * len(words)


def test_objectives_may_be_given_by_name_when_a_component_is_made():
    nlp, pipe = make("parser")
    model = build_multi_task_model(spacy_lite.registry.resolve({"m": TOK2VEC})["m"], 2, 24)
    mine = MultitaskObjective(nlp.vocab, model, "mine", target="dep")
    made = DependencyParser(nlp.vocab, pipe.model, "again", multitasks=["tag", mine])
    assert [objective.name for objective in made._multitasks] == ["again_tag", "mine"]
    assert made.cfg["multitasks"] == ["tag"]


def test_copies_and_pickles_predict_the_same_and_learn_on():
    nlp, pipe = make("parser")
    train(nlp, pipe, steps=60)
    expected = [annotations(doc) for doc in predicted(nlp, pipe)]
    for again in (copy.deepcopy(pipe), pickle.loads(pickle.dumps(pipe))):
        assert again.cfg == pipe.cfg
        assert [annotations(again(Doc(nlp.vocab, words=words))) for words, _ in PARSED] == expected
        assert again.update(examples_for(nlp, pipe), losses={})[pipe.name] < 3.0


def test_transition_models_of_either_version_are_the_same_model():
    nlp, pipe = make("ner")
    tok2vec = spacy_lite.registry.resolve({"m": TOK2VEC})["m"]

    def projected():
        vectors = chain(tok2vec.copy(), list2array(), Linear(16, 24))
        vectors.set_dim("nO", 16)
        return vectors

    second = spacy_lite.registry.layers.get("spacy.TransitionModel.v2")(
        tok2vec=projected(), state_tokens=3, hidden_width=16, maxout_pieces=2, beam_width=3
    )
    first = TransitionModel(projected(), PrecomputableAffine(16, 16, 3, 2), Linear(nI=16))
    for model, beams in ((first, False), (second, True)):
        again = spacy_lite.pipeline.EntityRecognizer(nlp.vocab, model)
        again.initialize(lambda: examples_for(nlp, pipe), nlp=nlp)
        found = again.predict([Doc(nlp.vocab, words=NAMED[0][0])])
        assert (type(found[0]).__name__ == "Beam") is beams
        assert [node.name for node in model.walk()] == [node.name for node in pipe.model.walk()]


def test_subclasses_change_documents_once_they_are_annotated():
    nlp, pipe = make("parser")
    train(nlp, pipe, steps=2)
    seen = []

    class Watched(DependencyParser):
        @property
        def postprocesses(self):
            return [seen.append]

    watched = Watched(nlp.vocab, pipe.model, moves=pipe.moves)
    docs = list(watched.pipe([Doc(nlp.vocab, words=words) for words, _ in PARSED], batch_size=1))
    assert seen == docs
    assert pipe.postprocesses == []
