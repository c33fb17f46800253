// A large array of floats that is read here and there: on huge pages where the system has them, so that finding an address costs little.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace spacy_lite {

constexpr size_t kHugePage = size_t(2) << 20;

struct FreeArray {
    void operator()(float* p) const { std::free(p); }
};
typedef std::unique_ptr<float[], FreeArray> LargeArray;

// Not filled with anything. Throws std::bad_alloc.
inline LargeArray large_array(size_t size) {
    size_t bytes = size * sizeof(float);
    const size_t alignment = bytes >= kHugePage ? kHugePage : 64;
    bytes = (bytes + alignment - 1) / alignment * alignment;
#ifdef _WIN32
    void* block = std::malloc(bytes);
#else
    void* block = std::aligned_alloc(alignment, bytes ? bytes : alignment);
#endif
    if (!block) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (alignment == kHugePage) madvise(block, bytes, MADV_HUGEPAGE);
#endif
    return LargeArray(static_cast<float*>(block));
}

}  // namespace spacy_lite
