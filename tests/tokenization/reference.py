"""A tokenizer in plain Python, as slow and as simple as its definition: the oracle of the native one."""

import functools
import re


class Reference:
    """Settings are sources of patterns or None; rules: text -> list of ORTH strings."""

    def __init__(self, rules=None, prefix=None, suffix=None, infix=None, token_match=None, url_match=None):
        self.rules = rules or {}
        compiled = [
            re.compile(source) if source is not None else None for source in (prefix, suffix, infix, token_match, url_match)
        ]
        self.prefix, self.suffix, self.infix, self.token_match, self.url_match = compiled

    @classmethod
    def of(cls, tokenizer):
        """The reference with the settings of a tokenizer."""
        functions = (
            tokenizer.prefix_search,
            tokenizer.suffix_search,
            tokenizer.infix_finditer,
            tokenizer.token_match,
            tokenizer.url_match,
        )
        sources = [None if function is None else function.__self__.pattern for function in functions]
        rules = {text: [token[65] for token in tokens] for text, tokens in tokenizer.rules.items()}
        return cls(rules, *sources)

    def __call__(self, text):
        """[(token, is followed by its space)]"""
        tokens = []
        for chunk, space in chunks(text):
            words = self.rules.get(chunk) or self.cut(chunk, True)
            tokens += [(word, space and i == len(words) - 1) for i, word in enumerate(words)]
        return self.replace_phrases(text, tokens)

    def length(self, pattern, string):
        match = pattern.search(string) if pattern else None
        return match.end() - match.start() if match else 0

    def one_token(self, string):
        return any(pattern and pattern.match(string) for pattern in (self.token_match, self.url_match))

    def cut(self, string, specials):
        def special(part):
            return specials and part in self.rules

        before, after, last = [], [], None
        while string and len(string) != last:
            if (self.token_match and self.token_match.match(string)) or special(string):
                break
            last = len(string)
            prefix = self.length(self.prefix, string)
            if prefix and special(string[prefix:]):
                before, string = before + [string[:prefix]], string[prefix:]
                break
            suffix = self.length(self.suffix, string[prefix:])
            if suffix and special(string[: len(string) - suffix]):
                after, string = after + [string[len(string) - suffix :]], string[: len(string) - suffix]
                break
            if prefix:
                before.append(string[:prefix])
            if suffix:
                after.append(string[len(string) - suffix :])
            string = string[prefix : len(string) - suffix]
        return before + (self.middle(string, special) if string else []) + after[::-1]

    def middle(self, string, special):
        if special(string):
            return self.rules[string]
        if self.one_token(string) or not self.infix:
            return [string]
        words, at = [], 0
        for match in self.infix.finditer(string):
            if match.start() > 0:
                words += [string[at : match.start()], match.group()]
                at = match.end()
        return [word for word in words + [string[at:]] if word]

    @functools.cached_property
    def phrases(self):
        """What affix rules make of the special cases that they would take apart, or that hold a space."""
        affixes = [pattern for pattern in (self.prefix, self.suffix) if pattern]
        return [
            [word for chunk, _ in chunks(phrase) for word in self.cut(chunk, False)]
            for phrase in self.rules
            if " " in phrase
            or any(self.length(pattern, phrase) for pattern in affixes)
            or (self.infix and list(self.infix.finditer(phrase)))
        ]

    def replace_phrases(self, text, tokens):
        words = [word for word, _ in tokens]
        found = [
            (start, start + len(phrase))
            for phrase in self.phrases
            for start in range(len(words))
            if words[start] == phrase[0] and words[start : start + len(phrase)] == phrase
        ]
        taken, chosen = set(), []
        for start, end in sorted(found, key=lambda span: (span[0] - span[1], span[0])):
            if start not in taken and end - 1 not in taken:
                chosen.append((start, end))
            taken.update(range(start, end))
        for start, end in sorted(chosen, reverse=True):
            spelt = "".join(word + " " * space for word, space in tokens[start:end])
            spelt = spelt[:-1] if tokens[end - 1][1] else spelt
            if spelt in self.rules:
                words = self.rules[spelt]
                tokens[start:end] = [(word, i == len(words) - 1 and tokens[end - 1][1]) for i, word in enumerate(words)]
        return tokens


def chunks(text):
    """[(run of white space or of other characters, is followed by its space)]"""
    for match in re.finditer(r"(\s+)|(\S+)( ?)", text):
        yield (match[1], False) if match[1] else (match[2], bool(match[3]))
