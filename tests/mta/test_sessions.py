"""Whole sessions through both MTAs: what is refused, what is not, and when."""

import pytest

import sites
import smtp

HELLO = "EHLO client.example"
FROM = f"{HELLO}\nMAIL FROM:<a@sender.example>"
MINE = f"{FROM}\nRCPT TO:<user@example.org>"


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return saywhyd()


@pytest.fixture(scope="module")
def through(daemon, request):
    """A function: a connection to the MTA of that name."""
    behind = {
        "postfix": lambda: sites.behind_postfix(
            request.getfixturevalue("postfix"), daemon),
        "sendmail": lambda: sites.behind_sendmail(
            request.getfixturevalue("sendmail_site"), daemon),
    }
    made = {}

    def connect(mta, *arguments, **more):
        if mta not in made:
            made[mta] = behind[mta]()
        return made[mta](*arguments, **more)

    return connect


both = pytest.mark.parametrize("mta", ["postfix", "sendmail"])


@both
def test_mail_for_us_is_taken(mta, through, daemon):
    before = len(daemon.records())
    with through(mta) as client:
        reply = smtp.play(client, f"{MINE}\ndata Subject: hello\\n\\nhello\\n")
    assert reply.code == 250, (reply, daemon.log())
    assert daemon.records()[before:] == []


@both
def test_relay_is_refused_with_our_words(mta, through, daemon):
    with through(mta) as client:
        reply = smtp.play(client, f"{FROM}\nRCPT TO:<b@elsewhere.example>")
    assert (reply.code, reply.status) == (550, "5.7.1")
    assert reply.lines[0].endswith(
        "192.0.2.7 may not send through mx.example.org to elsewhere.example.")
    record = daemon.record(reply)
    assert record["reason"] == "relay-denied"
    assert record["issuer"] == "saywhy"
    assert record["recipients"] == ["b@elsewhere.example"]


@both
def test_client_on_the_list(mta, through, daemon):
    with through(mta, "198.51.100.66") as client:
        reply = smtp.play(client, MINE)
    assert reply.code == 550
    assert daemon.record(reply)["reason"] == "client-denied"


@both
def test_postmaster_is_reachable(mta, through):
    with through(mta, "198.51.100.66") as client:
        assert smtp.play(client, f"{FROM}\nRCPT TO:<postmaster@example.org>").code == 250


@both
def test_header_after_the_dot(mta, through, daemon):
    with through(mta) as client:
        reply = smtp.play(client, f"{MINE}\ndata Subject: Casino\\n\\nhello\\n")
    assert reply.code == 550
    record = daemon.record(reply)
    assert record["reason"] == "header-pattern"
    assert record["stage"] == "message"


@both
def test_several_messages_on_a_connection(mta, through):
    with through(mta) as client:
        client.ehlo()
        for subject, code in (("one", 250), ("casino", 550), ("three", 250)):
            reply = smtp.play(client, f"""
                MAIL FROM:<a@sender.example>
                RCPT TO:<user@example.org>
                data Subject: {subject}\\n\\nx\\n
            """)
            assert reply.code == code, (subject, reply)


@both
def test_rset_forgets_the_sender(mta, through):
    with through(mta) as client:
        bad = smtp.play(client, f"{HELLO}\nMAIL FROM:<bad@sender.example>\n"
                        "RCPT TO:<user@example.org>")
        assert bad.code == 550
        assert smtp.play(client, """
            RSET
            MAIL FROM:<a@sender.example>
            RCPT TO:<user@example.org>
        """).code == 250


@both
def test_one_recipient_of_two(mta, through):
    with through(mta) as client:
        assert smtp.play(client, f"{FROM}\nRCPT TO:<closed@example.org>").code == 550
        assert smtp.play(client, "RCPT TO:<user@example.org>\n"
                         "data Subject: x\\n\\nx\\n").code == 250


@both
def test_second_helo_counts(mta, through):
    with through(mta) as client:
        assert smtp.play(client, f"{HELLO}\n{MINE}").code == 250
        client.command("RSET")
        assert smtp.play(client, "EHLO spam.example\n"
                         "MAIL FROM:<a@sender.example>\n"
                         "RCPT TO:<user@example.org>").code == 550


def test_bdat(through, daemon):
    with through("postfix") as client:
        smtp.play(client, MINE)
        assert client.bdat("Subject: one\r\n\r\n", last=False).code == 250
        assert client.bdat("x\r\n").code == 250
        smtp.play(client, "MAIL FROM:<a@sender.example>\nRCPT TO:<user@example.org>")
        reply = client.bdat("Subject: casino\r\n\r\nx\r\n")
    assert reply.code == 550
    assert daemon.record(reply)["reason"] == "header-pattern"


def test_ipv6_client(through, daemon):
    with through("postfix", "2001:db8::66") as client:
        reply = smtp.play(client, MINE)
    assert daemon.record(reply)["client"]["address"] == "2001:db8::66"


def test_ipv4_mapped_client(through, daemon):
    """An IPv4 client is the same whether it comes by XCLIENT as IPv6 or not."""
    with through("postfix", "127.0.0.1", host="127.0.0.1") as client:
        client.ehlo()
        client.xclient(addr="IPV6:::ffff:198.51.100.66", name="[UNAVAILABLE]")
        reply = smtp.play(client, MINE)
    assert reply.code == 550
    assert daemon.record(reply)["client"]["address"] == "198.51.100.66"


def test_smtputf8_addresses(through, daemon):
    with through("postfix") as client:
        reply = smtp.play(client, f"""
            {HELLO}
            MAIL FROM:<\u00e4@sender.example> SMTPUTF8
            RCPT TO:<b@b\u00fccher.elsewhere.example>
        """)
        assert reply.code == 550
        assert all(32 <= b < 127 or b in b"\r\n" for b in reply.raw)
        record = daemon.record(reply)
        assert record["sender"] == "\u00e4@sender.example"
        assert client.command("RCPT TO:<user@b\u00fccher.example>").code == 250


def test_mail_from_the_machine_itself(postfix, daemon):
    """sendmail(1) has no client: never refused, never recorded."""
    before = len(daemon.records())
    postfix.set(non_smtpd_milters=daemon.address)
    try:
        postfix.submit("Subject: casino local-1\n\nx\n", "user@example.org",
                       sender="bad@sender.example")
        assert postfix.wait_for_mail("local-1")
    finally:
        postfix.set(non_smtpd_milters="")
    assert daemon.records()[before:] == []


@both
def test_recipient_refused_by_the_mta(mta, through, daemon):
    """Recorded with issuer mta; our answer changes nothing.

    What each MTA lets us see of its words is in test_mta_first.py.
    """
    before = len(daemon.records())
    with through(mta) as client:
        reply = smtp.play(client, f"{FROM}\nRCPT TO:<missing@example.org>")
        assert client.command("RCPT TO:<user@example.org>").code == 250
    assert (reply.code, reply.status) == (550, "5.1.1")
    assert len(reply.lines) == 1
    [record] = daemon.records()[before:]
    assert record["issuer"] == "mta"
    assert record["recipients"] == ["missing@example.org"]


def test_daemon_is_not_root(daemon):
    assert daemon.owner() == "nobody"
