"""The milter's side of the protocol, towards peers of every kind."""

import pytest

import peer
import process

REFUSED = "<b@elsewhere.example>"
NO_MESSAGE = peer.NOBODY | peer.NOHDRS | peer.NOEOH | peer.NODATA
ALL = """
content { max-size = "1 MB" }
auth { results = no }
reason "relay-denied" { text = "100% no, %s." }
"""


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return saywhyd(ALL)


@pytest.fixture
def mta(daemon):
    with peer.Peer(daemon) as mta:
        yield mta
    assert daemon.process.poll() is None


def test_a_whole_session(mta):
    mta.negotiate()
    assert mta.connect() is None and mta.helo() is None
    mta.mail()
    assert mta.rcpt() == ("c", b"")
    assert mta.message() == ("c", b"")
    mta.mail()
    mta.rcpt()
    letter, text = mta.message(subject="casino")
    assert letter == "y" and text.startswith(b"550-5.7.1 ")


def test_percent_is_doubled(mta):
    mta.negotiate().connect()
    mta.mail()
    letter, text = mta.rcpt(REFUSED)
    assert letter == "y" and b" 100%% no, %%s.\r\n" in text


def test_libmilter_has_nothing_to_say(mta, syslog):
    """It logs each answer to a step that was to have none."""
    mta.negotiate().connect()
    mta.helo()
    for _ in range(3):
        mta.mail()
        mta.rcpt()
        mta.message()
    assert [line for line in syslog.lines if "saywhy" in line] == []


def test_without_negotiation(mta):
    """libmilter lets a peer begin with MAIL; nothing is refused less."""
    assert mta.mail() == ("c", b"")
    letter, text = mta.rcpt(REFUSED)
    assert letter == "y" and text.startswith(b"550")


def test_an_old_peer_is_answered_at_every_step(mta):
    mta.negotiate(version=2, actions=0x3F, steps=0x7F)
    go_on = ("c", b"")
    mta.steps &= 0x7F  # libmilter answers for us what the peer awaits
    assert mta.connect() == go_on and mta.helo() == go_on
    assert mta.mail() == go_on and mta.rcpt() == go_on
    assert mta.header("Subject", "casino") == go_on
    assert mta.tell("N") == go_on and mta.tell("B", b"x") == go_on
    assert mta.tell("E")[0] == "y"


def test_abort_and_quit_at_any_time(mta):
    mta.negotiate()
    for letter in "AA":
        mta.send(letter)
    mta.connect()
    mta.mail()
    for letter in "AAA":
        mta.send(letter)
    mta.mail()
    assert mta.rcpt(REFUSED)[0] == "y"
    mta.send("A")
    mta.send("Q")
    assert mta.read() is None


def test_quit_before_connect(mta):
    mta.negotiate().send("Q")
    assert mta.read() is None


def test_another_client_on_the_same_connection(mta):
    """SMFIC_QUIT_NC: the next one needs no negotiation."""
    mta.negotiate().connect("198.51.100.66")
    mta.mail()
    assert mta.rcpt()[0] == "y"
    mta.send("A")
    mta.send("K")
    mta.connect("192.0.2.7")
    mta.mail()
    assert mta.rcpt()[0] == "c"
    assert mta.rcpt(REFUSED)[0] == "y"


def test_a_client_without_address(mta):
    """Sendmail's word for mail that comes by no connection."""
    mta.negotiate().tell("C", b"localhost\0U\0")
    mta.mail("<bad@sender.example>")
    assert mta.rcpt(REFUSED) == ("c", b"")


def test_a_refused_recipient_is_no_news(mta, daemon):
    before = len(daemon.records())
    mta.negotiate().connect()
    mta.mail()
    mta.macros("R", **{"{rcpt_mailer}": "error", "{rcpt_host}": "5.1.1",
                       "{rcpt_addr}": "unknown"})
    assert mta.rcpt(REFUSED) == ("c", b"")
    mta.macros("R", **{"{rcpt_mailer}": "error"})
    assert mta.rcpt(REFUSED) == ("c", b"")
    issuers = [record["issuer"] for record in daemon.records()[before:]]
    assert issuers == ["mta", "mta"]


def test_the_queue_id_of_one_message_is_not_the_next_ones(mta, daemon):
    mta.negotiate().connect()
    mta.mail()
    mta.macros("R", i="FIRST1")
    mta.rcpt()
    mta.macros("E", i="FIRST1")
    mta.message()
    mta.mail()
    mta.rcpt(REFUSED)
    assert "queue_id" not in daemon.records()[-1]


@pytest.mark.parametrize("junk", [
    b"", b"\0\0\0\0", b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n",
    b"\0\0\0\1O", b"\0\0\0\1C", b"\0\0\0\5Cx\0004\0", b"\0\0\0\2M\0",
    b"\0\0\0\1R", b"\0\0\0\2Lx", b"\0\0\0\1E", b"\0\0\0\1T", b"\0\0\0\1?",
])
def test_junk(daemon, junk):
    for negotiated in (False, True):
        with peer.Peer(daemon) as mta:
            if negotiated:
                mta.negotiate().connect()
            mta.socket.sendall(junk)
    assert daemon.process.poll() is None


def test_asks_for_no_more_than_it_needs(saywhyd):
    """blacklist and relay alone need no message."""
    daemon = saywhyd()
    daemon.configure(mode="observe")
    text = daemon.conf.read_text()
    daemon.conf.write_text(text[:text.index("content {")] +
                           'reason "mail-loop" { action = off }\n'
                           'reason "header-too-large" { action = off }\n'
                           "auth { spf = no dkim = no dmarc = no }\n")
    daemon.reload()
    with peer.Peer(daemon) as mta:
        mta.negotiate()
        assert mta.steps & NO_MESSAGE == NO_MESSAGE
        assert mta.actions == 0x100


def test_asks_for_marks_only_when_it_enforces(saywhyd):
    marks = 'reason "header-pattern" { action = quarantine }\nauth { results = no }\n'
    daemon = saywhyd(marks)
    with peer.Peer(daemon) as mta:
        assert mta.negotiate().actions == 0x1 | 0x10 | 0x20 | 0x100
        mta.connect()
        mta.mail()
        mta.rcpt()
        assert [mta.message("casino")[0], mta.read()[0], mta.read()[0]] == \
            ["h", "q", "c"]
    with peer.Peer(daemon) as mta:
        # One that cannot hold a message must not deliver it instead.
        mta.negotiate(actions=0x11F).connect()
        mta.mail()
        mta.rcpt()
        assert [mta.message("casino")[0], mta.read()[0]] == ["h", "t"]
    daemon.configure(marks, mode="observe")
    daemon.reload()
    with peer.Peer(daemon) as mta:
        assert mta.negotiate().actions == 0x100


def test_a_stop_waits_no_longer_than_told(saywhyd):
    daemon = saywhyd('stop-timeout = "200 ms"')
    with peer.Peer(daemon) as mta:
        mta.negotiate().connect()
        assert process.end(daemon.process) == 0
        assert mta.read() is None
    assert "did not end in time: 1;" in daemon.log()
