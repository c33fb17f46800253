"""Files that spaCy 3.8 wrote hold for us what they hold for spaCy, and what we write holds the same."""

import json

import numpy
import pytest

from spacy_lite.tokens import Doc, DocBin, Span, SpanGroup, Token
from spacy_lite.vocab import Vocab, create_vocab

STRINGS = ["text", "tag_", "pos_", "lemma_", "dep_", "ent_iob_", "ent_type_", "ent_kb_id_", "ent_id_", "whitespace_", "norm_"]
DOC_FILES = [f"doc{i}.bin" for i in range(7)] + ["notensor.bin", "doc.disk"]
DOCBIN_FILES = [
    "all_attrs", "default", "no_user_data", "minimal", "some_attrs", "none", "edge", "partial", "merged", "gold", "cats",
]  # fmt: skip


@pytest.fixture
def folder(shared_data):
    for kind, name in ((Doc, "zoo_id"), (Token, "zoo_flag"), (Span, "zoo_note")):
        kind.set_extension(name, default=None)
    return shared_data / "spacy38_pipelines"


def assert_doc(doc, expected):
    assert doc.text == expected["text"]
    for name in STRINGS:
        assert [getattr(token, name) for token in doc] == expected["tokens"][name], name
    tokens = expected["tokens"]
    assert [str(token.morph) for token in doc] == tokens["morph"]
    assert [token.has_morph() for token in doc] == tokens["has_morph"]
    assert [token.head.i for token in doc] == tokens["head"]
    assert [token.is_sent_start for token in doc] == tokens["is_sent_start"]
    assert [token.idx for token in doc] == tokens["idx"]
    assert {name: doc.has_annotation(name) for name in expected["has"]} == expected["has"]
    assert [[ent.start, ent.end, ent.label_, ent.kb_id_, ent.id_] for ent in doc.ents] == expected["ents"]
    assert {key: [[s.start, s.end, s.label_, s.kb_id_, s.id_] for s in group] for key, group in doc.spans.items()} == {
        key: group["spans"] for key, group in expected["groups"].items()
    }
    assert doc.cats == pytest.approx(expected["cats"])
    assert doc.has_unknown_spaces == expected["unknown_spaces"]
    values = {
        "zoo_id": doc._.zoo_id,
        "zoo_flag": [token._.zoo_flag for token in doc],
        "zoo_note": [ent._.zoo_note for ent in doc.ents],
    }
    assert json.loads(json.dumps(values)) == expected["ext"]
    array = doc.to_array(["ORTH", "TAG", "POS", "DEP", "HEAD", "ENT_TYPE"])
    assert array.tolist() == numpy.asarray(expected["array"], dtype="uint64").reshape(array.shape).tolist()


@pytest.mark.parametrize("name", DOC_FILES)
def test_docs(folder, name):
    expected = json.loads((folder / "data_doc" / f"{name}.expected.json").read_text("utf8"))
    doc = Doc(create_vocab("en", None)).from_disk(folder / "data_doc" / name)
    assert_doc(doc, expected)
    assert_doc(Doc(create_vocab("en", None)).from_bytes(doc.to_bytes()), expected)


@pytest.mark.parametrize("number", range(4))
def test_json_docs(folder, number):
    path = folder / "data_doc" / f"doc{number}.json"
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text("utf8"))
    assert_doc(Doc(create_vocab("en", None)).from_json(json.loads(path.read_text("utf8")), validate=True), expected)


def test_a_span_group(folder):
    items = json.loads((folder / "data_doc" / "data.json").read_text("utf8"))
    item = next(item for item in items if item["kind"] == "spangroup_bytes")
    expected = json.loads((folder / "data_doc" / item["expected"]).read_text("utf8"))
    doc = Doc(Vocab(strings=item["strings"]), words=item["words"])
    data = (folder / "data_doc" / item["file"]).read_bytes()
    group = SpanGroup(doc).from_bytes(data)
    assert (group.name, group.has_overlap) == (expected["name"], expected["has_overlap"])
    assert [[s.start, s.end, s.label_, s.kb_id_, s.id_] for s in group] == expected["spans"]
    again = SpanGroup(doc).from_bytes(group.to_bytes())
    assert (list(again), again.attrs) == (list(group), expected["attrs"])


@pytest.mark.parametrize("name", DOCBIN_FILES)
def test_docbins(folder, name):
    path = folder / "data_docbin" / f"{name}.spacy"
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text("utf8"))
    collection = DocBin(store_user_data=True).from_disk(path)
    assert (len(collection), collection.attrs) == (expected["n"], expected["attrs"])
    docs = list(collection.get_docs(create_vocab("en", None)))
    for doc, wanted in zip(docs, expected["docs"], strict=True):
        assert_doc(doc, wanted)
    again = DocBin(attrs=collection.attrs, store_user_data=True, docs=docs).to_bytes()
    read = DocBin(store_user_data=True).from_bytes(again)
    for doc, wanted in zip(read.get_docs(create_vocab("en", None)), expected["docs"], strict=True):
        assert_doc(doc, wanted)
