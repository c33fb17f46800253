// A trie of phrases over 64-bit ids. One hash map holds all edges, so that a hundred thousand phrases stay compact.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/hash_map.hh"

namespace spacy_lite {

struct PhraseMatch {
    uint64_t key;
    int32_t start, end;
};

class PhraseTrie {
  public:
    PhraseTrie() { clear(); }

    void clear() {
        edges_.clear();
        keys_.assign(1, {});
    }

    void add(uint64_t key, const uint64_t* ids, size_t size) {
        uint32_t node = 0;
        for (size_t i = 0; i < size; i++) {
            uint32_t child = follow(node, ids[i]);
            if (!child) {
                child = uint32_t(keys_.size());
                keys_.emplace_back();
                edges_.set(edge(node, ids[i]), child);
            }
            node = child;
        }
        std::vector<uint64_t>& keys = keys_[node];
        if (size && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }

    // Ends `key` wherever it ends a phrase; nodes stay.
    void remove(uint64_t key) {
        for (std::vector<uint64_t>& keys : keys_) keys.erase(std::remove(keys.begin(), keys.end(), key), keys.end());
    }

    // All phrases in a text, by start, then end, then in the order their keys were added.
    void find(const uint64_t* ids, size_t size, std::vector<PhraseMatch>& found) const {
        for (size_t start = 0; start < size; start++) {
            uint32_t node = 0;
            for (size_t end = start; end < size && (node = follow(node, ids[end])) != 0; end++)
                for (uint64_t key : keys_[node]) found.push_back({key, int32_t(start), int32_t(end + 1)});
        }
    }

  private:
    // Edges are told apart by 64 bits mixed of node and id. Ids are themselves hashes, so that a clash is as likely as one of those.
    static uint64_t edge(uint32_t node, uint64_t id) noexcept {
        uint64_t hash = id + (uint64_t(node) + 1) * 0x9E3779B97F4A7C15ull;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93ull;
        hash ^= hash >> 32;
        return hash ? hash : 1;
    }

    uint32_t follow(uint32_t node, uint64_t id) const noexcept { return edges_.get(edge(node, id), 0); }

    HashMap<uint32_t> edges_;
    std::vector<std::vector<uint64_t>> keys_;  // of the phrases that end at a node
};

}  // namespace spacy_lite
