"""Scores a package gives to random annotations: missing values, other tokens, white space, overlaps, categories, links.

Run with an environment that has spaCy 3.8 to write the facts the tests hold against ours:
`python -m tests.scorer.score_facts spacy FILE`.
"""

import importlib
import json
import sys

import numpy

SEEDS = range(6)
WORDS = ["She", "saw", "three", "ships", "can", "not", "dog", "'s", "New", "York", ",", "."]
TAGS = ["NN", "VB", "DT", ""]
POS = ["NOUN", "VERB", "DET", ""]
MORPHS = ["Case=Nom|Number=Sing", "Number=Plur", "_", "", "Case=Acc"]
LEMMAS = ["she", "see", "ship", ""]
DEPS = ["nsubj", "obj", "punct", "det", ""]
ENTS = ["PERSON", "GPE"]
CATS = ["a", "b", "c"]


def random_words(random):
    """Words and spaces of one text, and another way to cut it: some neighbours without space between them are one word."""
    n = int(random.randint(1, 12))
    words = [WORDS[i] for i in random.randint(0, len(WORDS), n)]
    spaces = (random.uniform(size=n) < 0.6).tolist()
    if n > 3 and random.uniform() < 0.4:
        words[2] = "\n"
    merged, merged_spaces = [], []
    for word, space in zip(words, spaces, strict=True):
        if merged and not merged_spaces[-1] and not word.isspace() and not merged[-1].isspace() and random.uniform() < 0.5:
            merged[-1] += word
            merged_spaces[-1] = space
        else:
            merged.append(word)
            merged_spaces.append(space)
    return (words, spaces), (merged, merged_spaces)


def choice(random, values, n):
    return [values[i] for i in random.randint(0, len(values), n)]


def annotated(tokens, vocab, random, words, spaces, complete):
    """A document with random annotation. complete: whether nothing is missing."""
    n = len(words)
    heads = [min(max(i + int(random.randint(-2, 3)), 0), n - 1) for i in range(n)]

    def pick(values):
        return choice(random, [value for value in values if value] if complete else values, n)

    deps = pick(DEPS)
    doc = tokens.Doc(
        vocab,
        words=words,
        spaces=spaces,
        tags=pick(TAGS),
        pos=pick(POS),
        morphs=pick(MORPHS),
        lemmas=pick(LEMMAS),
        heads=heads,
        deps=deps,
    )
    start, entities = 0, []
    while start < n:
        end = min(n, start + int(random.randint(1, 3)))
        if random.uniform() < 0.5:
            label, link = choice(random, ENTS, 1)[0], choice(random, ["Q1", "Q2", "NIL"], 1)[0]
            entities.append(tokens.Span(doc, start, end, label=label, kb_id=link))
        start = end
    missing = [doc[n - 1 : n]] if not complete and not any(e.end == n for e in entities) else []
    doc.set_ents(entities, missing=missing)
    bounds = [(int(a), min(n, int(a) + int(b))) for a, b in zip(random.randint(0, n, 4), random.randint(1, 4, 4), strict=True)]
    doc.spans["sc"] = [tokens.Span(doc, a, b, label=choice(random, ENTS, 1)[0]) for a, b in sorted(set(bounds))]
    doc.cats = {label: float(value > 0.5) for label, value in zip(CATS, random.uniform(size=3), strict=True)}
    return doc


def guess_cats(doc, random):
    doc.cats = {label: round(float(value), 1) for label, value in zip(CATS, random.uniform(size=3), strict=True)}


def make_examples(package, seed, vocab):
    tokens = importlib.import_module(f"{package.__name__}.tokens")
    example_class = importlib.import_module(f"{package.__name__}.training").Example
    random = numpy.random.RandomState(seed)
    complete = seed % 3 == 0
    examples = []
    for i in range(8):
        fine, coarse = random_words(random)
        predicted_words, gold_words = [(fine, fine), (fine, coarse), (coarse, fine)][i % 3]
        predicted = annotated(tokens, vocab, random, *predicted_words, True)
        reference = annotated(tokens, vocab, random, *gold_words, complete)
        guess_cats(predicted, random)
        if seed == 4 and i == 5:
            reference.cats = {"a": 1.0}
        if seed == 5 and i == 2:
            predicted.cats = {}
        examples.append(example_class(predicted, reference))
    return examples


def get_group(doc, key):
    return doc.spans.get(key.removeprefix("spans_"), [])


def morph_key(token, attr):
    return getattr(token, attr).key


def lower_dep(token, attr):
    return token.vocab.strings.as_string(getattr(token, attr)).lower()


def facts(package_name, seed):
    """Every score of the random examples of one seed."""
    package = importlib.import_module(package_name)
    scorer = importlib.import_module(f"{package_name}.scorer")
    score = scorer.Scorer
    examples = make_examples(package, seed, package.blank("en").vocab)
    exclusive = {"labels": CATS, "multi_label": False}
    guessed = [example for example in examples if example.predicted.cats]  # spaCy 3.8 fails without any prediction
    return {
        "tokenization": score.score_tokenization(examples),
        "tag": score.score_token_attr(examples, "tag"),
        "pos": score.score_token_attr(examples, "pos"),
        "lemma": score.score_token_attr(examples, "lemma"),
        "morph": score.score_token_attr(examples, "morph", getter=morph_key),
        "missing": score.score_token_attr(examples, "tag_", missing_values={"NN", ""}),
        "features": score.score_token_attr_per_feat(examples, "morph", getter=morph_key),
        "ents": score.score_spans(examples, "ents"),
        "unlabeled": score.score_spans(examples, "ents", labeled=False),
        "annotated": score.score_spans(examples, "ents", has_annotation=lambda doc: doc.has_annotation("ENT_IOB")),
        "sents": score.score_spans(examples, "sents"),
        "groups": score.score_spans(examples, "spans_sc", getter=get_group, allow_overlap=True),
        "groups, disjoint": score.score_spans(examples, "spans_sc", getter=get_group),
        "ner": scorer.get_ner_prf(examples),
        "cats": score.score_cats(examples, "cats", labels=CATS),
        "cats, strict": score.score_cats(examples, "cats", labels=CATS, threshold=0.8),
        "cats, exclusive": score.score_cats(guessed, "cats", **exclusive),
        "cats, two": score.score_cats(guessed, "cats", labels=["a", "b"], multi_label=False, positive_label="b"),
        "links": score.score_links(examples, negative_labels=["NIL", ""]),
        "deps": score.score_deps(examples, "dep", getter=lower_dep, ignore_labels=("p", "punct")),
        "deps, all": score.score_deps(examples[:1], "dep"),
    }


def main():
    package, path = sys.argv[1:]
    with open(path, "w", encoding="utf8") as file:
        json.dump({str(seed): facts(package, seed) for seed in SEEDS}, file, indent=0, sort_keys=True)


if __name__ == "__main__":
    main()
