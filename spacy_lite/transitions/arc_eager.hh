// The arc-eager system (Nivre 2003) with unshift (Nivre & Fernandez-Gonzalez 2014), arcs that may be replaced, and Break, which starts a sentence;
// costs after the dynamic oracle of Goldberg & Nivre (2012).
#pragma once
#include <cstring>
#include <vector>
#include "transitions/moves.hh"

namespace spacy_lite {

// Per-token facts a document brings along: whether a sentence must (1) or must not (-1) start here, 0 if open.
struct ParseInput {
    const int8_t* sent_starts;
    int32_t size;
};

// Gold annotation over the predicted tokens. heads: token index (itself for a root), -1 unknown. Kids of a head are listed in CSR form.
struct ParseGold {
    const int32_t* heads;
    const uint64_t* labels;    // 0 unknown
    const int8_t* sent_starts; // 1 yes, 0 no, -1 unknown
    const int32_t* kid_offsets; // (size + 1,)
    const int32_t* kids;
};

class ArcEager {
  public:
    enum Kind { SHIFT, REDUCE, LEFT, RIGHT, BREAK, KINDS };
    typedef ParseInput Input;
    typedef ParseGold Gold;
    uint64_t subtok_label = 0;

    // One block of memory, copied by memcpy: a header and arrays over the tokens.
    struct State {
        int32_t size, next, depth, waiting, limit, offset;
        int32_t* ints;
        int32_t* heads() const { return ints; }
        int32_t* moves() const { return ints + size; }           // the move that gave a token its head
        int32_t* last_left() const { return ints + 2 * size; }   // most recent left child of a head
        int32_t* last_right() const { return ints + 3 * size; }
        int32_t* older() const { return ints + 4 * size; }       // the sibling attached before this child
        int32_t* stack() const { return ints + 5 * size; }
        int32_t* rebuffer() const { return ints + 6 * size; }    // unshifted tokens, in front of the buffer, last one first
        uint8_t* flags() const { return reinterpret_cast<uint8_t*>(ints + 7 * size); }
        int32_t S(int32_t i) const { return i < depth ? stack()[depth - 1 - i] : -1; }
        int32_t B(int32_t i) const {
            if (i < waiting) return rebuffer()[waiting - 1 - i];
            const int32_t token = next + i - waiting;
            return token < size ? token : -1;
        }
        int32_t buffer_length() const { return size - next + waiting; }
        int32_t head(int32_t token) const { return heads()[token]; }
        bool is_final() const { return depth == 0 && buffer_length() == 0; }
    };
    enum Flag : uint8_t { UNSHIFTABLE = 1, STARTS = 2, IN_STACK = 4, IN_REBUFFER = 8 };

    static size_t state_ints(int32_t size) { return size_t(size) * 7 + (size_t(size) + 3) / 4; }

    static void copy(State& to, const State& from) {
        int32_t* ints = to.ints;
        to = from;
        to.ints = ints;
        std::memcpy(ints, from.ints, state_ints(from.size) * sizeof(int32_t));
    }

    static void begin(State& s, const Input& in, int32_t offset) {
        s.size = in.size;
        s.next = s.depth = s.waiting = 0;
        s.offset = offset;
        for (int32_t i = 0; i < 5 * in.size; ++i) s.ints[i] = -1;
        std::memset(s.flags(), 0, in.size);
        find_limit(s, in, 0);
    }

    static void force_final(State& s) { s.depth = s.waiting = 0; s.next = s.size; }

    static bool starts(const State& s, const Input& in, int32_t token) {
        return token >= 0 && (in.sent_starts[token] == 1 || (s.flags()[token] & STARTS));
    }

    // The i-th most recently attached child of `head` on one side, or -1.
    static int32_t child(const State& s, const int32_t* last, int32_t head, int i) {
        if (head < 0) return -1;
        int32_t token = last[head];
        while (--i > 0 && token >= 0) token = s.older()[token];
        return token;
    }

    // Slots that come to every token of a document in turn, as bits: the first two of the buffer and the top of the stack.
    static uint32_t in_order(int count) { return count <= 2 ? 3 : 7; }

    // Tokens (or -1) the model looks at: 8 or 13, in the order trained pipelines expect.
    static void features(const State& s, int count, int32_t* out) {
        const int32_t b0 = s.B(0), s0 = s.S(0);
        const int32_t* left = s.last_left();
        const int32_t* right = s.last_right();
        out[0] = b0;
        if (count == 1) return;
        if (count == 2) { out[1] = s0; return; }
        const int32_t s1 = s.S(1);
        out[1] = s.B(1);
        out[2] = s0;
        out[3] = s1;
        out[4] = s.S(2);
        if (count == 8) {
            out[5] = child(s, left, b0, 1);
            out[6] = child(s, left, s0, 1);
            out[7] = child(s, right, s0, 1);
            return;
        }
        out[5] = child(s, left, s0, 1);
        out[6] = child(s, right, s0, 1);
        out[7] = child(s, left, b0, 1);
        out[8] = child(s, right, s0, 2);
        out[9] = child(s, left, s1, 1);
        out[10] = child(s, left, s1, 2);
        out[11] = child(s, right, s1, 1);
        out[12] = child(s, right, s1, 2);
    }

    Validity validity(const State& s, const Input& in) const {
        Validity v;
        const int32_t b0 = s.B(0), b1 = s.B(1), buffer = s.buffer_length();
        const bool starting = buffer > 0 && starts(s, in, b0);
        v.set(SHIFT, s.depth == 0 ? buffer > 0 : buffer >= 2 && !starting && !(s.flags()[b0] & UNSHIFTABLE));
        v.set(REDUCE, s.depth > 0 && (buffer == 0 || !(s.depth == 1 && in.sent_starts[b0] == -1)));
        const bool arcs = s.depth > 0 && buffer > 0 && !starting;
        v.set(LEFT, arcs);
        v.set(RIGHT, arcs);
        // Parts of one word are joined only to their direct neighbour.
        if (arcs && subtok_label && s.S(0) != b0 - 1) {
            v.except(LEFT, subtok_label);
            v.except(RIGHT, subtok_label);
        }
        v.set(BREAK, buffer >= 2 && b1 == b0 + 1 && !starts(s, in, b1) && in.sent_starts[b1] != -1);
        return v;
    }

    static void apply(State& s, const Input& in, int32_t kind, uint64_t, int32_t move) {
        switch (kind) {
            case SHIFT: push(s, in); break;
            case REDUCE:
                if (s.heads()[s.S(0)] >= 0 || s.depth == 1) pop(s);
                else unshift(s);
                break;
            case LEFT:
                attach(s, s.B(0), s.S(0), move);
                s.flags()[s.B(0)] &= uint8_t(~UNSHIFTABLE);
                pop(s);
                break;
            case RIGHT:
                attach(s, s.S(0), s.B(0), move);
                push(s, in);
                break;
            case BREAK: {
                const int32_t b1 = s.B(1);
                s.flags()[b1] |= STARTS;
                if (b1 >= s.next && b1 < s.limit) s.limit = b1;
                break;
            }
        }
    }

    // Cost of every move: what of the gold tree it puts out of reach, plus 1 for a gold arc with another label.
    void move_costs(const State& s, const Input& in, const Gold& g, const Validity& valid, const Moves& moves, float* out) const {
        const int32_t s0 = s.S(0), b0 = s.B(0);
        const bool may_break = valid.mode[BREAK] != Validity::NONE;
        const float push_cost = b0 < 0 ? kInvalidCost : cost_of_push(s, in, g, may_break);
        const float pop_cost = s0 < 0 ? kInvalidCost : cost_of_pop(s, in, g, s0);
        float base[KINDS] = {push_cost, kInvalidCost, kInvalidCost, kInvalidCost, kInvalidCost};
        uint64_t gold_label[KINDS] = {};  // 0: any label will do
        if (valid.mode[REDUCE] != Validity::NONE) base[REDUCE] = cost_of_reduce(s, in, g, pop_cost);
        if (valid.mode[LEFT] != Validity::NONE) base[LEFT] = cost_of_left(s, g, pop_cost, gold_label[LEFT]);
        if (valid.mode[RIGHT] != Validity::NONE) base[RIGHT] = cost_of_right(s, in, g, push_cost, gold_label[RIGHT]);
        if (may_break) base[BREAK] = cost_of_break(s, in, g);
        for (size_t m = 0; m < moves.size; ++m) {
            const int32_t kind = moves.kinds[m];
            const uint64_t label = moves.labels[m];
            out[m] = valid.allows(kind, label) ? base[kind] + float(gold_label[kind] != 0 && gold_label[kind] != label) : kInvalidCost;
        }
    }

    // Whether anything from the first waiting token on is annotated.
    static bool has_gold(const Gold& g, const State& s) {
        for (int32_t i = s.B(0) < 0 ? s.size : s.B(0); i < s.size; ++i)
            if (g.heads[i] >= 0) return true;
        return false;
    }

  private:
    static bool in_stack(const State& s, int32_t token) { return s.flags()[token] & IN_STACK; }

    // Whether a token still waits in the buffer of this sentence: what lies behind the next sentence start does not count.
    static bool in_buffer(const State& s, const Input& in, int32_t token) {
        if (token >= s.next) {
            if (token >= s.limit) return false;
            for (int32_t i = 0; i < s.waiting; ++i)
                if (starts(s, in, s.rebuffer()[i])) return false;
            return true;
        }
        if (!(s.flags()[token] & IN_REBUFFER)) return false;
        for (int32_t i = s.waiting - 1; i >= 0; --i) {
            if (starts(s, in, s.rebuffer()[i])) return false;
            if (s.rebuffer()[i] == token) return true;
        }
        return false;
    }

    static int kids_in_stack(const State& s, const Gold& g, int32_t head) {
        int count = 0;
        for (int32_t i = g.kid_offsets[head]; i < g.kid_offsets[head + 1]; ++i) count += in_stack(s, g.kids[i]);
        return count;
    }

    static int kids_in_buffer(const State& s, const Input& in, const Gold& g, int32_t head) {
        int count = 0;
        for (int32_t i = g.kid_offsets[head]; i < g.kid_offsets[head + 1]; ++i) count += in_buffer(s, in, g.kids[i]);
        return count;
    }

    static bool has_gold_head(const Gold& g, int32_t token) { return g.heads[token] >= 0 && g.heads[token] != token; }
    static bool head_in_stack(const State& s, const Gold& g, int32_t token) { return has_gold_head(g, token) && in_stack(s, g.heads[token]); }
    static bool head_in_buffer(const State& s, const Input& in, const Gold& g, int32_t token) {
        return has_gold_head(g, token) && in_buffer(s, in, g.heads[token]);
    }
    // Unknown heads make every arc right.
    static bool is_gold_arc(const Gold& g, int32_t child, int32_t head) { return g.heads[child] < 0 || g.heads[child] == head; }

    static float cost_of_push(const State& s, const Input&, const Gold& g, bool break_valid) {
        const int32_t b0 = s.B(0);
        float cost = float(head_in_stack(s, g, b0)) + kids_in_stack(s, g, b0);
        if (break_valid && g.sent_starts[s.B(1)] == 1) cost += 1;
        return cost;
    }

    static float cost_of_pop(const State& s, const Input& in, const Gold& g, int32_t token) {
        return float(head_in_buffer(s, in, g, token)) + kids_in_buffer(s, in, g, token);
    }

    static float cost_of_reduce(const State& s, const Input& in, const Gold& g, float pop_cost) {
        const int32_t s0 = s.S(0), b0 = s.B(0);
        if (b0 >= 0 && starts(s, in, b0)) return 0;
        if (s.heads()[s0] >= 0) return pop_cost;
        return pop_cost - float(head_in_stack(s, g, s0)) - kids_in_stack(s, g, s0);
    }

    static uint64_t label_of(const Gold& g, int32_t child) { return g.heads[child] >= 0 ? g.labels[child] : 0; }

    static float cost_of_left(const State& s, const Gold& g, float pop_cost, uint64_t& gold_label) {
        const int32_t s0 = s.S(0), b0 = s.B(0);
        float cost = pop_cost;
        if (s.heads()[s0] >= 0) cost += float(s.S(1) >= 0 && g.heads[s0] == s.S(1));
        else cost += float(head_in_stack(s, g, s0)) + kids_in_stack(s, g, s0);
        if (is_gold_arc(g, s0, b0)) {
            cost -= float(g.heads[s0] >= 0);
            gold_label = label_of(g, s0);
        }
        return cost;
    }

    static float cost_of_right(const State& s, const Input& in, const Gold& g, float push_cost, uint64_t& gold_label) {
        const int32_t s0 = s.S(0), b0 = s.B(0);
        if (is_gold_arc(g, b0, s0)) {
            gold_label = label_of(g, b0);
            return push_cost - float(g.heads[b0] >= 0);
        }
        return push_cost + float(head_in_buffer(s, in, g, b0) && !(s.flags()[b0] & UNSHIFTABLE));
    }

    static float cost_of_break(const State& s, const Input& in, const Gold& g) {
        const int32_t b0 = s.B(0), b1 = s.B(1);
        float cost = 0;
        for (int32_t i = 0; i < s.depth; ++i) {
            const int32_t token = s.stack()[i];
            cost += float(head_in_buffer(s, in, g, token)) + kids_in_buffer(s, in, g, token);
            if (has_gold_head(g, b0) && g.heads[b0] == token) cost -= 1;
            if (has_gold_head(g, token) && g.heads[token] == b0) cost -= 1;
        }
        if (g.sent_starts[b1] == 0) cost += 1;
        return cost;
    }

    // The first sentence start at or behind `from` in the plain buffer (its size if there is none).
    static void find_limit(State& s, const Input& in, int32_t from) {
        while (from < s.size && !starts(s, in, from)) ++from;
        s.limit = from;
    }

    static void push(State& s, const Input& in) {
        int32_t token;
        if (s.waiting > 0) {
            token = s.rebuffer()[--s.waiting];
            s.flags()[token] &= uint8_t(~IN_REBUFFER);
        } else {
            token = s.next++;
            if (s.limit < s.next) find_limit(s, in, s.next);
        }
        s.stack()[s.depth++] = token;
        s.flags()[token] |= IN_STACK;
    }

    static void pop(State& s) { s.flags()[s.stack()[--s.depth]] &= uint8_t(~IN_STACK); }

    static void unshift(State& s) {
        const int32_t token = s.stack()[--s.depth];
        s.rebuffer()[s.waiting++] = token;
        s.flags()[token] = uint8_t((s.flags()[token] & ~IN_STACK) | IN_REBUFFER | UNSHIFTABLE);
    }

    static void attach(State& s, int32_t head, int32_t token, int32_t move) {
        if (s.heads()[token] >= 0) detach(s, token);
        int32_t* last = token < head ? s.last_left() : s.last_right();
        s.older()[token] = last[head];
        last[head] = token;
        s.heads()[token] = head;
        s.moves()[token] = move;
    }

    static void detach(State& s, int32_t token) {
        const int32_t head = s.heads()[token];
        int32_t* link = (token < head ? s.last_left() : s.last_right()) + head;
        while (*link != token) link = s.older() + *link;
        *link = s.older()[token];
        s.older()[token] = s.heads()[token] = -1;
    }
};

}  // namespace spacy_lite
