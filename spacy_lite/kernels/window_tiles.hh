// A window of three rows as a minimal filtering F(4, 3): four rows out take 6 products where the plain way takes 12 (Winograd, 1980; Lavin and
// Gray, 2015, with the points 0, 1, -1, 2, -2 and infinity). In float32 the results differ from the plain way by about 1e-6 of their size.
namespace spacy_lite {
namespace SPACY_LITE_ISA {
namespace {

constexpr size_t kTileBlock = 24;  // tiles whose transformed rows stay in the second-level cache; a multiple of every block of rows

// Weights (rows, 3 * depth) of the rows before, at and after -> (6, rows, depth), what the transformed rows of a tile are multiplied by.
void tile_weights(size_t rows, size_t depth, const float* weights, float* out) {
    const size_t matrix = rows * depth;
    for (size_t row = 0; row < rows; ++row) {
        const float *before = weights + row * 3 * depth, *at = before + depth, *after = at + depth;
        float* to = out + row * depth;
        along(depth, [&](auto kind, size_t k) {
            using V = decltype(kind);
            const V first = value_at<V>(before + k), middle = value_at<V>(at + k), last = value_at<V>(after + k);
            const V outer = first + last, far = first + 4.0f * last;
            store(to + k, 0.25f * first);
            store(to + matrix + k, (outer + middle) * (-1.0f / 6));
            store(to + 2 * matrix + k, (outer - middle) * (-1.0f / 6));
            store(to + 3 * matrix + k, (far + 2.0f * middle) * (1.0f / 24));
            store(to + 4 * matrix + k, (far - 2.0f * middle) * (1.0f / 24));
            store(to + 5 * matrix + k, last);
        });
    }
}

// What tile_weights gave, (6, outputs * pieces, depth), as six packed maxout matrices.
void pack_tiles(const PackedShape& s, const float* transformed, const float* bias, float* packed, float* packed_bias) {
    const size_t matrix = s.panels * s.groups * LANES * s.depth;
    for (size_t point = 0; point < kTilePoints; ++point)
        pack(s, transformed + point * s.outputs * s.groups * s.depth, bias, packed + point * matrix, packed_bias);
}

size_t tiles_scratch(const PackedShape& s) {
    return kTilePoints * kTileBlock * (s.depth + s.groups * LANES) + kTileRows * kTileBlock * s.panels * LANES;
}

// The six combinations of a tile's six rows, `stride` floats from one to the next.
template <class V, class Load, class Store>
inline __attribute__((always_inline)) void transform_rows(Load row, Store out) {
    const V d0 = row(0), d1 = row(1), d2 = row(2), d3 = row(3), d4 = row(4), d5 = row(5);
    const V even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1, far = d4 - d2, near = 2.0f * (d3 - d1);
    out(0, 4.0f * d0 - 5.0f * d2 + d4);
    out(1, even + odd);
    out(2, even - odd);
    out(3, far + near);
    out(4, far - near);
    out(5, 4.0f * d1 - 5.0f * d3 + d5);
}

inline void transform_tile(const float* input, size_t ld, size_t depth, float* out, size_t stride) {
    along(depth, [&](auto kind, size_t k) {
        using V = decltype(kind);
        transform_rows<V>([&](size_t i) { return value_at<V>(input + i * ld + k); }, [&](size_t j, V v) { store(out + j * stride + k, v); });
    });
}

template <int ROWS, int PIECES>
inline void tile_products(const float* rows, size_t depth, size_t count, const float* panel, float* out) {
    const float* pointers[ROWS];
    point_at_rows<ROWS>(rows, depth, count, pointers);
    Vec acc[ROWS][PIECES];
    clear(acc);
    multiply<ROWS, PIECES>(pointers, panel, depth, acc);
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; ++m) {
        if (size_t(m) >= count) break;
#pragma GCC unroll 4
        for (int p = 0; p < PIECES; ++p) store(out + (m * PIECES + p) * LANES, acc[m][p]);
    }
}

// From the six products of a tile to the maximum of pieces of its four rows; NOTED: and which piece won, the first of equals.
template <int PIECES, bool NOTED>
inline void maximum_of_tile(const float* products, size_t stride, const float* bias, float* out, size_t ld_out, uint8_t* which,
                            size_t columns, size_t ld_which) {
    Vec best[kTileRows];
    VecInt winner[kTileRows]{};
#pragma GCC unroll 4
    for (int p = 0; p < PIECES; ++p) {
        const float* at = products + p * LANES;
        const Vec m0 = load(at), m1 = load(at + stride), m2 = load(at + 2 * stride), m3 = load(at + 3 * stride), m4 = load(at + 4 * stride);
        const Vec shift = load(bias + p * LANES);
        const Vec sum12 = m1 + m2, difference12 = m1 - m2, sum34 = m3 + m4, difference34 = m3 - m4;
        const Vec rows[kTileRows] = {m0 + sum12 + sum34 + shift, difference12 + 2.0f * difference34 + shift, sum12 + 4.0f * sum34 + shift,
                                     difference12 + 8.0f * difference34 + load(at + 5 * stride) + shift};
#pragma GCC unroll 4
        for (size_t i = 0; i < kTileRows; ++i) {
            if (NOTED && p > 0) winner[i] = rows[i] > best[i] ? (VecInt{} + p) : winner[i];
            best[i] = p == 0 ? rows[i] : maximum(best[i], rows[i]);
        }
    }
    for (size_t i = 0; NOTED && i < kTileRows; ++i) store_bytes(winner[i], columns, which + i * ld_which);
#pragma GCC unroll 4
    for (size_t i = 0; i < kTileRows; ++i) store(out + i * ld_out, best[i]);
}

template <int PIECES>
void window_tiles_of(const PackedShape& s, const MaxoutNormArgs& a) {
    constexpr size_t ROWS = block_rows(PIECES), HALF = (ROWS + 1) / 2;
    static_assert(kTileBlock % ROWS == 0, "a block of tiles is whole blocks of rows");
    const size_t tiles = a.rows / kTileRows, matrix = s.panels * PIECES * LANES * s.depth, ld_rows = s.panels * LANES;
    float* transformed = a.scratch;
    float* products = transformed + kTilePoints * kTileBlock * s.depth;
    float* rows = products + kTilePoints * kTileBlock * PIECES * LANES;
    for (size_t first = 0; first < tiles; first += kTileBlock) {
        const size_t count = tiles - first < kTileBlock ? tiles - first : kTileBlock;
        for (size_t t = 0; t < count; ++t)
            transform_tile(a.input + (first + t) * kTileRows * a.ld_input, a.ld_input, s.depth, transformed + t * s.depth, kTileBlock * s.depth);
        for (size_t panel = 0; panel < s.panels; ++panel) {
            for (size_t point = 0; point < kTilePoints; ++point) {
                const float* weights = a.packed + point * matrix + panel * s.depth * PIECES * LANES;
                for (size_t t = 0; t < count; t += ROWS) {
                    const float* from = transformed + (point * kTileBlock + t) * s.depth;
                    float* to = products + (point * kTileBlock + t) * PIECES * LANES;
                    if (count - t <= HALF) tile_products<HALF, PIECES>(from, s.depth, count - t, weights, to);
                    else tile_products<ROWS, PIECES>(from, s.depth, count - t, weights, to);
                }
            }
            const size_t column = panel * LANES, columns = s.outputs - column < LANES ? s.outputs - column : LANES;
            for (size_t t = 0; t < count; ++t) {
                const float* from = products + t * PIECES * LANES;
                float* to = rows + t * kTileRows * ld_rows + column;
                uint8_t* which = a.which ? a.which + (first + t) * kTileRows * s.outputs + column : nullptr;
                (which ? maximum_of_tile<PIECES, true> : maximum_of_tile<PIECES, false>)(
                    from, kTileBlock * PIECES * LANES, a.bias + panel * PIECES * LANES, to, ld_rows, which, columns, s.outputs);
            }
        }
        for (size_t r = 0; r < count * kTileRows; ++r) finish_row(a, rows + r * ld_rows, s.outputs, first * kTileRows + r);
    }
}

void window_tiles(const PackedShape& s, const MaxoutNormArgs& a) {
    switch (s.groups) {
        case 1: return window_tiles_of<1>(s, a);
        case 2: return window_tiles_of<2>(s, a);
        case 3: return window_tiles_of<3>(s, a);
        case 4: return window_tiles_of<4>(s, a);
    }
}

}  // namespace
}  // namespace SPACY_LITE_ISA
}  // namespace spacy_lite
