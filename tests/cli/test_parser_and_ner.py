"""Commands around parser and ner: debug data, init config, init labels, debug model."""

import json

import pytest

import spacy_lite
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.util import load_config

from .test_commands import SMALL, invoke

WORDS = ["Mary", "Smith", "lives", "here", ".", "London", "is", "big", "."]
GOOD = {
    "heads": [1, 2, 2, 2, 2, 6, 6, 6, 6],
    "deps": ["compound", "nsubj", "ROOT", "advmod", "punct", "nsubj", "ROOT", "acomp", "punct"],
    "ents": ["B-PERSON", "I-PERSON", "O", "O", "O", "B-GPE", "O", "O", "O"],
}
CROSSING = {**GOOD, "heads": [2, 3, 2, 2, 2, 6, 6, 6, 6]}
CIRCLE = {**GOOD, "heads": [1, 2, 0, 2, 2, 6, 6, 6, 6]}
ACROSS = {**GOOD, "ents": ["O", "O", "O", "O", "B-GPE", "I-GPE", "O", "O", "O"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the config of a parser and an entity recognizer, and a corpus."""
    folder = tmp_path_factory.mktemp("parsing")
    write(folder / "good.spacy", [GOOD] * 5)
    invoke("init", "config", folder / "config.cfg", "--pipeline", "parser,ner")
    return folder


def write(path, annotations, words=WORDS):
    vocab = spacy_lite.blank("en").vocab
    DocBin(docs=[Doc(vocab, words=words, **found) for found in annotations]).to_disk(path)
    return path


def debug(folder, train, *options, ok=True):
    paths = ("--paths.train", train, "--paths.dev", folder / "good.spacy")
    return " ".join(invoke("debug", "data", folder / "config.cfg", *paths, *options, ok=ok).output.split())


def test_labels_are_counted_and_rare_ones_named(folder):
    output = debug(folder, folder / "good.spacy")
    assert "nsubj (10)" in output and "GPE (5)" in output
    assert "labels occur fewer than 50 times" in output
    assert "fewer than 30 times (min_action_freq) and are learned as `dep`: acomp, advmod, compound, nsubj, punct" in output
    enough = debug(folder, folder / "good.spacy", "--components.parser.min_action_freq", 1)
    assert "learned as `dep`" not in enough


def test_crossing_arcs_and_the_labels_they_bring_are_told(folder, tmp_path):
    output = debug(folder, write(tmp_path / "train.spacy", [GOOD, CROSSING, CROSSING]))
    assert "2 Docs have crossing arcs" in output
    assert "by 1 more labels for 2 tokens" in output


def test_heads_in_a_circle_are_an_error(folder, tmp_path):
    train = write(tmp_path / "train.spacy", [GOOD, CIRCLE])
    assert "1 Docs of the training corpus have heads that go in a circle" in debug(folder, train, ok=False)


def test_entities_that_cannot_be_are_told(folder, tmp_path):
    output = debug(folder, write(tmp_path / "train.spacy", [GOOD, ACROSS, ACROSS]))
    assert "2 entities of the training corpus reach across the end of a sentence" in output
    spaces = {"ents": ["B-GPE", "I-GPE", "O"]}
    train = write(tmp_path / "spaces.spacy", [spaces], words=["London", "\n", "is"])
    assert "1 entities of the training corpus begin or end with whitespace" in debug(folder, train, ok=False)
    train = write(tmp_path / "cut.spacy", [{"ents": ["B-GPE", "O"], "spaces": [False, False]}], words=["New", "York"])
    assert "do not begin and end where the tokenizer cuts" in debug(folder, train, ok=False)


def test_missing_annotation_is_an_error(folder, tmp_path):
    output = debug(folder, write(tmp_path / "train.spacy", [{}]), ok=False)
    assert output.count("The training corpus has no such annotation") == 2
    assert "No token of the training corpus says whether it is part of an entity" in output


def test_init_config_shares_one_encoder_or_gives_each_its_own(tmp_path):
    invoke("init", "config", tmp_path / "shared.cfg", "--pipeline", "parser,ner")
    shared = load_config(tmp_path / "shared.cfg")
    assert shared["nlp"]["pipeline"] == ["tok2vec", "parser", "ner"]
    invoke("init", "config", tmp_path / "own.cfg", "--pipeline", "parser,ner", "--independent")
    own = load_config(tmp_path / "own.cfg")
    assert own["nlp"]["pipeline"] == ["parser", "ner"]
    for name in ("parser", "ner"):
        assert shared["components"][name]["model"]["tok2vec"]["@architectures"] == "spacy.Tok2VecListener.v1"
        encoder = own["components"][name]["model"]["tok2vec"]
        assert encoder["@architectures"] == "spacy.Tok2Vec.v2"
        assert encoder["embed"]["width"] == encoder["encode"]["width"] == 96
    nlp = spacy_lite.util.load_model_from_config(own)
    assert not any(nlp.get_pipe(name).model.has_ref("listener") for name in nlp.pipe_names)


def test_labels_of_parser_and_ner_are_saved_and_taken(folder, tmp_path):
    paths = ("--paths.train", folder / "good.spacy", "--paths.dev", folder / "good.spacy")
    invoke("init", "labels", folder / "config.cfg", tmp_path / "labels", *paths, "--components.parser.min_action_freq", 1)
    parser = json.loads((tmp_path / "labels" / "parser.json").read_text())
    assert parser["2"]["nsubj"] == 10 and parser["4"]["ROOT"] == 10
    ner = json.loads((tmp_path / "labels" / "ner.json").read_text())
    assert ner["1"] == {"PERSON": 10, "GPE": 5}
    nlp = spacy_lite.blank("en")
    pipe = nlp.add_pipe("ner")
    reader = {"@readers": "spacy.read_labels.v1", "path": str(tmp_path / "labels" / "ner.json")}
    labels = spacy_lite.registry.resolve({"labels": reader})["labels"]
    pipe.initialize(
        lambda: [spacy_lite.training.Example(Doc(nlp.vocab, words=WORDS), Doc(nlp.vocab, words=WORDS))], labels=labels
    )
    assert pipe.labels == ("GPE", "PERSON")


@pytest.mark.parametrize("name", ["parser", "ner"])
def test_debug_model_shows_the_layers_of_a_parser(folder, name):
    paths = ("--paths.train", folder / "good.spacy", "--paths.dev", folder / "good.spacy")
    output = invoke("debug", "model", folder / "config.cfg", name, "-P1", "-P2", "-P3", "-DIM", "-PAR", *paths, *SMALL).output
    assert "parser_model" in output and "precomputable_affine" in output


def test_evaluate_draws_what_the_pipeline_finds(folder, tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "London"}])
    nlp.to_disk(tmp_path / "rules")
    (tmp_path / "pages").mkdir()
    output = invoke("evaluate", tmp_path / "rules", folder / "good.spacy", "-dp", tmp_path / "pages", "-dl", 2).output
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["entities.html"] and "Drew 2 texts" in output
    page = (tmp_path / "pages" / "entities.html").read_text(encoding="utf8")
    assert page.count("London") == 2 and page.count("GPE") >= 2

    spacy_lite.blank("en").to_disk(tmp_path / "blank")
    (tmp_path / "none").mkdir()
    output = invoke("evaluate", tmp_path / "blank", folder / "good.spacy", "-dp", tmp_path / "none").output
    assert "nothing to draw" in output and not list((tmp_path / "none").iterdir())
