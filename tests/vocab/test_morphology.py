"""Sets of morphological features."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite.morphology import POS_IDS, Morphology
from spacy_lite.strings import StringStore

NAME = st.text("abcXYZ", min_size=1, max_size=3)
FEATURES = st.dictionaries(NAME, st.lists(NAME, min_size=1, max_size=3).map(",".join), max_size=4)


@pytest.fixture
def morphology():
    return Morphology(StringStore())


@given(FEATURES, st.randoms(use_true_random=False))
def test_the_order_of_fields_and_values_does_not_matter(features, random):
    morphology = Morphology(StringStore())
    fields = list(features)
    random.shuffle(fields)
    spelt = []
    for field in fields:
        values = features[field].split(",")
        random.shuffle(values)
        spelt.append(f"{field}={','.join(values)}")
    normal = "|".join(f"{field}={','.join(sorted(features[field].split(',')))}" for field in sorted(features)) or "_"
    assert morphology.normalize_features("|".join(spelt)) == normal
    number = morphology.add("|".join(spelt))
    assert number == morphology.add(features) == morphology.strings[normal]
    assert morphology.get(number) == normal


def test_no_features_is_the_symbol_underscore(morphology):
    assert morphology.add("") == morphology.add("_") == morphology.add({}) == 456
    assert morphology.get(456) == Morphology.EMPTY_MORPH == "_"
    assert morphology.get(0) == "" and morphology.get(987654321) == ""


def test_dicts_and_strings_are_turned_into_each_other():
    assert Morphology.feats_to_dict("B=y,x|A=1") == {"B": "x,y", "A": "1"}
    assert Morphology.feats_to_dict("B=y,x", sort_values=False) == {"B": "y,x"}
    assert Morphology.feats_to_dict("_") == Morphology.feats_to_dict("") == {}
    assert Morphology.dict_to_feats({"B": "y,x", "A": "1"}) == "A=1|B=x,y"
    assert Morphology.dict_to_feats({}) == ""


def test_ids_may_stand_for_names_and_for_whole_sets(morphology):
    case, nominative = morphology.strings.add("Case"), morphology.strings.add("Nom")
    number = morphology.add({case: nominative})
    assert morphology.get(number) == "Case=Nom"
    assert morphology.add(number) == number


def test_a_later_value_of_a_field_replaces_an_earlier(morphology):
    assert morphology.normalize_features("A=b|A=c") == "A=c"


@pytest.mark.parametrize("features", ["garbage", "A=b|B", "A=1=2", "|"])
def test_strings_of_another_format_are_refused(morphology, features):
    with pytest.raises(ValueError, match="Case=Nom"):
        morphology.add(features)


def test_no_features_are_the_empty_set(morphology):
    assert morphology.add(None) == morphology.add("") == morphology.add({}) == morphology.add("_")


def test_other_types_are_refused(morphology):
    with pytest.raises(TypeError, match="FEATS string or a dict"):
        morphology.add(["A=b"])


def test_sets_met_in_passing_are_not_kept(morphology):
    number = morphology.intern("Passing=Yes")
    assert morphology.get(number) == "Passing=Yes"
    assert len(morphology.strings) == 0
    morphology.add("Kept=Yes")
    assert list(morphology.strings) == ["Kept=Yes"]


def test_part_of_speech_numbers():
    assert POS_IDS["NOUN"] == 92 and POS_IDS[""] == 0


def test_pickling(morphology):
    number = morphology.add("A=1")
    assert pickle.loads(pickle.dumps(morphology)).get(number) == "A=1"
