"""postfix_stories_others - refusals that others than smtpd(8) word

Admins in their tables, policy servers, proxies, filters before and after ours,
servers that are asked about addresses, postscreen(8); and mail that vanishes.
A story's `keep` is what must be in the reply still: others' words for people.
"""

from postfix_stories import (EHLO, FROM, LOGIN, OPEN, OWNED, POSTSCREEN, SASL, TO, clients,
                             helos, recipients, sender, senders, to)
from replies import Story

POLICY, SINK = 26200, 26201
SERVICE = f"check_policy_service inet:127.0.0.1:{POLICY}"
MESSAGE = "data Subject: hello\\n\\nhello\\n"
PROXY = {"smtpd_proxy_filter": f"127.0.0.1:{SINK}"}

# Nobody but who wrote the words can say more.
RULE = "policy-reject unrecognised"

# What a policy server says: name, true reason, action, words to keep, outcome.
ACTIONS = [
    ("postgrey", "greylisted", "DEFER_IF_PERMIT Greylisted, see "
     "http://postgrey.schweikert.ch/help/example.org.html",
     ["http://postgrey.schweikert.ch/help/example.org.html"]),
    ("greylist-450", "greylisted", "450 4.2.0 Greylisted, please try again in 5 minutes", []),
    ("spf-fail", "spf-fail", "550 5.7.23 Message rejected due to: SPF fail - not authorized. Please see "
     "http://www.openspf.net/Why?s=mfrom;id=a@sender.example;ip=192.0.2.7;r=mx.example.org",
     ["http://www.openspf.net/Why?s=mfrom;id=a@sender.example;ip=192.0.2.7;r=mx.example.org"]),
    ("spf-temperror", "spf-temperror", "451 4.7.24 Message deferred due to: SPF Temporary Error: DNS Timeout", []),
    ("spf-permerror", "spf-permerror", "550 5.7.24 Message rejected due to: SPF Permanent Error: Too many DNS lookups", []),
    ("quota", "mailbox-full", "552 5.2.2 Mailbox full (quota exceeded)", []),
    ("rate", "rate-limited sending-quota-exceeded", "DEFER_IF_PERMIT Policy Rejection- Quota exceeded, too many messages", []),
    ("disabled", "mailbox-disabled", "550 5.2.1 Mailbox disabled", []),
    ("contact", "unrecognised policy-reject rcpt-denied",
     "REJECT Ask helpdesk at extension 4711", ["Ask helpdesk at extension 4711"]),
    ("contact-mail", "policy-reject unrecognised rcpt-denied client-denied",
     "REJECT Not today. Write to abuse@example.org", ["abuse@example.org"]),
    ("company-policy", "policy-reject rcpt-denied unrecognised", "REJECT Message refused by company policy",
     ["company policy"]),
    ("defer", "policy-reject rcpt-denied unrecognised", "DEFER", []),
    ("reject", "policy-reject rcpt-denied unrecognised", "REJECT", []),
    ("maintenance", "maintenance unrecognised rcpt-denied policy-reject",
     "DEFER maintenance until 18:00", ["maintenance until 18:00"]),
    ("german", "policy-reject rcpt-denied unrecognised",
     "REJECT Annahme verweigert, Rueckfragen an Tel. 030 4711", ["Tel. 030 4711"]),
    ("french", "policy-reject rcpt-denied unrecognised",
     "REJECT Refus par la regle interne 42, voir https://exemple.example/aide",
     ["https://exemple.example/aide"]),
    ("421", "policy-reject rcpt-denied unrecognised system-overloaded", "421 4.7.0 Come back tomorrow", ["Come back tomorrow"]),
    ("dnsbl", "dnsbl-listed client-denied", "550 5.7.1 Your IP 192.0.2.7 is listed by bl.example, see https://bl.example/192.0.2.7",
     ["https://bl.example/192.0.2.7"]),
    ("helo-refused", "helo-denied", "550 5.7.1 HELO name refused", ["HELO name refused"]),
    ("dynamic", "client-denied rdns-missing",
     "REJECT Dynamic address, please use the mail server of your provider",
     ["use the mail server of your provider"]),
    ("outside", "rcpt-denied", "REJECT This mailbox takes no mail from outside",
     ["takes no mail from outside"]),
    ("blacklist-local", "client-denied sender-denied rcpt-denied policy-reject unrecognised",
     "REJECT blacklisted locally. Contact abuse@example.org", ["abuse@example.org"]),
    ("moved", "mailbox-moved", "550 5.1.6 User has moved to new@elsewhere.example",
     ["new@elsewhere.example"]),
    ("content-filter", "unrecognised policy-reject rcpt-denied",
     "REJECT Recipient refused by content filter policy", []),
    ("person", f"{RULE} rcpt-denied", "REJECT Kein Empfang von extern, bitte an Frau Weber "
     "wenden (Durchwahl 212)", ["Frau Weber", "Durchwahl 212"]),
    ("left", f"{RULE} mailbox-moved mailbox-unknown",
     "550 5.1.1 Mr Miller has left. New contact: sales@example.org", ["sales@example.org"]),
    ("closed", f"{RULE} rcpt-denied", "DEFER office closed until Monday", ["closed until Monday"]),
    ("lists", f"{RULE} rcpt-denied too-many-recipients",
     "REJECT More than 50 people: write to lists@example.org", ["lists@example.org"]),
    ("payment", f"{RULE} mailbox-disabled",
     "550 5.2.1 Delivery suspended: invoice 7788 is not paid", ["invoice 7788"]),
    ("moderated", f"{RULE} rcpt-denied list-posting-denied",
     "REJECT Only hr@example.org may write to all staff", ["hr@example.org"]),
    ("country", f"{RULE} rcpt-denied client-denied",
     "REJECT Country not accepted (CN), see https://example.org/geo", ["https://example.org/geo"]),
    ("backup", f"{RULE} maintenance",
     "451 4.3.2 Backup is running, mail is accepted again at 03:30", ["again at 03:30"]),
    ("first-time", "greylisted", "450 4.7.1 First time sender, come back in 300 seconds", []),
    ("complaints", f"{RULE} rate-limited client-denied",
     "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to user complaints; see "
     "https://postmaster.example.net/codes", ["https://postmaster.example.net/codes"]),
    ("xyz", f"{RULE} rcpt-denied sender-denied", "REJECT We do not accept mail from .xyz domains",
     [".xyz domains"]),
    ("login-limit", f"{RULE} rcpt-denied sending-quota-exceeded rate-limited",
     "550 5.7.1 Limit per login reached (500/h), wait until 15:00", ["until 15:00"]),
    ("gone-host", f"{RULE} host-takes-no-mail", "554 5.3.2 This server is decommissioned. Use "
     "mx2.example.org", ["Use mx2.example.org"]),
    ("from", f"{RULE} rcpt-denied sender-denied sender-login-mismatch",
     "REJECT You may not use this From address; add it in webmail", ["add it in webmail"]),
    ("spanish", f"{RULE} rcpt-denied", "REJECT Prohibido. Llame al 555-1234", ["555-1234"]),
    ("italian", f"{RULE} rcpt-denied", "REJECT Rifiutato, chiamare il 06 4711", ["06 4711"]),
    ("invoices", f"{RULE} rcpt-denied", "REJECT Invoices go to rechnung@example.org as PDF",
     ["rechnung@example.org"]),
    ("opt-out", f"{RULE} rcpt-denied", "REJECT Our users have opted out of newsletters",
     ["opted out"]),
    ("holidays", f"{RULE} rcpt-denied list-posting-denied",
     "REJECT The list is closed for the summer holidays", ["summer holidays"]),
    ("reference", f"{RULE} rcpt-denied", "550 5.7.1 Transaktion abgelehnt, Referenz 77-1A, "
     "postmaster@example.net", ["77-1A", "postmaster@example.net"]),
    ("no-status", f"{RULE} rcpt-denied client-denied",
     "554 Blocked for AS64500, mail peering@example.org", ["peering@example.org"]),
    ("lower-case", f"{RULE} rcpt-denied sending-quota-exceeded rate-limited",
     "defer_if_permit Kontingent erschoepft, Tel. 0800-123", ["0800-123"]),
    ("kernel", f"{RULE} maintenance system-overloaded",
     "421 4.3.2 Rebooting for a kernel update, back in 10 minutes", ["10 minutes"]),
    ("limit-link", "rate-limited sending-quota-exceeded", "450 4.7.1 You sent 120 messages in one "
     "hour, the limit is 100; see https://example.org/limits", ["https://example.org/limits"]),
    ("successor", f"{RULE} mailbox-unknown mailbox-moved mailbox-disabled",
     "550 5.1.1 Left the company; successor: Ms Oz <oez@example.org>", ["oez@example.org"]),
    ("long", f"{RULE} rcpt-denied", "REJECT Not taken " + "because of what was agreed " * 14 +
     "call 555-0142", ["555-0142"]),
    ("garbage", "config-error filter-error", "NONSENSE x", []),
    ("hangup", "config-error filter-error", None, []),
]

def policy_story(name, reason, keep):
    return Story(f"policy-{name}", reason, f"check_policy_service, {name}", to(f"p-{name}@example.org"),
                 keep=keep, local_recipient_maps="static:x",
                 smtpd_policy_service_try_limit="1", smtpd_policy_service_retry_delay="1s",
                 **recipients(SERVICE))


POLICIES = [policy_story(name, reason, keep) for name, reason, _, keep in ACTIONS]
ANSWERS = {f"p-{name}@example.org": action for name, _, action, _ in ACTIONS} | {
    "p-discard@example.org": "DISCARD", "p-hold@example.org": "HOLD kept by a policy",
    "p-warn@example.org": "WARN rejected by nobody",
    "p-prepend@example.org": "PREPEND X-Policy: reject"}

# What an SMTP server says: key, at which command, reply, true reason.
SINK_SAYS = {
    "s-mail": ("MAIL", "550 5.7.1 Sender refused by us"),
    "s-rcpt": ("RCPT", "550 5.1.1 <s-rcpt@example.org> unknown here"),
    "s-rcpt4": ("RCPT", "451 4.3.0 Temporary trouble, mailbox locked"),
    "s-data": ("DATA", "554 5.7.1 No data please"),
    "s-dot": (".", "554 5.7.1 Virus EICAR found"),
    "s-dot4": (".", "451 4.7.1 Try again later"),
    "s-spam": (".", "550 5.7.1 Spam message rejected"),
    "s-hangup": (".", None),
    "s-421": ("RCPT", "421 4.3.2 Scanner restarting, back in 5 minutes"),
    "s-big": (".", "552 5.3.4 12 MB is over our 10 MB, use https://files.example.org"),
    "s-bare": ("RCPT", "550 No such user here"),
    "v-unknown": ("RCPT", "550 5.1.1 No such user"),
    "v-grey": ("RCPT", "450 4.7.1 Greylisted, try again in 300 seconds"),
    "v-busy": ("RCPT", "451 4.2.1 Mailbox busy"),
    "v-full": ("RCPT", "452 4.2.2 Mailbox full"),
    "v-relay": ("RCPT", "554 5.7.1 Relay access denied"),
}

def proxy(key, reason, steps=None, **more):
    return Story(f"proxy-{key}", reason, f"smtpd_proxy_filter, {SINK_SAYS[key][1]}",
                 steps or f"{to(key + '@example.org')} | {MESSAGE}",
                 local_recipient_maps="static:x", **PROXY, **more)


PROXIES = [
    proxy("s-mail", "sender-denied policy-reject unrecognised", f"{EHLO} | MAIL FROM:<s-mail@sender.example> | RCPT TO:<user@example.org>"),
    proxy("s-rcpt", "mailbox-unknown", to("s-rcpt@example.org")),
    proxy("s-rcpt4", "unrecognised filter-error system-overloaded", to("s-rcpt4@example.org")),
    proxy("s-data", "policy-reject unrecognised"),
    proxy("s-dot", "virus-found", keep=["EICAR"]),
    proxy("s-dot4", "unrecognised policy-reject greylisted filter-error"),
    proxy("s-spam", "spam-content"),
    proxy("s-hangup", "filter-error"),
    proxy("s-421", f"{RULE} scanner-unavailable filter-error system-overloaded maintenance",
          to("s-421@example.org"), keep=["5 minutes"]),
    proxy("s-big", "message-too-large", keep=["https://files.example.org"]),
    proxy("s-bare", "mailbox-unknown", to("s-bare@example.org")),
]

VERIFIED = [
    Story("verify-rcpt-550", "mailbox-unknown mailbox-unverified", "reject_unverified_recipient, 550 5.1.1",
          to("v-unknown@sink.example"), unverified_recipient_reject_code="550",
          **OPEN, **recipients("reject_unverified_recipient")),
    Story("verify-rcpt-450", "mailbox-unverified mailbox-unknown", "reject_unverified_recipient, 450",
          to("v-unknown@sink.example"), true="mailbox-unverified", **OPEN, **recipients("reject_unverified_recipient")),
    Story("verify-rcpt-busy", "mailbox-unverified", "reject_unverified_recipient, 451 4.2.1",
          to("v-busy@sink.example"), **OPEN, **recipients("reject_unverified_recipient")),
    Story("verify-rcpt-full", "mailbox-unverified mailbox-full", "reject_unverified_recipient, 452 4.2.2",
          to("v-full@sink.example"), **OPEN, **recipients("reject_unverified_recipient")),
    Story("verify-sender-550", "sender-unverified", "reject_unverified_sender, 550",
          sender("v-unknown@sink.example"), unverified_sender_reject_code="550",
          **senders("reject_unverified_sender")),
    Story("verify-sender-relay", "sender-unverified", "reject_unverified_sender, 554 5.7.1",
          sender("v-relay@sink.example"), **senders("reject_unverified_sender")),
    Story("verify-sender-text", "sender-unverified", "unverified_sender_reject_reason",
          sender("v-unknown@sink.example"), unverified_sender_reject_reason="Your address does not take bounces",
          unverified_sender_reject_code="550", **senders("reject_unverified_sender")),
]

# Another filter's answer: letter of the protocol, packet.
def reject(text):
    return b"y" + text.encode() + b"\0"


FILTER_SAYS = {
    "c-reject": ("C", b"r"), "c-tempfail": ("C", b"t"), "c-421": ("C", reject("421 4.7.0 Too busy")),
    "h-reject": ("H", reject("550 5.7.1 I do not like your name")),
    "m-reject": ("M", reject("550 5.7.1 No mail from you, call 555-0100")),
    "m-tempfail": ("M", b"t"),
    "r-reject": ("R", reject("550 5.7.1 No mail for him")),
    "r-plain": ("R", b"r"),
    "r-tempfail": ("R", reject("451 4.7.1 Greylisting in action, please come back later")),
    "r-421": ("R", reject("421 4.7.0 Go away for now")),
    "t-reject": ("T", reject("550 5.7.1 No data from you")),
    "l-reject": ("L", reject("550 5.7.1 I do not like this header")),
    "n-reject": ("N", reject("550 5.7.1 Nor the whole of it")),
    "b-reject": ("B", reject("550 5.7.1 Nor the text")),
    "e-spam": ("E", reject("550 5.7.1 Spam message rejected")),
    "e-virus": ("E", reject("550 5.7.1 virus Eicar-Test-Signature found, ask helpdesk@example.org")),
    "e-later": ("E", reject("451 4.7.1 Try again later")),
    "e-gtube": ("E", reject("554 5.7.1 Gtube pattern")),
    "e-plain": ("E", b"r"), "e-tempfail": ("E", b"t"),
    "e-dmarc": ("E", reject("550 5.7.1 rejected by DMARC policy for sender.example")),
    "e-lines": ("E", reject("550-5.7.1 Kept back by the mail desk\r\n"
                            "550-5.7.1 Call +49 30 4711 on weekdays\r\n550 5.7.1 Case 88-123")),
    "e-dlp": ("E", reject('550 5.7.1 DLP rule "credit cards" (ticket 88123), ask dlp@example.org')),
    "e-macro": ("E", reject("550 5.7.1 report.docm has macros, see https://share.example.org")),
    "e-archive": ("E", reject("554 5.7.1 Password protected archives are not permitted, use "
                              "https://upload.example.org")),
    "e-short": ("E", reject("550 5.7.1 Nope")),
    "e-big": ("E", reject("552 5.3.4 Your mail is 38 MB; our limit is 25 MB. Use "
                          "https://files.example.org")),
    "e-loop": ("E", reject("550 5.4.6 Loop detected: X-Loop: tickets@example.org")),
    "m-lines": ("M", reject("450-4.7.1 Your network is new to us\r\n"
                            "450 4.7.1 Ask noc@example.org to be let in sooner")),
    "r-umlaut": ("R", reject("550 5.7.1 Abgelehnt, R\u00fcckfragen: Durchwahl 12")),
    "m-421": ("M", reject("421 4.3.2 Rate control, closing")),
    "e-clam": ("E", reject("451 4.3.2 Please try again later, clamd did not answer")),
    "e-amavis": ("E", reject("554 5.7.0 Reject, id=12345-01 - SPAM")),
    "e-dkim": ("E", reject("550 5.7.20 No valid DKIM signature")),
    "e-partners": ("E", reject("550 5.7.1 Only partners of ACME may write here, register at "
                               "https://acme.example/partners")),
}
FILTER_TRUE = {
    "c-reject": "policy-reject client-denied unrecognised", "c-tempfail": "filter-error unrecognised policy-reject system-overloaded",
    "c-421": "system-overloaded unrecognised policy-reject filter-error too-many-connections",
    "h-reject": "helo-denied policy-reject unrecognised", "m-reject": "sender-denied policy-reject unrecognised client-denied",
    "m-tempfail": "filter-error unrecognised policy-reject", "r-reject": "rcpt-denied policy-reject unrecognised",
    "r-plain": "policy-reject unrecognised rcpt-denied", "r-tempfail": "greylisted",
    "r-421": "policy-reject unrecognised rcpt-denied", "t-reject": "policy-reject unrecognised client-denied sender-denied",
    "l-reject": "header-pattern policy-reject unrecognised", "n-reject": "policy-reject unrecognised",
    "b-reject": "policy-reject unrecognised body-pattern", "e-spam": "spam-content",
    "e-virus": "virus-found", "e-later": "unrecognised policy-reject filter-error",
    "e-gtube": "spam-content unrecognised policy-reject", "e-plain": "policy-reject unrecognised",
    "e-tempfail": "filter-error unrecognised policy-reject", "e-dmarc": "dmarc-reject",
    "e-lines": RULE, "e-dlp": RULE, "e-macro": f"{RULE} attachment-banned virus-found",
    "e-archive": "not-scannable attachment-banned", "e-short": RULE, "e-big": "message-too-large",
    "e-loop": "mail-loop", "m-lines": f"{RULE} client-denied", "r-umlaut": f"{RULE} rcpt-denied",
    "m-421": f"{RULE} rate-limited system-overloaded too-many-connections",
    "e-clam": f"{RULE} scanner-unavailable filter-error", "e-amavis": "spam-content",
    "e-dkim": "dkim-none-valid", "e-partners": RULE,
}
FILTER_KEEP = {"e-lines": ["+49 30 4711", "Case 88-123", "mail desk"], "e-dlp": ["dlp@example.org", "88123"],
               "e-macro": ["https://share.example.org"], "e-archive": ["https://upload.example.org"],
               "e-big": ["https://files.example.org", "25 MB"], "e-loop": ["tickets@example.org"],
               "m-lines": ["noc@example.org"], "r-umlaut": ["Durchwahl 12"], "m-reject": ["555-0100"], "e-virus": ["helpdesk@example.org"],
               "e-amavis": ["12345-01"], "e-partners": ["https://acme.example/partners"],
               "r-reject": ["No mail for him"], "h-reject": ["I do not like your name"]}
# A system that cannot scan takes no messages: X.3.2 says so as well as X.3.0.
FILTER_RIGHT = {"e-clam": ["451 4.3.2"]}
WHOLE = f"{TO} | {MESSAGE}"
UP_TO = {"c": FROM, "h": FROM, "m": FROM, "r": TO, "t": f"{TO} | DATA"}

def filter_story(key, before):
    steps = "" if key == "c-421" else UP_TO.get(key[0], WHOLE)
    return Story(f"filter-{'before' if before else 'after'}-{key}", FILTER_TRUE[key],
                 f"another filter {'before' if before else 'after'} ours: {FILTER_SAYS[key][1]!r}",
                 steps, keep=FILTER_KEEP.get(key, []), right=FILTER_RIGHT.get(key, []),
                 before=before,
                 smtpd_milters=f"unix:/srv/other-{key}.sock")


FILTERS = [filter_story(key, before) for before in (False, True) for key in FILTER_SAYS]

TABLES = [
    Story("sasl-access", "login-denied account-disabled sender-denied policy-reject", "check_sasl_access REJECT",
          f"{LOGIN} | MAIL FROM:<user@example.org> | RCPT TO:<user@example.org>",
          **SASL, **recipients("check_sasl_access static:REJECT")),
    Story("sasl-access-text", "account-disabled login-denied sending-quota-exceeded", "check_sasl_access REJECT text",
          f"{LOGIN} | MAIL FROM:<user@example.org> | RCPT TO:<user@example.org>", keep=["extension 4711"],
          **SASL, **recipients("check_sasl_access static:{REJECT Your account has been suspended, call extension 4711}")),
    Story("soft-bounce-access", "rcpt-denied", "soft_bounce, check_recipient_access REJECT", TO, soft_bounce="yes",
          **recipients("check_recipient_access inline:{user@example.org=REJECT}")),
    Story("unlisted-550-moved-text", "mailbox-moved", "check_recipient_access 551", TO, keep=["new@elsewhere.example"],
          **recipients("check_recipient_access inline:{{user@example.org=551 5.1.6 User has moved; please try new@elsewhere.example}}")),
    Story("client-text-phone", "client-denied", "check_client_access REJECT text", TO, keep=["+49 30 4711"],
          **clients("check_client_access inline:{{192.0.2.7=REJECT Not from this network, call +49 30 4711}}")),
    Story("client-text-spam", "client-denied rate-limited spam-content", "check_client_access REJECT text", TO, keep=["Too much spam from this address"],
          **clients("check_client_access inline:{{192.0.2.7=REJECT Too much spam from this address}}")),
    Story("helo-text", "helo-denied", "check_helo_access REJECT text", TO, keep=["HELO name refused"],
          **helos("check_helo_access inline:{{client.example=550 5.7.1 HELO name refused}}")),
    Story("sender-text-link", "sender-denied", "check_sender_access REJECT text", TO, keep=["https://example.org/unban"],
          **senders("check_sender_access inline:{{sender.example=REJECT Banned, see https://example.org/unban}}")),
    Story("client-cidr-defer", "client-denied policy-reject", "check_client_access DEFER text", TO, keep=["nightly backup"],
          **clients("check_client_access inline:{{192.0.2.7=DEFER nightly backup}}")),
    Story("sender-ns-access", "sender-denied", "check_sender_a_access", TO,
          **senders("check_sender_mx_access inline:{{192.0.2.7=REJECT}}")),
    Story("defer-unauth-open-client", "relay-denied", "another client, defer_unauth_destination",
          to("c@elsewhere.example"), address="192.0.2.8"),
    Story("relay-source-route", "relay-denied rcpt-syntax", "@example.org:b@elsewhere",
          to("@example.org:b@elsewhere.example")),
    Story("relay-bang", "relay-denied mailbox-unknown", "elsewhere.example!b", to("elsewhere.example!b@example.org")),
    Story("probe-null-sender", "mailbox-unknown", "MAIL FROM:<>, unknown user",
          f"{EHLO} | MAIL FROM:<> | RCPT TO:<nobody@example.org>"),
    Story("probe-two", "mailbox-unknown", "two unknown users", records=2,
          steps=f"{FROM} | RCPT TO:<nobody@example.org> | RCPT TO:<noone@example.org>"),
    Story("probe-same-twice", "mailbox-unknown", "the same unknown user twice", records=2,
          steps=f"{FROM} | RCPT TO:<nobody@example.org> | RCPT TO:<nobody@example.org>"),
    Story("many-then-dot", "header-pattern policy-reject", "header_checks, two recipients of three",
          f"{FROM} | RCPT TO:<user@example.org> | RCPT TO:<nobody@example.org> | RCPT TO:<other@example.org> | data Subject: casino\\n\\nx\\n",
          records=2, cleanup_service_name="strict-cleanup"),
    Story("two-messages", "header-pattern policy-reject", "header_checks, the second message",
          f"{TO} | {MESSAGE} | MAIL FROM:<b@sender.example> | RCPT TO:<other@example.org> | data Subject: casino\\n\\nx\\n",
          cleanup_service_name="strict-cleanup"),
    Story("nested-header", "header-pattern policy-reject unrecognised", "nested_header_checks REJECT text",
          f"{TO} | data Subject: x\\nMIME-Version: 1.0\\nContent-Type: multipart/mixed; boundary=b\\n\\n--b\\n"
          "Content-Type: message/rfc822\\n\\nSubject: nested\\n\\nx\\n--b--\\n", keep=["No mail in mail"],
          cleanup_service_name="strict-cleanup"),
    Story("body-check-url", "body-pattern url-listed policy-reject header-pattern", "body_checks REJECT", keep=[],
          steps=f"{TO} | data Subject: x\\n\\nsee casino here\\n", cleanup_service_name="strict-cleanup"),
    Story("bdat-header", "header-pattern policy-reject", "header_checks, BDAT",
          f"{TO} | bdat Subject: casino\\r\\n\\r\\nx\\r\\n", cleanup_service_name="strict-cleanup"),
    Story("end-of-data-text", "policy-reject unrecognised client-denied", "smtpd_end_of_data_restrictions, text",
          f"{TO} | {MESSAGE}", keep=["Ask Bob"],
          smtpd_end_of_data_restrictions="check_client_access inline:{{192.0.2.7=REJECT Ask Bob}}"),
    Story("data-text", "policy-reject unrecognised client-denied", "smtpd_data_restrictions, text",
          f"{TO} | DATA", keep=["Ask Alice"],
          smtpd_data_restrictions="check_client_access inline:{{192.0.2.7=REJECT Ask Alice}}"),
    Story("bare-newline", "bare-newline", "smtpd_forbid_bare_newline = reject",
          f"{TO} | DATA | raw Subject: x\\r\\n\\r\\na\\nb\\r\\n.\\r\\n", smtpd_forbid_bare_newline="reject"),
    Story("dnsbl-127-255", "dnsbl-unavailable dnsbl-listed", "reject_rbl_client that answers 127.255.255.254", TO,
          # Postfix refuses all the same; of RCPT 550 is the code (RFC 5321 section 4.3.2).
          true="dnsbl-unavailable", right=["550 5.7.1", "554 5.7.1"],
          address="198.51.100.7", **clients("reject_rbl_client refusing.example")),
    Story("submission-plain", "auth-required", "permit_sasl_authenticated, reject on another port",
          FROM, submission=True,
          **SASL, smtpd_tls_security_level="may", **clients("permit_sasl_authenticated, reject")),
    Story("owner-not-logged-in", "sender-login-mismatch auth-required", "reject_unauthenticated_sender_login_mismatch",
          sender("boss@example.org"), **SASL, **OWNED, **senders("reject_unauthenticated_sender_login_mismatch")),
    Story("recipient-limit-user", "too-many-recipients", "smtpd_recipient_limit = 2",
          f"{FROM} | RCPT TO:<user@example.org> | RCPT TO:<other@example.org> | RCPT TO:<closed@example.org>",
          smtpd_recipient_limit="2"),
    Story("errors-after-refusals", "rate-limited policy-reject syntax sequence mailbox-unknown unrecognised", "smtpd_hard_error_limit = 2", records=3,
          steps=f"{FROM} | RCPT TO:<nobody@example.org> | RCPT TO:<noone@example.org> | RCPT TO:<user@example.org>",
          smtpd_hard_error_limit="2"),
    Story("reject-warning", "rcpt-denied", "warn_if_reject", TO, wire=0,
          **recipients("warn_if_reject check_recipient_access inline:{user@example.org=REJECT}")),
]

FOREIGN = [
    Story("foreign-client-link", "client-denied", "check_client_access REJECT text", TO,
          keep=["https://example.org/unblock?ip=192.0.2.7"],
          **clients("check_client_access inline:{{192.0.2.7=REJECT Hosting ranges are blocked, form at https://example.org/unblock?ip=192.0.2.7}}")),
    Story("foreign-helo-contact", "helo-denied helo-forged", "check_helo_access REJECT text", TO,
          keep=["noc@example.org"],
          **helos("check_helo_access inline:{{client.example=REJECT Say your own name. Ask noc@example.org}}")),
    Story("foreign-sender-defer", "sender-denied policy-reject", "check_sender_access DEFER text", TO,
          keep=["security@example.org"],
          **senders("check_sender_access inline:{{sender.example=DEFER Three waves of phishing from your domain, ask security@example.org}}")),
    Story("foreign-sasl", "account-disabled", "check_sasl_access REJECT text",
          f"{LOGIN} | MAIL FROM:<user@example.org> | RCPT TO:<user@example.org>",
          keep=["https://id.example.org"],
          **SASL, **recipients("check_sasl_access static:{REJECT Password leaked, change it at https://id.example.org}")),
    Story("foreign-data-link", "policy-reject unrecognised client-denied", "smtpd_data_restrictions, text",
          f"{TO} | DATA", keep=["https://example.org/data"],
          smtpd_data_restrictions="check_client_access inline:{{192.0.2.7=REJECT No data: https://example.org/data}}"),
    Story("etrn-restricted", "policy-reject", "smtpd_etrn_restrictions = reject", f"{EHLO} | ETRN example.org",
          smtpd_etrn_restrictions="reject"),
    Story("vrfy-domain", "rcpt-domain-nonexistent relay-denied", "VRFY elsewhere", f"{EHLO} | VRFY b@elsewhere.example"),
    Story("vrfy-access-text", f"{RULE} rcpt-denied", "VRFY, check_recipient_access REJECT text",
          f"{EHLO} | VRFY user@example.org", keep=["Ask Carol"],
          **recipients("check_recipient_access inline:{{user@example.org=REJECT Ask Carol}}")),
    Story("vrfy-then-mail", "mailbox-unknown", "VRFY, then the message", records=2,
          steps=f"{EHLO} | VRFY nobody@example.org | MAIL FROM:<a@sender.example> | RCPT TO:<nobody@example.org>"),
]

VANISHED = [
    Story("discard-rcpt", "rcpt-denied policy-reject", "check_recipient_access DISCARD", f"{TO} | {MESSAGE}", wire=0, outcome="discarded",
          **recipients("check_recipient_access inline:{user@example.org=DISCARD}")),
    Story("discard-rcpt-text", "rcpt-denied policy-reject", "check_recipient_access DISCARD text", f"{TO} | {MESSAGE}", wire=0, outcome="discarded",
          **recipients("check_recipient_access inline:{{user@example.org=DISCARD into the bin}}")),
    Story("discard-sender", "sender-denied policy-reject", "check_sender_access DISCARD", f"{TO} | {MESSAGE}", wire=0, outcome="discarded",
          **senders("check_sender_access inline:{sender.example=DISCARD}")),
    Story("discard-client", "client-denied policy-reject", "check_client_access DISCARD", f"{TO} | {MESSAGE}", wire=0, outcome="discarded",
          **clients("check_client_access inline:{192.0.2.7=DISCARD}")),
    Story("hold-rcpt", "rcpt-denied policy-reject", "check_recipient_access HOLD", f"{TO} | {MESSAGE}", wire=0, outcome="held",
          **recipients("check_recipient_access inline:{user@example.org=HOLD}")),
    Story("hold-sender", "sender-denied policy-reject", "check_sender_access HOLD text", f"{TO} | {MESSAGE}", wire=0, outcome="held",
          **senders("check_sender_access inline:{{sender.example=HOLD to be looked at}}")),
    Story("policy-discard", "policy-reject rcpt-denied", "check_policy_service DISCARD", f"{to('p-discard@example.org')} | {MESSAGE}",
          wire=0, outcome="discarded", local_recipient_maps="static:x", **recipients(SERVICE)),
    Story("policy-hold", "policy-reject rcpt-denied", "check_policy_service HOLD", f"{to('p-hold@example.org')} | {MESSAGE}",
          wire=0, outcome="held", local_recipient_maps="static:x", **recipients(SERVICE)),
    Story("header-discard", "header-pattern", "header_checks DISCARD", f"{TO} | data Subject: discard\\n\\nx\\n",
          wire=0, outcome="discarded", cleanup_service_name="strict-cleanup"),
    Story("header-hold", "header-pattern", "header_checks HOLD text", f"{TO} | data Subject: hold\\n\\nx\\n",
          wire=0, outcome="held", cleanup_service_name="strict-cleanup"),
    Story("body-discard", "body-pattern", "body_checks DISCARD", f"{TO} | data Subject: x\\n\\ndiscard this\\n",
          wire=0, outcome="discarded", cleanup_service_name="strict-cleanup"),
    Story("filter-discard", "policy-reject", "another filter discards", f"{TO} | {MESSAGE}", wire=0, outcome="discarded",
          smtpd_milters="unix:/srv/other-e-discard.sock"),
    Story("filter-discard-rcpt", "policy-reject rcpt-denied", "another filter discards at RCPT", f"{TO} | {MESSAGE}", wire=0,
          outcome="discarded", smtpd_milters="unix:/srv/other-r-discard.sock"),
    Story("filter-hold", "policy-reject", "another filter holds", f"{TO} | {MESSAGE}", wire=0, outcome="held",
          smtpd_milters="unix:/srv/other-e-hold.sock"),
]
FILTER_SAYS |= {"e-discard": ("E", b"d"), "r-discard": ("R", b"d"), "e-hold": ("E", [b"qbecause\0", b"c"])}

SCREEN = [
    Story("screen-early-ignore", "mailbox-unknown early-talker", "postscreen_greet_action = ignore",
          to("nobody@example.org"), right=["554 5.5.0"],
          early="EHLO client.example\r\n", postscreen_greet_action="ignore", wire=None, **POSTSCREEN),
    Story("screen-denied-drop", "client-denied", "postscreen_denylist_action = drop", "",
          postscreen_access_list="cidr:{{192.0.2.7 reject}}", postscreen_denylist_action="drop", **POSTSCREEN),
    Story("screen-dnsbl-two", "dnsbl-listed", "postscreen_dnsbl_threshold = 2", TO, address="192.0.2.66",
          postscreen_dnsbl_sites="dnsbl.example*2", postscreen_dnsbl_threshold="2",
          postscreen_dnsbl_action="enforce", **POSTSCREEN),
    Story("screen-bare-newline", "bare-newline", "postscreen_bare_newline_action = enforce",
          f"{FROM} | raw RCPT TO:<user@example.org>\\n", postscreen_bare_newline_enable="yes",
          postscreen_bare_newline_action="enforce", **POSTSCREEN),
    Story("screen-bare-newline-drop", "bare-newline", "postscreen_bare_newline_action = drop",
          f"{FROM} | raw RCPT TO:<user@example.org>\\n", postscreen_bare_newline_enable="yes",
          postscreen_bare_newline_action="drop", **POSTSCREEN),
    Story("screen-http", "command-unknown", "postscreen_non_smtp_command_action = drop",
          "raw GET / HTTP/1.0\\r\\n", postscreen_non_smtp_command_enable="yes",
          postscreen_non_smtp_command_action="drop", **POSTSCREEN),
]

STORIES = POLICIES + PROXIES + VERIFIED + FILTERS + TABLES + FOREIGN + VANISHED + SCREEN
