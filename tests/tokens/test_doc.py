"""A Doc is made of words and annotations, checks them, and gives them back."""

import gc
import pickle
import threading
import weakref

import numpy
import pytest

from spacy_lite.tokenizer import Tokenizer
from spacy_lite.tokens import Doc, Span
from spacy_lite.tokens.doc import NoNounChunks


def test_text_is_the_words_with_their_spaces(vocab):
    doc = Doc(vocab, words=["Hello", ",", "wörld", "!", "\n"], spaces=[False, True, False, False, False])
    assert doc.text == "Hello, wörld!\n"
    assert [token.idx for token in doc] == [0, 5, 7, 12, 13]
    assert not doc.has_unknown_spaces
    assert len(doc) == 5


def test_words_without_spaces_are_followed_by_one_each(vocab):
    doc = Doc(vocab, words=["a", "b"])
    assert doc.text == "a b "
    assert doc.has_unknown_spaces


def test_words_may_be_ids_of_known_strings(vocab):
    assert [token.text for token in Doc(vocab, words=[vocab.strings.add("tree"), "fruit"])] == ["tree", "fruit"]


def test_an_empty_doc_has_every_annotation_and_no_sentence(vocab):
    doc = Doc(vocab)
    assert all(doc.has_annotation(attr) for attr in ("TAG", "DEP", "SENT_START", "ENT_IOB"))
    assert (list(doc.sents), doc.ents, doc.text, doc.to_array(["ORTH", "TAG"]).shape) == ([], (), "", (0, 2))
    assert doc[0:0].text == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"words": ["a", ""]}, "word 1 is the empty string"),
        ({"words": ["a"], "spaces": [True, True]}, "1 words but 2 spaces"),
        ({"words": None, "spaces": [True]}, "without words"),
        ({"words": ["a", "b"], "tags": ["X"]}, "2 words but 1 tags"),
        ({"words": ["a", "b"], "heads": [0, 0]}, "without deps"),
        ({"words": ["a", "b"], "heads": [0, 2], "deps": ["x", "y"]}, "head of token 1 is 2"),
        ({"words": ["a"], "pos": ["PRON "]}, "did you mean `PRON`"),
        ({"words": ["a"], "ents": ["PERSON"]}, "entity tag of token 0 is 'PERSON'"),
        ({"words": ["a"], "ents": ["L-PERSON"]}, "entity tag of token 0"),
        ({"words": ["a"], "sent_starts": [2]}, "sent_starts are True, False or None"),
    ],
)
def test_annotations_that_do_not_fit_are_refused_with_the_place(vocab, arguments, message):
    with pytest.raises(ValueError, match=message):
        Doc(vocab, **arguments)


def test_annotations_given_to_the_constructor_are_read_back(vocab):
    doc = Doc(
        vocab,
        words=["I", "like", "New", "York"],
        tags=["PRP", "VBP", "NNP", None],
        pos=["PRON", "VERB", "PROPN", "PROPN"],
        morphs=["Number=Sing|Case=Nom", {"Tense": "Pres"}, "", "Number=Sing"],
        lemmas=["I", "like", "New", "York"],
        heads=[1, 1, 3, 1],
        deps=["nsubj", "ROOT", "compound", "dobj"],
        ents=["O", "O", "B-GPE", "I-GPE"],
    )
    assert [token.tag_ for token in doc] == ["PRP", "VBP", "NNP", ""]
    assert [token.pos_ for token in doc] == ["PRON", "VERB", "PROPN", "PROPN"]
    assert [str(token.morph) for token in doc] == ["Case=Nom|Number=Sing", "Tense=Pres", "", "Number=Sing"]
    assert all(token.has_morph() for token in doc)
    assert [token.head.i for token in doc] == [1, 1, 3, 1]
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("New York", "GPE")]
    assert [sent.text for sent in doc.sents] == ["I like New York"]
    assert doc.has_annotation("TAG")
    assert not doc.has_annotation("TAG", require_complete=True)


def test_an_inside_tag_that_continues_nothing_begins_an_entity(vocab):
    doc = Doc(vocab, words=["a", "b", "c", "d"], ents=["I-X", "I-Y", "", "I-Y"])
    assert [token.ent_iob_ for token in doc] == ["B", "B", "", "B"]


def test_sentence_starts_are_true_false_or_unknown(vocab):
    doc = Doc(vocab, words=["a", "b", "c", "d"], sent_starts=[True, False, True, None])
    assert [token.is_sent_start for token in doc] == [True, False, True, None]
    assert [token.is_sent_end for token in doc] == [False, True, None, True]
    assert [sent.text for sent in doc.sents] == ["a b", "c d"]


def test_the_first_token_says_nothing_about_sentences(vocab):
    assert not Doc(vocab, words=["a", "b"]).has_annotation("SENT_START")
    assert Doc(vocab, words=["a"]).has_annotation("SENT_START")


def test_sentences_of_an_unannotated_doc_are_refused(vocab):
    with pytest.raises(ValueError, match="sentence boundaries"):
        list(Doc(vocab, words=["a", "b"]).sents)


def test_noun_chunks_need_rules_of_the_language(vocab):
    doc = Doc(vocab, words=["the", "cat"], heads=[1, 1], deps=["det", "ROOT"])
    with pytest.raises(NoNounChunks):
        list(doc.noun_chunks)
    doc.noun_chunks_iterator = lambda doclike: iter([(0, 2, vocab.strings.add("NP"))])
    assert [(chunk.text, chunk.label_) for chunk in doc.noun_chunks] == [("the cat", "NP")]


def test_indexing_is_that_of_a_list(vocab):
    doc = Doc(vocab, words=["a", "b", "c"])
    assert doc[-1].text == "c"
    assert [doc[slice(*bounds)].text for bounds in ((1, 9), (2, 1), (None, None), (-2, None))] == ["b c", "", "a b c", "b c"]
    for index in (3, -4):
        with pytest.raises(IndexError):
            doc[index]
    with pytest.raises(ValueError, match="step"):
        doc[::2]


def test_hooks_replace_what_the_doc_computes(vocab):
    doc = Doc(vocab, words=["a", "b"])
    doc.user_hooks.update(
        vector=lambda doc: numpy.asarray([3.0, 4.0]),
        has_vector=lambda doc: True,
        similarity=lambda doc, other: 0.25,
        sents=lambda doc: [doc[0:1], doc[1:2]],
        sentiment=lambda doc: 0.5,
    )
    doc.user_token_hooks["vector"] = lambda token: numpy.asarray([0.0, 2.0])
    doc.user_span_hooks["root"] = lambda span: span[1]
    assert (doc.vector_norm, doc.has_vector, doc.similarity(doc), doc.sentiment) == (5.0, True, 0.25, 0.5)
    assert [sent.text for sent in doc.sents] == ["a", "b"]
    assert doc[1].sent.text == "b"
    assert doc[0].vector_norm == 2.0
    assert doc[0:2].root.i == 1


def test_vectors_fall_back_to_the_tensor(vocab):
    doc = Doc(vocab, words=["a", "b"])
    assert not doc.has_vector
    doc.tensor = numpy.asarray([[1.0, 0.0], [0.0, 1.0]], dtype="float32")
    assert doc.has_vector
    assert doc.vector.tolist() == [0.5, 0.5]
    assert doc[1].vector.tolist() == [0.0, 1.0]
    with pytest.warns(UserWarning, match="no word vectors"):
        assert doc[0].similarity(doc[1]) == 0.0
    assert doc.similarity(Doc(vocab, words=["a", "b"])) == 1.0


def test_a_vector_of_the_user_survives_a_new_tensor(vocab):
    doc = Doc(vocab, words=["a"])
    doc.vector = numpy.asarray([2.0])
    doc.tensor = numpy.zeros((1, 3), dtype="float32")
    assert doc.vector.tolist() == [2.0]


def test_word_vectors_are_averaged(vocab):
    vocab.reset_vectors(width=2)
    vocab.set_vector("a", numpy.asarray([1.0, 0.0], dtype="float32"))
    vocab.set_vector("b", numpy.asarray([0.0, 3.0], dtype="float32"))
    doc = Doc(vocab, words=["a", "b", "c"])
    numpy.testing.assert_allclose(doc.vector, [1 / 3, 1], rtol=1e-6)
    numpy.testing.assert_allclose(doc[1:3].vector, [0, 1.5], rtol=1e-6)
    assert [token.has_vector for token in doc] == [True, True, False]
    assert doc[0].similarity(doc[1]) == 0.0
    assert doc[0:2].similarity(doc[0]) == pytest.approx(1 / 10**0.5)


def test_pickling_keeps_everything(vocab):
    Doc.set_extension("source", default=None)
    doc = Doc(vocab, words=["a", "b"], tags=["X", "Y"], ents=["B-P", "O"])
    doc._.source = {"page": 3}
    doc.cats["good"] = 1.0
    doc.tensor = numpy.ones((2, 3), dtype="float32")
    doc.spans["all"] = [doc[0:2]]
    for part in (doc[0], doc[0:1]):
        with pytest.raises(NotImplementedError, match="pickle its Doc"):
            pickle.dumps(part)
    copy = pickle.loads(pickle.dumps(doc))
    assert (copy.text, copy._.source, copy.cats, copy.tensor.shape) == (doc.text, {"page": 3}, {"good": 1.0}, (2, 3))
    assert [token.tag_ for token in copy] == ["X", "Y"]
    assert [span.text for span in copy.spans["all"]] == ["a b"]


def test_a_doc_with_span_groups_is_freed_without_the_garbage_collector(vocab):
    gc.disable()
    try:
        doc = Doc(vocab, words=["a", "b"])
        doc.spans["x"] = [doc[0:1]]
        reference = weakref.ref(doc)
        del doc
        assert reference() is None
    finally:
        gc.enable()


def test_strings_live_as_long_as_a_doc_that_has_them(vocab):
    tokenizer = Tokenizer(vocab)
    vocab.arena_budget = 0
    doc = tokenizer("transient-word")
    doc[0].lemma_ = "transient-lemma"
    forgotten = tokenizer("forgotten")[0].orth
    for number in range(5):
        tokenizer(f"other-{number}")
    assert (doc.text, doc[0].lemma_, doc[0].shape_) == ("transient-word", "transient-lemma", "xxxx-xxxx")
    assert doc.copy()[0].lemma_ == "transient-lemma"
    assert forgotten not in vocab.strings


def test_reading_from_several_threads_is_safe(vocab):
    doc = Doc(vocab, words=[f"w{i}" for i in range(300)], heads=[0] * 300, deps=["x"] * 300, ents=["B-P", "I-P", "O"] * 100)
    expected = (doc.copy().text, 100, 299)
    failures = []

    def read(view):
        for _ in range(20):
            got = (view.text, len(view.ents), view[0].n_rights)
            if got != expected or [token.idx for token in view][-1] != len(view.text) - 5:
                failures.append(got)

    for _ in range(5):
        view = doc.copy()  # without caches yet
        threads = [threading.Thread(target=read, args=(view,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


def test_count_by_adds_up_attribute_values(vocab):
    doc = Doc(vocab, words=["a", "b", "a"])
    a, b = vocab.strings["a"], vocab.strings["b"]
    assert doc.count_by("ORTH") == {a: 2, b: 1}
    counts = {a: 1}
    assert doc.count_by("ORTH", exclude=lambda token: token.text == "b", counts=counts) is None
    assert counts == {a: 3}


def test_bytes_of_words_alternate_from_both_ends(vocab):
    doc = Doc(vocab, words=["abcde", "é"])
    assert doc.to_utf8_array().tolist() == [list(b"aebdc"), [0xC3, 0xA9, 255, 255, 255]]
    assert doc.to_utf8_array(nr_char=2).tolist() == [list(b"ae"), [0xC3, 0xA9]]


def test_similarity_of_a_span_and_its_doc_is_of_their_words(vocab):
    doc = Doc(vocab, words=["a", "b"])
    assert doc.similarity(Span(doc, 0, 2)) == 1.0
    assert doc[0:1].similarity(doc[0]) == 1.0
