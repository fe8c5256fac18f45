"""How the daemon starts and ends, as whoever starts it sees it."""

import os
import pathlib
import signal
import socket
import stat
import subprocess
import tempfile

import pytest

import peer
import process
import saywhyd as filters

OK, UNAVAILABLE, CONFIG, USAGE = 0, 69, 78, 64  # sysexits.h


@pytest.fixture
def site(build, box):
    """A function: a configuration that nobody serves yet."""

    def make(more=""):
        folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        folder.chmod(0o755)
        return filters.Saywhyd(build, folder / "saywhyd", more)

    return make


def run(daemon, *options, **more):
    return subprocess.run(
        [daemon.program, "-c", daemon.conf, *options], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, **more)


def serves(daemon):
    with peer.Peer(daemon) as mta:
        mta.negotiate().connect()
        mta.mail()
        return mta.rcpt("<b@elsewhere.example>")[0] == "y"


def test_in_the_background(site):
    """-d comes back when it serves; the pid file is there, and goes again."""
    daemon = site()
    pid_file = daemon.folder / "pid"
    started = run(daemon, "-d", "-p", pid_file)
    assert (started.returncode, started.stderr) == (OK, "")
    assert serves(daemon)
    pid = int(pid_file.read_text())
    assert os.getsid(pid) != os.getsid(0)
    os.kill(pid, signal.SIGTERM)
    process.wait_until(lambda: not pid_file.exists(), "the end")
    assert not (daemon.folder / "milter.sock").exists()


@pytest.mark.parametrize("options", [(), ("-d",)], ids=["foreground", "background"])
@pytest.mark.parametrize("more, code, words", [
    ("nonsense = 1", CONFIG, "nonsense"),
    ('pid-file = "/nowhere/pid"', 73, "/nowhere/pid"),
    ('listen = "unix:/nowhere/milter.sock"', UNAVAILABLE, "/nowhere/milter.sock"),
    ('user = "root"', CONFIG, "root"),
    ('user = "nobody-at-all"', CONFIG, "useradd --system"),
    ('listen-group = "no-group-at-all"', CONFIG, "no-group-at-all"),
], ids=["configuration", "pid-file", "listen", "root", "user", "group"])
def test_a_start_that_fails(site, options, more, code, words):
    """The status of the command tells, and so do its words."""
    failed = run(site(more), *options)
    assert failed.returncode == code, failed
    assert words in failed.stderr


def test_wrong_options(site):
    daemon = site()
    for wrong in ("-x", "more"):
        assert run(daemon, wrong).returncode == USAGE
    assert run(daemon, "-V").stdout.startswith("saywhyd ")


def test_rights_of_the_socket(site):
    daemon = site('listen-mode = "0660"\nlisten-group = "postfix"').start()
    found = (daemon.folder / "milter.sock").stat()
    assert stat.S_IMODE(found.st_mode) == 0o660
    assert found.st_gid == int(subprocess.run(
        ["getent", "group", "postfix"], capture_output=True, text=True,
    ).stdout.split(":")[2])
    assert daemon.stop() == 0


def test_folders_that_are_missing(site):
    """In a folder of the account all is made with its rights (SECURITY.md)."""
    daemon = site()
    text = daemon.conf.read_text()
    for name in ("milter.sock", "control.sock"):
        text = text.replace(f"{daemon.folder}/{name}", f"{daemon.folder}/run/{name}")
    text = text.replace("records.json", "log/records.json")
    daemon.conf.write_text(text)
    with subprocess.Popen([daemon.program, "-c", daemon.conf],
                          stderr=subprocess.DEVNULL) as running:
        process.wait_until(
            lambda: process.listens_at(daemon.folder / "run" / "control.sock"), "the start")
        made = [(folder.owner(), stat.S_IMODE(folder.stat().st_mode))
                for folder in (daemon.folder / "run", daemon.folder / "log")]
        assert process.end(running) == 0
    assert [owner for owner, _ in made] == ["nobody", "nobody"]
    assert made[1][1] == 0o750


def test_a_live_socket_is_not_taken_away(site):
    daemon = site().start()
    second = run(daemon)
    assert second.returncode == UNAVAILABLE
    assert "control.sock" in second.stderr
    assert serves(daemon)
    assert process.listens_at(daemon.folder / "control.sock")
    assert daemon.stop() == 0


def test_a_socket_of_somebody_else(site):
    """fd:3, as systemd hands it over."""
    daemon = site('listen = "fd:3"')
    path = str(daemon.folder / "milter.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(16)
        running = subprocess.Popen(
            [daemon.program, "-c", daemon.conf], stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.dup2(listener.fileno(), 3), pass_fds=[3])
        assert serves(daemon)
        assert process.end(running) == 0


def test_the_service_manager_is_told(site):
    daemon = site()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(daemon.folder / "notify"))
        manager.settimeout(60)
        os.chmod(daemon.folder / "notify", 0o666)
        daemon.environment["NOTIFY_SOCKET"] = str(daemon.folder / "notify")
        daemon.start()
        for name in ("control.sock", "milter.sock"):
            assert manager.recv(4096).decode() == (
                f"FDSTORE=1\nFDNAME={daemon.folder}/{name}")
        assert manager.recv(4096) == b"READY=1"
        daemon.signal(signal.SIGHUP)
        assert manager.recv(4096).startswith(b"RELOADING=1")
        assert manager.recv(4096) == b"READY=1"
        daemon.signal(signal.SIGTERM)
        assert manager.recv(4096) == b"STOPPING=1"
        assert daemon.stop() == 0
