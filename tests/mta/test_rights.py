"""A start as root, while the filter's account does its worst.

The account (nobody) owns the folder of the sockets, the pid file and the
lists, as it does where an admin made them so, and runs a process that puts
links in the way of whatever root makes there. None of them may lead root
anywhere. SECURITY.md has the table of what is done as root.
"""

import grp
import pathlib
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time

import pytest

import process
import saywhyd as filters

ROUNDS = 60
NOBODY = pwd.getpwnam("nobody")

# As nobody: as soon as something is at the path, it changes places with a link
# to the target, in one call (renameat2(2), RENAME_EXCHANGE).
RACER = """
import ctypes, os, sys, time
os.setgid({gid}); os.setuid({uid})
path, target, link = (os.fsencode(a) for a in sys.argv[1:4])
swap, here = ctypes.CDLL(None).renameat2, -100
print("ready", flush=True)
while True:
    os.symlink(target, link)
    while swap(here, link, here, path, 2) != 0:
        pass
    time.sleep({rest})
    for name in (link, path):
        try:
            os.unlink(name)
        except OSError:
            pass
"""


@pytest.fixture
def site(build, box):
    """A function: a configuration that nobody serves yet, and its target."""

    def make(more=""):
        folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        folder.chmod(0o755)
        target = folder / "target"
        target.write_text("root's own\n")
        target.chmod(0o600)
        return filters.Saywhyd(build, folder / "saywhyd", more), target

    return make


def looks(path):
    st = path.lstat()
    return st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode), st.st_size


class Racer:
    def __init__(self, path, target, rest):
        script = RACER.format(uid=NOBODY.pw_uid, gid=NOBODY.pw_gid, rest=rest)
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, path, target, f"{path}.aside"],
            stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.process.kill()
        self.process.communicate()


def start_and_stop(daemon, *options, seconds=0.05):
    """Served, or ended because of the links: both are right."""
    started = subprocess.Popen(
        [daemon.program, "-c", daemon.conf, *options], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=daemon.environment)
    time.sleep(seconds)
    started.terminate()
    started.wait(timeout=60)


@pytest.mark.parametrize("name, options", [
    ("milter.sock", ()), ("control.sock", ()), ("reply.sock", ()),
    ("policy.sock", ()), ("pid", ("-p", "{folder}/pid")),
])
def test_a_link_leads_root_nowhere(site, build, name, options):
    """With a pause behind each call that makes something the racer wins each
    time; without (AddressSanitizer wants to be preloaded alone), at times."""
    daemon, target = site()
    rounds, seconds, rest = ROUNDS, 0.05, 0.03
    shim = build / "slow-calls.so"
    if shim.exists() and build.name != "asan":
        rounds, seconds, rest = 3, 1, 0.3
        daemon.environment |= {"LD_PRELOAD": str(shim)}
    daemon.configure(f'reply-map = "unix:{daemon.folder}/reply.sock"\n'
                     f'policy-service = "unix:{daemon.folder}/policy.sock"\n')
    was = looks(target)
    with Racer(daemon.folder / name, target, rest):
        for _ in range(rounds):
            start_and_stop(
                daemon, *(o.format(folder=daemon.folder) for o in options),
                seconds=seconds)
            assert looks(target) == was
    assert target.read_text() == "root's own\n"


@pytest.mark.parametrize("name", ["records.json", "store.db", "list.lmdb-lock"])
def test_a_file_is_not_made_through_a_link(site, name):
    """Of records, the store and a list: read and made by the account."""
    daemon, target = site()
    daemon.configure(
        f'store = "{daemon.folder}/store.db"\n'
        f'blacklist {{ list "x" {{ file = "lmdb:{daemon.folder}/list.lmdb" '
        'match = {client} } }\n')
    there = target.parent / "there"
    there.mkdir(mode=0o755)
    (daemon.folder / name).symlink_to(there / "made")
    start_and_stop(daemon)
    assert list(there.iterdir()) == []


def test_folders_of_root(site):
    """As installed: the folder is root's, the socket has group and mode."""
    daemon, _ = site()
    shutil.chown(daemon.folder, "root")
    records = daemon.folder.parent / "records"
    records.mkdir(mode=0o755)
    shutil.chown(records, "nobody")
    daemon.record_file = records / "records.json"
    group = grp.getgrgid(pwd.getpwnam("mail").pw_gid)
    daemon.configure(f'listen-group = "{group.gr_name}"')
    daemon.conf.write_text(
        daemon.conf.read_text().replace('"0666"', '"0660"'))
    daemon.start()
    try:
        st = (daemon.folder / "milter.sock").stat()
        assert (st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode)) == (
            0, group.gr_gid, 0o660)
        st = (daemon.folder / "control.sock").stat()
        assert (st.st_gid, stat.S_IMODE(st.st_mode)) == (NOBODY.pw_gid, 0o660)
    finally:
        daemon.stop()


def test_folders_of_the_account(site):
    daemon, _ = site('listen-group = "mail"')
    daemon.start()
    try:
        st = (daemon.folder / "milter.sock").stat()
        assert (st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode)) == (
            NOBODY.pw_uid, grp.getgrnam("mail").gr_gid, 0o666)
    finally:
        daemon.stop()
    assert not (daemon.folder / "milter.sock").exists()


def test_a_configuration_only_root_reads(site):
    """It would fail at the first reload, so the start says so."""
    daemon, _ = site()
    daemon.conf.chmod(0o600)
    daemon.start()
    try:
        process.wait_until(lambda: "serves" in daemon.log(), "the start")
        assert "may not read it, so that a reload will fail" in daemon.log()
    finally:
        daemon.stop()
