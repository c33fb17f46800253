"""MurmurHash in plain Python, written from the description of the algorithms: the oracle for the native ones."""

M32, M64 = (1 << 32) - 1, (1 << 64) - 1


def words(data: bytes, width: int) -> list[int]:
    """Whole little-endian words, then the rest, padded with zeros, as a last one."""
    return [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]


def murmurhash64a(data: bytes, seed: int) -> int:
    m = 0xC6A4A7935BD1E995
    h = seed ^ (len(data) * m & M64)
    for k in words(data[: len(data) // 8 * 8], 8):
        k = k * m & M64
        k ^= k >> 47
        h = ((h ^ (k * m & M64)) * m) & M64
    tail = data[len(data) // 8 * 8 :]
    if tail:
        h = ((h ^ int.from_bytes(tail, "little")) * m) & M64
    h = ((h ^ (h >> 47)) * m) & M64
    return h ^ (h >> 47)


def rotl(x: int, r: int, bits: int) -> int:
    return (x << r | x >> (bits - r)) & ((1 << bits) - 1)


def x64_128(data: bytes, seed: int) -> tuple[int, int]:
    c1, c2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
    h1 = h2 = seed
    whole = len(data) // 16 * 16
    for i in range(0, whole, 16):
        k1, k2 = words(data[i : i + 16], 8)
        h1 ^= rotl(k1 * c1 & M64, 31, 64) * c2 & M64
        h1 = ((rotl(h1, 27, 64) + h2) * 5 + 0x52DCE729) & M64
        h2 ^= rotl(k2 * c2 & M64, 33, 64) * c1 & M64
        h2 = ((rotl(h2, 31, 64) + h1) * 5 + 0x38495AB5) & M64
    low, high = int.from_bytes(data[whole : whole + 8], "little"), int.from_bytes(data[whole + 8 :], "little")
    h2 ^= rotl(high * c2 & M64, 33, 64) * c1 & M64
    h1 ^= rotl(low * c1 & M64, 31, 64) * c2 & M64
    h1, h2 = h1 ^ len(data), h2 ^ len(data)
    h1 = (h1 + h2) & M64
    h2 = (h2 + h1) & M64
    h1, h2 = fmix64(h1), fmix64(h2)
    h1 = (h1 + h2) & M64
    return h1, (h2 + h1) & M64


def fmix64(k: int) -> int:
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        k = ((k ^ (k >> 33)) * factor) & M64
    return k ^ (k >> 33)


def x86_128(data: bytes, seed: int) -> tuple[int, ...]:
    c1, c2, c3, c4 = 0x239B961B, 0xAB0E9789, 0x38B34AE5, 0xA1E38B93
    h1 = h2 = h3 = h4 = seed
    whole = len(data) // 16 * 16
    for i in range(0, whole, 16):
        k1, k2, k3, k4 = words(data[i : i + 16], 4)
        h1 ^= rotl(k1 * c1 & M32, 15, 32) * c2 & M32
        h1 = ((rotl(h1, 19, 32) + h2) * 5 + 0x561CCD1B) & M32
        h2 ^= rotl(k2 * c2 & M32, 16, 32) * c3 & M32
        h2 = ((rotl(h2, 17, 32) + h3) * 5 + 0x0BCAA747) & M32
        h3 ^= rotl(k3 * c3 & M32, 17, 32) * c4 & M32
        h3 = ((rotl(h3, 15, 32) + h4) * 5 + 0x96CD1C35) & M32
        h4 ^= rotl(k4 * c4 & M32, 18, 32) * c1 & M32
        h4 = ((rotl(h4, 13, 32) + h1) * 5 + 0x32AC3B17) & M32
    tail = words(data[whole:].ljust(16, b"\0"), 4)
    h4 ^= rotl(tail[3] * c4 & M32, 18, 32) * c1 & M32
    h3 ^= rotl(tail[2] * c3 & M32, 17, 32) * c4 & M32
    h2 ^= rotl(tail[1] * c2 & M32, 16, 32) * c3 & M32
    h1 ^= rotl(tail[0] * c1 & M32, 15, 32) * c2 & M32
    h1, h2, h3, h4 = mix(*(h ^ len(data) for h in (h1, h2, h3, h4)))
    return mix(*(fmix32(h) for h in (h1, h2, h3, h4)))


def mix(h1: int, h2: int, h3: int, h4: int) -> tuple[int, ...]:
    h1 = (h1 + h2 + h3 + h4) & M32
    return h1, (h2 + h1) & M32, (h3 + h1) & M32, (h4 + h1) & M32


def fmix32(h: int) -> int:
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = ((h ^ (h >> shift)) * factor) & M32
    return h ^ (h >> 16)
