"""Finds phrases from long lists."""
from libc.stdint cimport uint64_t
from libcpp.vector cimport vector

from ..attrs cimport LOWER, ORTH
from ..tokens.doc cimport Doc
from ..vocab cimport Vocab

import warnings

from ..attrs import IDS
from ..errors import nearest
from ..tokens import Span
from .matcher import NEEDED
from .streams import match_stream


cdef class PhraseMatcher:
    """Finds runs of tokens that are equal, in one attribute, to those of given documents."""

    def __init__(self, Vocab vocab not None, attr="ORTH", validate=False):
        """vocab: that of the documents. attr: the attribute that is compared. validate: warn of phrases annotated for nothing.
        """
        self.vocab = vocab
        self._validate = validate
        self._callbacks = {}
        self._docs = {}
        if isinstance(attr, str):
            name = {"TEXT": "ORTH", "IS_SENT_START": "SENT_START"}.get(attr.upper(), attr.upper())
            if name not in IDS:
                raise ValueError(f"PhraseMatcher cannot compare by {attr!r}: no such attribute{nearest(name, IDS)}")
            attr = IDS[name]
        elif attr not in IDS.values():
            raise ValueError(f"PhraseMatcher cannot compare by attribute {attr!r}: there is no attribute with that id")
        self.attr = attr

    def __reduce__(self):
        return unpickle, (self.vocab, self.attr, self._validate, self._docs, self._callbacks)

    def __len__(self):
        """Number of rules."""
        return len(self._callbacks)

    def __contains__(self, key):
        """Whether there is a rule of that name."""
        return self._id_of(key) in self._callbacks

    def _id_of(self, key):
        return self.vocab.strings.as_int(key) if isinstance(key, str) else key

    def add(self, key, docs, *_docs, on_match=None):
        """Add phrases to a rule.

        key: its name. docs: list of documents or spans, a phrase each. on_match: called as (matcher, doc, i, matches) for each
        match. The form add(key, on_match, doc, doc, …) is understood as well.
        """
        if docs is None or callable(docs) and not isinstance(docs, (Doc, Span)):
            on_match = docs
            docs = _docs
        if isinstance(docs, (Doc, Span, str)) or not hasattr(docs, "__iter__"):
            raise ValueError(
                f"PhraseMatcher.add takes a list of documents, got {type(docs).__name__}. A single one needs a list around it: "
                "add(key, [doc])."
            )
        if on_match is not None and not callable(on_match):
            raise ValueError(f"PhraseMatcher.add: on_match has to be a function, got {on_match!r}")
        phrases = []
        for doc in docs:
            if not isinstance(doc, (Doc, Span)):
                raise TypeError(f"A phrase of {key!r} has to be a Doc or a Span, got {type(doc).__name__}")
            self._check_annotation(doc if isinstance(doc, Doc) else doc.doc)
            phrases.append(self._ids_of(doc))
        number = self.vocab.strings.add(key) if isinstance(key, str) else key
        self._callbacks[number] = on_match
        self._has_callbacks = any(self._callbacks.values())
        self._docs.setdefault(number, []).extend(phrases)
        for phrase in phrases:
            self._add_ids(number, phrase)

    def _add_ids(self, uint64_t key, tuple phrase):
        cdef vector[uint64_t] ids = phrase
        self.trie.add(key, ids.data(), ids.size())

    def _ids_of(self, doclike):
        cdef vector[uint64_t] ids
        if isinstance(doclike, Doc):
            self._gather(doclike, 0, len(doclike), ids)
        else:
            self._gather(doclike.doc, doclike.start, doclike.end, ids)
        return tuple(ids)

    cdef int _gather(self, Doc doc, int first, int last, vector[uint64_t]& ids) except -1:
        cdef int i
        ids.resize(last - first)
        if self.attr == ORTH:
            for i in range(first, last):
                ids[i - first] = doc.lex[i].orth
        elif self.attr == LOWER:
            for i in range(first, last):
                ids[i - first] = doc.lex[i].lower
        else:
            for i in range(first, last):
                ids[i - first] = doc.get_attr(i, self.attr)
        return 0

    def _check_annotation(self, doc):
        name = next((name for name in NEEDED if IDS[name] == self.attr), None)
        if name is not None and not doc.has_annotation(name):
            raise ValueError(
                f"Phrases are compared by {name}, and a document has none: the pipeline needs {NEEDED[name]} before this"
            )
        if self._validate and name is None and (doc.has_annotation("TAG") or doc.has_annotation("DEP")):
            warnings.warn(
                "A phrase was run through the whole pipeline, and only its words are compared: nlp.make_doc(text) is much "
                "faster",
                stacklevel=3,
            )

    def _restore(self, dict docs, dict callbacks):
        self._callbacks.update(callbacks)
        self._has_callbacks = any(callbacks.values())
        for key, phrases in docs.items():
            self._docs[key] = list(phrases)
            for phrase in phrases:
                self._add_ids(key, phrase)

    def remove(self, key):
        """Remove a rule. Raises KeyError where there is none of that name."""
        number = self._id_of(key)
        if number not in self._callbacks:
            raise KeyError(key)
        del self._callbacks[number]
        del self._docs[number]
        self.trie.remove(number)

    def __call__(self, object doclike, *, as_spans=False):
        """All phrases in a document or span as (key, start, end), by start and then end; positions are those in the document.

        as_spans: give Spans labelled with the rule.
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
            raise ValueError(f"A PhraseMatcher is called on a Doc or a Span, got {type(doclike).__name__}")
        cdef vector[uint64_t] ids
        cdef vector[PhraseMatch] found
        cdef PhraseMatch match
        self._gather(doc, first, last, ids)
        with nogil:
            self.trie.find(ids.data(), ids.size(), found)
        matches = [(match.key, match.start + first, match.end + first) for match in found]
        if self._has_callbacks:
            for i, (key, _, _) in enumerate(matches):
                on_match = self._callbacks.get(key)
                if on_match is not None:
                    on_match(self, doc, i, matches)
        if as_spans:
            return [Span(doc, start, end, label=key) for key, start, end in matches]
        return matches

    def pipe(self, stream, batch_size=1000, return_matches=False, as_tuples=False):
        """Match a stream of documents.

        return_matches: give (doc, matches) instead of documents. as_tuples: the stream has (doc, context) pairs, and so has the
        result.
        """
        return match_stream(self, stream, return_matches, as_tuples)


def unpickle(vocab, attr, validate, docs, callbacks):
    """A matcher from its parts."""
    matcher = PhraseMatcher(vocab, attr=attr, validate=validate)
    matcher._restore(docs, callbacks)
    return matcher
