// Weights of a linear layer in eight bits.
#include <cmath>
#include "kernels/linear_argmax.hh"

namespace spacy_lite {

constexpr size_t QuantizedLinear::kPanelOutputs;

QuantizedLinear::QuantizedLinear(const float* from, const float* from_bias, size_t n_outputs, size_t n_inputs)
    : depth(n_inputs), outputs(n_outputs), quads((n_inputs + 3) / 4), panels((n_outputs + kPanelOutputs - 1) / kPanelOutputs) {
    const size_t padded = panels * kPanelOutputs;
    weights.assign(padded * quads * 4, 128);
    step.assign(padded, 0.0f);
    bias.assign(padded, -INFINITY);
    for (size_t o = 0; o < outputs; ++o) {
        const float* row = from + o * depth;
        float largest = 0;
        for (size_t k = 0; k < depth; ++k) largest = std::fmax(largest, std::fabs(row[k]));
        step[o] = largest / 127.0f;
        bias[o] = from_bias ? from_bias[o] : 0.0f;
        double squares = 0, wrong = 0;
        for (size_t k = 0; k < depth; ++k) {
            const float rounded = step[o] > 0 ? std::nearbyint(row[k] / step[o]) : 0.0f;
            const size_t panel = o / kPanelOutputs, place = ((panel * quads + k / 4) * kPanelOutputs + o % kPanelOutputs) * 4 + k % 4;
            weights[place] = uint8_t(int(rounded) + 128);
            const double value = double(rounded) * step[o];
            squares += value * value;
            wrong += (row[k] - value) * (row[k] - value);
        }
        norm = std::fmax(norm, float(std::sqrt(squares)));
        error = std::fmax(error, float(std::sqrt(wrong)));
        // Nothing is sure of weights that are not numbers.
        if (!std::isfinite(squares + wrong) || !std::isfinite(bias[o])) error = INFINITY;
    }
}

}  // namespace spacy_lite
