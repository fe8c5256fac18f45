"""faults - what goes wrong around a filter, one thing at a time

Each is a function of a World that breaks something, waits, and mends it. The
World keeps what they need: the filter, a DNS server, a scanner, a small disk.
"""

import json
import os
import pathlib
import signal
import socket
import tempfile
import threading
import time

import liar
import process


class Scanner:
    """A clamd that finds nothing; `mood`: good, hang, drop, garbage."""

    def __init__(self, path):
        self.path, self.mood = path, "good"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        os.chmod(path, 0o666)
        self.listener.listen(128)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer):
        with peer:
            peer.settimeout(20)
            try:
                if self.mood == "drop":
                    return
                got = b""
                while not got.endswith(b"\0\0\0\0") and got != b"zPING\0":
                    piece = peer.recv(65536)
                    if not piece:
                        return
                    got += piece
                if self.mood == "hang":
                    time.sleep(5)
                elif self.mood == "garbage":
                    peer.sendall(b"\xff" * 999 + b"\0")
                else:
                    peer.sendall(b"PONG\0" if got == b"zPING\0" else b"stream: OK\0")
            except OSError:
                return

    def stop(self):
        self.listener.close()


class World:
    def __init__(self, build, box, daemon, make_scanner_at, disk, clock):
        self.build, self.daemon, self.disk, self.clock = build, daemon, disk, clock
        self.folder = tempfile.mkdtemp(dir=box)
        self.scanner = Scanner(make_scanner_at)
        self.full = threading.Event()   # records may be lost now
        self.rotated = []               # record files of before
        self.dns = None
        self.words, self.dns_port = "", 0
        self.kills = 0

    def start_dns(self, box_path, words):
        self.words = words
        self.dns = liar.Liar(self.build, box_path, words, self.dns_port)
        self.dns_port = self.dns.port

    def records(self):
        """Those of every file, and how many lines a full disk has torn."""
        found, torn = [], 0
        for path in [*self.rotated, self.daemon.record_file]:
            for line in path.read_bytes().split(b"\n")[:-1]:
                try:
                    found.append(json.loads(line))
                except ValueError:
                    torn += 1
        return found, torn

    def memory(self):
        """Of the filter, KB; None when it is not there."""
        running = self.daemon.process
        try:
            with open(f"/proc/{running.pid}/status") as status:
                [line] = [l for l in status if l.startswith("VmRSS")]
        except (OSError, AttributeError, ValueError):
            return None
        return int(line.split()[1])


def dns_silent(world, seconds):
    world.dns.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    world.dns.process.send_signal(signal.SIGCONT)


def dns_gone(world, seconds):
    """And back as another process."""
    world.dns.stop()
    time.sleep(seconds)
    world.start_dns(pathlib.Path(world.folder), world.words)


def _mood(word):
    def fault(world, seconds):
        world.scanner.mood = word
        time.sleep(seconds)
        world.scanner.mood = "good"
    fault.__name__ = f"scanner_{word}"
    return fault


def disk_full(world, seconds):
    """A file beside the records takes what was left."""
    world.full.set()
    with open(world.disk / "fill", "wb", buffering=0) as fill:
        try:
            while fill.write(b"x" * 4096):
                pass
        except OSError:
            pass
    time.sleep(seconds)
    (world.disk / "fill").unlink()
    time.sleep(1)
    world.full.clear()


def killed(world, seconds):
    world.kills += 1
    world.daemon.kill()
    time.sleep(seconds / 4)
    world.daemon.start()


def reloaded(world, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        world.daemon.reload()
        time.sleep(0.3)


def reload_of_nonsense(world, seconds):
    good = world.daemon.conf.read_text()
    world.daemon.conf.write_text(good + "\nnonsense = 1\n")
    world.daemon.reload()
    time.sleep(seconds)
    world.daemon.conf.write_text(good)
    world.daemon.reload()


def log_rotated(world, seconds):
    """By rename and signal, as logrotate(8) does."""
    current = world.daemon.record_file
    old = current.with_name(f"{current.name}.{len(world.rotated) + 1}")
    current.rename(old)
    world.rotated.append(old)
    world.daemon.signal(signal.SIGUSR1)
    process.wait_until(current.exists, "the new record file")
    time.sleep(seconds / 4)


def clock_stepped(world, seconds):
    for step in ("3600", "-7200", "0"):
        world.clock.write_text(step)
        time.sleep(seconds / 3)


ALL = [dns_silent, dns_gone, _mood("hang"), _mood("drop"), _mood("garbage"),
       disk_full, killed, reloaded, reload_of_nonsense, log_rotated, clock_stepped]
