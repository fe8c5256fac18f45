"""sendmail_stories_rare - what few sites have: rulesets of their own, and their limits

As sendmail_stories; Local_check_relay, Local_check_mail, check_data, check_eom,
names that are refused, mail that is discarded or kept, time that is up.
"""

from postfix_stories_others import MESSAGE, RULE
from sendmail_stories import ACCESS_DB, EHLO, FROM, TO, mail, story

ACCESS = """\
From:gone@sender.example\tDISCARD
From:held@sender.example\tQUARANTINE:to be looked at
To:list@example.org\tERROR:5.7.1:550 Only staff may write here, ask hr@example.org
"""

OWN_RULES = """\
LOCAL_RULESETS
SLocal_check_relay
R$+ $| 192.0.2.8\t\t$#error $@ 5.7.1 $: "550 Network closed, call +49 30 4712"
R$+ $| 192.0.2.11\t\t$#error $@ 4.7.0 $: "421 Your network sends too fast"

SLocal_check_mail
R$*\t\t\t$: $>CanonAddr $1
Rstaff < @ $+ > $*\t$#error $@ 5.7.1 $: "550 Your department is blocked, ask it@example.org"
Rnight < @ $+ > $*\t$#error $@ 4.7.1 $: "451 Come back after 18:00"
Rbare < @ $+ > $*\t$#error $: "550 Not from there"
"""

SITES = {
    "own-rules": {"lines": ACCESS_DB + "FEATURE(`blocklist_recipients')dnl\n", "rules": OWN_RULES},
    "own-data": {"rules": "LOCAL_RULESETS\nScheck_data\n"
                 "R$*\t\t\t$#error $@ 5.7.1 $: \"550 No data from you: https://example.org/data\"\n"},
    "own-end": {"rules": "LOCAL_RULESETS\nScheck_eom\n"
                "R$*\t\t\t$#error $@ 5.7.1 $: \"554 Stopped, ticket 4711\"\n"},
    "names": {"lines": "FEATURE(`block_bad_helo')dnl\n"},
    "hurried": {"lines": "define(`confTO_COMMAND', `1s')dnl\n"
                         "define(`confTO_DATABLOCK', `1s')dnl\n"},
    "short": {"lines": "define(`confBAD_RCPT_THROTTLE', `1')dnl\n"},
    "silent": {"ports": [{"filter": "saywhy;silent"}, {"filter": "silent;saywhy"}],
               "filters": {"silent": ("unix:/srv/silent.sock", "T", "C:1s;S:1s;R:1s;E:1s")}},
}

STORIES = [
    story("own-relay", f"{RULE} client-denied", "Local_check_relay", FROM, site="own-rules",
          address="192.0.2.8", keep=["+49 30 4712"]),
    story("own-relay-421", f"{RULE} client-denied rate-limited", "Local_check_relay, 421", "",
          site="own-rules", address="192.0.2.11", keep=["too fast"]),
    story("own-mail", f"{RULE} sender-denied", "Local_check_mail", mail("staff@sender.example"),
          site="own-rules", keep=["it@example.org"]),
    story("own-mail-451", f"{RULE} sender-denied", "Local_check_mail, 451",
          mail("night@sender.example"), site="own-rules", keep=["after 18:00"]),
    story("own-mail-bare", f"{RULE} sender-denied client-denied", "Local_check_mail, no status",
          mail("bare@sender.example"), site="own-rules", keep=["Not from there"],
          right=["550 5.0.0"]),
    story("list-staff", f"{RULE} rcpt-denied list-posting-denied", "access map, To: ERROR",
          f"{FROM} | RCPT TO:<list@example.org>", site="own-rules", keep=["hr@example.org"]),
    story("own-data", f"{RULE} client-denied sender-denied", "check_data", f"{TO} | DATA",
          site="own-data", keep=["https://example.org/data"]),
    story("own-end", RULE, "check_eom", f"{TO} | {MESSAGE}", site="own-end", keep=["4711"]),
    story("helo-own-name", "helo-forged helo-denied", "FEATURE(block_bad_helo)",
          TO.replace("client.example", "example.org", 1), site="names"),
    story("vrfy-unknown", "mailbox-unknown", "VRFY missing", f"{EHLO} | VRFY missing@example.org",
          site="delayed"),
    story("timeout", "session-timeout", "Timeout.command", f"{EHLO} | wait", site="hurried"),
    story("timeout-data", "session-timeout", "Timeout.datablock", f"{TO} | DATA | wait",
          site="hurried"),
    story("unknown-throttled", "mailbox-unknown", "BadRcptThrottle",
          f"{FROM} | RCPT TO:<missing@example.org> | RCPT TO:<noone@example.org>", site="short"),
    story("discarded", "sender-denied policy-reject", "access map, From: DISCARD",
          f"{mail('gone@sender.example')} | RCPT TO:<user@example.org> | {MESSAGE}", site="own-rules",
          wire=0, outcome="discarded"),
    story("kept", "sender-denied policy-reject", "access map, From: QUARANTINE",
          f"{mail('held@sender.example')} | RCPT TO:<user@example.org> | {MESSAGE}", site="own-rules",
          wire=0, outcome="held"),
    story("filter-after-silent", "filter-error", "a filter that never answers", FROM,
          site="silent"),
    story("filter-before-silent", "filter-error", "a filter that never answers", FROM,
          site="silent", port=1, before=True),
]
