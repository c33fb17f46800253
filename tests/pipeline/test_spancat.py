"""Span categorization and span finding: suggested, scored, chosen, written; learned from gold spans, and saved."""

import itertools

import numpy
import pytest
from thinc.api import Ragged

import spacy_lite
from spacy_lite.pipeline.spancat import build_ngram_range_suggester, build_ngram_suggester, build_preset_spans_suggester
from spacy_lite.tokens import Doc, Span
from spacy_lite.training import Example

WORDS = ["Mara", "Finch", "saw", "the", "old", "harbour", "of", "Norwell"]
SPANS = [(0, 2, "PERSON"), (3, 6, "PLACE"), (3, 8, "PLACE"), (7, 8, "TOWN")]
EMBED = {"embed": {"width": 24, "rows": [200, 100, 100, 100]}, "encode": {"width": 24, "depth": 1}}


def made(name="spancat", **settings):
    nlp = spacy_lite.blank("en")
    return nlp, nlp.add_pipe(name, config={"model": {"tok2vec": EMBED}, **settings})


def gold(nlp, spans=SPANS, words=WORDS):
    reference = Doc(nlp.vocab, words=words)
    reference.spans["sc"] = [Span(reference, *span) for span in spans]
    return Example(Doc(nlp.vocab, words=words), reference)


def trained(nlp, steps=80, examples=None):
    spacy_lite.util.fix_random_seed(0)
    examples = examples or [gold(nlp), gold(nlp, [(0, 1, "TOWN")], ["Norwell", "slept", "."])]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    return [nlp.update(examples, sgd=optimizer) for _ in range(steps)], examples


def found(doc):
    return {(span.start, span.end, span.label_) for span in doc.spans["sc"]}


def test_all_runs_of_the_sizes_are_suggested_once():
    nlp = spacy_lite.blank("en")
    docs = [Doc(nlp.vocab, words=["x"] * n) for n in (4, 0, 1, 2)]
    spans = build_ngram_range_suggester(2, 3)(docs)
    ends = numpy.cumsum(spans.lengths)
    for doc, rows in zip(docs, numpy.split(spans.dataXd, ends[:-1]), strict=True):
        want = {(i, j) for i, j in itertools.combinations(range(len(doc) + 1), 2) if 2 <= j - i <= 3}
        assert {tuple(row) for row in rows.tolist()} == want
        assert len(rows) == len(want)
    with pytest.raises(ValueError, match="numbers of tokens from 1"):
        build_ngram_suggester([0])
    with pytest.raises(ValueError, match="min_size"):
        build_ngram_range_suggester(3, 2)


def test_spans_that_are_there_are_suggested():
    nlp = spacy_lite.blank("en")
    doc = Doc(nlp.vocab, words=WORDS)
    doc.spans["rules"] = [doc[1:3], doc[0:1]]
    spans = build_preset_spans_suggester("rules")([Doc(nlp.vocab), doc])
    assert spans.lengths.tolist() == [0, 2]
    assert spans.dataXd.tolist() == [[1, 3], [0, 1]]


@pytest.mark.parametrize("name", ["spancat", "spancat_singlelabel"])
def test_spans_are_learned_and_come_back_from_disk(name, tmp_path):
    nlp, _ = made(name, suggester={"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": 5})
    losses, examples = trained(nlp)
    assert losses[-1][name] < losses[0][name] / 4
    doc = nlp(Doc(nlp.vocab, words=WORDS))
    assert found(doc) == set(SPANS)
    assert len(doc.spans["sc"].attrs["scores"]) == len(SPANS)
    assert nlp.evaluate(examples)["spans_sc_f"] == 1.0
    nlp.to_disk(tmp_path / "model")
    again = spacy_lite.load(tmp_path / "model")
    assert found(again(Doc(again.vocab, words=WORDS))) == set(SPANS)


def test_threads_and_empty_documents_change_nothing():
    nlp, _ = made()
    trained(nlp, 20)
    texts = ["", "Mara Finch saw Norwell", " ", "the old harbour"] * 10
    alone = [found(nlp(text)) for text in texts]
    assert [found(doc) for doc in nlp.pipe(texts, n_threads=2, batch_size=3)] == alone


def scored(pipe, nlp, scores, bounds):
    doc = Doc(nlp.vocab, words=WORDS)
    spans = Ragged(numpy.asarray(bounds, dtype="int32"), numpy.asarray([len(bounds)], dtype="int32"))
    pipe.set_annotations([doc], (spans, numpy.asarray(scores, dtype="f")))
    return [(span.start, span.end, span.label_) for span in doc.spans["sc"]]


def test_the_threshold_and_the_number_of_labels_hold():
    nlp, pipe = made(threshold=0.4, max_positive=2)
    for label in "ABC":
        pipe.add_label(label)
    got = scored(pipe, nlp, [[0.5, 0.9, 0.6], [0.1, 0.4, 0.2]], [(0, 1), (1, 3)])
    assert got == [(0, 1, "B"), (0, 1, "C"), (1, 3, "B")]


def test_of_overlapping_spans_the_best_stays():
    nlp, pipe = made("spancat_singlelabel", allow_overlap=False)
    for label in "AB":
        pipe.add_label(label)
    scores = [[0.6, 0.1, 0.3], [0.1, 0.8, 0.1], [0.1, 0.2, 0.7], [0.5, 0.3, 0.2]]
    assert scored(pipe, nlp, scores, [(0, 2), (1, 3), (2, 4), (3, 4)]) == [(1, 3, "B"), (3, 4, "A")]


def test_the_gradient_is_the_difference_and_negatives_weigh_less():
    nlp, pipe = made("spancat_singlelabel", negative_weight=0.25)
    trained(nlp, 1)
    example = gold(nlp)
    spans = build_ngram_suggester([2])([example.predicted])
    scores = numpy.full((int(spans.lengths.sum()), 4), 0.25, dtype="f")
    loss, gradient = pipe.get_loss([example], (spans, scores))
    person = pipe.labels.index("PERSON")
    assert gradient[0, person] == pytest.approx(-0.75)
    assert gradient[1] == pytest.approx([0.0625, 0.0625, 0.0625, -0.1875])
    assert loss == pytest.approx(float((gradient**2).sum()))


def test_missing_spans_are_said_with_the_groups_there_are():
    nlp, _ = made(spans_key="other")
    with pytest.raises(ValueError, match="'other'.*'sc'"):
        nlp.initialize(lambda: [gold(nlp)])


def test_candidates_can_be_looked_at():
    nlp, pipe = made()
    trained(nlp, 1)
    doc = Doc(nlp.vocab, words=["a", "b"])
    pipe.set_candidates([doc])
    assert [(span.start, span.end) for span in doc.spans["candidates"]] == [(0, 1), (1, 2), (0, 2)]


def test_labels_cannot_be_added_to_a_full_model():
    nlp, pipe = made()
    trained(nlp, 1)
    with pytest.raises(ValueError, match="does not grow"):
        pipe.add_label("NEW")


def test_the_finder_finds_every_start_with_every_end():
    nlp, _ = made("span_finder", max_length=5)
    losses, examples = trained(nlp)
    assert losses[-1]["span_finder"] < losses[0]["span_finder"] / 4
    doc = nlp(Doc(nlp.vocab, words=WORDS))
    got = {(span.start, span.end) for span in doc.spans["sc"]}
    assert {(start, end) for start, end, _ in SPANS} <= got
    assert got == {(i, j) for i in (0, 3, 7) for j in (2, 6, 8) if 0 < j - i <= 5}
    assert nlp.evaluate(examples)["spans_sc_r"] == 1.0
    with pytest.raises(ValueError, match="min_length"):
        made("span_finder", min_length=3, max_length=2)


def test_gold_borders_inside_a_token_are_unknown():
    nlp, pipe = made("span_finder")
    predicted = Doc(nlp.vocab, words=["ab", "c"], spaces=[False, False])
    reference = Doc(nlp.vocab, words=["a", "b", "c"], spaces=[False, False, False])
    reference.spans["sc"] = [Span(reference, 1, 3, "X")]
    truths, known = pipe._get_aligned_truth_scores([Example(predicted, reference)])
    assert known.tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert truths.tolist() == [[0.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("name", ["spancat", "spancat_singlelabel"])
def test_suggested_spans_and_scores_are_kept_as_activations_when_asked_for(name):
    nlp, pipe = made(name, save_activations=True)
    trained(nlp, 1)
    docs = list(nlp.pipe(["Mara Finch saw", "", "harbour"], batch_size=2))
    pipe.save_activations = False
    for doc in docs:
        spans, scores = pipe.predict([doc])
        kept = doc.activations[name]
        assert kept["indices"].tolist() == spans.dataXd.tolist()
        assert kept["scores"] == pytest.approx(scores, abs=1e-5)


def chosen_one_by_one(bounds, scores, labels, threshold, most, allow_overlap):
    """The rules, said slowly, for one document."""
    found = []
    for (start, end), row in zip(bounds, scores, strict=True):
        ranked = sorted(range(len(row)), key=lambda column: -row[column])
        if most == 1:
            ranked = [ranked[0]] if ranked[0] < len(labels) else []
        good = [c for c in ranked[:most] if threshold is None or row[c] >= threshold]
        found += [(start, end, labels[c], row[c]) for c in sorted(good)]
    if allow_overlap:
        return found
    kept = []
    for span in sorted(found, key=lambda span: -span[3]):
        if all(span[1] <= start or end <= span[0] for start, end, _, _ in kept):
            kept.append(span)
    return kept


@pytest.mark.parametrize(
    "most, allow_overlap, negative",
    [(None, True, False), (2, True, False), (1, True, False), (1, False, False), (1, True, True), (1, False, True)],
)
def test_choosing_for_a_whole_batch_is_choosing_for_each_document(most, allow_overlap, negative):
    random = numpy.random.default_rng(0)
    name = "spancat_singlelabel" if negative else "spancat"
    nlp, pipe = made(name)
    for label in "ABC":
        pipe.add_label(label)
    threshold = None if negative else 0.6
    pipe.cfg.update(max_positive=most, allow_overlap=allow_overlap, threshold=threshold)
    for _ in range(20):
        docs = [Doc(nlp.vocab, words=["x"] * random.integers(0, 8)) for _ in range(5)]
        spans = build_ngram_suggester([1, 2, 3])(docs)
        scores = random.random((int(spans.lengths.sum()), 3 + negative)).astype("f")
        pipe.set_annotations(docs, (spans, scores))
        ends = numpy.cumsum(spans.lengths)
        for doc, end, length in zip(docs, ends, spans.lengths, strict=True):
            own = slice(end - length, end)
            want = chosen_one_by_one(spans.dataXd[own].tolist(), scores[own].tolist(), "ABC", threshold, most, allow_overlap)
            group = doc.spans["sc"]
            assert [(span.start, span.end, span.label_) for span in group] == [span[:3] for span in want]
            if length:
                assert group.attrs["scores"].ravel().tolist() == [span[3] for span in want]
