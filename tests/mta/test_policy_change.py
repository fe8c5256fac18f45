"""The report tells what a change of the policy did, per host, from either store."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import pytest

import postgresql
from test_store import TEMPLATE, ident

OLD, NEW, THIRD = "0123456789ab", "fedcba987654", "aaaaaaaaaaaa"
HOUR = 3600


def lines(now):
    """Two hosts. mx2 changed two hours ago, mx1 never."""
    n = 0
    for minute in range(-240, 0):
        at = now + 60 * minute
        for host in ("mx1.example.org", "mx2.example.org"):
            changed = host.startswith("mx2") and minute >= -120
            reasons = ["relay-denied"]
            if changed or minute % 30 == 0:
                reasons.append("spf-fail")
            if not changed and minute % 4 == 0:
                reasons.append("dnsbl-listed")
            for reason in reasons:
                policy = NEW if changed else OLD
                if changed and minute < -112 and reason == "relay-denied":
                    policy = OLD  # a session of before the change
                n += 1
                yield json.dumps(TEMPLATE | {
                    "id": ident(n), "host": host, "policy": policy, "reason": reason,
                    "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))})
    # What the log tells has no policy.
    yield json.dumps(TEMPLATE | {"id": ident(n + 1), "host": "mx2.example.org",
                                 "source": "log", "time": time.strftime(
                                     "%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now - 90))})


class Site:
    def __init__(self, build, folder, store):
        self.tool, self.folder = pathlib.Path(build) / "saywhy", folder
        self.records, self.conf = folder / "records.json", folder / "saywhy.conf"
        self.conf.write_text(
            f'name = "mx9.example.org"\nuser = "nobody"\nsyslog = no\n'
            f'record-file = "{self.records}"\nstore = "{store}"\n'
            f'ship-state = "{folder}/state"\nretention = "30 days"\n')

    def put(self, text):
        with open(self.records, "a") as f:
            f.write("".join(line + "\n" for line in text))
        shutil.chown(self.records, "nobody")

    def run(self, *words):
        done = subprocess.run([self.tool, words[0], "-c", self.conf, *words[1:]],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(params=["file", "postgresql"])
def site(request, box):
    folder = pathlib.Path(tempfile.mkdtemp(dir=box))
    folder.chmod(0o755)
    shutil.chown(folder, "nobody")
    if request.param == "file":
        made = Site(request.config.option.build, folder, folder / "s.db")
        made.load = lambda: made.run("store", "rebuild")
        yield made
        return
    if postgresql.programs() is None:
        pytest.skip("there is no PostgreSQL here")
    server = postgresql.Server(folder / "pg")
    made = Site(request.config.option.build, folder, server.url)
    made.load = lambda: made.run("ship", "--once")
    yield made
    server.stop()


def test_since_the_change(site):
    now = int(time.time()) // 60 * 60
    site.put(lines(now))
    site.load()
    since = time.strftime("%Y-%m-%dT%H:%M", time.localtime(now - 6 * HOUR))
    [change] = json.loads(site.run("report", "--since", since, "--json"))["changes"]
    assert (change["host"], change["was"], change["policy"]) == (
        "mx2.example.org", OLD, NEW)
    assert change["at"] == time.strftime("%Y-%m-%d %H:%M", time.gmtime(now - 120 * 60))
    # relay-denied is as frequent as before, and is not named.
    assert [r["name"] for r in change["reasons"]] == ["spf-fail", "dnsbl-listed"]
    spf, dnsbl = change["reasons"]
    assert spf["before"] == 4 and abs(spf["after"] - 120) <= 1
    assert dnsbl["before"] == 30 and dnsbl["after"] == 0
    at = change["at"]
    said = site.run("report", "--since", since)
    assert "Since the policy changed" in said
    assert f"Since the change at {at} UTC on mx2.example.org: " in said
    assert " in the 2 h before." in said or "min before." in said
    assert f"Since the change at {at} UTC on mx2.example.org: " in site.run(
        "report", "--since", since, "--html")
    assert "Since the policy" not in site.run(
        "report", "--since", since, "--host", "mx1.example.org")
    assert "Since the policy" not in site.run(
        "report", "--since", time.strftime("%Y-%m-%dT%H:%M", time.localtime(now - HOUR)))


def test_back_and_forth(site):
    """Taken back after an hour: two changes; the last a moment ago."""
    now = int(time.time())

    def line(n, seconds, policy):
        return json.dumps(TEMPLATE | {
            "id": ident(n), "host": "mx1.example.org", "policy": policy,
            "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(now - seconds))})

    plan = [(7200, OLD), (3600, NEW), (3590, OLD), (3580, NEW), (1200, OLD), (60, THIRD)]
    site.put(line(n, *row) for n, row in enumerate(plan))
    site.load()
    changes = json.loads(site.run("report", "day", "--json"))["changes"]
    assert [(c["was"], c["policy"]) for c in changes] == [
        (OLD, THIRD), (NEW, OLD), (OLD, NEW)]
    assert [c["span-ms"] > 0 for c in changes] == [False, True, True]
    said = site.run("report", "day")
    assert "it is too early to tell" in said
    assert "no cause is more or less frequent than chance" in said


def test_where_hosts_differ(saywhyd):
    """One fingerprint in status, metrics and records; and who has another."""
    one = saywhyd('host-number = 1\nauth { spf = no }\n')
    folder = one.folder
    policy = json.loads(one.run_tool("status", "--json", "-c", one.conf).stdout)["policy"]
    assert f'saywhy_policy_info{{policy="{policy}"' in " ".join(one.metrics())
    control = f"unix:{folder}/control.sock"

    def diff(*hosts, **options):
        done = one.run_tool("config", "diff", *hosts, **options)
        assert done.stderr == ""
        return done.returncode, done.stdout.splitlines()

    # Another host: the same policy, and what is of that host alone.
    other = folder / "mx2.conf"
    text = one.conf.read_text()
    other.write_text(text.replace('name = "mx.', 'name = "mx2.').replace(
        "host-number = 1", "host-number = 2"))
    assert diff(control, other) == (0, [f"policy {policy}: mx.example.org, mx2.example.org"])
    dump = one.run_tool("config", "show", control).stdout
    assert f"policy {policy}," in dump
    assert diff("-", other, input=dump)[0] == 0
    # A third one that reads SPF.
    third = folder / "mx3.conf"
    third.write_text(text.replace('name = "mx.', 'name = "mx3.').replace(
        "spf = no", "spf = yes"))
    status, said = diff(control, other, third)
    assert status == 1
    assert said[0] == f"policy {policy}: mx.example.org, mx2.example.org"
    assert said[1].startswith("policy ") and said[1].endswith(": mx3.example.org")
    assert said[2:] == ["auth.spf", "    no: mx.example.org, mx2.example.org",
                        "    as shipped: mx3.example.org"]
