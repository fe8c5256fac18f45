"""sendmail_stories_others - refusals by other filters, before and after ours

Sendmail asks them in the order in which a port names them.
"""

from postfix_stories_others import (FILTER_KEEP, FILTER_RIGHT, FILTER_SAYS, FILTER_TRUE,
                                    MESSAGE)
from sendmail_stories import FROM, TO, story, to

VANISH = {"e-discard", "r-discard", "e-hold"}
KEYS = [key for key in FILTER_SAYS if key not in VANISH]
WHOLE = f"{TO} | {MESSAGE}"
UP_TO = {"c": FROM, "h": FROM, "m": FROM, "r": TO, "t": f"{TO} | DATA"}

def _site(form):
    """A port for each filter; a Sendmail has at most 64."""
    return {"ports": [{"filter": form.format(key)} for key in KEYS],
            "filters": {key: (f"unix:/srv/other-{key}.sock", "T") for key in KEYS}}


SITES = {"filters-after": _site("saywhy;{}"), "filters-before": _site("{};saywhy")}


def _filter_story(port, key, when):
    return story(f"filter-{when}-{key}", FILTER_TRUE[key],
                 f"another filter: {FILTER_SAYS[key][1]!r}",
                 "" if key == "c-421" else UP_TO.get(key[0], WHOLE), site=f"filters-{when}",
                 port=port, keep=FILTER_KEEP.get(key, []), right=FILTER_RIGHT.get(key, []),
                 before=when == "before")


FILTERS = [_filter_story(port, key, when)
           for when in ("after", "before") for port, key in enumerate(KEYS)]

MORE = [
    story("probe-two", "mailbox-unknown", "two unknown users",
          f"{FROM} | RCPT TO:<missing@example.org> | RCPT TO:<noone@example.org>"),
    story("probe-null-sender", "mailbox-unknown", "MAIL FROM:<>, unknown user",
          "EHLO client.example | MAIL FROM:<> | RCPT TO:<missing@example.org>"),
    story("relay-other-client", "relay-denied", "another client", to("c@elsewhere.example"),
          address="192.0.2.8"),
    story("relay-and-unknown", "mailbox-unknown", "two refusals of two kinds",
          f"{FROM} | RCPT TO:<b@elsewhere.example> | RCPT TO:<missing@example.org>"),
    story("sender-twice", "sender-denied client-denied", "two refused senders",
          "EHLO client.example | MAIL FROM:<a@denied.example> | MAIL FROM:<spam@sender.example>"),
]

STORIES = FILTERS + MORE
