// A vector of SPACY_LITE_LANES floats, by the compiler's vector extension: the same source serves every instruction set.
namespace spacy_lite {
namespace SPACY_LITE_ISA {
namespace {

constexpr size_t LANES = SPACY_LITE_LANES;
typedef float Vec __attribute__((vector_size(SPACY_LITE_LANES * 4)));
typedef float VecUnaligned __attribute__((vector_size(SPACY_LITE_LANES * 4), aligned(4), may_alias));
typedef int32_t VecInt __attribute__((vector_size(SPACY_LITE_LANES * 4)));

inline Vec load(const float* p) { return *reinterpret_cast<const VecUnaligned*>(p); }
inline void store(float* p, Vec v) { *reinterpret_cast<VecUnaligned*>(p) = v; }
inline void store(float* p, float v) { *p = v; }

// What stands at an address, as a vector or as a single float: for code that is written once for whole vectors and for the rest of a row.
template <class V>
inline V value_at(const float* p) {
    if constexpr (sizeof(V) == sizeof(float)) return *p;
    else return load(p);
}

// Calls a template f<V>(k) for every vector of a row of `width` floats, then for every float that is left.
template <class F>
inline __attribute__((always_inline)) void along(size_t width, F f) {
    size_t k = 0;
    for (; k + LANES <= width; k += LANES) f(Vec{}, k);
    for (; k < width; ++k) f(0.0f, k);
}

inline Vec broadcast(float x) { return x - Vec{}; }  // x - 0 is x, so nothing is computed; 0 + x would turn -0 into 0
inline Vec maximum(Vec a, Vec b) { return a > b ? a : b; }
inline Vec minimum(Vec a, Vec b) { return a < b ? a : b; }

inline float sum(Vec v) {
    float total = 0;
    for (size_t i = 0; i < LANES; ++i) total += v[i];
    return total;
}

// The first `count` of whole numbers below 256, a byte each.
inline void store_bytes(VecInt v, size_t count, uint8_t* out) {
    typedef uint8_t Bytes __attribute__((vector_size(SPACY_LITE_LANES)));
    const Bytes bytes = __builtin_convertvector(v, Bytes);
    std::memcpy(out, &bytes, count < LANES ? count : LANES);
}

// Rows become columns: blocks beside the diagonal change places, the largest first.
template <size_t HALF = LANES / 2>
inline __attribute__((always_inline)) void transpose(Vec (&rows)[LANES]) {
#if defined(__clang__)
    float turned[LANES][LANES];
    for (size_t i = 0; i < LANES; ++i)
        for (size_t j = 0; j < LANES; ++j) turned[i][j] = rows[j][i];
    for (size_t i = 0; i < LANES; ++i) rows[i] = load(turned[i]);
#else
    VecInt upper{}, lower{};
    for (size_t i = 0; i < LANES; ++i) {
        upper[i] = int32_t(i & HALF ? LANES + i - HALF : i);
        lower[i] = int32_t(i & HALF ? LANES + i : i + HALF);
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < LANES; ++i) {
        if (i & HALF) continue;
        const Vec above = rows[i], below = rows[i + HALF];
        rows[i] = __builtin_shuffle(above, below, upper);
        rows[i + HALF] = __builtin_shuffle(above, below, lower);
    }
    if constexpr (HALF > 1) transpose<HALF / 2>(rows);
#endif
}

// e**x by range reduction and a degree-6 polynomial (relative error under 2e-7 for x in [-87, 88]; smaller x gives 0).
inline Vec exponential(Vec x) {
    const Vec low = broadcast(-87.0f);
    const VecInt underflow = x < low;
    x = minimum(maximum(x, low), broadcast(88.0f));
    const Vec scaled = x * 1.44269504f;
    const VecInt power = __builtin_convertvector(scaled + (scaled < 0 ? broadcast(-0.5f) : broadcast(0.5f)), VecInt);
    const Vec whole = __builtin_convertvector(power, Vec);
    const Vec r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
    Vec p = broadcast(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const VecInt bits = (power + 127) << 23;
    const Vec result = p * (Vec)bits;
    return underflow ? Vec{} : result;
}

}  // namespace
}  // namespace SPACY_LITE_ISA
}  // namespace spacy_lite
