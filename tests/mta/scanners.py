"""scanners - real clamd, spamd and rspamd, with rules of our own

Each has a folder with its configuration and its socket, knows one or two
things, is ready in less than a second, and can be killed, hung and started
again. Debian's packages: clamav-daemon, spamassassin and spamd, rspamd.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

import process

EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-"
         "TEST-FILE!$H+H*")
GTUBE = ("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL"
         "*C.34X")

CLAMD = """\
DatabaseDirectory {folder}/db
LocalSocket {folder}/socket
LocalSocketMode 666
Foreground yes
SelfCheck 0
StreamMaxLength {limit}
"""

SPAMD_RULES = r"""required_score 5
report_safe 0
loadplugin Mail::SpamAssassin::Plugin::Check
body GTUBE /XJS\*C4JDBQADN1\.NSBN3\*2IDNEN\*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL\*C\.34X/
score GTUBE 1000
body SOMEWHAT /somewhat spammy/
score SOMEWHAT 6
header FROM_HERE Received =~ /from client\.example \(.*\[192\.0\.2\.7\]\)/
score FROM_HERE 0.1
"""

RSPAMD = """\
options {{
  pidfile = "{folder}/pid";
  dns {{ nameserver = ["127.0.0.1:53:1"]; timeout = 0.1s; retransmits = 1; }}
  filters = "";
  url_tld = "{folder}/tld";
  hs_cache_dir = "{folder}/hs";
  tempdir = "{folder}";
  control_socket = "{folder}/control mode=0600";
}}
logging {{ type = "console"; level = "warning"; color = false; }}
metric {{ name = "default"; actions {{ reject = 15; add_header = 6; greylist = 4; }} }}
worker "normal" {{ bind_socket = "{folder}/socket mode=0666"; count = 1; }}
lua = "{folder}/rules.lua";
"""

# A subject tells what is to be done: "act soft reject: text", "score", "who".
RSPAMD_RULES = """\
rspamd_config.ENVELOPE = {
  callback = function(task)
    local s = task:get_header('Subject') or ''
    local name, text = s:match('^act ([^:]+): ?(.*)$')
    if s == 'who' then
      name, text = 'reject', table.concat({
        tostring(task:get_from_ip()), task:get_helo(), task:get_hostname(),
        task:get_from('smtp')[1].addr, task:get_recipients('smtp')[1].addr}, ' ')
    end
    if name then task:set_pre_result(name, text) end
    return s:match('^score') ~= nil
  end,
  score = 20.0,
}
"""


def missing():
    """The programs that are not installed."""
    return [p for p in ("clamd", "spamd", "rspamd") if not shutil.which(
        p, path="/usr/sbin:/usr/bin")]


class Scanner:
    """One server; `spec` is what saywhy's configuration calls it."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(mode=0o755)
        self.socket = folder / "socket"
        self.spec = f"unix:{self.socket}"
        self.process = None
        self.write()

    def start(self):
        self.socket.unlink(missing_ok=True)
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)
        process.wait_until(self.answers, f"{self.folder} to answer")
        return self

    def answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(5)
                probe.connect(str(self.socket))
                probe.sendall(self.PING)
                return self.PONG in probe.recv(100)
        except OSError:
            return False

    def signal(self, number):
        """To it and its children, a group of their own."""
        os.killpg(self.process.pid, number)

    def hang(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait()
        self.process = None


class Clamd(Scanner):
    PING, PONG = b"zPING\0", b"PONG"
    limit = "1M"

    def write(self):
        (self.folder / "db").mkdir()
        (self.folder / "db/test.ndb").write_text(
            f"Test.Eicar:0:*:{EICAR.encode().hex()}\n")
        (self.folder / "conf").write_text(CLAMD.format(
            folder=self.folder, limit=self.limit))

    def command(self):
        return ["/usr/sbin/clamd", "-c", self.folder / "conf"]


class Spamd(Scanner):
    PING, PONG = b"PING SPAMC/1.2\r\n\r\n", b"PONG"

    def write(self):
        (self.folder / "rules").mkdir()
        (self.folder / "site").mkdir()
        (self.folder / "rules/test.cf").write_text(SPAMD_RULES)

    def command(self):
        return ["/usr/sbin/spamd", "-L", "-x", "-u", "nobody",
                f"--socketpath={self.socket}", "--socketmode=0666",
                "--max-children=2", "-C", self.folder / "rules",
                f"--siteconfigpath={self.folder / 'site'}"]


class Rspamd(Scanner):
    PING, PONG = b"GET /ping HTTP/1.0\r\n\r\n", b"200"

    def write(self):
        (self.folder / "hs").mkdir()
        (self.folder / "tld").write_text("com\norg\nexample\n")
        (self.folder / "rules.lua").write_text(RSPAMD_RULES)
        (self.folder / "conf").write_text(RSPAMD.format(folder=self.folder))
        for path in (self.folder, *self.folder.rglob("*")):
            shutil.chown(path, "_rspamd", "_rspamd")

    def command(self):
        return ["/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd",
                "-c", self.folder / "conf"]


class Farm:
    """Scanners that are started when they are first asked for."""

    KINDS = {"clamd": Clamd, "spamd": Spamd, "rspamd": Rspamd}

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.running = []

    def start(self, kind):
        place = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        place.chmod(0o755)
        self.running.append(self.KINDS[kind](place / kind).start())
        return self.running[-1]

    def stop(self):
        for scanner in self.running:
            scanner.kill()
