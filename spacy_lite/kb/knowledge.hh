// Entities with a frequency and a vector each, and aliases with the entities they may mean: flat arrays and two hash maps.
// A candidate takes eight bytes. Ids are those of strings; 0, the empty string's, names nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/hash_map.hh"

namespace spacy_lite {

constexpr uint32_t NO_ENTITY = 0xFFFFFFFFu;

// One meaning of an alias: the entity's position, from 0, and the probability that the alias means it.
struct Meaning {
    uint32_t entity;
    float prior;
};

class Knowledge {
  public:
    explicit Knowledge(size_t width = 0) : width_(width) {}

    size_t width() const noexcept { return width_; }
    size_t entities() const noexcept { return entity_ids_.size(); }
    size_t aliases() const noexcept { return aliases_.size(); }
    uint64_t entity_id(size_t position) const noexcept { return entity_ids_[position]; }
    float frequency(size_t position) const noexcept { return frequencies_[position]; }
    const float* vector(size_t position) const noexcept { return vectors_.data() + position * width_; }
    uint64_t alias_id(size_t position) const noexcept { return aliases_[position].id; }

    uint32_t find_entity(uint64_t id) const noexcept { return entity_at_.get(id, NO_ENTITY); }
    bool has_alias(uint64_t id) const noexcept { return alias_at_.contains(id); }

    size_t bytes() const noexcept {
        return vectors_.capacity() * 4 + frequencies_.capacity() * 4 + entity_ids_.capacity() * 8 + entity_at_.bytes() +
               aliases_.capacity() * sizeof(Alias) + meanings_.capacity() * sizeof(Meaning) + alias_at_.bytes();
    }

    // Adds an entity that is not there yet; `vector` has `width` numbers. May throw std::bad_alloc.
    void add_entity(uint64_t id, float frequency, const float* vector) {
        entity_at_.set(id, uint32_t(entity_ids_.size()));
        entity_ids_.push_back(id);
        frequencies_.push_back(frequency);
        vectors_.insert(vectors_.end(), vector, vector + width_);
    }

    // Adds an alias that is not there yet, without meanings and with room for `room` of them.
    void add_alias(uint64_t id, size_t room) {
        alias_at_.set(id, uint32_t(aliases_.size()));
        aliases_.push_back({id, meanings_.size(), 0, uint32_t(room)});
        meanings_.resize(meanings_.size() + room);
    }

    // Adds a meaning to an alias that is there. One whose room is used up moves to the end of the pool, to twice the room.
    void add_meaning(uint64_t alias_id, uint32_t entity, float prior) {
        Alias& alias = aliases_[alias_at_.get(alias_id, 0)];
        if (alias.size == alias.room) {
            const size_t room = alias.room ? size_t(alias.room) * 2 : 1;
            const size_t first = meanings_.size();
            meanings_.resize(first + room);
            std::copy_n(meanings_.begin() + alias.first, alias.size, meanings_.begin() + first);
            alias.first = first;
            alias.room = uint32_t(room);
        }
        meanings_[alias.first + alias.size++] = {entity, prior};
    }

    // The meanings of an alias, in the order they were added, and how many; none for an unknown one.
    const Meaning* meanings(uint64_t alias_id, size_t& size) const noexcept {
        const uint32_t* at = alias_id ? alias_at_.find(alias_id) : nullptr;
        size = at ? aliases_[*at].size : 0;
        return at ? meanings_.data() + aliases_[*at].first : nullptr;
    }

    // The bytes of a file: counts, vectors, entities, then each alias with its meanings, which count entities from 1.
    void write(std::string& out) const {
        put<int64_t>(out, int64_t(entities()));
        put<int64_t>(out, int64_t(width_));
        out.append(reinterpret_cast<const char*>(vectors_.data()), vectors_.size() * 4);
        for (size_t i = 0; i < entities(); i++) {
            put<uint64_t>(out, entity_ids_[i]);
            put<float>(out, frequencies_[i]);
            put<int32_t>(out, int32_t(i));
        }
        put<int64_t>(out, int64_t(aliases()));
        for (const Alias& alias : aliases_) {
            put<uint64_t>(out, alias.id);
            put<int64_t>(out, alias.size);
            for (size_t i = alias.first; i < alias.first + alias.size; i++) {
                put<int64_t>(out, int64_t(meanings_[i].entity) + 1);
                put<float>(out, meanings_[i].prior);
            }
        }
    }

    // Replaces everything by what a file has. Returns null, or what is wrong with the bytes; then nothing changed.
    const char* read(const char* data, size_t size) {
        Reader in{data, size};
        const int64_t entities = in.get<int64_t>(), width = in.get<int64_t>();
        if (in.failed) return "it ends inside its header";
        if (entities < 0 || width < 0 || uint64_t(width) > MAX_WIDTH) return "its header has impossible numbers";
        const uint64_t vector_bytes = uint64_t(width) * 4;
        if (uint64_t(entities) > in.left / (vector_bytes + ENTITY_BYTES)) return "it is too short for its number of entities";
        const char* vectors = in.take(size_t(entities) * vector_bytes);
        Knowledge fresh{size_t(width)};
        fresh.vectors_.reserve(size_t(entities) * size_t(width));
        fresh.entity_ids_.reserve(size_t(entities));
        fresh.frequencies_.reserve(size_t(entities));
        std::vector<float> vector(size_t(width) + 1);
        for (int64_t i = 0; i < entities; i++) {
            const uint64_t id = in.get<uint64_t>();
            const float frequency = in.get<float>();
            const int32_t row = in.get<int32_t>();
            if (row < 0 || row >= entities) return "an entity has a vector that is not there";
            if (id == 0 || fresh.find_entity(id) != NO_ENTITY) return "an entity has no name, or that of another";
            if (vector_bytes) std::memcpy(vector.data(), vectors + size_t(row) * vector_bytes, vector_bytes);
            fresh.add_entity(id, frequency, vector.data());
        }
        if (const char* problem = fresh.read_aliases(in)) return problem;
        *this = std::move(fresh);
        return nullptr;
    }

  private:
    static constexpr uint64_t MAX_WIDTH = 1 << 24;
    static constexpr uint64_t ENTITY_BYTES = 16, ALIAS_BYTES = 16, MEANING_BYTES = 12;

    struct Alias {
        uint64_t id;
        size_t first;
        uint32_t size, room;
    };

    struct Reader {
        const char* at;
        size_t left;
        bool failed = false;

        template <typename T>
        T get() {
            T value{};
            const char* from = take(sizeof(T));
            if (from) std::memcpy(&value, from, sizeof(T));
            return value;
        }
        const char* take(size_t size) {
            if (size > left) {
                failed = true;
                return nullptr;
            }
            const char* from = at;
            at += size;
            left -= size;
            return from;
        }
    };

    template <typename T>
    static void put(std::string& out, T value) {
        out.append(reinterpret_cast<const char*>(&value), sizeof(T));
    }

    const char* read_aliases(Reader& in) {
        const int64_t count = in.get<int64_t>();
        if (in.failed || count < 0 || uint64_t(count) > in.left / ALIAS_BYTES) return "it is too short for its number of aliases";
        aliases_.reserve(size_t(count));
        for (int64_t i = 0; i < count; i++) {
            const uint64_t id = in.get<uint64_t>();
            const int64_t size = in.get<int64_t>();
            if (in.failed || size < 0 || uint64_t(size) > in.left / MEANING_BYTES) return "it ends inside an alias";
            if (id == 0 || has_alias(id)) return "an alias has no text, or that of another";
            add_alias(id, size_t(size));
            for (int64_t j = 0; j < size; j++) {
                const int64_t entity = in.get<int64_t>();
                const float prior = in.get<float>();
                if (entity < 1 || uint64_t(entity) > entities()) return "an alias names an entity that is not there";
                add_meaning(id, uint32_t(entity - 1), prior);
            }
        }
        return in.left ? "it goes on after its last alias" : nullptr;
    }

    size_t width_;
    std::vector<float> vectors_, frequencies_;
    std::vector<uint64_t> entity_ids_;
    HashMap<uint32_t> entity_at_, alias_at_;
    std::vector<Alias> aliases_;
    std::vector<Meaning> meanings_;
};

}  // namespace spacy_lite
