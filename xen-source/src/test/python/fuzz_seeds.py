"""Writes the seeds of the fuzz tests again: fuzz_seeds.py RESOURCES, which is xen-source/src/test/resources.

A seed is the smallest input that leads a parser down one more of its ways. Everything is made by others than the parsers:
by the makers beside this one and by qemu-img. Takes nothing away, since what a fuzzer found lies in the same folders.
"""
import base64
import gzip
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = Path(sys.argv[1]) / "io/xenolith/source"
sys.path += [str(HERE), str(ROOT / "vhd")]

import make_xva as xva  # noqa: E402
import vhd_peer as vhd  # noqa: E402

SECTOR = 512
NOISE = bytes(range(256)) * 4


def put(target, name, data):
    folder = ROOT / (target + "FuzzTestInputs")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def vhds():
    for layout in "tiny-full", "tiny-delta", "tiny-odd-end-full", "tiny-odd-end-delta":
        yield layout, vhd.LAYOUTS[layout](1)[1]
    yield "shuffled-sector-blocks-full", vhd.odd(1, 3, 6 * SECTOR, SECTOR, shuffled=True, partial=True)[1]
    yield "shuffled-delta", vhd.odd(1, 4, 4096, 1024, shuffled=True, partial=True)[1]
    yield "gaps-full", vhd.odd(1, 3, 4096, 2048, gap=lambda at: 1024, partial=True)[1]
    yield "one-cut-block-of-64-kib", vhd.odd(1, 3, 2 * SECTOR, 65536, cut=True)[1]
    yield "old-footer", vhd.odd(1, 3, 2 * SECTOR, 1024, old=True)[1]
    name, path = ".\\base.vhd".encode("utf-16-le"), "file://./base.vhd".encode()
    layout = vhd.Layout(1, 2 * SECTOR, 1024, 4)
    table, blocks = layout.lay_out(layout.stored, 1536 + 3 * SECTOR)
    footer = vhd.footer(layout.size, 4, b"tap\0", 0x10003, bytes(4), 800000000, layout.ident, hidden=1)
    head = vhd.header(1536, 1, layout.block, layout.parent, 799999999, "base.vhd",
                      [(b"W2ru", 1, len(name), 2048), (b"MacX", 1, len(path), 2560)])
    yield "parent-locators", footer + head + vhd.table_bytes(table) + name.ljust(SECTOR, b"\0") \
        + path.ljust(SECTOR, b"\0") + blocks + footer
    yield "fixed", NOISE + vhd.footer(len(NOISE), 2, b"win ", 0xA0000, b"Wi2k", 0, bytes(16))
    yield "empty-fixed", vhd.footer(0, 2, b"win ", 0xA0000, b"Wi2k", 0, bytes(16))


def qemu(folder, options, *commands):
    image = folder / "image"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-u", *options, str(image), "40K"], check=True)
    if commands:
        words = [word for command in commands for word in ("-c", command)]
        subprocess.run(["qemu-io", "-f", "qcow2", *words, str(image)], check=True, stdout=subprocess.DEVNULL)
    return image.read_bytes()


def arriving_qcow2():
    """Header, L1 table, two L2 tables, then the data in the order of the disk, clusters of 512 bytes."""
    stored = {0: 2048, 3: 2560, 4: 3072, 70: 3584}
    head = struct.pack(">IIQIIQIIQQIIQQQQII", 0x514649FB, 3, 0, 0, 9, 40960, 0, 2, 512, 0, 0, 0, 0, 0, 0, 0, 4, 104)
    l1 = struct.pack(">2Q", *((1 << 63) + at for at in (1024, 1536)))
    l2 = [((1 << 63) + stored[i] if i in stored else 0) for i in range(128)]
    l2[9] = 1  # zeros
    return b"".join(part.ljust(512, b"\0") for part in (head, l1)) + struct.pack(">128Q", *l2) \
        + bytes(range(256)) * (2 * len(stored))


def qcow2s():
    small = "cluster_size=512,refcount_bits=16"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield "empty", qemu(folder, ["-o", small])
        yield "version-2", qemu(folder, ["-o", small + ",compat=0.10"], "write -P 7 0 1K", "write -P 8 39K 1K")
        yield "version-3", qemu(folder, ["-o", small], "write -P 7 1K 512", "write -z 4K 1K", "write -P 9 512 1K")
        yield "zlib", qemu(folder, ["-o", small], "write -c -P 7 0 512", "write -c -P 8 1K 512")
        yield "zstd", qemu(folder, ["-o", small + ",compression_type=zstd"], "write -c -P 7 0 512", "write -c -P 8 1K 512")
        yield "backing", qemu(folder, ["-o", small, "-F", "raw", "-b", "base.raw"])
    yield "arriving", arriving_qcow2()


def ova(*disks, **more):
    return xva.ova(xva.machine(dict(disks), **more))


def xvas():
    one, two = bytes(range(256)) * 4, b"tiny" * 128
    made = xva.Archive(ova(("Ref:7", 1024))).disk("Ref:7", 1024, [(0, one)], one)
    yield "plain", made.bytes()
    yield "gzip", gzip.compress(made.bytes(), 9, mtime=0)
    yield "zstd", xva.zstd(made.bytes())
    made = xva.Archive(ova(("Ref:1", 512), ("Ref:2", 1536)), kinds=("sha1",), style="ustar")
    made.disk("Ref:1", 512, [(0, two)], two).disk("Ref:2", 1536, [(0, two), (2, two)], two + bytes(512) + two)
    yield "gap-between-chunks", made.bytes()
    made = xva.Archive(xva.ova(xva.machine({"Ref:7": 1024}), 1), kinds=("sha1",)).disk("Ref:7", 1024, [(0, one)], one)
    yield "table-of-checksums", made.with_table().bytes()
    yield "metadata-only", xva.zstd(xva.Archive(ova(("Ref:7", 1024))).bytes())


def ovas():
    yield "one-disk", ova(("Ref:7", 1024))
    yield "suspended", ova(("Ref:7", 1024), suspend_VDI="Ref:7", power_state="Suspended")
    yield "first-version", b"<appliance/>"
    yield "drives", xva.ova(xva.machine({"Ref:20": 512}) + [xva.sr("Ref:901", "iso"), xva.vdi("Ref:30", 512, sr="Ref:901"),
                            xva.vbd("Ref:40", "Ref:1", "OpaqueRef:NULL", 3, "CD", "xvdd", True),
                            xva.vbd("Ref:41", "Ref:1", "Ref:30", 4, "CD")])


def values():
    yield "every-type", (b"<?xml version='1.0'?>\n<value><array><data><value>text &amp; &#233;</value><value><i4>-1</i4></value>"
                         b"<value><int>2</int></value><value><boolean>1</boolean></value><value><double>1.5</double></value>"
                         b"<value><dateTime.iso8601>19700101T00:00:00Z</dateTime.iso8601></value><value><nil/></value>"
                         b"<value><base64>AAEC</base64></value><value><string/></value></data></array></value>")
    yield "unescaped-name", b"<value><struct><member><name>a & <b></name><value>v</value></member></struct></value>"
    yield "nested", b"<value><array><data>" * 3 + b"<value/>" + b"</data></array></value>" * 3
    yield "document-type", b"<!DOCTYPE value [<!ENTITY e 'e'>]><value>&e;</value>"


def changes():
    yield "list", b"# offset length\n0 65536\n131072 65536\r\n"
    yield "list-out-of-order", b"131072 4096\n0 512\n512 512\n"
    yield "bitmap", base64.b64encode(b"\x81\xff\x00\x40")
    yield "bitmap-in-lines", base64.b64encode(bytes(range(24))).replace(b"w", b"w\n")


def main():
    for target, seeds in {"vhd/Vhd": vhds(), "qcow2/Qcow2": qcow2s(), "xva/Xva": xvas(), "xva/Ova": ovas(),
                          "xmlvalue/XmlValue": values(), "changed/ChangedBlocks": changes()}.items():
        for name, data in seeds:
            put(target, name, data)
    for name, head in {"vhd": vhd.footer(512, 4, b"win ", 0, bytes(4), 0, bytes(16)), "qcow2": b"QFI\xfb", "zstd": xva.zstd(b""),
                       "xva": b"ova.xml\0", "tar": b"vdi/00000000", "gzip": b"\x1f\x8b", "answer": b"HTTP/1.1 500 "}.items():
        put("image/ImageFormat", name, head)


if __name__ == "__main__":
    main()
