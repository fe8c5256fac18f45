"""The links we find, beside what Python's email and html.parser find.

links.py LINKS [COUNT [SEED]] makes COUNT messages from SEED, each with links in
plain text and HTML, in every encoding and several charsets, hidden as spam
hides them; LINKS is tests/mime/links.c. Everything that Python finds we must
find, and everything that was put in; what we find besides must be in what we
say that we look at: comments, styles, scripts. What we leave out is counted.
"""

import collections
import email
import email.policy
import html.parser
import random
import re
import subprocess
import sys
import urllib.parse
from email.message import EmailMessage

LINKS = {"href", "src", "action", "formaction", "background", "poster", "cite", "data"}
CHARSETS = ("utf-8", "iso-8859-1", "windows-1252", "utf-7", "cp437")
ENCODINGS = ("7bit", "8bit", "quoted-printable", "base64")
WORDS = ("Dear customer your parcel Rechnung Grüße waits click here now invoice "
         "été unsubscribe = == -- a.b.c x@y.example 1.2.3").split()


class Oracle(html.parser.HTMLParser):
    """Links of attributes, and of text, by Python's own reading of HTML."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.hosts = set()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in LINKS and value:
                self.hosts |= hosts_of_url(value)
            elif value:
                self.hosts |= hosts_of_text(value)

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.hosts |= hosts_of_text(data)


def hosts_of_url(url):
    url = re.sub(r"[\t\r\n]", "", url.strip(" \x00\t\r\n\x0c"))
    if url.startswith("//"):
        url = "http:" + url
    try:
        split = urllib.parse.urlsplit(url)
        host = split.hostname
    except ValueError:
        return set()
    return one(host) if split.scheme in ("http", "https", "ftp") else set()


def hosts_of_text(text):
    found = set()
    for link in re.findall(r"(?i)(?:https?|ftp)://([-\w.~%@:\[\]]+)", text):
        found |= hosts_of_url("http://" + link.rstrip(".:"))
    for link in re.findall(r"(?i)(?<![-\w.@/%:])www\.[-\w.]+", text):
        found |= one(link)
    return found


def one(host):
    host = urllib.parse.unquote(host or "").rstrip(".").lower()
    try:
        host = host.encode("idna").decode() if host else ""
    except UnicodeError:
        return set()
    return {host} if "." in host else set()


def python_finds(raw):
    found = set()
    for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
        if part.get_content_maintype() != "text":
            continue
        text = part.get_content()
        if part.get_content_subtype() == "html":
            oracle = Oracle()
            oracle.feed(text)
            oracle.close()
            found |= oracle.hosts
        else:
            found |= hosts_of_text(text)
    return found


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.planted = {}      # what a browser is led to, and how
        self.besides = set()   # what only we look at
        self.hidden = set()    # what nobody can see who runs no script

    def host(self):
        name = "".join(self.rng.choices("abcdefghij0123456789", k=8)) + \
            self.rng.choice((".example", ".example.org", ".co.uk"))
        return self.rng.choice(("", "www.", "a.b.")) + name

    def words(self):
        return " ".join(self.rng.choices(WORDS, k=self.rng.randint(1, 12)))

    def disguise(self, host):
        """The same host, as a browser would read it, with its scheme."""
        rng = self.rng
        scheme = rng.choice(("http", "HTTPS", "ftp")) + "://"
        host = rng.choice((host, host.upper(), host + "."))
        way = rng.randrange(7)
        if way == 1:
            return f"{scheme}bank.example@{host}:8080/"
        if way == 2:
            return "http:" + host + "/x"
        if way == 3:
            return scheme.replace("//", "\\\\") + host + "\\x"
        if way == 4:
            return scheme + re.sub("[aeiou]", lambda m: f"%{ord(m.group()):02X}", host)
        if way == 5:
            return f" {scheme[:2]}\t{scheme[2:]}{host[:3]}\n{host[3:]}?x"
        if way == 6:
            return "//" + host
        return scheme + host + "/path?q=1#f"

    def entities(self, url):
        def one_of(match):
            code = ord(match.group())
            return self.rng.choice((f"&#{code};", f"&#x{code:x};", match.group()))
        return re.sub(r"[a-z.:/]", one_of, url.replace("&", "&amp;"))

    def planted_host(self):
        host = self.host()
        self.planted[host] = host
        return host

    def attribute(self):
        host = self.planted_host()
        url = self.disguise(host)
        if self.rng.random() < 0.5:
            url = self.entities(url)
        self.planted[host] = url
        tag, name = self.rng.choice((
            ("a", "href"), ("A", "HREF"), ("img", "src"), ("form", "action"),
            ("td", "background"), ("video", "poster")))
        quote = self.rng.choice("\"'")
        return f"<{tag} title='a > b'\n {name} = {quote}{url}{quote}>{self.words()}</{tag}>"

    def plain_link(self, brackets=("{}", "<{}>", "({}).", "{},")):
        host = self.planted_host()
        if host.startswith("www.") and self.rng.random() < 0.5:
            return host
        return self.rng.choice(brackets).format(
            self.rng.choice(("http://", "https://", "ftp://")) + host +
            self.rng.choice(("", "/", "/x?y=z", ":80/x")))

    def beside(self):
        host = self.host()
        self.besides.add(host)
        return self.rng.choice((
            "<!-- http://{}/ -->", "<style>p {{ background: url(http://{}/) }}</style>",
            "<script>if (a<b) x = \"http://{}/\";</script>",
            "<!--[if mso]><a href='http://{}/'>x</a><![endif]-->",
        )).format(host)

    def out_of_sight(self):
        host = self.host()
        self.hidden.add(host)
        return f"<script>location = 'ht' + 'tp://{host[:3]}' + '{host[3:]}'</script>"

    def shown_link(self):
        return self.plain_link(("{}", "&lt;{}&gt;", "({}).", "{},"))

    def html(self):
        make = (self.attribute, self.attribute, self.shown_link, self.words,
                self.beside, self.out_of_sight)
        pieces = [self.rng.choice(make)() for _ in range(self.rng.randint(2, 12))]
        return "<!doctype html>\n<html><body>\n" + "\n".join(
            f"<p>{piece}</p>" for piece in pieces) + "\n</body></html>\n"

    def text(self):
        pieces = [self.rng.choice((self.plain_link, self.words))()
                  for _ in range(self.rng.randint(1, 10))]
        return "\n".join(pieces) + "\n"

    def encoded(self, make):
        encoding, charset = self.rng.choice(ENCODINGS), self.rng.choice(CHARSETS)
        text = make()
        if encoding == "7bit":
            text, charset = text.encode("ascii", "replace").decode(), "us-ascii"
        return text, {"cte": encoding, "charset": charset}

    def message(self):
        message = EmailMessage(policy=email.policy.SMTP)
        message["Subject"] = "links"
        message["From"] = "a@example.com"
        kind = self.rng.randrange(3)
        text, how = self.encoded(self.html if kind == 1 else self.text)
        message.set_content(text, subtype="html" if kind == 1 else "plain", **how)
        if kind == 2:
            text, how = self.encoded(self.html)
            message.add_alternative(text, subtype="html", **how)
        return message.as_bytes()


def we_find(program, messages):
    given = b"".join(b"%d\n%s" % (len(raw), raw) for raw in messages)
    done = subprocess.run([program], input=given, capture_output=True, check=True)
    return [set(line.split()) for line in done.stdout.decode().split("\n")[:-1]]


def main(program, count=500, seed=1):
    rng = random.Random(int(seed))
    makers = [Maker(rng) for _ in range(int(count))]
    messages = [maker.message() for maker in makers]
    total, wrong = collections.Counter(), 0
    for maker, raw, ours in zip(makers, messages, we_find(program, messages)):
        python, planted = python_finds(raw), set(maker.planted)
        problems = {
            "Python finds": python - ours - maker.hidden,
            "was put in": {maker.planted[host] for host in planted - ours},
            "is not there": ours - planted - maker.besides - python,
        }
        total.update(planted=len(planted), python=len(python & planted),
                     ours=len(ours & planted), besides=len(ours & maker.besides),
                     left_out=len(maker.hidden - ours))
        for words, hosts in problems.items():
            if hosts:
                wrong += 1
                print(f"{words}: {sorted(hosts)}\n{raw.decode('latin-1')}\n")
    print(f"{count} messages: {total['planted']} links, of which Python finds "
          f"{total['python']} and we {total['ours']}; {total['besides']} more in "
          f"comments, styles and scripts; left out, put together by scripts: "
          f"{total['left_out']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
