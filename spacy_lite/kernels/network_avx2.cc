// Network kernels for CPUs with AVX2.
#include "kernels/network.hh"
#ifdef SPACY_LITE_X86
#include "kernels/network_std.hh"
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define SPACY_LITE_ISA avx2
#define SPACY_LITE_LANES 8
#define SPACY_LITE_REGISTERS 16
#include "kernels/network_table.hh"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
