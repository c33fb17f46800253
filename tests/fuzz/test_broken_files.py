"""Some broken files of every kind, the same ones each time: each is read, or refused with one clear error.

`extra/fuzz/run.py` does this with thousands, in processes with a limit of memory and time.
"""

import importlib
import sys

import pytest

import spacy_lite
from spacy_lite.errors import FormatError
from spacy_lite.lookups import Lookups
from tests.conftest import ROOT

# Of values by themselves, which are read in no time, and of pipelines, which are loaded for each.
CASES = {False: 20, True: 4}
KINDS = (
    "docbin",
    "doc",
    "doc json",
    "span group",
    "span groups",
    "strings",
    "lookups",
    "table",
    "vectors",
    "vocab",
    "kb",
    "pipeline bytes",
    "tagger/model",
    "morphologizer/cfg",
    "ner/cfg",
    "ner/moves",
    "parser/model",
    "trainable_lemmatizer/trees",
    "textcat/model",
    "tokenizer",
    "few/config.cfg",
    "few/meta.json",
    "entity_linker/kb/contents",
    "lemmatizer/lookups/lookups.bin",
    "span_ruler/patterns",
    "spancat/cfg",
    "vocab/vectors",
)


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory):
    sys.path.insert(0, str(ROOT / "extra" / "fuzz"))
    try:
        run = importlib.import_module("run")
        targets = importlib.import_module("targets")
        made = {target.name: target for target in targets.make_targets(tmp_path_factory.mktemp("fuzz"))}
    finally:
        sys.path.remove(str(ROOT / "extra" / "fuzz"))
    yield run, targets, made
    for name in ("run", "targets", "target", "pipeline_files", "transformer_files", "mutations"):
        sys.modules.pop(name, None)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_file_is_read_or_refused_with_a_clear_error(fuzz, kind):
    run, targets, made = fuzz
    others = [target.data for target in made.values()]
    said = {
        number: run.verdict(made[kind], data)
        for number, data in targets.cases(made[kind], others, 0, CASES["/" in kind or kind == "pipeline bytes"], seed=1)
    }
    assert {number: verdict for number, verdict in said.items() if verdict not in ("read", "refused")} == {}


@pytest.mark.filterwarnings("ignore")
def test_the_good_files_are_read(fuzz):
    run, _, made = fuzz
    said = {name: run.verdict(target, target.data) for name, target in made.items()}
    assert set(said.values()) == {"read"}, said


def test_settings_that_make_no_sense_are_refused(tmp_path):
    nlp = spacy_lite.blank("en")
    sentencizer = nlp.add_pipe("sentencizer")
    (tmp_path / "sentencizer.json").write_text('{"punct_chars": ["\\ude43"]}')
    with pytest.raises(FormatError, match="punct_chars"):
        sentencizer.from_disk(tmp_path / "sentencizer.json")
    lookups = Lookups()
    lookups.add_table("lexeme_norm", {"word": None})
    with pytest.raises(ValueError, match="should have a string for each word"):
        nlp.vocab.lookups = lookups
    with pytest.raises(ValueError, match="looked up by a lexical attribute"):
        nlp.vocab.vectors.attr = 2**40
