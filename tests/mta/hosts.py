"""hosts - several machines in one box: a network namespace each, on one wire

A machine has an address on the wire, 10.19.0.N, and its own loopback. What is
started `with machine:` runs there; so do sockets that are opened.
"""

import ctypes
import os
import pathlib
import subprocess

CLONE_NEWNET = 0x40000000
NET = "10.19.0"
libc = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True)


def enter(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


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
        self.home = None
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
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        enter(self.net)
        return self

    def __exit__(self, *_):
        enter(self.home)
        os.close(self.home)

    def cut(self):
        """Nothing comes, nothing goes, nobody is told."""
        ip("link", "set", self.end, "nomaster")

    def mend(self):
        ip("link", "set", self.end, "master", "wire")

    def stop(self):
        os.close(self.net)
        self.holder.kill()
        self.holder.wait()
