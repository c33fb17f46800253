// Edit trees (Chrupala 2008; Müller et al. 2015): how a form becomes a lemma, as a tree over the longest stretch both share.
// A match node keeps the middle of a form and has trees for what is before and after it; a substitution node replaces one
// string by another. Lengths count code points; strings are UTF-8. A forest gives equal trees one id, children first.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

namespace spacy_lite {

struct EditNode {
    bool is_match;
    uint32_t prefix_len, suffix_len;    // match: code points before and after the part that is kept
    uint32_t prefix_tree, suffix_tree;  // match: trees for those parts, or NO_TREE
    uint64_t orig, subst;               // substitution: ids of the strings

    bool operator==(const EditNode& other) const noexcept {
        return is_match == other.is_match && prefix_len == other.prefix_len && suffix_len == other.suffix_len &&
               prefix_tree == other.prefix_tree && suffix_tree == other.suffix_tree && orig == other.orig && subst == other.subst;
    }
    bool is_identity() const noexcept;
};

constexpr uint32_t NO_TREE = 0xFFFFFFFFu;

inline bool EditNode::is_identity() const noexcept {
    return is_match && prefix_tree == NO_TREE && suffix_tree == NO_TREE && !prefix_len && !suffix_len;
}

struct EditNodeHash {
    size_t operator()(const EditNode& node) const noexcept {
        uint64_t hash = node.is_match;
        for (uint64_t field : {uint64_t(node.prefix_len), uint64_t(node.suffix_len), uint64_t(node.prefix_tree),
                               uint64_t(node.suffix_tree), node.orig, node.subst}) {
            hash = (hash ^ field) * 0x9E3779B97F4A7C15ull;
            hash ^= hash >> 29;
        }
        return size_t(hash);
    }
};

// A UTF-8 string addressed by code point. Plain ASCII needs no table of offsets.
class CodePoints {
  public:
    CodePoints(const char* data, size_t size) : data_(data), length_(size) {
        size_t i = 0;
        while (i < size && !(data[i] & 0x80)) i++;
        if (i == size) return;
        offsets_.reserve(size + 1);
        for (i = 0; i < size; i++)
            if ((data[i] & 0xC0) != 0x80) offsets_.push_back(uint32_t(i));
        length_ = offsets_.size();
        offsets_.push_back(uint32_t(size));
    }
    size_t length() const noexcept { return length_; }
    const char* at(size_t i) const noexcept { return data_ + (offsets_.empty() ? i : offsets_[i]); }

  private:
    const char* data_;
    size_t length_;
    std::vector<uint32_t> offsets_;
};

// Longest stretch two strings share, [start, end) in each; empty when they have no character in common. The first of equals.
struct CommonStretch {
    size_t form_start, form_end, lemma_start, lemma_end;
};

inline CommonStretch longest_common_stretch(const uint32_t* form, size_t form_size, const uint32_t* lemma, size_t lemma_size) {
    std::vector<size_t> before(lemma_size + 1, 0), here(lemma_size + 1, 0);
    CommonStretch best{0, 0, 0, 0};
    for (size_t i = 0; i < form_size; i++) {
        for (size_t j = 0; j < lemma_size; j++) {
            size_t run = form[i] == lemma[j] ? before[j] + 1 : 0;
            here[j + 1] = run;
            if (run > best.form_end - best.form_start) best = {i + 1 - run, i + 1, j + 1 - run, j + 1};
        }
        std::swap(before, here);
    }
    return best;
}

class EditForest {
  public:
    size_t size() const noexcept { return nodes_.size(); }
    const EditNode& at(size_t tree) const noexcept { return nodes_[tree]; }
    uint32_t depth(size_t tree) const noexcept { return depths_[tree]; }

    void clear() {
        nodes_.clear();
        depths_.clear();
        strings_.clear();
        ids_.clear();
    }

    // Id of an equal tree, or NO_TREE.
    uint32_t find(const EditNode& node) const {
        auto found = ids_.find(node);
        return found == ids_.end() ? NO_TREE : found->second;
    }

    // Appends a tree whatever there is already; `find` goes on giving the first of equals. Children must be there.
    uint32_t append(const EditNode& node, const char* orig, size_t orig_size, const char* subst, size_t subst_size) {
        uint32_t tree = uint32_t(nodes_.size());
        uint32_t depth = 0;
        if (node.is_match) {
            if (node.prefix_tree != NO_TREE) depth = depths_[node.prefix_tree];
            if (node.suffix_tree != NO_TREE && depths_[node.suffix_tree] > depth) depth = depths_[node.suffix_tree];
        }
        nodes_.push_back(node);
        depths_.push_back(depth + 1);
        strings_.emplace_back(std::string(orig, orig_size), std::string(subst, subst_size));
        ids_.emplace(node, tree);
        return tree;
    }

    // Appends the lemma to `out`; false, with `out` unspecified, where the tree does not fit the form.
    bool apply(uint32_t tree, const char* form, size_t size, std::string& out) const {
        CodePoints points(form, size);
        return apply_part(tree, points, 0, points.length(), &out);
    }

    // Whether the tree fits the form.
    bool fits(uint32_t tree, const char* form, size_t size) const {
        if (nodes_[tree].is_identity()) return true;
        CodePoints points(form, size);
        return apply_part(tree, points, 0, points.length(), nullptr);
    }

  private:
    bool apply_part(uint32_t tree, const CodePoints& form, size_t start, size_t end, std::string* out) const {
        const EditNode& node = nodes_[tree];
        const char* first = form.at(start);
        if (!node.is_match) {
            const std::string& orig = strings_[tree].first;
            if (size_t(form.at(end) - first) != orig.size() || memcmp(first, orig.data(), orig.size()) != 0) return false;
            if (out) out->append(strings_[tree].second);
            return true;
        }
        if (uint64_t(node.prefix_len) + node.suffix_len > end - start) return false;
        size_t kept_start = start + node.prefix_len, kept_end = end - node.suffix_len;
        if (node.prefix_tree != NO_TREE && !apply_part(node.prefix_tree, form, start, kept_start, out)) return false;
        if (out) out->append(form.at(kept_start), form.at(kept_end) - form.at(kept_start));
        return node.suffix_tree == NO_TREE || apply_part(node.suffix_tree, form, kept_end, end, out);
    }

    std::vector<EditNode> nodes_;
    std::vector<uint32_t> depths_;
    std::vector<std::pair<std::string, std::string>> strings_;  // of substitution nodes
    std::unordered_map<EditNode, uint32_t, EditNodeHash> ids_;
};

}  // namespace spacy_lite
