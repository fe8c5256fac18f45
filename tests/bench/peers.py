"""peers - what filters cost a mail server, side by side

usage: peers.py BUILD [--quick]        as root, in tests/mta/box

One Postfix, the same mail, DNS and policy for each: SPF, DKIM, DMARC, a list
of clients and senders, patterns of a header field. CPU is that of the filters
alone, memory their share of it (PSS) after the mails of 20 KB. Peers are what
Debian packages; one that is not installed is left out, with a word.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "mta"))

import names  # noqa: E402
import process  # noqa: E402
from postfix import Postfix  # noqa: E402

CLIENT = "192.0.2.7"  # it has a name: names.py
SENDER = "a@peers.example"
SIZES = {"2 KB": (2000, 600), "20 KB": (20_000, 600), "1 MB": (1 << 20, 60)}
LISTED = [f"203.0.113.{i}" for i in range(200)]
WORDS = [f"cheap pills {i}" for i in range(20)]
SHARE = pathlib.Path("/usr/share/rspamd")

SAYWHY = """
name = "mx.example.org"
mode = enforce
syslog = no
listen = "unix:{folder}/saywhy.sock"
listen-mode = "0666"
control = "unix:{folder}/saywhy.ctl"
record-file = "{folder}/saywhy.json"
user = "nobody"
relay {{ domains = {{"rcpt.example", "virtual.example.org"}} }}
auth {{ spf = yes  dkim = yes  dmarc = yes  results = yes }}
blacklist {{ clients = {{{clients}}}  senders = {{"bad@peers.example"}} }}
content {{ header "Subject" {{ pattern = {{{patterns}}} }} }}
"""

OPENDKIM = """
Mode v
Socket local:{folder}/opendkim.sock
UMask 000
InternalHosts {folder}/none
ExternalIgnoreList {folder}/none
AuthservID mx.example.org
Nameservers 127.0.0.1
AlwaysAddARHeader yes
Background no
"""

OPENDMARC = """
Socket local:{folder}/opendmarc.sock
UMask 000
AuthservID mx.example.org
TrustedAuthservIDs mx.example.org
IgnoreHosts {folder}/none
SPFIgnoreResults false
SPFSelfValidate false
RejectFailures true
Background false
"""

POLICYD = """
debugLevel = -1
HELO_reject = Fail
Mail_From_reject = Fail
skip_addresses = 127.0.0.0/8,::1
Header_Type = AR
Authserv_Id = mx.example.org
"""

RSPAMD = """
options {{
  pidfile = "{folder}/rspamd.pid";
  dns {{ nameserver = ["127.0.0.1:53:1"]; }}
  filters = "dkim,regexp";
  url_tld = "{folder}/tld";
  hs_cache_dir = "{folder}";
  tempdir = "{folder}";
  control_socket = "{folder}/control mode=0600";
  local_addrs = ["127.0.0.1"];
}}
logging {{ type = "console"; level = "info"; color = false; }}
metric {{ name = "default"; actions {{ reject = 15; add_header = 6; }} }}
worker "rspamd_proxy" {{
  bind_socket = "{folder}/rspamd.sock mode=0666";
  milter = yes;
  count = 1;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
spf {{ spf_cache_size = 2k; }}
dkim {{ dkim_cache_size = 2k; }}
dmarc {{ actions {{ reject = "reject"; quarantine = "add_header"; }} }}
multimap {{
  CLIENTS {{ type = "ip"; map = "{folder}/clients"; score = 20; }}
  SENDERS {{ type = "from"; map = "{folder}/senders"; score = 20; }}
  SUBJECTS {{ type = "header"; header = "Subject"; regexp = true;
    map = "{folder}/patterns"; score = 20; }}
}}
modules {{
  path = "{share}/plugins/spf.lua";
  path = "{share}/plugins/dmarc.lua";
  path = "{share}/plugins/multimap.lua";
}}
lua = "{folder}/rules.lua";
"""

MAIN = {
    "smtpd_tls_chain_files": "", "local_transport": "discard:",
    "mydestination": "rcpt.example", "local_recipient_maps": "",
    "smtpd_client_connection_rate_limit": "0", "max_use": "100000",
    "max_idle": "1h",
}


def cpu(words):
    """Seconds of all processes whose command line has one of these words."""
    return sum(ticks_of(pid) for pid in found(words)) / os.sysconf("SC_CLK_TCK")


def found(words):
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if any(word in line for word in words):
                yield entry


def ticks_of(entry):
    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15]))


def pss_mb(words):
    total = 0
    for entry in found(words):
        for line in (entry / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def start(folder, name, *command):
    """A filter that listens at folder/name.sock."""
    log = open(folder / f"{name}.log", "wb")
    child = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                             stdout=log, stderr=log)
    path = folder / f"{name}.sock"
    process.wait_until(lambda: child.poll() is not None or process.listens_at(path),
                       f"{name} to listen")
    if child.poll() is not None:
        sys.exit(f"{name} ended:\n{(folder / f'{name}.log').read_text()}")
    return child


def quoted(values):
    return ", ".join(f'"{value}"' for value in values)


def saywhy(build, folder):
    (folder / "saywhy.conf").write_text(SAYWHY.format(
        folder=folder, clients=quoted(LISTED),
        patterns=quoted(f"/{word}/i" for word in WORDS)))
    start(folder, "saywhy", build / "saywhyd", "-c", folder / "saywhy.conf")
    return {"smtpd_milters": f"unix:{folder}/saywhy.sock"}, ["saywhyd"]


def chain(_, folder):
    """The lists are Postfix's own to look up; patterns there are none."""
    (folder / "none").write_text("198.51.100.99\n")
    for name, text in (("opendkim", OPENDKIM), ("opendmarc", OPENDMARC),
                       ("policyd", POLICYD)):
        (folder / f"{name}.conf").write_text(text.format(folder=folder))
    start(folder, "opendkim", "/usr/sbin/opendkim", "-f", "-x",
          folder / "opendkim.conf")
    start(folder, "opendmarc", "/usr/sbin/opendmarc", "-f", "-c",
          folder / "opendmarc.conf")
    (folder / "clients").write_text("".join(f"{ip} REJECT\n" for ip in LISTED))
    (folder / "senders").write_text("bad@peers.example REJECT\n")
    return {
        "smtpd_milters": f"unix:{folder}/opendkim.sock, unix:{folder}/opendmarc.sock",
        "smtpd_recipient_restrictions":
            "permit_mynetworks, reject_unauth_destination, "
            f"check_client_access cidr:{folder}/clients, "
            f"check_sender_access texthash:{folder}/senders, "
            "check_policy_service unix:private/policyd-spf",
    }, ["opendkim", "opendmarc", "policyd-spf"]


def rspamd(_, folder):
    for name, lines in (("clients", LISTED), ("senders", ["bad@peers.example"]),
                        ("patterns", [f"/{word}/i" for word in WORDS]),
                        ("tld", ["example", "org", "com", "net"]), ("rules.lua", [])):
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    (folder / "rspamd.conf").write_text(RSPAMD.format(folder=folder, share=SHARE))
    start(folder, "rspamd", "/usr/bin/rspamd", "-f", "-i", "-c",
          folder / "rspamd.conf")
    return {"smtpd_milters": f"unix:{folder}/rspamd.sock"}, ["rspamd"]


# Name, the packages' programs, how it is started, what shows that it judged.
FILTERS = [
    ("saywhy", [], saywhy, ["spf=pass", "dkim=pass", "dmarc=pass"]),
    ("OpenDKIM + OpenDMARC + policyd-spf",
     ["/usr/sbin/opendkim", "/usr/sbin/opendmarc", "/usr/bin/policyd-spf"], chain,
     ["spf=pass", "dkim=pass", "dmarc=pass"]),
    ("rspamd", ["/usr/bin/rspamd"], rspamd,
     ["R_SPF_ALLOW", "R_DKIM_ALLOW", "DMARC_POLICY_ALLOW"]),
]


def key_and_record(folder):
    def openssl(*arguments):
        return subprocess.run(["openssl", *map(str, arguments)], check=True,
                              capture_output=True, text=True).stdout

    openssl("genrsa", "-traditional", "-out", folder / "key", 2048)
    public = openssl("rsa", "-in", folder / "key", "-pubout")
    return (folder / "key").read_bytes(), "".join(public.splitlines()[1:-1])


def signed(size, key):
    import dkim

    line = "the quick brown fox jumps over a lazy dog and writes it down\r\n"
    message = (f"From: <{SENDER}>\r\nTo: <u@rcpt.example>\r\nSubject: hello\r\n"
               "Date: Fri, 27 Nov 2026 10:00:00 +0000\r\n"
               "Message-ID: <1@peers.example>\r\n\r\n"
               + line * (size // len(line) + 1)).encode()
    return dkim.sign(message, b"s", b"peers.example", key,
                     canonicalize=(b"relaxed", b"relaxed")) + message


def send(path, port, count, to="u@rcpt.example"):
    subprocess.run(["/usr/sbin/smtp-source", "-s", "4", "-m", str(count), "-f", SENDER,
                    "-t", to, "-M", "client.example", "-F", path, f"{CLIENT}:{port}"],
                   check=True)


def judged(postfix, folder, port, path, marks):
    """One mail is kept: have the proofs been looked at?"""
    inbox = postfix.folder / "mail/inbox/new"
    before = set(inbox.iterdir()) if inbox.exists() else set()
    send(path, port, 1, "kept@virtual.example.org")
    process.wait_until(lambda: inbox.exists() and set(inbox.iterdir()) - before,
                       "the mail to come")
    mail = (set(inbox.iterdir()) - before).pop().read_text()
    seen = mail + "".join(log.read_text(errors="replace") for log in folder.glob("*.log"))
    return [mark for mark in marks if mark not in seen]


def measure(postfix, port, words, mails, quick):
    row = {}
    for size, (path, count) in mails.items():
        count = count // 10 if quick else count
        send(path, port, max(count // 10, 4))
        began = cpu(words)
        send(path, port, count)
        time.sleep(0.5)  # what is done after the answer
        row[size] = (cpu(words) - began) / count * 1000
        if size == "20 KB":
            row["memory"] = pss_mb(words)
    return row


def show(rows):
    print("\nCPU of the filter, seconds for 1,000 messages; memory in MB\n")
    print(f"  {'':36}" + "".join(f"{size:>16}" for size in SIZES) + f"{'memory':>10}")
    base = next(iter(rows.values()))
    for name, row in rows.items():
        print(f"  {name:36}" + "".join(
            f"{row[size]:9.2f} ({row[size] / base[size]:4.1f})" for size in SIZES)
            + f"{row['memory']:10.1f}")


def main():
    build, quick = pathlib.Path(sys.argv[1]).resolve(), "--quick" in sys.argv
    rows = {}
    with tempfile.TemporaryDirectory(prefix="saywhy-peers-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        key, public = key_and_record(folder)
        server = names.NameServer(folder / "dns")
        server.more = [names.record(line) for line in (
            f"peers.example TXT v=spf1 ip4:{CLIENT} -all",
            "_dmarc.peers.example TXT v=DMARC1; p=reject",
            f"s._domainkey.peers.example TXT v=DKIM1; k=rsa; p={public}")]
        server.serve()
        mails = {}
        for size, (n, count) in SIZES.items():
            mails[size] = folder / f"mail-{n}", count
            mails[size][0].write_bytes(signed(n, key).replace(b"\r\n", b"\n"))
        postfix = Postfix(folder / "postfix", "none", b"", **MAIN)
        started = {}
        for name, programs, begin, marks in FILTERS:
            missing = [p for p in programs if not shutil.which(p)]
            if missing:
                print(f"{name}: not installed ({', '.join(missing)}), left out")
                continue
            (folder / begin.__name__).mkdir()
            (folder / begin.__name__).chmod(0o777)
            options, words = begin(build, folder / begin.__name__)
            started[name] = (postfix._port(options), words, marks,
                             folder / begin.__name__)
        postfix._write_master_cf()
        with open(postfix.folder / "master.cf", "a") as master:
            master.write("discard unix - - n - - discard\n"
                         "policyd-spf unix - n n - 0 spawn\n user=nobody "
                         f"argv=/usr/bin/policyd-spf {folder}/chain/policyd.conf\n")
        postfix.start()
        try:
            for name, (port, words, marks, at) in started.items():
                unseen = judged(postfix, at, port, mails["2 KB"][0], marks)
                if unseen:
                    sys.exit(f"{name} did not say {', '.join(unseen)}:\n" + "".join(
                        log.read_text(errors="replace") for log in at.glob("*.log")))
                rows[name] = measure(postfix, port, words, mails, quick)
        except subprocess.CalledProcessError:
            sys.exit("".join(postfix.log().splitlines(True)[-10:]))
        finally:
            postfix.stop()
            server.stop()
    show(rows)


if __name__ == "__main__":
    main()
