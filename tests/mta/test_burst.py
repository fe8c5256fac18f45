"""Sessions wait beside each other, not for each other."""

import time

import pytest

import peer
import sites

SESSIONS = 50
RUNS = 20
WAIT = 0.5  # tests/fakes/checks_sleepy.c


@pytest.fixture(scope="module")
def daemon(saywhyd, build):
    for program in (build / "obj/saywhyd-sleepy", build / "saywhyd-sleepy"):
        if program.exists():
            return saywhyd(program=program)
    pytest.skip(f"no saywhyd-sleepy in {build} (make check-mta builds it)")


def burst(daemon):
    """Seconds until each of many sessions had its answer to MAIL."""
    mtas = [peer.Peer(daemon) for _ in range(SESSIONS)]
    for mta in mtas:
        mta.negotiate().connect()
        mta.helo()
    began = time.monotonic()
    for mta in mtas:
        mta.send("M", b"<a@sender.example>\0")
    for mta in mtas:
        assert mta.read() == ("c", b"")
    took = time.monotonic() - began
    for mta in mtas:
        with mta:
            mta.send("Q")
    return took


def test_fifty_at_once(daemon):
    """One after the other they would take 25 s."""
    seconds = [burst(daemon) for _ in range(RUNS)]
    assert min(seconds) >= WAIT
    assert min(seconds) < 0.7, seconds


def test_fifty_at_once_through_postfix(daemon, postfix):
    """A busy machine may be slow to run fifty smtpd, but not that slow."""
    connect = sites.behind_postfix(postfix, daemon)
    clients = [connect() for _ in range(SESSIONS)]
    for client in clients:
        client.ehlo()
    began = time.monotonic()
    for client in clients:
        client.send("MAIL FROM:<a@sender.example>\r\n")
    codes = [client.reply().code for client in clients]
    took = time.monotonic() - began
    for client in clients:
        client.close()
    assert codes == [250] * SESSIONS
    assert WAIT <= took < SESSIONS / 2 * WAIT
