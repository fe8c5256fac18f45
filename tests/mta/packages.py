"""packages - Debian packages that cannot be installed beside what is there

sendmail-bin conflicts with Postfix, so it is downloaded by the machine's own
apt and unpacked into a cache folder outside the checkout. Must run outside the
box, which has no network.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

NAMES = ("sendmail-bin", "sendmail-base", "sendmail-cf", "sasl2-bin")


def _cache():
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
    """The folder with the unpacked packages; downloads what is missing."""
    folder = _cache() / ("sendmail-" + _candidate(NAMES[0]).replace(":", "_"))
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(dir=folder.parent))
    subprocess.run(
        ["apt-get", "download", "-qq", *NAMES],
        cwd=work, check=True, stderr=subprocess.DEVNULL,
    )
    for package in work.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, work / "root"], check=True)
    try:
        (work / "root").rename(folder)
    except OSError:  # somebody else was faster
        pass
    shutil.rmtree(work)
    return folder
