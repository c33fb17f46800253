// Special cases that are matched over finished tokens: a trie of word ids, and the choice among matches that overlap.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../kernels/hash_map.hh"
#include "chunks.hh"

namespace spacy_lite {

struct TokenSpan {
    uint32_t start, end;
};

class PhraseTrie {
  public:
    void clear() noexcept {
        children_.clear();
        final_.assign(1, false);
    }

    void add(const std::vector<Piece>& phrase) {
        if (final_.empty()) clear();
        uint32_t node = 0;
        for (const Piece& piece : phrase) {
            const uint64_t edge = edge_key(node, piece.lexeme->orth);
            uint32_t* child = children_.find(edge);
            if (!child) {
                children_.set(edge, uint32_t(final_.size()));
                final_.push_back(false);
                child = children_.find(edge);
            }
            node = *child;
        }
        if (node) final_[node] = true;
    }

    bool empty() const noexcept { return children_.size() == 0; }
    bool opens(uint64_t orth) const noexcept { return !empty() && children_.find(edge_key(0, orth)); }

    // Every phrase found in the pieces, longest and leftmost first choice. A match takes the words it covers even where it
    // lost to an earlier choice, so that what remains does not depend on words two rules compete for.
    std::vector<TokenSpan> choose(const std::vector<Piece>& pieces) const {
        std::vector<TokenSpan> found;
        for (size_t start = 0; start < pieces.size(); ++start)
            if (pieces[start].opens) follow(pieces, start, found);
        std::sort(found.begin(), found.end(), [](const TokenSpan& a, const TokenSpan& b) {
            const uint32_t long_a = a.end - a.start, long_b = b.end - b.start;
            return long_a != long_b ? long_a > long_b : a.start < b.start;
        });
        std::vector<bool> taken(pieces.size(), false);
        std::vector<TokenSpan> chosen;
        for (const TokenSpan& span : found) {
            if (!taken[span.start] && !taken[span.end - 1]) chosen.push_back(span);
            std::fill(taken.begin() + span.start, taken.begin() + span.end, true);
        }
        std::sort(chosen.begin(), chosen.end(), [](const TokenSpan& a, const TokenSpan& b) { return a.start < b.start; });
        return chosen;
    }

  private:
    static uint64_t edge_key(uint32_t node, uint64_t orth) noexcept {
        uint64_t key = (orth ^ (uint64_t(node) * 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL;
        key ^= key >> 33;
        return key ? key : 1;
    }

    void follow(const std::vector<Piece>& pieces, size_t start, std::vector<TokenSpan>& found) const {
        uint32_t node = 0;
        for (size_t at = start; at < pieces.size(); ++at) {
            const uint32_t* child = children_.find(edge_key(node, pieces[at].lexeme->orth));
            if (!child) return;
            node = *child;
            if (final_[node]) found.push_back({uint32_t(start), uint32_t(at + 1)});
        }
    }

    HashMap<uint32_t> children_;
    std::vector<bool> final_;
};

}  // namespace spacy_lite
