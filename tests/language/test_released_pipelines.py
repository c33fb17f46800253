"""Pipelines that spaCy 3.8 saved: their configs, meta data and component lists are read as spaCy reads them."""

import json

import pytest

from spacy_lite import load
from spacy_lite.config.config import Config

NAMES = [
    "blank_es",
    "blank_zh",
    "de_morph_char",
    "en_disabled",
    "en_enable",
    "en_sentencizer",
    "en_vec_floret_whole",
    "fr_morph_lemma",
    "nl_lemma_rule",
]


@pytest.fixture(params=NAMES)
def folder(request, shared_data):
    return shared_data / "spacy38_pipelines" / request.param


def test_components_labels_and_vectors_are_those_spacy_finds(folder):
    expected = json.loads((folder / "expected_nlp.json").read_text(encoding="utf8"))
    nlp = load(folder / "pipeline", **json.loads((folder / "zoo.json").read_text(encoding="utf8"))["load"])
    assert nlp.lang == expected["lang"]
    for key in ("pipe_names", "component_names", "disabled"):
        assert list(getattr(nlp, key)) == expected[key]
    assert nlp.pipe_labels == expected["pipe_labels"]


def test_a_saved_config_is_read_and_written_without_loss(folder):
    config = Config().from_disk(folder / "pipeline" / "config.cfg", interpolate=False)
    assert Config().from_str(config.to_str(interpolate=False), interpolate=False) == config
    nlp = load(folder / "pipeline")
    written = {key: value for key, value in nlp.config.items() if key != "components"}
    assert {key: value for key, value in config.items() if key != "components"} == {
        **written,
        "nlp": {**written["nlp"], "disabled": config["nlp"]["disabled"]},
        "training": {**written["training"], "score_weights": config["training"]["score_weights"]},
    }


def test_one_two_and_many_texts_at_a_time_are_annotated_alike(folder):
    nlp = load(folder / "pipeline")
    texts = [json.loads(line)["text"] for line in (folder / "texts.jsonl").read_text(encoding="utf8").splitlines()]

    def dump(docs):
        return [[(t.text, t.tag_, t.pos_, t.lemma_, str(t.morph), t.is_sent_start) for t in doc] for doc in docs]

    alone = dump(nlp(text) for text in texts)
    assert dump(nlp.pipe(texts, batch_size=3)) == alone
    assert dump(nlp.pipe(texts, n_threads=2, batch_size=5)) == alone
