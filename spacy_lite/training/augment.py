"""Data augmentation: variants of an Example made on the fly, so that a model meets other cases, quotation marks and whitespace.

A variant replaces the words of the reference and keeps every annotation on its token; the predicted Doc is the tokenizer's
reading of the new text. All draws come from Python's `random`, so a training run repeats them from its seed.
"""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from ..attrs import DEP, ENT_ID, ENT_IOB, ENT_KB_ID, ENT_TYPE, HEAD, LEMMA, MORPH, POS, SENT_START, TAG
from ..config import registry
from ..gold import Example
from ..tokens import Doc, Span

if TYPE_CHECKING:
    from ..language import Language

__all__ = [
    "combined_augmenter",
    "construct_modified_raw_text",
    "create_combined_augmenter",
    "create_lower_casing_augmenter",
    "create_orth_variants_augmenter",
    "dont_augment",
    "lower_casing_augmenter",
    "make_lowercase_variant",
    "make_orth_variants",
    "make_whitespace_variant",
    "orth_variants_augmenter",
]

ANNOTATIONS = [TAG, POS, MORPH, LEMMA, HEAD, DEP, SENT_START, ENT_IOB, ENT_TYPE, ENT_KB_ID, ENT_ID]
OrthVariants = dict[str, list[dict[str, Any]]]
Augmenter = Callable[["Language", Example], Iterator[Example]]


@registry.augmenters("spacy.combined_augmenter.v1")
def create_combined_augmenter(
    lower_level: float,
    orth_level: float,
    orth_variants: OrthVariants | None,
    whitespace_level: float,
    whitespace_per_token: float,
    whitespace_variants: list[str] | None,
) -> Callable[["Language", Example], Iterator[Example]]:
    """An augmenter that lower-cases, varies spelling and inserts whitespace, each with its own probability.

    lower_level, orth_level, whitespace_level: share of examples to vary that way, 0 to 1. orth_variants: see
    `make_orth_variants`. whitespace_per_token: whitespace tokens to insert, as a share of the tokens. whitespace_variants:
    strings to insert.
    """
    return partial(
        combined_augmenter,
        lower_level=lower_level,
        orth_level=orth_level,
        orth_variants=orth_variants,
        whitespace_level=whitespace_level,
        whitespace_per_token=whitespace_per_token,
        whitespace_variants=whitespace_variants,
    )


@registry.augmenters("spacy.orth_variants.v1")
def create_orth_variants_augmenter(
    level: float, lower: float, orth_variants: OrthVariants
) -> Callable[["Language", Example], Iterator[Example]]:
    """An augmenter that varies the spelling of a share `level` of the examples and lower-cases a share `lower` of them."""
    return partial(orth_variants_augmenter, orth_variants=orth_variants, level=level, lower=lower)


@registry.augmenters("spacy.lower_case.v1")
def create_lower_casing_augmenter(level: float) -> Callable[["Language", Example], Iterator[Example]]:
    """An augmenter that lower-cases a share `level` of the examples."""
    return partial(lower_casing_augmenter, level=level)


def dont_augment(nlp: "Language", example: Example) -> Iterator[Example]:
    """Give the example as it is."""
    yield example


def lower_casing_augmenter(nlp: "Language", example: Example, *, level: float) -> Iterator[Example]:
    """Give the example, or with probability `level` its lower-case variant."""
    yield make_lowercase_variant(nlp, example) if random.random() < level else example


def orth_variants_augmenter(
    nlp: "Language", example: Example, orth_variants: OrthVariants, *, level: float = 0.0, lower: float = 0.0
) -> Iterator[Example]:
    """Give the example, with probability `level` in another spelling, and with probability `lower` in lower case."""
    if random.random() < level:
        example = _orth_variant(nlp, example, orth_variants)
    if random.random() < lower:
        example = make_lowercase_variant(nlp, example)
    yield example


def combined_augmenter(
    nlp: "Language",
    example: Example,
    *,
    lower_level: float = 0.0,
    orth_level: float = 0.0,
    orth_variants: OrthVariants | None = None,
    whitespace_level: float = 0.0,
    whitespace_per_token: float = 0.0,
    whitespace_variants: list[str] | None = None,
) -> Iterator[Example]:
    """Give one example, changed by each kind of variation with that kind's probability.

    lower_level, orth_level, whitespace_level: probabilities of lower case, of other forms of words and punctuation, and of
    added white space. orth_variants: those forms. whitespace_variants: what is added, `whitespace_per_token` times a token.
    """
    if random.random() < lower_level:
        example = make_lowercase_variant(nlp, example)
    if orth_variants and random.random() < orth_level:
        example = _orth_variant(nlp, example, orth_variants)
    if whitespace_variants and len(example.reference) and random.random() < whitespace_level:
        for _ in range(int(len(example.reference) * whitespace_per_token)):
            whitespace = random.choice(whitespace_variants)
            example = make_whitespace_variant(nlp, example, whitespace, random.randrange(len(example.reference)))
    yield example


def make_lowercase_variant(nlp: "Language", example: Example) -> Example:
    """The example in lower case; annotations stay as they are."""
    return _with_words(nlp, example, [token.lower_ for token in example.reference])


def _orth_variant(nlp: "Language", example: Example, orth_variants: OrthVariants) -> Example:
    reference = example.reference
    tokens: dict[str, list] = {
        "ORTH": [token.text for token in reference],
        "TAG": [token.tag_ for token in reference],
        "SPACY": [bool(token.whitespace_) for token in reference],
    }
    _, varied = make_orth_variants(nlp, example.text, tokens, orth_variants)
    return _with_words(nlp, example, varied["ORTH"])


def make_orth_variants(
    nlp: "Language", raw: str, token_dict: dict[str, list], orth_variants: OrthVariants, *, lower: bool = False
) -> tuple[str, dict[str, list]]:
    """Replace words by spelling variants; returns the new text and token annotation.

    token_dict: lists under ORTH, TAG and SPACY. orth_variants: `single` groups, where each token of one of the `tags` and of
    one of the `variants` gets a variant drawn once for the text; `paired` groups, where variants are pairs (opening, closing)
    and tokens keep their side. lower: lower-case the words as well.
    """
    words = [word.lower() for word in token_dict["ORTH"]] if lower else list(token_dict["ORTH"])
    tags = token_dict.get("TAG", [])
    for group in orth_variants.get("single", []):
        chosen = random.choice(group["variants"])
        for index, (word, tag) in enumerate(zip(words, tags)):
            if tag in group["tags"] and word in group["variants"]:
                words[index] = chosen
    for group in orth_variants.get("paired", []):
        chosen = random.choice(group["variants"])
        sides = [{pair[0] for pair in group["variants"]}, {pair[1] for pair in group["variants"]}]
        open_pairs = 0
        for index, (word, tag) in enumerate(zip(words, tags)):
            if tag not in group["tags"] or not (word in sides[0] or word in sides[1]):
                continue
            # A mark that may open or close (such as ") closes when a pair is open.
            closes = word in sides[1] and (word not in sides[0] or open_pairs > 0)
            open_pairs += -1 if closes and open_pairs else 0 if closes else 1
            words[index] = chosen[1 if closes else 0]
    varied = {**token_dict, "ORTH": words}
    return construct_modified_raw_text(varied), varied


def construct_modified_raw_text(token_dict: dict[str, list]) -> str:
    """The text of words (ORTH) and whether a space follows each (SPACY)."""
    return "".join(word + (" " if space else "") for word, space in zip(token_dict["ORTH"], token_dict["SPACY"]))


def make_whitespace_variant(nlp: "Language", example: Example, whitespace: str, position: int) -> Example:
    """Insert a whitespace token before the token at `position`, inside its sentence and, where it splits one, its entity.

    An example with entity links, span groups or user data is given back unchanged, because their positions would no longer
    hold.
    """
    reference = example.reference
    if reference.spans or reference.user_data or any(ent.kb_id or ent.id for ent in reference.ents):
        return example
    if not 0 <= position < len(reference):
        raise ValueError(f"Position {position} is outside the text of {len(reference)} tokens")
    tokens = list(reference)
    shift = [i + (i >= position) for i in range(len(tokens))]

    def insert(values: list, value: Any) -> list:
        return [*values[:position], value, *values[position:]]

    parsed = reference.has_annotation("DEP")
    # Attached to the token before it within the sentence, else to the one after.
    starts_sentence = position == 0 or tokens[position].is_sent_start
    anchor = position + 1 if starts_sentence else shift[position - 1]
    doc = Doc(
        nlp.vocab,
        words=insert([token.text for token in tokens], whitespace),
        spaces=insert([bool(token.whitespace_) for token in tokens], False),
        tags=insert([token.tag_ for token in tokens], "_SP"),
        pos=insert([token.pos_ for token in tokens], "SPACE"),
        morphs=insert([str(token.morph) for token in tokens], ""),
        lemmas=insert([token.lemma_ for token in tokens], whitespace),
        heads=insert([shift[token.head.i] for token in tokens], anchor) if parsed else None,
        deps=insert([token.dep_ for token in tokens], "") if parsed else None,
        sent_starts=None if parsed else _shifted_starts(tokens, position),
    )
    _shift_entities(reference, doc, position)
    doc.cats = dict(reference.cats)
    return Example(nlp.make_doc(doc.text), doc)


def _shifted_starts(tokens: list, position: int) -> list:
    starts = [token.is_sent_start for token in tokens]
    moved = starts[position] if position else True
    if moved:
        starts[position] = False
    return [*starts[:position], moved if moved else False if moved is False else None, *starts[position:]]


def _shift_entities(reference: Doc, doc: Doc, position: int) -> None:
    if not reference.has_annotation("ENT_IOB"):
        return
    spans = [
        Span(doc, ent.start + (ent.start >= position), ent.end + (ent.end > position), label=ent.label)
        for ent in reference.ents
    ]
    missing = [doc[i : i + 1] for i in (t.i + (t.i >= position) for t in reference if not t.ent_iob_)]
    doc.set_ents(spans, missing=missing, default="outside")


def _with_words(nlp: "Language", example: Example, words: list[str]) -> Example:
    """The example with other words for the same tokens: columns, categories and span groups are carried over."""
    reference = example.reference
    doc = Doc(nlp.vocab, words=words, spaces=[bool(token.whitespace_) for token in reference])
    doc.from_array(ANNOTATIONS, reference.to_array(ANNOTATIONS))
    doc.cats = dict(reference.cats)
    for key, group in reference.spans.items():
        doc.spans[key] = [
            Span(doc, span.start, span.end, label=span.label, kb_id=span.kb_id, span_id=span.id) for span in group
        ]
    return Example(nlp.make_doc(doc.text), doc)
