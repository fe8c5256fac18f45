"""counted - real servers that hosts count in: Redis or Valkey, and sentinels"""

import os
import socket
import subprocess
import threading
import time

import process

class Server:
    """Listens on loopback; its folder is made anew with each start."""

    def __init__(self, command, folder, port, *options, sentinel=False):
        self.command = command
        self.folder, self.port, self.options = folder, port, options
        self.sentinel = sentinel
        self.process = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def spec(self):
        return f"inet:{self.port}@127.0.0.1"

    def start(self):
        conf = self.folder / "conf"
        lines = [f"port {self.port}", "bind 0.0.0.0", "protected-mode no", f"dir {self.folder}"]
        if not self.sentinel:
            lines += ['save ""', "appendonly no"]
        conf.write_text("\n".join([*lines, *self.options]) + "\n")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.command, str(conf)] + ["--sentinel"] * self.sentinel,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        process.wait_until(lambda: process.listens(self.port), "the server")
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def ask(self, *words):
        """The first line of an answer, as the protocol has it."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as link:
            text = f"*{len(words)}\r\n" + "".join(
                f"${len(word)}\r\n{word}\r\n" for word in words)
            link.sendall(text.encode())
            return link.makefile("rb").readline().decode().strip()

    def leads(self):
        """Is it no replica (any more)? One that becomes none drops who asks."""
        try:
            return self.ask("ROLE") == "*3" and self.ask("SET", "probe", "1") == "+OK"
        except OSError:
            return False

    def keys(self):
        return int(self.ask("DBSIZE").removeprefix(":"))


class Link:
    """A way to the server that can be made slow, for all connections. `trips`:
    how often something was sent to it that was not part of the same write."""

    def __init__(self, to):
        self.to, self.delay, self.trips, self.asked = to, 0.0, 0, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def spec(self):
        return f"inet:{self.port}@127.0.0.1"

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                return
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(a, b, a is near),
                                 daemon=True).start()

    def _pass(self, a, b, asks):
        try:
            while data := a.recv(65536):
                self.trips += asks and not self.asked
                self.asked = asks
                time.sleep(self.delay)
                b.sendall(data)
        except OSError:
            pass
        for end in (a, b):
            end.close()

    def stop(self):
        self.listener.close()


class Namespace:
    """A network of its own, with one wire to the box that can be cut."""

    def __init__(self, number):
        self.near, self.far = f"10.99.{number}.1", f"10.99.{number}.2"
        self.wire = f"wire{number}"
        self.keeper = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
        process.wait_until(
            lambda: os.readlink(self.net) != os.readlink("/proc/self/ns/net"),
            "the namespace")
        self._ip("link", "add", self.wire, "type", "veth", "peer", "name",
                 "wire", "netns", str(self.keeper.pid))
        self._ip("addr", "add", f"{self.near}/32", "dev", self.wire)
        self._ip("link", "set", self.wire, "up")
        self.mend()
        for words in (f"link set lo up", "link set wire up",
                      f"addr add {self.far}/24 dev wire"):
            subprocess.run([*self.enter, "ip", *words.split()], check=True)

    @property
    def net(self):
        return f"/proc/{self.keeper.pid}/ns/net"

    @property
    def enter(self):
        return ["nsenter", f"--net={self.net}"]

    @staticmethod
    def _ip(*words):
        subprocess.run(["ip", *words], check=True)

    def mend(self):
        """In the box every address is local but this."""
        self._ip("route", "replace", f"{self.far}/32", "dev", self.wire,
                 "src", self.near, "table", "local")

    def cut(self):
        """What is sent to it is lost, and nobody says so."""
        self._ip("route", "replace", "blackhole", f"{self.far}/32", "table",
                 "local")

    def program(self, folder, program):
        """saywhyd, started in there."""
        path = folder / f"saywhyd-{self.wire}"
        path.write_text(f"#!/bin/sh\nexec {' '.join(self.enter)} {program} \"$@\"\n")
        path.chmod(0o755)
        return path

    def stop(self):
        self._ip("link", "del", self.wire)
        self.keeper.kill()
        self.keeper.wait()
