"""Whether bytes are one whole msgpack value, found out before anything is made of it."""
from libc.stdint cimport uint8_t

cdef extern from "kernels/messages.hh" namespace "spacy_lite" nogil:
    cdef enum class MessageFault:
        none
        cut_off
        too_deep
        unknown_type
        more_follows

    cdef struct MessageCheck:
        MessageFault fault
        size_t place

    MessageCheck c_check_message "spacy_lite::check_message"(const uint8_t* data, size_t size, size_t max_depth) except +

__all__ = ["check_message"]

#: How many lists and maps may be inside each other; the reader has places for so many.
cdef enum:
    MAX_DEPTH = 500


def check_message(const uint8_t[::1] data not None):
    """Hold a msgpack value against its bytes (n,): that it ends where they do, and that its counts and lengths are true.

    Raises ValueError, with the place in the bytes, for one that is cut off or lies, that is nested deeper than can be read, and
    for bytes that are followed by others or are no msgpack.
    """
    cdef size_t size = data.shape[0]
    cdef MessageCheck found
    if size == 0:
        raise ValueError("there are no bytes")
    with nogil:
        found = c_check_message(&data[0], size, MAX_DEPTH)
    if found.fault == MessageFault.cut_off:
        raise ValueError(f"the value at byte {found.place} is larger than what is left of the {size} bytes")
    if found.fault == MessageFault.too_deep:
        raise ValueError(f"the values at byte {found.place} are nested more than {MAX_DEPTH} deep")
    if found.fault == MessageFault.unknown_type:
        raise ValueError(f"byte {found.place} begins no value")
    if found.fault == MessageFault.more_follows:
        raise ValueError(f"the value ends at byte {found.place}, and there are {size}")
