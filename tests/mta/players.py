"""players - how a scenario's client gets into each MTA"""

import re
import subprocess

import scn
import sites
import smtp

# Limits of Postfix that ours come after, and its own relay check.
POSTFIX_OPEN = sites.OPEN | {
    "message_size_limit": "0",
    "cleanup_service_name": "open-cleanup",
    "smtpd_authorized_xclient_hosts": "0.0.0.0/0 [::]/0",
    "smtpd_recipient_limit": "100000",
    "smtpd_hard_error_limit": "100000",
    "smtpd_junk_command_limit": "100000",
    "local_recipient_maps": "",
    "local_header_rewrite_clients": "",
    "virtual_alias_domains": "",
    "relay_recipient_maps": "",
}

SENDMAIL_OPEN = sites.SENDMAIL_OPEN + """
define(`confMAX_HOP', `100000')dnl
define(`confALLOW_BOGUS_HELO', `True')dnl
define(`confBAD_RCPT_THROTTLE', `0')dnl
"""
EVERYBODY = "define(`LUSER_RELAY', `local:root')dnl\n"


class Postfix(scn.Player):
    """By XCLIENT, from loopback."""

    def __init__(self, daemon, mta, statements=()):
        super().__init__(daemon)
        self.mta = mta
        self.options = POSTFIX_OPEN | {"smtpd_milters": daemon.address}
        self.unknown = unknown(statements)
        rows = " ".join(f"{{{r} = 550 5.1.1 User unknown}}" for r in self.unknown)
        if rows:
            self.options["smtpd_recipient_restrictions"] = \
                f"check_recipient_access inline:{{{rows}}}"

    def connect(self, statement):
        options = dict(self.options)
        if statement.get("DAEMON"):
            options["milter_macro_daemon_name"] = statement.get("DAEMON")
        client = smtp.Client(self.mta.listen(**options), "127.0.0.1")
        client.ehlo()
        self.xclient(client, **{
            "ADDR": _literal(statement.words[0]),
            "NAME": self._name(statement),
            "REVERSE_NAME": statement.get("PTR") or statement.get("NAME")
                or "[UNAVAILABLE]",
            "PORT": "40000",
            "DESTADDR": _literal(statement.get("SERVER", "192.0.2.1")),
            "DESTPORT": statement.get("PORT", "25"),
        })
        return client

    @staticmethod
    def _name(statement):
        if statement.get("RESOLVE") == "TEMP":
            return "[TEMPUNAVAIL]"
        return statement.get("NAME", "[UNAVAILABLE]")

    @staticmethod
    def xclient(client, **attributes):
        words = " ".join(f"{k}={v}" for k, v in attributes.items())
        reply = client.command("XCLIENT " + words)
        assert reply.code == 220, reply
        client.greeting = reply

    def log_in(self, login):
        self.xclient(self.client, LOGIN="[UNAVAILABLE]" if login == "-" else login)
        self._command("EHLO " + self.helo)


def unknown(statements):
    """Recipients that the MTA itself refuses, where that is the one reason."""
    rows = [s.words[:2] for s in statements if s.verb == "REFUSED"]
    return [r for r, _ in rows] if all(status == "5.1.1" for _, status in rows) else []


def _address(client):
    """IPv4 in IPv6 clothes comes by IPv4."""
    return re.sub(r"^::ffff:(?=\d+\.)", "", client.words[0])


def _literal(address):
    return f"IPV6:{address}" if ":" in address else address


def _known(recipients):
    """Rules by which all users are known but these; a filter learns only of
    those that no mailbox is found for."""
    rows = "LOCAL_RULE_0\n"
    for recipient in recipients:
        user, domain = recipient.split("@")
        rows += f"R{user} < @ {domain} . > $*\t$#local $: {user}\n"
    return rows + "R$* < @ $=w . > $*\t$#local $: root\n"


class Sendmail(scn.Player):
    """From the client's own address, its name in DNS, its login by AUTH."""

    PASSWORD = "secret"

    def __init__(self, daemon, site, dns, sasl, statements):
        super().__init__(daemon)
        self.sasl = sasl
        clients = [s for s in statements if s.verb == "CLIENT"]
        self.dns = dns
        self.kinds = sorted({self._kind(client) for client in clients})
        self.names = None
        self.unknown = unknown(statements)
        self.site = site(
            lines=SENDMAIL_OPEN + ("" if self.unknown else EVERYBODY),
            rules=_known(self.unknown) if self.unknown else "",
            ports=[self._port(*kind) for kind in self.kinds],
            filters={"saywhy": (daemon.address, "T")},
        )

    @staticmethod
    def _kind(client):
        family = "inet6" if ":" in _address(client) else "inet"
        return client.get("PORT", "25"), client.get("DAEMON", ""), family

    @staticmethod
    def _port(port, daemon, family):
        options = {"filter": "saywhy", "Family": family}
        if port != "25":
            options["Port"] = port
        return options | ({"Name": daemon} if daemon else {})

    def connect(self, statement):
        port = self.site.ports[self.kinds.index(self._kind(statement))]
        address = _address(statement)
        names = {key: {address: statement.get(key)} if statement.get(key) else {}
                 for key in ("NAME", "PTR")}
        if names != self.names:
            self.dns.serve(names["NAME"], names["PTR"])
            self.names = names
        host = statement.get("SERVER") or \
            ("2001:db8::1" if ":" in address else "192.0.2.1")
        return smtp.Client(port, host, address)

    def do_client(self, statement):
        self.place, self.user = statement, "-"
        super().do_client(statement)

    def do_login(self, statement):
        """There is no way to log out, so another user comes anew."""
        if self.client and self.user not in ("-", statement.words[0]):
            self.close()
            self.client, self.user = self.connect(self.place), "-"
        super().do_login(statement)

    def log_in(self, login):
        if login == "-":
            return
        self.user = login
        user, _, realm = login.partition("@")
        subprocess.run(
            [*self.sasl, "-u", realm or "mx.example.org", user],
            input=self.PASSWORD, text=True, check=True,
        )
        reply = self.client.auth(login, self.PASSWORD)
        assert reply.code in (235, 503), (login, reply)

    def finish(self):
        super().finish()
        self.site.stop()  # another scenario may want the same port

    def text_of(self, reply):
        """Without the address that Sendmail puts in front."""
        texts = super().text_of(reply)
        return [re.sub(r"^<[^>]*>\.\.\. ", "", texts[0]), *texts[1:]]
