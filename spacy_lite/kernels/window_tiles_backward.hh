// Gradients of a window of three rows in tiles (see window_tiles.hh). Rows out of a tile are y = A (G w * B x), so that
// d_w = G' (A' d_y * B x) and d_x = B' (G w * A' d_y): six products each where the plain way takes twelve.
namespace spacy_lite {
namespace SPACY_LITE_ISA {
namespace {

constexpr size_t kGradientTiles = 128;  // tiles whose gradients stay in the second-level cache

// A' d_y of one tile: six combinations of its four rows, `stride` floats from one to the next.
inline void spread_tile(const float* rows, size_t width, float* out, size_t stride) {
    along(width, [&](auto kind, size_t k) {
        using V = decltype(kind);
        const V y0 = value_at<V>(rows + k), y1 = value_at<V>(rows + width + k), y2 = value_at<V>(rows + 2 * width + k),
                y3 = value_at<V>(rows + 3 * width + k);
        const V even = y0 + y2, odd = y1 + y3, even_far = y0 + 4.0f * y2, odd_far = 2.0f * y1 + 8.0f * y3;
        store(out + k, y0);
        store(out + stride + k, even + odd);
        store(out + 2 * stride + k, even - odd);
        store(out + 3 * stride + k, even_far + odd_far);
        store(out + 4 * stride + k, even_far - odd_far);
        store(out + 5 * stride + k, y3);
    });
}

// B' of six products, added to the six rows a tile looks at.
inline void add_tile(const float* products, size_t stride, size_t width, float* rows) {
    along(width, [&](auto kind, size_t k) {
        using V = decltype(kind);
        const auto product = [&](size_t point) { return value_at<V>(products + point * stride + k); };
        const auto add = [&](size_t row, V value) { store(rows + row * width + k, value_at<V>(rows + row * width + k) + value); };
        const V p0 = product(0), p1 = product(1), p2 = product(2), p3 = product(3), p4 = product(4), p5 = product(5);
        const V sum12 = p1 + p2, difference12 = p1 - p2, sum34 = p3 + p4, difference34 = p3 - p4;
        add(0, 4.0f * p0);
        add(1, 4.0f * (p5 - difference12) - 2.0f * difference34);
        add(2, -5.0f * p0 - 4.0f * sum12 - sum34);
        add(3, difference12 + 2.0f * difference34 - 5.0f * p5);
        add(4, p0 + sum12 + sum34);
        add(5, p5);
    });
}

// G' of the gradient of what tile_weights made, added to the gradient of the weights.
inline void tile_weights_backward(size_t rows, size_t depth, const float* d_transformed, float* d_weights) {
    const size_t matrix = rows * depth;
    for (size_t row = 0; row < rows; ++row) {
        const float* d = d_transformed + row * depth;
        float *before = d_weights + row * 3 * depth, *at = before + depth, *after = at + depth;
        along(depth, [&](auto kind, size_t k) {
            using V = decltype(kind);
            const auto point = [&](size_t i) { return value_at<V>(d + i * matrix + k); };
            const auto add = [&](float* to, V value) { store(to + k, value_at<V>(to + k) + value); };
            const V d1 = point(1), d2 = point(2), d3 = point(3), d4 = point(4);
            const V near = (d1 + d2) * (-1.0f / 6), far = (d3 + d4) * (1.0f / 24);
            add(before, 0.25f * point(0) + near + far);
            add(at, (d2 - d1) * (1.0f / 6) + (d3 - d4) * (1.0f / 12));
            add(after, near + 4.0f * far + point(5));
        });
    }
}

size_t tiles_backward_scratch(size_t outputs, size_t depth) {
    const size_t longest = outputs > kGradientTiles ? outputs : kGradientTiles;
    return kTilePoints * (kGradientTiles * (outputs + 2 * depth) + outputs * depth) + gemm_workspace(outputs, depth, longest);
}

void window_tiles_backward(size_t tiles, size_t outputs, size_t depth, const float* input, const float* d_rows, const float* transformed,
                           float* d_weights, float* d_input, float* scratch) {
    const size_t wide = kGradientTiles * outputs, narrow = kGradientTiles * depth, matrix = outputs * depth;
    float* spread = scratch;
    float* rows = spread + kTilePoints * wide;
    float* products = rows + kTilePoints * narrow;
    float* d_transformed = products + kTilePoints * narrow;
    float* workspace = d_transformed + kTilePoints * matrix;
    for (size_t first = 0; first < tiles; first += kGradientTiles) {
        const size_t count = tiles - first < kGradientTiles ? tiles - first : kGradientTiles;
        for (size_t t = 0; t < count; ++t) {
            const size_t row = (first + t) * kTileRows;
            spread_tile(d_rows + row * outputs, outputs, spread + t * outputs, wide);
            transform_tile(input + row * depth, depth, depth, rows + t * depth, narrow);
        }
        for (size_t point = 0; point < kTilePoints; ++point) {
            const float* d_point = spread + point * wide;
            gemm(true, false, outputs, depth, count, d_point, outputs, rows + point * narrow, depth, d_transformed + point * matrix, depth,
                 first > 0, workspace);
            gemm(false, false, count, depth, outputs, d_point, outputs, transformed + point * matrix, depth, products + point * narrow, depth,
                 false, workspace);
        }
        for (size_t t = 0; t < count; ++t) add_tile(products + t * depth, narrow, depth, d_input + (first + t) * kTileRows * depth);
    }
    if (tiles) tile_weights_backward(outputs, depth, d_transformed, d_weights);
}

}  // namespace
}  // namespace SPACY_LITE_ISA
}  // namespace spacy_lite
