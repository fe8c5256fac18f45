"""Our records in what others make, where it is installed: ClickHouse and rsyslog.

Debian has both (clickhouse-server, rsyslog). They are run as programs of the test,
with files of its own.
"""

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
from test_store import append, ident

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
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    records, conf = folder / "records.json", folder / "saywhy.conf"
    append(records, 0, 3000)
    conf.write_text(
        f'record-file = "{records}"\nuser = "nobody-at-all"\n'
        f'ship "x" {{ url = "http://127.0.0.1:{PORT}/" format = clickhouse '
        f'table = "saywhy" mark = "{folder}/mark" }}\n')
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


@rsyslog_here
def test_rsyslog(box):
    """The example as it stands, but for its places: through a rotation and a
    restart."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    records, server = folder / "records.json", SyslogServer()
    (folder / "work").mkdir()
    example = (TOP / "conf/pipelines/rsyslog.conf").read_text()
    for ours, here in (("/var/log/saywhy/records.json", str(records)),
                       ("logs.example.org", "127.0.0.1"), ("6514", str(server.port))):
        assert ours in example
        example = example.replace(ours, here)
    modules = os.environ.get("RSYSLOG_MODDIR")
    conf = folder / "rsyslog.conf"
    conf.write_text(f'global(workDirectory="{folder}/work")\n{example}')
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
