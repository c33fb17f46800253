"""The coarse parts of speech and their numbers, importable by name: `from spacy_lite.parts_of_speech import NOUN`."""

from enum import IntEnum

from . import symbols

__all__ = ["IDS", "NAMES", "NO_TAG", "univ_pos_t"]

#: Number of a token without a part of speech.
NO_TAG: int = 0

#: Name -> number, "" for no part of speech.
IDS: dict[str, int] = {"": NO_TAG, **{name: symbols.IDS[name] for name in symbols.PARTS_OF_SPEECH}}

#: Number -> name.
NAMES: dict[int, str] = {number: name for name, number in IDS.items()}

#: The same as an enumeration.
univ_pos_t = IntEnum("univ_pos_t", {"NO_TAG" if name == "" else name: number for name, number in IDS.items()})

globals().update(IDS)
