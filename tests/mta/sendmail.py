"""sendmail - real Sendmail, unpacked beside Postfix, in the box

A site is a set of lines for the .mc file and a list of ports; each site is a
daemon of its own. Accepted mail stays in the queue, where tests can read it.
"""

import os
import shutil
import subprocess
import sys

import packages
import process

FIRST_PORT = 24000  # far from those of Postfix
WAITS = "C:30s;S:60s;R:60s;E:2m"

ALIASES = """\
user: root
other: root
closed: root
postmaster: root
"""

MC = """\
divert(0)dnl
OSTYPE(`linux')dnl
define(`STATUS_FILE', `{folder}/statistics')dnl
define(`ALIAS_FILE', `/etc/mail/aliases')dnl
define(`HELP_FILE', `/etc/mail/helpfile')dnl
define(`QUEUE_DIR', `{folder}/queue')dnl
define(`confPID_FILE', `{folder}/pid')dnl
define(`confCONTROL_SOCKET_NAME', `')dnl
define(`confDELIVERY_MODE', `queueonly')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confDONT_BLAME_SENDMAIL', `GroupReadableSASLDBFile')dnl
define(`confTRUSTED_USER', `root')dnl
define(`confREFUSE_LA', `1000')dnl a busy machine is no reason
define(`confQUEUE_LA', `1000')dnl
define(`confREJECT_LOG_INTERVAL', `1s')dnl
define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
define(`confCACERT_PATH', `/etc/mail/tls')dnl
define(`confCACERT', `/etc/mail/tls/cert.pem')dnl
define(`confSERVER_CERT', `/etc/mail/tls/cert.pem')dnl
define(`confSERVER_KEY', `/etc/mail/tls/key.pem')dnl
FEATURE(`no_default_msa')dnl
LOCAL_DOMAIN(`example.org')dnl
{lines}
MAILER(`local')dnl
MAILER(`smtp')dnl
{rules}
"""


class Tree:
    """The unpacked packages, and what they need in the box's own /etc."""

    def __init__(self, root, sasl_db, tls_pem):
        self.root = root
        self.program = root / "usr/libexec/sendmail/sendmail"
        self.m4 = root / "usr/share/sendmail/cf"
        self.environ = {**os.environ,
                        "LD_LIBRARY_PATH": packages.libraries(root)}
        shutil.copytree(root / "etc/mail", "/etc/mail", dirs_exist_ok=True)
        _write("/etc/mail/aliases", ALIASES)
        _write("/etc/mail/tls/cert.pem", tls_pem)
        _write("/etc/mail/tls/key.pem", tls_pem)
        os.makedirs("/etc/sasl2", exist_ok=True)
        _write(
            "/etc/sasl2/Sendmail.conf",
            "pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
            f"mech_list: PLAIN LOGIN\nsasldb_path: {sasl_db}\n",
        )

    def version(self):
        shown = subprocess.run(
            [self.program, "-d0.1", "-bt", "-C/dev/null"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=self.environ,
        ).stdout
        return shown.split()[1]

    def release(self):
        """8.17, 8.18"""
        return ".".join(self.version().split(".")[:2])

    def makemap(self, path, text, kind="hash"):
        subprocess.run(
            [self.program.with_name("makemap"), "-C", "/dev/null", kind, path],
            input=text, text=True, check=True, env=self.environ,
        )


def _write(path, text, mode=0o600):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(path, mode)


class Sendmail:
    """One running site.

    ports: a list of dicts of DAEMON_OPTIONS; a key "filter" names the filter
    that hears this port. filters: name → (socket, flags of INPUT_MAIL_FILTER) or
    (socket, flags, how long it is waited for).
    """

    used = 0

    def __init__(self, tree, folder, lines="", rules="", ports=({},), filters=(),
                 log_level=20):
        self.folder = folder
        self.log_level = log_level
        self.tree = tree
        (folder / "queue").mkdir(parents=True, mode=0o700)
        lines += "\n" + "".join(
            f"MAIL_FILTER(`{name}', `S={address}, F={flag}, T={(*times, WAITS)[0]}')dnl\n"
            for name, (address, flag, *times) in dict(filters).items()
        )
        self.ports = []
        for options in ports:
            options = dict(options)
            port = int(options.pop("Port", 0)) or FIRST_PORT + Sendmail.used
            Sendmail.used += 1
            self.ports.append(port)
            lines += self._daemon(port, options)
        self._build(lines, rules)

    def _daemon(self, port, options):
        options.setdefault("Name", f"P{port}")
        options.setdefault("Family", "inet")
        filters = options.pop("filter", "")
        if filters:
            options["InputMailFilters"] = filters
        words = ", ".join(f"{k}={v}" for k, v in options.items())
        return f"DAEMON_OPTIONS(`Port={port}, {words}')dnl\n"

    def _build(self, lines, rules):
        self.mc = self.folder / "sendmail.mc"
        self.mc.write_text(MC.format(folder=self.folder, lines=lines, rules=rules))

    def make_cf(self):
        cf = subprocess.run(
            ["m4", "-D", f"_CF_DIR_={self.tree.m4}/",
             self.tree.m4 / "m4/cf.m4", self.mc],
            capture_output=True, text=True, check=True,
        )
        if cf.stderr:
            sys.stderr.write(cf.stderr)
        (self.folder / "sendmail.cf").write_text(cf.stdout)

    def start(self):
        self.make_cf()
        self.errors = open(self.folder / "errors", "wb")
        self._run("-bi", stdout=subprocess.DEVNULL).wait()  # newaliases
        self.process = self._run(
            "-bD", "-X", self.folder / "traffic", "-O", f"LogLevel={self.log_level}",
            stdout=self.errors,
        )
        process.wait_until(  # who asks would be in its log
            lambda: set(self.ports) <= process.listening() or self.process.poll() is not None,
            f"the ports {self.ports}",
        )
        assert self.process.poll() is None, self.log()
        return self

    def _run(self, mode, *arguments, stdout):
        return subprocess.Popen(
            [self.tree.program, mode, "-C", self.folder / "sendmail.cf",
             *arguments],
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=self.errors,
            env=self.tree.environ,
        )

    def rest(self):
        """Until each session is over: it has a process of its own."""
        process.wait_until(
            lambda: subprocess.run(["pgrep", "-P", str(self.process.pid)],
                                   stdout=subprocess.DEVNULL).returncode,
            "the sessions to end")

    def stop(self):
        process.end(self.process)
        self.errors.close()

    def log(self):
        return (self.folder / "errors").read_text(errors="replace")

    def kept(self, marker):
        """The queued bodies and headers that hold these words."""
        files = [p.read_text(errors="replace")
                 for p in (self.folder / "queue").iterdir()]
        return [text for text in files if marker in text]

    def files(self):
        """Names of the queue files: qf… waits, hf… is held."""
        return [path.name for path in (self.folder / "queue").iterdir()]
