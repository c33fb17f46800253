"""The hashes of the MurmurHash family from Python, and the rows of a floret table that a word's n-grams point to."""
import numpy

from libc.stdint cimport int32_t, uint32_t, uint64_t
from libcpp.vector cimport vector

cdef extern from "kernels/murmurhash.hh" namespace "spacy_lite" nogil:
    uint64_t c_murmurhash64a "spacy_lite::murmurhash64a"(const void* data, size_t size, uint64_t seed)
    void c_x86_128 "spacy_lite::murmurhash3_x86_128"(const void* data, size_t size, uint32_t seed, uint32_t* out)
    void c_x64_128 "spacy_lite::murmurhash3_x64_128"(const void* data, size_t size, uint64_t seed, uint64_t* out)

cdef extern from "kernels/floret.hh" namespace "spacy_lite" nogil:
    void c_floret_rows "spacy_lite::floret_rows"(
        const char* data, size_t size, size_t minn, size_t maxn, uint32_t hash_count, uint64_t seed, uint64_t n_rows,
        vector[uint32_t]& rows) except +


def murmurhash64a(bytes data, uint64_t seed=1):
    """MurmurHash64A of the bytes, as an int."""
    return c_murmurhash64a(<const char*>data, len(data), seed)


def hash_rows(const float[:, ::1] rows):
    """A hash of each row, uint64 (rows,): equal for equal rows."""
    cdef Py_ssize_t i
    cdef size_t n_bytes = rows.shape[1] * sizeof(float)
    hashes = numpy.empty(rows.shape[0], dtype="uint64")
    cdef uint64_t[::1] out = hashes
    if n_bytes:
        with nogil:
            for i in range(rows.shape[0]):
                out[i] = c_murmurhash64a(&rows[i, 0], n_bytes, 1)
    else:
        hashes[:] = 0
    return hashes


def murmurhash3_x86_128(bytes data, uint32_t seed=0):
    """MurmurHash3 (x86, 128 bits) of the bytes: four little-endian 32-bit words."""
    cdef uint32_t[4] out
    c_x86_128(<const char*>data, len(data), seed, out)
    return b"".join((<object>out[i]).to_bytes(4, "little") for i in range(4))


def murmurhash3_x64_128(bytes data, uint64_t seed=0):
    """MurmurHash3 (x64, 128 bits) of the bytes: two little-endian 64-bit words."""
    cdef uint64_t[2] out
    c_x64_128(<const char*>data, len(data), seed, out)
    return b"".join((<object>out[i]).to_bytes(8, "little") for i in range(2))


def floret_rows(list words, *, str bow, str eow, size_t minn, size_t maxn, uint32_t hash_count, uint64_t seed, uint64_t n_rows):
    """Rows of a floret table whose mean is a word's vector: those of the whole word and of its character n-grams.

    words (list of str); bow, eow: marks put around a word; minn, maxn: lengths of n-grams; hash_count: rows for each; seed;
    n_rows: size of the table. Returns (rows int32 (R,), lengths int32 (len(words),)): the rows of all words, and how many each
    has.
    """
    cdef vector[uint32_t] rows
    cdef size_t before
    cdef bytes padded
    cdef int32_t[::1] counts
    lengths = numpy.zeros(len(words), dtype="int32")
    counts = lengths
    for i, word in enumerate(words):
        if word:
            padded = f"{bow}{word}{eow}".encode("utf8")
            before = rows.size()
            c_floret_rows(<const char*>padded, len(padded), minn, maxn, hash_count, seed, n_rows, rows)
            counts[i] = <int32_t>(rows.size() - before)
    found = numpy.empty(rows.size(), dtype="int32")
    cdef int32_t[::1] out = found
    for before in range(rows.size()):
        out[before] = <int32_t>rows[before]
    return found, lengths
