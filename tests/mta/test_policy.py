"""The policy service: our words before the MTA's, and one record each."""

import socket
import time

import pytest

import process
import saywhyd as saywhyd_module
import smtp
from test_replymap import FROM, RELAY, play, since, site, start, recorded

SERVICE = ("check_policy_service {{ unix:{folder}/policy.sock, timeout=10s, "
           "default_action=DUNNO }}")
STOCK = {"smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated, "
                                     "{service}, defer_unauth_destination"}


def asked(daemon, *maps, **options):
    """The site of a small admin, our service ahead of the last restriction."""
    service = SERVICE.format(folder=daemon.folder)
    settings = site(daemon, *maps) | {
        key: value.format(service=service) for key, value in STOCK.items()}
    return settings | options


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return start(saywhyd)


@pytest.fixture(params=["footer", "filter"])
def mapped(request):
    mta = "postfix" if request.param == "footer" else "postfix311"
    return request.getfixturevalue(mta), request.param


def test_relaying_is_refused_for_good(postfix, daemon):
    """Stock 3.7 says 454 4.7.1, and senders try for days."""
    port = postfix.listen(**asked(daemon, "footer"))
    before = len(daemon.records())
    reply = play(port, RELAY)
    assert (reply.code, reply.status) == (550, "5.7.1")
    assert reply.texts[0].startswith(
        "<b@elsewhere.example>: Recipient address rejected: Relaying denied: "
        "192.0.2.7 may not send through mx.example.org to elsewhere.example.")
    assert len(reply.lines) == 3
    [record] = since(daemon, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert record["issuer"] == "saywhy"
    assert record["check"] == "relay_denied"
    assert recorded(record) == reply.lines


def test_one_refusal_one_record(mapped, daemon):
    mta, name = mapped
    port = mta.listen(**asked(daemon, name))
    before = len(daemon.records())
    with smtp.Client(port, address="192.0.2.7") as client:
        replies = [smtp.play(client, RELAY)]
        for rcpt in ("c@elsewhere.example", "d@elsewhere.example",
                     "d@elsewhere.example", "missing@example.org"):
            replies.append(client.command(f"RCPT TO:<{rcpt}>"))
    records = {r["id"]: r for r in since(daemon, before)}
    assert len(records) == len(replies)
    for reply in replies:
        record = records[saywhyd_module.id_of(reply)]
        assert recorded(record) == reply.lines
        assert record["client"]["address"] == "192.0.2.7"
        assert record["sender"] == "a@sender.example"


def test_without_a_map_the_record_comes_at_once_or_soon(postfix, daemon):
    port = postfix.listen(**asked(daemon))
    before = len(daemon.records())
    reply = play(port, RELAY)
    assert (reply.code, len(reply.lines)) == (550, 1)
    [record] = process.wait_until(lambda: since(daemon, before), "the record")
    assert record["reason"] == "relay-denied"
    assert record["reply"]["code"] == 550


def test_without_a_filter(mapped, daemon):
    """The service knows the session itself."""
    mta, name = mapped
    port = mta.listen(**asked(daemon, name, smtpd_milters=""))
    before = len(daemon.records())
    reply = play(port, RELAY)
    [record] = since(daemon, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert recorded(record) == reply.lines
    assert record["client"]["address"] == "192.0.2.7"


@pytest.mark.parametrize("rcpt, code", [
    ("user@example.org", 250), ("postmaster@example.org", 250),
    ("missing@example.org", 550), ("closed@example.org", 550)])
def test_what_is_not_for_it(postfix, daemon, rcpt, code):
    port = postfix.listen(**asked(
        daemon, "footer", local_recipient_maps=
        "inline:{user=x postmaster=x closed=x}"))
    assert play(port, f"{FROM}\nRCPT TO:<{rcpt}>").code == code


def test_it_permits_nothing(postfix, saywhyd):
    """A filter that knows no domains of ours leaves the check to Postfix."""
    daemon = start(saywhyd, doors="", more="")
    daemon.stop()
    conf = daemon.conf.read_text()
    daemon.conf.write_text(
        conf[:conf.index("relay {")]
        + f'policy-service = "unix:{daemon.folder}/policy.sock"\n')
    daemon.start()
    reply = play(postfix.listen(**asked(daemon)), RELAY)
    assert (reply.code, reply.status) == (454, "4.7.1")


def test_observe_says_nothing_and_records_once(mapped, saywhyd):
    mta, name = mapped
    daemon = start(saywhyd, mode="observe")
    reply = play(mta.listen(**asked(
        daemon, name,
        smtpd_relay_restrictions="check_client_access static:OK, reject",
        smtpd_recipient_restrictions=SERVICE.format(folder=daemon.folder))), RELAY)
    assert reply.code == 250
    [record] = since(daemon, 0)
    assert record["outcome"] == "observed"


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_down(postfix, saywhyd, how):
    """Whatever happens to us, relaying stays refused."""
    daemon = start(saywhyd)
    port = postfix.listen(**asked(daemon, "footer", smtpd_milters=""))
    getattr(daemon, how)()
    reply = play(port, RELAY)
    assert (reply.code, reply.status) == (454, "4.7.1")


QUESTION = (
    b"request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=192.0.2.7\n"
    b"client_name=client.example\nhelo_name=client.example\n"
    b"sender=a@sender.example\nrecipient=b@elsewhere.example\n\n")


def connect(daemon):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(10)
    peer.connect(str(daemon.folder / "policy.sock"))
    return peer


def ended(peer):
    try:
        return peer.recv(65536) == b""
    except ConnectionResetError:
        return True


def ask(peer, question):
    peer.sendall(question)
    answer = b""
    while not answer.endswith(b"\n\n"):
        more = peer.recv(65536)
        assert more, answer
        answer += more
    return answer


@pytest.mark.parametrize("words", [
    b"\n", b"x=\0\n\n", b"a=" + b"x" * 40000, b"9223372036854775808:x y,", b"5:abcde."])
def test_no_question_no_answer(daemon, words):
    with connect(daemon) as peer:
        peer.sendall(words)
        assert ended(peer)


def test_half_a_question_is_dropped_in_time(daemon):
    """However slowly it comes."""
    with connect(daemon) as peer:
        began = time.monotonic()
        try:
            for _ in range(100):
                peer.sendall(b"a")
                time.sleep(0.5)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert ended(peer) and 4 < time.monotonic() - began < 40


def test_many_questions_on_one_connection(daemon):
    before = len(daemon.records())
    with connect(daemon) as peer:
        for _ in range(5):
            assert ask(peer, QUESTION).startswith(b"action=550 5.7.1 Relaying denied")
        assert ask(peer, QUESTION.replace(b"b@elsewhere", b"user@")
                   .replace(b"user@.example", b"user@example.org")) == b"action=DUNNO\n\n"
    records = process.wait_until(
        lambda: len(daemon.records()) >= before + 5 and daemon.records()[before:],
        "the records")
    assert len({r["id"] for r in records}) == 5


def test_pipelined_questions(daemon):
    with connect(daemon) as peer:
        peer.sendall(QUESTION * 3)
        answer = b""
        while answer.count(b"\n\n") < 3:
            answer += peer.recv(65536)
        assert answer.count(b"action=550") == 3


def test_over_the_cap(postfix, saywhyd):
    """One connection too many is closed, and the MTA's own check speaks."""
    daemon = start(saywhyd, "max-sessions = 1")
    with connect(daemon) as peer:
        assert ask(peer, QUESTION).startswith(b"action=550")
        with connect(daemon) as second:
            assert ended(second)
        port = postfix.listen(**asked(daemon, smtpd_milters=""))
        assert play(port, RELAY).code == 454
        status = daemon.run_tool("status", "-c", str(daemon.conf))
        assert "closed" in status.stdout


IN_THEIR_LISTS = {
    f"smtpd_{about}_restrictions": (
        "check_policy_service {{ unix:{folder}/policy.sock, timeout=10s, "
        "default_action=DUNNO, policy_context=" + about + " }}" + after)
    for about, after in (("client", ", reject_rbl_client dnsbl.example"),
                         ("helo", ""), ("sender", ", reject_unknown_sender_domain"),
                         ("relay", ", defer_unauth_destination"))}

# EHLO, sender, recipient; code, status, Postfix's words in front, reason
FITTING = [
    ("client.example", "a@sender.example", "b@elsewhere.example", 550, "5.7.1",
     "<b@elsewhere.example>: Recipient address rejected: ", "relay-denied"),
    ("spam.example", "a@sender.example", "user@example.org", 550, "5.7.1",
     "<spam.example>: Helo command rejected: ", "helo-denied"),
    ("client.example", "bad@sender.example", "user@example.org", 550, "5.7.1",
     "<bad@sender.example>: Sender address rejected: ", "sender-denied"),
    ("client.example", "a@nowhere.invalid", "user@example.org", 550, "5.1.8",
     "<a@nowhere.invalid>: Sender address rejected: ", "sender-domain-nonexistent"),
]


@pytest.mark.parametrize(
    "helo, sender, rcpt, code, status, front, reason", FITTING,
    ids=[row[-1] for row in FITTING])
def test_in_the_list_whose_words_fit(
        postfix, daemon, helo, sender, rcpt, code, status, front, reason):
    """Postfix leaves the status as it is, and one refusal is one record."""
    settings = {key: value.format(folder=daemon.folder)
                for key, value in IN_THEIR_LISTS.items()}
    port = postfix.listen(**(site(daemon, "footer") | settings))
    before = len(daemon.records())
    reply = play(port, f"EHLO {helo}\nMAIL FROM:<{sender}>\nRCPT TO:<{rcpt}>")
    assert (reply.code, reply.status) == (code, status), reply
    assert reply.texts[0].startswith(front), reply
    [record] = since(daemon, before)
    assert record["id"] == saywhyd_module.id_of(reply)
    assert record["reason"] == reason
    assert record["recipients"] == [rcpt]
    assert recorded(record) == reply.lines


def test_a_client_in_its_list(postfix, saywhyd):
    daemon = start(saywhyd)
    settings = {key: value.format(folder=daemon.folder)
                for key, value in IN_THEIR_LISTS.items()}
    port = postfix.listen(**(site(daemon, "footer") | settings))
    with smtp.Client(port, address="198.51.100.66") as client:
        reply = smtp.play(client, f"{FROM}\nRCPT TO:<user@example.org>")
    assert (reply.code, reply.status) == (550, "5.7.1"), reply
    assert "[198.51.100.66]>: Client host rejected: " in reply.texts[0]
    [record] = since(daemon, 0)
    assert record["reason"] == "client-denied"
