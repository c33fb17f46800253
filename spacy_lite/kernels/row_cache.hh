// What a layer made of rows it has met before. Words come again, and the layer above their embeddings makes the same of them each time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <vector>

#include "hash_map.hh"
#include "murmurhash.hh"

namespace spacy_lite {

// MurmurHash3 (x64, 128 bits) of a row's values: two different rows have the same one once in 10**38 times.
struct Fingerprint {
    uint64_t key, check;
};

inline Fingerprint fingerprint(const float* row, size_t size) {
    uint64_t hash[2];
    murmurhash3_x64_128(row, size * sizeof(float), 0, hash);
    return {hash[0] ? hash[0] : 1, hash[1]};  // key 0 marks a free place
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
