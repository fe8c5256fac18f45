"""saywhyd - the filter under test, and the records it writes

Each instance has a folder with its configuration, sockets and records; it is
started as root and drops to nobody. The configuration below is that of a small
site that enforces; a test changes it by more lines.
"""

import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess

import process

CONF = """\
name = "mx.example.org"
contact = "postmaster@example.org"
page = "https://mx.example.org/why/{{id}}"
mode = {mode}
listen = "unix:{folder}/milter.sock"
listen-mode = "0666"
control = "unix:{folder}/control.sock"
user = "nobody"
record-file = "{records}"
relay {{
	domains = {{"example.org", "relay.example.org", "xn--bcher-kva.example"}}
	networks = {{"127.0.0.0/8", "::1"}}
}}
blacklist {{
	clients = {{"198.51.100.66", "2001:db8::66"}}
	helos = {{"spam.example"}}
	senders = {{"bad@sender.example"}}
	recipients = {{"closed@example.org"}}
}}
content {{
	header "Subject" {{ pattern = "/casino/i" }}
}}
{more}
"""

# Files that a scenario's configuration names.
LISTS = pathlib.Path(__file__).resolve().parent.parent / "scenarios" / "lists"

# Without these an instance does not run here.
OURS = ("listen", "listen-mode", "control", "user", "record-file")

ID = re.compile(r"/why/([0-9A-HJKMNP-TV-Z]{12}(?:[0-9A-HJKMNP-TV-Z]{2})?)$")


def id_of(reply):
    """The id that the last line of our reply tells."""
    found = ID.search(reply.lines[-1])
    assert found, reply
    return found.group(1)


class Saywhyd:
    def __init__(self, build, folder, more="", mode="enforce", records=None,
                 program=None, conf=None, environment=None):
        self.program = program or build / "saywhyd"
        self.environment = os.environ | (environment or {})
        if environment and "LD_PRELOAD" in environment:
            # AddressSanitizer wants to come first; what is preloaded here does
            # not mind that it does not.
            options = os.environ.get("ASAN_OPTIONS")
            self.environment["ASAN_OPTIONS"] = ":".join(
                filter(None, [options, "verify_asan_link_order=0"]))
        self.tool = build / "saywhy"
        self.folder = folder
        folder.mkdir(mode=0o755)
        shutil.chown(folder, "nobody")
        self.conf = folder / "saywhy.conf"
        self.record_file = records or folder / "records.json"
        self.configure(more, mode)
        if conf is not None:
            shutil.copytree(LISTS, folder / "lists")
            self.conf.write_bytes(self.completed(conf).encode("latin-1"))
        self.address = f"unix:{folder}/milter.sock"
        self.process = None

    def configure(self, more="", mode="enforce"):
        self.conf.write_text(CONF.format(
            folder=self.folder, records=self.record_file, more=more, mode=mode,
        ))

    def completed(self, conf):
        """A configuration of somebody else, with our places in it."""
        ours = CONF.format(folder=self.folder, records=self.record_file,
                           more="", mode="enforce").splitlines()
        for line in ours:
            key = line.partition(" = ")[0]
            if key in OURS and not re.search(rf"^\s*{key}\s*=", conf, re.M):
                conf += line + "\n"
        return conf

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "-c", self.conf],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment,
            )
        process.wait_until(
            lambda: self.listens() or self.process.poll() is not None,
            "saywhyd to listen",
        )
        assert self.process.poll() is None, self.log()
        return self

    def listens(self):
        return process.listens_at(self.folder / "milter.sock")

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self):
        """SIGHUP, and wait for what it says about it."""
        before = len(self.log())
        self.signal(signal.SIGHUP)
        process.wait_until(lambda: re.search(r": (loaded, mode|not loaded; the old)",
                                             self.log()[before:]),
                           "the reload")

    def kill(self):
        """As by the kernel, with no word to anybody."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self):
        """The exit status; None when it was killed before."""
        return process.end(self.process) if self.process else None

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def records(self):
        """All whole lines of the file; a full disk may tear the last one."""
        if not self.record_file.exists():
            return []
        text = self.record_file.read_bytes()
        return [json.loads(line) for line in text.split(b"\n")[:-1]]

    def records_from(self, place):
        """Those behind this byte of the file, and where they end."""
        if not self.record_file.exists():
            return [], place
        with open(self.record_file, "rb") as file:
            file.seek(place)
            text = file.read()
        text = text[:text.rfind(b"\n") + 1]
        return [json.loads(line) for line in text.splitlines()], place + len(text)

    def step_clock(self, seconds):
        """Its time of day goes on at once, and nobody else's (clock_step.c)."""
        path = pathlib.Path(self.environment["CLOCK_STEP"])
        fresh = path.with_name("clock.new")
        fresh.write_text(str(int(path.read_text()) + seconds))
        fresh.rename(path)

    def record(self, reply):
        """The one record under the id of this reply."""
        [record] = [r for r in self.records() if r["id"] == id_of(reply)]
        return record

    def owner(self):
        """The account it runs under, as the kernel sees it."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("Uid:"):
                return pwd.getpwuid(int(line.split()[1])).pw_name

    def mistakes(self):
        """What the daemon says of its configuration; empty when it is good."""
        done = subprocess.run(
            [self.program, "-t", "-c", self.conf], capture_output=True, text=True
        )
        return done.stderr if done.returncode else ""

    def sessions(self):
        """How many there are now."""
        shown = self.run_tool("status", "--json", "-c", self.conf)
        return json.loads(shown.stdout)["sessions"]["now"]

    def metrics(self):
        """What the control socket says to who gathers metrics: value by name."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.folder / "control.sock"))
            link.sendall(b"metrics\n")
            link.shutdown(socket.SHUT_WR)
            lines = [line.rpartition(" ") for line in link.makefile()
                     if not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}

    def run_tool(self, *arguments, **options):
        return subprocess.run(
            [self.tool, *arguments], capture_output=True, text=True, **options
        )
