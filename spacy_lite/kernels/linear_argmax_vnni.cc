// The search for the best output in eight-bit integers, for CPUs with AVX-512 VNNI.
#include "kernels/linear_argmax.hh"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SPACY_LITE_VNNI 1
#include <immintrin.h>
#include <cmath>
#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,avx2,fma")

namespace spacy_lite {
namespace {

constexpr int kRows = 12;           // of a block: their sums and the weights fill the registers
constexpr size_t kChunk = 4 * kRows;
constexpr size_t kLanes = 16;

// Rows rounded to steps of their largest value / 127, and what that does to them.
struct QuantizedRows {
    size_t stride;                  // bytes of a row
    std::vector<int8_t> values;
    float step[kChunk] = {}, norm[kChunk] = {}, error[kChunk] = {};
    int32_t sum[kChunk] = {};

    explicit QuantizedRows(size_t depth) : stride((depth + kLanes - 1) / kLanes * kLanes), values(kChunk * stride) {}

    void quantize(size_t row, const float* x, size_t depth) {
        auto part = [&](size_t k) {
            const __mmask16 inside = depth - k < kLanes ? __mmask16((1u << (depth - k)) - 1) : __mmask16(0xFFFF);
            return _mm512_maskz_loadu_ps(inside, x + k);
        };
        __m512 largest = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
        for (size_t k = 0; k < depth; k += kLanes) {
            const __m512 v = part(k);
            largest = _mm512_max_ps(_mm512_abs_ps(v), largest);
            squares = _mm512_fmadd_ps(v, v, squares);
        }
        const float peak = _mm512_reduce_max_ps(largest);
        step[row] = peak / 127.0f;
        norm[row] = std::sqrt(_mm512_reduce_add_ps(squares));
        const __m512 inverse = _mm512_set1_ps(peak > 0 ? 127.0f / peak : 0.0f), width = _mm512_set1_ps(step[row]);
        __m512 wrong = _mm512_setzero_ps();
        __m512i total = _mm512_setzero_si512();
        for (size_t k = 0; k < depth; k += kLanes) {
            const __m512 v = part(k);
            const __m512i rounded = _mm512_cvtps_epi32(_mm512_mul_ps(v, inverse));
            const __m512 difference = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(rounded), width, v);
            wrong = _mm512_fmadd_ps(difference, difference, wrong);
            total = _mm512_add_epi32(total, rounded);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(&values[row * stride + k]), _mm512_cvtsepi32_epi8(rounded));
        }
        error[row] = std::sqrt(_mm512_reduce_add_ps(wrong));
        sum[row] = _mm512_reduce_add_epi32(total);
    }
};

// The best and the second best score of every row so far, in each lane.
struct Leaders {
    alignas(64) float best[kChunk][kLanes], second[kChunk][kLanes];
    alignas(64) int32_t where[kChunk][kLanes];

    void clear(size_t rows) {
        for (size_t row = 0; row < rows; ++row) {
            for (size_t lane = 0; lane < kLanes; ++lane) {
                best[row][lane] = second[row][lane] = -INFINITY;
                where[row][lane] = 0;
            }
        }
    }

    // Two scores a lane; `higher` is the output of the second.
    inline void meet(size_t row, __m512 low, __m512 high, __m512i lower, __m512i higher) {
        const __m512 score = _mm512_max_ps(low, high), old = _mm512_load_ps(best[row]);
        const __m512i outputs = _mm512_mask_mov_epi32(lower, _mm512_cmp_ps_mask(high, low, _CMP_GT_OQ), higher);
        const __mmask16 better = _mm512_cmp_ps_mask(score, old, _CMP_GT_OQ);
        const __m512 beaten = _mm512_max_ps(_mm512_min_ps(low, high), _mm512_min_ps(score, old));
        _mm512_store_ps(second[row], _mm512_max_ps(_mm512_load_ps(second[row]), beaten));
        _mm512_store_ps(best[row], _mm512_max_ps(score, old));
        _mm512_mask_store_epi32(where[row], better, outputs);
    }

    // The best output of a row, if it leads by more than `doubt`.
    inline int32_t winner(size_t row, float doubt) const {
        const __m512 all = _mm512_load_ps(best[row]);
        const float first = _mm512_reduce_max_ps(all);
        const __mmask16 ahead = _mm512_cmp_ps_mask(all, _mm512_set1_ps(first), _CMP_EQ_OQ);
        if (!ahead || (ahead & (ahead - 1))) return kUnsure;  // nan, or two of the same
        const float others = _mm512_mask_reduce_max_ps(__mmask16(~ahead), all);
        const float next = std::fmax(_mm512_reduce_max_ps(_mm512_load_ps(second[row])), others);
        return first - next > doubt ? where[row][__builtin_ctz(ahead)] : kUnsure;
    }
};

// The intrinsic makes GCC 12 copy every sum to memory and back.
inline __attribute__((always_inline)) void add_products(__m512i& sums, __m512i weights, __m512i inputs) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(weights), "v"(inputs));
}

// Let the leaders of kRows rows meet the scores of a panel.
inline __attribute__((always_inline)) void meet_all(const QuantizedLinear& layer, const QuantizedRows& rows, size_t first, size_t output,
                                                    const __m512i (&low)[kRows], const __m512i (&high)[kRows], Leaders& leaders) {
    const __m512 low_step = _mm512_loadu_ps(&layer.step[output]), high_step = _mm512_loadu_ps(&layer.step[output + kLanes]);
    const __m512 low_bias = _mm512_loadu_ps(&layer.bias[output]), high_bias = _mm512_loadu_ps(&layer.bias[output + kLanes]);
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i lower = _mm512_add_epi32(lanes, _mm512_set1_epi32(int32_t(output)));
    const __m512i higher = _mm512_add_epi32(lanes, _mm512_set1_epi32(int32_t(output + kLanes)));
#pragma GCC unroll 12
    for (int m = 0; m < kRows; ++m) {
        const size_t row = first + size_t(m);
        const __m512 step = _mm512_set1_ps(rows.step[row]);
        leaders.meet(row, _mm512_fmadd_ps(_mm512_cvtepi32_ps(low[m]), _mm512_mul_ps(low_step, step), low_bias),
                     _mm512_fmadd_ps(_mm512_cvtepi32_ps(high[m]), _mm512_mul_ps(high_step, step), high_bias), lower, higher);
    }
}

// Scores of kRows rows in one panel.
inline void score_block(const QuantizedLinear& layer, const QuantizedRows& rows, size_t first, size_t panel, Leaders& leaders) {
    __m512i low[kRows], high[kRows];
    const int8_t* x[kRows];
#pragma GCC unroll 12
    for (int m = 0; m < kRows; ++m) {
        x[m] = &rows.values[(first + size_t(m)) * rows.stride];
        // The weights are 128 too large.
        low[m] = high[m] = _mm512_set1_epi32(-128 * rows.sum[first + size_t(m)]);
    }
    const uint8_t* weights = &layer.weights[panel * layer.quads * QuantizedLinear::kPanelOutputs * 4];
    for (size_t quad = 0; quad < layer.quads; ++quad, weights += QuantizedLinear::kPanelOutputs * 4) {
        const __m512i left = _mm512_loadu_si512(weights), right = _mm512_loadu_si512(weights + 64);
#pragma GCC unroll 12
        for (int m = 0; m < kRows; ++m) {
            int32_t four;
            std::memcpy(&four, x[m] + quad * 4, 4);
            const __m512i inputs = _mm512_set1_epi32(four);
            add_products(low[m], left, inputs);
            add_products(high[m], right, inputs);
        }
    }
    meet_all(layer, rows, first, panel * QuantizedLinear::kPanelOutputs, low, high, leaders);
}

}  // namespace

bool can_argmax_quantized() {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

void argmax_quantized(const QuantizedLinear& layer, const float* input, size_t rows, int32_t* out) {
    QuantizedRows quantized(layer.depth);
    Leaders leaders;
    for (size_t start = 0; start < rows; start += kChunk) {
        const size_t count = rows - start < kChunk ? rows - start : kChunk;
        leaders.clear((count + kRows - 1) / kRows * kRows);
        for (size_t row = 0; row < count; ++row) quantized.quantize(row, input + (start + row) * layer.depth, layer.depth);
        const float* next = input + (start + count) * layer.depth;
        const size_t ahead = (rows - start - count < kChunk ? rows - start - count : kChunk) * layer.depth;
        size_t fetched = 0;
        for (size_t panel = 0; panel < layer.panels; ++panel) {
            for (size_t first = 0; first < count; first += kRows) score_block(layer, quantized, first, panel, leaders);
            // The next rows have left the nearer caches since they were made.
            for (const size_t stop = ahead * (panel + 1) / layer.panels; fetched < stop; fetched += kLanes) __builtin_prefetch(next + fetched);
        }
        for (size_t row = 0; row < count; ++row) {
            // w x - w' x' = w' (x - x') + (w - w') x, by Cauchy and Schwarz; and what floats lose in a sum of `depth` products.
            const float rounding = 2e-7f * float(layer.depth) * (layer.norm + layer.error) * quantized.norm[row];
            const float error = layer.norm * quantized.error[row] + layer.error * quantized.norm[row] + rounding;
            out[start + row] = leaders.winner(row, 2.0f * error);
        }
    }
}

}  // namespace spacy_lite
#pragma GCC pop_options
#else
namespace spacy_lite {
bool can_argmax_quantized() { return false; }
void argmax_quantized(const QuantizedLinear&, const float*, size_t rows, int32_t* out) {
    for (size_t row = 0; row < rows; ++row) out[row] = kUnsure;
}
}  // namespace spacy_lite
#endif
