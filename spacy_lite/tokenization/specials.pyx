"""Special cases of a tokenizer: texts that become given tokens, whatever the affix rules would make of them."""
from libc.stdint cimport uint32_t, uint64_t
from libcpp.vector cimport vector

from ..vocab cimport Vocab
from .affix cimport decode

from ..attrs import NAMES, intify_attr
from ..errors import nearest

cdef int ORTH_ID = 65
cdef int NORM_ID = 67


cdef class SpecialCases:
    """Rules `text -> tokens`, each token a dict with ORTH and, if its norm is not the word's own, NORM.

    seed: number the keys of texts start from (see chunks.hh). `rules` holds what was given, in the order it was given.
    """

    def __init__(self, seed):
        self.seed = seed
        self.rules = {}
        self.parsed = []

    def __len__(self):
        return len(self.rules)

    def add(self, str string not None, substrings):
        """Add a rule, or replace the one for the same text.

        Raises ValueError where the tokens do not spell the text, or say more than ORTH and NORM.
        """
        cdef vector[uint32_t] text
        cdef Slot slot
        cdef int number
        if not isinstance(substrings, list):
            substrings = list(substrings)
        tokens = parse_tokens(string, substrings)
        decode(string, text)
        number = self.find(text.data(), text.size())
        slot.first = 0
        slot.count = 0
        slot.length = <uint32_t>text.size()
        slot.known = False
        if number < 0:
            self.numbers.set(chunk_key(self.seed, text.data(), text.size()), <uint32_t>len(self.parsed))
            self.parsed.append(tokens)
            self.slots.push_back(slot)
        else:
            self.parsed[number] = tokens
            self.slots[number] = slot
        self.rules[string] = substrings

    cdef int find(self, const uint32_t* text, size_t size) noexcept:
        if self.slots.empty():
            return -1
        return self.find_key(chunk_key(self.seed, text, size), size)

    cdef int find_key(self, uint64_t key, size_t size) noexcept:
        cdef const uint32_t* number = self.numbers.find(key)
        if number is NULL or self.slots[number[0]].length != size:
            return -1
        return <int>number[0]

    cdef int append(self, int number, Vocab vocab, vector[Piece]& out) except -1:
        cdef Slot slot = self.slots[number]
        cdef uint32_t i
        if not slot.known:
            slot = self.resolve(number, vocab)
        for i in range(slot.count):
            out.push_back(self.pool[slot.first + i])
        return 0

    cdef Slot resolve(self, int number, Vocab vocab) except *:
        # The words of a special case are permanent, so that any text may refer to them.
        cdef Slot slot
        cdef Piece piece
        cdef vector[Piece] pieces
        for orth, norm in self.parsed[number]:
            vocab.strings.add(orth)
            piece.lexeme = vocab.lexeme_of_str(orth)
            piece.norm = 0 if norm is None else vocab.strings.add(norm) if isinstance(norm, str) else norm
            piece.ordinal = <unsigned short>(pieces.size() + 1)
            piece.kind = SPECIAL
            piece.space = False
            piece.opens = False
            pieces.push_back(piece)
        # Looking words up may have run Python code, and other threads: the pool is touched only now.
        slot = self.slots[number]
        slot.first = <uint32_t>self.pool.size()
        slot.count = <uint32_t>pieces.size()
        slot.known = True
        for piece in pieces:
            self.pool.push_back(piece)
        self.slots[number] = slot
        return slot

    cdef int forget_lexemes(self) except -1:
        cdef size_t i
        if self.pool.empty():
            return 0
        for i in range(self.slots.size()):
            self.slots[i].known = False
        self.pool.clear()
        return 0


cdef list parse_tokens(str string, list substrings):
    """[(orth, norm or None)] of a rule, checked."""
    cdef list tokens = []
    for substring in substrings:
        orth = norm = None
        for name, value in substring.items():
            attr = name if isinstance(name, int) else intify_attr(name)
            if attr == ORTH_ID:
                orth = value
            elif attr == NORM_ID:
                norm = value
            else:
                shown = name if attr is None or isinstance(name, str) else NAMES[attr] if 0 <= attr < len(NAMES) else name
                hint = nearest(str(name).upper(), ("ORTH", "NORM")) if attr is None else ""
                raise ValueError(
                    f"special case {string!r}: a token may set ORTH and NORM only, got `{shown}`{hint}. "
                    "Set other attributes after tokenization, for instance with an attribute_ruler."
                )
        if not isinstance(orth, str) or not orth:
            raise ValueError(f"special case {string!r}: each token needs ORTH, the text it stands for, got {substring!r}")
        tokens.append((orth, norm))
    spelt = "".join([orth for orth, _ in tokens])
    if spelt != string or not string:
        raise ValueError(f"special case {string!r}: its tokens must spell the same text, they spell {spelt!r}: {substrings!r}")
    return tokens
