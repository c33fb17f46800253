// A maxout layer with layer norm over [last, first, mean, largest] of spans, where spans overlap and so share rows.
//
// What the last, the first and the mean row add is linear in the rows: each token's share is computed once, in `terms`, and added
// up for every span it is in. Only the product with the largest values is made for each span. Pieces lie one behind the other,
// P = pieces * outputs values a row, so that all loops run over neighbours.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/clones.hh"

namespace spacy_lite {

struct SpanLayer {
    const int32_t* bounds;  // (spans, 2): first row of each span and the one behind its last
    size_t spans, outputs, pieces;
    size_t values() const noexcept { return outputs * pieces; }
};

constexpr float kSpanNormEpsilon = 1e-8f;  // of Thinc's layer norm

// sums (P,) = bias + what the rows of the span add + the product with its largest values.
static inline __attribute__((always_inline)) void span_pieces(const float* terms, const float* largest, const float* bias, size_t first,
                                                              size_t last, size_t n, size_t values, float* __restrict__ sums) noexcept {
    for (size_t i = 0; i < values; ++i) sums[i] = bias[i] + largest[i];
    if (!n) return;
    const float* of_last = terms + last * 3 * values;
    const float* of_first = terms + first * 3 * values + values;
    const float* of_mean = terms + first * 3 * values + 2 * values;
    const float share = 1.0f / float(n);
    for (size_t i = 0; i < values; ++i) sums[i] += of_last[i] + of_first[i] + share * of_mean[i];
    for (size_t k = 1; k < n; ++k)
        for (size_t i = 0; i < values; ++i) sums[i] += share * of_mean[k * 3 * values + i];
}

static inline __attribute__((always_inline)) void best_pieces(const float* __restrict__ sums, size_t outputs, size_t pieces,
                                                              float* __restrict__ best, int32_t* __restrict__ which) noexcept {
    for (size_t i = 0; i < outputs; ++i) best[i] = sums[i], which[i] = 0;
    for (size_t p = 1; p < pieces; ++p)
        for (size_t i = 0; i < outputs; ++i) {
            const bool more = sums[p * outputs + i] > best[i];
            best[i] = more ? sums[p * outputs + i] : best[i];
            which[i] = more ? int32_t(p) : which[i];
        }
}

static inline __attribute__((always_inline)) float sum_of(const float* __restrict__ values, size_t n) noexcept {
    float lanes[16] = {};
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (size_t lane = 0; lane < 16; ++lane) lanes[lane] += values[i + lane];
    float sum = 0;
    for (; i < n; ++i) sum += values[i];
    for (float part : lanes) sum += part;
    return sum;
}

// out = (values - mean) * inverse_std; returns inverse_std.
static inline __attribute__((always_inline)) float normalize(const float* __restrict__ values, float* __restrict__ out, size_t n) noexcept {
    const float mean = sum_of(values, n) / float(n);
    for (size_t i = 0; i < n; ++i) out[i] = (values[i] - mean) * (values[i] - mean);
    const float inverse = 1.0f / std::sqrt(sum_of(out, n) / float(n) + kSpanNormEpsilon);
    for (size_t i = 0; i < n; ++i) out[i] = (values[i] - mean) * inverse;
    return inverse;
}

static inline __attribute__((always_inline)) void scale_and_shift(const float* __restrict__ values, const float* __restrict__ gain,
                                                                  const float* __restrict__ shift, float* __restrict__ out, size_t n) noexcept {
    for (size_t i = 0; i < n; ++i) out[i] = values[i] * gain[i] + shift[i];
}

// terms (rows, 3 * P), largest (spans, P), bias (P,) -> out (spans, outputs). Where `keep`: the rows after the norm (spans, outputs),
// which piece won and inverse_std (spans,); else these have room for one span. scratch: P + outputs values.
SPACY_LITE_CLONES
static void span_maxout(const SpanLayer& layer, const float* terms, const float* largest, const float* bias, const float* gain,
                        const float* shift, bool keep, float* out, int32_t* which, float* normed, float* inverse_std, float* scratch) {
    const size_t width = layer.outputs, values = layer.values(), step = keep ? width : 0;
    float* best = scratch + values;
    for (size_t s = 0; s < layer.spans; ++s, out += width, which += step, normed += step, inverse_std += keep) {
        const size_t first = size_t(layer.bounds[2 * s]), end = size_t(layer.bounds[2 * s + 1]);
        span_pieces(terms, largest + s * values, bias, first, end - 1, end - first, values, scratch);
        best_pieces(scratch, width, layer.pieces, best, which);
        *inverse_std = normalize(best, normed, width);
        scale_and_shift(normed, gain, shift, out, width);
    }
}

static inline __attribute__((always_inline)) void norm_gradient(const float* __restrict__ d_out, const float* __restrict__ gain,
                                                                const float* __restrict__ normed, float inverse_std, size_t n,
                                                                float* __restrict__ d_gain, float* __restrict__ d_shift,
                                                                float* __restrict__ d_best, float* __restrict__ against) noexcept {
    for (size_t i = 0; i < n; ++i) {
        d_gain[i] += d_out[i] * normed[i];
        d_shift[i] += d_out[i];
        d_best[i] = d_out[i] * gain[i];
        against[i] = d_best[i] * normed[i];
    }
    const float mean = sum_of(d_best, n) / float(n), mean_against = sum_of(against, n) / float(n);
    for (size_t i = 0; i < n; ++i) d_best[i] = (d_best[i] - mean - normed[i] * mean_against) * inverse_std;
}

static inline __attribute__((always_inline)) void add_to(float* __restrict__ to, const float* __restrict__ from, float factor, size_t n) noexcept {
    for (size_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

static inline __attribute__((always_inline)) void give_to_winners(const float* __restrict__ d_best, const int32_t* __restrict__ which,
                                                                  size_t outputs, size_t pieces, float* __restrict__ d_pieces) noexcept {
    for (size_t p = 0; p < pieces; ++p)
        for (size_t i = 0; i < outputs; ++i) d_pieces[p * outputs + i] = which[i] == int32_t(p) ? d_best[i] : 0.0f;
}

// Gradients: d_terms (rows, 3 * P) and d_pieces (spans, P) are written, d_gain and d_shift added to. scratch: 2 * outputs values.
SPACY_LITE_CLONES
static void span_maxout_backward(const SpanLayer& layer, size_t rows, const float* d_out, const float* gain, const int32_t* which,
                                 const float* normed, const float* inverse_std, float* d_terms, float* d_pieces, float* d_gain,
                                 float* d_shift, float* scratch) {
    const size_t width = layer.outputs, values = layer.values();
    std::memset(d_terms, 0, rows * 3 * values * sizeof(float));
    for (size_t s = 0; s < layer.spans; ++s, d_out += width, which += width, normed += width, d_pieces += values) {
        norm_gradient(d_out, gain, normed, inverse_std[s], width, d_gain, d_shift, scratch, scratch + width);
        give_to_winners(scratch, which, width, layer.pieces, d_pieces);
        const size_t first = size_t(layer.bounds[2 * s]), end = size_t(layer.bounds[2 * s + 1]);
        if (first == end) continue;
        add_to(d_terms + (end - 1) * 3 * values, d_pieces, 1.0f, values);
        add_to(d_terms + first * 3 * values + values, d_pieces, 1.0f, values);
        for (size_t k = first; k < end; ++k) add_to(d_terms + k * 3 * values + 2 * values, d_pieces, 1.0f / float(end - first), values);
    }
}

}  // namespace spacy_lite
