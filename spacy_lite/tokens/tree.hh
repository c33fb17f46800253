// Child lists and subtree edges of a dependency tree given as head offsets. Plain C++, no Python, no allocation.
#pragma once

#include <cstdint>

namespace spacy_lite {

inline int head_of(const uint64_t* head_offsets, int i) noexcept {
    return i + static_cast<int>(static_cast<int64_t>(head_offsets[i]));
}

// Groups tokens by head. first_child (length + 1) is where each token's children start in children (length), which are
// ascending within a token because the tokens are placed in order. A token that is its own head is nobody's child.
inline void group_children(const uint64_t* head_offsets, int length, int* first_child, int* children) noexcept {
    for (int i = 0; i <= length; ++i) first_child[i] = 0;
    for (int i = 0; i < length; ++i)
        if (head_offsets[i] != 0) ++first_child[head_of(head_offsets, i)];
    int total = 0;
    for (int i = 0; i <= length; ++i) {
        const int count = i < length ? first_child[i] : 0;
        first_child[i] = total;
        total += count;
    }
    for (int i = 0; i < length; ++i)
        if (head_offsets[i] != 0) children[first_child[head_of(head_offsets, i)]++] = i;
    // Placing moved each start to its end, which is the next token's start: shift back.
    for (int i = length; i > 0; --i) first_child[i] = first_child[i - 1];
    if (length > 0) first_child[0] = 0;
}

// First and last token of every subtree. A sweep in each direction settles a projective tree; others are swept until nothing
// moves, which ends even on a malformed head column (a cycle), because edges only ever widen.
inline void widen_edges(const uint64_t* head_offsets, int start, int end, int* left_edge, int* right_edge) noexcept {
    for (int i = start; i < end; ++i) left_edge[i] = right_edge[i] = i;
    bool moved = true;
    const auto widen = [&](int i) {
        const int head = head_of(head_offsets, i);
        if (left_edge[i] < left_edge[head]) left_edge[head] = left_edge[i], moved = true;
        if (right_edge[i] > right_edge[head]) right_edge[head] = right_edge[i], moved = true;
    };
    while (moved) {
        moved = false;
        for (int i = start; i < end; ++i) widen(i);
        for (int i = end - 1; i >= start; --i) widen(i);
    }
}

}  // namespace spacy_lite
