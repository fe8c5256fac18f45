"""Sessions wait beside each other, not for each other."""

import time

import pytest

import sites

SESSIONS = 50
WAIT = 0.5  # tests/fakes/checks_sleepy.c


@pytest.fixture(scope="module")
def sleepy(build):
    for program in (build / "obj/saywhyd-sleepy", build / "saywhyd-sleepy"):
        if program.exists():
            return program
    pytest.skip(f"no saywhyd-sleepy in {build} (make check-mta builds it)")


def test_fifty_at_once(saywhyd, postfix, sleepy):
    """One after the other they would take 25 s; make bench measures it well."""
    connect = sites.behind_postfix(postfix, saywhyd(program=sleepy))
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
    assert WAIT <= took < 4 * WAIT
