"""Merging and splitting tokens; what becomes of annotations agrees with spaCy 3.8, unless said otherwise."""

import numpy
import pytest

from spacy_lite.tokens import Doc, Span, Token


@pytest.fixture
def doc(vocab):
    doc = Doc(
        vocab,
        words=["The", "New", "York", "Times", "is", "big", "."],
        spaces=[True, True, True, True, True, False, False],
        tags=[f"t{i}" for i in range(7)],
        pos=["DET", "PROPN", "PROPN", "PROPN", "AUX", "ADJ", "PUNCT"],
        lemmas=[f"l{i}" for i in range(7)],
        heads=[3, 3, 3, 4, 4, 4, 4],
        deps=["det", "c1", "c2", "nsubj", "ROOT", "acomp", "punct"],
        ents=["O", "B-ORG", "I-ORG", "I-ORG", "O", "O", "O"],
    )
    doc.tensor = numpy.arange(14, dtype="float32").reshape(7, 2)
    return doc


def words(doc):
    return [token.text for token in doc]


def merge(doc, *spans, **attrs):
    with doc.retokenize() as retokenizer:
        for span in spans:
            retokenizer.merge(span, attrs=attrs)


def test_a_merged_token_takes_after_the_root_of_the_span(doc):
    text = doc.text
    merge(doc, doc[1:4], LEMMA="NYT", ENT_TYPE="X")
    assert (words(doc), doc.text) == (["The", "New York Times", "is", "big", "."], text)
    token = doc[1]
    assert (token.tag_, token.pos_, token.dep_, token.head.i, token.lemma_, token.norm_) == (
        "t3", "PROPN", "nsubj", 2, "NYT", "new york times",
    )  # fmt: skip
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("New York Times", "X")]
    assert [t.head.i for t in doc] == [1, 2, 2, 2, 2]
    assert doc.tensor[:, 0].tolist() == [0, 6, 8, 10, 12]
    assert [t.idx for t in doc] == [0, 4, 19, 22, 25]
    assert [t.is_sent_start for t in doc] == [True, False, False, False, False]


def test_lemmas_are_joined_as_the_text_is(doc):
    merge(doc, doc[0:3], doc[5:7])
    assert [token.lemma_ for token in doc] == ["l0 l1 l2", "l3", "l4", "l5l6"]
    assert [(token.ent_iob_, token.ent_type_) for token in doc] == [("O", ""), ("B", "ORG"), ("O", ""), ("O", "")]


def test_entities_stay_well_formed(doc):
    doc.ents = [Span(doc, 1, 5, "A")]
    merge(doc, doc[2:4])
    assert [token.ent_iob_ for token in doc] == ["O", "B", "I", "I", "O", "O"]
    doc.ents = [Span(doc, 1, 2, "A"), Span(doc, 2, 4, "B")]
    merge(doc, doc[1:3])
    assert [(token.ent_iob_, token.ent_type_) for token in doc] == [
        ("O", ""), ("B", "B"), ("I", "B"), ("O", ""), ("O", ""),
    ]  # fmt: skip


def test_an_entity_behind_a_token_of_another_type_begins_anew(doc):
    merge(doc, doc[1:3], ENT_TYPE="GPE")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("New York", "GPE"), ("Times", "ORG")]


def test_sentences_without_a_parse_are_kept(vocab):
    doc = Doc(vocab, words=list("abcde"), sent_starts=[True, False, False, True, False])
    merge(doc, doc[1:3])
    assert [token.is_sent_start for token in doc] == [True, False, True, False]


def test_span_groups_move_along(doc):
    doc.spans["x"] = [doc[0:2], doc[2:3], doc[5:7]]
    merge(doc, doc[1:4])
    assert [span.text for span in doc.spans["x"]] == ["The New York Times", "New York Times", "big."]
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[1], ["New ", "York ", "Times"], [doc[2], doc[2], doc[2]])
    assert [(span.start, span.end) for span in doc.spans["x"]] == [(0, 4), (1, 4), (5, 7)]


def test_extension_attributes_of_a_merged_token(doc):
    Token.set_extension("kind", default=None)
    doc[5]._.kind = "adjective"
    merge(doc, doc[1:4], _={"kind": "name"})
    assert [token._.kind for token in doc] == [None, "name", None, "adjective", None]
    Token.set_extension("computed", getter=len)
    for name in ("unknown", "computed"):
        with pytest.raises(ValueError, match=name):
            merge(doc, doc[0:2], _={name: 1})


def test_attributes_of_the_word_type_change_the_word_type(doc, vocab):
    merge(doc, doc[1:4], IS_STOP=True)
    assert doc[1].is_stop and vocab["New York Times"].is_stop


def test_split_tokens_get_their_heads_and_attributes(doc):
    text = doc.text
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[3], ["Ti", "mes"], [(doc[3], 1), doc[4]], attrs={"POS": ["NOUN", "VERB"], "LEMMA": ["a", "b"]})
    assert (words(doc), doc.text) == (["The", "New", "York", "Ti", "mes", "is", "big", "."], text)
    assert [(token.pos_, token.lemma_, token.head.i) for token in doc[3:5]] == [("NOUN", "a", 4), ("VERB", "b", 5)]
    assert [token.head.i for token in doc] == [3, 3, 3, 4, 5, 5, 5, 5]
    assert [(token.idx, token.whitespace_) for token in doc[3:6]] == [(13, ""), (15, " "), (19, " ")]
    assert [token.ent_iob_ for token in doc] == ["O", "B", "I", "I", "I", "O", "O", "O"]
    assert doc.tensor[:, 0].tolist() == [0, 2, 4, 0, 0, 8, 10, 12]


def test_the_first_part_of_an_entity_begins_it(doc):
    with doc.retokenize() as retokenizer:
        retokenizer.split(doc[1], ["N", "e", "w"], [(doc[1], 1), (doc[1], 2), doc[2]])
    assert [token.ent_iob_ for token in doc[0:6]] == ["O", "B", "I", "I", "I", "I"]
    assert [token.head.i for token in doc[1:4]] == [2, 3, 4]


def test_merges_and_splits_are_given_by_the_tokens_before(doc):
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2])
        retokenizer.split(doc[5], ["b", "ig"], [doc[4], (doc[5], 0)])
        retokenizer.merge(doc[2:4])
    assert words(doc) == ["The New", "York Times", "is", "b", "ig", "."]
    assert [token.head.i for token in doc[3:5]] == [2, 3]


def test_views_from_before_are_harmless(doc):
    token, span = doc[6], doc[4:7]
    merge(doc, doc[0:4])
    with pytest.raises(IndexError, match="retokenized"):
        list(token.children)
    with pytest.raises(IndexError, match="retokenized"):
        span.get_lca_matrix()
    assert (token.idx, span.end_char, span.start_char) == (len(doc.text), len(doc.text), len(doc.text))


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda doc, r: (r.merge(doc[0:2]), r.merge(doc[1:3])), "`New` .token 1. is to be merged twice"),
        (lambda doc, r: r.merge(doc[1:1]), "empty"),
        (lambda doc, r: r.merge(doc[0:2], attrs={"LEMA": "x"}), "did you mean `LEMMA`"),
        (lambda doc, r: r.merge(doc[0:2], attrs={"POS": "NNP"}), "Universal Dependencies"),
        (lambda doc, r: r.split(doc[0], ["T", "h"], [doc[1], doc[1]]), "do not make up the token `The`"),
        (lambda doc, r: r.split(doc[0], ["T", "he"], [doc[1]]), "1 heads"),
        (lambda doc, r: r.split(doc[0], ["T", "he"], [doc[1], doc[1]], attrs={"POS": ["X"]}), "POS has 1 values"),
        (lambda doc, r: [r.split(doc[0], ["T", "he"], [doc[1], doc[1]]) for _ in range(2)], "split twice"),
    ],
)
def test_an_error_leaves_the_doc_as_it_was(doc, action, message):
    before = words(doc)
    with pytest.raises(ValueError, match=message), doc.retokenize() as retokenizer:
        retokenizer.merge(doc[5:7])
        action(doc, retokenizer)
    assert words(doc) == before
