"""Children, edges, sentences and common ancestors of a dependency tree, against definitions computed naively."""

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite.tokens import Doc
from spacy_lite.vocab import Vocab, create_vocab

VOCAB = Vocab()


@st.composite
def forests(draw):
    """Heads of any forest, projective or not: each token's head comes before it in a random order, or is itself."""
    length = draw(st.integers(1, 12))
    order = draw(st.permutations(range(length)))
    heads = [0] * length
    for rank, token in enumerate(order):
        choice = draw(st.integers(0, rank))
        heads[token] = order[choice] if choice < rank else token
    return heads


def doc_of(heads):
    return Doc(VOCAB, words=[f"w{i}" for i in range(len(heads))], heads=heads, deps=["dep"] * len(heads))


def way_up(heads, i):
    way = []
    while heads[i] != i:
        i = heads[i]
        way.append(i)
    return way


@given(forests())
@settings(max_examples=100)
def test_tree_attributes_follow_their_definitions(heads):
    doc = doc_of(heads)
    for i, token in enumerate(doc):
        children = [j for j in range(len(heads)) if heads[j] == i and j != i]
        below = {j for j in range(len(heads)) if i in way_up(heads, j)} | {i}
        assert [child.i for child in token.children] == children
        assert [child.i for child in token.lefts] == [j for j in children if j < i]
        assert [child.i for child in token.rights] == [j for j in children if j > i]
        assert (token.n_lefts, token.n_rights) == (sum(j < i for j in children), sum(j > i for j in children))
        assert (token.left_edge.i, token.right_edge.i) == (min(below), max(below))
        assert sorted(inner.i for inner in token.subtree) == sorted(below)
        assert [ancestor.i for ancestor in token.ancestors] == way_up(heads, i)
        assert [token.is_ancestor(other) for other in doc] == [i in way_up(heads, j) for j in range(len(heads))]


@given(forests())
@settings(max_examples=100)
def test_sentences_begin_at_the_left_edges_of_roots(heads):
    edges = {min(j for j in range(len(heads)) if i in way_up(heads, j) or i == j) for i in range(len(heads)) if heads[i] == i}
    doc = doc_of(heads)
    assert {token.i for token in doc if token.is_sent_start} == edges
    assert [sent.start for sent in doc.sents] == sorted(edges | {0})
    assert all(token.sent.start <= token.i < token.sent.end for token in doc)


@given(forests())
@settings(max_examples=100)
def test_lowest_common_ancestors_follow_their_definition(heads):
    matrix = doc_of(heads).get_lca_matrix()
    for i in range(len(heads)):
        for j in range(len(heads)):
            ours, theirs = [i, *way_up(heads, i)], [j, *way_up(heads, j)]
            assert matrix[i, j] == next((token for token in ours if token in theirs), -1)


@given(forests(), st.data())
@settings(max_examples=100)
def test_the_root_of_a_span_is_the_token_nearest_to_the_root(heads, data):
    start = data.draw(st.integers(0, len(heads) - 1))
    end = data.draw(st.integers(start + 1, len(heads)))
    depth = {i: len(way_up(heads, i)) for i in range(start, end) if heads[i] == i or not start <= heads[i] < end}
    root = doc_of(heads)[start:end].root
    assert depth[root.i] == min(depth.values())
    assert root.i == min(i for i in depth if depth[i] == depth[root.i])


def test_punctuation_is_the_root_of_a_span_only_where_there_is_nothing_else():
    words, heads = ["She", "saw", "Paris", ".", ".", "?"], [1, 1, 1, 1, 1, 4]
    vocab = create_vocab("xx", None)  # one that knows punctuation
    doc = Doc(vocab, words=words, heads=heads, deps=["x"] * 6)
    assert [doc[i:j].root.i for i, j in [(2, 4), (3, 4), (0, 1), (2, 6)]] == [2, 3, 0, 2]
    assert doc[3:6].root.i == 4  # a token depends on it
    words[2] = " "
    doc = Doc(vocab, words=words, heads=[1, 1, 1, 2, 1, 1], deps=["x"] * 6)
    assert doc[2:5].root.i == 2 and doc[4:6].root.i == 4


@given(forests(), st.data())
@settings(max_examples=100)
def test_a_changed_head_changes_the_tree(heads, data):
    token = data.draw(st.integers(0, len(heads) - 1))
    head = data.draw(st.integers(0, len(heads) - 1))
    doc = doc_of(heads)
    assert len(list(doc[token].children)) == sum(h == token for i, h in enumerate(heads) if i != token)
    if token in way_up(heads, head):
        return  # would make a cycle
    doc[token].head = doc[head]
    changed = heads[:token] + [head] + heads[token + 1 :]
    assert [[child.i for child in parent.children] for parent in doc] == [
        [j for j in range(len(changed)) if changed[j] == i and j != i] for i in range(len(changed))
    ]
    assert {t.i for t in doc if t.is_sent_start} == {t.i for t in doc_of(changed) if t.is_sent_start}


def test_subtree_of_a_projective_tree_is_in_order_of_the_text():
    doc = doc_of([1, 4, 1, 4, 4, 6, 4])
    assert [token.i for token in doc[4].subtree] == [0, 1, 2, 3, 4, 5, 6]
    assert [token.i for token in doc[2:4].subtree] == [2, 3]
    assert ([t.i for t in doc[3:5].lefts], [t.i for t in doc[3:5].rights]) == ([1], [6])
    assert (doc[3:5].n_lefts, doc[3:5].n_rights) == (1, 1)


def test_a_token_without_a_label_has_no_head():
    doc = Doc(VOCAB, words=["a", "b", "c", "d"], heads=[1, 1, 3, 3], deps=["x", "ROOT", "", "y"])
    assert [token.head.i for token in doc] == [1, 1, 2, 3]
    assert [token.has_head() for token in doc] == [True, True, False, True]
    assert [token.is_sent_start for token in doc] == [True, False, True, False]


def test_sentence_starts_of_a_parsed_doc_cannot_be_set():
    doc = doc_of([0, 0])
    with pytest.raises(ValueError, match="dependency parse"):
        doc[1].is_sent_start = True


def test_conjuncts_are_found_in_both_directions():
    doc = Doc(
        VOCAB,
        words=["red", ",", "green", "and", "blue", "cars"],
        heads=[5, 0, 0, 2, 2, 5],
        deps=["amod", "punct", "conj", "cc", "conj", "ROOT"],
    )
    assert [[c.i for c in token.conjuncts] for token in doc] == [[2, 4], [], [0, 4], [], [0, 2], []]
    assert [token.i for token in doc[0:2].conjuncts] == [2, 4]


def test_a_malformed_head_column_ends_in_an_error_or_not_at_all():
    doc = Doc(VOCAB, words=["a", "b", "c"])
    doc.write_column(79, numpy.asarray([1, 1, -2]))  # a cycle: 0 > 1 > 2 > 0
    assert [(token.left_edge.i, token.right_edge.i) for token in doc] == [(0, 2)] * 3
    assert len(list(doc[0].ancestors)) <= 3
    with pytest.raises(ValueError, match="HEAD of token 2"):
        doc.write_column(79, [0, 0, 1])
