"""Token-per-line entity corpora (CoNLL 2003 and its relatives) to Docs.

A line holds a word, optionally further columns, and the entity tag last, separated by whitespace. An empty line (or one of
nothing but whitespace) ends a sentence; a line starting with `-DOCSTART-` starts a document.
"""

import warnings
from collections.abc import Iterator

from ...errors import FormatError
from ...language.loading import load_model
from ...tokens import Doc
from ...vocab import Vocab
from ..entity_tags import TaggedWord, doc_of_sentences

__all__ = ["conll_ner_to_docs"]

DOC_DELIMITER = "-DOCSTART-"


def conll_ner_to_docs(
    input_data: str,
    n_sents: int = 10,
    seg_sents: bool = False,
    model: str | None = None,
    no_print: bool = False,
    **kwargs: object,
) -> Iterator[Doc]:
    """Read token-per-line text and yield one Doc for each document.

    A file without `-DOCSTART-` lines is cut into Docs of `n_sents` sentences (0: one Doc). seg_sents: for files without empty
    lines, find the sentences with the pipeline named `model`, or by final punctuation where none is given. no_print: leave out
    the notices about that. Raises FormatError naming the line for rows that have no tag.
    """
    documents, delimited = _read(input_data)
    has_sentences = any(len(document) > 1 for document in documents)
    if seg_sents and not has_sentences:
        documents = [_segment(document, model) for document in documents]
    elif seg_sents and not no_print:
        warnings.warn("The file already separates its sentences by empty lines: --seg-sents is left out.")
    vocab = Vocab()
    for document in documents:
        size = len(document) if delimited or n_sents < 1 else n_sents
        for start in range(0, len(document), max(size, 1)):
            yield doc_of_sentences(vocab, document[start : start + size])


def _read(data: str) -> tuple[list[list[list[TaggedWord]]], bool]:
    """Documents, each a list of sentences, each a list of words; and whether the file marks its documents."""
    documents: list[list[list[TaggedWord]]] = [[]]
    sentence: list[TaggedWord] = []
    delimited = False

    def close_sentence() -> None:
        nonlocal sentence
        if sentence:
            documents[-1].append(sentence)
        sentence = []

    for number, line in enumerate(data.splitlines(), 1):
        columns = line.split()
        if not columns:
            close_sentence()
        elif columns[0] == DOC_DELIMITER:
            close_sentence()
            delimited = True
            documents.append([])
        elif len(columns) == 1:
            raise FormatError(
                f"line {number}: expected a word, then its entity tag, separated by whitespace; found only {columns[0]!r}"
            )
        else:
            sentence.append((columns[0], columns[1] if len(columns) > 2 else "-", columns[-1]))
    close_sentence()
    return [document for document in documents if document], delimited


def _segment(document: list[list[TaggedWord]], model: str | None) -> list[list[TaggedWord]]:
    words = [word for sentence in document for word in sentence]
    if model:
        nlp = load_model(model)
        doc = Doc(nlp.vocab, words=[word for word, _, _ in words])
        for _, pipe in nlp.pipeline:
            doc = pipe(doc)
        starts = {sentence.start for sentence in doc.sents}
    else:
        ends = (".", "!", "?", "。", "！", "？")
        starts = {i for i in range(len(words)) if i == 0 or (words[i - 1][0] in ends and words[i][0] not in ends)}
    sentences: list[list[TaggedWord]] = []
    for index, word in enumerate(words):
        if index in starts or not sentences:
            sentences.append([])
        sentences[-1].append(word)
    return sentences
