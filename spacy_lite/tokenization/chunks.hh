// What the tokenizer keeps while it works: chunks between white space, the pieces they are cut into, and the pieces already known.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../kernels/hash_map.hh"
#include "../kernels/lexeme.hh"

namespace spacy_lite {

enum PieceKind : uint8_t { TOKEN, PREFIX, SUFFIX, INFIX, TOKEN_MATCH, URL_MATCH, SPECIAL };

// A token to be. `norm` 0: the lexeme's own. `ordinal` counts the tokens of a special case from 1.
struct Piece {
    const LexemeC* lexeme;
    uint64_t norm;
    uint16_t ordinal;
    uint8_t kind;
    bool space;
    bool opens;  // some special case that is matched over tokens begins with this word
};

// Spreads the characters of a chunk over 64 bits, starting from a number drawn for each tokenizer, so that nobody can prepare texts
// whose chunks fall together. Never 0.
inline uint64_t chunk_key(uint64_t seed, const uint32_t* text, size_t size) noexcept {
    uint64_t key = seed;
    for (size_t i = 0; i < size; ++i) {
        key = (key ^ text[i]) * 0x9e3779b97f4a7c15ULL;
        key ^= key >> 32;
    }
    return key ? key : 1;
}

struct Chunk {
    int64_t start, end;
    uint64_t key;
    bool space;  // a single space follows, which belongs to the last token
};

// Cuts a text into runs of white space and runs of anything else. One space after a word belongs to the word.
class ChunkScanner {
  public:
    ChunkScanner() = default;
    ChunkScanner(const uint32_t* text, int64_t size, uint64_t seed, int (*is_space)(uint32_t)) noexcept
        : text_(text), size_(size), seed_(seed), is_space_(is_space) {}

    bool next(Chunk& chunk) noexcept {
        if (at_ >= size_) return false;
        const bool white = space(text_[at_]);
        uint64_t key = seed_;
        chunk.start = at_;
        do {
            key = (key ^ text_[at_]) * 0x9e3779b97f4a7c15ULL;
            key ^= key >> 32;
            ++at_;
        } while (at_ < size_ && space(text_[at_]) == white);
        chunk.end = at_;
        chunk.key = key ? key : 1;
        chunk.space = !white && at_ < size_ && text_[at_] == ' ';
        at_ += chunk.space;
        return true;
    }

  private:
    bool space(uint32_t c) const noexcept {
        if (c > 0x20 && c < 0x7f) return false;
        return is_space_(c);
    }

    const uint32_t* text_ = nullptr;
    int64_t size_ = 0;
    int64_t at_ = 0;
    uint64_t seed_ = 0;
    int (*is_space_)(uint32_t) = nullptr;
};

// The pieces of every chunk met since the cache was last emptied.
class ChunkCache {
  public:
    // Appends the pieces of the next chunks to `out` until one is not known (true: it is in `missed`) or the text ends (false).
    bool follow(ChunkScanner& scanner, std::vector<Piece>& out, Chunk& missed) const {
        while (scanner.next(missed)) {
            const Entry* found = entries_.find(missed.key);
            if (!found || found->length != uint32_t(missed.end - missed.start)) return true;
            const Piece* from = pieces_.data() + found->offset;
            out.insert(out.end(), from, from + found->count);
            out.back().space = missed.space;
        }
        return false;
    }

    void add(const Chunk& chunk, const std::vector<Piece>& pieces, size_t first) {
        if (first == pieces.size() || pieces_.size() > 0xf0000000u) return;
        entries_.set(chunk.key, {uint32_t(pieces_.size()), uint32_t(pieces.size() - first), uint32_t(chunk.end - chunk.start)});
        pieces_.insert(pieces_.end(), pieces.begin() + int64_t(first), pieces.end());
    }

    void clear() noexcept {
        entries_.clear();
        pieces_.clear();
    }

    size_t size() const noexcept { return entries_.size(); }

  private:
    struct Entry {
        uint32_t offset, count, length;
    };
    HashMap<Entry> entries_;
    std::vector<Piece> pieces_;
};

// Buffers of one call, kept for the next one.
struct Workspace {
    std::vector<uint32_t> text;
    std::vector<Piece> pieces;
    std::vector<Piece> suffixes;
    std::vector<uint64_t> stack;   // of the pattern engine
    std::string utf8;

    void reset() noexcept {
        pieces.clear();
        suffixes.clear();
        stack.clear();
    }
};

// Writes the UTF-8 of a piece of text into `out`; false where it holds half a surrogate pair, which has none.
inline bool encode_utf8(const uint32_t* text, size_t size, std::string& out) {
    out.clear();
    for (size_t i = 0; i < size; ++i) {
        const uint32_t c = text[i];
        if (c < 0x80) {
            out.push_back(char(c));
        } else if (c < 0x800) {
            out.push_back(char(0xc0 | (c >> 6)));
            out.push_back(char(0x80 | (c & 0x3f)));
        } else if (c < 0x10000) {
            if (c >= 0xd800 && c < 0xe000) return false;
            out.push_back(char(0xe0 | (c >> 12)));
            out.push_back(char(0x80 | ((c >> 6) & 0x3f)));
            out.push_back(char(0x80 | (c & 0x3f)));
        } else {
            out.push_back(char(0xf0 | (c >> 18)));
            out.push_back(char(0x80 | ((c >> 12) & 0x3f)));
            out.push_back(char(0x80 | ((c >> 6) & 0x3f)));
            out.push_back(char(0x80 | (c & 0x3f)));
        }
    }
    return true;
}

}  // namespace spacy_lite
