// Distinct rows of a matrix of ids: work on word types is done once for all their tokens.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace spacy_lite {

// first[u] = a row that holds distinct row u (in order of appearance); inverse[i] = the distinct row of row i. Returns their number.
inline size_t unique_rows(const uint64_t* ids, size_t rows, size_t width, int32_t* first, int32_t* inverse) {
    size_t capacity = 16;
    while (capacity < rows * 2) capacity *= 2;
    std::vector<int32_t> slots(capacity, -1);
    size_t found = 0;
    for (size_t row = 0; row < rows; ++row) {
        const uint64_t* key = ids + row * width;
        uint64_t hash = 0;
        for (size_t i = 0; i < width; ++i) {
            hash = (hash ^ key[i]) * 0x9E3779B97F4A7C15ull;
            hash ^= hash >> 29;
        }
        size_t slot = hash & (capacity - 1);
        while (slots[slot] >= 0 && std::memcmp(ids + size_t(first[slots[slot]]) * width, key, width * sizeof(uint64_t)) != 0)
            slot = (slot + 1) & (capacity - 1);
        if (slots[slot] < 0) {
            slots[slot] = int32_t(found);
            first[found++] = int32_t(row);
        }
        inverse[row] = slots[slot];
    }
    return found;
}

}  // namespace spacy_lite
