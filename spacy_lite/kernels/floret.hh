// Which rows of a floret table stand for a word: hashes of the word and of its character n-grams.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "murmurhash.hh"

namespace spacy_lite {

// Appends the rows of one string (UTF-8) to `rows`.
inline void floret_hash(const char* data, size_t size, uint32_t hash_count, uint64_t seed, uint64_t n_rows,
                        std::vector<uint32_t>& rows) {
    uint64_t hash[2];
    murmurhash3_x64_128(data, size, seed, hash);
    const uint32_t parts[4] = {uint32_t(hash[0]), uint32_t(hash[0] >> 32), uint32_t(hash[1]), uint32_t(hash[1] >> 32)};
    for (uint32_t i = 0; i < hash_count && i < 4; ++i) rows.push_back(uint32_t(parts[i] % n_rows));
}

// Appends the rows of a word that already has its marks: of the whole, then of all n-grams of minn to maxn characters,
// from the left, shortest first. Length 0 counts: one empty n-gram between any two characters and at either end, which
// is what the trained tables without subwords are made with. May throw std::bad_alloc.
inline void floret_rows(const char* data, size_t size, size_t minn, size_t maxn, uint32_t hash_count, uint64_t seed,
                        uint64_t n_rows, std::vector<uint32_t>& rows) {
    floret_hash(data, size, hash_count, seed, n_rows, rows);
    std::vector<uint32_t> starts;
    for (size_t i = 0; i < size; ++i) {
        if ((uint8_t(data[i]) & 0xc0) != 0x80) starts.push_back(uint32_t(i));
    }
    const size_t characters = starts.size();
    starts.push_back(uint32_t(size));
    for (size_t n = minn; n <= maxn && n <= characters; ++n) {
        for (size_t from = 0; from + n <= characters; ++from) {
            floret_hash(data + starts[from], starts[from + n] - starts[from], hash_count, seed, n_rows, rows);
        }
    }
}

}  // namespace spacy_lite
