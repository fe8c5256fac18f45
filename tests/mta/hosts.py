"""hosts - several machines in one box: a network namespace each, on one wire

A machine has an address on the wire, 10.19.0.N, and its own loopback. What is
started `with machine:` runs there; so do sockets that are opened.
"""

import ctypes
import os
import pathlib
import socket
import subprocess
import threading

CLONE_NEWNET = 0x40000000
NET = "10.19.0"
libc = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True)


def enter(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _pass_on(from_, to):
    try:
        while data := from_.recv(65536):
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Wire:
    """A switch; it ends with its machines."""

    def __init__(self):
        self.machines = []
        ip("link", "add", "wire", "type", "bridge")
        ip("link", "set", "wire", "up")

    def machine(self):
        self.machines.append(Machine(len(self.machines) + 1))
        return self.machines[-1]

    def stop(self):
        for machine in self.machines:
            machine.stop()
        ip("link", "delete", "wire")


class Machine:
    def __init__(self, number):
        self.number, self.address = number, f"{NET}.{number}"
        self.end = f"wire{number}"  # of its cable, at the switch
        self.homes = []  # where to go back to
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "inf"])
        ours = os.readlink("/proc/self/ns/net")
        path = pathlib.Path(f"/proc/{self.holder.pid}/ns/net")
        while os.readlink(path) == ours:
            assert self.holder.poll() is None
        self.net = os.open(path, os.O_RDONLY)
        ip("link", "add", self.end, "type", "veth", "peer", "name", "eth0",
           "netns", self.holder.pid)
        ip("link", "set", self.end, "master", "wire", "up")
        with self:
            ip("link", "set", "lo", "up")
            ip("address", "add", f"{self.address}/24", "dev", "eth0")
            ip("link", "set", "eth0", "up")

    def __enter__(self):
        self.homes.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY))
        enter(self.net)
        return self

    def __exit__(self, *_):
        home = self.homes.pop()
        enter(home)
        os.close(home)

    def forward(self, port, to):
        """What a web server before a page is here: bytes from the wire to a
        port of loopback and back."""
        with self:
            front = socket.create_server((self.address, port), backlog=50)
            threading.Thread(target=self._accept, args=(front, to),
                             daemon=True).start()

    @staticmethod
    def _accept(front, to):
        while True:
            near, _ = front.accept()
            try:
                far = socket.create_connection(("127.0.0.1", to), 5)
            except OSError:
                near.close()
                continue
            for pair in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=pair, daemon=True).start()

    def cut(self):
        """Nothing comes, nothing goes, nobody is informed."""
        ip("link", "set", self.end, "nomaster")

    def mend(self):
        ip("link", "set", self.end, "master", "wire")

    def stop(self):
        # Its namespace lives as long as anybody in it does, and so does a cable.
        ip("link", "delete", self.end)
        os.close(self.net)
        self.holder.kill()
        self.holder.wait()
