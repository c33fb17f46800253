"""msgpack without the search for plugins that srsly makes at every call: it takes longer than a small message does."""
import gc
from functools import partial
from typing import Any

import srsly
from srsly.msgpack._msgpack_numpy import decode_numpy, encode_numpy
from srsly.msgpack._packer import Packer
from srsly.msgpack._unpacker import unpackb

__all__ = ["pack", "unpack"]


def pack(message: Any) -> bytes:
    """A value as msgpack, NumPy arrays included; other types by the encoders that are registered with srsly."""
    try:
        return Packer(use_bin_type=True, default=partial(encode_numpy, chain=None)).pack(message)
    except TypeError:
        return srsly.msgpack_dumps(message)


def unpack(data: bytes, *, plugins: bool = False, use_list: bool = True) -> Any:
    """The value in msgpack bytes. plugins: let the decoders registered with srsly see every map. Raises ValueError for
    other bytes.
    """
    collects = gc.isenabled()
    gc.disable()  # a large message makes many objects, none of them garbage
    try:
        if plugins:
            return srsly.msgpack_loads(data, use_list=use_list)
        return unpackb(data, raw=False, use_list=use_list, object_hook=partial(decode_numpy, chain=None))
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None
    finally:
        if collects:
            gc.enable()
