"""Pretrained transformers in a pipeline: the component, its listeners, and how pieces and tokens meet.

Imports torch and transformers (the extra `spacy_lite[transformers]`) when a transformer is loaded, not before.
"""

from .component import Transformer
from .data import FullTransformerBatch, TransformerData, WordpieceBatch
from .layers import TransformerModel, split_trf_batch, trfs2arrays
from .listener import TransformerListener

__all__ = [
    "FullTransformerBatch",
    "Transformer",
    "TransformerData",
    "TransformerListener",
    "TransformerModel",
    "WordpieceBatch",
    "split_trf_batch",
    "trfs2arrays",
]
