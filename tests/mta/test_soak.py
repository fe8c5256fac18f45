"""Many sessions with mixed refusals: each has one record, word for word.

SAYWHY_SOAK tells how many sessions (make soak: 20000), shared between Postfix
3.7 with footer and policy service and 3.11 with filter. What could not be
joined is counted, and printed with -s.
"""

import collections
import os
import random
import re
import threading

import pytest

import milter
import smtp
from test_policy import asked
from test_replymap import site, start, recorded

SESSIONS = int(os.environ.get("SAYWHY_SOAK", "400"))
THREADS = 12
ID = re.compile(r"/why/([0-9A-HJKMNP-TV-Z]{12})$")
NOISE = (500, 501, 502, 503)

# Steps of a session; a refused one is followed by the next all the same.
STEPS = """
RCPT TO:<b@elsewhere.example>
RCPT TO:<c@elsewhere.example>
RCPT TO:<missing@example.org>
RCPT TO:<nobody-%d@example.org>
RCPT TO:<closed@example.org>
RCPT TO:<user@example.org>
RCPT TO:<other@example.org>
RCPT TO:<a$b\\nc%%d@elsewhere.example>
RCPT TO:<nonsense
RCPT TO:<user@[192.0.2.300]>
VRFY nobody-%d@example.org
ETRN elsewhere.example
NONSENSE
RSET
MAIL FROM:<a@sender.example>
MAIL FROM:<bad@sender.example>
MAIL FROM:<a@sender.example> SIZE=99999999
MAIL FROM:<other@listed.example>
DATA
data Subject: hello\\n\\nx\\n
data Subject: casino\\n\\nx\\n
EHLO client.example
EHLO spam.example
""".strip().splitlines()

SENDERS = ["192.0.2.7", "192.0.2.8", "198.51.100.7", "198.51.100.66"]


class OtherFilter(milter.Watcher):
    """One beside ours that takes nothing for other@."""

    def _answer(self, letter, body, macros):
        answer = super()._answer(letter, body, macros)
        if letter == "R" and b"<other@" in body and answer == b"c":
            return b"y550-5.7.1 No pets\r\n550 5.7.1 in $this house\0"
        return answer


def session(port, chance):
    """The refusals that one client gets."""
    received = []
    with smtp.Client(port, address=chance.choice(SENDERS), timeout=30) as client:
        smtp.play(client, "EHLO client.example\nMAIL FROM:<a@sender.example>")
        for _ in range(chance.randint(1, 8)):
            line = chance.choice(STEPS).replace("%d", str(chance.randint(1, 9999)))
            reply = smtp.play(client, line.replace("%%", "%"))
            if reply.code == 354:
                reply = client.command(".")
            if reply.code >= 400 and reply.code not in NOISE:
                received.append(reply)
            if reply.code in (421, 521):
                break
    return received


def many_sessions(ports, count):
    received, errors = [], []

    def work(number):
        chance = random.Random(number)
        try:
            for _ in range(count // THREADS):
                received.extend(session(chance.choice(ports), chance))
        except Exception as problem:  # reported by the test's own thread
            errors.append(problem)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return received


# What only follows a refusal may have neither record nor id.
FOLLOWS = re.compile(r"no valid recipients|need (MAIL|RCPT)", re.I)


def compare(received, records):
    """What is wrong, by kind; the records of nobody's reply."""
    wrong = collections.defaultdict(list)
    by_id = collections.defaultdict(list)
    for record in records:
        by_id[record["id"]].append(record)
    for reply in received:
        found = ID.search(reply.lines[-1])
        mine = by_id.pop(found.group(1), []) if found else []
        if not found and not FOLLOWS.search(reply.lines[0]):
            wrong["reply without an id"].append(reply)
        elif found and len(mine) != 1:
            wrong[f"{len(mine)} records"].append((reply, mine))
        elif found and recorded(mine[0]) != reply.lines:
            wrong["other words"].append((reply, mine[0]))
    # The map leaves these as they are, without an id; they are recorded.
    return wrong, [r for rs in by_id.values() for r in rs
                   if r["reply"]["code"] not in (500, 501, 502, 503)]


def settings(daemon, kind, other):
    limits = {"message_size_limit": "1000000",
              "smtpd_sender_restrictions":
                  "check_sender_access inline:{listed.example=REJECT}"}
    made = asked(daemon, "footer", **limits) if kind == "3.7" else (
        site(daemon, "filter", **limits))
    made["smtpd_milters"] += f", {other.address}"
    return made


def test_soak(postfix, postfix311, saywhyd, box):
    daemon = start(saywhyd)
    other = OtherFilter(box / "soak-other.sock")
    ports = [postfix.listen(**settings(daemon, "3.7", other)),
             postfix311.listen(**settings(daemon, "3.11", other))]
    before = len(daemon.records())
    received = many_sessions(ports, SESSIONS)
    records = daemon.records()[before:]
    wrong, orphans = compare(received, records)
    unjoined = [r for r in records if r.get("joined") is False]
    print(f"\n{SESSIONS} sessions, {len(received)} refusals, {len(records)} records, "
          f"{len(unjoined)} unjoined")
    for kind, count in collections.Counter(
            (r["reply"]["code"], r["reply"]["lines"][0]) for r in unjoined).items():
        print("  unjoined:", count, kind)
    for record in orphans[:20]:
        print("  nobody's:", recorded(record), record)
    for kind, list_ in wrong.items():
        print(f"  {kind}: {len(list_)}", *list_[:3], sep="\n    ")
    other.stop()
    assert not wrong
    assert [r for r in orphans if r["reply"]["code"] != 421] == []
    assert len(unjoined) <= SESSIONS // 100
