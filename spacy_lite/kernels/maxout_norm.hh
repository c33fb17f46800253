// Linear + bias + maxout + layer norm (+ dropout mask, + residual) in one pass: a block of rows never leaves the first-level cache
// between the product and the normalised result. Layer norm is Ba et al. (2016) with Thinc's epsilon (1e-8 added to the variance).
namespace spacy_lite {
namespace SPACY_LITE_ISA {
namespace {

constexpr float kNormEpsilon = 1e-8f;

inline void mean_and_inverse_std(const float* row, size_t width, float& mean, float& inverse_std) {
    Vec total{};
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) total += load(row + i);
    float whole = sum(total);
    for (; i < width; ++i) whole += row[i];
    mean = whole / width;
    Vec squares{};
    for (i = 0; i + LANES <= width; i += LANES) {
        const Vec centred = load(row + i) - mean;
        squares += centred * centred;
    }
    float variance = sum(squares);
    for (; i < width; ++i) variance += (row[i] - mean) * (row[i] - mean);
    inverse_std = 1.0f / std::sqrt(variance / width + kNormEpsilon);
}

// One row: layer norm of `row`, gain and shift, mask, residual.
inline void finish_row(const MaxoutNormArgs& a, const float* row, size_t width, size_t index) {
    float mean, inverse_std;
    mean_and_inverse_std(row, width, mean, inverse_std);
    if (a.inverse_std) a.inverse_std[index] = inverse_std;
    float* out = a.output + index * a.ld_output;
    float* normed = a.normed ? a.normed + index * width : nullptr;
    const float* mask = a.mask ? a.mask + index * width : nullptr;
    const float* residual = a.residual ? a.residual + index * a.ld_residual : nullptr;
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) {
        const Vec hat = (load(row + i) - mean) * inverse_std;
        if (normed) store(normed + i, hat);
        Vec value = hat * load(a.gain + i) + load(a.shift + i);
        if (mask) value *= load(mask + i);
        if (residual) value += load(residual + i);
        store(out + i, value);
    }
    for (; i < width; ++i) {
        const float hat = (row[i] - mean) * inverse_std;
        if (normed) normed[i] = hat;
        float value = hat * a.gain[i] + a.shift[i];
        if (mask) value *= mask[i];
        if (residual) value += residual[i];
        out[i] = value;
    }
}

template <int ROWS, int PIECES>
inline __attribute__((always_inline)) void maximum_of_pieces(Vec (&acc)[ROWS][PIECES], const float* bias, float* scratch, size_t ld_scratch) {
#pragma GCC unroll 16
    for (int m = 0; m < ROWS; ++m) {
        Vec best = acc[m][0] + load(bias);
#pragma GCC unroll 4
        for (int p = 1; p < PIECES; ++p) best = maximum(best, acc[m][p] + load(bias + p * LANES));
        store(scratch + m * ld_scratch, best);
    }
}

// As above, and which piece won (the first of equals, as argmax has it).
template <int ROWS, int PIECES>
inline void winning_pieces(const Vec (&acc)[ROWS][PIECES], const float* bias, size_t rows, size_t columns, uint8_t* which, size_t ld_which) {
    for (size_t m = 0; m < rows; ++m) {
        Vec best = acc[m][0] + load(bias);
        VecInt winner{};
        for (int p = 1; p < PIECES; ++p) {
            const Vec other = acc[m][p] + load(bias + p * LANES);
            const VecInt better = other > best;
            winner = better ? (VecInt{} + p) : winner;
            best = better ? other : best;
        }
        store_bytes(winner, columns, which + m * ld_which);
    }
}

template <int PIECES>
void maxout_norm_of(const PackedShape& s, const MaxoutNormArgs& a) {
    constexpr int ROWS = block_rows(PIECES);
    static_assert(size_t(ROWS) <= kScratchRows, "scratch holds one block of rows");
    const size_t ld_scratch = s.panels * LANES;
    for (size_t row = 0; row < a.rows; row += ROWS) {
        const size_t rows = a.rows - row < size_t(ROWS) ? a.rows - row : size_t(ROWS);
        const float* pointers[ROWS];
        point_at_rows<ROWS>(a.input + row * a.ld_input, a.ld_input, rows, pointers);
        for (size_t panel = 0; panel < s.panels; ++panel) {
            const float* bias = a.bias + panel * PIECES * LANES;
            Vec acc[ROWS][PIECES];
            clear(acc);
            multiply<ROWS, PIECES>(pointers, a.packed + panel * s.depth * PIECES * LANES, s.depth, acc);
            if (a.which) {
                const size_t column = panel * LANES;
                const size_t columns = s.outputs - column < LANES ? s.outputs - column : LANES;
                winning_pieces<ROWS, PIECES>(acc, bias, rows, columns, a.which + row * s.outputs + column, s.outputs);
            }
            maximum_of_pieces<ROWS, PIECES>(acc, bias, a.scratch + panel * LANES, ld_scratch);
        }
        for (size_t m = 0; m < rows; ++m) finish_row(a, a.scratch + m * ld_scratch, s.outputs, row + m);
    }
}

void maxout_norm(const PackedShape& s, const MaxoutNormArgs& a) {
    switch (s.groups) {
        case 1: return maxout_norm_of<1>(s, a);
        case 2: return maxout_norm_of<2>(s, a);
        case 3: return maxout_norm_of<3>(s, a);
        case 4: return maxout_norm_of<4>(s, a);
    }
}

void maxout_norm_backward(size_t rows, size_t outputs, size_t pieces, const float* d_output, size_t ld_d_output, const float* mask,
                          const float* gain, const uint8_t* which, const float* normed, const float* inverse_std, float* d_pieces,
                          float* d_gain, float* d_shift, float* scratch) {
    std::memset(d_pieces, 0, rows * outputs * pieces * sizeof(float));
    for (size_t row = 0; row < rows; ++row) {
        const float* d = d_output + row * ld_d_output;
        const float* hat = normed + row * outputs;
        float total = 0, against_hat = 0;
        for (size_t i = 0; i < outputs; ++i) {
            const float masked = mask ? d[i] * mask[row * outputs + i] : d[i];
            d_gain[i] += masked * hat[i];
            d_shift[i] += masked;
            const float scaled = masked * gain[i];
            scratch[i] = scaled;
            total += scaled;
            against_hat += scaled * hat[i];
        }
        const float mean = total / outputs, mean_hat = against_hat / outputs;
        float* out = d_pieces + row * outputs * pieces;
        const uint8_t* winner = which + row * outputs;
        for (size_t i = 0; i < outputs; ++i)
            out[i * pieces + winner[i]] = (scratch[i] - mean - hat[i] * mean_hat) * inverse_std[row];
    }
}

}  // namespace
}  // namespace SPACY_LITE_ISA
}  // namespace spacy_lite
