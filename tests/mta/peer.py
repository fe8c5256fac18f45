"""peer - plays the MTA's side of the milter protocol, well or badly

For what no real MTA does on demand: leave out the negotiation, send things out
of order, offer an old protocol. Packets as in libmilter/mfdef.h of Sendmail.
"""

import socket
import struct

ALL_ACTIONS, ALL_STEPS = 0x1FF, 0x1FFFFF

# Steps that are not sent, and answers that are not awaited (mfdef.h).
NOBODY, NOHDRS, NOEOH, NODATA = 0x10, 0x20, 0x40, 0x200
NR_MAIL = 0x4000
UNANSWERED = {"L": 0x80, "C": 0x1000, "H": 0x2000, "M": NR_MAIL, "R": 0x8000,
              "T": 0x10000, "N": 0x40000, "B": 0x80000}


class Peer:
    def __init__(self, daemon):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(daemon.address.removeprefix("unix:"))
        self.stream = self.socket.makefile("rb")
        self.actions = self.steps = 0

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.stream.close()
        self.socket.close()

    def send(self, letter, body=b""):
        self.socket.sendall(
            struct.pack("!IB", len(body) + 1, ord(letter)) + body)

    def read(self):
        """Letter and content of an answer; None at the end."""
        head = self.stream.read(5)
        if len(head) < 5:
            return None
        size, letter = struct.unpack("!IB", head)
        return chr(letter), self.stream.read(size - 1)

    def negotiate(self, version=6, actions=ALL_ACTIONS, steps=ALL_STEPS):
        self.send("O", struct.pack("!III", version, actions, steps))
        letter, body = self.read()
        assert letter == "O"
        _, self.actions, self.steps = struct.unpack("!III", body[:12])
        return self

    def macros(self, letter, **values):
        words = "".join(f"{name}\0{value}\0" for name, value in values.items())
        self.send("D", letter.encode() + words.encode())

    def tell(self, letter, body=b""):
        """A step, and its answer where one was asked for."""
        self.send(letter, body)
        if self.steps & UNANSWERED.get(letter, 0):
            return None
        return self.read()

    def connect(self, address="192.0.2.7", port=40000):
        return self.tell("C", b"client.example\0004" +
                         struct.pack("!H", port) + address.encode() + b"\0")

    def helo(self, name="client.example"):
        return self.tell("H", name.encode() + b"\0")

    def mail(self, sender="<a@sender.example>"):
        return self.tell("M", sender.encode() + b"\0")

    def rcpt(self, rcpt="<user@example.org>"):
        return self.tell("R", rcpt.encode() + b"\0")

    def header(self, name, value):
        return self.tell("L", name.encode() + b"\0" + value.encode() + b"\0")

    def message(self, subject="hello", body=b"x\r\n"):
        """As much of it as was asked for; the answer to the final dot."""
        if not self.steps & NODATA:
            self.tell("T")
        if not self.steps & NOHDRS:
            self.header("From", "a@sender.example")
            self.header("Subject", subject)
        if not self.steps & NOEOH:
            self.tell("N")
        if not self.steps & NOBODY:
            self.tell("B", body)
        return self.tell("E")
