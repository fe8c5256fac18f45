"""beside - saywhy beside an MTA as `saywhy setup` leaves them, and `watch`

A story is played once. What then counts is the wire (every 4yz and 5yz reply
of the dialogue) against the records: those of the session, live, and those
that `saywhy watch` adds from what the log gained.
"""

import json
import subprocess

import process
import smtp

CONF = """\
name = "mx.example.org"
contact = "postmaster@example.org"
page = "https://mx.example.org/why/{{id}}"
mode = enforce
listen = "unix:{folder}/milter.sock"
listen-mode = "0666"
reply-map = "unix:{folder}/reply.sock"
policy-service = "unix:{folder}/policy.sock"
control = "unix:{folder}/control.sock"
user = "nobody"
syslog = no
record-file = "{folder}/records.json"
store = "{folder}/records.db"
"""

RELAY = "permit_mynetworks, permit_sasl_authenticated, {service}, defer_unauth_destination"


def start(saywhyd, conf=CONF):
    """A daemon with every door, and a store for watch to look into."""
    daemon = saywhyd()
    daemon.stop()
    daemon.record_file.unlink(missing_ok=True)
    daemon.conf.write_text(conf.format(folder=daemon.folder))
    return daemon.start()


def tell_submission(daemon, ports):
    """Where people hand in mail, as an admin says it who has other ports."""
    if ports:
        numbers = ", ".join(map(str, [465, 587, *ports]))
        with open(daemon.conf, "a") as conf:
            conf.write(f"auth {{ submission-ports = {{{numbers}}} }}\n")
        daemon.reload()


def site(daemon, story, version):
    """The story's own settings, and ours as setup would have put them."""
    ours = dict(story.site)
    others = ours.get("smtpd_milters", "")
    if ours.get("program") == "postscreen":
        others = ""
    filter_ = (f"{{ {daemon.address}, default_action=tempfail, connect_timeout=10s, "
               "command_timeout=30s, content_timeout=60s }")
    parts = (others, filter_) if story.before else (filter_, others)
    ours["smtpd_milters"] = ", ".join(part for part in parts if part)
    name = "filter" if version >= (3, 11) else "footer"
    ours[f"smtpd_reject_{name}_maps"] = f"socketmap:unix:{daemon.folder}/reply.sock:{name}"
    if name == "footer":
        ours["postscreen_reject_footer_maps"] = ""
    service = (f"check_policy_service {{ unix:{daemon.folder}/policy.sock, timeout=10s, "
               "default_action=DUNNO }")
    ours.setdefault("smtpd_relay_restrictions", RELAY.format(service=service))
    return ours


class Played:
    """A story and all that came of it."""

    def __init__(self, story):
        self.story = story
        self.wire, self.live, self.logged = [], [], []
        self.asked = []  # what each reply on the wire answers
        self.last, self.log, self.ids = None, "", []

    @property
    def records(self):
        return self.live + self.logged


def play(story, port):
    """All refusals of the dialogue in order, and the last reply."""
    played, client = Played(story), None
    try:
        client = smtp.Client(port, story.host, story.address, early=story.early)
        played.last = smtp.play(client, story.dialogue)
        _quit(client)
    except (smtp.Closed, OSError) as end:
        played.closed = str(end)  # itself it would keep the client alive
    if client:
        client.close()
        smtp.note_asked(client, "QUIT")
        refused = [(reply, line) for reply, line in zip(client.received, client.asked)
                   if not reply.ok]
        played.wire = [reply for reply, _ in refused]
        played.asked = [line for _, line in refused]
    return played


def _quit(client):
    """Whatever is still on its way is read, too."""
    client.sock.settimeout(2)
    client.send("QUIT\r\n")
    while client.reply().code != 221:
        pass


def watch(build, conf, log, *options):
    done = subprocess.run(
        [build / "saywhy", "watch", "-c", conf, "--once", *options, "-"],
        input=log.encode(errors="replace"), capture_output=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def add_watched(build, daemon, played, plain_conf):
    """What watch adds beside the store, given to the stories it belongs to."""
    stored = lambda: subprocess.run(
        [build / "saywhy", "find", "-c", daemon.conf, "--json", "--limit", "0"],
        capture_output=True).stdout.count(b"\n")
    process.wait_until(lambda: stored() >= len(daemon.records()), "the store")
    for one in played:
        one.ids = [r["id"] for r in watch(build, plain_conf, one.log, "--print")]
    added = watch(build, daemon.conf, "".join(one.log for one in played), "--print")
    owner = {id_: one for one in played for id_ in one.ids}
    for record in added:
        if record["id"] in owner:
            owner[record["id"]].logged.append(record)
