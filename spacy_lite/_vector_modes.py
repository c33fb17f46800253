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


def checked_mode(mode: str, minn: int, maxn: int, hash_count: int, hash_seed: int = 0, bow: str = "<", eow: str = ">") -> str:
    """The mode's name. Raises ValueError for one there is not, and for settings of n-grams that make no sense."""
    if mode not in list(Mode):
        raise ValueError(f"vectors have mode {' or '.join(Mode.values())}, got {mode!r}")
    if mode == Mode.floret:
        if not isinstance(bow, str) or not isinstance(eow, str):
            raise ValueError(f"floret marks the ends of words by strings, got bow={bow!r}, eow={eow!r}")
        for name, number in (("minn", minn), ("maxn", maxn), ("hash_count", hash_count), ("hash_seed", hash_seed)):
            if not isinstance(number, int) or not 0 <= number < 2**32:
                raise ValueError(f"the setting {name} of a floret table is a number from 0 to 2 ** 32, got {number!r}")
        if maxn < minn:
            raise ValueError(f"floret n-grams go from minn to maxn characters, got minn={minn}, maxn={maxn}")
        if not 1 <= hash_count <= 4:
            raise ValueError(f"floret vectors have 1 to 4 rows for a string, got hash_count={hash_count}")
    return Mode(mode).value
