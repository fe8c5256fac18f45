"""forky - other releases of Debian in a folder, for their Postfix

Forky, the next one, has Postfix 3.11; trixie, Debian 13, has 3.10.

debootstrap makes it once, from the mirror that this machine's own apt uses; it
is kept packed in the cache folder outside the checkout. Must be made outside
the box, which has no network.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

import packages
import postfix

# Debian 12's debootstrap knows no script of that name; all of them are one.
SCRIPT = "/usr/share/debootstrap/scripts/sid"


VERSIONS = {"forky": "3.11", "trixie": "3.10"}


def archive(release="forky"):
    """The packed folder; None when it cannot be had."""
    kept = sorted(packages.cache().glob(
        f"{release}-postfix-{VERSIONS[release]}*.tar.zst"))
    if kept:
        return kept[-1]
    try:
        return _make(release)
    except (OSError, subprocess.CalledProcessError, LookupError):
        return None


def unpack(packed, folder):
    """The root folder of the release; half a second."""
    folder.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", packed, "-C", folder], check=True)
    return folder


class Postfix(postfix.Postfix):
    """The release's Postfix, in its own root, where /srv is that of the box."""

    first_port = 3200  # and for one more release 4200

    def __init__(self, root, folder, sasl_db, tls_pem, first_port=None, **main):
        self.master_command = ("chroot", root, postfix.MASTER)
        for name in ("passwd", "group", "hosts", "resolv.conf"):
            shutil.copy(f"/etc/{name}", root / "etc" / name)
        for plugin in pathlib.Path("/usr/lib").glob("*/sasl2/lib[pl][lo]*.so*"):
            shutil.copy(plugin, root / plugin.parent.relative_to("/"))
        for place in ("srv", "dev", "proc"):
            # Each node of the box's /dev is a mount of its own.
            how = "--rbind" if place == "dev" else "--bind"
            subprocess.run(["mount", how, f"/{place}", root / place], check=True)
        super().__init__(folder, sasl_db, tls_pem, first_port, **main)


def _mirror():
    shown = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)",
         "Created-By: Packages"],
        check=True, capture_output=True, text=True).stdout
    for uri in shown.split():
        if uri.rstrip("/").endswith("/debian"):
            return uri
    raise LookupError("apt knows no mirror of Debian")


def _version(root):
    shown = subprocess.run(
        ["dpkg-query", "--admindir", root / "var/lib/dpkg", "-f", "${Version}",
         "-W", "postfix"], check=True, capture_output=True, text=True)
    return shown.stdout.replace(":", "_")


def bootstrap(release, names, root):
    """A small system of this release with these packages."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={names}", release,
         root, _mirror(), SCRIPT],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


def _make(release):
    packages.cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=packages.cache()) as work:
        root = pathlib.Path(work) / "root"
        bootstrap(release, "postfix", root)
        for name in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc",
                     "usr/share/man", "usr/share/locale"):
            shutil.rmtree(root / name, ignore_errors=True)
        packed = pathlib.Path(work) / "packed"
        subprocess.run(["tar", "--zstd", "-cf", packed, "-C", root, "."],
                       check=True)
        name = packages.cache() / f"{release}-postfix-{_version(root)}.tar.zst"
        os.replace(packed, name)
        return name


if __name__ == "__main__":
    for name in VERSIONS:
        print(archive(name))
