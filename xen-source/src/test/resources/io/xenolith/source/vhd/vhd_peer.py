"""Makes and reads VHD images on its own, with the standard library alone, so that two programs have to agree on them.

    vhd_peer.py make LAYOUT SEED IMAGE CONTENT BASE   an image as one of its writers lays it out, the disk that it
                                                      stands for, and the disk below it (all zeros if it has none)
    vhd_peer.py read IMAGE CONTENT BASE               the disk that a well-made image stands for, laid over BASE; prints
                                                      its type, size, ids, times and parent's names, one a line
"""
import random
import struct
import sys
import uuid

SECTOR = 512
MIB = 1 << 20
NOT_STORED = 0xFFFFFFFF
EPOCH = 946684800


def checksum(data, at):
    return ~sum(data[:at] + data[at + 4:]) & 0xFFFFFFFF


def round_up(value, unit):
    return -(-value // unit) * unit


def geometry(size):
    sectors = min(size // 512, 65535 * 16 * 255)
    if sectors >= 65535 * 16 * 63:
        per_track, heads = 255, 16
        tracks = sectors // per_track
    else:
        per_track = 17
        tracks = sectors // per_track
        heads = max((tracks + 1023) // 1024, 4)
        if tracks >= heads * 1024 or heads > 16:
            per_track, heads = 31, 16
            tracks = sectors // per_track
        if tracks >= heads * 1024:
            per_track, heads = 63, 16
            tracks = sectors // per_track
    return tracks // heads, heads, per_track


def footer(size, kind, creator, version, system, time, ident, hidden=0):
    data = struct.pack(">8sIIQI4sI4sQQHBBI", b"conectix", 2, 0x10000, 512 if kind != 2 else 2**64 - 1, time, creator, version,
                       system, size, size, *geometry(size), kind)
    data += bytes(4) + ident + bytes([0, hidden]) + bytes(426)
    return data[:64] + struct.pack(">I", checksum(data, 64)) + data[68:]


def header(table_at, entries, block, parent=bytes(16), parent_time=0, name="", locators=()):
    data = b"cxsparse" + b"\xff" * 8 + struct.pack(">QIII", table_at, 0x10000, entries, block) + bytes(4)
    data += parent + struct.pack(">II", parent_time, 0) + name.encode("utf-16-be").ljust(512, b"\0")
    for code, space, length, at in locators:
        data += struct.pack(">4sIIIQ", code, space, length, 0, at)
    data = data.ljust(1024, b"\0")
    return data[:36] + struct.pack(">I", checksum(data, 36)) + data[40:]


class Layout:
    """How one writer lays an image out, and what the disk reads."""

    def __init__(self, seed, size, block, kind):
        self.random = random.Random(seed)
        self.size, self.block, self.kind = size, block, kind
        self.count = -(-size // block)
        self.base = self.random.randbytes(size) if kind == 4 else bytes(size)
        self.content = bytearray(self.base)
        self.bitmap_bytes = round_up(-(-(block // SECTOR) // 8), SECTOR)
        self.stored = sorted(self.random.sample(range(self.count), max(1, self.count * 2 // 3)))
        if self.random.random() < 0.5 and self.count - 1 not in self.stored:
            self.stored.append(self.count - 1)
        self.ident = self.random.randbytes(16)
        self.parent = self.random.randbytes(16) if kind == 4 else bytes(16)

    def new_block(self, partial):
        """The bitmap and data of a block, junk under the bits that are clear."""
        sectors = self.block // SECTOR
        bits = [not partial or self.random.random() < 0.5 for _ in range(sectors)]
        bitmap = bytearray(self.bitmap_bytes)
        for i, bit in enumerate(bits):
            if bit:
                bitmap[i >> 3] |= 0x80 >> (i & 7)
        return bits, bytes(bitmap) if partial else b"\xff" * self.bitmap_bytes, self.random.randbytes(self.block)

    def put(self, index, bits, data):
        for i, bit in enumerate(bits):
            at = index * self.block + i * SECTOR
            if bit and at < self.size:
                self.content[at:at + SECTOR] = data[i * SECTOR:(i + 1) * SECTOR][:self.size - at]

    def lay_out(self, order, start, gap=lambda at: 0, partial=False, cut=False):
        """The table, and what lies from `start` on."""
        table = [NOT_STORED] * self.count
        out = bytearray()
        for index in order:
            bits, bitmap, data = self.new_block(partial)
            out += self.random.randbytes(gap(start + len(out)))
            table[index] = (start + len(out)) // SECTOR
            self.put(index, bits, data)
            if cut and index == self.count - 1:
                data = data[:round_up(self.size - index * self.block, SECTOR)]
            out += bitmap + data
        return table, bytes(out)


def table_bytes(table, pad=b"\xff", entries=None):
    table = table + [0x12345678] * ((entries or len(table)) - len(table))
    data = struct.pack(">%dI" % len(table), *table)
    return data + pad * (round_up(len(data), SECTOR) - len(data))


def xapi(seed, kind):
    """One pass, a sector for a locator that is never filled, a random id and no time."""
    l = Layout(seed, 8 * MIB, 2 * MIB, kind)
    start = 2048 + round_up(l.count * 4, SECTOR)
    table, blocks = l.lay_out(l.stored, start)
    f = footer(l.size, kind, b"caml", 1, bytes(4), 0, l.ident)
    path = "/dev/VG_XenStorage-1/VHD-2"
    head = header(2048, l.count, l.block, l.parent, 7, path, [(b"MacX", 1, len("file://" + path), 1536)]) \
        if kind == 4 else header(2048, l.count, l.block)
    return l, f + head + bytes(SECTOR) + table_bytes(table) + blocks + f


def xo(seed, kind):
    """Time in seconds since 1970, cylinders rounded up, no locators."""
    l = Layout(seed, 6 * MIB + 3 * SECTOR, 2 * MIB, kind)
    start = 1536 + round_up(l.count * 4, SECTOR)
    table, blocks = l.lay_out(l.stored, start)
    f = footer(l.size, kind, b"xo  ", 0, b"Wi2k", 1700000000, l.ident)
    f = f[:56] + struct.pack(">H", struct.unpack(">H", f[56:58])[0] + 1) + f[58:]
    f = f[:64] + struct.pack(">I", checksum(f, 64)) + f[68:]
    return l, f + header(1536, l.count, l.block, l.parent, 0, "") + table_bytes(table) + blocks + f


def libvhd(seed, kind):
    """On a host's storage: map of full blocks, three locators, data aligned to 4096, any order, partial bitmaps, table for more."""
    l = Layout(seed, 8 * MIB, 2 * MIB, kind)
    entries = 5000
    map_at = 1536 + round_up(entries * 4, SECTOR)
    names = [(b"MacX", "file://./base.vhd".encode()), (b"W2ku", ".\\base.vhd".encode("utf-16-le")),
             (b"W2ru", ".\\base.vhd".encode("utf-16-le"))]
    full_map = bytes(round_up(-(-entries // 8), SECTOR))
    batmap = struct.pack(">8sQIII", b"tdbatmap", map_at + SECTOR, len(full_map) // SECTOR, 0x10002,
                         ~sum(full_map) & 0xFFFFFFFF).ljust(SECTOR, b"\0") + full_map
    names_at = map_at + len(batmap)
    start = names_at + 3 * SECTOR
    order = l.random.sample(l.stored, len(l.stored))
    table, blocks = l.lay_out(order, start, lambda at: -(at + l.bitmap_bytes) % 4096, partial=True)
    f = footer(l.size, kind, b"tap\0", 0x10003, bytes(4), 800000000, l.ident, hidden=1)
    locators = [(code, SECTOR, len(data), names_at + i * SECTOR) for i, (code, data) in enumerate(names)] \
        if kind == 4 else []
    sectors = b"".join(data.ljust(SECTOR, b"\0") for _, data in names)
    return l, f + header(1536, entries, l.block, l.parent, 799999999, "base.vhd" if kind == 4 else "", locators) \
        + table_bytes(table, b"\x5a", entries) + batmap + sectors + blocks + f


def odd(seed, kind, size, block, **how):
    """None of the known writers, but inside the format."""
    l = Layout(seed, size, block, kind)
    order = l.random.sample(l.stored, len(l.stored)) if how.pop("shuffled", False) else l.stored
    old = how.pop("old", False)
    start = 1536 + round_up(l.count * 4, SECTOR)
    table, blocks = l.lay_out(order, start, **how)
    f = footer(l.size, kind, b"win ", 0xA0000, b"Wi2k", 0, l.ident)
    return l, f + header(1536, l.count, l.block, l.parent) + table_bytes(table) + blocks + (f[:511] if old else f)


def fixed(seed, old=False):
    l = Layout(seed, 3 * MIB + 7 * SECTOR, 2 * MIB, 3)
    l.content = l.random.randbytes(l.size)
    f = footer(l.size, 2, b"win ", 0xA0000, b"Wi2k", 0, l.ident)
    return l, l.content + (f[:511] if old else f)


LAYOUTS = {
    "xapi-full": lambda seed: xapi(seed, 3),
    "xapi-delta": lambda seed: xapi(seed, 4),
    "xo-full": lambda seed: xo(seed, 3),
    "xo-delta": lambda seed: xo(seed, 4),
    "libvhd-full": lambda seed: libvhd(seed, 3),
    "libvhd-delta": lambda seed: libvhd(seed, 4),
    "shuffled-full": lambda seed: odd(seed, 3, 12 * MIB, 2 * MIB, shuffled=True),
    "shuffled-delta": lambda seed: odd(seed, 4, 12 * MIB, 2 * MIB, shuffled=True, partial=True),
    "partial-full": lambda seed: odd(seed, 3, 8 * MIB, 2 * MIB, partial=True),
    "partial-delta": lambda seed: odd(seed, 4, 8 * MIB, 2 * MIB, partial=True),
    "cut-full": lambda seed: odd(seed, 3, 9 * MIB + 5 * SECTOR, 2 * MIB, cut=True),
    "cut-shuffled-delta": lambda seed: odd(seed, 4, 9 * MIB + 5 * SECTOR, 2 * MIB, cut=True, shuffled=True),
    "gaps-full": lambda seed: odd(seed, 3, 9 * MIB, MIB, gap=lambda at: 1536, partial=True),
    "old-footer-full": lambda seed: odd(seed, 3, 5 * MIB, 2 * MIB, old=True),
    "sector-blocks-full": lambda seed: odd(seed, 3, 40 * SECTOR, SECTOR, shuffled=True, partial=True),
    "small-blocks-full": lambda seed: odd(seed, 3, 60000, 4096, partial=True),
    "small-blocks-delta": lambda seed: odd(seed, 4, 60000, 4096, partial=True),
    "tiny-full": lambda seed: odd(seed, 3, 4096, 1024),
    "tiny-delta": lambda seed: odd(seed, 4, 4096, 1024),
    "tiny-odd-end-full": lambda seed: odd(seed, 3, 3 * 2048 + 512, 2048),
    "tiny-odd-end-delta": lambda seed: odd(seed, 4, 3 * 2048 + 512, 2048),
    "large-blocks-full": lambda seed: odd(seed, 3, 12 * MIB, 4 * MIB, partial=True),
    "fixed": lambda seed: fixed(seed),
    "fixed-old-footer": lambda seed: fixed(seed, old=True),
}


def make(layout, seed, image, content, base):
    l, data = LAYOUTS[layout](int(seed))
    for path, part in ((image, data), (content, l.content), (base, l.base)):
        with open(path, "wb") as out:
            out.write(part)


def need(condition, what):
    if not condition:
        sys.exit("not well made: " + what)


def read(image, content, base):
    with open(image, "rb") as f:
        data = f.read()
    last = data[-512:]
    need(len(last) == 512 and data[:512] == last, "footers differ")
    cookie, features, version, header_at, time, creator, creator_version, system, original, size, c, h, s, kind, check = \
        struct.unpack(">8sIIQI4sI4sQQHBBII", last[:68])
    need(cookie == b"conectix" and features == 2 and version == 0x10000 and header_at == 512, "footer")
    need((creator, creator_version, system) == (b"win ", 0xA0000, b"Wi2k"), "creator")
    need(original == size and size % 512 == 0, "sizes")
    need((c, h, s) == geometry(size), "geometry")
    need(check == checksum(last, 64), "footer checksum")
    need(last[84:] == bytes(428) and kind in (3, 4), "rest of the footer")
    head = data[512:1536]
    need(head[:16] == b"cxsparse" + b"\xff" * 8, "header")
    table_at, version, entries, block, check = struct.unpack(">QIIII", head[16:40])
    need((table_at, version, block, check) == (1536, 0x10000, 2 * MIB, checksum(head, 36)), "header fields")
    need(entries == max(1, -(-size // block)), "table entries")
    names = []
    if kind == 3:
        need(head[40:] == bytes(984), "a parent in a dynamic disk")
    else:
        need(head[60:64] == bytes(4) and head[768:] == bytes(256), "reserved bytes")
        names.append(head[64:576].decode("utf-16-be").rstrip("\0"))
    table = struct.unpack(">%dI" % entries, data[1536:1536 + entries * 4])
    at = round_up(1536 + entries * 4, SECTOR)
    need(set(data[1536 + entries * 4:at]) <= {0xFF}, "padding of the table")
    for i in range(8):
        code, space, length, zero, name_at = struct.unpack(">4sIIIQ", head[576 + i * 24:600 + i * 24])
        if code == bytes(4):
            need((space, length, zero, name_at) == (0, 0, 0, 0), "an unused locator")
            continue
        need((space, zero, name_at) == (1, 0, at), "a locator")
        name = data[name_at:name_at + length]
        need(data[name_at + length:name_at + 512] == bytes(512 - length), "a locator's sector")
        names.append(name.decode({b"W2ru": "utf-16-le", b"MacX": "utf-8"}[code]))
        at += SECTOR
    with open(base, "rb") as f:
        disk = bytearray(f.read().ljust(size, b"\0")[:size])
    for index, sector in enumerate(table):
        if sector == NOT_STORED:
            continue
        need(sector * SECTOR == at, "block %d is not where the one before it ends" % index)
        need(data[at:at + 512] == b"\xff" * 512, "bitmap of block %d" % index)
        start = index * block
        disk[start:start + block] = data[at + 512:at + 512 + block][:size - start]
        at += 512 + block
    need(at == len(data) - 512, "length of the image")
    with open(content, "wb") as out:
        out.write(disk)
    parent_time = struct.unpack(">I", head[56:60])[0]
    print(kind, size, uuid.UUID(bytes=last[68:84]), time + EPOCH, uuid.UUID(bytes=head[40:56]), parent_time + EPOCH,
          *names, sep="\n")


if __name__ == "__main__":
    {"make": make, "read": read}[sys.argv[1]](*sys.argv[2:])
