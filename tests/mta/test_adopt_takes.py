"""What Postfix takes is taken still, once its policy is adopted: whole messages.

Each session is an ordinary one with one or two things in it that are odd, and is
played to a Postfix alone and to the same with what `saywhy setup --adopt` made of
its main.cf, in a saywhy.conf that sets nothing itself. Both must take it, or both
refuse it, whatever saywhy would refuse by default.
"""

import random

import pytest

import adopted
import beside
import replies
import smtp
from test_truth_adopted import no_check  # noqa: F401, a fixture

BODY = "From: a@sender.example\nSubject: hello\n\nHello\n"

USUAL = {"client": "192.0.2.7", "greet": "EHLO client.example",
         "mail": "<a@sender.example>", "rcpt": ["<user@example.org>"], "data": BODY}

# One thing that is odd.
ODD = {
    "client": ["192.0.2.8", "192.0.2.9", "192.0.2.200", "192.0.2.66", "198.51.100.7",
               "203.0.113.9", "127.0.0.1", "10.1.2.3"],
    "greet": ["HELO client.example", "EHLO localhost", "EHLO mx.example.org",
              "HELO MX.EXAMPLE.ORG", "EHLO [192.0.2.7]", "EHLO [192.0.2.1]",
              "EHLO [IPv6:2001:db8::7]", "EHLO 192.0.2.7", "EHLO host", "EHLO bad_name.example",
              "EHLO nowhere.invalid", "EHLO example.org", "EHLO -x-.example", "EHLO a..b",
              "EHLO client.example.", "EHLO [127.0.0.1", "EHLO x/y", "EHLO broken.example",
              "EHLO nullmx.example", "EHLO " + "a" * 63 + ".example",
              "EHLO " + "a" * 64 + ".example", "EHLO localhost.localdomain", "EHLO friend",
              "EHLO *", "EHLO xn--bcher-kva.example", "EHLO 1.2.3.4.5"],
    "mail": ["<>", "<a@nowhere.invalid>", "<a@nullmx.example>", "<a@broken.example>", "<a@host>",
             "<a>", "<@relay.example:a@sender.example>", '<"a b"@sender.example>',
             "<a@[192.0.2.7]>", "<a%b@sender.example>", "<a!b@sender.example>",
             "<a+b@sender.example>", "<A@SENDER.EXAMPLE>", "<user@example.org>",
             "<postmaster@example.org>", "<a.@sender.example>", "<a..b@sender.example>",
             "<.a@sender.example>", "<a@spf-none.example>", "<a@spf-broken.example>",
             "<a@sender.example> SIZE=2000", "<a@sender.example> BODY=8BITMIME",
             "a@sender.example", "<a@under_score.example>", "<a@-x.example>",
             "<a@sender.example.>", "<a@listed.example>", "<mailer-daemon>", "<#@[]>",
             "<" + "a" * 64 + "@sender.example>", "<" + "a" * 90 + "@sender.example>",
             "<a@sub.sender.example>", "<a@b@sender.example>", "<=?x?=@sender.example>",
             "<a/b@sender.example>", "<a(c)@sender.example>"],
    "rcpt": [["<postmaster>"], ["<postmaster@example.org>"], ["<abuse@example.org>"],
             ["<USER@EXAMPLE.ORG>"], ["<user@example.org.>"], ["<user+box@example.org>"],
             ["<@relay.example:user@example.org>"], ["<user%example.org>"],
             ["<user%example.org@example.org>"], ["<example.org!user>"], ["<user>"],
             ["<user@[192.0.2.1]>"], ["<user@[127.0.0.1]>"], ['<"user"@example.org>'],
             ["<user@relay.example.org>"], ["<user@alias.example.org>"],
             ["<any@virtual.example.org>"], ["<user@sub.relay.example.org>"],
             ["<user@mx.example.org>"], ["<user@localhost>"], ["<b@elsewhere.example>"],
             ["<user%elsewhere.example@example.org>"], ["<elsewhere.example!b@example.org>"],
             ["<user@example.org>", "<other@example.org>"], ["<nobody@example.org>"],
             ["<@example.org:b@elsewhere.example>"], ["user@example.org"],
             ["<user@example.org>", "<user@example.org>"], ["<user@sub.example.org>"],
             ["<user@[IPv6:2001:db8::1]>"], ["<postmaster@[192.0.2.1]>"],
             ["<user@example.org@example.org>"], ["<user@ex\xe4mple.org>"]],
    "data": [BODY.replace("From: a@sender.example\n", ""), "Hello\n", "\nHello\n",
             BODY + "From: b@sender.example\n", "From: b@sender.example\n" + BODY,
             BODY.replace("a@", "a@sender.example, b@"), "From: \xe4@sender.example\n" + BODY,
             BODY.replace("hello", "gr\xfc\xdfe"), BODY + "\xe4\xf6\xfc" * 30 + "\n",
             BODY + "x" * 1500 + "\n", BODY + "x" * 50000 + "\n",
             "Received: from a by b; Sat, 28 Nov 2026 10:00:00 +0000\n" * 45 + BODY,
             "Received: from a by b; Sat, 28 Nov 2026 10:00:00 +0000\n" * 70 + BODY,
             "X-Long: " + "y" * 90000 + "\n" + BODY, "X-Many: z\n" * 30000 + BODY,
             "Subject: " + "a\n " * 500 + "\n" + BODY, "Bcc: somebody@elsewhere.example\n" + BODY,
             "Content-Type: multipart/mixed; boundary=x\n" + BODY,
             "Content-Type: multipart/mixed\nContent-Type: text/plain\n" + BODY,
             "Date: yesterday\nMessage-ID: none\n" + BODY, "From: <>\nSubject: x\n\nx\n",
             "From: nobody\n\nx\n", "From: a@spf-none.example\nSubject: x\n\nx\n",
             "DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=x; b=AAAA\n" + BODY,
             BODY + ".\n..\n", "X: \x00\n" + BODY, BODY + "a\rb\n", ""],
}

RELAY = "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination"
SITES = {
    # Debian's main.cf.
    "stock": {"smtpd_relay_restrictions": RELAY},
    "names": {"smtpd_relay_restrictions": RELAY,
              "smtpd_helo_required": "yes",
              "smtpd_helo_restrictions": "permit_mynetworks, reject_invalid_helo_hostname, "
                                         "reject_non_fqdn_helo_hostname",
              "smtpd_sender_restrictions": "permit_mynetworks, reject_non_fqdn_sender"},
    "dns": {"smtpd_client_restrictions": "permit_mynetworks, reject_unknown_client_hostname, "
                                         "reject_rbl_client dnsbl.example",
            "smtpd_helo_restrictions": "reject_unknown_helo_hostname",
            "smtpd_sender_restrictions": "reject_unknown_sender_domain",
            "smtpd_recipient_restrictions": "permit_mynetworks, reject_unauth_destination, "
                                            "reject_non_fqdn_recipient, "
                                            "reject_unknown_recipient_domain"},
    "tables": {"smtpd_relay_restrictions": RELAY,
               "smtpd_client_restrictions": "check_client_access cidr:{folder}/clients",
               "smtpd_sender_restrictions": "check_sender_access texthash:{folder}/senders, "
                                            "reject_unknown_sender_domain"},
}
TABLES = {"clients": "192.0.2.8 OK\n198.51.100.0/24 REJECT No\n",
          "senders": "sub.sender.example REJECT\nnullmx.example OK\n.spf-none.example REJECT\n"}


def sessions():
    """Each odd thing alone, and two hundred pairs of them."""
    alone = [USUAL] + [USUAL | {key: value} for key, values in ODD.items() for value in values]
    rng = random.Random(16)
    for _ in range(200):
        left, right = rng.sample(list(ODD), 2)
        alone.append(USUAL | {left: rng.choice(ODD[left]), right: rng.choice(ODD[right])})
    return alone


def plays(port, session):
    """The code of each answer, as far as it comes; the last one's line."""
    codes = []
    try:
        with smtp.Client(port, address=session["client"]) as client:
            for line in [session["greet"], f"MAIL FROM:{session['mail']}"]:
                codes.append(client.command(line.encode("latin-1")))
                if not codes[-1].ok:
                    return codes
            for line in session["rcpt"]:
                codes.append(client.command(f"RCPT TO:{line}".encode("latin-1")))
            if not any(code.ok for code in codes[2:]):
                return codes
            codes.append(client.data(session["data"].encode("latin-1")))
    except smtp.Closed:
        pass
    return codes


def taken(answers):
    return [one.ok for one in answers]


@pytest.mark.parametrize("name", SITES)
def test_both_decide_alike(name, postfix, saywhyd, box, no_check, capsys):  # noqa: F811
    folder = box / f"takes-{name}"
    folder.mkdir()
    for file, text in TABLES.items():
        (folder / file).write_text(text)
    site = {k: v.format(folder=folder) for k, v in SITES[name].items()}
    daemon = beside.start(saywhyd)
    made = adopted.Adopted(daemon, postfix, replies.Story(name, "", "", "", **site),
                           box / "takes")
    assert made.good, made.said
    alone, port = postfix.listen_all([site, made.site()])
    made.use(daemon, port)
    wrong, good = [], 0
    for session in sessions():
        before, after = plays(alone, session), plays(port, session)
        good += all(taken(before))
        if taken(before) != taken(after):
            wrong.append({k: str(v)[:80] for k, v in session.items() if v != USUAL[k]}
                         | {"alone": before[-1].literal[:120], "adopted": after[-1].literal[:200]})
    with capsys.disabled():
        print(f"\n{name}: {good} sessions of {len(sessions())} are taken")
        for one in wrong:
            print(one)
    assert wrong == []
    assert good >= 50
