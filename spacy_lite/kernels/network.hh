// The table of network kernels: one struct of function pointers, filled once for each instruction set and chosen at run time.
// No function here allocates, throws, or knows Python. All matrices are float32 and row-major; `ld` is a row stride in elements.
#pragma once
#include <cstddef>
#include <cstdint>

namespace spacy_lite {

// A weight matrix laid out for the micro-kernel: panels of `lanes * groups` columns, each panel (depth, groups, lanes), zero padded.
// For maxout the groups are the pieces of the same `lanes` outputs, so that the maximum is taken between registers.
struct PackedShape {
    size_t depth;    // length of the dot products (K)
    size_t outputs;  // columns that leave the kernel (nO)
    size_t groups;   // vectors a panel holds: pieces for maxout, 2 for linear
    size_t lanes;    // floats in one vector
    size_t panels;   // ceil(outputs / (lanes * (maxout ? 1 : groups)))
    bool maxout;
};

struct MaxoutNormArgs {
    const float* input;      // (rows, depth) with row stride ld_input; rows may overlap (a window over rows is ld < depth)
    size_t ld_input;
    size_t rows;
    const float* packed;     // see PackedShape
    const float* bias;       // (panels, groups, lanes)
    const float* gain;       // (outputs,)
    const float* shift;      // (outputs,)
    const float* residual;   // (rows, outputs) or null
    size_t ld_residual;
    const float* mask;       // (rows, outputs) dropout mask, already scaled, or null
    float* output;           // (rows, outputs), row stride ld_output; must not overlap input
    size_t ld_output;
    uint8_t* which;          // (rows, outputs) winning piece, or null
    float* normed;           // (rows, outputs) normalised values before gain and shift, or null
    float* inverse_std;      // (rows,) or null
    float* scratch;          // at least kScratchRows * panels * lanes floats
};

constexpr size_t kScratchRows = 16;

// A window of three rows in tiles: rows that come out of a tile, and products it takes. See window_tiles.hh.
constexpr size_t kTileRows = 4;
constexpr size_t kTilePoints = 6;

struct Kernels {
    const char* name;
    size_t lanes;
    // Shape of a packed matrix of `pieces` (1 = linear) for this instruction set.
    PackedShape (*shape)(size_t depth, size_t outputs, size_t pieces, bool maxout);
    // weights (outputs, pieces, depth) -> packed; bias (outputs, pieces) or null -> packed_bias.
    void (*pack)(const PackedShape& shape, const float* weights, const float* bias, float* packed, float* packed_bias);
    // output = input @ packed + bias (linear shapes). `accumulate` adds to what is there.
    void (*linear)(const PackedShape& shape, const float* input, size_t ld_input, size_t rows, const float* packed,
                   const float* bias, float* output, size_t ld_output, bool accumulate);
    // Row to[i] of output = row from[i] of input @ packed + bias.
    void (*linear_rows)(const PackedShape& shape, const float* input, size_t ld_input, const int32_t* from, size_t rows, const float* packed,
                        const float* bias, float* output, size_t ld_output, const int32_t* to);
    // c (m, n) (+)= op(a) @ op(b), where op transposes when asked; workspace holds gemm_workspace(n, k) floats.
    void (*gemm)(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, const float* a, size_t lda, const float* b, size_t ldb,
                 float* c, size_t ldc, bool accumulate, float* workspace);
    size_t (*gemm_workspace)(size_t m, size_t n, size_t k);
    void (*maxout_norm)(const PackedShape& shape, const MaxoutNormArgs& args);
    // The same over a window of three rows (one before, one after), in tiles: `input` is the row before the first, `rows` a multiple of kTileRows,
    // `packed` six matrices of pack_tiles, `scratch` tiles_scratch floats.
    // weights (rows, 3 * depth) -> transformed (6, rows, depth) -> packed.
    void (*tile_weights)(size_t rows, size_t depth, const float* weights, float* transformed);
    void (*pack_tiles)(const PackedShape& shape, const float* transformed, const float* bias, float* packed, float* packed_bias);
    size_t (*tiles_scratch)(const PackedShape& shape);
    void (*window_tiles)(const PackedShape& shape, const MaxoutNormArgs& args);
    // From the gradient of the pieces, d_rows (4 * tiles, outputs), to those of the weights (outputs, 3 * depth) and of the input
    // (4 * tiles + 2, depth), which are added to; `scratch` tiles_backward_scratch floats.
    size_t (*tiles_backward_scratch)(size_t outputs, size_t depth);
    void (*window_tiles_backward)(size_t tiles, size_t outputs, size_t depth, const float* input, const float* d_rows,
                                  const float* transformed, float* d_weights, float* d_input, float* scratch);
    // Gradient through dropout mask, gain/shift, layer norm and maxout: d_output (rows, outputs) -> d_pieces (rows, outputs * pieces).
    // d_gain and d_shift are added to.
    void (*maxout_norm_backward)(size_t rows, size_t outputs, size_t pieces, const float* d_output, size_t ld_d_output,
                                 const float* mask, const float* gain, const uint8_t* which, const float* normed,
                                 const float* inverse_std, float* d_pieces, float* d_gain, float* d_shift, float* scratch);
    // out (rows, width) = sum over four hashed rows of each table; ids (rows, tables) with row stride ld_ids.
    void (*hash_embed)(const uint64_t* ids, size_t ld_ids, size_t rows, size_t tables, size_t width, const float* const* vectors,
                       const uint32_t* sizes, const uint32_t* seeds, float* out);
    void (*hash_embed_backward)(const uint64_t* ids, size_t ld_ids, size_t rows, size_t tables, size_t width, float* const* d_vectors,
                                const uint32_t* sizes, const uint32_t* seeds, const float* d_out);
    void (*gather_rows)(const float* table, const int32_t* index, size_t rows, size_t width, float* out);
    void (*scatter_add_rows)(const float* values, const int32_t* index, size_t rows, size_t width, float* table);
    // out[o] = max over pieces of (bias + the sum of the rows); rows and bias are (pieces, outputs), `which` may be null.
    void (*sum_maxout)(const float* const* rows, size_t count, const float* bias, size_t outputs, size_t pieces, float* out, uint8_t* which);
    // to (pieces, outputs): row which[o] of column o gets values[o] added; none where which[o] is no piece.
    void (*add_winners)(const float* values, const uint8_t* which, size_t outputs, size_t pieces, float* to);
    void (*column_sums)(const float* values, size_t rows, size_t width, float* sums);
    void (*softmax_rows)(float* values, size_t rows, size_t width);
    void (*argmax_rows)(const float* values, size_t rows, size_t width, int32_t* out);
    void (*dropout_mask)(uint64_t seed, float rate, size_t size, float* out);
    // One Adam step in place, weight decay decoupled when `decay` is not 0; the gradient is zeroed.
    void (*adam)(float* weights, float* gradient, float* first, float* second, size_t size, float beta1, float beta2, float epsilon,
                 float learn_rate, float gradient_scale, float decay);
    double (*sum_of_squares)(const float* values, size_t size);
    uint64_t (*checksum)(const float* values, size_t size);
};

const Kernels& kernels_baseline();
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define SPACY_LITE_X86 1
const Kernels& kernels_avx2();
const Kernels& kernels_avx512();
#endif

// The best table this CPU can run; `name` ("baseline", "avx2", "avx512") asks for one, null if the CPU lacks it.
inline const Kernels* kernels_named(const char* name) {
    auto same = [name](const char* other) {
        const char* p = name;
        while (*p && *p == *other) { ++p; ++other; }
        return *p == *other;
    };
    if (same("baseline")) return &kernels_baseline();
#ifdef SPACY_LITE_X86
    __builtin_cpu_init();
    if (same("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kernels_avx2();
    if (same("avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) return &kernels_avx512();
#endif
    return nullptr;
}

inline const Kernels* best_kernels() {
    if (const Kernels* found = kernels_named("avx512")) return found;
    if (const Kernels* found = kernels_named("avx2")) return found;
    return &kernels_baseline();
}

}  // namespace spacy_lite
