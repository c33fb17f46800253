"""Components of earlier versions, for pipelines that were made with them."""

from .entity_linker import EntityLinker_v1

__all__ = ["EntityLinker_v1"]
