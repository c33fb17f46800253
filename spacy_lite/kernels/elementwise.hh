// Row-wise and element-wise kernels: sums, softmax, argmax, dropout masks, Adam.
namespace spacy_lite {
namespace SPACY_LITE_ISA {
namespace {

void column_sums(const float* values, size_t rows, size_t width, float* sums) {
    for (size_t row = 0; row < rows; ++row) add_row(sums, values + row * width, width);
}

void sum_maxout(const float* const* rows, size_t count, const float* bias, size_t outputs, size_t pieces, float* out, uint8_t* which) {
    size_t i = 0;
    for (; i + LANES <= outputs; i += LANES) {
        Vec best{};
        VecInt winner{};
        for (size_t p = 0; p < pieces; ++p) {
            const size_t at = p * outputs + i;
            Vec total = load(bias + at);
            for (size_t r = 0; r < count; ++r) total += load(rows[r] + at);
            const VecInt better = total > best;
            best = p == 0 ? total : (better ? total : best);
            winner = p == 0 ? winner : (better ? (VecInt{} + int32_t(p)) : winner);
        }
        store(out + i, best);
        if (which)
            for (size_t lane = 0; lane < LANES; ++lane) which[i + lane] = uint8_t(winner[lane]);
    }
    for (; i < outputs; ++i) {
        for (size_t p = 0; p < pieces; ++p) {
            float total = bias[p * outputs + i];
            for (size_t r = 0; r < count; ++r) total += rows[r][p * outputs + i];
            if (p == 0 || total > out[i]) {
                out[i] = total;
                if (which) which[i] = uint8_t(p);
            }
        }
    }
}

// The backward pass of a maxout: each value goes to its winning piece; winners that are no piece take theirs away.
void add_winners(const float* values, const uint8_t* which, size_t outputs, size_t pieces, float* to) {
    size_t i = 0;
    for (; i + LANES <= outputs; i += LANES) {
        VecInt winner;
        for (size_t lane = 0; lane < LANES; ++lane) winner[lane] = which[i + lane];
        const Vec value = load(values + i);
        for (size_t p = 0; p < pieces; ++p) {
            float* at = to + p * outputs + i;
            store(at, load(at) + (winner == int32_t(p) ? value : Vec{}));
        }
    }
    for (; i < outputs; ++i)
        if (which[i] < pieces) to[which[i] * outputs + i] += values[i];
}

void softmax_rows(float* values, size_t rows, size_t width) {
    for (size_t row = 0; row < rows; ++row) {
        float* x = values + row * width;
        Vec peaks = broadcast(-INFINITY);
        size_t i = 0;
        for (; i + LANES <= width; i += LANES) peaks = maximum(peaks, load(x + i));
        float highest = -INFINITY;
        for (size_t lane = 0; lane < LANES; ++lane) highest = peaks[lane] > highest ? peaks[lane] : highest;
        for (; i < width; ++i) highest = x[i] > highest ? x[i] : highest;
        Vec total{};
        i = 0;
        for (; i + LANES <= width; i += LANES) {
            const Vec e = exponential(load(x + i) - highest);
            store(x + i, e);
            total += e;
        }
        float whole = sum(total);
        if (i < width) {
            Vec tail{};
            for (size_t j = i; j < width; ++j) tail[j - i] = x[j] - highest;
            tail = exponential(tail);
            for (size_t j = i; j < width; ++j) { x[j] = tail[j - i]; whole += x[j]; }
        }
        const float scale = 1.0f / whole;
        for (size_t j = 0; j < width; ++j) x[j] *= scale;
    }
}

void argmax_rows(const float* values, size_t rows, size_t width, int32_t* out) {
    for (size_t row = 0; row < rows; ++row) {
        const float* x = values + row * width;
        Vec best = broadcast(-INFINITY);
        VecInt where{}, here{};
        for (size_t i = 0; i < LANES; ++i) here[i] = int32_t(i);
        size_t i = 0;
        for (; i + LANES <= width; i += LANES) {
            const Vec v = load(x + i);
            const VecInt better = v > best;
            best = better ? v : best;
            where = better ? here : where;
            here += int32_t(LANES);
        }
        float highest = -INFINITY;
        int32_t winner = 0;
        for (size_t j = 0; j < LANES && i > 0; ++j)
            if (best[j] > highest || (best[j] == highest && where[j] < winner)) { highest = best[j]; winner = where[j]; }
        for (; i < width; ++i)
            if (x[i] > highest) { highest = x[i]; winner = int32_t(i); }
        out[row] = winner;
    }
}

inline uint64_t splitmix(uint64_t x) {
    x += 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

// Element i depends on seed and i only (SplitMix64, Steele et al. 2014), so a mask is the same whatever the instruction set.
void dropout_mask(uint64_t seed, float rate, size_t size, float* out) {
    const float kept = 1.0f / (1.0f - rate);
    const uint32_t threshold = uint32_t(double(rate) * 4294967296.0);
    for (size_t i = 0; i + 2 <= size; i += 2) {
        const uint64_t bits = splitmix(seed + (i >> 1) * 0x9E3779B97F4A7C15ull);
        out[i] = uint32_t(bits) >= threshold ? kept : 0.0f;
        out[i + 1] = uint32_t(bits >> 32) >= threshold ? kept : 0.0f;
    }
    if (size & 1) out[size - 1] = uint32_t(splitmix(seed + (size >> 1) * 0x9E3779B97F4A7C15ull)) >= threshold ? kept : 0.0f;
}

constexpr size_t kAdamBlock = 64;    // weights that are looked at together
constexpr size_t kAdamAhead = 512;   // how far ahead they are fetched: hardware does not fetch over the end of a page

// One block; HAS_GRADIENT: whether any of its gradients is not zero.
template <bool HAS_GRADIENT>
inline __attribute__((always_inline)) void adam_block(float* weights, float* gradient, float* first, float* second, size_t size, float beta1,
                                                      float beta2, float epsilon, float learn_rate, float gradient_scale, float decay) {
    for (size_t i = 0; i < size; ++i) {
        const float g = HAS_GRADIENT ? gradient[i] * gradient_scale : 0.0f;
        const float m = first[i] * beta1 + g * (1 - beta1);
        const float v = second[i] * beta2 + g * g * (1 - beta2);
        first[i] = std::fabs(m) < 1e-30f ? 0.0f : m;
        second[i] = v < 1e-36f ? 0.0f : v;
        const float moved = weights[i] - learn_rate * (m / (std::sqrt(v) + epsilon));
        weights[i] = moved - moved * decay;
        if (HAS_GRADIENT) gradient[i] = 0;
    }
}

// `learn_rate` already carries the bias correction; decay is taken off the moved weight (decoupled, Loshchilov & Hutter 2019), as Thinc does.
// First moments of rows that are rarely seen shrink by beta1 each step: cut to zero before they become denormal, which would be slow.
// Memory is what limits it: gradients that are zero already, as those of most rows of an embedding are, are not written.
void adam(float* weights, float* gradient, float* first, float* second, size_t size, float beta1, float beta2, float epsilon,
          float learn_rate, float gradient_scale, float decay) {
    for (size_t start = 0; start < size; start += kAdamBlock) {
        const size_t count = start + kAdamBlock < size ? kAdamBlock : size - start;
        for (size_t i = start + kAdamAhead; i < start + kAdamAhead + kAdamBlock; i += 16) {
            __builtin_prefetch(gradient + i);
            __builtin_prefetch(weights + i, 1);
            __builtin_prefetch(first + i, 1);
            __builtin_prefetch(second + i, 1);
        }
        uint32_t bits = 0;
        for (size_t i = 0; i < count; ++i) {
            uint32_t own;
            std::memcpy(&own, gradient + start + i, sizeof own);
            bits |= own;
        }
        const auto step = bits == 0 ? adam_block<false> : adam_block<true>;
        step(weights + start, gradient + start, first + start, second + start, count, beta1, beta2, epsilon, learn_rate, gradient_scale, decay);
    }
}

double sum_of_squares(const float* values, size_t size) {
    double total = 0;
    for (size_t start = 0; start < size; start += 4096) {
        const size_t stop = start + 4096 < size ? start + 4096 : size;
        Vec part{};
        size_t i = start;
        for (; i + LANES <= stop; i += LANES) part += load(values + i) * load(values + i);
        total += sum(part);
        for (; i < stop; ++i) total += double(values[i]) * values[i];
    }
    return total;
}

// Position-dependent fingerprint of the bits: tells whether a packed copy of the weights is still true.
uint64_t checksum(const float* values, size_t size) {
    typedef uint32_t Bits __attribute__((vector_size(SPACY_LITE_LANES * 4), aligned(4), may_alias));
    const uint32_t* bits = reinterpret_cast<const uint32_t*>(values);
    Bits state[4] = {};
    size_t i = 0;
    for (; i + 4 * LANES <= size; i += 4 * LANES)
        for (size_t j = 0; j < 4; ++j) state[j] = state[j] * 2654435761u + *reinterpret_cast<const Bits*>(bits + i + j * LANES);
    uint64_t result = size;
    for (size_t j = 0; j < 4; ++j)
        for (size_t lane = 0; lane < LANES; ++lane) result = splitmix(result ^ state[j][lane]);
    for (; i < size; ++i) result = splitmix(result ^ bits[i]);
    return result;
}

}  // namespace
}  // namespace SPACY_LITE_ISA
}  // namespace spacy_lite
