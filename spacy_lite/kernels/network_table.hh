// The kernels for one instruction set, as a table. Included once by each network_<isa>.cc, which names the instruction set.
#include "kernels/vector.hh"
#include "kernels/gemm.hh"
#include "kernels/maxout_norm.hh"
#include "kernels/window_tiles.hh"
#include "kernels/window_tiles_backward.hh"
#include "kernels/embedding.hh"
#include "kernels/elementwise.hh"

#define SPACY_LITE_STRING_OF(x) #x
#define SPACY_LITE_STRING(x) SPACY_LITE_STRING_OF(x)
#define SPACY_LITE_JOIN_OF(a, b) a##b
#define SPACY_LITE_JOIN(a, b) SPACY_LITE_JOIN_OF(a, b)

namespace spacy_lite {

const Kernels& SPACY_LITE_JOIN(kernels_, SPACY_LITE_ISA)() {
    namespace isa = SPACY_LITE_ISA;
    static const Kernels table = {
        SPACY_LITE_STRING(SPACY_LITE_ISA), isa::LANES, isa::packed_shape, isa::pack, isa::linear, isa::linear_rows, isa::gemm, isa::gemm_workspace,
        isa::maxout_norm, isa::tile_weights, isa::pack_tiles, isa::tiles_scratch, isa::window_tiles, isa::tiles_backward_scratch,
        isa::window_tiles_backward, isa::maxout_norm_backward, isa::hash_embed, isa::hash_embed_backward, isa::gather_rows,
        isa::scatter_add_rows, isa::sum_maxout, isa::add_winners, isa::column_sums, isa::softmax_rows, isa::argmax_rows, isa::dropout_mask, isa::adam,
        isa::sum_of_squares, isa::checksum,
    };
    return table;
}

}  // namespace spacy_lite
