// The best output of a linear layer for each row, without all of its scores. The scores are found in eight-bit integers, four times as fast
// as in floats, with a bound on their error: where the best one leads by more than that, it is the best. The other rows are left to floats.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spacy_lite {

// Weights (outputs, depth) rounded to steps of their row's largest value / 127, plus 128.
struct QuantizedLinear {
    size_t depth = 0, outputs = 0;
    size_t quads = 0;                // groups of four inputs
    size_t panels = 0;               // of kPanelOutputs outputs
    std::vector<uint8_t> weights;    // (panels, quads, kPanelOutputs, 4)
    std::vector<float> step, bias;   // (panels * kPanelOutputs,); the bias of padding is -inf
    float norm = 0;                  // the longest row of rounded weights
    float error = 0;                 // the longest difference between a row and its rounded form

    static constexpr size_t kPanelOutputs = 32;

    // weights (outputs, depth) and bias (outputs,) or null.
    QuantizedLinear(const float* weights, const float* bias, size_t outputs, size_t depth);
};

constexpr int32_t kUnsure = -1;

// Whether this CPU multiplies eight-bit integers (AVX-512 VNNI).
bool can_argmax_quantized();

// out[i]: the best output for row i of input (rows, depth), or kUnsure.
void argmax_quantized(const QuantizedLinear& layer, const float* input, size_t rows, int32_t* out);

}  // namespace spacy_lite
