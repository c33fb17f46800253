from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t


cdef extern from "kernels/network.hh" namespace "spacy_lite" nogil:
    ctypedef bint c_bool "bool"

    cppclass PackedShape:
        size_t depth, outputs, groups, lanes, panels
        c_bool maxout

    cppclass MaxoutNormArgs:
        const float* input
        size_t ld_input
        size_t rows
        const float* packed
        const float* bias
        const float* gain
        const float* shift
        const float* residual
        size_t ld_residual
        const float* mask
        float* output
        size_t ld_output
        uint8_t* which
        float* normed
        float* inverse_std
        float* scratch

    size_t kScratchRows
    size_t kTilePoints, kTileRows

    cppclass Kernels:
        const char* name
        size_t lanes
        PackedShape (*shape)(size_t, size_t, size_t, c_bool)
        void (*pack)(const PackedShape&, const float*, const float*, float*, float*)
        void (*linear)(const PackedShape&, const float*, size_t, size_t, const float*, const float*, float*, size_t, c_bool)
        void (*linear_rows)(const PackedShape&, const float*, size_t, const int32_t*, size_t, const float*, const float*,
                            float*, size_t,
                            const int32_t*)
        void (*gemm)(c_bool, c_bool, size_t, size_t, size_t, const float*, size_t, const float*, size_t, float*, size_t,
                     c_bool, float*)
        size_t (*gemm_workspace)(size_t, size_t, size_t)
        void (*maxout_norm)(const PackedShape&, const MaxoutNormArgs&)
        void (*tile_weights)(size_t, size_t, const float*, float*)
        void (*pack_tiles)(const PackedShape&, const float*, const float*, float*, float*)
        size_t (*tiles_scratch)(const PackedShape&)
        void (*window_tiles)(const PackedShape&, const MaxoutNormArgs&)
        size_t (*tiles_backward_scratch)(size_t, size_t)
        void (*window_tiles_backward)(size_t, size_t, size_t, const float*, const float*, const float*, float*, float*, float*)
        void (*maxout_norm_backward)(size_t, size_t, size_t, const float*, size_t, const float*, const float*, const uint8_t*,
                                     const float*, const float*, float*, float*, float*, float*)
        void (*hash_embed)(const uint64_t*, size_t, size_t, size_t, size_t, const float* const*, const uint32_t*,
                           const uint32_t*, float*)
        void (*hash_embed_backward)(const uint64_t*, size_t, size_t, size_t, size_t, float* const*, const uint32_t*,
                                    const uint32_t*,
                                    const float*)
        void (*gather_rows)(const float*, const int32_t*, size_t, size_t, float*)
        void (*scatter_add_rows)(const float*, const int32_t*, size_t, size_t, float*)
        void (*sum_maxout)(const float* const*, size_t, const float*, size_t, size_t, float*, uint8_t*)
        void (*add_winners)(const float*, const uint8_t*, size_t, size_t, float*)
        void (*column_sums)(const float*, size_t, size_t, float*)
        void (*softmax_rows)(float*, size_t, size_t)
        void (*argmax_rows)(const float*, size_t, size_t, int32_t*)
        void (*dropout_mask)(uint64_t, float, size_t, float*)
        void (*adam)(float*, float*, float*, float*, size_t, float, float, float, float, float, float)
        double (*sum_of_squares)(const float*, size_t)
        uint64_t (*checksum)(const float*, size_t)

    const Kernels* kernels_named(const char*)
    const Kernels* best_kernels()

cdef extern from "kernels/window_encoder.hh" namespace "spacy_lite" nogil:
    cppclass WindowLayer:
        const Kernels* kernels
        PackedShape shape
        const float* weights
        const float* bias
        PackedShape tile_shape
        const float* tile_weights
        const float* tile_bias
        const float* gain
        const float* shift

    cppclass WindowEncoder:
        WindowEncoder(const WindowLayer*, size_t, size_t, size_t, size_t)
        void encode(const float*, const int32_t*, size_t, float*) except +

cdef const Kernels* current() noexcept nogil


cdef class Packed:
    cdef PackedShape shape
    cdef float* weights
    cdef float* bias
    cdef const Kernels* kernels


cdef class MaxoutNormState:
    cdef readonly object which
    cdef readonly object normed
    cdef readonly object inverse_std
    cdef readonly object mask


cdef float* allocate(size_t floats) except NULL
cdef int check_norm(Packed packed, const float[::1] gain, const float[::1] shift) except -1
cdef object train_maxout_norm(const float* first, size_t ld, size_t rows, Packed packed, const float[::1] gain,
                              const float[::1] shift, const float* residual, size_t ld_residual, const float[:, ::1] mask,
                              float* output, size_t ld_output, object held_mask, bint tiled)
