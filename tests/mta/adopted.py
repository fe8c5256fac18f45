"""adopted - each story's own main.cf, taken over by `saywhy setup --adopt`

No line is written by hand: a folder with the story's main.cf is given to the
command, and what it makes of main.cf and saywhy.conf is used as it stands.
"""

import copy
import json

import beside
import process
import smtp

MASTER_CF = "smtp inet n - n - - smtpd\n"

# Sessions that a site takes: client, HELO, sender, recipient.
GOOD = [
    ("192.0.2.7", "client.example", "a@sender.example", "user@example.org"),
    ("192.0.2.8", "other.example", "", "other@example.org"),
    ("198.51.100.7", "mail.sender.example", "b@sender.example", "user@alias.example.org"),
    ("127.0.0.1", "localhost", "user@example.org", "b@elsewhere.example"),
]


def logical_lines(text):
    """main.cf: name → value, lines that go on put together."""
    lines = []
    for line in text.splitlines():
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += " " + line.strip()
        elif line and not line.startswith("#"):
            lines.append(line)
    return dict(map(str.strip, line.split("=", 1)) for line in lines)


def reload(daemon, conf, files):
    """The daemon has this configuration, and its lists are tested."""
    for name, text in files.items():
        (daemon.folder / name).write_text(text)
    if Adopted.used == (daemon, conf, files):
        return
    Adopted.used = daemon, conf, files
    daemon.conf.write_text(conf)
    daemon.reload()
    if any("dnsbl" in text or "rhsbl" in text for text in files.values()):
        process.wait_until(lambda: all(one["tested"] for one in lists(daemon)),
                           "the lists", 10)


class Adopted:
    """What the command made of one site, and what it said."""

    used = None  # what the daemon has now

    def __init__(self, daemon, mta, story, root):
        self.story = story
        self.folder = root / story.name
        self.folder.mkdir(parents=True)
        site = {k: v for k, v in story.site.items() if k != "program"}
        main = mta.main | {"queue_directory": f"{self.folder}/queue"} | site
        (self.folder / "queue").mkdir()
        (self.folder / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in main.items()))
        (self.folder / "master.cf").write_text(MASTER_CF)
        self.before = logical_lines((self.folder / "main.cf").read_text())
        self.conf = beside.CONF.format(folder=daemon.folder)
        if story.submission:
            self.conf += "auth { submission-ports = {465, 587} }\n"
        self.adopt(daemon)

    def adopt(self, daemon):
        daemon.conf.write_text(self.conf)
        for path in daemon.folder.glob("adopted*"):
            path.unlink()
        done = daemon.run_tool("setup", "--adopt", "--apply", "--postfix", self.folder,
                               "-c", daemon.conf)
        self.said, self.good = done.stdout + done.stderr, done.returncode == 0
        self.files = {p.name: p.read_text() for p in daemon.folder.glob("adopted*")}
        self.conf = daemon.conf.read_text()
        self.after = logical_lines((self.folder / "main.cf").read_text())

    def site(self):
        """The story's port, with what the command set."""
        ours = {k: v for k, v in self.after.items() if self.before.get(k) != v}
        if self.story.before and "smtpd_milters" in ours:
            others = self.before.get("smtpd_milters", "")
            mine = ours["smtpd_milters"].replace(others, "").strip(" ,")
            ours["smtpd_milters"] = f"{others}, {mine}"
        return self.story.site | ours

    def use(self, daemon, port):
        reload(daemon, self.conf.replace("465, 587", f"465, 587, {port}"), self.files)


class AdoptedSendmail:
    """The same of a sendmail.mc, which the command changes itself."""

    def __init__(self, daemon, mc):
        daemon.conf.write_text(beside.CONF.format(folder=daemon.folder))
        for path in daemon.folder.glob("adopted*"):
            path.unlink()
        before = mc.read_bytes()
        done = daemon.run_tool("setup", "--adopt", "--apply", "--sendmail", mc, "-c", daemon.conf)
        self.said, self.good = done.stdout + done.stderr, done.returncode == 0
        self.files = {p.name: p.read_text() for p in daemon.folder.glob("adopted*")}
        self.conf = daemon.conf.read_text()
        self.kept = mc.read_bytes().startswith(before)

    def use(self, daemon, _port):
        reload(daemon, self.conf, self.files)


def lists(daemon):
    """Each is tested: it is in use, or it is known why not."""
    shown = daemon.run_tool("status", "--json", "-c", daemon.conf).stdout
    return [{"tested": one["healthy"] or "not tested" not in str(one["disabled"])}
            for one in json.loads(shown)["dns-lists"]]


def with_recipient(story):
    """The same with a recipient, where it ends before one."""
    longer = copy.copy(story)
    longer.dialogue += "\nRCPT TO:<user@example.org>"
    return longer


def is_taken(port, session):
    """Does this session get as far as its recipient?"""
    address, helo, mail, rcpt = session
    try:
        with smtp.Client(port, "192.0.2.1", address) as client:
            return all([client.greeting.ok, client.command(f"EHLO {helo}").ok,
                        client.command(f"MAIL FROM:<{mail}>").ok,
                        client.command(f"RCPT TO:<{rcpt}>").ok])
    except (smtp.Closed, OSError):
        return False
