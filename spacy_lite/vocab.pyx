"""The vocabulary a pipeline shares: strings, lexemes, morphology, vectors and lookup tables."""
import functools
from contextlib import contextmanager
from pathlib import Path

import numpy
import srsly
from thinc.api import get_array_module

from cython.operator cimport dereference
from libc.stdint cimport uint64_t
from libc.string cimport memset

from . cimport attrs
from .lex_attrs cimport LexicalPlan
from .lexeme cimport Lexeme, LexemeC, lexeme_attribute
from .morphology cimport Morphology
from .strings cimport Arena, StringStore, Word

from .lex_attrs import LEX_ATTRS, GetterTable, LookupGetter, add_lookups, get_lang, is_stop
from .lookups import Lookups
from .norms import BASE_NORMS
from .serialize import from_bytes, from_disk, to_bytes
from .vectors import Vectors
from ._vector_tables import deduplicated, pruned

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object string, Py_ssize_t* size) except NULL

cdef uint64_t NO_RANK = 0xffffffffffffffff


def create_vocab(lang, defaults, vectors_name=None):
    """A vocabulary for a language.

    lang (str): the language's code. defaults: the language's defaults, with `lex_attr_getters`, `stop_words`, `writing_system`
    and `syntax_iterators`, or None for a vocabulary of no language in particular. vectors_name (str): name of the vectors
    table.
    """
    getters = {**LEX_ATTRS, **(defaults.lex_attr_getters if defaults else {})}
    getters[attrs.IS_STOP] = functools.partial(is_stop, stops=defaults.stop_words if defaults else set())
    getters[attrs.LANG] = functools.partial(get_lang, lang=lang or "")
    getters[attrs.NORM] = add_lookups(getters[attrs.NORM], BASE_NORMS)
    return Vocab(
        lex_attr_getters=getters,
        vectors_name=vectors_name,
        writing_system=defaults.writing_system if defaults else {},
        get_noun_chunks=defaults.syntax_iterators.get("noun_chunks") if defaults else None,
    )


cdef class Vocab:
    """Storage of what the Docs of a pipeline share.

    lex_attr_getters (dict): functions of the string for the lexical attributes, by their numbers. strings: strings to make
    lexemes of. lookups (Lookups): tables. oov_prob (float): log probability of words the table `lexeme_prob` lacks.
    vectors_name (str): name of the vectors table. writing_system (dict): facts on the script. get_noun_chunks: function from a
    Doc or Span to the (start, end, label) of its base noun phrases.

    Strings and lexemes a text brings go to the current arena and die with the last Doc that needs them (`arena_budget` is the
    size in bytes at which a new arena is begun); what is asked for here (`vocab[...]`, `strings.add`) is permanent.
    """

    def __init__(
        self,
        lex_attr_getters=None,
        strings=(),
        lookups=None,
        oov_prob=-20.0,
        vectors_name=None,
        writing_system=None,
        get_noun_chunks=None,
        **deprecated_kwargs,
    ):
        self.arena_budget = 8 << 20
        self.cfg = {"oov_prob": oov_prob}
        self.strings = StringStore()
        self.morphology = Morphology(self.strings)
        self.lex_attr_getters = lex_attr_getters or {}
        self._lookups = Lookups()
        self._vectors = Vectors(strings=self.strings, name=vectors_name)
        self.writing_system = dict(writing_system or {})
        self.get_noun_chunks = get_noun_chunks
        for string in strings:
            self[string]
        if lookups is not None:
            self.lookups = lookups

    # ---- native ----

    cdef const LexemeC* lexeme_of_utf8(self, const char* data, Py_ssize_t size) except NULL:
        cdef Word* word = self.strings.word_of_utf8(data, size)
        return word.lexeme if word.lexeme is not NULL else self.lexeme_of_word(word)

    cdef const LexemeC* lexeme_of_str(self, str string) except NULL:
        cdef Py_ssize_t size = 0
        cdef const char* data = PyUnicode_AsUTF8AndSize(string, &size)
        return self.lexeme_of_utf8(data, size)

    cdef const LexemeC* lexeme_of_id(self, uint64_t orth) except NULL:
        cdef Word* word = self.strings.reachable(orth)
        if word is NULL:
            self.strings[orth]  # raises KeyError
        return word.lexeme if word.lexeme is not NULL else self.lexeme_of_word(word)

    cdef LexemeC* lexeme_of_word(self, Word* word) except NULL:
        # Of a word in the permanent or the current arena that has none yet; in the arena that is current in the end.
        cdef bint permanent = word.id == 0 or self.strings.permanent.words.find(word.id) == word
        cdef Arena arena = self.strings.permanent if permanent else self.strings.current
        cdef LexemeC made
        cdef LexicalPlan plan = self._plan
        if plan is None or plan.version != <size_t>self._getters.version:
            plan = self._plan = LexicalPlan(self._getters, self.strings)
        memset(&made, 0, sizeof(LexemeC))
        plan.fill(&made, word, self.strings, arena)
        made.id = self._rank(word.id)
        # Getters are Python: while they ran, another thread may have made the lexeme, or begun a new generation.
        if word.lexeme is NULL:
            arena.words.attach_lexeme(word)[0] = made
        if permanent or arena is self.strings.current:
            return word.lexeme
        word = self.strings.reachable(word.id)
        return word.lexeme if word.lexeme is not NULL else self.lexeme_of_word(word)

    cdef LexemeC* permanent_lexeme(self, uint64_t orth) except NULL:
        cdef StringStore strings = self.strings
        cdef Word* word = strings.permanent.words.find(orth) if orth else strings.permanent.words.empty()
        cdef Word* part
        cdef Word* found = NULL
        cdef LexemeC* lexeme
        cdef uint64_t[5] parts
        cdef int i
        if word is NULL:
            found = strings.find_anywhere(orth)
            if found is NULL:
                strings[orth]  # raises KeyError
            word = strings.permanent_word(orth, found.data(), found.size)
        if word.lexeme is not NULL:
            return word.lexeme
        if found is NULL or found.lexeme is NULL:
            return self.lexeme_of_word(word)
        lexeme = strings.permanent.words.attach_lexeme(word)
        lexeme[0] = dereference(found.lexeme)
        parts[0], parts[1], parts[2] = lexeme.lower, lexeme.norm, lexeme.shape
        parts[3], parts[4] = lexeme.prefix, lexeme.suffix
        for i in range(5):
            part = strings.find_anywhere(parts[i])
            if part is not NULL:
                strings.permanent_word(parts[i], part.data(), part.size)
        return lexeme

    cdef int spread(self, const LexemeC* lexeme) except -1:
        # A permanent lexeme has changed: so do its transient copies.
        cdef Word* word
        for arena in self.strings.transient_arenas():
            word = (<Arena>arena).words.find(lexeme.orth)
            if word is not NULL and word.lexeme is not NULL:
                word.lexeme[0] = dereference(lexeme)
        return 0

    cpdef Arena hold(self):
        """The current arena: who keeps an id of a transient string, or a lexeme, keeps it too."""
        return self.strings.current

    cpdef int maybe_roll(self) except -1:
        """Start a new arena if the current one is over `arena_budget`. Called before a text, never inside one."""
        if self.strings.current.words.bytes() > self.arena_budget:
            self.strings.roll()
        return 0

    cdef uint64_t _rank(self, uint64_t orth) except? 0:
        key2row = getattr(self._vectors, "key2row", None)
        if not key2row:
            return NO_RANK
        row = key2row.get(orth)
        return NO_RANK if row is None else <uint64_t>row

    # ---- lexemes ----

    def __getitem__(self, id_or_string):
        """The lexeme of a word, by its string or the id of it; made permanent. Raises KeyError for an id that is not known."""
        cdef uint64_t orth
        if isinstance(id_or_string, str):
            orth = self.strings.add(id_or_string)
        else:
            orth = self.strings.as_int(id_or_string)
        return Lexeme.from_ptr(self.permanent_lexeme(orth), self, self.strings.permanent)

    def __contains__(self, key):
        """Is there a lexeme of this string, or of the string with this id?"""
        cdef uint64_t orth
        cdef Word* word
        if not isinstance(key, str) and not hasattr(key, "__index__"):
            raise TypeError(f"expected a string or the id of one, got {type(key).__name__}: {key!r}")
        orth = self.strings.as_int(key)
        word = self.strings.find_anywhere(orth)
        if word is not NULL and word.lexeme is not NULL:
            return True
        for arena in self.strings.transient_arenas():
            word = (<Arena>arena).words.find(orth)
            if word is not NULL and word.lexeme is not NULL:
                return True
        return False

    def __len__(self):
        """The number of lexemes: permanent ones, and those of the current and the previous arena."""
        return sum(1 for _ in self._orths())

    @property
    def length(self):
        """The number of lexemes."""
        return len(self)

    def __iter__(self):
        """The lexemes: permanent ones, then those of the current and the previous arena."""
        for orth in self._orths():
            yield Lexeme(self, orth)

    def _orths(self):
        cdef Word* word
        cdef Arena arena
        cdef size_t i
        seen = set()
        for arena in (self.strings.permanent, self.strings.current, self.strings.previous):
            if arena is None:
                continue
            for i in range(arena.words.size()):
                word = arena.words.at(i)
                if word.lexeme is not NULL and word.id not in seen:
                    seen.add(word.id)
                    yield word.id

    def _refresh(self, orths=None):
        # Recompute norms and ranks of living lexemes (all, or those with these ids) after a change of tables or vectors.
        cdef Word* word
        cdef Arena arena
        cdef size_t i
        norm_of = self._getters.get(attrs.NORM)
        for arena in [self.strings.permanent, *self.strings.transient_arenas()]:
            for i in range(arena.words.size()):
                word = arena.words.at(i)
                if word.lexeme is NULL:
                    continue
                word.lexeme.id = self._rank(word.id)
                if orths is not None and word.id in orths and norm_of is not None:
                    word.lexeme.norm = self.strings.add(norm_of(word.data()[:word.size].decode("utf8")))

    @property
    def lex_attr_getters(self):
        """Functions of the string for the lexical attributes, by the attributes' numbers. Applied to words met from now on."""
        return self._getters

    @lex_attr_getters.setter
    def lex_attr_getters(self, getters):
        self._getters = GetterTable(getters)
        self._plan = None

    def add_flag(self, flag_getter, flag_id=-1):
        """Register a boolean attribute of your own, and compute it for all lexemes.

        flag_getter: function from the string to a bool. flag_id (int): number of the attribute, 1 to 63; -1 for the first free
        one. Returns the number. Raises ValueError for one out of range, or where none is free.
        """
        if flag_id == -1:
            free = [number for number in range(1, 64) if number not in self._getters]
            if not free:
                raise ValueError("all 63 flags of the vocabulary are taken: give the number of one to replace")
            flag_id = free[0]
        elif not 1 <= flag_id <= 63:
            raise ValueError(f"flags have the numbers 1 to 63, got {flag_id}")
        self._getters[flag_id] = flag_getter
        for lexeme in self:
            lexeme.set_flag(flag_id, bool(flag_getter(lexeme.orth_)))
        return flag_id

    @property
    def lang(self):
        """The language's code, "" for none."""
        getter = self._getters.get(attrs.LANG)
        return getter("") if getter else ""

    @contextmanager
    def memory_zone(self, mem=None):
        """Kept for code written for it: strings and lexemes that texts bring are freed with their Docs anyway, in a zone or
        not.

        Nothing made inside the block becomes invalid when the block ends.
        """
        yield mem

    @property
    def in_memory_zone(self):
        """Always False: there are no zones, and nothing to guard against."""
        return False

    # ---- tables and vectors ----

    @property
    def lookups(self):
        """The lookup tables. A table `lexeme_norm` takes part in computing norms."""
        return self._lookups

    @lookups.setter
    def lookups(self, lookups):
        table = lookups.get_table("lexeme_norm", {})
        wrong = [norm for norm in table.values() if not isinstance(norm, str)]
        if wrong:
            raise ValueError(f"the table lexeme_norm should have a string for each word, and has {str(wrong[0])[:100]}")
        self._lookups = lookups
        if lookups.has_table("lexeme_norm"):
            getter = self._getters.get(attrs.NORM, LEX_ATTRS[attrs.NORM])
            if not (isinstance(getter, LookupGetter) and table in getter.tables):
                self._getters[attrs.NORM] = add_lookups(getter, table)
            self._refresh({self.strings.as_int(key) for key in table})

    @property
    def vectors(self):
        """The word vectors: a Vectors, or another BaseVectors."""
        return self._vectors

    @vectors.setter
    def vectors(self, vectors):
        own = getattr(vectors, "strings", None)
        if own is not None and own is not self.strings:
            for string in own:
                self.strings.add(string)
        vectors.strings = self.strings
        self._vectors = vectors
        self._refresh()

    @property
    def vectors_length(self):
        """The width of the vectors, 0 without any."""
        if hasattr(self._vectors, "vectors_length"):
            return self._vectors.vectors_length
        return -1

    def vectors_module(self):
        """The array module (numpy or cupy) the vectors are on."""
        return get_array_module(getattr(self._vectors, "data", numpy.empty(0)))

    def _vector_key(self, orth):
        # The id under which the vectors know a word: of its form, or of the attribute they are made for.
        # A string has to be known by its id: the rows of a floret table are found by its characters.
        cdef uint64_t key = self.strings.intern(orth) if isinstance(orth, str) else self.strings.as_int(orth)
        cdef int attribute = getattr(self._vectors, "attr", attrs.ORTH)
        if attribute == attrs.ORTH or key not in self.strings:
            return key
        return lexeme_attribute(self.lexeme_of_id(key), attribute)

    def get_vector(self, orth):
        """The vector of a word, float32 (width,), by its string or the id of it; zeros for a word without one."""
        key = self._vector_key(orth)
        if self.has_vector(key):
            return self._vectors[key]
        return self.vectors_module().zeros((max(self.vectors_length, 0),), dtype="f")

    def has_vector(self, orth):
        """Does a word, given by its string or the id of it, have a vector?"""
        return self._vector_key(orth) in self._vectors

    def set_vector(self, orth, vector):
        """Give a word, by its string or the id of it, a vector, float32 (width,). Makes room for it if need be.

        Raises ValueError when the vectors are in floret mode.
        """
        orth = self.strings.add(orth) if isinstance(orth, str) else orth
        vectors = self._vectors
        key = self._vector_key(orth)
        if vectors.is_full and key not in vectors:
            rows = max(100, int(vectors.shape[0] * 1.3))
            width = vectors.shape[1] or len(vector)
            vectors.resize((rows, width))
        row = vectors.add(key, vector=vector)
        if row >= 0:
            self.permanent_lexeme(orth).id = row
            self.spread(self.permanent_lexeme(orth))

    def reset_vectors(self, *, width=None, shape=None):
        """Start afresh with empty vectors, either of a `width` or of a `shape` (rows, width)."""
        if width is not None and shape is not None:
            raise ValueError(f"give either width={width} or shape={shape}, not both")
        if shape is None:
            shape = (self._vectors.shape[0], self._vectors.shape[1] if width is None else width)
        self.vectors = Vectors(strings=self.strings, shape=shape, name=getattr(self._vectors, "name", None))

    def deduplicate_vectors(self):
        """Keep one row of each distinct vector, and let the words share it. Raises ValueError for floret vectors."""
        self.vectors = deduplicated(self._vectors)

    def prune_vectors(self, nr_row, batch_size=1024):
        """Keep the `nr_row` vectors of the most probable words; every other word gets the row most similar to its own.

        batch_size (int): how many vectors to compare at a time. Returns {removed word: (word whose vector it has now, cosine)}.
        Raises ValueError for floret vectors.
        """
        table = self._lookups.get_table("lexeme_prob", {})
        default = self.cfg.get("oov_prob", -20.0)
        ranked = sorted((-table.get(key, default), row, key) for key, row in getattr(self._vectors, "key2row", {}).items())
        made, moved = pruned(self._vectors, [key for _, _, key in ranked], nr_row, batch_size)
        self.vectors = made
        return {self.strings[key]: (self.strings[other], cosine) for key, (other, cosine) in moved.items()}

    # ---- serialisation ----

    def to_disk(self, path, *, exclude=()):
        """Write strings.json, the vectors and lookups.bin to a directory, made if need be. exclude: `strings`, `vectors`,
        `lookups`.
        """
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        if "strings" not in exclude:
            self.strings.to_disk(path / "strings.json")
        if "vectors" not in exclude:
            self._vectors.to_disk(path, exclude=["strings"])
        if "lookups" not in exclude:
            self._lookups.to_disk(path)

    def from_disk(self, path, *, exclude=()):
        """Read what `to_disk` (or spaCy 3) wrote. exclude: `strings`, `vectors`, `lookups`. Returns the vocabulary."""
        def read_vectors(folder):
            self._vectors.from_disk(folder.parent, exclude=["strings"])
            self.vectors = self._vectors

        def read_lookups(folder):
            self.lookups = self._lookups.from_disk(folder.parent)

        readers = {
            "strings": lambda folder: self.strings.from_disk(folder.parent / "strings.json"),
            "vectors": read_vectors,
            "lookups": read_lookups,
        }
        from_disk(path, readers, exclude)
        return self

    def to_bytes(self, *, exclude=()):
        """Strings, vectors and lookups as bytes. exclude: `strings`, `vectors`, `lookups`."""
        getters = {
            "strings": self.strings.to_bytes,
            "vectors": lambda: self._vectors.to_bytes(exclude=["strings"]),
            "lookups": self._lookups.to_bytes,
        }
        return to_bytes(getters, exclude)

    def from_bytes(self, bytes_data, *, exclude=()):
        """Read what `to_bytes` (or spaCy 3) wrote. exclude: `strings`, `vectors`, `lookups`. Returns the vocabulary."""
        def read_vectors(data):
            if data is not None:
                self._vectors.from_bytes(data, exclude=["strings"])
                self.vectors = self._vectors

        def read_lookups(data):
            self.lookups = self._lookups.from_bytes(data)

        setters = {"strings": self.strings.from_bytes, "vectors": read_vectors, "lookups": read_lookups}
        from_bytes(bytes_data, setters, exclude)
        return self

    def __reduce__(self):
        getters = srsly.pickle_dumps(dict(self._getters))
        noun_chunks = srsly.pickle_dumps(self.get_noun_chunks)
        strings, vectors, lookups = list(self.strings), self._vectors, self._lookups
        return unpickle_vocab, (strings, vectors, getters, lookups, self.writing_system, noun_chunks, self.cfg)


def unpickle_vocab(strings, vectors, lex_attr_getters, lookups, writing_system, get_noun_chunks, cfg):
    """A vocabulary of these parts (getters and noun chunks as pickles): what a pickled one is made of."""
    vocab = Vocab(
        lex_attr_getters=srsly.pickle_loads(lex_attr_getters),
        writing_system=writing_system,
        get_noun_chunks=srsly.pickle_loads(get_noun_chunks),
    )
    for string in strings:
        vocab.strings.add(string)
    vocab.lookups = lookups
    vocab.vectors = vectors
    vocab.cfg.update(cfg)
    return vocab


def pickle_vocab(vocab):
    """How `pickle` takes a vocabulary apart: (function, arguments)."""
    return vocab.__reduce__()
