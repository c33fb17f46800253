"""Pretrained transformers in a pipeline: the component, its listeners, and how pieces and tokens meet.

Imports torch and transformers (the extra `spacy_lite[transformers]`) when a transformer is loaded, not before.
"""

from .adapter_layers import BottleneckConfig, LoraConfig
from .component import Transformer
from .data import FullTransformerBatch, TransformerData, WordpieceBatch
from .frozen_rows import freeze_rows
from .layers import TransformerModel, split_trf_batch, trfs2arrays
from .listener import TransformerListener

__all__ = [
    "BottleneckConfig",
    "FullTransformerBatch",
    "LoraConfig",
    "Transformer",
    "TransformerData",
    "TransformerListener",
    "TransformerModel",
    "WordpieceBatch",
    "freeze_rows",
    "split_trf_batch",
    "trfs2arrays",
]
