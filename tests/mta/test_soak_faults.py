"""Mixed traffic through an MTA while one thing after the other goes wrong.

SAYWHY_SOAK_MINUTES tells how long (make soak-faults: SOAK_MINUTES, 10),
SAYWHY_SOAK_MTA behind which MTA (postfix, postfix310, postfix311, sendmail),
SAYWHY_SOAK_RATE how many messages a second (0: as fast as it goes),
SAYWHY_SOAK_SEED in which order. At the end every message that was taken lies in
the mailbox (with Sendmail: in the queue), once; none that was refused does;
every refusal of ours has its one record, word for word, but for those while the
disk was full; and memory is what it was.
"""

import collections
import itertools
import os
import pathlib
import random
import re
import subprocess
import threading
import time

import pytest

import faults
import process
import sites
import smtp
from saywhyd import ID
from test_replymap import recorded

MINUTES = float(os.environ.get("SAYWHY_SOAK_MINUTES", "0.5"))
MTA = os.environ.get("SAYWHY_SOAK_MTA", "postfix")
RATE = float(os.environ.get("SAYWHY_SOAK_RATE", "0"))
SEED = os.environ.get("SAYWHY_SOAK_SEED", "1")
CLIENTS = 6
FAULT_SECONDS = 4
# In a long run most lives of the filter are long, or memory tells nothing.
TURNS_A_KILL = 8 if MINUTES > 20 else 1

DNS = """
. MAIL -
good.example TXT v=spf1 ip4:192.0.2.7 -all
spoofed.example TXT v=spf1 -all
_dmarc.spoofed.example TXT v=DMARC1; p=reject
"""

CONF = """
auth { spf = yes
 dkim = yes
 dmarc = yes }
dns { servers = {"127.0.0.1:%d"} }
step-timeout = "3 s"
content {
 clamd = "unix:%s"
 clamd-timeout = "2 s"
 attachments "no programs" { deny = {"exe"} }
 body "no winnings" { pattern = "/you have won/i" }
}
"""

ZIP = ("UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAAFAAAAYS5leGVQSwECFAAUAAAAAAAAACEAAAAA"
       "AAAAAAAAAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5leGVQSwUGAAAAAAEAAQAzAAAAIwAAAAAA")

# What is sent: the sender, a recipient, fields, a body. Of the bad ones none
# may ever be delivered.
GOOD = [
    ("a@good.example", "user@example.org", "", "hello\\n"),
    ("a@good.example", "other@example.org", "Content-Type: text/html\\n",
     "<a href='http://www.example.com/'>x</a>\\n"),
    ("", "user@example.org", "Content-Type: multipart/mixed; boundary=b\\n",
     "--b\\n\\nx\\n--b\\nContent-Type: text/plain; name=a.txt\\n\\ny\\n--b--\\n"),
]
BAD = [
    ("a@good.example", "b@elsewhere.example", "", "x\\n"),
    ("a@good.example", "closed@example.org", "", "x\\n"),
    ("bad@sender.example", "user@example.org", "", "x\\n"),
    ("a@spoofed.example", "user@example.org", "", "x\\n"),
    ("a@good.example", "user@example.org", "Subject: casino\\n", "x\\n"),
    ("a@good.example", "user@example.org", "", "you have won\\n"),
    ("a@good.example", "user@example.org",
     "Content-Type: application/zip; name=a.zip\\n"
     "Content-Transfer-Encoding: base64\\n", ZIP + "\\n"),
]


class Tally:
    """What the clients saw; any thread."""

    def __init__(self, world):
        self.world = world
        self.lock = threading.Lock()
        self.taken, self.refused = [], []     # marks; replies
        self.bad_taken = []
        self.later = collections.Counter()    # 4xx without an id
        self.lossy = set()      # ids given while the disk was full
        self.errors = []

    def note(self, reply, mark, bad, lossy):
        with self.lock:
            if reply.ok:
                (self.bad_taken if bad else self.taken).append(mark)
            elif ID.search(reply.lines[-1]):
                self.refused.append(reply)
                if lossy:
                    self.lossy.add(ID.search(reply.lines[-1]).group(1))
            else:
                self.later[reply.lines[0][:60]] += 1


def send(connect, shape, mark):
    """The first refusal, or the reply to the message."""
    sender, recipient, fields, body = shape
    with connect(timeout=180) as client:
        return smtp.until_refused(
            client, f"EHLO client.example\nMAIL FROM:<{sender}>\n"
            f"RCPT TO:<{recipient}>\ndata From: {sender or 'a@good.example'}\\n"
            f"X-Mark: {mark}\\n{fields}\\n{body}")


def client(number, connect, tally, until):
    """Its messages in turn; a good one comes again until it is taken."""
    chance, count = random.Random(f"{SEED} {number}"), 0
    begun = time.monotonic()
    try:
        while time.monotonic() < until:
            if RATE:
                due = begun + count * CLIENTS / RATE
                time.sleep(max(0, due - time.monotonic()))
            bad = chance.random() < 0.4
            shape = chance.choice(BAD if bad else GOOD)
            count += 1
            mark = f"mark-{number}-{count}-end"
            for _ in range(200):
                lossy = tally.world.full.is_set()
                reply = send(connect, shape, mark)
                lossy |= tally.world.full.is_set()
                tally.note(reply, mark, bad, lossy)
                if reply.code < 400 or reply.code >= 500 or bad:
                    break
                time.sleep(0.5)
    except Exception as problem:  # reported by the test's own thread
        tally.errors.append(problem)


def samples_of(world, stop):
    samples = []

    def watch():
        while not stop.wait(1):
            samples.append((world.kills, world.memory()))

    threading.Thread(target=watch, daemon=True).start()
    return samples


def play_faults(world, until):
    """How often each was played."""
    played, chance = collections.Counter(), random.Random(SEED)
    for number in itertools.count(1):
        turn = faults.ALL[:]
        if number % TURNS_A_KILL:
            turn.remove(faults.killed)
        chance.shuffle(turn)
        for fault in turn:
            if time.monotonic() + 2 * FAULT_SECONDS > until:
                return played
            fault(world, FAULT_SECONDS)
            played[fault.__name__] += 1


def play(world, connect):
    until = time.monotonic() + MINUTES * 60
    tally, stop = Tally(world), threading.Event()
    samples = samples_of(world, stop)
    clients = [threading.Thread(target=client, args=(i, connect, tally, until))
               for i in range(CLIENTS)]
    for thread in clients:
        thread.start()
    played = play_faults(world, until)
    for thread in clients:
        thread.join()
    stop.set()
    return tally, played, [s for s in samples if s[1]]


@pytest.fixture
def world(box, build, saywhyd):
    shim = build / "clock-step.so"
    if not shim.exists():
        pytest.skip("no clock-step.so (make clock-step.so)")
    disk = pathlib.Path(box / "soak-disk")
    disk.mkdir()
    size = 8 + int(MINUTES * min(4, RATE / 5 or 4))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=0777",
                    "tmpfs", disk], check=True)
    clock = box / "soak-clock"
    clock.write_text("0")
    socket = box / "soak-clamd.sock"
    made = faults.World(build, box, None, socket, disk, clock)
    made.start_dns(pathlib.Path(made.folder), DNS)
    made.daemon = saywhyd(CONF % (made.dns_port, socket),
                          records=disk / "records.json",
                          environment={"LD_PRELOAD": str(shim),
                                       "CLOCK_STEP": str(clock)})
    yield made
    made.dns.stop()
    made.scanner.stop()


def marks_kept(mta):
    return collections.Counter(
        re.search(r"mark-\d+-\d+-end", m).group(0) for m in mta.kept("X-Mark:"))


def lines_of(reply):
    """Without the recipient that Sendmail puts before what a filter says."""
    return [re.sub(r"^(\S+ )<\S*>\.\.\. ", r"\1", reply.lines[0]),
            *reply.lines[1:]]


def compare(tally, records):
    by_id = collections.Counter(r["id"] for r in records)
    words = {r["id"]: recorded(r) for r in records}
    wrong = []
    for reply in tally.refused:
        id_ = ID.search(reply.lines[-1]).group(1)
        if by_id[id_] == 0 and id_ in tally.lossy:
            continue
        if by_id[id_] != 1 or words[id_] != lines_of(reply):
            wrong.append((by_id[id_], reply, words.get(id_)))
    return wrong


def memory_of(samples):
    """KB, of the longest life: the peak of its first quarter, and of its last;
    and how many seconds it had."""
    lives = collections.defaultdict(list)
    for kills, kb in samples:
        lives[kills].append(kb)
    longest = max(lives.values(), key=len)
    part = max(1, len(longest) // 4)
    return max(longest[:part]), max(longest[-part:]), len(longest)


def site(request, daemon):
    """The MTA with this filter, and how clients connect to it."""
    if MTA == "sendmail":
        connect = sites.behind_sendmail(
            request.getfixturevalue("sendmail_site"), daemon, log_level=9)
        return connect.site, connect
    mta = request.getfixturevalue(MTA)
    return mta, sites.behind_postfix(mta, daemon,
                                     milter_default_action="tempfail",
                                     milter_connect_timeout="5s",
                                     milter_command_timeout="20s",
                                     milter_content_timeout="20s")


def report(tally, played, samples, torn, world):
    first, last, life = memory_of(samples)
    print(f"\n{MTA}, {MINUTES:g} minutes: {len(tally.taken)} messages taken, "
          f"{len(tally.refused)} refused by us, {sum(tally.later.values())} "
          f"deferred while the filter was away;\n  faults: "
          f"{sum(played.values())} {dict(played)};\n  refusals while the "
          f"disk was full: {len(tally.lossy)}, {torn} torn lines; memory {first} KB at "
          f"first, {last} KB at last of {life} s, {world.kills} kills")
    print("  deferred:", dict(tally.later))


def test_soak_with_faults(world, request, build):
    mta, connect = site(request, world.daemon)
    tally, played, samples = play(world, connect)
    records, torn = world.records()
    report(tally, played, samples, torn, world)
    assert tally.errors == []
    process.wait_until(lambda: len(marks_kept(mta)) >= len(tally.taken),
                       "the last message", 120)
    kept = marks_kept(mta)
    wrong = compare(tally, records)
    first, last, _ = memory_of(samples)
    lost = [m for m in tally.taken if kept[m] == 0]
    double = [m for m in kept if kept[m] > 1]
    assert (lost, double, tally.bad_taken, wrong[:3]) == ([], [], [], [])
    assert set(kept) == set(tally.taken)
    assert torn <= played["disk_full"]
    if build.name != "asan":  # it keeps what was freed
        assert last <= first * 1.25 + 8192
