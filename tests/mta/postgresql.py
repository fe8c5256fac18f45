"""postgresql - a real PostgreSQL of the test's own, on a UNIX socket

It lies in a folder and takes no connection from elsewhere unless it is asked to. It can be stopped,
killed and started again over the same data.
"""

import glob
import os
import pathlib
import pwd
import shutil
import subprocess

import process

PORT = 5432


def programs():
    """The folder of initdb and postgres, or None where there is no server."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    return pathlib.Path(found[-1]).parent if found else None


def is_alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(") ")[2][0] not in "ZX"


class Server:
    """more: settings; network: who may come by TCP, to the addresses that
    `more` listens at."""

    def __init__(self, folder, more=(), network=None):
        self.folder = folder
        self.programs = programs()
        self.process = None
        self.more = more
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        folder.chmod(0o755)
        self.run("initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8",
                 "--locale=C", "--no-sync", "-U", "postgres")
        if network:
            with open(folder / "data" / "pg_hba.conf", "a") as hba:
                hba.write(f"host all all {network} trust\n")
        self.url = f"postgresql://postgres@/saywhy?host={folder}"
        self.start()
        self.sql("CREATE DATABASE saywhy", "postgres")

    def run(self, program, *arguments, **options):
        return subprocess.run(
            [self.programs / program, *arguments], check=True, text=True,
            user="postgres", group="postgres", extra_groups=[], cwd="/",
            stdout=subprocess.PIPE, env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            **options)

    def start(self):
        who = pwd.getpwnam("postgres")
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}",
                    "autovacuum_naptime=10s", *self.more]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data",
                 *(word for s in settings for word in ("-c", s))],
                user=who.pw_uid, group=who.pw_gid, extra_groups=[], cwd="/",
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={"LC_ALL": "C", "PATH": os.environ["PATH"]})
        process.wait_until(self.answers, "PostgreSQL")
        return self

    def answers(self):
        assert self.process.poll() is None, self.log()
        return subprocess.run(
            [self.programs / "pg_isready", "-q", "-h", self.folder],
            check=False).returncode == 0

    def sql(self, statement, database="saywhy"):
        """What it answers, without blanks at the end."""
        return self.run("psql", "-h", self.folder, "-U", "postgres", "-qAtX",
                        "-v", "ON_ERROR_STOP=1", "-c", statement,
                        database).stdout.strip()

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def kill(self):
        """As by the kernel; it recovers from its log when it starts again,
        which it does not while one of its processes is left."""
        pid = self.process.pid
        children = pathlib.Path(
            f"/proc/{pid}/task/{pid}/children").read_text().split()
        self.process.kill()
        self.process.wait()
        process.wait_until(lambda: not any(map(is_alive, children)),
                           "the processes of PostgreSQL to end")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(2)  # SIGINT: fast
            self.process.wait()
