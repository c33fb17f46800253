"""What the tokenizer promises, checked against plain definitions and a slow reference."""

import pickle
import random
import re
import threading

import pytest

from spacy_lite.attrs import NORM, ORTH, TAG
from spacy_lite.errors import FormatError
from spacy_lite.tokenization.exceptions import BASE_EXCEPTIONS, URL_PATTERN
from spacy_lite.tokenization.patterns import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from spacy_lite.tokenization.punctuation import TOKENIZER_INFIXES, TOKENIZER_PREFIXES, TOKENIZER_SUFFIXES
from spacy_lite.tokenizer import Tokenizer
from spacy_lite.vocab import Vocab, create_vocab

from .reference import Reference

CONTRACTIONS = {
    "don't": [{ORTH: "do"}, {ORTH: "n't", NORM: "not"}],
    "can't": [{ORTH: "ca", NORM: "can"}, {ORTH: "n't", NORM: "not"}],
    "a.m.": [{ORTH: "a.m."}],
    "U.S.": [{ORTH: "U.S."}],
    "(c)": [{ORTH: "(c)"}],
    "in spite of": [{ORTH: "in spite of"}],
    "of it": [{ORTH: "of it"}],
    "it all": [{ORTH: "it all"}],
    "-.-": [{ORTH: "-.-"}],
}


def words(doc):
    return [token.text for token in doc]


def vocab():
    """A vocabulary with the lexical attributes every language has."""
    return create_vocab("xx", None)


def base_tokenizer(rules=None, **settings):
    functions = {
        "prefix_search": compile_prefix_regex(TOKENIZER_PREFIXES).search,
        "suffix_search": compile_suffix_regex(TOKENIZER_SUFFIXES).search,
        "infix_finditer": compile_infix_regex(TOKENIZER_INFIXES).finditer,
        "url_match": re.compile(URL_PATTERN).match,
    }
    return Tokenizer(
        vocab(), rules={**BASE_EXCEPTIONS, **CONTRACTIONS} if rules is None else rules, **{**functions, **settings}
    )


@pytest.fixture(scope="module")
def tokenizer():
    return base_tokenizer()


def random_text(rng):
    pieces = [
        *CONTRACTIONS,
        ":)",
        "http://a.b/c?d",
        "x@y.org",
        "1,000.50",
        "5km",
        "…",
        "...",
        "it",
        "of",
        "all",
        "in",
        "spite",
        "naïve",
        "Straße.",
        "日本語。",
    ]
    signs = "\"'()[]{}.,;:!?-–—/$€%&*#@+=_~…“”’«»😀🇩🇪\u0301 \t\n\u00a0\u2028abAB01"
    out = []
    for _ in range(rng.randint(0, 8)):
        out.append(rng.choice(pieces) if rng.random() < 0.5 else "".join(rng.choice(signs) for _ in range(rng.randint(1, 6))))
    return rng.choice(["", " ", " ", "  "]).join(out)


# ---- white space and text


@pytest.mark.parametrize("text", ["", " ", "\n", "  a", "a ", "a  ", "a  b", " \n a\tb \u00a0 c", "a\u2028b", "\r\n", "a \n"])
def test_text_is_kept_and_white_space_is_cut_as_in_the_reference(tokenizer, text):
    doc = tokenizer(text)
    assert doc.text == text
    assert [(token.text, bool(token.whitespace_)) for token in doc] == Reference.of(tokenizer)(text)


def test_one_space_belongs_to_the_word_before_it_and_further_ones_are_a_token(tokenizer):
    assert [(token.text, token.whitespace_) for token in tokenizer("a   b")] == [("a", " "), ("  ", ""), ("b", "")]


def test_random_texts_are_cut_as_in_the_reference_and_as_explained(tokenizer):
    rng = random.Random(11)
    reference = Reference.of(tokenizer)
    for _ in range(1500):
        text = random_text(rng)
        doc = tokenizer(text)
        assert doc.text == text
        assert [(token.text, bool(token.whitespace_)) for token in doc] == reference(text), text
        assert [word for _, word in tokenizer.explain(text)] == [word for word in words(doc) if not word.isspace()], text


def test_settings_that_run_in_python_give_what_native_ones_give(tokenizer):
    class Hidden:
        def __init__(self, function):
            self.function = function

        def __call__(self, text):
            return self.function(text)

    names = ("prefix_search", "suffix_search", "infix_finditer", "url_match")
    slow = base_tokenizer(**{name: Hidden(getattr(tokenizer, name)) for name in names})
    rng = random.Random(5)
    for _ in range(400):
        text = random_text(rng)
        assert words(slow(text)) == words(tokenizer(text))


def test_every_unicode_character_survives(tokenizer):
    characters = [chr(code) for code in range(0x3000) if not 0xD800 <= code < 0xE000]
    for start in range(0, len(characters), 64):
        text = "x".join(characters[start : start + 64])
        assert tokenizer(text).text == text


def test_half_a_surrogate_pair_is_refused(tokenizer):
    with pytest.raises(UnicodeEncodeError):
        tokenizer("a \ud800 b")
    assert words(tokenizer("a b")) == ["a", "b"]


@pytest.mark.parametrize("value", [None, 3, b"bytes"])
def test_only_strings_are_texts(tokenizer, value):
    with pytest.raises(TypeError):
        tokenizer(value)


# ---- special cases


def test_special_cases_hold_inside_affixes_and_carry_norms(tokenizer):
    doc = tokenizer('("don\'t")')
    assert words(doc) == ["(", '"', "do", "n't", '"', ")"]
    assert [token.norm_ for token in doc][2:4] == ["do", "not"]


def test_norm_of_a_special_case_is_the_tokens_not_the_words():
    tokenizer = Tokenizer(vocab(), rules={"xyz": [{ORTH: "xy", NORM: "why"}, {ORTH: "z"}]})
    assert [token.norm_ for token in tokenizer("xyz xy")] == ["why", "z", "xy"]


def test_special_cases_with_spaces_and_affixes_are_matched_over_tokens(tokenizer):
    assert words(tokenizer("He went in spite of that.")) == ["He", "went", "in spite of", "that", "."]
    assert words(tokenizer("x(c)")) == ["x(c", ")"]
    assert words(tokenizer("so (c) it")) == ["so", "(c)", "it"]
    assert words(tokenizer("in spite  of")) == ["in", "spite", " ", "of"]


def test_a_longer_match_wins_and_takes_the_words_of_the_ones_it_beats():
    rules = {text: [{ORTH: text}] for text in ("a b c", "c d", "d e")}
    tokenizer = Tokenizer(Vocab(), rules=rules)
    assert words(tokenizer("a b c d e")) == ["a b c", "d", "e"]
    assert words(tokenizer("b c d e")) == ["b", "c d", "e"]


def test_a_special_case_added_later_changes_what_was_cached(tokenizer):
    own = base_tokenizer()
    assert words(own("gimme that")) == ["gimme", "that"]
    own.add_special_case("gimme", [{"ORTH": "gim", "NORM": "give"}, {"ORTH": "me"}])
    assert [token.norm_ for token in own("gimme that")] == ["give", "me", "that"]
    own.add_special_case("gimme", [{ORTH: "gimme"}])
    assert words(own("gimme that")) == ["gimme", "that"]
    own.rules = {}
    assert words(own("don't")) == ["don't"]
    assert own.rules == {}


def test_prefix_that_belongs_to_a_special_case_stays():
    tokenizer = base_tokenizer({"'em": [{ORTH: "'em", NORM: "them"}]})
    assert words(tokenizer("('em)")) == ["(", "'em", ")"]


@pytest.mark.parametrize(
    ("text", "tokens", "message"),
    [
        ("ab", [{ORTH: "a"}, {ORTH: "c"}], "spell"),
        ("ab", [], "spell"),
        ("ab", [{NORM: "ab"}], "ORTH"),
        ("ab", [{ORTH: "ab", TAG: "NN"}], "TAG"),
        ("ab", [{"ORHT": "ab"}], "did you mean `ORTH`"),
        ("", [], "spell"),
    ],
)
def test_wrong_special_cases_are_refused_with_the_reason(text, tokens, message):
    with pytest.raises(ValueError, match=message):
        Tokenizer(Vocab()).add_special_case(text, tokens)


def test_all_special_cases_are_matched_over_tokens_without_the_heuristics():
    rules = {"ab": [{ORTH: "a"}, {ORTH: "b"}]}
    infix = re.compile("-").finditer
    quick = Tokenizer(Vocab(), rules=rules, infix_finditer=infix)
    thorough = Tokenizer(Vocab(), rules=rules, infix_finditer=infix, faster_heuristics=False)
    assert words(quick("x-ab")) == ["x", "-", "ab"]
    assert words(thorough("x-ab")) == ["x", "-", "a", "b"]


# ---- rules


def test_token_match_and_url_match_keep_strings_whole():
    tokenizer = base_tokenizer(token_match=re.compile(r"\(\d+\)$").match)
    assert tokenizer.explain("(12) see (www.x.org).") == [
        ("TOKEN_MATCH", "(12)"), ("TOKEN", "see"), ("PREFIX", "("), ("URL_MATCH", "www.x.org"), ("SUFFIX", ")"),
        ("SUFFIX", "."),
    ]  # fmt: skip


def test_explain_names_every_kind_of_rule(tokenizer):
    explained = tokenizer.explain("(don't well-known)")
    assert explained == [
        ("PREFIX", "("), ("SPECIAL-1", "do"), ("SPECIAL-2", "n't"), ("TOKEN", "well"), ("INFIX", "-"), ("TOKEN", "known"),
        ("SUFFIX", ")"),
    ]  # fmt: skip


def test_changing_a_rule_takes_effect_at_once():
    tokenizer = Tokenizer(Vocab())
    assert words(tokenizer("a-b")) == ["a-b"]
    tokenizer.infix_finditer = re.compile("-").finditer
    assert words(tokenizer("a-b")) == ["a", "-", "b"]
    tokenizer.prefix_search = re.compile("^a").search
    assert words(tokenizer("a-b")) == ["a", "-b"]  # an infix does not begin a word
    tokenizer.suffix_search = re.compile("b$").search
    assert words(tokenizer("a-b")) == ["a", "-", "b"]
    tokenizer.prefix_search = tokenizer.suffix_search = tokenizer.infix_finditer = None
    assert words(tokenizer("a-b")) == ["a-b"]
    assert tokenizer.infix_finditer is None


def test_rules_that_match_nothing_do_not_hang():
    empty = re.compile("").search
    tokenizer = Tokenizer(Vocab(), prefix_search=empty, suffix_search=empty, infix_finditer=re.compile("").finditer)
    assert words(tokenizer("abc de")) == ["a", "b", "c", "d", "e"]


def test_patterns_that_ignore_case_and_patterns_with_other_flags():
    tokenizer = Tokenizer(Vocab(), suffix_search=re.compile("'S$", re.IGNORECASE).search)
    assert words(tokenizer("it's IT'S")) == ["it", "'s", "IT", "'S"]
    tokenizer.suffix_search = re.compile("' s $", re.VERBOSE).search
    assert words(tokenizer("it's IT'S")) == ["it", "'s", "IT'S"]


def test_find_functions(tokenizer):
    assert tokenizer.find_prefix("(a") == 1
    assert tokenizer.find_suffix("a...") == 3
    assert [match.span() for match in tokenizer.find_infix("a-b")] == [(1, 2)]
    bare = Tokenizer(Vocab())
    assert (bare.find_prefix("("), bare.find_suffix(")"), bare.find_infix("a-b")) == (0, 0, [])


def test_a_rule_must_be_callable():
    with pytest.raises(TypeError, match="search"):
        Tokenizer(Vocab(), prefix_search="^a")


def test_an_error_in_a_users_rule_reaches_the_user_and_does_no_harm():
    def failing(text):
        if text == "bad":
            raise RuntimeError("from the rule")

    tokenizer = Tokenizer(Vocab(), token_match=failing)
    with pytest.raises(RuntimeError, match="from the rule"):
        tokenizer("good bad")
    assert words(tokenizer("good good")) == ["good", "good"]


# ---- memory


def test_what_is_remembered_dies_with_its_arena():
    tokenizer = base_tokenizer()
    tokenizer.vocab.arena_budget = 1 << 16
    kept = []
    for i in range(3000):
        text = f"don't (word{i} x{i}y) a.m. in spite of w{i % 7}"
        doc = tokenizer(text)
        assert doc.text == text
        if i % 500 == 0:
            kept.append((text, doc))
    for text, doc in kept:
        assert doc.text == text
        assert [token.norm_ for token in doc][:2] == ["do", "not"]


@pytest.mark.parametrize("size", [0, 1, 5])
def test_the_size_of_the_cache_changes_nothing(size):
    tokenizer, small = base_tokenizer(), base_tokenizer(max_cache_size=size)
    rng = random.Random(2)
    for _ in range(200):
        text = random_text(rng)
        assert words(tokenizer(text)) == words(small(text))
    assert small.max_cache_size == size


def test_threads_share_a_tokenizer():
    tokenizer = base_tokenizer()
    rng = random.Random(9)
    texts = [random_text(rng) for _ in range(300)]
    expected = [words(tokenizer(text)) for text in texts]
    wrong = []

    def work():
        wrong.extend(text for text, tokens in zip(texts, expected, strict=True) if words(tokenizer(text)) != tokens)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_pipe_gives_what_calls_give(tokenizer):
    texts = ["a (b)", "", "don't"]
    assert [words(doc) for doc in tokenizer.pipe(texts)] == [words(tokenizer(text)) for text in texts]


# ---- saving


def test_saved_and_pickled_tokenizers_are_the_same(tokenizer, tmp_path):
    tokenizer.to_disk(tmp_path / "tokenizer", exclude=["vocab"])
    for again in (
        Tokenizer(Vocab()).from_bytes(tokenizer.to_bytes()),
        Tokenizer(Vocab()).from_bytes(tokenizer.to_bytes(exclude=["vocab"])),
        Tokenizer(Vocab()).from_disk(tmp_path / "tokenizer"),
        pickle.loads(pickle.dumps(tokenizer)),
    ):
        assert again.to_bytes(exclude=["vocab"]) == tokenizer.to_bytes(exclude=["vocab"])
        rng = random.Random(4)
        for _ in range(100):
            text = random_text(rng)
            assert words(again(text)) == words(tokenizer(text))


def test_loading_replaces_every_setting(tokenizer):
    plain = Tokenizer(Vocab(), faster_heuristics=False)
    loaded = base_tokenizer().from_bytes(plain.to_bytes(exclude=["vocab"]))
    assert (loaded.rules, loaded.prefix_search, loaded.url_match, loaded.faster_heuristics) == ({}, None, None, False)
    assert words(loaded("(don't)")) == ["(don't)"]


@pytest.mark.parametrize(
    "data", [b"", b"nonsense", b"\x81\xa1", b"\x80", b"\x81\xadprefix_search\x05", b"\x81\xadprefix_search\xa1("]
)
def test_foreign_and_damaged_bytes_are_refused_and_leave_the_tokenizer_as_it_was(data):
    tokenizer = base_tokenizer()
    with pytest.raises(FormatError):
        tokenizer.from_bytes(data)
    assert words(tokenizer("(don't)")) == ["(", "do", "n't", ")"]


def test_rules_without_a_pattern_cannot_be_saved_unless_left_out():
    tokenizer = Tokenizer(Vocab(), token_match=lambda text: None)
    with pytest.raises(ValueError, match="token_match"):
        tokenizer.to_bytes(exclude=["vocab"])
    assert tokenizer.to_bytes(exclude=["vocab", "token_match"])


def test_threads_whose_rules_run_in_python_survive_new_generations():
    def match(text):
        return re.match(r"keep\d+\.$", text)

    tokenizer = base_tokenizer(token_match=match)
    tokenizer.vocab.arena_budget = 1 << 14
    wrong = []

    def work(name):
        for i in range(400):
            text = f"don't keep{i}. (w{name}{i}) in spite of x{i}{name}"
            doc = tokenizer(text)
            if doc.text != text or words(doc)[:5] != ["do", "n't", f"keep{i}.", "(", f"w{name}{i}"]:
                wrong.append(text)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
