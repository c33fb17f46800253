"""The lemmatizer by tables: modes, tables, languages."""

import pytest

import spacy_lite
from spacy_lite.lookups import Lookups
from spacy_lite.pipeline.lemmatizer import lemma_candidates
from spacy_lite.tokens import Doc


def lookups_of(**tables):
    lookups = Lookups()
    for name, table in tables.items():
        lookups.add_table(name, table)
    return lookups


RULES = lookups_of(
    lemma_rules={"noun": [["s", ""], ["ies", "y"]], "verb": [["ing", ""], ["ing", "e"], ["ed", ""]]},
    lemma_index={"noun": ["fly", "dog", "fl"], "verb": ["make"]},
    lemma_exc={"noun": {"mice": ["mouse"]}, "verb": {"made": ["make"]}},
)


def lemmatized(words, pos, lookups, lang="en", mode="rule", **annotation):
    nlp = spacy_lite.blank(lang)
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": mode})
    lemmatizer.initialize(lookups=lookups)
    doc = lemmatizer(Doc(nlp.vocab, words=words, pos=pos, **annotation))
    return [token.lemma_ for token in doc]


def test_lookup_gives_the_lemma_of_the_form_or_the_form():
    lookups = lookups_of(lemma_lookup={"saw": "see", "ships": "ship"})
    assert lemmatized(["saw", "Saw", "ships"], None, lookups, mode="lookup") == ["see", "Saw", "ship"]


def test_rules_need_a_known_result_and_exceptions_come_first():
    words = ["flies", "mice", "dogs", "making", "Made", "Paris", "running"]
    pos = ["NOUN", "NOUN", "NOUN", "VERB", "VERB", "PROPN", "VERB"]
    assert lemmatized(words, pos, RULES) == ["fly", "mouse", "dog", "make", "make", "Paris", "runn"]


def test_english_base_forms_stay():
    words, pos = ["dogs", "dogs", "making", "making"], ["NOUN", "NOUN", "VERB", "VERB"]
    morphs = ["Number=Sing", "Number=Plur", "VerbForm=Inf", "VerbForm=Ger"]
    assert lemmatized(words, pos, RULES, morphs=morphs) == ["dogs", "dog", "making", "make"]


def test_candidates_prefer_known_lemmas_then_unknown_ones_then_the_form():
    rules = [["s", ""], ["es", "e"], ["s", "-s"]]
    assert lemma_candidates("Xes", {"xe"}, {}, rules) == ["xe", "xe-s"]
    assert lemma_candidates("Xes", set(), {}, rules[:2]) == ["xe", "xe"]
    assert lemma_candidates("Xq", set(), {}, rules) == ["Xq"]
    assert lemma_candidates("s", set(), {}, [["s", ""]]) == ["s"]
    assert lemma_candidates("Xes", {"xe"}, {"xes": ["irregular"]}, rules)[0] == "irregular"


def test_missing_parts_of_speech_are_warned_of():
    with pytest.warns(UserWarning, match="parts of speech"):
        assert lemmatized(["Dogs"], None, RULES) == ["dogs"]


def test_missing_tables_are_named():
    nlp = spacy_lite.blank("en")
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    with pytest.raises(ValueError, match="lemma_lookup"):
        lemmatizer(Doc(nlp.vocab, words=["a"]))
    with pytest.raises(ValueError, match="lemma_lookup"):
        lemmatizer.initialize(lookups=Lookups())


def test_an_unknown_mode_names_those_there_are():
    with pytest.raises(ValueError, match="lookup, rule"):
        spacy_lite.blank("en").add_pipe("lemmatizer", config={"mode": "guess"})


def test_lemmas_that_are_there_are_kept_unless_overwrite():
    lookups = lookups_of(lemma_lookup={"a": "x"})
    for overwrite, expected in ((False, "kept"), (True, "x")):
        nlp = spacy_lite.blank("en")
        lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "lookup", "overwrite": overwrite})
        lemmatizer.initialize(lookups=lookups)
        assert lemmatizer(Doc(nlp.vocab, words=["a"], lemmas=["kept"]))[0].lemma_ == expected


@pytest.mark.parametrize("how", ["disk", "bytes"])
def test_saved_tables_come_back(tmp_path, how):
    nlp = spacy_lite.blank("en")
    lemmatizer = nlp.add_pipe("lemmatizer")
    lemmatizer.initialize(lookups=RULES)
    copy = spacy_lite.blank("en").add_pipe("lemmatizer")
    if how == "disk":
        lemmatizer.to_disk(tmp_path)
        copy.from_disk(tmp_path)
    else:
        copy.from_bytes(lemmatizer.to_bytes())
    assert copy.lookups.tables == lemmatizer.lookups.tables
    assert copy(Doc(copy.vocab, words=["mice"], pos=["NOUN"]))[0].lemma_ == "mouse"


@pytest.mark.parametrize(
    ("lang", "mode", "tables", "words", "pos", "expected"),
    [
        (
            "fr",
            "rule",
            {
                "lemma_rules": {"verb": [["ait", "er"]]},
                "lemma_index": {"verb": ["parler"]},
                "lemma_exc": {"verb": {"est": ["être"]}},
                "lemma_lookup": {"chevaux": "cheval"},
            },
            ["Parlait", "Est", "parler", "Chevaux", "zut"],
            ["VERB", "VERB", "VERB", "DET", "X"],
            ["parler", "être", "parler", "cheval", "zut"],
        ),
        (
            "nl",
            "rule",
            {
                "lemma_rules": {"noun": [["en", ""], ["s", ""]]},
                "lemma_index": {"noun": ["boek"]},
                "lemma_exc": {"noun": {"kinderen": ["kind"]}},
                "lemma_lookup": {"huizen": "huis"},
            },
            ["Boeken", "Kinderen", "huizen", "tafels", "Jan"],
            ["NOUN", "NOUN", "NOUN", "NOUN", "PROPN"],
            ["boek", "kind", "huis", "tafel", "jan"],
        ),
        (
            "es",
            "rule",
            {
                "lemma_rules": {
                    "noun_plur": [["ces", "z"], ["es", ""], ["s", ""]],
                    "verb_pres": [["o", "ar"]],
                    "det": [["las", "el"]],
                    "det_and_pron_general": [["as", "o"], ["s", ""]],
                    "voc_alt_2": [["ue", "o"]],
                    "accents": [["é", "e"]],
                    "pron": [["me", "yo"]],
                },
                "lemma_rules_groups": {
                    "noun": [["noun_plur", ["Number=Plur"]]],
                    "verb": [["verb_pres", ["Number=Sing", "Person=1"]]],
                },
                "lemma_index": {"noun": ["luz"], "verb": ["contar"], "det": ["poco"]},
                "lemma_exc": {"adj": {"primer": ["primero"]}, "pron": {"lo": ["él"]}},
            },
            ["Luces", "luces", "Cuento", "decírmelo", "Primer", "pocas", "Madrid"],
            ["NOUN", "NOUN", "VERB", "VERB", "ADJ", "DET", "PROPN"],
            ["luz", "luces", "contar", "decír yo él", "primero", "poco", "Madrid"],
        ),
        (
            "it",
            "pos_lookup",
            {
                **{f"lemma_lookup_{name}": {} for name in ("num", "det", "adp", "adj", "pron", "aux", "adv", "other")},
                "lemma_lookup_noun": {"case": "casa", "Roma": "Roma"},
                "lemma_lookup_verb": {"vado": "andare"},
                "lemma_lookup": {"case": "cassare", "piano": "pianare"},
            },
            ["Case", "vado", "la", "la", "Roma", "piano", "piano"],
            ["NOUN", "VERB", "DET", "PRON", "PROPN", "ADV", "NOUN"],
            ["casa", "andare", "il", "lo", "Roma", "pianare", "piano"],
        ),
    ],
)
def test_languages_with_rules_of_their_own(lang, mode, tables, words, pos, expected):
    morphs = {"es": ["Number=Plur", "", "Number=Sing|Person=1", "PronType=Prs|VerbForm=Inf", "", "", ""]}.get(lang)
    assert lemmatized(words, pos, lookups_of(**tables), lang=lang, mode=mode, morphs=morphs) == expected
