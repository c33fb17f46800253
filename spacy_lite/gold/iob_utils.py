"""Entities as tags of the IOB and BILUO schemes, as character offsets, and as spans.

BILUO: B-X, I-X, L-X mark the first, inner and last tokens of an entity of type X, U-X a token that is one alone, O none, and
"-" or None a token about which nothing is known.
"""

import warnings
from collections.abc import Iterable, Sequence

from ..tokens import Doc, Span

__all__ = [
    "biluo_tags_to_offsets",
    "biluo_tags_to_spans",
    "biluo_to_iob",
    "doc_to_biluo_tags",
    "iob_to_biluo",
    "offsets_to_biluo_tags",
    "remove_bilu_prefix",
    "split_bilu_label",
    "tags_to_entities",
]

Offsets = tuple[int, int, str]


def iob_to_biluo(tags: Iterable[str | None]) -> list[str | None]:
    """BILUO tags of IOB tags.

    An entity may begin with B- or I-, and ends where another begins or the type changes. BILUO tags are understood as well.
    Raises ValueError for a tag that is none of these.
    """
    given = list(tags)
    made: list[str | None] = []
    for i, tag in enumerate(given):
        if tag is None or tag in ("O", "-"):
            made.append(tag)
            continue
        prefix, label = split_tag(tag, i)
        opens = prefix in "BU" or not continues(given[i - 1] if i else None, label)
        closes = not (i + 1 < len(given) and follows(given[i + 1], label))
        made.append(f"{('U' if closes else 'B') if opens else ('L' if closes else 'I')}-{label}")
    return made


def split_tag(tag: str, i: int) -> tuple[str, str]:
    """Prefix and label of a tag other than O. Raises ValueError for one that is not of the scheme."""
    prefix, _, label = tag.partition("-")
    if prefix not in ("B", "I", "L", "U") or not label:
        raise ValueError(f"expected tags like `O`, `B-PERSON` or `I-PERSON`, got {tag!r} at token {i}")
    return prefix, label


def continues(previous: str | None, label: str) -> bool:
    """May an I- of this label go on from the previous tag?"""
    return previous in (f"B-{label}", f"I-{label}", f"L-{label}", f"U-{label}")


def follows(tag: str | None, label: str) -> bool:
    """Does this tag go on an entity of this label?"""
    return tag in (f"I-{label}", f"L-{label}")


def biluo_to_iob(tags: Iterable[str | None]) -> list[str | None]:
    """IOB tags of BILUO tags."""
    turned = {"U-": "B-", "L-": "I-"}
    return [tag if tag is None else turned.get(tag[:2], tag[:2]) + tag[2:] for tag in tags]


def offsets_to_biluo_tags(doc: Doc, entities: Iterable[Sequence], missing: str | None = "O") -> list[str | None]:
    """BILUO tags of entities given by character offsets.

    doc: tokens. entities: (first character, character after the last, label), label "" for a stretch known to have no entity.
    missing: the tag of tokens outside. An entity whose ends are not ends of tokens gives "-" for every token it touches, and
    a warning unless `missing` is "-". Raises ValueError for entities that overlap.
    """
    n = len(doc)
    tags: list[str | None] = [missing] * n
    starts = {token.idx: token.i for token in doc}
    ends = {token.idx + len(token): token.i for token in doc}
    misaligned = []
    labelled: list[Offsets] = []
    for start, end, label in (entity[:3] for entity in entities):
        first, last = starts.get(start), ends.get(end)
        if not label:
            mark(tags, touched(doc, start, end), "O")
        elif first is not None and last is not None and first <= last:
            labelled.append((start, end, label))
            tags[first : last + 1] = (
                [f"U-{label}"] if first == last else [f"B-{label}", *[f"I-{label}"] * (last - first - 1), f"L-{label}"]
            )
        else:
            labelled.append((start, end, label))
            misaligned.append((start, end, label))
            mark(tags, touched(doc, start, end), "-")
    refuse_overlaps(labelled)
    if misaligned and missing != "-":
        warn_misaligned(doc, misaligned)
    return tags


def touched(doc: Doc, start: int, end: int) -> range:
    """Numbers of the tokens with a character between two offsets."""
    found = [token.i for token in doc if token.idx < end and token.idx + len(token) > start]
    return range(found[0], found[-1] + 1) if found else range(0)


def mark(tags: list[str | None], tokens: range, tag: str) -> None:
    """Give tokens a tag."""
    for i in tokens:
        tags[i] = tag


def refuse_overlaps(entities: list[Offsets]) -> None:
    """Raises ValueError where two entities share a character."""
    ordered = sorted(entities, key=lambda entity: entity[:2])
    for one, other in zip(ordered, ordered[1:]):
        if other[0] < one[1]:
            raise ValueError(
                f"the entities {one!r} and {other!r} overlap; a token has one entity at most. "
                "Keep overlapping spans in `doc.spans`"
            )


def warn_misaligned(doc: Doc, entities: list[Offsets]) -> None:
    """Warn of entities that do not begin and end with tokens."""
    shown = ", ".join(f"{doc.text[start:end]!r} ({start}, {end}, {label!r})" for start, end, label in entities[:3])
    more = f" and {len(entities) - 3} more" if len(entities) > 3 else ""
    warnings.warn(
        f"entities that do not begin and end where tokens do are left out: {shown}{more}, in the text {doc.text[:60]!r}. "
        "Check the offsets with `offsets_to_biluo_tags(nlp.make_doc(text), entities)`: such tokens are tagged '-'.",
        stacklevel=3,
    )


def biluo_tags_to_spans(doc: Doc, tags: Sequence[str | None]) -> list[Span]:
    """Spans of BILUO tags, one tag a token; tokens tagged "-" or None give spans without a label.

    Raises ValueError for tags that are not well-formed.
    """
    if len(tags) != len(doc):
        raise ValueError(f"expected {len(doc)} tags, one a token, got {len(tags)}")
    return [Span(doc, start, end + 1, label=label) for label, start, end in tags_to_entities(tags)]


def biluo_tags_to_offsets(doc: Doc, tags: Sequence[str | None]) -> list[Offsets]:
    """(first character, character after the last, label) of the entities in BILUO tags, one tag a token."""
    return [(span.start_char, span.end_char, span.label_) for span in biluo_tags_to_spans(doc, tags)]


def doc_to_biluo_tags(doc: Doc, missing: str | None = "O") -> list[str | None]:
    """BILUO tags of a Doc's entities. missing: the tag of tokens outside of them."""
    tags: list[str | None] = [missing] * len(doc)
    for span in doc.ents:
        label = span.label_
        tags[span.start : span.end] = biluo_of(label, span.end - span.start)
    return tags


def biluo_of(label: str, n: int) -> list[str]:
    """The tags of an entity of `n` tokens."""
    return [f"U-{label}"] if n == 1 else [f"B-{label}", *[f"I-{label}"] * (n - 2), f"L-{label}"]


def tags_to_entities(tags: Iterable[str | None]) -> list[tuple[str, int, int]]:
    """(label, first token, last token) of the entities in BILUO tags, with label "" for each token tagged "-" or None.

    Raises ValueError for an entity that is not closed or not opened, and for other tags.
    """
    entities = []
    opened: tuple[str, int] | None = None
    given = list(tags)
    for i, tag in enumerate("-" if tag is None else tag for tag in given):
        prefix = "-" if tag.startswith("-") else tag[:1]
        if (prefix in ("I", "L")) != (opened is not None):
            raise ValueError(malformed(given, i))
        if prefix == "-":
            entities.append(("", i, i))
        elif prefix == "U":
            entities.append((tag[2:], i, i))
        elif prefix == "B":
            opened = tag[2:], i
        elif prefix == "L" and opened is not None:
            entities.append((tag[2:], opened[1], i))
            opened = None
        elif prefix not in ("I", "O"):
            raise ValueError(f"expected BILUO tags like `O`, `B-PERSON` or `U-PERSON`, got {tag!r} at token {i}")
    if opened is not None:
        raise ValueError(malformed(given, len(given)))
    return entities


def malformed(tags: list[str | None], i: int) -> str:
    """What is wrong with the tag of token `i`, or with the end."""
    found = repr(tags[i]) if i < len(tags) else "the end"
    return (
        f"the tags are not well-formed BILUO: {found} at token {i} after {tags[max(i - 3, 0) : i]!r}. An entity is U-X, "
        "or B-X, any I-X and L-X; for tags that only have B and I use `iob_to_biluo`"
    )


def split_bilu_label(label: str) -> tuple[str, str]:
    """Prefix and label of a tag like `B-PERSON`."""
    prefix, found, name = label.partition("-")
    if not found:
        raise ValueError(f"expected a tag with a label, like `B-PERSON`, got {label!r}")
    return prefix, name


def remove_bilu_prefix(label: str) -> str:
    """Label of a tag like `B-PERSON`."""
    return split_bilu_label(label)[1]
