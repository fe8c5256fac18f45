"""Records in the journal of systemd, with fields: a journald of the test's own.

It and saywhyd run in a world of mounts where /run is empty and /dev/log is the
link that systemd makes.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

import process

JOURNALD = pathlib.Path("/lib/systemd/systemd-journald")

WORLD = r"""
set -e
dev=$(mktemp -d)
mount -t tmpfs tmpfs "$dev"
for node in null zero full random urandom tty kmsg; do
	touch "$dev/$node"
	mount --bind "/dev/$node" "$dev/$node" || true
done
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log/journal
ln -s /run/systemd/journal/dev-log "$dev/log"
mount --rbind "$dev" /dev
"$1" & journald=$!
trap 'kill $journald $saywhyd' TERM
while [ ! -S /run/systemd/journal/socket ]; do sleep 0.05; done
"$2" -c "$3" & saywhyd=$!
wait $saywhyd || true
wait
"""

ASK = ("request=smtpd_access_policy\nprotocol_state=RCPT\n"
       "client_address=192.0.2.7\nclient_name=unknown\nhelo_name=mail.sender.example\n"
       "sender=a@sender.example\nrecipient={}\ninstance=1.{}\n\n")


class Journal:
    def __init__(self, build, more=""):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.folder.chmod(0o777)
        self.socket = self.folder / "policy.sock"
        conf = self.folder / "saywhy.conf"
        conf.write_text(
            f'name = "mx.example.org"\nmode = enforce\nuser = "nobody"\n'
            f'listen = "unix:{self.folder}/m.sock"\ncontrol = "unix:{self.folder}/c.sock"\n'
            f'policy-service = "unix:{self.socket}"\nlisten-mode = "0666"\n'
            f'record-file = "{self.folder}/records.json"\nsyslog = yes\n'
            'relay { domains = {"example.org"} }\nauth { spf = no  sender-domain = no  rdns-lookup = no  helo-lookup = no }\n'
            f'blacklist {{ recipients = {{"closed@example.org"}} }}\n{more}\n')
        self.log = open(self.folder / "log", "ab")
        self.world = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", WORLD,
             "world", JOURNALD, pathlib.Path(build) / "saywhyd", conf],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        process.wait_until(lambda: process.listens_at(self.socket), "saywhyd")
        self.asked = 0

    def refuse(self, recipient="closed@example.org"):
        self.asked += 1
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.socket))
            s.sendall(ASK.format(recipient, self.asked).encode())
            assert b"action=5" in s.recv(4096)
        lines = (self.folder / "records.json").read_text().splitlines()
        return json.loads(lines[-1])

    def entries(self, *matches):
        done = subprocess.run(
            ["journalctl", "-q", "-o", "json", "--no-pager", "-D",
             f"/proc/{self.world.pid}/root/run/log/journal", *matches],
            capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def children(self):
        """Of the world: journald and saywhyd, by their names."""
        pids = pathlib.Path(f"/proc/{self.world.pid}/task/{self.world.pid}/children"
                            ).read_text().split()
        return {pathlib.Path(f"/proc/{pid}/comm").read_text().strip(): int(pid)
                for pid in pids}

    def close(self):
        self.world.send_signal(signal.SIGTERM)
        self.world.wait(30)
        self.log.close()
        shutil.rmtree(self.folder)


@pytest.fixture
def journal(request):
    if not JOURNALD.exists() or not shutil.which("journalctl"):
        pytest.skip("there is no journal of systemd")
    made = []

    def make(more=""):
        made.append(Journal(request.config.option.build, more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def one_entry(journal, *matches):
    return process.wait_until(lambda: journal.entries(*matches), "the entry")


def test_found_by_its_fields(journal):
    j = journal()
    record = j.refuse()
    [entry] = one_entry(j, "SAYWHY_REASON=rcpt-denied")
    assert entry["_TRANSPORT"] == "journal"
    # The short line is what it was, and says who speaks.
    assert entry["MESSAGE"].startswith(f"reject id={record['id']} reason=rcpt-denied ")
    assert (entry["SYSLOG_IDENTIFIER"], entry["SYSLOG_FACILITY"],
            entry["PRIORITY"]) == ("saywhyd", "2", "6")
    fields = {"ID": record["id"], "HOST": record["host"], "ISSUER": "saywhy",
              "DIRECTION": "in", "OUTCOME": "reject", "STAGE": "rcpt",
              "REASON": "rcpt-denied", "WHO": record["who"],
              "REPLY_CODE": str(record["reply"]["code"]),
              "REPLY_STATUS": record["reply"]["status"],
              "CLIENT_ADDRESS": "192.0.2.7", "HELO": "mail.sender.example",
              "SENDER": "a@sender.example", "RECIPIENT": "closed@example.org",
              "CHECK": record["check"], "MODE": "enforce", "POLICY": record["policy"]}
    for key, value in record["evidence"].items():
        fields["EVIDENCE_" + key.upper().replace("-", "_")] = value
    assert {k[7:]: v for k, v in entry.items() if k.startswith("SAYWHY_")} == fields
    # One entry for one record, whichever way it is looked for.
    assert len(j.entries("SYSLOG_FACILITY=2", f"SAYWHY_ID={record['id']}")) == 1
    assert len([e for e in j.entries("SYSLOG_IDENTIFIER=saywhyd")
                if record["id"] in e["MESSAGE"]]) == 1


def test_privacy_holds_there_too(journal):
    j = journal("privacy = removed")
    j.refuse()
    [entry] = one_entry(j, "SAYWHY_OUTCOME=reject")
    assert "closed@" not in json.dumps(entry) and "a@sender" not in json.dumps(entry)
    assert entry["SAYWHY_RECIPIENT"].endswith("@example.org")


def test_a_line_alone(journal):
    j = journal("journal-fields = no")
    record = j.refuse()
    process.wait_until(lambda: [e for e in j.entries("SYSLOG_FACILITY=2")
                                if record["id"] in e["MESSAGE"]], "the line")
    assert j.entries("SAYWHY_OUTCOME=reject") == []


def test_a_journal_that_hangs(journal, request):
    """Mail goes on; what was lost is counted, and reported when it works again."""
    j = journal()
    pids = j.children()
    j.refuse()
    os.kill(pids["systemd-journal"], signal.SIGSTOP)
    began = time.monotonic()
    for _ in range(600):
        j.refuse()
    assert time.monotonic() - began < 30
    os.kill(pids["systemd-journal"], signal.SIGCONT)
    time.sleep(2)
    last = j.refuse()
    one_entry(j, f"SAYWHY_ID={last['id']}")
    status = json.loads(subprocess.run(
        [pathlib.Path(request.config.option.build) / "saywhy", "status", "--json",
         "--socket", f"unix:{j.folder}/c.sock"], capture_output=True,
        text=True).stdout)
    there = len(j.entries("SAYWHY_OUTCOME=reject"))
    assert status["records"]["lost"] > 0
    assert there + status["records"]["lost"] == 602
    assert (j.folder / "records.json").read_text().count("\n") == 602


FORGED = ("NOQUEUE: reject: RCPT from x.example[192.0.2.7]: 554 5.7.1 <a@elsewhere.example>: "
          "Relay access denied; from=<a@sender.example> to=<a@elsewhere.example> "
          "proto=ESMTP helo=<x.example>")


def test_an_entry_of_many_lines(journal, request, tmp_path):
    """Line ends that a program lets into its message begin no other entry, and
    leave the place where we go on reading alone."""
    j = journal()
    root = f"/proc/{j.world.pid}/root/run"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.connect(f"{root}/systemd/journal/dev-log")
        s.send(f"<22>postfix/smtpd[7]: {FORGED.replace('a@', 'b@')}".encode())
        s.send(("<22>x: one\n\n__CURSOR=s=evil\n"
                "__REALTIME_TIMESTAMP=1795762745000000\nSYSLOG_IDENTIFIER=postfix/smtpd\n"
                f"MESSAGE={FORGED}\n\n__CURSOR=s=evil\nMESSAGE=two").encode())
    one_entry(j, "SYSLOG_IDENTIFIER=x")
    # All of the journal, and that of the world.
    (tmp_path / "journalctl").write_text(
        f'#!/bin/sh\nexec /usr/bin/journalctl -D {root}/log/journal "$@"\n')
    (tmp_path / "journalctl").chmod(0o755)
    (tmp_path / "state").write_text("s=\n")
    done = subprocess.run(
        [pathlib.Path(request.config.option.build) / "saywhy", "watch", "-c",
         j.folder / "saywhy.conf", "--journal", "--once", "--print", "--state",
         tmp_path / "state"], capture_output=True, text=True, timeout=60,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    [record] = [json.loads(line) for line in done.stdout.splitlines()]
    assert record["recipients"] == ["b@elsewhere.example"]
    assert "evil" not in (tmp_path / "state").read_text()
