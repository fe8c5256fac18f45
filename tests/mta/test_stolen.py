"""A stolen login: closed early, one mail and one line tell of it, once

The thief sends hundreds (SAYWHY_STOLEN=10000: so many) through a real mail
server while ten others work as on any other day. What others refuse of a login's
mail, and wrong passwords, come from the mail log.
"""

import os
import re
import subprocess
import time

import pytest

import countries
import process
import sites
import smtp

CONF = """
alarm-server = "inet:{alarm}@127.0.0.1"
counters-file = ""
auth {{
  spf = no dkim = no dmarc = no
  limit "sudden rise" {{ what = recipients per = login amount = 120 window = "1 hour" rise = 5 suspend = yes }}
  limit "networks" {{ what = networks per = login amount = 6 window = "1 hour" suspend = yes }}
  limit "others refuse" {{ what = remote-refusals per = login amount = 5 window = "1 hour" suspend = yes }}
  limit "passwords" {{ what = auth-failures per = login amount = 5 window = "1 hour" soft = yes }}
}}
"""
# As doc/saywhy.conf.5 tells it to fail2ban, whose <HOST> is this.
HOST = r"(?P<host>[0-9a-fA-F:.]+)"
FAILREGEX = r"login \S+ suspended: client <HOST>, over limit"
THIEF, WANTED = "198.51.100.99", int(os.environ.get("SAYWHY_STOLEN", 500))
MANY = {"smtpd_hard_error_limit": "100000", "smtpd_junk_command_limit": "100000",
        "smtpd_authorized_xclient_hosts": "0.0.0.0/0",
        "mynetworks": "0.0.0.0/0"}


class BehindPostfix:
    """The submission port of a Postfix that asks the filter."""

    def __init__(self, mta, saywhyd, more="", alarm=None):
        self.mta = mta
        alarm = alarm or mta.listen(local_recipient_maps="static:x")
        self.daemon = saywhyd(CONF.format(alarm=alarm) + more)
        self.port = mta.listen(smtpd_milters=self.daemon.address, **MANY)

    def log_in(self, name, address):
        client = smtp.Client(self.port, "127.0.0.1")
        client.ehlo()
        for attributes in ({"ADDR": address, "DESTPORT": "587"}, {"LOGIN": name}):
            reply = client.xclient(**attributes)
            assert reply.code == 220, reply
            client.ehlo("laptop.example.org")
        return client

    def mails(self, name):
        return [m for m in self.mta.kept("saywhy login") if f"login {name} is closed" in m]


class BehindSendmail:
    """The same of a Sendmail, whose queue keeps the mail."""

    ALARM, PASSWORD = 24950, "secret"

    def __init__(self, site, sasl, saywhyd, more=""):
        BehindSendmail.ALARM += 1
        self.sasl, self.known = sasl, set()
        self.daemon = saywhyd(CONF.format(alarm=self.ALARM) + more)
        connect = sites.behind_sendmail(site, self.daemon, ports=[{"Port": self.ALARM}])
        self.connect, self.queue = connect, connect.site.folder / "queue"

    def log_in(self, name, address):
        if name not in self.known:
            subprocess.run([*self.sasl, "-u", "mx.example.org", name],
                           input=self.PASSWORD, text=True, check=True)
            self.known.add(name)
        client = self.connect(address)
        client.ehlo("laptop.example.org")
        assert client.auth(name, self.PASSWORD).code == 235
        return client

    def mails(self, name):
        """Its header is one file of the queue, its body another."""
        bodies = [p for p in self.queue.glob("df*") if "saywhy login" in p.read_text(errors="replace")]
        texts = [p.with_name("qf" + p.name[2:]).read_text(errors="replace") + p.read_text()
                 for p in bodies]
        return [text for text in texts if f"login {name} is closed" in text]


@pytest.fixture(params=["postfix", "postfix311", "sendmail"])
def site_with(request, saywhyd):
    """A function: a mail server whose submission port asks the filter, which
    has these lines as well."""
    wanted = request.getfixturevalue
    if request.param == "sendmail":
        mta = wanted("sendmail_site"), wanted("sasl")
        return lambda more: BehindSendmail(*mta, saywhyd, more)
    mta = wanted(request.param)
    return lambda more: BehindPostfix(mta, saywhyd, more)


@pytest.fixture
def site(site_with):
    return site_with("")


def send(client, name, *recipients):
    """The replies to its recipients; nothing of it is delivered."""
    assert client.command(f"MAIL FROM:<{name}@example.org>").ok
    replies = [client.command(f"RCPT TO:<{r}>") for r in recipients]
    client.command("RSET")
    return replies


def a_day_of(site, name, number):
    """Forty messages from two places, and one to thirty members of a club."""
    for place in range(2):
        with site.log_in(name, f"192.0.{number}.{place + 1}") as client:
            for i in range(20):
                yield send(client, name, f"a{i}@elsewhere.example")
    with site.log_in(name, f"192.0.{number}.1") as client:
        yield send(client, name, *(f"m{i}@elsewhere.example" for i in range(30)))


def test_a_thief(site):
    daemon = site.daemon
    others = [a_day_of(site, f"other{i}", i) for i in range(10)]
    taken, refused = 0, []
    began = time.monotonic()
    with site.log_in("thief", THIEF) as client:
        for i in range(WANTED):
            [reply] = send(client, "thief", f"v{i}@elsewhere.example")
            taken += reply.ok
            if not reply.ok:
                refused.append(reply)
            if i % (WANTED // 25) == 0:
                for other in others:
                    assert not [r for r in next(other, []) if not r.ok]
    print(f"{WANTED} tries in {time.monotonic() - began:.1f} s")
    for other in others:
        for replies in other:
            assert not [r for r in replies if not r.ok]
    assert taken == 120
    assert len(refused) == WANTED - taken
    # Reported once, with what was seen and what to do.
    process.wait_until(lambda: site.mails("thief"), "the mail to the contact")
    [mail] = site.mails("thief")
    for words in ("To: <postmaster@example.org>", "120 recipients since",
                  '"sudden rise" allows 120 in 1 hour', THIEF,
                  "saywhy find --login thief", "saywhy login thief --open",
                  "Auto-Submitted: auto-generated"):
        assert words in mail, mail
    lines = [m for m in re.finditer(FAILREGEX.replace("<HOST>", HOST), daemon.log())]
    assert [m["host"] for m in lines] == [THIEF]
    # One record tells why; the others that it is closed, and since when.
    records = [r for r in daemon.records() if r.get("login") == "thief"]
    assert {r["reason"] for r in records} == {"account-suspended"}
    [why] = [r for r in records if "limit" in r["evidence"]]
    assert why["evidence"]["list"] == "sudden rise"
    assert why["evidence"]["count"] == "120"
    assert {r["evidence"]["what"] for r in records} == {"recipients"}
    assert not [r for r in daemon.records() if r.get("login") != "thief"]
    # The words as the person gets them.
    assert refused[-1].status == "5.7.13"
    print(refused[0], refused[-1], mail, sep="\n\n")
    # Who looks, and opens it.
    shown = daemon.run_tool("login", "thief", "-c", daemon.conf)
    assert shown.returncode == 1 and "(recipients)" in shown.stdout, shown
    assert daemon.run_tool("login", "thief", "--open", "-c", daemon.conf).returncode == 0
    assert "login thief: opened by uid 0" in daemon.log()
    with site.log_in("thief", "192.0.2.7") as client:
        assert send(client, "thief", "friend@elsewhere.example")[0].ok
    assert len(site.mails("thief")) == 1


COUNTRIES = """
country-database = "{database}"
auth {{
  limit "abroad" {{ what = countries per = login amount = {amount} window = "1 day" known = "60 days" {more} }}
}}
"""
COUNTRY_OF = {78: "DE", 79: "DE", 90: "FR", 100: "US", 110: "JP", 120: "BR"}


def test_countries(site_with, box):
    """Two new countries a day are one too many, those it knows are not."""
    database = box / "countries.mmdb"
    countries.write(database, COUNTRY_OF)
    database.chmod(0o644)

    def at(first):
        with site.log_in(login, f"{first}.51.100.7") as client:
            return send(client, login, "friend@elsewhere.example")[0]

    site, login = site_with(COUNTRIES.format(database=database, amount=1, more="")), "ann"
    assert at(78).ok  # home
    assert at(90).ok  # on holiday
    assert at(198).ok  # nobody knows where that is
    abroad = at(100)
    assert (abroad.code, abroad.status) == (450, "4.7.0"), abroad
    assert "Login ann was not used from the country US lately." in abroad.texts[0], abroad
    assert at(79).ok and at(90).ok
    [record] = [r for r in site.daemon.records()]
    assert (record["reason"], record["evidence"]["list"]) == ("login-limit", "abroad")
    # Whoever has the password of another one is everywhere at once.
    site, login = site_with(COUNTRIES.format(
        database=database, amount=2, more="suspend = yes")), "bob"
    tour = [at(first) for first in (78, 90, 100, 110, 120, 78)]
    assert [reply.status for reply in tour[3:]] == ["5.7.13"] * 3, tour
    assert all(reply.ok for reply in tour[:3]), tour
    process.wait_until(lambda: site.mails("bob"), "the mail to the contact")
    [mail] = site.mails("bob")
    assert "2 countries of login since" in mail and "(country JP)" in mail, mail
    print(abroad, tour[-1], mail, sep="\n\n")


LOG = """\
Nov 27 10:00:{i:02d} mx postfix/submission/smtpd[7]: 4XqT{i:02d}: client=host.example[198.51.100.7], sasl_method=PLAIN, sasl_username={name}
Nov 27 10:00:{i:02d} mx postfix/qmgr[8]: 4XqT{i:02d}: from=<{name}@example.org>, size=500, nrcpt=1 (queue active)
Nov 27 10:00:{i:02d} mx postfix/smtp[9]: 4XqT{i:02d}: to=<v{i}@far.example>, relay=mx.far.example[192.0.2.80]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host mx.far.example[192.0.2.80] said: 550 5.1.1 No such user (in reply to RCPT TO command))
"""
WRONG = """\
Nov 27 10:01:{i:02d} mx postfix/submission/smtpd[7]: warning: host.example[198.51.100.7]: SASL PLAIN authentication failed: authentication failure, sasl_username={name}
"""


def test_what_the_log_tells(site, tmp_path):
    """Refusals of others close a login; wrong passwords are noted."""
    daemon = site.daemon
    log = tmp_path / "mail.log"
    log.write_text("".join(LOG.format(i=i, name="bulk") for i in range(7)) +
                   "".join(LOG.format(i=i + 10, name="fair") for i in range(3)) +
                   "".join(WRONG.format(i=i, name="fair") for i in range(9)))
    done = daemon.run_tool("watch", "--once", "-c", daemon.conf, log)
    assert done.returncode == 0, done
    shown = daemon.run_tool("login", "fair", "-c", daemon.conf)
    assert shown.returncode == 0, shown
    assert "others refuse: 3 of 5 remote-refusals" in shown.stdout, shown
    assert "passwords: 5 of 5 auth-failures" in shown.stdout, shown
    shown = daemon.run_tool("login", "bulk", "-c", daemon.conf)
    assert shown.returncode == 1 and "(refusals by others)" in shown.stdout, shown
    process.wait_until(lambda: site.mails("bulk"), "the mail to the contact")
    with site.log_in("bulk", "198.51.100.7") as client:
        [reply] = send(client, "bulk", "v@elsewhere.example")
        assert reply.status == "5.7.13", reply
    with site.log_in("fair", "198.51.100.7") as client:
        assert send(client, "fair", "v@elsewhere.example")[0].ok


def test_no_mail_server_for_the_alarm(saywhyd, postfix):
    """Nobody waits for it, and the log tells."""
    site = BehindPostfix(postfix, saywhyd, alarm=9)
    daemon = site.daemon
    with site.log_in("late", THIEF) as client:
        for i in range(120):
            assert send(client, "late", f"v{i}@elsewhere.example")[0].ok
        began = time.monotonic()
        assert not send(client, "late", "v@elsewhere.example")[0].ok
        assert time.monotonic() - began < 20
    process.wait_until(lambda: "it is tried again" in daemon.log(), "the log")
