"""Imports an XVA as a host does, step by step, and refuses what a host refuses: check_xva.py FILE

Takes only the headers that hosts write themselves. Prints a line for each disk, its reference, size and SHA-256, and ends
with 0; or prints why the archive is refused and ends with 1. Only the standard library is used, and the zstd command."""
import gzip
import hashlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from xxh64 import xxh64

REQUIRED = {
    "VM": """uuid user_version is_a_template resident_on affinity memory_static_max memory_dynamic_max memory_dynamic_min
        memory_static_min VCPUs_params VCPUs_max VCPUs_at_startup actions_after_shutdown actions_after_reboot
        actions_after_crash PV_bootloader PV_kernel PV_ramdisk PV_args PV_bootloader_args PV_legacy_args HVM_boot_policy
        HVM_boot_params platform PCI_bus other_config domid domarch is_control_domain metrics guest_metrics
        recommendations""",
    "VBD": """uuid VM VDI userdevice bootable mode type storage_lock empty other_config status_code status_detail
        runtime_properties qos_algorithm_type qos_algorithm_params qos_supported_algorithms""",
    "VDI": """uuid SR virtual_size physical_utilisation type sharable read_only other_config storage_lock managed missing
        parent""",
    "SR": "uuid virtual_allocation physical_utilisation physical_size type content_type shared other_config",
}
VERSION = "hostname date product_version product_brand build_number xapi_major xapi_minor".split()


class Refused(Exception):
    pass


def require(condition, *finding):
    if not condition:
        raise Refused(" ".join(map(str, finding)))


def unpack(data):
    if data[:8] == b"ova.xml\0":
        return data
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(["zstd", "-q", "-d", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return gzip.decompress(data)


class Tar:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        require(self.at + length <= len(self.data), "premature end at", self.at)
        self.at += length
        return self.data[self.at - length:self.at]

    def entry(self):
        """The next entry's name and body, or None at the end."""
        block = self.take(512)
        if not any(block):
            require(not any(self.take(512)), "a lone end block")
            return None
        require(block[148:156] == b"%07o\0" % (sum(block[:148]) + 8 * 32 + sum(block[156:])), "header checksum at", self.at)
        require(block[100:124] == b"0000400\0" + b"0000000\0" * 2, "mode, uid or gid at", self.at)
        require(block[136:148] == b"00000000000\0" and not any(block[156:]), "fields of another tar format at", self.at)
        size = int(block[124:135], 8)
        require(block[124:136] == b"%011o\0" % size, "size at", self.at)
        body = self.take(size)
        require(not any(self.take(-size % 512)), "padding at", self.at)
        return block[:100].rstrip(b"\0").decode("ascii"), body


def value(element):
    require(element.tag == "value", element.tag, "is no value")
    if len(element) == 0:
        return element.text or ""
    typed = element[0]
    if typed.tag == "struct":
        return {member.find("name").text or "": value(member.find("value")) for member in typed}
    if typed.tag == "array":
        return [value(item) for item in typed.find("data")]
    if typed.tag == "boolean":
        require(typed.text in ("0", "1"), "boolean", typed.text)
        return typed.text == "1"
    require(typed.tag in ("double", "dateTime.iso8601"), typed.tag, "is written by no host")
    return typed.text


def objects_of(ova):
    for field in VERSION:
        require(field in ova["version"], "version lacks", field)
    version = (int(ova["version"]["xapi_major"]), int(ova["version"]["xapi_minor"]))
    require(version <= (1, 20), "IMPORT_INCOMPATIBLE_VERSION", version)
    require(ova["version"]["export_vsn"] == "2", "export_vsn", ova["version"]["export_vsn"])
    objects = {}
    for item in ova["objects"]:
        require(item["id"] not in objects, "twice:", item["id"])
        objects[item["id"]] = (item["class"], item["snapshot"])
        for field in REQUIRED.get(item["class"], "").split():
            require(field in item["snapshot"], "Field", field, "not present in rpc of", item["class"])
    return objects


def find(objects, kind, ref):
    require(ref in objects and objects[ref][0] == kind, "IMPORT_ERROR_FAILED_TO_FIND_OBJECT", kind, ref)
    return objects[ref][1]


def check_references(objects):
    for ref, (kind, record) in objects.items():
        if kind == "VDI":
            find(objects, "SR", record["SR"])
            require(int(record["virtual_size"]) % 512 == 0, "virtual_size of", ref)
        if kind == "VBD":
            find(objects, "VM", record["VM"])
            if record["type"] != "CD":
                find(objects, "VDI", record["VDI"])


def streamed(objects):
    refs = set()
    for kind, record in objects.values():
        if kind == "VBD" and record["type"] != "CD":
            vdi = find(objects, "VDI", record["VDI"])
            if find(objects, "SR", vdi["SR"])["content_type"] != "iso":
                refs.add(record["VDI"])
    refs.update(ref for ref, (kind, record) in objects.items() if kind == "VDI" and record["type"] == "suspend")
    return sorted(refs, key=str.encode)


def receive(tar, ref, size, first_length):
    """Reads the chunks of a disk. Returns the digest of its content and the length of the archive's first chunk."""
    digest, position, last = hashlib.sha256(), 0, -1
    while position < size:
        found = tar.entry()
        require(found, "IMPORT_ERROR_PREMATURE_EOF", ref, position)
        name, body = found
        require(name.startswith(ref + "/") and len(name) == len(ref) + 9, "Invalid XVA file:", name, "instead of", ref)
        number = int(name[-8:])
        require(number > last, "Invalid XVA file:", name, "after", last)
        first_length = len(body) if first_length is None else first_length
        gap = (number - last - 1) * first_length
        digest.update(bytes(gap))
        digest.update(body)
        position, last = position + gap + len(body), number
        found = tar.entry()
        require(found and found[0] in (name + ".xxhash", name + ".checksum"), "Invalid XVA file:", found and found[0])
        expected = b"%016X" % xxh64(body) if found[0].endswith("h") else hashlib.sha1(body).hexdigest().encode()
        require(found[1] == expected, "IMPORT_ERROR", name, found[1], expected)
        require(len(body) <= 1 << 20, "a chunk of", len(body))
    require(position == size, "VDI_IO_ERROR", ref, position, size)
    return digest.hexdigest(), first_length


def check(data):
    tar = Tar(unpack(data))
    name, body = tar.entry()
    require(name == "ova.xml", "IMPORT_ERROR_UNEXPECTED_FILE", name)
    require(body.startswith(b"<value><struct><member><name>version</name>"), "not written as hosts write")
    objects = objects_of(value(ElementTree.fromstring(body)))
    check_references(objects)
    first_length = None
    for ref in streamed(objects):
        size = int(objects[ref][1]["virtual_size"])
        digest, first_length = receive(tar, ref, size, first_length)
        print(ref, size, digest)
    require(tar.entry() is None, "something behind the last chunk")
    require(tar.at == len(tar.data), "something behind the end blocks")


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as file:
            check(file.read())
    except Refused as refused:
        sys.exit(str(refused))
