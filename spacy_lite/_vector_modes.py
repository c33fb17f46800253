"""The two ways words find their rows in a table of vectors."""

from enum import StrEnum

__all__ = ["FLORET_SETTINGS", "Mode", "checked_mode"]

FLORET_SETTINGS = ("minn", "maxn", "hash_count", "hash_seed", "bow", "eow")


class Mode(StrEnum):
    """How words find their rows: by a map from words (`default`), or by hashes of their n-grams (`floret`)."""

    default = "default"
    floret = "floret"

    @classmethod
    def values(cls) -> list[str]:
        """Names of the modes."""
        return list(cls.__members__)


def checked_mode(mode: str, minn: int, maxn: int, hash_count: int) -> str:
    """The mode's name. Raises ValueError for one there is not, and for settings of n-grams that make no sense."""
    if mode not in list(Mode):
        raise ValueError(f"vectors have mode {' or '.join(Mode.values())}, got {mode!r}")
    if mode == Mode.floret:
        if maxn < minn:
            raise ValueError(f"floret n-grams go from minn to maxn characters, got minn={minn}, maxn={maxn}")
        if not 1 <= hash_count <= 4:
            raise ValueError(f"floret vectors have 1 to 4 rows for a string, got hash_count={hash_count}")
    return Mode(mode).value
