"""What `debug data` says of entity linking: ids of the corpora against the knowledge base."""

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..language import Language
    from ..training.corpus_facts import CorpusFacts

__all__ = ["report_links"]

NOTHING = "NIL"


def report_links(
    report: Any, train: "CorpusFacts", dev: "CorpusFacts", nlp: "Language", name: str, initialize: dict[str, Any]
) -> None:
    """Compare the ids of the entities with the knowledge base of the component `name`.

    report: what counts and prints. initialize: the section of the config. Raises the loader's error where it fails.
    """
    linker: Any = nlp.get_pipe(name)
    report.show.divider(f"Entity linking (`{name}`)")
    kb = _knowledge_base(nlp, linker, initialize.get("components", {}).get(name, {}))
    discarded = set(linker.labels_discard)
    counts = {part: _links(facts, discarded) for part, facts in (("training", train), ("development", dev))}
    if not counts["training"]:
        report.fail(f"No entity of the training corpus has a knowledge-base id: `{name}` has nothing to learn")
    for part, facts in (("training", train), ("development", dev)):
        if facts.n_without_sentences:
            report.warn(
                f"{facts.n_without_sentences} Docs of the {part} corpus have no sentences: have them set while training, with "
                "a component in training.annotating_components"
            )
    if kb is None or len(kb) == 0:
        report.fail(f"`{name}` has no knowledge base: set [initialize.components.{name}.kb_loader]")
        return
    report.show.info(f"{len(kb):,} entities in the knowledge base, with vectors of {kb.entity_vector_length} numbers")
    if hasattr(kb, "get_alias_candidates"):
        for part, links in counts.items():
            _compare(report, part, links, kb)


def _knowledge_base(nlp: "Language", linker: Any, settings: dict[str, Any]) -> Any:
    """The base that training would use."""
    from ..config import registry

    if settings.get("kb_loader"):
        return registry.resolve({"kb_loader": settings["kb_loader"]})["kb_loader"](nlp.vocab)
    return linker.kb


def _links(facts: "CorpusFacts", discarded: set[str]) -> Counter[tuple[str, str]]:
    """(text, id) of the entities that are to be linked."""
    links: Counter[tuple[str, str]] = Counter()
    for (text, label, kb_id), count in facts.links.items():
        if kb_id and label not in discarded:
            links[text, kb_id] += count
    return links


def _compare(report: Any, part: str, links: Counter[tuple[str, str]], kb: Any) -> None:
    total = links.total()
    if not total:
        return
    unknown: Counter[str] = Counter()
    unreachable: Counter[str] = Counter()
    ambiguous = 0
    for (text, kb_id), count in links.items():
        candidates = [candidate.entity_ for candidate in kb.get_alias_candidates(text)]
        ambiguous += count * (len(candidates) > 1)
        if kb_id == NOTHING:
            continue
        if not kb.contains_entity(kb_id):
            unknown[kb_id] += count
        elif kb_id not in candidates:
            unreachable[f"{text} ({kb_id})"] += count
    report.show.info(f"{part}: {total:,} entities with an id, {ambiguous / total:.1%} of them have several candidates")
    for found, what in (
        (unknown, "have ids that the knowledge base does not have"),
        (unreachable, "are never linked, because their id is no candidate for their text"),
    ):
        if found:
            some = ", ".join(key for key, _ in found.most_common(5))
            report.warn(f"{part}: {found.total():,} entities ({found.total() / total:.1%}) {what}: {some}")
    if not unknown and not unreachable:
        report.good(f"{part}: every id is a candidate for its entity")
