"""Annotations as arrays and columns, against one token at a time."""

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite import attrs
from spacy_lite.tokens import Doc
from spacy_lite.tokens.features import gather_features
from spacy_lite.vocab import Vocab, create_vocab

VOCAB = create_vocab("xx", None)
LABELS = ["", "A", "B", "C"]
READERS = {
    "ORTH": lambda t: t.orth, "LOWER": lambda t: t.lower, "NORM": lambda t: t.norm, "SHAPE": lambda t: t.shape,
    "PREFIX": lambda t: t.prefix, "SUFFIX": lambda t: t.suffix, "LENGTH": lambda t: len(t), "IS_ALPHA": lambda t: t.is_alpha,
    "SPACY": lambda t: bool(t.whitespace_), "IDX": lambda t: t.idx, "TAG": lambda t: t.tag, "LEMMA": lambda t: t.lemma,
    "DEP": lambda t: t.dep, "POS": lambda t: t.pos, "MORPH": lambda t: t.morph.key, "ENT_TYPE": lambda t: t.ent_type,
    "ENT_IOB": lambda t: t.ent_iob, "HEAD": lambda t: t.head.i - t.i, "ID": lambda t: t.rank, "LANG": lambda t: t.lang,
    "SENT_START": lambda t: {None: 0, True: 1, False: -1}[t.is_sent_start],
}  # fmt: skip


@st.composite
def docs(draw):
    words = draw(st.lists(st.text("aB1é.", min_size=1, max_size=6), max_size=8))
    n = len(words)

    def some(strategy):
        return draw(st.one_of(st.none(), st.lists(strategy, min_size=n, max_size=n)))

    labels = st.sampled_from(LABELS)
    doc = Doc(
        VOCAB,
        words=words,
        spaces=draw(st.lists(st.booleans(), min_size=n, max_size=n)),
        tags=some(labels),
        lemmas=some(labels),
        pos=some(st.sampled_from(["", "NOUN", "X"])),
        morphs=some(st.sampled_from(["", "A=b", "C=d|A=b"])),
        ents=some(st.sampled_from(["", "O", "B-A"])),
        sent_starts=some(st.sampled_from([None, True, False])),
    )
    heads = some(st.integers(0, max(n - 1, 0)))
    if heads is not None and n:
        heads = [min(head, i) for i, head in enumerate(heads)]
        doc.set_parse([head - i for i, head in enumerate(heads)], [VOCAB.strings.add("dep")] * n)
    if n and draw(st.booleans()):
        doc[0].norm_ = "own"
    return doc


@given(docs(), st.lists(st.sampled_from(sorted(READERS)), max_size=6))
@settings(max_examples=100)
def test_arrays_hold_what_tokens_say(doc, names):
    expected = numpy.zeros((len(doc), len(names)), dtype="uint64")
    for token in doc:
        for column, name in enumerate(names):
            expected[token.i, column] = numpy.asarray(int(READERS[name](token)), dtype=object) & (2**64 - 1)
    numpy.testing.assert_array_equal(doc.to_array(names), expected[:, 0] if len(names) == 1 else expected)
    numpy.testing.assert_array_equal(doc[1:3].to_array(names), expected[1:3])
    for column, name in enumerate(names):
        numpy.testing.assert_array_equal(doc.to_array(name), expected[:, column])
        numpy.testing.assert_array_equal(doc.read_column(attrs.IDS[name]), expected[:, column])


@given(st.lists(docs(), max_size=5), st.lists(st.sampled_from(sorted(READERS)), min_size=1, max_size=5))
@settings(max_examples=100)
def test_features_of_a_batch_are_the_arrays_one_below_the_other(batch, names):
    features, lengths = gather_features(batch, [attrs.IDS[name] for name in names])
    assert (features.dtype, lengths.dtype) == ("uint64", "int32")
    assert lengths.tolist() == [len(doc) for doc in batch]
    stacked = [doc[:].to_array(names) for doc in batch]
    numpy.testing.assert_array_equal(features, numpy.concatenate([numpy.zeros((0, len(names)), "uint64"), *stacked]))


@given(docs())
@settings(max_examples=100)
def test_an_array_brings_all_annotations_back(doc):
    names = ["TAG", "LEMMA", "NORM", "POS", "MORPH", "DEP", "HEAD", "SENT_START", "ENT_IOB", "ENT_TYPE", "SPACY"]
    twin = Doc(VOCAB, words=[token.text for token in doc]).from_array(names, doc.to_array(names))
    numpy.testing.assert_array_equal(twin.to_array([*names, "IDX"]), doc.to_array([*names, "IDX"]))


def test_sentences_follow_from_heads_and_labels_only_where_there_are_labels():
    doc = Doc(VOCAB, words=list("abcd"))
    values = numpy.asarray([[0, 0, 1], [0, 0, -1], [0, 0, 1], [0, 0, 0]]).astype("int64").view("uint64")
    doc.from_array(["HEAD", "DEP", "SENT_START"], values)
    assert [token.is_sent_start for token in doc] == [True, False, True, None]
    values[:, 1] = VOCAB.strings.add("dep")
    values[1, 0] = 2**64 - 1
    doc.from_array(["HEAD", "DEP", "SENT_START"], values)
    assert [token.is_sent_start for token in doc] == [True, False, True, True]


@pytest.mark.parametrize(
    ("names", "array", "message"),
    [
        (["TAG", "DEP"], numpy.zeros((2, 2), "uint64"), r"shape \(3, 2\)"),
        (["TAG"], numpy.zeros((3, 2), "uint64"), r"shape \(3, 1\)"),
        (["HEAD"], numpy.asarray([3, 0, 0], "uint64"), "HEAD of token 0 points to token 3"),
        (["HEAD"], numpy.asarray([-1, 0, 0]).view("uint64"), "HEAD of token 0 points to token -1"),
        (["ENT_IOB"], numpy.asarray([0, 4, 0], "uint64"), "ENT_IOB of token 1 is 4"),
        (["POS"], numpy.asarray([0, 0, 5], "uint64"), "POS of token 2 is 5"),
    ],
)
def test_arrays_that_cannot_be_are_refused(names, array, message):
    with pytest.raises(ValueError, match=message):
        Doc(VOCAB, words=list("abc")).from_array(names, array)


def test_sentence_ends_are_known_where_starts_are():
    doc = Doc(VOCAB, words=["a", "b"], sent_starts=[True, False])
    assert doc.has_annotation("IS_SENT_END") and doc.has_annotation("is_sent_start")
    assert not Doc(VOCAB, words=["a", "b"]).has_annotation("IS_SENT_END")


def test_an_unknown_attribute_is_named_with_the_nearest():
    doc = Doc(VOCAB, words=["a"])
    with pytest.raises(KeyError, match="did you mean `LEMMA`"):
        doc.to_array(["LEMA"])
    with pytest.raises(ValueError, match="did you mean `LEMMA`"):
        doc.has_annotation("LEMA")


def test_another_type_of_array_warns():
    with pytest.warns(UserWarning, match="uint64"):
        Doc(VOCAB, words=["a", "b"]).from_array(["HEAD"], numpy.asarray([1, 0]))


def test_morphs_are_brought_to_normal_form():
    doc = Doc(VOCAB, words=["a"])
    doc.from_array(["MORPH"], numpy.asarray([VOCAB.strings.add("B=c|A=d")], dtype="uint64"))
    assert str(doc[0].morph) == "A=d|B=c"


def test_columns_are_written_whole():
    doc = Doc(VOCAB, words=list("abc"))
    doc.write_column(attrs.TAG, [doc.intern("X"), 0, 2**64 - 1])
    assert (doc[0].tag_, doc[1].tag, doc[2].tag) == ("X", 0, 2**64 - 1)
    doc.write_column(attrs.SENT_START, numpy.asarray([1, -1, 0], dtype="int8"))
    assert [token.is_sent_start for token in doc] == [True, False, None]
    doc.write_column(attrs.SPACY, [True, False, False])
    assert (doc.text, doc[2].idx) == ("a bc", 3)
    with pytest.raises(ValueError, match="each of 3 tokens"):
        doc.write_column(attrs.TAG, [0, 0])
    with pytest.raises(ValueError, match="belongs to the word type"):
        doc.write_column(attrs.LOWER, [0, 0, 0])
    with pytest.raises(ValueError, match="expected integers"):
        doc.write_column(attrs.TAG, [0.5, 0, 0])


def test_a_parse_sets_sentences():
    vocab = Vocab()
    doc = Doc(vocab, words=list("abcd"))
    doc.set_parse([1, 0, 1, 0], [doc.intern("dep")] * 4)
    assert [sent.text for sent in doc.sents] == ["a b", "c d"]
    assert [token.head.i for token in doc] == [1, 1, 3, 3]
