"""Edit trees against a naive implementation in Python."""

import pytest
import srsly
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite.errors import FormatError
from spacy_lite.pipeline.edit_trees import EditTrees
from spacy_lite.strings import StringStore

WORDS = st.text(alphabet="abcdeäßñ日🙂", max_size=9)
NULL = 0xFFFFFFFF


def naive_tree(form, lemma):
    """The tree as nested tuples: the first longest common substring, by trying all of them."""
    best = (0, 0, 0)
    for i in range(len(form)):
        for j in range(len(lemma)):
            k = 0
            while i + k < len(form) and j + k < len(lemma) and form[i + k] == lemma[j + k]:
                k += 1
            # The first by where the stretch ends in the form, then in the lemma.
            if k > best[0] or (k == best[0] and k and (i + k, j + k) < (best[1] + k, best[2] + k)):
                best = (k, i, j)
    length, i, j = best
    if not length:
        return ("s", form, lemma)
    before = naive_tree(form[:i], lemma[:j]) if i or j else None
    after_form, after_lemma = form[i + length :], lemma[j + length :]
    after = naive_tree(after_form, after_lemma) if after_form or after_lemma else None
    return ("m", i, len(after_form), before, after)


def naive_apply(tree, form):
    if tree[0] == "s":
        return tree[2] if form == tree[1] else None
    _, n_before, n_after, before, after = tree
    if n_before + n_after > len(form):
        return None
    cut = len(form) - n_after
    left = "" if before is None else naive_apply(before, form[:n_before])
    right = "" if after is None else naive_apply(after, form[cut:])
    return None if left is None or right is None else left + form[n_before:cut] + right


def as_tuples(trees, tree_id):
    node = trees[tree_id]
    if "orig" in node:
        return ("s", trees.strings[node["orig"]], trees.strings[node["subst"]])
    children = [None if node[key] == NULL else as_tuples(trees, node[key]) for key in ("prefix_tree", "suffix_tree")]
    return ("m", node["prefix_len"], node["suffix_len"], *children)


@given(WORDS, WORDS)
@settings(max_examples=300)
def test_a_tree_makes_the_lemma_it_was_learned_from(form, lemma):
    trees = EditTrees(StringStore())
    assert trees.apply(trees.add(form, lemma), form) == lemma


@given(WORDS, WORDS, WORDS)
@settings(max_examples=300)
def test_trees_and_their_results_are_those_of_the_naive_algorithm(form, lemma, other):
    trees = EditTrees(StringStore())
    tree = trees.add(form, lemma)
    expected = naive_tree(form, lemma)
    assert as_tuples(trees, tree) == expected
    assert trees.apply(tree, other) == naive_apply(expected, other)


def test_equal_trees_get_one_id_and_children_come_first():
    trees = EditTrees(StringStore())
    first = trees.add("walked", "walk")
    size = len(trees)
    assert trees.add("talked", "talk") == first
    assert len(trees) == size
    assert first == size - 1
    assert trees.apply(first, "jumped") == "jump"
    assert trees.apply(first, "runs") is None


def test_find_adds_nothing():
    trees = EditTrees(StringStore())
    tree = trees.add("walked", "walk")
    size, strings = len(trees), len(trees.strings)
    assert trees.find("hugged", "hug") == -1
    assert trees.find("jumped", "jump") == tree
    assert (len(trees), len(trees.strings)) == (size, strings)


def test_tree_as_text():
    trees = EditTrees(StringStore())
    assert trees.tree_to_str(trees.add("gespielt", "spielen")) == "(m 2 1 (s 'ge' '') (s 't' 'en'))"
    assert trees.tree_to_str(trees.add("same", "same")) == "(m 0 0 () ())"


def test_unknown_tree_is_an_index_error():
    trees = EditTrees(StringStore())
    with pytest.raises(IndexError, match="no edit tree 0"):
        trees.apply(0, "x")


@pytest.mark.parametrize("how", ["bytes", "disk"])
def test_saved_trees_come_back_the_same(tmp_path, how):
    trees = EditTrees(StringStore())
    for form, lemma in [("gespielt", "spielen"), ("ging", "gehen"), ("Häuser", "Haus"), ("ist", "sein")]:
        trees.add(form, lemma)
    loaded = EditTrees(trees.strings)
    if how == "bytes":
        loaded.from_bytes(trees.to_bytes())
    else:
        trees.to_disk(tmp_path / "trees")
        loaded.from_disk(tmp_path / "trees")
    assert loaded.to_json() == trees.to_json()
    assert loaded.add("gespielt", "spielen") == trees.add("gespielt", "spielen")
    assert len(loaded) == len(trees)


def test_trees_of_a_trained_spacy_pipeline_load_and_are_written_back_unchanged(shared_data):
    folder = shared_data / "spacy38_pipelines" / "en_core_listeners" / "pipeline"
    strings = StringStore()
    strings.from_disk(folder / "vocab" / "strings.json")
    trees = EditTrees(strings).from_disk(folder / "trainable_lemmatizer" / "trees")
    assert len(trees) == 1547
    assert trees.to_bytes() == (folder / "trainable_lemmatizer" / "trees").read_bytes()


@pytest.mark.parametrize(
    ("trees", "message"),
    [
        ([{"prefix_len": 0}], "not a match or a substitution"),
        ([{"prefix_len": 0, "suffix_len": 1, "prefix_tree": NULL, "suffix_tree": 0}], "does not come before"),
        ([{"orig": 12345678901, "subst": 0}], "not in the vocabulary"),
        ([{"orig": "a", "subst": 0}], "not a match or a substitution"),
    ],
)
def test_malformed_trees_are_refused(trees, message):
    with pytest.raises(FormatError, match=message):
        EditTrees(StringStore()).from_json(trees)


def test_truncated_file_is_refused_by_name(tmp_path):
    trees = EditTrees(StringStore())
    trees.add("walked", "walk")
    path = tmp_path / "trees"
    path.write_bytes(trees.to_bytes()[:-5])
    with pytest.raises(FormatError, match="trees"):
        EditTrees(trees.strings).from_disk(path)


def test_bytes_of_something_else_are_refused():
    with pytest.raises(FormatError):
        EditTrees(StringStore()).from_bytes(srsly.msgpack_dumps({"something": 1}))
