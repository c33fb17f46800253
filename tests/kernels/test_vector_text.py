"""The parser of vectors in text form against plain Python."""

import numpy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spacy_lite.kernels.vector_text import PROBLEMS, count_columns, parse_rows


def naive_rows(text, width):
    """Rows as [(word, numbers)] and problems as [(line, kind)], the slow and simple way."""
    rows, bad = [], []
    for number, line in enumerate(text.split(b"\n")):
        fields = [field for field in line.replace(b"\t", b" ").replace(b"\r", b" ").split(b" ") if field]
        if not fields:
            continue
        numbers = [as_float(field) for field in fields[-width:]]
        if len(fields) < width or (len(fields) == width and None in numbers):
            bad.append((number, "columns"))
        elif len(fields) == width:
            bad.append((number, "no word"))
        elif None in numbers:
            bad.append((number, "number"))
        elif not all(numpy.isfinite(numbers)):
            bad.append((number, "not finite"))
        else:
            rows.append(numbers)
    return rows, bad


def as_float(field):
    text = field.decode("latin1")
    if any(c in text for c in "_xX") or not text.isascii():
        return None
    try:
        with numpy.errstate(over="ignore"):
            return numpy.float32(float(text))
    except ValueError:
        return None


def parse(text, width, room=100, last=True):
    table = numpy.zeros((room, width), dtype="f")
    used, lines, words, bad = parse_rows(text, 0, last, table, 0)
    return table[: len(words)], [text[a:b].decode() for a, b in words], [(n, PROBLEMS[p]) for n, p, _ in bad.tolist()], used


FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(FLOATS, st.sampled_from(["{!r}", "{:.4f}", "{:g}", "{:.6e}", "{:.17g}"])), min_size=1, max_size=20))
def test_numbers_are_those_python_reads(pairs):
    written = [form.format(value) for value, form in pairs]
    table, words, bad, _ = parse(("word " + " ".join(written)).encode(), len(pairs))
    expected = numpy.asarray([float(number) for number in written]).astype("f")
    assert bad == [] and words == ["word"]
    # Seventeen digits go beyond what a double's fast path holds: one unit in the last place of a float is granted.
    is_long = numpy.asarray([len(number) > 17 for number in written])
    with numpy.errstate(over="ignore"):
        assert (numpy.abs(table[0] - expected) <= numpy.spacing(numpy.abs(expected)) * is_long).all()


@pytest.mark.parametrize("number", ["1", "-1.", ".5", "+0.25", "1e3", "1E-3", "000123.500", "0", "-0.0", "1e-400", "5e-324"])
def test_every_way_to_write_a_number(number):
    assert parse(f"w {number}\n".encode(), 1)[0][0, 0] == numpy.float32(float(number))


@pytest.mark.parametrize("number", ["", "-", ".", "e5", "1e", "1e+", "0x10", "1_0", "1,5", "nana", "--1", "1.2.3"])
def test_what_is_no_number(number):
    assert parse(f"w 1 {number}x\n".encode(), 2)[2] in ([(0, "number")], [(0, "columns")])


@pytest.mark.parametrize("number", ["nan", "NaN", "-inf", "Infinity", "1e39", "-1e400"])
def test_what_is_not_finite(number):
    assert parse(f"w {number}\nv 1\n".encode(), 1)[1:3] == (["v"], [(0, "not finite")])


@settings(max_examples=300)
@given(st.lists(st.lists(st.sampled_from(["a", "1", "2.5", "-3e2", "x1", "nan"]), max_size=5), max_size=6), st.integers(1, 3))
@example([["1", "1"]], 2)
def test_lines_are_rows_or_problems_as_in_plain_python(lines, width):
    text = "\n".join(" ".join(line) for line in lines).encode()
    table, words, bad, used = parse(text, width)
    expected, problems = naive_rows(text, width)
    assert numpy.array_equal(table, numpy.asarray(expected, dtype="f").reshape(-1, width))
    assert bad == problems and used == len(text)


def test_words_may_hold_spaces_and_any_utf8():
    text = "new york 1 2\n. . . 3 4 \r\ngrö\u00a0ße\t5 6\n\U0001f600 7 8".encode()
    table, words, bad, _ = parse(text, 2)
    assert words == ["new york", ". . .", "grö\u00a0ße", "\U0001f600"] and bad == []
    assert table.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]


@given(st.binary(min_size=1, max_size=6))
def test_words_that_are_not_utf8_are_problems(word):
    if any(byte in word for byte in b" \t\r\n"):
        return
    try:
        expected = [word.decode("utf8")]
    except UnicodeDecodeError:
        expected = []
    table = numpy.zeros((2, 1), dtype="f")
    text = word + b" 1\n"
    _, _, words, bad = parse_rows(text, 0, True, table, 0)
    assert len(words) == len(expected) and len(bad) == 1 - len(expected)


@given(st.integers(1, 40), st.integers(1, 7))
def test_a_text_may_come_in_pieces_and_the_table_may_be_full(piece, room):
    text = b"".join(b"word%d %d %d\n" % (i, i, -i) for i in range(20))
    rows, rest, place = [], b"", 0
    while place < len(text) or rest:
        rest += text[place : place + piece]
        place += piece
        table = numpy.zeros((room, 2), dtype="f")
        used, _, words, bad = parse_rows(rest, 0, place >= len(text), table, 0)
        rows += table[: len(words)].tolist()
        rest = rest[used:]
        assert len(bad) == 0
    assert rows == [[i, -i] for i in range(20)]


def test_columns_are_counted():
    assert [count_columns(line) for line in (b"", b"  ", b"a", b" a\tb  c \r")] == [0, 0, 1, 3]


def test_places_out_of_bounds_are_refused():
    with pytest.raises(ValueError, match="out of bounds"):
        parse_rows(b"a 1", 4, True, numpy.zeros((1, 1), dtype="f"), 0)
    with pytest.raises(ValueError, match="out of bounds"):
        parse_rows(b"a 1", 0, True, numpy.zeros((1, 1), dtype="f"), 2)


@settings(max_examples=300)
@given(st.binary(max_size=80), st.integers(1, 3), st.booleans())
def test_any_bytes_are_read_to_the_end_without_harm(text, width, last):
    table = numpy.zeros((100, width), dtype="f")
    used, lines, words, bad = parse_rows(text, 0, last, table, 0)
    whole = text if last else text[: text.rfind(b"\n") + 1]
    assert used == len(whole) and lines == whole.count(b"\n") + (last and not whole.endswith(b"\n") and bool(whole))
    assert len(words) + len(bad) <= lines and numpy.isfinite(table[: len(words)]).all()
    for begin, end in words.tolist():
        assert text[begin:end].decode("utf8") and b"\n" not in text[begin:end]
