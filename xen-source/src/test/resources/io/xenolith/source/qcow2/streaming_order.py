"""Reads a qcow2 image from standard input, forward only, and says what a host's importer would refuse of it.

Writes the disk to standard output as lines "cluster sha256-of-content", and exits with 1 and a reason otherwise.
Python's standard library only, and nothing in common with the code that wrote the image.
"""
import hashlib
import struct
import sys

source = sys.stdin.buffer
position = 0


def take(length):
    global position
    taken = source.read(length)
    if len(taken) != length:
        sys.exit("the stream ends at byte %d, within a structure" % (position + len(taken)))
    position += length
    return taken


def expect(kept, otherwise):
    if not kept:
        sys.exit("byte %d: %s" % (position, otherwise))


head = take(104)
magic, version, backing, backing_size, cluster_bits, size, crypt, l1_size, l1_at, refs_at, refs_clusters, snapshots, \
    snapshots_at, incompatible, compatible, autoclear, order, header_length = struct.unpack(">IIQIIQIIQQIIQQQQII", head)
expect(magic == 0x514649fb and version == 3, "not qcow2, version 3")
expect(cluster_bits == 16 and size % 512 == 0 and crypt == 0, "cluster bits, size or encryption")
expect(snapshots == 0 and snapshots_at == 0 and order == 4, "snapshots or refcount order")
expect(incompatible == 0 and compatible == 0 and autoclear == 0, "features")
expect(header_length in (104, 112), "header length %d" % header_length)
cluster = 1 << cluster_bits
rest = take(cluster - 104)
at = header_length - 104
while True:
    expect(at + 8 + 104 <= 512, "extensions reach behind the first 512 bytes")
    kind, length = struct.unpack_from(">II", rest, at)
    if kind == 0:
        break
    at += 8 + (length + 7) // 8 * 8
if backing == 0:
    expect(not any(rest[header_length - 104:]), "something lies behind the header")
else:
    expect(backing >= header_length and backing + backing_size <= cluster, "name of the backing file")

expect(refs_at == position, "the refcount table does not follow the header")
table = struct.unpack(">%dQ" % (refs_clusters * cluster // 8), take(refs_clusters * cluster))
blocks = [block for block in table if block]
expect(list(table[:len(blocks)]) == blocks, "a gap in the refcount table")
counts = []
for block in blocks:
    expect(block == position, "a refcount block is out of order")
    counts.extend(struct.unpack(">%dH" % (cluster // 2), take(cluster)))

expect(l1_at == position, "the L1 table does not follow the refcount blocks")
l1_clusters = max(1, -(-l1_size * 8 // cluster))
l1 = struct.unpack(">%dQ" % (l1_clusters * cluster // 8), take(l1_clusters * cluster))
expect(l1_size >= -(-size // (cluster * cluster // 8)), "the L1 table is too short")
expect(not any(l1[l1_size:]), "entries behind the end of the L1 table")
data = []
for index, entry in enumerate(l1):
    if entry == 0:
        continue
    expect(entry == position | 1 << 63, "L1 entry %d is %x" % (index, entry))
    for inner, place in enumerate(struct.unpack(">%dQ" % (cluster // 8), take(cluster))):
        if place:
            expect(place >> 63 == 1 and place >> 56 & 0x7f == 0 and place & 0x1ff == 0, "L2 entry %x" % place)
            data.append((index * (cluster // 8) + inner, place & (1 << 63) - 1))
for index, place in data:
    expect(place == position, "the data of cluster %d is not the next" % index)
    expect(index * cluster < size, "cluster %d lies behind the disk" % index)
    print(index, hashlib.sha256(take(cluster)).hexdigest())
expect(source.read(1) == b"", "something follows the last cluster")
used = position // cluster
expect(counts[:used] == [1] * used and not any(counts[used:]), "the refcounts are not 1 for all of the file")
