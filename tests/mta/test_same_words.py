"""One scenario, three ways: `saywhy try`, Postfix and Sendmail say the same.

What `saywhy try` says is in the file, as expected of it (make check-scenarios
proves that); here both MTAs must give the same lines.
"""

import os
import pathlib

import pytest

import scn

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(os.environ.get("SAYWHY_SCENARIOS", HERE.parent / "scenarios"))
# Headers that no MTA hands on as they came: what is read is another message.
HEADERS_AS_SENT = {"auth_dmarc_authors"}
FILES = sorted(path for path in FOLDER.glob("*.scn") if path.stem not in HEADERS_AS_SENT)
NAMES = [path.stem for path in FILES]
# Counting: limits, greylisting, stolen logins.
COUNTED = [path for path in FILES if "\nWAIT " in path.read_text(encoding="latin-1")]

# Events that this MTA refuses before a filter is asked, by the file's line.
MTA_FIRST = {
    ("helo_syntax_refused", "postfix"): [13],  # no UTF-8
    ("injection", "postfix"): [22],  # a control character in an address
    ("injection", "sendmail"): [22],
    ("rcpt_domain", "postfix"): [48],  # RCPT TO:<>
    ("rcpt_domain", "sendmail"): [48],
    ("sender_syntax", "sendmail"): [22],  # two @
    ("smtputf8", "sendmail"): [13, 20],  # built without
}

said = {}  # (file, MTA) → what each event was answered


def play(path, mta, player):
    """What each event was answered, and the lines that the MTA refused first."""
    answers, first = [], []
    for conf, statements in scn.configurations(scn.read(path)):
        playing = player(mta, conf, statements)
        answers += [(repr(s), _words(playing, r)) for s, r in playing.play(statements)]
        first += [statement.number for statement in playing.first]
    return answers, first


@pytest.mark.parametrize("mta", ["postfix", "sendmail"])
@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_scenario(path, mta, player):
    answers, first = play(path, mta, player)
    assert first == MTA_FIRST.get((path.stem, mta), [])
    said[path, mta] = answers


@pytest.mark.parametrize("path", COUNTED, ids=[path.stem for path in COUNTED])
def test_counted_by_the_next_postfix(path, player):
    """Limits, greylisting, stolen logins through Postfix 3.11, too."""
    assert play(path, "postfix311", player)[1] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_both_say_the_same(path):
    if (path, "postfix") not in said or (path, "sendmail") not in said:
        pytest.skip("a test above failed")
    for one, other in zip(said[path, "postfix"], said[path, "sendmail"]):
        if one[1] and other[1]:
            assert one == other


def _words(playing, reply):
    """Code, status and lines of a refusal; its id is another each time."""
    if reply is None:
        return None
    if reply.ok:
        return "ok"
    return reply.code, reply.status, scn.steady(playing.text_of(reply))
