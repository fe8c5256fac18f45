"""The daemon's life beside the MTAs: killed, reloaded, stopped, full."""

import json
import os
import signal
import subprocess
import threading
import time

import pytest

import process
import sites
import smtp

MINE = """
    EHLO client.example
    MAIL FROM:<a@sender.example>
    RCPT TO:<user@example.org>
"""
FOREIGN = MINE.replace("user@example.org", "b@elsewhere.example")


@pytest.fixture(params=["postfix", "sendmail"])
def behind(request):
    """A function: the MTA behind this filter."""
    if request.param == "postfix":
        mta = request.getfixturevalue("postfix")
        return lambda daemon: sites.behind_postfix(mta, daemon)
    site = request.getfixturevalue("sendmail_site")
    return lambda daemon: sites.behind_sendmail(site, daemon)


@pytest.mark.parametrize("said", [
    "EHLO client.example",
    "EHLO client.example\nMAIL FROM:<a@sender.example>",
    "EHLO client.example\nMAIL FROM:<a@sender.example>\nRCPT TO:<user@example.org>",
], ids=["ehlo", "mail", "rcpt"])
def test_killed_in_mid_transaction(behind, saywhyd, said):
    """What would have been refused is deferred, not accepted."""
    daemon = saywhyd()
    with behind(daemon)() as client:
        smtp.play(client, said)
        daemon.kill()
        rest = [line.strip() for line in FOREIGN.strip().splitlines()]
        rest = rest[len(said.splitlines()):] + ["data Subject: casino\\n\\nx\\n"]
        reply = smtp.until_refused(client, "\n".join(rest))
        assert 400 <= reply.code < 500, reply


def test_down_before_the_session(behind, saywhyd):
    daemon = saywhyd()
    connect = behind(daemon)
    daemon.kill()
    with connect() as client:
        assert 400 <= smtp.until_refused(client, FOREIGN).code < 500


def test_up_again(saywhyd, postfix):
    daemon = saywhyd()
    connect = sites.behind_postfix(postfix, daemon)
    daemon.kill()
    daemon.start()
    with connect() as client:
        assert smtp.until_refused(client, FOREIGN).code == 550


def test_sessions_keep_their_ruleset(saywhyd, postfix):
    daemon = saywhyd()
    connect = sites.behind_postfix(postfix, daemon)
    with connect() as old:
        old.ehlo()
        daemon.configure('reason "relay-denied" { action = tempfail }')
        daemon.reload()
        with connect() as new:
            assert smtp.until_refused(new, FOREIGN).code == 450
        assert smtp.until_refused(old, FOREIGN).code == 550


def test_bad_file_keeps_the_old_one(saywhyd, postfix):
    daemon = saywhyd()
    connect = sites.behind_postfix(postfix, daemon)
    daemon.configure("reason \"relay-denyed\" { action = note }\nnonsense = 1")
    daemon.reload()
    with connect() as client:
        assert smtp.until_refused(client, FOREIGN).code == 550
    assert "relay-denied" in daemon.log()  # the nearest name
    assert "nonsense" in daemon.log()
    shown = daemon.run_tool("status", "-c", str(daemon.conf))
    assert "relay-denyed" in shown.stdout + shown.stderr


def test_reload_names_what_needs_a_restart(saywhyd, tmp_path):
    daemon = saywhyd()
    daemon.configure(f'pid-file = "{tmp_path}/other.pid"\nlog-level = debug')
    daemon.reload()
    assert "pid-file: restart required" in daemon.log()
    assert "log-level: restart required" in daemon.log()
    assert "listen: restart required" not in daemon.log()


COUNTED = 'blacklist {{ greylist = all }}\ncounters-size = {}\n' \
    'counters-file = "{}"\ncounters = {{{}}}\n'
SERVER = '"valkey:unix:/nowhere/a.sock"'


def test_reload_names_what_counts_until_a_restart(saywhyd):
    """A first server is asked from the reload on; another one is not."""
    daemon = saywhyd(COUNTED.format("1M", "", ""))
    daemon.configure(COUNTED.format("2M", "", SERVER))
    daemon.reload()
    assert "counters-size: restart required" in daemon.log()
    assert "counters: restart required" not in daemon.log()
    assert "counters-file: restart required" not in daemon.log()
    daemon.configure(COUNTED.format("1M", "", '"valkey:unix:/nowhere/b.sock"'))
    daemon.reload()
    assert daemon.log().count("counters-size: restart required") == 1
    assert daemon.log().count("counters: restart required") == 1


def test_reload_under_load(saywhyd, postfix):
    """Many sessions, a reload every 20 ms: each gets one of the two answers."""
    daemon = saywhyd()
    connect = sites.behind_postfix(postfix, daemon)
    codes, stop = [], threading.Event()

    def send():
        while not stop.is_set():
            with connect() as client:
                codes.append(smtp.until_refused(client, FOREIGN).code)

    senders = [threading.Thread(target=send) for _ in range(8)]
    for thread in senders:
        thread.start()
    for i in range(100):
        daemon.configure(
            'reason "relay-denied" { action = tempfail }' if i % 2 else "")
        daemon.signal(signal.SIGHUP)
        time.sleep(0.02)
    stop.set()
    for thread in senders:
        thread.join()
    assert set(codes) == {450, 550}
    assert daemon.process.poll() is None
    assert len(daemon.records()) == len(codes)


def test_sigterm_drains(saywhyd, postfix):
    """A session that is under way gets its answers; new ones are deferred."""
    daemon = saywhyd()
    connect = sites.behind_postfix(postfix, daemon)
    with connect() as client:
        smtp.until_refused(client, MINE)
        daemon.signal(signal.SIGTERM)
        process.wait_until(lambda: "shutting down" in daemon.log(), "the stop")
        reply = client.data("Subject: casino\n\nx\n")
        assert reply.code == 550
        assert daemon.record(reply)["reason"] == "header-pattern"
        client.quit()
    assert daemon.process.wait(60) == 0


def test_stops_at_once_when_idle(saywhyd):
    daemon = saywhyd()
    began = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - began < 9  # stop-timeout: 10 s


def test_over_the_cap(behind, saywhyd):
    daemon = saywhyd("max-sessions = 2")
    connect = behind(daemon)
    process.wait_until(lambda: daemon.sessions() == 0, "who only looked to go")
    clients = [connect() for _ in range(3)]
    replies = [smtp.until_refused(client, MINE) for client in clients]
    for client in clients:
        client.close()
    assert sorted(reply.code for reply in replies) == [250, 250, 451]
    [refused] = [reply for reply in replies if reply.code == 451]
    assert refused.status == "4.3.2"
    assert daemon.record(refused)["reason"] == "system-overloaded"


def test_many_idle_sessions(saywhyd, postfix):
    daemon = saywhyd()
    connect = sites.behind_postfix(postfix, daemon)
    clients = [connect() for _ in range(90)]  # Postfix runs 100 smtpd
    for client in clients:
        client.ehlo()
    assert smtp.play(clients[0], FOREIGN).code == 550
    assert smtp.play(clients[-1], FOREIGN).code == 550
    for client in clients:
        client.close()


def test_a_thousand_idle_sessions(saywhyd, build):
    """They cost less than 30 MB; make bench tells how much."""
    load = build / "load"
    if not load.exists():
        pytest.skip(f"no load in {build} (make check-mta builds it)")
    if build.name == "asan":
        pytest.skip("a sanitizer wants more memory")
    daemon = saywhyd("max-sessions = 2000")
    report = json.loads(subprocess.run(
        [load, "--json", "--pid", str(daemon.process.pid), "--sessions", "1000",
         "--messages", "1000", "--hold", "1", "--timeout", "120",
         "--client", "192.0.2.7", "--helo", "client.example",
         "--sender", "a@sender.example", daemon.address],
        check=True, capture_output=True, text=True).stdout)
    assert report["finished"] == 1000
    assert report["waiting"]["rss_kib"] - report["before"]["rss_kib"] < 30 * 1024


def test_stale_socket_is_replaced(saywhyd, postfix):
    daemon = saywhyd()
    daemon.kill()
    assert (daemon.folder / "milter.sock").exists()
    daemon.start()
    with sites.behind_postfix(postfix, daemon)() as client:
        assert smtp.until_refused(client, FOREIGN).code == 550
