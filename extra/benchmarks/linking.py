"""Knowledge bases and entity linking beside spaCy: memory, files, look-ups, and words a second of the whole pipeline.

    python extra/benchmarks/linking.py spacy_lite
    PEER/bin/python extra/benchmarks/linking.py spacy

100,000 entities with vectors of 64 numbers, 150,000 aliases with 1 to 4 meanings. The texts are made-up words and
aliases; one in ten words is a mention. The model is the default one, not trained: its speed does not depend on that. One thread
(OPENBLAS_NUM_THREADS=1), seconds of the CPU, so that what else runs on the machine matters less.
"""

import importlib
import random
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy

N_ENTITIES, N_ALIASES, WIDTH, N_TEXTS = 100_000, 150_000, 64, 400


def main() -> None:
    """Print the figures of the package named on the command line."""
    warnings.simplefilter("ignore")
    package = importlib.import_module(sys.argv[1])
    kb_class = importlib.import_module(f"{package.__name__}.kb").InMemoryLookupKB
    nlp = package.blank("en")
    before = memory()
    kb, seconds = timed(lambda: filled(kb_class(nlp.vocab, WIDTH)))
    print(f"{package.__name__}: filled in {seconds:.2f} s, {memory() - before:.0f} MiB")
    with tempfile.TemporaryDirectory() as folder:
        _, seconds = timed(lambda: kb.to_disk(folder))
        size = (Path(folder) / "contents").stat().st_size / 2**20
        print(f"written in {seconds:.2f} s ({size:.1f} MiB)")
        _, seconds = timed(lambda: kb_class(nlp.vocab, 1).from_disk(folder))
        print(f"read in {seconds:.2f} s")
    aliases = [f"Alias{i}" for i in range(0, N_ALIASES, 3)]
    _, seconds = timed(lambda: [[c.prior_prob for c in kb.get_alias_candidates(alias)] for alias in aliases])
    print(f"{len(aliases) / seconds:,.0f} aliases looked up a second")
    entities = [f"Q{i}" for i in range(0, N_ENTITIES, 2)]
    _, seconds = timed(lambda: kb.get_vectors(entities))
    print(f"{len(entities) / seconds:,.0f} vectors a second")
    nlp.add_pipe("sentencizer")
    linker = nlp.add_pipe("entity_linker", config={"entity_vector_length": WIDTH})
    linker.set_kb(lambda vocab: kb)
    docs = make_docs(nlp)
    training = importlib.import_module(f"{package.__name__}.training")
    linker.initialize(lambda: [training.Example(doc, doc.copy()) for doc in docs[:10]])
    for _ in linker.pipe(docs[:20]):
        pass
    _, seconds = timed(lambda: list(linker.pipe(docs, batch_size=128)))
    words, mentions = sum(map(len, docs)), sum(len(doc.ents) for doc in docs)
    print(f"linking: {words / seconds:,.0f} words a second, {mentions / seconds:,.0f} mentions a second")


def filled(kb):
    """The knowledge base, with entities and aliases."""
    generator = random.Random(0)
    vectors = numpy.random.default_rng(0).normal(size=(N_ENTITIES, WIDTH)).astype("f")
    kb.set_entities([f"Q{i}" for i in range(N_ENTITIES)], [1.0] * N_ENTITIES, vectors)
    for i in range(N_ALIASES):
        meant = [f"Q{generator.randrange(N_ENTITIES)}" for _ in range(1 + i % 4)]
        kb.add_alias(f"Alias{i}", list(dict.fromkeys(meant)), [0.2] * len(set(meant)))
    return kb


def make_docs(nlp):
    """Documents of 5 sentences of 20 words with 2 mentions each."""
    generator = random.Random(1)
    docs_of = importlib.import_module(f"{type(nlp).__module__.partition('.')[0]}.tokens")
    docs = []
    for _ in range(N_TEXTS):
        words = [f"word{generator.randrange(5000)}" for _ in range(100)]
        places = range(4, 100, 10)
        for place in places:
            words[place] = f"Alias{generator.randrange(N_ALIASES)}"
        doc = docs_of.Doc(nlp.vocab, words=words, sent_starts=[i % 20 == 0 for i in range(100)])
        doc.ents = [docs_of.Span(doc, place, place + 1, label="NAME") for place in places]
        docs.append(doc)
    return docs


def timed(work):
    """(what `work` gives, seconds of the CPU)."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def memory() -> float:
    """Most memory so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
