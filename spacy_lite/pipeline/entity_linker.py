"""Entity linking: a knowledge base names what a mention may mean, the sentence around it decides, the id goes to its tokens."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from thinc.api import Model
from thinc.types import Floats2d

from ..kb import Candidate, KnowledgeBase
from ..language import Language
from ..tokens import Doc, Span
from .default_models import word_encoder
from .linking.excerpt_linker import EntityLinker_v1
from .linking.linker import EntityLinker, entity_linker_score, make_entity_linker_scorer

if TYPE_CHECKING:
    from ..vocab import Vocab

__all__ = ["EntityLinker", "EntityLinker_v1", "entity_linker_score", "make_entity_linker", "make_entity_linker_scorer"]

DEFAULT_NEL_MODEL = {"@architectures": "spacy.EntityLinker.v2", "tok2vec": word_encoder(depth=2)}


@Language.factory(
    "entity_linker",
    requires=["doc.ents", "doc.sents", "token.ent_iob", "token.ent_type"],
    assigns=["token.ent_kb_id"],
    default_config={
        "model": DEFAULT_NEL_MODEL,
        "labels_discard": [],
        "n_sents": 0,
        "incl_prior": True,
        "incl_context": True,
        "entity_vector_length": 64,
        "get_candidates": {"@misc": "spacy.CandidateGenerator.v1"},
        "get_candidates_batch": {"@misc": "spacy.CandidateBatchGenerator.v1"},
        "generate_empty_kb": {"@misc": "spacy.EmptyKB.v2"},
        "overwrite": True,
        "scorer": {"@scorers": "spacy.entity_linker_scorer.v1"},
        "use_gold_ents": True,
        "candidates_batch_size": 1,
        "threshold": None,
        "save_activations": False,
    },
    default_score_weights={"nel_micro_f": 1.0, "nel_micro_r": None, "nel_micro_p": None},
)
def make_entity_linker(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Floats2d],
    *,
    labels_discard: Iterable[str],
    n_sents: int,
    incl_prior: bool,
    incl_context: bool,
    entity_vector_length: int,
    get_candidates: Callable[[KnowledgeBase, Span], Iterable[Candidate]],
    get_candidates_batch: Callable[[KnowledgeBase, Iterable[Span]], Iterable[Iterable[Candidate]]],
    generate_empty_kb: Callable[["Vocab", int], KnowledgeBase],
    overwrite: bool,
    scorer: Callable | None,
    use_gold_ents: bool,
    candidates_batch_size: int,
    threshold: float | None = None,
    save_activations: bool = False,
) -> "EntityLinker":
    """Construct an entity linker.

    model: from documents to one vector for every entity, of the length of the knowledge base's. labels_discard: entities with
    these labels are not linked. n_sents: sentences before and after an entity's own that are read with it. incl_prior: whether
    the candidates' prior probabilities count. incl_context: whether the words around count. entity_vector_length: of the
    knowledge base that `generate_empty_kb` makes. get_candidates: from knowledge base and mention to candidates.
    get_candidates_batch: the same for several mentions, used with a candidates_batch_size over 1. overwrite: whether ids that
    are there are replaced. use_gold_ents: in training, learn from the reference's entities, else from those that were found.
    threshold: a candidate with a lower score is not taken, the entity gets "NIL". save_activations: keep candidates and scores
    in `doc.activations`.
    """
    make = EntityLinker if model.attrs.get("include_span_maker", False) else EntityLinker_v1
    return make(
        nlp.vocab,
        model,
        name,
        labels_discard=labels_discard,
        n_sents=n_sents,
        incl_prior=incl_prior,
        incl_context=incl_context,
        entity_vector_length=entity_vector_length,
        get_candidates=get_candidates,
        get_candidates_batch=get_candidates_batch,
        generate_empty_kb=generate_empty_kb,
        overwrite=overwrite,
        scorer=scorer,
        use_gold_ents=use_gold_ents,
        candidates_batch_size=candidates_batch_size,
        threshold=threshold,
        save_activations=save_activations,
    )
