"""demo - the same six refusals by Postfix alone and by Postfix with saywhy

usage: demo.py BUILD [--once]

Starts a private Postfix on loopback with two sets of ports. Both sites have
the same policy: at one Postfix applies it with its own restrictions, at the
other saywhy does. Without --once everything runs on until Ctrl-C. The status
is 0 when every reply was as promised.
"""

import pathlib
import shutil
import signal
import sys
import tempfile
import textwrap

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "mta"))

from postfix import FIRST_PORT, Postfix  # noqa: E402
from process import listens  # noqa: E402
from saywhyd import Saywhyd  # noqa: E402
from smtp import Client, until_refused  # noqa: E402

CONF = """\
name = "mx.example.org"
contact = "postmaster@example.org"
page = "https://mx.example.org/why/{{id}}"
mode = enforce
listen = "unix:{folder}/milter.sock"
listen-mode = "0666"
control = "unix:{folder}/control.sock"
user = "nobody"
record-file = "{folder}/records.json"
syslog = no

relay {{ domains = {{"example.org"}} }}
# Nothing here is in DNS.
auth {{
	submission-ports = {{{submission}}}
	spf = no  dkim = no  dmarc = no  results = no
	sender-domain = no  helo-lookup = no  rdns-lookup = no
}}
blacklist {{
	clients = {{"198.51.100.66"}}
	senders = {{"offers@sender.example"}}
}}
content {{ header "Subject" {{ pattern = "/cheap pills/i" }} }}
"""

# The policy as Postfix itself has words for it.
STOCK = {
    "smtpd_client_restrictions": "check_client_access "
    "inline:{198.51.100.66=REJECT}",
    "smtpd_helo_restrictions": "check_helo_access "
    "inline:{mx.example.org=REJECT}",
    "smtpd_sender_restrictions": "check_sender_access "
    "inline:{offers@sender.example=REJECT}",
    "cleanup_service_name": "demo-cleanup",
}
STOCK_SUBMISSION = {
    "smtpd_client_restrictions": "permit_sasl_authenticated,reject",
}
MASTER = """
demo-cleanup unix n - n - 0 cleanup
  -o { header_checks = regexp:{{/^Subject:.*cheap pills/ REJECT}} }
"""

OTHER = "xclient ADDR=198.51.100.7 NAME=[UNAVAILABLE]\nEHLO mail.example.com\n"
STORIES = [
    # what, port, dialogue, code and status promised, who speaks
    ("A server that the admin has blocked", "smtp",
     "xclient ADDR=198.51.100.66 NAME=[UNAVAILABLE]\nEHLO mail.example.com\n"
     "MAIL FROM:<ann@sender.example>\nRCPT TO:<user@example.org>",
     "550 5.7.1", "saywhy"),
    ("A server that says it is us", "smtp",
     "xclient ADDR=198.51.100.7 NAME=[UNAVAILABLE]\nEHLO mx.example.org\n"
     "MAIL FROM:<ann@sender.example>\nRCPT TO:<user@example.org>",
     "550 5.7.1", "saywhy"),
    ("A sender that the admin has blocked", "smtp",
     OTHER + "MAIL FROM:<offers@sender.example>\nRCPT TO:<user@example.org>",
     "550 5.7.1", "saywhy"),
    ("A user who forgot to log in", "submission",
     OTHER + "MAIL FROM:<user@example.org>\nRCPT TO:<other@example.org>",
     "530 5.7.0", "saywhy"),
    ("A subject that the admin does not want", "smtp",
     OTHER + "MAIL FROM:<ann@sender.example>\nRCPT TO:<user@example.org>\n"
     "data Subject: Very cheap pills\\n\\nHello",
     "550 5.7.1", "saywhy"),
    ("A recipient who is not here (Postfix refuses; saywhy records)", "smtp",
     OTHER + "MAIL FROM:<ann@sender.example>\nRCPT TO:<nobody@example.org>",
     "550 5.1.1", "mta"),
]


def colour(number, text):
    return f"\033[{number}m{text}\033[0m" if sys.stdout.isatty() else text


def columns():
    return max(80, min(120, shutil.get_terminal_size((100, 24)).columns))


def side_by_side(left, right):
    """Two replies beside each other, wrapped."""
    width = (columns() - 5) // 2

    def wrapped(lines):
        return [part for line in lines
                for part in textwrap.wrap(line, width, subsequent_indent="    ")]

    left, right = wrapped(left), wrapped(right)
    for i in range(max(len(left), len(right))):
        a = left[i] if i < len(left) else ""
        b = right[i] if i < len(right) else ""
        print(f"  {a:<{width}} {colour(2, '|')} {colour(32, b)}")


def show_record(record):
    """What the postmaster finds under the id, in a few words."""
    facts = {key: record.get(key) for key in ("issuer", "reason", "check", "who")}
    facts["client"] = record["client"]["address"]
    facts["recipients"] = ", ".join(record.get("recipients", []))
    facts |= record.get("evidence", {})
    words = [f"{key}={_quoted(value)}" for key, value in facts.items() if value]
    lines = textwrap.wrap(
        f"record {record['id']}  " + " ".join(words), columns() - 4,
        subsequent_indent=" " * 8, break_on_hyphens=False)
    print()
    for line in lines:
        print(colour(2, "  " + line))


def _quoted(value):
    return f'"{value}"' if " " in str(value) else value


def free_ports(count):
    """The first of so many neighbours that nobody has on this machine."""
    for first in range(FIRST_PORT, 30000, count):
        if not any(listens(first + i) for i in range(count)):
            return first
    raise RuntimeError("no free ports on loopback")


class Demo:
    def __init__(self, build, folder):
        self.postfix = Postfix(
            folder / "postfix", "none", b"", inet_interfaces="127.0.0.1",
            inet_protocols="ipv4", smtpd_tls_chain_files="",
            mynetworks="127.0.0.1/32", first_port=free_ports(5),
        )
        milter = {"smtpd_milters": f"unix:{folder}/saywhy/milter.sock",
                  "milter_default_action": "tempfail"}
        sites = [STOCK, STOCK | STOCK_SUBMISSION, milter,
                 milter | {"syslog_name": "submission"}]
        ports = [self.postfix._port(site) for site in sites]
        self.stock = {"smtp": ports[0], "submission": ports[1]}
        self.ours = {"smtp": ports[2], "submission": ports[3]}
        self.postfix._write_master_cf()
        with open(folder / "postfix" / "master.cf", "a") as master:
            master.write(MASTER)
        self.saywhyd = Saywhyd(build, folder / "saywhy", conf=CONF.format(
            folder=folder / "saywhy", submission=ports[3]))

    def start(self):
        self.saywhyd.start()
        self.postfix.start()

    def stop(self):
        self.postfix.stop()
        self.saywhyd.stop()

    def play(self, port, dialogue):
        with Client(port, "127.0.0.1") as client:
            return until_refused(client, dialogue)

    def tell(self, number, story):
        """One refusal at both sites; False when ours is not as promised."""
        what, port, dialogue, promised, issuer = story
        before = len(self.saywhyd.records())
        stock = self.play(self.stock[port], dialogue)
        ours = self.play(self.ours[port], dialogue)
        records = self.saywhyd.records()[before:]
        print(f"\n{colour(1, f'{number}. {what}')}\n")
        side_by_side(stock.lines, ours.lines)
        for record in records:
            show_record(record)
        good = (f"{ours.code} {ours.status}" == promised and len(records) == 1
                and records[0]["issuer"] == issuer)
        if not good:
            print(colour(31, f"  promised was {promised}, and one record of "
                         f"issuer {issuer}"))
        return good

    def tell_all(self):
        half = (columns() - 5) // 2
        print("\n  " + colour(1, "Postfix alone".ljust(half)) + "   "
              + colour(1, "Postfix with saywhy"))
        good = all([self.tell(i, s) for i, s in enumerate(STORIES, 1)])
        print("\nEach reply and each record was as promised." if good else
              "\n" + colour(31, "Not all was as promised."))
        return good


def wait_for_interrupt(demo):
    print(f"""
Both run on until Ctrl-C. Talk to them:

  Postfix alone          127.0.0.1:{demo.stock['smtp']}
  Postfix with saywhy    127.0.0.1:{demo.ours['smtp']}
  the configuration      {demo.saywhyd.conf}
  the records            {demo.saywhyd.record_file}
  ask the daemon         {demo.saywhyd.tool} status -c {demo.saywhyd.conf}
""", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        print()


def main():
    build, once = pathlib.Path(sys.argv[1]), "--once" in sys.argv[2:]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="saywhy-demo-"))
    folder.chmod(0o755)
    demo = Demo(build, folder)
    try:
        demo.start()
        good = demo.tell_all()
        if not once:
            wait_for_interrupt(demo)
    except KeyboardInterrupt:
        good = False
    finally:
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
