"""Retokenizer: merges and splits the tokens of a Doc, all at once."""
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libcpp.vector cimport vector

from ..lexeme cimport LexemeC
from .span cimport Span, SpanData
from .store cimport (
    COLUMN_ENT_IOB,
    COLUMN_ENT_TYPE,
    COLUMN_HEAD,
    COLUMN_LEMMA,
    COLUMN_NORM,
    COLUMN_SENT_START,
    N_COLUMNS,
    TokenStore,
    column_of_attr,
)
from .token cimport Token

import numpy

from ..attrs import IDS, NAMES, intify_attr
from ..errors import nearest
from .attributes import pos_id
from .underscore import Underscore

EMPTY = {}


cdef class Retokenizer:
    """Collects merges and splits of tokens of a Doc, and carries them out when the `with` block ends without an error.

    doc: the Doc. Merges go first. Tokens and Spans taken from the Doc before are stale after; `doc.spans` and `doc.ents`
    are kept up.
    """
    cdef TokenStore doc
    cdef list merges
    cdef list splits
    cdef set merged

    def __init__(self, doc):
        self.doc = doc
        self.merges, self.splits, self.merged = [], [], set()

    def merge(self, Span span not None, attrs=EMPTY):
        """Make one token of a span.

        It takes the annotations of the root of the span, the lemmas joined, and `attrs`: a dict of attributes by name (and
        of extension attributes under "_"). Raises ValueError for an empty span, one that shares a token with another to be
        merged, an unknown attribute.
        """
        tokens = range(span.data.start, span.data.end)
        if not tokens:
            raise ValueError(f"retokenize: the span at token {span.data.start} is empty, so there is nothing to merge")
        shared = self.merged.intersection(tokens)
        if shared:
            raise ValueError(
                f"retokenize: `{self.doc[min(shared)]}` (token {min(shared)}) is to be merged twice: choose among "
                "overlapping spans with "
                "`util.filter_spans`"
            )
        checked = check_attributes(self.doc, attrs)
        self.merged.update(tokens)
        self.merges.append((span.data.start, span.data.end, span.root.i, span, checked))

    def split(self, Token token not None, orths, heads, attrs=EMPTY):
        """Make several tokens of one.

        orths: their texts, which joined are the text of the token. heads: the head of each, a Token of the Doc, or (token,
        k) for the k-th new one of a token that is split. attrs: a dict of attributes by name, a list of values each. Raises
        ValueError where the texts do not add up or a number of values is another.
        """
        orths, heads = list(orths), list(heads)
        if "".join(orths) != token.text or not all(orths):
            raise ValueError(f"retokenize: the parts {orths} do not make up the token `{token}`")
        if any([token.i == i for i, *_ in self.splits]):
            raise ValueError(f"retokenize: `{token}` (token {token.i}) is to be split twice")
        if len(heads) != len(orths):
            raise ValueError(f"retokenize: `{token}` is split into {len(orths)} tokens, but {len(heads)} heads are given")
        for name, values in attrs.items():
            if len(values) != len(orths):
                raise ValueError(
                    f"retokenize: `{token}` is split into {len(orths)} tokens, but {name} has {len(values)} values"
                )
        parts = [check_attributes(self.doc, {name: values[k] for name, values in attrs.items()}) for k in range(len(orths))]
        places = [(head.i, None) if isinstance(head, Token) else (head[0].i, head[1]) for head in heads]
        self.splits.append((token.i, orths, places, parts))

    def __enter__(self):
        self.merges, self.splits, self.merged = [], [], set()
        return self

    def __exit__(self, error, *details):
        if error is not None or not (self.merges or self.splits):
            return
        place = merge_spans(self.doc, sorted(self.merges, key=first)) if self.merges else list(range(self.doc.length))
        for i, orths, heads, parts in self.splits:
            if i in self.merged:
                raise ValueError(f"retokenize: token {i} is to be merged as well as split")
            place = split_token(self.doc, place, i, orths, heads, parts)
        self.doc.vector = None


def first(merge):
    """Where a span to be merged begins: what merges are sorted by."""
    return merge[0]


def check_attributes(TokenStore doc, attributes):
    """Attributes by name as (list of (id, value as a number), extension attributes). Raises ValueError for what cannot
    be set.
    """
    extensions = dict(attributes.get("_", {}))
    for name in extensions:
        known = Underscore.token_extensions.get(name)
        if known is None:
            raise ValueError(
                "retokenize: Token has no extension attribute "
                f"`{name}`{nearest(name, Underscore.token_extensions)}: register it with "
                "Token.set_extension"
            )
        if known[1] is not None or (known[2] is not None and known[3] is None):
            raise ValueError(f"retokenize: the extension attribute `{name}` of Token has no setter, so it cannot be set")
    numbers = []
    for name, value in attributes.items():
        if name == "_":
            continue
        number = intify_attr(name)
        if number is None:
            raise ValueError(f"retokenize: `{name}` is not an attribute{nearest(str(name).upper(), IDS)}")
        if isinstance(value, str):
            if number == IDS["POS"]:
                value = pos_id(value)
            elif number == IDS["MORPH"]:
                value = doc.vocab.morphology.add(value)
            else:
                value = doc.intern(value)
        numbers.append((number, value))
    return numbers, extensions


cdef int apply_attributes(TokenStore doc, int i, checked) except -1:
    numbers, extensions = checked
    for number, value in numbers:
        if column_of_attr(number) >= 0:
            doc.set_attr(i, number, <uint64_t><int64_t>value if value < 0 else <uint64_t>value)
        else:
            # An attribute of the word type: it changes for all tokens of that form.
            lexeme = doc.vocab[doc.lex[i].orth]
            if number < 64:
                lexeme.set_flag(number, bool(value))
            else:
                lexeme.set_attrs(**{NAMES[number].lower(): value})
            doc.lex[i] = doc.vocab.lexeme_of_id(doc.lex[i].orth)
            doc.hold_arena()
    for name, value in extensions.items():
        Underscore(Underscore.token_extensions, Token.view(doc, i), start=doc.get_offsets()[i], end=None).set(name, value)
    return 0


cdef int rebuild(
    TokenStore doc, const vector[const LexemeC*]& lex, const vector[uint8_t]& spaces, const vector[int]& sources, list place
) except -1:
    # Lays the columns out anew. sources: the old token each new one takes its annotations from, or -1; place: the new index
    # of each old token, by which heads are moved.
    cdef int column, n = lex.size(), i, head
    cdef uint64_t* fresh
    doc.reserve(n)
    for column in range(N_COLUMNS):
        if doc.columns[column] == NULL:
            continue
        fresh = <uint64_t*>calloc(doc.capacity, sizeof(uint64_t))
        if fresh == NULL:
            raise MemoryError(f"no memory for a column of {n} tokens")
        for i in range(n):
            if sources[i] >= 0:
                if column == COLUMN_HEAD:
                    head = sources[i] + <int><int64_t>doc.columns[column][sources[i]]
                    fresh[i] = <uint64_t><int64_t>(<int>place[head] - i)
                else:
                    fresh[i] = doc.columns[column][sources[i]]
        free(doc.columns[column])
        doc.columns[column] = fresh
    for i in range(n):
        doc.lex[i] = lex[i]
        doc.spaces[i] = spaces[i]
    doc.length = n
    doc.drop_caches(-1)
    return 0


cdef list merge_spans(TokenStore doc, list merges):
    """Carry out merges, sorted and disjoint; returns the new index of each old token."""
    cdef vector[const LexemeC*] lex
    cdef vector[uint8_t] spaces
    cdef vector[int] sources
    cdef list place = [0] * doc.length, rows = [], results = []
    cdef int i = 0, k, start, end, root
    pending = iter(merges)
    merge = next(pending, None)
    while i < doc.length:
        start, end, root = merge[:3] if merge is not None and merge[0] == i else (i, i + 1, i)
        for k in range(start, end):
            place[k] = <int>lex.size()
        sources.push_back(root)
        rows.append(end - 1)
        spaces.push_back(doc.spaces[end - 1])
        if merge is not None and merge[0] == i:
            text = doc.slice_text(start, end, False)
            lex.push_back(doc.vocab.lexeme_of_str(text))
            doc.hold_arena()
            give_vector(doc, text, merge[3])
            results.append((<int>lex.size() - 1, merged_values(doc, start, end, root), merge[4]))
            merge = next(pending, None)
        else:
            lex.push_back(doc.lex[start])
        i = end
    tensor = doc.tensor[rows] if doc.tensor is not None and doc.tensor.size else doc.tensor
    rebuild(doc, lex, spaces, sources, place)
    doc.tensor = tensor
    for k, (iob, lemma, sent_start), _ in results:
        write_merged(doc, k, iob, lemma, sent_start)
    for k, _, checked in results:
        apply_attributes(doc, k, checked)
    mend_entities(doc)
    if doc.has_annotation("DEP"):
        doc.set_sentences_from_tree(0, doc.length)
    move_groups(doc, place)
    return place


def give_vector(doc, text, span):
    """Give a merged word the vector of its span, where the vocabulary has vectors but none for the word."""
    vectors = doc.vocab.vectors
    if vectors.size and getattr(vectors, "mode", "default") == "default" and not doc.vocab.has_vector(text):
        doc.vocab.set_vector(text, span.vector)


cdef object merged_values(TokenStore doc, int start, int end, int root):
    # What a merged token does not take from the root of its span as it is: its place in an entity, lemma, sentence start.
    cdef uint64_t iob = doc.read(COLUMN_ENT_IOB, root), kind = doc.read(COLUMN_ENT_TYPE, root)
    cdef int i
    if iob == 1 or iob == 3:
        continues = start > 0 and doc.read(COLUMN_ENT_IOB, start) == 1 and doc.read(COLUMN_ENT_TYPE, start) == kind
        iob = 1 if continues and doc.read(COLUMN_ENT_TYPE, start - 1) == kind else 3
    lemma = ""
    if end - start > 1 and any([doc.read(COLUMN_LEMMA, i) for i in range(start, end)]):
        lemma = "".join([token.lemma_ + token.whitespace_ for token in doc[start:end]]).rstrip()
    return iob, lemma, doc.read(COLUMN_SENT_START, start)


cdef int write_merged(TokenStore doc, int i, uint64_t iob, lemma, uint64_t sent_start) except -1:
    if doc.columns[COLUMN_ENT_IOB] != NULL:
        doc.writable(COLUMN_ENT_IOB)[i] = iob
    if doc.columns[COLUMN_NORM] != NULL:
        doc.writable(COLUMN_NORM)[i] = 0
    if doc.columns[COLUMN_SENT_START] != NULL:
        doc.writable(COLUMN_SENT_START)[i] = sent_start
    if lemma:
        doc.writable(COLUMN_LEMMA)[i] = doc.intern(lemma)
    return 0


cdef int mend_entities(TokenStore doc) except -1:
    # An I behind another type begins an entity.
    cdef int i
    if doc.columns[COLUMN_ENT_IOB] == NULL:
        return 0
    cdef uint64_t* iob = doc.writable(COLUMN_ENT_IOB)
    for i in range(doc.length):
        if iob[i] == 1 and (i == 0 or doc.read(COLUMN_ENT_TYPE, i - 1) != doc.read(COLUMN_ENT_TYPE, i)):
            iob[i] = 3
    return 0


cdef int move_groups(TokenStore doc, list place) except -1:
    # Spans in doc.spans go where their tokens went. Tokens that became one belong to the span as a whole.
    cdef SpanData data
    for group in doc.spans.values():
        for span in group:
            data = (<Span>span).data
            if data.end > data.start:
                data.end = place[data.end - 1] + 1
                data.start = place[data.start]
            else:
                data.start = data.end = place[data.start] if data.start < len(place) else doc.length
    return 0


cdef list split_token(TokenStore doc, list place, int token, list orths, list heads, list parts):
    """Carry out one split. place: the present index of each original token, by which `token` and `heads` are given;
    returns the new one.
    """
    cdef vector[const LexemeC*] lex
    cdef vector[uint8_t] spaces
    cdef vector[int] sources
    cdef int i, k, at = place[token], n = len(orths), old_length = doc.length
    cdef uint64_t iob = doc.read(COLUMN_ENT_IOB, at)
    for i in range(old_length):
        if i != at:
            lex.push_back(doc.lex[i])
            spaces.push_back(doc.spaces[i])
            sources.push_back(i)
            continue
        for k in range(n):
            lex.push_back(doc.vocab.lexeme_of_str(orths[k]))
            doc.hold_arena()
            spaces.push_back(doc.spaces[at] if k == n - 1 else 0)
            # As trained pipelines expect: a further part starts from the annotations that stood at its place before.
            sources.push_back(at + k if at + k < old_length else -1)
    step = [i if i <= at else i + n - 1 for i in range(old_length)]
    tensor = doc.tensor
    if tensor is not None and tensor.size:
        rows = numpy.zeros((n, *tensor.shape[1:]), dtype=tensor.dtype)
        if hasattr(tensor, "get"):
            tensor = tensor.get()
        tensor = numpy.concatenate((tensor[:at], rows, tensor[at + 1 :]))
    rebuild(doc, lex, spaces, sources, step)
    doc.tensor = tensor
    place = [step[i] for i in place]
    for k in range(n):
        head, part = heads[k]
        head = place[head] + (part or 0)
        doc.writable(COLUMN_HEAD)[at + k] = <uint64_t><int64_t>(<int>head - (at + k))
        if doc.columns[COLUMN_ENT_IOB] != NULL:
            doc.writable(COLUMN_ENT_IOB)[at + k] = 1 if iob == 3 and k else iob
        if doc.columns[COLUMN_NORM] != NULL:
            doc.writable(COLUMN_NORM)[at + k] = 0
        if doc.read(COLUMN_LEMMA, at + k) != 0:
            doc.writable(COLUMN_LEMMA)[at + k] = lex[at + k].orth
        apply_attributes(doc, at + k, parts[k])
    if doc.has_annotation("DEP"):
        doc.set_sentences_from_tree(0, doc.length)
    widen_groups(doc, at, n)
    return place


cdef int widen_groups(TokenStore doc, int at, int n) except -1:
    # Spans around a token that became n take them all in.
    cdef SpanData data
    for group in doc.spans.values():
        for span in group:
            data = (<Span>span).data
            if data.end > at:
                data.end += n - 1
            if data.start > at:
                data.start += n - 1
    return 0
