// The record of a word type: everything that depends on its form alone.
#pragma once
#include <cstdint>

struct LexemeC {
    uint64_t flags;   // bit i set: boolean attribute number i holds
    uint64_t lang;    // ids of strings, from here on, but for `id` and `length`
    uint64_t id;      // rank: row of the word's vector, all ones when it has none
    uint64_t length;  // in characters
    uint64_t orth;
    uint64_t lower;
    uint64_t norm;
    uint64_t shape;
    uint64_t prefix;
    uint64_t suffix;
};
