// Edit distance of two strings of code points.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spacy_lite {

// Insertions, deletions and replacements that make `b` of `a`. Gives up at `limit` and returns limit + 1; limit < 0: no limit.
inline int64_t edit_distance(const uint32_t* a, size_t a_size, const uint32_t* b, size_t b_size, int64_t limit) {
    while (a_size && b_size && a[0] == b[0]) a++, b++, a_size--, b_size--;
    while (a_size && b_size && a[a_size - 1] == b[b_size - 1]) a_size--, b_size--;
    if (a_size > b_size) std::swap(a, b), std::swap(a_size, b_size);
    if (limit >= 0 && int64_t(b_size - a_size) > limit) return limit + 1;
    std::vector<int64_t> row(a_size + 1);
    for (size_t i = 0; i <= a_size; i++) row[i] = int64_t(i);
    for (size_t j = 1; j <= b_size; j++) {
        int64_t diagonal = row[0], lowest = row[0] = int64_t(j);
        for (size_t i = 1; i <= a_size; i++) {
            int64_t above = row[i];
            row[i] = std::min({row[i - 1] + 1, above + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
            lowest = std::min(lowest, row[i]);
        }
        if (limit >= 0 && lowest > limit) return limit + 1;
    }
    return limit >= 0 && row[a_size] > limit ? limit + 1 : row[a_size];
}

}  // namespace spacy_lite
