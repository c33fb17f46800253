"""Pseudo-projective parsing against the algorithm of the paper (Nivre & Nilsson 2005, HEAD scheme), written plainly."""

import random

import pytest

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.transitions import nonproj

LABELS = ("nk", "sb", "oa", "mo", "oc", "rc", "da", "svp")


def ancestors_of(token, heads):
    while heads[token] != token:
        token = heads[token]
        yield token


def crosses(token, heads):
    head = heads[token]
    return any(head not in ancestors_of(k, heads) for k in range(min(token, head) + 1, max(token, head)))


def plain_projectivize(heads, labels):
    """Lift the shortest arc that crosses another, the leftmost of equals, until none does."""
    lifted = list(heads)
    while crossing := [token for token in range(len(lifted)) if lifted[token] != token and crosses(token, lifted)]:
        token = min(crossing, key=lambda token: (abs(token - lifted[token]), token))
        lifted[token] = lifted[lifted[token]]
    decorated = [
        label if old == new else f"{label}||{labels[old]}" for label, old, new in zip(labels, heads, lifted, strict=True)
    ]
    return lifted, decorated


def plain_deprojectivize(heads, labels):
    """From left to right, lower every decorated token to the first descendant of its head with the label named."""
    heads, labels = list(heads), list(labels)
    spans = [[t for t in range(len(heads)) if t == i or i in ancestors_of(t, heads)] for i in range(len(heads))]
    for token, label in enumerate(labels):
        if "||" not in label:
            continue
        labels[token], wanted = label.split("||")
        level = [heads[token]]
        found = None
        while level and found is None:
            below = [
                child
                for head in level
                for child in range(min(spans[head]), max(spans[head]) + 1)
                if heads[child] == head and child not in (head, token)
            ]
            found = next((child for child in below if labels[child] == wanted), None)
            level = below
        if found is not None:
            heads[token] = found
    return heads, labels


def sample(size, seed=0):
    """Trees like those of German: projective ones in which phrases were moved to the front or behind the verb."""
    chance = random.Random(seed)

    def projective(start, end):
        """[(token, head)] of a random tree over tokens start to end, the root with head -1."""
        root = chance.randrange(start, end)
        arcs = [(root, -1)]
        for first, last in ((start, root), (root + 1, end)):
            while first < last:
                middle = chance.randrange(first, last) + 1
                arcs += [(token, root if head < 0 else head) for token, head in projective(first, middle)]
                first = middle
        return arcs

    for _ in range(size):
        n = chance.randint(5, 25)
        heads = [head if head >= 0 else token for token, head in sorted(projective(0, n))]
        order = list(range(n))
        for _ in range(chance.choice([0, 1, 1, 2])):
            moved = chance.randrange(n)
            phrase = [t for t in range(n) if t == moved or moved in ancestors_of(t, heads)]
            rest = [t for t in order if t not in phrase]
            order = phrase + rest if chance.random() < 0.4 else rest + phrase
        place = {token: i for i, token in enumerate(order)}
        moved_heads = [place[heads[token]] for token in order]
        labels = ["ROOT" if head == i else chance.choice(LABELS) for i, head in enumerate(moved_heads)]
        yield moved_heads, labels


def attachment(trees, golds):
    """Labelled attachment score."""
    pairs = [
        (got, wanted)
        for (heads, labels), (gold_heads, gold_labels) in zip(trees, golds, strict=True)
        for got, wanted in zip(zip(heads, labels, strict=True), zip(gold_heads, gold_labels, strict=True), strict=True)
    ]
    return sum(got == wanted for got, wanted in pairs) / len(pairs)


@pytest.fixture(scope="module")
def vocab():
    return spacy_lite.blank("de").vocab


def lowered(vocab, heads, labels):
    doc = nonproj.deprojectivize(Doc(vocab, words=["x"] * len(heads), heads=heads, deps=labels))
    return [token.head.i for token in doc], [token.dep_ for token in doc]


def test_trees_are_lifted_and_lowered_as_by_the_reference(vocab):
    for heads, labels in sample(300):
        lifted, decorated = nonproj.projectivize(heads, labels)
        assert (lifted, decorated) == plain_projectivize(heads, labels)
        assert lowered(vocab, lifted, decorated) == plain_deprojectivize(lifted, decorated)


def test_attachment_with_and_without_decoration_is_that_of_the_reference(vocab):
    golds = list(sample(300, seed=1))
    scores = {}
    for name, lift, lower in (
        ("ours", nonproj.projectivize, lambda heads, labels: lowered(vocab, heads, labels)),
        ("reference", plain_projectivize, plain_deprojectivize),
    ):
        trees = [lift(*gold) for gold in golds]
        undecorated = [(heads, [label.partition("||")[0] for label in labels]) for heads, labels in trees]
        scores[name] = (attachment([lower(*tree) for tree in trees], golds), attachment(undecorated, golds))
    assert scores["ours"] == scores["reference"]
    restored, projective = scores["ours"]
    assert 0.8 < projective < restored
    assert restored > 0.95


def test_tokens_with_any_decoration_are_lowered_as_by_the_reference(vocab):
    chance = random.Random(2)
    for heads, labels in sample(300, seed=3):
        heads, _ = nonproj.projectivize(heads, labels)
        labels = [f"{label}||{chance.choice(LABELS)}" if chance.random() < 0.5 else label for label in labels]
        assert lowered(vocab, heads, labels) == plain_deprojectivize(heads, labels)


def test_white_space_gets_no_children(vocab):
    doc = Doc(vocab, words=["a", " ", "b", "c"], heads=[0, 0, 0, 0], deps=["ROOT", "oc", "oc", "rc||oc"])
    assert [token.head.i for token in nonproj.deprojectivize(doc)] == [0, 0, 0, 2]
