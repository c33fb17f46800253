"""Strings and lexemes live exactly as long as something needs them."""

import gc
import resource
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from spacy_lite import attrs
from spacy_lite.lex_attrs import LEX_ATTRS
from spacy_lite.lexeme import Lexeme
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.vocab import Vocab


@pytest.fixture
def vocab():
    return Vocab(lex_attr_getters=LEX_ATTRS)


def meet(vocab, word):
    """What a text does: the word is interned, its lexeme is made, both transient."""
    return Lexeme(vocab, vocab.strings.intern(word))


def roll(vocab):
    """Begin a new arena (an empty one is never over budget)."""
    vocab.strings.intern("filler")
    vocab.arena_budget = 0
    vocab.maybe_roll()


def test_a_new_arena_starts_only_over_budget(vocab):
    meet(vocab, "first")
    before = vocab.hold()
    vocab.maybe_roll()
    assert vocab.hold() is before
    roll(vocab)
    assert vocab.hold() is not before


def test_a_string_dies_after_two_generations_when_nobody_holds_its_arena(vocab):
    number = vocab.strings.intern("passing")
    roll(vocab)
    assert vocab.strings[number] == "passing"
    roll(vocab)
    gc.collect()
    assert number not in vocab.strings
    with pytest.raises(KeyError, match="strings.add"):
        vocab.strings[number]


def test_a_string_lives_while_its_arena_is_held(vocab):
    number = vocab.strings.intern("held")
    arena = vocab.hold()
    for _ in range(5):
        roll(vocab)
    assert vocab.strings[number] == "held"
    del arena
    gc.collect()
    assert number not in vocab.strings


def test_a_lexeme_keeps_its_own_memory(vocab):
    lexeme = meet(vocab, "Kept")
    for _ in range(5):
        roll(vocab)
    gc.collect()
    assert (lexeme.orth_, lexeme.lower_, lexeme.shape_) == ("Kept", "kept", "Xxxx")


def test_a_word_met_again_moves_to_the_current_arena_with_all_its_strings(vocab):
    meet(vocab, "Wandering")
    roll(vocab)
    again = meet(vocab, "Wandering")
    arena = vocab.hold()
    roll(vocab)
    roll(vocab)
    gc.collect()
    assert (again.lower_, again.norm_, again.shape_, again.prefix_, again.suffix_) == (
        "wandering", "wandering", "Xxxxx", "W", "ing",
    )  # fmt: skip
    assert len(arena) == 6  # with the filler


def test_an_id_that_a_living_arena_knows_makes_a_lexeme(vocab):
    number = vocab.strings.intern("Old")
    arena = vocab.hold()
    for _ in range(4):
        roll(vocab)
    assert Lexeme(vocab, number).lower_ == "old"
    assert len(arena) == 2


def test_what_the_vocabulary_is_asked_for_is_permanent(vocab):
    meet(vocab, "Asked")
    vocab["Asked"]
    added = vocab.strings.add("added")
    for _ in range(4):
        roll(vocab)
    gc.collect()
    assert "Asked" in vocab and vocab["Asked"].lower_ == "asked"
    assert vocab.strings[added] == "added"
    assert list(vocab.strings) == ["Asked", "asked", "Xxxxx", "A", "ked", "added"]


def test_setting_an_attribute_is_seen_by_every_copy_and_lasts(vocab):
    old = meet(vocab, "colour")
    roll(vocab)
    new = meet(vocab, "colour")
    new.norm_ = "color"
    new.is_stop = True
    assert (old.norm_, old.is_stop) == ("color", True)
    for _ in range(3):
        roll(vocab)
    del old, new
    gc.collect()
    assert meet(vocab, "colour").norm_ == "color"


def test_lexemes_are_counted_and_listed_once(vocab):
    vocab["permanent"]
    meet(vocab, "passing")
    meet(vocab, "permanent")
    roll(vocab)
    meet(vocab, "passing")
    assert len(vocab) == vocab.length == 2
    assert [lexeme.orth_ for lexeme in vocab] == ["permanent", "passing"]
    assert "passing" in vocab and "absent" not in vocab and vocab.strings["passing"] in vocab


def test_memory_stays_flat_over_a_million_distinct_words(vocab):
    vocab.arena_budget = 1 << 20

    def read(start, count):
        for number in range(start, start + count):
            if number % 1000 == 0:
                vocab.maybe_roll()
            meet(vocab, f"word{number}")

    read(0, 200_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read(200_000, 800_000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 4_000  # kB; the strings alone would be over 20,000
    assert sum(arena.nbytes for arena in vocab.strings.transient_arenas()) < 4 << 20


def test_threads_that_tokenize_and_begin_arenas_get_whole_lexemes():
    def slow_shape(word):
        time.sleep(0)  # lets another thread in, in the middle of making a lexeme
        return f"<{word}>"

    vocab = Vocab(lex_attr_getters={**LEX_ATTRS, attrs.SHAPE: slow_shape})
    vocab.arena_budget = 1 << 14

    def read(start):
        for i in range(start, start + 3000):
            doc = Doc(vocab, words=[f"Word{(i * 7 + k) % 5000}" for k in range(5)])
            for token in doc:
                assert token.shape_ == f"<{token.text}>" and token.lower_ == token.text.lower()

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(read, start) for start in range(0, 400, 100)]:
            future.result()


def test_docs_made_of_words_and_read_from_files_leave_memory_flat(vocab):
    vocab.arena_budget = 1 << 16
    for start in range(0, 40_000, 50):
        doc = Doc(vocab, words=[f"word{i}" for i in range(start, start + 50)])
        if start % 1000 == 0:
            [doc] = DocBin().from_bytes(DocBin(docs=[doc]).to_bytes()).get_docs(vocab)
            doc = Doc(vocab).from_bytes(doc.to_bytes())
        assert doc[49].lower_ == f"word{start + 49}"
    assert sum(arena.nbytes for arena in vocab.strings.transient_arenas()) < 1 << 20


def test_looking_at_a_word_of_a_text_does_not_keep_it(vocab):
    doc = Doc(vocab, words=["Passing"])
    lexeme = doc[0].lex
    assert (lexeme.text, lexeme.lower_, doc[0].prob) == ("Passing", "passing", -20.0)
    assert list(vocab.strings) == []
    lexeme.norm_ = "kept"
    assert doc[0].norm_ == "kept" and "Passing" in list(vocab.strings)
