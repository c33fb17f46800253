"""CoNLL-U (https://universaldependencies.org/format.html) to Docs.

A file is read line by line into sentences of plain rows; `n_sents` sentences are then joined into one Doc. Multi-word tokens
(`3-4`) are either split into their words, which share the surface token's whitespace, or merged into one token
(`merge_subtokens`). Empty nodes (`8.1`) are skipped. Entities come from the MISC column: `B-PER`, `NE=B-PER`, `NER=B-PER`,
`name=B-PER` (IOB or BILUO).
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ...errors import FormatError
from ...tokens import Doc, Span
from ...vocab import Vocab
from ..entity_tags import spans_of_tags

__all__ = ["conllu_to_docs"]

N_COLUMNS = 10
ENTITY = re.compile(r"^(?:(?:name|NER?)=)?(?:([BILUSE])-(.+)|O)$")


@dataclass
class Row:
    """One word of a sentence. head: index of the head within the sentence (its own for the root)."""

    word: str
    lemma: str
    pos: str
    tag: str
    morph: str
    head: int
    dep: str
    space: bool
    entity: str


@dataclass
class Sentence:
    """The rows of a sentence and its multi-word tokens as (first row, end row, surface form)."""

    rows: list[Row] = field(default_factory=list)
    surface: list[tuple[int, int, str]] = field(default_factory=list)


def conllu_to_docs(
    input_data: str,
    n_sents: int = 10,
    append_morphology: bool = False,
    ner_map: Mapping[str, str] | None = None,
    merge_subtokens: bool = False,
    no_print: bool = False,
    **_: object,
) -> Iterator[Doc]:
    """Read CoNLL-U text and yield Docs of `n_sents` sentences each (0: one Doc for all).

    append_morphology: join the features to the tag (`NOUN__Number=Sing`). ner_map: new entity label for each label; one mapped
    to "" is dropped. merge_subtokens: one token for a multi-word token, with the attributes of its words joined. no_print:
    accepted for compatibility. Raises FormatError naming the line for rows that are not CoNLL-U.
    """
    vocab = Vocab()
    pending: list[Sentence] = []
    with_entities = _has_entities(input_data)
    unfaithful: list[str] = []
    for sentence in read_sentences(input_data, ner_map):
        if merge_subtokens:
            sentence = merged(sentence)
        else:
            unfaithful.extend(_unlike_surface(sentence))
        pending.append(sentence)
        if n_sents > 0 and len(pending) == n_sents:
            yield _to_doc(vocab, pending, append_morphology, with_entities)
            pending = []
    if pending:
        yield _to_doc(vocab, pending, append_morphology, with_entities)
    if unfaithful and not no_print:
        examples = ", ".join(sorted(set(unfaithful))[:5])
        warnings.warn(
            f"{len(unfaithful)} multi-word tokens are not the sum of their words (such as {examples}), so the text made from "
            f"the "
            "words differs from the original text. Merge them with --merge-subtokens if the tokenizer keeps them whole."
        )


def read_sentences(data: str, ner_map: Mapping[str, str] | None = None) -> Iterator[Sentence]:
    """The sentences of CoNLL-U text, comments and empty nodes left out. Raises FormatError naming the line."""
    lines: list[tuple[int, list[str]]] = []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            if lines:
                yield _read_sentence(lines, ner_map)
            lines = []
        elif not line.startswith("#"):
            lines.append((number, line.rstrip("\r\n").split("\t")))
    if lines:
        yield _read_sentence(lines, ner_map)


def _read_sentence(lines: Iterable[tuple[int, list[str]]], ner_map: Mapping[str, str] | None) -> Sentence:
    sentence = Sentence()
    surface_end, surface_space = 0, True
    for number, columns in lines:
        if len(columns) != N_COLUMNS:
            raise FormatError(
                f"line {number}: a CoNLL-U row has {N_COLUMNS} columns separated by tabs, this one has {len(columns)}: "
                f"{' '.join(columns)[:80]!r}"
            )
        number_of_row, misc = columns[0], columns[9]
        space = "SpaceAfter=No" not in misc.split("|")
        if "." in number_of_row:
            continue
        if "-" in number_of_row:
            first, end = (_number(value, number, "ID") for value in number_of_row.split("-", 1))
            sentence.surface.append((first - 1, end, columns[1]))
            surface_end, surface_space = end, space
            continue
        row = _number(number_of_row, number, "ID")
        if row != len(sentence.rows) + 1:
            raise FormatError(f"line {number}: expected the row with ID {len(sentence.rows) + 1}, found {row}")
        if row <= surface_end:
            space = surface_space if row == surface_end else False
        sentence.rows.append(_read_row(columns, number, row - 1, space, ner_map))
    for index, word in enumerate(sentence.rows):
        if not 0 <= word.head < len(sentence.rows):
            raise FormatError(
                f"line {number}: word {index + 1} ({word.word}) of the sentence that ends here has head {word.head + 1}, "
                f"but the sentence has {len(sentence.rows)} words"
            )
    return sentence


def _read_row(columns: list[str], line: int, index: int, space: bool, ner_map: Mapping[str, str] | None) -> Row:
    _, word, lemma, pos, tag, morph, head, dep, _, misc = columns
    return Row(
        word=word,
        lemma=lemma,
        pos="" if pos == "_" else pos,
        tag=pos if tag == "_" else tag,
        morph="" if morph == "_" else morph,
        head=index if head in ("0", "_") else _number(head, line, "HEAD") - 1,
        dep="ROOT" if dep == "root" else dep,
        space=space,
        entity=_entity(misc, ner_map),
    )


def _number(value: str, line: int, column: str) -> int:
    if not value.isdigit():
        raise FormatError(f"line {line}: column {column} must be a number, found {value!r}")
    return int(value)


def _has_entities(data: str) -> bool:
    for line in data.splitlines():
        misc = line.rpartition("\t")[2]
        if line[:1].isdigit() and any(ENTITY.match(part) for part in misc.split("|")):
            return True
    return False


def _entity(misc: str, ner_map: Mapping[str, str] | None) -> str:
    for part in misc.split("|"):
        found = ENTITY.match(part)
        if found and found[1]:
            label = ner_map.get(found[2], found[2]) if ner_map else found[2]
            return f"{found[1]}-{label}" if label else "O"
        if found:
            return "O"
    return "O"


def _unlike_surface(sentence: Sentence) -> Iterator[str]:
    for start, end, form in sentence.surface:
        words = [row.word for row in sentence.rows[start:end]]
        if "".join(words) != form:
            yield f"{form} = {' + '.join(words)}"


def merged(sentence: Sentence) -> Sentence:
    """The sentence with one row for each multi-word token.

    Tags are joined by `_`, lemmas by a space, features united; head, relation and part of speech are those of the word whose
    head lies outside.
    """
    rows: list[Row] = []
    new_index: dict[int, int] = {}
    starts = {start: (end, form) for start, end, form in sentence.surface}
    index = 0
    while index < len(sentence.rows):
        end, form = starts.get(index, (index + 1, ""))
        for old in range(index, end):
            new_index[old] = len(rows)
        rows.append(_merge_rows(sentence.rows, index, end, form) if form else sentence.rows[index])
        index = end
    return Sentence([_with_head(row, new_index[row.head]) for row in rows])


def _with_head(row: Row, head: int) -> Row:
    return Row(**{**row.__dict__, "head": head})


def _merge_rows(rows: list[Row], start: int, end: int, form: str) -> Row:
    inside = range(start, end)
    root = next((i for i in inside if rows[i].head not in inside or rows[i].head == i), start)
    features: dict[str, set[str]] = {}
    for row in rows[start:end]:
        for feature in row.morph.split("|") if row.morph else ():
            name, _, values = feature.partition("=")
            features.setdefault(name, set()).update(values.split(","))
    entity = next((row.entity for row in rows[start:end] if row.entity != "O"), "O")
    return Row(
        word=form,
        lemma=" ".join(row.lemma for row in rows[start:end]),
        pos=rows[root].pos,
        tag="_".join(row.tag for row in rows[start:end]),
        morph="|".join(sorted(f"{name}={','.join(sorted(values))}" for name, values in features.items())),
        head=rows[root].head,
        dep=rows[root].dep,
        space=rows[end - 1].space,
        entity=entity,
    )


def _to_doc(vocab: Vocab, sentences: list[Sentence], append_morphology: bool, with_entities: bool) -> Doc:
    rows: list[Row] = []
    heads: list[int] = []
    entities: list[tuple[int, int, str]] = []
    for sentence in sentences:
        offset = len(rows)
        entities.extend(
            (offset + start, offset + end, label) for start, end, label in spans_of_tags(r.entity for r in sentence.rows)
        )
        heads.extend(offset + row.head for row in sentence.rows)
        rows.extend(sentence.rows)
    # Sentences of one Doc are kept apart by a space even where the file glues them together.
    for sentence in sentences[:-1]:
        sentence.rows[-1].space = True
    doc = Doc(
        vocab,
        words=[row.word for row in rows],
        spaces=[row.space for row in rows],
        tags=[f"{row.tag}__{row.morph}" if append_morphology and row.morph else row.tag for row in rows],
        pos=[row.pos for row in rows],
        morphs=[row.morph for row in rows],
        lemmas=[row.lemma for row in rows],
        heads=heads,
        deps=[row.dep for row in rows],
    )
    if with_entities:
        doc.set_ents([Span(doc, start, end, label=label) for start, end, label in entities], default="outside")
    return doc
