"""Augmenters: what changes in an example, and what must not."""

import random

import pytest

import spacy_lite
from spacy_lite.config import registry
from spacy_lite.tokens import Doc, Span
from spacy_lite.training import Example
from spacy_lite.training.augment import (
    combined_augmenter,
    lower_casing_augmenter,
    make_lowercase_variant,
    make_orth_variants,
    make_whitespace_variant,
)

WORDS = ["Mara", "said", '"', "New", "York", '"', "..."]
SPACES = [True, True, False, True, False, False, False]
TAGS = ["NNP", "VBD", "``", "NNP", "NNP", "''", ":"]
HEADS = [1, 1, 4, 4, 1, 4, 1]
DEPS = ["nsubj", "ROOT", "punct", "compound", "obj", "punct", "punct"]
VARIANTS = {
    "single": [{"tags": [":"], "variants": ["...", "…"]}],
    "paired": [{"tags": ["``", "''"], "variants": [['"', '"'], ["“", "”"], ["``", "''"]]}],
}


@pytest.fixture()
def nlp():
    return spacy_lite.blank("en")


@pytest.fixture()
def example(nlp):
    doc = Doc(nlp.vocab, words=WORDS, spaces=SPACES, tags=TAGS, heads=HEADS, deps=DEPS, pos=["X"] * 7, lemmas=WORDS)
    doc.ents = [Span(doc, 3, 5, label="GPE")]
    doc.cats = {"A": 1.0}
    return Example(nlp.make_doc(doc.text), doc)


def annotations(doc):
    return [(t.tag_, t.pos_, t.lemma_, t.dep_, t.head.i, t.ent_type_, t.ent_iob_) for t in doc]


def test_lower_case_changes_words_only(nlp, example):
    variant = make_lowercase_variant(nlp, example)
    assert variant.reference.text == variant.text == example.text.lower()
    assert annotations(variant.reference) == annotations(example.reference)
    assert variant.reference.cats == {"A": 1.0}
    assert example.reference[0].text == "Mara"


@pytest.mark.parametrize("level, expected", [(0.0, 0), (1.0, 40)])
def test_the_level_is_the_share_of_examples(nlp, example, level, expected):
    variants = [v for _ in range(40) for v in lower_casing_augmenter(nlp, example, level=level)]
    assert sum(v.text == v.text.lower() for v in variants) == expected
    assert len(variants) == 40


def test_a_half_level_changes_about_half(nlp, example):
    random.seed(0)
    variants = [v for _ in range(200) for v in lower_casing_augmenter(nlp, example, level=0.5)]
    assert 70 < sum(v.text == v.text.lower() for v in variants) < 130


def test_spelling_variants_keep_pairs_together(nlp):
    tokens = {"ORTH": WORDS, "TAG": TAGS, "SPACY": SPACES}
    seen = set()
    for seed in range(40):
        random.seed(seed)
        text, varied = make_orth_variants(nlp, "", tokens, VARIANTS)
        pair = (varied["ORTH"][2], varied["ORTH"][5])
        assert list(pair) in VARIANTS["paired"][0]["variants"]
        assert varied["ORTH"][6] in VARIANTS["single"][0]["variants"]
        assert [w for i, w in enumerate(varied["ORTH"]) if i not in (2, 5, 6)] == ["Mara", "said", "New", "York"]
        assert text == "".join(w + " " * s for w, s in zip(varied["ORTH"], SPACES))
        seen.add((pair, varied["ORTH"][6]))
    assert len(seen) == 6
    assert tokens["ORTH"] == WORDS


def test_whitespace_shifts_annotations_with_their_tokens(nlp, example):
    for position in range(len(WORDS)):
        variant = make_whitespace_variant(nlp, example, "\n", position)
        doc = variant.reference
        assert doc[position].text == "\n" and (doc[position].tag_, doc[position].pos_) == ("_SP", "SPACE")
        rest = [token for token in doc if token.i != position]
        assert [t.text for t in rest] == WORDS
        assert [t.dep_ for t in rest] == DEPS
        assert [t.head.text for t in rest] == [WORDS[head] for head in HEADS]
        assert len(list(doc.sents)) == 1
        (ent,) = doc.ents
        assert (ent.label_, ent.text.replace("\n", "")) == ("GPE", "New York")
        assert variant.text == doc.text


def test_an_example_with_spans_is_not_shifted(nlp, example):
    example.reference.spans["sc"] = [Span(example.reference, 0, 1, label="X")]
    assert make_whitespace_variant(nlp, example, " ", 1) is example


def test_combined_levels_of_one_change_everything(nlp, example):
    random.seed(1)
    (variant,) = combined_augmenter(
        nlp,
        example,
        lower_level=1.0,
        orth_level=1.0,
        orth_variants=VARIANTS,
        whitespace_level=1.0,
        whitespace_per_token=0.5,
        whitespace_variants=["\t"],
    )
    assert len(variant.reference) == 7 + 3
    assert variant.text == variant.text.lower()
    (unchanged,) = combined_augmenter(nlp, example)
    assert unchanged is example


def test_augmenters_resolve_from_a_config(nlp, example):
    augmenter = registry.resolve(
        {"a": {"@augmenters": "spacy.orth_variants.v1", "level": 1.0, "lower": 1.0, "orth_variants": VARIANTS}}
    )["a"]
    (variant,) = augmenter(nlp, example)
    assert variant.text == variant.text.lower()
