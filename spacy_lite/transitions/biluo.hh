// The BILUO tagging system for named entities (Ratinov & Roth 2009): every move reads one token.
#pragma once
#include <cstring>
#include "transitions/moves.hh"

namespace spacy_lite {

// What is already on the document, and the facts of its tokens. iob: 0 missing, 1 inside, 2 outside, 3 begin.
struct EntityInput {
    const int8_t* iob;
    const uint64_t* types;
    const int8_t* sent_starts;
    const uint8_t* is_space;
    int32_t size;
};

struct NegativeSpan {
    int32_t start, end;
    uint64_t label;
};

// Gold kind and label of each token (MISSING where unknown), and spans that are known to be wrong.
struct EntityGold {
    const int32_t* kinds;
    const uint64_t* labels;
    const NegativeSpan* negatives;
    int32_t n_negatives;
};

class Biluo {
  public:
    enum Kind { MISSING, BEGIN, IN, LAST, UNIT, OUT, KINDS };
    typedef EntityInput Input;
    typedef EntityGold Gold;

    struct State {
        int32_t size, next, start, offset;  // start: first token of the open entity, -1 if none
        uint64_t label;                     // of the open entity
        int32_t* ints;                      // the move of each token read
        int32_t* moves() const { return ints; }
        bool is_open() const { return start >= 0; }
        bool is_final() const { return next >= size; }
        int32_t buffer_length() const { return size - next; }
    };

    static size_t state_ints(int32_t size) { return size_t(size); }

    static void copy(State& to, const State& from) {
        int32_t* ints = to.ints;
        to = from;
        to.ints = ints;
        std::memcpy(ints, from.ints, size_t(from.next) * sizeof(int32_t));
    }

    static void begin(State& s, const Input& in, int32_t offset) {
        s.size = in.size;
        s.next = 0;
        s.start = -1;
        s.label = 0;
        s.offset = offset;
    }

    static void force_final(State& s) { s.next = s.size; s.start = -1; }

    // Slots that come to every token in turn, as bits: the next one to read.
    static uint32_t in_order(int) { return 1; }

    static void features(const State& s, int count, int32_t* out) {
        const int32_t b0 = s.next < s.size ? s.next : -1;
        for (int i = 1; i < count; ++i) out[i] = -1;
        out[0] = b0;
        if (!s.is_open() || b0 < 0) return;
        if (count == 3) {
            out[1] = s.start;
            out[2] = b0 - 1;
            return;
        }
        for (int i = 1; i < count && s.start + i - 1 < b0; ++i) out[i] = s.start + i - 1;
    }

    Validity validity(const State& s, const Input& in) const {
        Validity v;
        const int32_t b0 = s.next, b1 = b0 + 1 < s.size ? b0 + 1 : -1;
        const int preset = in.iob[b0], next_preset = b1 >= 0 ? in.iob[b1] : 0;
        const uint64_t type = in.types[b0];
        const bool next_starts = b1 >= 0 && in.sent_starts[b1] == 1;
        for (int k = 0; k < kMaxKinds; ++k) v.set(k, false);
        if (s.is_open()) {
            const bool may_go_on = b1 >= 0 && preset != 3 && next_preset != 3 &&
                                   (preset == 1 ? next_preset == 1 && s.label == type : !next_starts);
            const bool may_close = preset == 1 && next_preset != 1 ? s.label == type : next_preset != 1;
            if (may_go_on) v.only(IN, s.label);
            if (may_close) v.only(LAST, s.label);
            return v;
        }
        if (b1 >= 0 && preset != 1) {
            if (preset != 3) v.set(BEGIN, next_preset != 3 && !next_starts && !in.is_space[b0]);
            else if (type != 0 && next_preset == 1) v.only(BEGIN, type);
        }
        // A blocked token (begin without a type) takes the unit move without a label.
        if (preset == 3 && type == 0) v.only(UNIT, 0);
        else if (next_preset != 1 && preset == 3) v.only(UNIT, type);
        else if (next_preset != 1 && !in.is_space[b0]) v.except(UNIT, 0);
        v.set(OUT, preset != 3 && preset != 1);
        return v;
    }

    static void apply(State& s, const Input&, int32_t kind, uint64_t label, int32_t move) {
        s.moves()[s.next] = move;
        if (kind == BEGIN) { s.start = s.next; s.label = label; }
        if (kind == LAST) s.start = -1;
        ++s.next;
    }

    // Cost of every move: 1 if it takes something from the gold annotation, plus 1 for a span known to be wrong.
    void move_costs(const State& s, const Input&, const Gold& g, const Validity& valid, const Moves& moves, float* out) const {
        for (size_t m = 0; m < moves.size; ++m) {
            const int32_t kind = moves.kinds[m];
            const uint64_t label = moves.labels[m];
            out[m] = valid.allows(kind, label) ? cost(s, g, kind, label) : kInvalidCost;
        }
    }

    static bool has_gold(const Gold& g, const State& s) {
        for (int32_t i = s.next; i < s.size; ++i)
            if (g.kinds[i] != MISSING) return true;
        for (int32_t i = 0; i < g.n_negatives; ++i)
            if (g.negatives[i].start >= s.next) return true;
        return false;
    }

  private:
    static float cost(const State& s, const Gold& g, int32_t kind, uint64_t label) {
        const int32_t b0 = s.next;
        const int gold = g.kinds[b0];
        const int next_gold = b0 + 1 < s.size ? g.kinds[b0 + 1] : int(OUT);
        const bool gap_follows = next_gold == OUT || next_gold == MISSING;
        const bool same = g.labels[b0] == label;
        switch (kind) {
            case BEGIN: return float(!(gold == MISSING || (gold == BEGIN && same))) + begins_negative(s, g, label);
            case IN:
                // Going on inside a wrong entity is free until a gold entity begins on the next token.
                if (gold == LAST) return float(!(is_sunk(s, g) && gap_follows));
                return gold == OUT || gold == UNIT ? float(!gap_follows) : 0.0f;
            case LAST: return (gold == IN ? float(!is_sunk(s, g)) : 0.0f) + is_negative(g, s.start, b0 + 1, label);
            case UNIT: return float(!(gold == MISSING || (gold == UNIT && same))) + is_negative(g, b0, b0 + 1, label);
            case OUT: return float(gold == BEGIN || gold == UNIT);
        }
        return kInvalidCost;
    }

    // The open entity is wrong already (no gold entity with its label starts there and lasts until here): closing it costs nothing more.
    static bool is_sunk(const State& s, const Gold& g) {
        if (!s.is_open() || g.kinds[s.start] == MISSING) return false;
        if (g.kinds[s.start] != BEGIN || g.labels[s.start] != s.label) return true;
        for (int32_t token = s.start + 1; token < s.next; ++token)
            if (g.kinds[token] != IN && g.kinds[token] != MISSING) return true;
        return false;
    }

    static float is_negative(const Gold& g, int32_t start, int32_t end, uint64_t label) {
        for (int32_t i = 0; i < g.n_negatives; ++i)
            if (g.negatives[i].start == start && g.negatives[i].end == end && g.negatives[i].label == label) return 1;
        return 0;
    }

    // With two tokens left there is but one span to come: beginning a wrong one cannot be mended.
    static float begins_negative(const State& s, const Gold& g, uint64_t label) {
        if (s.buffer_length() >= 3) return 0;
        for (int32_t i = 0; i < g.n_negatives; ++i)
            if (g.negatives[i].start == s.next && g.negatives[i].label == label) return 1;
        return 0;
    }
};

}  // namespace spacy_lite
