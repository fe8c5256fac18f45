"""process - waiting for things, and ending what was started"""

import pathlib
import signal
import socket
import subprocess
import time


def wait_until(condition, what, seconds=60):
    """Wait until condition() is true; its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.01)


def shortest(play, enough, tries=10):
    """Seconds that play() takes, at best: the first time that is no more than
    enough, or the shortest of all. A busy machine makes it longer, never shorter."""
    took = []
    while len(took) < tries and min(took, default=enough + 1) > enough:
        began = time.monotonic()
        play()
        took.append(time.monotonic() - began)
    return min(took)


def listens(port, host="127.0.0.1"):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def listening():
    """The TCP ports of this network where somebody listens; nobody is asked."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table) as rows:
            for row in rows:
                words = row.split()
                if words[3] == "0A":
                    found.add(int(words[1].rpartition(":")[2], 16))
    return found


def listens_at(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def children(parent, name):
    """The numbers of its children whose name, of at most 15 octets, begins so."""
    found = set()
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
        except OSError:  # it has ended
            continue
        command, _, rest = rest.rpartition(") ")
        if int(rest.split()[1]) == parent and command.startswith(name):
            found.add(int(number))
    return found


def end(process, seconds=30):
    """End by SIGTERM, by SIGKILL when that is ignored; the exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()
