// Greedy search over a batch of documents, for prediction and for training. The states of all documents step together, so that
// the scores of a step are one matrix product.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>
#include "kernels/network.hh"
#include "transitions/contributions.hh"
#include "transitions/moves.hh"

namespace spacy_lite {

// States a greedy search steps together: enough to share the reading of weights, few enough for their rows to stay in the cache.
constexpr size_t kActiveStates = 48;

constexpr uint8_t kDropped = 255;

// What scores states: contributions of the tokens a state looks at, summed, maxout, and an output layer.
struct Scorer {
    const Kernels* kernels;
    size_t slots, hidden, pieces, n_moves;
    size_t n_tokens;
    std::shared_ptr<Contributions> contributions;  // rows (pieces, hidden)
    const float* padding;       // (slots, pieces, hidden): of an empty slot
    const float* bias;          // (pieces, hidden)
    const PackedShape* output_shape;  // null: the hidden layer is the scores
    const float* output;
    const float* output_bias;
    const uint8_t* unseen;      // (n_moves,) 1: never to be predicted; or null
    float dropout = 0;          // share of the hidden values that training leaves out
    uint64_t seed = 0;          // of the dropout

    size_t row() const { return pieces * hidden; }
};

// What a training pass leaves behind, one row a step and state.
struct Trace {
    std::vector<int32_t> slots;     // (rows, slots) token rows, -1 for none
    std::vector<float> hidden;      // (rows, hidden)
    std::vector<uint8_t> which;     // (rows, hidden) winning piece, kDropped where dropout left the value out
    std::vector<float> gradient;    // (rows, n_moves)
    std::vector<int32_t> state;     // (rows,)
    double loss = 0;
    size_t rows = 0;

    void reserve(const Scorer& m, size_t count) {
        slots.reserve(count * m.slots);
        hidden.reserve(count * m.hidden);
        which.reserve(count * m.hidden);
        gradient.reserve(count * m.n_moves);
        state.reserve(count);
    }
};

inline void hidden_layer(const Scorer& m, const int32_t* slots, size_t rows, float* hidden, uint8_t* which) {
    const float* pointers[kMaxSlots];
    for (size_t row = 0; row < rows; ++row) {
        if (row % kStateRows == 0) m.contributions->need(slots + row * m.slots, std::min(kStateRows, rows - row));
        if (row + 1 < rows && (row + 1) % kStateRows) m.contributions->prefetch(slots + (row + 1) * m.slots);
        for (size_t f = 0; f < m.slots; ++f) {
            const int32_t token = slots[row * m.slots + f];
            pointers[f] = token < 0 ? m.padding + f * m.row() : m.contributions->row(f, token);
        }
        m.kernels->sum_maxout(pointers, m.slots, m.bias, m.hidden, m.pieces, hidden + row * m.hidden, which ? which + row * m.hidden : nullptr);
    }
}

inline void output_layer(const Scorer& m, const float* hidden, size_t rows, float* scores) {
    if (m.output_shape)
        m.kernels->linear(*m.output_shape, hidden, m.hidden, rows, m.output, m.output_bias, scores, m.n_moves, false);
    else
        std::memcpy(scores, hidden, rows * m.hidden * sizeof(float));
    if (m.unseen) {
        float lowest = INFINITY;
        for (size_t i = 0; i < rows * m.n_moves; ++i) lowest = scores[i] < lowest ? scores[i] : lowest;
        for (size_t row = 0; row < rows; ++row)
            for (size_t k = 0; k < m.n_moves; ++k)
                if (m.unseen[k]) scores[row * m.n_moves + k] = lowest;
    }
}

inline void score_states(const Scorer& m, const int32_t* slots, size_t rows, float* hidden, uint8_t* which, float* scores) {
    hidden_layer(m, slots, rows, hidden, which);
    output_layer(m, hidden, rows, scores);
}

// Leave out a share of the hidden values and scale up the rest (Srivastava et al. 2014). Every step of a search has a mask of its own.
inline void drop_hidden(const Scorer& m, uint64_t step, size_t rows, float* hidden, uint8_t* which) {
    std::vector<float> mask(rows * m.hidden);
    m.kernels->dropout_mask(m.seed + step * 0x9E3779B97F4A7C15ull, m.dropout, mask.size(), mask.data());
    for (size_t i = 0; i < mask.size(); ++i) {
        hidden[i] *= mask[i];
        which[i] = mask[i] == 0 ? kDropped : which[i];
    }
}

inline int32_t best_valid(const float* scores, const Moves& moves, const Validity& valid) {
    int32_t best = -1;
    float highest = -INFINITY;
    for (size_t m = 0; m < moves.size; ++m) {
        if (scores[m] > highest && valid.allows(moves.kinds[m], moves.labels[m])) {
            highest = scores[m];
            best = int32_t(m);
        }
    }
    if (best >= 0) return best;
    // Every valid score is -inf or nan: take the first valid move.
    for (size_t m = 0; m < moves.size; ++m)
        if (valid.allows(moves.kinds[m], moves.labels[m])) return int32_t(m);
    return -1;
}

// Log loss whose target is spread over all moves that lead to the gold annotation: gradient of the scores, sum of its squares.
inline double gradient_of_loss(const float* scores, const float* costs, size_t n, float* gradient) {
    float cheapest = INFINITY, highest = -INFINITY, highest_gold = -INFINITY;
    for (size_t i = 0; i < n; ++i) {
        cheapest = costs[i] < cheapest ? costs[i] : cheapest;
        highest = scores[i] > highest ? scores[i] : highest;
    }
    for (size_t i = 0; i < n; ++i)
        if (costs[i] <= cheapest && scores[i] > highest_gold) highest_gold = scores[i];
    double total = 0, total_gold = 0;
    for (size_t i = 0; i < n; ++i) {
        gradient[i] = std::exp(scores[i] - highest);
        total += gradient[i];
        if (costs[i] <= cheapest) total_gold += std::exp(scores[i] - highest_gold);
    }
    double loss = 0;
    for (size_t i = 0; i < n; ++i) {
        double d = gradient[i] / total;
        if (costs[i] <= cheapest) d -= std::exp(scores[i] - highest_gold) / total_gold;
        gradient[i] = float(d);
        loss += d * d;
    }
    return loss;
}

template <class System>
struct Batch {
    const System* system;
    Moves moves;
    std::vector<typename System::State> states;
    std::vector<typename System::Input> inputs;   // of each state
    std::vector<typename System::Gold> golds;     // of each state, in training
    std::vector<std::vector<int32_t>> blocks;     // the memory of each state
    std::vector<std::vector<int32_t>> histories;  // moves taken, where wanted

    void add(const typename System::Input& input, int32_t offset) {
        blocks.emplace_back(System::state_ints(input.size) + 1);
        typename System::State state;
        state.ints = blocks.back().data();
        System::begin(state, input, offset);
        states.push_back(state);
        inputs.push_back(input);
    }

    void duplicate(size_t i) {
        blocks.emplace_back(blocks[i].size());
        typename System::State state;
        state.ints = blocks.back().data();
        System::copy(state, states[i]);
        states.push_back(state);
        inputs.push_back(typename System::Input(inputs[i]));
        if (!golds.empty()) golds.push_back(typename System::Gold(golds[i]));
        if (!histories.empty()) histories.push_back(std::vector<int32_t>(histories[i]));
    }

    void remove(size_t i) {
        blocks.erase(blocks.begin() + i);
        states.erase(states.begin() + i);
        inputs.erase(inputs.begin() + i);
        if (!golds.empty()) golds.erase(golds.begin() + i);
        if (!histories.empty()) histories.erase(histories.begin() + i);
    }

    void take(size_t i, int32_t move) {
        System::apply(states[i], inputs[i], moves.kinds[move], moves.labels[move], move);
        if (!histories.empty()) histories[i].push_back(move);
    }
};

template <class System>
inline void gather_slots(const Scorer& m, const typename System::State& state, int32_t* out) {
    System::features(state, int(m.slots), out);
    for (size_t f = 0; f < m.slots; ++f)
        if (out[f] >= 0) out[f] += state.offset;
}

// The states that a greedy search steps together: as many at once as the cache likes. Where one ends, the next begins, the longest first,
// so that there are few until the very end.
template <class System>
struct ActiveStates {
    std::vector<size_t> now;
    std::vector<size_t> later;  // shortest first

    ActiveStates(const Batch<System>& batch, size_t most) {
        for (size_t i = 0; i < batch.states.size(); ++i)
            if (!batch.states[i].is_final()) later.push_back(i);
        std::stable_sort(later.begin(), later.end(), [&](size_t a, size_t b) { return batch.states[a].size < batch.states[b].size; });
        now.reserve(std::min(most, later.size()));
        while (now.size() < most && !later.empty()) begin();
    }

    void begin() {
        now.push_back(later.back());
        later.pop_back();
    }
};

// Run every state to its end (or for `max_moves` moves if that is not 0), always taking the best valid move.
template <class System>
void greedy(const Scorer& m, Batch<System>& batch, size_t max_moves) {
    // Moves are counted for all states at once: then all begin at once.
    ActiveStates<System> active(batch, max_moves ? batch.states.size() : kActiveStates);
    std::vector<size_t>& now = active.now;
    std::vector<int32_t> slots(now.size() * m.slots);
    std::vector<float> hidden(now.size() * m.hidden), scores(now.size() * m.n_moves);
    for (size_t step = 0; !now.empty() && (max_moves == 0 || step < max_moves); ++step) {
        for (size_t k = 0; k < now.size(); ++k) gather_slots<System>(m, batch.states[now[k]], &slots[k * m.slots]);
        score_states(m, slots.data(), now.size(), hidden.data(), nullptr, scores.data());
        const size_t most = now.size();
        size_t kept = 0;
        for (size_t k = 0; k < most; ++k) {
            const size_t i = now[k];
            const int32_t move = best_valid(&scores[k * m.n_moves], batch.moves, batch.system->validity(batch.states[i], batch.inputs[i]));
            if (move < 0) System::force_final(batch.states[i]);
            else batch.take(i, move);
            if (!batch.states[i].is_final()) now[kept++] = i;
        }
        now.resize(kept);
        while (now.size() < most && !active.later.empty()) active.begin();
    }
}

// The same along the model's own predictions, noting for every state what the oracle says of it; without gold annotation the scores
// themselves are noted in place of their gradient.
template <class System>
void train_greedy(const Scorer& m, Batch<System>& batch, size_t max_moves, Trace& trace) {
    std::vector<size_t> active;
    for (size_t i = 0; i < batch.states.size(); ++i)
        if (!batch.states[i].is_final()) active.push_back(i);
    std::vector<float> scores(active.size() * m.n_moves), costs(m.n_moves);
    trace.reserve(m, 2 * m.n_tokens);
    for (size_t step = 0; !active.empty() && (max_moves == 0 || step < max_moves); ++step) {
        const size_t first = trace.rows, n = active.size();
        trace.rows += n;
        trace.slots.resize(trace.rows * m.slots);
        trace.hidden.resize(trace.rows * m.hidden);
        trace.which.resize(trace.rows * m.hidden);
        trace.gradient.resize(trace.rows * m.n_moves);
        trace.state.resize(trace.rows);
        for (size_t k = 0; k < n; ++k) gather_slots<System>(m, batch.states[active[k]], &trace.slots[(first + k) * m.slots]);
        float* hidden = &trace.hidden[first * m.hidden];
        uint8_t* which = &trace.which[first * m.hidden];
        hidden_layer(m, &trace.slots[first * m.slots], n, hidden, which);
        if (m.dropout > 0) drop_hidden(m, step, n, hidden, which);
        output_layer(m, hidden, n, scores.data());
        size_t kept = 0;
        for (size_t k = 0; k < n; ++k) {
            const size_t i = active[k];
            const Validity valid = batch.system->validity(batch.states[i], batch.inputs[i]);
            const float* row = &scores[k * m.n_moves];
            float* gradient = &trace.gradient[(first + k) * m.n_moves];
            if (batch.golds.empty()) {
                std::memcpy(gradient, row, m.n_moves * sizeof(float));
            } else {
                batch.system->move_costs(batch.states[i], batch.inputs[i], batch.golds[i], valid, batch.moves, costs.data());
                trace.loss += gradient_of_loss(row, costs.data(), m.n_moves, gradient);
            }
            trace.state[first + k] = int32_t(i);
            const int32_t move = best_valid(row, batch.moves, valid);
            if (move < 0) System::force_final(batch.states[i]);
            else batch.take(i, move);
            if (!batch.states[i].is_final()) active[kept++] = i;
        }
        active.resize(kept);
    }
}

// The cheapest valid move, the first of equals; -1 if no move is valid.
template <class System>
int32_t oracle_move(const Batch<System>& batch, size_t i, float* costs) {
    const Validity valid = batch.system->validity(batch.states[i], batch.inputs[i]);
    batch.system->move_costs(batch.states[i], batch.inputs[i], batch.golds[i], valid, batch.moves, costs);
    int32_t best = -1;
    for (size_t m = 0; m < batch.moves.size; ++m)
        if (costs[m] < kInvalidCost && (best < 0 || costs[m] < costs[best])) best = int32_t(m);
    return best;
}

// Long documents are cut for training: the oracle walks through each, and every `max_moves` moves a state is kept as one more place to
// start from, if there is gold annotation behind it. All pieces of a document share its input and gold annotation.
template <class System>
void cut_by_oracle(Batch<System>& batch, size_t max_moves) {
    std::vector<float> costs(batch.moves.size);
    const size_t documents = batch.states.size();
    for (size_t i = 0; i < documents; ++i) {
        if (size_t(batch.states[i].size) < max_moves) continue;
        const size_t walker = batch.states.size();
        batch.duplicate(i);
        for (size_t step = 1; !batch.states[walker].is_final(); ++step) {
            const int32_t move = oracle_move(batch, walker, costs.data());
            if (move < 0) break;
            batch.take(walker, move);
            if (step % max_moves == 0 && !batch.states[walker].is_final() &&
                System::has_gold(batch.golds[walker], batch.states[walker]))
                batch.duplicate(walker);
        }
        batch.remove(walker);
    }
}

}  // namespace spacy_lite
