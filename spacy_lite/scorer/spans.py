"""Scores of spans: entities, sentences, span groups, noun chunks, and the links of entities to a knowledge base."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..attrs import ENT_IOB
from .columns import is_same_tokens
from .counts import PRFScore, per_label, sum_of

if TYPE_CHECKING:
    from ..gold.example import Example
    from ..tokens import Doc, Span

__all__ = ["get_ner_prf", "score_links", "score_spans"]


def score_spans(
    examples: Iterable["Example"],
    attr: str,
    *,
    getter: Callable[["Doc", str], Iterable["Span"]] = getattr,
    has_annotation: Callable[["Doc"], bool] | None = None,
    labeled: bool = True,
    allow_overlap: bool = False,
    **cfg: Any,
) -> dict[str, Any]:
    """Precision, recall and F1 of spans: `{attr}_p`, _r, _f and, when labeled, `{attr}_per_type`.

    getter: from a document and the attribute's name to its spans. has_annotation: whether a document is annotated at all; gold
    documents that are not are left out. labeled: whether a span must have the right label to be right. allow_overlap: whether
    predicted spans may share tokens. All None when nothing was counted.
    """
    total = PRFScore()
    types: dict[str, PRFScore] = {}
    for example in examples:
        if has_annotation is not None and not has_annotation(example.reference):
            continue
        gold = {_key(span) for span in getter(example.reference, attr)}
        cand: set[tuple[str, int, int]] = set()
        if has_annotation is None or has_annotation(example.predicted):
            predicted = list(getter(example.predicted, attr))
            cand = {_key(span) for span in _on_gold_tokens(example, predicted, allow_overlap)}
            for span in predicted:
                types.setdefault(span.label_, PRFScore())
        if not labeled:
            total.score_set({key[1:] for key in cand}, {key[1:] for key in gold})
            continue
        total.score_set(cand, gold)
        for right in cand & gold:
            types.setdefault(right[0], PRFScore()).tp += 1
        for wrong in cand - gold:
            types.setdefault(wrong[0], PRFScore()).fp += 1
        for lost in gold - cand:
            types.setdefault(lost[0], PRFScore()).fn += 1
    scores: dict[str, Any] = {f"{attr}_p": None, f"{attr}_r": None, f"{attr}_f": None}
    if labeled:
        scores[f"{attr}_per_type"] = None
    if len(total):
        scores.update({f"{attr}_p": total.precision, f"{attr}_r": total.recall, f"{attr}_f": total.fscore})
        if labeled:
            scores[f"{attr}_per_type"] = per_label(types)
    return scores


def _key(span: "Span") -> tuple[str, int, int]:
    return span.label_, span.start, span.end


def _on_gold_tokens(example: "Example", spans: list["Span"], allow_overlap: bool) -> Iterable["Span"]:
    """Predicted spans as spans of the reference's tokens; those that are none there are left out."""
    if is_same_tokens(example) and (allow_overlap or _is_disjoint(spans)):
        return spans
    return example.get_aligned_spans_x2y(spans, allow_overlap)


def _is_disjoint(spans: list["Span"]) -> bool:
    bounds = sorted((span.start, span.end) for span in spans)
    return all(end <= start for (_, end), (start, _) in zip(bounds, bounds[1:], strict=False))


def get_ner_prf(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F1 of entities: ents_p, ents_r, ents_f, ents_per_type.

    Predicted entities where the reference does not say whether there is one are neither right nor wrong; references that say
    nothing about entities are left out. All None when nothing was counted.
    """
    types: dict[str, PRFScore] = defaultdict(PRFScore)
    for example in examples:
        reference = example.reference
        if not reference.has_annotation("ENT_IOB"):
            continue
        gold = {_key(entity) for entity in reference.ents}
        known = reference.read_column(ENT_IOB) != 0
        x2y = example.alignment.x2y
        for entity in example.predicted.ents:
            score = types[entity.label_]
            tokens = x2y[entity.start : entity.end]
            if not len(tokens):
                continue
            start, end = int(tokens[0]), int(tokens[-1]) + 1
            if not known[start:end].all():
                continue
            key = (entity.label_, start, end)
            score.tp += key in gold
            score.fp += key not in gold
            gold.discard(key)
        for label, _, _ in gold:
            types[label].fn += 1
    total = sum_of(types.values())
    if not len(total):
        return {"ents_p": None, "ents_r": None, "ents_f": None, "ents_per_type": None}
    return {"ents_p": total.precision, "ents_r": total.recall, "ents_f": total.fscore, "ents_per_type": per_label(types)}


def score_links(examples: Iterable["Example"], *, negative_labels: Iterable[str], **cfg: Any) -> dict[str, Any]:
    """Scores of the knowledge-base ids of entities that are both in the reference and predicted, whatever their label.

    negative_labels: ids that stand for "none". Gives nel_score (micro F1), nel_score_desc, nel_micro_p, _r, _f, nel_macro_p,
    _r, _f and nel_f_per_type.
    """
    negative = set(negative_labels)
    types: dict[str, PRFScore] = {}
    for example in examples:
        gold_entities = {(entity.start_char, entity.end_char): entity for entity in example.reference.ents}
        for entity in example.predicted.ents:
            gold_entity = gold_entities.get((entity.start_char, entity.end_char))
            if gold_entity is None:
                continue
            score = types.setdefault(gold_entity.label_, PRFScore())
            gold, cand = gold_entity.kb_id_, entity.kb_id_
            if gold in negative and cand in negative:
                continue
            if gold == cand:
                score.tp += 1
                continue
            score.fp += cand not in negative
            score.fn += gold not in negative
    micro = sum_of(types.values())
    n_labels = len(types) + 1e-100
    return {
        "nel_score": micro.fscore,
        "nel_score_desc": "micro F",
        "nel_micro_p": micro.precision,
        "nel_micro_r": micro.recall,
        "nel_micro_f": micro.fscore,
        "nel_macro_p": sum(score.precision for score in types.values()) / n_labels,
        "nel_macro_r": sum(score.recall for score in types.values()) / n_labels,
        "nel_macro_f": sum(score.fscore for score in types.values()) / n_labels,
        "nel_f_per_type": per_label(types),
    }
