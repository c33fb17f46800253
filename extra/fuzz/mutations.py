"""Files that are broken on purpose: bytes turned over, cut off and doubled, and values of msgpack or JSON that lie."""

import json
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy
import srsly

__all__ = ["MUTATORS", "mutate"]

# What lengths, shapes and counts are replaced with.
NUMBERS = (0, 1, -1, 2, 7, 127, 255, 65535, 2**31 - 1, -(2**31), 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1)
WORDS = (0, 0xFF, 0x7F, 0x80, 0xC1, 0xDD, 0xDF, 0xC6, 0xDB)
OTHERS: tuple[Any, ...] = (
    None,
    True,
    -1,
    3.5,
    float("nan"),
    1e300,
    "",
    "x",
    "\ud800"[:0],
    "../../../../etc/passwd",
    "/etc/passwd",
    "a" * 3000,
    b"",
    b"\xff" * 9,
    [],
    [[]],
    {},
    {"x": 1},
    2**63,
    [None],
    [-1, -1],
    "NaN",
    "con\x00",
    "..",
)


def mutate(kind: str, data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """A broken copy of a file. kind: how it is packed, a key of `MUTATORS`. others: files to take pieces from."""
    return MUTATORS[kind](data, rng, others)


def plain(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """One to four changes of bytes, whatever they mean."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if not changed:
            break
        rng.choice((flip, cut, overwrite, lie, remove, double, splice))(changed, rng, others)
    return bytes(changed)


def flip(data: bytearray, rng: random.Random, others: list[bytes]) -> None:
    """Turn over some bits."""
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def cut(data: bytearray, rng: random.Random, others: list[bytes]) -> None:
    """Keep the beginning only."""
    del data[rng.randrange(len(data)) :]


def overwrite(data: bytearray, rng: random.Random, others: list[bytes]) -> None:
    """A byte that means much in msgpack."""
    data[rng.randrange(len(data))] = rng.choice(WORDS)


def lie(data: bytearray, rng: random.Random, others: list[bytes]) -> None:
    """Four or eight bytes of a length that is not true, near the beginning as often as anywhere."""
    form = rng.choice((">I", "<I", ">Q", "<Q", ">H"))
    at = rng.randrange(min(len(data), rng.choice((64, len(data)))))
    value = rng.choice(NUMBERS) % (1 << 8 * struct.calcsize(form))
    data[at : at + struct.calcsize(form)] = struct.pack(form, value)


def remove(data: bytearray, rng: random.Random, others: list[bytes]) -> None:
    """Leave out a piece."""
    at = rng.randrange(len(data))
    del data[at : at + rng.choice((1, 2, 8, 100))]


def double(data: bytearray, rng: random.Random, others: list[bytes]) -> None:
    """Write a piece twice."""
    at = rng.randrange(len(data))
    data[at:at] = data[at : at + rng.choice((1, 4, 50))]


def splice(data: bytearray, rng: random.Random, others: list[bytes]) -> None:
    """Put in a piece of another file."""
    other = rng.choice(others)
    if other:
        start = rng.randrange(len(other))
        at = rng.randrange(len(data))
        data[at : at + rng.choice((0, 20))] = other[start : start + rng.choice((4, 20, 200))]


def values(message: Any, rng: random.Random) -> Any:
    """A copy of a value with one to three of the values in it replaced, removed or doubled."""
    holder = [message]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(places_in(holder, []))
        container, key = rng.choice(places)
        container[key] = other_value(container[key], rng)
        if rng.random() < 0.2 and container is not holder:
            if isinstance(container, list):
                container[key:key] = [container[key]] * rng.choice((1, 5))
            else:
                del container[key]
    return holder[0]


def places_in(value: Any, found: list) -> list:
    """(container, key) of every value inside; at most some thousand."""
    items = enumerate(value) if isinstance(value, list) else list(value.items()) if isinstance(value, dict) else ()
    for key, item in items:
        if len(found) > 3000:
            break
        found.append((value, key))
        places_in(item, found)
    return found


def other_value(value: Any, rng: random.Random) -> Any:
    """Something in the place of a value: near to it, or of another type."""
    if isinstance(value, bool) or rng.random() < 0.25:
        return rng.choice(OTHERS)
    if isinstance(value, int):
        return rng.choice((value + 1, value - 1, -value, rng.choice(NUMBERS)))
    if isinstance(value, float):
        return rng.choice((-value, float("inf"), float("nan"), 0.0, 1e308))
    if isinstance(value, numpy.ndarray):
        return other_array(value, rng)
    if isinstance(value, bytes):
        return nested(value, rng)
    if isinstance(value, str):
        return rng.choice((value[:-1], value + value, value.upper(), value[::-1], "", "../" + value))
    if isinstance(value, list):
        return rng.choice((value[:-1], value * 2, value[::-1], []))
    return rng.choice(OTHERS)


def other_array(array: numpy.ndarray, rng: random.Random) -> Any:
    """An array of another shape, type or size, or with values that are no weights."""
    flat = array.reshape(-1)
    choices: tuple[Callable[[], Any], ...] = (
        lambda: flat,
        lambda: array.T.copy(),
        lambda: array[:-1],
        lambda: array[..., :-1].copy(),
        lambda: numpy.concatenate([array, array]) if array.ndim else flat,
        lambda: array.astype("float64"),
        lambda: array.astype("float16"),
        lambda: array.astype("int8"),
        lambda: array.astype("U3"),
        lambda: numpy.zeros((0, *array.shape[1:]), array.dtype),
        lambda: array[None],
        lambda: numpy.full_like(array, rng.choice((0, 1)) if array.dtype.kind in "iub" else numpy.nan),
        lambda: numpy.full_like(array, 3) if array.dtype.kind in "iub" else array * numpy.float32(1e38),
        lambda: {b"nd": True, b"type": "<f4", b"kind": b"", b"shape": [rng.choice(NUMBERS), 2], b"data": array.tobytes()},
        lambda: {
            b"nd": True,
            b"type": rng.choice(("O", "V8", "|S0", "U9", "<f3", "M8", "i4,O")),
            b"kind": rng.choice((b"", b"O", b"V")),
            b"shape": list(array.shape),
            b"data": array.tobytes(),
        },
    )
    return rng.choice(choices)()


def nested(data: bytes, rng: random.Random) -> bytes:
    """A message inside a message, changed as one where it is one."""
    if rng.random() < 0.6:
        try:
            return srsly.msgpack_dumps(values(srsly.msgpack_loads(data), rng))
        except Exception:  # noqa: BLE001, S110
            pass
    return plain(data, rng, [data])


def msgpack(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Mostly a valid message with wrong values, else broken bytes."""
    if rng.random() < 0.35:
        return plain(data, rng, others)
    try:
        return srsly.msgpack_dumps(values(srsly.msgpack_loads(data), rng))
    except Exception:  # noqa: BLE001
        return plain(data, rng, others)


def compressed(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """A message that is compressed: mostly changed before it is."""
    if rng.random() < 0.15:
        return plain(data, rng, others)
    return zlib.compress(msgpack(zlib.decompress(data), rng, others), 1)


def json_text(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Mostly valid JSON with wrong values, else broken bytes."""
    if rng.random() < 0.3:
        return plain(data, rng, others)
    try:
        return json.dumps(values(json.loads(data), rng), default=repr).encode("utf8")
    except Exception:  # noqa: BLE001
        return plain(data, rng, others)


def json_lines(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Lines of JSON of which one is changed."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    lines[at] = json_text(lines[at], rng, others) if lines[at] else b"\x00"
    return b"\n".join(lines)


def config(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """A config of which a line is changed, moved, left out or doubled."""
    if rng.random() < 0.3:
        return plain(data, rng, others)
    lines = data.decode("utf8").split("\n")
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(lines))
        name, equals, _value = lines[at].partition(" = ")
        if equals and rng.random() < 0.7:
            lines[at] = f"{name} = {json.dumps(rng.choice(OTHERS + NUMBERS), default=repr)}"
        elif rng.random() < 0.5:
            lines[at] = rng.choice(lines)
        else:
            del lines[at]
    return "\n".join(lines).encode("utf8")


def safetensors(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Arrays behind a JSON header of their names, types, shapes and places: mostly a header with wrong values."""
    if rng.random() < 0.35:
        return plain(data, rng, others)
    size = int.from_bytes(data[:8], "little")
    header = json_text(data[8 : 8 + size], rng, others)
    length = len(header) if rng.random() < 0.9 else rng.choice(NUMBERS) % (1 << 64)
    return length.to_bytes(8, "little") + header + data[8 + size :]


MUTATORS: dict[str, Callable[[bytes, random.Random, list[bytes]], bytes]] = {
    "bytes": plain,
    "msgpack": msgpack,
    "compressed": compressed,
    "json": json_text,
    "jsonl": json_lines,
    "config": config,
    "safetensors": safetensors,
}
