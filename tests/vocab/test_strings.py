"""The string store: ids, symbols, and how long strings live."""

import gc
import json

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite import attrs, parts_of_speech, symbols
from spacy_lite.errors import FormatError
from spacy_lite.strings import StringStore, get_string_id, hash_string
from tests.vocab.murmur import murmurhash64a

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_the_id_of_a_string_is_its_murmurhash64a(string):
    expected = symbols.IDS.get(string, murmurhash64a(string.encode("utf8"), 1)) if string else 0
    assert hash_string(string) == expected
    assert hash_string(string.encode("utf8")) == expected


def test_known_ids():
    store = StringStore()
    assert store["apple"] == 8566208034543834098
    assert store["ROOT"] == 8206900633647566924
    assert [store[name] for name in ("", "NOUN", "ORG", "nsubj", "dep", "root", "_")] == [0, 92, 383, 429, 414, 449, 456]


def test_symbols_keep_their_numbers_both_ways():
    store = StringStore()
    for number, name in enumerate(symbols.NAMES):
        assert store[name] == number
        assert store[number] == name
        assert store.add(name) == number
        assert name in store and number in store
        assert getattr(symbols, name, number) == number
    assert len(store) == 0 and list(store) == []


def test_symbol_numbers_are_those_of_the_file_formats():
    known = {
        "IS_ALPHA": 1,
        "IS_CURRENCY": 18,
        "FLAG19": 19,
        "FLAG63": 63,
        "ID": 64,
        "ORTH": 65,
        "NORM": 67,
        "LANG": 83,
        "ADJ": 84,
        "X": 101,
        "SPACE": 103,
        "DEPRECATED276": 379,
        "PERSON": 380,
        "LAW": 390,
        "CARDINAL": 397,
        "acomp": 398,
        "xcomp": 450,
        "acl": 451,
        "ENT_KB_ID": 452,
        "MORPH": 453,
        "ENT_ID": 454,
        "IDX": 455,
        "_": 456,
    }
    assert {name: symbols.IDS[name] for name in known} == known
    assert len(symbols.NAMES) == 457


def test_attribute_names_in_any_case_give_numbers():
    assert attrs.intify_attr("orth") == attrs.intify_attr("TEXT") == attrs.ORTH == 65
    assert attrs.intify_attr(68) == 68
    assert attrs.intify_attr("nothing") is None
    assert attrs.NAMES[attrs.ORTH] == "ORTH"


def test_names_come_with_a_star():
    names: dict = {}
    exec("from spacy_lite.attrs import *; from spacy_lite.symbols import *", names)
    assert (names["ORTH"], names["IS_ALPHA"], names["NOUN"], names["nsubj"]) == (65, 1, 92, 429)
    assert "_" not in names


def test_intify_attrs_translates_names_and_strings():
    store = StringStore()
    assert attrs.intify_attrs({"orth": "hi", attrs.LOWER: "hi", "_": {"x": 1}}) == {attrs.ORTH: "hi", attrs.LOWER: "hi"}
    assert attrs.intify_attrs({"NORM": "hello"}, strings_map=store) == {attrs.NORM: store["hello"]}
    assert "hello" in store
    with pytest.raises(ValueError, match=r"`lema` .*did you mean `LEMMA`"):
        attrs.intify_attrs({"lema": "x"})


def test_parts_of_speech_are_symbols():
    assert parts_of_speech.NOUN == symbols.IDS["NOUN"] == parts_of_speech.IDS["NOUN"]
    assert parts_of_speech.NAMES[parts_of_speech.VERB] == "VERB"


def test_looking_up_a_string_does_not_add_it():
    store = StringStore()
    number = store["something new"]
    assert "something new" not in store and number not in store and len(store) == 0
    with pytest.raises(KeyError, match=str(number)):
        store[number]
    assert store.add("something new") == number
    assert store[number] == "something new"


def test_iteration_is_in_order_of_addition():
    store = StringStore(["b", "a", "NOUN", "", "b", "c"])
    assert list(store) == store.keys() == ["b", "a", "c"]
    assert store.values() == [store["b"], store["a"], store["c"]]
    assert dict(store.items()) == {string: store[string] for string in "bac"}


@pytest.mark.parametrize("key", [-1, 1 << 64])
def test_numbers_that_cannot_be_ids_are_refused(key):
    with pytest.raises(OverflowError):
        StringStore()[key]


@pytest.mark.parametrize("key", [1.5, None, ["a"]])
def test_keys_of_other_types_are_refused(key):
    store = StringStore()
    with pytest.raises(TypeError):
        store[key]


@pytest.mark.parametrize("string", [1.5, 1, ["a"]])
def test_only_strings_are_added_and_none_is_the_empty_one(string):
    store = StringStore()
    with pytest.raises(TypeError):
        store.add(string)
    assert store.add(None) == store.add("") == 0


def test_numpy_integers_are_ids():
    store = StringStore(["word"])
    assert store[numpy.uint64(store["word"])] == "word"
    assert get_string_id(numpy.uint64(7)) == 7


def test_as_int_and_as_string_take_either():
    store = StringStore(["word"])
    assert store.as_int("word") == store.as_int(store["word"]) == store["word"]
    assert store.as_string("word") == store.as_string(store["word"]) == "word"


@given(st.lists(TEXT))
def test_bytes_hold_a_sorted_json_list_and_are_read_back(strings):
    store = StringStore(strings)
    data = store.to_bytes()
    assert json.loads(data) == sorted({string for string in strings if string and string not in symbols.IDS})
    again = StringStore(["kept"]).from_bytes(data)
    assert set(again) == {"kept", *store}
    assert set(StringStore().from_bytes(data.decode("utf8"))) == set(store)


def test_a_file_is_written_whole_and_read_back(tmp_path):
    store = StringStore(["ä", "b"])
    store.to_disk(tmp_path / "strings.json")
    assert json.loads((tmp_path / "strings.json").read_text(encoding="utf8")) == ["b", "ä"]
    assert list(StringStore().from_disk(tmp_path / "strings.json")) == ["b", "ä"]
    assert [path.name for path in tmp_path.iterdir()] == ["strings.json"]


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"a": 1}', b'["a"', b"\xff"])
def test_damaged_data_is_named(data, tmp_path):
    with pytest.raises(FormatError):
        StringStore().from_bytes(data)
    (tmp_path / "strings.json").write_bytes(data)
    with pytest.raises(FormatError, match=r"strings\.json"):
        StringStore().from_disk(tmp_path / "strings.json")


def test_transient_strings_are_found_but_not_saved():
    store = StringStore(["label"])
    number = store.intern("passing")
    assert store[number] == "passing" and "passing" in store
    assert list(store) == ["label"] and b"passing" not in store.to_bytes()
    assert store.add("passing") == number
    assert list(store) == ["label", "passing"]


def test_garbage_collection_of_a_store_frees_its_arenas():
    store = StringStore(["a"])
    arena = store.current
    store.intern("b")
    assert len(arena) == 1
    del store
    gc.collect()
    assert len(arena) == 1  # whoever holds an arena keeps its strings
