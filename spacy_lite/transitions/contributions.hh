// What tokens add to the hidden layer, slot by slot: computed when a state first looks at a token, and kept in a ring of rows. Only some of
// the (slot, token) pairs are ever read, the rows stay in the cache, and memory does not grow with the documents.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>
#include "kernels/large_array.hh"
#include "kernels/network.hh"

namespace spacy_lite {

constexpr size_t kMaxSlots = 16;
constexpr size_t kStateRows = 128;    // states whose slots are looked up at once
constexpr size_t kRingRows = 4096;    // contributions that are kept
constexpr int32_t kReadAhead = 4;    // tokens computed together in a slot that walks through the document, a small block of the kernel
constexpr size_t kFewStates = 2;      // so few states wait for the weights to come from memory, and may as well compute more tokens

// The hidden layer's weights, one packed linear layer a slot.
struct HiddenWeights {
    const Kernels* kernels;
    PackedShape shape;
    const float* weights[kMaxSlots];
    const float* bias[kMaxSlots];
    size_t slots;
    uint32_t in_order;   // bit f: slot f comes to every token in turn
};

class Contributions {
  public:
    // vectors: (tokens, depth), of all tokens of the batch.
    Contributions(const HiddenWeights& hidden, const float* vectors, size_t tokens)
        : hidden_(hidden), vectors_(vectors), tokens_(tokens), width_(hidden.shape.outputs), where_(hidden.slots * tokens, kAbsent) {
        capacity_ = std::min(kRingRows, std::max<size_t>(hidden.slots * (tokens + 2 * kReadAhead), 1));
        ring_ = large_array(capacity_ * width_);
        owner_.assign(capacity_, -1);
        used_.assign(capacity_, 0);
    }

    // Make sure that the rows of up to kStateRows states' slots, (states, slots) tokens or -1, are there.
    void need(const int32_t* slots, size_t states) {
        ++step_;
        ahead_ = capacity_ / 2;
        together_ = states <= kFewStates ? 2 * kReadAhead : kReadAhead;
        for (size_t row = 0; row < states; ++row) {
            for (size_t f = 0; f < hidden_.slots; ++f) {
                const int32_t token = slots[row * hidden_.slots + f];
                if (token < 0) continue;
                int32_t& where = where_[f * tokens_ + size_t(token)];
                if (where >= 0) {
                    used_[size_t(where)] = step_;
                } else if (where == kAbsent) {
                    where = kWanted;
                    wanted_[f].push_back(token);
                }
            }
        }
        for (size_t f = 0; f < hidden_.slots; ++f) {
            if (wanted_[f].empty()) continue;
            if (hidden_.in_order >> f & 1) read_ahead(f, slots, states);
            else fill_block(f);
            compute(f);
        }
    }

    const float* row(size_t slot, int32_t token) const { return ring_.get() + size_t(where_[slot * tokens_ + size_t(token)]) * width_; }

    // Bring the rows of one state, which are there, towards the processor.
    void prefetch(const int32_t* slots) const {
        for (size_t f = 0; f < hidden_.slots; ++f) {
            if (slots[f] < 0) continue;
            const char* at = reinterpret_cast<const char*>(row(f, slots[f]));
            for (size_t byte = 0; byte < width_ * sizeof(float); byte += 64) __builtin_prefetch(at + byte);
        }
    }

  private:
    static constexpr int32_t kAbsent = -1, kWanted = -2;

    // One state has come to where nothing is known: all states are taken some tokens further, so that the weights are read once for many.
    void read_ahead(size_t f, const int32_t* slots, size_t states) {
        for (size_t row = 0; row < states; ++row) {
            const int32_t token = slots[row * hidden_.slots + f];
            if (token < 0) continue;
            const size_t last = std::min(size_t(token) + together_, tokens_);
            for (size_t next = size_t(token) + 1; next < last && ahead_; ++next) {
                int32_t& where = where_[f * tokens_ + next];
                if (where != kAbsent) continue;
                where = kWanted;
                wanted_[f].push_back(int32_t(next));
                --ahead_;
            }
        }
    }

    // A block of rows costs the same whether it is full or not: the rest of it goes to the tokens that follow, which may be asked for soon.
    void fill_block(size_t f) {
        std::vector<int32_t>& wanted = wanted_[f];
        const size_t asked = wanted.size(), full = (asked + together_ - 1) / together_ * together_;
        for (size_t step = 1; step <= together_ && wanted.size() < full; ++step) {
            for (size_t i = 0; i < asked && wanted.size() < full && ahead_; ++i) {
                const size_t next = size_t(wanted[i]) + step;
                if (next >= tokens_ || where_[f * tokens_ + next] != kAbsent) continue;
                where_[f * tokens_ + next] = kWanted;
                wanted.push_back(int32_t(next));
                --ahead_;
            }
        }
    }

    void compute(size_t f) {
        std::vector<int32_t>& wanted = wanted_[f];
        places_.resize(wanted.size());
        for (size_t i = 0; i < wanted.size(); ++i) places_[i] = take(f, wanted[i]);
        hidden_.kernels->linear_rows(hidden_.shape, vectors_, hidden_.shape.depth, wanted.data(), wanted.size(), hidden_.weights[f],
                                     hidden_.bias[f], ring_.get(), width_, places_.data());
        wanted.clear();
    }

    // The oldest row that this step does not need.
    int32_t take(size_t f, int32_t token) {
        while (used_[next_] == step_) next_ = next_ + 1 == capacity_ ? 0 : next_ + 1;
        if (owner_[next_] >= 0) where_[size_t(owner_[next_])] = kAbsent;
        const size_t place = f * tokens_ + size_t(token);
        owner_[next_] = int64_t(place);
        where_[place] = int32_t(next_);
        used_[next_] = step_;
        const int32_t taken = int32_t(next_);
        next_ = next_ + 1 == capacity_ ? 0 : next_ + 1;
        return taken;
    }

    const HiddenWeights hidden_;
    const float* vectors_;
    size_t tokens_, width_, capacity_, next_ = 0;
    size_t together_ = kReadAhead;  // tokens computed together
    size_t ahead_ = 0;              // rows that may still be computed before they are asked for, in this step
    uint32_t step_ = 0;
    std::vector<int32_t> where_;    // (slots, tokens) row of the ring
    LargeArray ring_;
    std::vector<int64_t> owner_;    // (capacity,) place in where_, -1 for none
    std::vector<uint32_t> used_;    // (capacity,) step that last asked for the row
    std::vector<int32_t> wanted_[kMaxSlots], places_;
};

}  // namespace spacy_lite
