"""The parser beside Python's email and GMime, on messages made and mangled.

compare.py DUMP [COUNT [SEED [FOLDER]]] makes COUNT messages from SEED, half
of them mangled, takes each apart with DUMP (tests/mime/dump.c), Python's
email and, where it is installed, GMime, and prints where they differ: parts
and their types, names of files, decoded bytes; a message for which there is no
explanation is kept in FOLDER. Well-formed messages must agree. Of the
mangled ones each difference must have one of the known causes, which are
listed with their counts (KNOWN below says why we do otherwise).
"""

import email
import email.header
import email.policy
import os
import random
import subprocess
import sys

try:
    import gi
    gi.require_version("GMime", "3.0")
    from gi.repository import GMime
    GMime.init()
except (ImportError, ValueError):
    GMime = None

UNREADABLE = "(not UTF-8)"

WORDS = ("alpha beta gamma delta rechnung facture invoice Grüße été "
         "漢字 привет begin end -- --b == = .").split()
CHARSETS = ("utf-8", "iso-8859-1", "windows-1252", "koi8-r", "iso-2022-jp",
            "utf-16le")
TYPES = ("application/pdf", "image/png", "application/octet-stream",
         "application/zip", "audio/mpeg")

KNOWN = {
    "more": "what can be read in two ways is looked at in both",
    "too-many": "past a limit nothing is taken apart, and that is a fault",
    "limit": "a header or a name longer than our limits",
    "broken-base64": "letters behind '=' are read on: a program that shows "
                     "mail may do so; it is a fault",
    "broken-quoted": "an escape that is none stands as it is written; it is "
                     "a fault",
    "twice": "of two fields with one name the first counts; it is a fault",
    "two-names": "all names are given, not one; it is a fault",
    "name-word": "encoded words in a name that is broken; it is a fault",
    "no-boundary": "without a boundary the body is the multipart's own, read "
                   "in its encoding; it is a fault",
    "partial": "message/* but rfc822, global and news is a file like others",
    "encoded": "a message or multipart that is encoded as a whole is a file; "
               "it is a fault",
    "encoding": "an unknown encoding is none; it is a fault",
    "no-blank": "a header that ends without an empty line; it is a fault",
    "nul": "a name ends at NUL; it is a fault",
    "uuencode": "a file in uuencode within a text is a part of its own",
    "unclosed": "a part whose boundary does not come again ends where the "
                "part around it does; it is a fault",
    "bare-cr": "a CR alone ends no line (RFC 5321 2.3.8); Python takes it "
               "for one",
    "charset": "a charset that we do not know",
    "junk": "text where none belongs, quotes without end; it is a fault",
    "empty": "a multipart without parts has no text; it is a fault",
    "words": "encoded words of a name that were cut or moved",
    "alone": "the other of the two reads it as we do",
    "nothing": "GMime finds no message at all",
}
FAULTS = ("limit too-many limit limit limit partial encoded encoding charset "
          "no-boundary unclosed twice two-names broken-base64 broken-quoted "
          "uuencode no-blank nul name-word junk empty").split()


def words(rng, most=40):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, most)))


def encode(rng, raw, text):
    """The field and the body: raw in one of the encodings."""
    import base64
    import quopri
    kind = rng.choice(("base64", "quoted-printable", "7bit" if text else
                       "base64"))
    if kind == "base64":
        flat = base64.b64encode(raw).decode()
        step = rng.choice((76, 60, 4, 77))
        lines = [flat[i:i + step] for i in range(0, len(flat), step)]
        return kind, "\r\n".join(lines).encode()
    if kind == "quoted-printable":
        coded = quopri.encodestring(raw, quotetabs=rng.random() < .5)
        return kind, coded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return rng.choice(("8bit", "7bit", "binary")), raw


def parameter(rng, key, name):
    plain = name.isascii()
    way = rng.choice(("quoted", "2231", "2047", "pieces") if not plain else
                     ("quoted", "token", "2231", "pieces"))
    if way == "quoted" and plain or way == "token":
        return f'{key}="{name}"'
    if way == "2047" or way == "quoted":
        return f'{key}="{email.header.Header(name, "utf-8").encode()}"'
    pct = "".join(f"%{b:02X}" for b in name.encode())
    if way == "2231":
        return f"{key}*=utf-8''{pct}"
    cut = rng.randint(1, max(1, len(name.encode()) - 1)) * 3
    return (f"{key}*0*=utf-8''{pct[:cut]};\r\n {key}*1*=" + pct[cut:])


def leaf(rng):
    if rng.random() < .6:
        charset = rng.choice(CHARSETS)
        text = "\r\n".join(words(rng, 8) for _ in range(rng.randint(0, 8)))
        raw = text.encode(charset, "ignore")
        kind, body = encode(rng, raw, charset != "utf-16le")
        sub = rng.choice(("plain", "html"))
        head = f"Content-Type: text/{sub}; charset={charset}\r\n"
    else:
        raw = rng.randbytes(rng.randint(0, 400))
        kind, body = encode(rng, raw, False)
        head = f"Content-Type: {rng.choice(TYPES)}\r\n"
    if kind == "7bit" and any(b >= 128 for b in body):
        kind = "8bit"
    if rng.random() < .5:
        name = rng.choice(("a.txt", "b c.exe", "ü.pdf", "漢字.zip",
                           "long-" * 8 + ".doc"))
        head += ("Content-Disposition: attachment;\r\n "
                 + parameter(rng, "filename", name) + "\r\n")
    head += f"Content-Transfer-Encoding: {kind}\r\n"
    return head.encode() + b"\r\n" + body


def entity(rng, depth=0):
    if depth >= 4 or rng.random() < .5:
        return leaf(rng)
    if rng.random() < .2:
        return (b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n"
                + entity(rng, depth + 1))
    mark = rng.choice(("b", "=_x", "a b", "----=_Part")) + str(
        rng.randint(1, 10 ** 6))
    out = (f'Content-Type: multipart/mixed;\r\n\tboundary="{mark}"\r\n\r\n'
           + rng.choice(("", "preamble\r\n"))).encode()
    for _ in range(rng.randint(1, 4)):
        out += f"--{mark}\r\n".encode() + entity(rng, depth + 1) + b"\r\n"
    return out + f"--{mark}--\r\n".encode() + rng.choice(
        (b"", b"epilogue\r\n"))


def mangle(rng, message):
    """A few changes of the kind that tools and attackers make."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(message))
        lines = message.split(b"\r\n")
        i = rng.randrange(len(lines))
        way = rng.randrange(9)
        if way == 0:
            message = message[:at] + rng.randbytes(1) + message[at + 1:]
        elif way == 1:
            message = message[:at]
        elif way == 2:
            lines.insert(i, rng.choice(lines))
            message = b"\r\n".join(lines)
        elif way == 3:
            del lines[i]
            message = b"\r\n".join(lines)
        elif way == 4:
            message = message.replace(b"\r\n", b"\n")
        elif way == 5:
            message = message[:at] + rng.choice(
                (b'"', b";", b"=", b"\r\n", b"--", b"(", b" ",
                 b"=?utf-8?q?", b"\0", b":")) + message[at:]
        elif way == 6:
            message = message.replace(b"; ", b" ; ", 1)
        elif way == 7:
            lines.insert(i, b"begin 644 x.exe\r\n#86)C\r\n`\r\nend")
            message = b"\r\n".join(lines)
        else:
            lines[i:i + 2] = [b"\r\n ".join(lines[i:i + 2])]
            message = b"\r\n".join(lines)
    return message


def ours(dump, message, piece):
    # To look for leaks takes longer than all the rest.
    out = subprocess.run([dump, str(piece)], input=message, check=True,
                         capture_output=True,
                         env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"},
                         ).stdout.decode("latin-1")
    parts = []
    faults = set()
    for line in out.splitlines()[1:]:
        _, within, kind, bits, names, raw, _ = line.split("\t")
        for bit, name in enumerate(FAULTS):
            if int(bits) >> bit & 1:
                faults.add(name)
        parts.append((kind, [bytes.fromhex(n).decode("utf-8", "replace")
                             for n in names.split(",") if n],
                      bytes.fromhex(raw)))
    return parts, faults


def python_name(part):
    try:
        name = part.get_filename()
    except (ValueError, TypeError, AttributeError, LookupError):
        return None
    if name is None:
        return None
    if "=?" in name:
        try:
            name = str(email.header.make_header(
                email.header.decode_header(name)))
        except (ValueError, LookupError, email.errors.MessageError):
            pass
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def pythons(message):
    root = email.message_from_bytes(message, policy=email.policy.compat32)
    parts = []
    for part in root.walk():
        body = b""
        if not part.is_multipart():
            try:
                body = part.get_payload(decode=True) or b""
            except (ValueError, LookupError):
                body = None
        parts.append((part.get_content_type(), python_name(part), body))
    return parts


def gmime_name(part):
    try:
        return part.get_filename()
    except UnicodeDecodeError:
        return UNREADABLE


def gmimes(message):
    stream = GMime.StreamMem.new_with_buffer(message)
    parser = GMime.Parser.new_with_stream(stream)
    root = parser.construct_part(None)
    parts = []

    def visit(part):
        kind = part.get_content_type().get_mime_type().lower()
        name = None
        if isinstance(part, GMime.Part):
            name = gmime_name(part)
        if isinstance(part, GMime.Multipart):
            parts.append((kind, name, b""))
            for i in range(part.get_count()):
                visit(part.get_part(i))
        elif isinstance(part, GMime.MessagePart):
            parts.append((kind, name, b""))
            inner = part.get_message()
            if inner is not None and inner.get_mime_part() is not None:
                visit(inner.get_mime_part())
        else:
            body = b""
            content = part.get_content() if isinstance(part, GMime.Part) \
                else None
            if content is not None:
                out = GMime.StreamMem.new()
                content.write_to_stream(out)
                body = out.get_byte_array() or b""
            parts.append((kind, name, bytes(body)))
    if root is not None:
        visit(root)
    return parts


def differ(mine, theirs):
    """What differs first: None, "parts", "types", "names", "bytes"."""
    if len(mine) != len(theirs):
        return "parts"
    for (kind, names, raw), (kind2, name2, raw2) in zip(mine, theirs):
        if kind != kind2:
            return "types"
        if name2 == UNREADABLE or "\ufffd" in "".join(names):
            names = name2 = None
        if name2 and name2 not in names or names and not name2:
            return "names"
        if raw2 is not None and raw != raw2:
            return "bytes"
    return None


def cause(message, faults, what):
    """The known reason for a difference, or None."""
    for name in FAULTS:
        if name in faults:
            return name
    if b"\nbegin 644 " in message:
        return "uuencode"
    if what == "parts" and b"message/" in message.lower().replace(
            b"message/rfc822", b""):
        return "partial"
    bare = message.replace(b"\r\n", b"")
    if b"\r" in bare:
        return "bare-cr"
    if what == "names" and b"=?" in message:
        return "words"
    return None


def sees_more(mine, theirs):
    """Every name that they found, and more parts than they."""
    names = {name for _, all_names, _ in mine for name in all_names}
    return len(mine) > len(theirs) and all(
        name is None or name in names for _, name, _ in theirs)


def main():
    dump = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    oracles = [("Python's email", pythons)]
    if GMime is not None:
        oracles.append(("GMime", gmimes))
    else:
        print("GMime is not installed (gir1.2-gmime-3.0, python3-gi)")
    bad = 0
    agreed = {name: 0 for name, _ in oracles}
    causes = {name: {} for name, _ in oracles}
    for i in range(count):
        message = entity(rng)
        mangled = i % 2 == 1
        if mangled:
            message = mangle(rng, message)
        mine, faults = ours(dump, message, 65536)
        if ours(dump, message, rng.randint(1, 9))[0] != mine:
            print(f"message {i}: differs when it comes in pieces")
            bad += 1
        for name, oracle in oracles:
            theirs = oracle(message)
            what = differ(mine, theirs)
            if what is None:
                agreed[name] += 1
                continue
            why = cause(message, faults, what) if mangled else None
            if mangled and not theirs:
                why = "nothing"
            elif mangled and why is None and sees_more(mine, theirs):
                why = "more"
            elif mangled and why is None and any(
                    differ(mine, other(message)) is None
                    for _, other in oracles if other is not oracle):
                why = "alone"
            if why is None:
                bad += 1
                print(f"message {i}: {what} unlike {name}; {faults}")
                if len(sys.argv) > 4:
                    with open(f"{sys.argv[4]}/{i}", "wb") as file:
                        file.write(message)
            else:
                causes[name][why] = causes[name].get(why, 0) + 1
    for name, _ in oracles:
        print(f"{name}: {agreed[name]} of {count} alike")
        for why, n in sorted(causes[name].items(), key=lambda x: -x[1]):
            print(f"  {n:4} {why}: {KNOWN[why]}")
    if bad:
        sys.exit(f"{bad} differences without a known cause")


if __name__ == "__main__":
    main()
