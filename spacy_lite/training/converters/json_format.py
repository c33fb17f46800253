"""spaCy v2's JSON training format to Docs."""

from collections.abc import Iterator

import srsly

from ...errors import FormatError
from ...language.loading import load_model
from ...tokens import Doc
from ...vocab import Vocab
from ..gold_io import docs_of_paragraphs

__all__ = ["json_to_docs"]


def json_to_docs(input_data: str, model: str | None = None, **kwargs: object) -> Iterator[Doc]:
    """Read JSON text, a list of documents with paragraphs of sentences of tokens, and yield one Doc for each paragraph.

    model: pipeline whose tokenizer cuts paragraphs that have a `raw` text; without one, tokens are as in the file.
    Raises FormatError for text that is not such a list.
    """
    try:
        documents = srsly.json_loads(input_data)
    except ValueError as error:
        raise FormatError(f"not JSON: {error}") from error
    nlp = load_model(model) if model else None
    vocab = nlp.vocab if nlp else Vocab()
    for document in documents if isinstance(documents, list) else [documents]:
        yield from docs_of_paragraphs(vocab, document)
