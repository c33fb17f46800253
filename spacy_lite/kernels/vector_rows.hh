// Rows of a table of vectors, far apart in memory: fetched ahead, since waiting for them is most of the work. Knows no Python.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace spacy_lite {

constexpr size_t FLOATS_A_LINE = 16;

inline void fetch_row(const float* row, size_t width) {
#if defined(__GNUC__)
    for (size_t i = 0; i < width; i += FLOATS_A_LINE) __builtin_prefetch(row + i);
#else
    (void)row, (void)width;
#endif
}

// out (n, width): the rows of the table, zeros where `rows` is negative.
inline void rows_or_zeros(const float* table, const int32_t* rows, size_t n, size_t width, float* out) {
    for (size_t i = 0; i < n; ++i) {
        if (i + 2 < n && rows[i + 2] >= 0) fetch_row(table + size_t(rows[i + 2]) * width, width);
        if (rows[i] < 0)
            std::memset(out + i * width, 0, width * sizeof(float));
        else
            std::memcpy(out + i * width, table + size_t(rows[i]) * width, width * sizeof(float));
    }
}

// out (n, width): of each group of `lengths[i]` rows, one group after the other, the mean; zeros for an empty group.
inline void mean_rows(const float* table, const int32_t* rows, const int32_t* lengths, size_t n, size_t width, float* __restrict__ out) {
    size_t total = 0;
    for (size_t i = 0; i < n; ++i) total += size_t(lengths[i]);
    size_t place = 0;
    for (size_t i = 0; i < n; ++i) {
        float* __restrict__ sum = out + i * width;
        std::memset(sum, 0, width * sizeof(float));
        for (int32_t k = 0; k < lengths[i]; ++k, ++place) {
            if (place + 4 < total) fetch_row(table + size_t(rows[place + 4]) * width, width);
            const float* __restrict__ row = table + size_t(rows[place]) * width;
            for (size_t j = 0; j < width; ++j) sum[j] += row[j];
        }
        if (lengths[i] > 1)
            for (size_t j = 0; j < width; ++j) sum[j] /= float(lengths[i]);
    }
}

}  // namespace spacy_lite
