// Rows of a text file of word vectors: a word and `width` decimal numbers a line. Knows no Python.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace spacy_lite {

enum RowProblem : int32_t { ROW_GOOD, ROW_BLANK, ROW_COLUMNS, ROW_NUMBER, ROW_NOT_FINITE, ROW_NO_WORD, ROW_ENCODING };

inline bool is_gap(char c) { return c == ' ' || c == '\t' || c == '\r'; }
inline bool is_digit(char c) { return unsigned(c - '0') < 10; }

// Ten to the power, exact up to 22; 0 and infinity beyond what a double holds.
inline double power_of_ten(int exponent) {
    static const double exact[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return exponent < 23 ? exact[exponent] : std::pow(10.0, exponent);
}

// Is the text one of the words nan, inf, infinity, in any case?
inline bool is_special(const char* text, size_t size) {
    const char* names[3] = {"nan", "inf", "infinity"};
    for (const char* name : names) {
        if (size != std::strlen(name)) continue;
        size_t i = 0;
        while (i < size && (text[i] | 0x20) == name[i]) ++i;
        if (i == size) return true;
    }
    return false;
}

// Reads a decimal number that ends at a gap or at `end`; null where it is none. Up to 15 digits and powers of ten up to 22 (all
// that programs write for a float32) go through a correctly rounded double, as in Python; beyond, the double is off by two units
// in the last place at most, which is seen in one float of a hundred million.
inline const char* parse_number(const char* at, const char* end, float& out, bool& finite) {
    const bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) ++at;
    uint64_t digits = 0;
    int exponent = 0, significant = 0;
    const char* first = at;
    for (; at < end && is_digit(*at); ++at) {
        if (significant < 19) {
            digits = digits * 10 + uint64_t(*at - '0');
            significant += digits != 0;
        } else {
            ++exponent;
        }
    }
    ptrdiff_t seen = at - first;
    if (at < end && *at == '.') {
        const char* point = ++at;
        for (; at < end && is_digit(*at); ++at) {
            if (significant < 19) {
                digits = digits * 10 + uint64_t(*at - '0');
                significant += digits != 0;
                --exponent;
            }
        }
        seen += at - point;
    }
    if (seen == 0) {
        const char* stop = first;
        while (stop < end && !is_gap(*stop)) ++stop;
        if (!is_special(first, size_t(stop - first))) return nullptr;
        finite = false;
        out = 0;
        return stop;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char* mark = ++at;
        const bool down = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+')) ++at;
        mark = at;
        int power = 0;
        for (; at < end && is_digit(*at); ++at)
            if (power < 100000) power = power * 10 + (*at - '0');
        if (at == mark) return nullptr;
        exponent += down ? -power : power;
    }
    if (at < end && !is_gap(*at)) return nullptr;
    double value = double(digits);
    if (digits != 0 && exponent != 0) value = exponent < 0 ? value / power_of_ten(-exponent) : value * power_of_ten(exponent);
    out = float(negative ? -value : value);
    if (!std::isfinite(out)) finite = false;
    return at;
}

// Reads exactly `width` numbers from `at` to `end`. Sets `finite` to false for one that is not.
inline bool parse_numbers(const char* at, const char* end, size_t width, float* out, bool& finite) {
    for (size_t i = 0; i < width; ++i) {
        while (at < end && is_gap(*at)) ++at;
        if (at == end) return false;
        at = parse_number(at, end, out[i], finite);
        if (at == nullptr) return false;
    }
    return at == end;
}

inline int32_t count_columns(const char* at, const char* end) {
    int32_t columns = 0;
    while (at < end) {
        while (at < end && is_gap(*at)) ++at;
        if (at < end) ++columns;
        while (at < end && !is_gap(*at)) ++at;
    }
    return columns;
}

// Is this well-formed UTF-8? (Surrogates and overlong forms are not.)
inline bool is_utf8(const char* text, size_t size) {
    const uint8_t* s = reinterpret_cast<const uint8_t*>(text);
    for (size_t i = 0; i < size;) {
        const uint8_t c = s[i];
        const size_t more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : (c & 0xf0) == 0xe0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : size;
        if (i + more >= size) return false;
        for (size_t k = 1; k <= more; ++k)
            if ((s[i + k] & 0xc0) != 0x80) return false;
        if (more == 2 && ((c == 0xe0 && s[i + 1] < 0xa0) || (c == 0xed && s[i + 1] >= 0xa0))) return false;
        if (more == 3 && ((c == 0xf0 && s[i + 1] < 0x90) || (c == 0xf4 && s[i + 1] >= 0x90))) return false;
        i += more + 1;
    }
    return true;
}

// One line, without its line end. The last `width` columns are the numbers, what stands before them is the word, which may hold
// spaces. `word_size` is its length.
inline RowProblem parse_row(const char* line, const char* end, size_t width, float* out, size_t& word_size) {
    while (end > line && is_gap(end[-1])) --end;
    if (end == line) return ROW_BLANK;
    bool finite = true;
    const char* gap = line;
    while (gap < end && !is_gap(*gap)) ++gap;
    if (gap == line || !parse_numbers(gap, end, width, out, finite)) {
        gap = end;
        size_t columns = 0;
        while (columns < width && gap > line) {
            while (gap > line && is_gap(gap[-1])) --gap;
            if (gap > line) ++columns;
            while (gap > line && !is_gap(gap[-1])) --gap;
        }
        if (columns < width) return ROW_COLUMNS;
        const char* numbers = gap;
        while (gap > line && is_gap(gap[-1])) --gap;
        if (gap == line) return parse_numbers(line, end, width, out, finite) ? ROW_NO_WORD : ROW_COLUMNS;
        finite = true;
        if (!parse_numbers(numbers, end, width, out, finite)) return ROW_NUMBER;
    }
    word_size = size_t(gap - line);
    if (!is_utf8(line, word_size)) return ROW_ENCODING;
    return finite ? ROW_GOOD : ROW_NOT_FINITE;
}

// What became of a stretch of lines.
struct ParsedRows {
    size_t consumed = 0;             // bytes, whole lines only
    size_t lines = 0;                // lines in them
    size_t rows = 0;                 // rows put into the table
    std::vector<int64_t> words;      // start and end of each row's word
    std::vector<int64_t> bad;        // line (from 0), problem and number of columns of each line that is no row
};

// Parses lines into `table` (room, width) until it is full or the text ends. Unless `last`, a line without an end is left.
// May throw std::bad_alloc.
inline void parse_rows(const char* text, size_t size, bool last, size_t width, float* table, size_t room, ParsedRows& parsed) {
    while (parsed.consumed < size && parsed.rows < room) {
        const char* line = text + parsed.consumed;
        const char* stop = static_cast<const char*>(std::memchr(line, '\n', size - parsed.consumed));
        if (stop == nullptr && !last) return;
        const char* end = stop == nullptr ? text + size : stop;
        size_t word_size = 0;
        const RowProblem problem = parse_row(line, end, width, table + parsed.rows * width, word_size);
        if (problem == ROW_GOOD) {
            parsed.words.push_back(int64_t(parsed.consumed));
            parsed.words.push_back(int64_t(parsed.consumed + word_size));
            ++parsed.rows;
        } else if (problem != ROW_BLANK) {
            parsed.bad.push_back(int64_t(parsed.lines));
            parsed.bad.push_back(problem);
            parsed.bad.push_back(count_columns(line, end));
        }
        ++parsed.lines;
        parsed.consumed = size_t(end - text) + (stop != nullptr);
    }
}

}  // namespace spacy_lite
