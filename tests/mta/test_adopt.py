"""What main.cf refuses, taken over: the same decisions, accurate codes and words.

Postfix 3.7 and older cannot have a reply changed, but saywhy can speak first.
`saywhy setup --adopt` reads the restrictions; the same dialogues are played to
Postfix alone and to Postfix with saywhy in front.
"""

import datetime
import json
import subprocess
import time

import pytest

import adopted as adopted_site
import beside
import others
import process
import replies
import saywhyd as saywhyd_module
import smtp
from test_replymap import start
from test_truth_adopted import no_check  # noqa: F401, a fixture

RESTRICTIONS = {
    "smtpd_helo_restrictions":
        "permit_mynetworks, reject_invalid_helo_hostname, "
        "reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname",
    "smtpd_sender_restrictions":
        "reject_non_fqdn_sender, reject_unknown_sender_domain, "
        "check_sender_access texthash:{senders}, reject_rhsbl_sender rhsbl.example",
    "smtpd_client_restrictions":
        "permit_mynetworks, check_client_access cidr:{clients}, "
        "reject_rbl_client dnsbl.example",
    "smtpd_relay_restrictions":
        "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
}
SENDERS = "blocked@sender.example REJECT Your account owes us, call 4711\n"
CLIENTS = "198.51.100.128/25 REJECT\n203.0.113.0/24 OK\n"

# client, HELO, sender, recipient; what Postfix says alone; code and status with
# saywhy, and its reason (None: it is let pass by both)
GOOD = ("192.0.2.7", "client.example", "a@sender.example", "user@example.org")


def row(**other):
    names = ("client", "helo", "sender", "rcpt")
    return tuple(other.get(n, v) for n, v in zip(names, GOOD))


STORIES = [
    (row(), 250, 250, None, None),
    (row(sender=""), 250, 250, None, None),
    (row(rcpt="b@elsewhere.example"), 454, 550, "5.7.1", "relay-denied"),
    (row(helo="bad_name!"), 501, 501, "5.5.4", "helo-syntax"),
    (row(helo="short"), 504, 501, "5.5.4", "helo-not-fqdn"),
    (row(helo="nowhere.invalid"), 450, 550, "5.7.1", "helo-unresolvable"),
    (row(sender="a@nowhere.invalid"), 450, 550, "5.1.8", "sender-domain-nonexistent"),
    (row(sender="a@short"), 504, 553, "5.1.7", "sender-not-fqdn"),
    (row(sender="blocked@sender.example"), 554, 550, "5.7.1", "sender-denied"),
    (row(client="198.51.100.200"), 554, 550, "5.7.1", "client-denied"),
    (row(client="192.0.2.66", helo="listed.example"), 554, 550, "5.7.1",
     "dnsbl-listed"),
    (row(client="203.0.113.2", helo="client.example"), 250, 250, None, None),
    (row(sender="a@listed.example"), 554, 550, "5.7.1", "domain-listed"),
]


@pytest.fixture(scope="module")
def tables(box):
    folder = box / "adopt"
    folder.mkdir()
    (folder / "senders").write_text(SENDERS)
    (folder / "clients").write_text(CLIENTS)
    return folder


@pytest.fixture(scope="module")
def restrictions(tables):
    return {key: value.format(senders=tables / "senders", clients=tables / "clients")
            for key, value in RESTRICTIONS.items()}


@pytest.fixture(scope="module")
def alone(postfix, restrictions):
    return postfix.listen(**restrictions)


@pytest.fixture(scope="module")
def adopted(postfix, restrictions, tables, saywhyd):
    """The same site with what saywhy made of it, and saywhy in front."""
    daemon = start(saywhyd)
    folder = tables / "postfix"
    folder.mkdir()
    (folder / "main.cf").write_text("compatibility_level = 3.6\n" + "".join(
        f"{key} = {value}\n" for key, value in restrictions.items()))
    (folder / "master.cf").write_text("smtp inet n - n - - smtpd\n")
    done = subprocess.run(
        [daemon.tool, "setup", "--adopt", "--postfix", folder, "-c", daemon.conf],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    fragment = done.stdout[:done.stdout.index("restrictions are taken over")]
    assert "0 stay Postfix's" in done.stdout, done.stdout
    (daemon.folder / "adopted.conf").write_text(
        fragment[:fragment.rindex("}") + 1] + "\n")
    with open(daemon.conf, "a") as conf:
        conf.write('include("adopted.conf")\n')
    assert not daemon.mistakes()
    daemon.stop()
    daemon.start()
    service = ("check_policy_service {{ unix:{folder}/policy.sock, timeout=10s, "
               "default_action=DUNNO, policy_context={about} }}, ")
    settings = {key: service.format(folder=daemon.folder, about=key.split("_")[1]) + value
                for key, value in restrictions.items()}
    settings["smtpd_milters"] = daemon.address
    settings["smtpd_reject_footer_maps"] = (
        f"socketmap:unix:{daemon.folder}/reply.sock:footer")
    daemon.port = postfix.listen(**settings)
    process.wait_until(  # a list is used once its test entries have answered
        lambda: all(l.get("healthy", l.get("well")) for l in json.loads(daemon.run_tool(
            "status", "--json", "-c", daemon.conf).stdout)["dns-lists"]),
        "the lists")
    return daemon


def play(port, story):
    client, helo, sender, rcpt = story
    with smtp.Client(port, address=client) as session:
        session.command(f"EHLO {helo}")
        session.command(f"MAIL FROM:<{sender}>")
        return session.command(f"RCPT TO:<{rcpt}>")


@pytest.mark.parametrize("story, stock, code, status, reason", STORIES,
                         ids=[f"{s[4]}-{i}" for i, s in enumerate(STORIES)])
def test_same_decision_accurate_code(alone, adopted, story, stock, code, status, reason):
    before = play(alone, story)
    assert before.code == stock, before
    records = len(adopted.records())
    reply = play(adopted.port, story)
    assert reply.code == code, reply
    assert reply.ok == before.ok
    if reason is None:
        return
    assert reply.status == status, reply
    [record] = process.wait_until(lambda: adopted.records()[records:], "the record")
    assert record["reason"] == reason
    if code // 10 != 50:  # those the reply map leaves alone (pass-replies)
        assert record["id"] == saywhyd_module.id_of(reply)
    assert record["issuer"] == "saywhy"


def looked_up(daemon, story):
    """What the record says of this story's refusal."""
    before = len(daemon.records())
    play(daemon.port, story)
    return json.dumps(daemon.records()[before:])


def loaded_after(daemon, path):
    """Seconds from a file's last change to its load, as status has it."""
    shown = json.loads(daemon.run_tool("status", "--json", "-c", daemon.conf).stdout)
    [loaded] = {one["loaded"] for one in shown["lists"]
                if one["list"].endswith(path.name) and "permit" not in one["list"]}
    return datetime.datetime.fromisoformat(
        loaded.replace("Z", "+00:00")).timestamp() - path.stat().st_mtime


def logged_to_the_end(postfix, before=0, sessions=0):
    """Its log from there on, with so many sessions, when all that it tells of are over
    and it rests: a client has its answers before postlogd(8) has the lines."""
    def whole():
        log = postfix.log()[before:]
        over = log.count(": disconnect from ")
        if over < sessions or log.count(": connect from ") != over:
            return None
        time.sleep(0.5)
        return log if postfix.log()[before:] == log else None

    return process.wait_until(whole, "the log")


def test_against_a_log(postfix, alone, adopted, tables):
    """Each refusal of Postfix is played to the policy, and nothing is written."""
    before = len(logged_to_the_end(postfix))
    for story, *_ in STORIES:
        play(alone, story)
    log = logged_to_the_end(postfix, before, len(STORIES))
    assert log.count(": disconnect from ") == len(STORIES)
    (tables / "mail.log").write_text(log)
    conf = adopted.conf.read_bytes()
    done = subprocess.run(
        [adopted.tool, "setup", "--adopt", "--postfix", tables / "postfix", "-c",
         adopted.conf, "--against", tables / "mail.log"],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    refused = sum(reason is not None for *_, reason in STORIES)
    assert f"{refused} refusals of Postfix: {refused} would be saywhy's, 0 stay" in done.stdout
    assert "deliveries: 0 would be refused" in done.stdout
    shown = " ".join(done.stdout.split())
    assert "then 454 4.7.1 <b@elsewhere.example>: Relay access denied now 550 5.7.1" in shown
    assert "then 504 5.5.2 <a@short>" in shown and "now 553 5.1.7" in shown
    assert adopted.conf.read_bytes() == conf


def test_against_what_was_delivered(adopted, tables):
    """Mail that came in and would be refused is named, and stops --apply."""
    (tables / "taken.log").write_text(
        "Nov 24 18:32:15 mx postfix/smtpd[1]: 3F00A1: client=x.example[198.51.100.66]\n"
        "Nov 24 18:32:15 mx postfix/qmgr[2]: 3F00A1: from=<a@sender.example>, size=1, "
        "nrcpt=1 (queue active)\n"
        "Nov 24 18:32:16 mx postfix/local[3]: 3F00A1: to=<user@example.org>, relay=local, "
        "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to mailbox)\n")
    conf = adopted.conf.read_bytes()
    done = subprocess.run(
        [adopted.tool, "setup", "--adopt", "--apply", "--postfix", tables / "postfix",
         "-c", adopted.conf, "--against", tables / "taken.log"],
        capture_output=True, text=True)
    assert "1 deliveries: 1 would be refused" in done.stdout, done.stdout
    assert done.returncode == 69 and "nothing is written" in done.stderr
    assert adopted.conf.read_bytes() == conf


def list_failures(daemon):
    shown = json.loads(daemon.run_tool("status", "--json", "-c", daemon.conf).stdout)
    return {one["list"].rpartition("/")[2]: one.get("failure") for one in shown["lists"]}


def test_a_table_that_changes(postfix, adopted, tables):
    """It is in use within two seconds; one that breaks keeps its last good state."""
    story = row(sender="new@sender.example")
    blocked = row(sender="blocked@sender.example")
    assert play(adopted.port, story).ok
    (tables / "senders").write_text(SENDERS + "new@sender.example REJECT\n")
    written = time.monotonic()
    process.wait_until(lambda: "new@sender.example" in looked_up(adopted, story),
                       "the new entry")
    # Two seconds on a machine at rest; what saywhyd says of the load counts.
    assert loaded_after(adopted, tables / "senders") <= 20 or time.monotonic() - written <= 20
    (tables / "senders").unlink()
    process.wait_until(lambda: list_failures(adopted)["senders"], "the failure in status")
    assert "No such file" in list_failures(adopted)["senders"]
    for still in (blocked, story):  # nothing is loosened
        assert "sender-denied" in looked_up(adopted, still)
    (tables / "senders").write_text(SENDERS)
    postfix.reload()  # whose processes know no table that was away when they began
    process.wait_until(lambda: not list_failures(adopted)["senders"], "the table again")


def test_what_passes_goes_on_passing(adopted):
    for i in range(20):
        assert play(adopted.port, row(sender=f"a{i}@sender.example")).ok


def test_what_was_adopted_is_read_at_once(adopted, tables):
    """saywhyd is asked to read it, and setup waits until it has."""
    before = json.loads(adopted.run_tool(
        "status", "--json", "-c", adopted.conf).stdout)["reload"]["time"]
    done = subprocess.run(
        [adopted.tool, "setup", "--adopt", "--apply", "--postfix", tables / "postfix",
         "-c", adopted.conf], capture_output=True, text=True)
    assert "saywhyd has read it; mode = enforce" in done.stdout, done.stdout + done.stderr
    after = json.loads(adopted.run_tool(
        "status", "--json", "-c", adopted.conf).stdout)["reload"]
    assert after["time"] != before and after["good"]
    assert not play(adopted.port, row(sender="blocked@sender.example")).ok


def mode(daemon):
    shown = json.loads(daemon.run_tool("status", "--json", "-c", daemon.conf).stdout)
    return shown["mode"], shown.get("enforce-after")


def test_observed_then_enforced(adopted, tables):
    """--observe-for: saywhyd knows when, nobody has to come back."""
    setup = [adopted.tool, "setup", "--adopt", "--postfix", tables / "postfix",
             "-c", adopted.conf]
    for words in (["--observe-for", "2h"], ["--apply", "--observe-for", "soon"]):
        done = subprocess.run([*setup, *words], capture_output=True, text=True)
        assert done.returncode == 64, done.stderr
    blocked = row(sender="blocked@sender.example")
    before = len(adopted.records())
    subprocess.run([*setup, "--apply", "--observe-for", "2h"], capture_output=True)
    assert mode(adopted)[0] == "observe" and mode(adopted)[1]
    assert "until 2" in adopted.run_tool("status", "-c", adopted.conf).stdout
    assert play(adopted.port, blocked).status != "5.7.1" or \
        "account owes" in str(play(adopted.port, blocked))  # Postfix alone says it
    outcomes = {r["outcome"] for r in adopted.records()[before:] if r["issuer"] == "saywhy"}
    assert outcomes <= {"observed"}
    subprocess.run([*setup, "--apply"], capture_output=True)  # the time stays
    file = adopted.folder / "adopted.conf"
    text = file.read_text()
    assert text.count("enforce-after") == 1
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    head, _, _ = text.partition("enforce-after")
    file.write_text(f'{head}enforce-after = "{soon:%Y-%m-%dT%H:%M:%SZ}"\n')
    adopted.reload()
    process.wait_until(lambda: mode(adopted) == ("enforce", None), "the time to come")
    reply = play(adopted.port, blocked)
    assert (reply.code, reply.status) == (550, "5.7.1")


def test_own_lines_win(adopted):
    """What is said later in saywhy.conf counts, and check tells both places."""
    assert 'reason "helo-not-fqdn"' in (adopted.folder / "adopted.conf").read_text()
    before = adopted.conf.read_bytes()
    with open(adopted.conf, "a") as conf:
        conf.write('reason "helo-not-fqdn" { action = note }\n')
    try:
        assert not adopted.mistakes()
        said = adopted.run_tool("check", "-c", adopted.conf)
        assert 'reason "helo-not-fqdn": does not count, for it is set in' in " ".join(
            (said.stderr + said.stdout).split())
        adopted.reload()
        # Of the two reasons the one that is left: helo-unresolvable.
        assert play(adopted.port, row(helo="short")).code == 550
    finally:
        adopted.conf.write_bytes(before)
        adopted.reload()


ASKED = {
    "smtpd_sender_restrictions": "check_sender_access socketmap:inet:127.0.0.1:10093:senders, "
                                 "reject_unknown_sender_domain",
    "smtpd_helo_restrictions": "reject_non_fqdn_helo_hostname",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
}


def test_a_table_that_can_only_be_asked(postfix, saywhyd, box, no_check):  # noqa: F811
    """It stays Postfix's, with what stands behind it, and the output says how."""
    server = others.table_server(10093, {
        "bad@sender.example": "REJECT Your account owes us", "known@nowhere.invalid": "OK",
        "late@sender.example": "450 4.2.1 Try on Monday"})
    daemon = beside.start(saywhyd)
    made = adopted_site.Adopted(daemon, postfix, replies.Story("asked", "", "", "", **ASKED),
                                box / "asked")
    assert made.good, made.said
    said = " ".join(made.said.split())
    assert "senders stays Postfix's (550 5.7.1, or as the table says): it can only be asked" in said
    assert "reject_unknown_sender_domain stays Postfix's (550 5.1.8)" in said
    alone = postfix.listen(**ASKED)
    port = postfix.listen(**made.site())
    made.use(daemon, port)
    for sender, code, status, words in (
            ("bad@sender.example", 550, "5.7.1", "Your account owes us"),
            ("late@sender.example", 450, "4.2.1", "Try on Monday"),
            ("other@nowhere.invalid", 550, "5.1.8", "Domain not found"),
            ("known@nowhere.invalid", 250, "2.1.5", "Ok"), ("a@sender.example", 250, "2.1.5", "Ok")):
        before, reply = play(alone, row(sender=sender)), play(port, row(sender=sender))
        assert before.ok == reply.ok, reply
        assert (reply.code, reply.status) == (code, status), reply
        assert words in str(reply.texts)
        assert reply.ok or len(reply.lines) > 1, reply  # ours behind it
    assert play(port, row(helo="short")).status == "5.5.4"  # what is adopted all the same
    server.shutdown()
    server.server_close()


OWN_PORT = {
    "smtpd_sender_restrictions": "reject_unknown_sender_domain",
    "smtpd_helo_restrictions": "reject_non_fqdn_helo_hostname",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
}


def test_a_port_with_restrictions_of_its_own(postfix, saywhyd, box, no_check, monkeypatch):  # noqa: F811
    """What main.cf refuses is taken where master.cf says otherwise, and by saywhy, too."""
    monkeypatch.setattr(adopted_site, "MASTER_CF", adopted_site.MASTER_CF +
                        "10099 inet n - n - - smtpd\n  -o { smtpd_sender_restrictions = }\n"
                        "  -o mynetworks=198.51.100.0/24\n")
    daemon = beside.start(saywhyd)
    made = adopted_site.Adopted(daemon, postfix, replies.Story("port", "", "", "", **OWN_PORT),
                                box / "port")
    assert made.good, made.said
    assert "10099 has mynetworks, smtpd_sender_restrictions of its own" in " ".join(
        made.said.split())
    port = postfix.listen(**made.site())
    own = postfix.listen(**made.site() | {"smtpd_sender_restrictions": "",
                                          "mynetworks": "198.51.100.0/24"})
    [name] = made.files
    made.files[name] = made.files[name].replace("ports = {10099}", f"ports = {{{own}}}")
    made.use(daemon, port)
    nowhere = row(sender="a@nowhere.invalid")
    there = row(client="198.51.100.7", rcpt="b@elsewhere.example")
    assert play(port, nowhere).status == "5.1.8" and play(port, there).status == "5.7.1"
    assert play(own, nowhere).ok and play(own, there).ok
    reply = play(own, row(rcpt="b@elsewhere.example"))
    assert not reply.ok and "Relay access denied" in reply.texts[0]  # Postfix's own


ONCE = {
    "smtpd_helo_restrictions": "reject_non_fqdn_helo_hostname",
    "smtpd_sender_restrictions": "reject_unknown_sender_domain, "
                                 "check_sender_access texthash:{senders}",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
}


def questions(daemon):
    shown = json.loads(daemon.run_tool("status", "--json", "-c", daemon.conf).stdout)
    return shown["policy-service"]["queries"]


@pytest.fixture(scope="module")
def once(postfix, saywhyd, box, tables, no_check):  # noqa: F811
    """A site as the command itself leaves it."""
    daemon = beside.start(saywhyd)
    own = {k: v.format(senders=tables / "senders") for k, v in ONCE.items()}
    made = adopted_site.Adopted(daemon, postfix, replies.Story("once", "", "", "", **own),
                                box / "once")
    assert made.good, made.said
    daemon.port = postfix.listen(**made.site())
    made.use(daemon, daemon.port)
    return daemon


def test_one_question_a_recipient(once):
    before = questions(once)
    with smtp.Client(once.port, address="192.0.2.7") as session:
        session.command("EHLO client.example")
        session.command("MAIL FROM:<a@sender.example>")
        for rcpt in ("user", "other", "closed"):
            session.command(f"RCPT TO:<{rcpt}@example.org>")
    assert questions(once) == before + 3


@pytest.mark.parametrize("story, code, status, front", [
    (row(helo="short"), 501, "5.5.4", "Helo command rejected"),
    (row(sender="a@nowhere.invalid"), 550, "5.1.8", "Sender address rejected"),
    (row(sender="blocked@sender.example"), 550, "5.7.1", "Sender address rejected"),
    (row(rcpt="b@elsewhere.example"), 550, "5.7.1", "Recipient address rejected"),
], ids=["helo", "sender", "table", "relay"])
def test_each_list_has_its_own_words_in_front(once, story, code, status, front):
    """Answered in the client's list, said in that which it is about, and recorded once."""
    records, before = len(once.records()), questions(once)
    reply = play(once.port, story)
    assert (reply.code, reply.status) == (code, status), reply
    assert front in reply.texts[0]
    [record] = process.wait_until(lambda: once.records()[records:], "the record")
    assert record["issuer"] == "saywhy"
    assert questions(once) == before + 1
    assert play(once.port, row()).ok  # nothing is left for the next session
