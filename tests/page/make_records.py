#!/usr/bin/env python3
"""make_records.py - one record of each kind that the page tells differently

Writes JSON lines to standard output, and the ids with what they are to the
file that is named.
"""

import json
import sys
import time

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;\u202e\x1b[31m"

REPLIES = {
    "relay-denied": (550, "5.7.1", "mx.example.org does not take mail for example.net."),
    "spf-fail": (550, "5.7.23", "SPF: 192.0.2.7 may not send mail for example.com."),
    "dmarc-reject": (550, "5.7.26", "Nothing proves that this message comes from example.com."),
    "dnsbl-listed": (550, "5.7.1", "192.0.2.7 is on the blocklist zen.blocklist.example."),
    "attachment-banned": (550, "5.7.1", "The attached file invoice.exe is of a kind not taken here."),
    "mailbox-unknown": (550, "5.1.1", "User unknown in local recipient table"),
    "greylisted": (450, "4.7.1", "Please try again later."),
    "mailbox-full": (452, "4.2.2", "The mailbox is full."),
    "client-denied": (550, "5.7.1", "192.0.2.7 is on a list from which no mail is taken."),
}

EVIDENCE = {
    "spf-fail": {"record": "v=spf1 ip4:198.51.100.0/24 include:_spf.example.net -all",
                 "mechanism": "-all"},
    "dmarc-reject": {"author": "example.com", "spf": "pass for bounce.example.net",
                     "dkim": "fail", "dmarc": "fail", "alignment": "relaxed",
                     "policy": "reject", "record": "v=DMARC1; p=reject; rua=mailto:d@example.com"},
    "dnsbl-listed": {"list": "zen.blocklist.example", "answer": "127.0.0.4",
                     "text": "Seen sending spam on 2026-11-20",
                     "url": "https://check.blocklist.example/ip/192.0.2.7"},
    "attachment-banned": {"file": "invoice.exe", "type": "application/x-msdownload"},
    "client-denied": {"list": "secret list", "entry": "192.0.2.0/24",
                      "comment": "secret comment"},
}


def record(name, reason, outcome="reject", issuer="saywhy", **more):
    code, status, line = REPLIES[reason]
    ident = name.upper().ljust(12, "0")[:12]
    found = {
        "v": 1, "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "id": ident, "host": "mx.example.org", "issuer": issuer,
        "direction": "in", "outcome": outcome, "stage": "rcpt",
        "reason": reason, "who": "sender",
        "reply": {"code": code, "status": status, "lines": [
            line, f"https://mx.example.org/why/{ident}"]},
        "was": {"code": 554, "lines": ["secret words of before"]},
        "server": {"address": "10.9.8.7", "port": 25, "daemon": "secret"},
        "client": {"address": "192.0.2.7", "name": "mail.example.com"},
        "helo": "mail.example.com", "sender": "ann@example.com",
        "recipients": ["rita@example.org"], "queue_id": "SECRET1",
        "evidence": EVIDENCE.get(reason, {}),
        "also": [{"reason": "header-pattern", "check": "content_header",
                  "action": "note", "evidence": {"pattern": "secret pattern"}}],
        "mode": "enforce", "ms": 1,
    }
    found.update(more)
    return found


def hostile():
    """Everything that a sender controls, as a sender would like it."""
    return record(
        "hst", "spf-fail", helo=HOSTILE, sender=HOSTILE, recipients=[HOSTILE],
        client={"address": HOSTILE, "name": HOSTILE},
        reply={"code": 550, "status": HOSTILE, "lines": [HOSTILE, HOSTILE]},
        evidence={"record": "v=spf1 " + HOSTILE, "mechanism": HOSTILE,
                  "list": HOSTILE, "answer": HOSTILE, "text": HOSTILE,
                  "url": "https://x.example/\" onclick=alert(1)",
                  "file": HOSTILE, "spf": HOSTILE, "dkim": HOSTILE,
                  "alignment": HOSTILE, "author": HOSTILE},
    )


def main():
    records = {
        "relay": record("rey", "relay-denied"),
        "spf": record("spf", "spf-fail"),
        "dmarc": record("dmarc", "dmarc-reject"),
        "dnsbl": record("dnsb", "dnsbl-listed"),
        "attachment": record("attach", "attachment-banned"),
        "unknown-user": record("ser1", "mailbox-unknown", issuer="mta"),
        "deferral": record("defer", "greylisted", outcome="tempfail"),
        "outgoing": record("t1", "mailbox-full", outcome="deferred",
                           issuer="remote", direction="out"),
        "own-list": record("wn1", "client-denied"),
        "several": record("svr", "spf-fail", recipients=[
            "rita@example.org", "secret@example.org"]),
        "hostile": hostile(),
        "observed": record("bsrvd", "spf-fail", outcome="observed"),
    }
    for found in records.values():
        print(json.dumps(found))
    with open(sys.argv[1], "w", encoding="utf-8") as ids:
        json.dump({name: found["id"] for name, found in records.items()}, ids)


main()
