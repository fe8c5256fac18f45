"""What saywhy try leaves behind"""

import os
import pathlib
import signal
import stat
import subprocess

import process


CONF = """
auth { spf = no dkim = no dmarc = no sender-domain = no rdns-lookup = no helo-lookup = no }
"""


def written(pid):
    """Regular files that it has open to write, by name."""
    names = []
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        flags = int(fd.parent.parent.joinpath("fdinfo", fd.name).read_text()
                    .split("flags:")[1].split()[0], 8)
        if stat.S_ISREG(fd.stat().st_mode) and flags & os.O_ACCMODE:
            names.append(os.readlink(fd))
    return names


def reads(pid, path):
    return any(fd.exists() and fd.samefile(path)
               for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir())


def test_killed(saywhyd, tmp_path):
    """One that is killed within a session leaves nothing: it has no file."""
    daemon = saywhyd(CONF)
    message = tmp_path / "message"
    os.mkfifo(message)
    tried = subprocess.Popen(
        [daemon.tool, "try", "-c", daemon.conf, "-f", "a@example.com",
         "-r", "user@example.org", "-m", message],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        # It reads the message once the recipient was let pass.
        with open(message, "r+b", buffering=0):
            process.wait_until(lambda: tried.poll() is not None or
                               reads(tried.pid, message), "saywhy to read")
            assert tried.poll() is None
            assert written(tried.pid) == []
            tried.kill()
            tried.wait()
    finally:
        tried.kill()
        tried.wait()
    assert tried.returncode == -signal.SIGKILL
