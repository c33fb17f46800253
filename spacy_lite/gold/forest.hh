// Numbers the tokens of a forest so that the descendants of a token are a range: whether an arc crosses others is then a
// look at the least and the greatest number under it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace spacy_lite {

class Forest {
  public:
    // heads: index of each token's head, its own for a root, negative where it is not known. Tokens on a cycle, and those
    // below one, descend from no one. May throw std::bad_alloc.
    void assign(const int32_t* heads, size_t n) {
        heads_.assign(heads, heads + n);
        first_.assign(n, 0);
        last_.assign(n, -1);
        std::vector<int32_t> child(n, -1), sibling(n, -1), stack;
        for (size_t i = n; i-- > 0;) {
            const int32_t head = heads[i];
            if (head >= 0 && size_t(head) != i) {
                sibling[i] = child[size_t(head)];
                child[size_t(head)] = int32_t(i);
            }
        }
        int32_t count = 0;
        for (size_t root = 0; root < n; ++root) {
            if (heads[root] >= 0 && size_t(heads[root]) != root) continue;
            for (int32_t token = int32_t(root);;) {
                first_[size_t(token)] = count++;
                if (child[size_t(token)] >= 0) {
                    stack.push_back(token);
                    token = child[size_t(token)];
                    continue;
                }
                last_[size_t(token)] = count - 1;
                while (token >= 0 && sibling[size_t(token)] < 0 && !stack.empty()) {
                    token = stack.back();
                    stack.pop_back();
                    last_[size_t(token)] = count - 1;
                    if (stack.empty()) token = -1;
                }
                if (token < 0 || sibling[size_t(token)] < 0) break;
                token = sibling[size_t(token)];
            }
        }
        reached_ = size_t(count);
    }

    // Is there a token between this one and its head that does not descend from that head? Tokens whose own head is not
    // known do not count. Roots and unknown heads give no arc.
    bool crosses(size_t token) const noexcept {
        const int32_t head = heads_[token];
        if (head < 0) return false;
        const size_t low = token < size_t(head) ? token : size_t(head), high = token < size_t(head) ? size_t(head) : token;
        for (size_t k = low + 1; k < high; ++k) {
            if (heads_[k] < 0) continue;
            if (last_[k] < 0 || first_[k] < first_[size_t(head)] || first_[k] > last_[size_t(head)]) return true;
        }
        return false;
    }

    // The token of the shortest arc that crosses others, the first of equally short ones; -1 without one.
    int32_t shortest_crossing() const noexcept {
        int32_t found = -1, shortest = 0;
        for (size_t token = 0; token < heads_.size(); ++token) {
            const int32_t length = std::abs(heads_[token] - int32_t(token));
            if (heads_[token] >= 0 && length > 1 && (found < 0 || length < shortest) && crosses(token)) {
                found = int32_t(token);
                shortest = length;
            }
        }
        return found;
    }

    // Is every token reached from a root or from a token without a known head?
    bool has_cycle() const noexcept { return reached_ != heads_.size(); }

  private:
    std::vector<int32_t> heads_, first_, last_;
    size_t reached_ = 0;
};

}  // namespace spacy_lite
