// Network kernels with the instructions every CPU of the platform has.
#include "kernels/network.hh"
#include "kernels/network_std.hh"
#define SPACY_LITE_ISA baseline
#define SPACY_LITE_LANES 4
#define SPACY_LITE_REGISTERS 16
#include "kernels/network_table.hh"
