// What both transition systems share: the table of moves, and what an oracle says about one state.
#pragma once
#include <cstddef>
#include <cstdint>

namespace spacy_lite {

constexpr int kMaxKinds = 6;
constexpr float kInvalidCost = 9000.0f;

// A move is a kind (shift, left-arc, begin …) and a label; labels are string ids, 0 where the kind has none.
struct Moves {
    const int32_t* kinds;
    const uint64_t* labels;
    size_t size;
};

// Which labels a kind of move may carry in a state: validity is decided once for each kind, not for each label.
struct Validity {
    enum Mode : uint8_t { NONE, ANY, ONLY, EXCEPT };
    Mode mode[kMaxKinds];
    uint64_t label[kMaxKinds];

    bool allows(int32_t kind, uint64_t move_label) const {
        switch (mode[kind]) {
            case NONE: return false;
            case ANY: return true;
            case ONLY: return move_label == label[kind];
            default: return move_label != label[kind];
        }
    }
    void set(int32_t kind, bool valid) { mode[kind] = valid ? ANY : NONE; }
    void only(int32_t kind, uint64_t move_label) { mode[kind] = ONLY; label[kind] = move_label; }
    void except(int32_t kind, uint64_t move_label) { mode[kind] = EXCEPT; label[kind] = move_label; }
};

}  // namespace spacy_lite
