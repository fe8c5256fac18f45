"""outgoing_stories - what other servers say to our mail, and what fails on the way

A story tells what the far side does, and what our record must say: the reasons
that count as right (the first is the true cause), who must act, the outcome.
Who acts: "us" who send, "them" who run the recipient's server, "sender",
"recipient", or "nobody" (time alone heals it).
"""

from far import Far


class Story:
    """One domain, `name`.out.example, with a mail server of its own.

    says: command → reply, as Far has it. policy: the row of
    smtp_tls_policy_maps. dns: what differs there ("servfail", "nxdomain",
    "nullmx", "no-address", "address-servfail", "refused"), tlsa: "right",
    "wrong", "unusable", "servfail", None. cert: whose certificate the server
    shows: "right", "other" (another name), "self" (signed by nobody), "old".
    least: the version of Postfix that knows this. taken: it is delivered.
    keep: words that must stand in the record.
    """

    def __init__(self, name, reason, actor, outcome="bounced", issuer="remote", says=(),
                 policy=None, dns=None, tlsa=None, cert=None, tls=None, insecure=False,
                 stage=None, least=(0,), taken=False, keep=()):
        self.name, self.reason, self.actor = name, reason.split(), actor.split()
        self.outcome, self.issuer, self.says = outcome, issuer, dict(says)
        self.policy, self.dns, self.tlsa, self.cert = policy, dns, tlsa, cert
        self.tls, self.insecure, self.stage = tls, insecure, stage
        self.least, self.taken, self.keep = least, taken, keep

    @property
    def domain(self):
        return f"{self.name}.{'open' if self.insecure else 'out'}.example"

    def far(self, certificates):
        pem = None
        host = f"mx.{self.domain}"
        if self.cert:
            pem = {"right": lambda: certificates.make(host),
                   "other": lambda: certificates.make("somebody-else.example"),
                   "self": lambda: certificates.make(host, signed=False),
                   "old": lambda: certificates.make(host, days=-1)}[self.cert]()
        return Far(self.says, pem, self.tls)

    def __repr__(self):
        return self.name


def said(name, reason, actor, verb, reply, outcome=None, stage=None, keep=()):
    """The far server refuses at a command."""
    stages = {"": "connect", "EHLO": "helo", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data",
              ".": "message"}
    says = {verb: reply}
    if verb == "EHLO":
        says["HELO"] = reply
    outcome = outcome or ("deferred" if reply[0] == "4" else "bounced")
    return Story(name, reason, actor, outcome, says=says, stage=stage or stages[verb], keep=keep)


REMOTE = [
    # Before our server has said anything
    said("greet-554", "client-denied policy-reject", "them", "",
         "554 mx.far.example ESMTP not accepting messages", "deferred"),
    said("greet-554-list", "dnsbl-listed", "us", "",
         "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; "
         "https://www.spamhaus.org/query/ip/192.0.2.1", "deferred", keep=["192.0.2.1"]),
    said("greet-421-busy", "system-overloaded", "nobody", "",
         "421 4.3.2 mx.far.example Service not available, try again later"),
    said("greet-421-connections", "too-many-connections", "nobody", "",
         "421 4.7.0 mx.far.example Error: too many connections from 192.0.2.1"),
    said("greet-450-rdns", "rdns-missing rdns-mismatch", "us", "",
         "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]"),
    said("ehlo-550", "helo-unresolvable helo-denied helo-syntax", "us them", "EHLO",
         "550 5.7.1 Helo command rejected: Host not found", stage="connect"),
    # In reply to MAIL
    said("mail-spf", "spf-fail", "us", "MAIL",
         "550 5.7.23 SPF fail: 192.0.2.1 is not allowed to send mail for example.org"),
    said("mail-domain", "sender-domain-nonexistent", "us", "MAIL",
         "450 4.1.8 <user@example.org>: Sender address rejected: Domain not found"),
    said("mail-denied", "sender-denied", "them", "MAIL",
         "550 5.7.1 <user@example.org>: Sender address rejected: Access denied"),
    said("mail-size", "message-too-large", "sender", "MAIL",
         "552 5.3.4 Message size exceeds fixed limit"),
    said("mail-auth", "auth-required", "sender us", "MAIL",
         "530 5.7.0 Authentication required"),
    said("mail-tls", "tls-required", "us sender", "MAIL",
         "530 5.7.0 Must issue a STARTTLS command first", "bounced deferred"),
    said("mail-callback", "sender-unverified", "us", "MAIL",
         "550 5.1.8 <user@example.org>: Sender address rejected: undeliverable address: "
         "host mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown"),
    said("mail-storage", "storage-full", "them", "MAIL", "452 4.3.1 Insufficient system storage"),
    # In reply to RCPT
    said("rcpt-unknown", "mailbox-unknown", "sender", "RCPT",
         "550 5.1.1 <a@rcpt-unknown.out.example>: Recipient address rejected: "
         "User unknown in local recipient table"),
    said("rcpt-unknown-google", "mailbox-unknown", "sender", "RCPT",
         "550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
         "550-5.1.1 double-checking the recipient's email address for typos or\n"
         "550 5.1.1 unnecessary spaces. For more information, go to https://help.example/1 - gsmtp"),
    said("rcpt-unknown-exchange", "mailbox-unknown", "sender", "RCPT",
         "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@x.example not found by SMTP "
         "address lookup"),
    said("rcpt-full", "mailbox-full", "recipient", "RCPT", "452 4.2.2 The mailbox is full"),
    said("rcpt-full-good", "mailbox-full", "recipient", "RCPT", "552 5.2.2 Mailbox over quota"),
    said("rcpt-disabled", "mailbox-disabled", "recipient them", "RCPT",
         "550 5.2.1 The email account that you tried to reach is disabled."),
    said("rcpt-moved", "mailbox-moved", "sender", "RCPT",
         "551 5.1.6 User has moved to new@elsewhere.example", keep=["new@elsewhere.example"]),
    said("rcpt-relay", "relay-denied", "sender", "RCPT", "554 5.7.1 <a@x>: Relay access denied"),
    said("rcpt-grey", "greylisted", "nobody", "RCPT",
         "450 4.7.1 <a@x>: Recipient address rejected: Greylisted, please try again in 300 seconds"),
    said("rcpt-list", "dnsbl-listed", "us", "RCPT",
         "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.spamcop.net; "
         "Blocked - see https://www.spamcop.net/bl.shtml?192.0.2.1", keep=["bl.spamcop.net"]),
    said("rcpt-rhsbl", "domain-listed", "us", "RCPT",
         "554 5.7.1 Service unavailable; Sender address [user@example.org] blocked using "
         "dbl.spamhaus.org", keep=["dbl.spamhaus.org"]),
    said("rcpt-rate", "mailbox-rate", "nobody", "RCPT",
         "450 4.2.1 The user you are trying to contact is receiving mail too quickly. "
         "Please resend your message at a later time."),
    said("rcpt-many", "too-many-recipients", "nobody", "RCPT", "452 4.5.3 Too many recipients"),
    said("rcpt-nomail", "null-mx-recipient", "sender", "RCPT",
         "556 5.1.10 Recipient address has null MX"),
    said("rcpt-denied", "rcpt-denied", "them", "RCPT",
         "550 5.7.1 <a@x>: Recipient address rejected: Access denied"),
    said("rcpt-list-members", "list-posting-denied", "sender", "RCPT",
         "550 5.7.2 Only members may post to this list"),
    said("rcpt-busy", "filter-error config-error system-overloaded scanner-unavailable", "them nobody",
         "RCPT", "451 4.3.0 <a@x>: Temporary lookup failure"),
    said("rcpt-german", "mailbox-unknown", "sender", "RCPT", "550 5.1.1 Empfaenger unbekannt"),
    # DATA, and after the dot
    said("data-policy", "policy-reject unrecognised", "them", "DATA",
         "554 5.7.1 Data command rejected: Access denied"),
    said("data-valid", "no-valid-recipients", "sender", "DATA", "554 5.5.1 Error: no valid recipients"),
    said("dot-spam", "spam-content", "sender", ".",
         "550 5.7.1 This message looks like spam and was rejected"),
    said("dot-virus", "virus-found", "sender", ".",
         "550 5.7.0 Message rejected: virus Eicar-Test-Signature found",
         keep=["Eicar-Test-Signature"]),
    said("dot-dmarc", "dmarc-reject", "us", ".",
         "550-5.7.26 Unauthenticated email from example.org is not accepted due to\n"
         "550 5.7.26 domain's DMARC policy. Please contact the administrator of example.org"),
    said("dot-dkim", "dkim-none-valid", "us", ".",
         "550 5.7.20 No passing DKIM signature found"),
    said("dot-noauth", "no-auth several-auth-failed", "us", ".",
         "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n"
         "550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\n"
         "550 5.7.26  SPF [example.org] with ip: [192.0.2.1] = did not pass - gsmtp"),
    said("dot-size", "message-too-large", "sender", ".", "552 5.3.4 Message too big"),
    said("dot-loop", "mail-loop", "them", ".", "554 5.4.6 Too many hops"),
    said("dot-file", "attachment-banned", "sender", ".",
         "552-5.7.0 This message was blocked because its content presents a potential\n"
         "552 5.7.0 security issue: attachment invoice.exe is not allowed"),
    said("dot-url", "url-listed", "sender", ".",
         "550 5.7.1 Message contains a URL listed by SURBL: bad.example", keep=["bad.example"]),
    said("dot-flood", "mail-flood rate-limited", "us nobody", ".",
         "421 4.7.28 Our system has detected an unusual rate of unsolicited mail from your IP"),
    said("dot-disk", "storage-full", "them", ".", "452 4.3.1 Out of disk space, try later"),
    said("dot-scanner", "scanner-unavailable filter-error", "them", ".",
         "451 4.3.0 Virus scanner unavailable, try again later"),
    said("dot-8bit", "eightbit-not-supported", "us", ".",
         "554 5.6.3 improper use of 8-bit data in message body"),
]


def tls(name, reason, actor, policy, cert="right", outcome="deferred", **more):
    return Story(name, reason, actor, outcome, "mta", policy=policy, cert=cert, **more)


TLS = [
    # Nobody offers it
    tls("encrypt-none", "tls-not-offered", "them", "encrypt", cert=None),
    tls("verify-none", "tls-not-offered", "them", "verify", cert=None),
    tls("dane-none", "tls-not-offered", "them", "dane", cert=None, tlsa="3-1-1"),
    # It does not come about
    tls("encrypt-refused", "tls-not-offered", "them", "encrypt",
        says={"STARTTLS": "454 4.7.0 TLS not available due to local problem"}),
    tls("encrypt-broken", "tls-failed", "us", "encrypt", tls="broken"),
    tls("may-broken", "tls-failed", "us", "may", tls="broken"),  # and then without
    tls("encrypt-weak", "tls-failed", "us", "encrypt protocols=TLSv1", cert="right"),
    # The certificate is another one than is wanted
    tls("verify-other", "tls-certificate", "them", "verify", cert="other"),
    tls("verify-self", "tls-certificate", "them", "verify", cert="self"),
    tls("secure-other", "tls-certificate", "them", "secure", cert="other"),
    tls("secure-old", "tls-certificate", "them", "secure", cert="old"),
    tls("fingerprint-other", "tls-certificate", "them", "fingerprint match=" + ":".join(["00"] * 32)),
    # DANE
    tls("dane-wrong", "tls-certificate", "them", "dane", tlsa="wrong"),
    tls("dane-servfail", "tlsa-lookup-failed", "nobody them", "dane", tlsa="servfail"),
    tls("dane-only-absent", "tlsa-missing", "us", "dane-only"),
    tls("dane-only-unusable", "tlsa-missing", "us", "dane-only", tlsa="unusable"),
    tls("dane-only-insecure", "tlsa-missing", "us", "dane-only", tlsa="right", insecure=True),
    # MTA-STS, as a policy server tells of it
    tls("sts-other-host", "mta-sts-failed", "them", "secure match=mx.sts-other-host.out.example "
        "policy_type=sts policy_domain=sts-other-host.out.example mx_host_pattern=mail.another.example",
        least=(3, 11)),
    tls("sts-other-name", "tls-certificate mta-sts-failed", "them",
        "secure match=mx.sts-other-name.out.example policy_type=sts "
        "policy_domain=sts-other-name.out.example mx_host_pattern=mx.sts-other-name.out.example",
        cert="other", least=(3, 10)),
    # What passes: the wrong certificate is no matter to those who only want to encrypt.
    tls("may-none", "", "", "may", cert=None, taken=True),
    tls("may-self", "", "", "may", cert="self", taken=True),
    tls("encrypt-old", "", "", "encrypt", cert="old", taken=True),
    tls("verify-right", "", "", "verify", taken=True),
    tls("secure-right", "", "", "secure match=nexthop:dot-nexthop", taken=True),
    tls("fingerprint-right", "", "", "fingerprint", taken=True),
    tls("dane-right", "", "", "dane-only", tlsa="right", cert="self", taken=True),
    tls("dane-absent", "", "", "dane", taken=True),
    tls("dane-unusable", "", "", "dane", tlsa="unusable", taken=True),
]

DNS = [
    Story("mx-servfail", "rcpt-domain-lookup-failed", "nobody", "deferred", "mta", dns="servfail"),
    Story("nxdomain", "rcpt-domain-nonexistent", "sender", "bounced", "mta", dns="nxdomain"),
    Story("nullmx", "null-mx-recipient", "sender", "bounced", "mta", dns="nullmx"),
    Story("no-address", "no-route rcpt-domain-nonexistent", "them sender", "bounced", "mta",
          dns="no-address"),
    Story("address-servfail", "rcpt-domain-lookup-failed", "nobody", "deferred", "mta",
          dns="address-servfail"),
    Story("refused", "host-unreachable", "nobody them", "deferred", "mta", dns="refused"),
    Story("hangs-up", "session-timeout", "nobody", "deferred", "mta", says={"": None}),
    Story("loop", "mail-loop", "us them", "bounced", "mta", dns="loop"),
]

STORIES = REMOTE + TLS + DNS
