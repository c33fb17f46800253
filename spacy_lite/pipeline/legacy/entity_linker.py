"""The entity linker of earlier versions, under the path it had."""

from ..linking.excerpt_linker import EntityLinker_v1

__all__ = ["EntityLinker_v1"]
