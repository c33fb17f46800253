// Matrix products around one register-blocked micro-kernel. Weights are packed into panels first; inputs are read where they lie.
namespace spacy_lite {
namespace SPACY_LITE_ISA {
namespace {

// Rows a micro-kernel holds for `groups` vectors of columns: accumulators fill the register file but for the operands.
constexpr int block_rows(int groups) {
    return SPACY_LITE_REGISTERS == 32 ? (groups == 1 ? 12 : groups == 2 ? 12 : groups == 3 ? 8 : 6)
                                      : (groups == 1 ? 8 : groups == 2 ? 6 : groups == 3 ? 4 : 3);
}

constexpr size_t kPanelAhead = 1024; // floats of a panel that are fetched ahead: hardware does not fetch over the end of a page
constexpr size_t kRowBlock = 192;    // rows whose input stays in the second-level cache while the panels pass by
constexpr size_t kDepthBlock = 512;  // reduction length of one pass in general products

// acc[m][g] += sum_k rows[m][k] * panel[k][g]; panel rows are groups * LANES floats. AHEAD: fetch the panel, which is not in the cache when few
// rows pass it.
template <int ROWS, int GROUPS, bool AHEAD = true>
inline __attribute__((always_inline)) void multiply(const float* const* rows, const float* panel, size_t depth, Vec (&acc)[ROWS][GROUPS]) {
    const float* r[ROWS];
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; ++m) r[m] = rows[m];
    for (size_t k = 0; k < depth; ++k) {
        Vec b[GROUPS];
#pragma GCC unroll 4
        for (int g = 0; g < GROUPS; ++g) b[g] = load(panel + g * LANES);
#pragma GCC unroll 16
        for (int m = 0; m < ROWS; ++m) {
            const Vec a = broadcast(r[m][k]);
#pragma GCC unroll 4
            for (int g = 0; g < GROUPS; ++g) acc[m][g] += a * b[g];
        }
        if (AHEAD) {
#pragma GCC unroll 4
            for (int g = 0; g < GROUPS; ++g) __builtin_prefetch(panel + kPanelAhead + g * LANES);
        }
        panel += GROUPS * LANES;
    }
}

// The same with the left matrix transposed: element (m, k) is left[k * stride + m].
template <int ROWS, int GROUPS>
inline __attribute__((always_inline)) void multiply_transposed(const float* left, size_t stride, const float* panel, size_t depth, Vec (&acc)[ROWS][GROUPS]) {
    for (size_t k = 0; k < depth; ++k) {
        Vec b[GROUPS];
#pragma GCC unroll 4
        for (int g = 0; g < GROUPS; ++g) b[g] = load(panel + g * LANES);
#pragma GCC unroll 16
        for (int m = 0; m < ROWS; ++m) {
            const Vec a = broadcast(left[m]);
#pragma GCC unroll 4
            for (int g = 0; g < GROUPS; ++g) acc[m][g] += a * b[g];
        }
        panel += GROUPS * LANES;
        left += stride;
    }
}

template <int ROWS, int GROUPS>
inline __attribute__((always_inline)) void clear(Vec (&acc)[ROWS][GROUPS]) {
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; ++m)
#pragma GCC unroll 4
        for (int g = 0; g < GROUPS; ++g) acc[m][g] = Vec{};
}

// Row pointers of one block; rows past the end repeat the last one, and what is computed for them is dropped.
template <int ROWS>
inline void point_at_rows(const float* input, size_t ld, size_t available, const float** rows) {
    for (int m = 0; m < ROWS; ++m) rows[m] = input + (size_t(m) < available ? size_t(m) : available - 1) * ld;
}

inline void write_vector(float* out, Vec value, size_t columns, bool accumulate) {
    if (columns >= LANES) {
        store(out, accumulate ? load(out) + value : value);
        return;
    }
    for (size_t i = 0; i < columns; ++i) out[i] = accumulate ? out[i] + value[i] : value[i];
}

template <int ROWS, int GROUPS>
inline __attribute__((always_inline)) void write_block(const Vec (&acc)[ROWS][GROUPS], const float* bias, size_t rows, size_t columns, float* out, size_t ld, bool accumulate) {
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; ++m) {
        if (size_t(m) >= rows) break;
#pragma GCC unroll 4
        for (int g = 0; g < GROUPS; ++g) {
            if (g * LANES >= columns) break;
            const Vec value = bias ? acc[m][g] + load(bias + g * LANES) : acc[m][g];
            write_vector(out + m * ld + g * LANES, value, columns - g * LANES, accumulate);
        }
    }
}

PackedShape packed_shape(size_t depth, size_t outputs, size_t pieces, bool maxout) {
    PackedShape s;
    s.depth = depth;
    s.outputs = outputs;
    s.maxout = maxout;
    s.groups = maxout ? pieces : 2;
    s.lanes = LANES;
    const size_t columns = maxout ? LANES : 2 * LANES;
    s.panels = (outputs + columns - 1) / columns;
    return s;
}

// The row of the weights that lane 0 of a group stands for.
inline size_t first_row(const PackedShape& s, size_t panel, size_t group) {
    return s.maxout ? panel * LANES * s.groups + group : (panel * s.groups + group) * LANES;
}

// How many lanes of a group stand for an output; the others are zero.
inline size_t lanes_used(const PackedShape& s, size_t panel, size_t group) {
    const size_t before = s.maxout ? panel * LANES : (panel * s.groups + group) * LANES;
    return before >= s.outputs ? 0 : s.outputs - before < LANES ? s.outputs - before : LANES;
}

// A panel is written from its start to its end, squares of all its groups in turn.
void pack(const PackedShape& s, const float* weights, const float* bias, float* packed, float* packed_bias) {
    const size_t step = s.groups * LANES, rows_apart = s.maxout ? s.groups : 1;
    for (size_t panel = 0; panel < s.panels; ++panel) {
        for (size_t group = 0; group < s.groups; ++group) {
            const size_t row = first_row(s, panel, group), used = lanes_used(s, panel, group);
            for (size_t lane = 0; lane < LANES; ++lane)
                packed_bias[panel * step + group * LANES + lane] = lane < used && bias ? bias[row + lane * rows_apart] : 0.0f;
        }
        for (size_t k = 0; k < s.depth; k += LANES) {
            const size_t depth = s.depth - k < LANES ? s.depth - k : LANES;
            for (size_t group = 0; group < s.groups; ++group) {
                const size_t used = lanes_used(s, panel, group), stride = rows_apart * s.depth;
                const float* source = weights + first_row(s, panel, group) * s.depth + k;
                float* target = packed + (panel * s.depth + k) * step + group * LANES;
                if (used == LANES && depth == LANES) {
                    Vec square[LANES];
                    for (size_t lane = 0; lane < LANES; ++lane) square[lane] = load(source + lane * stride);
                    transpose(square);
                    for (size_t i = 0; i < LANES; ++i) store(target + i * step, square[i]);
                } else {
                    for (size_t i = 0; i < depth; ++i)
                        for (size_t lane = 0; lane < LANES; ++lane) target[i * step + lane] = lane < used ? source[lane * stride + i] : 0.0f;
                }
            }
        }
    }
}

// Up to ROWS rows through all panels.
template <int ROWS>
inline void linear_panels(const PackedShape& s, const float* input, size_t ld_input, size_t rows, const float* packed, const float* bias,
                          float* output, size_t ld_output, bool accumulate) {
    const float* pointers[ROWS];
    point_at_rows<ROWS>(input, ld_input, rows, pointers);
    for (size_t panel = 0; panel < s.panels; ++panel) {
        const size_t column = panel * 2 * LANES;
        Vec acc[ROWS][2];
        clear(acc);
        multiply<ROWS, 2>(pointers, packed + panel * s.depth * 2 * LANES, s.depth, acc);
        write_block<ROWS, 2>(acc, bias ? bias + column : nullptr, rows, s.outputs - column, output + column, ld_output, accumulate);
    }
}

// A single row, as a parser has for one document, is not charged a whole block.
void linear(const PackedShape& s, const float* input, size_t ld_input, size_t rows, const float* packed, const float* bias,
            float* output, size_t ld_output, bool accumulate) {
    constexpr size_t ROWS = block_rows(2), SOME = ROWS * 2 / 3, FEW = ROWS / 3;
    for (size_t row = 0; row < rows; row += ROWS) {
        const size_t left = rows - row;
        const float* in = input + row * ld_input;
        float* out = output + row * ld_output;
        if (left <= FEW) linear_panels<FEW>(s, in, ld_input, left, packed, bias, out, ld_output, accumulate);
        else if (left <= SOME) linear_panels<SOME>(s, in, ld_input, left, packed, bias, out, ld_output, accumulate);
        else linear_panels<ROWS>(s, in, ld_input, left, packed, bias, out, ld_output, accumulate);
    }
}

template <int ROWS>
inline void linear_block(const PackedShape& s, const float* input, size_t ld_input, const int32_t* from, size_t rows, const float* weights,
                         const float* bias, size_t column, float* output, size_t ld_output, const int32_t* to) {
    const float* pointers[ROWS];
    for (size_t m = 0; m < size_t(ROWS); ++m) pointers[m] = input + size_t(from[m < rows ? m : rows - 1]) * ld_input;
    Vec acc[ROWS][2];
    clear(acc);
    multiply<ROWS, 2>(pointers, weights, s.depth, acc);
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; ++m) {
        if (size_t(m) >= rows) break;
#pragma GCC unroll 4
        for (size_t g = 0; g < 2; ++g) {
            if (column + g * LANES >= s.outputs) break;
            write_vector(output + size_t(to[m]) * ld_output + column + g * LANES, acc[m][g] + load(bias + column + g * LANES),
                         s.outputs - column - g * LANES, false);
        }
    }
}

// Rows are few and lie anywhere, so the last block of them is as small as it can be.
void linear_rows(const PackedShape& s, const float* input, size_t ld_input, const int32_t* from, size_t rows, const float* packed,
                 const float* bias, float* output, size_t ld_output, const int32_t* to) {
    constexpr size_t ROWS = block_rows(2), SOME = ROWS * 2 / 3, FEW = ROWS / 3, TOGETHER = 4 * ROWS;
    for (size_t start = 0; start < rows; start += TOGETHER) {
        const size_t stop = start + TOGETHER < rows ? start + TOGETHER : rows;
        for (size_t panel = 0; panel < s.panels; ++panel) {
            const float* weights = packed + panel * s.depth * 2 * LANES;
            const size_t column = panel * 2 * LANES;
            for (size_t row = start; row < stop; row += ROWS) {
                const size_t left = stop - row;
                if (left <= FEW) linear_block<FEW>(s, input, ld_input, from + row, left, weights, bias, column, output, ld_output, to + row);
                else if (left <= SOME) linear_block<SOME>(s, input, ld_input, from + row, left, weights, bias, column, output, ld_output, to + row);
                else linear_block<ROWS>(s, input, ld_input, from + row, left, weights, bias, column, output, ld_output, to + row);
            }
        }
    }
}

// One depth block of the right-hand matrix as panels of 2 * LANES columns, zero padded.
inline void pack_right(bool trans, const float* b, size_t ldb, size_t n, size_t first, size_t depth, float* out) {
    constexpr size_t COLUMNS = 2 * LANES;
    for (size_t column = 0; column < n; column += COLUMNS) {
        const size_t width = n - column < COLUMNS ? n - column : COLUMNS;
        if (trans) {
            for (size_t k = 0; k < depth; ++k) {
                for (size_t j = 0; j < width; ++j) out[k * COLUMNS + j] = b[(column + j) * ldb + first + k];
                for (size_t j = width; j < COLUMNS; ++j) out[k * COLUMNS + j] = 0.0f;
            }
        } else {
            for (size_t k = 0; k < depth; ++k) {
                const float* row = b + (first + k) * ldb + column;
                if (width == COLUMNS) {
                    store(out + k * COLUMNS, load(row));
                    store(out + k * COLUMNS + LANES, load(row + LANES));
                    continue;
                }
                for (size_t j = 0; j < width; ++j) out[k * COLUMNS + j] = row[j];
                for (size_t j = width; j < COLUMNS; ++j) out[k * COLUMNS + j] = 0.0f;
            }
        }
        out += depth * COLUMNS;
    }
}

size_t gemm_workspace(size_t, size_t n, size_t k) {
    constexpr size_t COLUMNS = 2 * LANES;
    const size_t depth = k < kDepthBlock ? k : kDepthBlock;
    return (n + COLUMNS - 1) / COLUMNS * COLUMNS * depth + kRowBlock * depth;
}

// Rows `start` to `stop` of a transposed left matrix as blocks of ROWS, each (depth, ROWS), zero padded.
template <int ROWS>
inline void pack_left(const float* a, size_t lda, size_t start, size_t stop, size_t depth, float* out) {
    for (size_t row = start; row < stop; row += ROWS) {
        const size_t here = stop - row < size_t(ROWS) ? stop - row : size_t(ROWS);
        for (size_t k = 0; k < depth; ++k, out += ROWS) {
            if (here == size_t(ROWS)) {
                std::memcpy(out, a + k * lda + row, ROWS * sizeof(float));
            } else {
                for (size_t j = 0; j < size_t(ROWS); ++j) out[j] = j < here ? a[k * lda + row + j] : 0.0f;
            }
        }
    }
}

void gemm(bool trans_a, bool trans_b, size_t m, size_t n, size_t k, const float* a, size_t lda, const float* b, size_t ldb, float* c,
          size_t ldc, bool accumulate, float* workspace) {
    constexpr int ROWS = block_rows(2);
    constexpr size_t COLUMNS = 2 * LANES;
    static_assert(kRowBlock % ROWS == 0, "blocks of rows are whole");
    if (k == 0 && !accumulate)
        for (size_t i = 0; i < m; ++i) std::memset(c + i * ldc, 0, n * sizeof(float));
    for (size_t first = 0; first < k; first += kDepthBlock) {
        const size_t depth = k - first < kDepthBlock ? k - first : kDepthBlock;
        const bool add = accumulate || first > 0;
        const size_t panels = (n + COLUMNS - 1) / COLUMNS;
        float* left = workspace + panels * COLUMNS * depth;
        pack_right(trans_b, b, ldb, n, first, depth, workspace);
        for (size_t start = 0; start < m; start += kRowBlock) {
            const size_t stop = start + kRowBlock < m ? start + kRowBlock : m;
            if (trans_a) pack_left<ROWS>(a + first * lda, lda, start, stop, depth, left);
            for (size_t panel = 0; panel < panels; ++panel) {
                const float* weights = workspace + panel * depth * COLUMNS;
                for (size_t row = start; row < stop; row += ROWS) {
                    Vec acc[ROWS][2];
                    clear(acc);
                    if (trans_a) {
                        multiply_transposed<ROWS, 2>(left + (row - start) * depth, ROWS, weights, depth, acc);
                    } else {
                        const float* pointers[ROWS];
                        point_at_rows<ROWS>(a + row * lda + first, lda, m - row, pointers);
                        multiply<ROWS, 2, false>(pointers, weights, depth, acc);
                    }
                    write_block<ROWS, 2>(acc, nullptr, stop - row, n - panel * COLUMNS, c + row * ldc + panel * COLUMNS, ldc, add);
                }
            }
        }
    }
}

}  // namespace
}  // namespace SPACY_LITE_ISA
}  // namespace spacy_lite
