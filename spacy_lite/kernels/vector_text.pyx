"""Parsing text files of word vectors: the binding of `vector_text.hh`."""
import numpy

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy
from libcpp.vector cimport vector

cdef extern from "kernels/vector_text.hh" namespace "spacy_lite" nogil:
    cdef cppclass ParsedRows:
        size_t consumed
        size_t lines
        size_t rows
        vector[int64_t] words
        vector[int64_t] bad

    void c_parse_rows "spacy_lite::parse_rows"(
        const char* text, size_t size, bint last, size_t width, float* table, size_t room, ParsedRows& parsed) except +
    int32_t c_count_columns "spacy_lite::count_columns"(const char* at, const char* end)
    cdef int32_t ROW_COLUMNS
    cdef int32_t ROW_NUMBER
    cdef int32_t ROW_NOT_FINITE
    cdef int32_t ROW_NO_WORD
    cdef int32_t ROW_ENCODING

PROBLEMS = {
    ROW_COLUMNS: "columns", ROW_NUMBER: "number", ROW_NOT_FINITE: "not finite", ROW_NO_WORD: "no word",
    ROW_ENCODING: "encoding",
}


def parse_rows(const unsigned char[::1] text, size_t start, bint last, float[:, ::1] table, size_t row):
    """Parse the lines of `text` from `start` into the rows of `table` from `row`, until it is full or the lines end.

    text: bytes of UTF-8. last: no more text follows, so that the last line may lack its end. table (R, W): W numbers are
    expected in a line, after the word. Returns (bytes consumed, lines in them, words int64 (n, 2): start and end in `text` of
    each row's word, bad int64 (m, 3): line from 0, problem by its number in PROBLEMS, and columns of each line that is no row).
    """
    cdef ParsedRows parsed
    cdef size_t size = text.shape[0]
    cdef size_t room = table.shape[0]
    cdef size_t width = table.shape[1]
    if start > size or row > room:
        raise ValueError(f"byte {start} of {size} or row {row} of {room} is out of bounds")
    if start < size and row < room and width:
        with nogil:
            c_parse_rows(<const char*>&text[start], size - start, last, width, &table[row, 0], room - row, parsed)
    words = to_array(parsed.words, 2)
    words += <int64_t>start
    return parsed.consumed, parsed.lines, words, to_array(parsed.bad, 3)


cdef to_array(vector[int64_t]& values, int columns):
    found = numpy.empty(values.size(), dtype="int64")
    cdef int64_t[::1] view = found
    if values.size():
        memcpy(&view[0], values.data(), values.size() * sizeof(int64_t))
    return found.reshape(-1, columns)


def count_columns(bytes line):
    """Number of columns of a line, separated by spaces or tabs."""
    return c_count_columns(<const char*>line, <const char*>line + len(line))
