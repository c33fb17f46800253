// Whether bytes are one whole msgpack value, found out without making anything of it.
//
// A reader that trusts the counts in a message takes memory for as many values as they say: a few nested ones that lie take all
// there is. Every value needs a byte at least, so the values that are still to come can never be more than the bytes that are.

#ifndef SPACY_LITE_MESSAGES_HH
#define SPACY_LITE_MESSAGES_HH

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spacy_lite {

enum class MessageFault { none, cut_off, too_deep, unknown_type, more_follows };

struct MessageCheck {
    MessageFault fault;
    std::size_t place;  // of the value that is wrong
};

inline std::uint64_t read_big_endian(const std::uint8_t* data, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | data[i];
    return value;
}

// What follows the first byte of a value: bytes of a number that counts something, bytes of contents without such a number, and
// values for each unit counted (0: the units are bytes).
struct MessageType {
    std::uint8_t count_size, contents, values;
    bool known;
};

inline MessageType message_type(std::uint8_t tag) {
    switch (tag) {
        case 0xc0: case 0xc2: case 0xc3: return {0, 0, 0, true};
        case 0xc4: case 0xd9: return {1, 0, 0, true};
        case 0xc5: case 0xda: return {2, 0, 0, true};
        case 0xc6: case 0xdb: return {4, 0, 0, true};
        case 0xc7: return {1, 1, 0, true};
        case 0xc8: return {2, 1, 0, true};
        case 0xc9: return {4, 1, 0, true};
        case 0xcc: case 0xd0: return {0, 1, 0, true};
        case 0xcd: case 0xd1: case 0xd4: return {0, 2, 0, true};
        case 0xd5: return {0, 3, 0, true};
        case 0xca: case 0xce: case 0xd2: return {0, 4, 0, true};
        case 0xd6: return {0, 5, 0, true};
        case 0xcb: case 0xcf: case 0xd3: return {0, 8, 0, true};
        case 0xd7: return {0, 9, 0, true};
        case 0xd8: return {0, 17, 0, true};
        case 0xdc: return {2, 0, 1, true};
        case 0xdd: return {4, 0, 1, true};
        case 0xde: return {2, 0, 2, true};
        case 0xdf: return {4, 0, 2, true};
        default: return {0, 0, 0, false};
    }
}

// max_depth: how many lists and maps may be inside each other.
inline MessageCheck check_message(const std::uint8_t* data, std::size_t size, std::size_t max_depth) {
    std::vector<std::uint64_t> open;  // values still to come in each list or map that is not complete
    std::uint64_t pending = 1;        // and in all of them together
    std::size_t at = 0;
    while (pending) {
        const std::size_t start = at;
        if (at >= size) return {MessageFault::cut_off, start};
        const std::uint8_t tag = data[at++];
        std::uint64_t children = 0, contents = 0;
        bool holds_values = false;
        if (tag < 0x80 || tag >= 0xe0) {
            // a small number
        } else if (tag < 0xa0) {
            holds_values = true;
            children = static_cast<std::uint64_t>(tag & 0x0f) * (tag < 0x90 ? 2 : 1);
        } else if (tag < 0xc0) {
            contents = tag & 0x1f;
        } else {
            const MessageType type = message_type(tag);
            if (!type.known) return {MessageFault::unknown_type, start};
            if (type.count_size > size - at) return {MessageFault::cut_off, start};
            const std::uint64_t count = read_big_endian(data + at, type.count_size);
            at += type.count_size;
            holds_values = type.values > 0;
            if (holds_values) children = count * type.values;
            else contents = count + type.contents;
        }
        if (contents > size - at) return {MessageFault::cut_off, start};
        at += static_cast<std::size_t>(contents);
        if (!open.empty()) --open.back();
        pending += children;
        --pending;
        if (pending > size - at) return {MessageFault::cut_off, start};
        if (holds_values) {
            if (open.size() >= max_depth) return {MessageFault::too_deep, start};
            open.push_back(children);
        }
        while (!open.empty() && open.back() == 0) open.pop_back();
    }
    return at == size ? MessageCheck{MessageFault::none, at} : MessageCheck{MessageFault::more_follows, at};
}

}  // namespace spacy_lite

#endif
