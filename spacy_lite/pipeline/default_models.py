"""Configs of the encoders and models that components have when theirs names none, where several components share one."""

from typing import Any

__all__ = ["transition_model", "window_encoder", "word_encoder"]


def word_encoder(width: int = 96, depth: int = 4, maxout_pieces: int = 3) -> dict[str, Any]:
    """Hash embeddings of words and their parts, then `depth` layers of windows of three words: rows of `width` values."""
    return {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": width,
        "depth": depth,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": maxout_pieces,
        "subword_features": True,
    }


def window_encoder(embedding: str) -> dict[str, Any]:
    """An embedding layer of that architecture, then four layers of windows of three words: rows of 96 values."""
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": embedding,
            "width": 96,
            "rows": [5000, 1000, 2500, 1000],
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 96,
            "window_size": 1,
            "maxout_pieces": 3,
            "depth": 4,
        },
    }


def transition_model(state_type: str) -> dict[str, Any]:
    """Scores of the moves of a transition system. state_type: "parser" or "ner"."""
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": state_type,
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": word_encoder(),
    }
