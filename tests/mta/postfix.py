"""postfix - the machine's Postfix, as a private instance in the box

Configuration, queue and log lie in one folder. Each set of smtpd options gets
a port of its own, so one running Postfix plays every site that a test needs.
All mail that is accepted for delivery is kept in one Maildir.
"""

import os
import pwd
import re
import signal
import subprocess

import process

MASTER = "/usr/lib/postfix/sbin/master"
FIRST_PORT = 20000  # far from 25, 587 and their like, which scenarios want

# What a small site would have; no limit is looser than Postfix's own but
# that clients on loopback are not slowed down.
MAIN_CF = {
    "compatibility_level": "3.6",
    "queue_directory": "{folder}/queue",
    "data_directory": "{folder}/data",
    "maillog_file": "{folder}/mail.log",
    "maillog_file_prefixes": "{folder}",
    # On a busy machine postlogd(8) would end itself, and all others wait.
    "postlogd_watchdog_timeout": "600s",
    "mail_owner": "postfix",
    "myhostname": "mx.example.org",
    "mydestination": "example.org",
    "mynetworks": "127.0.0.0/8 [::1]/128",
    "inet_interfaces": "all",
    "inet_protocols": "all",
    "alias_maps": "",
    "alias_database": "",
    "local_recipient_maps": "inline:{{user=x other=x closed=x}}",
    "virtual_alias_domains": "alias.example.org",
    "virtual_alias_maps": "inline:{{user@alias.example.org=user@example.org}}",
    "virtual_mailbox_domains": "virtual.example.org",
    "virtual_mailbox_maps": "static:inbox/",
    "virtual_mailbox_base": "{folder}/mail",
    "virtual_minimum_uid": "1",
    "virtual_uid_maps": "static:{uid}",
    "virtual_gid_maps": "static:{gid}",
    "relocated_maps": "inline:{{old@example.org=new@elsewhere.example}}",
    "relay_domains": "relay.example.org",
    "relay_recipient_maps": "inline:{{user@relay.example.org=x}}",
    "transport_maps": "inline:{{unverified.example=smtp:[192.0.2.1]:{first}, "
                      "refusing.example=smtp:[192.0.2.1]:26125, "
                      "sink.example=smtp:[127.0.0.1]:26201, "
                      "down.example=smtp:[127.0.0.1]:1}}",
    "local_transport": "virtual",
    "relay_transport": "virtual",
    "default_transport": "virtual",
    "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
    "smtpd_error_sleep_time": "0",
    "in_flow_delay": "0",
    "smtpd_client_connection_count_limit": "0",
    "smtpd_sasl_path": "smtpd",
    "address_verify_poll_delay": "1s",
    "cyrus_sasl_config_path": "{folder}/sasl",
    "smtpd_tls_chain_files": "{folder}/tls.pem",
    "smtpd_tls_session_cache_database": "",
    "smtpd_tls_dh1024_param_file": "auto",
    "milter_connect_timeout": "30s",
    "milter_command_timeout": "60s",
    "milter_content_timeout": "60s",
    "smtpd_milters": "",
    "non_smtpd_milters": "",
}

# Everything that a private Postfix needs; nothing in a chroot, as the
# milter's socket lies outside.
MASTER_CF = """
pickup    unix      n - n 1    1 pickup
cleanup   unix      n - n -    0 cleanup
qmgr      unix      n - n 300  1 qmgr
tlsmgr    unix      - - n 1000 1 tlsmgr
rewrite   unix      - - n -    - trivial-rewrite
bounce    unix      - - n -    0 bounce
defer     unix      - - n -    0 bounce
trace     unix      - - n -    0 bounce
verify    unix      - - n -    1 verify
flush     unix      n - n 1000 0 flush
proxymap  unix      - - n -    - proxymap
smtp      unix      - - n -    - smtp
showq     unix      n - n -    - showq
error     unix      - - n -    - error
retry     unix      - - n -    - error
virtual   unix      - n n -    - virtual
anvil     unix      - - n -    1 anvil
scache    unix      - - n -    1 scache
postlog   unix-dgram n - n -   1 postlogd
smtpd     pass  - - n - -      smtpd
dnsblog   unix  - - n - 0      dnsblog
tlsproxy  unix  - - n - 0      tlsproxy
open-cleanup unix n - n -      0 cleanup
  -o hopcount_limit=100000 -o message_size_limit=0
strict-cleanup unix n - n -    0 cleanup
  -o { header_checks = regexp:{
      {/^Subject: casino/ REJECT} {/^Subject: pills/ REJECT No pills please}
      {/^Subject: discard/ DISCARD} {/^Subject: hold/ HOLD to be looked at}} }
  -o { nested_header_checks = regexp:{{/^Subject: nested/ REJECT No mail in mail}} }
  -o { mime_header_checks = regexp:{
      {/name=.*exe/ REJECT Attachments of type .exe are not accepted}} }
  -o { body_checks = regexp:{{/casino/ REJECT} {/discard this/ DISCARD}} }
  -o { strict_8bitmime = yes }
odd-cleanup unix n - n -      0 cleanup
  -o { header_checks = regexp:{
      {/^X-Mailer: .*pillbox/ REJECT This mailer is not welcome, ask mail@example.org}
      {/^X-Bulk:/ REJECT 5.6.0 Broken bulk mailer, see https://example.org/bulk}
      {/^Subject: warn/ WARN rejected by nobody} {/^Subject: info/ INFO rejected by nobody}
      {/^Subject: redirect/ REDIRECT other@example.org}
      {/^Subject: replace/ REPLACE Subject: rejected} {/^Subject: strip/ STRIP rejected}} }
"""

QUEUE = (
    "active bounce corrupt defer deferred flush hold incoming private saved trace"
)


def version():
    return postconf("-dh", "mail_version")


def postconf(*arguments):
    return subprocess.run(
        ["/usr/sbin/postconf", *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


class Postfix:
    master_command = (MASTER,)
    first_port = FIRST_PORT

    def __init__(self, folder, sasl_db, tls_pem, first_port=None, **main):
        self.folder = folder
        self.first_port = first_port or self.first_port
        self.ports = {}
        self.master = None
        self._make_folders()
        (folder / "sasl").mkdir()
        (folder / "sasl" / "smtpd.conf").write_text(
            "pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
            f"mech_list: PLAIN LOGIN\nsasldb_path: {sasl_db}\n"
        )
        (folder / "tls.pem").write_bytes(tls_pem)
        owner = pwd.getpwnam("postfix")
        known = {
            "folder": folder,
            "uid": owner.pw_uid,
            "gid": owner.pw_gid,
            "first": self.first_port,
        }
        self.main = {k: v.format(**known) for k, v in MAIN_CF.items()} | main
        self._write_main_cf()
        self._port({})
        self._write_master_cf()

    def _make_folders(self):
        """What `postfix set-permissions` makes of a queue folder."""
        queue = self.folder / "queue"
        queue.mkdir(parents=True)
        owner = pwd.getpwnam("postfix")
        drop = os.stat("/usr/sbin/postdrop").st_gid
        for name in QUEUE.split():
            (queue / name).mkdir(mode=0o700)
            os.chown(queue / name, owner.pw_uid, 0)
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            (queue / name).mkdir()
            os.chown(queue / name, owner.pw_uid, drop)
            (queue / name).chmod(mode)
        (queue / "pid").mkdir()
        for name in ("data", "mail"):
            (self.folder / name).mkdir(mode=0o700)
            os.chown(self.folder / name, owner.pw_uid, owner.pw_gid)

    def _port(self, options):
        key = tuple(sorted(options.items()))
        if key not in self.ports:
            self.ports[key] = self.first_port + len(self.ports)
        return self.ports[key]

    def _write_main_cf(self):
        (self.folder / "main.cf").write_text(
            "".join(f"{k} = {v}\n" for k, v in self.main.items())
        )

    def set(self, **main):
        """Other settings for the whole instance."""
        self.main |= main
        self._write_main_cf()
        self.reload()

    def set_and_wait(self, **main):
        """The same, and until nobody is left who decides by the old ones
        where mail goes."""
        before, old = len(self.log()), self._resolvers()
        self.set(**main)
        process.wait_until(lambda: " reload -- " in self.log()[before:], "the reload")
        process.wait_until(lambda: not old & self._resolvers(), "trivial-rewrite's end")

    def _resolvers(self):
        """The processes, by number, that choose transports: a queue manager
        goes on to ask one of before a reload until that one ends."""
        return process.children(self.master.pid, "trivial-rewrit")

    def wait_for_queue(self, condition, seconds=20, times=10):
        """Whether it came true. A queue manager that begins while mail is
        handed in may not hear of it for minutes: it is asked again."""
        for _ in range(times):
            try:
                return process.wait_until(condition, "the queue", seconds)
            except TimeoutError:
                self.reload()
        return condition()

    def _write_master_cf(self):
        services = MASTER_CF
        for options, port in self.ports.items():
            options = dict(options)
            program = options.pop("program", "smtpd")
            most = "1" if program == "postscreen" else "-"
            services += f"{port} inet n - n - {most} {program}\n"
            services += "".join(
                f"  -o {{ {k} = {v} }}\n" for k, v in options.items()
            )
        (self.folder / "master.cf").write_text(services)

    def start(self):
        self.master = subprocess.Popen(
            [*self.master_command, "-c", str(self.folder), "-d"], stderr=subprocess.PIPE
        )
        self._wait_for_ports(self.ports.values())

    def _wait_for_ports(self, ports):
        """A master that cannot have one of its ports ends. Hundreds of ports
        are not all connected to: each would start an smtpd(8)."""
        wanted = set(ports)
        process.wait_until(
            lambda: wanted <= process.listening() or self.master.poll() is not None,
            f"the ports {sorted(wanted - process.listening())}",
        )
        assert self.master.poll() is None, self.log()[-2000:]

    def listen(self, **options):
        """The port where smtpd (or another program=) has these options."""
        return self.listen_all([options])[0]

    def listen_all(self, sites):
        """The same for many sets of options, with one reload."""
        before = set(self.ports.values())
        ports = [self._port(options) for options in sites]
        fresh = set(ports) - before
        if fresh:
            self._write_master_cf()
            self.reload()
            self._wait_for_ports(sorted(fresh))
        return ports

    def reload(self):
        self.master.send_signal(signal.SIGHUP)

    def stop(self):
        process.end(self.master)

    def log(self):
        path = self.folder / "mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def submit(self, message, *recipients, sender="user@example.org"):
        """sendmail(1): mail that comes by no SMTP session."""
        return subprocess.run(
            ["/usr/sbin/sendmail", "-C", str(self.folder), "-i", "-f", sender]
            + list(recipients),
            input=message.encode(),
            capture_output=True,
        )

    def kept(self, marker):
        """The messages that were delivered and hold these words."""
        inbox = self.folder / "mail" / "inbox" / "new"
        if not inbox.exists():
            return []
        messages = [p.read_text(errors="replace") for p in inbox.iterdir()]
        return [m for m in messages if marker in m]

    def wait_for_mail(self, marker):
        return process.wait_until(
            lambda: self.kept(marker), f"mail with {marker!r}"
        )

    def queued(self):
        """Names of the queue files, wherever they wait."""
        found = []
        for name in ("incoming", "active", "deferred", "hold", "maildrop"):
            found += [p.name for p in (self.folder / "queue" / name).rglob("*")
                      if re.fullmatch(r"[0-9A-Za-z]{6,}", p.name)]
        return found
