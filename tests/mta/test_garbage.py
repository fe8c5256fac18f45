"""Hundreds of wrong dialogues at the filter's door: it must outlive them all.

Whoever may connect (the mail server) is trusted with mail, not with our
memory: packets of wrong lengths, without ends, out of order, of no known kind.
Each kind is played against the real daemon; afterwards it serves as before.
Sources: what `mload` and fuzzers of other filters send, and libmilter's own
readers of packets, one by one.
"""

import random
import socket
import struct

import pytest

import peer

OFFER = struct.pack("!III", 6, peer.ALL_ACTIONS, peer.ALL_STEPS)
CLIENT = b"client.example\0004" + struct.pack("!H", 40000) + b"192.0.2.7\0"

# A whole dialogue, in packets.
GOOD = [
    (b"O", OFFER), (b"D", b"Cj\0mx.example.org\0{daemon_name}\0smtpd\0"),
    (b"C", CLIENT), (b"D", b"H{tls_version}\0TLSv1.3\0"),
    (b"H", b"client.example\0"), (b"D", b"Mi\0QID1\0{mail_addr}\0a@b.example\0"),
    (b"M", b"<a@sender.example>\0SIZE=10\0"), (b"D", b"R{rcpt_addr}\0x\0"),
    (b"R", b"<user@example.org>\0"), (b"D", b"Ti\0QID1\0"), (b"T", b""),
    (b"L", b"Subject\0hello\0"), (b"N", b""), (b"B", b"x\r\n" * 50),
    (b"D", b"Ei\0QID1\0"), (b"E", b""), (b"Q", b""),
]
LETTERS = bytes(range(256))


def packet(letter, content, size=None):
    return struct.pack("!I", len(content) + 1 if size is None else size) + \
        letter + content


def whole(packets):
    return b"".join(packet(*p) for p in packets)


def up_to(step):
    return whole(GOOD[:step])


def contents():
    """Each packet of the dialogue with its content spoiled."""
    spoil = {
        "none": lambda c: b"",
        "without-end": lambda c: c.rstrip(b"\0"),
        "only-end": lambda c: b"\0",
        "ends": lambda c: b"\0" * 1000,
        "cut": lambda c: c[:len(c) // 2],
        "one-more": lambda c: c + b"x\0",
        "high": lambda c: b"\xff" * len(c),
        "long": lambda c: c[:-1] + b"y" * 200000 + c[-1:],
    }
    for i, (letter, content) in enumerate(GOOD):
        for how, change in spoil.items():
            if change(content) != content:
                yield (f"{letter.decode()}{i}-{how}",
                       up_to(i) + packet(letter, change(content)) +
                       whole(GOOD[i + 1:]))


def sizes():
    """A length that is not that of the content."""
    for i in (0, 1, 2, 6, 8, 13, 15):
        letter, content = GOOD[i]
        for size in (0, 1, 2, len(content), len(content) + 2, 65536,
                     1 << 20, (1 << 20) + 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
            yield (f"{letter.decode()}{i}-size-{size}",
                   up_to(i) + packet(letter, content, size) +
                   whole(GOOD[i + 1:]))


def orders():
    """A packet left out, sent twice, or far too early."""
    for i, (letter, content) in enumerate(GOOD):
        name = f"{letter.decode()}{i}"
        yield f"{name}-left-out", whole(GOOD[:i] + GOOD[i + 1:])
        yield f"{name}-twice", whole(GOOD[:i] + [GOOD[i]] + GOOD[i:])
        yield f"{name}-first", packet(letter, content) + whole(GOOD)
        yield f"{name}-ends-there", up_to(i) + packet(letter, content)[:3]


def letters():
    """Of no known kind, or known and out of place, after three steps."""
    for step in (0, 3, 9):
        for letter in LETTERS[:256:9]:
            yield (f"letter-{letter:02x}-after-{step}",
                   up_to(step) + packet(bytes([letter]), b"x\0") +
                   whole(GOOD[step:]))


def macros():
    """Names without values, of steps that there are and are not."""
    for step in b"CHMRTENLBAQUOK\0\xff":
        for n in (0, 1, 2, 3, 5, 101):
            content = bytes([step]) + b"{not_known}\0" * n
            yield f"macros-{step:02x}-{n}", packet(b"O", OFFER) + \
                packet(b"D", content) + whole(GOOD[1:])


def mixtures():
    """Bytes of a good dialogue changed at random; the seed is the name."""
    good = whole(GOOD)
    for seed in range(60):
        chance = random.Random(seed)
        bad = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        yield f"mixture-{seed}", bytes(bad)


KINDS = [kind for make in (contents, sizes, orders, letters, macros, mixtures)
         for kind in make()]


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return saywhyd()


def throw(daemon, data):
    """All of it; what comes back is of no interest, and an end is fine."""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(20)
        door.connect(daemon.address.removeprefix("unix:"))
        try:
            door.sendall(data)
            door.shutdown(socket.SHUT_WR)
            while door.recv(65536):
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass


def refuses(daemon):
    """A session as it should be, and a refusal in it."""
    with peer.Peer(daemon) as mta:
        mta.negotiate().connect()
        mta.helo()
        mta.mail()
        return mta.rcpt("<b@elsewhere.example>")[0] == "y"


def test_there_are_enough():
    assert len({data for _, data in KINDS}) >= 200


def test_it_outlives_all(daemon):
    process = daemon.process.pid
    for name, data in KINDS:
        throw(daemon, data)
        assert daemon.process.poll() is None, (name, daemon.log())
    assert daemon.process.pid == process
    assert refuses(daemon), daemon.log()


def test_all_at_once(daemon):
    """Half of each, all sockets open, then all gone."""
    doors = []
    for _, data in KINDS[:300]:
        door = socket.socket(socket.AF_UNIX)
        door.connect(daemon.address.removeprefix("unix:"))
        door.send(data[:len(data) // 2][:60000])
        doors.append(door)
    assert refuses(daemon), daemon.log()
    for door in doors:
        door.close()
    assert refuses(daemon), daemon.log()
