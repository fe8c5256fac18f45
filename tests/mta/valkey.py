"""valkey - that of Debian 13, which Debian 12 has no package of

Its programs and their libraries are kept packed in the cache folder outside the
checkout, as forky.py has it; they run here by their own loader. Must be made
outside the box, which has no network.
"""

import os
import pathlib
import subprocess
import tempfile

import forky
import packages

PROGRAMS = ("valkey-server", "valkey-benchmark")


def archive():
    """The packed folder; None when it cannot be had."""
    kept = sorted(packages.cache().glob("trixie-valkey-*.tar.zst"))
    if kept:
        return kept[-1]
    try:
        return _make()
    except (OSError, subprocess.CalledProcessError, LookupError):
        return None


def unpack(packed, folder):
    """Program -> the words that run it."""
    forky.unpack(packed, folder)
    return {name: _command(folder, name) for name in PROGRAMS}


def _command(root, name):
    [loader] = root.glob("usr/lib/*/ld-linux*")
    [libraries] = {path.parent for path in root.glob("usr/lib/*/libc.so.6")}
    return [str(loader), "--library-path", str(libraries), str(root / "usr/bin" / name)]


def version(command):
    """8.1.1"""
    shown = subprocess.run([*command, "--version"], check=True, capture_output=True, text=True)
    return shown.stdout.split("v=")[1].split()[0]


def _make():
    packages.cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=packages.cache()) as work:
        root = pathlib.Path(work) / "root"
        forky.bootstrap("trixie", "valkey-server,valkey-tools", root)
        packed = pathlib.Path(work) / "packed"
        parts = [str(p.relative_to(root)) for pattern in ("usr/bin/valkey-*", "usr/lib/*/ld-linux*",
                 "usr/lib/*/lib*.so*") for p in root.glob(pattern)]
        subprocess.run(["tar", "--zstd", "-cf", packed, "-C", root, *sorted(set(parts))],
                       check=True)
        name = packages.cache() / f"trixie-valkey-{version(_command(root, PROGRAMS[0]))}.tar.zst"
        os.replace(packed, name)
        return name


if __name__ == "__main__":
    print(archive())
