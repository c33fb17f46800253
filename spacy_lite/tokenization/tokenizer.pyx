"""The tokenizer: text -> Doc, by white space, affix rules and special cases."""
from pathlib import Path

from libc.stdint cimport uint64_t
from libcpp.vector cimport vector

from ..tokens.doc cimport Doc
from ..tokens.store cimport COLUMN_NORM, COLUMN_SENT_START, TokenStore
from ..vocab cimport Vocab
from .affix cimport Rule
from .cutter cimport Cutter, Workspace
from .specials cimport SPECIAL, Piece, SpecialCases

from ..errors import FormatError
from .saving import read_settings, settings_to_bytes, write_settings
from .scoring import score_tokenization

cdef int LONGEST_TEXT = 1 << 30
cdef tuple KIND_NAMES = ("TOKEN", "PREFIX", "SUFFIX", "INFIX", "TOKEN_MATCH", "URL_MATCH", "SPECIAL")


cdef class Tokenizer(Cutter):
    """Cuts text into tokens and makes a Doc of them; the Doc's text is always the text it was given.

    A text is cut at white space. From each chunk prefixes and suffixes are taken off by turns until a special case, a token
    match or nothing more is found; what is left becomes one token if `token_match` or `url_match` says so, else it is cut at
    infixes. Special cases that affix rules would take apart are then matched over the tokens, longest first.

    vocab (Vocab): where words are looked up. rules: special cases, text -> list of {ORTH: …, NORM: …}.
    prefix_search, suffix_search: functions like `re.compile(...).search`. infix_finditer: like `re.compile(...).finditer`.
    token_match, url_match: like `re.compile(...).match`. Methods of patterns run natively; any other function is called.
    faster_heuristics (bool): match only those special cases over tokens that contain an affix or a space.
    max_cache_size (int): how many chunks to remember; the memory is emptied when it is full.
    """

    def __init__(
        self, Vocab vocab not None, rules=None, prefix_search=None, suffix_search=None, infix_finditer=None, token_match=None,
        url_match=None, faster_heuristics=True, max_cache_size=10000,
    ):
        self.vocab = vocab
        self.prefix_rule = rule_of(prefix_search, "search")
        self.suffix_rule = rule_of(suffix_search, "search")
        self.infix_rule = rule_of(infix_finditer, "finditer")
        self.token_rule = rule_of(token_match, "match")
        self.url_rule = rule_of(url_match, "match")
        self.faster = faster_heuristics
        self.cache_limit = max_cache_size
        if rules:
            self.add_special_cases(rules)

    def __reduce__(self):
        settings = {name: getattr(self, name) for name in SETTINGS}
        return unpickle_tokenizer, (type(self), self.vocab, self.rules, settings)

    # ---- settings ----

    @property
    def prefix_search(self):
        """Function that finds the prefix of a string, or None."""
        return function_of(self.prefix_rule)

    @prefix_search.setter
    def prefix_search(self, function):
        self.prefix_rule = rule_of(function, "search")
        self.forget()

    @property
    def suffix_search(self):
        """Function that finds the suffix of a string, or None."""
        return function_of(self.suffix_rule)

    @suffix_search.setter
    def suffix_search(self, function):
        self.suffix_rule = rule_of(function, "search")
        self.forget()

    @property
    def infix_finditer(self):
        """Function that finds all infixes of a string, or None."""
        return function_of(self.infix_rule)

    @infix_finditer.setter
    def infix_finditer(self, function):
        self.infix_rule = rule_of(function, "finditer")
        self.forget()

    @property
    def token_match(self):
        """Function that says whether a string is one token, tried before affixes are taken off, or None."""
        return function_of(self.token_rule)

    @token_match.setter
    def token_match(self, function):
        self.token_rule = rule_of(function, "match")
        self.forget()

    @property
    def url_match(self):
        """Function that says whether a string is one token, tried when no affixes are left, or None."""
        return function_of(self.url_rule)

    @url_match.setter
    def url_match(self, function):
        self.url_rule = rule_of(function, "match")
        self.forget()

    @property
    def faster_heuristics(self):
        """Whether only special cases with an affix or a space are matched over tokens."""
        return bool(self.faster)

    @faster_heuristics.setter
    def faster_heuristics(self, value):
        self.faster = value
        self.forget()

    @property
    def max_cache_size(self):
        """How many chunks are remembered at most."""
        return self.cache_limit

    @max_cache_size.setter
    def max_cache_size(self, value):
        self.cache_limit = value
        if <Py_ssize_t>self.cache.size() > self.cache_limit:
            self.cache.clear()

    @property
    def rules(self):
        """The special cases: dict of text -> list of {ORTH: …, NORM: …}. Set it to replace them all."""
        return self.specials.rules

    @rules.setter
    def rules(self, rules):
        self.specials = SpecialCases(self.seed)
        self.add_special_cases(rules or {})
        self.forget()

    def add_special_case(self, str string not None, substrings):
        """Make a text always become the given tokens.

        string (str): the text. substrings: an iterable of dicts with ORTH (the token's text) and, where it is to have one of
        its own, NORM. Raises ValueError unless the tokens spell the text.
        """
        self.specials.add(string, substrings)
        self.forget()

    def add_special_cases(self, rules):
        """Add many special cases at once: mapping of text -> list of dicts, see `add_special_case`."""
        for string, substrings in rules.items():
            self.specials.add(string, substrings)
        self.forget()

    # ---- tokenizing ----

    def __call__(self, str string not None):
        """Tokenize a text (str) to a Doc. Raises ValueError above 2**30 characters."""
        return self.tokenize(string)

    def pipe(self, texts, batch_size=1000):
        """Tokenize texts one after the other: an iterator of Docs. `batch_size` is accepted for compatibility."""
        for text in texts:
            yield self(text)

    cdef Doc tokenize(self, str text):
        cdef Doc doc
        cdef Workspace* work
        cdef bint opened
        if len(text) >= LONGEST_TEXT:
            raise ValueError(f"a text may have up to {LONGEST_TEXT - 1} characters, this one has {len(text)}: split it up")
        self.vocab.maybe_roll()
        doc = Doc(self.vocab)
        work = self.take()
        try:
            if not self.phrases_ready:
                self.prepare_phrases()
            self.follow_arenas()
            self.cut(work, text, doc, True, True)
            opened = self.replace_phrases(work)
            self.fill(doc, work.pieces)
            if opened:
                # The peer leaves it open there whether a sentence starts, and its pipelines' annotations say so.
                doc.writable(COLUMN_SENT_START)[0] = 0
        finally:
            self.give_back(work)
        return doc

    cdef int fill(self, TokenStore doc, const vector[Piece]& pieces) except -1:
        cdef int i, size = <int>pieces.size()
        cdef bint has_norms = False
        cdef uint64_t* norms
        doc.hold_arena()
        if size == 0:
            return 0
        doc.reserve(size)
        for i in range(size):
            doc.lex[i] = pieces[i].lexeme
            doc.spaces[i] = pieces[i].space
            has_norms |= pieces[i].norm != 0
        doc.length = size
        if has_norms:
            norms = doc.writable(COLUMN_NORM)
            for i in range(size):
                norms[i] = pieces[i].norm
        return 0

    # ---- looking inside ----

    def find_prefix(self, str string not None):
        """Length of the prefix of a string, 0 without one."""
        return found_length(self.prefix_search, string)

    def find_suffix(self, str string not None):
        """Length of the suffix of a string, 0 without one."""
        return found_length(self.suffix_search, string)

    def find_infix(self, str string not None):
        """List of the match objects of the infixes of a string."""
        return [] if self.infix_rule is None else list(self.infix_finditer(string))

    def explain(self, str text not None):
        """Which rule made each token: list of (rule, text of the token), without the tokens that are white space.

        Rules are TOKEN, PREFIX, SUFFIX, INFIX, TOKEN_MATCH, URL_MATCH, and SPECIAL-1, SPECIAL-2, … for the tokens of a special
        case.
        """
        cdef Doc doc = Doc(self.vocab)
        cdef Workspace* work = self.take()
        cdef Piece piece
        cdef list explained = []
        try:
            if not self.phrases_ready:
                self.prepare_phrases()
            self.follow_arenas()
            self.cut(work, text, doc, True, False)
            self.replace_phrases(work)
            self.fill(doc, work.pieces)
            for i in range(work.pieces.size()):
                piece = work.pieces[i]
                word = self.vocab.strings[piece.lexeme.orth]
                if not word.isspace():
                    kind = f"SPECIAL-{piece.ordinal}" if piece.kind == SPECIAL else KIND_NAMES[piece.kind]
                    explained.append((kind, word))
        finally:
            self.give_back(work)
        return explained

    def score(self, examples, **kwargs):
        """Accuracy, precision, recall and F of the tokens of Examples: dict with token_acc, token_p, token_r, token_f."""
        return score_tokenization(examples)

    # ---- saving ----

    def to_bytes(self, *, exclude=()):
        """The rules, and the vocab unless excluded, as bytes. Only rules that are methods of patterns can be saved."""
        return settings_to_bytes(self, exclude)

    def from_bytes(self, bytes_data, *, exclude=()):
        """Take over what `to_bytes` saved; returns the tokenizer. Raises FormatError for anything else."""
        read_settings(self, bytes_data, exclude)
        return self

    def to_disk(self, path, **kwargs):
        """Save to a file what `to_bytes` gives (same arguments)."""
        write_settings(path, self.to_bytes(**kwargs))

    def from_disk(self, path, *, exclude=()):
        """Load from a file; returns the tokenizer. Raises FormatError for a file of another format."""
        try:
            return self.from_bytes(Path(path).read_bytes(), exclude=exclude)
        except FormatError as error:
            raise FormatError(f"{path}: {error}") from None


SETTINGS = (
    "prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match", "faster_heuristics", "max_cache_size",
)


def unpickle_tokenizer(cls, vocab, rules, settings):
    """A tokenizer with these settings: what a pickled one is made of."""
    return cls(vocab, rules=rules, **settings)


cdef Rule rule_of(function, str method):
    return None if function is None else Rule(function, method)


cdef object function_of(Rule rule):
    return None if rule is None else rule.function


cdef int found_length(search, str string) except -1:
    match = search(string) if search is not None else None
    return 0 if match is None else match.end() - match.start()
