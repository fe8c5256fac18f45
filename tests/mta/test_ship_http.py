"""Records arrive at a real HTTP server that fails in each way, once it works."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

import post_server
import process
import saywhyd
from list_server import certificate
from test_store import append, ident, line

TOKEN = "a-token-of-our-own"


class Shipper:
    def __init__(self, build, form, certificate=None, more="", clients=None):
        self.tool = pathlib.Path(build) / "saywhy"
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.folder.chmod(0o777)
        self.file = self.folder / "records.json"
        self.server = post_server.PostServer(form, certificate, clients)
        self.form = form
        scheme = "https" if certificate else "http"
        (self.folder / "token").write_text(TOKEN + "\n")
        table = "mail.records" if form == "clickhouse" else "saywhy"
        self.conf = self.folder / "saywhy.conf"
        self.conf.write_text(
            f'record-file = "{self.file}"\nuser = "nobody-at-all"\n'
            f'ship "x" {{ url = "{scheme}://localhost:{self.server.port}'
            f'{"/" if form == "clickhouse" else ""}"\n'
            f'format = {form}\ntable = "{table}"\n'
            f'mark = "{self.folder}/mark"\n'
            f'token-file = "{self.folder}/token"\n{more} }}\n')

    def start(self, *options):
        return subprocess.Popen(
            [self.tool, "ship", "-c", self.conf, *options, "x"],
            stderr=subprocess.PIPE, text=True)

    def once(self):
        p = self.start("--once")
        return p.wait(120), p.stderr.read()

    def until(self, ids, seconds=60):
        p = self.start()
        end = time.monotonic() + seconds
        while len(set(self.server.ids)) < ids and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)  # the mark
        p.send_signal(signal.SIGTERM)
        assert p.wait(30) == 0
        return p.stderr.read()


@pytest.fixture
def shipper(request):
    made = []

    def make(*args, **options):
        made.append(Shipper(request.config.option.build, *args, **options))
        return made[-1]

    yield make
    for s in made:
        s.server.close()
        assert s.server.mistakes == []


@pytest.fixture
def told(request, box):
    """A daemon with a block of that shipper, and what it says of it."""
    running = []

    def make(s):
        folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        folder.chmod(0o755)
        s.file.touch()
        shutil.chown(s.file, "nobody")
        block = s.conf.read_text().partition("ship ")[2]
        daemon = saywhyd.Saywhyd(pathlib.Path(request.config.option.build),
                                 folder / "saywhyd", "ship " + block, records=s.file)
        running.append(daemon.start())
        return daemon

    yield make
    for daemon in running:
        process.end(daemon.process)


def idents(first, count):
    return [ident(n) for n in range(first, first + count)]


@pytest.mark.parametrize("form", post_server.READ)
def test_each_format(shipper, form):
    s = shipper(form)
    append(s.file, 0, 2500)
    assert s.once()[0] == 0
    assert sorted(s.server.ids) == sorted(idents(0, 2500))
    scheme = "Splunk" if form == "splunk" else "Bearer"
    for _, fields in s.server.requests:
        assert fields["Authorization"] == f"{scheme} {TOKEN}"
        assert fields["Content-Encoding"] == "gzip"
    assert s.once()[0] == 0  # nothing comes twice
    append(s.file, 2500, 3)
    assert s.once()[0] == 0
    assert s.server.ids[2500:] == idents(2500, 3)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 401, 404, 302])
def test_the_server_fails(shipper, status):
    s = shipper("ndjson")
    append(s.file, 0, 10)
    s.server.plan = [lambda request, records: (status, {}, "not now")] * 2
    said = s.until(10)
    assert s.server.ids == idents(0, 10) and len(s.server.requests) == 3
    assert f"HTTP {status} not now" in said and "takes records again" in said
    assert said.count("records wait in their file") == 1


def test_it_says_when_to_come_again(shipper):
    s = shipper("ndjson")
    append(s.file, 0, 10)
    s.server.plan = [lambda request, records: (
        429, {"Retry-After": "3"}, "")]
    s.until(10)
    assert s.server.ids == idents(0, 10)
    first, second = (at for at, _ in s.server.requests)
    assert 3 <= second - first < 30


def test_it_is_slow(shipper):
    s = shipper("ndjson", more='timeout = "300 ms"')
    append(s.file, 0, 10)

    def sleep(request, records):
        time.sleep(1.5)
        return 500, {}, ""

    s.server.plan = [sleep]
    said = s.until(10)
    assert s.server.ids == idents(0, 10)
    assert "timed out" in said.lower() or "timeout" in said.lower()


@pytest.mark.parametrize("trusted, name", [
    (True, "localhost"), (False, "localhost"), (True, "other.example")])
def test_tls(shipper, tmp_path, trusted, name):
    both = certificate(tmp_path, name)
    s = shipper("ndjson", both, more=f'ca-file = "{both}.crt"' if trusted else "")
    append(s.file, 0, 10)
    status, said = s.once()
    if trusted and name == "localhost":
        assert status == 0 and s.server.ids == idents(0, 10)
    else:
        assert status == 69 and s.server.ids == []
        assert "certificate" in said or "SSL" in said


@pytest.mark.parametrize("known", [True, False])
def test_it_wants_our_certificate(shipper, tmp_path, known):
    theirs, ours, another = (certificate(tmp_path, name) for name in (
        "localhost", "mx1.example.org", "mx2.example.org"))
    s = shipper("ndjson", theirs, f'ca-file = "{theirs}.crt"\n'
                f'certificate = "{ours}.crt"\nkey = "{ours}"\n',
                f"{ours if known else another}.crt")
    append(s.file, 0, 10)
    assert (s.once()[0], s.server.ids) == ((0, idents(0, 10)) if known else (69, []))


def test_half_a_batch_is_refused_by_opensearch(shipper):
    """400 for some, 429 for others at first, 409 for what is there already."""
    s = shipper("opensearch")
    append(s.file, 0, 100)

    def half(request, records):
        statuses = {}
        for i, r in enumerate(records):
            if i % 4 == 1:
                statuses[r["id"]] = 400
            elif i % 4 == 2:
                statuses[r["id"]] = 429
            elif i % 4 == 3:
                statuses[r["id"]] = 409
        s.server.take([r for r in records if statuses.get(r["id"]) is None])
        return 200, {}, json.dumps(post_server._bulk(records, statuses))

    s.server.plan = [half]
    status, said = s.once()
    assert status == 0
    assert sorted(s.server.ids) == sorted(
        ident(n) for n in range(100) if n % 4 in (0, 2))
    assert "will not have 25 of 100 records: 400 a cause" in said
    assert len(s.server.requests) == 2


def test_one_line_that_nobody_wants(shipper):
    """The whole batch is refused for it; the others arrive."""
    s = shipper("ndjson")
    append(s.file, 0, 64)
    bad = ident(41)

    def strict(request, records):
        if any(r["id"] == bad for r in records):
            return 400, {}, "Cannot parse"
        return None

    s.server.plan = [strict] * 100
    status, said = s.once()
    assert status == 0
    assert sorted(s.server.ids) == sorted(set(idents(0, 64)) - {bad})
    assert "will not have 1 of 64 records: HTTP 400 Cannot parse" in said
    assert len(s.server.requests) <= 2 * 6 + 1


def refuses(request, records):
    return 400, {}, "the wrong Content-Type"


def test_who_takes_none_of_them(shipper):
    """Its own mistake, or that of who configured it: none of them is passed over."""
    s = shipper("ndjson")
    append(s.file, 0, 64)
    s.server.plan = [refuses] * (2 * 64 - 1)
    status, said = s.once()
    assert status == 69 and s.server.ids == [] and s.server.plan == []
    assert "it takes none of 64 records: HTTP 400 the wrong Content-Type" in said
    assert "will not have" not in said
    # It is asked with one record until it is mended, and again with all at times.
    s.server.plan = [refuses] * (2 * 64 - 1 + 2)
    said = s.until(64)
    assert sorted(s.server.ids) == sorted(idents(0, 64)) and s.server.plan == []
    assert "takes records again" in said and "will not have" not in said


def test_the_newest_is_the_one(shipper):
    """One that nobody wants, with nothing else there, waits for another; and in a
    batch of which it is the newest, the others arrive."""
    s = shipper("ndjson")
    append(s.file, 0, 1)
    s.server.plan = [refuses]
    status, said = s.once()
    assert status == 69 and "none of 1 records" in said
    append(s.file, 1, 1)
    s.server.plan = [lambda request, records: refuses(request, records)
                     if ident(0) in [r["id"] for r in records] else None] * 9
    status, said = s.once()
    assert status == 0 and s.server.ids == [ident(1)]
    assert "will not have 1 of 2 records" in said


def test_opensearch_maps_none_of_them(shipper):
    s = shipper("opensearch")
    append(s.file, 0, 20)
    s.server.plan = [lambda request, records: (200, {}, json.dumps(
        post_server._bulk(records, {r["id"]: 400 for r in records})))]
    status, said = s.once()
    assert status == 69 and "it takes none of 20 records: 400 a cause" in said
    assert s.once()[0] == 0 and s.server.ids == idents(0, 20)


def test_otlp_is_told_no_to_all(shipper):
    """It must not be asked again."""
    s = shipper("otlp")
    append(s.file, 0, 20)
    s.server.plan = [lambda request, records: (200, {}, json.dumps({
        "partialSuccess": {"rejectedLogRecords": 20, "errorMessage": "too old"}}))]
    status, said = s.once()
    assert status == 0 and "will not have 20 of 20 records: too old" in said


def test_splunk_names_the_event(shipper):
    s = shipper("splunk")
    append(s.file, 0, 20)

    def wrong(request, records):
        s.server.take(records[:7])
        return 400, {}, json.dumps({"text": "Invalid data format", "code": 6,
                                    "invalid-event-number": 7})

    s.server.plan = [wrong]
    assert s.once()[0] == 0
    assert s.server.ids == idents(0, 7) + idents(8, 12)


def test_otlp_takes_a_part(shipper):
    s = shipper("otlp")
    append(s.file, 0, 20)

    def part(request, records):
        s.server.take(records)
        return 200, {}, json.dumps({"partialSuccess": {
            "rejectedLogRecords": "3", "errorMessage": "too old"}})

    s.server.plan = [part]
    status, said = s.once()
    assert status == 0 and len(s.server.requests) == 1
    assert "will not have 3 of 20 records: too old" in said


def test_lines_that_are_no_record(shipper):
    s = shipper("ndjson")
    s.file.write_bytes(line(0).encode() + b"torn {\n\n\xff\xfe\n" +
                       line(1).encode() + b'{"v":1,')
    status, said = s.once()
    assert status == 0 and s.server.ids == idents(0, 2)
    assert "2 lines were no record" in said


def test_killed_and_rotated(shipper):
    """Nothing is lost; what comes twice was under way when it was killed."""
    s = shipper("ndjson", more="batch = 100")
    append(s.file, 0, 3000)
    s.server.plan = [lambda request, records: time.sleep(0.02)] * 1000
    for n in range(6):
        p = s.start()
        time.sleep(0.2 + 0.05 * n)
        p.kill()
        p.wait()
        p.stderr.close()
        if n == 2:
            os.rename(s.file, f"{s.file}.1")
            append(s.file, 3000, 500)
    s.server.plan = []
    s.until(3500)
    assert set(s.server.ids) == set(idents(0, 3500))
    assert len(s.server.ids) - 3500 <= 6 * 100


def test_forget_names_what_it_cannot_reach(shipper):
    s = shipper("ndjson")
    append(s.file, 0, 3)
    done = subprocess.run([s.tool, "forget", "-c", s.conf, "a@sender.example"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    missed = [line for line in done.stdout.splitlines() if line.startswith("not reached: ")]
    assert missed == [
        f'not reached: what "saywhy ship x" posted to http://localhost:{s.server.port}',
        "not reached: the lines in syslog or in the journal (syslog = yes)"]


def test_the_daemon_tells_how_it_fares(shipper, told):
    """While it works, fails, and is not at work: how far behind it is, and why."""
    s = shipper("ndjson", more="batch = 100")
    daemon = told(s)

    def state():
        [found] = json.loads(daemon.run_tool(
            "status", "--json", "-c", daemon.conf, check=True).stdout)["ships"]
        return found

    assert state() == {
        "ship": "x", "state": "silent", "taken": 0, "refused": 0, "bad": 0,
        "behind": 0, "lag": 0,
        "failure": 'nobody says that "saywhy ship x" runs'}
    append(s.file, 0, 300)
    size = s.file.stat().st_size
    assert state()["behind"] == size
    shipping = s.start()
    process.wait_until(lambda: state()["taken"] == 300, "the first ones")
    assert state() == {
        "ship": "x", "state": "works", "taken": 300, "refused": 0, "bad": 0,
        "behind": 0, "lag": 0, "failure": None}
    s.server.plan = [lambda request, records: (503, {}, "closed\x1b[2J")] * 1000
    append(s.file, 300, 50)
    process.wait_until(lambda: state()["state"] == "fails", "it to fail")
    found = state()
    assert found["behind"] == s.file.stat().st_size - size
    assert found["lag"] > 0 and "HTTP 503 closed" in found["failure"]
    shown = daemon.run_tool("status", "-c", daemon.conf).stdout
    assert "ship        x fails: " in shown and "\x1b" not in shown
    found_wrong = daemon.run_tool("doctor", "-c", daemon.conf).stdout
    assert 'ship "x" fails: ' in found_wrong
    assert "systemctl status saywhy-ship@x" in found_wrong
    known = daemon.metrics()
    assert known['saywhy_ship_healthy{ship="x"}'] == 0
    assert known['saywhy_ship_records_total{ship="x"}'] == 300
    assert known['saywhy_ship_behind_bytes{ship="x"}'] == found["behind"]
    assert known['saywhy_ship_lag_seconds{ship="x"}'] >= found["lag"]
    s.server.plan = []
    process.wait_until(lambda: state()["taken"] == 350, "all of them")
    assert state()["state"] == "works" and state()["failure"] is None
    shipping.send_signal(signal.SIGTERM)
    assert shipping.wait(30) == 0
    shipping.stderr.close()
    # It was stopped: as nobody says anything any more, so does the daemon.
    text = (s.folder / "mark.state").read_text()
    words = text.splitlines()[0].split()
    words[words.index("now") + 1] = str(int(time.time() * 1000) - 200_000)
    (s.folder / "mark.state").write_text(" ".join(words) + "\n\n")
    found = state()
    assert found["state"] == "silent" and found["taken"] == 350
    assert 'ship x" has said nothing since 20' in found["failure"]
    assert 'odd   ship ' in daemon.run_tool("doctor", "-c", daemon.conf).stdout
