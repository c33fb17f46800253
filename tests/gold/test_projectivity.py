"""Crossing arcs, and how they are lifted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite.gold.projectivity import (
    DELIMITER,
    ancestors,
    contains_cycle,
    decompose,
    is_decorated,
    is_nonproj_arc,
    is_nonproj_tree,
    projectivize,
)


@st.composite
def forests(draw):
    """Heads of a forest, some unknown."""
    n = draw(st.integers(0, 12))
    order = draw(st.permutations(range(n)))
    heads = [0] * n
    for place, token in enumerate(order):
        heads[token] = (
            token if place == 0 or draw(st.booleans()) and draw(st.booleans()) else order[draw(st.integers(0, place - 1))]
        )
    return heads


def naive_is_nonproj_arc(token, heads):
    head = heads[token]
    if head is None or head == token:
        return False
    between = range(min(head, token) + 1, max(head, token))
    return any(head not in list(ancestors(k, heads)) and heads[k] is not None for k in between)


@given(forests(), st.sets(st.integers(0, 11)))
def test_an_arc_crosses_when_a_token_under_it_does_not_descend_from_its_head(heads, unknown):
    heads = [None if i in unknown else head for i, head in enumerate(heads)]
    for token in range(len(heads)):
        assert is_nonproj_arc(token, heads) == naive_is_nonproj_arc(token, heads)


@given(forests())
def test_lifting_leaves_no_crossing_arc_and_moves_tokens_to_ancestors_only(heads):
    labels = [f"d{i}" for i in range(len(heads))]
    lifted, decorated = projectivize(heads, labels)
    assert not is_nonproj_tree(lifted)
    for token, (old, new) in enumerate(zip(heads, lifted)):
        if old == new:
            assert decorated[token] == labels[token]
        else:
            assert new == token or new in list(ancestors(old, heads))
            assert decompose(decorated[token]) == (labels[token], labels[old])
    if not is_nonproj_tree(heads):
        assert lifted == heads


def test_the_shortest_crossing_arc_is_lifted_first():
    # A sentence from the paper on pseudo-projective parsing has one crossing arc.
    heads = [1, 2, 2, 4, 5, 2, 7, 4, 2]
    lifted, decorated = projectivize(heads, ["det", "nsubj", "root", "det", "dobj", "aux", "nsubj", "acl", "punct"])
    assert lifted == [1, 2, 2, 4, 5, 2, 7, 5, 2]
    assert decorated[7] == f"acl{DELIMITER}dobj" and is_decorated(decorated[7]) and not is_decorated("acl")


@pytest.mark.parametrize(
    ("heads", "cycle"),
    [
        ([0, 1], None),
        ([1, 0], {0, 1}),
        ([1, 2, 2], None),
        ([1, 2, 3, 1], {1, 2, 3}),
        ([None, 0, None], None),
        ([4, 4, 3, 2, 4], {2, 3}),
        ([], None),
    ],
)
def test_cycles_are_found_and_refused(heads, cycle):
    assert contains_cycle(heads) == cycle
    if cycle:
        for function in (is_nonproj_tree, lambda given: projectivize(given, ["x"] * len(given))):
            with pytest.raises(ValueError, match="cycle"):
                function(heads)
