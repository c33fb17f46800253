// One generation of the vocabulary: strings and the word types made of them, freed together.
//
// Memory is taken in blocks and never moves, so pointers to words, their bytes and their lexemes are good for the
// life of the arena.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "hash_map.hh"
#include "lexeme.hh"
#include "murmurhash.hh"

namespace spacy_lite {

// A string, and the lexeme of that form if one was asked for. The bytes (UTF-8, zero-terminated) follow the record.
struct Word {
    uint64_t id;
    LexemeC* lexeme;
    uint64_t size;
    const char* data() const noexcept { return reinterpret_cast<const char*>(this + 1); }
};

class WordArena {
  public:
    WordArena() = default;
    WordArena(const WordArena&) = delete;
    WordArena& operator=(const WordArena&) = delete;

    Word* find(uint64_t id) const noexcept { return words_.get(id, nullptr); }

    // Copies the string in, under an id that is not 0 and not taken. May throw std::bad_alloc.
    Word* insert(uint64_t id, const char* data, size_t size) {
        Word* word = static_cast<Word*>(allocate(sizeof(Word) + size + 1));
        word->id = id;
        word->lexeme = nullptr;
        word->size = size;
        char* bytes = reinterpret_cast<char*>(word + 1);
        if (size) std::memcpy(bytes, data, size);
        bytes[size] = '\0';
        words_.set(id, word);
        order_.push_back(word);
        return word;
    }

    // The empty string: a word of every arena, with id 0.
    Word* empty() {
        if (!empty_) {
            empty_ = static_cast<Word*>(allocate(sizeof(Word) + 1));
            *empty_ = Word{0, nullptr, 0};
            *reinterpret_cast<char*>(empty_ + 1) = '\0';
        }
        return empty_;
    }

    // A zeroed lexeme for the word. May throw std::bad_alloc.
    LexemeC* attach_lexeme(Word* word) {
        word->lexeme = static_cast<LexemeC*>(allocate(sizeof(LexemeC)));
        *word->lexeme = LexemeC{};
        ++lexemes_;
        return word->lexeme;
    }

    // A second key for a word (a reserved symbol is found by its number and by the hash of its name).
    void alias(uint64_t key, Word* word) { words_.set(key, word); }

    // Words in the order they were inserted.
    Word* at(size_t index) const noexcept { return order_[index]; }
    size_t size() const noexcept { return order_.size(); }
    size_t lexemes() const noexcept { return lexemes_; }

    // Memory in use, in bytes.
    size_t bytes() const noexcept { return allocated_ + words_.bytes() + order_.capacity() * sizeof(Word*); }

  private:
    static constexpr size_t block_size = 1 << 16;

    void* allocate(size_t size) {
        size = (size + 7) & ~size_t(7);
        if (size > left_) {
            const size_t taken = size > block_size / 4 ? size : block_size;
            std::unique_ptr<uint64_t[]> block(new uint64_t[taken / 8]);
            blocks_.push_back(std::move(block));
            allocated_ += taken;
            if (taken != block_size) return blocks_.back().get();
            next_ = reinterpret_cast<char*>(blocks_.back().get());
            left_ = block_size;
        }
        void* found = next_;
        next_ += size;
        left_ -= size;
        return found;
    }

    HashMap<Word*> words_;
    std::vector<Word*> order_;
    std::vector<std::unique_ptr<uint64_t[]>> blocks_;
    Word* empty_ = nullptr;
    char* next_ = nullptr;
    size_t left_ = 0;
    size_t allocated_ = 0;
    size_t lexemes_ = 0;
};

}  // namespace spacy_lite
