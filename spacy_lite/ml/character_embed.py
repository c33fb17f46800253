"""`CharacterEmbed`, the embedding of single bytes, at the path users know."""

from .layers.char_embed import CharEmbed as CharacterEmbed

__all__ = ["CharacterEmbed"]
