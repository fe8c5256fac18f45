"""One line a refusal, by the schema, wherever the file may lie."""

import json
import signal
import stat
import subprocess
import time

import pytest

import process
import sites
import smtp

pytest.importorskip("jsonschema")
import schema as schemas  # noqa: E402

FROM = "EHLO client.example\nMAIL FROM:<a@sender.example>"
RELAY = f"{FROM}\nRCPT TO:<b@elsewhere.example>"

REFUSED = {
    "relay": RELAY,
    "sender": "EHLO client.example\nMAIL FROM:<bad@sender.example>\nRCPT TO:<user@example.org>",
    "helo": "EHLO spam.example\nMAIL FROM:<a@sender.example>\nRCPT TO:<user@example.org>",
    "rcpt": f"{FROM}\nRCPT TO:<closed@example.org>",
    "header": f"{FROM}\nRCPT TO:<user@example.org>\ndata Subject: casino\\n\\nx\\n",
    "mta": f"{FROM}\nRCPT TO:<missing@example.org>",
    "login": "EHLO client.example\nstarttls\nEHLO client.example\n"
             "auth user@example.org secret\nMAIL FROM:<user@example.org>\n"
             "RCPT TO:<user@example.org>\ndata Subject: casino\\n\\nx\\n",
}


@pytest.fixture(scope="module")
def validator():
    return schemas.strict()


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return saywhyd()


@pytest.fixture(scope="module")
def connect(postfix, daemon):
    return sites.behind_postfix(postfix, daemon)


@pytest.mark.parametrize("name", REFUSED)
def test_one_line_by_the_schema(name, connect, daemon, validator):
    before = len(daemon.records())
    with connect() as client:
        assert smtp.play(client, REFUSED[name]).code >= 500
    [record] = daemon.records()[before:]
    validator.validate(record)
    assert record["outcome"] == "reject"
    assert record["client"]["address"] == "192.0.2.7"
    assert record["client"].get("name") == "client.example"


def test_facts_of_a_login(connect, daemon):
    with connect() as client:
        reply = smtp.play(client, REFUSED["login"])
    record = daemon.record(reply)
    assert record["login"] == "user@example.org"
    assert record["tls"].startswith("TLSv1")


def test_written_before_the_reply(connect, daemon):
    for _ in range(50):
        with connect() as client:
            daemon.record(smtp.play(client, RELAY))


def test_file_is_private(daemon):
    mode = daemon.record_file.stat().st_mode
    assert stat.S_IMODE(mode) == 0o640


def test_reopened_on_sigusr1(connect, daemon):
    old = daemon.record_file.with_name("records.old")
    daemon.record_file.rename(old)
    daemon.signal(signal.SIGUSR1)
    process.wait_until(daemon.record_file.exists, "the new file")
    with connect() as client:
        daemon.record(smtp.play(client, RELAY))


def test_reopened_when_moved(connect, daemon):
    daemon.record_file.rename(daemon.record_file.with_name("records.moved"))
    time.sleep(1.1)  # the daemon looks once a second
    with connect() as client:
        daemon.record(smtp.play(client, RELAY))


def test_observe_refuses_nothing(saywhyd, postfix, validator):
    daemon = saywhyd(mode="observe")
    connect = sites.behind_postfix(postfix, daemon)
    with connect() as client:
        assert smtp.play(client, RELAY).code == 250
    with connect() as client:
        assert smtp.play(client, REFUSED["header"]).code == 250
    records = daemon.records()
    assert [r["outcome"] for r in records] == ["observed"] * 2
    assert [r["reply"]["code"] for r in records] == [550] * 2
    for record in records:
        validator.validate(record)


def test_full_disk_stops_no_mail(saywhyd, postfix, box):
    disk = box / "small-disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=0777",
                    "tmpfs", disk], check=True)
    daemon = saywhyd(records=disk / "records.json")
    connect = sites.behind_postfix(postfix, daemon)
    for i in range(60):
        with connect() as client:
            assert smtp.play(client, RELAY).code == 550
    with connect() as client:
        assert smtp.play(client, f"{FROM}\nRCPT TO:<user@example.org>\n"
                         "data Subject: hello\\n\\nx\\n").code == 250
    assert len(daemon.records()) < 60
    assert daemon.log().count("No space left") == 1
    status = daemon.run_tool("status", "-c", str(daemon.conf))
    assert "lost" in status.stdout


def test_local_parts_removed(saywhyd, postfix):
    daemon = saywhyd("privacy = removed")
    with sites.behind_postfix(postfix, daemon)() as client:
        reply = smtp.play(client, RELAY)
    record = daemon.record(reply)
    assert "a@sender.example" not in json.dumps(record)
    assert "b@elsewhere.example" not in json.dumps(record)


def test_short_form_to_syslog(saywhyd, postfix, syslog):
    daemon = saywhyd("syslog = yes")
    with sites.behind_postfix(postfix, daemon)() as client:
        reply = smtp.play(client, RELAY)
    id_ = daemon.record(reply)["id"]
    line = process.wait_until(lambda: syslog.find(id_), "the line")
    assert line.startswith("<22>") or line.startswith("<21>")  # mail
    assert "reason=relay-denied" in line
