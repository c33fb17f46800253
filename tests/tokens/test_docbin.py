"""DocBin: many Docs in one file."""

import copy
import pickle
import struct
import zlib

import numpy
import pytest
import srsly

from spacy_lite.errors import FormatError
from spacy_lite.strings import hash_string
from spacy_lite.tokenizer import Tokenizer
from spacy_lite.tokens import Doc, DocBin, Span
from spacy_lite.tokens._serialize import ALL_ATTRS
from spacy_lite.vocab import Vocab, create_vocab

from .test_serialization import assert_same, full_doc


@pytest.fixture
def docs(vocab):
    plain = Doc(vocab, words=["a", "bé", "c"], sent_starts=[True, False, None])
    return [full_doc(vocab), Doc(vocab), plain, Doc(vocab, words=["x"], spaces=[False], ents=["B-P"])]


@pytest.mark.parametrize("keep", [True, False])
def test_bytes_bring_docs_back_into_another_vocabulary(docs, keep):
    collection = DocBin(docs=docs, store_user_data=keep)
    twins = list(DocBin(store_user_data=keep).from_bytes(collection.to_bytes()).get_docs(create_vocab("xx", None)))
    assert len(twins) == len(collection) == 4
    for doc, twin in zip(docs, twins, strict=True):
        doc.tensor = twin.tensor  # not kept in a DocBin
        assert_same(doc, twin, user_data=keep and len(doc) > 1 and "np" in doc.spans)
    assert bool(twins[0].user_data) == keep
    assert [token.is_sent_start for token in twins[2]] == [True, False, None]


def test_only_the_attributes_asked_for_are_kept(docs, vocab):
    collection = DocBin(attrs=["TAG", "lemma", "ORTH", 65, "SPACY"], docs=docs)
    assert collection.attrs == [65, 73, 75]
    doc = next(DocBin().from_bytes(collection.to_bytes()).get_docs(vocab))
    assert ([token.tag_ for token in doc], doc.has_annotation("DEP"), doc.ents) == (["NNP", "VBD", "DT", "NNP", "."], False, ())
    assert [token.tag_ for token in next(DocBin(attrs=["ORTH"], docs=docs).get_docs(vocab))] == [""] * 5
    with pytest.raises(KeyError, match="did you mean `LEMMA`"):
        DocBin(attrs=["LEMA"])


def test_user_data_in_a_file_is_read_whether_asked_for_or_not(docs, vocab):
    docs[3].user_data["source"] = "web"
    collection = DocBin().from_bytes(DocBin(docs=docs, store_user_data=True).to_bytes())
    assert [doc.user_data.get("source") for doc in collection.get_docs(vocab)] == [None, None, None, "web"]
    without = DocBin(docs=docs[:2])
    without.merge(collection)
    without.add(docs[2])
    assert [doc.user_data.get("source") for doc in without.get_docs(vocab)] == [None] * 5 + ["web", None]


def test_the_default_attributes_are_those_of_spacy_3():
    assert DocBin().attrs == [65, 67, 73, 74, 75, 76, 77, 78, 79, 80, 452, 453, 454]
    assert len(ALL_ATTRS) == 13


def test_collections_are_merged(docs):
    one, other = DocBin(docs=docs[:2]), DocBin(docs=docs[2:])
    one.merge(other)
    assert [doc.text for doc in one.get_docs(Vocab())] == [doc.text for doc in docs]
    with pytest.raises(ValueError, match="different attributes"):
        one.merge(DocBin(attrs=["TAG"]))
    with pytest.raises(ValueError, match="user data"):
        one.merge(DocBin(store_user_data=True))


def test_an_empty_collection_is_one_too(vocab):
    assert list(DocBin().from_bytes(DocBin().to_bytes()).get_docs(vocab)) == []


def test_strings_last_while_docs_are_being_made(docs):
    vocab = create_vocab("xx", None)
    vocab.arena_budget = 0
    tokenizer = Tokenizer(vocab)
    collection = DocBin().from_bytes(DocBin(docs=docs * 3).to_bytes())
    for number, doc in enumerate(collection.get_docs(vocab)):
        assert doc.text == docs[number % 4].text
        last = doc.copy() if number == 8 else None
        del doc
        for text in ("one", "two", "three"):
            tokenizer(text)
        if last is not None:
            kept = last
    assert [token.tag_ for token in kept] == ["NNP", "VBD", "DT", "NNP", "."]
    del kept, last
    assert "Thames" not in vocab.strings


def test_strings_of_a_file_do_not_join_the_permanent_vocabulary(docs):
    vocab = Vocab()
    size = len(vocab.strings)
    kept = list(DocBin(docs=docs).get_docs(vocab))
    assert len(vocab.strings) == size and kept[0][0].tag_ == "NNP"


def test_the_same_docs_give_the_same_bytes_and_strings_can_be_added(docs):
    collection, other = DocBin(docs=docs), DocBin(docs=docs)
    assert collection.to_bytes() == other.to_bytes()
    read = DocBin().from_bytes(collection.to_bytes())
    assert read.strings == collection.strings and len(read.strings) > 10
    assert read.to_bytes() == collection.to_bytes()
    for changed_one in (read, other):
        changed_one.strings.update(("zebra", "ape", ""))
        changed_one.add(docs[0])
    again = [DocBin().from_bytes(one.to_bytes()) for one in (read, other)]
    assert again[0].strings == again[1].strings == collection.strings | {"zebra", "ape"}
    assert again[0]._collector.in_order() == again[1]._collector.in_order()


def strings_written(collection):
    return srsly.msgpack_loads(zlib.decompress(collection.to_bytes()))["strings"]


def test_strings_of_docs_added_to_a_file_are_all_written_once(docs, vocab):
    data = DocBin(docs=docs[:1]).to_bytes()
    n_strings = len(DocBin().from_bytes(data).strings)
    for n_new in range(n_strings + 2):  # fewer new strings than known ones, as many, and more
        labels = [f"LABEL{i}" for i in range(n_new)]
        doc = docs[0].copy()
        doc.spans["more"] = [Span(doc, 0, 1, label=label) for label in labels]
        collection = DocBin().from_bytes(data)
        collection.add(doc)
        assert sorted(strings_written(collection)) == sorted(collection.strings) and {*labels} <= collection.strings
        merged = DocBin().from_bytes(data)
        merged.add(docs[0])
        merged.merge(DocBin(docs=[Doc(vocab, words=labels)]))
        assert sorted(strings_written(merged)) == sorted(merged.strings) and {*labels} <= merged.strings
        changed_one = DocBin().from_bytes(data)
        changed_one.strings.discard("NNP")
        changed_one.strings.update(labels)
        assert sorted(strings_written(changed_one)) == sorted(changed_one.strings)
        for _ in range(3):
            collection = DocBin().from_bytes(collection.to_bytes())
            collection.add(doc)
        assert len(collection.strings) == len(strings_written(collection)) == n_strings + n_new
        twins = list(collection.get_docs(create_vocab("xx", None)))
        assert [span.label_ for span in twins[1].spans["more"]] == labels


def test_a_doc_with_an_unknown_string_is_refused_until_the_string_is_known(vocab):
    doc = Doc(vocab, words=["a"])
    doc.from_array(["TAG"], numpy.asarray([[hash_string("MYTAG")]], dtype="uint64"))
    collection = DocBin()
    for _ in range(2):
        with pytest.raises(KeyError, match="the id of no known string"):
            collection.add(doc)
    assert len(collection) == 0
    vocab.strings.add("MYTAG")
    collection.add(doc)
    assert "MYTAG" in collection.strings
    assert next(DocBin().from_bytes(collection.to_bytes()).get_docs(create_vocab("xx", None)))[0].tag_ == "MYTAG"


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda collection: pickle.loads(pickle.dumps(collection))])
def test_a_collection_can_be_copied_and_pickled(docs, twin_of):
    for keep in (True, False):
        collection = DocBin(attrs=["TAG", "LEMMA"], docs=docs, store_user_data=keep)
        twin = twin_of(collection)
        assert (twin.to_bytes(), twin.attrs, twin.store_user_data) == (collection.to_bytes(), collection.attrs, keep)


def test_a_damaged_file_leaves_a_collection_as_it_was(docs):
    collection = DocBin(docs=docs)
    before = collection.to_bytes()
    with pytest.raises(FormatError, match="one of the strings is a int"):
        collection.from_bytes(changed(DocBin(attrs=["TAG"], docs=docs[2:]), strings=["", 3]))
    assert collection.to_bytes() == before


def test_docs_without_a_value_of_an_attribute_can_be_annotated_later(vocab):
    (doc,) = DocBin().from_bytes(DocBin(docs=[Doc(vocab, words=["a", "b", "c"])]).to_bytes()).get_docs(vocab)
    assert not any(map(doc.has_annotation, ("TAG", "DEP", "ENT_IOB", "LEMMA")))
    assert [token.head.i for token in doc] == [0, 1, 2] and doc.ents == ()
    doc.from_array(["TAG"], numpy.asarray([[vocab.strings.add("X")], [0], [0]], dtype="uint64"))
    assert [token.tag_ for token in doc] == ["X", "", ""]
    doc.from_array(["TAG"], numpy.zeros((3, 1), dtype="uint64"))
    assert [token.tag_ for token in doc] == ["", "", ""]


def test_a_file_is_written_whole_and_read_back(docs, tmp_path):
    path = tmp_path / "docs.spacy"
    DocBin(docs=docs).to_disk(path)
    assert len(DocBin().from_disk(path)) == 4
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", [0, 1, 20, -1, -40])
def test_a_truncated_file_is_named(docs, tmp_path, cut):
    path = tmp_path / "docs.spacy"
    path.write_bytes(DocBin(docs=docs).to_bytes()[:cut])
    with pytest.raises(FormatError, match=str(path)):
        DocBin().from_disk(path)


@pytest.mark.parametrize(
    "data", [b"", b"text", b"\x1f\x8b", zlib.compress(b"text"), zlib.compress(srsly.msgpack_dumps([1])), b"PK\x03\x04"]
)
def test_a_foreign_file_is_refused_with_advice(data):
    with pytest.raises(FormatError, match="convert"):
        DocBin().from_bytes(data)


def changed(collection, **parts):
    message = srsly.msgpack_loads(zlib.decompress(collection.to_bytes()))
    return zlib.compress(srsly.msgpack_dumps({**message, **parts}))


@pytest.mark.parametrize(
    "parts",
    [
        {"lengths": b"\x00\x00"},
        {"lengths": struct.pack("<4i", 5, 0, 3, 2**31 - 1)},
        {"lengths": struct.pack("<4i", 5, 0, 5, -1)},
        {"tokens": b"\x00" * 8},
        {"spaces": b""},
        {"attrs": [75, 65]},
        {"cats": [{}]},
        {"span_groups": [b""] * 9},
        {"strings": ["", "a", 3]},
    ],
)
def test_sizes_that_do_not_add_up_are_refused(docs, parts):
    with pytest.raises(FormatError, match="damaged"):
        DocBin().from_bytes(changed(DocBin(docs=docs), **parts))


def test_values_that_cannot_be_are_refused_with_the_doc(docs, vocab):
    collection = DocBin(docs=docs)
    rows = numpy.concatenate(collection.tokens)
    rows[5, collection.attrs.index(79)] = 17
    with pytest.raises(FormatError, match="Doc 2 cannot be read: HEAD of token 0"):
        list(DocBin().from_bytes(changed(collection, tokens=rows.tobytes())).get_docs(vocab))
    rows[0, 0] = 12345
    with pytest.raises(FormatError, match="Doc 0 cannot be read: token 0 is the word with id 12345"):
        list(DocBin().from_bytes(changed(collection, tokens=rows.tobytes())).get_docs(vocab))


def test_files_of_earlier_versions_lack_some_parts(docs, vocab):
    message = srsly.msgpack_loads(zlib.decompress(DocBin(docs=docs).to_bytes()))
    for name in ("flags", "span_groups", "cats"):
        del message[name]
    twins = list(DocBin().from_bytes(zlib.compress(srsly.msgpack_dumps(message))).get_docs(vocab))
    assert [twin.text for twin in twins] == [doc.text for doc in docs]
    assert dict(twins[0].spans) == {}


def test_feature_strings_are_brought_to_normal_form(docs, vocab):
    collection = DocBin(docs=docs)
    rows = numpy.concatenate(collection.tokens)
    rows[0, collection.attrs.index(453)] = vocab.strings.add("B=x|A=y")
    strings = [*sorted(collection.strings), "B=x|A=y"]
    doc = next(DocBin().from_bytes(changed(collection, tokens=rows.tobytes(), strings=strings)).get_docs(Vocab()))
    assert str(doc[0].morph) == "A=y|B=x"
