"""The dependency matcher against trying every assignment of tokens to the nodes of a pattern."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spacy_lite
from spacy_lite.matcher import DependencyMatcher
from spacy_lite.tokens import Doc

NLP = spacy_lite.blank("en")
WORDS = ["a", "b", "c"]


def ancestors(heads, i):
    found = []
    while heads[i] != i:
        i = heads[i]
        found.append(i)
    return found


# What each relation means, stated for two token indices `left REL right` and the heads of all tokens.
MEANING = {
    "<": lambda a, b, heads: heads[a] == b != a,
    ">": lambda a, b, heads: heads[b] == a != b,
    "<<": lambda a, b, heads: b in ancestors(heads, a),
    ">>": lambda a, b, heads: a in ancestors(heads, b),
    ".": lambda a, b, heads: same_tree(a, b, heads) and b == a + 1,
    ".*": lambda a, b, heads: same_tree(a, b, heads) and b > a,
    ";": lambda a, b, heads: same_tree(a, b, heads) and b == a - 1,
    ";*": lambda a, b, heads: same_tree(a, b, heads) and b < a,
    "$+": lambda a, b, heads: siblings(a, b, heads) and b == a + 1,
    "$-": lambda a, b, heads: siblings(a, b, heads) and b == a - 1,
    "$++": lambda a, b, heads: siblings(a, b, heads) and b > a,
    "$--": lambda a, b, heads: siblings(a, b, heads) and b < a,
    ">+": lambda a, b, heads: heads[b] == a and b == a + 1,
    ">-": lambda a, b, heads: heads[b] == a and b == a - 1,
    ">++": lambda a, b, heads: heads[b] == a and b > a,
    ">--": lambda a, b, heads: heads[b] == a and b < a,
    "<+": lambda a, b, heads: heads[a] == b and b == a + 1,
    "<-": lambda a, b, heads: heads[a] == b and b == a - 1,
    "<++": lambda a, b, heads: heads[a] == b and b > a,
    "<--": lambda a, b, heads: heads[a] == b and b < a,
}


def same_tree(a, b, heads):
    return [a, *ancestors(heads, a)][-1] == [b, *ancestors(heads, b)][-1]


def siblings(a, b, heads):
    return a != b and heads[a] == heads[b] and heads[a] != a and heads[b] != b


@st.composite
def trees(draw):
    """Words and the heads of a random tree, or of several."""
    n = draw(st.integers(1, 6))
    order = draw(st.permutations(range(n)))
    heads = [0] * n
    heads[order[0]] = order[0]
    for k in range(1, n):
        heads[order[k]] = order[draw(st.integers(0, k))]
    return draw(st.lists(st.sampled_from(WORDS), min_size=n, max_size=n)), heads


NODES = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(list(MEANING)), st.sampled_from([*WORDS, None])), min_size=1, max_size=3
)


@given(trees(), NODES)
@settings(max_examples=300)
def test_matches_are_those_of_trying_everything(tree, nodes):
    words, heads = tree
    pattern = []
    for i, (left, relation, word) in enumerate(nodes):
        node = {"RIGHT_ID": f"n{i}", "RIGHT_ATTRS": {"ORTH": word} if word else {}}
        if i:
            node.update(LEFT_ID=f"n{left % i}", REL_OP=relation)
        pattern.append(node)
    matcher = DependencyMatcher(NLP.vocab)
    matcher.add("P", [pattern])
    doc = Doc(NLP.vocab, words=words, heads=heads, deps=["ROOT" if head == i else "dep" for i, head in enumerate(heads)])

    def fits(tokens):
        for i, (left, relation, word) in enumerate(nodes):
            if word is not None and words[tokens[i]] != word:
                return False
            if i and not MEANING[relation](tokens[left % i], tokens[i], heads):
                return False
        return True

    expected = [list(tokens) for tokens in product(range(len(words)), repeat=len(nodes)) if fits(tokens)]
    assert sorted(tokens for _, tokens in matcher(doc)) == sorted(expected)


def test_rules_callbacks_and_removal():
    seen = []
    matcher = DependencyMatcher(NLP.vocab)
    matcher.add("P", [[{"RIGHT_ID": "x", "RIGHT_ATTRS": {"ORTH": "a"}}]], on_match=lambda m, d, i, ms: seen.append(ms[i][1]))
    doc = Doc(NLP.vocab, words=["a", "b"], heads=[0, 0], deps=["ROOT", "dep"])
    assert len(matcher(doc)) == 1
    assert seen == [[0]]
    assert "P" in matcher
    assert len(matcher) == 1
    matcher.remove("P")
    assert matcher(doc) == []
    with pytest.raises(ValueError, match="no rule"):
        matcher.remove("P")


ANCHOR = {"RIGHT_ID": "x", "RIGHT_ATTRS": {}}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ([], "no nodes"),
        ([{"RIGHT_ID": "x"}], "needs exactly"),
        ([{**ANCHOR, "REL_OP": ">", "LEFT_ID": "y"}], "needs exactly"),
        ([ANCHOR, {"RIGHT_ID": "y", "RIGHT_ATTRS": {}, "REL_OP": "?", "LEFT_ID": "x"}], "no such"),
        ([ANCHOR, {"RIGHT_ID": "y", "RIGHT_ATTRS": {}, "REL_OP": ">", "LEFT_ID": "z"}], "before it"),
        ([ANCHOR, {"RIGHT_ID": "x", "RIGHT_ATTRS": {}, "REL_OP": ">", "LEFT_ID": "x"}], "another"),
    ],
)
def test_invalid_patterns_are_refused(pattern, message):
    with pytest.raises(ValueError, match=message):
        DependencyMatcher(NLP.vocab).add("P", [pattern])
