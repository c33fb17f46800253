// Greedy search that notes how sure it is: the probability of each move among those that were valid.
#pragma once
#include <cmath>
#include <vector>
#include "transitions/search.hh"

namespace spacy_lite {

// Softmax of the scores over the valid moves, at `move`. Moves that were never seen are not in the running.
inline float probability_of(int32_t move, const Scorer& m, const float* scores, const Moves& moves, const Validity& valid) {
    double total = 0;
    for (size_t k = 0; k < moves.size; ++k)
        if ((int32_t(k) == move || !m.unseen || !m.unseen[k]) && valid.allows(moves.kinds[k], moves.labels[k]))
            total += std::exp(double(scores[k]) - double(scores[move]));
    return float(1.0 / total);
}

// Runs every state to its end and gives, for each, the probabilities of the moves it took.
template <class System>
std::vector<std::vector<float>> greedy_with_probabilities(const Scorer& m, Batch<System>& batch) {
    std::vector<std::vector<float>> found(batch.states.size());
    ActiveStates<System> active(batch, kActiveStates);
    std::vector<size_t>& now = active.now;
    std::vector<int32_t> slots(now.size() * m.slots);
    std::vector<float> hidden(now.size() * m.hidden), scores(now.size() * m.n_moves);
    while (!now.empty()) {
        const size_t most = now.size();
        for (size_t k = 0; k < most; ++k) gather_slots<System>(m, batch.states[now[k]], &slots[k * m.slots]);
        score_states(m, slots.data(), most, hidden.data(), nullptr, scores.data());
        size_t kept = 0;
        for (size_t k = 0; k < most; ++k) {
            const size_t i = now[k];
            const float* row = &scores[k * m.n_moves];
            const Validity valid = batch.system->validity(batch.states[i], batch.inputs[i]);
            const int32_t move = best_valid(row, batch.moves, valid);
            if (move < 0) {
                System::force_final(batch.states[i]);
            } else {
                found[i].push_back(probability_of(move, m, row, batch.moves, valid));
                batch.take(i, move);
            }
            if (!batch.states[i].is_final()) now[kept++] = i;
        }
        now.resize(kept);
        while (now.size() < most && !active.later.empty()) active.begin();
    }
    return found;
}

}  // namespace spacy_lite
