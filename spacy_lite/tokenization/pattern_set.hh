// Sets of characters as regular expressions write them: ranges and categories, possibly negated.
#pragma once
#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace spacy_lite {

// Unicode as the interpreter at hand defines it, so that categories and case agree with its own `re`.
struct Unicode {
    int (*is_digit)(uint32_t);
    int (*is_space)(uint32_t);
    int (*is_word)(uint32_t);
    uint32_t (*lower)(uint32_t);
    uint32_t (*upper)(uint32_t);
    // Lower-case letters that share their upper case with others (s and the long s); empty where not known.
    std::unordered_map<uint32_t, std::vector<uint32_t>> same_upper;
};

enum Category : uint8_t { DIGIT = 1, SPACE = 2, WORD = 4, NOT_DIGIT = 8, NOT_SPACE = 16, NOT_WORD = 32 };

class CharSet {
  public:
    void add(uint32_t low, uint32_t high) { ranges_.push_back({low, high}); }
    void add(Category category) { categories_ |= category; }
    void negate() noexcept { negated_ = true; }
    void ignore_case() noexcept { folds_ = true; }

    // Sorts the ranges and tabulates the first 256 characters. Call once, after the last `add`.
    void finish(const Unicode& unicode) {
        unicode_ = &unicode;
        if (folds_) fold();
        std::sort(ranges_.begin(), ranges_.end());
        std::vector<std::pair<uint32_t, uint32_t>> merged;
        for (const auto& range : ranges_) {
            if (!merged.empty() && range.first <= uint64_t(merged.back().second) + 1)
                merged.back().second = std::max(merged.back().second, range.second);
            else
                merged.push_back(range);
        }
        ranges_.swap(merged);
        for (uint32_t c = 0; c < 256; ++c)
            if (look_up(c)) table_[c / 64] |= uint64_t(1) << (c % 64);
    }

    bool contains(uint32_t c) const noexcept { return c < 256 ? (table_[c / 64] >> (c % 64)) & 1 : look_up(c); }

  private:
    bool look_up(uint32_t c) const noexcept {
        if (folds_) c = unicode_->lower(c);
        return (in_ranges(c) || in_categories(c)) != negated_;
    }

    // Ranges in lower case, to be compared with characters in lower case; left alone where no member has case.
    void fold() {
        std::vector<std::pair<uint32_t, uint32_t>> lowered;
        bool cased = false;
        for (const auto& range : ranges_) {
            for (uint32_t c = range.first;; ++c) {
                const uint32_t low = unicode_->lower(c);
                cased |= low != c || unicode_->upper(c) != c;
                lowered.push_back({low, low});
                const auto others = unicode_->same_upper.find(low);
                if (others != unicode_->same_upper.end())
                    for (uint32_t other : others->second) lowered.push_back({other, other});
                if (c == range.second) break;
            }
        }
        folds_ = cased;
        if (cased) ranges_.swap(lowered);
    }

    bool in_ranges(uint32_t c) const noexcept {
        auto after = std::upper_bound(ranges_.begin(), ranges_.end(), c, [](uint32_t x, const auto& r) { return x < r.first; });
        return after != ranges_.begin() && c <= std::prev(after)->second;
    }

    bool in_categories(uint32_t c) const noexcept {
        if (!categories_) return false;
        return ((categories_ & DIGIT) && unicode_->is_digit(c)) || ((categories_ & NOT_DIGIT) && !unicode_->is_digit(c)) ||
               ((categories_ & SPACE) && unicode_->is_space(c)) || ((categories_ & NOT_SPACE) && !unicode_->is_space(c)) ||
               ((categories_ & WORD) && unicode_->is_word(c)) || ((categories_ & NOT_WORD) && !unicode_->is_word(c));
    }

    std::vector<std::pair<uint32_t, uint32_t>> ranges_;
    const Unicode* unicode_ = nullptr;
    uint64_t table_[4] = {0, 0, 0, 0};
    uint8_t categories_ = 0;
    bool negated_ = false;
    bool folds_ = false;
};

// An upper bound of the characters a match may begin with; `empty` says that it may also consume nothing.
struct FirstSet {
    uint64_t table[4] = {0, 0, 0, 0};  // the first 256 characters
    bool others = false;               // any later character
    bool empty = false;

    void add(const CharSet& set) noexcept {
        for (uint32_t c = 0; c < 256; ++c)
            if (set.contains(c)) table[c / 64] |= uint64_t(1) << (c % 64);
        others = true;
    }
    void add(uint32_t c) noexcept {
        if (c < 256) table[c / 64] |= uint64_t(1) << (c % 64);
        else others = true;
    }
    void join(const FirstSet& other) noexcept {
        for (int i = 0; i < 4; ++i) table[i] |= other.table[i];
        others |= other.others;
    }
    bool allows(uint32_t c) const noexcept { return c < 256 ? (table[c / 64] >> (c % 64)) & 1 : others; }
};

}  // namespace spacy_lite
