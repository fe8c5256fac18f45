"""What Postfix and Sendmail log of each way to refuse is one record each.

`saywhy watch` reads what the log gained by one story, from standard input. A
story that the mail server does not log has no record, and its name stands
below.
"""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import pytest

import process
import smtp
from postfix_stories import STORIES
from sendmail_stories import ACCESS, SITES
from sendmail_stories import STORIES as SENDMAIL_STORIES

pytest.importorskip("jsonschema")
import schema as schemas  # noqa: E402

CONF = 'name = "mx.example.org"\nmode = observe\n'
SINK = 26125
NOT_LOGGED = {"data-no-rcpt"}  # what came before it is
# check_rcpt says "Access denied" of clients, senders and recipients alike.
AMBIGUOUS = {"sender-access-delayed"}


@pytest.fixture(scope="module")
def watch(build, box):
    """A function: the records of lines of a log."""
    schema = schemas.strict()
    conf = box / "watch.conf"
    conf.write_text(CONF)

    def read(log):
        done = subprocess.run(
            [build / "saywhy", "watch", "-c", conf, "--once", "--print", "-"],
            input=log.encode(errors="replace"), capture_output=True, check=True,
            timeout=60,
        )
        records = [json.loads(line) for line in done.stdout.splitlines()]
        for record in records:
            schema.validate(record)
        return records

    return read


@pytest.fixture(scope="module")
def ports(postfix):
    return dict(zip((s.name for s in STORIES),
                    postfix.listen_all([s.site for s in STORIES])))


# The log has the same words for a name that is not there and for DNS that failed.
ALIKE = {"rcpt-domain-servfail": "rcpt-domain-nonexistent",
         "sender-domain-servfail": "sender-domain-nonexistent",
         "client-name-servfail": "rdns-missing"}
# postscreen(8) hangs up on these, and no "reject:" says so.
DROPPED = {"screen-dnsbl-drop", "screen-early"}


def is_event(line):
    """A line by which Postfix says that it refuses."""
    if re.search(r"milter-reject: (CONNECT from \S+ 4[^2]|E?HE?LO from )", line):
        return False  # it comes at MAIL
    return re.search(r"\]: \w+: (?<!warning: )(milter-)?reject: |warning: .*(authentication (failed|aborted)"
                     r"|limit exceeded: )", line)


def gained(postfix, before, sessions=1):
    """What the log has more, once it rests: smtpd says of each session that it is
    over. Who looks whether a port is open is left out."""
    def log():
        return "".join(line for line in postfix.log()[before:].splitlines(True)
                       if "localhost[" not in line)

    process.wait_until(lambda: log().count(": disconnect from") >= sessions or
                       "postscreen" in log(), "the log")
    was = None
    while log() != was:
        was = log()
        time.sleep(0.2)
    return was


@pytest.mark.parametrize("story", STORIES, ids=repr)
def test_story(story, ports, postfix, watch):
    before = len(postfix.log())
    port = ports[story.name]
    with smtp.Client(port, story.host, story.address, early=story.early) as client:
        smtp.play(client, story.dialogue)
    log = gained(postfix, before)
    events = [line for line in log.splitlines() if is_event(line)]
    records = watch(log)
    assert len(records) == len(events) + (story.name in DROPPED), log
    if not events or story.name in NOT_LOGGED:
        pytest.skip("Postfix does not log it")
    reasons = {record["reason"] for record in records}
    assert reasons & {*story.true.split(), ALIKE.get(story.name)}, log
    for record, event in zip(records, events):
        assert record["source"] == "log"
        assert record["issuer"] in ("mta", "milter")
        if record["reply"]["code"]:
            assert f" {record['reply']['code']} " in event


# Each is more of a line of the log, if one believes it.
FORGED = {
    "sender": ('<"a sasl_username=boss b"@sender.example>', "<b@elsewhere.example>"),
    "recipient": ("<a@sender.example>",
                  '<"b>: No; from=<c@forged.example> to=<b> '
                  'sasl_username=boss helo=<i"@elsewhere.example>'),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_client_forges_nothing(what, postfix, watch):
    sender, recipient = FORGED[what]
    port = postfix.listen()
    before = len(postfix.log())
    with smtp.Client(port, address="192.0.2.7") as client:
        smtp.play(client, f"HELO c.example\nMAIL FROM:{sender}\nRCPT TO:{recipient}")
    log = gained(postfix, before)
    [record] = watch(log)
    assert "login" not in record, log
    assert record["helo"] == "c.example", log
    assert record["client"]["address"] == "192.0.2.7", log
    assert record["sender"] == sender.strip("<>"), log
    assert record["recipients"] == [recipient.strip("<>")], log
    assert record["reason"] == "relay-denied", log


def test_a_sender_forges_no_bounce(postfix, watch):
    before = len(postfix.log())
    with smtp.Client(postfix.listen(), address="192.0.2.7") as client:
        smtp.play(client, 'EHLO c.example\nMAIL FROM:<"a, status=expired"@sender.example>\n'
                  "RCPT TO:<user@example.org>")
        client.data("Subject: x\n\nx\n")
    process.wait_until(lambda: ": removed" in postfix.log()[before:], "the delivery")
    assert "status=expired" in postfix.log()[before:]
    assert watch(postfix.log()[before:]) == []


@pytest.fixture
def refusing(box):
    """A server that refuses every recipient with a code of the test's."""
    running = []

    def start(*options):
        running.append(subprocess.Popen(
            ["/usr/sbin/smtp-sink", "-u", "nobody", *options,
             f"0.0.0.0:{SINK}", "10"], stderr=subprocess.PIPE))
        process.wait_until(lambda: process.listens(SINK), "smtp-sink")

    yield start
    for sink in running:
        process.end(sink)


@pytest.mark.parametrize("options, outcome, status", [
    (["-f", "RCPT"], "bounced", "5"),
    (["-r", "RCPT"], "deferred", "4"),
    (["-f", "."], "bounced", "5"),
])
def test_outgoing(options, outcome, status, refusing, postfix, watch):
    refusing(*options)
    before = len(postfix.log())
    postfix.submit("Subject: out\n\nout\n", "you@refusing.example")
    assert postfix.wait_for_queue(lambda: f"status={outcome}" in postfix.log()[before:]), \
        postfix.log()[before:]
    log = postfix.log()[before:]
    records = [r for r in watch(log) if r["direction"] == "out"]
    assert len(records) == log.count(f"status={outcome}"), log
    assert records[0]["outcome"] == outcome
    assert records[0]["issuer"] == "remote"
    assert records[0]["sender"] == "user@example.org"
    assert records[0]["recipients"] == ["you@refusing.example"]
    assert records[0]["reply"]["status"][0] == status, log


def test_what_saywhyd_saw_is_joined(saywhyd, postfix, build, box):
    """Its own refusals, and the MTA's that it was shown: no second record."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    shutil.chown(folder, "nobody")
    filter_ = saywhyd(f'store = "{folder}/records.db"')
    port = postfix.listen(smtpd_milters=filter_.address)
    before = len(postfix.log())
    for address in ("closed@example.org", "nobody@example.org",
                    "b@elsewhere.example", "nobody@example.org"):
        with smtp.Client(port, address="192.0.2.7") as client:
            smtp.play(client, "EHLO c.example\nMAIL FROM:<a@sender.example>\n"
                      f"RCPT TO:<{address}>")
    log = gained(postfix, before, 4)
    seen = 4  # the last of them may wait a moment for a question of Postfix
    process.wait_until(lambda: len(filter_.records()) == seen, "the records")
    process.wait_until(lambda: found(build, filter_) == seen, "the store")
    done = subprocess.run(
        [build / "saywhy", "watch", "-c", filter_.conf, "--once", "-"],
        input=log.encode(), capture_output=True, check=True, timeout=60)
    assert b"recorded before: 4, now: 0" in done.stderr, done.stderr + log.encode()
    assert len(filter_.records()) == seen


def found(build, filter_):
    done = subprocess.run(
        [build / "saywhy", "find", "-c", filter_.conf, "--json", "--limit", "0"],
        capture_output=True, timeout=60)
    return len(done.stdout.splitlines())


@pytest.fixture(scope="module")
def sendmail_port(sendmail_tree, sendmail_site):
    sendmail_tree.makemap("/etc/mail/access", ACCESS)
    started = {}

    def port(story):
        name = story.site["site"]
        if name not in started:
            started[name] = sendmail_site(**SITES[name])
        return started[name], started[name].ports[story.site["port"]]

    return port


STAMP = re.compile(r"^<\d+>(\w{3} [ \d]\d [\d:]{8}) (.*)")


def as_logged(lines):
    """What is said to /dev/log has a priority, and no name of a host."""
    return "".join(STAMP.sub(r"\1 mx \2", line.rstrip("\0\n")) + "\n"
                   for line in lines)


@pytest.mark.parametrize("story", SENDMAIL_STORIES, ids=repr)
def test_sendmail_story(story, sendmail_port, syslog, watch):
    site, port = sendmail_port(story)
    before = len(syslog.lines)
    with smtp.Client(port, story.host, story.address, early=story.early) as client:
        smtp.play(client, story.dialogue)
    site.rest()
    syslog.read_all()
    log = as_logged(syslog.lines[before:])
    quiet = "\n".join(line for line in log.splitlines()
                      if not re.search(r": (---|<--) ", line))
    events = re.findall(r"reject=[45]|: <.*>\.\.\. |rejecting commands from"
                        r"|AUTH failure \(", quiet)
    refused = re.findall(r": --- [45]\d\d ", log)
    records = watch(log)
    assert len(events) <= len(records) <= max(len(events), len(refused)), log
    if not records:
        pytest.skip("Sendmail does not log it")
    if story.name == "relay-denied":
        assert records[0]["sender"] == "a@sender.example"
    if story.name in AMBIGUOUS:
        return
    assert {r["reason"] for r in records} & set(story.true.split()), log


@pytest.mark.parametrize("sender, recipient", [
    ('<"a, relay=v [203.0.113.9]"@sender.example>', "<b@elsewhere.example>"),
    ("<a@sender.example>", '<"b>, relay=v [203.0.113.9], reject=451 4.7.1 No"'
                           "@elsewhere.example>"),
])
def test_a_client_forges_nothing_in_sendmail(sender, recipient, sendmail_port, syslog, watch):
    site, port = sendmail_port(next(s for s in SENDMAIL_STORIES
                                    if s.name == "relay-denied"))
    before = len(syslog.lines)
    with smtp.Client(port, address="192.0.2.7") as client:
        smtp.play(client, f"EHLO c.example\nMAIL FROM:{sender}\nRCPT TO:{recipient}")
    site.rest()
    syslog.read_all()
    log = as_logged(syslog.lines[before:])
    [record] = watch(log)
    assert record["client"]["address"] == "192.0.2.7", log
    assert record["sender"] == sender.strip("<>"), log
    assert record["recipients"] == [recipient.strip("<>")], log
    assert record["reply"]["code"] == 550, log


def test_taken_later(saywhyd, postfix, build, box):
    """What was refused for good and came in all the same is a hint."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    shutil.chown(folder, "nobody")
    filter_ = saywhyd(f'store = "{folder}/records.db"')
    port = postfix.listen(smtpd_milters=filter_.address)
    with smtp.Client(port, address="192.0.2.7") as client:
        smtp.play(client, "EHLO c.example\nMAIL FROM:<bad@sender.example>\n"
                  "RCPT TO:<user@example.org>")
    process.wait_until(lambda: found(build, filter_) == 1, "the store")
    before = len(postfix.log())
    postfix.submit("Subject: later\n\nlater\n", "user@example.org",
                   sender="bad@sender.example")
    process.wait_until(lambda: "status=sent" in postfix.log()[before:],
                       "the delivery")
    subprocess.run([build / "saywhy", "watch", "-c", filter_.conf, "--once", "-"],
                   input=postfix.log()[before:].encode(), check=True, timeout=60)
    done = subprocess.run(
        [build / "saywhy", "report", "-c", filter_.conf, "--json"],
        capture_output=True, check=True, timeout=60)
    [row] = json.loads(done.stdout)["later"]["rows"]
    assert row["name"] == "sender-denied" and row["count"] == 1


# Writes what export has of an entry each; like that of systemd 252 it leaves no
# cursor behind, whatever ends it.
JOURNALCTL = r"""#!/usr/bin/python3
import json, sys, time
words = sys.argv[1:]
entries = json.load(open("{folder}/entries"))
after = [w[15:] for w in words if w.startswith("--after-cursor=")]
print(*words, file=open("{folder}/asked", "a"))
here = [e[0] for e in entries]
if "SYSLOG_FACILITY=2" in words:
    entries = [e for e in entries if "other" not in e[0]]
if "--lines=1" in words:
    entries = entries[-1:]
elif after:
    # As that of systemd 252: one entry is passed over, be it that of the cursor.
    entries = [e for e in entries if here.index(e[0]) >= here.index(after[0])][1:]
elif "--lines=0" in words:
    entries = []
for cursor, message in entries:
    print(f"__CURSOR={{cursor}}\n__REALTIME_TIMESTAMP=1795762745000000\n"
          f"_HOSTNAME=mx\n_PID=7\nSYSLOG_IDENTIFIER=postfix/smtpd\n"
          f"MESSAGE={{message}}\n", flush=True)
if "--follow" in words:
    time.sleep(60)
"""
REJECT = ("NOQUEUE: reject: RCPT from x.example[192.0.2.7]: 554 5.7.1 <{0}@elsewhere.example>: "
          "Relay access denied; from=<a@sender.example> to=<{0}@elsewhere.example> "
          "proto=ESMTP helo=<x.example>")


@pytest.fixture
def journal(build, tmp_path):
    """saywhy watch --journal --state, with a journalctl of ours."""
    folder = tmp_path
    (folder / "journalctl").write_text(JOURNALCTL.format(folder=folder))
    (folder / "journalctl").chmod(0o755)
    (folder / "watch.conf").write_text(
        CONF + f'record-file = "{folder}/records.json"\nsyslog = no\n')

    class Journal:
        state = folder / "watch.state"

        def entries(self, *names):
            (folder / "entries").write_text(json.dumps(
                [[f"s=1;i={n}", REJECT.format(n)] for n in names]))

        def start(self, *more):
            return subprocess.Popen(
                [build / "saywhy", "watch", "-c", folder / "watch.conf", "--journal",
                 "--state", self.state, *more], text=True, stderr=subprocess.PIPE,
                env={"PATH": f"{folder}:/usr/bin:/bin"})

        def recipients(self):
            path = folder / "records.json"
            lines = path.read_text().splitlines() if path.exists() else []
            return [json.loads(line)["recipients"][0].partition("@")[0] for line in lines]

    return Journal()


def test_a_journal_goes_on_where_it_stood(journal):
    """What is logged while nobody watches is read after the next start."""
    journal.entries("before")
    watching = journal.start()
    process.wait_until(lambda: journal.state.exists(), "the first cursor")
    watching.terminate()
    assert watching.wait(timeout=60) == 0
    assert journal.recipients() == []
    assert journal.state.read_text() == "s=1;i=before\n"
    journal.entries("before", "one", "two")
    watching = journal.start()
    process.wait_until(lambda: len(journal.recipients()) == 2, "two records")
    watching.terminate()
    assert watching.wait(timeout=60) == 0
    assert journal.recipients() == ["one", "two"]
    assert journal.state.read_text() == "s=1;i=two\n"
    journal.entries("before", "one", "two", "three")
    assert journal.start("--once").wait(timeout=60) == 0
    assert journal.recipients() == ["one", "two", "three"]


def test_a_journal_without_mail(journal):
    """What comes first is read, now or after a stop."""
    journal.entries("other")
    watching = journal.start()
    process.wait_until(lambda: journal.state.exists(), "where to begin")
    watching.terminate()
    assert watching.wait(timeout=60) == 0
    journal.entries("other", "one", "other2", "two")
    watching = journal.start()
    process.wait_until(lambda: len(journal.recipients()) == 2, "two records")
    watching.terminate()
    assert watching.wait(timeout=60) == 0
    assert journal.recipients() == ["one", "two"]


def test_a_journal_that_shows_nothing(journal):
    journal.entries()
    watching = journal.start("--once")
    assert "the journal shows nothing to this account" in watching.communicate(timeout=60)[1]


def test_a_journalctl_that_ends(journal):
    """It was to follow: a failure, so that the unit is started again."""
    journal.state.write_text("s=1;i=gone\n")
    journal.entries("one")
    watching = journal.start()
    assert "journalctl ended" in watching.communicate(timeout=60)[1]
    assert watching.returncode == 69
