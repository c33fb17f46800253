"""Converters: the columns of small corpora written by hand, and real ones against what spaCy 3.8.18 makes of them."""

import json

import pytest

from spacy_lite.errors import FormatError
from spacy_lite.training import docs_to_json
from spacy_lite.training.converters import conll_ner_to_docs, conllu_to_docs, iob_to_docs, json_to_docs
from spacy_lite.training.entity_tags import spans_of_tags

CONLLU = """\
# sent_id = 1
# text = Anna doesn't sleep.
1\tAnna\tAnna\tPROPN\tNNP\tNumber=Sing\t4\tnsubj\t_\tNE=B-PER
2-3\tdoesn't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdoes\tdo\tAUX\tVBZ\tMood=Ind|Number=Sing\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\tPolarity=Neg\t4\tadvmod\t_\t_
4\tsleep\tsleep\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No
4.1\tghost\tghost\tNOUN\tNN\t_\t_\t_\t4:obj\t_
5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\tSpaceAfter=No

# sent_id = 2
1\tNew\tNew\tPROPN\tNNP\t_\t2\tcompound\t_\tNE=B-LOC
2\tYork\tYork\tPROPN\tNNP\t_\t0\troot\t_\tNE=I-LOC|SpaceAfter=No
"""


def only(docs):
    (doc,) = docs
    return doc


def test_conllu_gives_the_columns():
    doc = only(conllu_to_docs(CONLLU, n_sents=10))
    assert doc.text == "Anna doesn't sleep. New York"
    assert [t.text for t in doc] == ["Anna", "does", "n't", "sleep", ".", "New", "York"]
    assert [t.tag_ for t in doc] == ["NNP", "VBZ", "RB", "VERB", ".", "NNP", "NNP"]  # the word class where there is no tag
    assert [t.pos_ for t in doc] == ["PROPN", "AUX", "PART", "VERB", "PUNCT", "PROPN", "PROPN"]
    assert [t.lemma_ for t in doc] == ["Anna", "do", "not", "sleep", ".", "New", "York"]
    assert str(doc[1].morph) == "Mood=Ind|Number=Sing"
    assert [t.head.i for t in doc] == [3, 3, 3, 3, 3, 6, 6]
    assert [t.dep_ for t in doc] == ["nsubj", "aux", "advmod", "ROOT", "punct", "compound", "ROOT"]
    assert [(s.start, s.end) for s in doc.sents] == [(0, 5), (5, 7)]
    assert [(e.text, e.label_) for e in doc.ents] == [("Anna", "PER"), ("New York", "LOC")]
    assert doc[3].ent_iob_ == "O"


@pytest.mark.parametrize("n_sents, lengths", [(1, [5, 2]), (2, [7]), (10, [7]), (0, [7])])
def test_sentences_are_grouped(n_sents, lengths):
    assert [len(doc) for doc in conllu_to_docs(CONLLU, n_sents=n_sents)] == lengths


def test_multi_word_tokens_can_be_merged():
    doc = only(conllu_to_docs(CONLLU, n_sents=10, merge_subtokens=True))
    assert doc.text == "Anna doesn't sleep. New York"
    token = doc[1]
    assert (token.text, token.lemma_, token.tag_, token.pos_, token.dep_) == ("doesn't", "do not", "VBZ_RB", "AUX", "aux")
    assert str(token.morph) == "Mood=Ind|Number=Sing|Polarity=Neg"
    assert [t.head.i for t in doc] == [2, 2, 2, 2, 5, 5]


def test_features_can_be_joined_to_tags():
    doc = only(conllu_to_docs(CONLLU, n_sents=10, append_morphology=True))
    assert doc[1].tag_ == "VBZ__Mood=Ind|Number=Sing"
    assert doc[4].tag_ == "."


def test_entity_labels_can_be_mapped_and_dropped():
    doc = only(conllu_to_docs(CONLLU, n_sents=10, ner_map={"PER": "PERSON", "LOC": ""}))
    assert [(e.text, e.label_) for e in doc.ents] == [("Anna", "PERSON")]


def test_a_corpus_without_entities_says_nothing_about_them():
    data = "\n".join(
        line.replace("NE=B-PER", "_").replace("NE=B-LOC", "_").replace("NE=I-LOC|", "") for line in CONLLU.split("\n")
    )
    doc = only(conllu_to_docs(data, n_sents=10))
    assert not doc.has_annotation("ENT_IOB")


def test_contractions_whose_words_differ_from_the_surface_are_reported():
    data = "1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n1\tde\tde\tADP\t_\t_\t2\tcase\t_\t_\n2\tle\tle\tDET\t_\t_\t0\troot\t_\t_\n"
    with pytest.warns(UserWarning, match="du = de \\+ le"):
        list(conllu_to_docs(data))


@pytest.mark.parametrize(
    "line, found",
    [
        ("1\tword\tword", "line 1.*10 columns.*has 3"),
        ("1\ta\ta\tX\tX\t_\tx\troot\t_\t_", "line 1.*HEAD.*'x'"),
        ("1\ta\ta\tX\tX\t_\t7\tdep\t_\t_", "head 7.*1 words"),
        ("2\ta\ta\tX\tX\t_\t0\troot\t_\t_", "line 1.*ID 1, found 2"),
    ],
)
def test_rows_that_are_not_conllu_are_named(line, found):
    with pytest.raises(FormatError, match=found):
        list(conllu_to_docs(line + "\n"))


def test_token_per_line_corpora_with_documents_and_blank_lines_of_spaces():
    data = (
        "-DOCSTART- -X- O O\n\nU.N. NNP B-ORG\nofficial NN O\n \nBaghdad NNP B-LOC\n. . O\n\n-DOCSTART- -X- O O\n\nYes UH O\n"
    )
    first, second = conll_ner_to_docs(data, n_sents=1)
    assert [(e.text, e.label_) for e in first.ents] == [("U.N.", "ORG"), ("Baghdad", "LOC")]
    assert [(s.start, s.end) for s in first.sents] == [(0, 2), (2, 4)]
    assert [t.tag_ for t in first] == ["NNP", "NN", "NNP", "."]
    assert len(second) == 1 and second[0].ent_iob_ == "O"


@pytest.mark.parametrize("n_sents, count", [(1, 3), (2, 2), (0, 1)])
def test_corpora_without_documents_are_cut_by_sentences(n_sents, count):
    data = "a O\n\nb B-X\n\t\nc O\n"
    assert len(list(conll_ner_to_docs(data, n_sents=n_sents))) == count


def test_sentences_can_be_found_by_final_punctuation():
    data = "One O\n. O\nTwo O\n! O\n"
    doc = only(conll_ner_to_docs(data, n_sents=10, seg_sents=True))
    assert [s.text for s in doc.sents] == ["One .", "Two !"]


def test_sentence_per_line_corpora():
    data = "I|PRON|O like|VERB|O London|PROPN|B-GPE\nAlice|PROPN|B-PER .|PUNCT|O\n"
    doc = only(iob_to_docs(data, n_sents=10))
    assert [(e.text, e.label_) for e in doc.ents] == [("London", "GPE"), ("Alice", "PER")]
    assert [t.tag_ for t in doc] == ["PRON", "VERB", "PROPN", "PROPN", "PUNCT"]
    assert len(list(doc.sents)) == 2
    assert [t.tag_ for t in only(iob_to_docs("London|B-GPE", n_sents=1))] == ["-"]


def test_a_token_without_a_tag_is_named():
    with pytest.raises(FormatError, match="line 1.*'like'"):
        list(iob_to_docs("I|O like London|B-GPE"))
    with pytest.raises(FormatError, match="line 2.*'alone'"):
        list(conll_ner_to_docs("a O\nalone\n"))


@pytest.mark.parametrize(
    "tags, spans",
    [
        ("O B-A I-A O", [(1, 3, "A")]),
        ("I-A I-A B-A I-B", [(0, 2, "A"), (2, 3, "A"), (3, 4, "B")]),
        ("B-A L-A U-B O S-C B-C E-C", [(0, 2, "A"), (2, 3, "B"), (4, 5, "C"), (5, 7, "C")]),
        ("", []),
    ],
)
def test_all_tag_schemes_are_understood(tags, spans):
    assert spans_of_tags(tags.split()) == spans


def test_json_comes_back_as_it_went_out():
    doc = only(conllu_to_docs(CONLLU, n_sents=10))
    doc.cats = {"news": 1.0, "sport": 0.0}
    written = json.loads(json.dumps([docs_to_json([doc], 7)]))
    assert written[0]["id"] == 7
    again = only(json_to_docs(json.dumps(written)))
    for attribute in ("text", "tag_", "pos_", "lemma_", "dep_", "whitespace_", "ent_type_", "ent_iob_"):
        assert [getattr(t, attribute) for t in again] == [getattr(t, attribute) for t in doc], attribute
    assert [t.head.i for t in again] == [t.head.i for t in doc]
    assert [str(t.morph) for t in again] == [str(t.morph) for t in doc]
    assert again.cats == doc.cats


def test_json_says_nothing_of_entities_that_nothing_is_known_of():
    doc = only(conllu_to_docs("1\ta\ta\tX\tX\t_\t0\troot\t_\t_\n"))
    paragraph = docs_to_json(doc)["paragraphs"][0]
    assert (paragraph["entities"], "ner" in paragraph["sentences"][0]["tokens"][0]) == ([], False)
    doc.ents = [doc[0:1]]
    doc.set_ents([], missing=[doc[0:1]])
    assert not only(json_to_docs(json.dumps([docs_to_json(doc)]))).has_annotation("ENT_IOB")
    doc.set_ents([("A", 0, 1)])
    paragraph = docs_to_json(doc)["paragraphs"][0]
    assert (paragraph["entities"], paragraph["sentences"][0]["tokens"][0]["ner"]) == ([(0, 1, "A")], "U-A")


@pytest.mark.parametrize("text", ["{", '[{"id": 1}]', '[{"id": 1, "paragraphs": [{"sentences": [{"tokens": [{}]}]}]}]'])
def test_json_of_another_form_is_an_error(text):
    with pytest.raises(FormatError):
        list(json_to_docs(text))


def test_ewt_has_the_size_spacy_gives_it(shared_data):
    data = (shared_data / "ud_english_ewt" / "dev.conllu").read_text(encoding="utf8")
    docs = list(conllu_to_docs(data, n_sents=10))
    assert (len(docs), sum(len(doc) for doc in docs)) == (201, 25147)
    merged = list(conllu_to_docs(data, n_sents=10, merge_subtokens=True))
    assert sum(len(doc) for doc in merged) == 24787


def test_wnut_sentences_are_separated_although_separators_hold_a_tab(shared_data):
    data = (shared_data / "wnut17" / "train.conll").read_text(encoding="utf8")
    docs = list(conll_ner_to_docs(data, n_sents=1))
    assert len(docs) == 3394
