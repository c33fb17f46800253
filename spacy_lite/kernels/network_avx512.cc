// Network kernels for CPUs with AVX512.
#include "kernels/network.hh"
#ifdef SPACY_LITE_X86
#include "kernels/network_std.hh"
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
#endif
#define SPACY_LITE_ISA avx512
#define SPACY_LITE_LANES 16
#define SPACY_LITE_REGISTERS 32
#include "kernels/network_table.hh"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
