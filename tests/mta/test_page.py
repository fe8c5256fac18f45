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
import urllib.request

import pytest

import process
import smtp

PORT = 26093
URL = f"http://127.0.0.1:{PORT}/why/"
MORE = """\
page-listen = "inet:%d@127.0.0.1"
page-rate = 0
store = "%s/records.db"
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
    "hostile": (
        ["EHLO c.example", 'MAIL FROM:<"<script>alert(1)</script>"@x.example>',
         "RCPT TO:<b@elsewhere.example>"],
        "&lt;script&gt;", "<script"),
}


@pytest.fixture(scope="module")
def filter_(saywhyd, box):
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
    assert serving.wait(timeout=10) == 0
    said = serving.stderr.read()
    assert b"runtime error" not in said, said


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def refuse(postfix, filter_, dialogue):
    """The record that this dialogue makes."""
    before = len(filter_.records())
    port = postfix.listen(smtpd_milters=filter_.address)
    denied = "denied" in dialogue[0]
    with smtp.Client(port, address="198.51.100.66" if denied else
                     "192.0.2.7") as client:
        reply = smtp.play(client, "\n".join(dialogue))
    assert not reply.ok, reply
    process.wait_until(lambda: len(filter_.records()) > before, "the record")
    return filter_.records()[-1]


@pytest.mark.parametrize("story", STORIES)
def test_story(story, postfix, filter_, page):
    dialogue, says, never = STORIES[story]
    record = refuse(postfix, filter_, dialogue)
    url = page + record["id"]
    process.wait_until(lambda: fetch(url)[0] == 200, "the page of the record",
                       seconds=10)
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
    process.wait_until(lambda: fetch(url)[0] == 200, "the page", seconds=10)
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
        capture_output=True, timeout=20)
    assert done.returncode == 0, done.stderr
