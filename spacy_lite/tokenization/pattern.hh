// Regular expressions compiled to a small program, and the machine that runs it over the characters of a text.
//
// A match is the one Python's `re` finds: leftmost, alternatives in order, repeats greedy or lazy as written, by backtracking. Only where a
// match begins and ends is kept. Alternatives are dispatched on the next character, so a rule with hundreds of them costs little.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pattern_parser.hh"

namespace spacy_lite {

struct Match {
    int64_t start, end;  // start -1: none
};

struct Instruction {
    enum Op : uint8_t { CHAR, SET, BEGIN, END, VERY_END, BOUNDARY, NOT_BOUNDARY, RUN, RUN_LAZY, SPLIT, JUMP, ALT, LOOK, MATCH } op;
    bool negative = false;               // LOOK
    bool behind = false;                 // LOOK
    uint32_t value = 0;                  // CHAR: character; SET, RUN: set; ALT: table; LOOK: width
    uint32_t to = 0, other = 0;          // SPLIT: first and second choice; JUMP, LOOK: next
    uint32_t least = 0, most = 0;        // RUN
};

// The choices of one set of alternatives, by the next character.
struct Dispatch {
    std::vector<uint32_t> targets;          // entry of each alternative
    std::vector<FirstSet> firsts;
    std::vector<std::vector<uint16_t>> lists;  // distinct lists of alternatives, in order
    uint16_t by_character[256] = {0};       // list for each of the first 256 characters
    uint16_t for_others = 0;                // list for every later character
    uint16_t at_end = 0;                    // list where the text has ended
};

class Pattern {
  public:
    // False if the source uses what the parser does not cover.
    bool compile(const uint32_t* source, size_t size, const Unicode& unicode) {
        unicode_ = &unicode;
        PatternParser parser(source, size, unicode);
        if (!parser.parse()) return false;
        const uint64_t longest = parser.width(parser.root).most;
        nodes_.swap(parser.nodes);
        sets_.swap(parser.sets);
        first_ = first_of(parser.root);
        anchored_ = begins_anchored(parser.root);
        longest_ = ends_anchored(parser.root) ? uint32_t(longest) : unlimited;
        if (!emit(parser.root)) return false;
        put({Instruction::MATCH});
        nodes_.clear();
        return true;
    }

    // The first match in the text, from `from` on; `advance` asks for one that is not empty at `from` itself.
    template <typename Char>
    Match search(const Char* text, int64_t size, int64_t from, bool advance, std::vector<uint64_t>& stack) const {
        int64_t at = from;
        if (longest_ != unlimited && size - int64_t(longest_) - 1 > at) at = size - int64_t(longest_) - 1;
        for (; at <= size; ++at) {
            if (anchored_ && at > 0) break;
            if (!first_.empty && (at == size || !first_.allows(text[at]))) continue;
            const int64_t end = run(text, size, 0, at, advance && at == from, stack);
            if (end >= 0) return {at, end};
        }
        return {-1, -1};
    }

    // End of the match at the very beginning of the text, or -1.
    template <typename Char>
    int64_t match(const Char* text, int64_t size, std::vector<uint64_t>& stack) const {
        if (!first_.empty && (size == 0 || !first_.allows(text[0]))) return -1;
        return run(text, size, 0, 0, false, stack);
    }

  private:
    static constexpr size_t largest = 4000000;  // instructions, after repeats are written out

    // ---- analysis of the tree

    FirstSet first_of(uint32_t index) const {
        const Node& node = nodes_[index];
        FirstSet first;
        switch (node.kind) {
            case Node::CHAR: first.add(node.value); break;
            case Node::SET: first.add(sets_[node.value]); break;
            case Node::CAT:
                first.empty = true;
                for (size_t i = 0; i < node.children.size() && first.empty; ++i) {
                    const FirstSet child = first_of(node.children[i]);
                    first.join(child);
                    first.empty = child.empty;
                }
                break;
            case Node::ALT:
                for (uint32_t child_index : node.children) {
                    const FirstSet child = first_of(child_index);
                    first.join(child);
                    first.empty |= child.empty;
                }
                break;
            case Node::REPEAT:
                first = first_of(node.children[0]);
                first.empty |= node.least == 0;
                break;
            default: first.empty = true;
        }
        return first;
    }

    bool begins_anchored(uint32_t index) const {
        const Node& node = nodes_[index];
        if (node.kind == Node::BEGIN) return true;
        if (node.kind == Node::CAT) return begins_anchored(node.children[0]);
        if (node.kind != Node::ALT) return false;
        for (uint32_t child : node.children)
            if (!begins_anchored(child)) return false;
        return true;
    }

    bool ends_anchored(uint32_t index) const {
        const Node& node = nodes_[index];
        if (node.kind == Node::END || node.kind == Node::VERY_END) return true;
        if (node.kind == Node::CAT) return ends_anchored(node.children.back());
        if (node.kind != Node::ALT) return false;
        for (uint32_t child : node.children)
            if (!ends_anchored(child)) return false;
        return true;
    }

    // ---- writing the program

    uint32_t here() const noexcept { return uint32_t(program_.size()); }
    uint32_t put(Instruction instruction) {
        program_.push_back(instruction);
        return here() - 1;
    }
    bool put_leaf(Instruction::Op op, uint32_t value = 0) {
        Instruction instruction{op};
        instruction.value = value;
        put(instruction);
        return here() < largest;
    }

    bool emit(uint32_t index) {
        const Node& node = nodes_[index];
        switch (node.kind) {
            case Node::EMPTY: return true;
            case Node::CHAR: return put_leaf(Instruction::CHAR, node.value);
            case Node::SET: return put_leaf(Instruction::SET, node.value);
            case Node::BEGIN: return put_leaf(Instruction::BEGIN);
            case Node::END: return put_leaf(Instruction::END);
            case Node::VERY_END: return put_leaf(Instruction::VERY_END);
            case Node::BOUNDARY: return put_leaf(Instruction::BOUNDARY);
            case Node::NOT_BOUNDARY: return put_leaf(Instruction::NOT_BOUNDARY);
            case Node::CAT:
                for (uint32_t child : node.children)
                    if (!emit(child)) return false;
                return true;
            case Node::ALT: return emit_alternatives(node);
            case Node::REPEAT: return emit_repeat(node);
            case Node::LOOK: {
                Instruction look{Instruction::LOOK};
                look.negative = node.negative;
                look.behind = node.behind;
                look.value = node.value;
                const uint32_t at = put(look);
                if (!emit(node.children[0])) return false;
                put({Instruction::MATCH});
                program_[at].to = here();
                return here() < largest;
            }
        }
        return false;
    }

    bool emit_alternatives(const Node& node) {
        Instruction alternatives{Instruction::ALT};
        alternatives.value = uint32_t(tables_.size());
        put(alternatives);
        tables_.emplace_back();
        Dispatch table;
        std::vector<uint32_t> jumps;
        for (uint32_t child : node.children) {
            table.targets.push_back(here());
            table.firsts.push_back(first_of(child));
            if (!emit(child)) return false;
            jumps.push_back(put({Instruction::JUMP}));
        }
        for (uint32_t jump : jumps) program_[jump].to = here();
        fill_lists(table);
        tables_[alternatives.value] = std::move(table);
        return here() < largest && node.children.size() < 0xffff;
    }

    static void fill_lists(Dispatch& table) {
        auto list_of = [&table](auto&& wanted) {
            std::vector<uint16_t> list;
            for (size_t i = 0; i < table.firsts.size(); ++i)
                if (table.firsts[i].empty || wanted(table.firsts[i])) list.push_back(uint16_t(i));
            for (size_t i = 0; i < table.lists.size(); ++i)
                if (table.lists[i] == list) return uint16_t(i);
            table.lists.push_back(std::move(list));
            return uint16_t(table.lists.size() - 1);
        };
        for (uint32_t c = 0; c < 256; ++c) table.by_character[c] = list_of([c](const FirstSet& f) { return f.allows(c); });
        table.for_others = list_of([](const FirstSet& f) { return f.others; });
        table.at_end = list_of([](const FirstSet&) { return false; });
    }

    bool emit_repeat(const Node& node) {
        const Node& body = nodes_[node.children[0]];
        if (body.kind == Node::SET || body.kind == Node::CHAR) {
            Instruction run{node.greedy ? Instruction::RUN : Instruction::RUN_LAZY};
            run.value = body.kind == Node::SET ? body.value : single(body.value);
            run.least = node.least;
            run.most = node.most;
            put(run);
            return here() < largest;
        }
        for (uint32_t i = 0; i < node.least; ++i)
            if (!emit(node.children[0]) || here() > largest) return false;
        if (node.most == unlimited) {
            const uint32_t split = put({Instruction::SPLIT});
            if (!emit(node.children[0])) return false;
            Instruction back{Instruction::JUMP};
            back.to = split;
            put(back);
            point(split, split + 1, here(), node.greedy);
            return here() < largest;
        }
        std::vector<uint32_t> splits;
        for (uint32_t i = node.least; i < node.most; ++i) {
            splits.push_back(put({Instruction::SPLIT}));
            if (!emit(node.children[0]) || here() > largest) return false;
        }
        for (uint32_t split : splits) point(split, split + 1, here(), node.greedy);
        return true;
    }

    void point(uint32_t split, uint32_t inside, uint32_t after, bool greedy) noexcept {
        program_[split].to = greedy ? inside : after;
        program_[split].other = greedy ? after : inside;
    }

    uint32_t single(uint32_t character) {
        CharSet set;
        set.add(character, character);
        set.finish(*unicode_);
        sets_.push_back(std::move(set));
        return uint32_t(sets_.size() - 1);
    }

    // ---- running it

    template <typename Char>
    bool boundary(const Char* text, int64_t size, int64_t at) const {
        const bool before = at > 0 && unicode_->is_word(text[at - 1]);
        const bool after = at < size && unicode_->is_word(text[at]);
        return before != after;
    }

    // A choice to come back to. Frames lie on a stack of numbers, three each:
    // (kind and program counter, position, limit or index of the next alternative).
    enum Frame : uint64_t { AT = 0, SHORTER = 1, LONGER = 2, NEXT = 3 };
    static void push(std::vector<uint64_t>& stack, Frame kind, uint32_t pc, int64_t at, uint64_t extra) {
        stack.push_back(uint64_t(kind) | (uint64_t(pc) << 2));
        stack.push_back(uint64_t(at));
        stack.push_back(extra);
    }

    template <typename Char>
    int64_t run(const Char* text, int64_t size, uint32_t pc, int64_t at, bool advance, std::vector<uint64_t>& stack) const {
        const size_t base = stack.size();
        const int64_t start = at;
        while (true) {
            const Instruction& now = program_[pc];
            bool good = true;
            switch (now.op) {
                case Instruction::CHAR: good = at < size && text[at] == now.value; ++at; ++pc; break;
                case Instruction::SET: good = at < size && sets_[now.value].contains(text[at]); ++at; ++pc; break;
                case Instruction::BEGIN: good = at == 0; ++pc; break;
                case Instruction::END: good = at == size || (at == size - 1 && text[at] == '\n'); ++pc; break;
                case Instruction::VERY_END: good = at == size; ++pc; break;
                case Instruction::BOUNDARY: good = size && boundary(text, size, at); ++pc; break;
                case Instruction::NOT_BOUNDARY: good = size && !boundary(text, size, at); ++pc; break;
                case Instruction::RUN: good = run_greedy(text, size, now, pc, at, stack); ++pc; break;
                case Instruction::RUN_LAZY: good = run_lazy(text, size, now, pc, at, stack); ++pc; break;
                case Instruction::SPLIT: push(stack, AT, now.other, at, 0); pc = now.to; break;
                case Instruction::JUMP: pc = now.to; break;
                case Instruction::ALT: good = choose(text, size, now, pc, at, 0, stack); break;
                case Instruction::LOOK: good = look(text, size, now, pc, at, stack); pc = now.to; break;
                case Instruction::MATCH:
                    if (!(advance && at == start)) {
                        stack.resize(base);
                        return at;
                    }
                    good = false;
            }
            while (!good) {
                if (stack.size() == base) return -1;
                good = resume(text, size, pc, at, stack);
            }
        }
    }

    template <typename Char>
    bool look(const Char* text, int64_t size, const Instruction& now, uint32_t pc, int64_t at, std::vector<uint64_t>& stack) const {
        const int64_t from = now.behind ? at - int64_t(now.value) : at;
        const bool found = from >= 0 && run(text, size, pc + 1, from, false, stack) >= 0;
        return found != now.negative;
    }

    // As many of the set as there are, leaving a frame for the shorter runs.
    template <typename Char>
    bool run_greedy(const Char* text, int64_t size, const Instruction& now, uint32_t pc, int64_t& at, std::vector<uint64_t>& stack) const {
        const CharSet& set = sets_[now.value];
        const int64_t room = size - at;
        const int64_t most = now.most == unlimited || int64_t(now.most) > room ? room : int64_t(now.most);
        int64_t count = 0;
        while (count < most && set.contains(text[at + count])) ++count;
        if (count < int64_t(now.least)) return false;
        const int64_t shortest = at + now.least;
        at += count;
        if (at > shortest) push(stack, SHORTER, pc + 1, at, uint64_t(shortest));
        return true;
    }

    template <typename Char>
    bool run_lazy(const Char* text, int64_t size, const Instruction& now, uint32_t pc, int64_t& at, std::vector<uint64_t>& stack) const {
        const CharSet& set = sets_[now.value];
        for (uint32_t i = 0; i < now.least; ++i, ++at)
            if (at >= size || !set.contains(text[at])) return false;
        if (now.most > now.least) push(stack, LONGER, pc, at, now.most == unlimited ? unlimited : now.most - now.least);
        return true;
    }

    // Goes to alternative number `next` of those the character allows, leaving a frame for the later ones.
    template <typename Char>
    bool choose(const Char* text, int64_t size, const Instruction& now, uint32_t& pc, int64_t at, size_t next, std::vector<uint64_t>& stack) const {
        const Dispatch& table = tables_[now.value];
        const uint32_t c = at < size ? uint32_t(text[at]) : 0;
        const auto& list = table.lists[at >= size ? table.at_end : c < 256 ? table.by_character[c] : table.for_others];
        if (next >= list.size()) return false;
        if (next + 1 < list.size()) push(stack, NEXT, pc, at, next + 1);
        pc = table.targets[list[next]];
        return true;
    }

    // Takes up the last choice left open; false if it leads nowhere.
    template <typename Char>
    bool resume(const Char* text, int64_t size, uint32_t& pc, int64_t& at, std::vector<uint64_t>& stack) const {
        const uint64_t extra = stack.back();
        stack.pop_back();
        at = int64_t(stack.back());
        stack.pop_back();
        const uint64_t head = stack.back();
        stack.pop_back();
        pc = uint32_t(head >> 2);
        switch (Frame(head & 3)) {
            case AT: return true;
            case SHORTER:
                if (--at > int64_t(extra)) push(stack, SHORTER, pc, at, extra);
                return true;
            case LONGER: {
                const Instruction& now = program_[pc];
                if (at >= size || !sets_[now.value].contains(text[at])) return false;
                ++at;
                if (extra == unlimited || extra > 1) push(stack, LONGER, pc, at, extra == unlimited ? extra : extra - 1);
                ++pc;
                return true;
            }
            case NEXT: return choose(text, size, program_[pc], pc, at, size_t(extra), stack);
        }
        return false;
    }

    std::vector<Node> nodes_;
    std::vector<CharSet> sets_;
    std::vector<Instruction> program_;
    std::vector<Dispatch> tables_;
    FirstSet first_;
    bool anchored_ = false;
    uint32_t longest_ = unlimited;
    const Unicode* unicode_ = nullptr;
};

}  // namespace spacy_lite
