"""One scenario, three ways: `saywhy try`, Postfix and Sendmail say the same.

What `saywhy try` says is in the file, as expected of it (make check-scenarios
holds it to that); here both MTAs are held to the same lines.
"""

import os
import pathlib

import pytest

import scn

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(os.environ.get("SAYWHY_SCENARIOS", HERE.parent / "scenarios"))
FILES = sorted(FOLDER.glob("*.scn"))
NAMES = [path.stem for path in FILES]

# Where this MTA answers before a filter can, so that the words are its own.
MTA_FIRST = {}

said = {}  # (file, MTA) → what each event was told


@pytest.mark.parametrize("mta", ["postfix", "sendmail"])
@pytest.mark.parametrize("path", FILES, ids=NAMES)
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
    said[path, mta] = told


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_both_say_the_same(path):
    if (path, "postfix") not in said or (path, "sendmail") not in said:
        pytest.skip("an MTA spoke first, or a test above failed")
    assert said[path, "postfix"] == said[path, "sendmail"]


def _words(playing, reply):
    """Code, status and lines of a refusal; its id is another each time."""
    if reply is None or reply.ok:
        return "ok"
    return reply.code, reply.status, scn.steady(playing.text_of(reply))
