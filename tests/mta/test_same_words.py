"""One scenario, three ways: `saywhy try`, Postfix and Sendmail say the same.

What `saywhy try` says is in the file, as expected of it (make check-scenarios
holds it to that); here both MTAs are held to the same lines.
"""

import os
import pathlib
import re

import pytest

import players
import scn

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(os.environ.get("SAYWHY_SCENARIOS", HERE.parent / "scenarios"))
FILES = sorted(FOLDER.glob("*.scn"))

# Where this MTA answers before a filter can, so that the words are its own.
MTA_FIRST = {}

said = {}  # (file, MTA) → what each event was told


@pytest.fixture
def player(saywhyd, request):
    """A function: the player of this MTA for a configuration."""

    def make(mta, conf, statements):
        daemon = saywhyd(conf=conf)
        if mta == "postfix":
            return players.Postfix(daemon, request.getfixturevalue("postfix"))
        return players.Sendmail(
            daemon, *map(request.getfixturevalue, ("sendmail_site", "dns", "sasl")),
            statements)

    yield make
    if "dns" in request.fixturenames:
        request.getfixturevalue("dns").serve()


@pytest.mark.parametrize("mta", ["postfix", "sendmail"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path, mta, player):
    told = []
    for conf, statements in scn.configurations(scn.read(path)):
        playing = player(mta, conf, statements)
        try:
            told += [(repr(s), _words(playing, r)) for s, r in playing.play(statements)]
        except scn.Mistake as mistake:
            if (path.stem, mta) not in MTA_FIRST:
                raise
            assert MTA_FIRST[path.stem, mta] in str(mistake)
            return
        finally:
            playing.close()
    said[path, mta] = told


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_say_the_same(path):
    if (path, "postfix") not in said or (path, "sendmail") not in said:
        pytest.skip("an MTA spoke first, or a test above failed")
    assert said[path, "postfix"] == said[path, "sendmail"]


def _words(playing, reply):
    """Code, status and lines of a refusal; its id is another each time."""
    if reply is None or reply.ok:
        return "ok"
    lines = [re.sub(r"\b[0-9A-HJKMNP-TV-Z]{12}\b", "ID", line)
             for line in playing.text_of(reply)]
    return reply.code, reply.status, lines
