// Hash embeddings (Svenstrup et al., 2017, as Thinc's HashEmbed does them: four hashed rows of a table, summed) and row moves.
namespace spacy_lite {
namespace SPACY_LITE_ISA {
namespace {

inline uint64_t avalanche(uint64_t h) {
    h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDull;
    h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53ull;
    return h ^ (h >> 33);
}

// MurmurHash3_x64_128 of the id's eight bytes (Thinc's function has x86 in its name), as four 32-bit words, each reduced to a row
// of a table with `size` rows.
inline void hashed_rows(uint64_t id, uint32_t seed, uint32_t size, uint32_t (&rows)[4]) {
    uint64_t key = id * 0x87C37B91114253D5ull;
    key = ((key << 31) | (key >> 33)) * 0x4CF5AD432745937Full;
    uint64_t h1 = (seed ^ key) ^ 8, h2 = seed ^ 8ull;
    h1 += h2;
    h2 += h1;
    h1 = avalanche(h1);
    h2 = avalanche(h2);
    h1 += h2;
    h2 += h1;
    rows[0] = uint32_t(h1) % size;
    rows[1] = uint32_t(h1 >> 32) % size;
    rows[2] = uint32_t(h2) % size;
    rows[3] = uint32_t(h2 >> 32) % size;
}

inline void add_row(float* to, const float* from, size_t width) {
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) store(to + i, load(to + i) + load(from + i));
    for (; i < width; ++i) to[i] += from[i];
}

void hash_embed(const uint64_t* ids, size_t ld_ids, size_t rows, size_t tables, size_t width, const float* const* vectors,
                const uint32_t* sizes, const uint32_t* seeds, float* out) {
    for (size_t row = 0; row < rows; ++row) {
        for (size_t t = 0; t < tables; ++t) {
            uint32_t r[4];
            hashed_rows(ids[row * ld_ids + t], seeds[t], sizes[t], r);
            const float* a = vectors[t] + r[0] * width;
            const float* b = vectors[t] + r[1] * width;
            const float* c = vectors[t] + r[2] * width;
            const float* d = vectors[t] + r[3] * width;
            float* o = out + (row * tables + t) * width;
            size_t i = 0;
            for (; i + LANES <= width; i += LANES) store(o + i, ((load(a + i) + load(b + i)) + load(c + i)) + load(d + i));
            for (; i < width; ++i) o[i] = ((a[i] + b[i]) + c[i]) + d[i];
        }
    }
}

void hash_embed_backward(const uint64_t* ids, size_t ld_ids, size_t rows, size_t tables, size_t width, float* const* d_vectors,
                         const uint32_t* sizes, const uint32_t* seeds, const float* d_out) {
    for (size_t row = 0; row < rows; ++row) {
        for (size_t t = 0; t < tables; ++t) {
            uint32_t r[4];
            hashed_rows(ids[row * ld_ids + t], seeds[t], sizes[t], r);
            for (int i = 0; i < 4; ++i) add_row(d_vectors[t] + r[i] * width, d_out + (row * tables + t) * width, width);
        }
    }
}

void gather_rows(const float* table, const int32_t* index, size_t rows, size_t width, float* out) {
    for (size_t row = 0; row < rows; ++row) std::memcpy(out + row * width, table + size_t(index[row]) * width, width * sizeof(float));
}

void scatter_add_rows(const float* values, const int32_t* index, size_t rows, size_t width, float* table) {
    for (size_t row = 0; row < rows; ++row) add_row(table + size_t(index[row]) * width, values + row * width, width);
}

}  // namespace
}  // namespace SPACY_LITE_ISA
}  // namespace spacy_lite
