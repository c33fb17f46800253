"""Sentence-per-line entity corpora to Docs: `I|PRON|O like|VERB|O London|PROPN|I-GPE`, or `London|I-GPE` without tags."""

from collections.abc import Iterator

from ...errors import FormatError
from ...tokens import Doc
from ...vocab import Vocab
from ..entity_tags import TaggedWord, doc_of_sentences

__all__ = ["iob_to_docs"]


def iob_to_docs(input_data: str, n_sents: int = 10, no_print: bool = False, *args: object, **kwargs: object) -> Iterator[Doc]:
    """Read one sentence a line, tokens separated by spaces, and yield Docs of `n_sents` sentences (0: one Doc for all).

    no_print: accepted for compatibility. Raises FormatError naming the line for tokens that are not `word|tag` or
    `word|pos|tag`.
    """
    vocab = Vocab()
    sentences: list[list[TaggedWord]] = []
    for number, line in enumerate(input_data.splitlines(), 1):
        if line.strip():
            sentences.append([_read_token(token, number) for token in line.split()])
        if n_sents > 0 and len(sentences) == n_sents:
            yield doc_of_sentences(vocab, sentences)
            sentences = []
    if sentences:
        yield doc_of_sentences(vocab, sentences)


def _read_token(token: str, line: int) -> TaggedWord:
    parts = token.rsplit("|", 2) if token.count("|") > 1 else token.rsplit("|", 1)
    if len(parts) == 3:
        return parts[0], parts[1], parts[2]
    if len(parts) == 2:
        return parts[0], "-", parts[1]
    raise FormatError(f"line {line}: expected word|tag or word|pos|tag, found {token!r}")
