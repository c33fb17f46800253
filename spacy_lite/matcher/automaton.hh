// Patterns over tokens as position automata (Glushkov 1961): no copies of a state, all matches found in one pass.
// A pattern is a row of positions; each tests a token. A thread is a pattern that was entered at some token, with the set of
// positions it may be at. Knows nothing of Python; tests that need it are asked for by a callback.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace spacy_lite {

// A token attribute has to have a value: slot is the attribute's row in the matrix of values. The first test of a token should
// be the one that fewest tokens pass: patterns are entered by it.
struct EqualTest {
    uint32_t slot;
    uint64_t value;
};

// A token attribute has to have one of some values, or none of them. values are sorted.
struct SetTest {
    uint32_t slot;
    bool outside;
    std::vector<uint64_t> values;

    bool holds(uint64_t value) const noexcept { return std::binary_search(values.begin(), values.end(), value) != outside; }
};

// What a position asks of a token: all tests hold (or, negated, not all of them).
struct TokenTest {
    std::vector<EqualTest> equal;
    std::vector<SetTest> sets;
    std::vector<uint32_t> extra;
    bool negated;
};

inline size_t lowest_bit(uint64_t bits) noexcept {
#if defined(__GNUC__)
    return size_t(__builtin_ctzll(bits));
#else
    size_t i = 0;
    while (!(bits >> i & 1)) i++;
    return i;
#endif
}

struct Match {
    uint64_t key;
    uint32_t pattern;
    int32_t start, end;
};

// Asks whether extra test `extra` holds for a token: 1, 0, or -1 for an error that ends the search.
typedef int (*ExtraTest)(void* context, uint32_t extra, int32_t token);

class PatternSet {
  public:
    uint32_t add_test(const TokenTest& test) {
        tests_.push_back(test);
        return uint32_t(tests_.size() - 1);
    }

    // A pattern given as positions: test, index of the token in the pattern as written, whether it may be skipped, may repeat.
    uint32_t add_pattern(uint64_t key, const std::vector<uint32_t>& tests, const std::vector<uint32_t>& tokens,
                         const std::vector<uint8_t>& optional, const std::vector<uint8_t>& repeats) {
        Pattern pattern;
        pattern.key = key;
        pattern.tests = tests;
        pattern.tokens = tokens;
        size_t n = tests.size();
        pattern.words = (n + 63) / 64;
        pattern.first.assign(pattern.words, 0);
        pattern.last.assign(pattern.words, 0);
        pattern.follow.assign(n * pattern.words, 0);
        reach(pattern.first.data(), 0, n, optional);
        for (size_t i = 0; i < n; i++) {
            uint64_t* follow = &pattern.follow[i * pattern.words];
            if (repeats[i]) set(follow, i);
            if (reach(follow, i + 1, n, optional)) set(pattern.last.data(), i);
        }
        patterns_.push_back(pattern);
        pattern_count_[key]++;
        indexed_ = false;
        return uint32_t(patterns_.size() - 1);
    }

    void clear() {
        tests_.clear();
        patterns_.clear();
        pattern_count_.clear();
        indexed_ = false;
    }

    // All matches in a text of `n` tokens, by end, then start. values: (slots, n). Returns false when an extra test failed.
    bool find(const uint64_t* values, int32_t n, ExtraTest ask, void* context, std::vector<Match>& found) {
        if (!indexed_) index();
        Search search(*this, values, n, ask, context, found);
        return search.run();
    }

    // For a match the index of the pattern's token at each of its tokens, the earliest ones possible.
    bool align(const Match& match, const uint64_t* values, int32_t n, ExtraTest ask, void* context, std::vector<int32_t>& out) {
        std::vector<Match> none;
        Search search(*this, values, n, ask, context, none);
        const Pattern& pattern = patterns_[match.pattern];
        int32_t length = match.end - match.start;
        size_t size = pattern.tests.size();
        // leads[t * size + p]: position p can take token t and the rest of the match follows.
        std::vector<uint8_t> leads(size_t(length) * size, 0);
        for (int32_t t = length - 1; t >= 0; t--) {
            for (size_t p = 0; p < size; p++) {
                int holds = search.test(pattern.tests[p], match.start + t);
                if (holds < 0) return false;
                if (!holds) continue;
                bool ok = t == length - 1 && has(pattern.last.data(), p);
                for (size_t q = 0; !ok && t < length - 1 && q < size; q++)
                    ok = leads[size_t(t + 1) * size + q] && has(&pattern.follow[p * pattern.words], q);
                leads[size_t(t) * size + p] = ok;
            }
        }
        const uint64_t* allowed = pattern.first.data();
        for (int32_t t = 0; t < length; t++) {
            size_t p = 0;
            while (p < size && !(leads[size_t(t) * size + p] && has(allowed, p))) p++;
            if (p == size) return false;
            out.push_back(int32_t(pattern.tokens[p]));
            allowed = &pattern.follow[p * pattern.words];
        }
        return true;
    }

  private:
    struct Pattern {
        uint64_t key;
        std::vector<uint32_t> tests, tokens;
        size_t words;  // of a set of positions
        std::vector<uint64_t> first, last, follow;
    };

    static void set(uint64_t* bits, size_t i) noexcept { bits[i >> 6] |= uint64_t(1) << (i & 63); }
    static bool has(const uint64_t* bits, size_t i) noexcept { return bits[i >> 6] >> (i & 63) & 1; }

    // Adds the positions that can come next from `start` on; true when the pattern may also end there.
    static bool reach(uint64_t* bits, size_t start, size_t n, const std::vector<uint8_t>& optional) noexcept {
        for (size_t i = start; i < n; i++) {
            set(bits, i);
            if (!optional[i]) return false;
        }
        return true;
    }

    static uint64_t entry(uint32_t slot, uint64_t value) noexcept {
        uint64_t hash = (value ^ (uint64_t(slot) * 0xC2B2AE3D27D4EB4Full)) * 0x9E3779B97F4A7C15ull;
        return hash ^ (hash >> 31);
    }

    // Adds the (slot, value) pairs of which a token must have one to pass; false when there are none.
    static bool entries_of(const TokenTest& test, std::vector<std::pair<uint32_t, uint64_t>>& keys) {
        if (test.negated) return false;
        if (!test.equal.empty()) {
            keys.emplace_back(test.equal.front().slot, test.equal.front().value);
            return true;
        }
        for (const SetTest& set : test.sets) {
            if (set.outside) continue;
            for (uint64_t value : set.values) keys.emplace_back(set.slot, value);
            return true;
        }
        return false;
    }

    // Patterns by the value their first token must have, so that a text of n tokens does not cost n times all patterns.
    void index() {
        entries_.clear();
        everywhere_.clear();
        entry_slots_.clear();
        for (uint32_t p = 0; p < patterns_.size(); p++) {
            const Pattern& pattern = patterns_[p];
            std::vector<std::pair<uint32_t, uint64_t>> keys;
            bool selective = true;
            for (size_t i = 0; i < pattern.tests.size() && selective; i++) {
                if (!has(pattern.first.data(), i)) continue;
                selective = entries_of(tests_[pattern.tests[i]], keys);
            }
            if (!selective) {
                everywhere_.push_back(p);
                continue;
            }
            std::sort(keys.begin(), keys.end());
            keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
            for (const auto& key : keys) {
                entries_[entry(key.first, key.second)].push_back(p);
                if (std::find(entry_slots_.begin(), entry_slots_.end(), key.first) == entry_slots_.end())
                    entry_slots_.push_back(key.first);
            }
        }
        indexed_ = true;
    }

    struct Thread {
        uint32_t pattern;
        int32_t start;
        size_t positions;  // offset of its set in the pool
    };

    class Search {
      public:
        Search(const PatternSet& set, const uint64_t* values, int32_t n, ExtraTest ask, void* context, std::vector<Match>& found)
            : set_(set), values_(values), n_(n), ask_(ask), context_(context), found_(found),
              known_at_(set.tests_.size(), -1), known_(set.tests_.size(), 0) {}

        bool run() {
            std::vector<uint32_t> candidates;
            for (int32_t token = 0; token < n_; token++) {
                end_matches_.clear();
                next_.clear();
                next_pool_.clear();
                for (const Thread& thread : threads_)
                    if (!advance(thread.pattern, thread.start, &pool_[thread.positions], token)) return false;
                candidates = set_.everywhere_;
                for (uint32_t slot : set_.entry_slots_) {
                    auto entry = set_.entries_.find(PatternSet::entry(slot, value(slot, token)));
                    if (entry != set_.entries_.end())
                        candidates.insert(candidates.end(), entry->second.begin(), entry->second.end());
                }
                if (candidates.size() > 1) {
                    std::sort(candidates.begin(), candidates.end());
                    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
                }
                for (uint32_t pattern : candidates)
                    if (!advance(pattern, token, set_.patterns_[pattern].first.data(), token)) return false;
                std::swap(threads_, next_);
                std::swap(pool_, next_pool_);
            }
            return true;
        }

        int test(uint32_t test, int32_t token) {
            if (known_at_[test] == token) return known_[test];
            const TokenTest& wanted = set_.tests_[test];
            int holds = 1;
            for (const EqualTest& equal : wanted.equal)
                if (value(equal.slot, token) != equal.value) {
                    holds = 0;
                    break;
                }
            for (size_t i = 0; holds == 1 && i < wanted.sets.size(); i++)
                holds = wanted.sets[i].holds(value(wanted.sets[i].slot, token));
            for (size_t i = 0; holds == 1 && i < wanted.extra.size(); i++) holds = ask_(context_, wanted.extra[i], token);
            if (holds < 0) return -1;
            holds ^= int(wanted.negated);
            known_at_[test] = token;
            known_[test] = uint8_t(holds);
            return holds;
        }

      private:
        uint64_t value(uint32_t slot, int32_t token) const noexcept { return values_[size_t(slot) * size_t(n_) + size_t(token)]; }

        bool advance(uint32_t index, int32_t start, const uint64_t* positions, int32_t token) {
            const Pattern& pattern = set_.patterns_[index];
            size_t here = next_pool_.size();
            next_pool_.resize(here + pattern.words, 0);
            bool ends = false;
            for (size_t word = 0; word < pattern.words; word++) {
                for (uint64_t bits = positions[word]; bits; bits &= bits - 1) {
                    size_t position = word * 64 + lowest_bit(bits);
                    int holds = test(pattern.tests[position], token);
                    if (holds < 0) return false;
                    if (!holds) continue;
                    ends |= PatternSet::has(pattern.last.data(), position);
                    const uint64_t* follow = &pattern.follow[position * pattern.words];
                    for (size_t i = 0; i < pattern.words; i++) next_pool_[here + i] |= follow[i];
                }
            }
            if (ends) report(index, pattern.key, start, token + 1);
            bool alive = false;
            for (size_t i = 0; i < pattern.words; i++) alive |= next_pool_[here + i] != 0;
            if (alive)
                next_.push_back({index, start, here});
            else
                next_pool_.resize(here);
            return true;
        }

        // Patterns of one key may find the same tokens; they are one match.
        void report(uint32_t pattern, uint64_t key, int32_t start, int32_t end) {
            if (set_.pattern_count_.at(key) > 1) {
                uint64_t hash = (key ^ (uint64_t(uint32_t(start)) << 32)) * 0x9E3779B97F4A7C15ull;
                if (!end_matches_.insert(hash).second)
                    for (size_t i = found_.size(); i-- > 0 && found_[i].end == end;)
                        if (found_[i].key == key && found_[i].start == start) return;
            }
            found_.push_back({key, pattern, start, end});
        }

        const PatternSet& set_;
        const uint64_t* values_;
        int32_t n_;
        ExtraTest ask_;
        void* context_;
        std::vector<Match>& found_;
        std::vector<int32_t> known_at_;
        std::vector<uint8_t> known_;
        std::vector<Thread> threads_, next_;
        std::vector<uint64_t> pool_, next_pool_;
        std::unordered_set<uint64_t> end_matches_;
    };

    std::vector<TokenTest> tests_;
    std::vector<Pattern> patterns_;
    std::unordered_map<uint64_t, uint32_t> pattern_count_;
    std::unordered_map<uint64_t, std::vector<uint32_t>> entries_;
    std::vector<uint32_t> everywhere_, entry_slots_;
    bool indexed_ = false;
};

}  // namespace spacy_lite
