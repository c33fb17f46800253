"""Readers of foreign corpus formats, each giving annotated Docs."""

from .conll_ner import conll_ner_to_docs
from .conllu import conllu_to_docs
from .iob import iob_to_docs
from .json_format import json_to_docs

__all__ = ["conll_ner_to_docs", "conllu_to_docs", "iob_to_docs", "json_to_docs"]
