"""postfix_stories_rare - what few sites do, each with its true cause

Rules that put off, lists with words of their own, answers of policy servers and
proxies that are seldom seen, filters that fall silent, limits, postscreen(8)'s
own demands; and rules that only note something, of which nobody is refused.
"""

from postfix_stories import (EHLO, FROM, LOGIN, OPEN, OWNED, POSTSCREEN, SASL, TO, clients,
                             helos, recipients, sender, senders, to)
from postfix_stories_others import MESSAGE, RULE, SERVICE
from replies import Story

NOBODY_REFUSED = {"wire": 0, "records": 0}

RULES = [
    Story("put-off-bare", "rcpt-denied policy-reject", "check_recipient_access DEFER_IF_PERMIT",
          TO, never=["fault", "seen before"],
          **recipients("check_recipient_access inline:{user@example.org=DEFER_IF_PERMIT}")),
    Story("put-off-if-refused", "client-denied policy-reject mailbox-unknown",
          "check_client_access DEFER_IF_REJECT, an unknown user", to("nobody@example.org"),
          never=["fault"], **clients("check_client_access inline:{192.0.2.7=DEFER_IF_REJECT}")),
    Story("put-off-review", "sender-denied policy-reject unrecognised",
          "check_sender_access DEFER_IF_PERMIT text", TO, keep=["https://example.org/review"],
          **senders("check_sender_access inline:{{sender.example=DEFER_IF_PERMIT "
                    "Your domain is under review, see https://example.org/review}}")),
    Story("dnsbl-own-link", "dnsbl-listed", "default_rbl_reply with a link", TO,
          address="192.0.2.66", keep=["https://bl.example/q?ip=192.0.2.66"],
          default_rbl_reply="$rbl_code 5.7.1 Refused: $rbl_what is on list $rbl_domain. "
                            "Delist at https://bl.example/q?ip=$client_address",
          **clients("reject_rbl_client dnsbl.example")),
    Story("dnsbl-421", "dnsbl-listed", "maps_rbl_reject_code = 421", TO, address="192.0.2.66",
          right=["421 4.7.0", "421 4.7.1"], maps_rbl_reject_code="421",
          **clients("reject_rbl_client dnsbl.example")),
    Story("reverse-client-access", "client-denied", "check_reverse_client_hostname_access REJECT",
          TO, **clients("check_reverse_client_hostname_access inline:{client.example=REJECT}")),
    Story("helo-address-access", "helo-denied", "check_helo_a_access REJECT text", TO,
          keep=["Your address range"],
          **helos("check_helo_a_access inline:{{192.0.2.7=REJECT Your address range is closed}}")),
    Story("relay-mx-backup", "relay-denied", "permit_mx_backup, reject_unauth_destination",
          to("b@elsewhere.example"),
          smtpd_relay_restrictions="permit_mx_backup, reject_unauth_destination"),
    Story("relay-soft-bounce", "relay-denied", "soft_bounce, reject_unauth_destination",
          to("b@elsewhere.example"), soft_bounce="yes",
          smtpd_relay_restrictions="reject_unauth_destination"),
    # X.1.0, as of sender-unlisted.
    Story("sender-unlisted-alias", "sender-unverified", "reject_unlisted_sender, virtual alias",
          sender("nobody@alias.example.org"), right=["550 5.1.0"],
          **senders("reject_unlisted_sender")),
    Story("sender-unlisted-relay", "sender-unverified", "smtpd_reject_unlisted_sender, relay",
          sender("nobody@relay.example.org"), right=["550 5.1.0"],
          smtpd_reject_unlisted_sender="yes"),
    Story("known-login-mismatch", "sender-login-mismatch", "reject_known_sender_login_mismatch",
          f"{LOGIN} | MAIL FROM:<boss@example.org> | RCPT TO:<user@example.org>",
          **SASL, **OWNED, **senders("reject_known_sender_login_mismatch")),
    Story("sender-no-brackets", "sender-syntax syntax", "strict_rfc821_envelopes",
          f"{EHLO} | MAIL FROM:a@sender.example", strict_rfc821_envelopes="yes"),
    Story("rcpt-no-domain", "rcpt-syntax", "RCPT TO:<user@>", to("user@")),
]

NOTED = [
    Story("noted-warn", RULE, "check_recipient_access WARN text", TO, **NOBODY_REFUSED,
          **recipients("check_recipient_access inline:{{user@example.org=WARN looks odd}}")),
    Story("noted-info", RULE, "check_recipient_access INFO text", TO, **NOBODY_REFUSED,
          **recipients("check_recipient_access inline:{{user@example.org=INFO rejected elsewhere}}")),
    Story("noted-redirect", RULE, "check_recipient_access REDIRECT", f"{TO} | {MESSAGE}",
          **NOBODY_REFUSED,
          **recipients("check_recipient_access inline:{{user@example.org=REDIRECT other@example.org}}")),
    Story("noted-prepend", RULE, "check_client_access PREPEND", f"{TO} | {MESSAGE}",
          **NOBODY_REFUSED,
          **clients("check_client_access inline:{{192.0.2.7=PREPEND X-Spam: rejected}}")),
    Story("noted-http", RULE, "smtpd_forbidden_commands", "GET / HTTP/1.0", **NOBODY_REFUSED),
    *(Story(f"noted-header-{verb}", RULE, f"header_checks {verb.upper()}",
            f"{TO} | data Subject: {verb} this\\n\\nx\\n", **NOBODY_REFUSED,
            cleanup_service_name="odd-cleanup")
      for verb in ("warn", "info", "redirect", "replace", "strip")),
]

CONTENT = [
    Story("header-folded", "header-pattern policy-reject unrecognised", "header_checks, a folded field",
          f"{TO} | data X-Mailer: a\\n\\tpillbox 3.1\\n\\nx\\n", keep=["mail@example.org"],
          cleanup_service_name="odd-cleanup"),
    Story("header-status", f"{RULE} header-pattern message-malformed",
          "header_checks REJECT with a status", f"{TO} | data X-Bulk: yes\\n\\nx\\n",
          keep=["https://example.org/bulk"], right=["550 5.6.0", "554 5.6.0"],
          cleanup_service_name="odd-cleanup"),
    Story("size-chunk", "message-too-large", "a chunk over message_size_limit",
          f"{TO} | bdat Subject: x\\r\\n\\r\\n" + "x" * 990 + "\\r\\n" + "y" * 990 + "\\r\\n",
          message_size_limit="1000"),
    Story("storage-full-no-size", "storage-full", "queue_minfree, no SIZE", FROM,
          queue_minfree="1000000000000000"),
]

LIMITS = [
    Story("timeout-data", "session-timeout", "smtpd_timeout = 1s in the message",
          f"{TO} | DATA | wait", smtpd_timeout="1s"),
    Story("timeout-deadline", "session-timeout", "smtpd_per_request_deadline",
          f"{EHLO} | raw MAIL FR", smtpd_timeout="1s", smtpd_per_request_deadline="yes"),
    # Each command was answered well: nothing in them tells what was wrong.
    Story("junk-commands", "rate-limited policy-reject syntax", "smtpd_junk_command_limit",
          f"{EHLO} | repeat 6 NOOP", never=["tell what was wrong"],
          smtpd_junk_command_limit="1", smtpd_hard_error_limit="2"),
]

POLICIES = [
    Story(f"policy-{name}", RULE, f"check_policy_service, {name}", to(f"p-{name}@example.org"),
          **NOBODY_REFUSED, local_recipient_maps="static:x", **recipients(SERVICE))
    for name in ("warn", "prepend")]
VERIFIED = [
    Story("verify-rcpt-grey", "mailbox-unverified", "reject_unverified_recipient, a greylist there",
          to("v-grey@sink.example"), never=["seen before"],
          **OPEN, **recipients("reject_unverified_recipient")),
    Story("verify-sender-grey", "sender-unverified", "reject_unverified_sender, a greylist there",
          sender("v-grey@sink.example"), never=["seen before"],
          **senders("reject_unverified_sender")),
    Story("verify-rcpt-down", "mailbox-unverified host-unreachable",
          "reject_unverified_recipient, no server there", to("a@down.example"),
          **OPEN, **recipients("reject_unverified_recipient")),
]

SILENT = "{ unix:/srv/silent.sock, connect_timeout=1s, command_timeout=1s }"
FILTERS = [
    Story(f"filter-{'before' if before else 'after'}-silent", "filter-error",
          "another filter that never answers", FROM, before=before, smtpd_milters=SILENT)
    for before in (False, True)]

SCREEN = [
    Story("screen-tls", "tls-required", "postscreen_tls_security_level = encrypt", FROM,
          postscreen_pipelining_enable="yes", postscreen_tls_security_level="encrypt",
          **POSTSCREEN),
    Story("screen-helo", "helo-missing", "postscreen_helo_required",
          "MAIL FROM:<a@sender.example>", postscreen_pipelining_enable="yes",
          postscreen_helo_required="yes", **POSTSCREEN),
    Story("screen-timeout", "session-timeout", "postscreen_command_time_limit = 1s",
          f"{EHLO} | wait", postscreen_pipelining_enable="yes",
          postscreen_command_time_limit="1s", **POSTSCREEN),
    Story("screen-dnsbl-other-name", "dnsbl-listed", "postscreen_dnsbl_reply_map", TO,
          address="192.0.2.66", postscreen_dnsbl_sites="dnsbl.example",
          postscreen_dnsbl_reply_map="static:the-lists.example",
          postscreen_dnsbl_action="enforce", **POSTSCREEN),
]

STORIES = RULES + NOTED + CONTENT + LIMITS + POLICIES + VERIFIED + FILTERS + SCREEN
