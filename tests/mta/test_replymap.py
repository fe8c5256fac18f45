"""The MTA's own replies, with our words, and one record each.

Postfix 3.7 asks for a footer, 3.11 for the whole reply.
"""

import socket
import time

import pytest

import milter
import process
import saywhyd as saywhyd_module
import smtp

FROM = "EHLO client.example\nMAIL FROM:<a@sender.example>"
RELAY = f"{FROM}\nRCPT TO:<b@elsewhere.example>"
UNKNOWN = f"{FROM}\nRCPT TO:<missing@example.org>"

DOORS = """
reply-map = "unix:{folder}/reply.sock"
policy-service = "unix:{folder}/policy.sock"
"""


def start(saywhyd, more="", mode="enforce", doors=DOORS):
    """A filter with every door, configured once its folder is known."""
    daemon = saywhyd(mode=mode)
    daemon.stop()
    daemon.configure(doors.format(folder=daemon.folder) + more, mode)
    return daemon.start()


def site(daemon, *maps, **options):
    settings = {"smtpd_milters": daemon.address}
    for name in maps:
        settings[f"smtpd_reject_{name}_maps"] = (
            f"socketmap:unix:{daemon.folder}/reply.sock:{name}")
    return settings | options


def play(port, dialogue):
    with smtp.Client(port, address="192.0.2.7") as client:
        return smtp.play(client, dialogue)


def since(daemon, before):
    """New records, without those of clients that only looked at a port."""
    return [r for r in daemon.records()[before:] if r["reply"]["code"] != 421]


def recorded(record):
    """The record's reply as it goes over the wire."""
    reply = record["reply"]
    words = [f"{reply['status']} {line}" if reply.get("status") else line
             for line in reply["lines"]]
    return [f"{reply['code']}{'-' if i + 1 < len(words) else ' '}{line}"
            for i, line in enumerate(words)]


@pytest.fixture(params=["footer", "filter"])
def mapped(request):
    """The MTA that has this map, and the map."""
    mta = "postfix" if request.param == "footer" else "postfix311"
    return request.getfixturevalue(mta), request.param


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return start(saywhyd)


@pytest.fixture(scope="module")
def permanent(saywhyd):
    return start(saywhyd, 'make-permanent = {"relay-denied"}')


def test_unknown_user_in_our_lines(postfix311, daemon):
    reply = play(postfix311.listen(**site(daemon, "filter")), UNKNOWN)
    id_ = saywhyd_module.id_of(reply)
    assert reply.lines == [
        "550-5.1.1 No mailbox missing@example.org was found here.",
        "550-5.1.1 It was not delivered. Check the address for typing mistakes, "
        "or ask the recipient for the right one.",
        f"550 5.1.1 https://mx.example.org/why/{id_}",
    ]
    record = daemon.record(reply)
    assert record["issuer"] == "mta"
    assert record["reason"] == "mailbox-unknown"
    assert record["was"] == {
        "code": 550, "status": "5.1.1",
        "lines": ["<missing@example.org>: Recipient address rejected: "
                  "User unknown in local recipient table"]}


def test_unknown_user_with_a_footer(postfix, daemon):
    reply = play(postfix.listen(**site(daemon, "footer")), UNKNOWN)
    assert reply.lines[0] == (
        "550-5.1.1 <missing@example.org>: Recipient address rejected: "
        "User unknown in local recipient table")
    assert len(reply.lines) == 4
    assert daemon.record(reply)["reason"] == "mailbox-unknown"


@pytest.mark.parametrize("dialogue", [UNKNOWN, RELAY])
def test_one_refusal_one_record(mapped, daemon, dialogue):
    """Whoever refused is recorded, with the facts of the session."""
    mta, name = mapped
    before = len(daemon.records())
    reply = play(mta.listen(**site(daemon, name)), dialogue)
    [record] = since(daemon, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert recorded(record) == reply.lines
    assert record["client"]["address"] == "192.0.2.7"
    assert record["sender"] == "a@sender.example"
    assert record["recipients"] == [dialogue.rpartition("<")[2].rstrip(">")]
    assert "joined" not in record


def test_relaying_is_deferred_as_before(postfix311, daemon):
    reply = play(postfix311.listen(**site(daemon, "filter")), RELAY)
    assert (reply.code, reply.status) == (450, "4.7.0")
    assert "Relaying denied" in reply.texts[0]


def test_relaying_is_refused_for_good(postfix311, permanent):
    reply = play(postfix311.listen(**site(permanent, "filter")), RELAY)
    assert (reply.code, reply.status) == (550, "5.7.1")
    record = permanent.record(reply)
    assert record["outcome"] == "reject"
    assert (record["was"]["code"], record["was"]["status"]) == (454, "4.7.1")
    assert record["client"]["address"] == "192.0.2.7"


def test_footer_never_changes_the_class(postfix, permanent):
    reply = play(postfix.listen(**site(permanent, "footer")), RELAY)
    assert (reply.code, reply.status) == (454, "4.7.1")


def test_both_maps_say_it_once(postfix311, daemon):
    reply = play(postfix311.listen(**site(daemon, "filter", "footer")), UNKNOWN)
    assert len(reply.lines) == 3


@pytest.mark.parametrize("line", ["NONSENSE", "MAIL", "RCPT TO:<user@example.org>"])
def test_noise_is_left_alone(mapped, daemon, line):
    mta, name = mapped
    before = len(daemon.records())
    stock = play(mta.listen(), f"EHLO client.example\n{line}")
    reply = play(mta.listen(**site(daemon, name)), f"EHLO client.example\n{line}")
    assert reply.raw == stock.raw
    [record] = since(daemon, before)
    assert recorded(record) == reply.lines
    assert "was" not in record


@pytest.mark.parametrize("line, reason", [
    ("MAIL FROM:<a b@sender.example>", "sender-syntax"),
    ("MAIL FROM:<a@sender.example>\nRCPT TO:<b c@example.org>", "rcpt-syntax")])
def test_mistakes_of_people_are_told(mapped, daemon, line, reason):
    mta, name = mapped
    reply = play(mta.listen(**site(daemon, name)), f"EHLO client.example\n{line}")
    assert reply.code == 501
    record = daemon.record(reply)
    assert record["reason"] == reason
    assert record["stage"] == {"sender-syntax": "mail", "rcpt-syntax": "rcpt"}[reason]


def test_an_id_in_an_address_makes_no_reply_ours(mapped, daemon):
    """Who was refused has one, and may send it."""
    mta, kind = mapped
    port = mta.listen(**site(daemon, kind))
    id_ = saywhyd_module.id_of(play(port, UNKNOWN))
    reply = play(port, f"{FROM}\nRCPT TO:<{id_}@example.org>")
    assert saywhyd_module.id_of(reply) != id_
    assert daemon.record(reply)["recipients"] == [f"{id_}@example.org"]


def test_what_follows_from_a_refusal_is_none(mapped, daemon):
    """DATA of a client that does not wait for the answer to RCPT."""
    mta, name = mapped
    before = len(daemon.records())
    with smtp.Client(mta.listen(**site(daemon, name)), address="192.0.2.7") as client:
        client.ehlo()
        replies = client.pipeline("MAIL FROM:<a@sender.example>",
                                  "RCPT TO:<missing@example.org>", "DATA")
    assert [reply.code for reply in replies] == [250, 550, 554]
    assert replies[2].lines == ["554 5.5.1 Error: no valid recipients"]
    [record] = since(daemon, before)
    assert record["reason"] == "mailbox-unknown"


def test_who_was_to_get_a_message(mapped, daemon, box):
    """After the dot others may refuse what we let pass."""
    mta, name = mapped
    other = milter.Watcher(box / f"dot-{name}.sock", {"E": b"y550 5.7.1 No pets\0"})
    settings = site(daemon, name)
    settings["smtpd_milters"] += f", {other.address}"
    reply = play(mta.listen(**settings), f"{FROM}\nRCPT TO:<user@example.org>\n"
                 "RCPT TO:<missing@example.org>\nRCPT TO:<other@example.org>\n"
                 "data Subject: x\\n\\nx\\n")
    other.stop()
    assert reply.code == 550
    record = daemon.record(reply)
    assert record["issuer"] == "milter"
    assert record["stage"] == "message"
    assert record["sender"] == "a@sender.example"
    assert record["recipients"] == ["user@example.org", "other@example.org"]
    assert record["queue_id"]


def test_our_own_replies_are_left_alone(mapped, daemon):
    mta, name = mapped
    before = len(daemon.records())
    reply = play(
        mta.listen(**site(daemon, name)),
        f"{FROM}\nRCPT TO:<closed@example.org>")
    assert len(reply.lines) == 3
    [record] = since(daemon, before)
    assert record["issuer"] == "saywhy"
    assert recorded(record) == reply.lines


OTHER = {
    "one-line": b"y550 5.7.1 No pets in this house\0",
    "many-lines": b"y550-5.7.1 No pets\r\n550-5.7.1 in $this house,\r\n"
                  b"550 5.7.1 100%% sure\\n\0",
    "known": b"y550 5.7.1 Service unavailable; client [192.0.2.7] blocked using "
             b"dnsbl.example\0",
}


@pytest.mark.parametrize("words", OTHER)
def test_another_filter(mapped, daemon, box, words):
    mta, name = mapped
    other = milter.Watcher(box / f"other-{words}-{name}.sock", {"R": OTHER[words]})
    settings = site(daemon, name)
    settings["smtpd_milters"] += f", {other.address}"
    before = len(daemon.records())
    reply = play(mta.listen(**settings), f"{FROM}\nRCPT TO:<user@example.org>")
    other.stop()
    [record] = since(daemon, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert recorded(record) == reply.lines
    assert record["client"]["address"] == "192.0.2.7"
    if words != "known":
        stock = OTHER[words][1:-1].replace(b"%%", b"%").decode().split("\r\n")
        assert [line[4:] for line in reply.lines[:len(stock)]] == [
            line[4:] for line in stock]


def test_observe_says_nothing(mapped, saywhyd):
    mta, name = mapped
    daemon = start(saywhyd, mode="observe")
    stock = play(mta.listen(), UNKNOWN)
    reply = play(mta.listen(**site(daemon, name)), UNKNOWN)
    assert reply.raw == stock.raw
    [record] = since(daemon, 0)
    assert recorded(record) == reply.lines
    assert "was" not in record


def test_without_a_filter_nothing_is_joined(mapped, daemon):
    mta, name = mapped
    before = len(daemon.records())
    settings = site(daemon, name) | {"smtpd_milters": ""}
    reply = play(mta.listen(**settings), UNKNOWN)
    [record] = since(daemon, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert record["joined"] is False
    assert record["client"] == {}
    assert "unknown is" not in str(reply)


@pytest.fixture(scope="module")
def over_tcp(saywhyd):
    """Every door on loopback: the system does not tell who asks."""
    daemon = start(saywhyd, doors="")
    daemon.stop()
    conf = daemon.conf.read_text().replace(
        f'listen = "unix:{daemon.folder}/milter.sock"',
        'listen = "inet:7101@127.0.0.1"\nreply-map = "inet:7102@127.0.0.1"\n'
        'policy-service = "inet:7103@127.0.0.1"')
    daemon.conf.write_text(conf)
    daemon.listens = lambda: process.listens(7101)
    daemon.start()
    daemon.address = "inet:127.0.0.1:7101"
    return daemon


@pytest.mark.parametrize("dialogue", [UNKNOWN, RELAY])
def test_over_tcp(mapped, over_tcp, dialogue):
    mta, name = mapped
    port = mta.listen(**site(over_tcp, name) | {
        f"smtpd_reject_{name}_maps": f"socketmap:inet:127.0.0.1:7102:{name}"})
    before = len(over_tcp.records())
    reply = play(port, dialogue)
    [record] = since(over_tcp, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert recorded(record) == reply.lines
    assert "joined" not in record
    assert record["client"]["address"] == "192.0.2.7"


def test_over_tcp_with_the_service(postfix, over_tcp):
    service = "check_policy_service inet:127.0.0.1:7103"
    port = postfix.listen(
        smtpd_milters=over_tcp.address,
        smtpd_reject_footer_maps="socketmap:inet:127.0.0.1:7102:footer",
        smtpd_relay_restrictions=f"{service}, reject_unauth_destination")
    before = len(over_tcp.records())
    reply = play(port, RELAY)
    [record] = since(over_tcp, before)
    assert record["issuer"] == "saywhy"
    assert recorded(record) == reply.lines


def test_over_tcp_nothing_is_guessed(postfix, over_tcp):
    """What no event foretold has no session."""
    port = postfix.listen(
        smtpd_milters=over_tcp.address,
        smtpd_reject_footer_maps="socketmap:inet:127.0.0.1:7102:footer")
    before = len(over_tcp.records())
    reply = play(port, "EHLO client.example\nMAIL FROM:<a@sender.example> SIZE=99999999999")
    assert reply.code == 552
    [record] = [r for r in since(over_tcp, before) if r["reply"]["code"] == 552]
    assert record["joined"] is False and record["client"] == {}


@pytest.mark.parametrize("line", [
    "VRFY missing@example.org", "MAIL FROM:<a@sender.example> SIZE=99999999999"])
def test_the_session_is_up_to_date(mapped, saywhyd, line):
    """However long its checks wait, who it was is recorded."""
    mta, name = mapped
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        daemon = start(saywhyd, "step-timeout = \"1 s\"\n"
                       "dns { servers = {\"127.0.0.1:%d\"} }" % silent.getsockname()[1])
        port = mta.listen(**site(daemon, name))
        before = len(daemon.records())
        with smtp.Client(port, address="192.0.2.7") as client:
            client.ehlo()
            reply = client.command(line)
        [record] = since(daemon, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert recorded(record) == reply.lines
    assert record["client"]["address"] == "192.0.2.7"
    assert record["helo"] == "client.example"
    assert "joined" not in record
