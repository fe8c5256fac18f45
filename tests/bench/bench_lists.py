"""bench_lists - a list of a million, beside the same in Postfix's tables"""

import json
import os
import random
import shutil
import subprocess
import threading
import time

ENTRIES = 1_000_000
LMDB_KEYS = 100_000
CIDR_KEYS = 100  # each takes Postfix about 18 ms


def _network(rng, bits):
    """A network of up to 12 bits fewer, and an address in it."""
    wide = rng.getrandbits(bits)
    if bits == 128:
        wide = 0x2001 << 112 | wide & (1 << 112) - 1
    prefix = bits - rng.choice((0, 0, 4, 8, 12))
    return wide >> bits - prefix << bits - prefix, prefix, wide


def _text(number, bits):
    if bits == 32:
        return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    return ":".join(f"{number >> shift & 65535:x}" for shift in range(112, -1, -16))


def _write(path, lines):
    path.write_text("".join(line + "\n" for line in lines))
    return path


def make_networks(folder, bits):
    """A list, what to ask of it (half is on it), and Postfix's own table."""
    rng = random.Random(bits)
    entries, keys = [], []
    for _ in range(ENTRIES):
        start, prefix, inside = _network(rng, bits)
        entries.append(f"{_text(start, bits)}/{prefix}")
        keys.append(_text(inside if rng.random() < 0.5 else
                          _network(rng, bits)[2], bits))
    name = f"ipv{4 if bits == 32 else 6}"
    _write(folder / f"{name}.cidr", (f"{entry} REJECT" for entry in entries))
    return (_write(folder / name, (f"{entry} # sent spam" for entry in entries)),
            _write(folder / f"{name}.keys", keys))


def make_names(folder):
    rng = random.Random(1)

    def name():
        return "%x.%s" % (rng.getrandbits(rng.choice((32, 48, 64))),
                          rng.choice(("com", "example.net", "co.uk")))

    names = [name() for _ in range(ENTRIES)]
    keys = [rng.choice(names) if rng.random() < 0.5 else name()
            for _ in range(ENTRIES)]
    _write(folder / "names.map", (f"{name} REJECT" for name in names))
    return (_write(folder / "names", (f"{name} # phishing" for name in names)),
            _write(folder / "names.keys", keys),
            _write(folder / "mailboxes.keys", (f"a.b+c@{key}" for key in keys)))


def ask(build, table, keys, *more):
    done = subprocess.run([build / "lists", table, keys, *more],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def postmap(folder, *arguments, **options):
    return subprocess.run(["postmap", "-c", folder, *arguments],
                          stderr=subprocess.DEVNULL, **options)


def make_lmdb(folder):
    """names.map.lmdb by Postfix itself; None where it has no lmdb."""
    shutil.copy(folder / "names.map", folder / "names.table")
    done = postmap(folder, f"lmdb:{folder}/names.table")
    return folder / "names.table.lmdb" if done.returncode == 0 else None


def make_main_cf(folder):
    (folder / "main.cf").write_text("lmdb_map_size = 1073741824\n")
    for own in ("dynamicmaps.cf", "dynamicmaps.cf.d"):
        source = os.path.join("/etc/postfix", own)
        if os.path.isdir(source):
            shutil.copytree(source, folder / own)
        elif os.path.exists(source):
            shutil.copy(source, folder / own)


def time_postmap(folder, table, keys, n):
    """Nanoseconds a lookup: n keys against one, which opens the table too."""
    lines = keys.read_text().split("\n")[:n]

    def run(asked):
        began = time.monotonic()
        postmap(folder, "-q", "-", table, input="\n".join(asked) + "\n", text=True,
                stdout=subprocess.DEVNULL)
        return time.monotonic() - began

    run(lines[:1])
    return (run(lines) - run(lines[:1])) / (n - 1) * 1e9


def tables(build, folder):
    """A row each: what is asked, ours, and Postfix's nanoseconds a lookup."""
    rows = {}
    make_main_cf(folder)
    for bits in (32, 128):
        path, keys = make_networks(folder, bits)
        rows[path.name] = ask(build, path, keys)
        rows[path.name]["postfix"] = "cidr:"
        rows[path.name]["postfix_ns"] = time_postmap(
            folder, f"cidr:{path}.cidr", keys, CIDR_KEYS)
    names, keys, mailboxes = make_names(folder)
    lmdb = make_lmdb(folder)
    postfix_ns = lmdb and time_postmap(
        folder, f"lmdb:{folder}/names.table", keys, LMDB_KEYS)
    for label, table, asked in (
            ("names", names, keys), ("mailboxes", names, mailboxes),
            ("names, lmdb:", lmdb and f"lmdb:{lmdb}", keys)):
        if table:
            rows[label] = ask(build, table, asked) | {
                "postfix": "lmdb:", "postfix_ns": postfix_ns}
    return rows


def reloads(start, folder, seconds):
    """Sessions beside a list of a million that changes all the time."""
    path = folder / "ipv4"
    f = start("lists", f'blacklist {{ list "big" {{ file = "{path}" }} }}\n')
    load = ("--sessions", 4, "--seconds", seconds)
    f.load(*load)
    still = f.load(*load)
    changing = threading.Event()

    def change():
        while not changing.wait(5):  # the file must rest to be loaded
            path.touch()

    thread = threading.Thread(target=change)
    thread.start()
    moving = f.load(*load)
    changing.set()
    thread.join()
    f.stop()
    log = f.log_text()
    return {"reloads": log.count("loaded again"),
            "still_p99_us": still["latency_us"]["session"]["p99"],
            "moving_p99_us": moving["latency_us"]["session"]["p99"]}


def show(figures):
    print("\nLocal lists of a million, beside Postfix's tables\n")
    print(f"  {'':16}{'load ms':>9}{'MiB':>6}{'peak':>6}{'lookup ns':>11}"
          f"{'Postfix ns':>12}")
    for name, row in figures["tables"].items():
        theirs = f"{row['postfix_ns']:12.0f} {row['postfix']}" \
            if row["postfix_ns"] else f"{'-':>12}"
        print(f"  {name:16}{row['load_ms']:9.0f}{row['rss_kib'] / 1024:6.0f}"
              f"{row['peak_kib'] / 1024:6.0f}{row['lookup_ns']:11.0f}{theirs}")
    r = figures["reloads"]
    print(f"\n  {r['reloads']} reloads of it under load: a session's p99 "
          f"{r['moving_p99_us'] / 1000:.2f} ms, without {r['still_p99_us'] / 1000:.2f}")
