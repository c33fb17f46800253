"""The tokens of treebanks are found in their raw text."""

import importlib.util

import pytest

import spacy_lite
from tests.conftest import ROOT

SCRIPT = ROOT / "extra" / "scripts" / "token_f1.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("token_f1", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CONLLU = """# text = Don't go to au lait.
1-2\tDon't\t_
1\tDo\t_
2\tn't\t_
3\tgo\t_
4\tto\t_
5-6\tau\t_
5\tà\t_
6\tle\t_
7\tlait\t_
8\t.\t_

"""


def test_multi_word_tokens_count_as_their_words_where_these_spell_them(script, tmp_path):
    path = tmp_path / "a.conllu"
    path.write_text(CONLLU, encoding="utf8")
    assert list(script.read_conllu(path)) == [("Don't go to au lait.", ["Do", "n't", "go", "to", "au", "lait", "."])]
    assert next(script.read_conllu(path, surface=True))[1][:2] == ["Don't", "go"]
    scores = script.token_scores(str.split, path)
    assert (scores["precision"], scores["recall"]) == (3 / 5, 3 / 7)
    assert scores["missed"]["n't"] == 1


@pytest.mark.parametrize(
    ("code", "treebank", "surface", "least"),
    [("en", "ud_english_ewt", False, 0.988), ("fr", "ud_french_sequoia", True, 0.994)],
)
def test_token_f(script, shared_data, code, treebank, surface, least):
    nlp = spacy_lite.blank(code)
    scores = script.token_scores(
        lambda text: [token.text for token in nlp(text)], shared_data / treebank / "dev.conllu", surface
    )
    assert scores["f"] >= least
