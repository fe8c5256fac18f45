"""An id that names its host, asked for at the page of another one.

Host 2 has an empty store; host 1 has the record in its file alone, as while the
common store is away. Three pages on loopback, no mail server.
"""

import http.client
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

import pytest

import loopback_server
import process
from list_server import certificate
from test_store import ident, line


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def where(peer):
    """Of a port on loopback, or what it is."""
    return peer if isinstance(peer, str) else f"http://127.0.0.1:{peer}/why/"


class Front(loopback_server.LoopbackServer):
    """The web server before a page, which wants a certificate of its peers."""

    methods = ("GET",)

    def __init__(self, page, pem, clients):
        self.page = page
        super().__init__(pem, clients)

    def serve(self, request):
        status, text, _ = self.page.get(request.path.removeprefix("/why/"))
        body = text.encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


class Page:
    def __init__(self, build, folder, number, peers, *words, more=""):
        self.build = build
        self.port, self.folder = peers[number], folder / str(number)
        self.folder.mkdir()
        self.folder.chmod(0o777)
        (self.folder / "records.json").touch()
        (self.folder / "records.json").chmod(0o644)
        subprocess.run([pathlib.Path(build) / "saywhy", "store", "rebuild", "-c",
                        self.write(number, peers, more)], capture_output=True)
        self.process = subprocess.Popen(
            [pathlib.Path(build) / "saywhy", "serve", "-c",
             self.folder / "saywhy.conf", *words], stderr=subprocess.DEVNULL)
        process.wait_until(self.answers, "the page")

    def write(self, number, peers, more):
        conf = self.folder / "saywhy.conf"
        urls = ", ".join(f'"{n}={where(p)}"' for n, p in peers.items())
        conf.write_text(
            f'host-number = {number}\nuser = "nobody"\npage-rate = 0\n'
            f'record-file = "{self.folder}/records.json"\n'
            f'store = "{self.folder}/records.db"\n'
            f'page-listen = "inet:{self.port}@127.0.0.1"\n'
            f'peers = {{{urls}}}\n{more}')
        return conf

    def answers(self):
        try:
            return self.get("reason/")[0] == 200
        except OSError:
            return False

    def get(self, path):
        began = time.monotonic()
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        c.request("GET", f"/why/{path}")
        r = c.getresponse()
        return r.status, r.read().decode(), time.monotonic() - began

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait()


def refused(page):
    """A record of host 1, as saywhyd writes it."""
    with open(page.folder / "records.json", "a") as f:
        f.write(line(7).replace('": ', '":').replace(ident(7), ident(7) + "01"))


@pytest.fixture
def pages(request):
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    peers = {1: port(), 2: port(), 3: port()}
    made = [Page(request.config.option.build, folder, n, peers)
            for n in (1, 2)]
    yield made
    for page in made:
        page.stop()


def test_page_of_another_host(pages):
    one, two = pages
    with open(one.folder / "records.json", "a") as f:
        f.write(line(1))  # an id without a host
    refused(one)
    status, text, _ = one.get(ident(7) + "01")
    assert status == 200 and ident(7) + "01" in text
    status, text, seconds = two.get(ident(7).lower() + "-01?l=de")
    assert status == 200 and ident(7) + "01" in text and 'lang="de"' in text
    # Unknown there, too; of no peer; of a peer that is not there; of no host.
    assert two.get(ident(8) + "01")[0] == 404
    assert two.get(ident(8) + "0Z")[0] == 404
    assert two.get(ident(1))[0] == 404
    status, text, _ = two.get(ident(8) + "03")
    assert status == 503 and "look again in a minute" in text


def test_one_host_of_many(pages):
    """What a peer shows does not say whose it is: who shows the records of one host
    asks none."""
    one, _ = pages
    refused(one)
    peers = {1: one.port, 3: port()}
    three = Page(one.build, one.folder.parent, 3, peers, "--host", "mx.example.org")
    try:
        assert one.get(ident(7) + "01")[0] == 200
        assert three.get(ident(7) + "01")[0] == 404
    finally:
        three.stop()


@pytest.mark.parametrize("wrong", ["nothing", "ours", "theirs"])
def test_certificates(pages, wrong):
    """Both sides have one, and neither takes another."""
    one, _ = pages
    refused(one)
    pems = {name: certificate(one.folder, name) for name in
            ("localhost", "mx2.example.org", "mx3.example.org")}
    for pem in pems.values():
        pem.chmod(0o644)  # the page is that of nobody
    ours = pems["mx3.example.org" if wrong == "ours" else "mx2.example.org"]
    trusted = pems["mx3.example.org" if wrong == "theirs" else "localhost"]
    front = Front(one, pems["localhost"], f"{pems['mx2.example.org']}.crt")
    three = Page(one.build, one.folder.parent, 3,
                 {1: f"https://localhost:{front.port}/why/", 3: port()},
                 more=f'peers-ca-file = "{trusted}.crt"\n'
                 f'peers-certificate = "{ours}.crt"\npeers-key = "{ours}"\n')
    asked = ident(7) + "01"
    try:
        if wrong == "nothing":  # a busy machine is asked again after two seconds
            process.wait_until(lambda: three.get(asked)[0] == 200, "the page")
            assert asked in three.get(asked)[1]
        else:
            assert three.get(asked)[0] == 503
    finally:
        three.stop()
        front.close()


def test_a_host_that_hangs(pages):
    one, two = pages
    one.process.send_signal(signal.SIGSTOP)
    status, text, seconds = two.get(ident(7) + "01")
    assert status == 503 and "look again in a minute" in text
    assert seconds >= 0.15
    # 200 ms are waited; a busy machine makes that longer, but not each time.
    for _ in range(5):
        if seconds <= 2:
            break
        time.sleep(2.1)
        seconds = two.get(ident(7) + "01")[2]
    assert seconds <= 2
    # It is not asked again for two seconds.
    assert two.get(ident(7) + "01")[2] < seconds
    one.process.send_signal(signal.SIGCONT)
    process.wait_until(
        lambda: two.get(ident(7) + "01")[0] == 404, "host 1 answers again")
