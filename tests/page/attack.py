#!/usr/bin/env python3
"""attack.py - what a stranger might try on the page

URL and IDS come from tests/page/run. Each row of the table is one request as
bytes, or a way to be a nuisance; none may leak, crash, hang or slow the page
for others.
"""

import http.client
import json
import os
import random
import re
import resource
import socket
import sys
import time
import urllib.parse

URL = urllib.parse.urlsplit(os.environ["URL"])
IDS = json.load(open(os.environ["IDS"], encoding="utf-8"))
PLACE = (URL.hostname, URL.port)
LEAK = re.compile(rb"secret|root:|/etc/|records\.(db|json)|sqlite|10\.9\.8\.7"
                  rb"|<script|<img|\bonclick=[^&]*alert\(1\)\"", re.I)
HEADERS = {b"content-security-policy", b"x-content-type-options",
           b"referrer-policy", b"x-frame-options"}


def get(path, headers=b"", method=b"GET", version=b"HTTP/1.1"):
    return (method + b" " + path + b" " + version + b"\r\nHost: x\r\n" +
            headers + b"\r\n")


def rows():
    """name, bytes to send, status codes that are a good answer (0: closed)"""
    long = b"A" * 100_000
    spf = IDS["spf"].encode()
    for path in (b"/why/../../etc/passwd", b"/why/..%2f..%2fetc%2fpasswd",
                 b"/why/%2e%2e/%2e%2e/etc/passwd", b"//etc/passwd",
                 b"/why//etc/passwd", b"/why/....//....//etc/passwd",
                 b"/why/%00", b"/why/" + spf + b"%00.html", b"/why/%c0%ae%c0%ae",
                 b"/why/records.db", b"/why/reason/../../etc/passwd",
                 b"/why/reason/%2e%2e%2fstyle.css", b"/metrics",
                 b"/why/../metrics", b"/why/metrics", b"/.git/config", b"/",
                 b"/why", b"/why/style.css/x", b"/why/" + spf + b"/",
                 b"/why/" + spf + b"%20OR%201=1", b"/why/'%20OR%20'1'='1",
                 b"/why/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
                 b"/why/reason/%3Cimg%20src=x%20onerror=alert(1)%3E",
                 b"/why/reason/SPF-FAIL", b"/why/reason/spf-fail%0d%0aX: y"):
        yield f"path {path[:40]!r}", get(path), {0, 400, 404}
    for query in (b"<script>alert(1)</script>", b"%3Cscript%3E", b"%0d%0aSet-Cookie:%20a=b",
                  b"%00%01%02", b"%ff%fe", b"' OR 1=1--", b"%",
                  b"%E2%80%AE", b"a" * 5000):
        yield f"query {query[:30]!r}", get(b"/why/?q=" + query.replace(b" ", b"+")), {200, 400, 414}
    for lang in (b"xx", b"../../x", b"%00", b"<b>", b"d" * 900):
        yield f"language {lang[:20]!r}", get(b"/why/?l=" + lang), {200, 400}
    yield "redirect with CR LF", get(b"/why/?q=" + spf + b"%0d%0aX:y"), {200, 303}
    yield "redirect elsewhere", get(b"/why/?q=https://evil.example/why/" + spf), {303}
    yield "long path", get(b"/why/" + long), {0, 400, 414, 431, 413}
    yield "long query", get(b"/why/?q=" + long), {0, 400, 414, 431, 413}
    yield "long header", get(b"/why/", b"X: " + long + b"\r\n"), {0, 400, 431, 413}
    yield "many headers", get(b"/why/", b"X: y\r\n" * 5000), {0, 400, 431, 413}
    yield "endless header", b"GET /why/ HTTP/1.1\r\nX: " + long * 10, {0, 400, 431, 413}
    yield "no host", b"GET /why/ HTTP/1.1\r\n\r\n", {0, 400}
    yield "post", post(b"/why/", b"q=abc", FORM), {200}
    yield "post of an id", post(b"/why/", b"q=" + spf, FORM), {303}
    yield "post of a NUL", post(b"/why/", b"q=a%00" + spf, FORM), {200, 303}
    yield "post with CR LF", post(b"/why/", b"q=" + spf + b"%0d%0aX:y", FORM), {200, 303}
    yield "post without a form", post(b"/why/", b"q=abc"), {200}
    yield "post to a page", post(b"/why/" + spf, b"q=abc", FORM), {405}
    yield "post of much", get(b"/why/", b"Content-Length: 999999999\r\n", b"POST") + long, {413, 0}
    yield "post of 250 KB", post(b"/why/", b"q=" + b"a" * 250000, FORM), {200}
    yield "post of 300 KB", post(b"/why/", b"q=" + b"a" * 300000, FORM), {413, 0}
    yield "post of chunks without end", get(
        b"/explain", b"Transfer-Encoding: chunked\r\n", b"POST") + b"1000\r\n" + b"a" * 4096 + b"\r\n" + (
        b"10000\r\n" + b"a" * 65536 + b"\r\n") * 9, {413, 0}
    yield "explain by get", get(b"/explain"), {405}
    yield "explain nothing", post(b"/explain", b""), {422}
    yield "explain noise", post(b"/explain", os.urandom(4000).replace(b"5", b"x")), {200, 422}
    yield "explain 250 KB of NUL", post(b"/explain", bytes(250000)), {422}
    yield "explain a picture", post(b"/explain", b"x", b"image/png"), {415}
    yield "explain half a JSON", post(b"/explain", b'{"text": "550', JSON), {400}
    yield "explain a number", post(b"/explain", b'{"text": 550}', JSON), {400}
    yield "explain a list", post(b"/explain", b'["550"]', JSON), {400}
    yield "explain deep JSON", post(b"/explain", b"[" * 90000, JSON), {400}
    yield "post that ends early", get(b"/why/", b"Content-Type: " + FORM + b"\r\nContent-Length: 500\r\n", b"POST") + b"q=abc", {0, 400, 408}
    yield "put", get(b"/why/" + spf, b"", b"PUT"), {405}
    yield "delete", get(b"/why/" + spf, b"", b"DELETE"), {405}
    yield "trace", get(b"/why/", b"X-A: secret\r\n", b"TRACE"), {405}
    yield "connect", get(b"evil.example:25", b"", b"CONNECT"), {0, 400, 405}
    yield "chunks that lie", get(b"/why/", b"Transfer-Encoding: chunked\r\n") + b"ffffffffff\r\nx", {0, 200, 400}
    yield "two lengths", get(b"/why/", b"Content-Length: 1\r\nContent-Length: 9\r\n") + b"x", {0, 200, 400}
    yield "negative length", get(b"/why/", b"Content-Length: -1\r\n"), {0, 200, 400, 413}
    yield "forwarded by a liar", get(b"/why/", b"X-Forwarded-For: ' OR 1, <b>\r\n"), {200}
    yield "accept-language of nonsense", get(b"/why/", b"Accept-Language: ;q=,,,de;q=9,\xff\xfe-;;q=0.\r\n"), {200, 400}
    yield "http/0.9", b"GET /why/\r\n\r\n", {0, 400, 505}
    yield "http/9.9", get(b"/why/", version=b"HTTP/9.9"), {0, 400, 505}
    yield "tls", bytes.fromhex("1603010200010001fc0303") + os.urandom(200), {0, 400}
    yield "noise", os.urandom(4000), {0, 400}
    yield "nothing", b"\r\n" * 2000, {0, 400}
    yield "folded header", get(b"/why/", b"X: a\r\n b\r\n"), {0, 200, 400}
    yield "absolute form", get(b"http://evil.example/why/" + spf), {0, 400, 404}
    yield "host of nonsense", b"GET /why/ HTTP/1.1\r\nHost: \"><script>\r\n\r\n", {200, 400}


FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json; charset=utf-8"


def post(path, body, type_=None):
    head = b"Content-Length: %d\r\n" % len(body)
    return get(path, head + (b"Content-Type: " + type_ + b"\r\n" if type_ else b""), b"POST") + body


def explained():
    """POST /explain, as a program asks it: answers, and problems by RFC 9457."""
    bounce = ("From: MAILER-DAEMON@example.net\nSubject: Undelivered\n\n<a@example.org>: "
              "host mx.example.org said: 550 5.1.1 User unknown\n")
    reply = "550 5.7.23 SPF validation failed"
    wrong = []
    for path in ("/explain", "/why/explain"):
        for type_, body, reason in (
                (None, reply, "spf-fail"), ("text/plain; charset=utf-8", reply, "spf-fail"),
                ("message/rfc822", bounce, "mailbox-unknown"),
                ("application/json", json.dumps({"text": bounce}), "mailbox-unknown")):
            c = http.client.HTTPConnection(*PLACE, timeout=10)
            c.request("POST", path, body, {"Content-Type": type_} if type_ else {})
            r = c.getresponse()
            answers = json.loads(r.read())["answers"]
            if r.status != 200 or r.headers["Content-Type"] != "application/json" or \
                    r.headers["X-Content-Type-Options"] != "nosniff" or \
                    [a["reason"] for a in answers] != [reason]:
                wrong.append(f"explain {type_}: {r.status} {answers}")
    c = http.client.HTTPConnection(*PLACE, timeout=10)
    c.request("POST", "/explain", "Good morning.", {"Content-Type": "image/png"})
    r = c.getresponse()
    problem = json.loads(r.read())
    if r.headers["Content-Type"] != "application/problem+json" or problem["status"] != 415 or \
            not problem["title"] or not problem["detail"]:
        wrong.append(f"explain: no problem by RFC 9457: {problem}")
    return wrong


def talk(raw, seconds=10):
    with socket.create_connection(PLACE, timeout=seconds) as s:
        try:
            s.sendall(raw)
        except OSError:
            pass
        got = b""
        try:
            while part := s.recv(65536):
                got += part
        except OSError:
            pass
        return got


def status_of(answer):
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found.group(1)) if found else 0


def names(head):
    return {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}


def play(name, raw, good):
    before = time.monotonic()
    answer = talk(raw)
    seconds = time.monotonic() - before
    head = answer.split(b"\r\n\r\n")[0]
    wrong = []
    if status_of(answer) not in good:
        wrong.append(f"status {status_of(answer)}")
    leaked = LEAK.search(answer)
    if leaked:
        wrong.append(f"tells {leaked.group(0)!r}")
    if status_of(answer) in (200, 303, 404) and HEADERS - names(head):
        wrong.append(f"lacks {HEADERS - names(head)}")
    if {b"set-cookie", b"server", b"x"} & names(head):
        wrong.append("header of a stranger")
    location = re.search(rb"(?im)^location: *(.*?)\r$", head)
    if location and re.search(rb"//|:", location.group(1)):
        wrong.append(f"sends elsewhere: {location.group(1)!r}")
    if seconds > 8:
        wrong.append(f"took {seconds:.1f} s")
    return [f"{name}: {w}" for w in wrong]


def fetch(path, timeout=10):
    c = http.client.HTTPConnection(*PLACE, timeout=timeout)
    c.request("GET", path)
    r = c.getresponse()
    return r.status, r.read(), r.headers


def enumeration():
    """2,000 ids that never were: each answer is the same, none is a page."""
    pages = set()
    for _ in range(2000):
        guess = "".join(random.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=12))
        status, body, _ = fetch(f"/why/{guess}")
        pages.add((status, body))
    observed = fetch("/why/" + IDS["observed"])
    pages.add(observed[:2])
    return [] if len(pages) == 1 and observed[0] == 404 else [
        f"enumeration: {len(pages)} different answers"]


def is_fine(what):
    """The page answers others while that goes on, within two seconds."""
    before = time.monotonic()
    try:
        status = fetch("/why/" + IDS["spf"], timeout=10)[0]
    except OSError as e:
        return [f"{what}: {e}"]
    seconds = time.monotonic() - before
    if status != 200 or seconds > 2:
        return [f"{what}: status {status} after {seconds:.1f} s"]
    return []


def slow_loris():
    """300 that send a byte a second, and never an end: cut in 15 to 17 s."""
    many = [socket.create_connection(PLACE) for _ in range(300)]
    wrong, began, alive = [], time.monotonic(), many
    for s in many:
        s.sendall(b"GET /why/ HTTP/1.1\r\nX: ")
    while alive and time.monotonic() - began < 20:
        time.sleep(1)
        still = []
        for s in alive:
            try:
                s.sendall(b"a")
                still.append(s)
            except OSError:
                s.close()
        alive = still
        wrong += is_fine("slow loris")
    if alive:
        wrong.append(f"slow loris: {len(alive)} live after 20 s")
    for s in alive:
        s.close()
    return wrong


def flood():
    """5,000 connections that say nothing, then somebody who asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    many, wrong = [], []
    for _ in range(5000):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(PLACE)
        many.append(s)
    began = time.monotonic()
    while time.monotonic() - began < 30:
        try:
            if fetch("/why/" + IDS["spf"], timeout=30)[0] == 200:
                break
        except OSError:
            pass
    else:
        wrong.append("flood: nobody is answered within 30 s")
    print(f"with 5,000 silent connections an answer took "
          f"{time.monotonic() - began:.1f} s")
    for s in many:
        s.close()
    return wrong + is_fine("after the flood")


def main():
    table = list(rows())
    wrong = []
    for name, raw, good in table:
        wrong += play(name, raw, good)
    for what in (explained, enumeration, slow_loris, flood):
        wrong += what()
    print(f"{len(table) + 4} attacks, {len(wrong)} complaints")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
