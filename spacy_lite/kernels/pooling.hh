// One row from several: spans and documents reduced to their first, last, mean and largest values, or to a mean weighted by attention.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/clones.hh"

namespace spacy_lite {

enum Pool : int32_t { POOL_FIRST, POOL_LAST, POOL_MEAN, POOL_MAX };

static inline __attribute__((always_inline)) void add_scaled(float* __restrict__ to, const float* __restrict__ from, float factor, size_t width) noexcept {
    for (size_t i = 0; i < width; ++i) to[i] += factor * from[i];
}

// The largest of rows [0, n), and where it was met first.
static inline __attribute__((always_inline)) void pool_max(const float* __restrict__ rows, size_t n, size_t width, float* __restrict__ out, int32_t* __restrict__ which) noexcept {
    std::memcpy(out, rows, width * sizeof(float));
    std::memset(which, 0, width * sizeof(int32_t));
    for (size_t k = 1; k < n; ++k) {
        const float* __restrict__ row = rows + k * width;
        for (size_t i = 0; i < width; ++i) {
            const bool more = row[i] > out[i];
            out[i] = more ? row[i] : out[i];
            which[i] = more ? int32_t(k) : which[i];
        }
    }
}

static inline __attribute__((always_inline)) void pool_mean(const float* rows, size_t n, size_t width, float* out) noexcept {
    std::memcpy(out, rows, width * sizeof(float));
    for (size_t k = 1; k < n; ++k) add_scaled(out, rows + k * width, 1.0f, width);
    if (n > 1)
        for (size_t i = 0; i < width; ++i) out[i] /= float(n);
}

// out (spans, kinds * width): each kind of pool of rows [bounds[2s], bounds[2s + 1]), side by side; zeros for a span of no rows.
// which (spans, width): for POOL_MAX, the row in the span each value came from.
SPACY_LITE_CLONES
static void pool_spans(const float* rows, size_t width, const int32_t* bounds, size_t spans, const int32_t* kinds, size_t n_kinds,
                       float* out, int32_t* which) {
    for (size_t s = 0; s < spans; ++s, which += width) {
        const float* first = rows + size_t(bounds[2 * s]) * width;
        const size_t n = size_t(bounds[2 * s + 1] - bounds[2 * s]);
        for (size_t k = 0; k < n_kinds; ++k, out += width) {
            if (!n)
                std::memset(out, 0, width * sizeof(float));
            else if (kinds[k] == POOL_MEAN)
                pool_mean(first, n, width, out);
            else if (kinds[k] == POOL_MAX)
                pool_max(first, n, width, out, which);
            else
                std::memcpy(out, kinds[k] == POOL_FIRST ? first : first + (n - 1) * width, width * sizeof(float));
        }
    }
}

// d_rows += what the gradient of `pool_spans` makes of it.
SPACY_LITE_CLONES
static void pool_spans_backward(const float* d_out, size_t width, const int32_t* bounds, size_t spans, const int32_t* kinds,
                                size_t n_kinds, const int32_t* which, float* d_rows) {
    for (size_t s = 0; s < spans; ++s, which += width) {
        float* first = d_rows + size_t(bounds[2 * s]) * width;
        const size_t n = size_t(bounds[2 * s + 1] - bounds[2 * s]);
        for (size_t k = 0; k < n_kinds; ++k, d_out += width) {
            if (!n) continue;
            if (kinds[k] == POOL_MEAN)
                for (size_t row = 0; row < n; ++row) add_scaled(first + row * width, d_out, 1.0f / float(n), width);
            else if (kinds[k] == POOL_MAX)
                for (size_t i = 0; i < width; ++i) first[size_t(which[i]) * width + i] += d_out[i];
            else
                add_scaled(kinds[k] == POOL_FIRST ? first : first + (n - 1) * width, d_out, 1.0f, width);
        }
    }
}

static inline __attribute__((always_inline)) float dot(const float* __restrict__ a, const float* __restrict__ b, size_t width) noexcept {
    float sums[8] = {};
    size_t i = 0;
    for (; i + 8 <= width; i += 8)
        for (size_t lane = 0; lane < 8; ++lane) sums[lane] += a[i + lane] * b[i + lane];
    float sum = 0;
    for (; i < width; ++i) sum += a[i] * b[i];
    for (float part : sums) sum += part;
    return sum;
}

// attention: the softmax, over each document, of the products of its keys with the query. out (documents, width): the rows
// weighted by it. Zeros for a document of no rows.
SPACY_LITE_CLONES
static void attention_sum(const float* rows, const float* keys, const float* query, const int32_t* lengths, size_t documents,
                          size_t width, float* attention, float* out) {
    std::memset(out, 0, documents * width * sizeof(float));
    for (size_t d = 0; d < documents; ++d, out += width) {
        const size_t n = size_t(lengths[d]);
        float largest = -INFINITY, total = 0;
        for (size_t k = 0; k < n; ++k) largest = std::max(largest, attention[k] = dot(keys + k * width, query, width));
        for (size_t k = 0; k < n; ++k) total += attention[k] = std::exp(attention[k] - largest);
        for (size_t k = 0; k < n; ++k) {
            attention[k] /= total;
            add_scaled(out, rows + k * width, attention[k], width);
        }
        rows += n * width, keys += n * width, attention += n;
    }
}

// Gradients of `attention_sum`: d_rows is written, d_keys and d_query are added to; d_rows may be d_keys where rows are keys.
SPACY_LITE_CLONES
static void attention_sum_backward(const float* d_out, const float* rows, const float* keys, const float* query,
                                   const float* attention, const int32_t* lengths, size_t documents, size_t width, float* d_rows,
                                   float* d_keys, float* d_query) {
    for (size_t d = 0; d < documents; ++d, d_out += width) {
        const size_t n = size_t(lengths[d]);
        float mean = 0;  // of the attention's gradient, weighted by the attention
        for (size_t k = 0; k < n; ++k) {
            const float d_attention = dot(d_out, rows + k * width, width);
            mean += attention[k] * d_attention;
            float* __restrict__ to = d_rows + k * width;
            for (size_t i = 0; i < width; ++i) to[i] = attention[k] * d_out[i];
        }
        for (size_t k = 0; k < n; ++k) {
            const float d_score = attention[k] * (dot(d_out, rows + k * width, width) - mean);
            add_scaled(d_query, keys + k * width, d_score, width);
            add_scaled(d_keys + k * width, query, d_score, width);
        }
        rows += n * width, keys += n * width, attention += n, d_rows += n * width, d_keys += n * width;
    }
}

}  // namespace spacy_lite
