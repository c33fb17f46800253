// What a layer made of rows it has met before. Words come again, and the layer above their embeddings makes the same of them each time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <vector>

#include "hash_map.hh"

namespace spacy_lite {

// 128 bits of a row's own bits: two different rows have the same ones once in 10**38 times.
struct Fingerprint {
    uint64_t key, check;
};

inline uint64_t spread(uint64_t x) {
    x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;
    x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93ull;
    return x ^ (x >> 32);
}

inline Fingerprint fingerprint(const float* row, size_t size) {
    constexpr size_t LANES = 4;  // side by side, since each step waits for the one before
    const uint64_t factors[LANES] = {0x9E3779B97F4A7C15ull, 0xC2B2AE3D27D4EB4Full, 0x165667B19E3779F9ull, 0xD6E8FEB86659FD93ull};
    uint64_t state[LANES] = {1, 2, 3, 4};
    size_t at = 0;
    for (; at + 2 * LANES <= size; at += 2 * LANES) {
        for (size_t lane = 0; lane < LANES; ++lane) {
            uint64_t pair;
            std::memcpy(&pair, row + at + 2 * lane, sizeof pair);
            state[lane] = (state[lane] ^ pair) * factors[lane];
            state[lane] ^= state[lane] >> 29;
        }
    }
    for (; at < size; ++at) {
        uint32_t bits;
        std::memcpy(&bits, row + at, sizeof bits);
        state[at % LANES] = spread(state[at % LANES] ^ bits ^ 0x5851F42D4C957F2Dull);
    }
    uint64_t key = size, check = ~uint64_t(size);
    for (size_t lane = 0; lane < LANES; ++lane) {
        key = spread(key + state[lane]);
        check = spread(check ^ (state[lane] * factors[LANES - 1 - lane]));
    }
    return {key ? key : 1, check};
}

// Threads may share it. One that finds another at work does without, and so does a process that was forked while one was.
class RowCache {
  public:
    // depth, width: of the rows that come in and go out. capacity: most rows to keep; then it begins anew.
    RowCache(size_t depth, size_t width, size_t capacity) : depth_(depth), width_(width), capacity_(capacity) {}

    // Writes what is kept of each row to `out`, and the numbers of the others to `missing`; returns how many those are.
    size_t find(const float* rows, size_t count, Fingerprint* prints, float* out, int32_t* missing) {
        for (size_t i = 0; i < count; ++i) prints[i] = fingerprint(rows + i * depth_, depth_);
        std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
        size_t absent = 0;
        for (size_t i = 0; i < count; ++i) {
            const Place* place = lock.owns_lock() ? places_.find(prints[i].key) : nullptr;
            if (place && place->check == prints[i].check)
                std::memcpy(out + i * width_, values_.data() + place->number * width_, width_ * sizeof(float));
            else
                missing[absent++] = int32_t(i);
        }
        return absent;
    }

    // Keeps `made` (count, width), which belongs to the rows numbered `missing`. May throw std::bad_alloc.
    void keep(const Fingerprint* prints, const int32_t* missing, size_t count, const float* made) {
        std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
        if (!lock.owns_lock() || count > capacity_) return;
        if (values_.size() + count * width_ > capacity_ * width_) {
            places_ = HashMap<Place>();
            values_.clear();
        }
        for (size_t i = 0; i < count; ++i) {
            const Fingerprint& print = prints[missing[i]];
            if (places_.contains(print.key)) continue;
            values_.insert(values_.end(), made + i * width_, made + (i + 1) * width_);
            places_.set(print.key, {print.check, values_.size() / width_ - 1});
        }
    }

    size_t depth() const { return depth_; }
    size_t width() const { return width_; }
    size_t size() const { return values_.size() / width_; }

  private:
    struct Place {
        uint64_t check;
        size_t number;
    };
    size_t depth_, width_, capacity_;
    HashMap<Place> places_;
    std::vector<float> values_;
    std::mutex mutex_;
};

}  // namespace spacy_lite
