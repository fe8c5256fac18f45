"""Lists built once, signed, fetched by https from a server that fails in each way.

After each failure the list that was there is there still, byte by byte, the exit
status says so, and one line why.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import pytest

import list_server
import minisig
import process

FAILED, REFUSED = 69, 65
ONE = b"192.0.2.1 # the first\n"
TWO = b"192.0.2.2 # the second\n"


class Site:
    """A host that fetches deny.txt, and the server that has it."""

    def __init__(self, build):
        self.tool = pathlib.Path(build) / "saywhy"
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.pem = list_server.certificate(self.folder)
        self.server = list_server.ListServer(self.pem)
        self.key = minisig.Key(self.folder)
        self.file = self.folder / "lists" / "deny.txt"
        self.file.parent.mkdir()
        self.conf = self.folder / "saywhy.conf"
        self.write()

    def write(self, name="deny.txt", more="", key=True, ca=None, prefix=""):
        keys = f'public-key = {{"{self.key.public}"}}' if key else ""
        self.conf.write_text(
            f'user = "nobody-at-all"\nlist-source "deny" {{\n'
            f'url = "https://localhost:{self.server.port}/{name}"\n'
            f'file = "{prefix}{self.file}"\nca-file = "{ca or self.pem}.crt"\n'
            f'{keys}\n{more} }}\n')

    def publish(self, data, name="deny.txt", **how):
        self.server.files[name] = data
        self.server.files[f"{name}.minisig"] = self.key.sign(data, name, **how)

    def fetch(self, *words):
        done = subprocess.run(
            [self.tool, "list", "fetch", "--config", self.conf, *words],
            capture_output=True, text=True, timeout=120)
        return done.returncode, done.stderr

    def asked(self):
        names, self.server.asked = self.server.asked, []
        return names

    def state(self):
        return dict(line.partition(" ")[::2] for line in pathlib.Path(
            f"{self.file}.fetched").read_text().splitlines())


@pytest.fixture
def site(request):
    made = Site(request.config.option.build)
    yield made
    made.server.close()
    shutil.rmtree(made.folder)


@pytest.fixture
def kept(site):
    """The first list is there; whatever comes now, it stays."""
    site.publish(ONE, made=time.time() - 1000)
    status, words = site.fetch()
    assert status == 0 and "a new list is in" in words
    site.asked()
    yield site
    site.server.fail = None
    assert site.file.read_bytes() == ONE
    assert sorted(p.name for p in site.file.parent.iterdir()) == [
        "deny.txt", "deny.txt.fetched", "deny.txt.minisig"]
    # And the next good one is taken.
    site.write()
    site.publish(TWO)
    assert site.fetch()[0] == 0
    assert site.file.read_bytes() == TWO
    assert "failure" not in site.state()


def fails(site, status, words):
    began = time.monotonic()
    got, said = site.fetch()
    assert (got, said.count("\n")) == (status, 1), said
    assert words in said and "the list as it was stays" in said
    assert words in site.state()["failure"]
    return time.monotonic() - began


def test_fetched_and_looked_up(site):
    site.publish(ONE)
    assert site.fetch()[0] == 0
    assert site.file.read_bytes() == ONE
    assert oct(site.file.stat().st_mode & 0o777) == oct(0o644 & ~umask())
    assert "on the list" in subprocess.run(
        [site.tool, "list", "test", site.file, "192.0.2.1"],
        capture_output=True, text=True).stdout


def written(path):
    """Which file it is, and when it was written."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_none_yet(site):
    """Nobody answers at the first visit; doctor says so, and what to do."""
    status, words = site.fetch()
    assert status == FAILED and "and there is none yet: the server answered 404" in words
    assert [p.name for p in site.file.parent.iterdir()] == ["deny.txt.fetched"]
    said = subprocess.run([site.tool, "doctor", "--json", "--config", site.conf],
                          capture_output=True, text=True).stdout
    [symptom] = [s for s in json.loads(said)["symptoms"] if s["about"] == "list-source"]
    assert symptom["health"] == "odd" and "could not be fetched yet" in symptom["text"]
    site.publish(ONE)
    assert site.fetch()[0] == 0
    said = subprocess.run([site.tool, "doctor", "--json", "--config", site.conf],
                          capture_output=True, text=True).stdout
    assert "the list of deny is the newest" in said


def test_too_old(site):
    """Signed long ago, and nothing newer to be had: it is used, and called old."""
    site.publish(ONE, made=time.time() - 3 * 86400)
    site.write(more='max-age = "2 days"')
    assert site.fetch()[0] == 0 and site.fetch()[0] == 0
    said = subprocess.run([site.tool, "doctor", "--config", site.conf],
                          capture_output=True, text=True).stdout
    assert "the list of deny is old: it was signed at 20" in said


def test_mistakes_of_the_configuration(site):
    site.conf.write_text("""
        list-source "a" { url = "http://lists.example.org/deny.cdb" }
        list-source "b" { url = "https://lists.example.org/" }
        list-source "c" { public-key = {"RWxyz", "/nowhere.pub"} }
        list-source "d" { file = "lmdb:/x/y" }
        list-source "e" { url = "https://lists.example.org/x"  file = "/x/y"
            max-age = "1 day" }
    """)
    done = subprocess.run([site.tool, "check", site.conf], capture_output=True, text=True)
    for line, words in enumerate((
            ("is no URL of a file",), ("is no URL of a file",),
            ("is no public key of minisign", '"/nowhere.pub": No such file'),
            ("is no whole path of a text list",), ("max-age needs a public-key",)), 2):
        for one in words:
            assert any(f"{site.conf}:{line}: error: " in said and one in said
                       for said in done.stderr.splitlines()), (line, one, done.stderr)


def test_nothing_new_costs_one_small_request(site):
    site.publish(ONE)
    site.fetch()
    before = written(site.file)
    site.asked()
    status, words = site.fetch()
    assert status == 0 and "nothing new" in words
    [(name, tag)] = site.asked()
    assert name == "deny.txt.minisig" and tag is not None
    assert written(site.file) == before
    # Signed again, not changed: the list itself is not sent again.
    site.publish(ONE, made=time.time() + 5)
    assert "nothing new" in site.fetch()[1]
    assert [tag is not None for name, tag in site.asked()] == [True, True]
    assert written(site.file) == before
    assert int(site.state()["made"]) > time.time()


def test_without_a_signature(site):
    site.server.files["deny.txt"] = ONE
    site.write(key=False)
    assert site.fetch()[0] == 0 and site.file.read_bytes() == ONE
    site.asked()
    assert "nothing new" in site.fetch()[1]
    [(name, tag)] = site.asked()
    assert name == "deny.txt" and tag is not None
    site.server.files["deny.txt"] = b"<!DOCTYPE html>\n<p>log in first</p>\n"
    status, words = site.fetch()
    assert status == REFUSED and "is no list: line 1" in words
    site.server.files["deny.txt"] = b""
    status, words = site.fetch()
    assert status == REFUSED and "is empty" in words
    assert site.file.read_bytes() == ONE


@pytest.mark.parametrize("status", [404, 500, 503, 301])
def test_an_answer_that_is_none(kept, status):
    kept.publish(TWO)
    kept.server.fail = lambda request, name: kept.server.send(
        request, status, TWO) or True
    fails(kept, FAILED, f"answered {status} for its signature")
    kept.server.fail = lambda request, name: name == "deny.txt" and (
        kept.server.send(request, status, TWO) or True)
    fails(kept, FAILED, f"answered {status} for its list")


def test_slow(kept):
    """A byte now and then: the deadline is that of the whole request."""
    def slow(request, name):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        for _ in range(1000):
            request.wfile.write(b"x")
            time.sleep(0.1)
        return True

    kept.publish(TWO)
    kept.write(more='timeout = "1 s"')
    kept.server.fail = slow
    assert fails(kept, FAILED, "timed out") < 60


def test_silent(kept):
    kept.write(more='timeout = "1 s"')
    kept.server.fail = lambda request, name: time.sleep(3) or True
    fails(kept, FAILED, "timed out")


@pytest.mark.parametrize("length", [True, False])
def test_cut_in_the_middle(kept, length):
    def cut(request, name):
        if name != "deny.txt":
            return False
        request.send_response(200)
        if length:
            request.send_header("Content-Length", str(len(TWO)))
        else:
            request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(TWO[:-3])
        request.close_connection = True
        return True

    kept.publish(TWO)
    kept.server.fail = cut
    status, words = kept.fetch()
    assert status in (FAILED, REFUSED) and words.count("\n") == 1


def test_nobody_there(kept):
    port = kept.server.port
    kept.server.port = 1
    kept.write()
    kept.server.port = port
    fails(kept, FAILED, "")


def test_wrong_certificate(kept):
    kept.publish(TWO)
    kept.write(ca=list_server.certificate(kept.folder, "elsewhere.example"))
    fails(kept, FAILED, "certificate")
    kept.write()
    kept.conf.write_text(kept.conf.read_text().replace("localhost", "127.0.0.1"))
    fails(kept, FAILED, "127.0.0.1")
    assert kept.asked() == []  # nothing was said to the wrong one


@pytest.mark.parametrize("hashed", [True, False])
def test_wrong_signature(kept, hashed):
    kept.publish(TWO, hashed=hashed)
    kept.server.files["deny.txt"] = TWO.replace(b"192", b"193")
    fails(kept, REFUSED, "has a wrong signature")


def test_wrong_comment(kept):
    """A newer time is not to be had by writing it in."""
    kept.publish(TWO)
    text = kept.server.files["deny.txt.minisig"]
    kept.server.files["deny.txt.minisig"] = text.replace(b"timestamp:1", b"timestamp:2")
    fails(kept, REFUSED, "wrong signature of its comment")


def test_another_key(kept):
    kept.publish(TWO)
    other = minisig.Key(kept.folder, "other")
    kept.server.files["deny.txt.minisig"] = other.sign(TWO, "deny.txt")
    fails(kept, REFUSED, "which is none of public-key")


def test_no_signature_at_all(kept):
    kept.publish(TWO)
    kept.server.files["deny.txt.minisig"] = b"<html>sign in</html>\n"
    fails(kept, REFUSED, "is no signature of minisign")
    del kept.server.files["deny.txt.minisig"]
    fails(kept, FAILED, "404")


def test_an_older_list_again(kept):
    """It was good once, and its signature is still."""
    kept.publish(TWO, made=time.time() - 2000)
    fails(kept, REFUSED, "an older list was offered, signed at 20")


def test_another_list_of_the_same_hand(kept):
    kept.publish(TWO, name="allow.txt")
    for end in ("", ".minisig"):
        kept.server.files[f"deny.txt{end}"] = kept.server.files[f"allow.txt{end}"]
    fails(kept, REFUSED, 'is that of a file "allow.txt", not of "deny.txt"')


def test_a_comment_that_does_not_say_when(kept):
    kept.publish(TWO, comment="my own words")
    fails(kept, REFUSED, "does not say when it was made")


def test_signed_in_the_future(kept):
    kept.publish(TWO, made=time.time() + 10 * 86400)
    fails(kept, REFUSED, "signed in the future")


def test_too_large(kept):
    kept.publish(TWO * 1000)
    kept.write(more="max-size = 1k")
    fails(kept, FAILED, "too long")
    # Nor a signature without an end.
    kept.server.files["deny.txt.minisig"] = b"x" * 100000
    fails(kept, FAILED, "too long")


def peak_of(command):
    """Its status, what it said, and its memory at most, in kB. A small process
    starts it: before it becomes the program, a child is as large as its parent."""
    measure = ("import resource, subprocess, sys\n"
               "status = subprocess.run(sys.argv[1:]).returncode\n"
               "print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    run = subprocess.run([sys.executable, "-S", "-c", measure, *command], text=True,
                         capture_output=True, check=True)
    status, peak = map(int, run.stdout.split()[-2:])
    return status, run.stderr, peak


def test_a_large_answer_that_is_no_list(kept):
    """What comes with a 404 is as long as the other side likes; it is not kept."""
    kept.publish(TWO)
    kept.server.fail = lambda request, name: name == "deny.txt" and (
        kept.server.send(request, 404, bytes(200_000_000)) or True)
    status, words, peak = peak_of([kept.tool, "list", "fetch", "--config", kept.conf])
    assert (status, words.count("\n")) == (FAILED, 1), words
    assert "answered 404 for its list" in words
    assert peak < 150_000, f"{peak} kB"


def test_no_list(kept):
    kept.publish(b"192.0.2.2\n192.0.2.300\n")
    fails(kept, REFUSED, "is no list: line 2")


def test_replaced_between_two_requests(site):
    """The signature of the old one, the new list: asked for once more."""
    site.publish(ONE, made=time.time() - 10)
    first = site.server.files["deny.txt.minisig"]
    site.publish(TWO)
    site.server.fail = lambda request, name: len(site.server.asked) == 1 and (
        site.server.send(request, 200, first) or True)
    assert site.fetch()[0] == 0
    assert site.file.read_bytes() == TWO


def test_killed_at_any_moment(site):
    """There is always one of both, whole, and the next visit mends the rest."""
    site.publish(ONE, made=time.time() - 100)
    site.fetch()
    one, two = ONE * 20000, TWO * 20000
    for n in range(12):
        site.publish(two if n % 2 else one, made=time.time() - 50 + n)
        p = subprocess.Popen([site.tool, "list", "fetch", "--config", site.conf],
                             stderr=subprocess.DEVNULL)
        time.sleep(0.004 * n)
        p.kill()
        p.wait()
        assert site.file.read_bytes() in (ONE, one, two)
    assert site.fetch()[0] == 0
    assert site.file.read_bytes() == two
    assert site.fetch()[1].count("nothing new") == 1


def test_two_at_once(site):
    site.publish(ONE)
    site.server.fail = lambda request, name: time.sleep(1)
    first = subprocess.Popen([site.tool, "list", "fetch", "--config", site.conf],
                             stderr=subprocess.DEVNULL)
    process.wait_until(lambda: site.server.asked, "the first")
    status, words = site.fetch()
    assert status == 0 and "another process fetches it" in words
    assert first.wait(30) == 0


def test_due(site):
    site.publish(ONE)
    site.write(more='interval = "1 h"')
    assert site.fetch("--due")[0] == 0 and len(site.asked()) == 2
    assert site.fetch("--due") == (0, "") and site.asked() == []
    assert site.fetch("deny")[0] == 0 and len(site.asked()) == 1
    status, words = site.fetch("other")
    assert status == 78 and 'no list-source "other"' in words


def test_new_key_beside_the_old_one(site):
    site.publish(ONE)
    site.fetch()
    other = minisig.Key(site.folder, "other")
    site.conf.write_text(site.conf.read_text().replace(
        f'"{site.key.public}"', f'"{site.key.public}", "{site.folder}/other.pub"'))
    (site.folder / "other.pub").write_text(
        f"untrusted comment: minisign public key\n{other.public}\n")
    site.server.files["deny.txt"] = TWO
    site.server.files["deny.txt.minisig"] = other.sign(TWO, "deny.txt")
    assert site.fetch()[0] == 0 and site.file.read_bytes() == TWO


def build(site, *words):
    return subprocess.run([site.tool, "list", "build", *words],
                          capture_output=True, text=True)


def test_built_signed_fetched(site):
    """From the text of one host to the answer of another."""
    text = site.folder / "deny.in"
    text.write_text("192.0.2.0/24 # net\n[203.0.113.9]\nexample.NET\nexample.net\n"
                    "a@example.org # ann\n.example.com\n2001:db8::/32\n<>\n")
    out = site.folder / "deny.cdb"
    done = build(site, "--output", out, "--sign", site.key.secret, text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{out}: 3 networks, 5 names; signed")
    assert "1 entries were there already" in done.stdout
    for end in ("", ".minisig"):
        site.server.files[f"deny.cdb{end}"] = pathlib.Path(f"{out}{end}").read_bytes()
    site.write(name="deny.cdb", prefix="cdb:")
    assert site.fetch()[0] == 0
    for what, entry in (("192.0.2.200", "192.0.2.0/24 # net"), ("<>", "<>"),
                        ("203.0.113.9", "203.0.113.9"), ("2001:db8::7", "2001:db8::/32"),
                        ("x@example.net", "example.net"), ("b.example.com", ".example.com"),
                        ("A@example.org", "a@example.org # ann")):
        said = subprocess.run([site.tool, "list", "test", f"cdb:{site.file}", what],
                              capture_output=True, text=True)
        assert said.stdout == f"{what}: on the list, by {entry}\n"
    # No cdb file comes in its place.
    site.publish(b"192.0.2.1\n", name="deny.cdb", made=time.time() + 9)
    status, words = site.fetch()
    assert status == REFUSED and "is no list" in words


def test_build_says_what_is_wrong(site):
    text, out = site.folder / "in", site.folder / "out.cdb"
    out.write_text("as it was")
    text.write_text("192.0.2.1\n/cheap/i\n*\n192.0.2.1/8\nfine.example\n")
    done = build(site, "-o", out, text)
    assert done.returncode == REFUSED
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        f"{text}:{n}" for n in (2, 3, 4)]
    text.write_text("192.0.2.1\n")
    for secret, words in ((site.key.secret_text(b"Sc"), "has a password"),
                          ("nonsense\n", "is no secret key"),
                          (None, "cannot be read")):
        key = site.folder / "a.sec"
        key.unlink(missing_ok=True)
        if secret:
            key.write_text(secret)
        done = build(site, "-o", out, "--sign", key, text)
        assert done.returncode == REFUSED and words in done.stderr
    assert out.read_text() == "as it was"
    assert not pathlib.Path(f"{out}.minisig").exists()
    assert build(site, text).returncode == 64


@pytest.mark.skipif(not shutil.which("minisign"), reason="there is no minisign")
@pytest.mark.parametrize("legacy", [True, False])
def test_with_minisign_itself(site, legacy):
    """Its signature is good here; ours is good there, by its own key."""
    keys = [site.folder / "m.pub", site.folder / "m.sec"]
    subprocess.run(["minisign", "-G", "-W", "-p", keys[0], "-s", keys[1]],
                   check=True, capture_output=True)
    text = site.folder / "deny.txt"
    text.write_bytes(ONE)
    subprocess.run(["minisign", "-S", *(["-l"] if legacy else []), "-s", keys[1],
                    "-m", text], check=True, capture_output=True)
    site.key.public = keys[0]
    site.server.files["deny.txt"] = ONE
    site.server.files["deny.txt.minisig"] = (site.folder / "deny.txt.minisig").read_bytes()
    site.write()
    assert site.fetch()[0] == 0 and site.file.read_bytes() == ONE
    # What is kept is what minisign checks.
    subprocess.run(["minisign", "-V", "-p", keys[0], "-m", site.file], check=True,
                   capture_output=True)
    out = site.folder / "deny.cdb"
    assert build(site, "-o", out, "--sign", keys[1], text).returncode == 0
    said = subprocess.run(["minisign", "-V", "-p", keys[0], "-m", out], check=True,
                          capture_output=True, text=True).stdout
    assert "file:deny.cdb" in said


def test_in_use_within_seconds(site, saywhyd):
    """Fetched while saywhyd runs; status tells where it stands."""
    site.publish(ONE)
    site.fetch()
    site.folder.chmod(0o755)
    site.file.parent.chmod(0o755)
    pathlib.Path(f"{site.file}.fetched").chmod(0o644)
    source = site.conf.read_text().partition("\n")[2]
    daemon = saywhyd(f'{source}blacklist {{ list "x" {{ file = "{site.file}" }} }}\n')

    def shown():
        done = daemon.run_tool("status", "--json", "--config", daemon.conf, check=True)
        return json.loads(done.stdout)

    [source] = shown()["list-sources"]
    assert source["healthy"] and source["source"] == "deny"
    assert source["checked"][:4] == source["signed"][:4] == time.strftime("%Y")
    site.publish(TWO + ONE, made=time.time() + 5)
    assert site.fetch()[0] == 0
    process.wait_until(lambda: shown()["lists"][0]["entries"] == 2, "the new list")
    site.server.fail = lambda request, name: site.server.send(request, 500, b"") or True
    assert site.fetch()[0] == FAILED
    pathlib.Path(f"{site.file}.fetched").chmod(0o644)
    [source] = shown()["list-sources"]
    assert not source["healthy"] and "answered 500" in source["failure"]
    said = daemon.run_tool("status", "--config", daemon.conf, check=True).stdout
    assert "list from   deny: looked for at" in said and "answered 500" in said
