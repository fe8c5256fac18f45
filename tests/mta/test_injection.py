"""What a sender controls reaches no reply, log or record unescaped."""

import json
import re

import pytest

import saywhyd as filters
import sites
import smtp

HOSTILE = {
    "percent": "100%s%n%",
    "escape": "\x1b[31m",
    "eight-bit": "\u00e9\u2028",
    "quote": "\\\"},{\\\"",
    "long": "x" * 400,
    "fields": "{id}{contact}{0}",
}

# What a client can say raw, past every library: CR, LF and NUL among it.
RAW = {
    "cr": b"a\rb", "nul": b"a\0b", "latin1": b"a\xe9b", "csi": b"a\x9b31mb",
    "lf": b"a\nRSET", "percent": b"a%sb", "bad-utf8": b"a\xc3b",
}


# What an admin might write, and a word of the complaint.
UNSAYABLE = {
    "status of another class":
        ('reason "relay-denied" { code = "550" status = "4.7.1" }', "class"),
    "no status": ('reason "relay-denied" { status = "6.1.1" }', "6.1.1"),
    "no refusal": ('reason "relay-denied" { code = "250" }', "250"),
    "second digit": ('reason "relay-denied" { code = "569" }', "569"),
    "empty": ('reason "relay-denied" { text = "" }', "text"),
    "blank": ('reason "relay-denied" { text = "  " }', "text"),
    "unknown field": ('reason "relay-denied" { text = "{nothing}" }', "nothing"),
    "8 bit": ('reason "relay-denied" { text = "caf\u00e9" }', "text"),
    "too long": ('reason "relay-denied" { text = "%s" }' % ("x" * 600), "text"),
    "line feed": ('reason "relay-denied" { text = "one\ntwo" }', "not closed"),
    "return": ('reason "relay-denied" { text = "one\r\n250 two" }', "not closed"),
    "remedy": ('reason "relay-denied" { remedy = "one\ntwo" }', "not closed"),
    "page": ('page = "https://mx.example.org/\u00e9/{id}"', "page"),
    "contact": ('contact = "post master@example.org"', "contact"),
}


@pytest.fixture(scope="module")
def daemon(saywhyd):
    """Every word of the sender in the text of the reply."""
    return saywhyd('''
reason "relay-denied" {
	text = "{client} {client_name} {helo} {sender} {rcpt} are not known here."
}
reason "header-pattern" { text = "{header} matches {pattern}." }
''')


@pytest.fixture(scope="module", params=["postfix", "sendmail"])
def through(request, daemon):
    if request.param == "postfix":
        return sites.behind_postfix(request.getfixturevalue("postfix"), daemon,
                                    smtpd_helo_required="yes")
    return sites.behind_sendmail(request.getfixturevalue("sendmail_site"), daemon)


def assert_clean(reply):
    """Printable ASCII, short lines, one code and one status for all."""
    for line in reply.raw.split(b"\r\n"):
        assert len(line) <= 510
        assert all(32 <= byte < 127 for byte in line), line
    codes = {(line[:3], reply.status) for line in reply.lines}
    assert len(codes) == 1
    if reply.status and not reply.ok:
        assert reply.status[0] == str(reply.code)[0]


def assert_records_clean(daemon):
    for line in daemon.record_file.read_bytes().split(b"\n"):
        if line:
            json.loads(line)
            assert not re.search(rb"[\x00-\x1f\x7f]", line)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", daemon.log())


@pytest.mark.parametrize("where", ["helo", "sender", "rcpt"])
@pytest.mark.parametrize("what", RAW)
def test_raw_bytes(through, daemon, where, what):
    """Whatever the MTA lets through, we let none of it out again."""
    words = {"helo": b"client.example", "sender": b"<a@sender.example>",
             "rcpt": b"<b@elsewhere.example>"}
    words[where] = {"helo": RAW[what], "sender": b'<"' + RAW[what] + b'"@sender.example>',
                    "rcpt": b'<"' + RAW[what] + b'"@elsewhere.example>'}[where]
    with through() as client:
        for line in (b"EHLO " + words["helo"], b"MAIL FROM:" + words["sender"],
                     b"RCPT TO:" + words["rcpt"]):
            try:
                reply = client.command(line)
            except (smtp.Closed, ConnectionResetError):
                break  # by Postfix from 3.9 on: a bare LF is no line end
            if b"saywhy" in reply.raw or b"/why/" in reply.raw:
                assert_clean(reply)
    assert_records_clean(daemon)


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_words(through, daemon, what):
    word = HOSTILE[what]
    with through() as client:
        client.command("EHLO client.example")
        client.command(f'MAIL FROM:<"{word}"@sender.example>')
        reply = client.command("RCPT TO:<b@elsewhere.example>")
        if "/why/" in str(reply):
            assert_clean(reply)
            assert "%n%" in str(reply) or what != "percent"
    assert_records_clean(daemon)


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_header(through, daemon, what):
    with through() as client:
        client.ehlo()
        smtp.play(client, "MAIL FROM:<a@sender.example>\nRCPT TO:<user@example.org>")
        reply = client.data(f"Subject: casino {HOSTILE[what]}\n {HOSTILE[what]}\n\nx\n")
    assert reply.code == 550
    assert_clean(reply)
    assert_records_clean(daemon)


@pytest.mark.parametrize("what", RAW)
def test_raw_header(through, daemon, what):
    """The MTA may end such a line, mend it or hang up; we break no reply."""
    with through() as client:
        client.ehlo()
        smtp.play(client, "MAIL FROM:<a@sender.example>\nRCPT TO:<user@example.org>")
        client.command("DATA")
        client.send(b"Subject: casino " + RAW[what] + b" casino\r\n\r\nx\r\n.\r\n")
        reply = client.reply()
        if "/why/" in str(reply):
            assert_clean(reply)
            assert daemon.record(reply)["reason"] == "header-pattern"
    assert_records_clean(daemon)


@pytest.mark.parametrize("name", UNSAYABLE)
def test_words_that_cannot_be_said(build, tmp_path, name):
    """They never get as far as the wire: the file is refused, with its line."""
    block, complaint = UNSAYABLE[name]
    daemon = filters.Saywhyd(build, tmp_path / "saywhyd", block)
    before = filters.CONF.partition("{more}")[0].count("\n")
    mistakes = daemon.mistakes()
    assert re.search(rf"saywhy.conf:({before + 1}|{before + 2}): error", mistakes)
    assert complaint in mistakes


def test_percent_of_the_admin(saywhyd, postfix):
    """A single % in the admin's words arrives as one."""
    daemon = saywhyd('reason "relay-denied" { text = "We are 100% sure." }')
    with sites.behind_postfix(postfix, daemon)() as client:
        reply = smtp.play(client, """
            EHLO client.example
            MAIL FROM:<a@sender.example>
            RCPT TO:<b@elsewhere.example>
        """)
    assert reply.texts[0] == "We are 100% sure."
