"""Our verdicts beside those of python3-dkim, on many messages.

    differ.py DKIM-ASK [COUNT [ENGINE]]

Messages are signed (rsa 1024, 2048, 4096, ed25519; simple and relaxed; l=,
expired, several signatures), then changed, folded anew or mangled. Where ours
is stricter on purpose (l=, expired, rsa-sha1, short keys) the reason is looked
at instead.
"""

import base64
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import dkim

BODIES = (b"", b"\r\n", b"Hello\r\n", b"Hello  there \t\r\n\r\nline\r\n\r\n\r\n",
          b"x" * 5000 + b"\r\n", b"no newline at the end", b" \r\n\t\r\n",
          b"\r\n\r\nblank lines before\r\n")
HEADERS = (b"From: Ann <ann@example.org>", b"To: bob@example.net",
           b"Subject: a   subject\r\n\twith a fold", b"Date: Tue, 24 Nov 2026 10:00:00 +0000",
           b"Message-ID: <1@example.org>", b"X-Odd:no blank", b"X-Tab:\tvalue \t")
STRICTER = ("only a part of the body", "expired", "rsa-sha1", "too short",
            "too small", "future")


def keys(folder):
    """selector → (private key, record)"""
    made = {}
    for bits in (1024, 2048, 4096, 512):
        path = os.path.join(folder, f"rsa{bits}")
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, str(bits)],
                       check=True, stderr=subprocess.DEVNULL)
        public = subprocess.run(["openssl", "rsa", "-in", path, "-pubout", "-outform", "DER"],
                                check=True, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL).stdout
        with open(path, "rb") as f:
            made[f"rsa{bits}"] = (f.read(), b"v=DKIM1; k=rsa; p=" + base64.b64encode(public))
    path = os.path.join(folder, "ed")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True)
    raw = subprocess.run(["openssl", "pkey", "-in", path, "-outform", "DER"], check=True,
                         stdout=subprocess.PIPE).stdout[-32:]
    public = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"],
                            check=True, stdout=subprocess.PIPE).stdout[-32:]
    made["ed"] = (base64.b64encode(raw),
                  b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public))
    return made


def sign(message, selector, key, rng):
    canon = (rng.choice((b"simple", b"relaxed")), rng.choice((b"simple", b"relaxed")))
    kind = b"ed25519-sha256" if selector == "ed" else \
        rng.choice((b"rsa-sha256",) * 6 + (b"rsa-sha1",))
    if kind == b"rsa-sha1" and selector == "ed":
        kind = b"ed25519-sha256"
    d = dkim.DKIM(message, signature_algorithm=kind, minkey=0)
    header = d.sign(selector.encode(), b"example.org", key, canonicalize=canon,
                    include_headers=rng.choice((None, [b"from"], [b"from", b"subject", b"x-odd", b"x-tab"])),
                    length=rng.random() < 0.1)
    if isinstance(header, list):
        header = b"".join(header)
    return header + message


def message(rng):
    headers = list(HEADERS[:1]) + rng.sample(HEADERS[1:], rng.randrange(len(HEADERS)))
    rng.shuffle(headers)
    return b"\r\n".join(headers) + b"\r\n\r\n" + rng.choice(BODIES)


def change(raw, rng):
    """What happens to messages on their way."""
    head, _, body = raw.partition(b"\r\n\r\n")
    what = rng.randrange(12)
    if what == 0:
        body += b"appended\r\n"
    elif what == 1:
        body = body.replace(b"Hello", b"Hullo", 1)
    elif what == 2:
        head = head.replace(b"Subject: a   subject", b"Subject: a subject")
    elif what == 3:
        body += b"\r\n\r\n"
    elif what == 4:
        head = head.replace(b"Ann", b"Bob")
    elif what == 5:
        head = b"Received: from a by b\r\n" + head
    elif what == 6:
        head += b"\r\nFrom: evil@example.com"
    elif what == 7 and raw:
        at = rng.randrange(len(head))
        head = head[:at] + bytes([rng.randrange(32, 127)]) + head[at + 1:]
    elif what == 8:
        head = head.replace(b"X-Tab:\tvalue \t", b"X-Tab: value")
    return head + b"\r\n\r\n" + body


def verdicts(raw, record):
    """python3-dkim's word on each signature from the top."""
    found = []
    try:
        d = dkim.DKIM(raw, minkey=0)
        count = sum(1 for name, _ in d.headers if name.lower() == b"dkim-signature")
    except dkim.DKIMException:
        return None
    for index in range(count):
        try:
            found.append(dkim.DKIM(raw, minkey=0).verify(
                index, dnsfunc=lambda name, timeout=5: record.get(name.decode().rstrip("."))))
        except dkim.DKIMException:
            found.append(False)
        except Exception as e:
            found.append(None)
    return found


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(os.environ.get("SEED", "1"))
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        made = keys(folder)
    records = {f"{s}._domainkey.example.org": r for s, (_, r) in made.items()}
    lines = [b"DNS\t%s\tTXT\t%s" % (n.encode(), r) for n, r in records.items()]
    cases = []
    for _ in range(count):
        raw = message(rng)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            selector = rng.choice(list(made))
            try:
                raw = sign(raw, selector, made[selector][0], rng)
            except dkim.DKIMException:
                continue
        if rng.random() < 0.7:
            raw = change(raw, rng)
        cases.append(raw)
    data = b"\n".join(lines) + b"\n"
    for raw in cases:
        data += b"MESSAGE\t%d\n%s" % (len(raw), raw)
    done = subprocess.run([sys.argv[1], *sys.argv[3:]], input=data, stdout=subprocess.PIPE)
    if done.returncode == 77:
        print(sys.argv[3] + " was not built in")
        return 77
    done.check_returncode()
    out = done.stdout
    got = out.decode("latin-1").split("\n")[:-1]
    assert len(got) == len(cases), (len(got), len(cases))
    bad = milder = stricter = signatures = passed = 0
    for raw, line in zip(cases, got):
        theirs = verdicts(raw, records)
        ours = [v.split("|") for v in line.split("\t") if v]
        if theirs is None or (ours and ours[0][0] == "tempfail"):
            if theirs and any(theirs):
                bad += 1
                print("nothing verified:", ours, theirs)
            continue
        if len(ours) < len(theirs):  # what is no signature at all is not reported
            while len(ours) < len(theirs) and False in theirs:
                theirs.remove(False)
        for mine, other in zip(ours, theirs):
            signatures += 1
            passed += mine[0] == "pass"
            if (mine[0] == "pass") == bool(other):
                continue
            if other and any(word in mine[2] for word in STRICTER):
                stricter += 1
                continue
            if not other and re.search(rb"b=[^;]*[^A-Za-z0-9+/=\s;][^;]*\r?\n\S", raw):
                milder += 1  # libopendkim passes over what is no base64
                continue
            bad += 1
            if bad < 20:
                print(mine, other)
                if os.environ.get("SHOW"):
                    print(raw.decode("latin-1"))
    print(f"{len(cases)} messages, {signatures} signatures, {passed} pass, "
          f"{stricter} where ours is stricter, {milder} milder (bytes in b= that are "
          f"no base64), {bad} disagreements")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
