// The three members of the MurmurHash family that trained models and vector tables depend on.
//
// MurmurHash64A (seed 1) numbers strings; MurmurHash3 x86-128 spreads ids over the rows of hash embeddings;
// MurmurHash3 x64-128 addresses floret tables. All read the input as little-endian words, whatever the machine,
// and never read past its end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace spacy_lite {

template <typename Word>
inline Word load_little_endian(const uint8_t* from) noexcept {
    Word word;
    std::memcpy(&word, from, sizeof(Word));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    Word swapped = 0;
    for (size_t i = 0; i < sizeof(Word); ++i) swapped |= Word((word >> (8 * i)) & 0xff) << (8 * (sizeof(Word) - 1 - i));
    word = swapped;
#endif
    return word;
}

// The last `size` (fewer than 8) bytes as one number.
inline uint64_t load_tail(const uint8_t* from, size_t size) noexcept {
    uint64_t word = 0;
    for (size_t i = 0; i < size; ++i) word |= uint64_t(from[i]) << (8 * i);
    return word;
}

inline uint32_t rotate_left(uint32_t x, int bits) noexcept { return (x << bits) | (x >> (32 - bits)); }
inline uint64_t rotate_left(uint64_t x, int bits) noexcept { return (x << bits) | (x >> (64 - bits)); }

inline uint64_t murmurhash64a(const void* data, size_t size, uint64_t seed) noexcept {
    constexpr uint64_t factor = 0xc6a4a7935bd1e995ULL;
    const uint8_t* at = static_cast<const uint8_t*>(data);
    uint64_t hash = seed ^ (size * factor);
    for (size_t left = size / 8; left; --left, at += 8) {
        uint64_t word = load_little_endian<uint64_t>(at) * factor;
        word ^= word >> 47;
        hash = (hash ^ (word * factor)) * factor;
    }
    if (size % 8) hash = (hash ^ load_tail(at, size % 8)) * factor;
    hash = (hash ^ (hash >> 47)) * factor;
    return hash ^ (hash >> 47);
}

inline uint32_t finish_mix(uint32_t x) noexcept {
    x = (x ^ (x >> 16)) * 0x85ebca6bu;
    x = (x ^ (x >> 13)) * 0xc2b2ae35u;
    return x ^ (x >> 16);
}

inline uint64_t finish_mix(uint64_t x) noexcept {
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

inline void murmurhash3_x86_128(const void* data, size_t size, uint32_t seed, uint32_t out[4]) noexcept {
    constexpr uint32_t factor[4] = {0x239b961bu, 0xab0e9789u, 0x38b34ae5u, 0xa1e38b93u};
    constexpr uint32_t addend[4] = {0x561ccd1bu, 0x0bcaa747u, 0x96cd1c35u, 0x32ac3b17u};
    constexpr int word_turn[4] = {15, 16, 17, 18};
    constexpr int hash_turn[4] = {19, 17, 15, 13};
    const uint8_t* at = static_cast<const uint8_t*>(data);
    uint32_t hash[4] = {seed, seed, seed, seed};
    auto scramble = [&](uint32_t word, int lane) {
        return rotate_left(word * factor[lane], word_turn[lane]) * factor[(lane + 1) % 4];
    };
    for (size_t left = size / 16; left; --left, at += 16) {
        for (int lane = 0; lane < 4; ++lane) {
            hash[lane] ^= scramble(load_little_endian<uint32_t>(at + 4 * lane), lane);
            hash[lane] = rotate_left(hash[lane], hash_turn[lane]) + hash[(lane + 1) % 4];
            hash[lane] = hash[lane] * 5 + addend[lane];
        }
    }
    const size_t rest = size % 16;
    for (int lane = 0; lane < 4; ++lane) {
        const size_t start = 4 * size_t(lane);
        if (rest <= start) break;
        const size_t width = rest - start < 4 ? rest - start : 4;
        hash[lane] ^= scramble(uint32_t(load_tail(at + start, width)), lane);
    }
    for (uint32_t& lane : hash) lane ^= uint32_t(size);
    hash[0] += hash[1] + hash[2] + hash[3];
    for (int lane = 1; lane < 4; ++lane) hash[lane] += hash[0];
    for (uint32_t& lane : hash) lane = finish_mix(lane);
    hash[0] += hash[1] + hash[2] + hash[3];
    for (int lane = 1; lane < 4; ++lane) hash[lane] += hash[0];
    std::memcpy(out, hash, sizeof(hash));
}

inline void murmurhash3_x64_128(const void* data, size_t size, uint64_t seed, uint64_t out[2]) noexcept {
    constexpr uint64_t a = 0x87c37b91114253d5ULL, b = 0x4cf5ad432745937fULL;
    const uint8_t* at = static_cast<const uint8_t*>(data);
    uint64_t low = seed, high = seed;
    auto scramble_low = [](uint64_t word) { return rotate_left(word * a, 31) * b; };
    auto scramble_high = [](uint64_t word) { return rotate_left(word * b, 33) * a; };
    for (size_t left = size / 16; left; --left, at += 16) {
        low ^= scramble_low(load_little_endian<uint64_t>(at));
        low = (rotate_left(low, 27) + high) * 5 + 0x52dce729u;
        high ^= scramble_high(load_little_endian<uint64_t>(at + 8));
        high = (rotate_left(high, 31) + low) * 5 + 0x38495ab5u;
    }
    const size_t rest = size % 16;
    if (rest > 8) high ^= scramble_high(load_tail(at + 8, rest - 8));
    if (rest) low ^= scramble_low(rest < 8 ? load_tail(at, rest) : load_little_endian<uint64_t>(at));
    low ^= size;
    high ^= size;
    low += high;
    high += low;
    low = finish_mix(low);
    high = finish_mix(high);
    low += high;
    high += low;
    out[0] = low;
    out[1] = high;
}

// The id of a string.
inline uint64_t string_id(const char* data, size_t size) noexcept { return size ? murmurhash64a(data, size, 1) : 0; }

}  // namespace spacy_lite
