"""Long, empty and odd documents; what must not change an annotation; the gradient of every parameter."""

import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from spacy_lite.tokens import Doc

from .test_parser_and_ner import annotations, examples_for, make, train

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["Mary", "Smith", "lives", "in", "London", ".", "Dogs", "bark", ",", "Cats", "sleep"]


@pytest.fixture(scope="module", params=["parser", "ner"])
def trained(request):
    nlp, pipe = make(request.param)
    train(nlp, pipe, steps=30)
    return nlp, pipe


def random_words(size, seed=0):
    return numpy.random.default_rng(seed).choice(WORDS, size).tolist()


def test_a_document_of_50000_tokens_is_annotated_like_any_other(trained):
    nlp, pipe = trained
    doc = pipe(Doc(nlp.vocab, words=random_words(50_000)))
    if pipe.name == "parser":
        assert doc.has_annotation("DEP")
        heads = numpy.array([token.head.i for token in doc])
        for _ in range(200):
            heads = heads[heads]
        assert (heads == heads[heads]).all(), "every token is below a root"
        assert sum(len(sent) for sent in doc.sents) == len(doc)
    else:
        assert doc.has_annotation("ENT_IOB")
        assert all(0 <= ent.start < ent.end <= len(doc) for ent in doc.ents)


@pytest.mark.parametrize("words", [[], ["a"], [" "], ["\n\n"], [" "] * 40, [" ", "Mary", " "]])
def test_small_and_blank_documents(trained, words):
    nlp, pipe = trained
    doc = pipe(Doc(nlp.vocab, words=words))
    assert len(doc) == len(words)
    assert not any(ent[0].is_space for ent in doc.ents)
    for other in ([doc], [doc, Doc(nlp.vocab, words=WORDS)]):
        again = [pipe(Doc(nlp.vocab, words=[token.text for token in each])) for each in other]
        assert annotations(again[0]) == annotations(doc)
    assert len(pipe.beam_parse([Doc(nlp.vocab, words=words)], beam_width=3)) == 1


def test_neighbours_order_and_size_of_a_batch_change_nothing(trained):
    nlp, pipe = trained
    texts = [random_words(size, seed) for seed, size in enumerate([3, 70, 1, 0, 12, 200, 5])]
    alone = [annotations(pipe(Doc(nlp.vocab, words=words))) for words in texts]
    for order in ([0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0], [5, 0, 5, 0, 5]):
        docs = [Doc(nlp.vocab, words=texts[i]) for i in order]
        for size in (1, 2, 100):
            fresh = [doc.copy() for doc in docs]
            assert [annotations(doc) for doc in pipe.pipe(fresh, batch_size=size)] == [alone[i] for i in order]


@pytest.mark.parametrize("unseen", [False, True])
@pytest.mark.parametrize("extra", [{}, {"beam_density": 0.5}])
def test_a_beam_of_one_is_greedy_search_exactly(trained, unseen, extra):
    nlp, pipe = trained
    if unseen:
        pipe.add_label("NEVER")
    words = [random_words(size, size) for size in (1, 0, 7, 60)]
    greedy = [Doc(nlp.vocab, words=each) for each in words]
    pipe.set_annotations(greedy, pipe.greedy_parse(greedy))
    beams = [Doc(nlp.vocab, words=each) for each in words]
    pipe.set_annotations(beams, pipe.beam_parse(beams, beam_width=1, **extra))
    assert [annotations(doc) for doc in beams] == [annotations(doc) for doc in greedy]


MEASURE = """
import resource, sys
from tests.pipeline.test_parser_and_ner import make, train
from spacy_lite.tokens import Doc
nlp, pipe = make(sys.argv[1])
train(nlp, pipe, steps=2)
pipe(Doc(nlp.vocab, words=["Mary", "."] * 500))
doc = Doc(nlp.vocab, words=["Mary", "lives", "in", "London", "."] * (int(sys.argv[2]) // 5))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pipe(doc)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / len(doc))
"""


@pytest.mark.parametrize("name", ["parser", "ner"])
def test_memory_for_a_token_of_a_long_document_is_a_few_hundred_bytes(name):
    """Rows of vectors and states, which follow the document; what tokens add to the hidden layer is kept for some only. A
    table of it would take more than 1,000 bytes a token even for this model, and 12,000 for one of the default size."""
    pytest.importorskip("resource")
    words = [sys.executable, "-c", MEASURE, name, "150000"]
    assert float(subprocess.check_output(words, cwd=ROOT, text=True)) < 500


@pytest.mark.parametrize("cut", [0, 2])
@pytest.mark.parametrize("use_upper", [True, False])
@pytest.mark.parametrize("name", ["parser", "ner"])
def test_the_gradient_of_every_parameter_equals_finite_differences_with_unseen_moves_and_cuts(name, use_upper, cut):
    nlp, pipe = make(name, use_upper=use_upper)
    train(nlp, pipe, steps=3)
    pipe.add_label("NEVER")
    model, examples = pipe.model, examples_for(nlp, pipe)
    docs = [example.predicted for example in examples]
    states = pipe._gold_states(examples)
    states.cut(cut)
    batch, backprop = model.begin_update(docs)
    trace = states.train(batch.weights, batch.vectors, cut)
    slots, gradient = trace.slots, trace.gradient
    unseen = list(model.attrs["unseen_classes"])
    assert unseen and {pipe.moves.moves()[move][1] for move in unseen} == {"NEVER"}
    backprop(trace)
    # Where any label will do, the oracle names the new one as well: it is seen from then on. Entities never leave the choice.
    still = list(model.attrs["unseen_classes"])
    assert set(still) < set(unseen) if name == "parser" else still == unseen
    gradient[:, still] = 0

    def objective():
        batch, _ = model.begin_update(docs)
        return float((batch.weights.score(batch.vectors, slots).astype("d") * gradient).sum())

    chance = numpy.random.default_rng(0)
    checked = 0
    for node in model.walk():
        for param in node.param_names:
            if not node.has_param(param) or not node.has_grad(param):
                continue
            values, slopes = node.get_param(param), node.get_grad(param)
            places = numpy.argwhere(numpy.abs(slopes) > 0.2 * numpy.abs(slopes).max())
            for place in map(tuple, chance.permutation(places)[:3]):
                kept = float(values[place])
                steps = []
                for step in (1e-2, 2e-3):  # a maximum may have its bend inside the longer one
                    values[place] = kept + step
                    up = objective()
                    values[place] = kept - step
                    down = objective()
                    values[place] = kept
                    steps.append((up - down) / (2 * step))
                assert any(slopes[place] == pytest.approx(slope, rel=0.05, abs=5e-3) for slope in steps), (node.name, param)
                checked += 1
    output = model.layers[2] if use_upper else model.layers[1]
    assert not output.get_grad("b")[still].any()
    assert checked >= 15
