"""bench_adopted - Postfix with restrictions of its own, alone and adopted

No DNS on either side: a table of clients, one of senders, HELO names, relaying.
What `saywhy setup --adopt --apply` sets is measured as a whole (filter, reply map
and policy service), and its policy service alone. What a filter costs Postfix in
any case is shown by those that do nothing, beside the restrictions alone. A mail is
done when it is delivered: none is left for the next to pay for. The CPU is that of
all of Postfix and of the filter, which a busy machine changes less than the clock.
"""

import json
import os
import pathlib
import subprocess
import time

import process
from postfix import Postfix

RESTRICTIONS = {
    "smtpd_client_restrictions": "permit_mynetworks, check_client_access cidr:{folder}/clients",
    "smtpd_helo_restrictions": "reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname",
    "smtpd_sender_restrictions":
        "check_sender_access texthash:{folder}/senders, reject_non_fqdn_sender",
    "smtpd_relay_restrictions":
        "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination",
}
CONF = """\
name = "mx.example.org"
mode = enforce
syslog = no
user = "nobody"
max-sessions = 5000
listen = "unix:{folder}/adopted.milter"
listen-mode = "0666"
reply-map = "unix:{folder}/adopted.map"
policy-service = "unix:{folder}/adopted.policy"
control = "unix:{folder}/adopted.ctl"
record-file = "{folder}/adopted.json"
auth {{
	spf = no
	spf-helo = no
	dkim = no
	dmarc = no
	results = no
	rdns-lookup = no
	helo-lookup = no
	sender-domain = no
}}
"""
OURS = ("smtpd_milters", "smtpd_reject_footer_maps", "smtpd_reject_filter_maps")
CLASSES = ("smtpd_restriction_classes", "saywhy_helo", "saywhy_sender", "saywhy_rcpt")


class Port:
    """One set of options of smtpd, and the filter that it asks."""

    def __init__(self, name, number, filter_pid):
        self.name, self.number, self.filter_pid = name, number, filter_pid


def _values(folder):
    shown = subprocess.run(["postconf", "-c", folder, *RESTRICTIONS, *OURS, *CLASSES],
                           capture_output=True, text=True).stdout
    return dict(map(str.strip, line.split("=", 1)) for line in shown.splitlines())


def _adopt(build, postfix, folder):
    """What the command makes of the site: the settings of main.cf."""
    site = folder / "adopted-site"
    site.mkdir()
    (site / "queue").mkdir()
    main = postfix.main | {"queue_directory": f"{site}/queue"}
    del main["maillog_file"]
    (site / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in main.items()))
    (site / "master.cf").write_text("smtp inet n - n - - smtpd\n")
    subprocess.run([build / "saywhy", "setup", "--adopt", "--apply", "--postfix", site,
                    "-c", folder / "adopted.saywhy.conf"],
                   check=True, stdout=subprocess.DEVNULL)
    return _values(site)


def _only_policy(settings, before):
    return {k: before.get(k, "") if k in OURS else v for k, v in settings.items()}


def _negotiated(build, address):
    """What the filter asks of a mail server."""
    done = subprocess.run([build / "load", "--json", "--messages", "10", address],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["negotiated"]


def rate(build, folder, in_turn, mails, nothing):
    """Mails a second: its restrictions, the policy service before them, all of it.
    nothing(name, folder[, negotiated]): a filter that does nothing."""
    (folder / "clients").write_text("198.51.100.0/24 REJECT\n203.0.113.0/24 OK\n")
    (folder / "senders").write_text(
        "".join(f"bad{n}@sender.example REJECT\n" for n in range(1000)))
    own = {k: v.format(folder=folder) for k, v in RESTRICTIONS.items()}
    conf = folder / "adopted.saywhy.conf"
    conf.write_text(CONF.format(folder=folder))
    daemon = subprocess.Popen([build / "saywhyd", "-c", conf], stderr=subprocess.DEVNULL)
    process.wait_until(lambda: process.listens_at(folder / "adopted.milter"), "saywhyd")
    idle = [nothing("adopted, every step", folder)]
    postfix = Postfix(
        folder / "adopted-postfix", "none", b"", smtpd_tls_chain_files="",
        inet_interfaces="127.0.0.1", local_transport="discard:", mynetworks="192.0.2.0/24",
        mydestination="rcpt.example", local_recipient_maps="",
        smtpd_client_connection_rate_limit="0", **own)
    try:
        settings = _adopt(build, postfix, folder)
        idle.append(nothing("adopted, same steps", folder,
                            _negotiated(build, f"unix:{folder}/adopted.milter")))
        ports = {"restrictions alone": postfix._port({"syslog_name": "alone"}),
                 "nothing, every step": postfix._port({"smtpd_milters": idle[0].address}),
                 "nothing, same steps": postfix._port({"smtpd_milters": idle[1].address}),
                 "policy service first": postfix._port(_only_policy(settings, {})),
                 "all that setup sets": postfix._port(settings)}
        postfix._write_master_cf()
        with open(postfix.folder / "master.cf", "a") as master:
            master.write("discard unix - - n - - discard\n")
        postfix.start()
        pids = {"nothing, every step": idle[0].process.pid,
                "nothing, same steps": idle[1].process.pid}
        return in_turn([Port(name, number, pids.get(name, daemon.pid))
                        for name, number in ports.items()],
                       lambda port: _measure(postfix, port, mails))
    finally:
        if postfix.master:
            postfix.stop()
        process.end(daemon)
        for filter_ in idle:
            filter_.stop()


def _ticks(pid):
    """Parent; CPU of the process itself; with that of its children that ended."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0, 0
    own = int(fields[11]) + int(fields[12])
    return int(fields[1]), own, own + int(fields[13]) + int(fields[14])


def _cpu(postfix, filter_pid):
    """Seconds of the filter, the master, and all whom it has and had."""
    master = postfix.master.pid
    ticks = _ticks(filter_pid)[1] + _ticks(master)[2]
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        parent, own, _ = _ticks(path.name)
        ticks += own if parent == master else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _is_delivered(postfix):
    return not any(any((postfix.folder / "queue" / name).iterdir())
                   for name in ("incoming", "active"))


def _measure(postfix, port, mails):
    cpu, began = _cpu(postfix, port.filter_pid), time.monotonic()
    subprocess.run(
        ["/usr/sbin/smtp-source", "-s", "16", "-m", str(mails), "-l", "2000",
         "-M", "client.example", "-f", "a@sender.example", "-t", "u@rcpt.example",
         f"127.0.0.1:{port.number}"], check=True)
    process.wait_until(lambda: _is_delivered(postfix), "the queue")
    seconds = time.monotonic() - began
    return {"per_second": mails / seconds,
            "cpu_us": 1e6 * (_cpu(postfix, port.filter_pid) - cpu) / mails}
