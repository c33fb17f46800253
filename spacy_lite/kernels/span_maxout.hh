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

// terms (rows, 3 * P), largest (spans, P), bias (P,) -> out, normed (spans, outputs), which piece won, inverse_std (spans,).
// scratch: P + outputs values.
SPACY_LITE_CLONES
static void span_maxout(const SpanLayer& layer, const float* terms, const float* largest, const float* bias, const float* gain,
                        const float* shift, float* out, int32_t* which, float* normed, float* inverse_std, float* scratch) {
    const size_t width = layer.outputs, values = layer.values();
    float* best = scratch + values;
    for (size_t s = 0; s < layer.spans; ++s, out += width, which += width, normed += width) {
        const size_t first = size_t(layer.bounds[2 * s]), end = size_t(layer.bounds[2 * s + 1]);
        span_pieces(terms, largest + s * values, bias, first, end - 1, end - first, values, scratch);
        best_pieces(scratch, width, layer.pieces, best, which);
        const float mean = sum_of(best, width) / float(width);
        for (size_t i = 0; i < width; ++i) best[i] -= mean, normed[i] = best[i] * best[i];
        const float inverse = 1.0f / std::sqrt(sum_of(normed, width) / float(width) + kSpanNormEpsilon);
        inverse_std[s] = inverse;
        for (size_t i = 0; i < width; ++i) {
            normed[i] = best[i] * inverse;
            out[i] = normed[i] * gain[i] + shift[i];
        }
    }
}

// Gradients: d_terms (rows, 3 * P), d_gain and d_shift are added to, d_pieces (spans, P) is written. scratch: 2 * outputs values.
SPACY_LITE_CLONES
static void span_maxout_backward(const SpanLayer& layer, const float* d_out, const float* gain, const int32_t* which,
                                 const float* normed, const float* inverse_std, float* d_terms, float* d_pieces, float* d_gain,
                                 float* d_shift, float* scratch) {
    const size_t width = layer.outputs, values = layer.values();
    float *d_best = scratch, *against = scratch + width;
    for (size_t s = 0; s < layer.spans; ++s, d_out += width, which += width, normed += width, d_pieces += values) {
        for (size_t i = 0; i < width; ++i) {
            d_gain[i] += d_out[i] * normed[i];
            d_shift[i] += d_out[i];
            d_best[i] = d_out[i] * gain[i];
            against[i] = d_best[i] * normed[i];
        }
        const float mean = sum_of(d_best, width) / float(width), mean_against = sum_of(against, width) / float(width);
        for (size_t i = 0; i < width; ++i) d_best[i] = (d_best[i] - mean - normed[i] * mean_against) * inverse_std[s];
        for (size_t p = 0; p < layer.pieces; ++p)
            for (size_t i = 0; i < width; ++i) d_pieces[p * width + i] = which[i] == int32_t(p) ? d_best[i] : 0.0f;
        const size_t first = size_t(layer.bounds[2 * s]), end = size_t(layer.bounds[2 * s + 1]);
        if (first == end) continue;
        float* of_last = d_terms + (end - 1) * 3 * values;
        float* of_first = d_terms + first * 3 * values + values;
        for (size_t i = 0; i < values; ++i) of_last[i] += d_pieces[i];
        for (size_t i = 0; i < values; ++i) of_first[i] += d_pieces[i];
        const float share = 1.0f / float(end - first);
        for (size_t k = first; k < end; ++k) {
            float* of_mean = d_terms + k * 3 * values + 2 * values;
            for (size_t i = 0; i < values; ++i) of_mean[i] += share * d_pieces[i];
        }
    }
}

}  // namespace spacy_lite
