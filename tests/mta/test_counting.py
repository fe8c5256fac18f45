"""What one host counts, as those see it who are limited, greylisted, stopped

It outlives whatever happens to the process: a successor, a kill, another size.
And the words fit: of a login that is closed by hand, of a question of Postfix.
"""

import re
import shlex
import signal
import time

import pytest

import peer
import process
import saywhyd as saywhyd_module
import smtp
from test_replymap import DOORS
from test_upgrade import Adopted, successor_of

# With the date where that is not the day of today.
MINUTE = r"(\w{3} \d+ \w{3} )?\d\d:\d\d \(\S+\)"

KEPT = """
counters-file = "{folder}/counters"
counters-size = {size}
auth {{
  spf = no dkim = no dmarc = no
  limit "hour" {{ what = recipients per = login amount = 3 window = "1 hour" }}
  limit "stolen" {{ what = recipients per = login amount = 3 window = "1 day" suspend = yes }}
}}
"""
ALONE = KEPT.replace(" suspend = yes", "").replace('"stolen" {{ what = recipients', '"other" {{ what = messages')


def start(saywhyd, text, **values):
    """A filter whose configuration knows its folder."""
    daemon = saywhyd()
    daemon.stop()
    daemon.configure(text.format(folder=daemon.folder, **values))
    return daemon.start()


class Sender:
    """A login that sends to one recipient after the other in one session."""

    def __init__(self, daemon, login):
        self.mta = peer.Peer(daemon).negotiate()
        self.mta.connect()
        self.mta.helo()
        self.mta.macros("M", **{"{auth_authen}": login})
        self.mta.mail("<ann@example.org>")
        self.n = 0

    def sends(self, n=1):
        """How many of n are taken."""
        taken = 0
        for _ in range(n):
            self.n += 1
            taken += self.mta.rcpt(f"<u{self.n}@elsewhere.example>")[0] == "c"
        return taken


def login(daemon, *words):
    return daemon.run_tool("login", *words, "-c", daemon.conf)


def test_a_successor_counts_on(saywhyd):
    """And what the old one still counts, counts there."""
    daemon = start(saywhyd, ALONE, size="1M")
    old = Sender(daemon, "ann")
    assert old.sends() == 1
    assert login(daemon, "bob", "--close").returncode == 1
    daemon.process = Adopted(successor_of(daemon))
    assert "another process" not in daemon.log()
    assert login(daemon, "bob").returncode == 1
    assert Sender(daemon, "bob").sends() == 0
    new = Sender(daemon, "ann")
    assert new.sends() == 1
    assert old.sends() == 1
    assert new.sends() == 0 and old.sends() == 0
    old.mta.socket.close()
    # What one of them holds it leaves to the other.
    daemon.process.kill()
    process.wait_until(lambda: daemon.process.poll() is not None, "the end")


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_started_again(saywhyd, end):
    daemon = start(saywhyd, KEPT, size="1M")
    assert Sender(daemon, "ann").sends(5) == 3
    assert login(daemon, "ann").returncode == 1
    getattr(daemon, end)()
    daemon.start()
    assert login(daemon, "ann").returncode == 1
    # Another size: what is closed stays closed, what was counted counts.
    for size in ("4M", "512k"):
        daemon.stop()
        daemon.configure(KEPT.format(folder=daemon.folder, size=size))
        daemon.start()
        assert login(daemon, "ann").returncode == 1
    assert login(daemon, "ann", "--open").returncode == 0
    assert Sender(daemon, "ann").sends(5) == 3


def test_two_filters_and_one_file(saywhyd):
    """The second counts by itself, and says so; neither disturbs the other."""
    first = start(saywhyd, ALONE, size="1M")
    second = saywhyd()
    second.stop()
    second.configure(ALONE.format(folder=first.folder, size="1M"))
    second.start()
    process.wait_until(lambda: "another process counts in it; what is counted is "
                       "forgotten" in second.log(), "the log")
    assert Sender(first, "ann").sends(5) == 3
    assert Sender(second, "ann").sends(5) == 3


def test_closed_by_hand(saywhyd, postfix):
    """Nobody says that the password is stolen; and it is known who did it."""
    daemon = start(saywhyd, ALONE, size="1M")
    shown = login(daemon, "ann", "--close")
    assert shown.returncode == 1
    assert re.search(r"^ann may not send, since \S+ \(by hand, by root\); "
                     "saywhy login ann --open ends it$", shown.stdout, re.M), shown
    assert "login ann: closed by uid 0" in daemon.log()
    mta = Sender(daemon, "ann")
    letter, body = mta.mta.rcpt("<u@elsewhere.example>")
    words = body.decode()
    assert letter == "y" and words.startswith("550"), words
    assert "the mail admin of mx.example.org stopped it." in words
    assert "Ask why" in words and "password" not in words
    assert login(daemon, "ann", "--reset").returncode == 1
    assert "login ann: counts from zero again, set by uid 0" in daemon.log()
    opened = login(daemon, "ann", "--open")
    assert opened.returncode == 0 and "ann may send" in opened.stdout
    assert Sender(daemon, "ann").sends() == 1


ODD = ["a b", "x" * 400, "a,b", "ä", "'\"$(id)", "%s%n", "a/../b"]


@pytest.mark.parametrize("name", ODD)
def test_odd_logins(saywhyd, name):
    """Any name is counted as what it is, closed, shown and opened."""
    daemon = start(saywhyd, KEPT, size="1M")
    assert Sender(daemon, name).sends(5) == 3
    assert Sender(daemon, "a").sends(3) == 3
    assert login(daemon, name).returncode == 1
    assert login(daemon, name, "--open").returncode == 0
    assert Sender(daemon, name).sends(5) == 3
    # As it is printed, a shell takes it.
    Sender(daemon, name).sends(5)
    shown = login(daemon, name).stdout.partition("; ")[2].partition(" ends it")[0]
    assert shlex.split(shown) == ["saywhy", "login", name, "--open"], shown
    [line, *_] = [l for l in daemon.log().splitlines() if " suspended: " in l]
    assert re.search(r"login \S+ suspended: client 192\.0\.2\.7, over limit", line), line


FAILED = ("Nov 27 10:01:{i:02d} mx postfix/smtpd[7]: warning: host.example[198.51.100.7]: SASL "
          "PLAIN authentication failed: authentication failure, sasl_username={name}\n")


def test_nobody_is_banned_by_a_name(saywhyd, tmp_path):
    """Who fails to log in cannot write another's address into the line that
    fail2ban reads."""
    daemon = start(saywhyd, """
counters-file = ""
auth {{ spf = no dkim = no dmarc = no
  limit "passwords" {{ what = auth-failures per = login amount = 2 window = "1 hour" suspend = yes }}
}}""")
    name = "x suspended: client 192.0.2.80, over limit"
    log = tmp_path / "mail.log"
    log.write_text("".join(FAILED.format(i=i, name=name) for i in range(5)))
    done = daemon.run_tool("watch", "--once", "-c", daemon.conf, log)
    assert done.returncode == 0, done
    assert " suspended: over limit \"passwords\"" in daemon.log(), daemon.log()
    assert not re.search(r"login \S+ suspended: client ", daemon.log())
    assert not re.search(r"login .+ suspended: client ", daemon.log())


def test_a_soft_limit_is_seen(saywhyd):
    daemon = start(saywhyd, """
counters-file = ""
auth {{ spf = no dkim = no dmarc = no
  limit "many" {{ what = recipients per = login amount = 2 window = "1 hour" soft = yes }}
}}""")
    assert Sender(daemon, "ann").sends(6) == 6
    lines = [line for line in daemon.log().splitlines() if '"many" (soft)' in line]
    assert len(lines) == 1, lines
    assert lines[0].endswith('limit "many" (soft): login ann has 3 recipients; it allows 2 in 1 hour')


def test_the_minute_is_true(saywhyd):
    """It is the first at whose beginning there is room, not the one before."""
    daemon = start(saywhyd, """
counters-file = ""
auth {{ spf = no dkim = no dmarc = no
  limit "quick" {{ what = recipients per = login amount = 1 window = "65 s" }}
}}""")
    sender = Sender(daemon, "ann")
    began = time.time()
    assert sender.sends() == 1
    letter, body = sender.mta.rcpt("<again@elsewhere.example>")
    assert letter == "y"
    hour, minute = map(int, re.search(rb"again from [^:]*?(\d\d):(\d\d) ", body).groups())
    local = time.localtime(began)
    shown = (hour * 60 + minute) * 60 - (local.tm_hour * 60 + local.tm_min) * 60
    assert 65 <= shown % 86400 - began % 60 <= 65 + 5 + 60, body
    assert "quick: 1 of 1 recipients in 65 seconds" in login(daemon, "ann").stdout


POLICY = """
counters-file = ""
relay {{ domains = {{"example.org"}}
  limit "clients" {{ what = recipients per = client amount = 2 window = "1 hour" }} }}
auth {{ spf = no dkim = no dmarc = no sender-domain = no rdns-lookup = no helo-lookup = no }}
blacklist {{ greylist = all greylist-delay = "5 min" }}
"""


def test_the_policy_door_answers(saywhyd, postfix):
    """Before 3.11 Postfix asks it, and what it let pass the filter counts."""
    daemon = start(saywhyd, DOORS + POLICY)
    service = (f"check_policy_service {{ unix:{daemon.folder}/policy.sock, timeout=10s, "
               "default_action=DUNNO }")
    port = postfix.listen(
        smtpd_milters=daemon.address, local_recipient_maps="static:x",
        smtpd_reject_footer_maps=f"socketmap:unix:{daemon.folder}/reply.sock:footer",
        smtpd_relay_restrictions=f"{service}, permit_mynetworks, defer_unauth_destination")

    def ask(client, rcpt):
        return client.command(f"RCPT TO:<{rcpt}@example.org>")

    with smtp.Client(port, address="198.51.100.7") as client:
        client.ehlo("mail.example.com")
        assert client.command("MAIL FROM:<a@example.com>").ok
        first = ask(client, "user")
        assert (first.code, first.status) == (450, "4.7.0"), first
        assert "puts off the first message" in first.texts[0], first
        assert re.search(rf"It gets through from {MINUTE} on\.", " ".join(first.texts)), first
        # Whoever is asked for first, postmaster is reached: one is counted.
        assert ask(client, "postmaster").ok
        assert ask(client, "abuse").ok
        over = ask(client, "postmaster")
        assert (over.code, over.status) == (450, "4.7.0"), over
        assert "Limit reached for 198.51.100.7: 2 recipients since" in over.texts[0], over
        assert re.search(rf"there is room from {MINUTE} on", " ".join(over.texts)), over
    records = daemon.records()
    assert [r["reason"] for r in records] == ["greylisted", "limit-reached"], records
    assert records[1]["id"] == saywhyd_module.id_of(over)


GUESSES = """
counters-file = ""
relay {{ domains = {{"example.org"}}
  limit "guesses" {{ what = auth-failures per = client amount = 2 window = "10 min" }} }}
auth {{ spf = no dkim = no dmarc = no sender-domain = no rdns-lookup = no helo-lookup = no }}
"""


def test_wrong_passwords_of_a_client(saywhyd, postfix):
    """What Postfix itself refuses counts, by the reply map."""
    daemon = start(saywhyd, DOORS + GUESSES)
    port = postfix.listen(
        smtpd_milters=daemon.address, local_recipient_maps="static:x",
        smtpd_reject_footer_maps=f"socketmap:unix:{daemon.folder}/reply.sock:footer",
        smtpd_sasl_auth_enable="yes")

    def session(*passwords):
        with smtp.Client(port, address="198.51.100.7") as client:
            client.ehlo("mail.example.com")
            for password in passwords:
                assert client.auth("user@example.org", password).code == 535
            assert client.command("MAIL FROM:<a@example.com>").ok
            return client.command("RCPT TO:<user@example.org>")

    assert session("wrong").ok
    assert not session("worse").ok
    over = session()
    assert (over.code, over.status) == (450, "4.7.0"), over
    assert "Limit reached for 198.51.100.7: 2 failed logins since" in over.texts[0], over


def test_what_is_kept_is_not_for_others(saywhyd):
    """Who mailed whom stands nowhere in it."""
    daemon = start(saywhyd, ALONE, size="1M")
    assert Sender(daemon, "a-rare-name").sends(1) == 1
    daemon.signal(signal.SIGTERM)
    daemon.process.wait()
    file = daemon.folder / "counters"
    assert file.stat().st_mode & 0o077 == 0
    assert b"a-rare-name" not in file.read_bytes()
