// SPACY_LITE_CLONES before a function: the compiler makes it for several instruction sets, and the loader picks the one of the CPU.
// For plain loops that the compiler vectorizes; what is worth writing for an instruction set lies in `network_*.cc`.
#pragma once

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__)
#define SPACY_LITE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SPACY_LITE_CLONES
#endif
