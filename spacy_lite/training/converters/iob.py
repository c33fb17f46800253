"""Sentence-per-line entity corpora to Docs: `I|PRON|O like|VERB|O London|PROPN|I-GPE` or `London|I-GPE` without parts of "
"speech."""

from collections.abc import Iterator

from ...errors import FormatError
from ...tokens import Doc, Span
from ...vocab import Vocab
from ..entity_tags import spans_of_tags

__all__ = ["iob_to_docs"]


def iob_to_docs(input_data: str, n_sents: int = 10, no_print: bool = False, *args: object, **kwargs: object) -> Iterator[Doc]:
    """Read one sentence a line, tokens separated by spaces, and yield Docs of `n_sents` sentences (0: one Doc for all).

    no_print: accepted for compatibility. Raises FormatError naming the line for tokens that are not `word|tag` or
    `word|pos|tag`.
    """
    vocab = Vocab()
    sentences = []
    for number, line in enumerate(input_data.splitlines(), 1):
        if line.strip():
            sentences.append([_read_token(token, number) for token in line.split()])
        if n_sents > 0 and len(sentences) == n_sents:
            yield _to_doc(vocab, sentences)
            sentences = []
    if sentences:
        yield _to_doc(vocab, sentences)


def _read_token(token: str, line: int) -> tuple[str, str, str]:
    parts = token.rsplit("|", 2) if token.count("|") > 1 else token.rsplit("|", 1)
    if len(parts) == 3:
        return parts[0], parts[1], parts[2]
    if len(parts) == 2:
        return parts[0], "-", parts[1]
    raise FormatError(f"line {line}: expected word|tag or word|pos|tag, found {token!r}")


def _to_doc(vocab: Vocab, sentences: list[list[tuple[str, str, str]]]) -> Doc:
    words = [word for sentence in sentences for word in sentence]
    doc = Doc(
        vocab,
        words=[word for word, _, _ in words],
        tags=[pos for _, pos, _ in words],
        sent_starts=[index == 0 for sentence in sentences for index in range(len(sentence))],
    )
    spans: list[Span] = []
    offset = 0
    for sentence in sentences:
        found = spans_of_tags(tag for _, _, tag in sentence)
        spans.extend(Span(doc, offset + start, offset + end, label=label) for start, end, label in found)
        offset += len(sentence)
    doc.set_ents(spans, default="outside")
    return doc
