"""Tokenizers saved by spaCy 3.8 give the tokens spaCy gives, and are saved to the same bytes again."""

import json

import pytest

from spacy_lite.tokenizer import Tokenizer
from spacy_lite.vocab import Vocab, create_vocab

PIPELINES = [
    "blank_es", "blank_fi", "blank_hu", "blank_it", "blank_nl", "blank_pl", "blank_pt", "blank_ru", "blank_tr",
    "de_nonproj", "en_rulers", "en_tok_blank", "en_tok_custom", "xx_ner",
]  # fmt: skip
SAVED = ["tok_en", "tok_en.bin", "tok_it", "tok_it.bin", "tok_nl", "tok_nl.bin"]


@pytest.mark.parametrize("name", PIPELINES)
def test_tokens_of_a_saved_pipeline(shared_data, name):
    folder = shared_data / "spacy38_pipelines" / name
    tokenizer = Tokenizer(Vocab())
    data = (folder / "pipeline" / "tokenizer").read_bytes()
    tokenizer.from_bytes(data)
    for line in (folder / "expected.jsonl").read_text(encoding="utf8").splitlines():
        expected = json.loads(line)
        doc = tokenizer(expected["text"])
        assert [token.text for token in doc] == expected["tokens"]["text"]
        assert [token.whitespace_ for token in doc] == expected["tokens"]["whitespace_"]
    assert tokenizer.to_bytes(exclude=["vocab"]) == data


@pytest.mark.parametrize("name", SAVED)
def test_tokens_norms_and_explanations_of_a_saved_tokenizer(shared_data, name):
    folder = shared_data / "spacy38_pipelines" / "data_kb_tok"
    expected = json.loads((folder / f"{name}.expected.json").read_text(encoding="utf8"))
    items = {item["file"]: item for item in json.loads((folder / "data.json").read_text(encoding="utf8"))}
    texts = items[name]["texts"]
    tokenizer = Tokenizer(create_vocab(items[name]["lang"], None))
    tokenizer.from_bytes((folder / name).read_bytes(), exclude=["vocab"])
    assert len(tokenizer.rules) == expected["n_rules"]
    assert [[f"{t.text}|{t.whitespace_}|{t.norm_}" for t in tokenizer(text)] for text in texts] == expected["docs"]
    assert [[list(row) for row in tokenizer.explain(text)] for text in texts[:10]] == expected["explain"]
