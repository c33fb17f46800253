"""The parser and the entity recognizer: learning, labels, saving, beams, and what spaCy's trained ones say."""

import json

import numpy
import pytest

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example
from spacy_lite.transitions import nonproj

PARSED = [
    (
        ["She", "saw", "three", "ships", "."],
        {"heads": [1, 1, 3, 1, 1], "deps": ["nsubj", "ROOT", "nummod", "obj", "punct"]},
    ),
    (
        ["Dogs", "bark", ".", "Cats", "sleep", "."],
        {"heads": [1, 1, 1, 4, 4, 4], "deps": ["nsubj", "ROOT", "punct", "nsubj", "ROOT", "punct"]},
    ),
]
NAMED = [
    (["Mary", "Smith", "lives", "in", "London", "."], {"entities": ["B-PERSON", "L-PERSON", "O", "O", "U-GPE", "O"]}),
    (["London", "is", "big", ",", "says", "Mary", "."], {"entities": ["U-GPE", "O", "O", "O", "O", "U-PERSON", "O"]}),
]
TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 24,
    "depth": 1,
    "embed_size": 200,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
}
NEEDS_NO_DROPOUT = 0.0


def make(name, version="v2", use_upper=True, **settings):
    kind = "ner" if "ner" in name else "parser"
    model = {
        "@architectures": f"spacy.TransitionBasedParser.{version}",
        "state_type": kind,
        "extra_state_tokens": False,
        "hidden_width": 16,
        "maxout_pieces": 2,
        "tok2vec": TOK2VEC,
    }
    if version != "v3":
        model["use_upper"] = use_upper
    if kind == "parser":
        settings.setdefault("min_action_freq", 1)
    nlp = spacy_lite.blank("en")
    pipe = nlp.add_pipe(name, config={"model": model, **settings})
    return nlp, pipe


def examples_for(nlp, pipe):
    data = NAMED if "ner" in pipe.name else PARSED
    return [Example.from_dict(Doc(nlp.vocab, words=words), annotations) for words, annotations in data]


def train(nlp, pipe, steps=60, examples=None):
    spacy_lite.util.fix_random_seed(0)
    examples = examples or examples_for(nlp, pipe)
    optimizer = nlp.initialize(lambda: examples)
    losses = {}
    for _ in range(steps):
        losses = {}
        nlp.update(examples, sgd=optimizer, drop=NEEDS_NO_DROPOUT, losses=losses)
    return losses


def annotations(doc):
    return [(t.text, t.head.i, t.dep_, t.ent_iob_, t.ent_type_, t.is_sent_start) for t in doc]


def predicted(nlp, pipe):
    data = NAMED if "ner" in pipe.name else PARSED
    return [nlp(Doc(nlp.vocab, words=words)) for words, _ in data]


def assert_learned(nlp, pipe):
    for doc, example in zip(predicted(nlp, pipe), examples_for(nlp, pipe), strict=True):
        if "ner" in pipe.name:
            assert [(e.start, e.end, e.label_) for e in doc.ents] == [
                (e.start, e.end, e.label_) for e in example.reference.ents
            ]
        else:
            assert [t.head.i for t in doc] == [t.head.i for t in example.reference]
            assert [t.dep_ for t in doc] == [t.dep_ for t in example.reference]


@pytest.mark.parametrize("version,use_upper", [("v1", True), ("v2", True), ("v2", False), ("v3", True)])
@pytest.mark.parametrize("name", ["parser", "ner"])
def test_what_was_taught_is_predicted_before_and_after_saving(name, version, use_upper, tmp_path):
    nlp, pipe = make(name, version, use_upper)
    losses = train(nlp, pipe)
    assert isinstance(losses[name], float) and json.dumps(losses)
    assert_learned(nlp, pipe)
    before = [annotations(doc) for doc in predicted(nlp, pipe)]
    nlp.to_disk(tmp_path / "pipeline")
    assert [annotations(doc) for doc in predicted(spacy_lite.load(tmp_path / "pipeline"), pipe)] == before
    again = type(nlp).from_config(nlp.config)
    again.from_bytes(nlp.to_bytes())
    assert [annotations(doc) for doc in predicted(again, pipe)] == before


@pytest.mark.parametrize("cut", [0, 1, 2, 100])
@pytest.mark.parametrize("name", ["parser", "ner"])
def test_any_oracle_cut_size_learns(name, cut):
    nlp, pipe = make(name, update_with_oracle_cut_size=cut)
    train(nlp, pipe, steps=100)
    assert_learned(nlp, pipe)


@pytest.mark.parametrize("name", ["beam_parser", "beam_ner"])
def test_beam_components_learn_and_say_how_sure_they_are(name):
    nlp, pipe = make(name, beam_width=4, beam_density=0.0, beam_update_prob=0.5)
    train(nlp, pipe, steps=80)
    assert_learned(nlp, pipe)
    docs = [Doc(nlp.vocab, words=words) for words, _ in (NAMED if "ner" in name else PARSED)]
    beams = pipe.predict(docs)
    for beam in beams:
        assert sum(beam.probs) == pytest.approx(1.0)
        assert beam.probs == sorted(beam.probs, reverse=True)
    if "ner" in name:
        scores = pipe.scored_ents(beams)
        assert scores[0][(0, 2, "PERSON")] > 0.5
    else:
        heads, labels = pipe.scored_parses(beams)
        assert heads[0][(0, 1)] > 0.5 and labels[0][(0, "nsubj")] > 0.5
        assert sum(value for (token, _), value in heads[0].items() if token == 0) == pytest.approx(1.0)


def test_beam_parse_goes_by_its_arguments():
    nlp, pipe = make("parser")
    train(nlp, pipe, steps=5)
    docs = [Doc(nlp.vocab, words=words) for words, _ in PARSED]
    assert max(len(beam) for beam in pipe.beam_parse(docs, beam_width=5)) == 5
    assert all(len(beam) == 1 for beam in pipe.beam_parse(docs, beam_width=1))
    with pytest.raises(ValueError, match="width of at least 1"):
        pipe.beam_parse(docs, beam_width=0)


@pytest.mark.parametrize("use_upper", [True, False])
def test_a_label_added_in_the_middle_of_training_is_learned_and_was_not_predicted_before(use_upper):
    nlp, pipe = make("ner", use_upper=use_upper)
    examples = examples_for(nlp, pipe)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(20):
        nlp.update(examples, sgd=optimizer)
    before = pipe.moves.n_moves
    assert pipe.add_label("ANIMAL") == 1
    assert pipe.add_label("ANIMAL") == 0
    assert pipe.moves.n_moves == before + 4
    assert "ANIMAL" not in {ent.label_ for doc in predicted(nlp, pipe) for ent in doc.ents}
    animal = Example.from_dict(Doc(nlp.vocab, words=["Cats", "sleep"]), {"entities": ["U-ANIMAL", "O"]})
    for _ in range(60):
        nlp.update([*examples, animal], sgd=optimizer)
    assert [ent.label_ for ent in nlp(Doc(nlp.vocab, words=["Cats", "sleep"])).ents] == ["ANIMAL"]
    assert_learned(nlp, pipe)


def test_unseen_labels_stay_unseen_after_saving(tmp_path):
    nlp, pipe = make("ner")
    train(nlp, pipe, steps=20)
    pipe.add_label("ANIMAL")
    unseen = list(pipe.model.attrs["unseen_classes"])
    assert unseen
    nlp.to_disk(tmp_path / "pipeline")
    assert list(spacy_lite.load(tmp_path / "pipeline").get_pipe("ner").model.attrs["unseen_classes"]) == unseen


def test_entities_that_are_set_keep_their_place_and_their_unknown_label():
    nlp, pipe = make("ner")
    train(nlp, pipe, steps=20)
    doc = Doc(nlp.vocab, words=["Mary", "Smith", "lives", "in", "London", "."], ents=["O", "O", "B-PLANET", "I-PLANET", "", ""])
    doc = nlp(doc)
    assert (2, 4, "PLANET") in [(e.start, e.end, e.label_) for e in doc.ents]


def test_spans_known_to_be_wrong_are_unlearned():
    nlp, pipe = make("ner", incorrect_spans_key="wrong")
    train(nlp, pipe)
    doc = Doc(nlp.vocab, words=NAMED[0][0])
    example = Example.from_dict(doc, {"words": NAMED[0][0]})
    example.reference.spans["wrong"] = [spacy_lite.tokens.Span(example.reference, 4, 5, label="GPE")]
    optimizer = nlp.create_optimizer()
    for _ in range(40):
        nlp.update([example], sgd=optimizer)
    assert "GPE" not in {ent.label_ for ent in nlp(Doc(nlp.vocab, words=NAMED[0][0])).ents}


@pytest.mark.parametrize("name", ["parser", "ner"])
def test_a_student_learns_from_a_teacher_whose_labels_stand_in_another_order(name):
    teacher_nlp, teacher = make(name)
    train(teacher_nlp, teacher)
    nlp, student = make(name)
    examples = examples_for(nlp, student)
    labels = {kind: {label: rank for rank, label in enumerate(found)} for kind, found in teacher.label_data.items()}
    student.initialize(lambda: examples, nlp=nlp, labels=labels)
    assert student.move_names != teacher.move_names
    optimizer = nlp.create_optimizer()
    unlabelled = [
        Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words)) for words, _ in (NAMED if name == "ner" else PARSED)
    ]
    for _ in range(150):
        student.distill(teacher, unlabelled, sgd=optimizer, losses={})
    assert_learned(nlp, student)
    with pytest.raises(ValueError, match="needs a teacher"):
        student.distill(None, unlabelled)


def test_rehearsal_holds_on_to_what_was_known():
    nlp, pipe = make("ner")
    train(nlp, pipe)
    optimizer = nlp.resume_training()
    losses = nlp.rehearse(examples_for(nlp, pipe), sgd=optimizer, losses={})
    assert losses["ner"] == pytest.approx(0.0, abs=1e-6)
    assert_learned(nlp, pipe)


@pytest.mark.parametrize("name", ["parser", "ner"])
def test_batches_threads_and_order_change_nothing_and_odd_documents_pass(name):
    nlp, pipe = make(name)
    train(nlp, pipe, steps=30)
    texts = ["", " ", "a", "Mary Smith lives in London.", "\n\n", "Dogs bark. Cats sleep. " * 40, "x " * 3000]
    alone = [annotations(nlp(text)) for text in texts]
    for options in ({"batch_size": 1}, {"batch_size": 3}, {"batch_size": 50}, {"n_threads": 2, "batch_size": 2}):
        assert [annotations(doc) for doc in nlp.pipe(texts, **options)] == alone
    assert [annotations(doc) for doc in nlp.pipe(texts[::-1])] == alone[::-1]


def test_rare_labels_fall_back_and_shift_and_reduce_never_do():
    nlp, pipe = make("parser", min_action_freq=30)
    pipe.initialize(lambda: examples_for(nlp, pipe), nlp=nlp)
    assert {"S", "D", "L-dep", "R-dep", "B-ROOT"} <= set(pipe.move_names)
    assert "L-nsubj" not in pipe.move_names


def test_crossing_arcs_are_lifted_and_restored():
    heads, labels = [1, 1, 0, 1, 3], ["nsubj", "ROOT", "acl", "obj", "advmod"]
    assert nonproj.is_nonproj_tree(heads)
    lifted, decorated = nonproj.projectivize(heads, labels)
    assert not nonproj.is_nonproj_tree(lifted)
    assert any(nonproj.is_decorated(label) for label in decorated)
    vocab = spacy_lite.blank("en").vocab
    doc = nonproj.deprojectivize(Doc(vocab, words=list("vwxyz"), heads=lifted, deps=decorated))
    assert [t.head.i for t in doc] == heads
    assert [t.dep_ for t in doc] == labels


def test_bad_settings_and_labels_are_named():
    with pytest.raises(ValueError, match="did you mean"):
        spacy_lite.registry.architectures.get("spacy.TransitionBasedParser.v2")(
            tok2vec=None, state_type="parse", extra_state_tokens=False, hidden_width=1, maxout_pieces=1, use_upper=True
        )
    nlp, pipe = make("ner")
    with pytest.raises(ValueError, match="has to be a string"):
        pipe.add_label(5)


SPACY_PIPELINES = [
    "de_nonproj",
    "en_beam",
    "en_core_default",
    "en_core_listeners",
    "en_indep",
    "en_legacy_v1",
    "en_ner_default",
    "en_ner_incorrect",
    "en_ner_wnut",
    "en_parser_extra",
    "en_parser_noupper",
    "xx_ner",
]


@pytest.mark.parametrize("name", SPACY_PIPELINES)
def test_trees_and_entities_are_those_of_spacy(name, shared_data):
    folder = shared_data / "spacy38_pipelines" / name
    nlp = spacy_lite.load(folder / "pipeline")
    lines = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf8").splitlines()]
    for doc, line in zip(nlp.pipe(line["text"] for line in lines), lines, strict=True):
        tokens = line["tokens"]
        assert [t.head.i for t in doc] == tokens["head"], line["text"]
        assert [t.dep_ for t in doc] == tokens["dep_"], line["text"]
        assert [t.ent_type_ for t in doc] == tokens["ent_type_"], line["text"]


def test_gradients_of_every_parameter_equal_finite_differences():
    nlp, pipe = make("ner", update_with_oracle_cut_size=0)
    train(nlp, pipe, steps=3)
    example = examples_for(nlp, pipe)[0]
    model = pipe.model

    def gradient_norm_and_scores():
        states = pipe.moves.states([example.predicted])
        pipe.moves.set_gold(states, [pipe.moves.gold_columns(example)])
        batch, backprop = model.begin_update([example.predicted])
        trace = states.train(batch.weights, batch.vectors)
        return batch, backprop, trace

    # Along a fixed sequence of states the loss is the sum of log losses: its gradient by the scores is what the trace holds.
    _, backprop, trace = gradient_norm_and_scores()
    slots, gradient = trace.slots, trace.gradient
    backprop(trace)

    def objective():
        batch, _ = model.begin_update([example.predicted])
        return float((batch.weights.score(batch.vectors, slots) * gradient).sum())

    rng = numpy.random.default_rng(0)
    for node, name in ((model.layers[1], "W"), (model.layers[1], "b"), (model.layers[1], "pad"), (model.layers[2], "W")):
        values, slopes = node.get_param(name), node.get_grad(name)
        for _ in range(4):
            place = tuple(rng.integers(size) for size in values.shape)
            kept, step = float(values[place]), 1e-2
            values[place] = kept + step
            up = objective()
            values[place] = kept - step
            down = objective()
            values[place] = kept
            assert slopes[place] == pytest.approx((up - down) / (2 * step), rel=0.05, abs=5e-3)
