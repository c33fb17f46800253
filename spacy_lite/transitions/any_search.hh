// One face for the searches of both transition systems, so that the binding is written once.
#pragma once
#include <utility>
#include <vector>
#include "transitions/arc_eager.hh"
#include "transitions/beam.hh"
#include "transitions/biluo.hh"
#include "transitions/search.hh"
#include "transitions/sureness.hh"

namespace spacy_lite {

// A hypothesis of a beam: its score, the head of every token (arc-eager only), the move that attached or read it.
struct Found {
    float score;
    std::vector<int32_t> heads, moves;
};

struct AnySearch {
    virtual ~AnySearch() {}
    virtual size_t size() const = 0;
    virtual bool has_gold() const = 0;
    virtual uint32_t in_order(int slots) const = 0;
    virtual void forget_gold() = 0;
    virtual bool is_final(size_t i) const = 0;
    virtual void features(size_t i, int count, int32_t* out) const = 0;
    virtual Validity validity(size_t i) const = 0;
    virtual void costs(size_t i, float* out) const = 0;
    virtual void take(size_t i, int32_t move) = 0;
    virtual void keep_histories() = 0;
    virtual std::vector<std::vector<int32_t>> histories() const = 0;
    virtual void cut(size_t max_moves) = 0;
    virtual void run(const Scorer& scorer, size_t max_moves) = 0;
    virtual std::vector<std::vector<float>> run_with_probabilities(const Scorer& scorer) = 0;
    virtual void train(const Scorer& scorer, size_t max_moves, Trace& trace) = 0;
    virtual void train_beam(const Scorer& scorer, const BeamSettings& settings, size_t max_moves, Trace& trace) = 0;
    virtual std::vector<std::vector<Found>> beam(const Scorer& scorer, const BeamSettings& settings) const = 0;
    // What the final state of document i holds.
    virtual void read(size_t i, Found& out) const = 0;
};

inline void read_state(const ArcEager::State& s, Found& out) {
    out.heads.assign(s.heads(), s.heads() + s.size);
    out.moves.assign(s.moves(), s.moves() + s.size);
}

inline void read_state(const Biluo::State& s, Found& out) { out.moves.assign(s.moves(), s.moves() + s.size); }

template <class System>
struct SearchOf : AnySearch {
    System system;
    Batch<System> batch;

    explicit SearchOf(const Moves& moves) {
        batch.system = &system;
        batch.moves = moves;
    }
    void add(const typename System::Input& input, int32_t offset) { batch.add(input, offset); }
    void add_gold(const typename System::Gold& gold) { batch.golds.push_back(gold); }

    size_t size() const override { return batch.states.size(); }
    bool has_gold() const override { return batch.golds.size() == batch.states.size(); }
    uint32_t in_order(int slots) const override { return System::in_order(slots); }
    void forget_gold() override { batch.golds.clear(); }
    bool is_final(size_t i) const override { return batch.states[i].is_final(); }
    void features(size_t i, int count, int32_t* out) const override { System::features(batch.states[i], count, out); }
    Validity validity(size_t i) const override { return system.validity(batch.states[i], batch.inputs[i]); }
    void costs(size_t i, float* out) const override { oracle_move(batch, i, out); }
    void take(size_t i, int32_t move) override { batch.take(i, move); }
    void keep_histories() override { batch.histories.resize(batch.states.size()); }
    std::vector<std::vector<int32_t>> histories() const override { return batch.histories; }
    void cut(size_t max_moves) override { cut_by_oracle(batch, max_moves); }
    void run(const Scorer& scorer, size_t max_moves) override { greedy(scorer, batch, max_moves); }
    std::vector<std::vector<float>> run_with_probabilities(const Scorer& scorer) override {
        return greedy_with_probabilities(scorer, batch);
    }
    void train(const Scorer& scorer, size_t max_moves, Trace& trace) override { train_greedy(scorer, batch, max_moves, trace); }

    BeamBatch<System> beams(const BeamSettings& settings) const {
        BeamBatch<System> made;
        made.system = &system;
        made.moves = batch.moves;
        made.settings = settings;
        for (size_t i = 0; i < batch.states.size(); ++i) made.add(batch.inputs[i], batch.states[i].offset);
        return made;
    }
    void train_beam(const Scorer& scorer, const BeamSettings& settings, size_t max_moves, Trace& trace) override {
        BeamBatch<System> predicted = beams(settings);
        spacy_lite::train_beam(scorer, predicted, batch.golds, max_moves, trace);
    }
    std::vector<std::vector<Found>> beam(const Scorer& scorer, const BeamSettings& settings) const override {
        BeamBatch<System> searched = beams(settings);
        searched.run(scorer);
        std::vector<std::vector<Found>> found(searched.beams.size());
        for (size_t b = 0; b < found.size(); ++b) {
            for (const auto& item : searched.beams[b].items) {
                found[b].emplace_back();
                found[b].back().score = item.score;
                read_state(item.state, found[b].back());
            }
        }
        return found;
    }
    void read(size_t i, Found& out) const override { read_state(batch.states[i], out); }
};

}  // namespace spacy_lite
