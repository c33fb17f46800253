"""Docs as bytes, files and JSON, copies, and Docs joined into one."""

import json

import numpy
import pytest
import srsly

from spacy_lite.errors import FormatError
from spacy_lite.tokens import Doc, Span, Token
from spacy_lite.vocab import Vocab, create_vocab

ALL = [
    "ORTH", "SPACY", "NORM", "TAG", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "LEMMA", "MORPH",
    "POS", "SENT_START",
]  # fmt: skip


def full_doc(vocab):
    for kind in (Doc, Span, Token):
        kind.set_extension("note", default=None, force=True)
    doc = Doc(
        vocab,
        words=["Ann", "saw", "the", "Thames", "."],
        spaces=[True, True, True, False, False],
        tags=["NNP", "VBD", "DT", "NNP", "."],
        pos=["PROPN", "VERB", "DET", "PROPN", "PUNCT"],
        morphs=["Number=Sing", "", None, "Number=Sing", ""],
        lemmas=["Ann", "see", "the", "Thames", "."],
        heads=[1, 1, 3, 1, 1],
        deps=["nsubj", "ROOT", "det", "dobj", "punct"],
    )
    doc.ents = [Span(doc, 0, 1, "PERSON", kb_id="Q1", span_id="ann"), Span(doc, 2, 4, "LOC")]
    doc.spans["np"] = [Span(doc, 0, 1, "NP"), Span(doc, 2, 4, "NP", kb_id="Q2")]
    doc.spans["np"].attrs["scores"] = numpy.asarray([0.5, 0.25], dtype="float32")
    doc._.note, doc[1]._.note, doc[2:4]._.note, doc.ents[0]._.note = "d", ["t"], {"s": 1}, "labelled"
    doc.user_data["plain"] = (1, 2)
    doc.cats = {"GOOD": 0.5}
    doc.tensor = numpy.arange(10, dtype="float32").reshape(5, 2)
    doc.sentiment = 0.25
    return doc


def assert_same(one, other, user_data=True):
    numpy.testing.assert_array_equal(one.to_array(ALL), other.to_array(ALL))
    assert (one.text, one.cats, one.has_unknown_spaces) == (other.text, other.cats, other.has_unknown_spaces)
    assert [token.idx for token in one] == [token.idx for token in other]
    assert [(str(ent), ent.label_, ent.kb_id_, ent.id_) for ent in one.ents] == [
        (str(ent), ent.label_, ent.kb_id_, ent.id_) for ent in other.ents
    ]
    assert list(one.spans) == list(other.spans)
    for key in one.spans:
        assert [(s.start, s.end, s.label_, s.kb_id_) for s in one.spans[key]] == [
            (s.start, s.end, s.label_, s.kb_id_) for s in other.spans[key]
        ]
    numpy.testing.assert_array_equal(one.tensor, other.tensor)
    if user_data:
        for get in (lambda d: d._.note, lambda d: list(d[1]._.note), lambda d: d[2:4]._.note, lambda d: d.ents[0]._.note):
            assert get(one) == get(other)


def test_bytes_bring_a_doc_back_into_another_vocabulary(vocab):
    doc = full_doc(vocab)
    twin = Doc(create_vocab("xx", None)).from_bytes(doc.to_bytes())
    assert_same(doc, twin)
    assert (twin.user_data["plain"], twin.sentiment) == ([1, 2], 0.25)
    assert twin[1].lemma_ == "see"


def test_the_parts_are_those_of_spacy_3(vocab):
    parts = full_doc(vocab).to_dict()
    assert list(parts) == [
        "text", "array_head", "array_body", "sentiment", "tensor", "cats", "spans", "strings", "has_unknown_spaces",
        "user_data_keys", "user_data_values",
    ]  # fmt: skip
    assert parts["array_head"] == [71, 81, 65, 67, 75, 79, 76, 77, 78, 452, 454, 73, 453, 74, 80]
    keys = srsly.msgpack_loads(parts["user_data_keys"], use_list=False)
    assert ("._.", "note", 0, 3) in keys  # the label of the span is left out where nothing is lost by it
    assert Doc(vocab).from_dict(parts).text == parts["text"]


def test_excluded_parts_are_neither_written_nor_read(vocab):
    doc = full_doc(vocab)
    parts = doc.to_dict(exclude=["tensor", "user_data", "cats"])
    assert not {"tensor", "user_data_keys", "cats"} & set(parts)
    twin = Doc(vocab).from_bytes(doc.to_bytes(), exclude=["tensor", "spans", "user_data"])
    assert (twin.tensor.size, dict(twin.spans), twin.user_data, twin.cats) == (0, {}, {}, {"GOOD": 0.5})


def test_values_of_two_labels_at_one_place_stay_apart_in_bytes(vocab):
    doc = full_doc(vocab)
    Span(doc, 0, 1, "OTHER")._.note = "other"
    twin = Doc(vocab).from_bytes(doc.to_bytes())
    assert (twin.ents[0]._.note, Span(twin, 0, 1, "OTHER")._.note) == ("labelled", "other")


def test_files_are_the_bytes(vocab, tmp_path):
    doc = full_doc(vocab)
    doc.to_disk(tmp_path / "doc")
    assert (tmp_path / "doc").read_bytes() == doc.to_bytes()
    assert_same(doc, Doc(vocab).from_disk(tmp_path / "doc"))


@pytest.mark.parametrize("cut", [0, 1, 10, 100, -1])
def test_a_truncated_file_is_named(vocab, tmp_path, cut):
    path = tmp_path / "doc"
    path.write_bytes(full_doc(vocab).to_bytes()[:cut])
    with pytest.raises(FormatError, match=str(path)):
        Doc(vocab).from_disk(path)


def test_parts_that_do_not_fit_are_refused(vocab):
    parts = full_doc(vocab).to_dict()
    for name, value in (("text", "short"), ("array_body", parts["array_body"][:, 1:]), ("array_head", [65, 67])):
        with pytest.raises(FormatError):
            Doc(vocab).from_dict({**parts, name: value})
    with pytest.raises(FormatError, match="`text` is missing"):
        Doc(vocab).from_dict({"array_head": []})
    with pytest.raises(ValueError, match="has 1 tokens"):
        Doc(vocab, words=["a"]).from_dict(parts)


def test_json_brings_a_doc_back(vocab):
    doc = full_doc(vocab)
    data = json.loads(json.dumps(doc.to_json(underscore=["note"])))
    twin = Doc(Vocab()).from_json(data, validate=True)
    assert [token.text for token in twin] == [token.text for token in doc]
    for name in ("tag_", "pos_", "lemma_", "dep_", "whitespace_"):
        assert [getattr(token, name) for token in twin] == [getattr(token, name) for token in doc]
    assert [token.head.i for token in twin] == [token.head.i for token in doc]
    assert [(ent.text, ent.label_) for ent in twin.ents] == [("Ann", "PERSON"), ("the Thames", "LOC")]
    spans = [(span.text, span.label_, span.kb_id_) for span in twin.spans["np"]]
    assert spans == [("Ann", "NP", ""), ("the Thames", "NP", "Q2")]
    assert (twin.cats, twin._.note, twin[1]._.note, twin[2:4]._.note) == ({"GOOD": 0.5}, "d", ["t"], {"s": 1})
    assert twin.to_json(underscore=["note"]) == data


def test_json_holds_only_what_is_known(vocab):
    assert Doc(vocab, words=["a", "b"]).to_json() == {
        "text": "a b ",
        "tokens": [{"id": 0, "start": 0, "end": 1}, {"id": 1, "start": 2, "end": 3}],
    }
    with pytest.raises(ValueError, match="`other` has a value"):
        full_doc(vocab).to_json(underscore=["other"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": 3}, "the Doc.text must be str"),
        ({"tokens": [{"id": 0, "start": 0}]}, r"tokens\[0\]: `end` is missing"),
        ({"tokens": [{"id": 0, "start": 0, "end": 9}]}, r"tokens\[0\]: characters 0 to 9"),
        ({"tokens": [{"id": 0, "start": 0, "end": 1, "tag": 1}]}, r"tokens\[0\].tag must be str"),
        ({"ents": [{"start": 0, "label": "X"}]}, r"ents\[0\]: `end` is missing"),
        ({"spans": {"g": [3]}}, r"spans.g\[0\] must be an object"),
    ],
)
def test_wrong_json_is_refused_with_the_place(vocab, change, message):
    data = {"text": "a b", "tokens": [{"id": 0, "start": 0, "end": 1}, {"id": 1, "start": 2, "end": 3}], **change}
    with pytest.raises(ValueError, match=message):
        Doc(vocab).from_json(data, validate=True)


def test_json_with_annotations_of_some_tokens_is_refused(vocab):
    tokens = [{"id": 0, "start": 0, "end": 1, "tag": "X"}, {"id": 1, "start": 2, "end": 3}]
    with pytest.raises(ValueError, match="token 1 has no `tag`"):
        Doc(vocab).from_json({"text": "a b", "tokens": tokens})
    with pytest.raises(ValueError, match="entity from character 1 to 3"):
        Doc(vocab).from_json({"text": "a b", "tokens": [], "ents": [{"start": 1, "end": 3, "label": "X"}]})


def test_json_has_defaults_of_extensions_of_the_doc(vocab):
    Doc.set_extension("source", default="web")
    Token.set_extension("mark", default=0)
    doc = Doc(vocab, words=["a"])
    assert doc.to_json(underscore=["source"])["_"] == {"source": "web"}
    with pytest.raises(ValueError, match="mark"):
        doc.to_json(underscore=["mark"])


def test_a_copy_is_complete_and_independent(vocab):
    doc = full_doc(vocab)
    doc.activations["tagger"] = {"probs": numpy.zeros(2)}
    doc.user_hooks["vector_norm"] = lambda doc: 7.0
    before = (doc.to_bytes(), doc._.note)
    copy = doc.copy()
    assert_same(doc, copy)
    assert (copy.vector_norm, list(copy.activations), copy.sentiment) == (7.0, ["tagger"], 0.25)
    copy.ents = []
    copy.spans["np"][0].label_ = "CHANGED"
    copy.spans["new"] = []
    copy.tensor[:] = 0
    copy.cats["BAD"] = 1.0
    copy.user_data["more"] = 1
    copy[1]._.note.append("changed")
    copy[0].tag_ = "CHANGED"
    copy[0].head = copy[2]
    copy.activations["tagger"]["probs"][:] = 1
    with copy.retokenize() as retokenizer:
        retokenizer.merge(copy[0:2])
    assert (doc.to_bytes(), doc._.note) == before
    assert doc.activations["tagger"]["probs"].tolist() == [0, 0]


def test_joined_docs_keep_everything_in_its_place(vocab):
    first, second = full_doc(vocab), full_doc(vocab)
    joined = Doc.from_docs([first, Doc(vocab), second])
    assert joined.text == f"{first.text} {second.text}"
    assert [sent.text for sent in joined.sents] == [first.text, second.text]
    assert [token.head.i for token in joined] == [1, 1, 3, 1, 1, 6, 6, 8, 6, 6]
    assert [ent.text for ent in joined.ents] == ["Ann", "the Thames"] * 2
    assert [span.text for span in joined.spans["np"]] == ["Ann", "the Thames"] * 2
    assert (joined[6]._.note, joined[7:9]._.note, joined.tensor.shape) == (["t"], {"s": 1}, (10, 2))
    assert not joined.has_unknown_spaces


def test_joining_can_leave_parts_out(vocab):
    docs = [full_doc(vocab), full_doc(vocab)]
    joined = Doc.from_docs(docs, ensure_whitespace=False, attrs=["TAG"], exclude=["tensor", "spans", "user_data"])
    assert joined.text == docs[0].text * 2
    assert (joined.tensor.size, dict(joined.spans), joined.user_data) == (0, {}, {})
    assert joined[5].tag_ == "NNP"
    assert not any(joined.has_annotation(name) for name in ("LEMMA", "DEP", "POS", "ENT_IOB"))
    assert Doc.from_docs([]) is None
    with pytest.raises(ValueError, match="did you mean `tensor`"):
        Doc.from_docs(docs, exclude=["tensors"])
    with pytest.raises(ValueError, match="different vocabularies"):
        Doc.from_docs([docs[0], full_doc(Vocab())])


def test_values_of_two_docs_under_one_key_warn(vocab):
    docs = [Doc(vocab, words=["a"], user_data={"x": 1}), Doc(vocab, words=["b"], user_data={"x": 2})]
    with pytest.warns(UserWarning, match="the first is kept"):
        assert Doc.from_docs(docs).user_data == {"x": 1}


def test_a_doc_whose_tensor_was_removed_is_saved_and_has_no_vector():
    doc = Doc(Vocab(), words=["a", "b"])
    doc.tensor = None
    assert not doc.vector.any()
    read = Doc(Vocab()).from_bytes(doc.to_bytes())
    assert [token.text for token in read] == ["a", "b"] and read.tensor is None
