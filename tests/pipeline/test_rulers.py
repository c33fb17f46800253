"""The entity ruler, the span ruler and the attribute ruler."""

import pytest

import spacy_lite
from spacy_lite.pipeline import EntityRuler
from spacy_lite.tokens import Doc, Token

PATTERNS = [
    {"label": "GPE", "pattern": [{"LOWER": "san"}, {"LOWER": "francisco"}], "id": "sf"},
    {"label": "ORG", "pattern": "Apple", "id": "apple"},
    {"label": "ORG", "pattern": "San Francisco Giants"},
]


def ruler(factory, patterns=PATTERNS, **config):
    nlp = spacy_lite.blank("en")
    component = nlp.add_pipe(factory, config=config)
    component.add_patterns(patterns)
    return nlp, component


@pytest.mark.parametrize("factory", ["entity_ruler", "future_entity_ruler"])
def test_entities_are_the_longest_matches_that_do_not_overlap(factory):
    nlp, component = ruler(factory)
    doc = nlp("Apple moved to San Francisco. The San Francisco Giants won.")
    found = [(entity.text, entity.label_, entity.ent_id_) for entity in doc.ents]
    assert found == [("Apple", "ORG", "apple"), ("San Francisco", "GPE", "sf"), ("San Francisco Giants", "ORG", "")]
    assert component.labels == ("GPE", "ORG")
    assert len(component) == 3
    assert "GPE" in component


@pytest.mark.parametrize("factory", ["entity_ruler", "future_entity_ruler"])
@pytest.mark.parametrize(("overwrite", "expected"), [(False, ["in San"]), (True, ["San Francisco"])])
def test_entities_that_are_there_are_kept_unless_overwrite(factory, overwrite, expected):
    nlp, component = ruler(factory, overwrite_ents=overwrite)
    doc = Doc(nlp.vocab, words=["in", "San", "Francisco"], ents=["B-X", "I-X", "O"])
    assert [entity.text for entity in component(doc).ents] == expected


def test_of_two_rules_for_the_same_tokens_the_first_wins():
    nlp, _ = ruler("entity_ruler", [{"label": "A", "pattern": "x"}, {"label": "B", "pattern": [{"ORTH": "x"}]}])
    assert [entity.label_ for entity in nlp("x").ents] == ["A"]


def test_entity_patterns_are_removed_by_id():
    nlp, component = ruler("entity_ruler")
    assert component.ent_ids == ("apple", "sf")
    component.remove("apple")
    assert not nlp("Apple").ents
    with pytest.raises(ValueError, match="no pattern with the id"):
        component.remove("apple")


@pytest.mark.parametrize("how", ["disk", "jsonl", "bytes"])
def test_saved_entity_ruler_finds_the_same(tmp_path, how):
    _, component = ruler("entity_ruler", overwrite_ents=True)
    nlp = spacy_lite.blank("en")
    copy = nlp.add_pipe("entity_ruler")
    if how == "bytes":
        copy.from_bytes(component.to_bytes())
    else:
        path = tmp_path / ("rules" if how == "disk" else "rules.jsonl")
        component.to_disk(path)
        copy.from_disk(path)
        if how == "disk":
            assert sorted(file.name for file in path.iterdir()) == ["cfg", "patterns.jsonl"]
    assert copy.patterns == component.patterns
    assert copy.overwrite == (how != "jsonl")
    assert [entity.text for entity in nlp("Apple in San Francisco").ents] == ["Apple", "San Francisco"]


def test_phrases_can_be_compared_by_another_attribute():
    nlp, _ = ruler("entity_ruler", [{"label": "ORG", "pattern": "apple"}], phrase_matcher_attr="LOWER")
    assert [entity.text for entity in nlp("APPLE Apple").ents] == ["APPLE", "Apple"]


@pytest.mark.parametrize("factory", ["entity_ruler", "span_ruler"])
@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        ([{"label": "A"}], "lacks pattern"),
        ([{"pattern": "x"}], "lacks label"),
        ([{"label": "A", "pattern": 3}], "string or a list"),
    ],
)
def test_patterns_that_are_not_complete_are_refused(factory, patterns, message):
    with pytest.raises(ValueError, match=message):
        ruler(factory, patterns)


def test_spans_may_overlap_and_go_to_their_group():
    nlp, component = ruler("span_ruler", spans_key="found")
    doc = nlp("San Francisco Giants")
    assert [(span.text, span.label_, span.id_) for span in doc.spans["found"]] == [
        ("San Francisco", "GPE", "sf"),
        ("San Francisco Giants", "ORG", ""),
    ]
    assert component.key == "found"
    assert component.ids == ("apple", "sf")
    assert not doc.ents


def test_span_ruler_can_set_entities():
    nlp, _ = ruler("span_ruler", annotate_ents=True)
    assert [entity.text for entity in nlp("San Francisco Giants").ents] == ["San Francisco Giants"]


def test_span_ruler_keeps_or_forgets_what_is_there():
    for overwrite, expected in ((True, ["Apple"]), (False, ["x", "Apple"])):
        nlp, component = ruler("span_ruler", overwrite=overwrite)
        doc = nlp.make_doc("x Apple")
        doc.spans["ruler"] = [doc[0:1]]
        assert [span.text for span in component(doc).spans["ruler"]] == expected


def test_span_patterns_are_removed_by_label_and_id(tmp_path):
    nlp, component = ruler("span_ruler")
    component.remove_by_id("sf")
    component.to_disk(tmp_path / "ruler")
    copy = spacy_lite.blank("en").add_pipe("span_ruler").from_disk(tmp_path / "ruler")
    assert copy.patterns == PATTERNS[1:]
    assert nlp.create_pipe("span_ruler").from_bytes(component.to_bytes()).patterns == PATTERNS[1:]
    component.remove("ORG")
    assert component.patterns == []
    for remove in (component.remove, component.remove_by_id):
        with pytest.raises(ValueError, match="no pattern"):
            remove("ORG")


def attribute_ruler():
    nlp = spacy_lite.blank("en")
    return nlp, nlp.add_pipe("attribute_ruler")


def test_attributes_are_set_at_the_index_of_a_match():
    nlp, component = attribute_ruler()
    component.add([[{"ORTH": "a"}, {"ORTH": "b"}]], {"LEMMA": "first", "POS": "NOUN"})
    component.add([[{"ORTH": "a"}, {"ORTH": "b"}]], {"TAG": "XX", "MORPH": "Number=Sing", "DEP": "dep", "NORM": "z"}, index=-1)
    doc = nlp("a b")
    assert [(token.lemma_, token.pos_, token.tag_, str(token.morph), token.norm_) for token in doc] == [
        ("first", "NOUN", "", "", "a"),
        ("", "", "XX", "Number=Sing", "z"),
    ]


def test_a_rule_that_is_refused_leaves_no_trace():
    nlp, component = attribute_ruler()
    with pytest.raises(ValueError, match="cannot set 'NOPE'"):
        component.add([[{"LOWER": "a"}]], {"NOPE": "X"})
    component.add([[{"LOWER": "b"}]], {"TAG": "X"})
    assert [token.tag_ for token in nlp("a b")] == ["", "X"] and len(component.patterns) == 1


def test_later_rules_win():
    nlp, component = attribute_ruler()
    for lemma in ("one", "two"):
        component.add([[{"ORTH": "a"}]], {"LEMMA": lemma})
    assert nlp("a")[0].lemma_ == "two"


def test_sentence_starts_entity_types_and_extensions_are_set_on_tokens():
    Token.set_extension("mark", default=0, force=True)
    nlp, component = attribute_ruler()
    component.add([[{"ORTH": "b"}]], {"SENT_START": True, "_": {"mark": 5}})
    doc = nlp("a b")
    assert doc[1].is_sent_start
    assert doc[1]._.mark == 5


def test_tag_map_and_morph_rules():
    nlp, component = attribute_ruler()
    component.initialize(
        tag_map={"VB": {"POS": "VERB", "VerbForm": "Inf"}},
        morph_rules={"PRP": {"I": {"POS": "PRON", "Case": "Nom", "LEMMA": "i"}}},
    )
    doc = component(Doc(nlp.vocab, words=["I", "go", "me"], tags=["PRP", "VB", "PRP"]))
    assert [(token.pos_, str(token.morph), token.lemma_) for token in doc] == [
        ("PRON", "Case=Nom", "i"),
        ("VERB", "VerbForm=Inf", ""),
        ("", "", ""),
    ]


def test_rules_that_cannot_apply_are_refused():
    nlp, component = attribute_ruler()
    with pytest.raises(ValueError, match="did you mean `LEMMA`"):
        component.add([[{"ORTH": "a"}]], {"LEMA": "x"})
    with pytest.raises(ValueError, match="no part of speech"):
        component.add([[{"ORTH": "a"}]], {"POS": "NUON"})
    component.add([[{"ORTH": "a"}]], {"LEMMA": "x"}, index=2)
    with pytest.raises(ValueError, match="outside the match 'a'"):
        nlp("a")


@pytest.mark.parametrize("how", ["disk", "bytes"])
def test_saved_attribute_ruler_has_the_same_rules(tmp_path, how):
    _, component = attribute_ruler()
    component.add([[{"TAG": "NN"}]], {"POS": "NOUN"}, index=0)
    copy = spacy_lite.blank("en").add_pipe("attribute_ruler")
    if how == "disk":
        component.to_disk(tmp_path / "ruler")
        copy.from_disk(tmp_path / "ruler")
    else:
        copy.from_bytes(component.to_bytes())
    assert copy.patterns == component.patterns == [{"patterns": [[{"TAG": "NN"}]], "attrs": {"POS": "NOUN"}, "index": 0}]


def test_numbers_that_are_no_ids_are_refused_when_a_rule_is_added():
    nlp = spacy_lite.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    for attrs in ({"TAG": -1}, {"POS": 2**64}, {"MORPH": -3}):
        with pytest.raises(ValueError, match="takes a string or the id of one"):
            ruler.add([[{"LOWER": "a"}]], attrs)
    assert ruler.patterns == []


def test_an_entity_id_of_null_is_none():
    nlp = spacy_lite.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PLACE", "pattern": "Berlin", "id": None}])
    (entity,) = nlp("in Berlin").ents
    assert (entity.label_, entity.ent_id_) == ("PLACE", "")
    with pytest.raises(ValueError, match="have to be strings"):
        ruler.add_patterns([{"label": None, "pattern": "Bonn"}])


def test_a_document_on_which_a_ruler_fails_is_left_out_alone():
    nlp = spacy_lite.blank("en")
    ruler = nlp.add_pipe("span_ruler")
    ruler.add_patterns([{"label": "FRUIT", "pattern": "pear"}])
    seen = []
    ruler.set_error_handler(lambda name, component, docs, error: seen.append((name, docs)))
    good = nlp.make_doc("a pear")
    assert list(ruler.pipe([None, good])) == [good]
    assert seen == [("span_ruler", [None])]
    assert [span.label_ for span in good.spans["ruler"]] == ["FRUIT"]


def test_a_subclass_that_is_called_in_its_own_way_is_so_in_a_stream_too():
    class Shouting(EntityRuler):
        def __call__(self, doc):
            doc = super().__call__(doc)
            doc.user_data["ents"] = [ent.text.upper() for ent in doc.ents]
            return doc

    nlp = spacy_lite.blank("en")
    ruler = Shouting(nlp)
    ruler.add_patterns([{"label": "FRUIT", "pattern": "pear"}])
    [doc] = ruler.pipe([nlp.make_doc("a pear")])
    assert doc.user_data["ents"] == ["PEAR"]
