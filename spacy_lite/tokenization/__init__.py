"""From text to tokens: the tokenizer, its rules, and what the rules of every language start from."""
