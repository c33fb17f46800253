"""Losses and gradients of pipelines that spaCy 3.8.18 trained: those it computes itself for the same examples.

The table was made by running `measure` below with spaCy: gold tokens that are cut otherwise, spans that overlap and that no
suggester finds, missing categories.
"""

import random

import pytest

import spacy_lite
from spacy_lite.pipeline import span_finder, spancat, textcat
from spacy_lite.tokens import Doc, Span
from spacy_lite.training import Example

TEXT = "Ada met Grace Hopper in Paris and they liked the old harbour of Norwell very much indeed don't you think so"
WORDS = TEXT.split()
# Pipeline -> loss of each classifier, sum of the squares of all gradients.
EXPECTED: dict[str, tuple[dict[str, float], float]] = {
    "en_legacy_textcat": ({"textcat": 0.404108, "tc_ens": 0.408739}, 79134.13),
    "en_spancat": ({"spancat": 33.263664}, 13.62207),
    "en_span_finder": ({"span_finder": 43.728603, "spancat": 6.259188}, 294.3824),
    "en_spancat_single": ({"spancat_singlelabel": 51.725842}, 26761.39),
    "en_textcat_bow_v3": ({"textcat": 0.274324}, 15.13128),
    "en_textcat_cnn": ({"textcat": 0.431769}, 13755.55),
    "en_textcat_default": ({"textcat": 0.380976}, 16432.82),
    "en_textcat_multi_ens": ({"textcat_multilabel": 0.290022}, 4.994624),
    "en_textcat_pa": ({"textcat": 0.495272}, 11867.41),
    "en_textcat_reduce": ({"textcat_multilabel": 0.267743}, 313.1056),
}


def reference_of(vocab, predicted, generator):
    words, spaces = [], []
    for token in predicted:
        cut = len(token) > 4 and generator.random() < 0.4
        words += [token.text[:2], token.text[2:]] if cut else [token.text]
        spaces += [False, True] if cut else [True]
    return Doc(vocab, words=words, spaces=spaces)


def annotate(doc, pipes, generator):
    for factory, pipe in pipes:
        labels = list(getattr(pipe, "labels", ())) or ["ANY"]
        if factory == "textcat":
            right = generator.choice(labels)
            doc.cats.update({label: float(label == right) for label in labels})
        elif factory == "textcat_multilabel":
            doc.cats.update({label: float(generator.random() < 0.5) for label in labels if generator.random() < 0.8})
        else:
            starts = [generator.randrange(len(doc)) for _ in range(5)]
            bounds = [(start, min(len(doc), start + generator.randint(1, 4))) for start in starts]
            doc.spans[pipe.cfg["spans_key"]] = [Span(doc, *bound, label=generator.choice(labels)) for bound in bounds]


def measure(nlp):
    """Losses of the classifiers on made-up examples, and the sum of the squares of all gradients."""
    kinds = ("textcat", "textcat_multilabel", "spancat", "spancat_singlelabel", "span_finder")
    pipes = [(nlp.get_pipe_meta(name).factory, pipe) for name, pipe in nlp.pipeline]
    pipes = [(factory, pipe) for factory, pipe in pipes if factory in kinds]
    generator, examples = random.Random(1), []
    for _ in range(8):
        predicted = Doc(nlp.vocab, words=[generator.choice(WORDS) for _ in range(generator.randint(3, 14))])
        predicted.spans["sc"] = [predicted[:2], predicted[1:2], predicted[1:3]]  # for suggesters of spans that are there
        reference = reference_of(nlp.vocab, predicted, generator)
        annotate(reference, pipes, generator)
        examples.append(Example(predicted, reference))
    losses = {}
    nlp.update(examples, sgd=False, drop=0.0, losses=losses)
    nodes = [node for _, pipe in nlp.pipeline if hasattr(pipe, "model") for node in pipe.model.walk()]
    squares = sum(float((node.get_grad(name).astype("float64") ** 2).sum()) for node in nodes for name in node.grad_names)
    return {pipe.name: float(losses[pipe.name]) for _, pipe in pipes}, squares


@pytest.mark.parametrize("name", EXPECTED)
def test_losses_and_gradients_are_those_of_spacy(name, shared_data, monkeypatch):
    # spaCy minimizes the squared error where scores are those of sigmoids, we the cross entropy: all but that is compared.
    for component in (span_finder.SpanFinder, spancat.SpanCategorizer, textcat.TextCategorizer):
        monkeypatch.setattr(component, "learns_from_cross_entropy", False)
    losses, squares = EXPECTED[name]
    nlp = spacy_lite.load(shared_data / "spacy38_pipelines" / name / "pipeline")
    found, found_squares = measure(nlp)
    assert found == pytest.approx(losses, rel=1e-4)
    assert found_squares == pytest.approx(squares, rel=1e-3)
