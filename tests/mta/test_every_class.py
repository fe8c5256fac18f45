"""Every reason of every check, refused for good and for now, three ways.

Postfix, Sendmail and `saywhy try` give the code and the status of the
catalogue, and the same words. An action that a reason has no code for is a
mistake of the configuration.
"""

import re
import subprocess

import pytest

import replies
import saywhyd as filters
import scn

CONF = """\
name = "mx.example.org"
contact = "postmaster@example.org"
mode = enforce
relay {{
	domains = {{"example.org"}}
	max-recipients = 100
}}
auth {{
	login-senders = own
	require-tls = {tls}
}}
blacklist {{
	clients = {{"198.51.100.66"}}
	helos = {{"spam.example"}}
	senders = {{"bad@sender.example"}}
	recipients = {{"closed@example.org"}}
	dnsbl "list.example" {{ text = no test = none }}
	rhsbl "names.example" {{ text = no test = none }}
	uribl "links.example" {{ text = no test = none }}
}}
content {{
	header "Subject" {{ pattern = "/casino/i" }}
	body "casino" {{ pattern = "/roulette/" }}
	attachments "programs" {{ deny = {{"exe"}} }}
	charsets-denied = {{"gb2312"}}
	malformed = {{"8bit"}}
	bulk-unsubscribe = yes
	clamd = {clamd}
	max-size = 65536
	max-hops = 25
}}
reason "{reason}" {{ action = {action} }}
"""

CLIENT = "CLIENT 192.0.2.7 NAME=client.example"
HELO = f"{CLIENT}\nHELO client.example"
MAIL = f"{HELO}\nMAIL a@sender.example"
RCPT = f"{MAIL}\nRCPT user@example.org"
SUBMISSION = "CLIENT 192.0.2.7 PORT=587 DAEMON=submission\nHELO client.example"


def data(text):
    return f"{RCPT}\nDATA\n{text}\n\nx\n."


# The last event is the one that is refused.
SESSIONS = {
    "client-denied": "CLIENT 198.51.100.66 NAME=bad.example\nHELO bad.example\n"
                     "MAIL a@sender.example\nRCPT user@example.org",
    "dnsbl-listed": f"DNS 7.2.0.192.list.example A 127.0.0.2\n{RCPT}",
    "domain-listed": f"DNS sender.example.names.example A 127.0.0.2\n{RCPT}",
    "dnsbl-unavailable": f"DNS 7.2.0.192.list.example A TEMPFAIL\n{RCPT}",
    "url-listed": "DNS bad.example.links.example A 127.0.0.2\n"
                  + data("Subject: x\n\nhttp://www.bad.example/"),
    "helo-denied": f"{CLIENT}\nHELO spam.example\nMAIL a@sender.example\n"
                   "RCPT user@example.org",
    "helo-syntax": f"{CLIENT}\nHELO bad!name\nMAIL a@sender.example\n"
                   "RCPT user@example.org",
    "helo-not-fqdn": f"{CLIENT}\nHELO host\nMAIL a@sender.example\n"
                     "RCPT user@example.org",
    "helo-forged": f"{CLIENT}\nHELO mx.example.org\nMAIL a@sender.example\n"
                   "RCPT user@example.org",
    "sender-denied": f"{HELO}\nMAIL bad@sender.example\nRCPT user@example.org",
    "sender-not-fqdn": f"{HELO}\nMAIL a@host\nRCPT user@example.org",
    "sender-login-mismatch": f"{HELO}\nLOGIN user@example.org\n"
                             "MAIL boss@example.org\nRCPT user@example.org",
    "auth-required": f"{SUBMISSION}\nMAIL user@example.org",
    "tls-required": f"{SUBMISSION}\nLOGIN user@example.org\nMAIL user@example.org",
    "relay-denied": f"{MAIL}\nRCPT b@elsewhere.example",
    "rcpt-denied": f"{MAIL}\nRCPT closed@example.org",
    "null-sender-multi-rcpt": f"{HELO}\nMAIL <>\nRCPT user@example.org\n"
                              "RCPT other@example.org",
    "too-many-recipients": MAIL + "".join(
        f"\nRCPT u{i}@example.org" for i in range(101)),
    "header-pattern": data("Subject: Casino"),
    "body-pattern": data("Subject: x\n\nroulette"),
    "attachment-banned": data("Content-Type: image/png; name=a.exe"),
    "not-scannable": data("Content-Type: message/partial"),
    "media-unsupported": data("Content-Type: text/plain; charset=gb2312"),
    "message-malformed": data("Subject: \xe9"),
    "spam-content": data("Precedence: bulk"),
    "scanner-unavailable": data("Subject: x"),
    "mail-loop": data("\n".join("Received: from a by b" for _ in range(26))),
    "message-too-large": data("Subject: x\n\n" + ("x" * 70 + "\n") * 1000),
}

CODES = replies.catalogue()
CASES = [(reason, action) for reason in SESSIONS for action in ("reject", "tempfail")]
SPOKEN = [case for case in CASES if CODES[case[0]][case[1]][0]]
SILENT = [case for case in CASES if case not in SPOKEN]

said = {}  # (reason, action, MTA) → lines


def configuration(reason, action):
    tls = "yes" if reason == "tls-required" else "no"
    nobody = reason == "scanner-unavailable"
    clamd = '{"unix:/nonexistent"}' if nobody else "{}"
    return CONF.format(reason=reason, action=action, tls=tls, clamd=clamd)


@pytest.mark.parametrize("mta", ["postfix", "sendmail"])
@pytest.mark.parametrize("reason, action", SPOKEN, ids=map("-".join, SPOKEN))
def test_mta(reason, action, mta, player):
    statements = scn.parse(SESSIONS[reason])
    playing = player(mta, configuration(reason, action), statements)
    played = playing.play(statements)
    assert all(reply.ok for _, reply in played[:-1]), played
    reply = played[-1][1]
    assert (reply.code, reply.status) == CODES[reason][action]
    [record] = playing.daemon.records()
    assert record["reason"] == reason
    assert record["outcome"] == action
    assert record["reply"]["lines"] == playing.text_of(reply)
    said[reason, action, mta] = scn.steady(playing.text_of(reply))


@pytest.mark.parametrize("reason, action", SPOKEN, ids=map("-".join, SPOKEN))
def test_all_say_the_same(reason, action, build, tmp_path):
    words = [said.get((reason, action, mta)) for mta in ("postfix", "sendmail")]
    if None in words:
        pytest.skip("a test above failed")
    assert words[0] == words[1]
    code, status = CODES[reason][action]
    scenario = tmp_path / "session.scn"
    scenario.write_text("\n".join([
        "CONFIG", configuration(reason, action) + "END", SESSIONS[reason],
        f"EXPECT {code} {status}", *(f"LINE {_pattern(line)}" for line in words[0]),
    ]) + "\n")
    tried = subprocess.run([build / "saywhy", "try", scenario],
                           capture_output=True, text=True)
    assert tried.returncode == 0, tried.stdout + tried.stderr


def _pattern(line):
    """For fnmatch, in a scenario."""
    line = re.sub(r"[\[*?]", lambda match: f"[{match.group()}]", line)
    return re.sub(r"\bID\b|\bSIZE\b", "*", line.replace("\\", "\\\\"))


@pytest.mark.parametrize("reason, action", SILENT, ids=map("-".join, SILENT))
def test_no_code_for_it(reason, action, build, tmp_path):
    daemon = filters.Saywhyd(build, tmp_path / "saywhyd",
                             conf=configuration(reason, action))
    assert reason in daemon.mistakes()
