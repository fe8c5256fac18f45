"""Lists in DNS that are slow, dead, hijacked and refusing, beside good ones."""

import json
import pathlib
import re
import subprocess
import tempfile
import time

import pytest

import liar
import process
import sites

KEY = "k4f7q9m2x6w8z1v3"
GOOD = [f"list{n}.example" for n in range(1, 21)]
BAD = ["slow.example", "refusing.example", "hijacked.example", "dead.example"]
LISTED, CLEAN = "198.51.100.{}", "203.0.113.{}"
ALLOWANCE = 0.03  # beyond what is to be waited for
STEP = 1.0  # the deadline of a step

WORDS = "".join(
    f"2.0.0.127.{zone} A 127.0.0.2\n{zone} DELAY 20\n" for zone in GOOD
) + "".join(
    f"{n}.100.51.198.list7.example A 127.0.0.4\n"
    f"{n}.100.51.198.{KEY}.list8.example A 127.0.0.5\n"
    f'{n}.100.51.198.{KEY}.list8.example TXT listed in {KEY}.list8.example, "{KEY}"\n'
    for n in range(1, 255)
) + f"""\
sender.example A 192.0.2.1
client.example A 192.0.2.1
example.net A 192.0.2.1
2.0.0.127.{KEY}.list8.example A 127.0.0.2
slow.example DELAY 5000
slow.example ALWAYS 127.0.0.2
refusing.example ALWAYS 127.255.255.254
hijacked.example ALWAYS 192.0.2.99
dead.example DEAD -
open.example ALWAYS 127.0.0.2
"""


def block(name, test="ip", **more):
    options = {"text": "no", "test": test} | more
    return "\tdnsbl \"%s\" {\n%s\t}\n" % (
        name, "".join(f"\t\t{k} = {v}\n" for k, v in options.items()))


def configuration(server, lists):
    return (server.conf + f'step-timeout = "{int(STEP * 1000)} ms"\n'
            + "blacklist {\n" + "".join(lists) + "}\n")


def status(daemon):
    done = daemon.run_tool("status", "--json", "--config", daemon.conf, check=True)
    return json.loads(done.stdout)


def states(daemon):
    return {entry["list"]: entry for entry in status(daemon)["dns-lists"]}


def wait_for_tests(daemon):
    process.wait_until(
        lambda: "not tested yet" not in
        {entry["disabled"] for entry in states(daemon).values()},
        "the bad lists to be found out")


@pytest.fixture(scope="module")
def server(build, box):
    running = liar.Liar(build, pathlib.Path(tempfile.mkdtemp(dir=box)), WORDS)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def tested(saywhyd, server):
    """A daemon that knows by its own tests which lists are well."""
    daemon = saywhyd(configuration(server, [block(zone) for zone in GOOD + BAD]))
    wait_for_tests(daemon)
    return daemon


@pytest.fixture(scope="module")
def untested(saywhyd, server):
    """One that learns only from what its sessions see."""
    return saywhyd(configuration(
        server, [block(zone, test="none") for zone in GOOD + BAD]))


@pytest.fixture(scope="module", params=["postfix", "sendmail"])
def mta(request):
    """A function: how one reaches the MTA behind this daemon."""
    if request.param == "postfix":
        postfix = request.getfixturevalue("postfix")
        return lambda daemon: sites.behind_postfix(postfix, daemon)
    site = request.getfixturevalue("sendmail_site")
    return lambda daemon: sites.behind_sendmail(site, daemon)


@pytest.fixture(scope="module")
def behind(mta):
    """Each daemon has its MTA once."""
    ways = {}

    def connect(daemon, address):
        if daemon not in ways:
            ways[daemon] = mta(daemon)
        return ways[daemon](address)

    return connect


turn = iter(range(1, 250))


def session(connect, daemon, address):
    """The reply to RCPT, and how long it took."""
    with connect(daemon, address) as client:
        client.command("EHLO client.example")
        assert client.command("MAIL FROM:<a@sender.example>").ok
        began = time.monotonic()
        reply = client.command("RCPT TO:<user@example.org>")
        return reply, time.monotonic() - began


def test_found_out(tested):
    found = states(tested)
    assert {name for name in found if not found[name]["healthy"]} == set(BAD)
    assert "127.255.255.254" in found["refusing.example"]["disabled"]
    assert "192.0.2.99" in found["hijacked.example"]["disabled"]


OPEN = "open.example"


def test_not_used_before_its_test(saywhyd, build, server):
    """A list of everybody refuses nobody, not even in the first moment."""
    daemon = saywhyd(configuration(server, [block(OPEN)]))
    done = subprocess.run(
        [build / "load", "--json", "--messages", "500", daemon.address],
        capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["finished"] == 500
    assert daemon.records() == []
    assert "lists 127.0.0.1, which no list should" in daemon.log()


def test_listed(behind, tested):
    """As quick as the good lists, with the right reason."""
    took = []
    for _ in range(8):
        address = LISTED.format(next(turn))
        reply, seconds = session(behind, tested, address)
        assert (reply.code, reply.status) == (550, "5.7.1"), reply
        assert f"{address} is on the blocklist list7.example." in str(reply)
        record = tested.record(reply)
        assert record["reason"] == "dnsbl-listed"
        assert record["evidence"]["answer"] == "127.0.0.4"
        took.append(seconds)
    assert min(took) < 0.02 + ALLOWANCE, took


def test_not_listed(behind, tested):
    took = []
    for _ in range(8):
        reply, seconds = session(behind, tested, CLEAN.format(next(turn)))
        assert reply.ok, reply
        took.append(seconds)
    assert min(took) < 0.02 + ALLOWANCE, took


def test_not_found_out_yet(behind, untested):
    """They are waited for to the deadline; by and by nobody waits."""
    took = []
    for _ in range(3):
        reply, seconds = session(behind, untested, LISTED.format(next(turn)))
        assert "list7.example" in str(reply)
        took.append(seconds)
    assert min(took) < 0.02 + 3 * ALLOWANCE, took
    took = []
    while not took or (len(took) < 40 and took[-1] > 0.02 + 3 * ALLOWANCE):
        reply, seconds = session(behind, untested, CLEAN.format(next(turn)))
        assert reply.ok, reply
        took.append(seconds)
    assert min(took[:4]) < STEP + 3 * ALLOWANCE, took
    assert took[-1] <= 0.02 + 3 * ALLOWANCE, took
    assert {n for n, s in states(untested).items() if not s["healthy"]} == set(BAD)


SESSIONS = 10000


def test_ten_thousand_sessions(build, saywhyd, server):
    """Lists that fail in every way refuse nobody, and fill no log."""
    daemon = saywhyd(configuration(server, [
        block(zone, test="none") for zone in GOOD[:2] + BAD
    ] + [block(zone + "." + zone, zone=f'"{zone}"') for zone in BAD]))
    done = subprocess.run(
        [build / "load", "--json", "--sessions", "64", "--messages", str(SESSIONS),
         daemon.address], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["finished"] == SESSIONS
    counts = status(daemon)["counts"]
    assert counts["messages"] == SESSIONS
    assert counts["rejected"] == counts["tempfailed"] == 0
    assert daemon.records() == []
    wait_for_tests(daemon)
    said = [line for line in daemon.log().splitlines() if " disabled: " in line]
    disabled = [re.search(r"warning: DNSBL (\S+) disabled", line).group(1) for line in said]
    assert sorted(disabled) == sorted(BAD + [f"{zone}.{zone}" for zone in BAD]), said
    assert not re.search("error", daemon.log())


def test_key_is_nowhere(behind, build, server, saywhyd, syslog):
    """Not in a reply, record, log, status, check or trace."""
    daemon = saywhyd(configuration(server, [
        block("list8.example", zone=f'"{KEY}.list8.example"', text="yes"),
        block("broken", zone=f'"{KEY}.dead.example"'),
    ]) + "syslog = yes\n")
    process.wait_until(lambda: "broken disabled: " in daemon.log(), "the dead list")
    assert states(daemon)["list8.example"]["healthy"]
    reply, _ = session(behind, daemon, LISTED.format(next(turn)))
    assert "on the blocklist list8.example" in str(reply)
    record = daemon.record(reply)
    assert record["evidence"]["text"] == 'listed in ***.list8.example, "***"'
    shown = {
        "reply": str(reply), "log": daemon.log(), "records": json.dumps(
            daemon.records()),
        "syslog": "\n".join(syslog.lines),
    }
    for name, arguments in {
        "status": ["status", "--config", daemon.conf],
        "status --json": ["status", "--json", "--config", daemon.conf],
        "check": ["check", daemon.conf], "check --json": ["check", "--json", daemon.conf],
        "try": ["try", "--config", daemon.conf, "--client", LISTED.format(1), "--from",
                "a@sender.example", "--rcpt", "u@example.org", "--trace"],
        "try --json": ["try", "--config", daemon.conf, "--client", LISTED.format(1),
                       "--from", "a@sender.example", "--rcpt", "u@example.org", "--json"],
        "options": ["options"],
    }.items():
        done = daemon.run_tool(*map(str, arguments))
        shown[name] = done.stdout + done.stderr
    daemon.conf.write_text(daemon.conf.read_text().replace(
        f"{KEY}.dead", f"{KEY} .dead").replace("test = ip", "test = key"))
    shown["mistakes"] = daemon.mistakes()
    daemon.reload()
    shown["log of the reload"] = daemon.log()
    assert "is no domain" in shown["mistakes"]
    assert "on the blocklist list8.example" in shown["try"]
    assert not [name for name, text in shown.items() if KEY in text.lower()]


def test_try_asks_test_entries(build, saywhyd, server):
    """A list that has everybody refuses nobody in `saywhy try`, either."""
    daemon = saywhyd(configuration(server, [block("open.example"),
                                            block("list7.example")]))

    def tried(client):
        done = daemon.run_tool("try", "--config", daemon.conf, "--client", client,
                               "--from", "a@sender.example", "--rcpt", "u@example.org")
        return done.stdout

    assert "accepted" in tried(CLEAN.format(1))
    assert "on the blocklist list7.example" in tried(LISTED.format(1))
