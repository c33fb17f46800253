"""The vocabulary and its lexemes: looking up, setting, saving."""

import pickle

import numpy
import pytest

from spacy_lite import attrs
from spacy_lite.errors import FormatError
from spacy_lite.lex_attrs import LEX_ATTRS
from spacy_lite.lexeme import Lexeme
from spacy_lite.lookups import Lookups
from spacy_lite.norms import BASE_NORMS
from spacy_lite.vectors import Vectors
from spacy_lite.vocab import Vocab, create_vocab, pickle_vocab


class Defaults:
    """What a language tells the vocabulary."""

    lex_attr_getters = {attrs.LIKE_NUM: lambda text: text in ("1", "one")}
    stop_words = {"the"}
    writing_system = {"direction": "ltr", "has_case": True, "has_letters": True}
    syntax_iterators = {"noun_chunks": len}


@pytest.fixture
def vocab():
    return create_vocab("en", Defaults)


def test_a_vocabulary_of_a_language_uses_its_defaults(vocab):
    assert vocab.lang == "en" and vocab["word"].lang_ == "en"
    assert vocab["THE"].is_stop and not vocab["word"].is_stop
    assert vocab["one"].like_num and not vocab["2"].like_num
    assert vocab.writing_system["direction"] == "ltr"
    assert vocab.get_noun_chunks is len
    assert vocab.cfg == {"oov_prob": -20.0}


def test_norms_every_language_shares(vocab):
    assert {word: vocab[word].norm_ for word in BASE_NORMS} == BASE_NORMS
    assert BASE_NORMS["’s"] == "'s" and BASE_NORMS["€"] == "$" and BASE_NORMS["…"] == "..."


def test_a_vocabulary_without_language():
    vocab = create_vocab(None, None)
    assert vocab.lang == "" and vocab["Word"].lower_ == "word" and vocab.get_noun_chunks is None


def test_lexemes_by_string_and_by_id(vocab):
    lexeme = vocab["Word"]
    assert lexeme == vocab[vocab.strings["Word"]] == Lexeme(vocab, vocab.strings["Word"])
    assert lexeme != vocab["word"] and hash(lexeme) == lexeme.orth
    assert (lexeme < vocab["word"]) == (lexeme.orth < vocab["word"].orth)
    assert lexeme.vocab is vocab and "Word" in repr(lexeme)
    with pytest.raises(KeyError):
        vocab[123456789]
    with pytest.raises(KeyError):
        Lexeme(vocab, 123456789)


def test_the_empty_string_has_a_lexeme(vocab):
    lexeme = vocab[""]
    assert (lexeme.orth, lexeme.orth_, lexeme.length, lexeme.lower) == (0, "", 0, 0)
    assert len(vocab) == 0


def test_membership_needs_a_lexeme_not_just_a_string(vocab):
    number = vocab.strings.add("string")
    assert "string" not in vocab and number not in vocab
    vocab["string"]
    assert "string" in vocab and number in vocab
    with pytest.raises(TypeError, match="string or the id"):
        vocab.__contains__(1.5)


def test_strings_given_at_the_start_have_lexemes():
    vocab = Vocab(strings=["a", "b"])
    assert [lexeme.text for lexeme in vocab] == ["a", "b"] and len(vocab) == 2


@pytest.mark.parametrize("name", ["lower", "norm", "shape", "prefix", "suffix", "lang"])
def test_string_attributes_can_be_set_by_string_and_id(vocab, name):
    lexeme = vocab["Word"]
    setattr(lexeme, f"{name}_", "other")
    assert getattr(lexeme, f"{name}_") == "other" == vocab.strings[getattr(lexeme, name)]
    setattr(lexeme, name, vocab.strings.add("third"))
    assert getattr(vocab["Word"], f"{name}_") == "third"


@pytest.mark.parametrize(
    "name",
    [
        "is_alpha",
        "is_ascii",
        "is_bracket",
        "is_currency",
        "is_digit",
        "is_left_punct",
        "is_lower",
        "is_punct",
        "is_quote",
        "is_right_punct",
        "is_space",
        "is_stop",
        "is_title",
        "is_upper",
        "like_email",
        "like_num",
        "like_url",
    ],
)
def test_flags_can_be_set(vocab, name):
    number = attrs.IDS[name.upper()]
    for value in (True, False):
        setattr(vocab["Word"], name, value)
        assert getattr(vocab["Word"], name) is value
        assert vocab["Word"].check_flag(number) is value
        assert bool(vocab["Word"].flags >> number & 1) is value


def test_attributes_can_be_set_together(vocab):
    vocab["Word"].set_attrs(norm="w", is_stop=True, LOWER="x", rank=3, prob=-1.0)
    lexeme = vocab["Word"]
    assert (lexeme.norm_, lexeme.is_stop, lexeme.lower_, lexeme.rank) == ("w", True, "x", 3)
    with pytest.raises(ValueError, match=r"`lowr`.*LOWER"):
        lexeme.set_attrs(lowr="x")
    with pytest.raises(ValueError, match="cannot be set"):
        lexeme.set_attrs(tag="NN")


@pytest.mark.parametrize("number", [0, 64, -1])
def test_flags_out_of_range_are_refused(vocab, number):
    with pytest.raises(ValueError, match="1 to 63"):
        vocab["Word"].set_flag(number, True)
    with pytest.raises(ValueError, match="1 to 63"):
        vocab["Word"].check_flag(number)
    with pytest.raises(ValueError, match="1 to 63"):
        vocab.add_flag(str.isalpha, flag_id=number if number != -1 else 99)


def test_a_flag_of_ones_own_holds_for_words_known_and_words_to_come(vocab):
    vocab["madam"], vocab["sir"]
    number = vocab.add_flag(lambda text: text == text[::-1])
    assert number not in (attrs.IS_ALPHA, attrs.IS_STOP)
    assert [vocab[word].check_flag(number) for word in ("madam", "sir", "level", "uneven")] == [True, False, True, False]
    assert vocab.add_flag(str.isupper, flag_id=30) == 30


def test_probabilities_clusters_and_sentiment_are_tables(vocab):
    lexeme = vocab["Word"]
    assert (lexeme.prob, lexeme.cluster, lexeme.sentiment) == (-20.0, 0, 0.0)
    lexeme.prob, lexeme.cluster, lexeme.sentiment = -7.5, 12, 0.25
    assert (vocab["Word"].prob, vocab["Word"].cluster, vocab["Word"].sentiment) == (-7.5, 12, 0.25)
    assert vocab.lookups.get_table("lexeme_prob")["Word"] == -7.5
    assert Vocab(oov_prob=-3.0)["x"].prob == -3.0


def test_a_table_of_norms_takes_part_from_when_it_is_given(vocab):
    known = vocab["cafe"]
    vocab["other"].norm_ = "kept"
    lookups = Lookups()
    lookups.add_table("lexeme_norm", {"cafe": "coffee", "’": "apostrophe"})
    vocab.lookups = lookups
    assert (known.norm_, vocab["’"].norm_, vocab["Cafe"].norm_, vocab["other"].norm_) == (
        "coffee",
        "apostrophe",
        "cafe",
        "kept",
    )
    lookups.get_table("lexeme_norm")["new"] = "added later"
    assert vocab["new"].norm_ == "added later"


def test_memory_zones_are_accepted_and_change_nothing(vocab):
    with vocab.memory_zone():
        lexeme = vocab["zone"]
        assert not vocab.in_memory_zone
    assert lexeme.text == "zone"


# ---- vectors ----


def test_vectors_are_found_by_word_and_set_with_room_made(vocab):
    vocab.reset_vectors(width=2)
    assert vocab.vectors_length == 2 and not vocab.has_vector("cat")
    vocab.set_vector("cat", numpy.asarray([3, 4], dtype="f"))
    assert vocab.has_vector("cat") and vocab.has_vector(vocab.strings["cat"])
    assert vocab.get_vector("cat").tolist() == [3, 4]
    assert vocab.get_vector("dog").tolist() == [0, 0]
    lexeme = vocab["cat"]
    assert (lexeme.vector.tolist(), lexeme.vector_norm, lexeme.has_vector, lexeme.is_oov, lexeme.rank) == (
        [3, 4],
        5.0,
        True,
        False,
        0,
    )
    assert vocab["dog"].is_oov and vocab["dog"].rank == 2**64 - 1
    lexeme.vector = [1, 0]
    assert vocab.get_vector("cat").tolist() == [1, 0]


def test_similarity_is_the_cosine(vocab):
    vocab.reset_vectors(width=2)
    for word, vector in {"a": [1, 0], "b": [1, 1], "c": [0, 2]}.items():
        vocab.set_vector(word, numpy.asarray(vector, dtype="f"))
    assert vocab["a"].similarity(vocab["b"]) == pytest.approx(0.5**0.5)
    assert vocab["a"].similarity(vocab["c"]) == 0.0
    assert vocab["a"].similarity(vocab["a"]) == 1.0
    assert vocab["a"].similarity(vocab["unknown"]) == 0.0


def test_a_vector_without_vectors_is_an_error(vocab):
    with pytest.raises(ValueError, match="no vectors"):
        _ = vocab["word"].vector


def test_ranks_follow_the_vectors(vocab):
    known = vocab["cat"]
    vocab.vectors = Vectors(data=numpy.eye(3, dtype="f"), keys=["dog", "cat"])
    assert (known.rank, vocab["dog"].rank, vocab["new"].rank) == (1, 0, 2**64 - 1)
    assert "dog" in vocab.strings and vocab.vectors.strings is vocab.strings


def test_vectors_may_be_keyed_by_another_attribute(vocab):
    vocab.vectors = Vectors(data=numpy.eye(2, dtype="f"), keys=["cat"], attr="LOWER")
    assert not vocab["CAT"].is_oov and vocab["dog"].is_oov
    assert vocab.has_vector("CAT") and vocab.get_vector("Cat").tolist() == [1, 0]


def test_pruning_keeps_the_most_probable_and_maps_the_rest_to_the_nearest(vocab):
    data = {"a": [1, 0], "b": [0, 1], "c": [0.9, 0.1], "d": [0.1, 5]}
    vocab.vectors = Vectors(data=numpy.asarray(list(data.values()), dtype="f"), keys=list(data))
    vocab["a"].prob, vocab["b"].prob = -1.0, -2.0
    moved = vocab.prune_vectors(2)
    assert {word: target for word, (target, _) in moved.items()} == {"c": "a", "d": "b"}
    assert moved["c"][1] == pytest.approx(0.9 / (0.82**0.5), abs=1e-4)
    assert vocab.vectors.shape == (2, 2) and vocab.vectors.n_keys == 4
    assert vocab.get_vector("d").tolist() == [0, 1] and vocab["d"].rank == vocab["b"].rank
    assert vocab.prune_vectors(2, batch_size=1) != {} or vocab.vectors.shape == (2, 2)


def test_pruning_counts_rows_not_words(vocab):
    data = numpy.asarray([[1, 0], [0, 1], [1, 1], [1, 0.1]], dtype="f")
    vocab.vectors = Vectors(data=data, keys=["a", "b", "c", "d"])
    vocab.vectors.add("A", row=0)
    vocab.lookups.add_table("lexeme_prob", {"a": -1, "A": -2, "b": -3, "c": -4, "d": -5})
    moved = vocab.prune_vectors(3)
    assert vocab.vectors.data.tolist() == [[1, 0], [0, 1], [1, 1]] and vocab.vectors.n_keys == 5
    assert vocab["A"].rank == vocab["a"].rank == vocab["d"].rank == 0
    assert moved == {"d": ("a", pytest.approx(0.995, abs=1e-3))}


def test_deduplicating_shares_rows_of_equal_vectors(vocab):
    vocab.vectors = Vectors(data=numpy.asarray([[1, 0], [0, 1], [1, 0]], dtype="f"), keys=["a", "b", "c"])
    vocab.deduplicate_vectors()
    assert vocab.vectors.shape == (2, 2) and vocab.vectors.n_keys == 3
    assert [vocab.get_vector(word).tolist() for word in "abc"] == [[1, 0], [0, 1], [1, 0]]
    assert vocab["a"].rank == vocab["c"].rank


def test_deduplicating_keeps_the_order_of_the_rows(vocab):
    random = numpy.random.default_rng(0)
    data = random.integers(0, 3, size=(60, 3)).astype("f")
    vocab.vectors = Vectors(data=data, keys=range(1, 61), strings=vocab.strings, attr="NORM", name="n")
    vocab.deduplicate_vectors()
    distinct = list(dict.fromkeys(map(tuple, data.tolist())))
    assert list(map(tuple, vocab.vectors.data.tolist())) == distinct
    assert all(vocab.vectors[key].tolist() == data[key - 1].tolist() for key in range(1, 61))
    assert vocab.vectors.name == "n" and vocab.vectors.attr == attrs.NORM
    before = vocab.vectors
    vocab.deduplicate_vectors()
    assert vocab.vectors.data is before.data


def test_no_word_is_without_a_floret_vector(vocab):
    vocab.vectors = Vectors(data=numpy.ones((5, 2), dtype="f"), mode="floret", maxn=3)
    assert vocab.get_vector("a string nobody has met").tolist() == [1, 1]
    assert not vocab["anything"].is_oov and vocab.has_vector("anything") and vocab["anything"].rank == 2**64 - 1


def test_floret_vectors_are_neither_pruned_nor_deduplicated_nor_set(vocab):
    vocab.vectors = Vectors(data=numpy.ones((5, 2), dtype="f"), mode="floret", maxn=3)
    for change in (vocab.deduplicate_vectors, lambda: vocab.prune_vectors(1), lambda: vocab.set_vector("a", [1, 2])):
        with pytest.raises(ValueError, match="floret|default"):
            change()


# ---- saving ----


@pytest.fixture
def full(vocab):
    vocab["Word"]
    vocab.lookups.add_table("t", {"a": 1})
    vocab.vectors = Vectors(data=numpy.eye(2, dtype="f"), keys=["cat", "dog"])
    return vocab


def check_same(one, two):
    assert set(one.strings) == set(two.strings)
    assert one.vectors == two.vectors
    assert {name: dict(one.lookups.get_table(name)) for name in one.lookups.tables} == {
        name: dict(two.lookups.get_table(name)) for name in two.lookups.tables
    }
    assert one["cat"].rank == two["cat"].rank


def test_bytes_are_read_back(full):
    copy = create_vocab("en", Defaults).from_bytes(full.to_bytes())
    check_same(full, copy)
    assert copy.to_bytes() == full.to_bytes()


def test_a_directory_is_read_back(full, tmp_path):
    full.to_disk(tmp_path / "vocab")
    assert {path.name for path in (tmp_path / "vocab").iterdir()} == {
        "strings.json",
        "vectors",
        "key2row",
        "vectors.cfg",
        "lookups.bin",
    }
    check_same(full, create_vocab("en", Defaults).from_disk(tmp_path / "vocab"))


def test_parts_can_be_left_out(full, tmp_path):
    full.to_disk(tmp_path, exclude=["vectors", "strings"])
    assert [path.name for path in tmp_path.iterdir()] == ["lookups.bin"]
    other = create_vocab("en", Defaults).from_bytes(full.to_bytes(), exclude=["lookups"])
    assert other.lookups.tables == [] and other.vectors.n_keys == 2


def test_damaged_bytes_are_named(full):
    with pytest.raises(FormatError):
        Vocab().from_bytes(full.to_bytes()[:-40])


def test_a_pickled_vocabulary_keeps_its_settings(full):
    full.cfg["mine"] = 1
    again = pickle.loads(pickle.dumps(full))
    check_same(full, again)
    assert again.lang == "en" and again.cfg["mine"] == 1 and again["one"].like_num and again.get_noun_chunks is len
    function, arguments = pickle_vocab(full)
    check_same(full, function(*arguments))


def test_lex_attr_getters_may_be_replaced(vocab):
    vocab.lex_attr_getters = {attrs.LOWER: LEX_ATTRS[attrs.LOWER]}
    lexeme = vocab["New"]
    assert (lexeme.lower_, lexeme.shape_) == ("new", "")
