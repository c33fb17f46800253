// Open-addressing map from 64-bit keys to small values, with linear probing and one allocation.
//
// Key 0 marks a free slot, so it cannot be stored (it is the id of the empty string, which every owner treats apart).
// Keys are spread by a multiplication, because small consecutive ids are stored beside hashes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spacy_lite {

template <typename Value>
class HashMap {
  public:
    struct Slot {
        uint64_t key;
        Value value;
    };

    // The value stored under `key`, or null.
    Value* find(uint64_t key) noexcept {
        if (slots_.empty()) return nullptr;
        for (size_t at = home(key);; at = (at + 1) & mask_) {
            if (slots_[at].key == key) return &slots_[at].value;
            if (slots_[at].key == 0) return nullptr;
        }
    }
    const Value* find(uint64_t key) const noexcept { return const_cast<HashMap*>(this)->find(key); }

    // The value stored under `key`, or `missing`.
    Value get(uint64_t key, Value missing) const noexcept {
        const Value* found = key ? find(key) : nullptr;
        return found ? *found : missing;
    }

    // Stores a value, replacing an earlier one. May throw std::bad_alloc.
    void set(uint64_t key, Value value) {
        if (key == 0) return;
        if ((size_ + 1) * 4 > slots_.size() * 3) grow();
        size_t at = home(key);
        while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & mask_;
        if (slots_[at].key == 0) {
            slots_[at].key = key;
            ++size_;
        }
        slots_[at].value = value;
    }

    bool contains(uint64_t key) const noexcept { return key && find(key) != nullptr; }

    // Forgets `key`; true if it was there. Later members of its run move up, so no tombstones remain.
    bool erase(uint64_t key) noexcept {
        Value* found = key ? find(key) : nullptr;
        if (!found) return false;
        size_t hole = size_t(reinterpret_cast<char*>(found) - reinterpret_cast<char*>(&slots_[0].value)) / sizeof(Slot);
        for (size_t at = (hole + 1) & mask_; slots_[at].key != 0; at = (at + 1) & mask_) {
            const size_t wanted = home(slots_[at].key);
            if (((at - wanted) & mask_) >= ((at - hole) & mask_)) {
                slots_[hole] = slots_[at];
                hole = at;
            }
        }
        slots_[hole].key = 0;
        --size_;
        return true;
    }

    void clear() noexcept {
        std::vector<Slot>().swap(slots_);
        size_ = 0;
        mask_ = 0;
    }

    size_t size() const noexcept { return size_; }
    size_t bytes() const noexcept { return slots_.size() * sizeof(Slot); }

  private:
    size_t home(uint64_t key) const noexcept { return size_t((key * 0x9e3779b97f4a7c15ULL) >> shift_) & mask_; }

    void grow() {
        std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2, Slot{});
        old.swap(slots_);
        mask_ = slots_.size() - 1;
        shift_ = 64;
        for (size_t n = slots_.size(); n > 1; n /= 2) --shift_;
        for (const Slot& slot : old) {
            if (slot.key == 0) continue;
            size_t at = home(slot.key);
            while (slots_[at].key != 0) at = (at + 1) & mask_;
            slots_[at] = slot;
        }
    }

    std::vector<Slot> slots_;
    size_t size_ = 0;
    size_t mask_ = 0;
    int shift_ = 63;
};

}  // namespace spacy_lite
