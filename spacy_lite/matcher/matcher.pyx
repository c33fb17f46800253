"""Finds runs of tokens by patterns of their attributes."""
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libcpp.vector cimport vector

from ..tokens.doc cimport Doc
from ..vocab cimport Vocab

from ..attrs import IDS
from ..tokens import Span
from .levenshtein import levenshtein_compare
from .patterns import STRINGS, check_pattern, compile_predicate, features_of, parse_pattern, positions_of, value_ids
from .streams import match_stream

CACHE_SIZE = 50_000
GREEDY = ("FIRST", "LONGEST")
# Attributes that a pattern may ask for only after the component that sets them has run.
NEEDED = {
    "TAG": "a tagger",
    "POS": "a morphologizer, or a tagger with an attribute ruler",
    "MORPH": "a morphologizer, or a tagger with an attribute ruler",
    "LEMMA": "a lemmatizer",
    "DEP": "a parser",
}


cdef class Matcher:
    """Finds all runs of tokens that fit a pattern, whatever their length and however they overlap."""

    def __init__(self, Vocab vocab not None, validate=True, *, fuzzy_compare=levenshtein_compare):
        """vocab: that of the documents. validate: check patterns when they are added. fuzzy_compare: see `levenshtein_compare`.
        """
        self.vocab = vocab
        self.validate = validate
        self._fuzzy_compare = fuzzy_compare
        self._patterns = {}
        self._callbacks = {}
        self._filters = {}
        self._slots = []
        self._extras = []
        self._known_extras = {}

    def __reduce__(self):
        return unpickle, (self.vocab, self.validate, self._patterns, self._callbacks, self._filters, self._fuzzy_compare)

    def __len__(self):
        """Number of rules."""
        return len(self._patterns)

    def __contains__(self, key):
        """Whether there is a rule of that name."""
        return self.has_key(key)

    def has_key(self, key):
        """Whether there is a rule of that name."""
        return self._id_of(key) in self._patterns

    def get(self, key, default=None):
        """(callback, patterns) of a rule, `default` where there is none."""
        number = self._id_of(key)
        if number not in self._patterns:
            return default
        return self._callbacks[number], self._patterns[number]

    def _id_of(self, key):
        return self.vocab.strings.as_int(key) if isinstance(key, str) else key

    def add(self, key, patterns, *, on_match=None, greedy=None):
        """Add a rule.

        key: its name. patterns: list of patterns, each a list of dicts, one a token. on_match: called as (matcher, doc, i,
        matches) for each match. greedy: "FIRST" or "LONGEST" keeps only matches that do not overlap, the first or the longest.
        Raises ValueError or MatchPatternError for patterns that are not valid.
        """
        if on_match is not None and not callable(on_match):
            raise ValueError(f"Matcher.add: on_match has to be a function, got {on_match!r}")
        if not isinstance(patterns, list):
            raise ValueError(f"Matcher.add takes a list of patterns, got {type(patterns).__name__}")
        if greedy is not None and greedy not in GREEDY:
            raise ValueError(f"Matcher.add: greedy is one of {', '.join(GREEDY)} or None, got {greedy!r}")
        for pattern in patterns:
            if isinstance(pattern, (str, dict)) or not isinstance(pattern, list):
                raise ValueError(
                    f"Each pattern of {key!r} has to be a list of dicts, got {pattern!r}. A single pattern needs a list "
                    f"around it: "
                    "add(key, [pattern])."
                )
            if not pattern:
                raise ValueError(f"A pattern of {key!r} has no tokens")
            if self.validate:
                check_pattern(key, pattern)
        number = self.vocab.strings.add(key) if isinstance(key, str) else key
        for pattern in patterns:
            self._compile(number, pattern)
        self._patterns.setdefault(number, []).extend(patterns)
        self._callbacks[number] = on_match
        self._has_callbacks = any(self._callbacks.values())
        self._filters[number] = greedy

    def remove(self, key):
        """Remove a rule. Raises ValueError where there is none of that name."""
        number = self._id_of(key)
        if number not in self._patterns:
            raise ValueError(f"There is no rule {key!r} to remove")
        for table in (self._patterns, self._callbacks, self._filters):
            del table[number]
        self.automata.clear()
        self._extras.clear()
        self._known_extras.clear()
        for number, patterns in self._patterns.items():
            for pattern in patterns:
                self._compile(number, pattern)

    cdef uint32_t _slot(self, str name) except? 0xFFFFFFFF:
        attr = IDS[name]
        if attr not in self._slots:
            self._slots.append(attr)
        return self._slots.index(attr)

    cdef int _compile(self, uint64_t key, list pattern) except -1:
        cdef TokenTest test
        cdef EqualTest equal
        cdef SetTest members
        cdef vector[uint32_t] tests, tokens
        cdef vector[uint8_t] optional, repeats
        cdef list specs = parse_pattern(pattern, self.vocab)
        cdef list test_ids = []
        for spec in specs:
            test.equal.clear()
            test.sets.clear()
            test.extra.clear()
            test.negated = spec.negated
            for name, value in spec.equal:
                equal.slot = self._slot(name)
                equal.value = value
                test.equal.push_back(equal)
            for predicate in spec.predicates:
                if predicate.kind in ("IN", "NOT_IN") and predicate.via is None and not predicate.is_extension:
                    members.slot = self._slot(predicate.attr)
                    members.outside = predicate.kind == "NOT_IN"
                    members.values = value_ids(predicate, self.vocab)
                    test.sets.push_back(members)
                else:
                    test.extra.push_back(self._extra(predicate))
            test_ids.append(self.automata.add_test(test))
        for position in positions_of(specs):
            tests.push_back(test_ids[position.token])
            tokens.push_back(position.token)
            optional.push_back(position.optional)
            repeats.push_back(position.repeats)
        self.automata.add_pattern(key, tests, tokens, optional, repeats)
        return 0

    def _extra(self, predicate):
        """Place of a predicate among those that need Python."""
        if predicate.key not in self._known_extras:
            holds = compile_predicate(predicate, self._fuzzy_compare)
            slot = -1 if predicate.is_extension else self._slot(predicate.attr)
            self._known_extras[predicate.key] = len(self._extras)
            self._extras.append(ExtraPredicate(predicate, slot, holds))
        return self._known_extras[predicate.key]

    def __call__(self, object doclike, *, as_spans=False, allow_missing=False, with_alignments=False):
        """All matches in a document or span, by where they end.

        as_spans: give Spans labelled with the rule instead of (key, start, end). allow_missing: do not complain when an
        attribute of a pattern is set on no token. with_alignments: (key, start, end, tokens), where `tokens` has the index of
        the pattern's token for each token found. Positions in a span count from its start.
        """
        cdef Doc doc
        cdef int first, last
        if isinstance(doclike, Doc):
            doc = doclike
            first, last = 0, doc.length
        elif isinstance(doclike, Span):
            doc = doclike.doc
            first, last = doclike.start, doclike.end
        else:
            raise ValueError(f"A Matcher is called on a Doc or a Span, got {type(doclike).__name__}")
        if not allow_missing:
            self._check_annotation(doc)
        cdef vector[Match] found
        cdef vector[uint64_t] values
        self._gather(doc, first, last, values)
        cdef Search search = Search(self, doc, first)
        search.n = last - first
        search.values = values.data()
        if not self.automata.find(search.values, search.n, ask, <void*>search, found):
            raise search.error
        matches = self._filtered(search, found, with_alignments and not as_spans)
        if self._has_callbacks:
            for i, match in enumerate(matches):
                on_match = self._callbacks.get(match[0])
                if on_match is not None:
                    on_match(self, doc, i, matches)
        if as_spans:
            return [Span(doc, start + first, end + first, label=key) for key, start, end in matches]
        return matches

    cdef int _gather(self, Doc doc, int first, int last, vector[uint64_t]& values) except -1:
        """Values of the attributes the patterns ask for: (slots, tokens)."""
        cdef uint64_t attr
        cdef int i
        cdef size_t at = 0
        values.resize(<size_t>(last - first) * len(self._slots))
        for attr in self._slots:
            for i in range(first, last):
                values[at] = doc.get_attr(i, attr)
                at += 1
        return 0

    def _check_annotation(self, doc):
        for name, components in NEEDED.items():
            if IDS[name] in self._slots and not doc.has_annotation(name):
                raise ValueError(
                    f"A pattern asks for {name}, and the document has none: the pipeline needs {components} before this. "
                    "Pass allow_missing=True to match anyway."
                )

    cdef list _filtered(self, Search search, vector[Match]& found, bint aligned):
        """The matches as tuples, without those that overlap others of a greedy rule."""
        cdef list matches = []
        cdef dict greedy = {}
        cdef Match match
        cdef vector[int32_t] tokens
        for match in found:
            entry = (match.key, match.start, match.end)
            if aligned:
                tokens.clear()
                if not self.automata.align(match, search.values, search.n, ask, <void*>search, tokens):
                    raise search.error
                entry = (*entry, list(tokens))
            if self._filters.get(match.key) is None:
                matches.append(entry)
            else:
                greedy.setdefault(match.key, []).append(entry)
        for key, entries in greedy.items():
            matches.extend(without_overlaps(entries, self._filters[key]))
        return matches

    def pipe(self, docs, batch_size=1000, return_matches=False, as_tuples=False):
        """Match a stream of documents.

        return_matches: give (doc, matches) instead of documents. as_tuples: the stream has (doc, context) pairs, and so has the
        result.
        """
        return match_stream(self, docs, return_matches, as_tuples)


cdef class Search:
    """One call of the matcher: what the tests that need Python have to know."""

    def __cinit__(self, Matcher matcher, Doc doc, int first):
        self.matcher = matcher
        self.doc = doc
        self.first = first
        self.error = None


class ExtraPredicate:
    """A test that needs Python, with what it said about values of an attribute."""

    def __init__(self, predicate, slot, holds):
        self.attr = predicate.attr
        self.slot = slot
        self.holds = holds
        self.is_string = slot >= 0 and predicate.attr in STRINGS
        self.is_features = predicate.attr == "MORPH" and predicate.kind in ("IS_SUBSET", "IS_SUPERSET", "INTERSECTS")
        self.known = {}

    def value_holds(self, value, vocab):
        if len(self.known) > CACHE_SIZE:
            self.known.clear()
        found = value
        if self.is_features:
            found = features_of([vocab.strings[value]])
        elif self.is_string:
            found = vocab.strings[value]
        result = self.known[value] = bool(self.holds(found))
        return result


cdef int ask(void* context, uint32_t extra, int32_t token) noexcept:
    search = <Search>context
    cdef uint64_t value
    try:
        predicate = search.matcher._extras[extra]
        slot = predicate.slot
        if slot < 0:
            return bool(predicate.holds(search.doc[search.first + token]._.get(predicate.attr)))
        value = search.values[<size_t>slot * search.n + token]
        known = predicate.known.get(value)
        return predicate.value_holds(value, search.matcher.vocab) if known is None else known
    except Exception as error:
        search.error = error
        return -1


def without_overlaps(matches, how):
    """Matches of a rule that do not overlap, taking the earliest (FIRST) or the longest (LONGEST) first."""
    if how == "FIRST":
        ordered = sorted(matches, key=lambda match: (match[1], -match[2]))
    else:
        ordered = sorted(matches, key=lambda match: (match[1] - match[2], match[1]))
    taken = set()
    kept = []
    for match in ordered:
        tokens = range(match[1], match[2])
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            kept.append(match)
    return kept


def unpickle(vocab, validate, patterns, callbacks, filters, fuzzy_compare):
    """A matcher from its parts."""
    matcher = Matcher(vocab, validate=validate, fuzzy_compare=fuzzy_compare)
    for key, rules in patterns.items():
        matcher.add(key, rules, on_match=callbacks[key], greedy=filters[key])
    return matcher
