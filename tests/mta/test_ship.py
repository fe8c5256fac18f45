"""Many hosts and one store: PostgreSQL, and what `saywhy ship` brings there.

What one host refused the other's tool and page know; see test_ship_faults.py for
what happens to it when something dies.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pytest

import postgresql
import process
import smtp
from saywhyd import id_of
from test_store import TEMPLATE, append, ident, loaded

pytestmark = pytest.mark.skipif(
    postgresql.programs() is None, reason="there is no PostgreSQL here")


@pytest.fixture(scope="module")
def server(box):
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    folder.chmod(0o755)
    running = postgresql.Server(folder / "pg")
    yield running
    running.stop()


@pytest.fixture
def empty(server):
    """The server, with an empty database."""
    server.sql("DROP DATABASE saywhy WITH (FORCE)", "postgres")
    server.sql("CREATE DATABASE saywhy", "postgres")
    return server


class Host:
    """A mail server as the store sees it: a configuration and a record file."""

    def __init__(self, build, box, server, name, more=""):
        self.build, self.name = build, name
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        self.folder.chmod(0o755)
        shutil.chown(self.folder, "nobody")
        self.conf = self.folder / "saywhy.conf"
        self.records = self.folder / "records.json"
        self.records.touch()
        shutil.chown(self.records, "nobody")
        self.ship_state = self.folder / "ship.state"
        self.settings = (f'store = "{server.url}"\n'
                         f'ship-state = "{self.ship_state}"\nsyslog = no\n')
        self.conf.write_text(
            f'name = "{name}"\ncontact = "postmaster@example.org"\n'
            f'listen = "unix:{self.folder}/milter.sock"\nuser = "nobody"\n'
            f'record-file = "{self.records}"\n{self.settings}{more}')
        self.process = None

    def tool(self, *words):
        return subprocess.run(
            [self.build / "saywhy", words[0], "-c", self.conf, *words[1:]],
            capture_output=True, text=True, timeout=120)

    def ship(self):
        """In the background, with its log."""
        with open(self.folder / "ship.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.build / "saywhy", "ship", "-c", self.conf],
                stdout=log, stderr=log)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            assert process.end(self.process) == 0, self.log()

    def log(self):
        return (self.folder / "ship.log").read_text()

    def state(self):
        words = self.ship_state.read_text().splitlines()[0].split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def caught_up(self):
        return self.ship_state.exists() and self.state()["behind"] == 0 \
            and not self.state()["failing"]


@pytest.fixture
def host(build, box, empty):
    """A function that makes one; what it ships is ended with the test."""
    hosts = []

    def make(name="mx1.example.org", more=""):
        hosts.append(Host(build, box, empty, name, more))
        return hosts[-1]

    yield make
    for one in hosts:
        one.stop()


DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def hour_id(at, n):
    """As one of that time begins."""
    hour = int(at) // 3600 % 1024
    return DIGITS[hour >> 5] + DIGITS[hour & 31] + f"{n:010}"


def stored(server):
    """How many records, how many ids, how many lines."""
    return tuple(map(int, server.sql(
        "SELECT (SELECT count(*) FROM record), (SELECT count(DISTINCT id) "
        "FROM record), (SELECT count(*) FROM line)").split("|")))


def test_once_and_again(host, empty):
    """All of it; the same file again, and a copy of it, change nothing."""
    one = host()
    append(one.records, 0, 3000)
    assert one.tool("ship", "--once").returncode == 0
    assert stored(empty) == (3000,) * 3
    empty.sql("UPDATE place SET at = 0")
    os.rename(one.records, f"{one.records}.1")
    shutil.copy(f"{one.records}.1", one.records)
    append(one.records, 3000, 1)
    done = one.tool("ship", "--once")
    assert done.returncode == 0, done.stderr
    assert stored(empty) == (3001,) * 3


def test_asked_like_a_file(build, box, host, empty):
    """Whatever is asked, the store of a file and that of the server agree."""
    one = host(more='retention = "30 days"')
    lines, now = [], int(time.time())
    for n in range(300):
        record = json.loads(json.dumps(TEMPLATE)) | {
            "id": ident(n), "host": f"mx{n % 3}.example.org",
            "outcome": ("reject", "tempfail", "observed")[n % 3],
            "reason": ("spf-fail", "relay-denied")[n % 2],
            "client": {"address": f"192.0.2.{n % 50}" if n % 2 else
                       f"2001:db8::{n % 9}", "name": f"H{n % 7}.Example.net"},
            "sender": f"Who{n % 20}@Sender{n % 4}.example",
            "recipients": [f"r{n % 11}@example.org", "Other@example.com"],
            "queue_id": f"Q{n % 5}", "login": f"ann{n % 3}",
            "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z",
                                  time.gmtime(now - n * 7000)),
        }
        if n % 10 == 0:
            del record["sender"], record["client"]["address"]
            record["recipients"] = []
            record["evidence"] = {"pattern": "Zwölf %_ \\ \" Boxkämpfer"}
        lines.append(json.dumps(record, ensure_ascii=n % 20 == 0))
    one.records.write_text("\n".join(lines) + "\n")
    assert one.tool("ship", "--once").returncode == 0
    questions = [
        [], ["--client", "192.0.2.7"], ["--client", "192.0.2.0/28"],
        ["--client", "2001:db8::/32"], ["--client", "h3.example.net"],
        ["--client", "example.net"], ["--client", ".example.net"],
        ["--client", "ample.net"], ["--domain", "SENDER1.example"],
        ["--domain", "example.com"], ["--sender", "WHO3@sender3.example"],
        ["--recipient", "R4@example.org"], ["--recipient", "other@example.com"],
        ["--reason", "spf-fail", "--outcome", "reject"], ["--reason", "none"],
        ["--issuer", "mta"], ["--queue-id", "Q3"], ["--login", "ann1"],
        ["--host", "mx2.example.org"], ["--text", "boxkämpfer"],
        ["--text", "%_ \\"], ["--text", "zwölf"], ["--since", "3 days"],
        ["--text", "zwölf", "--since", "9 days", "--until", "2 days"],
        ["--since", "9 days", "--until", "2 days", "--host", "mx1.example.org"],
    ]
    for words in questions:
        ours = one.tool("find", "--json", "--limit", "0", *words)
        files = subprocess.run(
            [build / "saywhy", "find", "--file", one.records, "--json",
             "--limit", "0", *words], capture_output=True, text=True)
        assert ours.stdout.splitlines() == files.stdout.splitlines(), words
        assert ours.returncode == files.returncode, (words, ours.stderr)
    page = one.tool("find", "--limit", "7", "--page", "3", "--json")
    assert len(page.stdout.splitlines()) == 7
    for words in (["month"], ["week", "--host", "mx1.example.org"]):
        counted(build, one, *words)
    shown = one.tool("show", "--json", ident(33))
    assert shown.stdout == lines[33] + "\n"


def counted(build, one, *words):
    """The report of the store, which is that of the record file."""
    ours = json.loads(one.tool("report", "--json", *words).stdout)
    files = json.loads(subprocess.run(
        [build / "saywhy", "report", "--file", one.records, "--json", *words],
        capture_output=True, text=True).stdout)
    for shown in (ours, files):
        shown.pop("site", None)
    assert ours == files, words
    return ours


def test_counted_before(build, host, empty):
    """Reports from digests say what the records say, whatever comes late."""
    one = host(more='retention = "30 days"')
    now = int(time.time())

    def record(n, at):
        return json.dumps(TEMPLATE | {
            "id": ident(n), "outcome": ("reject", "tempfail")[n % 3 == 0],
            "reason": ("spf-fail", "relay-denied", "greylisted")[n % 3],
            "client": {"address": f"192.0.{n % 3}.{n % 50}",
                       "name": f"h{n % 7}.mail.google.com"},
            "sender": f"who{n % 20}@sender{n % 4}.example", "login": f"u{n % 3}",
            "recipients": [f"r{n % 11}@example.org", f"r{n % 6}@example.com"],
            "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at)),
        }) + "\n"

    with open(one.records, "w") as out:
        out.writelines(record(n, now - n * 400) for n in range(1000, 0, -1))
    one.ship()
    process.wait_until(one.caught_up, "the records")
    uncounted = ("SELECT count(*) FROM record WHERE NOT EXISTS (SELECT 1 FROM "
                 "digest WHERE begins <= time AND begins + hours * 3600000 > "
                 f"time) AND time < {(now - 7200) * 1000}")
    process.wait_until(lambda: empty.sql(uncounted) == "0" and int(empty.sql(
        "SELECT count(*) FROM digest WHERE hours = 24")) >= 3, "digests")
    everything = counted(build, one, "week")
    assert everything["records"] == 1000 and everything["deferred"]
    for words in (["day"], ["month"], ["week", "--host", "mx.example.org"],
                  ["--since", "70 h"], ["week", "--host", "none.example.org"]):
        counted(build, one, *words)
    # What comes late takes the digests of its hour and day away.
    digest = ("SELECT count(*) FROM digest WHERE begins <= {0} AND "
              "begins + hours * 3600000 > {0}").format((now - 200000) * 1000)
    assert int(empty.sql(digest)) == 2
    with open(one.records, "a") as out:
        out.writelines(record(n, now - 200000) for n in range(2000, 2050))
    process.wait_until(lambda: stored(empty) == (1050,) * 3, "late ones")
    assert counted(build, one, "week")["records"] == 1050
    process.wait_until(lambda: int(empty.sql(digest)) == 2, "them again")
    assert counted(build, one, "week")["records"] == 1050
    one.stop()
    # Who came back, and when, is of today; the rest is not looked at again.
    empty.sql("UPDATE record SET later = time + 60000 WHERE sender LIKE 'who3@%'")
    kept = one.tool("report", "--json", "week").stdout
    assert json.loads(kept)["later"]["sum"] > 0
    assert json.loads(kept)["deferred"][0]["taken"] > 0
    empty.sql("CREATE TABLE aside AS SELECT * FROM digest; DELETE FROM digest")
    assert one.tool("report", "--json", "week").stdout == kept
    empty.sql("INSERT INTO digest SELECT * FROM aside; DELETE FROM record "
              f"WHERE time < {(now - 200000) * 1000} AND later IS NULL")
    assert one.tool("report", "--json", "week").stdout == kept
    # They hold addresses, so they go with one that is forgotten.
    assert one.tool("forget", "r3@example.org").returncode == 0
    assert "r3@example.org" not in one.tool("report", "--json", "week").stdout


def test_away(host, empty):
    """The server is away: it is said once, with how much waits, and made up."""
    one = host()
    append(one.records, 0, 100)
    one.ship()
    process.wait_until(one.caught_up, "the first")
    assert "libpq" in loaded(one.process.pid)  # as test_store.py looks for it
    empty.stop()
    append(one.records, 100, 500)
    process.wait_until(lambda: one.state()["failing"] and
                       one.state()["behind"] == sum(
                           1 for _ in open(one.records)) - 100 or
                       one.state()["behind"] > 100000, "to be behind")
    assert one.tool("find").returncode == 66
    empty.start()
    process.wait_until(one.caught_up, "to catch up")
    assert stored(empty) == (600,) * 3
    assert one.log().count("records stay in") == 1
    assert "takes records again" in one.log()


def test_how_it_fares(host, saywhyd, empty):
    """The daemon tells how far behind ship is, and why."""
    one = host()
    daemon = saywhyd(one.settings)
    one.records, one.conf = daemon.record_file, daemon.conf

    def shipping():
        done = daemon.run_tool("status", "--json", "-c", daemon.conf)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["store"]

    assert shipping()["state"] == "fails" and "runs" in shipping()["failure"]
    append(one.records, 0, 100)
    one.ship()
    process.wait_until(lambda: shipping()["taken"] == 100, "the first")
    assert shipping()["state"] == "works" and shipping()["lag"] == shipping()["behind"] == 0
    assert "failure" not in shipping() and "libpq" not in loaded(daemon.process.pid)
    known = daemon.metrics()
    assert known["saywhy_store_records_total"] == 100 and known["saywhy_store_failing"] == 0
    assert known["saywhy_store_behind_bytes"] == known["saywhy_store_lag_seconds"] == 0
    empty.stop()
    append(one.records, 100, 10)
    process.wait_until(lambda: shipping()["lag"] >= 2, "it to be behind")
    assert shipping()["state"] == "fails" and "server" in shipping()["failure"]
    known = daemon.metrics()
    assert known["saywhy_store_failing"] == 1 and known["saywhy_store_lag_seconds"] >= 2
    assert known["saywhy_store_behind_bytes"] > 0
    shown = daemon.run_tool("status", "-c", daemon.conf).stdout
    assert "bytes of the record file to go" in shown and " s behind" in shown
    empty.start()
    process.wait_until(lambda: shipping()["taken"] == 110, "the others")
    process.wait_until(lambda: shipping()["lag"] == 0, "it to catch up")


def test_two_of_one_name(host):
    """The second says so, and ships nothing."""
    one, two = host(), host()
    two.conf.write_text(one.conf.read_text())
    append(one.records, 0, 10)
    one.ship()
    process.wait_until(one.caught_up, "the first")
    done = two.tool("ship", "--once")
    assert done.returncode == 69
    assert "no two hosts may have the same name" in done.stderr


def test_days(host, empty):
    """Each day has its tables; the longest retention of all decides."""
    one = host("mx1.example.org", 'retention = "3 days"')
    two = host("mx2.example.org", 'retention = "10 days"')
    now = time.time()
    for who, days in ((one, 2), (two, 9)):
        lines = [json.dumps(TEMPLATE | {
            "id": ident(n + days * 1000), "time": time.strftime(
                "%Y-%m-%dT12:00:00.000Z", time.gmtime(now - n * 86400))})
            for n in range(days + 4)]
        who.records.write_text("\n".join(lines) + "\n")
        assert who.tool("ship", "--once").returncode == 0
    days = empty.sql("SELECT count(*) FROM pg_inherits WHERE inhparent = "
                     "'record'::regclass")
    assert int(days) in (10, 11)
    empty.sql("UPDATE place SET retention = 3 * 86400000")
    assert one.tool("ship", "--once").returncode == 0
    append(two.records, 0, 1)
    empty.sql("UPDATE place SET seen = now() - interval '31 days' WHERE "
              "shipper LIKE 'mx2%'")
    one.ship()
    process.wait_until(lambda: int(empty.sql(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = "
        "'line'::regclass")) <= 4, "old days to go")


def test_versions(host, empty):
    """An older saywhy works beside a newer one, unless that says no."""
    one = host()
    append(one.records, 0, 5)
    assert one.tool("find").returncode == 66
    assert "nothing was shipped there yet" in one.tool("find").stderr
    assert one.tool("ship", "--once").returncode == 0
    empty.sql("UPDATE saywhy SET version = 99; ALTER TABLE record ADD COLUMN "
              "newer text; ALTER TABLE line ADD COLUMN newer text")
    append(one.records, 5, 5)
    assert one.tool("ship", "--once").returncode == 0
    assert len(one.tool("find", "--json").stdout.splitlines()) == 10
    empty.sql("UPDATE saywhy SET works_from = 99")
    done = one.tool("find")
    assert done.returncode == 66 and "made for a newer saywhy" in done.stderr


def test_brought_up_to_date(host, empty):
    """A store as the first version made it, by the ship of a newer saywhy."""
    one = host()
    append(one.records, 0, 5)
    assert one.tool("ship", "--once").returncode == 0
    empty.sql("DROP TABLE policy; DROP INDEX record_taken; ALTER TABLE place DROP "
              "COLUMN taken; UPDATE saywhy SET version = 1")
    done = one.tool("find")
    assert done.returncode == 66 and "made by an older saywhy" in done.stderr
    append(one.records, 5, 5)
    assert one.tool("ship", "--once").returncode == 0
    assert len(one.tool("find", "--json").stdout.splitlines()) == 10
    assert int(empty.sql("SELECT version FROM saywhy")) > 1
    assert stored(empty) == (10,) * 3


def test_forgotten(host, empty):
    one = host()
    append(one.records, 0, 20)
    assert one.tool("ship", "--once").returncode == 0
    done = one.tool("forget", "A@Sender.example")
    assert done.returncode == 0, done.stderr
    assert "20 lines of files and 20 records" in done.stdout
    assert "not reached: the record files of the other hosts" in done.stdout
    assert "syslog" not in done.stdout  # as it is off
    assert one.tool("find", "--sender", "a@sender.example").returncode == 1
    assert empty.sql("SELECT count(*) FROM line WHERE json ILIKE "
                     "'%a@sender.example%'") == "0"
    assert empty.sql("SELECT DISTINCT sender FROM record") == "@sender.example"
    assert one.tool("forget", "b@elsewhere.example").returncode == 0
    assert empty.sql("SELECT DISTINCT recipients FROM record") == \
        "{@elsewhere.example}"
    empty.sql("UPDATE place SET at = 0")
    assert one.tool("ship", "--once").returncode == 0
    assert empty.sql("SELECT count(*) FROM line WHERE json ILIKE "
                     "'%b@elsewhere.example%'") == "0"


def test_one_host_of_many(host, empty):
    """Each command that asks a store that many share can be told of whom."""
    one = host(more='page-listen = "inet:8099@127.0.0.1"\n')
    two = host("mx2.example.org")
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    for who, first in ((one, 0), (two, 100)):
        who.records.write_text("".join(json.dumps(TEMPLATE | {
            "id": ident(first + n), "host": who.name, "time": now}) + "\n"
            for n in range(5)))
        assert who.tool("ship", "--once").returncode == 0
    narrowed = ("--host", two.name)
    found = one.tool("find", "--json", *narrowed).stdout.splitlines()
    assert {json.loads(line)["id"] for line in found} == {
        ident(100 + n) for n in range(5)}
    assert json.loads(one.tool("report", "--json", *narrowed).stdout)["records"] == 5
    for words in ((), narrowed):
        assert ident(100) in one.tool("show", *words, ident(100)).stdout
    missed = one.tool("show", *narrowed, ident(0))
    assert missed.returncode == 1 and f"no record {ident(0)} of {two.name}" in \
        missed.stderr
    with serving(one, *narrowed):
        assert on_page(ident(100)) and not on_page(ident(0))
    with serving(one):
        assert on_page(ident(100)) and on_page(ident(0))
    person = "a@sender.example"
    done = one.tool("forget", *narrowed, person)
    assert "0 lines of files and 5 records" in done.stdout, done.stderr
    assert len(one.tool("find", "--json", "--sender", person).stdout.splitlines()) == 5
    assert one.tool("find", "--sender", person, *narrowed).returncode == 1
    assert person in one.records.read_text()
    done = one.tool("forget", "--host", one.name, person)
    assert "5 lines of files and 5 records" in done.stdout, done.stderr
    assert one.tool("find", "--text", person).returncode == 1


@contextlib.contextmanager
def serving(one, *words):
    with open(one.folder / "serve.log", "wb") as log:
        page = subprocess.Popen([one.build / "saywhy", "serve", "-c", one.conf,
                                 *words], stdout=log, stderr=log)
    try:
        process.wait_until(lambda: process.listens(8099), "the page")
        yield
    finally:
        assert process.end(page) == 0


def test_shown_by_its_day(host, empty):
    """Who may read a day's tables asks these; who may not is answered, too, and
    in neither case does the server have anything to complain about."""
    one, now = host(), time.time()
    times = [now - hours * 3600 for hours in (0, 1, 7, 13, 23)]
    known = [hour_id(at, n) for n, at in enumerate(times)]
    one.records.write_text("".join(json.dumps(TEMPLATE | {
        "id": found, "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z",
                                           time.gmtime(at))}) + "\n"
        for found, at in zip(known, times)))
    assert one.tool("ship", "--once").returncode == 0
    empty.sql("CREATE ROLE reader LOGIN; GRANT SELECT ON saywhy, record, line "
              "TO reader")
    complaints = empty.log().count("ERROR")
    try:
        for who in ("postgres", "reader"):
            one.conf.write_text(one.conf.read_text().replace(
                "postgresql://postgres@", f"postgresql://{who}@"))
            for found in known:
                done = one.tool("show", "--json", found)
                assert json.loads(done.stdout)["id"] == found, (who, done.stderr)
            for unknown in (hour_id(now, 99), hour_id(now - 20 * 86400, 98)):
                assert one.tool("show", unknown).returncode == 1
        assert empty.log().count("ERROR") == complaints
    finally:
        empty.sql("DROP OWNED BY reader; DROP ROLE reader")


def test_text_of_a_day(host, empty):
    """Lines of other days than those that are asked for are not read."""
    one, now = host(), time.time()
    one.records.write_text("".join(json.dumps(TEMPLATE | {
        "id": ident(n), "time": time.strftime(
            "%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now - n * 400))}) + "\n"
        for n in range(2000)))
    assert one.tool("ship", "--once").returncode == 0
    empty.sql("VACUUM ANALYZE")
    empty.sql("SELECT pg_stat_reset()")
    assert one.tool("find", "--text", "nosuchword", "--since", "12 hours",
                    "--limit", "0").returncode == 1
    today, other = (f"{sign} ('line_' || to_char(now() - interval '1 day', "
                    "'YYYYMMDD'))" for sign in (">=", "<"))
    scans = ("SELECT coalesce(sum(seq_scan + idx_scan), 0) FROM "
             "pg_stat_user_tables WHERE relname LIKE 'line\\_2%' AND relname ")
    process.wait_until(lambda: int(empty.sql(scans + today)), "what was read")
    assert int(empty.sql(scans + other)) == 0


def test_taken_after_all(host, empty):
    """What closes a deferral says so of those before it, as in a store of a file."""
    one = host(more='retention = "30 days"')
    now = int(time.time()) - 7200
    mails = [("A@sender.example", "b@example.org"), ("", "b@example.org"),
             ("a@sender.example", "c@example.org"), ("other@sender.example", "b@example.org")]
    rows = [(minute, "tempfail", mails[n]) for minute in (0, 3) for n in range(4)]
    rows += [(6, "reject", mails[0]), (7, "observed", mails[0]),
             (10, "taken", mails[0]), (11, "taken", mails[1]),
             (20, "tempfail", mails[0]), (50, "taken", mails[0])]
    with open(one.records, "ab") as f:
        for n, (minute, outcome, (sender, recipient)) in enumerate(rows):
            at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now + 60 * minute))
            f.write(json.dumps(TEMPLATE | {
                "id": ident(n), "time": at, "outcome": outcome, "sender": sender,
                "reason": "greylisted", "recipients": [recipient]}).encode() + b"\n")
    file = one.folder / "file.conf"
    file.write_text(one.conf.read_text().replace(
        f'store = "{empty.url}"', f'store = "{one.folder}/s.db"'))
    assert subprocess.run([one.build / "saywhy", "store", "rebuild", "-c", file],
                          capture_output=True).returncode == 0
    assert one.tool("ship", "--once").returncode == 0
    later = empty.sql("SELECT (later - %d) / 60000 FROM record WHERE later IS NOT NULL "
                      "ORDER BY later, time" % (now * 1000)).split()
    assert later == ["10"] * 3 + ["11"] * 2 + ["50"]
    reports = []
    for conf in (one.conf, file):
        done = subprocess.run([one.build / "saywhy", "report", "-c", conf, "day", "--json"],
                              capture_output=True, text=True)
        reports.append(json.loads(done.stdout)["deferred"])
    assert reports[0] == reports[1] and reports[0][0]["taken"] == 3
    # The same lines again change nothing.
    empty.sql("UPDATE place SET at = 0")
    assert one.tool("ship", "--once").returncode == 0
    assert len(empty.sql("SELECT 1 FROM record WHERE later IS NOT NULL").split()) == 6


def test_taken_elsewhere(host, empty):
    """Deferred at one host, taken at another: whichever ships first."""
    now = int(time.time()) - 3 * 3600
    mail = {"sender": "a@sender.example", "recipients": ["B@example.org"],
            "reason": "greylisted"}

    def put(one, n, minute, outcome, **more):
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now + 60 * minute))
        with open(one.records, "a") as out:
            out.write(json.dumps(TEMPLATE | mail | more | {
                "id": ident(n), "time": at, "outcome": outcome}) + "\n")

    def closed():
        """Id of what was deferred, and the minute when it was taken."""
        rows = empty.sql("SELECT id, (later - %d) / 60000 FROM record WHERE later "
                         "IS NOT NULL ORDER BY id" % (now * 1000)).splitlines()
        return {id_: int(minute) for id_, minute in
                (row.split("|") for row in rows)}

    hosts = [host(f"mx{n}.example.org") for n in (1, 2, 3)]
    one, two, three = hosts
    put(one, 1, 0, "tempfail")          # taken by three at 10, by two at 30
    put(one, 2, 20, "tempfail")         # by two at 30
    put(one, 3, 40, "tempfail")         # by nobody
    put(one, 4, 5, "tempfail", sender="other@sender.example")
    put(one, 5, 5, "tempfail", recipients=["c@example.org"])
    put(one, 6, 6, "reject", recipients=["x@example.org", "b@example.org"])
    put(one, 7, 7, "observed")
    put(one, 8, -8 * 1440, "tempfail")  # too long before
    put(two, 20, 30, "taken")
    put(three, 30, 10, "taken")
    final = {ident(1): 10, ident(2): 30, ident(6): 10}
    for order in ((two, one, three), (three, two, one), (one, two, three)):
        for shipping in order:
            assert shipping.tool("ship", "--once").returncode == 0
        assert closed() == final, [h.name for h in order]
        empty.sql("TRUNCATE record, line; UPDATE place SET at = 0, inode = 0, "
                  "taken = NULL")
    # Two that are under way at once see nothing of each other.
    for shipping in order:
        assert shipping.tool("ship", "--once").returncode == 0
    for lost in ("", "UPDATE record SET later = later + 60000 WHERE later IS NOT NULL"):
        empty.sql(lost or "UPDATE record SET later = NULL")
        empty.sql("DELETE FROM digest")
        one.ship()
        process.wait_until(lambda: closed() == final, "them to be closed")
        one.stop()


def test_words_that_do_not_fit(host, empty):
    """What a sender makes long or odd stops no shipment."""
    one = host()
    odd = ["é" * 3000, "x" * 9000, "a\\b\t\n{}\",'", "\u2028", "𝄞" * 700]
    lines = [json.dumps(TEMPLATE | {
        "id": ident(n), "sender": f"{word}@{word}", "helo": word, "login": word,
        "recipients": [word, f"{word}@x.example"], "queue_id": word,
        "client": {"address": "nonsense", "name": word},
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())},
        ensure_ascii=n % 2 == 0) for n, word in enumerate(odd)]
    one.records.write_bytes("\n".join(lines).encode() + b"\n{\"id\": \xff}\n")
    done = one.tool("ship", "--once")
    assert done.returncode == 0, done.stderr
    assert stored(empty) == (len(odd),) * 3
    for n, line in enumerate(lines):
        assert one.tool("show", "--json", ident(n)).stdout == line + "\n"
    assert one.tool("find", "--login", odd[2]).returncode == 0


def test_refused_here_read_there(host, saywhyd, postfix, empty):
    """Refused at A by a real Postfix, read on B's page within a second."""
    here, there = host(), host("mx2.example.org")
    there.conf.write_text(there.conf.read_text() +
                          'page-listen = "inet:8099@127.0.0.1"\n')
    daemon = saywhyd(here.settings)
    here.records = daemon.record_file
    here.conf = daemon.conf
    shutil.chown(here.folder, "nobody")
    here.ship()
    with serving(there):
        port = postfix.listen(smtpd_milters=daemon.address)
        with smtp.Client(port, address="192.0.2.7") as client:
            client.ehlo()
            client.command("MAIL FROM:<bad@sender.example>")
            reply = client.command("RCPT TO:<user@example.org>")
        assert reply.code == 550, daemon.log()
        found = id_of(reply)
        # Within a second on a machine at rest, as bench-ship measures.
        process.wait_until(lambda: on_page(found), "the page to know it")
        shown = there.tool("show", "--json", found)
        assert json.loads(shown.stdout)["id"] == found
        process.wait_until(lambda: state_of_store(daemon) == ("works", 0),
                           "ship to say so")


def state_of_store(daemon):
    shipping = json.loads(daemon.run_tool(
        "status", "--json", "-c", daemon.conf).stdout)["store"]
    return shipping["state"], shipping["behind"]


def on_page(found):
    try:
        with urllib.request.urlopen(
                f"http://127.0.0.1:8099/why/{found}", timeout=5) as answer:
            return found in answer.read().decode()
    except urllib.error.HTTPError:
        return False
