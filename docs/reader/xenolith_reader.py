#!/usr/bin/env python3
"""Reads a Xenolith repository without Xenolith. Written from format.md alone, as a proof that it is complete.

    xenolith_reader.py list    REPOSITORY
    xenolith_reader.py restore REPOSITORY POINT DISK OUTPUT
    xenolith_reader.py check   REPOSITORY
    xenolith_reader.py root    IMAGE [--chunk-size BYTES]

It ignores index and index segments and goes by the tables in the packs; it compares every chunk and node with its id. It
reads repositories without encryption only: Python's standard library has neither AES-GCM nor Argon2id. What it needs
beside that library is libzstd (Debian: libzstd1, which is always there), called through ctypes: that gives the length
to decompress to with the call, which bounds what a damaged frame can do, and starts no process for each frame.
lz4 and CRC-32C are written out below, slowly.

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 damage found. Numbers in brackets are sections of format.md.
"""

import argparse
import bisect
import ctypes
import ctypes.util
import hashlib
import json
import os
import re
import struct
import sys

KIB = 1 << 10
MIB = 1 << 20

PAGE, BLOCK, SLOT, REGION = 4 * KIB, 64 * KIB, 4 * MIB, 32 * MIB
FANOUT = 64
NULL = bytes(32)

MAX_TABLE = 8 + 65536 * 49
MAX_FRAME = 8 * MIB
MAX_STORED_FRAME = MAX_FRAME + 64 * KIB
MAX_CHUNK_IN_LEAF = 4 * MIB
MAX_NODE = 64 * KIB
MAX_DISK = 1 << 61

CONFIGURATION, POINT, SEGMENT, VERIFICATION, DAMAGE, PIN = range(1, 7)
LIMITS = {CONFIGURATION: 64 * KIB, POINT: 16 * MIB, SEGMENT: 512 * MIB, VERIFICATION: 64 * MIB, DAMAGE: MIB, PIN: MIB}
DATA, MAP = 0, 1
KIND_FOLDERS = {DATA: "packs/data/", MAP: "packs/map/"}

SEGMENT_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*\Z")
POINT_NAME = re.compile(r"points/([0-9a-f]{32})/([0-9]{8}T[0-9]{6}Z)-([0-9a-f]{16})\Z")


class Damage(Exception):
    """Stored bytes contradict the format or their id."""


class Refused(Exception):
    """Nothing is wrong with the bytes, but this reader cannot do what was asked for."""


def require(condition, name, finding):
    if not condition:
        raise Damage(f"{name}: {finding}")


# ---- checksums and codecs [5, 8.1] ----------------------------------------------------------------------------------

def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC32C = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    table = CRC32C
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def load_zstd():
    for name in ("libzstd.so.1", ctypes.util.find_library("zstd")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library:
            library.ZSTD_decompress.restype = ctypes.c_size_t
            library.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
            library.ZSTD_isError.restype = ctypes.c_uint
            library.ZSTD_isError.argtypes = [ctypes.c_size_t]
            return library
    raise Refused("libzstd is not installed; on Debian: apt install libzstd1")


def zstd(stored, length, name):
    global ZSTD
    if ZSTD is None:
        ZSTD = load_zstd()
    out = ctypes.create_string_buffer(max(1, length))
    count = ZSTD.ZSTD_decompress(out, length, stored, len(stored))
    require(not ZSTD.ZSTD_isError(count), name, "damaged zstd frame")
    return out.raw[:count]


ZSTD = None


def lz4(stored, length, name):
    """An LZ4 block: tokens, each with a run of literals and a copy of earlier bytes; the last one has literals only."""
    out = bytearray()
    at = 0

    def extended(count):
        nonlocal at
        if count == 15:
            while True:
                count += stored[at]
                at += 1
                if stored[at - 1] != 255:
                    break
        return count

    try:
        while True:
            token = stored[at]
            at += 1
            literals = extended(token >> 4)
            require(at + literals <= len(stored), name, "lz4: literals behind the end")
            out += stored[at:at + literals]
            at += literals
            if at == len(stored):
                return bytes(out)
            distance = stored[at] | stored[at + 1] << 8
            at += 2
            count = extended(token & 15) + 4
            require(0 < distance <= len(out) and len(out) + count <= length, name, "lz4: a copy from nowhere")
            seed = bytes(out[-distance:])
            out += (seed * (count // distance + 1))[:count]
    except IndexError:
        raise Damage(f"{name}: lz4: the block is cut off") from None


def decompress(codec, stored, length, name):
    if codec == 0:
        raw = stored
    elif codec == 1:
        raw = zstd(stored, length, name)
    elif codec == 2:
        raw = lz4(stored, length, name)
    else:
        raise Refused(f"{name}: codec {codec} takes a newer reader")
    require(len(raw) == length, name, f"{len(raw)} bytes after decompression, expected {length}")
    return raw


def unseal(context, counter, sealed, name):
    """Gives back what stands before the checksum of protection 0 [4]."""
    require(len(sealed) >= 32, name, "cut off within its checksum")
    digest = hashlib.sha256(context + struct.pack(">Q", counter) + sealed[:-32]).digest()
    require(digest == sealed[-32:], name, "its checksum is wrong")
    return sealed[:-32]


# ---- objects [2, 6] -------------------------------------------------------------------------------------------------

class Folder:
    """Objects by name, in a local directory."""

    def __init__(self, root):
        self.root = root

    def path(self, name):
        return os.path.join(self.root, *name.split("/"))

    def exists(self, name):
        return os.path.isfile(self.path(name))

    def size(self, name):
        return os.path.getsize(self.path(name))

    def read(self, name, offset, length):
        with open(self.path(name), "rb") as file:
            file.seek(offset)
            data = file.read(length)
        require(len(data) == length, name, f"it ends within bytes {offset} to {offset + length}")
        return data

    def read_all(self, name, limit):
        require(self.size(name) <= limit, name, f"more than {limit} bytes")
        return self.read(name, 0, self.size(name))

    def names(self, folder):
        """All objects below a folder, which ends with a slash. What is not called as objects are is passed over."""
        found = []
        start = self.path(folder[:-1])
        for path, folders, files in os.walk(start, onerror=fail_unless_missing):
            folders[:] = [f for f in folders if SEGMENT_NAME.match(f)]
            for file in files:
                if SEGMENT_NAME.match(file):
                    found.append(os.path.relpath(os.path.join(path, file), self.root).replace(os.sep, "/"))
        return sorted(found)


def fail_unless_missing(error):
    if not isinstance(error, FileNotFoundError):
        raise error  # a folder that cannot be read is no empty folder


def read_object(folder, name, kind):
    data = folder.read_all(name, LIMITS[kind])
    require(len(data) >= 16 and data[:6] == b"XENOBJ", name, "it is cut off or no small object")
    version, found_kind, protection, codec = data[6:10]
    if version > 1:
        raise Refused(f"{name}: version {version} takes a newer reader")
    require(found_kind == kind, name, f"it is of kind {found_kind}, expected {kind}")
    require(protection == 0, name, f"its protection is {protection}, expected 0")
    length, = struct.unpack_from("<I", data, 12)
    require(length <= LIMITS[kind], name, f"a payload of {length} bytes")
    return decompress(codec, unseal(data[:16] + name.encode(), 0, data[16:], name), length, name)


def parse_json(name, payload, newest=1):
    def once(pairs):
        keys = dict(pairs)
        require(len(keys) == len(pairs), name, "a key stands there twice")
        return keys

    try:
        found = json.loads(payload.decode(), object_pairs_hook=once)
        require(isinstance(found["version"], int), name, "it has no version")
    except (ValueError, KeyError, TypeError) as error:
        raise Damage(f"{name}: not the JSON that it should be: {error!r}") from None
    if found["version"] > newest:
        raise Refused(f"{name}: version {found['version']} takes a newer reader")
    return found


def read_configuration(folder):
    failure = Refused(f"there is no repository in {folder.root}")
    for name in ("config", "config.copy"):
        if folder.exists(name):
            try:
                configuration = parse_json(name, read_object(folder, name, CONFIGURATION))
                if configuration.get("encrypted") is not False:
                    raise Refused("the repository is encrypted; this reader has no AES-GCM and no Argon2id")
                return configuration
            except (Damage, Refused) as reason:
                failure = reason
    raise failure


class Disk:
    def __init__(self, name, keys):
        self.name = keys["name"]
        self.size = keys["size"]
        self.root = bytes.fromhex(keys["root"])
        require(self.name and 0 <= self.size <= MAX_DISK and len(self.root) == 32, name, "a disk that cannot be")


class Point:
    """A restore point [6.2], which has to agree with the object's name."""

    def __init__(self, folder, name):
        parts = POINT_NAME.match(name)
        require(parts, name, "it is not called as restore points are")
        keys = parse_json(name, read_object(folder, name, POINT), newest=2)
        try:
            self.id, self.vm, self.time, self.level = keys["id"], keys["vm"], keys["time"], keys["level"]
            self.disks = [Disk(name, disk) for disk in keys["disks"]]
            self.files = [Disk(name, file) for file in keys.get("files", [])]
            key = hashlib.sha256(b"vm\0" + self.vm.encode()).hexdigest()[:32]
            time = self.time.replace("-", "").replace(":", "")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Damage(f"{name}: a value is missing or of another type: {error!r}") from None
        require((key, time, self.id) == parts.groups(), name, "it holds another point")
        require(self.disks or self.files, name, "neither disks nor files")
        for parts in (self.disks, self.files):
            require(len({part.name for part in parts}) == len(parts), name, "two disks or files of one name")


def read_points(folder, findings):
    points = []
    for name in folder.names("points/"):
        try:
            points.append(Point(folder, name))
        except (Damage, Refused) as finding:
            findings.append(str(finding))
    return points


# ---- packs [7] ------------------------------------------------------------------------------------------------------

class Pack:
    """A pack's table: where each frame is and which chunks are in it."""

    def __init__(self, folder, name, kind):
        self.folder, self.name = folder, name
        size = folder.size(name)
        require(size >= 64, name, f"it is cut off, {size} bytes are left")
        header = folder.read(name, 0, 32)
        require(header[:8] == b"XENOPACK", name, "it does not begin as a pack does")
        version, = struct.unpack_from("<H", header, 8)
        if version > 1:
            raise Refused(f"{name}: version {version} takes a newer reader")
        expected = struct.pack("<8sHBBI16s", b"XENOPACK", 1, kind, 0, 0, bytes.fromhex(name[-32:]))
        require(header == expected, name, "its header is of another pack or protection")
        self.decode(self.table(header, size), size)

    def table(self, header, size):
        tail = self.folder.read(self.name, size - 32, 32)
        offset, stored, raw, codec, checksum, magic = struct.unpack("<QIIB3xI8s", tail)
        require(magic == b"XENOTAIL", self.name, "it has no trailer: it is cut off")
        require(checksum == crc32c(header + tail[:20]), self.name, "the checksum of header and trailer is wrong")
        require(offset >= 32 and offset + stored + 32 == size and raw <= MAX_TABLE, self.name, "its table does not fit")
        self.table_offset = offset
        sealed = self.folder.read(self.name, offset, stored)
        return decompress(codec, unseal(header, offset, sealed, self.name), raw, self.name)

    def decode(self, table, size):
        require(len(table) >= 8, self.name, "its table is cut off")
        frames, chunks = struct.unpack_from("<II", table)
        require(1 <= frames <= chunks <= 65536, self.name, f"{frames} frames, {chunks} chunks")
        require(len(table) == 8 + 13 * frames + 36 * chunks, self.name, "its table is of another length")
        columns = struct.unpack_from(f"<{frames}I{frames}I{frames}I{frames}B{chunks}I", table, 8)
        self.stored, self.raw, counts = (columns[i * frames:(i + 1) * frames] for i in range(3))
        self.codecs, self.lengths = columns[3 * frames:4 * frames], columns[4 * frames:]
        self.ids = table[8 + 13 * frames + 4 * chunks:]
        self.offsets, self.first = [32], [0]
        for frame in range(frames):
            require(1 <= self.stored[frame] <= MAX_STORED_FRAME and 1 <= self.raw[frame] <= MAX_FRAME
                    and counts[frame] >= 1, self.name, f"frame {frame} is of an impossible length")
            self.offsets.append(self.offsets[-1] + self.stored[frame])
            self.first.append(self.first[-1] + counts[frame])
        require(self.offsets[-1] == self.table_offset, self.name, "its frames do not end where its table begins")
        require(self.first[-1] == chunks and min(self.lengths) >= 1, self.name, "its frames have other chunks than its table")
        for frame in range(frames):
            require(sum(self.lengths[self.first[frame]:self.first[frame + 1]]) == self.raw[frame], self.name,
                    f"frame {frame} is not as long as its chunks")

    def frames(self):
        return range(len(self.raw))

    def id(self, ordinal):
        return self.ids[32 * ordinal:32 * ordinal + 32]

    def frame_of(self, ordinal):
        return bisect.bisect_right(self.first, ordinal) - 1

    def frame(self, frame):
        """The ordinals, ids and bytes of a frame's chunks. The bytes are not compared with the ids yet."""
        name = f"{self.name}, frame {frame}"
        stored = self.folder.read(self.name, self.offsets[frame], self.stored[frame])
        raw = decompress(self.codecs[frame], stored, self.raw[frame], name)
        at = 0
        for ordinal in range(self.first[frame], self.first[frame + 1]):
            yield ordinal, self.id(ordinal), raw[at:at + self.lengths[ordinal]]
            at += self.lengths[ordinal]


def read_packs(folder, kind, findings):
    """All packs of a kind, one at a time; those that cannot be read are told among the findings."""
    for name in folder.names(KIND_FOLDERS[kind]):
        if not re.match(KIND_FOLDERS[kind] + r"([0-9a-f]{2})/\1[0-9a-f]{30}\Z", name):
            continue
        try:
            yield Pack(folder, name, kind)
        except (Damage, Refused) as finding:
            findings.append(str(finding))


def matches(chunk_id, data):
    return hashlib.sha256(data).digest() == chunk_id


# ---- block maps [9] -------------------------------------------------------------------------------------------------

class Nodes:
    """Map nodes by id, found through the tables of the map packs."""

    def __init__(self, folder, findings):
        self.places = {}
        self.frames = {}
        for pack in read_packs(folder, MAP, findings):
            for ordinal in range(len(pack.lengths)):
                self.places.setdefault(pack.id(ordinal), []).append((pack, ordinal))

    def read(self, node_id):
        failure = Damage(f"node {node_id.hex()}: no pack has it")
        for pack, ordinal in self.places.get(node_id, ()):
            try:
                node = self.frame(pack, pack.frame_of(ordinal))[ordinal]
                require(matches(node_id, node), pack.name, f"node {ordinal} is not what its id says")
                require(len(node) <= MAX_NODE, pack.name, f"node {ordinal} has {len(node)} bytes")
                return node
            except Damage as damage:
                failure = damage
        raise failure

    def frame(self, pack, frame):
        key = (pack.name, frame)
        if key not in self.frames:
            while len(self.frames) >= 64:
                self.frames.pop(next(iter(self.frames)))
            self.frames[key] = {ordinal: data for ordinal, _, data in pack.frame(frame)}
        return self.frames[key]


def top_level(size):
    level, nodes = 0, -(-size // SLOT)
    while nodes > 1:
        level, nodes = level + 1, -(-nodes // FANOUT)
    return level


class MapWalk:
    """Walks a disk's map. Afterwards `lost` has what could not be read, as (from, to, why)."""

    def __init__(self, nodes, root):
        self.nodes = nodes
        self.lost = []
        node = nodes.read(root)
        self.expect(root, node, 2, 0)
        require(len(node) == 44, f"node {root.hex()}", "a root of another length")
        self.size, self.top = struct.unpack_from("<Q32s", node, 4)
        require(self.size <= MAX_DISK, f"node {root.hex()}", f"a disk of {self.size} bytes")

    @staticmethod
    def expect(node_id, node, kind, level):
        name = f"node {node_id.hex()}"
        require(len(node) >= 4 and node[:1] == b"M", name, "it is no map node")
        if node[1] != 1:
            raise Refused(f"{name}: version {node[1]} takes a newer reader")
        require(node[2] == kind and node[3] == level, name,
                f"kind {node[2]} and level {node[3]}, expected {kind} and {level}")

    def chunks(self):
        """(offset, length, id) of all chunks, by ascending offset."""
        self.end = 0
        if self.top != NULL:
            yield from self.below(self.top, top_level(self.size), 0)

    def below(self, node_id, level, index):
        start = index * SLOT * FANOUT ** level
        try:
            require(start < self.size, f"node {node_id.hex()}", "it lies behind the end of the disk")
            node = self.nodes.read(node_id)
            self.expect(node_id, node, 1 if level else 0, level)
            found = self.children(node_id, node) if level else self.leaf(node_id, node, start)
        except (Damage, Refused) as finding:
            self.lost.append((start, min(self.size, start + SLOT * FANOUT ** level), str(finding)))
            return
        for child in found:
            if level:
                yield from self.below(child[1], level - 1, index * FANOUT + child[0])
            else:
                yield child

    @staticmethod
    def children(node_id, node):
        name = f"node {node_id.hex()}"
        require(len(node) >= 12, name, "it is cut off")
        present, = struct.unpack_from("<Q", node, 4)
        indexes = [i for i in range(FANOUT) if present >> i & 1]
        require(indexes and len(node) == 12 + 32 * len(indexes), name, f"{len(indexes)} children in {len(node)} bytes")
        ids = [node[12 + 32 * k:44 + 32 * k] for k in range(len(indexes))]
        require(NULL not in ids, name, "a child has the null id")
        return list(zip(indexes, ids))

    def leaf(self, node_id, node, start):
        name = f"node {node_id.hex()}"
        require(len(node) >= 8, name, "it is cut off")
        count, = struct.unpack_from("<I", node, 4)
        require(1 <= count <= 1024 and len(node) == 8 + 40 * count, name, f"{count} chunks in {len(node)} bytes")
        found = []
        end = self.end
        for offset, length, chunk in struct.iter_unpack("<II32s", node[8:]):
            require(offset < SLOT and 1 <= length <= MAX_CHUNK_IN_LEAF and chunk != NULL, name, "an impossible chunk")
            require(end <= start + offset and start + offset + length <= self.size, name,
                    "its chunks overlap each other or the end of the disk")
            end = start + offset + length
            found.append((start + offset, length, chunk))
        self.end = end
        return found


# ---- the commands ---------------------------------------------------------------------------------------------------

def shown(text):
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", text)


def command_list(arguments):
    folder, findings = Folder(arguments.repository), []
    read_configuration(folder)
    for point in read_points(folder, findings):
        for disk in point.disks:
            print(point.id, shown(point.vm), point.time, point.level, shown(disk.name), disk.size, disk.root.hex(), sep="\t")
    return report(findings)


def command_restore(arguments):
    folder, findings = Folder(arguments.repository), []
    read_configuration(folder)
    named = [point for point in read_points(folder, findings) if point.id.startswith(arguments.point)]
    if len(named) != 1:
        raise Refused(f"{len(named)} points have an id that begins with '{arguments.point}'")
    parts = named[0].disks + named[0].files
    disks = [disk for disk in parts if disk.name == arguments.disk]
    if not disks:
        raise Refused(f"the point has no disk or file '{arguments.disk}', but " + ", ".join(disk.name for disk in parts))
    walk = MapWalk(Nodes(folder, findings), disks[0].root)
    require(walk.size == disks[0].size, "point " + named[0].id, "its disk is of another size than the map")
    wanted = {}
    for offset, length, chunk in walk.chunks():
        wanted.setdefault((chunk, length), []).append(offset)
    with open(arguments.output, "xb") as output:
        output.truncate(walk.size)
        copy_chunks(folder, wanted, output, findings)
        output.flush()
        os.fsync(output.fileno())
    lost = walk.lost + [(at, at + length, f"chunk {chunk.hex()}: no pack has it whole")
                        for (chunk, length), offsets in wanted.items() for at in offsets]
    report([f"bytes {start} to {end} are left out: {why}" for start, end, why in sorted(lost)])
    return report(findings, "note: ") if not lost else 3


def copy_chunks(folder, wanted, output, findings):
    """Reads each frame that has a wanted chunk once, and takes out of `wanted` what was written."""
    for pack in read_packs(folder, DATA, findings):
        for frame in pack.frames():
            ordinals = range(pack.first[frame], pack.first[frame + 1])
            if not any((pack.id(ordinal), pack.lengths[ordinal]) in wanted for ordinal in ordinals):
                continue
            try:
                for ordinal, chunk, data in pack.frame(frame):
                    key = (chunk, len(data))
                    if key not in wanted:
                        continue
                    require(matches(chunk, data), pack.name, f"chunk {ordinal} is not what its id says")
                    for offset in wanted.pop(key):
                        output.seek(offset)
                        output.write(data)
            except (Damage, Refused) as finding:
                findings.append(str(finding))


def command_check(arguments):
    folder, findings = Folder(arguments.repository), []
    read_configuration(folder)
    check_objects(folder, findings)
    points = read_points(folder, findings)
    whole = check_packs(folder, DATA, findings)
    check_packs(folder, MAP, findings)
    nodes = Nodes(folder, [])
    for point in points:
        for disk in point.disks + point.files:
            findings += check_disk(nodes, whole, point, disk)
    if not findings:
        print(f"{len(points)} points are whole")
    return report(findings)


def check_objects(folder, findings):
    kinds = {"segments/": SEGMENT, "verified/": VERIFICATION, "damage/": DAMAGE, "pins/": PIN}
    for name in ("config", "config.copy") + tuple(name for start in kinds for name in folder.names(start)):
        kind = kinds.get(name.split("/")[0] + "/", CONFIGURATION)
        try:
            payload = read_object(folder, name, kind)
            if kind in CHECKS:
                CHECKS[kind](name, payload)
        except (Damage, Refused) as finding:
            findings.append(str(finding))
        except FileNotFoundError:
            findings.append(f"{name}: it is not there")


def check_segment(name, payload):
    require(len(payload) >= 4, name, "it is cut off")
    count, = struct.unpack_from("<I", payload)
    require(1 <= count <= 4096, name, f"{count} packs")
    at = 4
    for _ in range(count):
        require(at + 21 <= len(payload), name, "it ends within a pack")
        kind, _, length = struct.unpack_from("<B16sI", payload, at)
        at += 21 + length
        require(kind in KIND_FOLDERS and at <= len(payload), name, f"a pack of kind {kind} and {length} bytes")
    require(at == len(payload), name, "something follows its last pack")


def check_verification(name, payload):
    require(len(payload) % 25 == 0, name, "it ends within an entry")
    require(all(kind in KIND_FOLDERS for kind, _, _ in struct.iter_unpack("<B16sQ", payload)), name, "an unknown kind of pack")


def check_damage(name, payload):
    require(len(payload) >= 21, name, "it is cut off")
    kind, _, count = struct.unpack_from("<B16sI", payload)
    require(kind in KIND_FOLDERS and 1 <= count <= 65536 and len(payload) == 21 + 2 * count, name, "it is no record of damage")


CHECKS = {SEGMENT: check_segment, VERIFICATION: check_verification, DAMAGE: check_damage,
          CONFIGURATION: parse_json, PIN: parse_json}


def check_packs(folder, kind, findings):
    """Compares every chunk of every pack with its id. Returns those that are whole, with their lengths."""
    whole = set()
    for pack in read_packs(folder, kind, findings):
        for frame in pack.frames():
            try:
                for ordinal, chunk, data in pack.frame(frame):
                    if matches(chunk, data):
                        whole.add((chunk, len(data)))
                    else:
                        findings.append(f"{pack.name}: chunk {ordinal} is not what its id says")
            except (Damage, Refused) as finding:
                findings.append(str(finding))
    return whole


def check_disk(nodes, whole, point, disk):
    where = f"point {point.id} ({shown(point.vm)}), disk {shown(disk.name)}"
    try:
        walk = MapWalk(nodes, disk.root)
        require(walk.size == disk.size, where, f"{disk.size} bytes, its map says {walk.size}")
        lost = [(offset, offset + length, f"chunk {chunk.hex()} is missing or damaged")
                for offset, length, chunk in walk.chunks() if (chunk, length) not in whole]
        return [f"{where}, bytes {start} to {end}: {why}" for start, end, why in sorted(walk.lost + lost)]
    except (Damage, Refused) as finding:
        return [f"{where}: {finding}"]


def report(findings, prefix=""):
    for finding in findings:
        print(prefix + finding, file=sys.stderr)
    return 3 if findings else 0


# ---- the chunking rule [8] and the map that follows from it [9] -------------------------------------------------------

def cut(image, size, mean):
    """(offset, bytes) of all chunks."""
    for region in range(0, size, REGION):
        chunk = bytearray()
        end = min(size, region + REGION)
        for block_start in range(region, end, BLOCK):
            image.seek(block_start)
            block = image.read(min(BLOCK, end - block_start))
            if block == bytes(len(block)):
                if chunk:
                    yield block_start - len(chunk), bytes(chunk)
                    chunk.clear()
                continue
            for at in range(0, len(block), PAGE):
                page = block[at:at + PAGE]
                chunk += page
                if len(chunk) >= 4 * mean or crc32c(page) & (mean // PAGE - 1) == 0:
                    yield block_start + at + len(page) - len(chunk), bytes(chunk)
                    chunk.clear()
        if chunk:
            yield end - len(chunk), bytes(chunk)


def root_id(image, size, mean):
    slots = {}
    for offset, data in cut(image, size, mean):
        entry = struct.pack("<II", offset % SLOT, len(data)) + hashlib.sha256(data).digest()
        slots.setdefault(offset // SLOT, []).append(entry)
    nodes = {slot: node_id(0, 0, struct.pack("<I", len(entries)) + b"".join(entries)) for slot, entries in slots.items()}
    for level in range(1, top_level(size) + 1):
        parents = {}
        for index in sorted(nodes):
            parents.setdefault(index // FANOUT, []).append(index)
        nodes = {parent: node_id(1, level, struct.pack("<Q", sum(1 << index % FANOUT for index in children))
                                 + b"".join(nodes[index] for index in children)) for parent, children in parents.items()}
    return node_id(2, 0, struct.pack("<Q", size) + nodes.get(0, NULL))


def node_id(kind, level, body):
    return hashlib.sha256(struct.pack("<sBBB", b"M", 1, kind, level) + body).digest()


def command_root(arguments):
    mean = arguments.chunk_size
    if not 16 * KIB <= mean <= MIB or mean & mean - 1:
        raise Refused("--chunk-size is a power of two from 16384 to 1048576")
    with open(arguments.image, "rb") as image:
        print(root_id(image, image.seek(0, os.SEEK_END), mean).hex())
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command, operands in (("list", command_list, ["repository"]), ("check", command_check, ["repository"]),
                                    ("restore", command_restore, ["repository", "point", "disk", "output"]),
                                    ("root", command_root, ["image"])):
        subparser = commands.add_parser(name)
        subparser.set_defaults(run=command)
        for operand in operands:
            subparser.add_argument(operand)
    commands.choices["root"].add_argument("--chunk-size", type=int, default=64 * KIB)
    arguments = parser.parse_args()
    try:
        return arguments.run(arguments)
    except Damage as damage:
        print(damage, file=sys.stderr)
        return 3
    except (Refused, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
