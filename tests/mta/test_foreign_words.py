"""What people and other filters wrote, through the maps: nothing of it is lost.

tests/data/foreign-words.tsv: the stage, what must stay (| between), the reply.
The door is asked as Postfix asks it, and Postfix 3.11 itself refuses with them.
"""

import pathlib
import re

import pytest

import smtp
from test_replymap import since, site, start
from test_replymap_down import ask, connect

TABLE = pathlib.Path(__file__).resolve().parent.parent / "data/foreign-words.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
FATE = re.compile(r"It was not delivered\.|It was not sent|It is still under way|It is not delivered yet")
SAID_OF = re.compile(r"<([^>]*)>: (Recipient|Sender) address rejected: ")


def words(row):
    return row[1].split("|")


def wire(row):
    return row[2].replace("\\r\\n", "\r\n")


@pytest.fixture(scope="module")
def daemon(saywhyd):
    return start(saywhyd)


def missing(said, row):
    """What is gone of the row's words, and of ours."""
    gone = [w for w in words(row) if w not in said]
    if not FATE.search(said):
        gone.append("lost or under way")
    if "https://mx.example.org/why/" not in said:
        gone.append("the page")
    return gone


def test_there_are_enough():
    own = {re.sub(r"<[^>]*>: [\w ]+ rejected: ", "", row[2][4:]) for row in ROWS}
    assert len(ROWS) >= 300 and len(own) >= 300


def test_filter_map(daemon):
    with connect(daemon) as peer:
        answers = [(row, ask(peer, "filter", wire(row))) for row in ROWS]
    assert all(answer.startswith("OK ") for _, answer in answers)
    assert [(gone, answer) for row, answer in answers if (gone := missing(answer, row))] == []
    for row, answer in answers:
        assert answer[3] == row[2][0], answer  # the class
        lines = answer[3:].split("\r\n")
        # A line of theirs that is too long stays as it came.
        assert all(len(line) <= 510 or line[4:] in row[2] for line in lines), answer


def test_footer_map(daemon):
    """It only adds."""
    with connect(daemon) as peer:
        for row in ROWS:
            answer = ask(peer, "footer", wire(row))
            assert missing(wire(row) + answer.replace("$$", "$"), row) == [], answer


def dialogue(n, row):
    """Sender and recipient for which Postfix's table says these words."""
    found = SAID_OF.search(row[2])
    if found is None or "\\r" in row[2]:
        return None
    return (f"s{n}@sender.example", "user@example.org") if found[2] == "Sender" else \
        ("a@sender.example", f"r{n}@example.org")


def test_through_postfix(postfix311, daemon, box):
    played = {n: d for n, row in enumerate(ROWS) if (d := dialogue(n, row))}
    assert len(played) >= 100
    tables = {"sender": box / "foreign-senders", "recipient": box / "foreign-recipients"}
    rows = {"sender": [], "recipient": []}
    for n, (sender, recipient) in played.items():
        kind, key = ("sender", sender) if sender[0] == "s" else ("recipient", recipient)
        status = re.match(r"\d+ ([\d.]+ )?", ROWS[n][2])[0]
        rows[kind].append(f"{key} {status}{SAID_OF.split(ROWS[n][2])[-1]}\n")
    for kind, path in tables.items():
        path.write_text("".join(rows[kind]))
        path.chmod(0o644)
    port = postfix311.listen(**site(
        daemon, "filter", smtpd_hard_error_limit="1000", smtpd_soft_error_limit="1000",
        smtpd_recipient_restrictions=", ".join(
            f"check_{kind}_access texthash:{path}" for kind, path in tables.items())))
    before = len(daemon.records())
    gone = []
    with smtp.Client(port, address="192.0.2.7") as client:
        client.ehlo()
        for n, (sender, recipient) in played.items():
            client.command(f"MAIL FROM:<{sender}>")
            reply = client.command(f"RCPT TO:<{recipient}>")
            if lost := missing("\n".join(reply.lines), ROWS[n]):
                gone.append((lost, reply.lines))
            if reply.code == 521:  # after which Postfix hangs up
                client.close()
                client.__init__(*client.place)
                client.ehlo()
            else:
                client.command("RSET")
    assert gone == []
    records = since(daemon, before)
    assert len(records) == len(played)
    assert all(record["stage"] == "rcpt" and record["recipients"] for record in records)
