"""counted - real servers that hosts count in: Redis or Valkey, and sentinels"""

import shutil
import socket
import subprocess

import process

SERVERS = ("valkey-server", "redis-server")


def program():
    """Whichever is installed; None: neither."""
    for name in SERVERS:
        if shutil.which(name):
            return name
    return None


class Server:
    """Listens on loopback; its folder is made anew with each start."""

    def __init__(self, folder, port, *options, sentinel=False):
        self.folder, self.port, self.options = folder, port, options
        self.sentinel = sentinel
        self.process = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def spec(self):
        return f"inet:{self.port}@127.0.0.1"

    def start(self):
        conf = self.folder / "conf"
        lines = [f"port {self.port}", "bind 127.0.0.1", f"dir {self.folder}"]
        if not self.sentinel:
            lines += ['save ""', "appendonly no"]
        conf.write_text("\n".join([*lines, *self.options]) + "\n")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [program(), str(conf)] + ["--sentinel"] * self.sentinel,
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

    def keys(self):
        return int(self.ask("DBSIZE").removeprefix(":"))
