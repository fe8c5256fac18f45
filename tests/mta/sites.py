"""sites - both MTAs with a filter, so wide open that the filter is heard

The MTA's own relay check and its checks of names are out of the way: what is
refused is refused by the filter. Only ever inside the box.
"""

import smtp

OPEN = {
    "smtpd_relay_restrictions": "check_client_access static:OK, reject",
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_tls_security_level": "may",
}

SENDMAIL_OPEN = """
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
"""


def behind_postfix(mta, daemon, **options):
    """A function that connects a client to Postfix with this filter."""
    port = mta.listen(**({"smtpd_milters": daemon.address} | OPEN | options))

    def connect(address="192.0.2.7", **more):
        host = "2001:db8::1" if address and ":" in address else "192.0.2.1"
        return smtp.Client(port, more.pop("host", host), address, **more)

    return connect


def behind_sendmail(site, daemon, **options):
    """The same for Sendmail; Sendmail ends with the test run."""
    running = site(
        lines=SENDMAIL_OPEN, ports=[{"filter": "saywhy"}] + options.pop("ports", []),
        filters={"saywhy": (daemon.address, "T")}, **options,
    )

    def connect(address="192.0.2.7", **more):
        return smtp.Client(running.ports[0], more.pop("host", "192.0.2.1"), address, **more)

    connect.site = running
    return connect
