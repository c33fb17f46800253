"""Entity linking from the command line: config, checks of the data, training, scores, files that give the same."""

import random

import numpy
import pytest

import spacy_lite
from spacy_lite.kb import InMemoryLookupKB
from spacy_lite.language.loading import load_config
from spacy_lite.tokens import Doc, DocBin, Span

from .test_commands import SMALL, invoke

SONG, RIVER = ["song", "stage", "voice", "concert"], ["river", "bridge", "street", "harbour"]


def make_docs(vocab, count, seed):
    generator = random.Random(seed)
    for number in range(count):
        words, kb_id = (SONG, "Q_singer") if number % 2 else (RIVER, "Q_city")
        tokens = ["The", generator.choice(words), "of", "Paris", "and", "the", generator.choice(words), "."]
        doc = Doc(vocab, words=tokens, sent_starts=[i == 0 for i in range(len(tokens))])
        doc.ents = [Span(doc, 3, 4, label="NAME", kb_id=kb_id)]
        yield doc


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with corpora, a knowledge base and config.cfg."""
    folder = tmp_path_factory.mktemp("linking")
    vocab = spacy_lite.blank("en").vocab
    for seed, (part, count) in enumerate((("train", 80), ("dev", 20))):
        DocBin(docs=make_docs(vocab, count, seed)).to_disk(folder / f"{part}.spacy")
    kb = InMemoryLookupKB(vocab, 8)
    kb.set_entities(["Q_singer", "Q_city"], [1, 1], numpy.eye(2, 8).tolist())
    kb.add_alias("Paris", ["Q_singer", "Q_city"], [0.5, 0.5])
    kb.to_disk(folder / "kb")
    invoke("init", "config", folder / "config.cfg", "--pipeline", "entity_linker")
    config = load_config(folder / "config.cfg")
    config["nlp"]["pipeline"] = ["sentencizer", "entity_ruler", "tok2vec", "entity_linker"]
    config["components"]["sentencizer"] = {"factory": "sentencizer"}
    config["components"]["entity_ruler"] = {"factory": "entity_ruler"}
    config["components"]["entity_linker"]["entity_vector_length"] = 8
    config["training"]["annotating_components"] = ["sentencizer"]
    config["initialize"]["components"]["entity_linker"] = {
        "kb_loader": {"@misc": "spacy.KBFromFile.v1", "kb_path": str(folder / "kb")}
    }
    ruler = {"@readers": "srsly.read_jsonl.v1", "path": str(folder / "patterns.jsonl")}
    config["initialize"]["components"]["entity_ruler"] = {"patterns": ruler}
    (folder / "patterns.jsonl").write_text('{"label": "NAME", "pattern": "Paris"}\n')
    config.to_disk(folder / "config.cfg")
    return folder


def corpora(folder):
    return ("--paths.train", folder / "train.spacy", "--paths.dev", folder / "dev.spacy")


def test_from_a_config_to_a_pipeline_that_gives_the_same_when_loaded(folder, tmp_path):
    words = ("--training.max_steps", 60, "--training.eval_frequency", 30)
    output = invoke("train", folder / "config.cfg", "--output", tmp_path / "out", *corpora(folder), *words, *SMALL).output
    assert "NEL_MICRO_F" in output.upper() or "LINK" in output.upper()
    nlp = spacy_lite.load(tmp_path / "out" / "model-best")
    texts = ["The song of Paris and the stage .", "The bridge of Paris and the street ."]
    linked = [[(entity.text, entity.kb_id_) for entity in doc.ents] for doc in nlp.pipe(texts)]
    assert linked == [[("Paris", "Q_singer")], [("Paris", "Q_city")]]
    assert linked == [[(e.text, e.kb_id_) for e in doc.ents] for doc in nlp.pipe(texts, n_threads=2)]
    assert "LINK F" in invoke("evaluate", tmp_path / "out" / "model-best", folder / "dev.spacy").output


def test_debug_data_compares_ids_with_the_knowledge_base(folder, tmp_path):
    output = invoke("debug", "data", folder / "config.cfg", *corpora(folder)).output
    assert "2 entities in the knowledge base, with vectors of 8 numbers" in output
    assert "training: 80 entities with an id, 100.0% of them have several candidates" in output
    assert "training: every id is a candidate for its entity" in output
    kb = InMemoryLookupKB(spacy_lite.blank("en").vocab, 8)
    kb.set_entities(["Q_singer"], [1], [[1.0] * 8])
    kb.to_disk(tmp_path / "kb")
    override = ("--initialize.components.entity_linker.kb_loader.kb_path", tmp_path / "kb")
    output = " ".join(invoke("debug", "data", folder / "config.cfg", *corpora(folder), *override).output.split())
    assert "40 entities (50.0%) have ids that the knowledge base does not have: Q_city" in output
    assert "40 entities (50.0%) are never linked, because their id is no candidate for their text: Paris (Q_singer)" in output


def test_debug_data_without_a_knowledge_base_or_ids_is_an_error(folder, tmp_path):
    config = load_config(folder / "config.cfg")
    del config["initialize"]["components"]["entity_linker"]
    config.to_disk(tmp_path / "config.cfg")
    result = invoke("debug", "data", tmp_path / "config.cfg", *corpora(folder), ok=False)
    assert result.exit_code == 1 and "kb_loader" in result.output + result.stderr
    discard = ("--components.entity_linker.labels_discard", '["NAME"]')
    result = invoke("debug", "data", folder / "config.cfg", *corpora(folder), *discard, ok=False)
    assert result.exit_code == 1 and "nothing to learn" in result.output + result.stderr
