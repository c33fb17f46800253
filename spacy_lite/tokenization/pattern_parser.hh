// Reader of regular expressions in the syntax of Python's `re`: source -> tree.
//
// What tokenizer rules use is covered: literals, classes, categories, anchors, groups, alternatives, greedy and lazy repeats, and
// look-around. Anything else (back-references, flags that change matching, conditional and atomic groups, possessive repeats, repeats of
// what may be empty) makes `parse` return false, and the caller leaves the pattern to the interpreter's own engine.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pattern_set.hh"

namespace spacy_lite {

constexpr uint32_t unlimited = 0xffffffffu;

struct Node {
    enum Kind : uint8_t { EMPTY, CHAR, SET, BEGIN, END, VERY_END, BOUNDARY, NOT_BOUNDARY, CAT, ALT, REPEAT, LOOK } kind;
    uint32_t value = 0;          // CHAR: the character; SET: index in `sets`
    uint32_t least = 0, most = 0;  // REPEAT
    bool greedy = true;          // REPEAT
    bool behind = false, negative = false;  // LOOK
    std::vector<uint32_t> children;
};

struct Width {
    uint64_t least, most;  // most may be `unlimited`
};

class PatternParser {
  public:
    PatternParser(const uint32_t* source, size_t size, const Unicode& unicode) : at_(source), end_(source + size), unicode_(unicode) {}

    // True if the whole source was understood; `root` is then the tree.
    bool parse() {
        read_flags();
        root = alternatives(0);
        return ok_ && at_ == end_;
    }

    std::vector<Node> nodes;
    std::vector<CharSet> sets;
    uint32_t root = 0;

    Width width(uint32_t index) const {
        const Node& node = nodes[index];
        switch (node.kind) {
            case Node::CHAR: case Node::SET: return {1, 1};
            case Node::CAT: {
                Width total{0, 0};
                for (uint32_t child : node.children) total = sum(total, width(child));
                return total;
            }
            case Node::ALT: {
                Width total = width(node.children[0]);
                for (uint32_t child : node.children) {
                    const Width one = width(child);
                    total = {std::min(total.least, one.least), std::max(total.most, one.most)};
                }
                return total;
            }
            case Node::REPEAT: {
                const Width one = width(node.children[0]);
                const bool endless = one.most && (node.most == unlimited || one.most == unlimited);
                return {std::min<uint64_t>(one.least * node.least, unlimited), endless ? unlimited : std::min<uint64_t>(one.most * node.most, unlimited)};
            }
            default: return {0, 0};
        }
    }

  private:
    static constexpr int deepest = 200;

    static Width sum(Width a, Width b) {
        return {std::min<uint64_t>(a.least + b.least, unlimited), std::min<uint64_t>(a.most + b.most, unlimited)};
    }

    bool more() const noexcept { return ok_ && at_ < end_; }
    uint32_t peek(size_t ahead = 0) const noexcept { return size_t(end_ - at_) > ahead ? at_[ahead] : 0; }
    bool accept(uint32_t c) noexcept {
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    bool accept(const char* text) noexcept {
        const uint32_t* from = at_;
        for (; *text; ++text, ++from)
            if (from == end_ || *from != uint32_t(static_cast<unsigned char>(*text))) return false;
        at_ = from;
        return true;
    }
    uint32_t fail() noexcept {
        ok_ = false;
        return 0;
    }
    uint32_t add(Node node) {
        nodes.push_back(std::move(node));
        return uint32_t(nodes.size() - 1);
    }
    uint32_t leaf(Node::Kind kind, uint32_t value = 0) {
        Node node{kind};
        node.value = value;
        return add(std::move(node));
    }

    // `(?u)` says nothing new; `(?i)` ignores case, if the interpreter told which letters are the same.
    void read_flags() noexcept {
        if (accept("(?u)")) return;
        ignore_case_ = accept("(?i)") || accept("(?iu)") || accept("(?ui)");
        if (ignore_case_ && unicode_.same_upper.empty()) fail();
    }

    uint32_t character(uint32_t c) {
        if (!ignore_case_ || (unicode_.lower(c) == c && unicode_.upper(c) == c)) return leaf(Node::CHAR, c);
        CharSet set;
        set.add(c, c);
        return finished(std::move(set), {c});
    }

    uint32_t alternatives(int depth) {
        if (depth > deepest) return fail();
        Node node{Node::ALT};
        do node.children.push_back(sequence(depth));
        while (ok_ && accept('|'));
        return node.children.size() == 1 ? node.children[0] : add(std::move(node));
    }

    uint32_t sequence(int depth) {
        Node node{Node::CAT};
        while (more() && peek() != '|' && peek() != ')') {
            const uint32_t item = atom(depth);
            if (!ok_) return 0;
            node.children.push_back(repeated(item));
        }
        if (node.children.empty()) return leaf(Node::EMPTY);
        return node.children.size() == 1 ? node.children[0] : add(std::move(node));
    }

    uint32_t repeated(uint32_t item) {
        uint32_t least, most;
        if (!quantifier(least, most)) return item;
        Node node{Node::REPEAT};
        node.greedy = !accept('?');
        uint32_t again_least, again_most;
        if (peek() == '+' || quantifier(again_least, again_most)) return fail();  // possessive, or a repeat of a repeat
        if (least > most || most == 0 || (width(item).least == 0 && most != 1)) return fail();
        node.least = least;
        node.most = most;
        node.children.push_back(item);
        return add(std::move(node));
    }

    bool quantifier(uint32_t& least, uint32_t& most) {
        if (accept('*')) return least = 0, most = unlimited, true;
        if (accept('+')) return least = 1, most = unlimited, true;
        if (accept('?')) return least = 0, most = 1, true;
        if (peek() != '{' || peek(1) == '}') return false;
        const uint32_t* start = at_++;
        const bool has_least = number(least);
        if (!has_least) least = 0;
        if (accept(',')) {
            if (!number(most)) most = unlimited;
        } else {
            most = least;
            if (!has_least) return at_ = start, false;
        }
        if (!accept('}')) return at_ = start, false;
        return true;
    }

    bool number(uint32_t& value) {
        const uint32_t* start = at_;
        uint64_t total = 0;
        while (peek() >= '0' && peek() <= '9') total = std::min<uint64_t>(total * 10 + (*at_++ - '0'), unlimited - 1);
        value = uint32_t(total);
        return at_ != start;
    }

    uint32_t atom(int depth) {
        const uint32_t c = *at_++;
        switch (c) {
            case '^': return leaf(Node::BEGIN);
            case '$': return leaf(Node::END);
            case '.': return any_but_newline();
            case '[': return char_class();
            case '(': return group(depth);
            case '\\': return escape();
            case '*': case '+': case '?': return fail();
            default: return character(c);
        }
    }

    uint32_t group(int depth) {
        Node look{Node::LOOK};
        bool looks = false;
        if (accept('?')) {
            if (accept(':')) {
            } else if (accept("P<")) {
                while (more() && peek() != '>') ++at_;
                if (!accept('>')) return fail();
            } else if (accept("#")) {
                while (more() && peek() != ')') ++at_;
                return accept(')') ? leaf(Node::EMPTY) : fail();
            } else {
                looks = true;
                look.behind = accept('<');
                look.negative = accept('!');
                if (!look.negative && !accept('=')) return fail();
            }
        }
        const uint32_t inner = alternatives(depth + 1);
        if (!ok_ || !accept(')')) return fail();
        if (!looks) return inner;
        const Width size = width(inner);
        if (look.behind && (size.least != size.most || size.most >= unlimited)) return fail();
        look.value = uint32_t(size.least);
        look.children.push_back(inner);
        return add(std::move(look));
    }

    // A leaf for a set; sets written alike are kept once.
    uint32_t finished(CharSet set, std::vector<uint32_t> written) {
        const auto known = known_sets_.find(written);
        if (known != known_sets_.end()) return leaf(Node::SET, known->second);
        if (ignore_case_) set.ignore_case();
        set.finish(unicode_);
        sets.push_back(std::move(set));
        known_sets_.emplace(std::move(written), uint32_t(sets.size() - 1));
        return leaf(Node::SET, uint32_t(sets.size() - 1));
    }

    uint32_t any_but_newline() {
        CharSet set;
        set.add('\n', '\n');
        set.negate();
        return finished(std::move(set), {'.', '.'});
    }

    uint32_t char_class() {
        const uint32_t* from = at_ - 1;
        CharSet set;
        if (accept('^')) set.negate();
        bool first = true;
        while (true) {
            if (!more()) return fail();
            if (peek() == ']' && !first) break;
            first = false;
            uint32_t low, high;
            const bool single = class_member(set, low);
            if (!ok_) return 0;
            if (peek() == '-' && peek(1) != ']' && end_ - at_ > 1) {
                ++at_;
                if (!single || !class_member(set, high) || high < low) return fail();
                set.add(low, high);
            } else if (single) {
                set.add(low, low);
            }
        }
        ++at_;
        return finished(std::move(set), std::vector<uint32_t>(from, at_));
    }

    // Reads one member: true with its character, or false when it was a category, already added.
    bool class_member(CharSet& set, uint32_t& value) {
        if (!more()) return fail(), false;
        value = *at_++;
        if (value != '\\') return true;
        if (!more()) return fail(), false;
        Category category;
        if (category_of(peek(), category)) return ++at_, set.add(category), false;
        if (accept('b')) return value = '\b', true;
        return value = escaped_character(), true;
    }

    static bool category_of(uint32_t letter, Category& category) noexcept {
        switch (letter) {
            case 'd': category = DIGIT; return true;
            case 'D': category = NOT_DIGIT; return true;
            case 's': category = SPACE; return true;
            case 'S': category = NOT_SPACE; return true;
            case 'w': category = WORD; return true;
            case 'W': category = NOT_WORD; return true;
            default: return false;
        }
    }

    uint32_t escape() {
        if (!more()) return fail();
        Category category;
        if (category_of(peek(), category)) {
            CharSet set;
            set.add(category);
            return finished(std::move(set), {'\\', *at_++});
        }
        if (accept('b')) return leaf(Node::BOUNDARY);
        if (accept('B')) return leaf(Node::NOT_BOUNDARY);
        if (accept('A')) return leaf(Node::BEGIN);
        if (accept('Z')) return leaf(Node::VERY_END);
        return character(escaped_character());
    }

    // The character an escape stands for, the backslash being read; letters and digits with other meanings fail.
    uint32_t escaped_character() {
        const uint32_t c = *at_++;
        switch (c) {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'x': return hexadecimal(2);
            case 'u': return hexadecimal(4);
            case 'U': return hexadecimal(8);
            default: break;
        }
        const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter_or_digit ? fail() : c;
    }

    uint32_t hexadecimal(int digits) {
        uint32_t value = 0;
        for (; digits; --digits) {
            const uint32_t c = peek();
            const bool decimal = c >= '0' && c <= '9', small = c >= 'a' && c <= 'f', large = c >= 'A' && c <= 'F';
            if (!decimal && !small && !large) return fail();
            value = value * 16 + (decimal ? c - '0' : small ? c - 'a' + 10 : c - 'A' + 10);
            ++at_;
        }
        return value;
    }

    const uint32_t* at_;
    const uint32_t* end_;
    const Unicode& unicode_;
    std::map<std::vector<uint32_t>, uint32_t> known_sets_;
    bool ignore_case_ = false;
    bool ok_ = true;
};

}  // namespace spacy_lite
