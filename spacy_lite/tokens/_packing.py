"""msgpack without the search for plugins that srsly makes at every call: it takes longer than a small message does."""

from functools import partial
from typing import Any

import srsly
from srsly.msgpack._msgpack_numpy import encode_numpy
from srsly.msgpack._packer import Packer

from ..serialize import unpack_message as unpack

__all__ = ["pack", "unpack"]


def pack(message: Any) -> bytes:
    """A value as msgpack, NumPy arrays included; other types by the encoders that are registered with srsly."""
    try:
        return Packer(use_bin_type=True, default=partial(encode_numpy, chain=None)).pack(message)
    except TypeError:
        return srsly.msgpack_dumps(message)
