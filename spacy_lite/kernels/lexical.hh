// Lexical attributes of ASCII words in one pass; what they mean for other scripts is up to the caller.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace spacy_lite {
namespace lexical {

// Numbers of the flags (see symbols.py).
enum Flag : int {
    is_alpha = 1, is_ascii = 2, is_digit = 3, is_lower = 4, is_punct = 5, is_space = 6, is_title = 7, is_upper = 8,
    like_url = 9, like_num = 10, like_email = 11, is_bracket = 14, is_quote = 15, is_left_punct = 16, is_right_punct = 17,
    is_currency = 18
};

enum Class : uint8_t { lower = 1, upper = 2, digit = 4, punct = 8, space = 16 };

struct ClassTable {
    uint8_t of[128];
    constexpr ClassTable() : of{} {
        for (int c = 'a'; c <= 'z'; ++c) of[c] = lower;
        for (int c = 'A'; c <= 'Z'; ++c) of[c] = upper;
        for (int c = '0'; c <= '9'; ++c) of[c] = digit;
        for (int c = '\t'; c <= '\r'; ++c) of[c] = space;
        for (int c = 0x1c; c <= ' '; ++c) of[c] = space;
        for (const char* c = "!\"#%&'()*,-./:;?@[\\]_{}"; *c; ++c) of[int(*c)] = punct;
    }
};
inline constexpr ClassTable classes;

inline bool is_ascii_text(const char* data, size_t size) noexcept {
    uint8_t all = 0;
    for (size_t i = 0; i < size; ++i) all |= uint8_t(data[i]);
    return all < 128;
}

// Numbers as people write them: a sign, digits with any full stops and commas, at most one fraction bar.
inline bool ascii_like_num(const char* data, size_t size) noexcept {
    size_t i = size && std::strchr("+-~", data[0]) && data[0] ? 1 : 0;
    size_t digits = 0, bars = 0;
    for (; i < size; ++i) {
        const char c = data[i];
        if (c >= '0' && c <= '9') {
            ++digits;
        } else if (c == '/') {
            if (digits == 0 || ++bars > 1) return false;
            digits = 0;
        } else if (c != '.' && c != ',') {
            return false;
        }
    }
    return digits > 0;
}

// Could the word be an address: worth a closer look by the caller?
inline bool maybe_url(const char* data, size_t size) noexcept {
    if (size > 4 && !std::memcmp(data, "http", 4)) return true;
    return size > 2 && data[0] != '.' && data[size - 1] != '.' && std::memchr(data, '.', size);
}

inline uint64_t bit(int flag, bool holds) noexcept { return uint64_t(holds) << flag; }

// All flags of a non-empty ASCII word but like_url and like_email, which stand for "maybe" here.
inline uint64_t ascii_flags(const char* data, size_t size) noexcept {
    uint8_t any = 0, all = 0xff;
    bool title = true, after_cased = false, currency = true;
    for (size_t i = 0; i < size; ++i) {
        const uint8_t kind = classes.of[uint8_t(data[i]) & 127];
        any |= kind;
        all &= kind ? kind : 0;
        // A class of its own for letters: a word may mix both cases and still be alphabetic.
        if (kind & upper) title = title && !after_cased;
        if (kind & lower) title = title && after_cased;
        after_cased = kind & (lower | upper);
        currency = currency && data[i] == '$';
    }
    bool letters = true;
    for (size_t i = 0; i < size && letters; ++i) letters = classes.of[uint8_t(data[i]) & 127] & (lower | upper);
    const bool cased = any & (lower | upper);
    uint64_t flags = bit(is_ascii, true) | bit(is_alpha, letters) | bit(is_digit, all & digit) | bit(is_punct, all & punct)
        | bit(is_space, all & space) | bit(is_lower, cased && !(any & upper)) | bit(is_upper, cased && !(any & lower))
        | bit(is_title, cased && title) | bit(is_currency, currency) | bit(like_num, ascii_like_num(data, size))
        | bit(like_email, size > 4 && std::memchr(data, '@', size)) | bit(like_url, maybe_url(data, size));
    if (size == 1) {
        const char c = data[0];
        const bool open = c == '(' || c == '[' || c == '{' || c == '<', close = c == ')' || c == ']' || c == '}' || c == '>';
        const bool straight = c == '"' || c == '\'';
        flags |= bit(is_bracket, open || close) | bit(is_quote, straight || c == '`') | bit(is_left_punct, open || straight)
            | bit(is_right_punct, close || straight);
    } else if (size == 2 && data[0] == data[1]) {
        flags |= bit(is_quote, data[0] == '\'' || data[0] == '`') | bit(is_left_punct, data[0] == '`')
            | bit(is_right_punct, data[0] == '\'');
    }
    return flags;
}

// Writes the word in lower case; true if that differs. `out` has room for `size` bytes.
inline bool ascii_lower(const char* data, size_t size, char* out) noexcept {
    uint8_t changed = 0;
    for (size_t i = 0; i < size; ++i) {
        const uint8_t turn = classes.of[uint8_t(data[i]) & 127] & upper ? 32 : 0;
        changed |= turn;
        out[i] = char(data[i] | turn);
    }
    return changed != 0;
}

// Writes the word's shape: X, x and d for letters and digits, other characters themselves, runs cut to four.
// Words of 100 characters or more have the shape "LONG". Returns the shape's length, at most `size` (or 4).
inline size_t ascii_shape(const char* data, size_t size, char* out) noexcept {
    if (size >= 100) {
        std::memcpy(out, "LONG", 4);
        return 4;
    }
    size_t length = 0;
    int run = 0;
    char last = '\0';
    for (size_t i = 0; i < size; ++i) {
        const uint8_t kind = classes.of[uint8_t(data[i]) & 127];
        const char c = kind & upper ? 'X' : kind & lower ? 'x' : kind & digit ? 'd' : data[i];
        run = i && c == last ? run + 1 : 1;
        last = c;
        if (run <= 4) out[length++] = c;
    }
    return length;
}

}  // namespace lexical
}  // namespace spacy_lite
