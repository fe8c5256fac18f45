"""Ten sites as people have them: adopted, a log played to it, undone byte for byte."""

import subprocess

import pytest

from test_setup import ETC, as_before, somebody_answers, stock  # noqa: F401, fixtures

OWN = """\
name = "mx.example.org"
mode = observe
listen = "unix:/var/spool/postfix/saywhy/milter.sock"
listen-mode = "0666"
reply-map = "unix:/var/spool/postfix/saywhy/reply.sock"
policy-service = "unix:/var/spool/postfix/saywhy/policy.sock"
"""

BASE = "compatibility_level = 3.6\nmyhostname = mx.example.org\nalias_maps =\nalias_database =\n"

SMALL = BASE + """\
# One machine, its own users.
mydestination = $myhostname, example.org, localhost
mynetworks = 127.0.0.0/8 [::1]/128
smtpd_helo_required = yes
smtpd_helo_restrictions = permit_mynetworks,
    reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination,
    reject_unknown_sender_domain
"""

LARGE = BASE + """\
# A gateway for many domains, with lists and somebody's policy server.
mydestination =
relay_domains = texthash:{etc}/relay
mynetworks = 127.0.0.0/8, 192.0.2.0/25
message_size_limit = 52428800
smtpd_recipient_limit = 500
smtpd_restriction_classes = doubtful
doubtful = reject_unknown_reverse_client_hostname, reject_non_fqdn_sender
smtpd_client_restrictions = permit_mynetworks
    check_client_access cidr:{etc}/clients
    reject_rbl_client dnsbl.example=127.0.0.[2..11]
smtpd_sender_restrictions = reject_rhsbl_sender rhsbl.example, doubtful
smtpd_recipient_restrictions = reject_unauth_destination,
    check_policy_service inet:127.0.0.1:10023
"""

VIRTUAL = BASE + """\
# A host of mailboxes in domains of others.
mydestination = localhost
virtual_mailbox_domains = texthash:{etc}/domains
virtual_mailbox_maps = texthash:{etc}/mailboxes
virtual_alias_maps = texthash:{etc}/aliases
smtpd_sasl_auth_enable = yes
smtpd_sender_restrictions = check_sender_access texthash:{etc}/senders
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated
    reject_unauth_destination
"""

DIRECTORY = BASE + """\
# Domains and recipients stand in a directory.
mydestination = example.org
virtual_mailbox_domains = ldap:{etc}/domains.ldap
virtual_mailbox_maps = ldap:{etc}/mailboxes.ldap
smtpd_client_restrictions = reject_unknown_reverse_client_hostname,
    check_client_access ldap:{etc}/clients.ldap, reject_rbl_client dnsbl.example
smtpd_sender_login_maps = ldap:{etc}/logins.ldap
smtpd_sender_restrictions = reject_sender_login_mismatch, reject_non_fqdn_sender
"""

BOTH = BASE + """\
# IPv4 and IPv6, networks in both.
inet_protocols = all
mydestination = example.org
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128 192.0.2.0/24 [2001:db8:1::]/48
smtpd_client_restrictions = permit_mynetworks, check_client_access cidr:{etc}/six,
    reject_unknown_client_hostname
smtpd_helo_restrictions = reject_unknown_helo_hostname
"""

SUBMISSION = BASE + """\
# People hand in mail, nobody sends any to it.
mydestination =
relayhost = [smarthost.example.org]:587
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = encrypt
smtpd_client_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_non_fqdn_recipient, permit_sasl_authenticated, reject
"""

NESTED = BASE + """\
# Classes in classes, names of settings in tables, comments in the middle.
mydestination = example.org
tables = texthash:$config_directory
mynetworks = 127.0.0.0/8
  # the office
  192.0.2.0/25
smtpd_restriction_classes = strict,
# what a class names
    stricter
strict = reject_non_fqdn_sender, stricter
stricter = check_sender_access $tables/senders
smtpd_sender_restrictions = strict, permit_mynetworks
smtpd_helo_restrictions = reject_invalid_helo_hostname permit_mynetworks reject_non_fqdn_helo_hostname
smtpd_relay_restrictions =
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
"""

EARLY = BASE + """\
# Refused at once; somebody else is asked first.
mydestination = example.org
mynetworks = 127.0.0.0/8
smtpd_delay_reject = no
smtpd_client_restrictions = check_policy_service inet:127.0.0.1:10023,
    reject_rbl_client dnsbl.example
smtpd_helo_restrictions = reject_non_fqdn_helo_hostname
smtpd_relay_restrictions = permit_mynetworks, defer_unauth_destination
"""

SCREENED = BASE + """\
# IPv6 alone, postscreen in front, smtpd in a chroot, ports with rules of their own.
inet_protocols = ipv6
mydestination = example.org
mynetworks = [::1]/128
smtpd_client_restrictions = permit_mynetworks, check_client_access cidr:{etc}/six
smtpd_sender_restrictions = reject_non_fqdn_sender
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination
"""

SCREEN = """\
smtp       inet  n  -  y  -  1  postscreen
smtpd      pass  -  -  y  -  -  smtpd
tlsproxy   unix  -  -  y  -  0  tlsproxy
dnsblog    unix  -  -  y  -  0  dnsblog
submission inet  n  -  y  -  -  smtpd
  -o syslog_name=postfix/submission
# only for people
  -o { smtpd_client_restrictions = permit_sasl_authenticated, reject }
[::1]:10025 inet n  -  n  -  -  smtpd
  -o content_filter=
  -o smtpd_sender_restrictions=
cleanup    unix  n  -  y  -  0  cleanup
"""

PARENTS = BASE + """\
# A domain in a table is not what is below it; whom a list knows is let pass.
mydestination = example.org
mynetworks = 127.0.0.0/8
parent_domain_matches_subdomains = relay_domains
smtpd_client_restrictions = permit_mynetworks, permit_dnswl_client dnswl.example,
    reject_unknown_client_hostname
smtpd_sender_restrictions = check_sender_access texthash:{etc}/senders
"""

TABLES = {
    "relay": "one.example x\ntwo.example x\n",
    "clients": "203.0.113.0/28 OK\n203.0.113.0/24 REJECT\n",
    "domains": "one.example x\ntwo.example x\n",
    "mailboxes": "user@one.example one/user/\n",
    "aliases": "sales@one.example user@one.example\n",
    "senders": "bad@sender.example REJECT Write to your bank, not to ours\n",
    "six": "2001:db8:dead::/48 REJECT\n",
    **dict.fromkeys(("domains.ldap", "mailboxes.ldap", "clients.ldap", "logins.ldap"),
                    "server_host = localhost\nsearch_base = dc=example,dc=org\n"),
}

# What happened: client, HELO, sender, recipient, what Postfix said.
RELAY = ("198.51.100.7", "client.example", "a@sender.example", "b@elsewhere.example",
         "554 5.7.1 <b@elsewhere.example>: Relay access denied")
SHORT = ("198.51.100.7", "host", "a@sender.example", "user@example.org",
         "504 5.5.2 <host>: Helo command rejected: need fully-qualified hostname")
LISTED = ("203.0.113.77", "client.example", "a@sender.example", "user@one.example",
          "554 5.7.1 <unknown[203.0.113.77]>: Client host rejected: Access denied")
POLICY = ("198.51.100.7", "client.example", "a@sender.example", "user@one.example",
          "450 4.2.0 <user@one.example>: Recipient address rejected: Greylisted")
BAD = ("198.51.100.7", "client.example", "bad@sender.example", "user@one.example",
       "554 5.7.1 <bad@sender.example>: Sender address rejected: Write to your bank, not to ours")
NAMELESS = ("192.0.2.200", "client.example", "a@sender.example", "user@example.org",
            "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.200]")
SIX = ("2001:db8:dead::1", "client.example", "a@sender.example", "user@example.org",
       "554 5.7.1 <unknown[2001:db8:dead::1]>: Client host rejected: Access denied")
UNKNOWN = ("192.0.2.200", "missing.example", "a@sender.example", "user@example.org",
           "450 4.7.1 <missing.example>: Helo command rejected: Host not found")
STRANGER = ("198.51.100.7", "client.example", "a@sender.example", "b@elsewhere.example",
            "554 5.7.1 <mail.sender.example[198.51.100.7]>: Client host rejected: Access denied")

# Its main.cf; what stands in adopted.conf; what is left; the log, and how much of
# it would be saywhy's.
SITES = {
    "small": (SMALL, ['domains = {"mx.example.org", "example.org", "localhost"}',
                      'reason "helo-not-fqdn" { action = reject }'], [],
              [RELAY, SHORT], 2),
    "large": (LARGE, ['"one.example", ".one.example"', '"two.example"', "max-size = 52428800",
                      "max-recipients = 500", 'answers = {"127.0.0.2-11"}',
                      '"access:/etc/postfix/clients" match = {client}'],
              ["check_policy_service inet:127.0.0.1:10023"], [LISTED, POLICY, RELAY], 2),
    "virtual": (VIRTUAL, ['domains = {"localhost", ', '"one.example"', '"two.example"',
                          '"access:/etc/postfix/senders" match = {sender}'], [],
                [BAD, RELAY], 2),
    "directory": (DIRECTORY, ['reason "rdns-missing"'],
                  ["its domains cannot be listed", "clients.ldap", "reject_rbl_client",
                   "reject_sender_login_mismatch"], [NAMELESS], 1),
    "both": (BOTH, ['"192.0.2.0/24", "2001:db8:1::/48"', '"access:/etc/postfix/six"',
                    'reason "helo-unresolvable"'],
             ["reject_unknown_client_hostname stays Postfix's (450 4.7.25): it stands behind "
              "a permit"],
             [SIX], 1),
    "submission": (SUBMISSION, ["relay {"], ["smtpd_client_restrictions: reject"],
                   [STRANGER], 0),
}


SITES |= {
    "nested": (NESTED, ['reason "sender-not-fqdn"', '"192.0.2.0/25"',
                        '"access:/etc/postfix/senders" match = {sender}',
                        'domains = {"example.org"}', 'reason "helo-syntax"'], [],
               [BAD, RELAY, SHORT], 3),
    "early": (EARLY, ['domains = {"example.org"}', 'reason "helo-not-fqdn"'],
              ["check_policy_service inet:127.0.0.1:10023", "dnsbl.example"],
              [RELAY, SHORT, ("203.0.113.77", "client.example", "a@sender.example",
                              "user@example.org", LISTED[4])], 2),
    "screened": (SCREENED, ['"access:/etc/postfix/six"', '"::1/128"', "ports = {587}",
                            "ports = {10025}", 'reason "client-denied" { action = off }'],
                 ["master.cf: submission has smtpd_client_restrictions of its own",
                  "master.cf: [::1]:10025 has smtpd_sender_restrictions of its own"],
                 [SIX], 1),
    "parents": (PARENTS, ['dnswl "dnswl.example"'],
                ["reject_unknown_client_hostname stays", "texthash:/etc/postfix/senders stays"],
                [NAMELESS], 0),
}
MASTERS = {"screened": SCREEN}


NAMES = {"198.51.100.7": "mail.sender.example"}


def log_of(refusals):
    return "".join(
        f"Nov 24 18:32:{n:02} mx postfix/smtpd[{n}]: NOQUEUE: reject: RCPT from "
        f"{NAMES.get(client, 'unknown')}[{client}]: {said}; from=<{sender}> to=<{rcpt}> "
        f"proto=ESMTP helo=<{helo}>\n"
        for n, (client, helo, sender, rcpt, said) in enumerate(refusals))


@pytest.fixture
def tables(stock):  # noqa: F811
    for name, text in TABLES.items():
        (ETC / name).write_text(text)
    yield
    for name in TABLES:
        (ETC / name).unlink()


@pytest.mark.parametrize("name", SITES)
def test_adopted_played_undone(tables, build, box, name):
    main_cf, there, left, refusals, ours = SITES[name]
    (ETC / "main.cf").write_text(main_cf.replace("{etc}", str(ETC)))
    if name in MASTERS:
        (ETC / "master.cf").write_text(MASTERS[name])
    conf, log = box / "site.conf", box / "site.log"
    conf.write_text(OWN)
    log.write_text(log_of(refusals))
    files = [ETC / "main.cf", ETC / "master.cf", conf]
    before = [path.read_bytes() for path in files]

    def setup(*words):
        with somebody_answers():
            done = subprocess.run([build / "saywhy", "setup", "-c", conf, *words],
                                  capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return " ".join(done.stdout.split())

    said = setup("--adopt", "--against", log)
    assert f"{len(refusals)} refusals of Postfix: {ours} would be saywhy's" in said, said
    assert [path.read_bytes() for path in files] == before
    said = setup("--adopt", "--apply", "--observe-for", "7d")
    for words in left:
        assert words in said
    if not left:
        assert "0 stay Postfix's" in said
    adopted = (box / "adopted.conf").read_text()
    for words in [*there, "enforce-after"]:
        assert words in adopted, adopted
    written = (ETC / "main.cf").read_text()
    assert "check_policy_service { unix:saywhy/policy.sock" in written
    assert subprocess.run(["postfix", "check"], capture_output=True, text=True).stderr == ""
    check = subprocess.run([build / "saywhy", "check", "-c", conf, "--postfix", ETC],
                           capture_output=True, text=True)
    assert "refuses mail to it for good" not in check.stdout + check.stderr
    setup("--undo")
    assert [path.read_bytes() for path in files] == before
    assert not (box / "adopted.conf").exists()
