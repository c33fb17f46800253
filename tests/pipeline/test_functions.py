"""Components that merge and split tokens, and the one that cleans up."""

import importlib

import pytest
import srsly

import spacy_lite
from spacy_lite.pipeline import merge_entities, merge_noun_chunks, merge_subtokens
from spacy_lite.pipeline.functions import DocCleaner, TokenSplitter
from spacy_lite.tokens import Doc

NLP = spacy_lite.blank("en")


def test_entities_become_tokens():
    doc = Doc(NLP.vocab, words=["in", "New", "York", "City", "now"], ents=["O", "B-GPE", "I-GPE", "I-GPE", "O"])
    merged = merge_entities(doc)
    assert [token.text for token in merged] == ["in", "New York City", "now"]
    assert [(entity.text, entity.label_) for entity in merged.ents] == [("New York City", "GPE")]


def test_noun_chunks_become_tokens_once_there_is_a_parse():
    words, pos = ["The", "big", "dog", "barked"], ["DET", "ADJ", "NOUN", "VERB"]
    plain = Doc(NLP.vocab, words=words)
    assert len(merge_noun_chunks(plain)) == 4
    doc = Doc(NLP.vocab, words=words, pos=pos, heads=[2, 2, 3, 3], deps=["det", "amod", "nsubj", "ROOT"])
    assert [(token.text, token.dep_) for token in merge_noun_chunks(doc)] == [("The big dog", "nsubj"), ("barked", "ROOT")]


def test_runs_of_subtokens_are_joined_with_the_token_after_them():
    words = ["a", "b", "c", "d", "e"]
    doc = Doc(NLP.vocab, words=words, heads=[1, 2, 3, 3, 3], deps=["subtok", "subtok", "dep", "ROOT", "subtok"])
    assert [token.text for token in merge_subtokens(doc)] == ["a b c", "d", "e"]


def test_long_tokens_are_cut_into_pieces():
    splitter = TokenSplitter(min_length=10, split_length=4)
    doc = splitter(Doc(NLP.vocab, words=["short", "0123456789", "x"]))
    assert [token.text for token in doc] == ["short", "0123", "4567", "89", "x"]
    assert doc.text == "short 0123456789 x "
    assert len(TokenSplitter()(Doc(NLP.vocab, words=["y" * 50]))) == 1


@pytest.mark.parametrize("component", [TokenSplitter(7, 3), DocCleaner({"tensor": None, "_.x": 1}, silent=False)])
def test_settings_are_saved(tmp_path, component):
    copies = [type(component)(**({"attrs": {}} if isinstance(component, DocCleaner) else {})) for _ in range(2)]
    component.to_disk(tmp_path / "component")
    for copy in (copies[0].from_disk(tmp_path / "component"), copies[1].from_bytes(component.to_bytes())):
        assert vars(copy) == vars(component)


def test_settings_in_bytes_are_those_of_spacy_3():
    splitter = TokenSplitter().from_bytes(srsly.msgpack_dumps({"cfg": '{"min_length":8,"split_length":5}'}))
    assert (splitter.min_length, splitter.split_length) == (8, 5)
    cleaner = DocCleaner({}).from_bytes(srsly.msgpack_dumps({"cfg": '{"attrs":{"tensor":null},"silent":false}'}))
    assert cleaner.cfg == {"attrs": {"tensor": None}, "silent": False}
    for component in (splitter, cleaner):
        assert list(srsly.msgpack_loads(component.to_bytes())) == ["cfg"]


def test_groups_of_spans_follow_when_tokens_are_merged():
    doc = Doc(NLP.vocab, words=["New", "York", "sleeps"], ents=["B-GPE", "I-GPE", "O"])
    doc.spans["x"] = [doc[0:1], doc[2:3]]
    assert [span.text for span in merge_entities(doc).spans["x"]] == ["New York", "sleeps"]


def test_cleaner_sets_attributes_and_warns_of_absent_ones():
    Doc.set_extension("remains", default=1, force=True)
    doc = Doc(NLP.vocab, words=["a"])
    doc.cats = {"x": 1.0}
    DocCleaner({"cats": {}, "_.remains": None, "_.absent": None})(doc)
    assert doc.cats == {}
    assert doc._.remains is None
    with pytest.warns(UserWarning, match=r"_\.absent"):
        DocCleaner({"_.absent": None}, silent=False)(doc)


def test_all_of_them_are_components_by_name():
    nlp = spacy_lite.blank("en")
    for name in ("merge_noun_chunks", "merge_entities", "merge_subtokens", "token_splitter", "doc_cleaner"):
        nlp.add_pipe(name)
    assert [token.text for token in nlp("A " + "b" * 30)] == ["A", "b" * 10, "b" * 10, "b" * 10]


DEFAULT_MODELS = {
    "tagger": "tagger.DEFAULT_TAGGER_MODEL",
    "morphologizer": "morphologizer.DEFAULT_MORPH_MODEL",
    "senter": "senter.DEFAULT_SENTER_MODEL",
    "parser": "dep_parser.DEFAULT_PARSER_MODEL",
    "ner": "ner.DEFAULT_NER_MODEL",
    "tok2vec": "tok2vec.DEFAULT_TOK2VEC_MODEL",
    "trainable_lemmatizer": "edit_tree_lemmatizer.DEFAULT_EDIT_TREE_LEMMATIZER_MODEL",
    "textcat": "textcat.DEFAULT_SINGLE_TEXTCAT_MODEL",
    "textcat_multilabel": "textcat_multilabel.DEFAULT_MULTI_TEXTCAT_MODEL",
    "spancat": "spancat.DEFAULT_SPANCAT_MODEL",
    "spancat_singlelabel": "spancat.DEFAULT_SPANCAT_SINGLELABEL_MODEL",
    "span_finder": "span_finder.DEFAULT_SPAN_FINDER_MODEL",
    "entity_linker": "entity_linker.DEFAULT_NEL_MODEL",
}


@pytest.mark.parametrize("factory", sorted(DEFAULT_MODELS))
def test_default_models_have_the_names_people_pass_to_add_pipe(factory):
    module, _, name = DEFAULT_MODELS[factory].partition(".")
    model = getattr(importlib.import_module(f"spacy_lite.pipeline.{module}"), name)
    named, default = spacy_lite.blank("en"), spacy_lite.blank("en")
    named.add_pipe(factory, config={"model": model})
    default.add_pipe(factory)
    assert named.config["components"] == default.config["components"]
    assert spacy_lite.Config({"model": model})["model"] == model
