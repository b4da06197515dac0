"""Makes XVA archives in every variant that a reader meets: make_xva.py FOLDER

For each variant there are FOLDER/NAME.xva and FOLDER/NAME.disks, one line for each disk in the order of the archive:
its reference, its size and the SHA-256 of its content. Only the standard library is used, and the zstd command."""
import gzip
import hashlib
import random
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from xxh64 import xxh64

MIB = 1 << 20
_random = random.Random(1)
NOISE = [_random.randbytes(MIB) for _ in range(2)]
ZERO = bytes(MIB)


# --- ova.xml

def value(x):
    if isinstance(x, bool):
        return "<value><boolean>%d</boolean></value>" % x
    if isinstance(x, dict):
        members = "".join("<member><name>%s</name>%s</member>" % (k, value(v)) for k, v in x.items())
        return "<value><struct>%s</struct></value>" % members
    if isinstance(x, list):
        return "<value><array><data>%s</data></array></value>" % "".join(map(value, x))
    return "<value>%s</value>" % escape(str(x), {'"': "&quot;"})


def vm(ref, **more):
    return ("VM", ref, {"uuid": "vm-" + ref, "name_label": "web & co", "name_description": "", "power_state": "Halted",
                        "is_a_template": False, "is_a_snapshot": False, "memory_static_max": MIB * 1024,
                        "VCPUs_max": 2, "HVM_boot_policy": "BIOS order", "HVM_boot_params": {"firmware": "uefi"},
                        "suspend_VDI": "OpaqueRef:NULL", "other_config": {}, **more})


def vbd(ref, machine, vdi, userdevice, kind="Disk", device="", empty=False):
    return ("VBD", ref, {"uuid": "vbd-" + ref, "VM": machine, "VDI": vdi, "userdevice": userdevice, "type": kind,
                         "device": device, "bootable": userdevice == 0, "empty": empty})


def vdi(ref, size, kind="user", sr="Ref:900"):
    return ("VDI", ref, {"uuid": "vdi-" + ref, "name_label": "disk " + ref, "virtual_size": size, "type": kind, "SR": sr})


def sr(ref="Ref:900", content="user"):
    return ("SR", ref, {"uuid": "sr-" + ref, "name_label": "storage", "content_type": content})


def ova(objects, export_vsn=2):
    version = {"hostname": "localhost", "date": "2024-05-14", "product_version": "8.2.1", "product_brand": "XCP-ng",
               "build_number": "x", "xapi_major": 1, "xapi_minor": 20}
    if export_vsn is not None:
        version["export_vsn"] = export_vsn
    listed = [{"class": c, "id": ref, "snapshot": record} for c, ref, record in objects]
    return value({"version": version, "objects": listed}).encode()


def machine(sizes, **more):
    """The objects of a machine with one disk for each (ref, size)."""
    objects = [vm("Ref:1", **more)]
    for i, (ref, size) in enumerate(sizes.items()):
        objects += [vbd("Ref:8%02d" % i, "Ref:1", ref, i), vdi(ref, size)]
    return objects + [sr()]


# --- tar

def header(name, size, style="v7"):
    block = bytearray(512)

    def put(at, text):
        block[at:at + len(text)] = text
    put(0, name.encode())
    if style == "ustar":
        put(100, b"000644 \0"), put(108, b"001750 \0"), put(116, b"001750 \0"), put(124, b"%11o " % size)
        put(136, b"14613206205 "), put(156, b"0"), put(257, b"ustar\x0000"), put(265, b"root")
    else:
        put(100, b"0000000\0" if style == "old" else b"0000400\0")
        put(108, b"0000000\0"), put(116, b"0000000\0"), put(124, b"%011o\0" % size), put(136, b"00000000000\0")
    put(148, b" " * 8)
    put(148, (b"%06o\0 " if style == "ustar" else b"%07o\0") % sum(block))
    return bytes(block)


def entry(name, body, style="v7"):
    return header(name, len(body), style) + body + bytes(-len(body) % 512)


def checksum_entry(name, body, kind, style="v7"):
    if kind == "sha1":
        return entry(name + ".checksum", hashlib.sha1(body).hexdigest().encode(), style)
    return entry(name + ".xxhash", b"%016X" % xxh64(body), style)


class Archive:
    def __init__(self, ova_xml, kinds=("xxhash",), style="v7"):
        self.style, self.kinds = style, kinds
        self.parts = [entry("ova.xml", ova_xml, style)]
        self.lines, self.table, self.count = [], {}, 0

    def disk(self, ref, size, chunks, content):
        """Adds chunks, pairs of number and body; content is what the disk should read as."""
        for number, body in chunks:
            name = "%s/%08d" % (ref, number)
            self.parts.append(entry(name, body, self.style))
            kind = self.kinds[self.count % len(self.kinds)]
            self.count += 1
            if kind:
                self.parts.append(checksum_entry(name, body, kind, self.style))
            self.table[name] = hashlib.sha1(body).hexdigest()
        assert len(content) == size, (len(content), size)
        self.lines.append("%s %d %s" % (ref, size, hashlib.sha256(content).hexdigest()))
        return self

    def whole(self, ref, content):
        """Adds a disk as hosts do: chunks of zeros are left out, but for the first and the last."""
        pieces = [content[i:i + MIB] for i in range(0, len(content), MIB)]
        last = len(pieces) - 1
        return self.disk(ref, len(content), [(i, p) for i, p in enumerate(pieces) if i in (0, last) or any(p)], content)

    def with_table(self):
        self.parts.append(entry("checksum.xml", value(self.table).encode()))
        return self

    def bytes(self, trailing=1024):
        return b"".join(self.parts) + bytes(trailing)


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


# --- variants

SPARSE = NOISE[0] + ZERO * 3 + NOISE[1] + ZERO + NOISE[0][:700 * 1024]


def sparse(**archive):
    return Archive(ova(machine({"Ref:7": len(SPARSE)})), **archive).whole("Ref:7", SPARSE)


def variants():
    """Yields name, archive, the lines that tell of its disks."""
    made = sparse()
    plain = made.bytes()
    half = len(plain) // 2
    skippable = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    yield "plain", plain, made
    yield "gzip", gzip.compress(plain, 1), made
    yield "gzip-members", gzip.compress(plain[:half], 1) + gzip.compress(plain[half:], 1), made
    yield "zstd", zstd(plain), made
    yield "zstd-frames", zstd(plain[:half]) + skippable + zstd(plain[half:]), made
    yield "zstd-skippable-first", skippable + zstd(plain), made
    yield "records-of-10-kib", made.bytes(10240 + -(len(plain) - 1024) % 10240), made
    for name, options in (("sha1", {"kinds": ("sha1",)}), ("mixed-checksums", {"kinds": ("sha1", "xxhash")}),
                          ("old-headers", {"style": "old"}), ("ustar", {"style": "ustar", "kinds": ("sha1",)})):
        made = sparse(**options)
        yield name, made.bytes(), made

    size = {"Ref:7": len(SPARSE)}
    made = Archive(ova(machine(size), None), kinds=(None,)).whole("Ref:7", SPARSE)
    yield "rio-beta-without-table", made.bytes(), made
    yield "rio-beta", made.with_table().bytes(), made
    made = Archive(ova(machine(size), 1), kinds=("sha1",)).whole("Ref:7", SPARSE).with_table()
    yield "rio-ga", made.bytes(), made

    declared = (b"<?xml version='1.0' encoding='UTF-8'?>\n<!-- made -->\n"
                + ova(machine(size)).replace(b"><", b">\n <").replace(b"<value>\n </value>", b"<value></value>"))
    made = Archive(declared).whole("Ref:7", SPARSE)
    yield "declaration-and-white-space", made.bytes(), made
    made = Archive(ova(machine(size, other_config={"R&D <old>": "a&b", "x &amp; y": "1"}))).whole("Ref:7", SPARSE)
    yield "unescaped-names", made.bytes(), made

    content = NOISE[0] + ZERO * 2 + NOISE[1]
    made = Archive(ova(machine({"Ref:7": 4 * MIB}))).disk(
        "Ref:7", 4 * MIB, [(0, NOISE[0]), (1, b""), (3, b""), (5, NOISE[1])], NOISE[0] + ZERO + ZERO + NOISE[1])
    yield "chunks-without-bytes", made.bytes(), made
    made = Archive(ova(machine({"Ref:7": 4 * MIB}))).disk(
        "Ref:7", 4 * MIB, [(0, NOISE[0]), (1, ZERO), (2, ZERO), (3, NOISE[1])], content)
    yield "stored-zeros", made.bytes(), made
    made = Archive(ova(machine({"Ref:7": 4 * MIB}))).disk(
        "Ref:7", 4 * MIB, [(2, NOISE[1]), (3, ZERO)], ZERO * 2 + NOISE[1] + ZERO)
    yield "no-first-chunk", made.bytes(), made
    ragged = NOISE[0] + NOISE[1][:512 * 3]
    made = Archive(ova(machine({"Ref:7": len(ragged)}))).disk(
        "Ref:7", len(ragged), [(0, NOISE[0]), (1, NOISE[1][:512 * 3] + ZERO[512 * 3:])], ragged)
    yield "padded-last-chunk", made.bytes(), made

    small = NOISE[0][:1536]
    made = Archive(ova(machine({"Ref:1a": 1536, "Ref:2a": len(content)})))
    made.disk("Ref:1a", 1536, [(0, small)], small).disk(
        "Ref:2a", len(content), [(0, NOISE[0]), (1, ZERO), (2, ZERO), (3, NOISE[1])], content)
    yield "small-first-disk", made.bytes(), made
    kib = NOISE[0][:1024]
    made = Archive(ova(machine({"Ref:7": 10240}))).disk(
        "Ref:7", 10240, [(0, kib), (4, kib), (9, kib)], kib + bytes(3072) + kib + bytes(4096) + kib)
    yield "gaps-as-long-as-the-first-chunk", made.bytes(), made
    large = NOISE[0] + NOISE[1]
    made = Archive(ova(machine({"Ref:7": 6 * MIB}))).disk("Ref:7", 6 * MIB, [(0, large), (2, large)], large + ZERO * 2 + large)
    yield "chunks-of-2-mib", made.bytes(), made

    sizes = {"Ref:10": 2 * MIB, "Ref:9": MIB, "Ref:1": 3 * MIB}
    made = Archive(ova(machine(sizes)))
    made.whole("Ref:1", ZERO + NOISE[1] + ZERO).whole("Ref:10", NOISE[0] + ZERO).whole("Ref:9", NOISE[1])
    yield "three-disks", made.bytes(), made
    made = Archive(ova(machine(sizes)))
    made.whole("Ref:9", NOISE[1]).whole("Ref:10", NOISE[0] + ZERO).whole("Ref:1", ZERO + NOISE[1] + ZERO)
    yield "three-disks-out-of-order", made.bytes(), made
    made = Archive(ova(machine({"Ref:5": 0, "Ref:6": MIB}))).whole("Ref:6", NOISE[0])
    made.lines.append("Ref:5 0 " + hashlib.sha256(b"").hexdigest())
    yield "disk-of-0-bytes", made.bytes(), made

    objects = machine({"Ref:20": MIB}, suspend_VDI="Ref:19", power_state="Suspended") + [vdi("Ref:19", 2 * MIB, "Suspend")]
    made = Archive(ova(objects)).whole("Ref:19", NOISE[0] + NOISE[1]).whole("Ref:20", NOISE[1])
    yield "suspended", made.bytes(), made
    objects = machine({"Ref:20": MIB}) + [
        sr("Ref:901", "iso"), vdi("Ref:30", 5 * MIB, sr="Ref:901"), vdi("Ref:31", 5 * MIB, sr="Ref:901"),
        vbd("Ref:40", "Ref:1", "OpaqueRef:NULL", 3, "CD", "xvdd", True), vbd("Ref:41", "Ref:1", "Ref:30", 4, "CD"),
        vbd("Ref:42", "Ref:1", "Ref:31", 5), vdi("Ref:32", MIB)]
    made = Archive(ova(objects)).whole("Ref:20", NOISE[1])
    yield "drives-without-data", made.bytes(), made
    objects = [vm("Ref:1"), vm("Ref:2"), vbd("Ref:3", "Ref:1", "Ref:5", 0), vbd("Ref:4", "Ref:2", "Ref:6", 0),
               vbd("Ref:8", "Ref:2", "Ref:5", 1), vdi("Ref:5", MIB), vdi("Ref:6", MIB), sr()]
    made = Archive(ova(objects)).whole("Ref:5", NOISE[0]).whole("Ref:6", NOISE[1])
    yield "two-machines", made.bytes(), made
    made = Archive(ova(machine({"Ref:20": MIB}, is_a_template=True))).whole("Ref:20", NOISE[1])
    yield "snapshot", made.bytes(), made
    made = Archive(ova([vm("Ref:1")]))
    yield "no-disk", made.bytes(), made


def main(folder):
    for name, archive, made in variants():
        (folder / (name + ".xva")).write_bytes(archive)
        (folder / (name + ".disks")).write_text("".join(line + "\n" for line in made.lines))
    (folder / "metadata-only.xva").write_bytes(Archive(ova(machine({"Ref:7": len(SPARSE)}))).bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
