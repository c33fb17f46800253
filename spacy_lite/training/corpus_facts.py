"""Facts about a training corpus that decide whether a pipeline can be trained on it: counts, labels, and what looks wrong."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..gold import Example
from ..gold.projectivity import contains_cycle, is_decorated, is_nonproj_tree, projectivize
from ..tokens import Doc
from .alignment_report import AlignmentReport

__all__ = ["CorpusFacts", "gather_facts"]


@dataclass
class CorpusFacts:
    """Counts over one corpus; each Counter is label -> number of times.

    n_docs, n_tokens, n_sentences: of the reference. n_nonprojective, n_cyclic: Docs whose arcs cross, or go in a circle.
    decorated_deps: labels that come of making crossing arcs projective. n_crossing_ents: over the end of a sentence. n_missing:
    tokens without the annotation, by its name. links: text, label and knowledge-base id of entities. texts: hash of each text.
    spans, span_lengths: labels, and numbers of tokens, of the spans of each group.
    """

    n_docs: int = 0
    n_tokens: int = 0
    n_sentences: int = 0
    n_without_sentences: int = 0
    tags: Counter[str] = field(default_factory=Counter)
    morphs: Counter[str] = field(default_factory=Counter)
    lemmas: Counter[str] = field(default_factory=Counter)
    deps: Counter[str] = field(default_factory=Counter)
    roots: Counter[str] = field(default_factory=Counter)
    ents: Counter[str] = field(default_factory=Counter)
    links: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    cats: Counter[str] = field(default_factory=Counter)
    spans: dict[str, Counter[str]] = field(default_factory=dict)
    span_lengths: dict[str, Counter[int]] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    n_missing: Counter[str] = field(default_factory=Counter)
    n_whitespace_ents: int = 0
    n_crossing_ents: int = 0
    n_misaligned_ents: int = 0
    n_nonprojective: int = 0
    n_cyclic: int = 0
    decorated_deps: Counter[str] = field(default_factory=Counter)
    n_several_cats: int = 0
    n_no_cats: int = 0
    cat_values: set[float] = field(default_factory=set)
    texts: set[int] = field(default_factory=set)
    alignment: AlignmentReport = field(default_factory=AlignmentReport)

    def add(self, example: Example) -> None:
        """Count one example."""
        doc = example.reference
        self.n_docs += 1
        self.n_tokens += len(doc)
        self.texts.add(hash(doc.text))
        self.words.update(token.text for token in doc)
        self.alignment.add(example)
        self._add_token_annotations(doc)
        self._add_sentences_and_trees(doc)
        self._add_entities(doc)
        self.n_misaligned_ents += len(doc.ents) - len(example.get_aligned_spans_y2x(doc.ents))
        self._add_cats(doc)
        for key, group in doc.spans.items():
            self.spans.setdefault(key, Counter()).update(span.label_ for span in group)
            self.span_lengths.setdefault(key, Counter()).update(len(span) for span in group)

    def _add_token_annotations(self, doc: Doc) -> None:
        for token in doc:
            if token.is_space:
                continue
            for name, value, counter in (
                ("tag", token.tag_, self.tags),
                (
                    "morph",
                    f"{token.morph}|POS={token.pos_}".lstrip("|") if token.pos_ or token.has_morph() else "",
                    self.morphs,
                ),
                ("lemma", token.lemma_, self.lemmas),
            ):
                if value:
                    counter[value] += 1
                else:
                    self.n_missing[name] += 1

    def _add_sentences_and_trees(self, doc: Doc) -> None:
        if doc.has_annotation("SENT_START"):
            self.n_sentences += sum(1 for _ in doc.sents)
        else:
            self.n_without_sentences += 1
        if not doc.has_annotation("DEP"):
            self.n_missing["dep"] += len(doc)
            return
        for token in doc:
            if token.head.i == token.i:
                self.roots[token.dep_] += 1
            self.deps[token.dep_] += 1
        heads: list[int | None] = [token.head.i for token in doc]
        if contains_cycle(heads):
            self.n_cyclic += 1
        elif is_nonproj_tree(heads):
            self.n_nonprojective += 1
            _, labels = projectivize(heads, [token.dep_ for token in doc])
            self.decorated_deps.update(label for label in labels if label and is_decorated(label))

    def _add_entities(self, doc: Doc) -> None:
        self.n_missing["ent"] += sum(1 for token in doc if not token.ent_iob_)
        for ent in doc.ents:
            self.ents[ent.label_] += 1
            self.links[ent.text, ent.label_, ent.kb_id_] += 1
            self.n_whitespace_ents += ent[0].is_space or ent[-1].is_space
            self.n_crossing_ents += any(token.is_sent_start is True for token in ent[1:])

    def _add_cats(self, doc: Doc) -> None:
        known = {label: value for label, value in doc.cats.items() if value is not None}
        positive = [label for label, value in known.items() if value >= 0.5]
        self.cats.update({label: int(label in positive) for label in doc.cats})
        self.cat_values.update(known.values())
        if known:
            self.n_several_cats += len(positive) > 1
            self.n_no_cats += not positive


def gather_facts(examples: Iterable[Example]) -> CorpusFacts:
    """The facts about all examples."""
    facts = CorpusFacts()
    for example in examples:
        facts.add(example)
    return facts
