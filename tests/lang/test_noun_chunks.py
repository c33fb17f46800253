"""Base noun phrases: those spaCy finds in the same trees, and what each language's rules say on small sentences."""

import json

import pytest

import spacy_lite
from spacy_lite.tokens import Doc

PARSED = ["en_core_listeners", "en_retokenizers", "de_nonproj"]


@pytest.mark.parametrize("name", PARSED)
def test_chunks_of_the_same_trees(shared_data, name):
    lines = (shared_data / "spacy38_pipelines" / name / "expected.jsonl").read_text(encoding="utf8").splitlines()
    nlp = spacy_lite.blank(name[:2])
    compared = 0
    for expected in map(json.loads, lines):
        tokens = expected["tokens"]
        if not tokens["text"] or expected["noun_chunks"] is None:
            continue
        doc = Doc(
            nlp.vocab,
            words=tokens["text"],
            spaces=[bool(space) for space in tokens["whitespace_"]],
            heads=tokens["head"],
            deps=tokens["dep_"],
            pos=tokens["pos_"],
        )
        assert [[chunk.start, chunk.end] for chunk in doc.noun_chunks] == [list(chunk[:2]) for chunk in expected["noun_chunks"]]
        compared += len(expected["noun_chunks"])
    assert compared >= 10


# word/part of speech/relation/head
SENTENCES = {
    "en": "The/DET/det/2 dog/NOUN/nsubj/3 chased/VERB/ROOT/3 two/NUM/nummod/5 cats/NOUN/dobj/3 and/CCONJ/cc/5 mice/NOUN/conj/5",
    "de": "Die/DET/nk/2 Stadt/NOUN/sb/4 Köln/PROPN/nk/2 liegt/VERB/ROOT/4 am/ADP/mo/4 Rhein/PROPN/nk/5",
    "fr": "Le/DET/det/2 chat/NOUN/nsubj/4 noir/ADJ/amod/2 dort/VERB/ROOT/4 sur/ADP/case/7 la/DET/det/7 table/NOUN/obl/4",
    "es": "La/DET/det/2 casa/NOUN/nsubj/3 cae/VERB/ROOT/3 en/ADP/case/5 Nueva/PROPN/obl/3 York/PROPN/flat/5",
    "it": "Il/DET/det/2 cane/NOUN/nsubj/3 dorme/VERB/ROOT/3 con/ADP/case/6 un/DET/det/6 gatto/NOUN/obl/3",
    "pt": "O/DET/det/2 menino/NOUN/nsubj/3 viu/VERB/ROOT/3 a/DET/det/5 lua/NOUN/obj/3 cheia/ADJ/amod/5",
    "nl": "De/DET/det/3 oude/ADJ/amod/3 man/NOUN/nsubj/4 slaapt/VERB/ROOT/4 in/ADP/case/7 het/DET/det/7 huis/NOUN/obl/4",
}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["The dog", "two cats", "mice"]),
        ("de", ["Die Stadt Köln", "Rhein"]),
        ("fr", ["Le chat noir", "la table"]),
        ("es", ["La casa", "Nueva York"]),
        ("it", ["Il cane", "un gatto"]),
        ("pt", ["O menino", "a lua cheia"]),
        ("nl", ["De oude man", "het huis"]),
    ],
)
def test_chunks_of_a_sentence(code, expected):
    rows = [token.split("/") for token in SENTENCES[code].split()]
    doc = Doc(
        spacy_lite.blank(code).vocab,
        words=[row[0] for row in rows],
        pos=[row[1] for row in rows],
        deps=[row[2] for row in rows],
        heads=[int(row[3]) - 1 for row in rows],
    )
    assert [chunk.text for chunk in doc.noun_chunks] == expected


def test_a_parse_is_asked_for():
    nlp = spacy_lite.blank("en")
    with pytest.raises(ValueError, match="parse"):
        list(nlp("no tree").noun_chunks)
