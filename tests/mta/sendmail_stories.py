"""sendmail_stories - each way in which Sendmail 8.17 can be made to refuse

A site is what sendmail.Sendmail takes; each story names the one it plays on
(site=), and the port of it (port=). Limits are opened or lowered on the box's
loopback only.
"""

from replies import Story

EHLO = "EHLO client.example"
FROM = f"{EHLO} | MAIL FROM:<a@sender.example>"
TO = f"{FROM} | RCPT TO:<user@example.org>"

ACCESS = """\
Connect:198.51.100.20\tREJECT
Connect:198.51.100.21\tERROR:5.7.1:550 Your address is on our blacklist
From:denied.example\tREJECT
From:spam@sender.example\tERROR:5.7.1:550 We do not want mail from you
From:busy.example\tERROR:4.7.1:451 Come back tomorrow
To:disabled@example.org\tERROR:5.2.1:550 Mailbox disabled for this recipient
To:full@example.org\tERROR:5.2.2:552 Mailbox full
To:moved@example.org\tERROR:5.1.6:551 User has moved; please try <new@elsewhere.example>
To:denied@example.org\tREJECT
TLS_Clt:192.0.2.31\tENCR:112
TLS_Clt:192.0.2.32\tVERIFY
ClientRate:192.0.2.33\t1
ClientConn:192.0.2.34\t1
"""

CHECKS = """\
LOCAL_CONFIG
Kgrep regex -a@MATCH casino
HSubject: $>CheckSubject
HX-Exe: $>CheckExe

LOCAL_RULESETS
SCheckSubject
R$*\t\t\t$: $(grep $1 $)
R@MATCH\t\t\t$#error $@ 5.7.1 $: "550 Message content rejected"

SCheckExe
R$*\t\t\t$#error $: 553 Header Error

SLocal_check_rcpt
R$*\t\t\t$: $>CanonAddr $1
Rgrey < @ $+ > $*\t\t$#error $@ 4.7.1 $: "451 Greylisting in action, please come back in 300 seconds"
"""

ACCESS_DB = "FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl\n"

SITES = {
    "stock": {
        "lines": ACCESS_DB + "FEATURE(`blocklist_recipients')dnl\n"
                 "define(`confPRIVACY_FLAGS', `needmailhelo,novrfy,noexpn,noetrn')dnl\n",
        "rules": CHECKS,
        "ports": [{}, {"M": "a"}],
    },
    "delayed": {"lines": ACCESS_DB + "FEATURE(`delay_checks')dnl\n"},
    "lists": {
        "lines": "FEATURE(`dnsbl', `dnsbl.example')dnl\n"
                 "FEATURE(`enhdnsbl', `broken.example', `', `t')dnl\n",
    },
    "own-words": {
        "lines": "FEATURE(`dnsbl', `dnsbl.example', `\"550 Mail from \" $&{client_addr} "
                 "\" refused by blackhole site dnsbl.example\"')dnl\n"
                 "define(`confRELAY_MSG', `\"550 We do not relay\"')dnl\n",
    },
    "strict": {
        "lines": "FEATURE(`require_rdns')dnl\n",
    },
    "small": {
        "lines": ACCESS_DB + "define(`confMAX_MESSAGE_SIZE', `1000')dnl\n"
                 "define(`confMAX_RCPTS_PER_MESSAGE', `1')dnl\n"
                 "define(`confMAX_HEADERS_LENGTH', `700')dnl\n"
                 "define(`confDELIVERY_MODE', `interactive')dnl\n"
                 "FEATURE(`ratecontrol', `nodelay', `terminate')dnl\n"
                 "FEATURE(`conncontrol', `nodelay', `terminate')dnl\n",
    },
    "slow": {
        "lines": ACCESS_DB + "FEATURE(`ratecontrol', `nodelay')dnl\n"
                 "FEATURE(`conncontrol', `nodelay')dnl\n"
                 "FEATURE(`greet_pause', `1000')dnl\n",
    },
    "full": {"lines": "define(`confMIN_FREE_BLOCKS', `99999999999')dnl\n"},
    "seven-bit": {"lines": "define(`confEIGHT_BIT_HANDLING', `strict')dnl\n"},
    "plain": {"lines": "undefine(`confSERVER_CERT')undefine(`confSERVER_KEY')dnl\n"},
    "down": {
        "ports": [{"filter": "tempfail"}, {"filter": "reject"}, {"filter": "close"}],
        "filters": {
            "tempfail": ("unix:/srv/nothing", "T"),
            "reject": ("unix:/srv/nothing", "R"),
            "close": ("unix:/srv/nothing", "4"),
        },
    },
}


def mail(address, parameters=""):
    return f"{EHLO} | MAIL FROM:<{address}>{parameters}"


def to(address):
    return f"{FROM} | RCPT TO:<{address}>"


def story(name, reason, how, steps, site="stock", port=0, **more):
    return Story(name, reason, how, steps, site=site, port=port, **more)


LOGIN = f"{EHLO} | auth user@example.org secret"
BLOCK = "x" * 60 + "\\n"

RELAY = [
    story("relay-denied", "relay-denied", "a foreign recipient", to("b@elsewhere.example")),
    story("relay-no-name", "relay-denied", "a client without a name",
          to("b@elsewhere.example"), address="192.0.2.200"),
    story("relay-forged-name", "relay-denied", "a client whose name is another's",
          to("b@elsewhere.example"), address="192.0.2.9"),
    story("relay-own-words", "relay-denied", "confRELAY_MSG",
          to("b@elsewhere.example"), site="own-words"),
    story("relay-percent-hack", "relay-denied", "b%elsewhere@our domain",
          to("b%elsewhere.example@example.org")),
    story("relay-delayed", "relay-denied", "FEATURE(delay_checks)",
          to("b@elsewhere.example"), site="delayed"),
]

RECIPIENT = [
    story("unknown-user", "mailbox-unknown", "missing@our domain", to("missing@example.org")),
    story("moved", "mailbox-moved", "access map, To: ERROR 551", to("moved@example.org")),
    story("rcpt-access", "mailbox-disabled rcpt-denied", "access map, To: REJECT", to("denied@example.org")),
    story("rcpt-disabled", "mailbox-disabled", "access map, To: ERROR",
          to("disabled@example.org")),
    story("rcpt-full", "mailbox-full", "access map, To: ERROR", to("full@example.org")),
    story("greylisted", "greylisted", "Local_check_rcpt, as milter-greylist has it",
          to("grey@example.org")),
    story("rcpt-null", "rcpt-syntax", "RCPT TO:<>", to("")),
    story("rcpt-unbalanced", "rcpt-syntax syntax sender-syntax", "RCPT TO:<user@our domain",
          f"{FROM} | RCPT TO:<user@example.org"),
    story("rcpt-no-user", "rcpt-syntax", "RCPT TO:<@our domain>", to("@example.org")),
    story("rcpt-dots", "rcpt-syntax sender-syntax", "RCPT TO:<user@our..domain>", to("user@example..org")),
    story("rcpt-8-bit", "mailbox-unknown", "an 8-bit recipient",
          to("\u00fcser@example.org")),
    story("rcpt-too-many", "too-many-recipients", "MaxRecipientsPerMessage",
          f"{TO} | RCPT TO:<other@example.org>", site="small"),
]

SENDER = [
    story("sender-domain-unknown", "sender-domain-nonexistent", "a sender in no domain",
          mail("a@missing.example")),
    story("sender-domain-servfail", "sender-domain-nonexistent",
          "a sender in a domain that gives no answer", mail("a@broken.example"),
          true="sender-domain-lookup-failed"),
    story("sender-no-domain", "sender-not-fqdn", "MAIL FROM:<a>", mail("a")),
    story("sender-access", "sender-denied client-denied", "access map, From: REJECT", mail("a@denied.example")),
    story("sender-access-text", "sender-denied", "access map, From: ERROR",
          mail("spam@sender.example")),
    story("sender-access-451", "sender-denied policy-reject", "access map, From: ERROR 451",
          mail("a@busy.example")),
    story("sender-access-delayed", "sender-denied client-denied", "FEATURE(delay_checks)",
          f"{mail('a@denied.example')} | RCPT TO:<user@example.org>", site="delayed"),
    story("sender-unbalanced", "sender-syntax syntax rcpt-syntax", "MAIL FROM:<a@b",
          f"{EHLO} | MAIL FROM:<a@sender.example"),
    story("sender-dots", "sender-syntax rcpt-syntax", "MAIL FROM:<a@b..c>", mail("a@sender..example")),
]

CLIENT = [
    story("client-access", "client-denied", "access map, Connect: REJECT",
          FROM, address="198.51.100.20"),
    story("client-access-text", "client-denied", "access map, Connect: ERROR",
          FROM, address="198.51.100.21"),
    story("client-access-delayed", "client-denied sender-denied", "FEATURE(delay_checks)",
          TO, address="198.51.100.20", site="delayed"),
    story("dnsbl", "dnsbl-listed", "FEATURE(dnsbl)", FROM, address="192.0.2.66", site="lists"),
    story("dnsbl-servfail", "dnsbl-unavailable", "FEATURE(enhdnsbl), SERVFAIL",
          FROM, site="lists"),
    story("dnsbl-own-words", "dnsbl-listed", "FEATURE(dnsbl) with a text",
          FROM, address="192.0.2.66", site="own-words"),
    story("client-no-name", "rdns-missing", "FEATURE(require_rdns)",
          FROM, address="192.0.2.200", site="strict"),
    story("client-forged-name", "rdns-mismatch", "FEATURE(require_rdns), unconfirmed",
          FROM, address="192.0.2.9", site="strict"),
    story("client-name-servfail", "rdns-lookup-failed rdns-missing",
          "FEATURE(require_rdns), SERVFAIL", FROM, address="203.0.113.5", site="strict"),
    story("helo-missing", "helo-missing", "needmailhelo", "MAIL FROM:<a@sender.example>"),
    # No response to EHLO has to have a status: RFC 2034 section 4.
    story("helo-syntax", "helo-syntax", "EHLO bad!name", "EHLO bad!name", right=["501 5.0.0"]),
    story("helo-argument", "helo-syntax syntax", "EHLO without a name", "EHLO",
          right=["501 5.0.0"]),
]

SYNTAX = [
    story("command-unknown", "command-unknown", "FOO", f"{EHLO} | FOO"),
    # A command that is recognised and turned off (RFC 5321 section 4.2.4: 502), of
    # which security forbids to say more (RFC 3463 section 3.8: X.7.0).
    story("vrfy-refused", "command-not-implemented policy-reject", "novrfy", f"{EHLO} | EXPN user",
          right=["502 5.7.0"]),
    story("etrn-refused", "command-not-implemented policy-reject", "noetrn",
          f"{EHLO} | ETRN example.org", right=["502 5.7.0"]),
    story("mail-syntax", "syntax sender-syntax", "MAIL a@b", f"{EHLO} | MAIL a@sender.example"),
    story("mail-nested", "sequence", "MAIL, MAIL", f"{FROM} | MAIL FROM:<a@sender.example>"),
    story("mail-parameter", "parameter-unknown", "FOO=1", mail("a@sender.example", " FOO=1")),
    story("mail-body", "parameter-unknown syntax", "BODY=9BIT", mail("a@sender.example", " BODY=9BIT")),
    story("mail-ret", "syntax parameter-unknown", "RET=NONE", mail("a@sender.example", " RET=NONE")),
    story("rcpt-syntax", "syntax rcpt-syntax", "RCPT b@c", f"{FROM} | RCPT user@example.org"),
    story("rcpt-parameter", "parameter-unknown", "RCPT TO:<...> FOO=1",
          f"{FROM} | RCPT TO:<user@example.org> FOO=1"),
    story("rcpt-notify", "syntax parameter-unknown", "NOTIFY=PERHAPS",
          f"{FROM} | RCPT TO:<user@example.org> NOTIFY=PERHAPS"),
    story("rcpt-early", "sequence", "RCPT before MAIL", f"{EHLO} | RCPT TO:<user@example.org>"),
    story("data-early", "sequence", "DATA before MAIL", f"{EHLO} | DATA"),
    story("data-no-rcpt", "sequence no-valid-recipients", "DATA before RCPT", f"{FROM} | DATA"),
    story("bad-commands", "policy-reject rate-limited syntax command-unknown", "MaxBadCommands", "repeat 26 FOO"),
]

LOGINS = [
    story("auth-failed", "auth-failed", "a wrong password",
          f"{EHLO} | auth user@example.org wrong"),
    story("auth-mechanism", "parameter-unknown auth-failed", "AUTH FOO", f"{EHLO} | AUTH FOO"),
    story("auth-aborted", "auth-failed", "AUTH LOGIN, *", f"{EHLO} | AUTH LOGIN | *"),
    story("auth-base64", "syntax auth-failed", "AUTH PLAIN, no base64", f"{EHLO} | AUTH PLAIN !"),
    story("auth-syntax", "syntax", "AUTH alone", f"{EHLO} | AUTH"),
    story("auth-twice", "sequence", "AUTH, AUTH", f"{LOGIN} | auth user@example.org secret"),
    story("auth-late", "sequence", "AUTH after MAIL",
          f"{FROM} | auth user@example.org secret"),
    story("auth-required", "auth-required", "DAEMON_OPTIONS M=a", FROM, port=1),
    story("tls-required", "tls-required tls-too-weak", "access map, TLS_Clt: ENCR:112",
          FROM, address="192.0.2.31"),
    story("tls-certificate", "tls-client-cert-refused tls-required", "access map, TLS_Clt: VERIFY",
          f"{EHLO} | starttls | {FROM}", address="192.0.2.32"),
    story("tls-twice", "sequence command-not-implemented tls-failed", "STARTTLS, STARTTLS",
          f"{EHLO} | starttls | {EHLO} | STARTTLS"),
    story("tls-off", "command-not-implemented command-unknown tls-failed sequence", "no certificate",
          f"{EHLO} | STARTTLS", site="plain"),
    story("tls-argument", "syntax", "STARTTLS x", f"{EHLO} | STARTTLS x"),
]

CONTENT = [
    story("size-declared", "message-too-large", "MaxMessageSize, SIZE=",
          mail("a@sender.example", " SIZE=2000"), site="small"),
    story("size-sent", "message-too-large", "MaxMessageSize",
          f"{TO} | data Subject: x\\n\\n{BLOCK * 30}", site="small"),
    story("headers-too-large", "header-too-large message-malformed message-too-large",
          "MaxHeadersLength",
          f"{TO} | data " + "".join(f"X-{i}: {BLOCK}" for i in range(13)) + "\\nx\\n", site="small",
          true="header-too-large"),
    story("storage-full", "storage-full", "MinFreeBlocks",
          mail("a@sender.example", " SIZE=1000"), site="full"),
    story("header-check", "header-pattern policy-reject", "a header's ruleset",
          f"{TO} | data Subject: casino\\n\\nx\\n"),
    story("header-error", "header-pattern policy-reject message-malformed", "a header's ruleset, no status",
          f"{TO} | data X-Exe: 1\\n\\nx\\n"),
    story("eightbit-body", "eightbit-not-supported", "EightBitMode = strict",
          f"{TO} | data Subject: x\\n\\n\\xfc\\n", site="seven-bit"),
]

LIMITS = [
    story("rate-connections", "rate-limited too-many-connections", "FEATURE(ratecontrol), terminate",
          "again", address="192.0.2.33", site="small"),
    story("count-connections", "too-many-connections", "FEATURE(conncontrol), terminate",
          "again", address="192.0.2.34", site="small"),
    story("rate-452", "rate-limited too-many-connections", "FEATURE(ratecontrol)",
          f"again | {FROM}", address="192.0.2.33", site="slow"),
    story("count-452", "too-many-connections", "FEATURE(conncontrol)",
          f"again | {FROM}", address="192.0.2.34", site="slow"),
    story("early-greeting", "early-talker policy-reject", "FEATURE(greet_pause)", "",
          early="EHLO client.example\r\n", site="slow"),
    story("early-command", "early-talker policy-reject", "FEATURE(greet_pause), next command",
          "wait | MAIL FROM:<a@sender.example>", early="EHLO client.example\r\n", site="slow"),
    story("milter-down", "filter-error", "INPUT_MAIL_FILTER F=T", FROM, site="down"),
    story("milter-down-reject", "filter-error policy-reject", "INPUT_MAIL_FILTER F=R", FROM, site="down", port=1),
    story("milter-down-421", "filter-error session-timeout", "INPUT_MAIL_FILTER F=4", "", site="down", port=2),
]

STORIES = RELAY + RECIPIENT + SENDER + CLIENT + SYNTAX + LOGINS + CONTENT + LIMITS
