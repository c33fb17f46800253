// The backward pass of the hidden layer: from the gradient of the states' hidden values to those of weights and token vectors.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>
#include "kernels/large_array.hh"
#include "kernels/network.hh"
#include "transitions/search.hh"

namespace spacy_lite {

// States taken together: few enough that what they say of one slot's tokens stays in the second-level cache.
constexpr size_t kBackwardStates = 512;

// Where the gradients are added to.
struct HiddenGradients {
    float* weights;  // (slots, pieces * hidden, depth)
    float* vectors;  // (tokens, depth)
    float* padding;  // (slots, pieces, hidden)
    float* bias;     // (pieces, hidden)
};

class HiddenBackward {
  public:
    // vectors: (tokens, depth), those the states were scored with. weights: (slots, pieces * hidden, depth).
    HiddenBackward(const Scorer& scorer, const Trace& trace, const float* vectors, const float* weights, size_t depth)
        : m_(scorer), trace_(trace), vectors_(vectors), weights_(weights), depth_(depth), place_of_(scorer.n_tokens, -1) {
        const size_t most = std::min(kBackwardStates, trace.rows), row = m_.row();
        pieces_ = large_array(most * row);
        inputs_ = large_array(most * depth);
        workspace_ = large_array(std::max(m_.kernels->gemm_workspace(row, depth, most), m_.kernels->gemm_workspace(most, depth, row)));
        tokens_.reserve(most);
    }

    // d_hidden: (rows of the trace, hidden).
    void run(const float* d_hidden, const HiddenGradients& out) {
        std::vector<float> scaled;
        if (m_.dropout > 0) {
            scaled.assign(d_hidden, d_hidden + trace_.rows * m_.hidden);
            for (float& value : scaled) value *= 1 / (1 - m_.dropout);
            d_hidden = scaled.data();
        }
        for (size_t start = 0; start < trace_.rows; start += kBackwardStates) {
            const size_t stop = std::min(start + kBackwardStates, trace_.rows);
            for (size_t r = start; r < stop; ++r) add(d_hidden, r, out.bias);
            for (size_t slot = 0; slot < m_.slots; ++slot) run_slot(slot, start, stop, d_hidden, out);
        }
    }

  private:
    // Only the piece that won has a gradient, and none has where dropout left the value out.
    void add(const float* d_hidden, size_t r, float* to) const {
        m_.kernels->add_winners(d_hidden + r * m_.hidden, &trace_.which[r * m_.hidden], m_.hidden, m_.pieces, to);
    }

    // One slot of some states: the gradients of the tokens they look at, then two products with them.
    void run_slot(size_t slot, size_t start, size_t stop, const float* d_hidden, const HiddenGradients& out) {
        const size_t row = m_.row();
        tokens_.clear();
        for (size_t r = start; r < stop; ++r) {
            const int32_t token = trace_.slots[r * m_.slots + slot];
            if (token < 0) {
                add(d_hidden, r, out.padding + slot * row);
                continue;
            }
            int32_t& place = place_of_[size_t(token)];
            if (place < 0) {
                place = int32_t(tokens_.size());
                tokens_.push_back(token);
                std::memset(pieces_.get() + size_t(place) * row, 0, row * sizeof(float));
            }
            add(d_hidden, r, pieces_.get() + size_t(place) * row);
        }
        for (const int32_t token : tokens_) place_of_[size_t(token)] = -1;
        const size_t n = tokens_.size();
        if (!n) return;
        const Kernels& k = *m_.kernels;
        k.gather_rows(vectors_, tokens_.data(), n, depth_, inputs_.get());
        k.gemm(true, false, row, depth_, n, pieces_.get(), row, inputs_.get(), depth_, out.weights + slot * row * depth_, depth_, true,
               workspace_.get());
        k.gemm(false, false, n, depth_, row, pieces_.get(), row, weights_ + slot * row * depth_, depth_, inputs_.get(), depth_, false,
               workspace_.get());
        k.scatter_add_rows(inputs_.get(), tokens_.data(), n, depth_, out.vectors);
    }

    const Scorer& m_;
    const Trace& trace_;
    const float* vectors_;
    const float* weights_;
    size_t depth_;
    std::vector<int32_t> place_of_;  // (tokens,) row of a token in pieces_, -1 for none
    std::vector<int32_t> tokens_;    // of the rows of pieces_
    LargeArray pieces_, inputs_, workspace_;
};

}  // namespace spacy_lite
