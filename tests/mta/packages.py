"""packages - Debian packages that cannot be installed beside what is there

sendmail-bin conflicts with Postfix, so it is downloaded by the machine's own
apt and unpacked into a cache folder outside the checkout. Must run outside the
box, which has no network.
"""

import os
import pathlib
import subprocess
import tempfile

NAMES = (
    "sendmail-bin", "sendmail-base", "sendmail-cf", "sasl2-bin",
    "libwrap0", "liblockfile1",
)


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(home) / "saywhy"


def _candidate(name):
    shown = subprocess.run(
        ["apt-cache", "policy", name], capture_output=True, text=True
    ).stdout
    for line in shown.splitlines():
        if line.strip().startswith("Candidate:"):
            return line.split()[1]
    return "unknown"


def unpacked():
    """The folder with the unpacked packages; None when it cannot be had."""
    name = f"mta-{len(NAMES)}-" + _candidate(NAMES[0]).replace(":", "_")
    folder = cache() / name
    if not folder.exists():
        try:
            _download(folder)
        except (OSError, subprocess.CalledProcessError):
            return None
    return folder


def libraries(folder):
    """Where the shared libraries of the unpacked packages lie."""
    found = {str(path.parent) for path in folder.glob("**/*.so.*")}
    return ":".join(sorted(found))


def _download(folder):
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        subprocess.run(
            ["apt-get", "download", "-qq", *NAMES],
            cwd=work, check=True, stderr=subprocess.DEVNULL,
        )
        root = pathlib.Path(work) / "root"
        for package in pathlib.Path(work).glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, root], check=True)
        for program in (root / "usr/libexec/sendmail").iterdir():
            program.chmod(0o755)  # setgid would ignore LD_LIBRARY_PATH
        try:
            root.rename(folder)
        except OSError:  # somebody else was faster
            pass
