"""From a refusal at a real Postfix to the page that its last line names.

saywhyd refuses, or records what Postfix refuses; the record comes to the
store; `saywhy serve` tells it under the id. Where Chromium is there, it opens
the page, too.
"""

import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

import pytest

import names
import process
import smtp

PORT = 26093
URL = f"http://127.0.0.1:{PORT}/why/"
MORE = """\
page-listen = "inet:%d@127.0.0.1"
page-rate = 0
store = "%s/records.db"
dns { servers = {"127.0.0.1"} }
reason "dmarc-reject" { action = reject }
blacklist {
	dnsbl "dnsbl.example" { help = "https://dnsbl.example/?ip={client}" test = none }
}
content {
	attachments "rule-of-ours" { deny = {"exe"} }
}
reason "client-denied" { action = tempfail }
"""

# A story, what is said, what the page must say and what it must not.
STORIES = {
    "relay": (
        ["EHLO c.example", "MAIL FROM:<a@sender.example>",
         "RCPT TO:<b@elsewhere.example>"],
        "Not delivered.*b@elsewhere.example", "relay.domains"),
    "sender": (
        ["EHLO c.example", "MAIL FROM:<bad@sender.example>",
         "RCPT TO:<user@example.org>"],
        "Not delivered.*bad@sender.example", None),
    "unknown user": (
        ["EHLO c.example", "MAIL FROM:<a@sender.example>",
         "RCPT TO:<nobody@example.org>"],
        "No such mailbox.*nobody@example.org", None),
    "deferral": (
        ["EHLO denied.example", "MAIL FROM:<a@sender.example>",
         "RCPT TO:<user@example.org>"],
        "Delayed.*tries again by itself", None),
    "spf": (
        ["EHLO c.example", "MAIL FROM:<a@guarded.example>",
         "RCPT TO:<user@example.org>"],
        "SPF.*v=spf1 ip4:198.51.100.7 <mark>-all</mark>", None),
    "dmarc": (
        ["EHLO c.example", "MAIL FROM:<a@sender.example>",
         "RCPT TO:<user@example.org>",
         "data From: a@author.example\\nSubject: x\\n\\nx\\n"],
        "DMARC.*author.example.*v=DMARC1; p=reject.*<table>", None),
    "dnsbl": (
        ["EHLO listed.example", "MAIL FROM:<a@sender.example>",
         "RCPT TO:<user@example.org>"],
        "blocklist.*dnsbl.example.*127.0.0.2.*href=\"https://dnsbl.example/",
        None),
    "attachment": (
        ["EHLO c.example", "MAIL FROM:<a@sender.example>",
         "RCPT TO:<user@example.org>",
         "data From: a@sender.example\\nSubject: x\\nMIME-Version: 1.0\\n"
         "Content-Type: application/octet-stream\\n"
         "Content-Disposition: attachment; filename=invoice.exe\\n\\nMZ\\n"],
        "Kind of attachment not accepted.*invoice.exe", "rule-of-ours"),
    "hostile": (
        ["EHLO c.example", 'MAIL FROM:<"<script>alert(1)</script>"@x.example>',
         "RCPT TO:<b@elsewhere.example>"],
        "&lt;script&gt;", "<script"),
}


# Who says so with EHLO comes from there, others from 192.0.2.7.
CLIENTS = {"denied.example": "198.51.100.66", "listed.example": "192.0.2.66"}

DNS = """\
guarded.example TXT "v=spf1 ip4:198.51.100.7 -all"
_dmarc.author.example TXT "v=DMARC1; p=reject"
""".splitlines()


@pytest.fixture(scope="module")
def zone(dns):
    dns.more = [names.record(line) for line in DNS]
    dns.serve()
    yield
    dns.more = []
    dns.serve()


@pytest.fixture(scope="module")
def filter_(saywhyd, box, zone):
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    shutil.chown(folder, "nobody", "nogroup")
    folder.chmod(0o750)
    return saywhyd(MORE % (PORT, folder))


@pytest.fixture(scope="module")
def page(filter_, build):
    serving = subprocess.Popen(
        [build / "saywhy", "serve", "-c", filter_.conf],
        stderr=subprocess.PIPE)
    process.wait_until(lambda: process.listens(PORT), "the page")
    yield URL
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(timeout=60) == 0
    said = serving.stderr.read()
    assert b"runtime error" not in said, said


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_long_bounce_is_posted(page):
    """It comes into no web server's log, and may be longer than an address."""
    status, shown = fetch(page)
    assert status == 200 and '<form action="./" method="post">' in shown
    pasted = "A line of a bounce.\n" * 1000 + (
        "host mx.example.org[192.0.2.1] said: 550 5.1.1 <a@b.example>: Recipient "
        "address rejected: User unknown in virtual mailbox table\n")
    form = urllib.parse.urlencode({"q": pasted}).encode()
    with urllib.request.urlopen(page, form, timeout=60) as answer:
        assert "No such mailbox" in answer.read().decode()
    much = urllib.parse.urlencode({"q": "x" * 300000}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(page, much, timeout=60)
    assert refused.value.code == 413


def refuse(postfix, filter_, dialogue):
    """The record that this dialogue makes."""
    before = len(filter_.records())
    port = postfix.listen(smtpd_milters=filter_.address)
    address = CLIENTS.get(dialogue[0].partition(" ")[2], "192.0.2.7")
    with smtp.Client(port, address=address) as client:
        reply = smtp.play(client, "\n".join(dialogue))
    assert not reply.ok, reply
    process.wait_until(lambda: len(filter_.records()) > before, "the record")
    return filter_.records()[-1]


@pytest.mark.parametrize("story", STORIES)
def test_story(story, postfix, filter_, page):
    dialogue, says, never = STORIES[story]
    record = refuse(postfix, filter_, dialogue)
    url = page + record["id"]
    process.wait_until(lambda: fetch(url)[0] == 200, "the page of the record")
    html = fetch(url)[1]
    assert re.search(says, html, re.S), html
    assert never is None or never not in html
    assert len(html) < 30 * 1024


def test_in_a_browser(postfix, filter_, page, tmp_path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("there is no Chromium")
    record = refuse(postfix, filter_, STORIES["relay"][0])
    url = page + record["id"]
    process.wait_until(lambda: fetch(url)[0] == 200, "the page")
    done = subprocess.run(
        [browser, "--headless=new", "--no-sandbox", "--disable-gpu",
         f"--user-data-dir={tmp_path}", "--dump-dom", url],
        capture_output=True, timeout=60)
    assert record["id"].encode() in done.stdout, done.stderr
    assert b"Not delivered" in done.stdout


def test_unknown_and_observed_look_alike(postfix, saywhyd, filter_, page):
    unknown = fetch(page + "0" * 12)
    assert unknown[0] == 404
    assert fetch(page + "ZZZZZZZZZZZZ") == unknown


def test_kept_by_another_user(filter_, build):
    """Reading the store takes the right to read, no more; nor a daemon."""
    conf = filter_.conf
    done = subprocess.run(
        ["setpriv", "--reuid=65533", "--regid=65534", "--clear-groups",
         build / "saywhy", "find", "-c", conf],
        capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
