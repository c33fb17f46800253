// A linear model over hashed n-grams: each n-gram has two rows of a table of weights that is far larger than what a text touches.
//
// Trained weights depend on every number here: the ids of n-grams (MurmurHash64A, seed 0, over the words' ids), the two rows
// (MurmurHash3 x86-32, seeds 0 and 1, over the n-gram's id) and the order of the weights.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/murmurhash.hh"

namespace spacy_lite {

// The id of the n-gram of `size` words that begins at `words`; a word alone keeps its own.
inline uint64_t ngram_id(const uint64_t* words, size_t size) noexcept {
    return size == 1 ? *words : murmurhash64a(words, size * sizeof(uint64_t), 0);
}

inline size_t ngrams_of(size_t words, size_t size) noexcept { return words >= size ? words - size + 1 : 0; }

// Appends the ids of the n-grams of 1 to `largest` words of one document.
inline void append_ngrams(const uint64_t* words, size_t length, size_t largest, std::vector<uint64_t>& ids) {
    for (size_t size = 1; size <= largest; ++size)
        for (size_t i = 0, n = ngrams_of(length, size); i < n; ++i) ids.push_back(ngram_id(words + i, size));
}

// Sorts ids[from:], keeps one of each, and appends how often each was there.
inline void count_distinct(std::vector<uint64_t>& ids, size_t from, std::vector<float>& counts) {
    std::sort(ids.begin() + ptrdiff_t(from), ids.end());
    size_t kept = from;
    for (size_t i = from; i < ids.size();) {
        size_t next = i + 1;
        while (next < ids.size() && ids[next] == ids[i]) ++next;
        ids[kept++] = ids[i];
        counts.push_back(float(next - i));
        i = next;
    }
    ids.resize(kept);
}

// MurmurHash3 x86-32 of one id as eight little-endian bytes.
inline uint32_t murmurhash3_x86_32(uint64_t key, uint32_t seed) noexcept {
    uint32_t hash = seed;
    for (const uint32_t word : {uint32_t(key), uint32_t(key >> 32)}) {
        hash ^= rotate_left(word * 0xcc9e2d51u, 15) * 0x1b873593u;
        hash = rotate_left(hash, 13) * 5 + 0xe6546b64u;
    }
    return finish_mix(hash ^ 8u);
}

// Where the weights of class c are: plane c of a table of planes, or, in the first version of the layer, c behind the n-gram's place.
struct SparseTable {
    size_t rows;        // of a plane
    size_t classes;
    bool interleaved;   // the first version

    uint32_t place(uint64_t key, uint32_t seed) const noexcept {
        const uint32_t hash = murmurhash3_x86_32(key, seed);
        return interleaved ? hash & uint32_t(rows - 1) : hash % uint32_t(rows);
    }
    size_t start(size_t c) const noexcept { return interleaved ? c : c * rows; }
};

// scores (documents, classes) += the weights at each document's places; `places` holds two for each of its `counts[d]` n-grams.
inline void sparse_scores(const SparseTable& table, const float* weights, const uint32_t* places, const int32_t* counts,
                          size_t documents, float* scores) noexcept {
    for (size_t c = 0; c < table.classes; ++c) {
        const float* plane = weights + table.start(c);
        const uint32_t* at = places;
        for (size_t d = 0; d < documents; ++d) {
            float even = 0, odd = 0;
            for (const uint32_t* end = at + 2 * size_t(counts[d]); at != end; at += 2) even += plane[at[0]], odd += plane[at[1]];
            scores[d * table.classes + c] += even + odd;
        }
    }
}

// d_weights += the gradient of the scores at each document's places.
inline void sparse_gradient(const SparseTable& table, const float* d_scores, const uint32_t* places, const int32_t* counts,
                            size_t documents, float* d_weights) noexcept {
    for (size_t c = 0; c < table.classes; ++c) {
        float* plane = d_weights + table.start(c);
        const uint32_t* at = places;
        for (size_t d = 0; d < documents; ++d) {
            const float value = d_scores[d * table.classes + c];
            for (const uint32_t* end = at + 2 * size_t(counts[d]); at != end; ++at) plane[*at] += value;
        }
    }
}

}  // namespace spacy_lite
