"""Ids must be those trained models and files were made with."""

import random
import struct

import numpy
import pytest

from spacy_lite import _hashing
from tests.vocab import murmur

RANDOM = random.Random(0)
SAMPLES = [RANDOM.randbytes(size) for size in [*range(40), 63, 64, 65, 500]]


@pytest.mark.parametrize("seed", [0, 1, 2**32 + 7, 2**64 - 1])
def test_murmurhash64a_equals_the_algorithm_in_plain_python(seed):
    for data in SAMPLES:
        assert _hashing.murmurhash64a(data, seed) == murmur.murmurhash64a(data, seed)


@pytest.mark.parametrize("seed", [0, 7, 2166136261])
def test_murmurhash3_x64_128_equals_the_algorithm_in_plain_python(seed):
    for data in SAMPLES:
        assert struct.unpack("<2Q", _hashing.murmurhash3_x64_128(data, seed)) == murmur.x64_128(data, seed)


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1])
def test_murmurhash3_x86_128_equals_the_algorithm_in_plain_python(seed):
    for data in SAMPLES:
        assert struct.unpack("<4I", _hashing.murmurhash3_x86_128(data, seed)) == murmur.x86_128(data, seed)


def test_murmurhash3_x86_128_gives_published_digests():
    found = [
        struct.unpack("<4I", _hashing.murmurhash3_x86_128(data, seed)) for data, seed in ((b"", 1), (b"Hello, world!", 123))
    ]
    digests = ["".join(f"{part:08x}" for part in parts) for parts in found]
    assert digests == ["88c4adec54d201b954d201b954d201b9", "61c9129e5a1aacd7a41621629e37c886"]


def test_rows_are_hashed_by_their_bytes():
    rows = numpy.random.default_rng(0).normal(size=(5, 3)).astype("f")
    assert _hashing.hash_rows(rows).tolist() == [murmur.murmurhash64a(row.tobytes(), 1) for row in rows]
    assert _hashing.hash_rows(rows[:, :0]).tolist() == [0] * 5 and len(_hashing.hash_rows(rows[:0])) == 0
