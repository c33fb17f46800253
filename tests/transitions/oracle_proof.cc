// Brute force against the arc-eager oracle: for every projective tree over SIZE tokens, in every state that any sequence of moves leads to, what the
// oracle calls best is held against the arcs that the best continuation after each move loses.
//
//     oracle_proof SIZE STRIDE BREAKS
//
// STRIDE: every so many trees are looked at (1: all). BREAKS: 0: one sentence; 1: sentences may start anywhere, and the trees are forests of one tree a
// sentence. Prints: states, trees, pairs of both, pairs in which a move is named that is not best, pairs in which a best move is not named, and pairs in
// which the cheapest move costs more than 0.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>
#include <string>
#include <vector>
#include "transitions/arc_eager.hh"

using namespace spacy_lite;

static const int32_t kKinds[5] = {ArcEager::SHIFT, ArcEager::REDUCE, ArcEager::LEFT, ArcEager::RIGHT, ArcEager::BREAK};
static const uint64_t kLabels[5] = {0, 0, 5, 5, 7};
static const Moves kMoves = {kKinds, kLabels, 5};

struct Graph {
    int size;
    ArcEager system;
    ParseInput input;
    std::vector<int8_t> starts;
    std::vector<std::vector<int32_t>> blocks;
    std::vector<ArcEager::State> states;
    std::vector<std::vector<int>> next;  // of each state and move, -1 where it is not valid
    std::vector<int> order;              // what comes after a state stands before it
    std::unordered_map<std::string, int> known;

    Graph(int n, bool breaks) : size(n), starts(n, int8_t(breaks ? 0 : -1)) {
        starts[0] = 1;
        input = {starts.data(), n};
    }

    // All that the future of a state depends on, and the arcs it has.
    std::string key(const ArcEager::State& s) const {
        std::string k;
        k.push_back(char(s.next));
        k.push_back(char(s.depth));
        k.push_back(char(s.waiting));
        for (int i = 0; i < s.depth; ++i) k.push_back(char(s.stack()[i]));
        for (int i = 0; i < s.waiting; ++i) k.push_back(char(s.rebuffer()[i]));
        for (int i = 0; i < size; ++i) k.push_back(char(s.heads()[i] + 1));
        for (int i = 0; i < size; ++i) k.push_back(char(s.flags()[i]));
        return k;
    }

    int visit(std::vector<int32_t> block, ArcEager::State state) {
        state.ints = block.data();
        const std::string k = key(state);
        auto found = known.find(k);
        if (found != known.end()) return found->second;
        const int id = int(states.size());
        known.emplace(k, id);
        blocks.push_back(std::move(block));
        states.push_back(state);
        states.back().ints = blocks.back().data();
        next.emplace_back(5, -1);
        if (!state.is_final()) {
            const Validity valid = system.validity(state, input);
            for (int m = 0; m < 5; ++m) {
                if (!valid.allows(kKinds[m], kLabels[m])) continue;
                std::vector<int32_t> copy = blocks[id];
                ArcEager::State after = states[id];
                after.ints = copy.data();
                ArcEager::apply(after, input, kKinds[m], kLabels[m], m);
                const int child = visit(std::move(copy), after);
                next[id][m] = child;
            }
        }
        order.push_back(id);
        return id;
    }

    void build() {
        std::vector<int32_t> block(ArcEager::state_ints(size) + 1);
        ArcEager::State state;
        state.ints = block.data();
        ArcEager::begin(state, input, 0);
        visit(std::move(block), state);
        for (size_t i = 0; i < states.size(); ++i) states[i].ints = blocks[i].data();
    }
};

// Whether `heads` are trees without crossing arcs, one for each stretch of `starts` (bits), none across.
static bool is_forest(const std::vector<int>& heads, unsigned starts) {
    const int n = int(heads.size());
    std::vector<int> sentence(n), roots(n, 0);
    for (int i = 0, s = -1; i < n; ++i) sentence[i] = s += (i == 0 || (starts >> i & 1));
    auto above = [&](int token, int ancestor) {
        for (int steps = 0; steps <= n; ++steps) {
            if (token == ancestor) return true;
            if (heads[token] == token) return false;
            token = heads[token];
        }
        return false;
    };
    for (int i = 0; i < n; ++i) {
        if (sentence[heads[i]] != sentence[i]) return false;
        roots[sentence[i]] += heads[i] == i;
        int token = i, steps = 0;
        while (heads[token] != token && ++steps <= n) token = heads[token];
        if (steps > n) return false;
    }
    for (int s = 0; s <= sentence[n - 1]; ++s)
        if (roots[s] != 1) return false;
    for (int i = 0; i < n; ++i)
        for (int k = std::min(i, heads[i]) + 1; k < std::max(i, heads[i]); ++k)
            if (!above(k, heads[i])) return false;
    return true;
}

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const int n = std::atoi(argv[1]), stride = std::atoi(argv[2]);
    const bool breaks = std::atoi(argv[3]);
    Graph graph(n, breaks);
    graph.build();
    long trees = 0, looked_at = 0, pairs = 0, wrong = 0, left_out = 0, dear = 0;
    std::vector<int> heads(n, 0), loss(graph.states.size());
    for (unsigned starts = 1; starts < (1u << n); starts += 2) {
        if (!breaks && starts != 1) break;
        std::fill(heads.begin(), heads.end(), 0);
        for (;;) {
            if (is_forest(heads, starts) && trees++ % stride == 0) {
                ++looked_at;
                std::vector<int32_t> gold_heads(heads.begin(), heads.end()), offsets(n + 1, 0), kids;
                std::vector<uint64_t> labels(n);
                std::vector<int8_t> gold_starts(n);
                for (int i = 0; i < n; ++i) {
                    labels[i] = heads[i] == i ? 7 : 5;
                    gold_starts[i] = int8_t(starts >> i & 1);
                    offsets[i] = int32_t(kids.size());
                    for (int k = 0; k < n; ++k)
                        if (k != i && heads[k] == i) kids.push_back(k);
                }
                offsets[n] = int32_t(kids.size());
                kids.push_back(0);
                const ParseGold gold = {gold_heads.data(), labels.data(), gold_starts.data(), offsets.data(), kids.data()};
                for (int id : graph.order) {
                    const ArcEager::State& s = graph.states[id];
                    if (s.is_final()) {
                        loss[id] = 0;
                        for (int i = 0; i < n; ++i) {
                            loss[id] += heads[i] != i && s.heads()[i] != heads[i];
                            loss[id] += i > 0 && bool(s.flags()[i] & ArcEager::STARTS) != bool(gold_starts[i]) && breaks;
                        }
                        continue;
                    }
                    int best = 1 << 20;
                    for (int child : graph.next[id])
                        if (child >= 0) best = std::min(best, loss[child]);
                    loss[id] = best;
                    float costs[5], cheapest = kInvalidCost;
                    graph.system.move_costs(s, graph.input, gold, graph.system.validity(s, graph.input), kMoves, costs);
                    for (float cost : costs) cheapest = std::min(cheapest, cost);
                    bool names_wrong = false, leaves_out = false;
                    for (int m = 0; m < 5; ++m) {
                        if (graph.next[id][m] < 0) continue;
                        const bool named = costs[m] <= cheapest, is_best = loss[graph.next[id][m]] == best;
                        names_wrong |= named && !is_best;
                        leaves_out |= is_best && !named;
                    }
                    ++pairs;
                    wrong += names_wrong;
                    left_out += leaves_out;
                    dear += cheapest > 0;
                }
            }
            int i = 0;
            while (i < n && ++heads[i] == n) heads[i++] = 0;
            if (i == n) break;
        }
    }
    std::printf("%zu %ld %ld %ld %ld %ld\n", graph.states.size(), looked_at, pairs, wrong, left_out, dear);
}
