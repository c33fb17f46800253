// Beam search: the `width` best sequences of moves by the sum of their scores. Width 1 is greedy search.
#pragma once
#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>
#include "transitions/search.hh"

namespace spacy_lite {

template <class System>
struct Hypothesis {
    typename System::State state;
    std::vector<int32_t> block;  // the memory of the state
    std::vector<int32_t> history;
    float score = 0;
    bool done = false;

    static Hypothesis begin(const typename System::Input& input, int32_t offset) {
        Hypothesis h;
        h.block.resize(System::state_ints(input.size) + 1);
        h.state.ints = h.block.data();
        System::begin(h.state, input, offset);
        h.done = h.state.is_final();
        return h;
    }
    Hypothesis copy() const {
        Hypothesis h;
        h.block.resize(block.size());
        h.state.ints = h.block.data();
        System::copy(h.state, state);
        h.history = history;
        h.score = score;
        h.done = done;
        return h;
    }
};

template <class System>
struct Beam {
    std::vector<Hypothesis<System>> items;  // best first
    size_t steps = 0;

    bool is_done() const {
        for (const auto& item : items)
            if (!item.done) return false;
        return true;
    }
};

struct BeamSettings {
    size_t width;
    double density;  // share of the best candidate's probability another one needs to stay
};

// Drops candidates that are too improbable beside the best one.
inline void prune(std::vector<std::pair<float, int32_t>>& candidates, double density) {
    if (density <= 0 || candidates.empty()) return;
    float highest = candidates[0].first;
    for (const auto& c : candidates) highest = std::max(highest, c.first);
    size_t kept = 0;
    for (const auto& c : candidates)
        if (std::exp(double(c.first) - highest) >= density) candidates[kept++] = c;
    candidates.resize(kept);
}

// One step of one beam. scores: a row for every hypothesis that is not done, in order. gold: follow only moves the oracle finds cheapest.
template <class System>
void advance(Beam<System>& beam, const BeamSettings& settings, const System& system, const Moves& moves, const typename System::Input& input,
             const typename System::Gold* gold, const float* scores) {
    std::vector<std::pair<float, int32_t>> candidates;
    std::vector<float> costs(gold ? moves.size : 0);
    size_t row = 0;
    for (size_t i = 0; i < beam.items.size(); ++i) {
        const auto& item = beam.items[i];
        const int32_t first = int32_t(i * moves.size);
        if (item.done) {
            // A finished sequence stays comparable to longer ones by the average of its scores.
            candidates.emplace_back(beam.steps ? item.score + item.score / float(beam.steps) : item.score, first);
            continue;
        }
        const float* own = scores + row++ * moves.size;
        const Validity valid = system.validity(item.state, input);
        float cheapest = INFINITY;
        if (gold) {
            system.move_costs(item.state, input, *gold, valid, moves, costs.data());
            for (float cost : costs) cheapest = std::min(cheapest, cost);
        }
        for (size_t m = 0; m < moves.size; ++m)
            if (valid.allows(moves.kinds[m], moves.labels[m]) && (!gold || costs[m] <= cheapest))
                candidates.emplace_back(item.score + own[m], first + int32_t(m));
    }
    prune(candidates, settings.density);
    const size_t size = std::min(settings.width, candidates.size());
    // Of equal scores the move with the lowest number comes first within a hypothesis, as in greedy search.
    std::partial_sort(candidates.begin(), candidates.begin() + size, candidates.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::vector<Hypothesis<System>> next;
    next.reserve(size);
    for (size_t c = 0; c < size; ++c) {
        const auto& parent = beam.items[size_t(candidates[c].second) / moves.size];
        const int32_t move = candidates[c].second % int32_t(moves.size);
        next.push_back(parent.copy());
        auto& child = next.back();
        child.score = candidates[c].first;
        if (!parent.done) {
            System::apply(child.state, input, moves.kinds[move], moves.labels[move], move);
            child.history.push_back(move);
            child.done = child.state.is_final();
        }
    }
    if (next.empty()) {  // no move is valid anywhere
        for (auto& item : beam.items) { System::force_final(item.state); item.done = true; }
    } else {
        beam.items.swap(next);
    }
    ++beam.steps;
}

template <class System>
struct BeamBatch {
    const System* system;
    Moves moves;
    BeamSettings settings;
    std::vector<Beam<System>> beams;
    std::vector<typename System::Input> inputs;
    std::vector<typename System::Gold> golds;  // empty unless the beams follow the oracle

    void add(const typename System::Input& input, int32_t offset) {
        beams.emplace_back();
        beams.back().items.push_back(Hypothesis<System>::begin(input, offset));
        inputs.push_back(input);
    }

    // One step of all beams that are not done; false when all are.
    bool step(const Scorer& m) {
        std::vector<int32_t> slots;
        std::vector<std::pair<size_t, size_t>> parts;  // beam, its first row
        size_t rows = 0;
        for (size_t b = 0; b < beams.size(); ++b) {
            if (beams[b].is_done()) continue;
            parts.emplace_back(b, rows);
            for (const auto& item : beams[b].items) {
                if (item.done) continue;
                slots.resize((rows + 1) * m.slots);
                gather_slots<System>(m, item.state, &slots[rows * m.slots]);
                ++rows;
            }
        }
        if (!rows) return false;
        std::vector<float> hidden(rows * m.hidden), scores(rows * m.n_moves);
        score_states(m, slots.data(), rows, hidden.data(), nullptr, scores.data());
        for (const auto& part : parts)
            advance(beams[part.first], settings, *system, moves, inputs[part.first], golds.empty() ? nullptr : &golds[part.first],
                    &scores[part.second * m.n_moves]);
        return true;
    }

    void run(const Scorer& m) {
        while (step(m)) {}
    }
};

// What a sequence scored, and its moves, at the step where the search was most wrong.
struct Violation {
    float margin = -INFINITY;
    std::vector<std::pair<float, std::vector<int32_t>>> predicted, gold;
};

// Search with and without the oracle side by side (Huang et al. 2012: the update is made where the wrong prefix leads by most).
template <class System>
std::vector<Violation> max_violations(const Scorer& m, BeamBatch<System>& predicted, BeamBatch<System>& gold, size_t max_moves) {
    std::vector<Violation> found(predicted.beams.size());
    for (size_t step = 0; max_moves == 0 || step < max_moves; ++step) {
        const bool moved = predicted.step(m);
        if (!gold.step(m) && !moved) break;
        for (size_t b = 0; b < found.size(); ++b) {
            const float margin = predicted.beams[b].items[0].score - gold.beams[b].items[0].score;
            if (margin <= found[b].margin) continue;
            found[b].margin = margin;
            found[b].predicted.clear();
            found[b].gold.clear();
            for (const auto& item : predicted.beams[b].items) found[b].predicted.emplace_back(item.score, item.history);
            for (const auto& item : gold.beams[b].items) found[b].gold.emplace_back(item.score, item.history);
        }
    }
    return found;
}

// Gradient of the log loss over the sequences of both beams (Andor et al. 2016): for every state on their way, how much more probability
// its moves get than the gold sequences give them. States that sequences share are one row.
template <class System>
void trace_violations(const Scorer& m, const BeamBatch<System>& batch, const std::vector<int32_t>& offsets, const std::vector<Violation>& found,
                      Trace& trace) {
    for (size_t b = 0; b < found.size(); ++b) {
        std::vector<std::pair<double, const std::vector<int32_t>*>> weights;
        double highest = -INFINITY, total = 0, gold_total = 0;
        auto is_gold = [&](const std::vector<int32_t>& history) {
            for (const auto& g : found[b].gold)
                if (g.second == history) return true;
            return false;
        };
        for (const auto& item : found[b].gold) highest = std::max(highest, double(item.first));
        for (const auto& item : found[b].predicted) highest = std::max(highest, double(item.first));
        for (const auto& item : found[b].gold) gold_total += std::exp(item.first - highest);
        total = gold_total;
        for (const auto& item : found[b].predicted)
            if (!is_gold(item.second)) total += std::exp(item.first - highest);
        if (!(gold_total > 0) || !(total > 0)) continue;
        for (const auto& item : found[b].gold) {
            const double p = std::exp(item.first - highest);
            weights.emplace_back(p / total - p / gold_total, &item.second);
        }
        for (const auto& item : found[b].predicted)
            if (!is_gold(item.second)) weights.emplace_back(std::exp(item.first - highest) / total, &item.second);
        trace.loss += -std::log(gold_total / total);
        std::unordered_map<uint64_t, size_t> rows;  // of each prefix
        for (const auto& weight : weights) {
            auto h = Hypothesis<System>::begin(batch.inputs[b], offsets[b]);
            uint64_t prefix = 0x9E3779B97F4A7C15ull;
            for (const int32_t move : *weight.second) {
                auto place = rows.find(prefix);
                if (place == rows.end()) {
                    place = rows.emplace(prefix, trace.rows++).first;
                    trace.slots.resize(trace.rows * m.slots);
                    trace.gradient.resize(trace.rows * m.n_moves, 0.0f);
                    trace.state.push_back(int32_t(b));
                    gather_slots<System>(m, h.state, &trace.slots[place->second * m.slots]);
                }
                trace.gradient[place->second * m.n_moves + size_t(move)] += float(weight.first);
                System::apply(h.state, batch.inputs[b], batch.moves.kinds[move], batch.moves.labels[move], move);
                prefix = (prefix ^ uint64_t(move + 1)) * 0xFF51AFD7ED558CCDull;
                prefix ^= prefix >> 32;
            }
        }
    }
    trace.hidden.resize(trace.rows * m.hidden);
    trace.which.resize(trace.rows * m.hidden);
    std::vector<float> scores(trace.rows * m.n_moves);
    if (trace.rows) score_states(m, trace.slots.data(), trace.rows, trace.hidden.data(), trace.which.data(), scores.data());
}

template <class System>
void train_beam(const Scorer& m, BeamBatch<System>& predicted, const std::vector<typename System::Gold>& golds, size_t max_moves, Trace& trace) {
    BeamBatch<System> gold;
    gold.system = predicted.system;
    gold.moves = predicted.moves;
    gold.settings = predicted.settings;
    gold.golds = golds;
    std::vector<int32_t> offsets;
    for (size_t b = 0; b < predicted.beams.size(); ++b) {
        offsets.push_back(predicted.beams[b].items[0].state.offset);
        gold.add(predicted.inputs[b], offsets.back());
    }
    trace_violations(m, predicted, offsets, max_violations(m, predicted, gold, max_moves), trace);
}

}  // namespace spacy_lite
