"""names - the DNS of the box: nsd on 127.0.0.1, one zone for the whole world

Every name that is not below does not exist. A name below BROKEN belongs to a
zone that cannot be loaded: nsd answers SERVFAIL.
"""

import signal
import socket
import subprocess

import process

BROKEN = ("broken.example", "113.0.203.in-addr.arpa")

# Name, type, value. PTR rows are made from ADDRESSES.
RECORDS = """
mx.example.org.             A     192.0.2.1
mx.example.org.             AAAA  2001:db8::1
example.org.                MX    10 mx.example.org.
sender.example.             MX    10 client.example.
nullmx.example.             MX    0 .
mixed-name.example.         A     192.0.2.99
unverified.example.         A     192.0.2.1
sink.example.               A     192.0.2.1
denied.example.             A     192.0.2.1
listed.example.             A     192.0.2.66
2.113.0.203.dnsbl.example.  A     127.0.0.2
66.2.0.192.dnsbl.example.   A     127.0.0.2
2.0.0.127.dnsbl.example.    A     127.0.0.2
test.rhsbl.example.         A     127.0.1.2
66.2.0.192.dnsbl.example.   TXT   "192.0.2.66 sent spam, see https://dnsbl.example/?ip=192.0.2.66"
7.100.51.198.refusing.example.  A  127.255.255.254
spf-none.example.           TXT   "v=spf1 -all"
spf-none.example.           MX    10 client.example.
spf-broken.example.         TXT   "v=spf1 include:broken.example -all"
spf-broken.example.         MX    10 client.example.
_dmarc.spf-none.example.    TXT   "v=DMARC1; p=reject"
listed.example.rhsbl.example.  A  127.0.1.2
listed.example.rhsbl.example.  TXT "listed.example was seen in spam"
"""

# Clients with a name that is confirmed both ways.
ADDRESSES = {
    "192.0.2.7": "client.example",
    "192.0.2.8": "other.example",
    "192.0.2.66": "listed.example",
    "198.51.100.7": "mail.sender.example",
    "2001:db8::7": "client6.example",
}

# Clients whose name does not lead back to them.
UNCONFIRMED = {"192.0.2.9": "mixed-name.example"}


def _reverse(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    octets = socket.inet_pton(family, address)
    if family == socket.AF_INET:
        return ".".join(str(b) for b in reversed(octets)) + ".in-addr.arpa."
    return ".".join(reversed(octets.hex())) + ".ip6.arpa."


def record(line):
    """A DNS line of a scenario as one of a zone file; "" for what is none."""
    name, kind, value = line.split(None, 2)
    if value == "NONE":
        return f'{name}. TXT "there is nothing else"'
    if kind == "TXT":
        text = value.strip('"').replace("\\", "\\\\").replace('"', '\\"')
        value = " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))
    elif kind in ("MX", "PTR", "CNAME"):
        value = value.rstrip(".") + "."
    return f"{name}. {kind} {value}"


def zone(addresses, unconfirmed, more=()):
    """The zone file of the root."""
    lines = [
        "$ORIGIN .",
        "$TTL 60",
        ". SOA ns.example. root.example. 1 3600 600 86400 0",
        ". NS ns.example.",
        "ns.example. A 127.0.0.1",
        RECORDS,
    ]
    for address, name in addresses.items():
        kind = "AAAA" if ":" in address else "A"
        lines.append(f"{name}. {kind} {address}")
        lines.append(f"{_reverse(address)} PTR {name}.")
    for address, name in unconfirmed.items():
        lines.append(f"{_reverse(address)} PTR {name}.")
    if more:  # senders exist, as in scenarios
        labels = [line.split()[0].rstrip(".").split(".") for line in more]
        owners = {".".join(name[i:]) + "." for name in labels for i in range(len(name))}
        given = {line.split()[0] for line in more if " MX " in line or "nothing else" in line}
        given |= {line.split()[0] for line in RECORDS.splitlines() if " MX " in line}
        owners |= {"*.", "*.example."} | {f"*.{owner}" for owner in owners}
        lines += [f"{owner} MX 10 ns.example." for owner in sorted(owners - given)]
    return "\n".join([*lines, *more]) + "\n"


class NameServer:
    def __init__(self, folder):
        folder.mkdir()
        self.served = 0
        self.more = []  # lines of the zone beside those above
        self.zone = folder / "root.zone"
        self.zone.write_text(zone(ADDRESSES, UNCONFIRMED))
        broken = "".join(
            f'zone:\n  name: "{name}"\n  zonefile: "missing.zone"\n'
            for name in BROKEN
        )
        (folder / "nsd.conf").write_text(
            f"""
server:
  ip-address: 127.0.0.1
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  logfile: "{folder}/nsd.log"
  server-count: 1
zone:
  name: "."
  zonefile: "root.zone"
{broken}
remote-control:
  control-enable: no
"""
        )
        self.process = subprocess.Popen(
            ["/usr/sbin/nsd", "-d", "-c", str(folder / "nsd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        process.wait_until(self.answers, "nsd to answer")

    def answers(self):
        return self.name_of("192.0.2.7") == "client.example"

    def serve(self, addresses=ADDRESSES, unconfirmed=UNCONFIRMED):
        """Other clients than those above, by their names."""
        self.served += 1
        mark = {"203.0.112.1": f"zone{self.served}.example"}
        self.zone.write_text(zone(addresses | mark, unconfirmed, self.more))
        self.process.send_signal(signal.SIGHUP)
        process.wait_until(
            lambda: self.name_of("203.0.112.1") == mark["203.0.112.1"],
            "nsd to read its zone again",
        )

    @staticmethod
    def name_of(address):
        try:
            return socket.gethostbyaddr(address)[0]
        except OSError:
            return None

    def stop(self):
        process.end(self.process)
