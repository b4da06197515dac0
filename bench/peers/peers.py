#!/usr/bin/env python3
"""Xenolith beside its peers and beside the machine's limits, on the same disks: `bin/bench peers DISKS`.

    peers.py DISKS [--work DIR] [--runs 3] [--only NAME,...] [--out bench/results/peers.json]
             [--xenolith bin/xenolith] [--restic restic] [--borg borg]

DISKS is what make-disks.sh left; its full set is for figures to quote. Each run begins with empty repositories and warm disks
in the page cache. It goes step by step, and in each step through all that take part, one directly behind the other, so that
a noisy machine hits all alike. The medians of all runs are told. All peers encrypt, with their default compression (borg:
zstd,3); peers that are not installed are left out and named.

    first     web-day0 into an empty repository          beside: zstd -3 -T0; hashing and compressing the same bytes
    again     the same disk once more, all of it read    beside: dd to nowhere; reading and hashing the same bytes
    restore   web-day0 to a sparse file                  beside: dd conv=sparse
    second    db-day0, an independent installation
    size      of the repository, after first and second
    daily     web-day1; Xenolith through its changed blocks, peers read all
    daily-read    what Xenolith read for that, a random sample included; beside: the changed blocks
    verify    all data read and checked
    list, show, report, version    what a command takes that only tells something

Beside the seconds stand processor time and peak memory (from wait4). "bare" programs are Java as Xenolith is, with the start
of the JVM: BareHash and BareStore in the module `bench`.
"""
import argparse
import datetime
import glob
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MIB = 1 << 20
PASSWORD = "bench"
ENVIRONMENT = dict(os.environ, RESTIC_PASSWORD=PASSWORD, BORG_PASSPHRASE=PASSWORD, XENOLITH_PASSWORD=PASSWORD,
                   BORG_RELOCATED_REPO_ACCESS_IS_OK="yes", BORG_DISPLAY_PASSPHRASE="no")
STEPS = ("first", "again", "restore", "second", "size", "daily", "daily-read", "verify", "list", "show", "report", "version")
FIGURES = ("seconds", "cpuSeconds", "memoryMib", "mib")
RELEVANT_FLAGS = ("aes", "pclmulqdq", "sha_ni", "vaes", "vpclmulqdq", "avx2", "avx512f", "sha1", "sha2", "pmull", "sve")


def output(*argv):
    """What a short command prints, without its last line's end."""
    return subprocess.run(argv, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout.strip()


# ---- the machine: the same keys as io.xenolith.bench.result.Machine

def field(path, name, otherwise):
    try:
        with open(path, encoding="utf-8") as lines:
            return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), otherwise)
    except OSError:
        return otherwise


def observe_machine(java):
    uname, load = os.uname(), round(os.getloadavg()[0], 2)
    flags = set(field("/proc/cpuinfo", "flags", field("/proc/cpuinfo", "Features", "")).split())
    version = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr.splitlines()
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return {
        "cpu": field("/proc/cpuinfo", "model name", "unknown"), "cores": len(os.sched_getaffinity(0)),
        "memoryMib": int(re.sub(r"\D", "", field("/proc/meminfo", "MemTotal", "0"))) >> 10,
        "flags": [flag for flag in RELEVANT_FLAGS if flag in flags], "kernel": f"{uname.sysname} " + re.sub(r"[^0-9.].*", "", uname.release),
        "jdk": re.sub(r".*\(build ([^)]*)\).*", r"\1", version[1]) if len(version) > 1 else "unknown",
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "loadBefore": load, "loadAfter": load, "commit": commit.stdout.strip() or "unknown"}


# ---- who takes part

class Peer:
    """A program with a repository of its own. Methods return the commands of the steps; None where it has no such thing."""

    def __init__(self, binary, work):
        self.binary, self.repository = binary, os.path.join(work, self.name)

    def describe(self):
        return output(self.binary, *self.version_arguments).splitlines()[0]

    def version(self):
        return [self.binary, *self.version_arguments]

    def daily(self, disk, changed):
        return self.backup(disk, "web")


class Xenolith(Peer):
    name = "xenolith"
    version_arguments = ["--version"]

    def run(self, *arguments):
        return [self.binary, "-q", "--json", "-r", self.repository, *arguments]

    def init(self):
        return self.run("init", "--encrypt")

    def backup(self, disk, vm):
        return self.run("backup", "image", "--vm", vm, f"xvda={disk}")

    def daily(self, disk, changed):
        return self.run("backup", "image", "--vm", "web", f"xvda={disk}", "--changed", f"xvda={changed}", "--base", "web@latest")

    def restore(self, folder):
        return self.run("restore", "web@latest", "--output", os.path.join(folder, "out.raw"))

    def verify(self):
        return self.run("verify", "--read-data")

    def list(self):
        return self.run("list")

    def show(self):
        return self.run("show", "web@latest")

    def report(self):
        return self.run("report")


class Restic(Peer):
    name = "restic"
    version_arguments = ["version"]

    def __init__(self, binary, work):
        super().__init__(binary, work)
        found = re.search(r"(\d+)\.(\d+)", self.describe())
        self.sparse = bool(found) and (int(found[1]), int(found[2])) >= (0, 16)

    def run(self, *arguments):
        return [self.binary, "-q", "-r", self.repository, *arguments]

    def init(self):
        return self.run("init")

    def backup(self, disk, vm):
        return self.run("backup", "--force", "--host", vm, disk)

    def restore(self, folder):
        return self.run("restore", "latest", "--host", "web", *(["--sparse"] if self.sparse else []), "--target", folder)

    def verify(self):
        return self.run("check", "--read-data")

    def list(self):
        return self.run("snapshots")

    def show(self):
        return self.run("snapshots", "latest")

    def report(self):
        return self.run("stats", "--mode", "raw-data")


class Borg(Peer):
    name = "borg"
    version_arguments = ["--version"]

    def init(self):
        return [self.binary, "init", "-e", "repokey-blake2", self.repository]

    def backup(self, disk, vm):
        archive = f"{self.repository}::{vm}-{time.time_ns()}"
        return [self.binary, "create", "--files-cache=disabled", "--sparse", "-C", "zstd,3", archive, disk]

    def latest(self, vm):
        names = output(self.binary, "list", "--short", "--glob-archives", f"{vm}-*", self.repository).split()
        return f"{self.repository}::{names[-1]}"

    def restore(self, folder):
        return ["sh", "-c", 'cd "$1" && exec "$2" extract --sparse "$3"', "sh", folder, self.binary, self.latest("web")]

    def verify(self):
        return [self.binary, "check", "--verify-data", self.repository]

    def list(self):
        return [self.binary, "list", self.repository]

    def show(self):
        return [self.binary, "info", self.latest("web")]

    def report(self):
        return [self.binary, "info", self.repository]


class Disks:
    """What make-disks.sh left."""

    def __init__(self, folder):
        self.web, self.web_next, self.db = (os.path.join(folder, name + "-day" + day + ".raw")
                                            for name, day in (("web", "0"), ("web", "1"), ("db", "0")))
        self.changed = os.path.join(folder, "web-day1.changed")
        missing = [path for path in (self.web, self.web_next, self.db, self.changed) if not os.path.exists(path)]
        if missing:
            raise SystemExit(f"not found: {', '.join(missing)}; bin/bench disks OUTDIR makes them")

    def warm(self):
        for disk in (self.web, self.web_next, self.db):
            subprocess.run(["dd", f"if={disk}", "of=/dev/null", "bs=4M", "status=none"], check=True)

    def changed_bytes(self):
        with open(self.changed, encoding="ascii") as lines:
            return sum(int(line.split()[1]) for line in lines)


# ---- measuring

class Meter:
    """Runs commands one by one, keeps what they took, and writes what they say to a log."""

    def __init__(self, work):
        self.log_path = os.path.join(work, "peers.log")
        self.runs = {}

    def run(self, argv):
        """Returns what a command took and what it printed."""
        printed_path = self.log_path + ".out"
        with open(self.log_path, "a", encoding="utf-8") as log, open(printed_path, "w+", encoding="utf-8") as printed:
            log.write(f"$ {' '.join(argv)}\n")
            log.flush()
            start = time.monotonic()
            process = subprocess.Popen(argv, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=printed, stderr=log)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            printed.seek(0)
            said = printed.read()
            log.write(said)
        if process.returncode != 0:
            raise SystemExit(f"exit code {process.returncode}: {' '.join(argv)} (see {self.log_path})")
        return {"seconds": seconds, "cpuSeconds": usage.ru_utime + usage.ru_stime, "memoryMib": usage.ru_maxrss / 1024}, said

    def take(self, step, name, argv):
        figures, said = self.run(argv)
        self.keep(step, name, figures)
        return said

    def keep(self, step, name, figures):
        self.runs.setdefault((step, name), []).append(figures)
        told = "  ".join(f"{key} {value:.2f}" for key, value in figures.items())
        print(f"  {step:10} {name:14} {told}", file=sys.stderr, flush=True)

    def rows(self):
        """The medians, in the order of the steps."""
        def row(step, name, runs):
            return {"step": step, "name": name,
                    **{key: round(statistics.median(run.get(key, 0) for run in runs), 3) for key in FIGURES},
                    "runs": [round(run.get("seconds", run.get("mib", 0)), 3) for run in runs]}
        return [row(step, name, runs) for wanted in STEPS for (step, name), runs in self.runs.items() if step == wanted]


class Comparison:
    """One run after the other of all steps, with all peers."""

    def __init__(self, peers, disks, work, java, bare):
        self.peers, self.disks, self.work, self.java, self.bare = peers, disks, work, java, bare
        self.meter = Meter(work)
        self.out = os.path.join(work, "out")
        self.facts = {}

    def run_once(self):
        for peer in self.peers:
            shutil.rmtree(peer.repository, ignore_errors=True)
            self.meter.run(peer.init())
        self.disks.warm()
        self.first()
        self.again()
        self.restore()
        for peer in self.peers:
            self.meter.take("second", peer.name, peer.backup(self.disks.db, "db"))
            self.meter.keep("size", peer.name, {"mib": tree_bytes(peer.repository) / MIB})
        for peer in self.peers:
            said = self.meter.take("daily", peer.name, peer.daily(self.disks.web_next, self.disks.changed))
            if peer.name == "xenolith":
                self.meter.keep("daily-read", peer.name, {"mib": json.loads(said)["disks"][0]["bytesRead"] / MIB})
                self.meter.keep("daily-read", "changed blocks", {"mib": self.disks.changed_bytes() / MIB})
        for step in ("verify", "list", "show", "report", "version"):
            for peer in self.peers:
                self.meter.take(step, peer.name, getattr(peer, step)())
        for peer in self.peers:
            shutil.rmtree(peer.repository)

    def first(self):
        packed = os.path.join(self.work, "packed.zst")
        for peer in self.peers:
            said = self.meter.take("first", peer.name, peer.backup(self.disks.web, "web"))
            if peer.name == "xenolith":
                self.facts["firstBytesNew"] = json.loads(said)["disks"][0]["bytesNew"]
        self.meter.take("first", "zstd -3 -T0", ["zstd", "-q", "-f", "-3", "-T0", self.disks.web, "-o", packed])
        os.remove(packed)
        data = int(self.meter.run(self.bare_java("BareHash", self.disks.web))[1]) # also warms what the next one needs
        self.facts["firstBytesData"] = data
        unique = self.facts.get("firstBytesNew", data)
        self.meter.take("first", "bare", self.bare_java("BareStore", self.disks.web, str(unique), str(data)))

    def again(self):
        for peer in self.peers:
            self.meter.take("again", peer.name, peer.backup(self.disks.web, "web"))
        self.meter.take("again", "dd to nowhere", ["dd", f"if={self.disks.web}", "of=/dev/null", "bs=4M", "status=none"])
        self.meter.take("again", "bare", self.bare_java("BareHash", self.disks.web))

    def restore(self):
        for peer in self.peers:
            os.makedirs(self.out)
            self.meter.take("restore", peer.name, peer.restore(self.out))
            restored = next(os.path.join(folder, name) for folder, _, names in os.walk(self.out) for name in names)
            subprocess.run(["cmp", restored, self.disks.web], check=True)
            shutil.rmtree(self.out)
        os.makedirs(self.out)
        self.meter.take("restore", "dd conv=sparse", ["dd", f"if={self.disks.web}", f"of={self.out}/dd", "bs=1M", "conv=sparse",
                                                      "status=none"])
        shutil.rmtree(self.out)

    def bare_java(self, program, *arguments):
        return [self.java, "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-cp", self.bare,
                f"io.xenolith.bench.peers.{program}", *arguments]


def tree_bytes(path):
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


# ---- the command

def find_peers(args, work):
    """Those that take part, and sentences about what is missing."""
    peers, notes = [], []
    only = args.only.split(",")
    for kind, binary in ((Xenolith, args.xenolith), (Restic, args.restic), (Borg, args.borg)):
        if kind.name not in only:
            continue
        found = shutil.which(os.path.abspath(binary) if os.sep in binary else binary)
        if found:
            peers.append(kind(found, work))
        else:
            notes.append(f"{kind.name} is not installed and left out")
    for peer in peers:
        if isinstance(peer, Restic) and not peer.sparse:
            notes.append(f"{peer.describe().split(' compiled')[0]} cannot restore sparsely and writes the holes as well")
    return peers, notes


def print_table(rows):
    own = {row["step"]: row for row in rows if row["name"] == "xenolith"}
    print(f"{'STEP':10} {'NAME':14} {'MEDIAN':>9}     {'CPU s':>8} {'RSS MiB':>7}  ÷ xenolith")
    for row in rows:
        key, unit = ("seconds", "s") if row["seconds"] else ("mib", "MiB")
        ratio = f"{row[key] / own[row['step']][key]:6.2f}" if row["step"] in own else ""
        cost = f"{row['cpuSeconds']:8.2f} {row['memoryMib']:7.0f}" if row["seconds"] else " " * 16
        print(f"{row['step']:10} {row['name']:14} {row[key]:9.2f} {unit:3} {cost}  {ratio}")


def main():
    parser = argparse.ArgumentParser(prog="bin/bench peers", description=__doc__.splitlines()[0])
    parser.add_argument("disks")
    parser.add_argument("--work", default="peers-work", help="a folder for repositories, removed in the end")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="xenolith,restic,borg")
    parser.add_argument("--out", default=os.path.join(ROOT, "bench", "results", "peers.json"))
    parser.add_argument("--xenolith", default=os.path.join(ROOT, "bin", "xenolith"))
    parser.add_argument("--restic", default="restic")
    parser.add_argument("--borg", default="borg")
    args = parser.parse_args()
    if args.runs < 1:
        parser.error("--runs: at least 1")

    work = os.path.abspath(args.work)
    disks = Disks(os.path.abspath(args.disks))
    java = os.path.join(output(os.path.join(ROOT, "bin", "jdk")), "bin", "java")
    jars = glob.glob(os.path.join(ROOT, "bench", "target", "dependency", "zstd-jni-*.jar"))
    bare = os.pathsep.join([os.path.join(ROOT, "bench", "target", "classes"), *jars])
    if os.path.exists(work):
        parser.error(f"--work {args.work}: it is there already, and what is in it would be removed")
    os.makedirs(work)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        peers, notes = find_peers(args, work)
        machine = observe_machine(java)
        comparison = Comparison(peers, disks, work, java, bare)
        for _ in range(args.runs):
            comparison.run_once()
    except SystemExit:
        print(f"the log is kept in {work}", file=sys.stderr)
        raise
    machine["loadAfter"] = round(os.getloadavg()[0], 2)
    rows = comparison.meter.rows()
    results = {
        "machine": machine, "runs": args.runs, "diskMib": os.path.getsize(disks.web) >> 20,
        "versions": {peer.name: peer.describe() for peer in peers} | {"zstd": output("zstd", "--version")},
        "notes": notes, "facts": comparison.facts, "rows": rows}
    with open(args.out, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=2, ensure_ascii=False)
        file.write("\n")
    shutil.rmtree(work)
    print_table(rows)
    for note in notes:
        print(note)


if __name__ == "__main__":
    main()
