"""Which tokens of two tokenizations correspond."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite.gold import Alignment, AlignmentArray


@st.composite
def tokenizations(draw):
    """Two ways to cut one text of letters into tokens, with white space and case thrown in."""
    text = draw(st.text("abcÀß中", min_size=1, max_size=20))

    def cut():
        ends = sorted({*draw(st.sets(st.integers(1, len(text)))), len(text)})
        words = [text[start:end] for start, end in zip([0, *ends], ends)]
        for place in draw(st.lists(st.integers(0, len(words)), max_size=3)):
            words.insert(place, draw(st.sampled_from([" ", "\n", "  "])))
        return [word.upper() if draw(st.booleans()) and word.upper().lower() == word else word for word in words]

    return cut(), cut()


def characters(words):
    """Which token each character that is not white space is of."""
    return [i for i, word in enumerate(words) for character in word if not character.isspace()]


@given(tokenizations())
def test_tokens_correspond_where_they_share_letters(pair):
    x, y = pair
    alignment = Alignment.from_strings(x, y)
    shared = set(zip(characters(x), characters(y)))
    for array, mine, order in ((alignment.x2y, x, 1), (alignment.y2x, y, -1)):
        for i, word in enumerate(mine):
            found = array[i].tolist()
            if not word.isspace():
                assert {other for other in found if not (y if order == 1 else x)[other].isspace()} == {
                    pair[::order][1] for pair in shared if pair[::order][0] == i
                }
            assert found == sorted(set(found))
    assert sum(alignment.x2y.lengths) == sum(alignment.y2x.lengths)


@given(tokenizations())
def test_both_directions_say_the_same(pair):
    x, y = pair
    alignment = Alignment.from_strings(x, y)
    forth = {(i, int(j)) for i in range(len(x)) for j in alignment.x2y[i]}
    back = {(int(i), j) for j in range(len(y)) for i in alignment.y2x[j]}
    assert forth == back


@pytest.mark.parametrize(
    ("x", "y", "x2y", "y2x"),
    [
        (["a", "b"], ["ab"], [[0], [0]], [[0, 1]]),
        (["a b"], ["A", "B"], [[0, 1]], [[0], [0]]),
        (["a", " ", "b"], ["a", "\n", "b"], [[0], [], [2]], [[0], [], [2]]),
        (["a\n", "b"], ["a", "\n", "b"], [[0, 1], [2]], [[0], [0], [1]]),
        (["a", "b", " "], ["ab", "\n"], [[0], [0], []], [[0, 1], []]),
        (["a", "", "b"], ["ab"], [[0], [], [0]], [[0, 2]]),
        ([], [], [], []),
        ([], [" "], [], [[]]),
        (["İ"], ["i̇"], [[0]], [[0]]),
    ],
)
def test_known_alignments(x, y, x2y, y2x):
    assert Alignment.from_strings(x, y) == Alignment.from_indices(x2y, y2x)


@pytest.mark.parametrize(("x", "y"), [(["a"], ["b"]), (["a"], []), (["a", "b"], ["a", "c"]), (["ß"], ["SS"])])
def test_texts_that_differ_are_an_error_that_shows_where(x, y):
    with pytest.raises(ValueError, match="differ in more than white space and case: near token"):
        Alignment.from_strings(x, y)


def test_the_error_shows_the_place_of_the_difference():
    words = [f"w{i}" for i in range(100)]
    with pytest.raises(ValueError, match=r"token 57 .*'w57'.*other"):
        Alignment.from_strings(words, [*words[:57], "other", *words[58:]])


def test_identical_tokens_correspond_one_to_one():
    alignment = Alignment.from_strings(["a", " ", "b"], ["a", " ", "b"])
    assert alignment.x2y.is_identity and alignment == Alignment.identity(3)


# ---- arrays ----

LISTS = st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=8)


@given(LISTS, st.integers(-10, 10), st.integers(-10, 10))
def test_arrays_are_indexed_like_lists_of_lists(lists, start, stop):
    array = AlignmentArray(lists)
    assert len(array) == len(lists) and array.data.dtype == array.lengths.dtype == numpy.int32
    for i in range(-len(lists), len(lists)):
        assert array[i].tolist() == array[numpy.int64(i)].tolist() == lists[i]
    assert array[start:stop].tolist() == [number for part in lists[start:stop] for number in part]
    assert array[:].tolist() == array.data.tolist()
    assert [array.data[a:b].tolist() for a, b in zip(array.starts, array.ends)] == lists


def test_arrays_refuse_other_keys():
    array = AlignmentArray([[0], [1, 2]])
    with pytest.raises(ValueError, match="step 1"):
        array[::2]
    with pytest.raises(ValueError, match="number or by a slice"):
        array["0"]
    for i in (2, -3):
        with pytest.raises(IndexError):
            array[i]


def test_arrays_are_views_and_compare_by_content():
    array = AlignmentArray([[0], [1, 2]])
    assert array[1].base is not None
    assert array == AlignmentArray([[0], [1, 2]]) != AlignmentArray([[0, 1], [2]])
    assert not AlignmentArray([[1], [0]]).is_identity and AlignmentArray([[0], [1]]).is_identity
    assert repr(array) == "AlignmentArray([[0], [1, 2]])"
