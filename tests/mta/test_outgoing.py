"""Our own mail, refused by others or stopped on the way: whose fault, who acts?

One message to a domain of every story, tried by the MTA's own smtp client with
a real server at the other end; `saywhy watch` reads what was logged.
"""

import json
import pathlib
import subprocess

import pytest

import far
from outgoing_stories import DNS, REMOTE, STORIES, TLS
from test_watch import watch  # noqa: F401

ACTORS = {"sender": "sender", "sender-admin": "us", "postmaster": "them",
          "recipient": "recipient", "nobody": "nobody"}
VERSIONS = {"postfix": (3, 7), "postfix310": (3, 10), "postfix311": (3, 11)}


@pytest.fixture(scope="module")
def actors(build):
    """Reason → who must act, as the catalogue has it; they are our mail's."""
    shown = subprocess.run([build / "saywhy", "reasons", "--json"], check=True,
                           capture_output=True, text=True).stdout
    return {row["reason"]: ACTORS[row["who"]] for row in json.loads(shown)}


def address(n):
    return f"198.18.1.{n + 1}"


def put_tlsa(dns, story, certificates, pem):
    host = f"_25._tcp.mx.{story.domain}"
    if story.tlsa == "servfail":
        dns.servfail.add(host)
    elif story.tlsa:
        dns.add(host, far.TLSA, {
            "right": lambda: certificates.tlsa(pem),
            "wrong": lambda: "030101" + "00" * 32,
            "unusable": lambda: "630101" + "00" * 32,
            "3-1-1": lambda: "030101" + "11" * 32}[story.tlsa]())


def put_names(dns, story, ip):
    domain, host = story.domain, f"mx.{story.domain}"
    if story.dns == "servfail":
        dns.servfail.add(domain)
    if story.dns in ("servfail", "nxdomain"):
        return
    dns.add(domain, far.MX, "." if story.dns == "nullmx" else host)
    if story.dns == "address-servfail":
        dns.servfail.add(host)
    elif story.dns == "loop":
        dns.add(host, far.A, "127.0.0.1")
    elif story.dns not in ("no-address", "nullmx"):
        dns.add(host, far.A, ip)


def policy(story, certificates, pem):
    if story.policy == "fingerprint":
        return f"fingerprint match={certificates.fingerprint(pem)}"
    return story.policy


class Elsewhere:
    """All the far side: names, certificates, servers, and our TLS policy."""

    def __init__(self, folder, stories):
        self.certificates = far.Certificates(folder)
        self.dns = far.Dns()
        self.dns.insecure = ("open.example",)
        played, rows = {}, []
        for n, story in enumerate(stories):
            server = story.far(self.certificates)
            put_names(self.dns, story, address(n))
            put_tlsa(self.dns, story, self.certificates, server.pem)
            if story.dns != "refused":
                played[address(n)] = server
            if story.policy:
                rows.append(f"{{{story.domain} = {policy(story, self.certificates, server.pem)}}}")
        self.server = far.Servers(played)
        self.main = {
            "default_transport": "smtp",
            "smtp_dns_support_level": "dnssec",
            "smtp_tls_security_level": "may",
            "smtp_tls_CAfile": str(self.certificates.ca),
            "smtp_tls_policy_maps": f"inline:{{{' '.join(rows)}}}",
            "smtp_tls_fingerprint_digest": "sha256",
            "smtp_tls_mandatory_protocols": ">=TLSv1.2",
            "smtp_connect_timeout": "30s",
            "inet_protocols": "ipv4",
        }

    def stop(self):
        self.server.stop()
        self.dns.stop()


@pytest.fixture(scope="module")
def elsewhere(box):
    there = Elsewhere(box / "far", STORIES)
    yield there
    there.stop()


def resolver(mta):
    """The file that says where names are asked for."""
    command = mta.master_command
    root = pathlib.Path(command[1] if command[0] == "chroot" else "/")
    return root / "etc/resolv.conf"


def untried(log, stories):
    return [story.name for story in stories if f"to=<a@{story.domain}>" not in log]


def deliver(mta, there, stories):
    """What was logged of one message to all of them."""
    conf, was = resolver(mta), {k: mta.main.get(k) for k in there.main}
    asked = conf.read_text()
    conf.write_text(f"nameserver {far.DNS_ADDRESS}\noptions trust-ad timeout:20 attempts:1\n")
    before = len(mta.log())
    try:
        mta.set_and_wait(**there.main)
        sent = mta.submit("Subject: out\n\nout\n", *(f"a@{story.domain}" for story in stories))
        assert sent.returncode == 0, sent
        mta.wait_for_queue(lambda: not untried(mta.log()[before:], stories), 30)
        missing = untried(mta.log()[before:], stories)
        assert not missing, f"not tried: {missing}\n{mta.log()[before:][-8000:]}"
    finally:
        conf.write_text(asked)
        for key in [key for key, value in was.items() if value is None]:
            del mta.main[key]
        mta.set(**{k: v for k, v in was.items() if v is not None})
    return mta.log()[before:]


class Posted:
    def __init__(self, log, records):
        self.log, self.records = log, records

    def of(self, story):
        who = f"a@{story.domain}"
        return ([line for line in self.log.splitlines() if f"to=<{who}>" in line],
                [r for r in self.records if r["recipients"] == [who]])


@pytest.fixture(scope="module", params=VERSIONS)
def posted(request, elsewhere, watch):  # noqa: F811
    mta = request.getfixturevalue(request.param)
    log = deliver(mta, elsewhere, STORIES)
    found = Posted(log, watch(log))
    found.version = VERSIONS[request.param]
    return found


@pytest.mark.parametrize("story", STORIES, ids=repr)
def test_story(story, posted, actors):
    if posted.version < story.least:
        pytest.skip(f"not known to Postfix {posted.version}")
    lines, records = posted.of(story)
    assert lines, "not tried"
    if story.taken:
        assert "status=sent" in lines[0] and records == []
        return
    assert len(records) == 1, lines
    [record] = records
    shown = f"{record}\n{lines}"
    assert record["direction"] == "out", shown
    assert record["reason"] in story.reason, shown
    assert actors[record["reason"]] in story.actor, shown
    assert record["issuer"] == story.issuer, shown
    assert record["outcome"] in story.outcome.split(), shown
    assert record["sender"] == "user@example.org", shown
    if story.stage:
        assert record["stage"] == story.stage, shown
    for words in story.keep:
        assert words in str(record), shown


def test_there_are_enough():
    assert len(REMOTE) >= 40
    assert len([s for s in TLS + DNS if not s.taken]) >= 12
