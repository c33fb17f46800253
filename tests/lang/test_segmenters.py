"""Tokenizers that rest on packages of their languages, with stand-ins for these packages."""

import sys
import types

import pytest

import spacy_lite
from spacy_lite.util import registry

NAMES = [
    "spacy.ja.JapaneseTokenizer",
    "spacy.ko.KoreanTokenizer",
    "spacy.KoreanNattoTokenizer.v1",
    "spacy.th.ThaiTokenizer",
    "spacy.vi.VietnameseTokenizer",
]
MODULES = ["sudachipy", "mecab_ko", "natto", "pythainlp.tokenize", "pyvi"]


def tokenizer(name, **settings):
    return registry.tokenizers.get(name)(**settings)(spacy_lite.blank("xx"))


def stand_in(monkeypatch, name, **contents):
    module = types.ModuleType(name)
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize(("name", "module"), list(zip(NAMES, MODULES, strict=True)))
def test_a_missing_package_is_named(monkeypatch, name, module):
    monkeypatch.setitem(sys.modules, module.partition(".")[0], None)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match="pip install"):
        tokenizer(name)


def test_thai_words_and_white_space(monkeypatch):
    stand_in(monkeypatch, "pythainlp")
    stand_in(monkeypatch, "pythainlp.tokenize", word_tokenize=lambda text: ["ab", " ", "c", "  ", "d"])
    doc = tokenizer("spacy.th.ThaiTokenizer")("ab c  d")
    assert [(token.text, token.whitespace_) for token in doc] == [("ab", " "), ("c", " "), (" ", ""), ("d", "")]
    assert doc.text == "ab c  d"
    assert not doc.has_annotation("TAG")


def test_korean_lemmas_come_from_the_expression(monkeypatch):
    class Node:
        def __init__(self, surface, feature):
            self.surface, self.feature = surface, feature

        def is_eos(self):
            return self.surface == ""

    class MeCab:
        def parse(self, text, as_nodes):
            return [Node("ab", "VV,*,T,ab,Inflect,VV,EF,a/VV/*+b/EF/*"), Node("c", "NNG,*,F,c,*,*,*,*"), Node("", "EOS")]

    stand_in(monkeypatch, "natto", MeCab=MeCab)
    doc = tokenizer("spacy.KoreanNattoTokenizer.v1")("ab c")
    assert [(token.text, token.tag_, token.lemma_) for token in doc] == [("ab", "VV", "a+b"), ("c", "NNG", "c")]


def test_japanese_modes(monkeypatch):
    class Morpheme:
        def __init__(self, form):
            self.surface = self.dictionary_form = lambda: form
            self.part_of_speech = lambda: ("名詞", "普通名詞", "*", "*", "*", "*")

    class Dictionary:
        def create(self, mode):
            return types.SimpleNamespace(tokenize=lambda text: [Morpheme(part) for part in (text if mode == 1 else [text])])

    stand_in(monkeypatch, "sudachipy", Dictionary=Dictionary, SplitMode=types.SimpleNamespace(A=1, B=2, C=3))
    assert [token.text for token in tokenizer("spacy.ja.JapaneseTokenizer")("東京")] == ["東", "京"]
    whole = tokenizer("spacy.ja.JapaneseTokenizer", split_mode="C")("東京")
    assert [(token.text, token.tag_) for token in whole] == [("東京", "名詞-普通名詞")]
    with pytest.raises(ValueError, match="split_mode"):
        tokenizer("spacy.ja.JapaneseTokenizer", split_mode="D")


def test_vietnamese_without_a_package():
    doc = tokenizer("spacy.vi.VietnameseTokenizer", use_pyvi=False)("Xin chào, bạn!")
    assert [token.text for token in doc] == ["Xin", "chào", ",", "bạn", "!"]
    assert doc.text == "Xin chào, bạn!"


def test_chinese_is_cut_into_characters_or_by_jieba(monkeypatch, tmp_path):
    nlp = spacy_lite.blank("zh")
    assert [token.text for token in nlp("你好 ab。")] == ["你", "好", "a", "b", "。"]
    stand_in(monkeypatch, "jieba", cut=lambda text, cut_all: ["你好", " ", "ab", "。"])
    words = registry.tokenizers.get("spacy.zh.ChineseTokenizer")(segmenter="jieba")(nlp)
    assert [token.text for token in words("你好 ab。")] == ["你好", "ab", "。"]
    words.to_disk(tmp_path / "tokenizer")
    assert nlp.tokenizer.from_disk(tmp_path / "tokenizer").segmenter == "jieba"
    assert nlp.tokenizer.from_bytes(words.to_bytes())("你好 ab。")[0].text == "你好"
    with pytest.raises(ValueError, match="char, jieba"):
        registry.tokenizers.get("spacy.zh.ChineseTokenizer")(segmenter="best")(nlp)
