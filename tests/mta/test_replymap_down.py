"""A reply map that is down, hung, slow or broken: stock replies go out."""

import os
import socket
import struct
import threading
import time

import pytest

import process
import saywhyd as saywhyd_module
import smtp
from test_replymap import FROM, RELAY, UNKNOWN, play, since, site, start

MAP = {"footer": "postfix", "filter": "postfix311"}


@pytest.fixture(params=MAP)
def mapped(request):
    return request.getfixturevalue(MAP[request.param]), request.param


class Broken:
    """A server that does this to each connection."""

    def __init__(self, path, behave):
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        path.chmod(0o666)
        self.listener.listen(64)
        threading.Thread(target=self._accept, args=(behave,), daemon=True).start()

    def _accept(self, behave):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(behave, connection),
                             daemon=True).start()

    @staticmethod
    def _serve(behave, connection):
        with connection:
            connection.recv(65536)
            behave(connection)


def half(connection):
    connection.sendall(b"120:OK 550-5.7.1 and the rest")


def slow(connection):
    for byte in b"9:NOTFOUND ,":
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def garbage(connection):
    connection.sendall(b"9999999999999999999:OK x,")


@pytest.mark.parametrize("behave", [half, slow, garbage])
def test_broken_server(mapped, box, behave):
    mta, name = mapped
    path = box / f"{behave.__name__}-{name}.sock"
    Broken(path, behave)
    stock = play(mta.listen(), UNKNOWN)
    port = mta.listen(**{f"smtpd_reject_{name}_maps": f"socketmap:unix:{path}:{name}"})
    began = time.monotonic()
    assert play(port, UNKNOWN).raw == stock.raw
    assert time.monotonic() - began < 60  # of 100 that Postfix would wait


def test_killed(mapped, saywhyd):
    mta, name = mapped
    daemon = start(saywhyd)
    stock = play(mta.listen(), UNKNOWN)
    port = mta.listen(**site(daemon, name, smtpd_milters=""))
    with smtp.Client(port, address="192.0.2.7") as client:
        smtp.play(client, FROM)
        daemon.kill()
        assert client.command("RCPT TO:<missing@example.org>").raw == stock.raw
    assert play(port, UNKNOWN).raw == stock.raw


def test_stopped_and_up_again(mapped, saywhyd):
    mta, name = mapped
    daemon = start(saywhyd)
    port = mta.listen(**site(daemon, name, smtpd_milters=""))
    daemon.stop()
    assert not (daemon.folder / "reply.sock").exists()
    assert play(port, UNKNOWN).code == 550
    daemon.start()
    assert daemon.record(play(port, UNKNOWN))["reason"] == "mailbox-unknown"


def test_hung_once_it_is_continued(postfix, saywhyd):
    """SIGSTOP: the client waits (100 s of Postfix's own at most), nothing is lost."""
    daemon = start(saywhyd)
    port = postfix.listen(**site(daemon, "footer", smtpd_milters=""))
    with smtp.Client(port, address="192.0.2.7") as client:
        smtp.play(client, FROM)
        daemon.signal(19)
        began = time.monotonic()
        threading.Timer(1.5, daemon.signal, (18,)).start()
        reply = client.command("RCPT TO:<missing@example.org>")
        assert 1 < time.monotonic() - began < 60
    assert daemon.record(reply)


@pytest.mark.skipif(not os.environ.get("SAYWHY_SLOW"),
                    reason="Postfix waits 100 s; SAYWHY_SLOW=1 does, too")
def test_hung_for_good(mapped, saywhyd):
    """Its own limit, once for each reply; then the stock reply."""
    mta, name = mapped
    daemon = start(saywhyd)
    stock = play(mta.listen(), UNKNOWN)
    port = mta.listen(**site(daemon, name, smtpd_milters=""))
    daemon.signal(19)
    with smtp.Client(port, address="192.0.2.7", timeout=150) as client:
        smtp.play(client, FROM)
        began = time.monotonic()
        reply = client.command("RCPT TO:<missing@example.org>")
    daemon.signal(18)
    assert 90 < time.monotonic() - began < 110
    assert reply.raw == stock.raw


BAD = {
    "huge": b"9223372036854775808:filter x,",
    "too-long": b"32769:" + b"x" * 40000,
    "letters": b"GET / HTTP/1.0\r\n\r\n",
    "no-comma": b"8:filter x.",
    "no-map": b"7:filterx,",
    "zeros": b"0008:filter x,",
    "negative": b"-5:filter x,",
    "empty": b"0:,",
}


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return start(saywhyd)


def connect(daemon):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(60)
    peer.connect(str(daemon.folder / "reply.sock"))
    return peer


def ask(peer, name, key):
    text = f"{name} {key}".encode()
    peer.sendall(b"%d:%s," % (len(text), text))
    answer = peer.recv(65536)
    size, _, rest = answer.partition(b":")
    assert len(rest) == int(size) + 1
    return rest[:-1].decode()


@pytest.mark.parametrize("name", BAD)
def test_garbage_is_dropped(daemon, name):
    with connect(daemon) as peer:
        peer.sendall(BAD[name])
        try:
            assert peer.recv(1) == b""
        except ConnectionResetError:
            pass
    with connect(daemon) as peer:
        assert ask(peer, "other", "550 5.1.1 x") == "NOTFOUND "


def test_half_a_question_is_dropped_in_time(daemon):
    with connect(daemon) as peer:
        peer.sendall(b"20:filter 550 ")
        began = time.monotonic()
        assert peer.recv(1) == b""
        assert 4 < time.monotonic() - began


def test_silence_costs_nothing(daemon):
    peers = [connect(daemon) for _ in range(300)]
    before = cpu(daemon)
    time.sleep(1)
    assert cpu(daemon) - before < 0.5
    for peer in peers:
        assert ask(peer, "filter", "502 5.5.2 Error: command not recognized") == "NOTFOUND "
        peer.close()


def cpu(daemon):
    fields = open(f"/proc/{daemon.process.pid}/stat").read().split()
    return (int(fields[13]) + int(fields[14])) / 100


def test_a_reader_who_does_not_read(daemon):
    """Answers pile up in the socket, then the connection goes."""
    with connect(daemon) as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 60, 0))
        question = b"29:filter 550 5.1.1 User unknown,"
        try:
            for _ in range(200000):
                peer.sendall(question)
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            pytest.fail("never dropped")
    assert daemon.process.poll() is None


def test_records_of_unasked_refusals_come_soon(postfix, daemon):
    """No map is set in Postfix: the record waits a second for a question."""
    port = postfix.listen(smtpd_milters=daemon.address)
    before = len(daemon.records())
    with smtp.Client(port, address="192.0.2.7") as client:
        smtp.play(client, RELAY)
        [record] = process.wait_until(lambda: since(daemon, before), "a record")
    assert record["reply"]["code"] is None
    assert record["client"]["address"] == "192.0.2.7"


def test_next_event_ends_the_wait(postfix, daemon):
    port = postfix.listen(smtpd_milters=daemon.address)

    def session():
        before = len(daemon.records())
        with smtp.Client(port, address="192.0.2.7") as client:
            smtp.play(client, RELAY)
            client.command("RCPT TO:<missing@example.org>")
            process.wait_until(lambda: since(daemon, before), "a record")

    assert process.shortest(session, 0.5) < 0.5


def test_id_of_an_answer_is_recorded(daemon):
    with connect(daemon) as peer:
        answer = ask(peer, "filter", "550 5.1.1 <x@example.org>: User unknown")
    lines = answer.removeprefix("OK ").split("\r\n")
    assert lines[-1].startswith("550 5.1.1 https://mx.example.org/why/")
    id_ = saywhyd_module.ID.search(lines[-1]).group(1)
    assert [r for r in daemon.records() if r["id"] == id_][0]["joined"] is False
