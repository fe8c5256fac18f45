"""Sendmail asks before its own check: one line of ours, or its own words."""

import pathlib

import pytest

import smtp
from test_policy import process
from test_replymap import start

M4 = pathlib.Path(__file__).parent.parent.parent / "conf/check_rcpt.m4"
FROM = "EHLO client.example\nMAIL FROM:<a@sender.example>"
RELAY = f"{FROM}\nRCPT TO:<b@elsewhere.example>"


def lines(daemon):
    return M4.read_text().replace(
        "local:/run/saywhy/policy.sock", f"local:{daemon.folder}/policy.sock")


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return start(saywhyd)


@pytest.fixture(scope="module")
def site(daemon, sendmail_site):
    return sendmail_site(
        rules=lines(daemon), lines="FEATURE(`accept_unresolvable_domains')dnl",
        ports=[{"filter": "saywhy"}], filters={"saywhy": (daemon.address, "T")})


def play(site, dialogue, address="192.0.2.7"):
    with smtp.Client(site.ports[0], address=address) as client:
        return smtp.play(client, dialogue)


def test_relaying(site, daemon):
    before = len(daemon.records())
    reply = play(site, RELAY)
    assert reply.lines == [
        "550 5.7.1 <b@elsewhere.example>... Relaying denied: 192.0.2.7 may not "
        "send through mx.example.org to elsewhere.example."]
    [record] = daemon.records()[before:]
    assert record["issuer"] == "saywhy"
    assert record["client"] == {"address": "192.0.2.7", "name": "client.example"}
    assert record["helo"] == "client.example"
    assert record["sender"] == "a@sender.example"
    assert record["recipients"] == ["b@elsewhere.example"]


def test_a_listed_sender(site):
    reply = play(site, RELAY.replace("a@sender", "bad@sender"))
    assert reply.code == 550 and "sender.example" in reply.texts[0]


def test_a_listed_client(site):
    assert "198.51.100.66" in play(site, RELAY, "198.51.100.66").texts[0]


@pytest.mark.parametrize("sender", ['"a%s%d$x"@sender.example', "a$&f@sender.example",
                                    '"a\\"b"@sender.example', "(x)a@sender.example"])
def test_odd_senders(site, sender):
    reply = play(site, f"EHLO client.example\nMAIL FROM:<{sender}>\n"
                       "RCPT TO:<b@elsewhere.example>")
    assert reply.code >= 400


@pytest.mark.parametrize("rcpt", ['"x^y"@elsewhere.example', "x%z.example@example.org",
                                  "@a.example:b@elsewhere.example"])
def test_odd_recipients(site, rcpt):
    assert play(site, f"{FROM}\nRCPT TO:<{rcpt}>").code >= 400


def test_ours_pass(site, daemon):
    before = len(daemon.records())
    assert play(site, f"{FROM}\nRCPT TO:<user@example.org>").code == 250
    assert len(daemon.records()) == before


def relay_is_denied_by_sendmail(site):
    reply = play(site, RELAY)
    return "Relaying denied" in reply.texts[0] and "may not" not in reply.texts[0]


def test_down(saywhyd, sendmail_site):
    """No answer of ours may open a relay."""
    daemon = start(saywhyd)
    site = sendmail_site(rules=lines(daemon),
                         lines="FEATURE(`accept_unresolvable_domains')dnl")
    assert not relay_is_denied_by_sendmail(site)
    daemon.kill()
    assert relay_is_denied_by_sendmail(site)
    assert play(site, f"{FROM}\nRCPT TO:<user@example.org>").code == 250


def test_hung(saywhyd, sendmail_site):
    """Here Sendmail itself defers, after -d; it does not ask its own check."""
    daemon = start(saywhyd)
    rules = lines(daemon).replace("-d10", "-d1")
    site = sendmail_site(rules=rules,
                         lines="FEATURE(`accept_unresolvable_domains')dnl")
    daemon.signal(19)
    with smtp.Client(site.ports[0], address="192.0.2.7") as client:
        reply = smtp.play(client, RELAY)
    daemon.signal(18)
    assert reply.code == 451


def test_observe(saywhyd, sendmail_site):
    daemon = start(saywhyd, mode="observe")
    site = sendmail_site(
        rules=lines(daemon), lines="FEATURE(`accept_unresolvable_domains')dnl",
        ports=[{"filter": "saywhy"}], filters={"saywhy": (daemon.address, "T")})
    assert relay_is_denied_by_sendmail(site)
    process.wait_until(lambda: len(daemon.records()) <= 1, "no more than one")
