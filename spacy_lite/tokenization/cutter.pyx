"""The work of the tokenizer: a text is cut into pieces, by the affix rules and special cases it is given."""
import os

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp.vector cimport vector

from ..tokens.store cimport TokenStore
from .affix cimport Match, Rule, decode, encode, is_space
from .specials cimport INFIX, PREFIX, SUFFIX, TOKEN, TOKEN_MATCH, URL_MATCH, Piece, SpecialCases


cdef class Cutter:
    """Rules and memory of a tokenizer, and the cutting itself. `Tokenizer` is what users see.

    A piece is a word with the rule that made it; pieces of chunks met before are remembered as long as the arena of their words
    lives.
    """

    def __cinit__(self, *args, **kwargs):
        self.spare = NULL
        self.seed = int.from_bytes(os.urandom(8), "little")
        self.specials = SpecialCases(self.seed)

    def __dealloc__(self):
        del self.spare

    cdef int cut(self, Workspace* work, str text, TokenStore doc, bint with_specials, bint cached) except -1:
        cdef Chunk chunk
        cdef size_t first
        cdef ChunkScanner scanner
        decode(text, work.text)
        scanner = ChunkScanner(work.text.data(), work.text.size(), self.seed, is_space)
        while True:
            if cached:
                if not self.cache.follow(scanner, work.pieces, chunk):
                    return 0
            elif not scanner.next(chunk):
                return 0
            first = work.pieces.size()
            arena = self.vocab.strings.current
            if with_specials and self.specials.find_key(chunk.key, chunk.end - chunk.start) >= 0:
                self.put_special(self.specials.find_key(chunk.key, chunk.end - chunk.start), work.pieces)
            else:
                self.cut_chunk(work, chunk.start, chunk.end, doc, with_specials)
            # Nothing is remembered of a chunk during which a new generation began.
            if cached and arena is self.current and arena is self.vocab.strings.current and self.cache_limit > 0:
                if <Py_ssize_t>self.cache.size() >= self.cache_limit:
                    self.cache.clear()
                self.cache.add(chunk, work.pieces, first)
            if work.pieces.size() > first:
                work.pieces.back().space = chunk.space

    cdef int cut_chunk(self, Workspace* work, int64_t start, int64_t end, TokenStore doc, bint with_specials) except -1:
        cdef const uint32_t* text = work.text.data()
        cdef int64_t size, before = -1
        cdef int64_t prefix, suffix
        work.suffixes.clear()
        while start < end and end - start != before:
            size = before = end - start
            if self.token_rule is not None and self.token_rule.matches(text + start, size, work.stack):
                break
            if with_specials and self.specials.find(text + start, size) >= 0:
                break
            prefix = length_of(self.prefix_rule, text + start, size, work.stack)
            if prefix:
                self.put(work, start, start + prefix, PREFIX, doc, work.pieces)
                start += prefix
                if with_specials and start < end and self.specials.find(text + start, end - start) >= 0:
                    break
            suffix = length_of(self.suffix_rule, text + start, end - start, work.stack)
            if suffix:
                self.put(work, end - suffix, end, SUFFIX, doc, work.suffixes)
                end -= suffix
                if with_specials and prefix and self.specials.find(text + start - prefix, end - start + prefix) >= 0:
                    # The prefix belonged to a special case after all.
                    work.pieces.pop_back()
                    start -= prefix
                    break
        if start < end:
            self.cut_middle(work, start, end, doc, with_specials)
        while not work.suffixes.empty():
            work.pieces.push_back(work.suffixes.back())
            work.suffixes.pop_back()
        return 0

    cdef int cut_middle(self, Workspace* work, int64_t start, int64_t end, TokenStore doc, bint with_specials) except -1:
        # What is left of a chunk when its affixes are off.
        cdef const uint32_t* text = work.text.data()
        cdef vector[Match] found
        cdef Match infix
        cdef int64_t at = start
        cdef int special = self.specials.find(text + start, end - start) if with_specials else -1
        if special >= 0:
            return self.put_special(special, work.pieces)
        if self.token_rule is not None and self.token_rule.matches(text + start, end - start, work.stack):
            return self.put(work, start, end, TOKEN_MATCH, doc, work.pieces)
        if self.url_rule is not None and self.url_rule.matches(text + start, end - start, work.stack):
            return self.put(work, start, end, URL_MATCH, doc, work.pieces)
        if self.infix_rule is not None:
            self.infix_rule.find_all(text + start, end - start, work.stack, found)
        for infix in found:
            if infix.start == 0:
                continue
            if start + infix.start > at:
                self.put(work, at, start + infix.start, TOKEN, doc, work.pieces)
            if infix.end > infix.start:
                self.put(work, start + infix.start, start + infix.end, INFIX, doc, work.pieces)
            at = start + infix.end
        if at < end:
            self.put(work, at, end, TOKEN, doc, work.pieces)
        return 0

    cdef int put(
        self, Workspace* work, int64_t start, int64_t end, unsigned char kind, TokenStore doc, vector[Piece]& out
    ) except -1:
        cdef Piece piece
        if not encode_utf8(work.text.data() + start, end - start, work.utf8):
            encode(work.text.data() + start, end - start).encode("utf8")  # raises, and shows where
        piece.lexeme = self.vocab.lexeme_of_utf8(work.utf8.data(), work.utf8.size())
        if doc is not None and doc.last_arena is not self.vocab.strings.current:
            # Looking a word up may run the user's code, and other threads: a new generation may have begun.
            doc.hold_arena()
        piece.norm = 0
        piece.ordinal = 0
        piece.kind = kind
        piece.space = False
        piece.opens = self.phrases.opens(piece.lexeme.orth)
        out.push_back(piece)
        return 0

    cdef int put_special(self, int number, vector[Piece]& out) except -1:
        cdef size_t i, first = out.size()
        self.specials.append(number, self.vocab, out)
        for i in range(first, out.size()):
            out[i].opens = self.phrases.opens(out[i].lexeme.orth)
        return 0

    cdef bint replace_phrases(self, Workspace* work) except -1:
        """Put the special cases that are found over the tokens in their places. True if the text begins with one."""
        cdef vector[TokenSpan] spans
        cdef vector[Piece] rewritten
        cdef TokenSpan span
        cdef uint32_t at = 0, i
        cdef int64_t offset = 0, start
        cdef int number
        cdef bint opened = False
        if self.phrases.empty():
            return False
        spans = self.phrases.choose(work.pieces)
        if spans.empty():
            return False
        for span in spans:
            for i in range(at, span.start):
                rewritten.push_back(work.pieces[i])
                offset += work.pieces[i].lexeme.length + work.pieces[i].space
            start = offset
            for i in range(span.start, span.end):
                offset += work.pieces[i].lexeme.length + work.pieces[i].space
            at = span.end
            # The words are those of a special case; it holds only where the white space between them is the same too.
            number = self.specials.find(work.text.data() + start, offset - start - work.pieces[at - 1].space)
            if number >= 0:
                self.put_special(number, rewritten)
                rewritten.back().space = work.pieces[at - 1].space
                opened |= start == 0
            else:
                for i in range(span.start, span.end):
                    rewritten.push_back(work.pieces[i])
        for i in range(at, <uint32_t>work.pieces.size()):
            rewritten.push_back(work.pieces[i])
        work.pieces.swap(rewritten)
        return opened

    cdef int prepare_phrases(self) except -1:
        """Collect the special cases that have to be matched over tokens, in terms of what the affix rules make of them."""
        cdef Workspace* work = self.take()
        try:
            self.phrases.clear()
            for string in self.specials.rules:
                if not self.faster or " " in string or self.has_affix(string):
                    work.reset()
                    self.cut(work, string, None, False, False)
                    self.phrases.add(work.pieces)
            self.cache.clear()
            self.phrases_ready = True
        finally:
            self.give_back(work)
        return 0

    def has_affix(self, str string not None):
        """Whether any of the affix rules finds something in the string."""
        cdef vector[uint32_t] text
        cdef vector[uint64_t] stack
        cdef vector[Match] found
        decode(string, text)
        if length_of(self.prefix_rule, text.data(), text.size(), stack):
            return True
        if length_of(self.suffix_rule, text.data(), text.size(), stack):
            return True
        if self.infix_rule is not None:
            self.infix_rule.find_all(text.data(), text.size(), stack, found)
        return not found.empty()

    cdef int forget(self) except -1:
        # The rules have changed: nothing that was worked out with the old ones holds.
        self.cache.clear()
        self.phrases_ready = False
        return 0

    cdef int follow_arenas(self) except -1:
        # Lexemes die with their arena: what is remembered of older ones must not be used any more.
        if self.current is not self.vocab.strings.current or self.permanent is not self.vocab.strings.permanent:
            self.cache.clear()
            self.specials.forget_lexemes()
            self.current = self.vocab.strings.current
            self.permanent = self.vocab.strings.permanent
        return 0

    cdef Workspace* take(self) except NULL:
        cdef Workspace* work = self.spare
        self.spare = NULL
        if work is NULL:
            work = new Workspace()
        work.reset()
        return work

    cdef int give_back(self, Workspace* work) except -1:
        del self.spare
        self.spare = work
        return 0


cdef int64_t length_of(Rule rule, const uint32_t* text, int64_t size, vector[uint64_t]& stack) except -1:
    cdef Match match
    if rule is None:
        return 0
    match = rule.search(text, size, stack)
    return match.end - match.start
