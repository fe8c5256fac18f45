"""truth - what a story's row says, compared with wire and records

The true cause of a story is the first of its reasons; the others are as good.
From it follow the codes and statuses that are right (those of the catalogue, of
the class that the MTA was set to give) and who must act; from the dialogue
follow stage, sender and recipients. The story itself may say more.
"""

import re

import replies

CATALOGUE = replies.catalogue()

# Stages by the command that is answered, as far as a client can tell.
STAGES = [("EHLO", {"helo"}), ("HELO", {"helo"}), ("MAIL", {"mail"}), ("RCPT", {"rcpt"}),
          ("DATA", {"data"}), ("BDAT", {"data", "headers", "message"}),
          ("data ", {"data", "headers", "message"}), ("bdat ", {"data", "headers", "message"}),
          ("auth ", {"helo", "mail"}), ("AUTH", {"helo", "mail"}), ("starttls", {"helo"}),
          ("STARTTLS", {"helo"})]

# What may stand for the reason's own. RFC 5321 section 4.3.2 names the codes of
# each command, the registry (RFC 5248) those of each status: 553 and 551 are of
# MAIL and RCPT, 450 and 451 of all three, 421 of any command, 454 beside 4.7.1.
ALIKE = {
    "550 5.7.1": {"553 5.7.1"}, "550 5.7.0": {"550 5.7.1"},
    "450 4.7.0": {"450 4.7.1", "451 4.7.1", "451 4.7.0", "421 4.7.0", "454 4.7.1", "454 4.7.0"},
    "451 4.3.0": {"450 4.3.0", "421 4.3.0"},
    "451 4.3.5": {"450 4.3.5", "421 4.3.5"},
    "451 4.3.2": {"421 4.3.2", "450 4.3.2"},
    "550 5.1.6": {"551 5.1.6"}, "554 5.4.6": {"550 5.4.6"},
    # 421 hangs up, after which others of the session cannot be answered either.
    "421 4.3.2": {"450 4.3.2", "451 4.3.2"},
}
# 554 is of DATA and the message; elsewhere it is right only where it stands
# before an admin's or another program's words, of which it is a part.
OF_MESSAGE = {"550 5.7.1": {"554 5.7.1"}, "550 5.7.0": {"554 5.7.1", "554 5.7.0"},
              "521 5.3.2": {"554 5.3.2"}}

# Who must act, by the catalogue, and how our second line calls them.
ACTS = {
    "SENDER": r"^(Check|Send|Turn on|Enter|Ask|Join|Choose|Log|Wait|Write|Leave|Use|If|Do|Only|Each|That|"
              r"The sender|Make|Put|Look)|mail program|address|sender",
    "SENDER_ADMIN": r"sender's mail provider|mail admin|sending server|program",
    "POSTMASTER": r"mail admin|postmaster|The fault is at|write to |they are mended",
    "RECIPIENT": r"recipient",
    "NOBODY": r"need not do anything|end it again|ries again|goes on|waiting|hour",
}
WHO = {name: who for name, who in re.findall(
    r'^REASON\(\w+, *"([a-z0-9-]+)",[^"]*?(?:"[^"]*"[^"]*?)*?\b(SENDER_ADMIN|SENDER|POSTMASTER|'
    r'RECIPIENT|NOBODY)\b', replies.CATALOGUE.read_text(), re.M)}

# Words of ours that only some causes may have: the rest of a row's `never`.
ONLY_FOR = [
    (r"on the list of addresses", "client-denied"),
    (r"blocklist", "dnsbl-listed domain-listed dnsbl-unavailable url-listed"),
    (r"first message of a sender|within half an hour", "greylisted"),
    (r"name and password", "auth-required auth-failed login-denied account-disabled "
                            "relay-denied"),
    (r"takes mail here only after a login", "auth-required"),
    (r"\bSPF\b", "spf-fail spf-softfail spf-permerror spf-temperror dmarc-reject"),
    (r"\bDMARC\b", "dmarc-reject dmarc-quarantine dmarc-temperror"),
    (r"\bDKIM\b", "dkim-none-valid dkim-unacceptable dkim-author-mismatch dmarc-reject"),
    (r"looks like spam", "spam-content"),
    (r"[Vv]irus", "virus-found"),
    (r"typing mistakes", "mailbox-unknown mailbox-unverified rcpt-domain-nonexistent rcpt-syntax "
                         "relay-denied mailbox-moved sender-syntax sender-unverified "
                         "sender-domain-nonexistent"),
    (r"make room", "mailbox-full storage-full"),
    (r"encryption|\bTLS\b", "tls-required tls-failed tls-too-weak tls-client-cert-refused "
                             "command-not-implemented rate-limited"),
    (r"blocklist|is listed", "dnsbl-listed domain-listed dnsbl-unavailable url-listed"),
    (r"larger than|smaller message", "message-too-large header-too-large message-malformed"),
    (r"new address", "mailbox-moved"),
    (r"mail filter has a fault", "filter-error"),
    (r"set up wrong|fault in its configuration", "config-error"),
    (r"did not wait for its turn|does not wait for its turn",
     "early-talker unauth-pipelining sequence"),
]

ACTORS = re.compile(r"postmaster|admin|sender|recipient|provider|mail program|program|nobody|owner|"
                    r"write to|ask |check |send |log in|enter ", re.I)
GOOD_NEWS = re.compile(r"tries again by itself|is still under way|not delivered yet|need not do anything", re.I)
BAD_NEWS = re.compile(r"was not delivered|for good", re.I)
LINK = re.compile(r"^https?://\S+$|^\S+ \(id \w+\)$")


def _commands(story):
    return [line for line in story.dialogue.split("\n") if line]


def stages(played):
    """The stages that the record of the last refusal may name, by the command
    that it answers; where nothing refused, by the last command."""
    commands = _commands(played.story)
    last = played.asked[-1] if played.asked else commands[-1] if commands else ""
    for begin, found in STAGES:
        if last.startswith(begin):
            return found
    return {"connect"} if not last else None


def envelope(story):
    """Sender and recipients as the client gave them."""
    sender, recipients = None, []
    for line in _commands(story):
        if line.startswith("MAIL FROM:<"):
            sender, recipients = line[11:].partition(">")[0], []
        elif line.startswith("RCPT TO:<"):
            recipients.append(line[9:].partition(">")[0])
        elif line.startswith(("RSET", "EHLO")):
            sender, recipients = None, []
    return sender, recipients


class Verdict:
    """One story on one MTA: what is right, and what is not."""

    def __init__(self, played, stock):
        self.played, self.story, self.stock = played, played.story, stock
        self.wrong = []
        self.reply = played.wire[-1] if played.wire else None
        self.stock_right = self.is_right(stock)
        self.right = self.is_right(self.reply)
        if self.stock_right and not self.right:
            self.wrong.append("made worse")
        self.judge_records()
        if self.reply:
            self.judge_text()

    def is_right(self, reply):
        """Code and status: of the reason's in this class, or the row's own."""
        if reply is None:
            return self.story.wire == 0
        good = self.good()
        if not self.story.dialogue:  # a greeting: RFC 5321 section 3.1
            return reply.code in (421, 521, 554)
        return f"{reply.code} {reply.status}" in good

    def good(self):
        """Codes with statuses that are right."""
        good = set(self.story.right)
        for reason in self.story.true.split():
            for code, status in CATALOGUE.get(reason, {}).values():
                if code:
                    own = f"{code} {status}"
                    good |= {own} | ALIKE.get(own, set())
                    if self.may_be_554():
                        good |= OF_MESSAGE.get(own, set())
        return good

    def may_be_554(self):
        found = stages(self.played)
        return bool(found and found & {"data", "headers", "message"}) or self.story.in_others_words()

    def judge_records(self):
        played, story = self.played, self.story
        self.wanted = story.records
        if self.wanted is None:
            self.wanted = len(played.wire) + (1 if story.wire == 0 else 0)
        self.once = len(played.records) == self.wanted
        if not self.once:
            self.wrong.append(f"{len(played.live)}+{len(played.logged)} records for {self.wanted}")
        # What only follows from a refusal before it has no record of its own.
        self.untold = story.follows
        self.record = None if self.untold else self.choose_record()
        self.reason_right = self.facts_right = self.untold
        if self.record is None or self.untold:
            return
        reason = self.record.get("reason", "unrecognised")
        self.reason_right = reason in story.true.split()
        if not self.reason_right:
            self.wrong.append(f"reason {reason}, true {story.true}")
        bad = self.bad_facts(self.record)
        self.facts_right = not bad
        self.wrong += bad

    def choose_record(self):
        """That of the last reply."""
        records = sorted(self.played.records, key=lambda r: r["time"])
        words = " ".join(self.reply.texts) if self.reply else ""
        for record in reversed(records):
            lines = (record.get("was") or record.get("reply") or {}).get("lines", [])
            if lines and lines[0] in words:
                return record
        return records[-1] if records else None

    def bad_facts(self, record):
        story, bad = self.story, []
        sender, recipients = envelope(story)
        # Sendmail (site=) may refuse a session and never log who it was.
        logged = "site" not in story.site or story.address in self.played.log
        if record["client"].get("address") != story.address and not story.before and logged:
            bad.append(f"client {record['client']}")
        # A filter that another one is asked before learns nothing of the command,
        # and Sendmail (site=) tells at MAIL what it found at CONNECT.
        may = None if story.before or story.outcome else stages(self.played)
        if may and "site" in story.site and "mail" in may:
            may = may | {"connect", "helo"}
        if may and record["stage"] not in may:
            bad.append(f"stage {record['stage']}, not {may}")
        if story.outcome and record["outcome"] != story.outcome:
            bad.append(f"outcome {record['outcome']}")
        if record["stage"] in ("rcpt", "data", "headers", "message") and sender is not None and \
                record.get("sender") not in (sender, None if " " in sender else sender):
            bad.append(f"sender {record.get('sender')}, not {sender}")
        recipients = [rcpt.rpartition(":")[2] for rcpt in recipients]
        if record["stage"] in ("rcpt", "data", "headers", "message") and recipients and \
                not set(record["recipients"]) <= set(recipients):
            bad.append(f"recipients {record['recipients']}")
        if record["stage"] in ("headers", "message") and recipients and not record["recipients"]:
            bad.append("no recipients")
        return bad

    def judge_text(self):
        story, reply, words = self.story, self.reply, " ".join(self.reply.texts)
        self.kept = [w for w in story.keep if w not in words]
        if self.kept:
            self.wrong.append(f"gone: {self.kept}")
        self.false = []
        if reply.code >= 500 and GOOD_NEWS.search(words):
            self.false.append("5yz with good news")
        if reply.code < 500 and BAD_NEWS.search(words):
            self.false.append("4yz with bad news")
        self.false += [w for w in story.never if w in words]
        recorded = (self.record or {}).get("reason", "unrecognised")
        ours = [line for line in reply.texts if line not in self.stock_lines()
                and not LINK.search(line)]
        if ours and self.record and recorded not in story.true.split() + ["unrecognised"]:
            self.false.append(f"says {recorded}")
        self.false += self.not_so(" ".join(ours)) + self.fate_of_none(" ".join(ours))
        self.wrong += self.false
        self.mistaken = bool(ours and self.record) and not self.calls_actor(ours)
        if self.mistaken:
            self.wrong.append(f"who must act: {sorted(self.actors())}")
        self.helpless = bool(self.record and self.record.get("was") and
                             not any(ACTORS.search(line) for line in ours))
        if self.helpless:
            self.wrong.append("neither who nor what")

    def not_so(self, words):
        """What ours say that only another cause may have."""
        true = set(self.story.true.split())
        return [f"says {found.group()!r}" for pattern, reasons in ONLY_FOR
                if not true & set(reasons.split())
                for found in [re.search(pattern, words)] if found]

    def fate_of_none(self, words):
        """Where there is no message, none is lost or under way."""
        asked = self.played.asked[-1] if self.played.asked else ""
        wrong = asked.startswith(("VRFY", "ETRN", "XCLIENT")) and (
            GOOD_NEWS.search(words) or BAD_NEWS.search(words))
        return [f"says {wrong.group()!r}"] if wrong else []

    def actors(self):
        return {self.story.who} if self.story.who else {
            WHO[name] for name in self.story.true.split()}

    def calls_actor(self, ours):
        """Whoever keeps a rule that is not known can always be asked."""
        return any(re.search(ACTS[who], sentence) for line in ours
                   for sentence in re.split(r"(?<=[.;]) ", line)
                   for who in self.actors() | {"POSTMASTER"})

    def stock_lines(self):
        was = (self.record or {}).get("was") or {}
        return was.get("lines", []) + (self.stock.texts if self.stock else [])


def table(title, verdicts):
    """The table of one MTA, as lines."""
    n = len(verdicts)
    refused = [v for v in verdicts if v.reply]
    known = [v for v in verdicts if v.wanted]
    rows = [
        ("code and status right, stock", sum(v.stock_right for v in verdicts), n),
        ("code and status right, saywhy", sum(v.right for v in verdicts), n),
        ("right in stock, made worse", sum("made worse" in v.wrong for v in verdicts), n),
        ("text false or misleading", sum(bool(v.false) for v in refused), len(refused)),
        ("others' words gone", sum(bool(v.kept) for v in refused), len(refused)),
        ("text without who and what to do", sum(v.helpless for v in refused), len(refused)),
        ("who must act, not the right one", sum(v.mistaken for v in refused), len(refused)),
        ("record with the right reason", sum(v.reason_right for v in known), len(known)),
        ("record with the right facts", sum(v.facts_right for v in known), len(known)),
        ("exactly one record each", sum(v.once for v in verdicts), n),
    ]
    return [title] + [f"  {what:36} {good:4} of {all_:4}  {100 * good / max(all_, 1):5.1f} %"
                      for what, good, all_ in rows]
