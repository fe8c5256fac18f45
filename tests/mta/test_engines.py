"""Our records in what others make, where it is installed: ClickHouse, rsyslog, Fluent
Bit and Vector.

Debian 12 has the first two (clickhouse-server, rsyslog), and kcat, which is a Kafka
for Fluent Bit. They are run as programs of the test, with files of its own.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

import pytest

import process
from test_store import TEMPLATE, append, ident

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PORT, TCP_PORT = 8123, 9009

USERS = """<yandex><profiles><default/></profiles><quotas><default/></quotas>
<users><default><password></password><networks><ip>::/0</ip></networks>
<profile>default</profile><quota>default</quota></default></users></yandex>
"""
CONFIG = """<yandex><logger><level>information</level><console>1</console></logger>
<http_port>{port}</http_port><tcp_port>{tcp}</tcp_port>
<listen_host>127.0.0.1</listen_host><path>{folder}/data/</path>
<tmp_path>{folder}/tmp/</tmp_path><users_config>users.xml</users_config>
<default_profile>default</default_profile>
<default_database>default</default_database>
<mark_cache_size>100000000</mark_cache_size></yandex>
"""


def needs(program):
    path = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
    return pytest.mark.skipif(path is None, reason=f"there is no {program} here"), path


clickhouse_here, CLICKHOUSE = needs("clickhouse-server")
rsyslog_here, RSYSLOGD = needs("rsyslogd")
fluent_bit_here, FLUENT_BIT = needs("fluent-bit")
kafka_here, KCAT = needs("kcat")
vector_here, VECTOR = needs("vector")


ODD = 'Zwölf "Boxkämpfer" \\ \t \u2028 \U0001d11e \x7f'


def put(path, first, count):
    """Records with times to the millisecond, and with words that are written oddly."""
    now = time.time()
    with open(path, "a", encoding="utf-8") as out:
        for n in range(first, first + count):
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now + n))
            out.write(json.dumps(TEMPLATE | {
                "id": ident(n), "time": f"{stamp}.{n % 1000:03}Z",
                "policy": "0123456789ab", "helo": ODD},
                ensure_ascii=n % 2 == 0) + "\n")


def read(*paths):
    return [json.loads(line) for path in paths for line in
            pathlib.Path(path).read_text(encoding="utf-8").split("\n")[:-1]]


class ClickHouse:
    def __init__(self, folder):
        self.folder = folder
        (folder / "users.xml").write_text(USERS)
        (folder / "config.xml").write_text(CONFIG.format(
            folder=folder, port=PORT, tcp=TCP_PORT))
        self.start()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [CLICKHOUSE, f"--config-file={self.folder}/config.xml"],
                cwd=self.folder, stdout=log, stderr=log)
        process.wait_until(lambda: process.listens(PORT), "ClickHouse")

    def ask(self, statement):
        url = f"http://127.0.0.1:{PORT}/?allow_experimental_low_cardinality_type=1"
        with urllib.request.urlopen(url, statement.encode(), 60) as answer:
            return answer.read().decode().strip()

    def make_table(self):
        """That of the manual, without milliseconds where there are none yet."""
        [table] = re.findall(r"^CREATE TABLE saywhy .*?;$",
                             (TOP / "doc/many-hosts.md").read_text(), re.M | re.S)
        if int(self.ask("SELECT version()").partition(".")[0]) < 20:
            table = table.replace("DateTime64(3)", "DateTime")
        self.ask(table.rstrip(";"))

    @staticmethod
    def shipped(box):
        """A record file, and the configuration that posts it here."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        records, conf = folder / "records.json", folder / "saywhy.conf"
        conf.write_text(
            f'record-file = "{records}"\nuser = "nobody-at-all"\n'
            f'ship "x" {{ url = "http://127.0.0.1:{PORT}/" format = clickhouse '
            f'table = "saywhy" mark = "{folder}/mark" }}\n')
        return records, conf


@pytest.fixture
def clickhouse(box):
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    server = ClickHouse(folder)
    yield server
    process.end(server.process)


@clickhouse_here
def test_clickhouse(build, box, clickhouse):
    """The table of the manual takes them; killed meanwhile, each is there, once
    when it has merged."""
    clickhouse.make_table()
    records, conf = clickhouse.shipped(box)
    append(records, 0, 3000)
    with subprocess.Popen([build / "saywhy", "ship", "-c", conf, "x"]) as ship:
        for first in (3000, 6000):
            process.wait_until(lambda: int(clickhouse.ask(
                "SELECT count() FROM saywhy")) >= first - 1500, "some of them")
            clickhouse.process.kill()
            clickhouse.process.wait()
            append(records, first, 3000)
            clickhouse.start()
        process.wait_until(lambda: clickhouse.ask(
            "SELECT uniqExact(id) FROM saywhy") == "9000", "all of them")
        ship.terminate()
    clickhouse.ask("OPTIMIZE TABLE saywhy FINAL")
    assert clickhouse.ask("SELECT count() FROM saywhy") == "9000"
    lines = {json.loads(line)["id"]: line for line in records.read_text().splitlines()}
    for row in clickhouse.ask("SELECT *, toUnixTimestamp(time) AS at FROM saywhy "
                              "LIMIT 500 FORMAT JSONEachRow").splitlines():
        row = json.loads(row)
        record = json.loads(row["record"])
        assert row["record"] == lines[row["id"]]
        for column in ("host", "issuer", "outcome", "reason", "sender"):
            assert row[column] == record[column]
        assert row["client"] == record["client"]["address"]
        assert row["recipient"] == record["recipients"][0]
        assert time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(row["at"]))) == \
            record["time"][:19]


@clickhouse_here
def test_a_table_that_lacks_a_column(build, box, clickhouse):
    """As one made for an older saywhy: they wait until it has it. This server says
    500, a newer one 400."""
    clickhouse.make_table()
    clickhouse.ask("ALTER TABLE saywhy DROP COLUMN policy")
    records, conf = clickhouse.shipped(box)
    put(records, 0, 20)
    ship = [build / "saywhy", "ship", "-c", conf, "--once", "x"]
    done = subprocess.run(ship, capture_output=True, text=True, timeout=60)
    assert done.returncode == 69 and "policy" in done.stderr, done.stderr
    clickhouse.ask("ALTER TABLE saywhy ADD COLUMN policy LowCardinality(String)")
    assert subprocess.run(ship, timeout=60).returncode == 0
    assert clickhouse.ask("SELECT uniqExact(id) FROM saywhy") == "20"


class SyslogServer:
    """A syslog server by TCP: a line is a message; it can go and come back."""

    def __init__(self):
        self.port, self.messages, self.peers = 0, [], []
        self.start()

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def serve(self, listener):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            self.peers.append(peer)
            threading.Thread(target=self.read, args=(peer,), daemon=True).start()

    def read(self, peer):
        try:
            with peer.makefile("rb") as lines:
                self.messages += (line for line in lines)
        except OSError:
            pass

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            peer.close()

    def ids(self):
        found = []
        for message in self.messages:
            head, record = re.fullmatch(
                rb"(<22>1 \S+ \S+ saywhy - record - ) ?(\{.*\})\n", message).groups()
            found.append(json.loads(record)["id"])
        return found


def example(name, *places):
    """That of conf/pipelines, with other places: pairs of theirs and ours."""
    text = (TOP / "conf/pipelines" / name).read_text()
    for theirs, here in places:
        assert theirs in text
        text = text.replace(theirs, str(here))
    return text


@rsyslog_here
def test_rsyslog(box):
    """The example as it stands, but for its places: through a rotation and a
    restart."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    records, server = folder / "records.json", SyslogServer()
    (folder / "work").mkdir()
    text = example("rsyslog.conf", ("/var/log/saywhy/records.json", records),
                   ("logs.example.org", "127.0.0.1"), ("6514", server.port))
    modules = os.environ.get("RSYSLOG_MODDIR")
    conf = folder / "rsyslog.conf"
    conf.write_text(f'global(workDirectory="{folder}/work")\n{text}')
    check = subprocess.run([RSYSLOGD, "-N1", "-f", conf, *(
        ["-M", modules] if modules else [])], capture_output=True, text=True)
    assert check.returncode == 0, check.stderr

    def start():
        return subprocess.Popen(
            [RSYSLOGD, "-n", "-f", conf, "-i", folder / "pid",
             *(["-M", modules] if modules else [])])

    append(records, 0, 500)
    running = start()
    try:
        process.wait_until(lambda: len(server.ids()) >= 500, "the first")
        records.rename(f"{records}.1")
        append(records, 500, 500)
        process.wait_until(lambda: len(server.ids()) >= 1000, "those after a rotation")
        process.end(running)
        append(records, 1000, 500)
        running = start()
        process.wait_until(lambda: len(server.ids()) >= 1500, "those after a restart")
        assert server.ids() == [ident(n) for n in range(1500)]
    finally:
        process.end(running)
        server.stop()


class Kafka:
    """A cluster of one broker in the memory of kcat, which reads the topic as it
    comes."""

    def __init__(self, folder):
        self.log, self.messages = folder / "kafka.log", []
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [KCAT, "-C", "-b", "127.0.0.1:1", "-X", "test.mock.num.brokers=1",
                 "-t", "saywhy", "-o", "beginning", "-u", "-f", "%k %s\\n"],
                stdout=subprocess.PIPE, stderr=log, text=True)
        threading.Thread(target=self.read, daemon=True).start()
        self.address = process.wait_until(self.started, "Kafka").group(1)

    def started(self):
        return re.search(r"replaced with (\S+)\n", self.log.read_text())

    def read(self):
        """(key, text) of each message."""
        for line in self.process.stdout:
            self.messages.append(line.split(" ", 1))


class FluentBit:
    def __init__(self, folder, conf):
        self.folder, self.process = folder, None
        (folder / "fluent-bit.conf").write_text(conf)
        shutil.copy(TOP / "conf/pipelines/fluent-bit-parsers.conf", folder)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [FLUENT_BIT, "-c", self.folder / "fluent-bit.conf"],
                stdout=log, stderr=log)

    def end(self):
        process.end(self.process)


def seconds(record):
    """Since 1970, of its time."""
    return datetime.datetime.fromisoformat(record["time"]).timestamp()


@fluent_bit_here
@kafka_here
def test_fluent_bit(box):
    """The example as it stands, but for its places: through a rotation and a
    restart each record arrives whole, once, with its time and its id as key."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    records, kafka = folder / "records.json", Kafka(folder)
    put(records, 0, 500)
    fluent_bit = FluentBit(folder, example(
        "fluent-bit.conf", ("/var/log/saywhy", folder), ("/var/lib/fluent-bit", folder),
        ("kafka1.example.org:9092,kafka2.example.org:9092", kafka.address)))
    fluent_bit.start()
    try:
        process.wait_until(lambda: len(kafka.messages) >= 500, "the first")
        records.rename(f"{records}.1")
        put(records, 500, 500)
        process.wait_until(lambda: len(kafka.messages) >= 1000,
                           "those after a rotation")
        fluent_bit.end()
        put(records, 1000, 500)
        fluent_bit.start()
        process.wait_until(lambda: len(kafka.messages) >= 1500,
                           "those after a restart")
    finally:
        fluent_bit.end()
        process.end(kafka.process)
    assert sorted(key for key, _ in kafka.messages) == sorted(map(ident, range(1500)))
    written = {record["id"]: record for record in read(f"{records}.1", records)}
    for key, text in kafka.messages:
        record = json.loads(text)
        assert abs(record.pop("@timestamp") - seconds(written[key])) < .0005
        assert record == written[key]


FLUENT_INPUTS = """
[SERVICE]
    Flush  0.2
[INPUT]
    Name    {name}
    Listen  127.0.0.1
    Port    {port}
{more}
[OUTPUT]
    Name    file
    Match   *
    Path    {folder}
    File    out
"""


@pytest.fixture
def fluent_bit_input(build, box):
    """A function: an input of that name takes `count` records in that form. What
    `ship` said, the records, and what came of them."""
    def play(count, form, name, path, more=""):
        folder = pathlib.Path(tempfile.mkdtemp(dir=box))
        records, conf, out = (folder / name for name in (
            "records.json", "saywhy.conf", "out"))
        put(records, 0, count)
        (folder / "token").write_text("abc\n")
        conf.write_text(
            f'record-file = "{records}"\nuser = "nobody-at-all"\n'
            f'ship "x" {{ url = "http://127.0.0.1:8888{path}" format = {form} '
            f'token-file = "{folder}/token" mark = "{folder}/mark" }}\n')
        fluent_bit = FluentBit(folder, FLUENT_INPUTS.format(
            name=name, port=8888, more=more, folder=folder))
        fluent_bit.start()
        try:
            process.wait_until(lambda: process.listens(8888), "Fluent Bit")
            done = subprocess.run(
                [build / "saywhy", "ship", "-c", conf, "--once", "x"],
                capture_output=True, text=True, timeout=60)
            process.wait_until(
                lambda: done.returncode or out.exists() and
                out.read_text().count("\n") >= count, "all of them")
        finally:
            fluent_bit.end()
        taken = out.read_text(encoding="utf-8").split("\n")[:-1] if out.exists() else []
        return done, read(records), [
            re.fullmatch(r"\S+: \[(\S+), (\{.*\})\]", line).groups() for line in taken]
    return play


@fluent_bit_here
@pytest.mark.parametrize("form, name, path, more", [
    ("json", "http", "/saywhy", ""),
    ("opensearch", "elasticsearch", "", ""),
    ("otlp", "opentelemetry", "/v1/logs", ""),
    ("splunk", "splunk", "/services/collector/event", "    Splunk_Token  abc"),
])
def test_fluent_bit_takes(fluent_bit_input, form, name, path, more):
    """What `saywhy ship` posts, by the inputs that Fluent Bit has for it."""
    done, records, taken = fluent_bit_input(2500, form, name, path, more)
    assert done.returncode == 0, done.stderr
    assert "2500 records posted, 0 refused" in done.stderr
    assert [record_in(form, float(at), json.loads(body)) for at, body in taken] == \
        records


@fluent_bit_here
def test_fluent_bit_refuses(fluent_bit_input):
    """A form that this input does not take: no record is passed over."""
    done, _, taken = fluent_bit_input(3, "ndjson", "http", "/saywhy")
    assert done.returncode == 69 and taken == []
    assert "it takes none of 3 records: HTTP 400" in done.stderr


def record_in(form, at, body):
    """The record, in what an input made of it, with its time."""
    if form == "opensearch":
        action = body.pop("@meta")["create"]
        assert action == {"_index": "saywhy", "_id": body["id"]}
        assert body.pop("@timestamp") == body["time"]
    elif form == "splunk":
        body, event = body["event"], body
        assert abs(event["time"] - seconds(body)) < .0005
        assert event["host"] == body["host"] and event["source"] == "saywhy"
    elif form == "otlp":
        body = json.loads(body["log"])
        assert abs(at - seconds(body)) < .0005
    return body


def test_vector_example():
    """It is TOML, whatever Vector says of it."""
    text = pytest.importorskip("tomllib").loads(example("vector.toml"))
    assert text["sinks"]["kafka"]["inputs"] == list(text["transforms"])
    assert text["transforms"]["record"]["inputs"] == list(text["sources"])


@vector_here
def test_vector(box):
    done = subprocess.run([VECTOR, "validate", "--no-environment",
                           TOP / "conf/pipelines/vector.toml"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
