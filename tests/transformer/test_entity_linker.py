"""An entity linker that listens to a transformer learns, and reads the sentences of its mentions."""

import numpy

import spacy_lite
from spacy_lite.kb import InMemoryLookupKB
from spacy_lite.tokens import Span
from spacy_lite.training import Example

from .conftest import transformer_block

TEXTS = [("The cat sat. She saw ships.", "Q_pet"), ("Ships sail. The cat looked at the moon.", "Q_ship")]


def knowledge(vocab):
    kb = InMemoryLookupKB(vocab, 4)
    kb.set_entities(["Q_pet", "Q_ship"], [1, 1], numpy.eye(2, 4))
    kb.add_alias("cat", ["Q_pet", "Q_ship"], [0.5, 0.5])
    return kb


def example_of(nlp, text, kb_id):
    predicted, reference = nlp.make_doc(text), nlp.make_doc(text)
    for doc in (predicted, reference):
        nlp.get_pipe("sentencizer")(doc)
    place = next(token.i for token in reference if token.text == "cat")
    reference.ents = [Span(reference, place, place + 1, label="X", kb_id=kb_id)]
    return Example(predicted, reference)


def test_it_learns_and_gives_the_same_in_batches_and_when_loaded(bert_folder, tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder))
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler")
    listener = {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "grad_factor": 1.0,
        "pooling": {"@layers": "reduce_mean.v1"},
    }
    model = {"@architectures": "spacy.EntityLinker.v2", "tok2vec": listener}
    linker = nlp.add_pipe("entity_linker", config={"model": model, "entity_vector_length": 4})
    linker.set_kb(knowledge)
    examples = [example_of(nlp, text, kb_id) for text, kb_id in TEXTS]
    sgd = nlp.initialize(lambda: examples)
    nlp.get_pipe("entity_ruler").add_patterns([{"label": "X", "pattern": "cat"}])
    sgd.learn_rate = 0.01
    losses = [nlp.update(examples, sgd=sgd)["entity_linker"] for _ in range(40)]
    assert losses[-1] < losses[0] / 2
    ids = [[entity.kb_id_ for entity in doc.ents] for doc in nlp.pipe([text for text, _ in TEXTS])]
    assert ids == [[kb_id] for _, kb_id in TEXTS]
    assert ids == [[entity.kb_id_ for entity in nlp(text).ents] for text, _ in TEXTS]
    nlp.to_disk(tmp_path)
    loaded = spacy_lite.load(tmp_path)
    assert ids == [[entity.kb_id_ for entity in loaded(text).ents] for text, _ in TEXTS]
