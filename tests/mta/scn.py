"""scn - scenario files (milter/scenario/scenario.h), played through real MTAs

The same file that `saywhy try` plays: here a client says it all to Postfix or
Sendmail, and what is expected of the replies and of the records is held
against what came. WAIT moves the clock of the filter alone (clock-step.so), and
REFUSED is a refusal by the MTA. What only a trace shows (FOUND, NOT-FOUND), and
what an MTA must be made to do by other means (LOCAL, MARK, HOLD), has stories of
its own and is passed over.
"""

import fnmatch
import re

BLOCKS = {"CONFIG": "END", "DATA": "."}
ROUND = re.compile(r"\{n(?:([%/])(\d+))?\}")
UNITS = {"s": 1, "min": 60, "h": 3600, "hour": 3600, "day": 86400, "days": 86400}
ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|[rnts\\])")
ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{12}\b")
TIME = re.compile(r"\b([A-Z][a-z]{2} \d\d [A-Z][a-z]{2} )?\d\d:\d\d(?= \([A-Z]+\))")
LETTERS = {"r": "\r", "n": "\n", "t": "\t", "s": " ", "\\": "\\"}


class Statement:
    """One line: its verb, its words, or the lines of its block."""

    def __init__(self, number, verb, rest, block=""):
        self.number, self.verb, self.block = number, verb, block
        self.words = [_unescape(word) for word in rest.split()]
        self.rest = _unescape(rest)
        self.keys = dict(w.split("=", 1) for w in self.words if "=" in w)

    def get(self, key, otherwise=None):
        return self.keys.get(key, otherwise)

    def __repr__(self):
        return f"{self.number}: {self.verb} {self.rest}"


def _unescape(text):
    def byte(match):
        code = match.group(1)
        return LETTERS.get(code) or chr(int(code[1:], 16))
    return ESCAPE.sub(byte, text)


def read(path):
    """The statements of a file; text is bytes as Latin-1, one a character."""
    return parse(path.read_bytes().decode("latin-1"))


def _rounds(lines):
    """Each line and its number, those from REPEAT to AGAIN so often."""
    lines = list(enumerate(lines, 1))
    at = 0
    while at < len(lines):
        number, line = lines[at]
        at += 1
        if not line.startswith("REPEAT "):
            yield number, line
            continue
        begin = at
        while lines[at][1] != "AGAIN":
            at += 1
        for n in range(1, int(line.split()[1]) + 1):
            for number, line in lines[begin:at]:
                yield number, ROUND.sub(lambda m, n=n: str(
                    n if not m[1] else n % int(m[2]) if m[1] == "%" else n // int(m[2])), line)
        at += 1


def parse(text):
    lines = _rounds(text.split("\n"))
    statements = []
    for number, line in lines:
        verb, _, rest = line.strip().partition(" ")
        if not verb or verb.startswith("#"):
            continue
        block = []
        if verb in BLOCKS:
            for _, line in lines:
                if line == BLOCKS[verb]:
                    break
                block.append(line)
        statements.append(Statement(number, verb, rest, "\n".join(block) + "\n"))
    return statements


def configurations(statements):
    """(text, statements) for each CONFIG of a file."""
    found = []
    for statement in statements:
        if statement.verb == "CONFIG":
            found.append((statement.block, []))
        else:
            found[-1][1].append(statement)
    return found


class Mistake(AssertionError):
    pass


class Player:
    """Plays one configuration's statements; an MTA's way in is a subclass.

    unknown: recipients that the MTA was set to refuse.
    replies: for each event (statement, reply). A reply is None where an
    earlier refusal had ended the transaction, and where the MTA refused with
    words of its own; first has these statements.
    """

    def __init__(self, daemon):
        self.daemon = daemon
        self.client = None
        self.helo = self.tls = self.login = None
        self.unknown = []
        self.replies, self.lines, self.first = [], [], []
        self.reply = None
        self.greeted = self.open = False  # EHLO, MAIL were taken
        self.seen = daemon.records_from(0)[1]

    # What an MTA does differently.

    def connect(self, statement):
        raise NotImplementedError

    def log_in(self, login):
        """After EHLO; "-" is nobody."""
        raise NotImplementedError

    def text_of(self, reply):
        """Lines without code and status, as the daemon gave them."""
        return list(reply.texts)

    # Events.

    def play(self, statements):
        try:
            for statement in statements:
                name = "do_" + statement.verb.lower().replace("-", "_")
                getattr(self, name, self._pass_over)(statement)
        finally:
            self.finish()
        return self.replies

    def finish(self):
        self.close()

    def close(self):
        if self.client:
            self.client.close()
        self.client = None
        self.greeted = self.open = False

    def _pass_over(self, statement):
        pass

    def _said(self, statement, reply):
        if reply is not None and not reply.ok and not ID.search(reply.lines[-1]):
            self.first.append(statement)
            reply = None
        self.reply = reply
        self.lines = self.text_of(reply) if reply else []
        self.replies.append((statement, reply))
        self.records, self.seen = self.daemon.records_from(self.seen)

    def _not_played(self, statement):
        self._said(statement, None)

    def do_refused(self, statement):
        """Played where the MTA was set to refuse this one; see players.py."""
        recipient, status = statement.words[:2]
        if recipient not in self.unknown:
            self._not_played(statement)
            return
        reply = self._command(f"RCPT TO:{_path(recipient)}")
        if reply.code < 500 or reply.status != status or ID.search(reply.lines[-1]):
            raise Mistake(f"{statement}: {reply}")
        self._said(statement, None)

    def do_wait(self, statement):
        number, unit = statement.words
        self.daemon.step_clock(int(number) * UNITS[unit])

    def do_local(self, statement):
        self.close()
        self._said(statement, None)

    def do_client(self, statement):
        self.close()
        self.helo = self.tls = self.login = None
        self.client = self.connect(statement)
        self._said(statement, self.client.greeting)

    def do_helo(self, statement):
        self.helo = statement.rest
        self._said(statement, self._greet())

    def do_tls(self, statement):
        self.tls = statement.words[0]
        if self.helo is not None:
            self._greet()

    def do_login(self, statement):
        self.login = statement.words[0]
        if self.open:
            self._command("RSET")
            self.open = False
        if self.helo is not None:
            self._greet()

    def _greet(self):
        self.open = False
        reply = self._command("EHLO " + self.helo)
        if self.tls and reply.ok and not self.client.encrypted:
            self.client.starttls(self.tls)
            reply = self._command("EHLO " + self.helo)
        if self.login and reply.ok:
            self.log_in(self.login)
        self.greeted = reply.ok
        return reply

    def do_mail(self, statement):
        if not self.client or not self.greeted:
            self._said(statement, None)
            return
        if self.open:
            self._command("RSET")
        words = " ".join(statement.words[1:])
        reply = self._command(f"MAIL FROM:{_path(statement.words[0])} {words}".strip())
        self.open = reply.ok
        self._said(statement, reply)

    def do_rcpt(self, statement):
        command = f"RCPT TO:{_path(statement.rest)}"
        self._said(statement, self._command(command) if self.open else None)

    def do_data(self, statement):
        reply = None
        if self.open:
            reply = self.client.data(statement.block.encode("latin-1"))
            self.open = False
        self._said(statement, reply)

    def do_rset(self, statement):
        self._said(statement, self.client and self._command("RSET"))
        self.open = False

    def _command(self, line):
        """What would end a line on the wire is shown as we would show it."""
        return self.client.command(re.sub("[\r\n\0]", "?", line).encode("latin-1"))

    # Expectations.

    def do_expect(self, statement):
        if self.reply is None:
            return
        wanted = statement.words
        if wanted[0] in ("ok", "would"):
            if not self.reply.ok:
                raise Mistake(f"{statement}: {self.reply}")
        elif [str(self.reply.code), self.reply.status] != wanted[:2]:
            raise Mistake(f"{statement}: {self.reply}")

    def do_line(self, statement):
        if self.reply is None or self.reply.ok:
            return
        line = self.lines.pop(0) if self.lines else None
        if line is None or not fnmatch.fnmatchcase(line, statement.rest):
            raise Mistake(f"{statement}: {line}")

    def do_record(self, statement):
        if self.reply is None:
            return
        for record in self.records:
            if all(_is(_member(record, k), k, v) for k, v in statement.keys.items()):
                return
        raise Mistake(f"{statement}: {self.records}")

    def do_no_record(self, statement):
        if self.reply is not None and self.records:
            raise Mistake(f"{statement}: {self.records}")


def steady(lines):
    """Without what is another each time: the id, the time of day, and the size
    of a message, to which each MTA counts fields of its own."""
    lines = [TIME.sub("TIME", ID.sub("ID", line)) for line in lines]
    return [re.sub(r"\bhas \d+ bytes", "has SIZE bytes", line) for line in lines]


def _path(address):
    return address if address.startswith("<") else f"<{address}>"


def _is(value, key, wanted):
    """What has passed since is what the clock was moved, and a little more."""
    if key == "evidence.delay" and value:
        return int(wanted) <= int(value) < int(wanted) + 60
    return value == wanted


def _member(record, key):
    for name in key.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    if isinstance(record, list):
        record = ",".join(map(str, record))
    return "" if record is None else str(record).encode().decode("latin-1")
