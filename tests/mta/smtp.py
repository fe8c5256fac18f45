"""smtp - an SMTP client that hides nothing

Sends exactly what it is given and returns each reply exactly as it came, so
that a test can speak wrong, at the wrong time, or from any client address.
"""

import base64
import re
import socket
import ssl

IPV6_FREEBIND = 78  # linux/in6.h; Python has no name for it


class Closed(Exception):
    """The server closed the connection without a reply."""


class Reply:
    """One reply, as it came: raw ends with CR LF."""

    def __init__(self, raw):
        self.raw = raw
        self.lines = raw.decode("latin-1").split("\r\n")[:-1]
        self.code = int(self.lines[0][:3])

    def without_teaser(self):
        """What is left when postscreen's "220-" came before another code."""
        lines = self.raw.splitlines(True)
        code = lines[-1][:3]
        return Reply(b"".join(line for line in lines if line[:3] == code))

    @property
    def status(self):
        """The enhanced status of the first line, or None."""
        match = re.match(r"\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b", self.lines[0])
        return match and match.group(1)

    @property
    def texts(self):
        """The words of each line, without code and enhanced status."""
        return [
            re.sub(r"^\d{3}[ -]?([245]\.\d{1,3}\.\d{1,3} ?)?", "", line)
            for line in self.lines
        ]

    @property
    def literal(self):
        """On one line, CR LF written as \\r\\n, as our list files have it."""
        return "\\r\\n".join(self.lines)

    @property
    def ok(self):
        return self.code < 400

    def __str__(self):
        return "\n".join(self.lines)

    __repr__ = __str__


class Client:
    """One connection.

    address is the client's own address; in the box it may be any, elsewhere
    None lets the system choose. early is said before the server's greeting.
    """

    def __init__(self, port, host="192.0.2.1", address=None, timeout=60,
                 early=""):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.place = port, host, address, timeout
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        if address:
            if family == socket.AF_INET6:
                self.sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
            self.sock.bind((address, 0))
        self.sock.connect((host, port))
        self.pending = b""
        self.received = []  # every reply, in order
        self.asked = []  # by play(): what each of them answers
        self.send(early)
        self.greeting = self.reply().without_teaser()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """The connection, and those that play() left open for it."""
        self.sock.close()
        for sock in getattr(self, "left", []):
            sock.close()

    def quit(self):
        reply = self.command("QUIT")
        self.close()
        return reply

    def send(self, raw):
        """Bytes go as they are, words as UTF-8; CR LF is the caller's."""
        self.sock.sendall(raw.encode() if isinstance(raw, str) else raw)

    def line(self):
        while b"\n" not in self.pending:
            more = self.sock.recv(65536)
            if not more:
                raise Closed(self.pending)
            self.pending += more
        line, _, self.pending = self.pending.partition(b"\n")
        return line + b"\n"

    def reply(self):
        raw = line = self.line()
        while line[3:4] == b"-":
            line = self.line()
            raw += line
        self.received.append(self._plain(Reply(raw)))
        return Reply(raw)

    @staticmethod
    def _plain(reply):
        """Without a teaser; a reply with an odd line end in it stays whole."""
        try:
            return reply.without_teaser()
        except ValueError:
            return reply

    def command(self, line):
        if isinstance(line, str):
            line = line.encode()
        self.send(line + b"\r\n")
        return self.reply()

    def pipeline(self, *lines):
        """All lines at once, then the reply to each."""
        self.send("".join(line + "\r\n" for line in lines))
        return [self.reply() for _ in lines]

    def ehlo(self, name="client.example"):
        return self.command("EHLO " + name)

    def xclient(self, **attributes):
        """Play another client (Postfix): addr, name, helo, login, port."""
        words = " ".join(f"{k.upper()}={v}" for k, v in attributes.items())
        return self.command("XCLIENT " + words)

    @property
    def encrypted(self):
        return isinstance(self.sock, ssl.SSLSocket)

    def starttls(self, version=None):
        """version as "TLSv1.3"; without it the best that both know."""
        reply = self.command("STARTTLS")
        if reply.ok:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            if version:
                wanted = ssl.TLSVersion[version.replace(".", "_")]
                context.minimum_version = context.maximum_version = wanted
            self.sock = context.wrap_socket(self.sock)
        return reply

    def auth(self, login, password):
        token = base64.b64encode(f"\0{login}\0{password}".encode()).decode()
        return self.command("AUTH PLAIN " + token)

    def data(self, message):
        """DATA and a message with LF at line ends; the last reply."""
        reply = self.command("DATA")
        if reply.code != 354:
            return reply
        if isinstance(message, str):
            message = message.encode()
        for line in message.splitlines():
            self.send((b"." if line.startswith(b".") else b"") + line + b"\r\n")
        return self.command(".")

    def bdat(self, chunk, last=True):
        if isinstance(chunk, str):
            chunk = chunk.encode()
        self.send(b"BDAT %d%s\r\n" % (len(chunk), b" LAST" if last else b""))
        self.send(chunk)
        return self.reply()


def play(client, dialogue):
    """Play a dialogue, one command a line; the reply to the last one.

    Lines that begin with a lower-case word are verbs of this player:

        auth LOGIN PASSWORD     AUTH PLAIN
        starttls                STARTTLS and the handshake
        xclient NAME=VALUE...   XCLIENT, then the new greeting is EHLO's turn
        data TEXT               DATA with TEXT (\\n: next line) and the dot
        bdat TEXT               one BDAT ... LAST
        raw TEXT                TEXT with its escapes (\\n, \\x00), one reply
        wait                    say nothing: what does the server say?
        again                   one more connection, which speaks from here on
        repeat N LINE           LINE, N times
    """
    reply = client.greeting
    for line in dialogue.strip().splitlines():
        note_asked(client)
        verb, _, rest = line.strip().partition(" ")
        try:
            reply = PLAYED.get(verb, _command)(client, line.strip(), rest)
        finally:
            note_asked(client, line.strip())
    return reply


def note_asked(client, line=""):
    """The replies so far that nothing stands for answer this line."""
    client.asked += [line] * (len(client.received) - len(client.asked))


def until_refused(client, dialogue):
    """Play a dialogue up to the first refusal; the last reply."""
    reply = client.greeting
    if not reply.ok:
        return reply
    for line in dialogue.strip().splitlines():
        reply = play(client, line)
        if not reply.ok:
            break
    return reply


def _command(client, line, _rest):
    return client.command(line)


def _repeat(client, _line, rest):
    count, _, line = rest.partition(" ")
    for i in range(int(count)):
        reply = play(client, line.replace("%d", str(i)))
    return reply


def _again(client, _line, _rest):
    """The client turns into a second one; the first stays open."""
    second = Client(*client.place)
    second.left = getattr(client, "left", []) + [client.sock]
    second.asked = client.asked + [""]
    second.received = client.received + second.received
    client.__dict__.update(second.__dict__)
    return client.greeting


def _unescape(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


PLAYED = {
    "auth": lambda c, line, rest: c.auth(*rest.split(" ")),
    "starttls": lambda c, line, rest: c.starttls(),
    "xclient": lambda c, line, rest: c.command("XCLIENT " + rest),
    "data": lambda c, line, rest: c.data(_unescape(rest)),
    "bdat": lambda c, line, rest: c.bdat(_unescape(rest)),
    "raw": lambda c, line, rest: (c.send(_unescape(rest)), c.reply())[1],
    "wait": lambda c, line, rest: c.reply(),
    "repeat": _repeat,
    "again": _again,
}
