"""Proofs of where a message comes from, with DNS that is there, slow or gone.

The scenarios auth_*.scn tell each result; they are played through both MTAs
by test_same_words. Here is what needs a resolver that behaves badly, and what
becomes of the message itself.
"""

import re
import socket
import time

import pytest

import names
import process
import scn
import sites
import smtp

SCENARIOS = ("auth_spf_helo", "auth_dkim", "auth_dmarc", "auth_none", "auth_results",
             "sender_domain", "client_rdns", "helo_resolves")

HELLO = """
    EHLO client.example
    MAIL FROM:<a@sender.example>
    RCPT TO:<user@example.org>
"""


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def dns(port):
    return f'dns {{ servers = {{"127.0.0.1:{port}"}} }}\n'


def ask(connect, sender, seconds=None):
    """The reply to RCPT, and how long the transaction took."""
    with connect() as client:
        client.ehlo("client.example")
        began = time.monotonic()
        assert client.command(f"MAIL FROM:<{sender}>").ok
        reply = client.command("RCPT TO:<user@example.org>")
        return reply, time.monotonic() - began


def test_nobody_answers_and_then_somebody_does(saywhyd, postfix, tells):
    """Mail in doubt is deferred as our failure, none is refused."""
    port = free_port()
    daemon = saywhyd(dns(port))
    connect = sites.behind_postfix(postfix, daemon)
    reply, _ = ask(connect, "a@sender.example")
    assert reply.code == 451 and reply.status in ("4.4.3", "4.7.24"), reply
    assert "could not be looked up" in reply.lines[0]
    assert not [r for r in daemon.records() if r["outcome"] == "reject"]
    tells("sender.example MX 10 mail.sender.example",
          'sender.example TXT "v=spf1 ?all"', port=port)
    process.wait_until(lambda: ask(connect, "a@sender.example")[0].ok, "it to be asked again")


def test_doubt_passes_where_the_admin_says_so(saywhyd, postfix):
    daemon = saywhyd(dns(free_port()) + 'reason "sender-domain-lookup-failed" { action = note }\n'
                     'reason "spf-temperror" { action = note }')
    reply, _ = ask(sites.behind_postfix(postfix, daemon), "a@sender.example")
    assert reply.ok, reply


def test_silence_ends_by_the_deadline(saywhyd, postfix, tells):
    server = tells()
    daemon = saywhyd(server.conf + 'step-timeout = "700 ms"')
    connect = sites.behind_postfix(postfix, daemon)
    for _ in range(5):  # a busy machine takes longer
        reply, seconds = ask(connect, "a@dead.test")
        assert (reply.code, reply.status) == (451, "4.4.3"), reply
        if seconds < 2.5:
            return
    pytest.fail(f"{seconds} s")


def test_slow_answers_are_waited_for(saywhyd, postfix, tells):
    server = tells(". DELAY 600", 'sender.example TXT "v=spf1 -all"',
                   "sender.example MX 10 mail.sender.example")
    daemon = saywhyd(server.conf)
    reply, _ = ask(sites.behind_postfix(postfix, daemon), "a@sender.example")
    assert (reply.code, reply.status) == (550, "5.7.23"), reply


@pytest.mark.parametrize("name", ("servfail", "refused", "garbage", "pointer", "loop"))
def test_broken_answers_refuse_nobody(saywhyd, postfix, tells, name):
    server = tells()
    daemon = saywhyd(server.conf)
    reply, _ = ask(sites.behind_postfix(postfix, daemon), f"a@{name}.test")
    assert reply.code == 451, reply


def test_a_resolver_that_answers_for_every_name(saywhyd, postfix, tells):
    """Where nothing is there it says 192.0.2.66; no proof is made of that."""
    server = tells(". ALWAYS 192.0.2.66")
    daemon = saywhyd(server.conf)
    reply, _ = ask(sites.behind_postfix(postfix, daemon), "a@nobody.example")
    assert reply.ok, reply


def test_status_counts(saywhyd, postfix, tells):
    import json
    import subprocess
    server = tells("sender.example MX 10 mail.sender.example")
    daemon = saywhyd(server.conf)
    connect = sites.behind_postfix(postfix, daemon)
    ask(connect, "a@sender.example")
    ask(connect, "a@sender.example")
    out = subprocess.run([daemon.tool, "status", "--json", "--config", daemon.conf],
                         stdout=subprocess.PIPE, check=True).stdout
    counts = json.loads(out)["dns"]
    assert counts["sent"] > 0 and counts["cached"] > 0 and counts["failures"] == 0, counts


FORGED = ("Authentication-Results: mx.example.org; dkim=pass header.d=bank.example",
          "authentication-results: (x) MX.example.org 1; forged=pass",
          'Authentication-Results: "mx.example.org"; forged=pass',
          "Authentication-Results: other.example; spf=pass smtp.mailfrom=theirs")


def results_of(message):
    unfolded = re.sub(r"\r?\n[ \t]+", " ", message)
    return re.findall(r"(?mi)^Authentication-Results: (.*)$", unfolded)


def send(connect, marker, headers=FORGED):
    with connect() as client:
        data = "\\n".join(headers) + f"\\nFrom: a@sender.example\\nSubject: {marker}\\n\\nx\\n"
        reply = smtp.play(client, HELLO + "data " + data.replace("\n", "\\n"))
    assert reply.code == 250, reply


def test_results_in_a_message_of_postfix(saywhyd, postfix):
    daemon = saywhyd()
    send(sites.behind_postfix(postfix, daemon), "auth-1")
    [message] = postfix.wait_for_mail("auth-1")
    ours, theirs = results_of(message)
    assert ours.startswith("mx.example.org; spf=none smtp.mailfrom=sender.example; dkim=none; "
                           "dmarc=none header.from=sender.example"), ours
    assert theirs.startswith("other.example"), theirs
    assert "forged" not in message and "bank.example" not in message


def test_earlier_milters_may_be_trusted(saywhyd, postfix):
    daemon = saywhyd("auth { trust-earlier-milters = yes }")
    send(sites.behind_postfix(postfix, daemon), "auth-2")
    [message] = postfix.wait_for_mail("auth-2")
    assert len(results_of(message)) == 5


def test_results_in_a_message_of_sendmail(saywhyd, sendmail_site):
    daemon = saywhyd()
    connect = sites.behind_sendmail(sendmail_site, daemon)
    send(connect, "auth-3")
    [headers] = connect.site.kept("auth-3")
    assert "mx.example.org; spf=none smtp.mailfrom=sender.example;" in re.sub(r"\n\s+", " ", headers)
    assert "forged" not in headers and "bank.example" not in headers


@pytest.fixture
def zone(dns):
    """nsd with the records of a scenario, every sender's domain among them."""
    yield dns
    dns.more = []
    dns.serve()


@pytest.mark.parametrize("mta", ["postfix", "sendmail"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_by_nsd(name, mta, zone, saywhyd, request):
    """The same scenarios, DNS by an authoritative server."""
    import players
    import test_same_words
    path = test_same_words.FOLDER / f"{name}.scn"
    for conf, statements in scn.configurations(scn.read(path)):
        lines = [s.rest for s in statements if s.verb == "DNS"]
        silent = [line for line in lines if "TEMPFAIL" in line]
        if not all(any(b in line for b in names.BROKEN) for line in silent):
            continue  # nsd cannot fail for one name of a zone
        zone.more = [names.record(line) for line in ["some.test TXT x", *lines]
                     if line not in silent]
        zone.serve({}, {})
        daemon = saywhyd(conf=conf + 'dns { servers = {"127.0.0.1:53"} }\n')
        if mta == "postfix":
            player = players.Postfix(daemon, request.getfixturevalue("postfix"))
        else:
            player = players.Sendmail(
                daemon, request.getfixturevalue("sendmail_site"), zone,
                request.getfixturevalue("sasl"), statements)
        player.play(statements)
